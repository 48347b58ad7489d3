//! Stops that the venue keeps behind a protection: they are there while nobody here is alive, and go when they are not wanted.
//! The venue's book of record is the oracle.

#![allow(clippy::unwrap_used, clippy::panic)] // a test that can not go on stops

mod common;

use common::protect::{
    PERP, check, long, moved, nets, place, position, protect, protection, ready, refusal, state, top, until,
};
use common::{MS, SECOND, World};
use serde_json::{Value, json};
use tidegate_core::units::Money;

/// Every price that the venue was given for the position's stop; 0 is none.
fn stops(world: &World) -> Vec<Money> {
    let lines = world.record.iter().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let stops = lines.filter(|line| line["kind"] == "stop");
    stops.map(|line| Money::parse(line["price"].as_str().unwrap().as_bytes()).unwrap()).collect()
}

fn stop_at_venue(world: &World) -> Option<Money> {
    stops(world).last().copied().filter(|px| *px > Money::ZERO)
}

fn told(world: &World, id: &str) -> Option<Money> {
    let stop = protection(world, id)["venueStop"].clone();
    (!stop.is_null()).then(|| Money::parse(stop.to_string().as_bytes()).unwrap())
}

/// A long position with a stop far below that the venue backs half a percent behind.
fn backed(seed: u64) -> (World, String) {
    let mut world = ready(seed);
    long(&mut world, "0.02");
    let (bid, _) = top(&world);
    let id = protect(&mut world, &format!(r#""stopLoss":{},"venueStopPct":0.5"#, moved(bid, -90_000)));
    world.run_for(3 * SECOND);
    (world, id)
}

#[test]
fn the_venue_keeps_a_stop_behind_ours_until_the_protection_is_taken_away() {
    let (mut world, id) = backed(7);
    let (held, shown) = (stop_at_venue(&world).unwrap(), protection(&world, &id));
    let stop = Money::parse(shown["stopLoss"].to_string().as_bytes()).unwrap();
    assert!(held < stop && held.0 > stop.0 * 994 / 1000, "{held:?} behind {stop:?}");
    assert_eq!((told(&world, &id), &shown["venueStopPct"]), (Some(held), &json!(0.5)));
    // Its order stands in the venue's list of open orders, and is nobody's: it opens nothing.
    world.run_for(60 * SECOND);
    assert!(world.alerts("EXTERNAL_ORDER").is_empty(), "{:?}", world.alerts("EXTERNAL_ORDER"));
    assert_eq!(stops(&world).len(), 1, "asked once");
    world.command("remove_protection", &format!(r#"{{"protectionId":"{id}"}}"#), "d1").unwrap();
    world.run_for(3 * SECOND);
    assert_eq!((stop_at_venue(&world), told(&world, &id)), (None, None));
    assert_eq!(position(&world), 20);
    check(&world);
}

#[test]
fn it_closes_the_position_while_no_process_lives_and_the_next_one_knows() {
    let mut world = ready(7);
    long(&mut world, "0.02");
    let (bid, _) = top(&world);
    let id = protect(&mut world, &format!(r#""stopLoss":{},"venueStopPct":0.02"#, moved(bid, -4_000)));
    world.run_for(3 * SECOND);
    assert!(stop_at_venue(&world).is_some(), "{} {:?}", protection(&world, &id), world.alerts(""));
    let sent = world.sent.len();
    // Nobody of us is there, while the venue goes on.
    world.gone.extend([0, 1]);
    for link in [world.links_to(0, ""), world.links_to(1, "")].concat() {
        world.cut(link);
    }
    world.run_for(3_000 * SECOND);
    assert_eq!(position(&world), 0, "the venue closed it");
    world.gone.clear();
    world.restart();
    world.run_for(5 * SECOND);
    let done = protection(&world, &id);
    assert!(done["endedTs"].is_number() && done["orders"] == json!([]), "{done}");
    assert_eq!(told(&world, &id), None);
    world.run_for(60 * SECOND);
    assert_eq!(world.sent.len(), sent, "nothing more was ordered");
    assert!(nets(&world).iter().all(|net| *net >= 0), "{:?}", nets(&world));
    assert_eq!(world.view("risk_metrics", "{}")["halts"], json!([]), "it was asked for");
    check(&world);
}

#[test]
fn answers_that_never_come_are_asked_for_again_and_a_restart_takes_up_what_was_left() {
    let mut world = ready(7);
    long(&mut world, "0.02");
    let (bid, _) = top(&world);
    world.lose_answers = true;
    let id = protect(&mut world, &format!(r#""stopLoss":{},"venueStopPct":0.5"#, moved(bid, -90_000)));
    world.run_for(20 * SECOND);
    assert!(stop_at_venue(&world).is_some());
    assert_eq!(told(&world, &id), None, "not confirmed");
    assert!(!world.alerts("VENUE_STOP_MISSING").is_empty());
    world.lose_answers = false;
    world.run_for(10 * SECOND);
    assert_eq!(told(&world, &id), stop_at_venue(&world));
    // Taken away while the answers are lost again, and killed: the next process still takes it away.
    world.lose_answers = true;
    world.command("remove_protection", &format!(r#"{{"protectionId":"{id}"}}"#), "d1").unwrap();
    world.restart();
    world.lose_answers = false;
    world.run_for(6 * SECOND);
    assert_eq!(stop_at_venue(&world), None);
    assert_eq!(position(&world), 20);
    check(&world);
}

#[test]
fn it_follows_a_trail_and_never_gets_in_the_way_of_our_own_close() {
    let mut world = ready(11);
    place(&mut world, "sell", "0.02", "");
    world.run_for(SECOND);
    let id = protect(&mut world, r#""trailingPct":0.2,"venueStopPct":0.1"#);
    let mut tightest = f64::MAX;
    while state(&world, &id) == "armed" {
        let stop = protection(&world, &id)["stopNow"].as_f64().unwrap();
        tightest = tightest.min(stop);
        if let Some(held) = stop_at_venue(&world) {
            assert!(held.0 as f64 / 1e18 >= tightest, "{held:?} never before our own {tightest}");
        }
        world.run_for(50 * MS);
    }
    until(&mut world, &id, "closed", 20 * SECOND);
    world.run_for(3 * SECOND);
    assert_eq!((position(&world), told(&world, &id)), (0, None));
    assert!(nets(&world).iter().all(|net| *net <= 0), "{:?}", nets(&world));
    let all = stops(&world);
    assert!(all.windows(2).all(|two| two[1] < two[0]), "a short one's stop only falls: {all:?}");
    check(&world);
}

#[test]
fn a_halt_sets_none() {
    let (mut world, id) = backed(5);
    let ours = stop_at_venue(&world).unwrap();
    world.command("kill", r#"{"reason":"test","mode":"halt"}"#, "k1").unwrap();
    long_asked(&mut world, &id);
    assert_eq!(stop_at_venue(&world), Some(ours), "nothing is set under HALT");
    world.command("reset", "{}", "k2").unwrap();
    world.run_for(4 * SECOND);
    let later = stop_at_venue(&world).unwrap();
    assert!(later < ours, "{later:?} {ours:?}");
    check(&world);
}

/// The stop moves down, so that the venue's should follow.
fn long_asked(world: &mut World, id: &str) {
    let (bid, _) = top(world);
    let body = format!(r#"{{"protectionId":"{id}","stopLoss":{},"venueStopPct":0.5}}"#, moved(bid, -150_000));
    world.command("set_protection", &body, "c1").unwrap();
    world.run_for(4 * SECOND);
}

#[test]
fn where_no_venue_keeps_one_it_is_refused_with_its_field() {
    let mut world = ready(3);
    long(&mut world, "0.02");
    let (bid, _) = top(&world);
    let spot = r#""exchange":"binance","symbol":"BTCUSDT","type":"spot""#;
    let cases = [
        format!(r#"{{{PERP},"takeProfit":{},"venueStopPct":1}}"#, moved(bid, 90_000)),
        format!(r#"{{{PERP},"stopLoss":{},"venueStopPct":0}}"#, moved(bid, -90_000)),
        format!(r#"{{{PERP},"stopLoss":{},"venueStopPct":51}}"#, moved(bid, -90_000)),
    ];
    for body in &cases {
        let (code, details) = refusal(&mut world, "set_protection", body);
        assert_eq!(code, "VALIDATION_ERROR", "{body}");
        assert!(details.get("venueStopPct").is_some(), "{body}: {details}");
    }
    let order = format!(
        r#"{{{spot},"side":"buy","orderType":"market","qty":0.01,"trailingPct":1,"venueStopPct":1}}"#
    );
    let (code, details) = refusal(&mut world, "place_order", &order);
    assert!(details.get("venueStopPct").is_some(), "{code} {details}");
    check(&world);
}
