//! Single orders: through the gate, through wire bytes, through restarts.

#![allow(clippy::unwrap_used, clippy::panic)] // a test stops

mod common;

use common::{SECOND, World, btc_pair};
use serde_json::Value;

fn body(more: &str) -> String {
    format!(r#"{{"exchange":"bybit","symbol":"BTCUSDT","type":"linear",{more}}}"#)
}

fn place(world: &mut World, more: &str, id: &str) -> String {
    let reply = world.command("place_order", &body(more), id).unwrap();
    let reply: Value = serde_json::from_str(&reply).unwrap();
    reply["orderId"].as_str().unwrap().to_owned()
}

fn code(world: &mut World, more: &str) -> String {
    world.command("place_order", &body(more), "").unwrap_err().code.name().to_owned()
}

fn order(world: &World, id: &str) -> Value {
    world.view("order", &format!(r#"{{"orderId":"{id}"}}"#))
}

/// A price two percent below the market: on the tick, within no reach.
fn far(world: &World) -> u64 {
    let book = world.view("book", r#"{"instrument":"bybit:linear:BTCUSDT","depth":1}"#);
    let bid: f64 = book["bids"][0][0].as_str().unwrap().parse().unwrap();
    (bid * 0.98) as u64
}

#[test]
fn a_market_order_fills_within_its_bound_and_the_same_command_places_it_once() {
    let mut world = World::new(7, &btc_pair("5"));
    world.run_for(3 * SECOND);
    let more = r#""side":"buy","orderType":"market","qty":0.01,"clientTag":"mine""#;
    let id = place(&mut world, more, "o1");
    assert_eq!(place(&mut world, more, "o1"), id);
    world.run_for(2 * SECOND);
    assert_eq!(world.sent, std::slice::from_ref(&id));
    let filled = order(&world, &id);
    assert_eq!((filled["state"].as_str(), filled["filledQty"].to_string()), (Some("FILLED"), "0.01".into()));
    world.restart();
    assert_eq!(place(&mut world, more, "o1"), id, "also after a restart");
    world.run_for(3 * SECOND);
    assert_eq!(world.sent.len(), 1);
    // What reduces goes out under REDUCE_ONLY, up to the position and no further.
    world.command("kill", r#"{"reason":"test"}"#, "k").unwrap();
    assert_eq!(code(&mut world, r#""side":"buy","orderType":"market","qty":0.01"#), "RISK_REJECTED");
    let sell = r#""side":"sell","orderType":"market","reduceOnly":true,"qty":"#;
    assert_eq!(code(&mut world, &format!("{sell}0.02")), "RISK_REJECTED");
    let out = place(&mut world, &format!("{sell}0.01"), "o2");
    world.run_for(2 * SECOND);
    assert_eq!(order(&world, &out)["state"], "FILLED");
    assert_eq!(code(&mut world, &format!("{sell}0.01")), "RISK_REJECTED");
    assert!(world.alerts("GATEWAY_REFUSED").is_empty());
}

#[test]
fn a_resting_order_survives_a_restart_and_is_cancelled_by_a_person_or_a_kill() {
    let mut world = World::new(7, &btc_pair("5"));
    world.run_for(3 * SECOND);
    let px = far(&world);
    let more = |extra: &str| format!(r#""side":"buy","orderType":"limit","qty":0.01,"price":{px}{extra}"#);
    let first = place(&mut world, &more(""), "o1");
    let second = place(&mut world, &more(r#","postOnly":true"#), "o2");
    world.run_for(5 * SECOND);
    assert_eq!(
        order(&world, &first)["state"],
        "LIVE",
        "{:?}",
        world.events.iter().find(|e| e.contains("order_failed"))
    );
    assert_eq!(
        order(&world, &second)["state"],
        "LIVE",
        "{:?}",
        world.events.iter().rfind(|e| e.contains("order_failed"))
    );
    world.restart();
    world.run_for(8 * SECOND);
    assert_eq!(order(&world, &first)["state"], "LIVE");
    world.command("cancel_order", &format!(r#"{{"orderId":"{first}"}}"#), "c1").unwrap();
    world.run_for(SECOND);
    assert_eq!(order(&world, &first)["state"], "CANCELLED");
    world.command("kill", r#"{"reason":"test"}"#, "k").unwrap();
    world.run_for(SECOND);
    assert_eq!(order(&world, &second)["state"], "CANCELLED");
    assert_eq!(world.sent.len(), 2);
    let mut copy = tidegate_core::engine::Engine::new(common::config("").as_bytes()).unwrap();
    copy.replay(&world.journal).unwrap();
    assert_eq!(copy.state_hash(), world.engine.state_hash());
}

#[test]
fn what_is_wrong_is_refused_before_anything_is_written() {
    let mut world = World::new(7, &btc_pair("5"));
    world.run_for(3 * SECOND);
    let records = world.ends.len();
    let cases = [
        (r#""side":"hold","orderType":"market","qty":1"#, "VALIDATION_ERROR"),
        (r#""side":"buy","orderType":"stop","qty":1"#, "VALIDATION_ERROR"),
        (r#""side":"buy","orderType":"market","qty":1,"price":5"#, "VALIDATION_ERROR"),
        (r#""side":"buy","orderType":"limit","qty":1"#, "VALIDATION_ERROR"),
        (r#""side":"buy","orderType":"limit","qty":1,"price":5,"timeInForce":"GTD""#, "VALIDATION_ERROR"),
        (
            r#""side":"buy","orderType":"limit","qty":1,"price":5,"timeInForce":"IOC","postOnly":true"#,
            "VALIDATION_ERROR",
        ),
        (r#""side":"buy","orderType":"market","qty":0.00001"#, "VALIDATION_ERROR"),
        (r#""side":"buy","orderType":"market","qty":0"#, "RISK_REJECTED"),
        (r#""side":"buy","orderType":"market","qty":90"#, "RISK_REJECTED"),
        (r#""side":"sell","orderType":"market","qty":0.01,"reduceOnly":true"#, "RISK_REJECTED"),
        (r#""side":"buy","orderType":"market","qty":0.01,"stopLoss":900000"#, "VALIDATION_ERROR"),
        (r#""side":"buy","orderType":"market","qty":0.01,"account":"nobody""#, "VALIDATION_ERROR"),
    ];
    for (more, want) in cases {
        assert_eq!(code(&mut world, more), want, "{more}");
    }
    let unwatched = r#"{"exchange":"bybit","symbol":"ETHUSDT","side":"buy","orderType":"market","qty":1}"#;
    assert_eq!(world.command("place_order", unwatched, "").unwrap_err().code.name(), "EXCHANGE_UNAVAILABLE");
    assert_eq!(world.ends.len(), records);
}
