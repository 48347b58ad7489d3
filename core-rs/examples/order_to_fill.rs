//! What one order costs the reducer from its submission to its booked fill, and what the reducer keeps of it, as fills
//! grow: `cargo run --release --example order_to_fill -- 1000000`.
//!
//! Single market orders go through the gate, the journal's frames, the venue's codec and its signature; the simulated
//! venue's own bytes come back. Timed and counted are the engine's inputs alone: the command, the durable mark, the
//! frames of order links and account streams. What the venue does, and market data, is not.

#![allow(clippy::expect_used)] // a bench that can not be staged stops

#[path = "../tests/common/mod.rs"]
mod common;

use std::alloc::{GlobalAlloc, Layout};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use mimalloc::MiMalloc;

use common::{MS, SECOND, World, btc_pair, config};

/// The latest so many orders make a row.
const SPAN: u64 = 1_000;
/// Virtual time of one order, its reply and its fill; as many as the venue's own budget of orders lets open.
const ORDER: i64 = 130 * MS;

fn order(world: &mut World, number: u64) {
    let side = if number.is_multiple_of(2) { "buy" } else { "sell" };
    let body = format!(
        r#"{{"exchange":"bybit","symbol":"BTCUSDT","type":"linear","side":"{side}","orderType":"market","qty":0.001}}"#
    );
    world.command("place_order", &body, "").expect("taken");
    world.run_for(ORDER);
    // Only the engine's memory may grow.
    world.forget_history();
}

fn main() {
    let upto: u64 = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(10_000);
    let mut world = World::staged(7, config(&btc_pair("50")), 1_000_000);
    world.clock = clock;
    world.run_for(3 * SECOND);
    let limits = r#"{"limits":[{"name":"breaker_orders_per_minute","scope":"total","value":100000000}]}"#;
    world.command("set_limits", limits, "").expect("set");
    println!("{:>9} {:>13} {:>12} {:>14}", "orders", "us an order", "orders kept", "MB with venues");
    let (mut row, mut spans) = (SPAN.min(upto), Vec::new());
    for number in 1..=upto {
        let before = world.own_time;
        order(&mut world, number);
        if number + SPAN > row {
            spans.push(world.own_time.saturating_sub(before));
        }
        if number == row {
            // The median: a neighbour's load falls on few of them.
            spans.sort_unstable();
            let each = spans[spans.len() / 2].as_secs_f64() * 1e6;
            let kept = world.engine.orders().iter().count();
            println!("{number:>9} {each:>13.1} {kept:>12} {:>14}", live_mb());
            (row, spans) = ((row * 10).min(upto), Vec::new());
        }
    }
    // The simulated venues keep every order and trade for ever; what is left is the engine's.
    world.venues.clear();
    println!("the engine alone after {upto}: {} MB", live_mb());
}

#[allow(clippy::disallowed_methods)] // a bench looks at a clock; the core never does
fn clock() -> Duration {
    static BEGAN: OnceLock<Instant> = OnceLock::new();
    BEGAN.get_or_init(Instant::now).elapsed()
}

/// Bytes that are allocated now.
static LIVE: AtomicUsize = AtomicUsize::new(0);

/// That of the native module.
static ALLOCATES: MiMalloc = MiMalloc;

struct Counting;

#[allow(unsafe_code, reason = "an allocator is unsafe by its trait")]
// SAFETY: every call goes to the system's allocator unchanged; the counter allocates nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        LIVE.fetch_add(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller keeps `alloc`'s contract.
        unsafe { ALLOCATES.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        LIVE.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller keeps `dealloc`'s contract.
        unsafe { ALLOCATES.dealloc(at, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn live_mb() -> usize {
    LIVE.load(Ordering::Relaxed) >> 20
}
