//! Binance questions over REST: how they are asked. The query string is signed as it is sent.
//!
//! Documents: "Order book", "Query order", "Current open orders", "Account trade list", "Account information" (spot);
//! "Get Income History",
//! the same names and "Futures Account Balance V3", "Position Information V3" (USDT-M).

use crate::units::{Ns, Product};
use crate::venues::ask::{Asking, Param, Question};
use crate::venues::write::{Request, server_ms};
use crate::venues::{Query, Session};

/// Fills of one page, the most both products give.
pub(super) const FILLS_PAGE: usize = 1000;

pub(super) static ASKING: Asking = Asking { question, kind: |_| "", sign };

const fn question(product: Product, query: &Query) -> Question {
    use Param::{Client, Levels, LevelsOf, Number, SinceOrFrom, Symbol, VenueId};
    use Product::{Linear, Spot};
    const SYMBOL: Param = Symbol("symbol");
    const ONE: &[Param] = &[SYMBOL, Client("origClientOrderId"), VenueId("orderId")];
    // The venue refuses the two together.
    const FILLS: &[Param] = &[SYMBOL, SinceOrFrom("startTime", "fromId"), Number("limit", FILLS_PAGE)];
    const MOVES: &[Param] = &[SinceOrFrom("startTime", "startTime"), Number("limit", FILLS_PAGE)];
    // Depth sizes USDT-M knows.
    const DEPTH: Param = LevelsOf("limit", &[5, 10, 20, 50, 100, 500, 1000]);
    match (product, query) {
        (Spot, Query::Snapshot { .. }) => ("/api/v3/depth", &[SYMBOL, Levels("limit", 5000)]),
        (Spot, Query::Order { .. } | Query::VenueOrder { .. }) => ("/api/v3/order", ONE),
        (Spot, Query::OpenOrders) => ("/api/v3/openOrders", &[]),
        (Spot, Query::Fills { .. }) => ("/api/v3/myTrades", FILLS),
        (Spot, Query::Balances) => ("/api/v3/account", &[]),
        (Linear, Query::Snapshot { .. }) => ("/fapi/v1/depth", &[SYMBOL, DEPTH]),
        (Linear, Query::Order { .. } | Query::VenueOrder { .. }) => ("/fapi/v1/order", ONE),
        (Linear, Query::OpenOrders) => ("/fapi/v1/openOrders", &[]),
        (Linear, Query::Fills { .. }) => ("/fapi/v1/userTrades", FILLS),
        (Linear, Query::Balances) => ("/fapi/v3/balance", &[]),
        (_, Query::Positions) => ("/fapi/v3/positionRisk", &[]),
        (Spot, Query::Moves { .. }) => ("", &[]),
        (Linear, Query::Moves { .. }) => ("/fapi/v1/income", MOVES),
    }
}

fn sign(mut request: Request<'_>, session: &Session, wall: Ns) {
    request.number("recvWindow", u64::from(session.recv_window_ms));
    request.number("timestamp", server_ms(session, wall));
    let signature = session.secret.hex(request.query());
    request.text("signature", &signature);
    request.finish(&[("X-MBX-APIKEY", session.key.as_bytes())]);
}
