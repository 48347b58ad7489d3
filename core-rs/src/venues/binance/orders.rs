//! Binance requests over WebSocket: orders, log-in, subscriptions. Bodies come from templates; the signature covers all
//! parameters sorted by name, so they are written in that order and signed as they are written.
//!
//! Documents: "Request security" and "Trading requests" of the WebSocket API (spot `/ws-api/v3`, USDT-M `/ws-fapi/v1`).

use crate::market::Instrument;
use crate::order::{OrderCmd, OrderKind, PlaceOrder, TimeInForce};
use crate::units::{ClientId, Ns, Product, Side};
use crate::venues::sign::Signing;
use crate::venues::write::{lots, push_json, push_lots, push_price, push_uint, server_ms};
use crate::venues::{EncodeError, Role, Session};

/// Streams named in one SUBSCRIBE frame.
const STREAMS_MAX: usize = 100;
/// The id of a log-in request; order requests carry client ids.
pub(super) const LOGIN_ID: &[u8] = b"login";

/// `{"id":"TGA7001000001","method":"order.place","params":{"apiKey":"..","newClientOrderId":"..",...,"signature":".."}}`
pub(super) fn encode_order(
    cmd: &OrderCmd,
    instrument: &Instrument,
    session: &Session,
    wall: Ns,
    out: &mut Vec<u8>,
) -> Result<(), EncodeError> {
    match cmd {
        OrderCmd::Place(order) => place(order, instrument, session, wall, out),
        OrderCmd::Cancel { client_id, .. } => {
            cancel(*client_id, instrument, session, wall, out);
            Ok(())
        }
    }
}

fn place(
    order: &PlaceOrder,
    instrument: &Instrument,
    session: &Session,
    wall: Ns,
    out: &mut Vec<u8>,
) -> Result<(), EncodeError> {
    let (kind, tif) = words(order, instrument.product);
    let px = match order.kind {
        OrderKind::Limit => Some(order.px.ok_or(EncodeError::MissingPrice)?),
        OrderKind::Market => None,
    };
    let lots = lots(order.qty, instrument)?;
    let mut params = Params::open(out, "", order.client_id.as_bytes(), "order.place", session);
    params.text("newClientOrderId", order.client_id.as_bytes());
    // The fullest answer each product gives: spot adds the fills.
    params.text("newOrderRespType", if instrument.product == Product::Spot { b"FULL" } else { b"RESULT" });
    if let Some(px) = px {
        params.put("price", true, |out| push_price(out, px, instrument));
    }
    params.put("quantity", true, |out| push_lots(out, lots, instrument));
    params.put("recvWindow", false, |out| push_uint(out, u64::from(session.recv_window_ms)));
    // Spot has no positions, so nothing to reduce.
    if order.reduce_only && instrument.product == Product::Linear {
        params.text("reduceOnly", b"true");
    }
    params.text("side", if order.side == Side::Buy { b"BUY" } else { b"SELL" });
    params.text("symbol", instrument.symbol.as_bytes());
    if let Some(tif) = tif {
        params.text("timeInForce", tif);
    }
    params.put("timestamp", false, |out| push_uint(out, server_ms(session, wall)));
    params.text("type", kind);
    params.close();
    Ok(())
}

fn cancel(client_id: ClientId, instrument: &Instrument, session: &Session, wall: Ns, out: &mut Vec<u8>) {
    let mut params = Params::open(out, "c", client_id.as_bytes(), "order.cancel", session);
    params.text("origClientOrderId", client_id.as_bytes());
    params.put("recvWindow", false, |out| push_uint(out, u64::from(session.recv_window_ms)));
    params.text("symbol", instrument.symbol.as_bytes());
    params.put("timestamp", false, |out| push_uint(out, server_ms(session, wall)));
    params.close();
}

