//! TWAPs against simulated venues, through wire bytes: schedule, pause, cancel, restart, lost answers. The venues'
//! books of record are the oracle.

#![allow(clippy::unwrap_used, clippy::panic)] // a test that can not go on stops

#[allow(unused_imports)] // other tests use the rest
mod common;

use common::{MS, SECOND, World};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use tidegate_core::engine::Engine;
use tidegate_core::units::{ClientId, Money};

const SPOT: &str = r#"{"exchange":"binance","symbol":"BTCUSDT","side":"buy"}"#;
const PERP: &str = r#"{"exchange":"bybit","symbol":"BTCUSDT","side":"sell","type":"linear"}"#;

fn body(total: &str, slice: &str, legs: &str, more: &str) -> String {
    format!(
        r#"{{"name":"test","totalQty":"{total}","sliceQty":"{slice}","intervalMs":1000,"legs":[{legs}]{more}}}"#
    )
}

fn money(value: &Value) -> Money {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    Money::parse(text.as_bytes()).unwrap()
}

fn m(text: &str) -> Money {
    Money::parse(text.as_bytes()).unwrap()
}

/// Filled base quantity of our orders at the venues, by order and side.
fn filled(world: &World) -> BTreeMap<(String, String), i128> {
    let mut filled = BTreeMap::new();
    for line in &world.record {
        let value: Value = serde_json::from_str(line).unwrap();
        let order = value["clientOrderId"].as_str().unwrap_or_default();
        if value["kind"] == "fill" && order.starts_with("TGA7") {
            let key = (order.to_owned(), value["side"].as_str().unwrap().to_owned());
            *filled.entry(key).or_insert(0) += money(&value["qty"]).0;
        }
    }
    filled
}

/// Sum of all fills of a side, at the venues.
fn traded(world: &World, side: &str) -> Money {
    Money(filled(world).iter().filter(|((_, of), _)| of == side).map(|(_, qty)| qty).sum())
}

fn status(world: &World, id: &str) -> Value {
    world.view("twap_status", &format!("{{\"planId\":\"{id}\"}}"))
}

fn control(world: &mut World, id: &str, action: &str) {
    let body = format!("{{\"planId\":\"{id}\",\"action\":\"{action}\"}}");
    world.command("control_twap", &body, &format!("{id}-{action}-{}", world.now)).unwrap();
}

fn check_ids(world: &World) {
    let unique: BTreeSet<&String> = world.sent.iter().collect();
    assert_eq!(unique.len(), world.sent.len(), "an order went out twice");
    let mut copy = Engine::new(common::config("").as_bytes()).unwrap();
    assert_eq!(copy.replay(&world.journal).unwrap(), world.journal.len());
    assert_eq!(copy.state_hash(), world.engine.state_hash());
}

fn ready(seed: u64) -> World {
    let mut world = World::new(seed, "");
    world.run_for(2 * SECOND);
    world
}

