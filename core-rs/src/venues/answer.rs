//! Answers over REST: one way to read them all, from a venue's own shapes. A body that is not the venue's JSON proves nothing
//! and is never taken for "there is no such order".

use super::error::Read;
use super::field::{Field, Value};
use super::json::Reader;
use super::moves::{MoveWords, read_move};
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

/// Reads the snapshot of a book.
pub(super) type BookReader = fn(&Instrument, &mut Reader<'_>, &mut EventBuf) -> Read<Depth>;

/// How a list is asked for page by page.
#[derive(Clone, Copy)]
pub(super) struct Pages {
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
    pub book: BookReader,
    /// Says whose order it is, where its instrument is tracked.
    pub order: RowReader<Option<ClientRef>>,
    /// Says by which number pages go.
    pub fill: RowReader<u64>,
    pub fills: Pages,
    /// The log of what moved the account without a trade, on spot and on linear, where the venue can be asked.
    pub moves: [Option<(&'static MoveWords, Pages)>; 2],
    pub position: RowReader<()>,
    pub balance: RowReader<()>,
    /// Rows at which a list of orders, and of positions, may be incomplete: it must never look complete.
    pub rows_max: [usize; 2],
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
    let place = Place { ctx, product: Some(product), sent: served.sent, live: false, client: None };
    match *query {
        Query::Snapshot { instrument, .. } => {
            let instrument = ctx.instruments.get(instrument);
            each(served.data, |row| push_book(answering.book, instrument, row, out))?;
        }
        Query::Order { client_id, .. } => return one(answering, &place, &served, Some(client_id), out),
        Query::VenueOrder { .. } => return one(answering, &place, &served, None, out),
        Query::OpenOrders => {
            let count = served.data.array()?.rows(|row| (answering.order)(&place, row, out).map(drop))?;
            whole(served.further, count, answering.rows_max[0])?;
        }
        Query::Positions => {
            let count = served.data.array()?.rows(|row| (answering.position)(&place, row, out))?;
            whole(served.further, count, answering.rows_max[1])?;
        }
        Query::Balances => {
            served.data.array()?.rows(|row| (answering.balance)(&place, row, out))?;
        }
        // That it was served is all there is to it.
        Query::Backstop { .. } => {}
        Query::Fills { from_id, .. } => {
            return page(answering.fills, &served, from_id, |row| (answering.fill)(&place, row, out));
        }
        Query::Moves { from_id, .. } => {
            let [spot, linear] = answering.moves;
            let moves = if product == Product::Spot { spot } else { linear };
            let (words, pages) = moves.ok_or(DecodeError::UnknownMessage)?;
            return page(pages, &served, from_id, |row| read_move(words, &place, row, out));
        }
    }
    Ok(ReplyVerdict::Served { next: None })
}

/// Reports the snapshot of a book.
pub(super) fn push_book(
    read: BookReader,
    instrument: Option<&Instrument>,
    row: &mut Reader<'_>,
    out: &mut EventBuf,
) -> Read<()> {
    let depth = read(instrument.ok_or(DecodeError::UnknownInstrument)?, row, out)?;
    out.events.push(Event::Depth(depth));
    Ok(())
}

/// Reads a page of rows; `read` reports one and says by which number pages go.
fn page(
    pages: Pages,
    served: &Served<'_>,
    from: Option<u64>,
    mut read: impl FnMut(&mut Reader<'_>) -> Read<u64>,
) -> Read<ReplyVerdict> {
    let (mut least, mut greatest) = (u64::MAX, 0);
    let count = served.data.array()?.rows(|row| {
        let number = read(row)?;
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
