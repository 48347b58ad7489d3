//! Scenarios: what is left over when a plan could not bring its legs together, or when its record is lost.

#![allow(clippy::unwrap_used, clippy::panic)] // a test that can not go on stops

mod common;
mod oracle;

use common::{MS, SECOND, World, btc_pair};
use oracle::{money, rehash};
use serde_json::Value;

/// The order link of leg 2's venue.
const TRADE2: usize = 10;

fn world() -> World {
    let mut world = World::new(7, &btc_pair("5"));
    world.run_for(3 * SECOND + 20 * MS);
    world
}

fn plan(world: &World) -> Value {
    world.view("plan", r#"{"planId":"plan_000001"}"#)
}

/// Positions that are not flat.
fn held(world: &World) -> Vec<Value> {
    let all = world.view("positions", "{}");
    all.as_array().unwrap().iter().filter(|row| money(&row["qty"]).0 != 0).cloned().collect()
}

/// One leg of a plan has filled; the machine went down, and with it what was not on disk.
fn forgotten() -> World {
    let mut world = world();
    let (bytes, records) = (world.journal.len(), world.ends.len());
    world.lose_request.insert(TRADE2);
    world.command("execute_pair", r#"{"id":"binance_bybit_btc"}"#, "e1").unwrap();
    world.run_for(200 * MS);
    assert_eq!(held(&world).len(), 1);
    world.journal.truncate(bytes);
    world.ends.truncate(records);
    world.restart();
    world
}

#[test]
fn a_reported_plan_goes_on_when_it_can_trade_again() {
    let mut world = world();
    world.lose_request.insert(TRADE2);
    world.command("execute_pair", r#"{"id":"binance_bybit_btc"}"#, "e1").unwrap();
    world.run_for(500 * MS);
    world.command("kill", r#"{"reason":"test","mode":"halt"}"#, "k1").unwrap();
    world.run_for(20 * SECOND);
    assert_eq!(plan(&world)["state"], "REPORTED");
    assert!(money(&plan(&world)["residual"]).0 > 0);
    assert!(!world.alerts("RESIDUAL").is_empty());
    world.command("reset", "{}", "r1").unwrap();
    world.run_for(5 * SECOND);
    assert_eq!(money(&plan(&world)["residual"]).0, 0, "{}", plan(&world));
    assert!(["HEDGED", "UNWOUND"].contains(&plan(&world)["state"].as_str().unwrap()));
    assert_eq!(world.alerts("RESIDUAL_RETRIED").len(), 1);
    assert_eq!(rehash(&world), world.engine.state_hash());
}

#[test]
fn a_reported_plan_outlives_its_pair_and_a_restart() {
    let mut world = world();
    world.lose_request.insert(TRADE2);
    world.command("execute_pair", r#"{"id":"binance_bybit_btc"}"#, "e1").unwrap();
    world.run_for(500 * MS);
    world.command("kill", r#"{"reason":"test","mode":"halt"}"#, "k1").unwrap();
    world.run_for(20 * SECOND);
    world.command("delete_pair", r#"{"id":"binance_bybit_btc"}"#, "d1").unwrap();
    world.restart();
    world.run_for(5 * SECOND);
    world.command("reset", "{}", "r1").unwrap();
    world.run_for(10 * SECOND);
    assert_eq!(plan(&world)["state"], "HEDGED", "{}", plan(&world));
    assert_eq!(rehash(&world), world.engine.state_hash());
}

#[test]
fn what_an_order_without_a_plan_did_is_taken_off_again() {
    let mut world = forgotten();
    world.run_for(8 * SECOND);
    assert_eq!(world.alerts("ORDER_ADOPTED").len(), 1);
    assert_eq!(world.alerts("RESIDUAL_HEDGE").len(), 1, "{:?}", world.alerts("RESIDUAL"));
    assert!(held(&world).is_empty(), "{:?}", held(&world));
    assert_eq!(world.engine.residuals().count(), 0);
    assert_eq!(rehash(&world), world.engine.state_hash());
    world.run_for(60 * SECOND);
    assert!(world.alerts("RECON_DIFF").is_empty());
}

#[test]
fn what_is_left_over_goes_out_in_parts_that_the_owners_greatest_order_allows() {
    let mut world = forgotten();
    let limits = r#"{"limits":[{"name":"order_notional_max","scope":"total","value":250}]}"#;
    world.command("set_limits", limits, "l1").unwrap();
    world.run_for(8 * SECOND);
    // 0.01 BTC are more than two times 250.
    assert!(world.alerts("RESIDUAL_HEDGE").len() >= 3, "{:?}", world.alerts("RESIDUAL"));
    assert!(held(&world).is_empty(), "{:?}", held(&world));
    assert_eq!(world.engine.residuals().count(), 0);
}

#[test]
fn what_is_left_over_brings_its_book_back_when_every_pair_is_off() {
    let mut world = forgotten();
    let off = btc_pair("5").replace(r#""enabled":true"#, r#""enabled":false"#);
    world.command("upsert_pair", &off, "u1").unwrap();
    assert_eq!(
        world.engine.residuals().count(),
        0,
        "the pair goes off before anything is known to be left over"
    );
    world.run_for(8 * SECOND);
    assert_eq!(world.alerts("ORDER_ADOPTED").len(), 1);
    assert!(held(&world).is_empty(), "{:?}", held(&world));
    assert_eq!(world.engine.residuals().count(), 0);
    assert!(world.engine.books_follow());
}

#[test]
fn nothing_is_taken_off_twice_over_restarts() {
    let mut world = forgotten();
    let began = world.ends.len() as u64;
    for crash in began + 1..began + 14 {
        world.crash_at = Some(crash);
        world.run_for(4 * SECOND);
        world.crash_at = None;
        world.restart();
    }
    world.run_for(10 * SECOND);
    assert!(held(&world).is_empty(), "{:?}", held(&world));
    world.run_for(60 * SECOND);
    assert!(world.alerts("RECON_DIFF").is_empty());
}
