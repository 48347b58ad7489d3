//! Depth messages, read in one pass, levels straight to mantissas, whatever a venue calls their fields.

use super::error::Read;
use super::field::{Field, Value};
use super::json::Reader;
use super::levels::read_levels;
use super::{DecodeError, Depth, Event, EventBuf};
use crate::market::{DeltaKind, Instrument};
use crate::units::Ns;

/// A venue's names; empty for what its messages do not carry.
pub(super) struct BookWords {
    pub symbol: &'static str,
    pub bids: &'static str,
    pub asks: &'static str,
    /// First and last update id, and the last one of the message before.
    pub first: &'static str,
    pub last: &'static str,
    pub prev: &'static str,
    pub time: &'static str,
}

impl BookWords {
    /// A message that carries none of it.
    pub(super) const NONE: Self =
        Self { symbol: "", bids: "", asks: "", first: "", last: "", prev: "", time: "" };
}

/// A depth message whose levels lie in the buffer from `start`; the other fields are as sent.
pub(super) struct BookRow<'c, 'a> {
    pub instrument: &'c Instrument,
    pub first: Field<'a>,
    pub last: Field<'a>,
    pub prev: Field<'a>,
    pub time: Field<'a>,
    start: usize,
    bids: usize,
    asks: usize,
}

/// Reads one message of `known`, or of the instrument that `find` gives for the symbol. Levels that stand before the symbol
/// wait for it. Inlined, so that the names are compared as constants.
#[inline(always)]
#[allow(
    clippy::inline_always,
    reason = "the names must be constants in the loop; instruction counts show it"
)]
pub(super) fn read_book<'c, 'a>(
    words: &BookWords,
    known: Option<&'c Instrument>,
    find: impl Fn(&[u8]) -> Read<&'c Instrument>,
    reader: &mut Reader<'a>,
    out: &mut EventBuf,
) -> Read<BookRow<'c, 'a>> {
    let start = out.levels.len();
    let mut found = known;
    let (mut first, mut last, mut prev, mut time) =
        (Value::Absent, Value::Absent, Value::Absent, Value::Absent);
    let (mut bids, mut asks): (Option<usize>, Option<usize>) = (None, None);
    let (mut late_bids, mut late_asks, mut bids_last) = (Value::Absent, Value::Absent, false);
    reader.object(|reader, key| {
        match found {
            _ if is(key, words.symbol) => found = Some(find(reader.string()?)?),
            _ if is(key, words.first) => first = reader.value()?,
            _ if is(key, words.last) => last = reader.value()?,
            _ if is(key, words.prev) => prev = reader.value()?,
            _ if is(key, words.time) => time = reader.value()?,
            _ if is(key, words.bids) && bids.is_some() => return Err(DecodeError::Field(words.bids)),
            _ if is(key, words.asks) && asks.is_some() => return Err(DecodeError::Field(words.asks)),
            Some(instrument) if is(key, words.bids) => {
                bids_last = asks.is_some();
                bids = Some(read_levels(reader, words.bids, instrument, &mut out.levels)?);
            }
            Some(instrument) if is(key, words.asks) => {
                asks = Some(read_levels(reader, words.asks, instrument, &mut out.levels)?);
            }
            None if is(key, words.bids) => late_bids = reader.value()?,
            None if is(key, words.asks) => late_asks = reader.value()?,
            _ => reader.skip()?,
        }
        Ok(())
    })?;
    let instrument = found.ok_or(DecodeError::Missing(words.symbol))?;
    if let (Value::Array(bytes), None) = (late_bids, bids) {
        bids_last = asks.is_some();
        bids = Some(read_levels(&mut Reader::new(bytes), words.bids, instrument, &mut out.levels)?);
    }
    if let (Value::Array(bytes), None) = (late_asks, asks) {
        asks = Some(read_levels(&mut Reader::new(bytes), words.asks, instrument, &mut out.levels)?);
    }
    let bids = bids.ok_or(DecodeError::Missing(words.bids))?;
    let asks = asks.ok_or(DecodeError::Missing(words.asks))?;
    if bids_last {
        out.levels[start..].rotate_left(asks);
    }
    let named = |name, value| Field { name, value };
    let (first, last) = (named(words.first, first), named(words.last, last));
    let (prev, time) = (named(words.prev, prev), named(words.time, time));
    Ok(BookRow { instrument, first, last, prev, time, start, bids, asks })
}

#[inline(always)]
#[allow(clippy::inline_always, reason = "a comparison with a constant")]
fn is(key: &[u8], name: &str) -> bool {
    !name.is_empty() && key == name.as_bytes()
}

impl BookRow<'_, '_> {
    /// Reports the message as an update of ids from `first` to `last` behind `prev`.
    pub(super) fn push(&self, ids: [u64; 3], out: &mut EventBuf) -> Read<()> {
        let depth = self.depth(DeltaKind::Update, ids, self.time.millis()?)?;
        out.events.push(Event::Depth(depth));
        Ok(())
    }

    /// The message as an event, its update ids from `first` to `last` behind `prev`.
    pub(super) fn depth(&self, kind: DeltaKind, [first, last, prev]: [u64; 3], venue_ns: Ns) -> Read<Depth> {
        if first > last {
            return Err(DecodeError::Field(self.last.name));
        }
        Ok(Depth {
            instrument: self.instrument.id,
            kind,
            first,
            last,
            prev,
            venue_ns,
            start: self.start as u32,
            bids: self.bids as u32,
            asks: self.asks as u32,
        })
    }
}
