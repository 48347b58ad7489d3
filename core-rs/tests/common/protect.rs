//! A position in the perpetual, protections on it, and what the venue's book of record says of both.

use super::{MS, SECOND, World, btc_pair, config};
use serde_json::Value;
use std::collections::BTreeSet;
use tidegate_core::engine::Engine;

pub const PERP: &str = r#""exchange":"bybit","symbol":"BTCUSDT","type":"linear""#;

pub fn ready(seed: u64) -> World {
    let mut world = World::new(seed, &btc_pair("5"));
    world.run_for(3 * SECOND);
    world
}

/// Best bid and ask of the perpetual, in its ticks of 0.1.
pub fn top(world: &World) -> (i64, i64) {
    let book = world.view("book", r#"{"instrument":"bybit:linear:BTCUSDT","depth":1}"#);
    let ticks = |side: &str| -> i64 { book[side][0][0].as_str().unwrap().replace('.', "").parse().unwrap() };
    (ticks("bids"), ticks("asks"))
}

pub fn px(ticks: i64) -> String {
    format!("{}.{}", ticks / 10, ticks % 10)
}

/// `px` moved by hundredths of a basis point.
pub fn moved(ticks: i64, hundredths: i64) -> String {
    px(ticks + ticks * hundredths / 1_000_000)
}

pub fn place(world: &mut World, side: &str, qty: &str, more: &str) -> Value {
    let body = format!(r#"{{{PERP},"side":"{side}","orderType":"market","qty":{qty}{more}}}"#);
    let reply = world.command("place_order", &body, &format!("p{}", world.now)).unwrap();
    serde_json::from_str(&reply).unwrap()
}

pub fn long(world: &mut World, qty: &str) {
    place(world, "buy", qty, "");
    world.run_for(SECOND);
}

pub fn protect(world: &mut World, levels: &str) -> String {
    let body = format!("{{{PERP},{levels}}}");
    let reply = world.command("set_protection", &body, &format!("s{}{levels}", world.now)).unwrap();
    let reply: Value = serde_json::from_str(&reply).unwrap();
    reply["protectionId"].as_str().unwrap().to_owned()
}

pub fn refusal(world: &mut World, name: &str, body: &str) -> (String, Value) {
    let refused = world.command(name, body, "").unwrap_err();
    (refused.code.name().to_owned(), serde_json::from_slice(&refused.details).unwrap())
}

pub fn protection(world: &World, id: &str) -> Value {
    world.view("protection", &format!("{{\"protectionId\":\"{id}\"}}"))
}

pub fn state(world: &World, id: &str) -> String {
    protection(world, id)["state"].as_str().unwrap().to_owned()
}

/// Net of the perpetual at the venue after each of our fills, in thousandths.
pub fn nets(world: &World) -> Vec<i64> {
    let mut net = 0;
    let mut nets = vec![0];
    for line in &world.record {
        let fill: Value = serde_json::from_str(line).unwrap();
        if fill["kind"] == "fill" && fill["type"] == "linear" {
            let qty: f64 = fill["qty"].as_str().unwrap().parse().unwrap();
            let sign = if fill["side"] == "buy" { 1 } else { -1 };
            net += sign * (qty * 1_000.0).round() as i64;
            nets.push(net);
        }
    }
    nets
}

pub fn position(world: &World) -> i64 {
    *nets(world).last().unwrap()
}

/// Runs until a protection is in the state, or fails.
pub fn until(world: &mut World, id: &str, wanted: &str, span: i64) {
    let end = world.now + span;
    while state(world, id) != wanted {
        assert!(world.now < end, "{id} never {wanted}: {}", protection(world, id));
        world.run_for(50 * MS);
    }
}

pub fn check(world: &World) {
    let unique: BTreeSet<&String> = world.sent.iter().collect();
    assert_eq!(unique.len(), world.sent.len(), "an order went out twice");
    let mut copy = Engine::new(config("").as_bytes()).unwrap();
    assert_eq!(copy.replay(&world.journal).unwrap(), world.journal.len());
    assert_eq!(copy.state_hash(), world.engine.state_hash());
}
