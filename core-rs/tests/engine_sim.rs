//! Scenarios: the reducer against simulated venues, through wire bytes alone. The venues' books of record are the
//! oracle.

#![allow(clippy::unwrap_used, clippy::panic)] // a test that can not go on stops

mod common;
mod oracle;

use common::{MS, SECOND, World, btc_pair};
use oracle::{check_agreement, check_plans, money, rehash, stop_pairs};
use serde_json::Value;
use tidegate_core::engine::Engine;

#[test]
fn plans_are_hedged_and_add_up_to_the_last_digit() {
    let mut world = World::new(7, &btc_pair("0.02"));
    world.run_for(60 * SECOND);
    let performance = world.view("performance", "{}");
    assert!(performance["plans"].as_u64().unwrap() >= 5, "{performance}");
    let plans = world.view("plans", "{\"limit\":1000}");
    let ended = plans.as_array().unwrap().iter().filter(|p| p["state"] == "HEDGED");
    assert!(ended.clone().count() >= 5);
    assert!(ended.clone().all(|p| money(&p["residual"]).0 == 0));
    assert!(check_plans(&world) >= 5);
    for name in ["order_submitted", "order_filled", "plan_update", "opportunity", "balance_update"] {
        let needle = format!("{{\"event\":\"{name}\"");
        assert!(world.events.iter().any(|e| e.contains(&needle)), "{name}");
    }
    assert_eq!(rehash(&world), world.engine.state_hash());
    let rows = world.engine.take_rows(100_000);
    assert!(rows.iter().all(|row| serde_json::from_slice::<Value>(&row.doc).is_ok()));
    assert!(world.engine.take_rows(10).is_empty());
    stop_pairs(&mut world);
    check_agreement(&mut world);
}

#[test]
fn a_lost_depth_frame_never_gives_a_price_and_heals() {
    for link in [0, 12] {
        let name = if link == 0 { "binance:spot:BTCUSDT" } else { "bybit:linear:BTCUSDT" };
        let mut world = World::new(3, &btc_pair("5"));
        world.run_for(2 * SECOND);
        let query = format!("{{\"instrument\":\"{name}\",\"depth\":5}}");
        assert!(world.engine.view("book", query.as_bytes()).is_ok());
        world.drop_next.insert(link);
        let mut seen = false;
        for _ in 0..400 {
            world.run_for(MS);
            let refused = world.engine.view("book", query.as_bytes()).is_err();
            seen |= refused;
            let priced = world.view("spreads", "{}").as_array().unwrap().len();
            assert!(!refused || priced == 0, "a spread from an unsynced book");
        }
        assert!(seen, "{name} was never unsynced");
        assert!(!world.alerts("BOOK_GAP").is_empty());
        world.run_for(3 * SECOND);
        assert!(world.engine.view("book", query.as_bytes()).is_ok(), "{name} did not heal");
    }
}

#[test]
fn a_crash_at_every_record_of_a_plan_forgets_and_doubles_nothing() {
    let mut whole = World::new(7, &btc_pair("0.02"));
    whole.run_for(8 * SECOND);
    let records = whole.ends.len() as u64;
    assert!(records > 40, "{records}");
    for crash in 6..records.min(34) {
        let mut world = World::new(7, &btc_pair("0.02"));
        world.crash_at = Some(crash);
        world.run_for(30 * SECOND);
        assert!(world.crashed, "record {crash}");
        world.crash_at = None;
        world.restart();
        world.run_for(8 * SECOND);
        stop_pairs(&mut world);
        check_agreement(&mut world);
        assert_eq!(rehash(&world), world.engine.state_hash());
    }
}

#[test]
fn every_journal_prefix_replays_or_stops_at_a_whole_record() {
    let mut world = World::new(7, &btc_pair("0.02"));
    world.run_for(6 * SECOND);
    let last = world.ends[world.ends.len() - 3];
    for cut in last..world.journal.len() {
        let mut copy = Engine::new(common::config("").as_bytes()).unwrap();
        let used = copy.replay(&world.journal[..cut]).unwrap();
        assert!(world.ends.contains(&used) && used <= cut);
    }
    let mut broken = world.journal.clone();
    let middle = world.ends[5] + 20;
    broken[middle] ^= 1;
    let mut copy = Engine::new(common::config("").as_bytes()).unwrap();
    let refusal = copy.replay(&broken).unwrap_err();
    assert_eq!(refusal.code.name(), "JOURNAL_CORRUPT");
    let details: Value = serde_json::from_slice(&refusal.details).unwrap();
    assert_eq!(details["offset"].as_u64().unwrap() as usize, world.ends[5]);
}

#[test]
fn lost_answers_make_orders_unknown_until_evidence_settles_them() {
    let mut world = World::new(7, &btc_pair("0.02"));
    while world.sent.is_empty() && world.now < 30 * SECOND {
        world.run_for(MS / 4);
    }
    world.lose_answers = true;
    world.run_for(4 * SECOND);
    let unknown = world.view("health", "{}")["unknownOrders"].as_array().unwrap().len();
    assert!(unknown > 0, "no order became unknown");
    world.lose_answers = false;
    world.run_for(20 * SECOND);
    stop_pairs(&mut world);
    check_agreement(&mut world);
}

#[test]
fn a_cut_order_link_doubts_what_was_under_way() {
    for link in [2, 10, 1, 9] {
        let mut world = World::new(7, &btc_pair("0.02"));
        while world.sent.is_empty() && world.now < 30 * SECOND {
            world.run_for(MS / 8);
        }
        world.cut(link);
        world.run_for(20 * SECOND);
        stop_pairs(&mut world);
        check_agreement(&mut world);
    }
}

