//! Recorded streams: every frame decodes, in the numbers the recording is known to hold.

use crate::common::{Table, decode, recorded_text};
use tidegate_core::market::{Applied, Book, BookFault, Delta, DeltaKind};
use tidegate_core::units::{Product, Venue};
use tidegate_core::venues::{DecodeError, Event, EventBuf, Role, codec};

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

/// The frames' depth messages, one buffer each.
fn depths(venue: Venue, product: Product, table: &Table, frames: &str) -> Vec<EventBuf> {
    let ctx = table.context(product, Role::Public);
    let read = |frame: &str| decode(venue, &ctx, frame.as_bytes()).ok();
    frames.lines().filter_map(read).filter(|out| matches!(out.events[..], [Event::Depth(_)])).collect()
}

fn apply(book: &mut Book, out: &EventBuf) -> Result<Applied, BookFault> {
    let Event::Depth(depth) = &out.events[0] else { panic!("{out:?}") };
    book.apply(&out.delta(depth), 0)
}

#[test]
fn the_recorded_okx_updates_chain_and_a_lost_one_is_noticed_at_once() {
    let Some(text) = recorded_text("tickvault/okx_books_updates_only_20260824.jsonl") else { return };
    let table = Table::default().with(Venue::Okx, Product::Spot, "BTC-USDT", 1, 8);
    let updates = depths(Venue::Okx, Product::Spot, &table, &text);
    assert_eq!(updates.len(), 6);
    // The recording begins right after this snapshot, whose levels it left out.
    let snapshot = Delta {
        kind: DeltaKind::Snapshot,
        first: 80_274_874_800,
        last: 80_274_874_800,
        prev: 0,
        venue_ns: 0,
        bids: &[],
        asks: &[],
    };
    for lost in 0..=updates.len() {
        let mut book = Book::new(codec(Venue::Okx, Product::Spot).unwrap().seq_rule);
        book.apply(&snapshot, 0).unwrap();
        for (at, update) in updates.iter().enumerate().filter(|(at, _)| *at != lost) {
            let fault = apply(&mut book, update).err();
            let noticed = at == lost + 1;
            assert_eq!(
                matches!(fault, Some(BookFault::Gap { .. })),
                noticed,
                "lost {lost}, at {at}: {fault:?}"
            );
            if noticed {
                break;
            }
        }
        assert_eq!(book.is_synced(), lost + 1 >= updates.len(), "lost {lost}");
    }
}

#[test]
fn the_recorded_bitget_books_chain_from_their_snapshot() {
    let Some(text) = recorded_text("observatory/bitget_2026-09_books_and_errors.frames.jsonl") else {
        return;
    };
    let table = Table::default().with(Venue::Bitget, Product::Linear, "MAVUSDT", 5, 2);
    let frames = depths(Venue::Bitget, Product::Linear, &table, &text);
    let mut book = Book::new(codec(Venue::Bitget, Product::Linear).unwrap().seq_rule);
    let applied: Vec<_> = frames.iter().map(|frame| apply(&mut book, frame)).collect();
    assert!(matches!(applied[..], [Ok(Applied::Rebuilt), Ok(Applied::Changed(_)), Ok(Applied::Changed(_))]));
    assert_eq!(book.depth(), (5, 3));
    assert!(matches!(apply(&mut book, &frames[1]), Err(BookFault::Gap { .. })));
}
