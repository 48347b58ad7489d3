//! Whatever clients do: assets are conserved, nothing goes below zero, books never cross, and the book of record
//! rebuilds the same state.

use super::super::SimVenue;
use super::super::http::hmac_hex;
use super::{START, records, state};
use crate::sim::model::{Kind, Model};
use crate::units::{Money, Ns, Product, Side};
use proptest::prelude::*;
use serde_json::Value;
use std::collections::BTreeMap;

const CONFIG: &str = r#"{"venue":"binance","products":["spot","linear"],"seed":11,"accounts":[
    {"name":"one","key":"k1","secret":"s","balances":{"USDT":"50000","BTC":"1"}},
    {"name":"two","key":"k2","secret":"s","balances":{"USDT":"50000","BTC":"1"},"leverage":3}]}"#;

#[derive(Clone, Debug)]
struct Step {
    second: bool,
    linear: bool,
    sell: bool,
    tif: usize,
    /// Distance from the middle, in grid steps; negative is on the taking side.
    offset: i64,
    lots: i64,
    /// 0..=2 cancels the oldest open order instead, 3..=5 only lets time pass.
    action: u8,
}

fn step() -> impl Strategy<Value = Step> {
    (any::<bool>(), any::<bool>(), any::<bool>(), 0..5_usize, -6..12_i64, 1..60_i64, 0..16_u8).prop_map(
        |(second, linear, sell, tif, offset, lots, action)| Step {
            second,
            linear,
            sell,
            tif,
            offset,
            lots,
            action,
        },
    )
}

fn request(venue: &mut SimVenue, step: &Step, now: Ns) -> Vec<u8> {
    let path = if step.linear { "/fapi/v1/order" } else { "/api/v3/order" };
    let key = if step.second { "k2" } else { "k1" };
    let listing = usize::from(step.linear) * 3;
    let model = venue.model();
    let open = model.open_orders(usize::from(step.second), model.listings[listing].product, Some(listing));
    let params = if step.action < 3 {
        let Some(order) = open.first() else { return Vec::new() };
        format!("symbol=BTCUSDT&orderId={}", order.id)
    } else {
        place(model, step, listing)
    };
    let query = format!("{params}&timestamp={}", now / 1_000_000);
    let target = format!("{path}?{query}&signature={}", hmac_hex("s", query.as_bytes()));
    let method = if step.action < 3 { "DELETE" } else { "POST" };
    records(&venue.on_http(method, &target, &[("X-MBX-APIKEY".into(), key.into())], b"", now))
}

fn place(model: &Model, step: &Step, listing: usize) -> String {
    let facts = &model.listings[listing];
    let toward = if step.sell { 1 } else { -1 };
    let px = (model.mark(listing) / facts.grid + toward * step.offset) * facts.grid;
    let side = if step.sell { "SELL" } else { "BUY" };
    let tif = match (step.tif, step.linear) {
        (0, _) => "type=MARKET".to_owned(),
        (1, _) => format!("type=LIMIT&timeInForce=IOC&price={}", facts.px_text(px)),
        (2, _) => format!("type=LIMIT&timeInForce=FOK&price={}", facts.px_text(px)),
        _ => format!("type=LIMIT&timeInForce=GTC&price={}", facts.px_text(px)),
    };
    format!("symbol=BTCUSDT&side={side}&{tif}&quantity={}", facts.qty_text(step.lots * facts.size / 20))
}

fn check(model: &Model) {
    for account in &model.accounts {
        for ((wallet, asset), balance) in &account.balances {
            assert!(balance.locked >= Money::ZERO, "{} {asset} locked {:?}", account.name, balance.locked);
            let spot = wallet.name() == "spot";
            assert!(!spot || balance.total >= balance.locked, "{} {asset} {balance:?}", account.name);
        }
    }
    for (key, house) in &model.house {
        let held: i128 = model.accounts.iter().map(|a| a.balance(key.0, key.1).total.0).sum();
        assert_eq!(held + house.0, 0, "{key:?}");
    }
    for book in &model.books {
        if let (Some((bid, _)), Some((ask, _))) = (book.bids.best(), book.asks.best()) {
            assert!(bid < ask, "crossed: {bid} {ask}");
        }
    }
    let locked: i128 = model.orders.values().filter(|o| o.state.open()).map(|o| o.locked.0).sum();
    let kept: i128 = model.accounts.iter().flat_map(|a| a.balances.values()).map(|b| b.locked.0).sum();
    assert_eq!(locked, kept, "reservations are those of the open orders");
    assert!(model.orders.values().all(|o| o.filled <= o.qty && (o.kind == Kind::Limit || !o.state.open())));
}

/// Balances added up from the lines of the book of record alone.
fn added_up(book: &[u8]) -> BTreeMap<(String, String, String), i128> {
    let mut sums: BTreeMap<(String, String, String), i128> = BTreeMap::new();
    for line in core::str::from_utf8(book).unwrap().lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        let text = |name: &str| line[name].as_str().unwrap().to_owned();
        let money = |name: &str| Money::parse(text(name).as_bytes()).unwrap().0;
        let mut add = |wallet: String, asset: String, amount: i128| {
            *sums.entry((text("account"), wallet, asset)).or_default() += amount;
        };
        match line["kind"].as_str().unwrap() {
            "deposit" => add(text("wallet"), text("asset"), money("amount")),
            "fill" => {
                let one = 10_i128.pow(9);
                let notional = money("price") / one * (money("qty") / one);
                let sign = if text("side") == Side::Buy.name() { 1 } else { -1 };
                if text("type") == Product::Spot.name() {
                    add("spot".into(), "BTC".into(), sign * money("qty"));
                    add("spot".into(), "USDT".into(), -sign * notional);
                } else {
                    add("linear".into(), "USDT".into(), money("realizedPnl"));
                }
                add(text("type"), text("feeAsset"), -money("fee"));
            }
            _ => {}
        }
    }
    sums
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn assets_are_conserved_and_the_book_of_record_tells_all(steps in prop::collection::vec(step(), 1..80)) {
        let mut venue = SimVenue::new(CONFIG.as_bytes()).unwrap();
        let mut book = records(&venue.start(START));
        let mut now = START;
        for step in &steps {
            now += 130_000_000;
            book.extend(records(&venue.on_timer(now)));
            if !(3..6).contains(&step.action) {
                book.extend(request(&mut venue, step, now));
            }
            check(venue.model());
        }
        let mut again = SimVenue::new(CONFIG.as_bytes()).unwrap();
        prop_assert_eq!(again.restore(&book), book.len());
        prop_assert_eq!(state(&again), state(&venue));
        let sums = added_up(&book);
        for account in &venue.model().accounts {
            for ((wallet, asset), balance) in &account.balances {
                let key = (account.name.clone(), wallet.name().to_owned(), asset.to_string());
                prop_assert_eq!(sums.get(&key).copied().unwrap_or(0), balance.total.0, "{:?}", key);
            }
        }
    }
}
