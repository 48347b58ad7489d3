//! Stopping works whatever fails: the disk, the link, the answer. And one command id is one command.

#![allow(clippy::unwrap_used, clippy::panic)] // a test stops

mod common;

use common::{MS, SECOND, World, btc_pair};
use serde_json::Value;
use tidegate_core::engine::Input;

/// The link that carries orders to Bybit.
const TRADE: usize = 10;

fn resting(world: &mut World, offset: u64, id: &str) -> String {
    let book = world.view("book", r#"{"instrument":"bybit:linear:BTCUSDT","depth":1}"#);
    let bid: f64 = book["bids"][0][0].as_str().unwrap().parse().unwrap();
    let px = (bid * 0.98) as u64 - offset;
    let body = format!(
        r#"{{"exchange":"bybit","symbol":"BTCUSDT","type":"linear","side":"buy","orderType":"limit","qty":0.01,"price":{px}}}"#
    );
    let reply: Value = serde_json::from_str(&world.command("place_order", &body, id).unwrap()).unwrap();
    reply["orderId"].as_str().unwrap().to_owned()
}

fn state(world: &World, id: &str) -> String {
    world.view("order", &format!(r#"{{"orderId":"{id}"}}"#))["state"].as_str().unwrap().to_owned()
}

fn cancel(world: &mut World, id: &str) {
    world.command("cancel_order", &format!(r#"{{"orderId":"{id}"}}"#), "c").unwrap();
}

/// A world with two orders that rest, and a disk that failed while the order link was cut: no cancel got through.
fn without_a_disk() -> (World, [String; 2]) {
    let mut world = World::new(7, &btc_pair("5"));
    world.run_for(3 * SECOND);
    let ids = [resting(&mut world, 0, "o1"), resting(&mut world, 5, "o2")];
    world.run_for(2 * SECOND);
    world.cut(TRADE);
    world.input(Input::JournalFailed { reason: "no space left on device" });
    world.run_for(100 * MS);
    for id in &ids {
        assert_eq!(state(&world, id), "LIVE");
    }
    assert_eq!(world.alerts("JOURNAL_FAILED").len(), 1);
    (world, ids)
}

#[test]
fn with_a_full_disk_a_person_still_cancels_a_resting_order() {
    let (mut world, [first, second]) = without_a_disk();
    cancel(&mut world, &first);
    world.run_for(50 * MS);
    assert_eq!((state(&world, &first), state(&world, &second)), ("CANCELLED".into(), "LIVE".into()));
}

#[test]
fn with_a_full_disk_a_kill_still_cancels_everything_and_nothing_can_be_opened() {
    let (mut world, ids) = without_a_disk();
    world.command("kill", r#"{"reason":"test","mode":"halt"}"#, "k").unwrap();
    world.run_for(50 * MS);
    for id in &ids {
        assert_eq!(state(&world, id), "CANCELLED");
    }
    let sent = world.sent.len();
    for (name, body) in [
        ("reset", "{}"),
        ("execute_pair", r#"{"id":"binance_bybit_btc"}"#),
        ("set_limits", r#"{"limits":[]}"#),
    ] {
        let refusal = world.command(name, body, "").unwrap_err();
        assert_eq!(refusal.code.name(), "INTERNAL", "{refusal}");
    }
    world.run_for(5 * SECOND);
    assert_eq!(world.sent.len(), sent);
}

#[test]
fn what_a_failing_disk_was_to_cancel_is_cancelled_once_the_link_is_back() {
    let (mut world, ids) = without_a_disk();
    world.run_for(5 * SECOND);
    for id in &ids {
        assert_eq!(state(&world, id), "CANCELLED");
    }
}

#[test]
fn a_cancel_that_went_astray_is_asked_again_until_the_order_is_closed() {
    let mut world = World::new(7, &btc_pair("5"));
    world.run_for(3 * SECOND);
    let id = resting(&mut world, 0, "o1");
    world.run_for(2 * SECOND);
    // Written into a connection that dies with it: no answer, and no report.
    world.lose_cancel.insert(TRADE);
    cancel(&mut world, &id);
    world.run_for(900 * MS);
    assert_eq!(state(&world, &id), "LIVE");
    world.run_for(3 * SECOND);
    assert_eq!(state(&world, &id), "CANCELLED");
}

#[test]
fn an_order_that_still_waits_for_the_disk_never_leaves_once_it_is_cancelled() {
    let mut world = World::new(7, &btc_pair("5"));
    world.run_for(3 * SECOND);
    let id = resting(&mut world, 0, "o1");
    cancel(&mut world, &id);
    assert_eq!(state(&world, &id), "REJECTED");
    world.run_for(5 * SECOND);
    assert!(world.sent.is_empty());
}

#[test]
fn one_command_id_is_one_command() {
    let mut world = World::new(7, &btc_pair("5"));
    world.run_for(3 * SECOND);
    let id = resting(&mut world, 0, "o1");
    assert_eq!(resting(&mut world, 0, "o1"), id);
    world.run_for(SECOND);
    let other = r#"{"exchange":"bybit","symbol":"BTCUSDT","type":"linear","side":"sell","orderType":"market","qty":0.01}"#;
    for _ in 0..2 {
        assert_eq!(world.command("place_order", other, "o1").unwrap_err().code.name(), "CONFLICT");
        assert_eq!(world.command("kill", "{}", "o1").unwrap_err().code.name(), "CONFLICT");
        world.restart();
        world.run_for(3 * SECOND);
    }
    assert_eq!(world.sent, [id]);
    assert_eq!(world.view("health", "{}")["latch"], "open");
}