#[test]
fn a_kill_is_latched_over_restarts_until_a_reset() {
    let mut world = World::new(7, &btc_pair("0.02"));
    world.run_for(5 * SECOND);
    world.command("kill", r#"{"reason":"test","mode":"halt"}"#, "k1").unwrap();
    world.run_for(2 * SECOND);
    let sent = world.sent.len();
    world.restart();
    world.run_for(10 * SECOND);
    assert_eq!(world.sent.len(), sent);
    assert_eq!(world.view("health", "{}")["latch"], "halt");
    world.command("reset", "{}", "r1").unwrap();
    world.run_for(30 * SECOND);
    assert!(world.sent.len() > sent);
    stop_pairs(&mut world);
    check_agreement(&mut world);
}

#[test]
fn instruments_tell_their_steps_and_units_the_watched_ones_first() {
    let mut world = World::new(7, "");
    world.run_for(SECOND);
    let body = btc_pair("1").replace("\"id\":\"binance_bybit_btc\",", "");
    world.command("upsert_pair", &body, "c1").unwrap();
    let all = world.view("instruments", "{}");
    let first = &all[0];
    assert_eq!(
        (&first["symbol"], &first["base"], &first["quote"]),
        (&"BTCUSDT".into(), &"BTC".into(), &"USDT".into())
    );
    assert_eq!(
        (first["priceStep"].to_string(), first["qtyStep"].to_string()),
        ("0.01".into(), "0.00001".into())
    );
    assert_eq!(world.view("instruments", r#"{"limit":1}"#).as_array().unwrap().len(), 1);
    let found = world.view("instruments", r#"{"search":"ETH"}"#);
    assert!(!found.as_array().unwrap().is_empty());
    assert!(found.as_array().unwrap().iter().all(|i| i["base"] == "ETH"));
}

#[test]
fn commands_answer_the_same_id_the_same_and_refuse_what_is_wrong() {
    let mut world = World::new(7, "");
    world.run_for(SECOND);
    let body = btc_pair("1").replace("\"id\":\"binance_bybit_btc\",", "");
    let first = world.command("upsert_pair", &body, "c1").unwrap();
    assert_eq!(first, r#"{"id":"binance_bybit_btc"}"#);
    assert_eq!(world.command("upsert_pair", &body, "c1").unwrap(), first);
    assert_eq!(world.command("upsert_pair", &body, "c2").unwrap(), r#"{"id":"binance_bybit_btc_2"}"#);
    world.restart();
    assert_eq!(world.command("upsert_pair", &body, "c1").unwrap(), first);
    assert_eq!(world.view("pairs", "{}").as_array().unwrap().len(), 2);
    let cases = [
        ("upsert_pair", body.replace("0.01", "0.0101"), "VALIDATION_ERROR"),
        ("upsert_pair", body.replace("0.01", "-1"), "VALIDATION_ERROR"),
        ("upsert_pair", body.replace("0.01", "1000"), "VALIDATION_ERROR"),
        ("upsert_pair", body.replace("BTCUSDT", "NOUSDT"), "VALIDATION_ERROR"),
        ("upsert_pair", "{".to_owned(), "VALIDATION_ERROR"),
        ("delete_pair", r#"{"id":"nope"}"#.to_owned(), "NOT_FOUND"),
        ("execute_pair", r#"{"id":"nope"}"#.to_owned(), "NOT_FOUND"),
        ("unwind_plan", r#"{"planId":"plan_000009"}"#.to_owned(), "NOT_FOUND"),
        ("cancel_order", r#"{"orderId":"TGA70010000530"}"#.to_owned(), "NOT_FOUND"),
        (
            "set_limits",
            r#"{"limits":[{"name":"x","scope":"total","value":1}]}"#.to_owned(),
            "VALIDATION_ERROR",
        ),
        ("dance", "{}".to_owned(), "NOT_FOUND"),
    ];
    for (name, body, code) in cases {
        assert_eq!(world.command(name, &body, "").unwrap_err().code.name(), code, "{name} {body}");
    }
}

#[test]
fn a_person_executes_and_unwinds_through_the_same_gate() {
    let mut world = World::new(7, &btc_pair("5"));
    world.run_for(3 * SECOND);
    let reply = world.command("execute_pair", r#"{"id":"binance_bybit_btc"}"#, "e1").unwrap();
    assert_eq!(reply, r#"{"planId":"plan_000001"}"#);
    world.run_for(2 * SECOND);
    assert_eq!(world.view("plan", r#"{"planId":"plan_000001"}"#)["state"], "HEDGED");
    world.command("unwind_plan", r#"{"planId":"plan_000001"}"#, "u1").unwrap();
    world.run_for(5 * SECOND);
    let plan = world.view("plan", r#"{"planId":"plan_000001"}"#);
    assert_eq!(
        (plan["state"].as_str(), plan["residual"].to_string().as_str()),
        (Some("UNWOUND"), "0"),
        "{plan}"
    );
    world
        .command(
            "set_limits",
            r#"{"limits":[{"name":"order_notional_max","scope":"total","value":1}]}"#,
            "l1",
        )
        .unwrap();
    let refusal = world.command("execute_pair", r#"{"id":"binance_bybit_btc"}"#, "e2").unwrap_err();
    assert_eq!(refusal.code.name(), "RISK_REJECTED");
    check_agreement(&mut world);
}
