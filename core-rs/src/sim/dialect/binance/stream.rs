//! Market streams and the private listen-key socket; subscriptions and frames.

use super::{index, px, qty, wsapi};
use crate::sim::dialect::{Answers, Class, Conn, Push, SUBSCRIPTIONS_MAX, Socket, Wanted, World};
use crate::sim::json::{Raw, array, object};
use crate::sim::meter::Budget;
use crate::sim::model::{Change, Listing, Print};
use crate::units::{Ns, Product, Side};
use serde::Deserialize;

const MS: Ns = 1_000_000;
/// Incoming messages per second of a stream connection; one more and it is cut.
const INCOMING: [u32; 2] = [5, 10];
/// Stream names of the depth diffs; all of them are served at the pace of the 100 ms stream.
const DEPTH: [&str; 4] = ["@depth@100ms", "@depth", "@depth@500ms", "@depth@0ms"];
const PARTIAL: [usize; 3] = [5, 10, 20];
/// Marks a subscription that is acknowledged and never served (wrong class of socket).
const SILENT: char = '~';

#[derive(Deserialize)]
struct Control {
    method: String,
    #[serde(default)]
    params: Vec<serde_json::Value>,
    #[serde(default)]
    id: serde_json::Value,
}

/// The connection that a path opens; `None` refuses it.
pub(super) fn open(world: &World, target: &str) -> Option<Conn> {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let serves = |product| world.model.listings.iter().any(|l| l.product == product);
    // Never another socket than the one asked for: orders that reach a market stream are lost.
    let trading = |product| {
        let conn = || Conn::new(Socket::Account, Some(product), path);
        serves(product).then(conn)
    };
    match path {
        "/ws-api/v3" => return trading(Product::Spot),
        "/ws-fapi/v1" => return trading(Product::Linear),
        _ => {}
    }
    if let Some(rest) = path.strip_prefix("/private/ws") {
        return private(world, rest, query);
    }
    let (product, class, rest) = match path {
        _ if path.starts_with("/public/") => (Product::Linear, Class::Public, &path[7..]),
        _ if path.starts_with("/market/") => (Product::Linear, Class::Market, &path[7..]),
        // Without a class USDT-M still connects, but delivers books only.
        _ if serves(Product::Spot) => (Product::Spot, Class::All, path),
        _ => (Product::Linear, Class::Public, path),
    };
    let mut conn = Conn::new(Socket::Market, Some(product), path);
    conn.class = class;
    let names = match rest.strip_prefix("/ws") {
        Some(raw) if raw.is_empty() || raw.starts_with('/') => raw.trim_start_matches('/'),
        None if rest == "/stream" => {
            conn.wrapped = true;
            query.strip_prefix("streams=").unwrap_or("")
        }
        _ => return None,
    };
    for name in names.split('/').filter(|name| !name.is_empty()) {
        subscribe(&mut conn, name);
    }
    serves(product).then_some(conn)
}

fn private(world: &World, rest: &str, query: &str) -> Option<Conn> {
    let key = query.strip_prefix("listenKey=").or_else(|| rest.strip_prefix('/'))?;
    let key = key.split('&').next()?;
    let (account, _) = world.listen_keys.get(key).filter(|(_, ends)| *ends > world.now)?;
    let mut conn = Conn::new(Socket::Account, Some(Product::Linear), "/private/ws");
    conn.account = Some(*account);
    conn.listen_key = Some(key.to_owned());
    conn.subscriptions.insert(super::user::TOPIC.to_owned());
    Some(conn)
}

fn subscribe(conn: &mut Conn, name: &str) {
    let book = name.contains("@depth") || name.contains("ookTicker") || name.ends_with("@trade");
    // Plain trades come with the books, aggregated ones do not: as ccxt 4.5 asks for them.
    let served = match conn.class {
        Class::All => true,
        Class::Public => book,
        Class::Market => !book,
    };
    let name = if served { name.to_owned() } else { format!("{SILENT}{name}") };
    conn.subscriptions.insert(name);
}

/// A frame from the client.
pub(super) fn frame(world: &mut World, id: u64, conn: &mut Conn, payload: &[u8]) -> Answers {
    if conn.socket == Socket::Account {
        return wsapi::frame(world, conn, payload);
    }
    let product = conn.product.unwrap_or(Product::Spot);
    let budget = Budget { limit: INCOMING[index(product)], window: 1_000_000_000 };
    if !world.meters.draw(&format!("ws:{id}"), budget, 1, world.now).allowed {
        return Answers { frames: Vec::new(), hangup: true };
    }
    let Ok(control) = serde_json::from_slice::<Control>(payload) else {
        return Answers::one(object! {"error" => object! {"code" => 2, "msg" => "Invalid JSON: expected value at line 1 column 1"}}.0);
    };
    let names: Vec<&str> = control.params.iter().filter_map(serde_json::Value::as_str).collect();
    let id = Raw(control.id.to_string());
    match control.method.as_str() {
        "SUBSCRIBE" if conn.subscriptions.len() + names.len() > SUBSCRIPTIONS_MAX => {
            return Answers::one(
                object! {"error" => object! {"code" => 2, "msg" => "Too many subscriptions"}, "id" => id}.0,
            );
        }
        "SUBSCRIBE" => names.iter().for_each(|name| subscribe(conn, name)),
        "UNSUBSCRIBE" => conn.subscriptions.retain(|have| !names.contains(&have.trim_start_matches(SILENT))),
        "LIST_SUBSCRIPTIONS" => {
            let list = array(conn.subscriptions.iter().map(|name| name.trim_start_matches(SILENT)));
            return Answers::one(object! {"result" => list, "id" => id}.0);
        }
        _ => {
            let error = object! {"code" => 2, "msg" => "Invalid request: unknown variant"};
            return Answers::one(object! {"error" => error, "id" => id}.0);
        }
    }
    Answers::one(object! {"result" => crate::sim::json::Null, "id" => id}.0)
}

