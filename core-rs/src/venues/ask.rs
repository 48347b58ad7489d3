//! Questions over REST: one way to write them all, from a venue's own words.

use super::write::Request;
use super::{EncodeError, Instruments, Query, Session};
use crate::units::{Ns, Product};

/// A venue's words and habits.
pub(super) struct Asking {
    pub path: fn(Product, &Query) -> &'static str,
    /// Names of an instrument, an order by our id, an order by the venue's, the levels of a book.
    pub names: [&'static str; 4],
    /// The levels of a book that the venue knows, for so many wanted.
    pub depth: fn(Product, u16) -> u16,
    /// Parameters that stand before the instrument and behind everything.
    pub head: fn(Product, &Query, &mut Request<'_>),
    pub tail: fn(Product, &Query, &mut Request<'_>),
    /// Signs and finishes the request; not asked for public data.
    pub sign: fn(Request<'_>, &Session, Ns),
}

/// What a venue without positions of a product, orders without an instrument and the like need no parameter for.
pub(super) const NOTHING: fn(Product, &Query, &mut Request<'_>) = |_, _, _| {};

pub(super) fn encode(
    asking: &Asking,
    product: Product,
    query: &Query,
    instruments: &dyn Instruments,
    (session, wall): (Option<&Session>, Ns),
    out: &mut Vec<u8>,
) -> Result<(), EncodeError> {
    if (product, query) == (Product::Spot, &Query::Positions) {
        return Err(EncodeError::Unsupported("positions"));
    }
    let [symbol, client, order, levels] = asking.names;
    let about = match *query {
        Query::Snapshot { instrument, .. }
        | Query::Order { instrument, .. }
        | Query::VenueOrder { instrument, .. }
        | Query::Fills { instrument, .. } => {
            Some(instruments.get(instrument).ok_or(EncodeError::UnknownInstrument)?)
        }
        Query::OpenOrders | Query::Balances | Query::Positions => None,
    };
    let mut request = Request::get(out, (asking.path)(product, query));
    (asking.head)(product, query, &mut request);
    if let Some(instrument) = about {
        request.text(symbol, instrument.symbol.as_bytes());
    }
    match *query {
        Query::Snapshot { depth, .. } => {
            request.number(levels, u64::from((asking.depth)(product, depth)));
            request.finish(&[]);
            return Ok(());
        }
        Query::Order { client_id, .. } => request.text(client, client_id.as_bytes()),
        Query::VenueOrder { venue_id, .. } => request.text(order, venue_id.as_bytes()),
        Query::Fills { .. } | Query::OpenOrders | Query::Balances | Query::Positions => {}
    }
    (asking.tail)(product, query, &mut request);
    (asking.sign)(request, session.ok_or(EncodeError::NoSession)?, wall);
    Ok(())
}