#[test]
fn one_leg_is_bought_slice_by_slice_on_schedule() {
    let mut world = ready(7);
    let wanted = body("0.1", "0.01", SPOT, r#","randomizePct":30"#);
    let reply = world.command("create_twap", &wanted, "c1").unwrap();
    assert_eq!(reply, r#"{"planId":"twap_001"}"#);
    let again = world.command("create_twap", &wanted, "c1").unwrap();
    assert_eq!(again, reply, "the same command id makes one plan");
    world.run_for(5 * SECOND);
    let half = status(&world, "twap_001");
    assert_eq!(half["state"], "running");
    let executed = money(&half["progress"]["executed"]);
    assert!(m("0.03") <= executed && executed <= m("0.07"), "{half}");
    world.run_for(7 * SECOND);
    let done = status(&world, "twap_001");
    assert_eq!(done["state"], "completed", "{done} {:?}", world.alerts("TWAP"));
    assert_eq!(money(&done["progress"]["executed"]), m("0.1"));
    assert_eq!((&done["progress"]["slicesDone"], &done["progress"]["slicesTotal"]), (&10.into(), &10.into()));
    assert_eq!(traded(&world, "buy"), m("0.1"));
    assert!(money(&done["avgPrice"]).0 > 0 && money(&done["timeWeightedMid"]).0 > 0);
    assert!(world.events.iter().any(|e| e.starts_with("twap ") && e.contains("twap_progress")));
    let rows = world.engine.take_rows(10_000);
    let row = rows.iter().rfind(|row| row.table.name() == "twap_plans").unwrap();
    assert_eq!(serde_json::from_slice::<Value>(&row.doc).unwrap()["state"], "completed");
    check_ids(&world);
}

#[test]
fn two_legs_stay_together() {
    let mut world = ready(11);
    let legs = format!("{SPOT},{PERP}");
    world.command("create_twap", &body("0.05", "0.01", &legs, ""), "c1").unwrap();
    world.run_for(10 * SECOND);
    let done = status(&world, "twap_001");
    assert_eq!(done["state"], "completed", "{done}");
    assert_eq!(money(&done["residual"]), Money::ZERO);
    assert_eq!((traded(&world, "buy"), traded(&world, "sell")), (m("0.05"), m("0.05")));
    check_ids(&world);
}

#[test]
fn a_paused_plan_opens_nothing_and_goes_on_where_it_was() {
    let mut world = ready(5);
    let made = body("0.06", "0.01", SPOT, r#","autoStart":false"#);
    world.command("create_twap", &made, "c1").unwrap();
    world.run_for(3 * SECOND);
    assert_eq!(status(&world, "twap_001")["state"], "created");
    assert!(world.sent.is_empty());
    control(&mut world, "twap_001", "start");
    world.run_for(2_500 * MS);
    control(&mut world, "twap_001", "pause");
    world.run_for(500 * MS);
    let before = traded(&world, "buy");
    assert_eq!(before, m("0.03"));
    world.run_for(20 * SECOND);
    assert_eq!((traded(&world, "buy"), &status(&world, "twap_001")["state"]), (before, &"paused".into()));
    let update = made.replace("\"totalQty\":\"0.06\"", "\"planId\":\"twap_001\",\"totalQty\":\"0.05\"");
    world.command("update_twap", &update, "u1").unwrap();
    control(&mut world, "twap_001", "resume");
    world.run_for(700 * MS);
    assert_eq!(traded(&world, "buy"), m("0.04"), "a pause is no lag");
    world.run_for(5 * SECOND);
    assert_eq!(status(&world, "twap_001")["state"], "completed");
    assert_eq!(traded(&world, "buy"), m("0.05"));
    let refused = world.command("control_twap", r#"{"planId":"twap_001","action":"pause"}"#, "p9");
    assert_eq!(refused.unwrap_err().code.name(), "CONFLICT");
    world.command("delete_twap", r#"{"planId":"twap_001"}"#, "d1").unwrap();
    assert!(world.engine.view("twap", br#"{"planId":"twap_001"}"#).is_err());
    check_ids(&world);
}

#[test]
fn a_cancelled_plan_opens_nothing_more() {
    let mut world = ready(5);
    world.command("create_twap", &body("0.1", "0.01", &format!("{SPOT},{PERP}"), ""), "c1").unwrap();
    world.run_for(3_200 * MS);
    control(&mut world, "twap_001", "cancel");
    world.run_for(SECOND);
    let sent = world.sent.len();
    world.run_for(10 * SECOND);
    let done = status(&world, "twap_001");
    assert_eq!((&done["state"], world.sent.len()), (&"cancelled".into(), sent));
    assert_eq!(money(&done["residual"]), Money::ZERO);
    assert!(traded(&world, "buy") < m("0.1"));
    check_ids(&world);
}

#[test]
fn a_restart_in_the_middle_doubles_nothing_and_catches_up_gently() {
    for crash in [0, 1, 2, 3, 5] {
        let mut world = ready(13);
        world.command("create_twap", &body("0.1", "0.01", &format!("{SPOT},{PERP}"), ""), "c1").unwrap();
        world.run_for(3_100 * MS);
        world.crash_at = Some(world.engine.seq() + 1 + crash);
        world.run_for(5 * SECOND);
        assert!(world.crashed);
        world.crash_at = None;
        world.now += 4 * SECOND;
        world.restart();
        let from = traded(&world, "buy");
        world.run_for(6 * SECOND);
        let caught = Money(traded(&world, "buy").0 - from.0);
        assert!(caught <= m("0.14"), "two slices a second at most: {caught:?}");
        world.run_for(30 * SECOND);
        let done = status(&world, "twap_001");
        assert_eq!(done["state"], "completed", "{crash}: {done}");
        assert_eq!((traded(&world, "buy"), traded(&world, "sell")), (m("0.1"), m("0.1")), "{crash}");
        let slots: BTreeSet<u32> =
            world.sent.iter().map(|id| ClientId::parse(id.as_bytes()).unwrap().epoch()).collect();
        assert_eq!(slots.len(), 1, "children carry their plan's epoch");
        check_ids(&world);
    }
}

#[test]
fn an_order_of_unknown_fate_keeps_its_quantity() {
    for legs in [SPOT.to_owned(), format!("{SPOT},{PERP}")] {
        let mut world = ready(17);
        world.command("create_twap", &body("0.04", "0.01", &legs, ""), "c1").unwrap();
        world.run_for(1_100 * MS);
        world.lose_answers = true;
        world.run_for(900 * MS);
        let open = traded(&world, "buy");
        assert!(open <= m("0.04"));
        world.lose_answers = false;
        world.run_for(90 * SECOND);
        let done = status(&world, "twap_001");
        assert_eq!(done["state"], "completed", "{done}");
        assert_eq!(traded(&world, "buy"), m("0.04"));
        check_ids(&world);
    }
}

#[test]
fn what_can_not_be_traded_is_refused_with_its_field() {
    let mut world = ready(3);
    let cases = [
        (body("0.1", "0.01", "", ""), "legs"),
        (body("0.1", "0.2", SPOT, ""), "sliceQty"),
        (body("0.1", "0.0000001", SPOT, ""), "sliceQty"),
        (body("0.1", "0.00001", SPOT, ""), "sliceQty"),
        (body("0.1005", "0.01", PERP, ""), "totalQty"),
        (body("0.1", "0.01", SPOT, r#","randomizePct":51"#), "randomizePct"),
        (body("0.1", "0.01", SPOT, r#","maxParticipationPct":0"#), "maxParticipationPct"),
        (body("0.1", "0.01", &format!("{SPOT},{SPOT}"), ""), "legs.1.symbol"),
        (body("0.1", "0.01", SPOT, r#","surprise":1"#), "surprise"),
        (body("0.1", "0.01", &SPOT.replace("BTCUSDT", "NOSUCH"), ""), "legs.0.symbol"),
    ];
    for (at, (body, field)) in cases.iter().enumerate() {
        let refusal = world.command("create_twap", body, &format!("r{at}")).unwrap_err();
        assert_eq!(refusal.code.name(), "VALIDATION_ERROR", "{body}");
        let details: Value = serde_json::from_slice(&refusal.details).unwrap();
        assert!(details.get(field).is_some(), "{body}: {details}");
    }
    assert!(world.view("twap_plans", "{}").as_array().unwrap().is_empty());
}

#[test]
fn a_price_limit_a_kill_and_a_refusal_hold_slices_back() {
    let mut world = ready(3);
    let capped = SPOT.replace("\"side\"", "\"price\":\"100\",\"side\"");
    world.command("create_twap", &body("0.05", "0.01", &capped, ""), "c1").unwrap();
    world.run_for(3 * SECOND);
    assert!(world.sent.is_empty(), "no slice beyond the leg's own price");
    control(&mut world, "twap_001", "cancel");
    world.command("create_twap", &body("4", "2", SPOT, ""), "c2").unwrap();
    world.run_for(3 * SECOND);
    assert!(!world.alerts("TWAP_REFUSED").is_empty(), "the gate sees every slice");
    assert!(world.sent.is_empty());
    control(&mut world, "twap_002", "cancel");
    world.command("kill", r#"{"reason":"test"}"#, "k1").unwrap();
    world.command("create_twap", &body("0.05", "0.01", SPOT, ""), "c3").unwrap();
    world.run_for(3 * SECOND);
    assert!(world.sent.is_empty());
    world.command("reset", "{}", "k2").unwrap();
    world.run_for(20 * SECOND);
    assert_eq!(status(&world, "twap_003")["state"], "completed");
    check_ids(&world);
}
