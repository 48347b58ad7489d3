//! Recorded streams: every frame decodes, in the numbers the recording is known to hold.

use crate::common::{Table, decode, recorded_text};
use tidegate_core::market::DeltaKind;
use tidegate_core::units::{Product, Venue};
use tidegate_core::venues::{DecodeError, Event, Role};

#[derive(Debug, Default, PartialEq, Eq)]
struct Counts {
    updates: u32,
    snapshots: u32,
    bbos: u32,
    trades: u32,
    sessions: u32,
    unknown: u32,
}

fn count(venue: Venue, product: Product, table: &Table, frames: impl Iterator<Item = String>) -> Counts {
    let ctx = table.context(product, Role::Public);
    let mut counts = Counts::default();
    for frame in frames {
        match decode(venue, &ctx, frame.as_bytes()) {
            Ok(out) => {
                for event in &out.events {
                    match event {
                        Event::Depth(d) if d.kind == DeltaKind::Snapshot => counts.snapshots += 1,
                        Event::Depth(_) => counts.updates += 1,
                        Event::Bbo(_) => counts.bbos += 1,
                        Event::Trade(_) => counts.trades += 1,
                        Event::Session(_) => counts.sessions += 1,
                        other => panic!("{other:?} in a public stream"),
                    }
                }
            }
            Err(DecodeError::UnknownMessage) => counts.unknown += 1,
            Err(error) => panic!("{error}: {frame}"),
        }
    }
    counts
}

/// `<recv ns> <frame>` lines.
fn hftbacktest(path: &str) -> Option<Vec<String>> {
    let text = recorded_text(path)?;
    Some(text.lines().map(|line| line.split_once(' ').unwrap().1.to_owned()).collect())
}

#[test]
fn the_recorded_binance_spot_stream_decodes_whole() {
    let Some(frames) = hftbacktest("hftbacktest/spot/btcusdt_20240808.gz") else { return };
    // 25.42618900 lies in this book, finer than the lot of that day: quantities need the asset's 8 decimals.
    let table = Table::default().with(Venue::Binance, Product::Spot, "BTCUSDT", 2, 8);
    let counts = count(Venue::Binance, Product::Spot, &table, frames.into_iter());
    let want = Counts { updates: 3451, snapshots: 1, bbos: 28040, trades: 9757, ..Counts::default() };
    assert_eq!(counts, want);
}

#[test]
fn the_recorded_binance_usdm_stream_decodes_whole() {
    let Some(frames) = hftbacktest("hftbacktest/usdm/btcusdt_20240808.gz") else { return };
    let table = Table::default().with(Venue::Binance, Product::Linear, "BTCUSDT", 2, 3);
    let counts = count(Venue::Binance, Product::Linear, &table, frames.into_iter());
    let want = Counts { updates: 6551, snapshots: 1, bbos: 66089, trades: 21313, ..Counts::default() };
    assert_eq!(counts, want);
}

#[test]
fn the_recorded_bybit_spot_stream_decodes_whole() {
    let Some(text) = recorded_text("tickvault/bybit_spot_orderbook50_20260824.jsonl") else { return };
    let table = Table::default().with(Venue::Bybit, Product::Spot, "BTCUSDT", 1, 6);
    let counts = count(Venue::Bybit, Product::Spot, &table, text.lines().map(str::to_owned));
    assert_eq!(counts, Counts { updates: 8, snapshots: 1, sessions: 1, ..Counts::default() });
}
