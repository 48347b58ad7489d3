//! Answers over REST: one way to read them all, from a venue's own shapes. A body that is not the venue's JSON proves nothing
//! and is never taken for "there is no such order".

use super::error::Read;
use super::field::{Field, Value};
use super::json::Reader;
use super::rows::{Place, right_order};
use super::{Context, DecodeError, Depth, Event, EventBuf, Query, RejectClass, ReplyVerdict, VenueReject};
use crate::market::Instrument;
use crate::order::ClientRef;
use crate::units::{ClientId, Product};

/// A served answer, cut down to what was asked for.
pub(super) struct Served<'a> {
    /// A list of rows, or the one row.
    pub data: Field<'a>,
    /// When it was sent, where it says so.
    pub sent: Field<'a>,
    /// False where the venue says that the list ends here.
    pub further: bool,
}

/// The answer without its envelope, or the venue's refusal.
pub(super) type Opened<'a> = Read<Result<Served<'a>, VenueReject>>;

/// Reads one row and reports it.
pub(super) type RowReader<T> = fn(&Place<'_>, &mut Reader<'_>, &mut EventBuf) -> Read<T>;

/// A list that is asked for page by page.
pub(super) struct Pages {
    /// Says by which number pages go.
    pub row: RowReader<u64>,
    /// Rows of a full page.
    pub full: usize,
    /// Where the next page begins, from the least and the greatest number of this one and where it began.
    pub next: fn(u64, u64, Option<u64>) -> u64,
}

/// A venue's shapes and habits.
pub(super) struct Answering {
    /// Opens an answer, given HTTP status and body.
    pub open: for<'a> fn(Product, &Query, u16, &'a [u8]) -> Opened<'a>,
    /// True for a refusal with this HTTP status that says: there is no such order. An empty list says so everywhere.
    pub absent: fn(u16, &VenueReject) -> bool,
    /// The snapshot of a book: informational where streams have ids of their own.
    pub book: fn(&Instrument, &mut Reader<'_>, &mut EventBuf) -> Read<Depth>,
    /// Says whose order it is, where its instrument is tracked.
    pub order: RowReader<Option<ClientRef>>,
    pub fills: Pages,
    /// What moved the account without a trade, where the venue can be asked.
    pub moves: Option<Pages>,
    pub position: RowReader<()>,
    pub balance: RowReader<()>,
    /// Rows at which a list of orders, or of positions, may be incomplete: it must never look complete.
    pub orders_max: usize,
    pub positions_max: usize,
}

/// What a refusal whose body says nothing means: by its status, else its fate is open.
pub(super) fn by_status(meanings: &[(u16, RejectClass)], status: u16, body: &[u8]) -> VenueReject {
    let known = meanings.iter().find(|(known, _)| *known == status);
    let class = known.map_or(RejectClass::OutcomeUnknown, |(_, class)| *class);
    VenueReject::new(class, status.to_string().as_bytes(), body)
}

pub(super) fn decode(
    answering: &Answering,
    product: Product,
    query: &Query,
    ctx: &Context<'_>,
    (status, body): (u16, &[u8]),
    out: &mut EventBuf,
) -> Read<ReplyVerdict> {
    let served = match (answering.open)(product, query, status, body)? {
        Ok(served) => served,
        Err(reject) => {
            let one = matches!(query, Query::Order { .. } | Query::VenueOrder { .. });
            let absent = one && (answering.absent)(status, &reject);
            return Ok(if absent { ReplyVerdict::Absent } else { ReplyVerdict::Refused(reject) });
        }
    };
    let place = Place { ctx, product: Some(product), sent: served.sent, live: false };
    match *query {
        Query::Snapshot { instrument, .. } => {
            let instrument = ctx.instruments.get(instrument).ok_or(DecodeError::UnknownInstrument)?;
            each(served.data, |row| {
                let depth = (answering.book)(instrument, row, out)?;
                out.events.push(Event::Depth(depth));
                Ok(())
            })?;
        }
        Query::Order { client_id, .. } => return one(answering, &place, &served, Some(client_id), out),
        Query::VenueOrder { .. } => return one(answering, &place, &served, None, out),
        Query::OpenOrders => {
            let count = served.data.array()?.rows(|row| (answering.order)(&place, row, out).map(drop))?;
            whole(served.further, count, answering.orders_max)?;
        }
        Query::Positions => {
            let count = served.data.array()?.rows(|row| (answering.position)(&place, row, out))?;
            whole(served.further, count, answering.positions_max)?;
        }
        Query::Balances => {
            served.data.array()?.rows(|row| (answering.balance)(&place, row, out))?;
        }
        Query::Fills { from_id, .. } => return page(&answering.fills, &place, &served, from_id, out),
        Query::Moves { from_id, .. } => {
            let moves = answering.moves.as_ref().ok_or(DecodeError::UnknownMessage)?;
            return page(moves, &place, &served, from_id, out);
        }
    }
    Ok(ReplyVerdict::Served { next: None })
}

fn page(
    pages: &Pages,
    place: &Place<'_>,
    served: &Served<'_>,
    from: Option<u64>,
    out: &mut EventBuf,
) -> Read<ReplyVerdict> {
    let (mut least, mut greatest) = (u64::MAX, 0);
    let count = served.data.array()?.rows(|row| {
        let number = (pages.row)(place, row, out)?;
        (least, greatest) = (least.min(number), greatest.max(number));
        Ok(())
    })?;
    let next = (count >= pages.full).then(|| (pages.next)(least, greatest, from));
    Ok(ReplyVerdict::Served { next })
}

/// The answer about one order. An answer about another order than `asked` is refused.
fn one(
    answering: &Answering,
    place: &Place<'_>,
    served: &Served<'_>,
    asked: Option<ClientId>,
    out: &mut EventBuf,
) -> Read<ReplyVerdict> {
    let count = each(served.data, |row| right_order((answering.order)(place, row, out)?, asked))?;
    Ok(if count == 0 { ReplyVerdict::Absent } else { ReplyVerdict::Served { next: None } })
}

/// Reads a list, or the one row that some venues answer with.
fn each(data: Field<'_>, mut row: impl FnMut(&mut Reader<'_>) -> Read<()>) -> Read<usize> {
    match data.value {
        Value::Object(bytes) => row(&mut Reader::new(bytes)).map(|()| 1),
        _ => data.array()?.rows(row),
    }
}

fn whole(further: bool, count: usize, max: usize) -> Read<()> {
    if further && count >= max { Err(DecodeError::TooLarge) } else { Ok(()) }
}
