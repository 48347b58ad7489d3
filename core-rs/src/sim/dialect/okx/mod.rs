//! OKX v5 over the model: REST, the public and the private socket, order entry on the latter. Swaps count contracts.
//! Documents: www.okx.com/docs-v5.

#![allow(clippy::unnecessary_wraps, reason = "handlers of a table share one signature")]

mod account;
mod fault;
mod market;
mod orders;
mod reads;

use super::channel::{self, Channels, Topic, Words};
use super::rest::{self, Rest, Route, post, private, public, setting};
use super::shapes;
use super::{Push, Speech, World};
use crate::sim::json::{Raw, object};
use crate::sim::meter::Budget;
use crate::sim::model::{Listing, Print};
use crate::units::Product;
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

static REST: Rest = Rest {
    routes: &[
        public("/api/v5/public/time", market::time),
        public("/api/v5/public/instruments", market::instruments),
        public("/api/v5/public/funding-rate", market::funding),
        public("/api/v5/public/funding-rate-history", market::funding_history),
        public("/api/v5/public/mark-price", market::marks),
        public("/api/v5/market/books", market::books),
        public("/api/v5/market/ticker", market::tickers),
        public("/api/v5/market/tickers", market::tickers),
        public("/api/v5/market/trades", market::trades),
        public("/api/v5/market/history-trades", market::trades),
        public("/api/v5/market/candles", market::candles),
        public("/api/v5/market/history-candles", market::candles),
        private("/api/v5/account/balance", account::balance),
        private("/api/v5/account/positions", account::positions),
        private("/api/v5/account/bills", account::bills),
        private("/api/v5/account/config", account::config),
        private("/api/v5/account/leverage-info", account::leverage),
        private("/api/v5/account/trade-fee", account::fees),
        private("/api/v5/asset/currencies", account::currencies),
        private("/api/v5/asset/balances", account::funding_wallet),
        private("/api/v5/trade/order", reads::detail),
        private("/api/v5/trade/orders-pending", reads::pending),
        private("/api/v5/trade/orders-history", reads::history),
        private("/api/v5/trade/orders-history-archive", reads::history),
        private("/api/v5/trade/fills", reads::fills),
        private("/api/v5/trade/fills-history", reads::fills),
        post("/api/v5/trade/order", orders::place_rest),
        post("/api/v5/trade/batch-orders", orders::place_rest),
        post("/api/v5/trade/cancel-order", orders::cancel_rest),
        post("/api/v5/trade/cancel-batch-orders", orders::cancel_rest),
        setting("/api/v5/account/set-leverage", account::set_leverage),
        setting("/api/v5/account/set-position-mode", account::set_mode),
    ],
    prefix: "OK-",
    fine: "0",
    fine_text: "",
    stamp,
    time: crate::sim::text::iso_ms,
    key: fault::KEY,
    sign: fault::SIGN,
    passphrase: fault::PASSPHRASE,
    timestamp: fault::TIMESTAMP,
    too_many: fault::TOO_MANY,
    json: fault::JSON,
    orders: Budget { limit: 60, window: 2_000_000_000 },
};

static WORDS: Words = Words {
    public_path: "/ws/v5/public",
    private_path: "/ws/v5/private",
    login_path: "/users/self/verify",
    channels: Channels { book: "books", best: "bbo-tbt", trades: "trades" },
    seq: ["seqId", "prevSeqId"],
    first_prev: "-1",
    stamped: false,
    codes: ["60009", "60018", "60011"],
    topic,
    arg: |listing, channel| object! {"channel" => channel, "instId" => listing.symbol},
    first: account::first,
    trade,
    level: |listing, px, qty| level(listing, px, qty),
    request: orders::socket,
};

/// Answers about orders say when the request came in and went out, in microseconds.
fn stamp(route: &Route, ms: i64) -> Raw {
    if !route.orders {
        return Raw(String::new());
    }
    let time = (ms * 1000).to_string();
    object! {"inTime" => time, "outTime" => time}
}

/// The venue's word for a product.
const fn kind(product: Product) -> &'static str {
    match product {
        Product::Spot => "SPOT",
        Product::Linear => "SWAP",
    }
}

fn product(kind: &str) -> Option<Product> {
    match kind {
        "SPOT" => Some(Product::Spot),
        "SWAP" => Some(Product::Linear),
        _ => None,
    }
}

/// The listing of an instrument's name, which says its product.
fn listing(world: &World, symbol: &str) -> Option<usize> {
    world.model.listings.iter().position(|l| l.symbol.as_str() == symbol)
}

fn topic(world: &World, arg: &Value) -> Option<Topic> {
    let text = |name: &str| arg.get(name).and_then(Value::as_str);
    let channel = text("channel")?;
    let kind = text("instType").filter(|kind| *kind != "ANY");
    let (listing, product) = match channel {
        "books" | "bbo-tbt" | "trades" => (Some(listing(world, text("instId")?)?), None),
        "orders" | "positions" => (None, kind.map(product)),
        "account" => (None, None),
        _ => return None,
    };
    // An account's channel may be narrowed to one instrument.
    let symbol = text("instId").filter(|_| listing.is_none() && product.is_some()).map(str::to_owned);
    Some(Topic { channel: channel.to_owned(), listing, product: product.flatten(), symbol })
}

/// A level of a book: price, size in the venue's count, nothing, and how many orders stand there.
fn level(listing: &Listing, px: i64, qty: i64) -> Raw {
    let count = if qty == 0 { "0" } else { "1" };
    let mut out = String::new();
    crate::sim::json::Put::put(
        &[listing.px_text(px).as_str(), &shapes::size(listing, qty), "0", count],
        &mut out,
    );
    Raw(out)
}

fn trade(listing: &Listing, print: &Print) -> Raw {
    object! {
        "instId" => listing.symbol, "tradeId" => print.id.to_string(), "px" => listing.px_text(print.px),
        "sz" => shapes::size(listing, print.qty), "side" => shapes::side_name(print.side),
        "ts" => (print.at / shapes::MS).to_string(), "count" => "1", "seqId" => print.id,
    }
}
