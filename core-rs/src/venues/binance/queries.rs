//! Binance questions over REST: how they are asked. The query string is signed as it is sent.
//!
//! Documents: "Order book", "Query order", "Current open orders", "Account trade list", "Account information" (spot);
//! the same names and "Futures Account Balance V3", "Position Information V3" (USDT-M).

use crate::units::{Ns, Product, Symbol};
use crate::venues::write::{push_header, push_query, push_uint, server_ms, wall_ms};
use crate::venues::{EncodeError, Instruments, Query, Session};

/// Fills of one page, the most both products give.
pub(super) const FILLS_PAGE: usize = 1000;
/// Depth sizes USDT-M knows; another is rounded up.
const LINEAR_DEPTHS: [u16; 7] = [5, 10, 20, 50, 100, 500, 1000];
const SPOT_DEPTH_MAX: u16 = 5000;

pub(super) fn encode_query(
    product: Product,
    query: &Query,
    instruments: &dyn Instruments,
    session: Option<&Session>,
    wall: Ns,
    out: &mut Vec<u8>,
) -> Result<(), EncodeError> {
    let symbol = |id| instruments.get(id).map(|i| i.symbol).ok_or(EncodeError::UnknownInstrument);
    let path = path(product, query)?;
    let mut request = Request::open(out, path);
    match *query {
        Query::Snapshot { instrument, depth } => {
            request.symbol(symbol(instrument)?);
            request.number("limit", u64::from(depth_limit(product, depth)));
            request.finish();
            return Ok(());
        }
        Query::Order { instrument, client_id } => {
            request.symbol(symbol(instrument)?);
            request.text("origClientOrderId", client_id.as_bytes());
        }
        Query::Fills { instrument, since, from_id } => {
            request.symbol(symbol(instrument)?);
            // The venue refuses the two together.
            match from_id {
                Some(id) => request.number("fromId", id),
                None => request.number("startTime", wall_ms(since)),
            }
            request.number("limit", FILLS_PAGE as u64);
        }
        Query::OpenOrders | Query::Balances | Query::Positions => {}
    }
    request.sign(session.ok_or(EncodeError::NoSession)?, wall);
    Ok(())
}

fn path(product: Product, query: &Query) -> Result<&'static str, EncodeError> {
    Ok(match (product, query) {
        (Product::Spot, Query::Snapshot { .. }) => "/api/v3/depth",
        (Product::Spot, Query::Order { .. }) => "/api/v3/order",
        (Product::Spot, Query::OpenOrders) => "/api/v3/openOrders",
        (Product::Spot, Query::Fills { .. }) => "/api/v3/myTrades",
        (Product::Spot, Query::Balances) => "/api/v3/account",
        (Product::Spot, Query::Positions) => return Err(EncodeError::Unsupported("positions")),
        (Product::Linear, Query::Snapshot { .. }) => "/fapi/v1/depth",
        (Product::Linear, Query::Order { .. }) => "/fapi/v1/order",
        (Product::Linear, Query::OpenOrders) => "/fapi/v1/openOrders",
        (Product::Linear, Query::Fills { .. }) => "/fapi/v1/userTrades",
        (Product::Linear, Query::Balances) => "/fapi/v3/balance",
        (Product::Linear, Query::Positions) => "/fapi/v3/positionRisk",
    })
}

fn depth_limit(product: Product, depth: u16) -> u16 {
    match product {
        Product::Spot => depth.clamp(1, SPOT_DEPTH_MAX),
        Product::Linear => LINEAR_DEPTHS.into_iter().find(|size| *size >= depth).unwrap_or(LINEAR_DEPTHS[6]),
    }
}

/// `GET /path?a=1&b=2`, then headers; the query starts at `query`.
struct Request<'o> {
    out: &'o mut Vec<u8>,
    query: usize,
}

impl<'o> Request<'o> {
    fn open(out: &'o mut Vec<u8>, path: &str) -> Self {
        out.extend_from_slice(b"GET ");
        out.extend_from_slice(path.as_bytes());
        out.push(b'?');
        let query = out.len();
        Self { out, query }
    }

    fn name(&mut self, name: &str) {
        if self.out.len() > self.query {
            self.out.push(b'&');
        }
        self.out.extend_from_slice(name.as_bytes());
        self.out.push(b'=');
    }

    fn text(&mut self, name: &str, value: &[u8]) {
        self.name(name);
        push_query(self.out, value);
    }

    fn symbol(&mut self, symbol: Symbol) {
        self.text("symbol", symbol.as_bytes());
    }

    fn number(&mut self, name: &str, value: u64) {
        self.name(name);
        push_uint(self.out, value);
    }

    fn sign(mut self, session: &Session, wall: Ns) {
        self.number("recvWindow", u64::from(session.recv_window_ms));
        self.number("timestamp", server_ms(session, wall));
        let signature = session.secret.hex(&self.out[self.query..]);
        self.text("signature", &signature);
        self.out.push(b'\n');
        push_header(self.out, "X-MBX-APIKEY", session.key.as_bytes());
        self.out.push(b'\n');
    }

    fn finish(self) {
        self.out.extend_from_slice(b"\n\n");
    }
}
