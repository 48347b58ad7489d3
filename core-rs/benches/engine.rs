//! The reducer's way: a depth frame in, two signed orders out (decode, book, spread, risk, journal frames, encode,
//! sign), and the quiet tick. Virtual venues set the stage; only `Engine::step` is timed.

#![allow(clippy::expect_used)] // a bench that can not be staged stops

#[path = "../tests/common/mod.rs"]
mod common;

use common::{SECOND, World, btc_pair};
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use std::hint::black_box;
use tidegate_core::engine::{Effect, Effects, Input};
use tidegate_core::units::LinkId;

/// A world whose pair would trade on the next frame, and a frame of Binance spot that changes its best ask (or a far
/// level).
fn stage(far: bool) -> (World, Vec<u8>) {
    let mut world = World::new(7, &btc_pair("-1"));
    world.command("kill", r#"{"reason":"bench"}"#, "k").expect("latched");
    world.run_for(SECOND);
    world.command("reset", "{}", "r").expect("open");
    let book = world.view("book", r#"{"instrument":"binance:spot:BTCUSDT","depth":50}"#);
    let id = book["version"].as_u64().expect("a version") + 1;
    // Between best bid and best ask a new level opens; on the sim's whole prices half a unit is free.
    let px = if far {
        book["asks"][40][0].as_str().expect("an ask").to_owned()
    } else {
        book["bids"][0][0].as_str().expect("a bid").replace(".00", ".50")
    };
    let frame = format!(
        r#"{{"e":"depthUpdate","E":1790000001000,"s":"BTCUSDT","U":{id},"u":{id},"b":[],"a":[["{px}","3.21000"]]}}"#
    );
    (world, frame.into_bytes())
}

fn step(world: &mut World, frame: &[u8], out: &mut Effects) -> usize {
    let now = world.moment();
    world.engine.step(now, Input::Frame { link: LinkId(0), bytes: black_box(frame) }, out);
    out.list.iter().filter(|effect| matches!(effect, Effect::Send { .. })).count()
}

fn engine(c: &mut Criterion) {
    let (mut world, frame) = stage(false);
    assert_eq!(step(&mut world, &frame, &mut Effects::default()), 2, "both legs leave on one frame");
    let mut group = c.benchmark_group("engine");
    group.sample_size(60);
    group.bench_function("frame to two signed orders", |b| {
        b.iter_batched_ref(
            || (stage(false), Effects::default()),
            |((world, frame), out)| step(world, frame, out),
            BatchSize::PerIteration,
        );
    });
    group.bench_function("quiet frame", |b| {
        b.iter_batched_ref(
            || (stage(true), Effects::default()),
            |((world, frame), out)| step(world, frame, out),
            BatchSize::PerIteration,
        );
    });
    group.finish();
}

criterion_group!(benches, engine);
criterion_main!(benches);
