//! The bridge's wire over the model, as if an exchange stood behind it: spot alone. It must not use the codec.
//! Document: docs/bridge.md, "The wire".

#![allow(clippy::unnecessary_wraps, reason = "handlers of a table share one signature")]

mod account;
mod market;
mod orders;

use super::channel::{self, Channels, Topic, Words};
use super::rest::{self, Fault, Rest, private, public};
use super::{Push, Speech, World};
use crate::sim::json::{Put, Raw, object};
use crate::sim::meter::Budget;
use crate::sim::model::{Listing, Print, Refusal};
use serde_json::Value;

pub(super) static SPEECH: Speech = Speech {
    depth: channel::DEPTH,
    dense: false,
    http: |world, request| rest::http(&REST, world, request),
    open: |_, target| channel::open(&WORDS, target),
    frame: |world, _, conn, payload| channel::frame(&WORDS, world, conn, payload),
    changes: |world, listing, change, wanted| channel::change_pushes(&WORDS, world, listing, change, wanted),
    prints: |world, listing, print, wanted| channel::print_pushes(&WORDS, world, listing, print, wanted),
    user: account::pushes,
    render: |_, push: &Push| push.body.clone(),
};

const LOGIN: Fault = Fault::with(401, "10", "Auth: log in first");
const SYMBOL: Fault = Fault::with(400, "7", "UnknownSymbol: the exchange lists no such market");
const NO_ORDER: Fault = Fault::with(404, "6", "UnknownOrder: the exchange knows no such order");
const LATE: Fault = Fault::with(400, "9", "Timestamp: the order came too late");

static REST: Rest = Rest {
    routes: &[
        public("/v1/time", market::time),
        public("/v1/instruments", market::instruments),
        public("/v1/book", market::book),
        public("/v1/ticker", market::ticker),
        public("/v1/klines", market::klines),
        private("/v1/key", account::key),
        private("/v1/order", orders::detail),
        private("/v1/open-orders", orders::open),
        private("/v1/fills", orders::fills),
        private("/v1/balances", account::balances),
    ],
    prefix: "BRIDGE-",
    fine: "0",
    fine_text: "",
    stamp: |_, _| Raw(String::new()),
    time: |text| text.parse().ok(),
    key: Fault::with(401, "10", "Auth: no such key"),
    sign: Fault::with(401, "10", "Auth: wrong signature"),
    passphrase: Fault::with(401, "10", "Auth: wrong passphrase"),
    timestamp: Fault::with(401, "9", "Timestamp: signed too long ago"),
    too_many: Fault::with(429, "11", "RateLimited: too many requests"),
    json: param("body"),
    orders: Budget { limit: 10, window: 1_000_000_000 },
};

static WORDS: Words = Words {
    public_path: "/v1/public",
    private_path: "/v1/account",
    login_path: "/v1/login",
    channels: Channels { book: "books", best: "", trades: "trades" },
    seq: ["seqId", "prevSeqId"],
    first_prev: "0",
    stamped: false,
    codes: ["10", "7", "10"],
    topic,
    arg: |listing, channel| object! {"channel" => channel, "instId" => listing.symbol},
    first: |_, _, _| None,
    trade,
    level,
    request: orders::socket,
};

const fn param(message: &'static str) -> Fault {
    Fault::with(400, "3", message)
}

/// The model's refusal of an order.
const fn refused(refusal: Refusal) -> Fault {
    match refusal {
        Refusal::DuplicateLabel => Fault::with(400, "5", "DuplicateClientId: that id was used before"),
        Refusal::Funds | Refusal::Margin => Fault::with(400, "2", "InsufficientFunds"),
        Refusal::PostOnlyWouldTake => Fault::with(400, "4", "PostOnlyWouldTake"),
        Refusal::TooManyOrders => Fault::with(429, "11", "RateLimited: too many open orders"),
        Refusal::UnknownOrder => NO_ORDER,
        Refusal::AlreadyFilled | Refusal::AlreadyCancelled => {
            Fault::with(400, "8", "AlreadyDone: the order has ended")
        }
        Refusal::PriceStep
        | Refusal::PriceBand
        | Refusal::QtyStep
        | Refusal::QtyLow
        | Refusal::QtyHigh
        | Refusal::Notional
        | Refusal::FokNotFilled
        | Refusal::ReduceOnly => param("Filter: the exchange does not take such an order"),
    }
}

fn listing(world: &World, symbol: &str) -> Option<usize> {
    world.model.listings.iter().position(|l| l.symbol.as_str() == symbol)
}

fn topic(world: &World, arg: &Value) -> Option<Topic> {
    let text = |name: &str| arg.get(name).and_then(Value::as_str);
    let channel = text("channel")?;
    let listing = match channel {
        "books" | "trades" => Some(listing(world, text("instId")?)?),
        "orders" | "fills" | "balances" => None,
        _ => return None,
    };
    Some(Topic { channel: channel.to_owned(), listing, product: None, symbol: None })
}

fn level(listing: &Listing, px: i64, qty: i64) -> Raw {
    let mut out = String::new();
    Put::put(&[listing.px_text(px), listing.qty_text(qty)], &mut out);
    Raw(out)
}

fn trade(listing: &Listing, print: &Print) -> Raw {
    object! {
        "px" => listing.px_text(print.px), "qty" => listing.qty_text(print.qty),
        "side" => super::shapes::side_name(print.side), "ts" => (print.at / super::shapes::MS).to_string(),
    }
}
