//! Bitget questions over REST: how they are asked and what the answers say.
//!
//! Documents: "Get OrderBook Depth", "Get Order Info", "Get Current Orders", "Get Fills", "Get Account Assets" (spot); "Get Merge
//! Depth", "Get Order Detail", "Get Pending Orders", "Get Order Fill Details", "Get Account List", "Get All Positions" (futures).

use super::{DIALECT, errors, kind, private};
use crate::order::ClientRef;
use crate::units::Product;
use crate::venues::ask::Asking;
use crate::venues::channel::{Served, envelope, sign, snapshot};
use crate::venues::field::{Field, Value};
use crate::venues::json::Reader;
use crate::venues::rows::{one_order, right_order};
use crate::venues::write::{Request, push_uint, server_ms, wall_ms};
use crate::venues::{Context, DecodeError, EventBuf, Query, RejectClass, ReplyVerdict};

/// Rows of one page, the most each list gives.
const PAGE: usize = 100;
/// Depths the futures book knows; another is rounded up.
const LINEAR_DEPTHS: [u16; 4] = [5, 15, 50, 100];
const SPOT_DEPTH_MAX: u16 = 150;

pub(super) static ASKING: Asking = Asking {
    path,
    names: ["symbol", "clientOid", "orderId", "limit"],
    depth: depth_limit,
    head: |product, _, request| {
        if product == Product::Linear {
            request.text("productType", kind(product).as_bytes());
        }
    },
    tail,
    sign: |request, session, wall| {
        let mut time = Vec::new();
        push_uint(&mut time, server_ms(session, wall));
        sign(request, "", session, &time);
    },
};

fn tail(_: Product, query: &Query, request: &mut Request<'_>) {
    match *query {
        Query::OpenOrders => request.number("limit", PAGE as u64),
        Query::Fills { since, from_id, .. } => {
            request.number("startTime", wall_ms(since));
            // The list is newest first: a further page holds what is older than the last row.
            if let Some(trade) = from_id {
                request.number("idLessThan", trade);
            }
            request.number("limit", PAGE as u64);
        }
        Query::Positions => request.text("marginCoin", b"USDT"),
        Query::Snapshot { .. } | Query::Order { .. } | Query::VenueOrder { .. } | Query::Balances => {}
    }
}

fn path(product: Product, query: &Query) -> &'static str {
    match (product, query) {
        (Product::Spot, Query::Snapshot { .. }) => "/api/v2/spot/market/orderbook",
        (Product::Spot, Query::Order { .. } | Query::VenueOrder { .. }) => "/api/v2/spot/trade/orderInfo",
        (Product::Spot, Query::OpenOrders) => "/api/v2/spot/trade/unfilled-orders",
        (Product::Spot, Query::Fills { .. }) => "/api/v2/spot/trade/fills",
        (Product::Spot, Query::Balances) => "/api/v2/spot/account/assets",
        (Product::Linear, Query::Snapshot { .. }) => "/api/v2/mix/market/merge-depth",
        (Product::Linear, Query::Order { .. } | Query::VenueOrder { .. }) => "/api/v2/mix/order/detail",
        (Product::Linear, Query::OpenOrders) => "/api/v2/mix/order/orders-pending",
        (Product::Linear, Query::Fills { .. }) => "/api/v2/mix/order/fills",
        (Product::Linear, Query::Balances) => "/api/v2/mix/account/accounts",
        (_, Query::Positions) => "/api/v2/mix/position/all-position",
    }
}

fn depth_limit(product: Product, depth: u16) -> u16 {
    match product {
        Product::Spot => depth.clamp(1, SPOT_DEPTH_MAX),
        Product::Linear => LINEAR_DEPTHS.into_iter().find(|size| *size >= depth).unwrap_or(LINEAR_DEPTHS[3]),
    }
}

pub(super) fn decode_answer(
    product: Product,
    query: &Query,
    ctx: &Context<'_>,
    status: u16,
    body: &[u8],
    out: &mut EventBuf,
) -> Result<ReplyVerdict, DecodeError> {
    match envelope(errors::TABLE, b"00000", status, body) {
        Ok(Ok(served)) => answer(product, query, ctx, served, out),
        // "The data of the order cannot be found" is an answer, not a refusal.
        Ok(Err(reject)) => Ok(match (reject.class, query) {
            (RejectClass::UnknownOrder, Query::Order { .. } | Query::VenueOrder { .. }) => {
                ReplyVerdict::Absent
            }
            _ => ReplyVerdict::Refused(reject),
        }),
        Err(error) => Err(error),
    }
}

fn answer(
    product: Product,
    query: &Query,
    ctx: &Context<'_>,
    Served { data, sent }: Served<'_>,
    out: &mut EventBuf,
) -> Result<ReplyVerdict, DecodeError> {
    let mut order = |row: &mut Reader<'_>| private::order(ctx, product, row, out);
    match query {
        Query::Order { client_id, .. } => return found(data, Some(*client_id), order),
        Query::VenueOrder { .. } => return found(data, None, order),
        Query::Snapshot { instrument, .. } => snapshot(&DIALECT, ctx, *instrument, &mut data.object()?, out)?,
        Query::OpenOrders => {
            // An incomplete list of open orders must never look complete.
            if list(product, data, "entrustedList", |row| order(row).map(drop))? >= PAGE {
                return Err(DecodeError::TooLarge);
            }
        }
        Query::Fills { .. } => {
            let mut oldest = u64::MAX;
            let count = list(product, data, "fillList", |row| {
                oldest = oldest.min(private::fill(ctx, product, row, out)?);
                Ok(())
            })?;
            return Ok(ReplyVerdict::Served { next: (count >= PAGE).then_some(oldest) });
        }
        Query::Positions => {
            data.array()?.rows(|row| private::position(ctx, row, sent, out))?;
        }
        Query::Balances => {
            data.array()?.rows(|row| private::balance(product, row, sent, out))?;
        }
    }
    Ok(ReplyVerdict::Served { next: None })
}

/// One order: spot answers with a list, futures with the order itself.
fn found(
    data: Field<'_>,
    asked: Option<crate::units::ClientId>,
    mut order: impl FnMut(&mut Reader<'_>) -> Result<Option<ClientRef>, DecodeError>,
) -> Result<ReplyVerdict, DecodeError> {
    match data.value {
        Value::Object(bytes) => {
            right_order(order(&mut Reader::new(bytes))?, asked).map(|()| ReplyVerdict::Served { next: None })
        }
        _ => one_order(&mut data.array()?, asked, order),
    }
}

/// Rows of a list: bare on spot, under a name (null when empty) on futures.
fn list(
    product: Product,
    data: Field<'_>,
    name: &'static str,
    row: impl FnMut(&mut Reader<'_>) -> Result<(), DecodeError>,
) -> Result<usize, DecodeError> {
    if product == Product::Spot {
        return data.array()?.rows(row);
    }
    match data.object()?.fields([name])? {
        [Field { value: Value::Null, .. }] => Ok(0),
        [list] => list.array()?.rows(row),
    }
}
