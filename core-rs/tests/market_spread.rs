//! The spread board on one pair with numbers worked out by hand.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of a test may stop it")]

use tidegate_core::market::{
    Book, Delta, DeltaKind, Edge, EdgeChange, Level, PairIx, SeqRule, SpreadBoard, SpreadLeg, SpreadSpec,
    push_percent,
};
use tidegate_core::units::{Direction, InstrumentId, Money, Price, Rate, UnitError};

const PAIR: PairIx = PairIx(3);

struct World {
    books: Vec<Book>,
    board: SpreadBoard,
    ids: [u64; 2],
}

/// Leg 1: prices with 2 decimals, quantities with 3. Leg 2: 1 and 5.
fn spec(fees: [&str; 2], threshold: &str) -> SpreadSpec {
    let leg = |index: u32, px_decimals, qty_decimals| SpreadLeg {
        instrument: InstrumentId(index),
        px_decimals,
        qty_decimals,
        fee: Rate::parse(fees[index as usize].as_bytes()).unwrap(),
    };
    SpreadSpec {
        legs: [leg(0, 2, 3), leg(1, 1, 5)],
        qty: Money::parse(b"0.5").unwrap(),
        threshold: Rate::parse_percent(threshold.as_bytes()).unwrap(),
        enabled: true,
        allowed: [true, true],
    }
}

impl World {
    fn new(spec: SpreadSpec) -> Self {
        let books = vec![Book::new(SeqRule::Increment), Book::new(SeqRule::Increment)];
        let mut world = Self { books, board: SpreadBoard::new(), ids: [10; 2] };
        assert_eq!(world.upsert(spec, 0), Ok(vec![]));
        world
    }

    fn upsert(&mut self, spec: SpreadSpec, now: i64) -> Result<Vec<Edge>, UnitError> {
        let mut out = Vec::new();
        self.board.upsert(PAIR, spec, &self.books, now, &mut out).map(|()| out)
    }

    fn feed(
        &mut self,
        leg: usize,
        kind: DeltaKind,
        bids: &[(i64, i64)],
        asks: &[(i64, i64)],
        now: i64,
    ) -> Vec<Edge> {
        let levels =
            |rows: &[(i64, i64)]| rows.iter().map(|r| Level { px: r.0, qty: r.1 }).collect::<Vec<_>>();
        let (bids, asks) = (levels(bids), levels(asks));
        self.ids[leg] += 1;
        let last = self.ids[leg];
        let delta = Delta { kind, first: last, last, prev: 0, venue_ns: 0, bids: &bids, asks: &asks };
        let touch = self.books[leg].apply(&delta, now).unwrap().touch().unwrap();
        let mut out = Vec::new();
        self.board.on_book(InstrumentId(leg as u32), &self.books[leg], &touch, now, &mut out);
        out
    }

    /// Leg 1 asks 100.00 x 0.3, 100.10 x 0.5; leg 2 bids 101.0 x 0.4, 100.8 x 1.
    fn fill(&mut self) -> Vec<Edge> {
        let first = self.feed(0, DeltaKind::Snapshot, &[(9_990, 1_000)], &[(10_000, 300), (10_010, 500)], 1);
        assert_eq!(first, vec![], "one book is not enough");
        self.feed(1, DeltaKind::Snapshot, &[(1_010, 40_000), (1_008, 100_000)], &[(1_020, 100_000)], 2)
    }
}

fn text(amount: Money) -> String {
    let mut out = Vec::new();
    amount.push_text(&mut out);
    String::from_utf8(out).unwrap()
}

fn percent(micro: i64) -> String {
    let mut out = Vec::new();
    push_percent(&mut out, micro);
    String::from_utf8(out).unwrap()
}

#[test]
fn an_opening_carries_costs_proceeds_bounds_fees_and_net_to_the_last_digit() {
    let mut world = World::new(spec(["0.001", "0.0004"], "0.7"));
    let edges = world.fill();
    let [Edge { pair: PAIR, direction: Direction::Leg1Buy, change: EdgeChange::Opened(quote) }] = edges[..]
    else {
        panic!("{edges:?}");
    };
    // cost 0.3*100 + 0.2*100.1; proceeds 0.4*101 + 0.1*100.8
    assert_eq!((text(quote.cost), text(quote.proceeds)), ("50.02".into(), "50.48".into()));
    assert_eq!(
        (quote.buy_worst, quote.sell_worst),
        (Price::new(10_010).unwrap(), Price::new(1_008).unwrap())
    );
    assert_eq!((text(quote.buy_vwap()), text(quote.sell_vwap())), ("100.04".into(), "100.96".into()));
    // 50.48*0.9996 - 50.02*1.001 = 50.459808 - 50.07002
    assert_eq!(
        (text(quote.gross()), text(quote.fees()), text(quote.net)),
        ("0.46".into(), "0.070212".into(), "0.389788".into())
    );
    // 0.389788 / 50.02 = 0.00779264294...
    assert_eq!(percent(quote.net_micro_percent), "0.779264");
    assert_eq!(world.board.current(PAIR, Direction::Leg1Buy), Some(quote));
    assert_eq!(world.board.open_since(PAIR, Direction::Leg1Buy), Some(2));
    assert_eq!(
        world.board.spec(PAIR).and_then(|s| s.quote(Direction::Leg1Buy, [&world.books[0], &world.books[1]])),
        Some(quote)
    );
}

