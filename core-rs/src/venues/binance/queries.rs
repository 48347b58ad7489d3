//! Binance questions over REST: how they are asked. The query string is signed as it is sent.
//!
//! Documents: "Order book", "Query order", "Current open orders", "Account trade list", "Account information" (spot);
//! the same names and "Futures Account Balance V3", "Position Information V3" (USDT-M).

use crate::units::{Ns, Product};
use crate::venues::ask::{Asking, NOTHING};
use crate::venues::write::{Request, server_ms, wall_ms};
use crate::venues::{Query, Session};

/// Fills of one page, the most both products give.
pub(super) const FILLS_PAGE: usize = 1000;
/// Depth sizes USDT-M knows; another is rounded up.
const LINEAR_DEPTHS: [u16; 7] = [5, 10, 20, 50, 100, 500, 1000];
const SPOT_DEPTH_MAX: u16 = 5000;

pub(super) static ASKING: Asking = Asking {
    path,
    names: ["symbol", "origClientOrderId", "orderId", "limit"],
    depth: depth_limit,
    head: NOTHING,
    tail,
    sign,
};

fn tail(_: Product, query: &Query, request: &mut Request<'_>) {
    if let Query::Fills { since, from_id, .. } = *query {
        // The venue refuses the two together.
        match from_id {
            Some(id) => request.number("fromId", id),
            None => request.number("startTime", wall_ms(since)),
        }
        request.number("limit", FILLS_PAGE as u64);
    }
}

fn path(product: Product, query: &Query) -> &'static str {
    match (product, query) {
        (Product::Spot, Query::Snapshot { .. }) => "/api/v3/depth",
        (Product::Spot, Query::Order { .. } | Query::VenueOrder { .. }) => "/api/v3/order",
        (Product::Spot, Query::OpenOrders) => "/api/v3/openOrders",
        (Product::Spot, Query::Fills { .. }) => "/api/v3/myTrades",
        (Product::Spot, Query::Balances) => "/api/v3/account",
        (Product::Linear, Query::Snapshot { .. }) => "/fapi/v1/depth",
        (Product::Linear, Query::Order { .. } | Query::VenueOrder { .. }) => "/fapi/v1/order",
        (Product::Linear, Query::OpenOrders) => "/fapi/v1/openOrders",
        (Product::Linear, Query::Fills { .. }) => "/fapi/v1/userTrades",
        (Product::Linear, Query::Balances) => "/fapi/v3/balance",
        (_, Query::Positions) => "/fapi/v3/positionRisk",
    }
}

fn depth_limit(product: Product, depth: u16) -> u16 {
    match product {
        Product::Spot => depth.clamp(1, SPOT_DEPTH_MAX),
        Product::Linear => LINEAR_DEPTHS.into_iter().find(|size| *size >= depth).unwrap_or(LINEAR_DEPTHS[6]),
    }
}

fn sign(mut request: Request<'_>, session: &Session, wall: Ns) {
    request.number("recvWindow", u64::from(session.recv_window_ms));
    request.number("timestamp", server_ms(session, wall));
    let signature = session.secret.hex(request.query());
    request.text("signature", &signature);
    request.finish(&[("X-MBX-APIKEY", session.key.as_bytes())]);
}
