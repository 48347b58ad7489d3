//! What faults make of bytes: refusals of a venue's edge, broken books, broken events.

use super::setup::Row;
use super::swarm::Fault;
use crate::units::Product;

/// What a frame is stands in its first bytes.
const HEAD: usize = 96;

/// What a frame is, by the names that its venue gives it.
fn has(data: &[u8], names: &[&str]) -> bool {
    anywhere(&data[..data.len().min(HEAD)], names)
}

fn anywhere(data: &[u8], names: &[&str]) -> bool {
    let text = core::str::from_utf8(data).unwrap_or_default();
    names.iter().any(|name| text.contains(name))
}

pub(super) fn is_market(data: &[u8]) -> bool {
    has(data, &["depthUpdate", "\"topic\":\"orderbook."])
}

pub(super) fn is_account_event(data: &[u8]) -> bool {
    let orders = ["executionReport", "ORDER_TRADE_UPDATE", "\"topic\":\"order", "\"topic\":\"execution"];
    has(data, &orders) || is_balance(data)
}

pub(super) fn is_balance(data: &[u8]) -> bool {
    has(data, &["outboundAccountPosition", "ACCOUNT_UPDATE", "\"topic\":\"wallet", "\"topic\":\"position"])
}

/// A public stream is asked for.
pub(super) fn is_subscription(data: &[u8]) -> bool {
    has(data, &["\"method\":\"SUBSCRIBE\"", "\"op\":\"subscribe\""])
}

/// A frame that says nothing but that the connection lives.
pub(super) fn alive(venue: usize) -> Vec<u8> {
    let frame = match venue {
        0 => r#"{"result":null,"id":1}"#,
        _ => r#"{"success":true,"ret_msg":"pong","conn_id":"sim","req_id":"","op":"ping"}"#,
    };
    frame.as_bytes().to_vec()
}

/// The venue shuts us out.
pub(super) fn is_ban(data: &[u8]) -> bool {
    has(data, &["\"status\":418", "\"retCode\":10009"])
}

/// The product that a request over a link is about: Bybit's links serve both.
pub(super) fn product_of(row: Row, data: &[u8]) -> Product {
    match row.venue {
        0 => row.product,
        _ if anywhere(data, &["\"category\":\"linear\"", "category=linear"]) => Product::Linear,
        _ if anywhere(data, &["\"category\":\"spot\"", "category=spot"]) => Product::Spot,
        _ => row.product,
    }
}

/// The answer to a question about an instrument that is not listed: status and body.
pub(super) fn no_symbol(venue: usize) -> (u16, Vec<u8>) {
    match venue {
        0 => (400, br#"{"code":-1121,"msg":"Invalid symbol."}"#.to_vec()),
        _ => (
            200,
            br#"{"retCode":10001,"retMsg":"params error: symbol invalid","result":{},"retExtInfo":{},"time":1}"#.to_vec(),
        ),
    }
}

/// The text after `key` up to the closing quote.
pub(super) fn quoted<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    text.split_once(key)?.1.split('"').next()
}

/// An answer that names the request in `data` (a request or its reply) and refuses it, or says nothing of its fate.
pub(super) fn refusal(row: Row, data: &[u8], fault: Fault) -> Option<Vec<u8>> {
    let text = core::str::from_utf8(data).ok()?;
    let answer = if row.venue == 0 {
        let id = quoted(text, "\"id\":\"")?;
        let (status, code, message) = match (fault, row.product) {
            (Fault::RateLimited, _) => (429, -1003, "Too many requests; current limit is 2400."),
            (Fault::Banned, _) => (418, -1003, "Way too much request weight used; IP banned until 1."),
            (Fault::Delisting, _) => (400, -1121, "Invalid symbol."),
            (Fault::CancelOnly, Product::Linear) => {
                (400, -4140, "Invalid symbol status for opening position.")
            }
            (Fault::CancelOnly, _) => (400, -2010, "Market is closed."),
            (Fault::Maintenance, Product::Linear) => (503, 0, "Service Unavailable."),
            (Fault::Maintenance, _) => (400, -1016, "This service is no longer available."),
            (_, Product::Linear) => (503, 0, "Unknown error, please check your request or try again later."),
            (_, _) => (
                408,
                -1007,
                "Timeout waiting for response from backend server. Send status unknown; execution status unknown.",
            ),
        };
        format!(
            r#"{{"id":"{id}","status":{status},"error":{{"code":{code},"msg":"{message}"}},"rateLimits":[]}}"#
        )
    } else {
        let id = quoted(text, "\"reqId\":\"")?;
        let op = quoted(text, "\"op\":\"")?;
        let (code, message) = match fault {
            Fault::Delisting => (10001, "params error: symbol invalid"),
            Fault::CancelOnly if row.product == Product::Linear => (110_074, "This contract is not live"),
            Fault::CancelOnly => (170_121, "Invalid symbol."),
            Fault::RateLimited => (10006, "Too many visits!"),
            Fault::Banned => (10009, "IP has been banned"),
            Fault::Maintenance => (10019, "ws trade service is restarting, do not accept new request"),
            _ => (10016, "Internal server error."),
        };
        format!(
            r#"{{"reqId":"{id}","retCode":{code},"retMsg":"{message}","op":"{op}","data":{{}},"retExtInfo":{{}},"header":{{}},"connId":"sim"}}"#
        )
    };
    Some(answer.into_bytes())
}

fn replace_once(data: &[u8], from: &str, to: &str) -> Option<Vec<u8>> {
    let text = core::str::from_utf8(data).ok()?;
    text.contains(from).then(|| text.replacen(from, to, 1).into_bytes())
}

/// Bids and asks change places.
pub(super) fn crossed(data: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(data);
    text.replace("\"b\":[", "\"~\":[")
        .replace("\"a\":[", "\"b\":[")
        .replace("\"~\":[", "\"a\":[")
        .into_bytes()
}

/// The first price becomes zero or absurd.
pub(super) fn nonsense(data: Vec<u8>, zero: bool) -> Vec<u8> {
    let text = String::from_utf8_lossy(&data).into_owned();
    let Some((head, rest)) = text.split_once("[[\"") else { return data };
    let Some((_, tail)) = rest.split_once('"') else { return data };
    let px = if zero { "0.00" } else { "99999999999999999999.9" };
    format!("{head}[[\"{px}\"{tail}").into_bytes()
}

/// A field that a fill needs is null.
pub(super) fn null_field(data: Vec<u8>) -> Vec<u8> {
    blank(data, &["\"L\":\"", "\"l\":\"", "\"execQty\":\"", "\"execPrice\":\"", "\"cumExecQty\":\""], "null")
}

/// A status or side that nobody documented.
pub(super) fn unknown_enum(data: Vec<u8>) -> Vec<u8> {
    blank(data, &["\"X\":\"", "\"orderStatus\":\"", "\"side\":\"", "\"S\":\""], "\"SOMETHING_NEW\"")
}

/// The value of the first of `keys` that is there becomes `value`.
fn blank(data: Vec<u8>, keys: &[&str], value: &str) -> Vec<u8> {
    let text = String::from_utf8_lossy(&data).into_owned();
    for key in keys {
        if let Some(old) = quoted(&text, key) {
            let from = format!("{key}{old}\"");
            let to = format!("{}{value}", &key[..key.len() - 1]);
            return replace_once(&data, &from, &to).unwrap_or_else(|| text.clone().into_bytes());
        }
    }
    data
}
