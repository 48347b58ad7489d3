//! Scenarios: one leg is filled while nobody knows what became of the other's order.

#![allow(clippy::unwrap_used, clippy::panic)] // a test that can not go on stops

mod common;
mod oracle;

use common::{MS, SECOND, World, btc_pair};
use oracle::{check_agreement, money, rehash};
use serde_json::Value;

/// The order link of leg 2's venue, and the venue.
const TRADE2: usize = 10;
const VENUE2: usize = 1;

fn world() -> World {
    let mut world = World::new(7, &btc_pair("5"));
    world.run_for(3 * SECOND + 20 * MS);
    world
}

fn execute(world: &mut World) {
    world.command("execute_pair", r#"{"id":"binance_bybit_btc"}"#, "e1").unwrap();
}

fn plan(world: &World) -> Value {
    world.view("plan", r#"{"planId":"plan_000001"}"#)
}

fn filled(plan: &Value, leg: usize) -> i128 {
    money(&plan["legs"][leg]["filledQty"]).0
}

fn state_of(world: &World, plan: &Value, leg: usize) -> String {
    let id = plan["legs"][leg]["orders"][0].as_str().unwrap();
    world.view("order", &format!(r#"{{"orderId":"{id}"}}"#))["state"].as_str().unwrap().to_owned()
}

#[test]
fn the_known_leg_is_unwound_while_the_other_s_fate_is_open() {
    let mut world = world();
    world.lose_request.insert(TRADE2);
    execute(&mut world);
    world.run_for(500 * MS);
    assert!(filled(&plan(&world), 0) > 0, "the first leg fills: {}", plan(&world));
    world.run_for(1_000 * MS);
    let open = plan(&world);
    assert_eq!((filled(&open, 0), filled(&open, 1)), (0, 0), "{open}");
    assert_eq!(state_of(&world, &open, 1), "SENT");
    assert_eq!(open["legs"][1]["orders"].as_array().unwrap().len(), 1, "never twice on the open leg");
    assert_eq!(open["state"], "HEDGING");
    world.run_for(10 * SECOND);
    assert_eq!(plan(&world)["state"], "UNWOUND");
    assert_eq!(rehash(&world), world.engine.state_hash());
    check_agreement(&mut world);
}

#[test]
fn a_fill_that_comes_after_all_leaves_no_excess() {
    let mut world = world();
    world.mute.insert(VENUE2);
    execute(&mut world);
    world.run_for(3_000 * MS);
    let open = plan(&world);
    assert_eq!((filled(&open, 0), filled(&open, 1)), (0, 0), "{open}");
    assert_eq!(state_of(&world, &open, 1), "UNKNOWN");
    assert!(world.alerts("LATE_FILL").is_empty());
    world.mute.clear();
    // The question that is on its way, its answer, and five seconds for the excess.
    let mut found = None;
    for _ in 0..900 {
        world.run_for(10 * MS);
        if found.is_none() && filled(&plan(&world), 1) > 0 {
            found = Some(world.now);
        }
        if found.is_some_and(|at| world.now - at > 5 * SECOND) {
            break;
        }
    }
    assert!(found.is_some(), "the fill was never found");
    let ended = plan(&world);
    assert_eq!(money(&ended["residual"]).0, 0, "{ended}");
    assert!(["HEDGED", "UNWOUND"].contains(&ended["state"].as_str().unwrap()), "{ended}");
    assert_eq!(world.alerts("LATE_FILL").len(), 1, "{:?}", world.alerts("LATE_FILL"));
    assert_eq!(rehash(&world), world.engine.state_hash());
    check_agreement(&mut world);
}

#[test]
fn exposure_counts_the_open_order_in_full_all_the_while() {
    let mut world = world();
    world.mute.insert(VENUE2);
    execute(&mut world);
    world.run_for(2_500 * MS);
    let risk = world.view("risk_metrics", "{}");
    let exposure = risk["exposure"].as_array().unwrap();
    let linear = exposure.iter().find(|row| row["exchange"] == "bybit" && row["type"] == "linear").unwrap();
    let px = world.view("book", r#"{"instrument":"bybit:linear:BTCUSDT","depth":1}"#);
    let (bid, worst) = (money(&px["bids"][0][0]).0, money(&linear["worst"]).0);
    assert!((worst * 100 - bid).abs() < bid / 100, "{worst} at {bid}");
    world.mute.clear();
    check_agreement(&mut world);
}

#[test]
fn nothing_is_hedged_around_a_venue_that_is_too_slow_to_trust() {
    let mut world = world();
    world.slow.insert(TRADE2, 700 * MS);
    execute(&mut world);
    world.run_for(2 * SECOND);
    assert!(!world.alerts("VENUE_SLOW").is_empty());
    assert_eq!(plan(&world)["state"], "HEDGED");
    world.slow.clear();
    world.lose_request.insert(TRADE2);
    world.command("execute_pair", r#"{"id":"binance_bybit_btc"}"#, "e2").unwrap();
    world.run_for(2_500 * MS);
    let second = world.view("plan", r#"{"planId":"plan_000002"}"#);
    assert!(filled(&second, 0) > 0, "{second}");
    assert!(!world.alerts("HEDGE_HELD").is_empty());
    world.run_for(20 * SECOND);
    let second = world.view("plan", r#"{"planId":"plan_000002"}"#);
    assert_eq!(money(&second["residual"]).0, 0, "{second}");
    check_agreement(&mut world);
}
