//! What faults make of bytes: refusals of a venue's edge, broken books, broken events.

use super::stage::Row;
use super::swarm::Fault;
use super::words::Words;
use crate::units::{Product, Venue};

/// What a frame is stands in its first bytes.
const HEAD: usize = 96;
/// An answer of the session's, which names the same channels as the frames of its streams.
const ANSWER: &[u8] = b"{\"event\":\"";

/// What a frame is, by the names that its venue gives it.
fn has(data: &[u8], names: &[&str]) -> bool {
    anywhere(&data[..data.len().min(HEAD)], names) && !data.starts_with(ANSWER)
}

fn anywhere(data: &[u8], names: &[&str]) -> bool {
    let text = core::str::from_utf8(data).unwrap_or_default();
    names.iter().any(|name| text.contains(name))
}

pub(super) fn is_market(words: &Words, data: &[u8]) -> bool {
    has(data, &[words.books])
}

pub(super) fn is_account_event(words: &Words, data: &[u8]) -> bool {
    has(data, words.orders) || is_balance(words, data)
}

pub(super) fn is_balance(words: &Words, data: &[u8]) -> bool {
    has(data, words.figures)
}

/// A public stream is asked for.
pub(super) fn is_subscription(words: &Words, data: &[u8]) -> bool {
    has(data, &[words.subscribe])
}

/// The venue shuts us out.
pub(super) fn is_ban(words: &Words, data: &[u8]) -> bool {
    !words.ban.is_empty() && has(data, &[words.ban])
}

/// The product that a request over a link is about, where links serve both.
pub(super) fn product_of(row: Row, data: &[u8]) -> Product {
    match row.words.products {
        Some([linear, _]) if anywhere(data, linear) => Product::Linear,
        Some([_, spot]) if anywhere(data, spot) => Product::Spot,
        _ => row.product,
    }
}

/// The text after `key` up to the closing quote.
pub(super) fn quoted<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    text.split_once(key)?.1.split('"').next()
}

/// Refuses the request of a product that a text names.
type Refuse = fn(Product, &str, Fault) -> Option<String>;

/// An answer that names the request in `data` (a request or its reply) and refuses it, or says nothing of its fate.
pub(super) fn refusal(venue: Venue, row: Row, data: &[u8], fault: Fault) -> Option<Vec<u8>> {
    let text = core::str::from_utf8(data).ok()?;
    let all: [(Venue, Refuse); 4] =
        [(Venue::Binance, binance), (Venue::Bybit, bybit), (Venue::Okx, okx), (Venue::Bitget, bitget)];
    let (_, refuse) = all.into_iter().find(|(of, _)| *of == venue)?;
    refuse(row.product, text, fault).map(String::into_bytes)
}

fn binance(product: Product, text: &str, fault: Fault) -> Option<String> {
    let id = quoted(text, "\"id\":\"")?;
    let (status, code, message) = match (fault, product) {
        (Fault::RateLimited, _) => (429, -1003, "Too many requests; current limit is 2400."),
        (Fault::Banned, _) => (418, -1003, "Way too much request weight used; IP banned until 1."),
        (Fault::Delisting, _) => (400, -1121, "Invalid symbol."),
        (Fault::CancelOnly, Product::Linear) => (400, -4140, "Invalid symbol status for opening position."),
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
    Some(format!(
        r#"{{"id":"{id}","status":{status},"error":{{"code":{code},"msg":"{message}"}},"rateLimits":[]}}"#
    ))
}

fn bybit(product: Product, text: &str, fault: Fault) -> Option<String> {
    let id = quoted(text, "\"reqId\":\"")?;
    let op = quoted(text, "\"op\":\"")?;
    // "Error Codes" (bybit-exchange.github.io/docs/v5/error): 10001 is any wrong parameter, its message says which.
    let (code, message) = match (fault, product) {
        (Fault::Delisting, Product::Linear) => (10001, "params error: symbol invalid"),
        (Fault::Delisting, Product::Spot) => (170_121, "Invalid symbol."),
        (Fault::CancelOnly, Product::Linear) => (110_074, "This contract is not live"),
        (Fault::CancelOnly, Product::Spot) => (170_157, "The trading pair is not available for api trading"),
        (Fault::RateLimited, _) => (10006, "Too many visits!"),
        (Fault::Banned, _) => (10009, "IP has been banned"),
        (Fault::Maintenance, _) => (10019, "ws trade service is restarting, do not accept new request"),
        (_, _) => (10016, "Internal server error."),
    };
    Some(format!(
        r#"{{"reqId":"{id}","retCode":{code},"retMsg":"{message}","op":"{op}","data":{{}},"retExtInfo":{{}},"header":{{}},"connId":"sim"}}"#
    ))
}

fn okx(_: Product, text: &str, fault: Fault) -> Option<String> {
    let id = quoted(text, "\"id\":\"")?;
    let op = quoted(text, "\"op\":\"")?;
    let (code, message) = match fault {
        Fault::Delisting => (51_001, "Instrument ID does not exist."),
        Fault::CancelOnly => (51_022, "Instrument suspended."),
        Fault::RateLimited => (50_011, "Too Many Requests"),
        Fault::Maintenance => (50_001, "Service temporarily unavailable. Try again later."),
        _ => (50_004, "API endpoint request timeout."),
    };
    Some(format!(
        r#"{{"id":"{id}","op":"{op}","code":"1","msg":"","data":[{{"clOrdId":"","ordId":"","tag":"","ts":"1","sCode":"{code}","sMsg":"{message}"}}],"inTime":"1","outTime":"1"}}"#
    ))
}

fn bitget(_: Product, text: &str, fault: Fault) -> Option<String> {
    let id = quoted(text, "\"id\":\"")?;
    let kind = quoted(text, "\"instType\":\"")?;
    let channel = quoted(text, "\"channel\":\"")?;
    let (code, message) = match fault {
        Fault::Delisting => (40_034, "Parameter does not exist"),
        Fault::CancelOnly => (45_043, "The symbol is under maintenance"),
        Fault::RateLimited => (30_007, "request over limit"),
        Fault::Maintenance => (40_200, "Server upgrade, please try again later"),
        _ => (40_010, "Request timed out"),
    };
    Some(format!(
        r#"{{"event":"error","arg":[{{"id":"{id}","instType":"{kind}","channel":"{channel}","instId":"BTCUSDT","params":{{}}}}],"code":{code},"msg":"{message}","ts":1}}"#
    ))
}

fn replace_once(data: &[u8], from: &str, to: &str) -> Option<Vec<u8>> {
    let text = core::str::from_utf8(data).ok()?;
    text.contains(from).then(|| text.replacen(from, to, 1).into_bytes())
}

/// Bids and asks change places.
pub(super) fn crossed(words: &Words, data: &[u8]) -> Vec<u8> {
    let [bids, asks] = words.sides;
    let text = String::from_utf8_lossy(data);
    // One side beside nothing is no crossed book, and nobody could tell.
    if [bids, asks].iter().any(|side| text.contains(&format!("{side}]"))) {
        return data.to_vec();
    }
    text.replace(bids, "\"~\":[").replace(asks, bids).replace("\"~\":[", asks).into_bytes()
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
pub(super) fn null_field(words: &Words, data: Vec<u8>) -> Vec<u8> {
    blank(data, words.needed, "null")
}

/// A status or side that nobody documented.
pub(super) fn unknown_enum(words: &Words, data: Vec<u8>) -> Vec<u8> {
    blank(data, words.enums, "\"SOMETHING_NEW\"")
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
