//! How far a venue is trusted: bans, lost links, pauses and clocks, through wire bytes.
#![allow(clippy::unwrap_used, clippy::panic)] // a test stops

mod common;

use common::{MS, SECOND, World, btc_pair};

const EXECUTE: &str = r#"{"id":"binance_bybit_btc"}"#;

fn status(world: &World, name: &str, product: &str) -> String {
    let now = world.moment();
    let query = format!(r#"{{"monoNs":{},"wallNs":{}}}"#, now.mono, now.wall);
    let all = world.view("exchanges", &query);
    let venue = all.as_array().unwrap().iter().find(|row| row["name"] == name).unwrap().clone();
    let row = venue["products"].as_array().unwrap().iter().find(|row| row["type"] == product);
    row.unwrap_or_else(|| panic!("{product} in {venue}"))["status"].as_str().unwrap().to_owned()
}

/// An answer of Binance to an order that is under way, as its bytes.
fn answer(world: &mut World, status: u16, code: &str, message: &str) {
    let order = world.sent.last().unwrap().clone();
    let text = format!(r#"{{"id":"{order}","status":{status},"error":{{"code":{code},"msg":"{message}"}}}}"#);
    let link = tidegate_core::units::LinkId(2);
    world.input(tidegate_core::engine::Input::Frame { link, bytes: text.as_bytes() });
}

#[test]
fn a_ban_leaves_the_venue_alone_until_its_deadline() {
    let mut world = World::new(7, &btc_pair("5"));
    assert_eq!(status(&world, "binance", "spot"), "DOWN");
    world.run_for(3 * SECOND);
    assert_eq!(status(&world, "binance", "spot"), "UP");
    assert_eq!(status(&world, "bybit", "linear"), "UP");
    world.lose_answers = true;
    world.command("execute_pair", EXECUTE, "").unwrap();
    world.run_for(MS);
    let order = world.sent.iter().find(|id| world.record.iter().any(|line| line.contains(id.as_str())));
    assert!(order.is_some());
    let end = (world.wall() + 20 * SECOND) / MS;
    world.sent.truncate(1);
    answer(&mut world, 418, "-1003", &format!("Way too much request weight used; IP banned until {end}."));
    world.lose_answers = false;
    assert_eq!(status(&world, "binance", "spot"), "DOWN");
    assert_eq!(status(&world, "binance", "linear"), "DOWN");
    assert_eq!(status(&world, "bybit", "linear"), "UP");
    assert!(!world.alerts("VENUE_STATUS").is_empty());
    let asked = world.asked.len();
    world.run_for(19 * SECOND);
    let binance = world.asked[asked..].iter().filter(|link| **link < 8).count();
    assert_eq!(binance, 0, "a banned venue was asked");
    let refusal = world.command("execute_pair", EXECUTE, "").unwrap_err();
    assert!(matches!(refusal.code.name(), "EXCHANGE_UNAVAILABLE" | "CONFLICT"), "{refusal}");
    world.run_for(10 * SECOND);
    assert_eq!(status(&world, "binance", "spot"), "UP");
}

#[test]
fn a_ban_that_answers_a_cancel_counts_as_well() {
    let mut world = World::new(7, &btc_pair("5"));
    world.run_for(3 * SECOND);
    let book = world.view("book", r#"{"instrument":"binance:spot:BTCUSDT","depth":1}"#);
    let bid: f64 = book["bids"][0][0].as_str().unwrap().parse().unwrap();
    let body = format!(
        r#"{{"exchange":"binance","symbol":"BTCUSDT","type":"spot","side":"buy","orderType":"limit","qty":0.01,"price":{}}}"#,
        (bid * 0.98) as u64
    );
    let reply = world.command("place_order", &body, "").unwrap();
    let reply: serde_json::Value = serde_json::from_str(&reply).unwrap();
    let order = reply["orderId"].as_str().unwrap().to_owned();
    world.run_for(100 * MS);
    world.lose_answers = true;
    world.command("cancel_order", &format!(r#"{{"orderId":"{order}"}}"#), "").unwrap();
    world.sent = vec![format!("c{order}")];
    let asked = world.asked.len();
    answer(&mut world, 418, "-1003", "Way too much request weight used; IP banned.");
    world.lose_answers = false;
    assert_eq!(status(&world, "binance", "spot"), "DOWN");
    world.run_for(60 * SECOND);
    let binance = world.asked[asked..].iter().filter(|link| **link < 8).count();
    assert_eq!(binance, 0, "a banned venue was asked");
}

#[test]
fn a_lost_order_link_is_down_and_a_rate_limit_cancels_only() {
    let mut world = World::new(7, &btc_pair("5"));
    world.run_for(3 * SECOND);
    world.cut(2);
    assert_eq!(status(&world, "binance", "spot"), "DOWN");
    assert_eq!(status(&world, "binance", "linear"), "UP");
    let refusal = world.command("execute_pair", EXECUTE, "").unwrap_err();
    assert_eq!(refusal.code.name(), "EXCHANGE_UNAVAILABLE");
    world.run_for(3 * SECOND);
    assert_eq!(status(&world, "binance", "spot"), "UP");
    world.command("execute_pair", EXECUTE, "").unwrap();
    world.lose_answers = true;
    world.run_for(MS);
    world.sent.truncate(1);
    answer(&mut world, 429, "-1015", "Too many new orders.");
    world.lose_answers = false;
    assert_eq!(status(&world, "binance", "spot"), "CANCEL_ONLY");
    world.run_for(10 * SECOND);
    assert_eq!(status(&world, "binance", "spot"), "UP");
    let told =
        world.events.iter().filter(|event| event.starts_with("status ") && event.contains("CANCEL_ONLY"));
    assert!(told.count() > 0);
}

/// Fences rest on the venue's time: what is not known within half a second of it opens nothing.
#[test]
fn a_venue_whose_time_is_hardly_known_opens_nothing_until_it_is() {
    let mut world = World::new(7, &btc_pair("5"));
    world.run_for(3 * SECOND);
    let measured = |uncertainty| tidegate_core::engine::Input::Clock {
        venue: tidegate_core::units::Venue::Binance,
        offset: 3 * MS,
        uncertainty,
    };
    world.input(measured(501 * MS));
    assert_eq!(status(&world, "binance", "spot"), "DEGRADED");
    assert_eq!(status(&world, "bybit", "linear"), "UP");
    let sent = world.sent.len();
    let refusal = world.command("execute_pair", EXECUTE, "").unwrap_err();
    assert_eq!(refusal.code.name(), "EXCHANGE_UNAVAILABLE", "{refusal}");
    assert!(refusal.message.contains("its time is not known well enough"), "{refusal}");
    assert_eq!(world.sent.len(), sent);
    world.input(measured(500 * MS));
    assert_eq!(status(&world, "binance", "spot"), "UP");
    world.command("execute_pair", EXECUTE, "").unwrap();
}
