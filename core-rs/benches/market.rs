//! Book update, snapshot load, frame to book, spread. Method and figures: `benches/README.md`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a bench may stop at the first surprise"
)]

mod cpu;
mod stream;

use std::hint::black_box;
use std::time::Duration;

use cpu::CpuTime;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use stream::{Change, Stream};
use tidegate_core::market::{
    Book, Delta, DeltaKind, Instrument, InstrumentStatus, Level, PairIx, SeqRule, SpreadBoard, SpreadLeg,
    SpreadSpec, Touch, Wire,
};
use tidegate_core::units::{Asset, InstrumentId, Money, Product, Qty, Rate, Symbol, Venue};
use tidegate_core::venues::{Context, Event, EventBuf, Instruments, Role, codec};

/// One message, its levels split by side.
struct Message {
    bids: Vec<Level>,
    asks: Vec<Level>,
}

impl Message {
    fn new(changes: &[Change]) -> Self {
        let side = |ask| changes.iter().filter(|c| c.ask == ask).map(|c| c.level).collect();
        Self { bids: side(false), asks: side(true) }
    }

    fn delta(&self, kind: DeltaKind, id: u64) -> Delta<'_> {
        let (bids, asks) = (&self.bids, &self.asks);
        Delta { kind, first: id, last: id, prev: id - 1, venue_ns: 0, bids, asks }
    }
}

fn loaded(make: fn(SeqRule) -> Book, rule: SeqRule, snapshot: &Message, id: u64) -> Book {
    let mut book = make(rule);
    book.apply(&snapshot.delta(DeltaKind::Snapshot, id), 0).unwrap();
    book
}

/// Best bid and ask are read after every message, as a trading loop does.
fn replay(book: &mut Book, messages: &[Message]) -> Duration {
    let start = CpuTime::now();
    for (at, message) in messages.iter().enumerate() {
        let applied = book.apply(&message.delta(DeltaKind::Update, 11 + at as u64), 0);
        black_box((applied.is_ok(), book.top()));
    }
    let spent = CpuTime::since(start);
    assert!(book.is_synced(), "the stream broke the book");
    spent
}

fn book_update(c: &mut Criterion<CpuTime>) {
    let stream = Stream::load();
    let snapshot = Message::new(&stream.snapshot);
    let mut group = c.benchmark_group("book_update");
    group.sample_size(20).throughput(Throughput::Elements(stream.updates() as u64));
    eprintln!(
        "stream: {}, {} updates in {} messages",
        stream.origin,
        stream.updates(),
        stream.messages.len()
    );
    let grouped: Vec<Message> = stream.messages.iter().map(|m| Message::new(m)).collect();
    let single: Vec<Message> = stream.regrouped(1).iter().map(|m| Message::new(m)).collect();
    for (shape, messages) in [("messages as recorded", &grouped), ("one level a message", &single)] {
        for (name, make) in STORES {
            group.bench_function(BenchmarkId::new(*name, shape), |b| {
                b.iter_custom(|times| {
                    (0..times)
                        .map(|_| replay(&mut loaded(*make, SeqRule::Increment, &snapshot, 10), messages))
                        .sum()
                });
            });
        }
    }
    group.finish();
}

