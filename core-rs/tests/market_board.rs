//! The incremental spread board says after every change exactly what a full recomputation says.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of a test may stop it")]

use std::collections::BTreeSet;

use proptest::prelude::*;
use tidegate_core::market::{
    Book, Delta, DeltaKind, Edge, EdgeChange, Level, PairIx, SeqRule, SpreadBoard, SpreadLeg, SpreadSpec,
};
use tidegate_core::units::{Direction, InstrumentId, Money, Rate};

const VENUES: usize = 4;
/// Price and quantity decimals differ by venue.
const DECIMALS: [(u8, u8); VENUES] = [(0, 0), (1, 0), (2, 1), (0, 2)];

#[derive(Clone, Debug)]
enum Step {
    Level { venue: usize, ask: bool, offset: i64, lots: i64 },
    Unsync(usize),
    Rebuild(usize, i64),
    Fee(usize, i64),
    Remove(u32),
    Add(u32, PairShape),
}

#[derive(Clone, Copy, Debug)]
struct PairShape {
    legs: (usize, usize),
    qty: i64,
    threshold_bps: i64,
    enabled: bool,
}

fn shape() -> impl Strategy<Value = PairShape> {
    (0..VENUES, 1..VENUES, 1i64..30, -60i64..60, prop::bool::weighted(0.9)).prop_map(
        |(a, step, qty, threshold_bps, enabled)| PairShape {
            legs: (a, (a + step) % VENUES),
            qty,
            threshold_bps,
            enabled,
        },
    )
}

fn step() -> impl Strategy<Value = Step> {
    let level = (0..VENUES, any::<bool>(), 0i64..12, prop_oneof![1 => Just(0i64), 3 => 1i64..15]);
    prop_oneof![
        20 => level.prop_map(|(venue, ask, offset, lots)| Step::Level { venue, ask, offset, lots }),
        1 => (0..VENUES).prop_map(Step::Unsync),
        3 => ((0..VENUES), 0i64..8).prop_map(|(venue, mid)| Step::Rebuild(venue, mid)),
        1 => ((0..VENUES), 0i64..30).prop_map(|(venue, bps)| Step::Fee(venue, bps)),
        1 => (0u32..6).prop_map(Step::Remove),
        2 => ((0u32..6), shape()).prop_map(|(pair, shape)| Step::Add(pair, shape)),
    ]
}

struct World {
    books: Vec<Book>,
    ids: [u64; VENUES],
    mids: [i64; VENUES],
    fees: [i64; VENUES],
    board: SpreadBoard,
    open: BTreeSet<(u32, Direction)>,
}

impl World {
    fn new() -> Self {
        let books = (0..VENUES).map(|_| Book::new(SeqRule::Increment)).collect();
        let (board, open) = (SpreadBoard::new(), BTreeSet::new());
        Self { books, ids: [10; VENUES], mids: [1_000; VENUES], fees: [0; VENUES], board, open }
    }

    fn spec(&self, shape: PairShape) -> SpreadSpec {
        let leg = |venue: usize| SpreadLeg {
            instrument: InstrumentId(venue as u32),
            px_decimals: DECIMALS[venue].0,
            qty_decimals: DECIMALS[venue].1,
            fee: Rate::from_bps(self.fees[venue]),
        };
        SpreadSpec {
            legs: [leg(shape.legs.0), leg(shape.legs.1)],
            qty: Money::parse(shape.qty.to_string().as_bytes()).unwrap(),
            threshold: Rate::from_bps(shape.threshold_bps),
            enabled: shape.enabled,
            allowed: [true, shape.qty % 5 != 0],
        }
    }

    fn level(venue: usize, px: i64, lots: i64) -> Level {
        let (px_decimals, qty_decimals) = DECIMALS[venue];
        Level { px: px * 10i64.pow(px_decimals.into()), qty: lots * 10i64.pow(qty_decimals.into()) }
    }

    fn feed(
        &mut self,
        venue: usize,
        kind: DeltaKind,
        bids: &[Level],
        asks: &[Level],
        now: i64,
        out: &mut Vec<Edge>,
    ) {
        self.ids[venue] += 1;
        let last = self.ids[venue];
        let delta = Delta { kind, first: last, last, prev: 0, venue_ns: 0, bids, asks };
        let id = InstrumentId(venue as u32);
        match self.books[venue].apply(&delta, now) {
            Ok(applied) => {
                if let Some(touch) = applied.touch() {
                    self.board.on_book(id, &self.books[venue], &touch, now, out);
                }
            }
            Err(_) => self.board.on_unsync(id, now, out),
        }
    }

