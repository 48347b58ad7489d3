//! A symbol that its venue has taken off the list for good: what is asked about it is refused from then on, and the rest of
//! the account goes on.

#![allow(clippy::unwrap_used, clippy::panic)] // a test stops

mod common;

use common::{SECOND, World, btc_pair};
use serde_json::Value;

const GONE: [(usize, (&str, u16, &str)); 2] = [
    (0, ("ETHUSDT", 400, r#"{"code":-1121,"msg":"Invalid symbol."}"#)),
    (
        1,
        ("ETHUSDT", 200, r#"{"retCode":10001,"retMsg":"params error: symbol invalid","result":{},"time":1}"#),
    ),
];
const MARKETS: [(&str, &str); 2] = [("binance", "spot"), ("bybit", "linear")];

fn world() -> World {
    let eth = btc_pair("50").replace("BTCUSDT", "ETHUSDT").replace("_btc", "_eth");
    let mut world = World::new(7, &format!("{},{eth}", btc_pair("50")));
    world.run_for(3 * SECOND);
    world
}

fn place(world: &mut World, symbol: &str, (venue, product): (&str, &str)) -> String {
    let body = format!(
        r#"{{"exchange":"{venue}","symbol":"{symbol}","type":"{product}","side":"buy","orderType":"market","qty":0.01}}"#
    );
    let reply = world.command("place_order", &body, "").unwrap();
    let reply: Value = serde_json::from_str(&reply).unwrap();
    reply["orderId"].as_str().unwrap().to_owned()
}

fn state(world: &World, id: &str) -> String {
    world.view("order", &format!(r#"{{"orderId":"{id}"}}"#))["state"].as_str().unwrap().to_owned()
}

fn delist(world: &mut World) {
    world.delisted = GONE.into();
    world.list_instruments();
}

fn trades_on(world: &mut World) {
    for market in MARKETS {
        let id = place(world, "BTCUSDT", market);
        world.run_for(2 * SECOND);
        assert_eq!(state(world, &id), "FILLED", "{market:?}");
    }
}

#[test]
fn an_account_with_fills_of_a_delisted_symbol_trades_its_others_after_a_restart() {
    let mut world = world();
    for market in MARKETS {
        let id = place(&mut world, "ETHUSDT", market);
        world.run_for(2 * SECOND);
        assert_eq!(state(&world, &id), "FILLED", "{market:?}");
    }
    delist(&mut world);
    world.restart();
    world.run_for(10 * SECOND);
    trades_on(&mut world);
    assert!(world.alerts("RECON_DIFF").is_empty(), "{:?}", world.alerts("RECON_DIFF"));
}

#[test]
fn an_order_of_unknown_fate_there_stays_so_and_alone() {
    let mut world = world();
    world.lose_request.extend(world.links_to(0, "trade"));
    let lost = place(&mut world, "ETHUSDT", MARKETS[0]);
    world.run_for(SECOND / 10);
    delist(&mut world);
    world.run_for(30 * SECOND);
    assert_eq!(state(&world, &lost), "UNKNOWN", "a symbol that is gone proves no order's absence");
    world.lose_request.clear();
    trades_on(&mut world);
    world.restart();
    world.run_for(10 * SECOND);
    trades_on(&mut world);
    assert_eq!(state(&world, &lost), "UNKNOWN");
    // Listed again, the venue serves the question.
    world.delisted.clear();
    world.list_instruments();
    world.run_for(30 * SECOND);
    assert_eq!(state(&world, &lost), "DEAD");
}
