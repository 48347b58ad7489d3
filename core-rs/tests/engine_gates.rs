//! Latches, breakers and the trading day: what stops the engine, through wire bytes and restarts.
#![allow(clippy::unwrap_used, clippy::panic)] // a test stops

mod common;

use common::{MS, SECOND, World, btc_pair, config};
use serde_json::Value;

const EXECUTE: &str = r#"{"id":"binance_bybit_btc"}"#;

/// Kind and payload of every record, in order.
fn records(world: &World) -> Vec<(u8, Value)> {
    let mut from = 0;
    let mut found = Vec::new();
    for end in &world.ends {
        let record = &world.journal[from..*end];
        found.push((record[24], serde_json::from_slice(&record[33..]).unwrap()));
        from = *end;
    }
    found
}

fn events(world: &World, name: &str) -> Vec<Value> {
    let needle = format!("alerts {{\"event\":\"{name}\"");
    let found = world.events.iter().filter(|event| event.starts_with(&needle));
    found.map(|event| serde_json::from_str(event.strip_prefix("alerts ").unwrap()).unwrap()).collect()
}

fn set(world: &mut World, name: &str, value: &str) {
    let body = format!(r#"{{"limits":[{{"name":"{name}","scope":"total","value":{value}}}]}}"#);
    world.command("set_limits", &body, "").unwrap();
}

fn breaker(world: &World, id: &str) -> Value {
    let now = world.moment();
    let query = format!(r#"{{"monoNs":{},"wallNs":{}}}"#, now.mono, now.wall);
    let metrics = world.view("risk_metrics", &query);
    let rows = metrics["breakers"].as_array().unwrap();
    rows.iter().find(|row| row["breaker"] == id).unwrap_or_else(|| panic!("{id} in {metrics}")).clone()
}

fn refused(world: &mut World, id: &str) -> Value {
    let refusal = world.command("execute_pair", EXECUTE, "").unwrap_err();
    assert_eq!(refusal.code.name(), "RISK_REJECTED", "{refusal}");
    let details: Value = serde_json::from_slice(&refusal.details).unwrap();
    assert_eq!(details["breaker"], id, "{details}");
    details
}

/// No intent that opens stands between a kill and its reset, whatever process wrote it.
fn check_latched(world: &World) -> usize {
    let mut latch = "open".to_owned();
    let mut shut = 0;
    for (kind, payload) in records(world) {
        match kind {
            13 => payload["mode"].as_str().unwrap().clone_into(&mut latch),
            3 if latch != "open" && payload["adopted"] != true => {
                let order = payload["order"].as_str().unwrap();
                let hedges = payload["plan"].is_string() && !order.ends_with('0');
                assert!(latch == "reduce_only" && hedges && !payload["px"].is_null(), "{payload}");
            }
            _ => shut += usize::from(latch != "open"),
        }
    }
    shut
}

#[test]
fn after_a_kill_nothing_opens_from_the_next_event_on_also_after_restarts() {
    for mode in ["reduce_only", "halt"] {
        // Killed at many moments, among them between the two answers of a plan.
        for step in 0..24 {
            let mut world = World::new(7, &btc_pair("0.02"));
            while world.sent.len() < 2 && world.now < 30 * SECOND {
                world.run_for(MS / 4);
            }
            world.run_for(step * MS / 4 + (step / 12) * SECOND);
            let body = format!(r#"{{"reason":"test","mode":"{mode}"}}"#);
            world.command("kill", &body, &format!("k{step}")).unwrap();
            world.run_for(3 * SECOND);
            world.restart();
            world.run_for(4 * SECOND);
            assert!(check_latched(&world) > 0);
            assert_eq!(world.view("health", "{}")["latch"], mode);
            let asked = world.command("execute_pair", EXECUTE, "");
            let refused = asked.is_err_and(|refusal| refusal.code.name() == "RISK_REJECTED");
            // What takes both positions down is let through by REDUCE_ONLY alone.
            assert!(refused || mode == "reduce_only");
        }
    }
}

#[test]
fn only_a_reset_with_an_actor_opens_the_latch() {
    let mut world = World::new(7, &btc_pair("5"));
    world.run_for(3 * SECOND);
    world.command("kill", r#"{"reason":"test"}"#, "k").unwrap();
    assert_eq!(world.view("health", "{}")["latch"], "reduce_only");
    let mut reply = Ok(Vec::new());
    let command =
        tidegate_core::engine::Command { name: "reset", body: b"{}", actor: "", id: "r0", reply: &mut reply };
    world.input(tidegate_core::engine::Input::Command(command));
    assert_eq!(reply.unwrap_err().code.name(), "VALIDATION_ERROR");
    // A softer kill does not soften a halt.
    world.command("kill", r#"{"reason":"x","mode":"halt"}"#, "k2").unwrap();
    world.command("kill", r#"{"reason":"y","mode":"reduce_only"}"#, "k3").unwrap();
    assert_eq!(world.view("health", "{}")["latch"], "halt");
    world.command("reset", "{}", "r1").unwrap();
    assert_eq!(world.view("health", "{}")["latch"], "open");
    let reset = records(&world).into_iter().rfind(|(kind, _)| *kind == 13).unwrap().1;
    assert_eq!((reset["mode"].as_str(), reset["actor"].as_str()), (Some("open"), Some("test")));
    world.command("execute_pair", EXECUTE, "").unwrap();
}

#[test]
fn a_price_deviation_pauses_the_pair_until_a_try_goes_well() {
    let mut world = World::new(7, &btc_pair("5"));
    world.run_for(3 * SECOND);
    assert_eq!(breaker(&world, "price_deviation")["state"], "CLOSED");
    set(&mut world, "breaker_price_deviation_bps", "0");
    refused(&mut world, "price_deviation");
    let row = breaker(&world, "price_deviation");
    assert_eq!((row["state"].as_str(), row["pairId"].as_str()), (Some("OPEN"), Some("binance_bybit_btc")));
    let opened = events(&world, "breaker_open");
    assert_eq!(opened.len(), 1);
    assert_eq!(opened[0]["data"]["scope"], "pair:binance_bybit_btc");
    assert_eq!(world.alerts("BREAKER_OPEN").len(), 1);
    set(&mut world, "breaker_price_deviation_bps", "1000");
    world.run_for(59 * SECOND);
    refused(&mut world, "price_deviation");
    world.run_for(2 * SECOND);
    assert_eq!(breaker(&world, "price_deviation")["state"], "HALF_OPEN");
    world.command("execute_pair", EXECUTE, "").unwrap();
    assert_eq!(breaker(&world, "price_deviation")["state"], "CLOSED");
    assert_eq!(events(&world, "breaker_closed").len(), 1);
}

#[test]
fn a_breaker_stays_open_over_restarts_for_what_is_left_of_its_pause_or_until_a_reset() {
    let open = || {
        let mut world = World::new(7, &btc_pair("5"));
        world.run_for(3 * SECOND);
        set(&mut world, "breaker_price_deviation_bps", "0");
        refused(&mut world, "price_deviation");
        set(&mut world, "breaker_price_deviation_bps", "1000");
        world.run_for(20 * SECOND);
        world.restart();
        world.run_for(5 * SECOND);
        refused(&mut world, "price_deviation");
        world
    };
    let mut world = open();
    let row = breaker(&world, "price_deviation");
    assert_eq!((row["state"].as_str(), row["pairId"].as_str()), (Some("OPEN"), Some("binance_bybit_btc")));
    world.run_for(36 * SECOND);
    assert_eq!(
        breaker(&world, "price_deviation")["state"],
        "HALF_OPEN",
        "the pause began before the restart"
    );
    world.restart();
    world.run_for(5 * SECOND);
    assert_eq!(breaker(&world, "price_deviation")["state"], "HALF_OPEN");
    world.command("execute_pair", EXECUTE, "").unwrap();
    for _ in 0..2 {
        assert_eq!(
            breaker(&world, "price_deviation")["state"],
            "CLOSED",
            "a try that went well is remembered"
        );
        world.restart();
        world.run_for(5 * SECOND);
    }
    let mut world = open();
    world.command("reset", "{}", "r").unwrap();
    world.restart();
    world.run_for(5 * SECOND);
    assert_eq!(breaker(&world, "price_deviation")["state"], "CLOSED");
    world.command("execute_pair", EXECUTE, "").unwrap();
}

#[test]
fn a_cancel_leaves_at_once_when_orders_have_used_up_the_rate() {
    let mut world = World::new(7, &btc_pair("5"));
    world.run_for(3 * SECOND);
    set(&mut world, "order_rate_max", "5");
    let book = world.view("book", r#"{"instrument":"bybit:linear:BTCUSDT","depth":1}"#);
    let bid: f64 = book["bids"][0][0].as_str().unwrap().parse().unwrap();
    let body = format!(
        r#"{{"exchange":"bybit","symbol":"BTCUSDT","type":"linear","side":"buy","orderType":"limit","qty":0.01,"price":{}}}"#,
        (bid * 0.98) as u64
    );
    let mut orders = Vec::new();
    let refusal = loop {
        match world.command("place_order", &body, "") {
            Ok(reply) => orders.push(serde_json::from_str::<Value>(&reply).unwrap()["orderId"].clone()),
            Err(refusal) => break refusal,
        }
    };
    let details: Value = serde_json::from_slice(&refusal.details).unwrap();
    assert_eq!((details["check"].as_str(), orders.len()), (Some("ORDER_RATE"), 4), "{refusal}");
    world.run_for(5 * MS);
    let cancels = |world: &World| world.sent_cancels.len();
    for order in &orders {
        world.command("cancel_order", &format!("{{\"orderId\":{order}}}"), "").unwrap();
    }
    world.run_for(MS);
    assert_eq!(cancels(&world), orders.len());
}

#[test]
fn orders_and_notional_a_minute_are_bounded_before_they_leave() {
    for (name, id, bound) in [
        ("breaker_orders_per_minute", "order_rate", "4"),
        ("breaker_notional_per_minute", "notional_rate", "2900"),
    ] {
        let mut world = World::new(7, &btc_pair("5"));
        world.run_for(3 * SECOND);
        set(&mut world, name, bound);
        for _ in 0..2 {
            world.command("execute_pair", EXECUTE, "").unwrap();
            world.run_for(2 * SECOND);
        }
        let sent = world.sent.len();
        refused(&mut world, id);
        assert_eq!(breaker(&world, id)["state"], "OPEN", "{id}");
        world.run_for(SECOND);
        assert_eq!(world.sent.len(), sent, "{id}");
        world.run_for(65 * SECOND);
        world.command("execute_pair", EXECUTE, "").unwrap();
        assert_eq!(breaker(&world, id)["state"], "CLOSED", "{id}");
    }
}

#[test]
fn slow_replies_open_the_account_and_delay_verdicts_of_death() {
    let mut world = World::new(7, &btc_pair("5"));
    world.run_for(3 * SECOND);
    set(&mut world, "breaker_latency_max_ms", "0");
    while world.command("execute_pair", EXECUTE, "").is_ok() && world.sent.len() < 20 {
        world.run_for(2 * SECOND);
    }
    let row = breaker(&world, "venue_latency");
    assert_eq!(row["state"], "OPEN", "{row}");
    assert!(row["scope"].as_str().unwrap().starts_with("account:"), "{row}");
    refused(&mut world, "venue_latency");
    world.command("reset", "{}", "r").unwrap();
    assert_eq!(breaker(&world, "venue_latency")["state"], "CLOSED");
    set(&mut world, "breaker_latency_max_ms", "1000");
    world.command("execute_pair", EXECUTE, "").unwrap();
}

/// The basis swings: sooner or later it is a loss for two looks in a row.
fn until_open(world: &mut World, id: &str) {
    for _ in 0..120 {
        if breaker(world, id)["state"] == "OPEN" {
            return;
        }
        world.run_for(SECOND);
    }
    panic!("{id} never opened");
}

#[test]
fn losses_latch_over_restarts_and_wait_for_a_person() {
    for (name, id) in [("daily_loss_max", "daily_loss"), ("drawdown_max", "drawdown")] {
        let mut world = World::new(7, &btc_pair("5"));
        world.run_for(3 * SECOND);
        if id == "drawdown" {
            set(&mut world, name, "0.01");
            world.run_for(2 * SECOND);
        }
        world.command("execute_pair", EXECUTE, "").unwrap();
        world.run_for(SECOND / 2);
        set(&mut world, name, "0.01");
        until_open(&mut world, id);
        refused(&mut world, id);
        let sent = world.sent.len();
        world.restart();
        world.run_for(70 * SECOND);
        assert_eq!(breaker(&world, id)["state"], "OPEN", "{id} after a restart and a minute");
        refused(&mut world, id);
        assert_eq!(world.sent.len(), sent);
        let mut copy = tidegate_core::engine::Engine::new(config("").as_bytes()).unwrap();
        copy.replay(&world.journal).unwrap();
        assert_eq!(copy.state_hash(), world.engine.state_hash());
        // The loss is still there: a reset without a higher limit latches again.
        world.command("reset", "{}", "r1").unwrap();
        until_open(&mut world, id);
        set(&mut world, name, "100000");
        world.command("reset", "{}", "r2").unwrap();
        world.run_for(3 * SECOND);
        world.command("execute_pair", EXECUTE, "").unwrap();
        assert!(events(&world, "breaker_open").iter().all(|event| event["data"]["breaker"] == id));
    }
}

#[test]
fn a_restart_in_the_last_millisecond_keeps_the_day() {
    // 2026-09-21T14:13:20Z is 23:59:20 at 586 minutes east.
    let zone = r#""dayZone":{"name":"Test/East","steps":[[0,0],[1000,586]]},"policy":"#;
    let text = config(&btc_pair("5")).replace("\"policy\":", zone);
    let mut world = World::with(7, text);
    let days = |world: &World| -> Vec<i64> {
        let all = records(world).into_iter().filter(|(kind, _)| *kind == 20);
        all.map(|(_, payload)| payload["day"].as_i64().unwrap()).collect()
    };
    world.run_for(3 * SECOND);
    world.command("execute_pair", EXECUTE, "").unwrap();
    world.run_for(40 * SECOND - MS - world.now);
    assert_eq!(days(&world), [20_717]);
    let before = world.view("performance", "{}")["dayPnl"].clone();
    world.restart();
    world.run_for(MS / 2);
    assert_eq!(days(&world), [20_717], "still the same day");
    assert_ne!(before.to_string(), "0");
    world.run_for(5 * SECOND);
    assert_eq!(days(&world), [20_717, 20_718]);
    let bad = config("").replace("\"policy\":", r#""dayZone":{"name":"x","steps":[[5,0],[5,60]]},"policy":"#);
    assert_eq!(tidegate_core::engine::Engine::new(bad.as_bytes()).unwrap_err().code.name(), "CONFIG_ERROR");
}

/// What a limit is used of is told for each that has a use of its own; the others are judged order by order.
#[test]
fn limits_are_told_with_their_use() {
    let mut world = World::new(7, &btc_pair("-5"));
    world.run_for(20 * SECOND);
    let now = world.moment();
    let query = format!(r#"{{"monoNs":{},"wallNs":{}}}"#, now.mono, now.wall);
    let metrics = world.view("risk_metrics", &query);
    let used = |name: &str| {
        let rows = metrics["limits"].as_array().unwrap();
        rows.iter().find(|row| row["name"] == name).unwrap()["used"].as_f64()
    };
    for name in ["order_notional_max", "price_collar_bps", "slippage_max_bps"] {
        assert_eq!(used(name), None, "{name}");
    }
    let by_default = |name: &str| {
        let rows = metrics["limits"].as_array().unwrap();
        rows.iter().find(|row| row["name"] == name).unwrap()["byDefault"].as_i64()
    };
    assert_eq!((by_default("breaker_failures_max"), by_default("order_notional_max")), (Some(5), None));
    let sent = used("breaker_orders_per_minute").unwrap();
    assert!(sent >= 2.0 && sent <= world.sent.len() as f64, "{sent} of {}", world.sent.len());
    let worth = used("breaker_notional_per_minute").unwrap();
    assert!(worth > 1_000.0, "{worth}");
    let (age, apart) = (used("book_age_max_ms").unwrap(), used("breaker_price_deviation_bps").unwrap());
    assert!((0.0..2_000.0).contains(&age) && (0.0..500.0).contains(&apart), "{age} ms, {apart} bps");
    for name in [
        "open_orders_max",
        "daily_loss_max",
        "drawdown_max",
        "breaker_failures_max",
        "breaker_latency_max_ms",
    ] {
        assert!(used(name).is_some_and(|used| used >= 0.0), "{name}: {:?}", used(name));
    }
}
