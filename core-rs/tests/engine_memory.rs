//! The settled past is kept in bounded memory: a fill that was booked is never booked again, an id that was issued is
//! never a stranger's, however little is kept and however late the venue tells it again.

#![allow(clippy::unwrap_used)] // a test stops where something is missing

mod common;
mod oracle;

use common::{SECOND, World, config};
use oracle::{check_agreement, money, stop_pairs};

/// So little is kept that everything settled is forgotten within moments.
const LITTLE: &str = r#""memory":{"orders":12,"ids":8,"fills":10}"#;
/// Orders are forgotten at once, but what was booked is known one by one.
const FEW_ORDERS: &str = r#""memory":{"orders":12}"#;

fn busy(extra: &str) -> String {
    let pair = |id: &str, product: &str| {
        format!(
            r#"{{"id":"{id}","leg1":{{"exchange":"binance","symbol":"BTCUSDT","type":"{product}"}},
            "leg2":{{"exchange":"bybit","symbol":"BTCUSDT","type":"linear"}},"threshold":"-5","qty":"0.001",
            "totalAmount":"100000000","direction":"auto","enabled":true}}"#
        )
    };
    let pairs = [pair("spot", "spot"), pair("linear", "linear")].join(",");
    let config = config(&pairs).replace("\"cooldownMs\":500", "\"cooldownMs\":0");
    config.replacen('{', &format!("{{{extra},"), 1)
}

/// Trades until far more orders were settled than are kept, then lets the venues tell it all again.
fn told_again(extra: &str) -> World {
    let mut world = World::staged(23, busy(extra), 50);
    world.run_for(6 * SECOND);
    assert!(world.sent.len() > 60, "only {} orders", world.sent.len());
    stop_pairs(&mut world);
    world.run_for(2 * SECOND);
    // A round of a new process asks for every fill of the last ten minutes.
    world.restart();
    world.run_for(3 * SECOND);
    // So does one whose private stream came back.
    for link in [1, 9] {
        world.cut(link);
    }
    world.run_for(3 * SECOND);
    world
}

fn orders_kept(world: &World) -> u64 {
    world.view("health", "{}")["memory"]["orders"].as_u64().unwrap()
}

#[test]
fn fills_told_again_are_not_booked_again_however_little_is_kept() {
    for extra in [LITTLE, FEW_ORDERS] {
        let mut world = told_again(extra);
        assert!(orders_kept(&world) <= 12, "{}", orders_kept(&world));
        check_agreement(&mut world);
        assert!(world.alerts("ORDER_ADOPTED").is_empty(), "{:?}", world.alerts("ORDER_ADOPTED"));
        for plan in world.view("plans", "{\"limit\":1000}").as_array().unwrap() {
            assert_eq!(money(&plan["residual"]).0, 0, "{plan}");
        }
        assert_eq!(rehash_with(&world, extra), world.engine.state_hash());
    }
}

#[test]
fn the_flaw_of_old_books_them_twice() {
    let world = told_again(&format!("{FEW_ORDERS},\"mutant\":\"settled_forgotten\""));
    assert!(!world.alerts("ORDER_ADOPTED").is_empty());
    assert!(!world.alerts("LATE_FILL").is_empty(), "a fill told again changed no plan");
}

fn rehash_with(world: &World, extra: &str) -> u64 {
    let mut copy = tidegate_core::engine::Engine::new(busy(extra).as_bytes()).unwrap();
    assert_eq!(copy.replay(&world.journal).unwrap(), world.journal.len());
    copy.state_hash()
}
