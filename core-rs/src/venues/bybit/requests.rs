//! Bybit requests over WebSocket: orders, log-in, subscriptions. An authenticated trade link needs no signature per order.
//!
//! Documents: "Websocket Trade Guideline", "Place Order", "Cancel Order", "Connect" (authentication, subscription).

use super::category;
use crate::market::{Instrument, Lots};
use crate::order::{OrderCmd, OrderKind, PlaceOrder, TimeInForce};
use crate::units::{Ns, Product, Side};
use crate::venues::write::{
    lots, push_json, push_lots, push_member as text, push_price, push_uint, server_ms,
};
use crate::venues::{EncodeError, Role, Session};

/// Topics of one subscribe request: spot takes no more.
const TOPICS_MAX: usize = 10;
/// How long an authentication request stays valid, ms; it must lie in the future when it arrives.
const AUTH_MS: u64 = 10_000;

/// `{"reqId":"..","header":{"X-BAPI-TIMESTAMP":"..","X-BAPI-RECV-WINDOW":".."},"op":"order.create","args":[{"category":"linear",
///   "symbol":"BTCUSDT","side":"Buy","orderType":"Limit","qty":"0.01","price":"60000","timeInForce":"IOC","orderLinkId":".."}]}`
pub(super) fn encode_order(
    cmd: &OrderCmd,
    instrument: &Instrument,
    session: &Session,
    wall: Ns,
    out: &mut Vec<u8>,
) -> Result<(), EncodeError> {
    match cmd {
        OrderCmd::Place(order) => {
            if order.kind == OrderKind::Limit && order.px.is_none() {
                return Err(EncodeError::MissingPrice);
            }
            let lots = lots(order.qty, instrument)?;
            open(out, order.client_id.as_bytes(), "order.create", instrument, session, wall);
            place(order, lots, instrument, out);
        }
        OrderCmd::Cancel { client_id, .. } => {
            // A repeated reqId is refused for as long as the connection lives, and a cancel is repeated until it works.
            let mut id = b"c".to_vec();
            id.extend_from_slice(client_id.as_bytes());
            push_uint(&mut id, server_ms(session, wall));
            open(out, &id, "order.cancel", instrument, session, wall);
            text(out, "orderLinkId", client_id.as_bytes());
        }
    }
    out.extend_from_slice(b"}]}");
    Ok(())
}

fn place(order: &PlaceOrder, lots: Lots, instrument: &Instrument, out: &mut Vec<u8>) {
    text(out, "side", if order.side == Side::Buy { b"Buy" } else { b"Sell" });
    text(out, "orderType", if order.kind == OrderKind::Limit { b"Limit" } else { b"Market" });
    out.extend_from_slice(b",\"qty\":\"");
    push_lots(out, lots, instrument);
    out.push(b'"');
    match (order.kind, order.px) {
        (OrderKind::Limit, Some(px)) => {
            out.extend_from_slice(b",\"price\":\"");
            push_price(out, px, instrument);
            out.push(b'"');
            text(out, "timeInForce", tif(order.tif));
        }
        // A spot market buy counts in quote coin unless told otherwise.
        _ if instrument.product == Product::Spot => text(out, "marketUnit", b"baseCoin"),
        _ => {}
    }
    if instrument.product == Product::Linear {
        out.extend_from_slice(b",\"positionIdx\":0");
        if order.reduce_only {
            out.extend_from_slice(b",\"reduceOnly\":true");
        }
    }
    text(out, "orderLinkId", order.client_id.as_bytes());
}

const fn tif(tif: TimeInForce) -> &'static [u8] {
    match tif {
        TimeInForce::Gtc => b"GTC",
        TimeInForce::Ioc => b"IOC",
        TimeInForce::Fok => b"FOK",
        TimeInForce::PostOnly => b"PostOnly",
    }
}

fn open(out: &mut Vec<u8>, id: &[u8], op: &str, instrument: &Instrument, session: &Session, wall: Ns) {
    for part in [b"{\"reqId\":\"", id, b"\",\"header\":{\"X-BAPI-TIMESTAMP\":\""] {
        out.extend_from_slice(part);
    }
    push_uint(out, server_ms(session, wall));
    out.extend_from_slice(b"\",\"X-BAPI-RECV-WINDOW\":\"");
    push_uint(out, u64::from(session.recv_window_ms));
    for part in [b"\"},\"op\":\"", op.as_bytes(), b"\",\"args\":[{\"category\":\""] {
        out.extend_from_slice(part);
    }
    out.extend_from_slice(category(instrument.product).as_bytes());
    out.push(b'"');
    text(out, "symbol", instrument.symbol.as_bytes());
}

/// `{"req_id":"login","op":"auth","args":["key",1662350400000,"signature"]}`, the signature over `GET/realtime` + expires.
/// The trade link spells the id `reqId`.
pub(super) fn encode_login(role: Role, session: &Session, wall: Ns, out: &mut Vec<Vec<u8>>) {
    let id_name: &[u8] = match role {
        Role::Private => b"req_id",
        Role::Trade => b"reqId",
        Role::Public | Role::Rest => return,
    };
    let mut payload = b"GET/realtime".to_vec();
    push_uint(&mut payload, server_ms(session, wall) + AUTH_MS);
    let mut frame = [b"{\"", id_name, b"\":\"login\",\"op\":\"auth\",\"args\":[\""].concat();
    push_json(&mut frame, session.key.as_bytes());
    for part in [b"\",", &payload[b"GET/realtime".len()..], b",\"", &session.secret.hex(&payload), b"\"]}"] {
        frame.extend_from_slice(part);
    }
    out.push(frame);
}

/// `{"req_id":"1","op":"subscribe","args":["orderbook.50.BTCUSDT"]}`. The private topics are all-in-one: both products.
pub(super) fn encode_subscribe(role: Role, on: bool, instruments: &[&Instrument], out: &mut Vec<Vec<u8>>) {
    let op = if on { "subscribe" } else { "unsubscribe" };
    match role {
        Role::Public => {
            for chunk in instruments.chunks(TOPICS_MAX) {
                let topics: Vec<String> =
                    chunk.iter().map(|i| format!("orderbook.50.{}", i.symbol)).collect();
                out.push(subscribe(op, out.len() + 1, &topics));
            }
        }
        Role::Private => {
            let topics = ["order", "execution", "position", "wallet"].map(String::from);
            out.push(subscribe(op, out.len() + 1, &topics));
        }
        Role::Trade | Role::Rest => {}
    }
}

fn subscribe(op: &str, id: usize, topics: &[String]) -> Vec<u8> {
    format!("{{\"req_id\":\"{id}\",\"op\":\"{op}\",\"args\":[\"{}\"]}}", topics.join("\",\"")).into_bytes()
}
