//! OKX requests over WebSocket: orders and subscriptions. A logged-in connection needs no signature per order.
//!
//! Documents: "WS / Place order", "WS / Cancel order" (instruments by their numeric code since 2026-03), "Subscribe".

use super::kind;
use crate::market::Instrument;
use crate::order::{OrderCmd, OrderKind, PlaceOrder, TimeInForce};
use crate::units::{Ns, Product, Side};
use crate::venues::channel::subscribe;
use crate::venues::write::{lots, push_lots, push_member as text, push_price, push_uint, server_ms};
use crate::venues::{EncodeError, Role, Session};

/// `{"id":"..","op":"order","expTime":"1700000001500","args":[{"instIdCode":10459,"tdMode":"cash","side":"buy",
///   "ordType":"ioc","sz":"0.01","px":"60000","clOrdId":".."}]}`. After `expTime` the venue refuses the order: a late one can not
/// surprise us.
pub(super) fn encode_order(
    cmd: &OrderCmd,
    instrument: &Instrument,
    session: &Session,
    wall: Ns,
    out: &mut Vec<u8>,
) -> Result<(), EncodeError> {
    if instrument.wire.code == 0 {
        return Err(EncodeError::Unsupported("an instrument without instIdCode"));
    }
    match cmd {
        OrderCmd::Place(order) => place(order, instrument, session, wall, out)?,
        OrderCmd::Cancel { client_id, .. } => {
            for part in [b"{\"id\":\"c", client_id.as_bytes(), b"\",\"op\":\"cancel-order\""] {
                out.extend_from_slice(part);
            }
            args(instrument, out);
            text(out, "clOrdId", client_id.as_bytes());
        }
    }
    out.extend_from_slice(b"}]}");
    Ok(())
}

fn place(
    order: &PlaceOrder,
    instrument: &Instrument,
    session: &Session,
    wall: Ns,
    out: &mut Vec<u8>,
) -> Result<(), EncodeError> {
    let lots = lots(order.qty, instrument)?;
    let (kind, px) = match (order.kind, order.px) {
        (OrderKind::Limit, None) => return Err(EncodeError::MissingPrice),
        (OrderKind::Limit, px) => (limit(order.tif), px),
        (OrderKind::Market, _) => (&b"market"[..], None),
    };
    for part in [b"{\"id\":\"", order.client_id.as_bytes(), b"\",\"op\":\"order\",\"expTime\":\""] {
        out.extend_from_slice(part);
    }
    push_uint(out, server_ms(session, wall) + u64::from(session.recv_window_ms));
    out.push(b'"');
    args(instrument, out);
    text(out, "tdMode", if instrument.product == Product::Spot { b"cash" } else { b"cross" });
    text(out, "side", if order.side == Side::Buy { b"buy" } else { b"sell" });
    text(out, "ordType", kind);
    out.extend_from_slice(b",\"sz\":\"");
    push_lots(out, lots, instrument);
    out.push(b'"');
    if let Some(px) = px {
        out.extend_from_slice(b",\"px\":\"");
        push_price(out, px, instrument);
        out.push(b'"');
    }
    match instrument.product {
        // A spot market buy counts in quote coin unless told otherwise.
        Product::Spot => text(out, "tgtCcy", b"base_ccy"),
        Product::Linear if order.reduce_only => out.extend_from_slice(b",\"reduceOnly\":true"),
        Product::Linear => {}
    }
    text(out, "clOrdId", order.client_id.as_bytes());
    Ok(())
}

fn args(instrument: &Instrument, out: &mut Vec<u8>) {
    out.extend_from_slice(b",\"args\":[{\"instIdCode\":");
    push_uint(out, instrument.wire.code);
}

const fn limit(tif: TimeInForce) -> &'static [u8] {
    match tif {
        TimeInForce::Gtc => b"limit",
        TimeInForce::Ioc => b"ioc",
        TimeInForce::Fok => b"fok",
        TimeInForce::PostOnly => b"post_only",
    }
}

/// `{"op":"subscribe","args":[{"channel":"books","instId":"BTC-USDT"}]}`. The private channels serve both products at once;
/// orders have no snapshot (they are asked for over REST), balances and positions begin with one.
pub(super) fn encode_subscribe(role: Role, on: bool, instruments: &[&Instrument], out: &mut Vec<Vec<u8>>) {
    let args: Vec<String> = match role {
        Role::Public => instruments
            .iter()
            .map(|i| format!("{{\"channel\":\"books\",\"instId\":\"{}\"}}", i.symbol))
            .collect(),
        Role::Private => vec![
            "{\"channel\":\"orders\",\"instType\":\"ANY\"}".to_owned(),
            format!("{{\"channel\":\"positions\",\"instType\":\"{}\"}}", kind(Product::Linear)),
            "{\"channel\":\"account\"}".to_owned(),
        ],
        Role::Trade | Role::Rest => Vec::new(),
    };
    subscribe(on, &args, out);
}
