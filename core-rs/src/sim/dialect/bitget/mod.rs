//! Bitget v2 (classic) over the model: REST, the public and the private socket, order entry on the latter. Sizes are base coin.
//! Documents: www.bitget.com/docs/classic.

#![allow(clippy::unnecessary_wraps, reason = "handlers of a table share one signature")]

mod account;
mod fault;
mod market;
mod orders;

use super::channel::{self, Channels, Topic, Words};
use super::rest::{self, Rest, post, private, public};
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
        public("/api/v2/public/time", market::time),
        public("/api/v2/spot/public/symbols", market::symbols),
        public("/api/v2/spot/market/orderbook", market::spot_book),
        public("/api/v2/spot/market/tickers", market::spot_tickers),
        public("/api/v2/spot/market/fills", market::spot_trades),
        public("/api/v2/spot/market/candles", market::spot_candles),
        public("/api/v2/mix/market/contracts", market::contracts),
        public("/api/v2/mix/market/merge-depth", market::linear_book),
        public("/api/v2/mix/market/ticker", market::linear_tickers),
        public("/api/v2/mix/market/tickers", market::linear_tickers),
        public("/api/v2/mix/market/fills", market::linear_trades),
        public("/api/v2/mix/market/candles", market::linear_candles),
        public("/api/v2/mix/market/current-fund-rate", market::funding),
        private("/api/v2/spot/account/assets", account::assets),
        private("/api/v2/spot/account/info", account::info),
        private("/api/v2/mix/account/accounts", account::accounts),
        private("/api/v2/mix/position/all-position", account::positions),
        private("/api/v2/spot/trade/orderInfo", orders::spot_detail),
        private("/api/v2/spot/trade/unfilled-orders", orders::spot_open),
        private("/api/v2/spot/trade/history-orders", orders::spot_history),
        private("/api/v2/spot/trade/fills", orders::spot_fills),
        private("/api/v2/mix/order/detail", orders::linear_detail),
        private("/api/v2/mix/order/orders-pending", orders::linear_open),
        private("/api/v2/mix/order/orders-history", orders::linear_history),
        private("/api/v2/mix/order/fills", orders::linear_fills),
        post("/api/v2/spot/trade/place-order", orders::spot_place),
        post("/api/v2/spot/trade/cancel-order", orders::spot_cancel),
        post("/api/v2/mix/order/place-order", orders::linear_place),
        post("/api/v2/mix/order/cancel-order", orders::linear_cancel),
    ],
    prefix: "",
    fine: "00000",
    time: |text| text.parse().ok(),
    key: fault::KEY,
    sign: fault::SIGN,
    passphrase: fault::PASSPHRASE,
    timestamp: fault::TIMESTAMP,
    too_many: fault::TOO_MANY,
    json: fault::JSON,
    orders: Budget { limit: 10, window: 1_000_000_000 },
};

static WORDS: Words = Words {
    public_path: "/v2/ws/public",
    private_path: "/v2/ws/private",
    login_path: "/user/verify",
    channels: Channels { book: "books", best: "books1", trades: "trade" },
    seq: ["seq", "pseq"],
    first_prev: "0",
    codes: ["30005", "30001", "30004"],
    topic,
    arg: |listing, channel| object! {"instType" => kind(listing.product), "channel" => channel, "instId" => listing.symbol},
    first: account::first,
    trade,
    level: |listing, px, qty| {
        let mut out = String::new();
        crate::sim::json::Put::put(&[listing.px_text(px), shapes::size(listing, qty)], &mut out);
        Raw(out)
    },
    request: orders::socket,
};

/// The venue's word for a product.
const fn kind(product: Product) -> &'static str {
    match product {
        Product::Spot => "SPOT",
        Product::Linear => "USDT-FUTURES",
    }
}

fn product(kind: &str) -> Option<Product> {
    match kind {
        "SPOT" => Some(Product::Spot),
        "USDT-FUTURES" => Some(Product::Linear),
        _ => None,
    }
}

fn topic(world: &World, arg: &Value) -> Option<Topic> {
    let text = |name: &str| arg.get(name).and_then(Value::as_str);
    let (channel, product) = (text("channel")?, product(text("instType")?)?);
    let listing = match channel {
        "books" | "books1" | "trade" => Some(world.model.find(product, text("instId")?)?),
        "orders" if text("instId") == Some("default") => None,
        "positions" if product == Product::Linear && text("instId") == Some("default") => None,
        "account" if text("coin") == Some("default") => None,
        _ => return None,
    };
    Some(Topic { channel: channel.to_owned(), listing, product: Some(product) })
}

fn trade(listing: &Listing, print: &Print) -> Raw {
    object! {
        "ts" => (print.at / shapes::MS).to_string(), "price" => listing.px_text(print.px),
        "size" => shapes::size(listing, print.qty), "side" => shapes::side_name(print.side),
        "tradeId" => print.id.to_string(),
    }
}