    fn run(&mut self, step: &Step, now: i64) -> Vec<Edge> {
        let mut out = Vec::new();
        match *step {
            Step::Level { venue, ask, offset, lots } => {
                let px = if ask { self.mids[venue] + 1 + offset } else { self.mids[venue] - offset };
                let level = [Self::level(venue, px, lots)];
                let (bids, asks): (&[Level], &[Level]) = if ask { (&[], &level) } else { (&level, &[]) };
                self.feed(venue, DeltaKind::Update, bids, asks, now, &mut out);
            }
            Step::Unsync(venue) => {
                self.books[venue].unsync();
                self.board.on_unsync(InstrumentId(venue as u32), now, &mut out);
            }
            Step::Rebuild(venue, mid) => {
                self.mids[venue] = 1_000 + mid;
                let bids: Vec<Level> = (0..5).map(|i| Self::level(venue, 1_000 + mid - i, 4 + i)).collect();
                let asks: Vec<Level> = (0..5).map(|i| Self::level(venue, 1_001 + mid + i, 3 + i)).collect();
                self.feed(venue, DeltaKind::Snapshot, &bids, &asks, now, &mut out);
            }
            Step::Fee(venue, bps) => {
                self.fees[venue] = bps;
                let id = InstrumentId(venue as u32);
                self.board.set_fee(id, Rate::from_bps(bps), &self.books, now, &mut out);
            }
            Step::Remove(pair) => self.board.remove(PairIx(pair), now, &mut out),
            Step::Add(pair, shape) => {
                let spec = self.spec(shape);
                self.board.upsert(PairIx(pair), spec, &self.books, now, &mut out).unwrap();
            }
        }
        out
    }

    /// Opens and closes are told exactly once, in pair and direction order within one book change.
    fn hear(&mut self, edges: &[Edge]) {
        for edge in edges {
            let key = (edge.pair.0, edge.direction);
            match edge.change {
                EdgeChange::Opened(_) => assert!(self.open.insert(key), "opened twice: {edge:?}"),
                EdgeChange::Updated(_) => {
                    assert!(self.open.contains(&key), "update of a closed one: {edge:?}");
                }
                EdgeChange::Closed { .. } => assert!(self.open.remove(&key), "closed twice: {edge:?}"),
            }
        }
    }

    fn check(&self) {
        for pair in 0..6 {
            for direction in Direction::BOTH {
                let quote = self.board.spec(PairIx(pair)).and_then(|spec| {
                    let books = [0, 1].map(|leg| &self.books[spec.legs[leg].instrument.0 as usize]);
                    let active = spec.enabled && spec.allowed[direction as usize];
                    spec.quote(direction, books).filter(|_| active).map(|quote| (quote, spec.threshold))
                });
                assert_eq!(self.board.current(PairIx(pair), direction), quote.map(|q| q.0));
                // All fees and thresholds here are whole basis points, so `net` is exact.
                let above =
                    quote.is_some_and(|(q, t)| q.net.0 * 10_000_000_000 >= q.cost.0 * i128::from(t.0));
                assert_eq!(
                    self.open.contains(&(pair, direction)),
                    above,
                    "pair {pair} {direction:?} {quote:?}"
                );
                assert_eq!(self.board.open_since(PairIx(pair), direction).is_some(), above);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn incremental_equals_full(first in prop::collection::vec(shape(), 4), steps in prop::collection::vec(step(), 120)) {
        let mut world = World::new();
        for venue in 0..VENUES {
            world.run(&Step::Rebuild(venue, 2 * venue as i64), 0);
        }
        for (pair, shape) in first.iter().enumerate() {
            let edges = world.run(&Step::Add(pair as u32, *shape), 0);
            world.hear(&edges);
        }
        world.check();
        for (now, step) in steps.iter().enumerate() {
            let edges = world.run(step, now as i64 + 1);
            world.hear(&edges);
            world.check();
        }
    }
}
