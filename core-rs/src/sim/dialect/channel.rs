//! Sockets and answers of the venues that name a channel (OKX, Bitget): text pings, log-in by key, passphrase and signature,
//! subscriptions by `arg`, books of a snapshot and updates. What differs stands in a table of [`Words`].

use super::shapes::SIGNED_FOR_MS;
use super::{Answers, Conn, Push, SUBSCRIPTIONS_MAX, Socket, Wanted, World};
use crate::sim::http::hmac_base64;
use crate::sim::json::{Raw, array, object};
use crate::sim::model::{Change, Event, Fill, Listing, Logged, Order, Print};
use crate::units::Product;
use serde::Deserialize;
use serde_json::{Map, Value};

/// Updates of a book reach as far as these levels.
pub(super) const DEPTH: usize = 400;

/// A venue's own words and rules.
pub(super) struct Words {
    pub public_path: &'static str,
    pub private_path: &'static str,
    /// What a log-in signs behind the time.
    pub login_path: &'static str,
    pub channels: Channels,
    /// Names of a book's id and of the one before; what a snapshot says was before it.
    pub seq: [&'static str; 2],
    pub first_prev: &'static str,
    /// Each message says its action and its time; else books alone say their action.
    pub stamped: bool,
    /// Codes: log-in refused, channel unknown, log-in missing.
    pub codes: [&'static str; 3],
    /// The stream of an `arg`, or `None` where there is none such.
    pub topic: fn(&World, &Value) -> Option<Topic>,
    /// The `arg` of a public stream.
    pub arg: fn(&Listing, &str) -> Raw,
    /// Rows of a private channel as it is subscribed to.
    pub first: fn(&World, usize, &Topic) -> Option<String>,
    /// A trade as the public channel shows it.
    pub trade: fn(&Listing, &Print) -> Raw,
    pub level: fn(&Listing, i64, i64) -> Raw,
    /// A request on a logged-in socket that is none of the above.
    pub request: fn(&mut World, &mut Conn, &Control) -> String,
}

/// Public channels that every instrument has: book, best prices, trades.
pub(super) struct Channels {
    pub book: &'static str,
    pub best: &'static str,
    pub trades: &'static str,
}

/// One stream: its channel, and either an instrument or the product whose account rows it carries, of one symbol only if so.
pub(super) struct Topic {
    pub channel: String,
    pub listing: Option<usize>,
    pub product: Option<Product>,
    pub symbol: Option<String>,
}

impl Topic {
    /// As subscriptions are remembered.
    fn key(&self, world: &World) -> String {
        match (self.listing, self.product, &self.symbol) {
            (Some(listing), _, _) => public_key(&self.channel, &world.model.listings[listing]),
            (None, Some(product), None) => format!("{}.{}", self.channel, product.name()),
            (None, Some(product), Some(symbol)) => format!("{}.{}:{symbol}", self.channel, product.name()),
            (None, None, _) => self.channel.clone(),
        }
    }
}

fn public_key(channel: &str, listing: &Listing) -> String {
    format!("{channel}:{}:{}", listing.product.name(), listing.symbol)
}

#[derive(Deserialize)]
pub(super) struct Control {
    #[serde(default)]
    pub id: String,
    pub op: String,
    #[serde(default)]
    pub args: Vec<Value>,
    #[serde(default, rename = "expTime", alias = "expires")]
    pub expires: Option<String>,
}

/// The connection that a path opens; `None` refuses it.
pub(super) fn open(words: &Words, target: &str) -> Option<Conn> {
    let path = target.split('?').next().unwrap_or(target);
    let socket = match path {
        _ if path == words.public_path => Socket::Market,
        _ if path == words.private_path => Socket::Account,
        _ => return None,
    };
    Some(Conn::new(socket, None, path))
}

/// A frame from the client.
pub(super) fn frame(words: &Words, world: &mut World, conn: &mut Conn, payload: &[u8]) -> Answers {
    if payload == b"ping" {
        return Answers::one("pong".into());
    }
    let Ok(control) = serde_json::from_slice::<Control>(payload) else {
        return Answers::one(error(words.codes[1], "Invalid request: not a JSON object").0);
    };
    match control.op.as_str() {
        "login" => match login(words, world, &control) {
            Some(account) if conn.socket == Socket::Account => {
                conn.account = Some(account);
                Answers::one(object! {"event" => "login", "code" => "0", "msg" => "", "connId" => "sim"}.0)
            }
            _ => Answers { frames: vec![error(words.codes[0], "Login failed.").0], hangup: true },
        },
        "subscribe" => subscribe(words, world, conn, &control),
        "unsubscribe" => {
            let mut frames = Vec::new();
            for arg in &control.args {
                if let Some(topic) = (words.topic)(world, arg) {
                    conn.subscriptions.remove(&topic.key(world));
                    frames.push(ack("unsubscribe", arg, &control.id));
                }
            }
            Answers { frames, hangup: false }
        }
        _ => Answers::one((words.request)(world, conn, &control)),
    }
}

fn error(code: &str, message: &str) -> Raw {
    object! {"event" => "error", "code" => code, "msg" => message, "connId" => "sim"}
}

/// Repeats the request's argument, and its id where it has one.
fn ack(event: &str, arg: &Value, id: &str) -> String {
    let body = object! {"event" => event, "arg" => Raw(arg.to_string()), "connId" => "sim"};
    if id.is_empty() { body.0 } else { object! {"id" => id}.join(&body).0 }
}

/// The account that the arguments of a log-in prove to be.
fn login(words: &Words, world: &World, control: &Control) -> Option<usize> {
    let arg = control.args.first()?;
    let text = |name: &str| arg.get(name).and_then(Value::as_str);
    let account = world.model.account_of_key(text("apiKey")?)?;
    let owner = &world.model.accounts[account];
    // A number does as well.
    let time =
        arg.get("timestamp").map(|time| time.as_str().map_or_else(|| time.to_string(), str::to_owned))?;
    let signed = format!("{time}GET{}", words.login_path);
    let proved = owner.passphrase == text("passphrase")?
        && hmac_base64(&owner.secret, signed.as_bytes()) == text("sign")?;
    let fresh = (world.ms() - time.parse::<i64>().ok()? * 1000).abs() <= SIGNED_FOR_MS;
    (proved && fresh).then_some(account)
}

fn subscribe(words: &Words, world: &World, conn: &mut Conn, control: &Control) -> Answers {
    let mut frames = Vec::new();
    for arg in &control.args {
        let known = (words.topic)(world, arg)
            .filter(|topic| (topic.listing.is_none()) == (conn.socket == Socket::Account))
            .filter(|_| conn.subscriptions.len() < SUBSCRIPTIONS_MAX);
        let Some(topic) = known else {
            frames.push(error(words.codes[1], &format!("{arg} doesn't exist")).0);
            continue;
        };
        if topic.listing.is_none() && conn.account.is_none() {
            frames.push(error(words.codes[2], "Please log in").0);
            continue;
        }
        conn.subscriptions.insert(topic.key(world));
        frames.push(ack("subscribe", arg, &control.id));
        frames.extend(match topic.listing {
            Some(listing) if topic.channel == words.channels.book => Some(book(words, world, listing, None)),
            Some(listing) if topic.channel == words.channels.best => Some(best(words, world, listing)),
            Some(_) => None,
            None => (words.first)(world, conn.account.unwrap_or(0), &topic),
        });
    }
    Answers { frames, hangup: false }
}

/// A message of a public channel.
fn message(words: &Words, world: &World, listing: usize, channel: &str, action: &str, row: &Raw) -> String {
    let arg = (words.arg)(&world.model.listings[listing], channel);
    let rows = array([row]);
    if words.stamped || channel != words.channels.book {
        return stamped(words, world, action, &arg, &rows);
    }
    object! {"arg" => arg, "action" => action, "data" => rows}.0
}

fn stamped(words: &Words, world: &World, action: &str, arg: &Raw, rows: &Raw) -> String {
    if words.stamped {
        object! {"action" => action, "arg" => arg, "data" => rows, "ts" => world.ms()}.0
    } else {
        object! {"arg" => arg, "data" => rows}.0
    }
}

/// The whole book, or a change of it.
fn book(words: &Words, world: &World, listing: usize, change: Option<&Change>) -> String {
    let (facts, whole) = (&world.model.listings[listing], &world.model.books[listing]);
    let side = |levels: &mut dyn Iterator<Item = (i64, i64)>| {
        array(levels.map(|(px, qty)| (words.level)(facts, px, qty)))
    };
    let (bids, asks, prev) = match change {
        None => (
            side(&mut whole.bids.levels(DEPTH)),
            side(&mut whole.asks.levels(DEPTH)),
            words.first_prev.to_owned(),
        ),
        Some(change) => {
            let prev = change.prev.to_string();
            (side(&mut change.bids.iter().copied()), side(&mut change.asks.iter().copied()), prev)
        }
    };
    let row = row(words, world, [&asks, &bids], whole.last_id, Some(&prev));
    let action = if change.is_none() { "snapshot" } else { "update" };
    message(words, world, listing, words.channels.book, action, &row)
}

fn row(words: &Words, world: &World, [asks, bids]: [&Raw; 2], id: u64, prev: Option<&str>) -> Raw {
    let head = object! {"asks" => asks, "bids" => bids, "ts" => world.ms().to_string()};
    let [seq, before] = words.seq;
    let prev = prev.map_or_else(String::new, |prev| format!(",\"{before}\":{prev}"));
    Raw(format!("{},\"{seq}\":{id}{prev}}}", &head.0[..head.0.len() - 1]))
}

fn best(words: &Words, world: &World, listing: usize) -> String {
    let (facts, book) = (&world.model.listings[listing], &world.model.books[listing]);
    let top = |best: Option<(i64, i64)>| array(best.map(|(px, qty)| (words.level)(facts, px, qty)));
    let (asks, bids) = (top(book.asks.best()), top(book.bids.best()));
    let prev = words.stamped.then_some(words.first_prev);
    let row = row(words, world, [&asks, &bids], book.last_id, prev);
    message(words, world, listing, words.channels.best, "snapshot", &row)
}

/// The frames of one publication, for the streams that `wanted` says somebody follows.
pub(super) fn change_pushes(
    words: &Words,
    world: &World,
    listing: usize,
    change: &Change,
    wanted: Wanted<'_>,
) -> Vec<Push> {
    let facts = &world.model.listings[listing];
    let mut out = Vec::new();
    let mut add = |channel: &str, body: &dyn Fn() -> String| {
        let topic = public_key(channel, facts);
        if wanted(facts.product, &topic) {
            out.push(Push { product: facts.product, topic, account: None, symbol: None, body: body() });
        }
    };
    add(words.channels.book, &|| book(words, world, listing, Some(change)));
    if change.best_changed {
        add(words.channels.best, &|| best(words, world, listing));
    }
    out
}

/// The frame of one public trade.
pub(super) fn print_pushes(
    words: &Words,
    world: &World,
    listing: usize,
    print: &Print,
    wanted: Wanted<'_>,
) -> Vec<Push> {
    let facts = &world.model.listings[listing];
    let topic = public_key(words.channels.trades, facts);
    if !wanted(facts.product, &topic) {
        return Vec::new();
    }
    let row = (words.trade)(facts, print);
    let body = message(words, world, listing, words.channels.trades, "update", &row);
    vec![Push { product: facts.product, topic, account: None, symbol: None, body }]
}

/// A message of an account channel.
pub(super) fn account_push(
    words: &Words,
    world: &World,
    (account, product): (usize, Product),
    channel: &str,
    arg: &Raw,
    rows: &Raw,
) -> Push {
    let body = account_message(words, world, arg, rows);
    Push { product, topic: channel.to_owned(), account: Some(account), symbol: None, body }
}

pub(super) fn account_message(words: &Words, world: &World, arg: &Raw, rows: &Raw) -> String {
    stamped(words, world, "snapshot", arg, rows)
}

/// The order events of a batch: (order as it stood, its fill where that is the event).
pub(super) fn order_events(events: &[Logged]) -> impl Iterator<Item = (&Order, Option<&Fill>)> {
    events.iter().filter_map(|logged| {
        let fill = if let Event::Fill(fill) = &logged.event { Some(fill) } else { None };
        logged.order.as_ref().map(|order| (order, fill))
    })
}

/// The first object of a request's arguments.
pub(super) fn first_object(control: &Control) -> Option<&Map<String, Value>> {
    control.args.first().and_then(Value::as_object)
}
