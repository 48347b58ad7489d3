//! Public streams, the private stream, and the ways in to order entry.

use super::auth;
use super::market::{levels, side_name, ticker};
use super::trade;
use crate::sim::dialect::{Answers, Conn, Push, SUBSCRIPTIONS_MAX, Socket, Wanted, World};
use crate::sim::json::{Raw, object};
use crate::sim::model::{Change, Print};
use crate::sim::text::short;
use crate::units::{Ns, Product};
use serde::Deserialize;

const MS: Ns = 1_000_000;
pub(super) const TRADE_PATH: &str = "/v5/trade";
const PRIVATE_PATH: &str = "/v5/private";
/// Depths of the order book stream; 50 and more show the same book.
const DEPTHS: [&str; 4] = ["1", "50", "200", "1000"];
/// Arguments of one subscribe request on spot.
const SPOT_ARGS_MAX: usize = 10;
const PRIVATE_TOPICS: [&str; 8] = [
    "order",
    "execution",
    "position",
    "wallet",
    "order.linear",
    "order.spot",
    "execution.linear",
    "execution.spot",
];

#[derive(Deserialize)]
struct Control {
    /// Text by the documents; clients send numbers too, and are answered with text.
    #[serde(default, deserialize_with = "request_id")]
    req_id: String,
    op: String,
    #[serde(default)]
    args: Vec<serde_json::Value>,
}

fn request_id<'de, D: serde::Deserializer<'de>>(input: D) -> Result<String, D::Error> {
    Ok(match serde_json::Value::deserialize(input)? {
        serde_json::Value::String(text) => text,
        serde_json::Value::Null => String::new(),
        other => other.to_string(),
    })
}

/// The connection that a path opens; `None` refuses it.
pub(super) fn open(world: &World, target: &str) -> Option<Conn> {
    let path = target.split('?').next().unwrap_or(target);
    if path == PRIVATE_PATH || path == TRADE_PATH {
        return Some(Conn::new(Socket::Account, None, path));
    }
    let product = Product::parse(path.strip_prefix("/v5/public/")?)?;
    let serves = world.model.listings.iter().any(|listing| listing.product == product);
    serves.then(|| Conn::new(Socket::Market, Some(product), path))
}

/// A frame from the client.
pub(super) fn frame(world: &mut World, conn: &mut Conn, payload: &[u8]) -> Answers {
    if conn.path == TRADE_PATH {
        return trade::frame(world, conn, payload);
    }
    let Ok(control) = serde_json::from_slice::<Control>(payload) else {
        return Answers::one(ack("", "", Err("Request not a json object.")).0);
    };
    match control.op.as_str() {
        "ping" => Answers::one(pong(world, conn, &control.req_id).0),
        "auth" if conn.socket == Socket::Account => match auth::socket(world, &control.args) {
            Ok(account) => {
                conn.account = Some(account);
                Answers::one(ack("auth", &control.req_id, Ok(())).0)
            }
            Err(fault) => Answers {
                frames: vec![ack("auth", &control.req_id, Err(fault.message.as_ref())).0],
                hangup: true,
            },
        },
        "subscribe" => subscribe(world, conn, &control),
        "unsubscribe" => {
            let names: Vec<&str> = control.args.iter().filter_map(serde_json::Value::as_str).collect();
            conn.subscriptions.retain(|have| !names.contains(&have.as_str()));
            Answers::one(ack("unsubscribe", &control.req_id, Ok(())).0)
        }
        other => Answers::one(ack(other, &control.req_id, Err("error:unknown op")).0),
    }
}

fn ack(op: &str, id: &str, outcome: Result<(), &str>) -> Raw {
    object! {
        "success" => outcome.is_ok(), "ret_msg" => outcome.err().unwrap_or(""), "conn_id" => "sim", "req_id" => id,
        "op" => op,
    }
}

fn pong(world: &World, conn: &Conn, id: &str) -> Raw {
    match conn.socket {
        Socket::Market => object! {
            "success" => true, "ret_msg" => "pong", "conn_id" => "sim", "req_id" => id, "op" => "ping",
        },
        Socket::Account => object! {
            "req_id" => id, "op" => "pong", "args" => [world.ms().to_string()], "conn_id" => "sim",
        },
    }
}

