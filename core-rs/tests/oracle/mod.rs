//! The venues' books of record against ours.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, clippy::panic)] // shared by several tests; a test stops

use crate::common::{MS, SECOND, World};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use tidegate_core::engine::Engine;
use tidegate_core::units::Money;

pub fn money(value: &Value) -> Money {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    Money::parse(text.as_bytes()).unwrap_or_else(|e| panic!("{value}: {e}"))
}

fn times(a: Money, b: Money) -> i128 {
    tidegate_core::calc::product(a, b).unwrap().0
}

/// Fills of the venues' records, by our order id.
fn venue_fills(world: &World) -> BTreeMap<String, Vec<Value>> {
    let mut fills: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for line in &world.record {
        let value: Value = serde_json::from_str(line).unwrap();
        if value["kind"] == "fill" {
            let order = value["clientOrderId"].as_str().unwrap_or_default().to_owned();
            fills.entry(order).or_default().push(value);
        }
    }
    fills
}

/// Quantities, fees and profit of every plan, recomputed from the venues' own records.
pub fn check_plans(world: &World) -> usize {
    let fills = venue_fills(world);
    let plans = world.view("plans", "{\"limit\":1000}");
    let mut counted = 0;
    for plan in plans.as_array().unwrap() {
        let (mut pnl, mut signed) = (0i128, 0i128);
        for leg in plan["legs"].as_array().unwrap() {
            let (mut net, mut fees) = (0i128, 0i128);
            for order in leg["orders"].as_array().unwrap() {
                for fill in fills.get(order.as_str().unwrap()).map_or(&[][..], Vec::as_slice) {
                    let (qty, px, fee) = (money(&fill["qty"]), money(&fill["price"]), money(&fill["fee"]));
                    let side = if fill["side"] == "buy" { 1 } else { -1 };
                    net += side * qty.0;
                    pnl -= side * times(px, qty);
                    fees += if fill["feeAsset"] == "USDT" { fee.0 } else { times(px, fee) };
                }
            }
            let booked: i128 =
                leg["fees"].as_array().unwrap().iter().map(|f| money(&f["quoteValue"]).0).sum();
            assert_eq!(booked, fees, "fees of {plan}");
            assert_eq!(money(&leg["filledQty"]).0, net.abs(), "quantity of {plan}");
            pnl -= fees;
            signed += net;
        }
        assert_eq!(money(&plan["pnl"]).0, pnl, "profit of {plan}");
        assert_eq!(money(&plan["residual"]).0, signed.abs(), "residual of {plan}");
        counted += 1;
    }
    counted
}

/// Nothing is open, nothing is unknown, both sides agree to the last digit, no id went out twice.
pub fn check_agreement(world: &mut World) {
    world.run_for(70 * SECOND);
    for code in ["RECON_DIFF", "OVERDRAWN", "FILL_CONFLICT", "RESIDUAL", "EXTERNAL"] {
        assert!(world.alerts(code).is_empty(), "{:?}", world.alerts(code));
    }
    let unique: BTreeSet<&String> = world.sent.iter().collect();
    assert_eq!(unique.len(), world.sent.len(), "an order went out twice");
    check_plans(world);
    let known: BTreeSet<String> = world.sent.iter().cloned().collect();
    for order in venue_fills(world).keys().filter(|id| id.starts_with("TGA7")) {
        assert!(known.contains(order));
    }
    let health = world.view("health", "{}");
    assert_eq!(health["unknownOrders"].as_array().unwrap().len(), 0, "{health}");
}

pub fn rehash(world: &World) -> u64 {
    let mut copy = Engine::new(world.bare_config().as_bytes()).unwrap();
    assert_eq!(copy.replay(&world.journal).unwrap(), world.journal.len());
    copy.state_hash()
}

pub fn stop_pairs(world: &mut World) {
    let pairs = world.view("pairs", "{}");
    for pair in pairs.as_array().unwrap() {
        let mut body = pair.clone();
        for extra in ["usedAmount", "simulated", "version"] {
            body.as_object_mut().unwrap().remove(extra);
        }
        body["enabled"] = Value::Bool(false);
        for attempt in 0..50 {
            if world.command("upsert_pair", &body.to_string(), &format!("stop{attempt}")).is_ok() {
                break;
            }
            world.run_for(20 * MS);
        }
    }
}
