//! Bitget requests over WebSocket: orders and subscriptions. A logged-in connection needs no signature per order.
//!
//! Documents: "Place Order Channel", "Cancel Order Channel" (spot and futures; the venue grants them on request), "Subscribe".

use super::kind;
use crate::market::Instrument;
use crate::order::{OrderCmd, OrderKind, PlaceOrder, TimeInForce};
use crate::units::{Ns, Product, Side};
use crate::venues::channel::subscribe;
use crate::venues::write::{lots, push_lots, push_member as text, push_price};
use crate::venues::{EncodeError, Role, Session};

/// `{"op":"trade","args":[{"id":"..","instType":"SPOT","instId":"BTCUSDT","channel":"place-order","params":{
///   "clientOid":"..","side":"buy","orderType":"limit","size":"0.01","price":"60000","force":"ioc"}}]}`
pub(super) fn encode_order(
    cmd: &OrderCmd,
    instrument: &Instrument,
    _: &Session,
    _: Ns,
    out: &mut Vec<u8>,
) -> Result<(), EncodeError> {
    match cmd {
        OrderCmd::Place(order) => place(order, instrument, out)?,
        OrderCmd::Cancel { client_id, .. } => {
            open("c", client_id.as_bytes(), "cancel-order", instrument, out);
        }
    }
    out.extend_from_slice(b"}}]}");
    Ok(())
}

fn place(order: &PlaceOrder, instrument: &Instrument, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    let lots = lots(order.qty, instrument)?;
    let px = match (order.kind, order.px, instrument.product, order.side) {
        (OrderKind::Limit, None, _, _) => return Err(EncodeError::MissingPrice),
        (OrderKind::Limit, px, _, _) => px,
        // Its size would be read as quote coin; a bounded IOC order says the same in base coin.
        (OrderKind::Market, _, Product::Spot, Side::Buy) => {
            return Err(EncodeError::Unsupported("a market buy in base coin"));
        }
        (OrderKind::Market, _, _, _) => None,
    };
    open("", order.client_id.as_bytes(), "place-order", instrument, out);
    text(out, "side", if order.side == Side::Buy { b"buy" } else { b"sell" });
    text(out, "orderType", if px.is_some() { b"limit" } else { b"market" });
    out.extend_from_slice(b",\"size\":\"");
    push_lots(out, lots, instrument);
    out.push(b'"');
    if let Some(px) = px {
        out.extend_from_slice(b",\"price\":\"");
        push_price(out, px, instrument);
        out.push(b'"');
        text(out, "force", force(order.tif));
    }
    if instrument.product == Product::Linear {
        text(out, "marginCoin", instrument.quote.as_bytes());
        text(out, "marginMode", b"crossed");
        text(out, "reduceOnly", if order.reduce_only { b"YES" } else { b"NO" });
    }
    Ok(())
}

fn open(id_prefix: &str, id: &[u8], channel: &str, instrument: &Instrument, out: &mut Vec<u8>) {
    for part in [b"{\"op\":\"trade\",\"args\":[{\"id\":\"", id_prefix.as_bytes(), id, b"\""] {
        out.extend_from_slice(part);
    }
    text(out, "instType", kind(instrument.product).as_bytes());
    text(out, "instId", instrument.symbol.as_bytes());
    text(out, "channel", channel.as_bytes());
    for part in [b",\"params\":{\"clientOid\":\"", id, b"\""] {
        out.extend_from_slice(part);
    }
}

const fn force(tif: TimeInForce) -> &'static [u8] {
    match tif {
        TimeInForce::Gtc => b"gtc",
        TimeInForce::Ioc => b"ioc",
        TimeInForce::Fok => b"fok",
        TimeInForce::PostOnly => b"post_only",
    }
}

/// `{"op":"subscribe","args":[{"instType":"SPOT","channel":"books","instId":"BTCUSDT"}]}`. A symbol under the wrong `instType`
/// is acknowledged and stays silent, so the product always comes from the instrument itself.
pub(super) fn encode_subscribe(role: Role, on: bool, instruments: &[&Instrument], out: &mut Vec<Vec<u8>>) {
    let arg = |product: Product, channel: &str, name: &str, value: &str| {
        format!("{{\"instType\":\"{}\",\"channel\":\"{channel}\",\"{name}\":\"{value}\"}}", kind(product))
    };
    let args: Vec<String> = match role {
        Role::Public => {
            instruments.iter().map(|i| arg(i.product, "books", "instId", i.symbol.as_str())).collect()
        }
        Role::Private => vec![
            arg(Product::Spot, "orders", "instId", "default"),
            arg(Product::Spot, "account", "coin", "default"),
            arg(Product::Linear, "orders", "instId", "default"),
            arg(Product::Linear, "account", "coin", "default"),
            arg(Product::Linear, "positions", "instId", "default"),
        ],
        Role::Trade | Role::Rest => Vec::new(),
    };
    subscribe(on, &args, out);
}