fn subscribe(world: &World, conn: &mut Conn, control: &Control) -> Answers {
    let names: Vec<&str> = control.args.iter().filter_map(serde_json::Value::as_str).collect();
    let refusal = if conn.product == Some(Product::Spot) && names.len() > SPOT_ARGS_MAX {
        Some("error:args size >10".to_owned())
    } else if conn.subscriptions.len() + names.len() > SUBSCRIPTIONS_MAX {
        Some("error:too many subscriptions".to_owned())
    } else if conn.socket == Socket::Account && conn.account.is_none() {
        Some("Request not authorized".to_owned())
    } else {
        names
            .iter()
            .find(|name| !known(world, conn, name))
            .map(|name| format!("error:handler not found,topic:{name}"))
    };
    if let Some(refusal) = refusal {
        return Answers::one(ack("subscribe", &control.req_id, Err(&refusal)).0);
    }
    let mut frames = vec![ack("subscribe", &control.req_id, Ok(())).0];
    for name in names {
        conn.subscriptions.insert(name.to_owned());
        frames.extend(first_frame(world, conn, name));
    }
    Answers { frames, hangup: false }
}

fn known(world: &World, conn: &Conn, name: &str) -> bool {
    let Some(product) = conn.product else { return PRIVATE_TOPICS.contains(&name) };
    let mut parts = name.split('.');
    let symbol = match (parts.next(), parts.next(), parts.next()) {
        (Some("orderbook"), Some(depth), Some(symbol)) if DEPTHS.contains(&depth) => symbol,
        (Some("publicTrade" | "tickers"), Some(symbol), None) => symbol,
        _ => return false,
    };
    world.model.find(product, symbol).is_some()
}

/// Books and tickers begin with a snapshot.
fn first_frame(world: &World, conn: &Conn, name: &str) -> Option<String> {
    let listing = world.model.find(conn.product?, name.rsplit('.').next()?)?;
    match name.split('.').collect::<Vec<_>>()[..] {
        ["orderbook", depth, _] => Some(snapshot(world, listing, name, depth.parse().ok()?)),
        ["tickers", _] => Some(ticker_frame(world, listing, name)),
        _ => None,
    }
}

fn snapshot(world: &World, listing: usize, topic: &str, depth: usize) -> String {
    let (facts, book) = (&world.model.listings[listing], &world.model.books[listing]);
    let data = object! {
        "s" => facts.symbol, "b" => levels(facts, book.bids.levels(depth)),
        "a" => levels(facts, book.asks.levels(depth)), "u" => book.last_id, "seq" => book.last_id,
    };
    book_frame(world, topic, "snapshot", &data)
}

fn book_frame(world: &World, topic: &str, kind: &str, data: &Raw) -> String {
    object! {"topic" => topic, "type" => kind, "ts" => world.ms(), "data" => data, "cts" => world.ms()}.0
}

fn ticker_frame(world: &World, listing: usize, topic: &str) -> String {
    let data = ticker(world, listing);
    object! {
        "topic" => topic, "type" => "snapshot", "data" => data, "cs" => world.model.books[listing].last_id,
        "ts" => world.ms(),
    }
    .0
}

/// Book and ticker frames of one publication, for the topics that `wanted` says somebody follows.
pub(super) fn change_pushes(world: &World, listing: usize, change: &Change, wanted: Wanted<'_>) -> Vec<Push> {
    let facts = &world.model.listings[listing];
    let mut out = Vec::new();
    let mut add = |topic: String, body: &dyn Fn(&str) -> String| {
        if wanted(facts.product, &topic) {
            let body = body(&topic);
            out.push(Push { product: facts.product, topic, account: None, symbol: None, body });
        }
    };
    let delta = |topic: &str| {
        let data = object! {
            "s" => facts.symbol, "b" => levels(facts, change.bids.iter().copied()),
            "a" => levels(facts, change.asks.iter().copied()), "u" => change.last, "seq" => change.last,
        };
        book_frame(world, topic, "delta", &data)
    };
    for depth in DEPTHS {
        let topic = format!("orderbook.{depth}.{}", facts.symbol);
        if depth != "1" {
            add(topic, &delta);
        } else if change.best_changed {
            add(topic, &|topic| snapshot(world, listing, topic, 1));
        }
    }
    add(format!("tickers.{}", facts.symbol), &|topic| ticker_frame(world, listing, topic));
    out
}

/// Trade frames of one print.
pub(super) fn print_pushes(world: &World, listing: usize, print: &Print, wanted: Wanted<'_>) -> Vec<Push> {
    let facts = &world.model.listings[listing];
    let topic = format!("publicTrade.{}", facts.symbol);
    if !wanted(facts.product, &topic) {
        return Vec::new();
    }
    let row = object! {
        "T" => print.at / MS, "s" => facts.symbol, "S" => side_name(print.side),
        "v" => short(print.qty, facts.qty_decimals), "p" => facts.px_text(print.px), "L" => "ZeroPlusTick",
        "i" => print.id.to_string(), "BT" => false, "RPI" => false, "seq" => print.id,
    };
    let body = object! {"topic" => topic, "type" => "snapshot", "ts" => world.ms(), "data" => [row]}.0;
    vec![Push { product: facts.product, topic, account: None, symbol: None, body }]
}
