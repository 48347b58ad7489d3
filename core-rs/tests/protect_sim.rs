//! Protections against simulated venues, through wire bytes: stop, target, trail, levels of an order, refusals.

#![allow(clippy::unwrap_used, clippy::panic)] // a test that can not go on stops

mod common;

use common::protect::{
    PERP, check, long, moved, nets, place, position, protect, protection, ready, refusal, state, top, until,
};
use common::{MS, SECOND};
use serde_json::{Value, json};

#[test]
fn a_stop_closes_the_position_once_its_bid_is_there_and_the_target_is_gone() {
    let mut world = ready(7);
    long(&mut world, "0.02");
    let (bid, _) = top(&world);
    let levels = format!(r#""stopLoss":{},"takeProfit":{}"#, moved(bid, -500), moved(bid, 100_000));
    let id = protect(&mut world, &levels);
    assert_eq!((id.as_str(), state(&world, &id).as_str()), ("protect_001", "armed"));
    assert_eq!(protection(&world, &id)["held"], json!(0.02));
    let stop = protection(&world, &id)["stopLoss"].as_f64().unwrap();
    let sent = world.sent.len();
    until(&mut world, &id, "closed", 60 * SECOND);
    let done = protection(&world, &id);
    assert_eq!(position(&world), 0, "{done}");
    assert_eq!((&done["cause"], &done["closedQty"]), (&json!("stopLoss"), &json!(0.02)));
    assert!(done["triggerPrice"].as_f64().unwrap() <= stop, "{done}");
    assert_eq!(world.sent.len(), sent + done["orders"].as_array().unwrap().len());
    assert!(nets(&world).iter().all(|net| *net >= 0));
    assert!(world.events.iter().any(|e| e.starts_with("orders ") && e.contains("protection_update")));
    let rows = world.engine.take_rows(10_000);
    let row = rows.iter().rfind(|row| row.table.name() == "protections").unwrap();
    assert_eq!(serde_json::from_slice::<Value>(&row.doc).unwrap()["state"], "closed");
    check(&world);
}

#[test]
fn a_target_closes_a_short_and_the_trail_another() {
    let mut world = ready(11);
    place(&mut world, "sell", "0.01", "");
    world.run_for(SECOND);
    let (_, ask) = top(&world);
    let levels = format!(r#""takeProfit":{},"stopLoss":{}"#, moved(ask, -500), moved(ask, 100_000));
    let target = protect(&mut world, &levels);
    until(&mut world, &target, "closed", 120 * SECOND);
    assert_eq!(protection(&world, &target)["cause"], "takeProfit");
    assert_eq!(position(&world), 0);
    place(&mut world, "sell", "0.01", "");
    world.run_for(SECOND);
    let trail = protect(&mut world, r#""trailingPct":0.1"#);
    let mut tightest = f64::MAX;
    while state(&world, &trail) == "armed" {
        let now = protection(&world, &trail)["stopNow"].as_f64().unwrap();
        assert!(now <= tightest, "the stop of a short only falls");
        tightest = now;
        world.run_for(20 * MS);
    }
    until(&mut world, &trail, "closed", 10 * SECOND);
    let done = protection(&world, &trail);
    assert_eq!((&done["cause"], position(&world)), (&json!("trailing"), 0));
    assert!(done["triggerPrice"].as_f64().unwrap() >= tightest, "{done} {tightest}");
    assert!(nets(&world).iter().all(|net| *net <= 0));
    check(&world);
}

#[test]
fn an_order_brings_its_levels_and_they_follow_its_fills() {
    let mut world = ready(7);
    let (bid, _) = top(&world);
    let levels = format!(r#","stopLoss":{},"takeProfit":{}"#, moved(bid, -1_000), moved(bid, 1_000));
    let placed = place(&mut world, "buy", "0.01", &levels);
    let id = placed["protectionId"].as_str().unwrap().to_owned();
    assert_eq!(state(&world, &id), "waiting");
    world.run_for(500 * MS);
    assert_eq!(protection(&world, &id)["entryOrderId"], placed["orderId"]);
    assert_eq!(protection(&world, &id)["held"], json!(0.01));
    // What others hold beside it is not its business.
    long(&mut world, "0.02");
    until(&mut world, &id, "closed", 60 * SECOND);
    assert_eq!(position(&world), 20, "{}", protection(&world, &id));
    // One that rests is protected from its first fill on; one that never fills leaves nothing behind.
    let (bid, _) = top(&world);
    let rests = format!(
        r#"{{{PERP},"side":"buy","orderType":"limit","price":{},"qty":0.01,"stopLoss":{}}}"#,
        moved(bid, -20_000),
        moved(bid, -30_000)
    );
    let reply: Value = serde_json::from_str(&world.command("place_order", &rests, "r1").unwrap()).unwrap();
    world.run_for(2 * SECOND);
    assert_eq!(state(&world, "protect_002"), "waiting");
    let cancel = format!(r#"{{"orderId":{}}}"#, reply["orderId"]);
    world.command("cancel_order", &cancel, "x1").unwrap();
    world.run_for(2 * SECOND);
    let gone = protection(&world, "protect_002");
    assert_eq!((&gone["state"], &gone["reason"]), (&json!("cancelled"), &json!("its order filled nothing")));
    check(&world);
}

#[test]
fn the_quantity_follows_the_position_down_and_ends_with_it() {
    let mut world = ready(5);
    long(&mut world, "0.03");
    let (bid, _) = top(&world);
    let first = protect(&mut world, &format!(r#""stopLoss":{}"#, moved(bid, -800)));
    let part = protect(&mut world, &format!(r#""qty":0.01,"stopLoss":{}"#, moved(bid, -90_000)));
    place(&mut world, "sell", "0.015", r#","reduceOnly":true"#);
    world.run_for(300 * MS);
    assert_eq!(protection(&world, &part)["held"], json!(0.01));
    until(&mut world, &first, "closed", 60 * SECOND);
    assert_eq!(protection(&world, &first)["closedQty"], json!(0.015));
    until(&mut world, &part, "cancelled", SECOND);
    assert_eq!(protection(&world, &part)["reason"], "the position was closed otherwise");
    assert_eq!(position(&world), 0);
    assert!(nets(&world).iter().all(|net| *net >= 0), "{:?}", nets(&world));
    check(&world);
}

#[test]
fn several_at_one_level_close_the_position_once() {
    let mut world = ready(9);
    long(&mut world, "0.03");
    let (bid, _) = top(&world);
    let level = format!(r#""stopLoss":{}"#, moved(bid, -300));
    let ids: Vec<String> = (0..3).map(|_| protect(&mut world, &level)).collect();
    let tight = protect(&mut world, &format!(r#""trailingPct":0.005,"takeProfit":{}"#, moved(bid, 300)));
    for id in ids.iter().chain([&tight]) {
        while !["closed", "cancelled"].contains(&state(&world, id).as_str()) {
            world.run_for(100 * MS);
            assert!(world.now < 200 * SECOND);
        }
    }
    world.run_for(2 * SECOND);
    assert_eq!(position(&world), 0);
    assert!(nets(&world).iter().all(|net| *net >= 0), "{:?}", nets(&world));
    check(&world);
}

#[test]
fn a_large_position_is_closed_in_orders_that_the_limits_admit() {
    let mut world = ready(7);
    for _ in 0..4 {
        long(&mut world, "0.7");
    }
    let (bid, _) = top(&world);
    let id = protect(&mut world, &format!(r#""stopLoss":{}"#, moved(bid, -300)));
    until(&mut world, &id, "closed", 120 * SECOND);
    let done = protection(&world, &id);
    assert_eq!((position(&world), &done["closedQty"]), (0, &json!(2.8)), "{done}");
    assert!(done["orders"].as_array().unwrap().len() >= 4, "{done}");
    assert!(world.alerts("PROTECT_REFUSED").is_empty());
    check(&world);
}

#[test]
fn what_is_impossible_is_refused_with_its_field() {
    let mut world = ready(3);
    let (bid, ask) = top(&world);
    let at = |field: &str, bps: i64| format!(r#"{{{PERP},"{field}":{}}}"#, moved(bid, bps * 100));
    assert_eq!(refusal(&mut world, "set_protection", &at("stopLoss", -100)).0, "CONFLICT", "no position");
    long(&mut world, "0.02");
    let cases = [
        (at("stopLoss", 100), "stopLoss"),
        (at("takeProfit", -100), "takeProfit"),
        (format!(r#"{{{PERP},"stopLoss":{}}}"#, bid * 10 + 1), "stopLoss"),
        (format!(r#"{{{PERP},"stopLoss":0.05}}"#), "stopLoss"),
        (format!("{{{PERP}}}"), "stopLoss"),
        (format!(r#"{{{PERP},"trailingPct":51}}"#), "trailingPct"),
        (format!(r#"{{{PERP},"trailingPct":0}}"#), "trailingPct"),
        (format!(r#"{{{PERP},"trailingPct":1,"triggerBy":"moon"}}"#), "triggerBy"),
        (format!(r#"{{{PERP},"trailingPct":1,"qty":0.03}}"#), "qty"),
        (format!(r#"{{{PERP},"trailingPct":1,"qty":0.0001}}"#), "qty"),
        (format!(r#"{{{PERP},"trailingPct":1,"surprise":1}}"#), "surprise"),
    ];
    for (body, field) in &cases {
        let (code, details) = refusal(&mut world, "set_protection", body);
        assert_eq!(code, "VALIDATION_ERROR", "{body}");
        assert!(details.get(field).is_some(), "{body}: {details}");
    }
    let order = |more: &str| format!(r#"{{{PERP},"side":"buy","orderType":"market","qty":0.01,{more}}}"#);
    for more in [
        format!(r#""stopLoss":{}"#, moved(ask, 5_000)),
        format!(r#""takeProfit":{}"#, moved(ask, -5_000)),
        r#""trailingPct":1,"reduceOnly":true"#.to_owned(),
        r#""triggerBy":"bidAsk""#.to_owned(),
    ] {
        assert_eq!(refusal(&mut world, "place_order", &order(&more)).0, "VALIDATION_ERROR", "{more}");
    }
    assert!(world.view("protections", "{}").as_array().unwrap().is_empty());
    check(&world);
}

#[test]
fn levels_are_changed_and_removed_and_the_same_command_does_it_once() {
    let mut world = ready(7);
    long(&mut world, "0.02");
    let (bid, _) = top(&world);
    let body = format!(r#"{{{PERP},"stopLoss":{}}}"#, moved(bid, -90_000));
    let first = world.command("set_protection", &body, "s1").unwrap();
    assert_eq!(world.command("set_protection", &body, "s1").unwrap(), first);
    assert_eq!(world.view("protections", "{}").as_array().unwrap().len(), 1);
    let change =
        |stop: &str| format!(r#"{{"protectionId":"protect_001","stopLoss":{stop},"trailingPct":2}}"#);
    world.command("set_protection", &change(&moved(bid, -50_000)), "c1").unwrap();
    let changed = protection(&world, "protect_001");
    assert_eq!((&changed["state"], &changed["trailingPct"]), (&json!("armed"), &json!(2)));
    let wrong = change(&moved(bid, 50_000));
    assert_eq!(refusal(&mut world, "set_protection", &wrong).0, "VALIDATION_ERROR");
    world.restart();
    world.run_for(3 * SECOND);
    assert_eq!(state(&world, "protect_001"), "armed", "it survives a restart");
    world.command("remove_protection", r#"{"protectionId":"protect_001"}"#, "d1").unwrap();
    assert_eq!(state(&world, "protect_001"), "removed");
    let again = refusal(&mut world, "remove_protection", r#"{"protectionId":"protect_001"}"#);
    assert_eq!(again.0, "CONFLICT");
    assert_eq!(refusal(&mut world, "remove_protection", r#"{"protectionId":"protect_9"}"#).0, "NOT_FOUND");
    world.run_for(5 * SECOND);
    assert_eq!(position(&world), 20);
    check(&world);
}

#[test]
fn a_resting_order_that_holds_the_quantity_gives_way() {
    let mut world = ready(7);
    long(&mut world, "0.02");
    let (bid, ask) = top(&world);
    let rests = format!(
        r#"{{{PERP},"side":"sell","orderType":"limit","price":{},"qty":0.02,"reduceOnly":true}}"#,
        moved(ask, 20_000)
    );
    world.command("place_order", &rests, "r1").unwrap();
    let id = protect(&mut world, &format!(r#""stopLoss":{}"#, moved(bid, -500)));
    until(&mut world, &id, "closed", 60 * SECOND);
    assert_eq!(position(&world), 0);
    assert!(nets(&world).iter().all(|net| *net >= 0));
    assert!(world.view("open_orders", "{}").as_array().unwrap().is_empty());
    check(&world);
}