/// A push as this connection gets it.
pub(super) fn render(conn: &Conn, push: &Push) -> String {
    match (conn.socket, push.product) {
        (Socket::Account, Product::Spot) => format!("{{\"subscriptionId\":0,\"event\":{}}}", push.body),
        (Socket::Market, _) if conn.wrapped => {
            format!("{{\"stream\":\"{}\",\"data\":{}}}", push.topic, push.body)
        }
        _ => push.body.clone(),
    }
}

/// Depth and best-price frames of one publication, for the topics that `wanted` says somebody follows.
pub(super) fn change_pushes(world: &World, listing: usize, change: &Change, wanted: Wanted<'_>) -> Vec<Push> {
    let facts = &world.model.listings[listing];
    let name = facts.symbol.as_str().to_ascii_lowercase();
    let mut out = Vec::new();
    let mut add = |topic: String, body: &dyn Fn() -> String| {
        if wanted(facts.product, &topic) {
            out.push(Push { product: facts.product, topic, account: None, symbol: None, body: body() });
        }
    };
    for suffix in DEPTH {
        add(format!("{name}{suffix}"), &|| depth_update(world, facts, change));
    }
    for levels in PARTIAL {
        add(format!("{name}@depth{levels}@100ms"), &|| partial(world, listing, levels));
        add(format!("{name}@depth{levels}"), &|| partial(world, listing, levels));
    }
    if change.best_changed {
        add(format!("{name}@bookTicker"), &|| book_ticker(world, listing, change.last));
    }
    out
}

fn levels(facts: &Listing, levels: &[(i64, i64)]) -> Raw {
    array(levels.iter().map(|(p, q)| [px(facts, *p), qty(facts, *q)]))
}

fn depth_update(world: &World, facts: &Listing, change: &Change) -> String {
    let (ms, bids, asks) = (world.ms(), levels(facts, &change.bids), levels(facts, &change.asks));
    match facts.product {
        Product::Spot => object! {
            "e" => "depthUpdate", "E" => ms, "s" => facts.symbol, "U" => change.first, "u" => change.last,
            "b" => bids, "a" => asks,
        },
        Product::Linear => object! {
            "e" => "depthUpdate", "E" => ms, "T" => ms, "s" => facts.symbol, "U" => change.first,
            "u" => change.last, "pu" => change.prev, "b" => bids, "a" => asks,
        },
    }
    .0
}

fn partial(world: &World, listing: usize, depth: usize) -> String {
    let (facts, book) = (&world.model.listings[listing], &world.model.books[listing]);
    let side = |side: Side| array(book.side(side).levels(depth).map(|(p, q)| [px(facts, p), qty(facts, q)]));
    let (bids, asks) = (side(Side::Buy), side(Side::Sell));
    match facts.product {
        Product::Spot => object! {"lastUpdateId" => book.last_id, "bids" => bids, "asks" => asks},
        Product::Linear => object! {
            "e" => "depthUpdate", "E" => world.ms(), "T" => world.ms(), "s" => facts.symbol, "U" => book.last_id,
            "u" => book.last_id, "pu" => book.last_id, "b" => bids, "a" => asks,
        },
    }
    .0
}

fn book_ticker(world: &World, listing: usize, id: u64) -> String {
    let (facts, book) = (&world.model.listings[listing], &world.model.books[listing]);
    let ((bid, bid_qty), (ask, ask_qty)) =
        (book.bids.best().unwrap_or_default(), book.asks.best().unwrap_or_default());
    let body = object! {
        "u" => id, "s" => facts.symbol, "b" => px(facts, bid), "B" => qty(facts, bid_qty), "a" => px(facts, ask),
        "A" => qty(facts, ask_qty),
    };
    match facts.product {
        Product::Spot => body.0,
        Product::Linear => {
            let head = object! {"e" => "bookTicker", "E" => world.ms(), "T" => world.ms()};
            head.join(&body).0
        }
    }
}

/// Trade frames of one print.
pub(super) fn print_pushes(world: &World, listing: usize, print: &Print, wanted: Wanted<'_>) -> Vec<Push> {
    let facts = &world.model.listings[listing];
    let name = facts.symbol.as_str().to_ascii_lowercase();
    let maker = print.side == Side::Sell;
    let trade = || {
        object! {
            "e" => "trade", "E" => world.ms(), "s" => facts.symbol, "t" => print.id, "p" => px(facts, print.px),
            "q" => qty(facts, print.qty), "T" => print.at / MS, "m" => maker, "M" => true,
        }
    };
    let aggregate = || {
        object! {
            "e" => "aggTrade", "E" => world.ms(), "s" => facts.symbol, "a" => print.id, "p" => px(facts, print.px),
            "q" => qty(facts, print.qty), "f" => print.id, "l" => print.id, "T" => print.at / MS, "m" => maker,
            "M" => true,
        }
    };
    let rows: [(&str, &dyn Fn() -> Raw); 2] = [("trade", &trade), ("aggTrade", &aggregate)];
    rows.into_iter()
        .map(|(kind, body)| (format!("{name}@{kind}"), body))
        .filter(|(topic, _)| wanted(facts.product, topic))
        .map(|(topic, body)| Push {
            product: facts.product,
            topic,
            account: None,
            symbol: None,
            body: body().0,
        })
        .collect()
}