type Store = (&'static str, fn(SeqRule) -> Book);
const STORES: &[Store] = &[("flat", Book::new), ("ladder", Book::hot)];

fn snapshot_load(c: &mut Criterion<CpuTime>) {
    let stream = Stream::load();
    let snapshot = Message::new(&stream.snapshot);
    let mut group = c.benchmark_group("snapshot_load");
    for (name, make) in STORES {
        let mut book = loaded(*make, SeqRule::Increment, &snapshot, 10);
        group.bench_function(BenchmarkId::new(*name, snapshot.bids.len() + snapshot.asks.len()), |b| {
            b.iter(|| book.apply(black_box(&snapshot.delta(DeltaKind::Snapshot, 10)), 0));
        });
    }
    group.finish();
}

struct One(Instrument);

impl Instruments for One {
    fn find(&self, _: Venue, _: Product, symbol: &Symbol) -> Option<&Instrument> {
        (*symbol == self.0.symbol).then_some(&self.0)
    }

    fn get(&self, _: InstrumentId) -> Option<&Instrument> {
        Some(&self.0)
    }
}

fn instrument() -> Instrument {
    Instrument {
        id: InstrumentId(0),
        venue: Venue::Binance,
        product: Product::Linear,
        symbol: Symbol::new(b"BTCUSDT").unwrap(),
        base: Asset::new(b"BTC").unwrap(),
        quote: Asset::new(b"USDT").unwrap(),
        px_decimals: 1,
        qty_decimals: 3,
        tick: 1,
        lot: 1,
        qty_min: Qty::ZERO,
        qty_max: Qty::ZERO,
        notional_min: Money::ZERO,
        fee_maker: Rate::ZERO,
        fee_taker: Rate::ZERO,
        status: InstrumentStatus::Trading,
        wire: Wire::BASE,
    }
}

fn frame(message: &Message, id: u64) -> Vec<u8> {
    let rows = |levels: &[Level]| {
        let row = |l: &Level| {
            format!("[\"{}.{}\",\"{}.{:03}\"]", l.px / 10, l.px % 10, l.qty / 1_000, l.qty % 1_000)
        };
        levels.iter().map(row).collect::<Vec<_>>().join(",")
    };
    let prev = id - 1;
    format!(
        "{{\"e\":\"depthUpdate\",\"E\":1700000000003,\"T\":1700000000000,\"s\":\"BTCUSDT\",\"U\":{id},\"u\":{id},\"pu\":{prev},\"b\":[{}],\"a\":[{}]}}",
        rows(&message.bids),
        rows(&message.asks)
    )
    .into_bytes()
}

fn frame_to_book(c: &mut Criterion<CpuTime>) {
    let stream = Stream::load();
    let snapshot = Message::new(&stream.snapshot);
    let one = One(instrument());
    let context = Context { product: Product::Linear, role: Role::Public, instruments: &one, implied: None };
    let codec = codec(Venue::Binance, Product::Linear).unwrap();
    let mut group = c.benchmark_group("frame_to_book");
    group.sample_size(20);
    for changes in [20, 60] {
        let messages = stream.regrouped(changes);
        let messages = messages.iter().take(1_000).enumerate();
        let frames: Vec<Vec<u8>> = messages.map(|(at, m)| frame(&Message::new(m), 11 + at as u64)).collect();
        group.throughput(Throughput::Elements(frames.len() as u64));
        for (name, make) in STORES {
            let mut events = EventBuf::default();
            let mut run = || {
                let mut book = loaded(*make, SeqRule::PrevLink, &snapshot, 10);
                let start = CpuTime::now();
                for frame in &frames {
                    events.clear();
                    (codec.decode)(&context, frame, &mut events).unwrap();
                    let [Event::Depth(depth)] = &events.events[..] else { panic!("one depth event") };
                    let applied = book.apply(&events.delta(depth), 0);
                    black_box((applied.is_ok(), book.top()));
                }
                let spent = CpuTime::since(start);
                assert!(book.is_synced());
                spent
            };
            group.bench_function(BenchmarkId::new(*name, changes), |b| {
                b.iter_custom(|times| (0..times).map(|_| run()).sum());
            });
        }
    }
    group.finish();
}

const VENUES: u32 = 10;

fn venue_book(bid: i64) -> Book {
    let levels = |px: i64, step: i64| (0..20).map(|i| Level { px: px + step * i, qty: 500 }).collect();
    let message = Message { bids: levels(bid, -1), asks: levels(bid + 2, 1) };
    loaded(Book::new, SeqRule::Increment, &message, 10)
}

fn spec(first: u32, second: u32) -> SpreadSpec {
    let leg = |venue: u32| SpreadLeg {
        instrument: InstrumentId(venue),
        px_decimals: 1,
        qty_decimals: 3,
        fee: Rate::from_bps(i64::from(venue % VENUES) + 1),
    };
    SpreadSpec {
        legs: [leg(first), leg(second)],
        qty: Money::parse(b"0.4").unwrap(),
        threshold: Rate::from_bps(5),
        enabled: true,
        allowed: [true, true],
    }
}

/// Every pair among ten venues, and `others` pairs on instruments of their own.
fn board(others: u32) -> SpreadBoard {
    let mut board = SpreadBoard::new();
    let books: Vec<Book> = (0..VENUES).map(|venue| venue_book(600_000 + i64::from(venue))).collect();
    let among = (0..VENUES).flat_map(|a| (a + 1..VENUES).map(move |b| (a, b)));
    let apart = (0..others).map(|at| (VENUES + 2 * at, VENUES + 2 * at + 1));
    for (at, (first, second)) in among.chain(apart).enumerate() {
        board.upsert(PairIx(at as u32), spec(first, second), &books, 0, &mut Vec::new()).unwrap();
    }
    board
}

/// The book's top takes another price at each turn, so each turn walks and compares; no book is changed in the loop.
fn spread(c: &mut Criterion<CpuTime>) {
    let mut group = c.benchmark_group("spread_10_venues");
    let books: Vec<[Book; 2]> =
        (0..i64::from(VENUES)).map(|v| [venue_book(600_000 + v), venue_book(600_001 + v)]).collect();
    let touches = [
        ("both tops", Touch::ALL),
        ("best bid", Touch { ask: i64::MAX, ..Touch::ALL }),
        ("below the walk", Touch { bid: 1, ask: i64::MAX, top: false }),
    ];
    for others in [0, 10_000] {
        for (name, touch) in touches {
            let mut board = board(others);
            let mut out = Vec::new();
            let mut turn = 0usize;
            group.bench_function(BenchmarkId::new(name, format!("{} pairs", 45 + others)), |b| {
                b.iter(|| {
                    turn += 1;
                    let venue = turn % VENUES as usize;
                    let book = &books[venue][(turn / VENUES as usize) & 1];
                    board.on_book(InstrumentId(venue as u32), book, black_box(&touch), 0, &mut out);
                });
            });
            assert!(out.is_empty(), "nothing opens here");
        }
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().with_measurement(CpuTime);
    targets = book_update, snapshot_load, frame_to_book, spread
}
criterion_main!(benches);
