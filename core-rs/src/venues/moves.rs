//! What moved an account without a trade, in the venues' own logs of it: one reading, from a table of words.

use super::error::Read;
use super::json::Reader;
use super::rows::{Place, asset};
use super::{DecodeError, Event, EventBuf};
use crate::ledger::{MoveId, MoveKind, MoveReport, Wallet};
use crate::units::{Product, Venue};

/// A venue's words.
pub(super) struct MoveWords {
    pub venue: Venue,
    pub wallet: Wallet,
    /// Names of id, instrument, kind, amount (what came in, negative what left), asset and time.
    pub names: [&'static str; 6],
    /// Kinds that trades tell of themselves, of funding, and of transfers, with spaces between; any other is `Other`.
    pub kinds: [&'static str; 3],
    pub by: By,
}

/// How a log is numbered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    /// Pages go by the id.
    Id,
    /// Pages go by the time, ms.
    Time,
    /// Likewise, and an id is unique within its kind only.
    TimeAndKind,
    /// Likewise, and a row has no id and is a transfer: time, asset and amount are its name.
    TimeOfTransfer,
}

/// Reads one row and says by which number pages go. A row of an asset whose name we can not hold is left out.
pub(super) fn read_move(
    words: &MoveWords,
    place: &Place<'_>,
    row: &mut Reader<'_>,
    out: &mut EventBuf,
) -> Read<u64> {
    let [id, symbol, kind, amount, name, time] = row.fields(words.names)?;
    let number = if words.by == By::Id { id.uint()? } else { time.uint()? };
    let word = if words.by == By::TimeOfTransfer { b"" } else { kind.text()? };
    let is = |known: &str| known.split_ascii_whitespace().any(|known| known.as_bytes() == word);
    let [trades, funding, transfers] = words.kinds;
    name.text()?;
    let Some(asset) = asset(name).ok().filter(|_| !is(trades)) else { return Ok(number) };
    let kind = match () {
        () if is(funding) => MoveKind::Funding,
        () if is(transfers) || words.by == By::TimeOfTransfer => MoveKind::Transfer,
        () => MoveKind::Other,
    };
    let instrument = match symbol.present() {
        Some(symbol) => place.tracked(words.venue, Some(Product::Linear), symbol)?.map(|found| found.id),
        None => None,
    };
    let long = match words.by {
        By::Id | By::Time => id.plain()?.to_vec(),
        By::TimeAndKind => [word, b"-", id.plain()?].concat(),
        By::TimeOfTransfer => [time.plain()?, b"-", name.text()?, b"-", amount.plain()?].concat(),
    };
    let id = MoveId::new(&long).map_err(|_| DecodeError::Field(id.name))?;
    let (wallet, amount, venue_ns) = (words.wallet, amount.money()?, time.millis()?);
    out.events.push(Event::Move(MoveReport { id, kind, wallet, asset, amount, instrument, venue_ns }));
    Ok(number)
}
