//! Bybit questions over REST: how they are asked. The signature covers timestamp, key, window and the query string as sent.
//!
//! Documents: "Get Orderbook", "Get Open & Closed Orders", "Get Trade History", "Get Wallet Balance", "Get Position Info".

use super::category;
use crate::units::{Ns, Product};
use crate::venues::ask::Asking;
use crate::venues::write::{Request, push_uint, server_ms, wall_ms};
use crate::venues::{Query, Session};

/// Rows of one page, the most each list gives.
pub(super) const ORDERS_PAGE: usize = 50;
pub(super) const FILLS_PAGE: usize = 100;
pub(super) const POSITIONS_PAGE: usize = 200;
const DEPTH_MAX: u16 = 200;

pub(super) static ASKING: Asking = Asking {
    path,
    names: ["symbol", "orderLinkId", "orderId", "limit"],
    depth: |_, depth| depth.clamp(1, DEPTH_MAX),
    head: |product, query, request| match query {
        Query::Balances => request.text("accountType", b"UNIFIED"),
        _ => request.text("category", category(product).as_bytes()),
    },
    tail,
    sign,
};

fn path(_: Product, query: &Query) -> &'static str {
    match query {
        Query::Snapshot { .. } => "/v5/market/orderbook",
        Query::Order { .. } | Query::VenueOrder { .. } | Query::OpenOrders => "/v5/order/realtime",
        Query::Fills { .. } => "/v5/execution/list",
        Query::Balances => "/v5/account/wallet-balance",
        Query::Positions => "/v5/position/list",
    }
}

fn tail(product: Product, query: &Query, request: &mut Request<'_>) {
    match *query {
        Query::OpenOrders => {
            settled(product, request);
            request.number("limit", ORDERS_PAGE as u64);
        }
        Query::Fills { since, from_id, .. } => {
            request.number("startTime", wall_ms(since));
            // The list is newest first: a further page ends where the last one stopped.
            if let Some(end) = from_id {
                request.number("endTime", end);
            }
            request.number("limit", FILLS_PAGE as u64);
        }
        Query::Positions => {
            settled(product, request);
            request.number("limit", POSITIONS_PAGE as u64);
        }
        Query::Snapshot { .. } | Query::Order { .. } | Query::VenueOrder { .. } | Query::Balances => {}
    }
}

/// Linear lists want a symbol or a settlement coin; ours all settle in USDT.
fn settled(product: Product, request: &mut Request<'_>) {
    if product == Product::Linear {
        request.text("settleCoin", b"USDT");
    }
}

fn sign(request: Request<'_>, session: &Session, wall: Ns) {
    let (mut time, mut window) = (Vec::new(), Vec::new());
    push_uint(&mut time, server_ms(session, wall));
    push_uint(&mut window, u64::from(session.recv_window_ms));
    let mut signing = session.secret.begin();
    for part in [&time, session.key.as_bytes(), &window, request.query()] {
        signing.update(part);
    }
    request.finish(&[
        ("X-BAPI-API-KEY", session.key.as_bytes()),
        ("X-BAPI-TIMESTAMP", &time),
        ("X-BAPI-RECV-WINDOW", &window),
        ("X-BAPI-SIGN", &signing.hex()),
    ]);
}
