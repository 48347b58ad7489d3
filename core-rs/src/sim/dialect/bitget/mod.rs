//! Bitget v2 (classic) over the model: REST, the public and the private socket, order entry on the latter. Sizes are base coin.
//! Documents: www.bitget.com/docs/classic.

#![allow(clippy::unnecessary_wraps, reason = "handlers of a table share one signature")]

mod account;
mod fault;
mod market;
mod orders;
mod reads;

use super::channel::{self, Channels, Topic, Words};
use super::rest::{self, Rest, post, private, public, setting};
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
        public("/api/v2/spot/public/coins", account::coins),
        public("/api/v2/margin/currencies", account::none),
        public("/api/v2/spot/market/orderbook", market::spot_book),
        public("/api/v2/spot/market/tickers", market::spot_tickers),
        public("/api/v2/spot/market/fills", market::spot_trades),
        public("/api/v2/spot/market/fills-history", market::spot_trades),
        public("/api/v2/spot/market/candles", market::spot_candles),
        public("/api/v2/spot/market/history-candles", market::spot_candles),
        public("/api/v2/mix/market/contracts", market::contracts),
        public("/api/v2/mix/market/merge-depth", market::linear_book),
        public("/api/v2/mix/market/ticker", market::linear_tickers),
        public("/api/v2/mix/market/tickers", market::linear_tickers),
        public("/api/v2/mix/market/fills", market::linear_trades),
        public("/api/v2/mix/market/fills-history", market::linear_trades),
        public("/api/v2/mix/market/candles", market::linear_candles),
        public("/api/v2/mix/market/history-candles", market::linear_candles),
        public("/api/v2/mix/market/current-fund-rate", market::funding),
        public("/api/v2/mix/market/history-fund-rate", market::funding_history),
        public("/api/v2/mix/market/funding-time", market::funding_time),
        private("/api/v2/spot/account/assets", account::assets),
        private("/api/v2/spot/account/bills", account::spot_bills),
        private("/api/v2/mix/account/bill", account::linear_bills),
        private("/api/v2/spot/account/info", account::info),
        private("/api/v2/common/trade-rate", account::fees),
        private("/api/v2/mix/account/accounts", account::accounts),
        private("/api/v2/mix/account/account", account::one),
        private("/api/v2/mix/position/all-position", account::positions),
        private("/api/v2/mix/position/single-position", account::positions),
        private("/api/v3/account/settings", account::not_unified),
        private("/api/v2/spot/trade/orderInfo", reads::spot_detail),
        private("/api/v2/spot/trade/unfilled-orders", reads::spot_open),
        private("/api/v2/spot/trade/history-orders", reads::spot_history),
        private("/api/v2/spot/trade/fills", reads::spot_fills),
        private("/api/v2/mix/order/detail", reads::linear_detail),
        private("/api/v2/mix/order/orders-pending", reads::linear_open),
        private("/api/v2/mix/order/orders-history", reads::linear_history),
        private("/api/v2/mix/order/fills", reads::linear_fills),
        post("/api/v2/spot/trade/place-order", orders::spot_place),
        post("/api/v2/spot/trade/cancel-order", orders::spot_cancel),
        post("/api/v2/spot/trade/cancel-symbol-order", orders::spot_cancel_symbol),
        post("/api/v2/spot/trade/batch-cancel-order", orders::spot_cancel_batch),
        post("/api/v2/mix/order/place-order", orders::linear_place),
        post("/api/v2/mix/order/cancel-order", orders::linear_cancel),
        post("/api/v2/mix/order/batch-cancel-orders", orders::linear_cancel_batch),
        post("/api/v2/mix/order/cancel-all-orders", orders::linear_cancel_batch),
        setting("/api/v2/mix/account/set-leverage", account::set_leverage),
        setting("/api/v2/mix/account/set-position-mode", account::set_mode),
    ],
    prefix: "",
    fine: "00000",
    fine_text: "success",
    stamp: |_, ms| object! {"requestTime" => ms},
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
    stamped: true,
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
    // Without an instrument, or with `default`, an account's channel tells of all.
    let only = text("instId").filter(|name| *name != "default");
    let (listing, symbol) = match channel {
        "books" | "books1" | "trade" => (Some(world.model.find(product, text("instId")?)?), None),
        "orders" | "fill" => (None, only),
        "positions" if product == Product::Linear && only.is_none() => (None, None),
        "account" if text("coin") == Some("default") => (None, None),
        _ => return None,
    };
    if symbol.is_some_and(|symbol| world.model.find(product, symbol).is_none()) {
        return None;
    }
    Some(Topic {
        channel: channel.to_owned(),
        listing,
        product: Some(product),
        symbol: symbol.map(str::to_owned),
    })
}

fn trade(listing: &Listing, print: &Print) -> Raw {
    object! {
        "ts" => (print.at / shapes::MS).to_string(), "price" => listing.px_text(print.px),
        "size" => shapes::size(listing, print.qty), "side" => shapes::side_name(print.side),
        "tradeId" => print.id.to_string(),
    }
}