#[test]
fn the_threshold_is_compared_exactly() {
    // Without fees net% is 100 * 0.46 / 50.02 = 0.91963214...; the board must not see the rounded 0.919632.
    for (threshold, opens) in [("0.91963214", 1), ("0.91963215", 0), ("0.9197", 0)] {
        assert_eq!(World::new(spec(["0", "0"], threshold)).fill().len(), opens, "{threshold}");
    }
    // Exactly at the threshold: cost 50, proceeds 50.5 is 1 %.
    let mut world = World::new(spec(["0", "0"], "1"));
    world.feed(0, DeltaKind::Snapshot, &[], &[(10_000, 1_000)], 1);
    assert_eq!(world.feed(1, DeltaKind::Snapshot, &[(1_010, 100_000)], &[], 2).len(), 1);
}

#[test]
fn changes_outside_the_walk_are_quiet_and_inside_update_or_close() {
    let mut world = World::new(spec(["0", "0"], "0.5"));
    assert_eq!(world.fill().len(), 1);
    let quiet: [(usize, (i64, i64), bool); 4] =
        [(0, (10_020, 9), true), (0, (9_980, 9), false), (1, (1_007, 9), false), (1, (1_030, 9), true)];
    for (leg, level, ask) in quiet {
        let rows = [level];
        let (bids, asks): (&[_], &[_]) = if ask { (&[], &rows) } else { (&rows, &[]) };
        assert_eq!(world.feed(leg, DeltaKind::Update, bids, asks, 3), vec![], "{leg} {level:?}");
    }
    let better = world.feed(0, DeltaKind::Update, &[], &[(10_000, 400)], 4);
    assert!(
        matches!(better[..], [Edge { change: EdgeChange::Updated(q), .. }] if percent(q.net_micro_percent) == "0.939812")
    );
    let worse = world.feed(0, DeltaKind::Update, &[], &[(10_000, 0), (10_090, 1_000), (10_010, 0)], 9);
    let closed = EdgeChange::Closed { open_ns: 7, max_micro_percent: 939_812 };
    assert_eq!(worse, vec![Edge { pair: PAIR, direction: Direction::Leg1Buy, change: closed }]);
    assert!(
        world.board.current(PAIR, Direction::Leg1Buy).is_some(),
        "below the threshold it still has a price"
    );
}

#[test]
fn short_depth_an_unsynced_book_a_new_fee_and_removal_close() {
    let closing: [fn(&mut World, &mut Vec<Edge>); 5] = [
        |world, out| out.extend(world.feed(1, DeltaKind::Update, &[(1_008, 0)], &[], 5)),
        |world, out| {
            world.books[0].unsync();
            world.board.on_unsync(InstrumentId(0), 5, out);
        },
        |world, out| world.board.set_fee(InstrumentId(1), Rate::from_bps(100), &world.books, 5, out),
        |world, out| world.board.remove(PAIR, 5, out),
        |world, out| {
            let off = SpreadSpec { enabled: false, ..spec(["0", "0"], "0.5") };
            out.extend(world.upsert(off, 5).unwrap());
        },
    ];
    for (case, close) in closing.iter().enumerate() {
        let mut world = World::new(spec(["0", "0"], "0.5"));
        assert_eq!(world.fill().len(), 1);
        let mut out = Vec::new();
        close(&mut world, &mut out);
        let change = EdgeChange::Closed { open_ns: 3, max_micro_percent: 919_632 };
        assert_eq!(out, vec![Edge { pair: PAIR, direction: Direction::Leg1Buy, change }], "case {case}");
        assert_eq!(world.board.open_since(PAIR, Direction::Leg1Buy), None);
    }
}

#[test]
fn both_directions_come_in_order_and_a_forbidden_one_is_silent() {
    for (allowed, want) in [([true, true], 2), ([false, true], 1), ([false, false], 0)] {
        let mut world = World::new(SpreadSpec { allowed, ..spec(["0", "0"], "-50") });
        world.feed(0, DeltaKind::Snapshot, &[(9_990, 1_000)], &[(10_000, 1_000)], 1);
        let edges = world.feed(1, DeltaKind::Snapshot, &[(1_000, 100_000)], &[(1_001, 100_000)], 2);
        assert_eq!(edges.len(), want);
        assert!(edges.is_sorted_by_key(|edge| edge.direction));
    }
}

#[test]
fn a_quantity_that_a_leg_can_not_hold_and_a_pair_of_one_instrument_are_refused() {
    let good = spec(["0", "0"], "0");
    let one = SpreadLeg { instrument: InstrumentId(0), ..good.legs[1] };
    let cases = [
        (SpreadSpec { qty: Money::parse(b"0.0005").unwrap(), ..good }, UnitError::TooPrecise),
        (SpreadSpec { qty: Money::ZERO, ..good }, UnitError::OutOfRange),
        (SpreadSpec { qty: Money::parse(b"-1").unwrap(), ..good }, UnitError::OutOfRange),
        (SpreadSpec { legs: [good.legs[0], one], ..good }, UnitError::BadName),
    ];
    let mut world = World::new(good);
    for (spec, want) in cases {
        assert_eq!(world.upsert(spec, 1), Err(want));
        assert_eq!(world.board.spec(PAIR), Some(&good), "what was there stays");
    }
}