/// `type` and `timeInForce`. Post-only is an order type on spot, a time in force on USDT-M.
fn words(order: &PlaceOrder, product: Product) -> (&'static [u8], Option<&'static [u8]>) {
    match (order.kind, order.tif, product) {
        (OrderKind::Market, _, _) => (b"MARKET", None),
        (OrderKind::Limit, TimeInForce::PostOnly, Product::Spot) => (b"LIMIT_MAKER", None),
        (OrderKind::Limit, TimeInForce::PostOnly, Product::Linear) => (b"LIMIT", Some(b"GTX")),
        (OrderKind::Limit, TimeInForce::Gtc, _) => (b"LIMIT", Some(b"GTC")),
        (OrderKind::Limit, TimeInForce::Ioc, _) => (b"LIMIT", Some(b"IOC")),
        (OrderKind::Limit, TimeInForce::Fok, _) => (b"LIMIT", Some(b"FOK")),
    }
}

/// Spot's user stream is a signed subscription of the WebSocket API ("Subscribe to User Data Stream through signature
/// subscription"); USDT-M's is opened by its listen key in the URL. Trade links sign each request and need no log-in.
pub(super) fn encode_login(
    product: Product,
    role: Role,
    session: &Session,
    wall: Ns,
    out: &mut Vec<Vec<u8>>,
) {
    if (product, role) == (Product::Spot, Role::Private) {
        let mut frame = Vec::new();
        let method = "userDataStream.subscribe.signature";
        let mut params = Params::open(&mut frame, "", LOGIN_ID, method, session);
        params.put("recvWindow", false, |out| push_uint(out, u64::from(session.recv_window_ms)));
        params.put("timestamp", false, |out| push_uint(out, server_ms(session, wall)));
        params.close();
        out.push(frame);
    }
}

/// `{"method":"SUBSCRIBE","params":["btcusdt@depth@100ms"],"id":1}` ("Live Subscribing/Unsubscribing to streams").
pub(super) fn encode_subscribe(role: Role, on: bool, instruments: &[&Instrument], out: &mut Vec<Vec<u8>>) {
    if role != Role::Public {
        return;
    }
    for chunk in instruments.chunks(STREAMS_MAX) {
        let method: &[u8] = if on { b"SUBSCRIBE" } else { b"UNSUBSCRIBE" };
        let mut frame = [b"{\"method\":\"", method, b"\",\"params\":["].concat();
        for (index, instrument) in chunk.iter().enumerate() {
            frame.extend_from_slice(if index == 0 { b"\"" } else { b",\"" });
            frame.extend_from_slice(&instrument.symbol.as_bytes().to_ascii_lowercase());
            frame.extend_from_slice(b"@depth@100ms\"");
        }
        frame.extend_from_slice(b"],\"id\":");
        push_uint(&mut frame, out.len() as u64 + 1);
        frame.push(b'}');
        out.push(frame);
    }
}

/// The parameters of one signed request: each is written as JSON and fed to the signature as `name=value`.
struct Params<'o> {
    out: &'o mut Vec<u8>,
    signing: Signing,
}

impl<'o> Params<'o> {
    fn open(out: &'o mut Vec<u8>, id_prefix: &str, id: &[u8], method: &str, session: &Session) -> Self {
        for part in [b"{\"id\":\"", id_prefix.as_bytes(), id, b"\",\"method\":\"", method.as_bytes()] {
            out.extend_from_slice(part);
        }
        out.extend_from_slice(b"\",\"params\":{\"apiKey\":\"");
        push_json(out, session.key.as_bytes());
        out.push(b'"');
        let mut signing = session.secret.begin();
        signing.update(b"apiKey=");
        signing.update(session.key.as_bytes());
        Self { out, signing }
    }

    fn text(&mut self, name: &str, value: &[u8]) {
        self.put(name, true, |out| out.extend_from_slice(value));
    }

    fn put(&mut self, name: &str, quoted: bool, write: impl FnOnce(&mut Vec<u8>)) {
        let quote: &[u8] = if quoted { b"\"" } else { b"" };
        for part in [b",\"", name.as_bytes(), b"\":", quote] {
            self.out.extend_from_slice(part);
        }
        let start = self.out.len();
        write(self.out);
        for part in [b"&", name.as_bytes(), b"=", &self.out[start..]] {
            self.signing.update(part);
        }
        self.out.extend_from_slice(quote);
    }

    fn close(self) {
        self.out.extend_from_slice(b",\"signature\":\"");
        self.out.extend_from_slice(&self.signing.hex());
        self.out.extend_from_slice(b"\"}}");
    }
}
