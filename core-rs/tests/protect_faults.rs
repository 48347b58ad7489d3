//! Protections under kills, lost answers, silence and latches. The venues' books of record are the oracle.

#![allow(clippy::unwrap_used, clippy::panic)] // a test that can not go on stops

mod common;

use common::protect::{check, long, moved, nets, position, protect, protection, ready, state, top, until};
use common::{MS, SECOND, World};

#[test]
fn a_kill_between_trigger_and_close_neither_loses_nor_doubles_the_order() {
    let levels = |bid: i64| format!(r#""stopLoss":{}"#, moved(bid, -500));
    for crash in 0..6 {
        let mut world = ready(13);
        long(&mut world, "0.02");
        let (bid, _) = top(&world);
        let id = protect(&mut world, &levels(bid));
        while state(&world, &id) == "armed" {
            world.run_for(MS);
        }
        // The step that triggers journals TRIGGER and INTENT before the send: die at each record from there on.
        let mut again = ready(13);
        long(&mut again, "0.02");
        protect(&mut again, &levels(bid));
        let trigger = trigger_record(&world);
        again.crash_at = Some(trigger + crash);
        again.run_for(60 * SECOND);
        assert!(again.crashed, "{crash}");
        again.crash_at = None;
        again.now += SECOND;
        again.restart();
        until(&mut again, &id, "closed", 60 * SECOND);
        again.run_for(3 * SECOND);
        assert_eq!(position(&again), 0, "{crash}: {}", protection(&again, &id));
        assert!(nets(&again).iter().all(|net| *net >= 0), "{crash}: {:?}", nets(&again));
        check(&again);
    }
}

/// Number of the first record of a protection's trigger.
fn trigger_record(world: &World) -> u64 {
    let start = |at: usize| if at == 0 { 0 } else { world.ends[at - 1] };
    let found = (0..world.ends.len()).find(|at| world.journal[start(*at) + 24] == 63);
    found.unwrap() as u64 + 1
}

#[test]
fn an_order_of_unknown_fate_is_not_doubled() {
    let mut world = ready(17);
    long(&mut world, "0.02");
    let (bid, _) = top(&world);
    let id = protect(&mut world, &format!(r#""stopLoss":{}"#, moved(bid, -500)));
    while state(&world, &id) == "armed" {
        world.run_for(MS / 4);
    }
    world.lose_answers = true;
    world.run_for(2 * SECOND);
    let orders = protection(&world, &id)["orders"].as_array().unwrap().len();
    assert_eq!(orders, 1, "nothing more while its fate is open");
    world.lose_answers = false;
    until(&mut world, &id, "closed", 90 * SECOND);
    assert_eq!(position(&world), 0);
    check(&world);
    // One that never arrived is proved absent, and another closes.
    let mut world = ready(17);
    long(&mut world, "0.02");
    let (bid, _) = top(&world);
    let id = protect(&mut world, &format!(r#""stopLoss":{}"#, moved(bid, -500)));
    world.lose_request.insert(10);
    until(&mut world, &id, "closed", 90 * SECOND);
    assert_eq!(protection(&world, &id)["orders"].as_array().unwrap().len(), 2);
    assert_eq!(position(&world), 0);
    check(&world);
}

#[test]
fn reduce_only_lets_it_close_and_halt_keeps_it_silent_and_told() {
    let mut world = ready(7);
    long(&mut world, "0.02");
    let (bid, _) = top(&world);
    let id = protect(&mut world, &format!(r#""stopLoss":{}"#, moved(bid, -500)));
    world.command("kill", r#"{"reason":"test"}"#, "k1").unwrap();
    until(&mut world, &id, "closed", 60 * SECOND);
    assert_eq!(position(&world), 0);
    assert!(world.alerts("GATEWAY_REFUSED").is_empty());
    world.command("reset", "{}", "k2").unwrap();
    long(&mut world, "0.02");
    let (bid, _) = top(&world);
    let id = protect(&mut world, &format!(r#""stopLoss":{}"#, moved(bid, -500)));
    world.command("kill", r#"{"reason":"test","mode":"halt"}"#, "k3").unwrap();
    let sent = world.sent.len();
    until(&mut world, &id, "triggered", 60 * SECOND);
    world.run_for(12 * SECOND);
    assert_eq!((world.sent.len(), position(&world)), (sent, 20));
    assert!(world.alerts("PROTECT_OPEN").len() >= 2, "{:?}", world.alerts("PROTECT"));
    world.restart();
    world.run_for(5 * SECOND);
    assert_eq!(world.sent.len(), sent, "a halt survives a restart");
    world.command("reset", "{}", "k4").unwrap();
    until(&mut world, &id, "closed", 10 * SECOND);
    assert_eq!(position(&world), 0);
    check(&world);
}

#[test]
fn a_silent_book_triggers_nothing() {
    let mut world = ready(7);
    long(&mut world, "0.02");
    let (bid, _) = top(&world);
    let id = protect(&mut world, &format!(r#""stopLoss":{}"#, moved(bid, -500)));
    world.silent.insert(12);
    world.run_for(30 * SECOND);
    assert_eq!(state(&world, &id), "armed", "{}", protection(&world, &id));
    world.silent.clear();
    until(&mut world, &id, "closed", 60 * SECOND);
    check(&world);
}

#[test]
fn levels_set_without_a_price_wait_for_the_first() {
    let mut world = ready(7);
    long(&mut world, "0.02");
    let (bid, _) = top(&world);
    world.restart();
    let safe = protect(&mut world, &format!(r#""stopLoss":{}"#, moved(bid, -90_000)));
    let wrong = protect(&mut world, &format!(r#""stopLoss":{}"#, moved(bid, 90_000)));
    assert_eq!((state(&world, &safe), state(&world, &wrong)), ("waiting".into(), "waiting".into()));
    world.run_for(3 * SECOND);
    assert_eq!((state(&world, &safe), state(&world, &wrong)), ("armed".into(), "cancelled".into()));
    assert!(!world.alerts("PROTECT_REFUSED").is_empty());
    assert_eq!(position(&world), 20, "a mistake closes nothing");
    check(&world);
}
