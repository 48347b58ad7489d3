//! Bybit questions over REST: how they are asked. The signature covers timestamp, key, window and the query string as sent.
//!
//! Documents: "Get Orderbook", "Get Open & Closed Orders", "Get Trade History", "Get Wallet Balance", "Get Position Info",
//! "Get Transaction Log".

use super::category;
use crate::units::{Ns, Product};
use crate::venues::ask::{Asking, Param, Question};
use crate::venues::write::{Request, push_uint, server_ms};
use crate::venues::{Query, Session};

/// Rows of one page, the most each list gives.
pub(super) const ORDERS_PAGE: usize = 50;
pub(super) const FILLS_PAGE: usize = 100;
pub(super) const POSITIONS_PAGE: usize = 200;
pub(super) const MOVES_PAGE: usize = 50;

pub(super) static ASKING: Asking = Asking { question, kind: category, sign };

/// Fills come newest first: a further page ends where the last one stopped. Linear lists want a symbol or a settlement coin; ours
/// all settle in USDT.
const fn question(product: Product, query: &Query) -> Question {
    use Param::{Client, From, Kind, Levels, Number, Since, Symbol, VenueId, Word};
    const CATEGORY: Param = Kind("category");
    const SYMBOL: Param = Symbol("symbol");
    const SETTLED: Param = Word("settleCoin", "USDT");
    const ORDERS: Param = Number("limit", ORDERS_PAGE);
    const FILLS: &[Param] =
        &[CATEGORY, SYMBOL, Since("startTime"), From("endTime"), Number("limit", FILLS_PAGE)];
    const MOVES: &[Param] =
        &[Word("accountType", "UNIFIED"), Since("startTime"), From("endTime"), Number("limit", MOVES_PAGE)];
    match (product, query) {
        (_, Query::Snapshot { .. }) => ("/v5/market/orderbook", &[CATEGORY, SYMBOL, Levels("limit", 200)]),
        (_, Query::Order { .. } | Query::VenueOrder { .. }) => {
            ("/v5/order/realtime", &[CATEGORY, SYMBOL, Client("orderLinkId"), VenueId("orderId")])
        }
        (Product::Spot, Query::OpenOrders) => ("/v5/order/realtime", &[CATEGORY, ORDERS]),
        (Product::Linear, Query::OpenOrders) => ("/v5/order/realtime", &[CATEGORY, SETTLED, ORDERS]),
        (_, Query::Fills { .. }) => ("/v5/execution/list", FILLS),
        (_, Query::Moves { .. }) => ("/v5/account/transaction-log", MOVES),
        (_, Query::Balances) => ("/v5/account/wallet-balance", &[Word("accountType", "UNIFIED")]),
        (_, Query::Positions) => ("/v5/position/list", &[CATEGORY, SETTLED, Number("limit", POSITIONS_PAGE)]),
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
