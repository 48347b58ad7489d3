//! Questions over REST: one way to write them all, from a venue's own table.

use super::body::product_word;
use super::write::{Request, push_price, wall_ms};
use super::{EncodeError, Instruments, Query, Session};
use crate::market::Instrument;
use crate::units::{Ns, Price, Product};

const HOUR: Ns = 3_600_000_000_000;

/// One parameter of a question; the text is the venue's name for it. What a question has no value for is left out.
#[derive(Clone, Copy)]
pub(super) enum Param {
    Symbol(&'static str),
    /// The venue's word for spot or linear.
    Kind(&'static str, [&'static str; 2]),
    /// An order by our id, and by the venue's.
    Client(&'static str),
    VenueId(&'static str),
    /// Levels of a book, at most so many.
    Levels(&'static str, u16),
    /// Levels of a book, the next larger of the numbers that the venue knows.
    LevelsOf(&'static str, &'static [u16]),
    /// Fills or movements since a time, ms.
    Since(&'static str),
    /// The same for a venue that tells no more than so many hours behind its beginning (or refuses to): no longer ago.
    Recent(&'static str, i64),
    /// Where a further page of fills begins; the first has none.
    From(&'static str),
    /// One of the two, where the venue refuses them together.
    SinceOrFrom(&'static str, &'static str),
    /// The same, no longer ago than so many hours.
    RecentOrFrom(&'static str, i64, &'static str),
    Word(&'static str, &'static str),
    /// One that only questions about linear have.
    OfLinear(&'static str, &'static str),
    Number(&'static str, usize),
}

/// Path and parameters, in the order in which they are written; no path for what the venue can not be asked.
pub(super) type Question = (&'static str, &'static [Param]);

/// A venue's questions, of spot and of linear each.
pub(super) struct Asking {
    pub snapshot: [Question; 2],
    /// One order, by our id or by the venue's.
    pub order: [Question; 2],
    pub open_orders: [Question; 2],
    pub fills: [Question; 2],
    pub balances: [Question; 2],
    /// Spot has none.
    pub positions: Question,
    pub moves: [Question; 2],
    /// How a position's stop is set, where the venue keeps one: path, and a body in which `*` stands for the symbol and `#` for
    /// the price, 0 to take it away.
    pub backstop: Option<(&'static str, &'static str)>,
    /// Signs and finishes the request; not asked for public data.
    pub sign: fn(Request<'_>, &Session, Ns),
}

/// What the venue can not be asked.
pub(super) const NO_QUESTION: Question = ("", &[]);

impl Asking {
    pub(super) const fn question(&self, product: Product, query: &Query) -> Question {
        let [spot, linear] = match query {
            Query::Snapshot { .. } => self.snapshot,
            Query::Order { .. } | Query::VenueOrder { .. } => self.order,
            Query::OpenOrders => self.open_orders,
            Query::Fills { .. } => self.fills,
            Query::Balances => self.balances,
            Query::Positions => [NO_QUESTION, self.positions],
            Query::Backstop { .. } => [NO_QUESTION; 2],
            Query::Moves { .. } => self.moves,
        };
        match product {
            Product::Spot => spot,
            Product::Linear => linear,
        }
    }
}

pub(super) fn encode(
    asking: &Asking,
    product: Product,
    query: &Query,
    instruments: &dyn Instruments,
    (session, wall): (Option<&Session>, Ns),
    out: &mut Vec<u8>,
) -> Result<(), EncodeError> {
    if let Query::Backstop { instrument, px } = *query {
        let instrument = instruments.get(instrument).ok_or(EncodeError::UnknownInstrument)?;
        return backstop(asking, instrument, px, (session.ok_or(EncodeError::NoSession)?, wall), out);
    }
    if (product, query) == (Product::Spot, &Query::Positions) {
        return Err(EncodeError::Unsupported("positions"));
    }
    let symbol = match *query {
        Query::Snapshot { instrument, .. }
        | Query::Order { instrument, .. }
        | Query::VenueOrder { instrument, .. }
        | Query::Fills { instrument, .. } => {
            instruments.get(instrument).ok_or(EncodeError::UnknownInstrument)?.symbol.as_bytes()
        }
        Query::OpenOrders
        | Query::Balances
        | Query::Positions
        | Query::Moves { .. }
        | Query::Backstop { .. } => b"",
    };
    let (path, params) = asking.question(product, query);
    if path.is_empty() {
        return Err(EncodeError::Unsupported("this question"));
    }
    let mut request = Request::get(out, path);
    for param in params {
        match param {
            Param::Symbol(name) => request.text(name, symbol),
            Param::Kind(name, words) => request.text(name, product_word(product, *words).as_bytes()),
            Param::Word(name, word) => request.text(name, word.as_bytes()),
            Param::OfLinear(name, word) if product == Product::Linear => request.text(name, word.as_bytes()),
            Param::Number(name, number) => request.number(name, *number as u64),
            _ => of_question(param, query, wall, &mut request),
        }
    }
    if matches!(query, Query::Snapshot { .. }) {
        request.finish(&[]);
    } else {
        (asking.sign)(request, session.ok_or(EncodeError::NoSession)?, wall);
    }
    Ok(())
}

fn backstop(
    asking: &Asking,
    instrument: &Instrument,
    px: Option<Price>,
    (session, wall): (&Session, Ns),
    out: &mut Vec<u8>,
) -> Result<(), EncodeError> {
    let words = asking.backstop.filter(|_| instrument.product == Product::Linear);
    let (path, body) = words.ok_or(EncodeError::Unsupported("a stop of a position"))?;
    let mut text = b"0".to_vec();
    if let Some(px) = px {
        text.clear();
        push_price(&mut text, px, instrument);
    }
    let price = String::from_utf8_lossy(&text);
    let body = body.replace('*', instrument.symbol.as_str()).replace('#', &price);
    (asking.sign)(Request::post(out, path, body.into_bytes()), session, wall);
    Ok(())
}

/// What only questions of one kind have a value for.
fn of_question(param: &Param, query: &Query, wall: Ns, request: &mut Request<'_>) {
    match (param, query) {
        (Param::Client(name), Query::Order { client_id, .. }) => request.text(name, client_id.as_bytes()),
        (Param::VenueId(name), Query::VenueOrder { venue_id, .. }) => request.text(name, venue_id.as_bytes()),
        (Param::Levels(name, max), Query::Snapshot { depth, .. }) => {
            request.number(name, u64::from((*depth).clamp(1, *max)));
        }
        (Param::LevelsOf(name, known), Query::Snapshot { depth, .. }) => {
            let next = known.iter().find(|size| *size >= depth).or(known.last());
            request.number(name, u64::from(*next.unwrap_or(depth)));
        }
        (
            Param::From(name) | Param::SinceOrFrom(_, name) | Param::RecentOrFrom(_, _, name),
            Query::Fills { from_id: Some(from), .. } | Query::Moves { from_id: Some(from), .. },
        ) => request.number(name, *from),
        (
            Param::Since(name) | Param::SinceOrFrom(name, _),
            Query::Fills { since, .. } | Query::Moves { since, .. },
        ) => request.number(name, wall_ms(*since)),
        (
            Param::Recent(name, hours) | Param::RecentOrFrom(name, hours, _),
            Query::Fills { since, .. } | Query::Moves { since, .. },
        ) => {
            request.number(name, wall_ms((*since).max(wall - hours * HOUR)));
        }
        // A parameter of another question, or one that this question has no value for.
        _ => {}
    }
}
