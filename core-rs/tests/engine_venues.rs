//! Scenarios over every pair of venues: the reducer against two simulated venues, through wire bytes alone. The venues' books of
//! record are the oracle.

#![allow(clippy::unwrap_used, clippy::panic)] // a test that can not go on stops

mod common;
mod oracle;

use common::{MS, SECOND, World};
use oracle::{check_agreement, check_plans, money, rehash, stop_pairs};

const VENUES: [&str; 4] = ["binance", "bybit", "okx", "bitget"];

/// Every two venues that are not the pair of the other scenarios.
fn pairs() -> Vec<[&'static str; 2]> {
    let all = (0..VENUES.len()).flat_map(|a| (a + 1..VENUES.len()).map(move |b| [VENUES[a], VENUES[b]]));
    all.filter(|names| *names != ["binance", "bybit"]).collect()
}

/// Spot of the first against linear of the second.
fn world(names: [&'static str; 2]) -> World {
    let symbol = |name: &str, swap: bool| match (name, swap) {
        ("okx", false) => "BTC-USDT",
        ("okx", true) => "BTC-USDT-SWAP",
        _ => "BTCUSDT",
    };
    let pair = format!(
        r#"{{"id":"btc","leg1":{{"exchange":"{}","symbol":"{}","type":"spot"}},
        "leg2":{{"exchange":"{}","symbol":"{}","type":"linear"}},"threshold":"0.02","qty":"0.01","totalAmount":"20000",
        "direction":"auto","enabled":true}}"#,
        names[0],
        symbol(names[0], false),
        names[1],
        symbol(names[1], true)
    );
    World::among(7, names, &pair)
}

fn settled(mut world: World) {
    stop_pairs(&mut world);
    check_agreement(&mut world);
    assert_eq!(rehash(&world), world.engine.state_hash());
}

#[test]
fn plans_of_every_pair_are_hedged_and_add_up_to_the_last_digit() {
    for names in pairs() {
        let mut world = world(names);
        world.run_for(60 * SECOND);
        let plans = world.view("plans", "{\"limit\":1000}");
        let ended: Vec<_> = plans.as_array().unwrap().iter().filter(|p| p["state"] == "HEDGED").collect();
        assert!(ended.len() >= 3, "{names:?}: {} hedged", ended.len());
        assert!(ended.iter().all(|p| money(&p["residual"]).0 == 0), "{names:?}");
        assert!(check_plans(&world) >= 3, "{names:?}");
        settled(world);
    }
}

#[test]
fn lost_answers_make_orders_unknown_until_evidence_settles_them() {
    for names in pairs() {
        let mut world = world(names);
        while world.sent.is_empty() && world.now < 30 * SECOND {
            world.run_for(MS / 4);
        }
        world.lose_answers = true;
        world.run_for(4 * SECOND);
        let unknown = world.view("health", "{}")["unknownOrders"].as_array().unwrap().len();
        assert!(unknown > 0, "{names:?}: no order became unknown");
        world.lose_answers = false;
        world.run_for(20 * SECOND);
        settled(world);
    }
}

#[test]
fn a_crash_in_the_middle_of_a_plan_forgets_and_doubles_nothing() {
    for names in pairs() {
        for crash in [8, 10, 12, 15] {
            let mut world = world(names);
            world.crash_at = Some(crash);
            world.run_for(30 * SECOND);
            assert!(world.crashed, "{names:?}: record {crash}");
            world.crash_at = None;
            world.restart();
            world.run_for(8 * SECOND);
            settled(world);
        }
    }
}
