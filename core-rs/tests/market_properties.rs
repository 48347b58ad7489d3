//! Whatever happens to a stream, a synced book equals the true book at its own id, or the book says that it is not
//! synced. Walks equal a naive sum.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of a test may stop it")]

use std::collections::BTreeMap;

use proptest::prelude::*;
use tidegate_core::market::{Book, Delta, DeltaKind, Level, SeqRule, walk};
use tidegate_core::units::Qty;

type Sides = [BTreeMap<i64, i64>; 2];

/// Bids live in 1..=60 and asks in 61..=120, so that the true book is never crossed.
const MIDDLE: i64 = 60;

#[derive(Clone, Debug)]
struct Message {
    kind: DeltaKind,
    first: u64,
    last: u64,
    prev: u64,
    sides: [Vec<Level>; 2],
}

impl Message {
    fn delta(&self) -> Delta<'_> {
        let [bids, asks] = &self.sides;
        Delta {
            kind: self.kind,
            first: self.first,
            last: self.last,
            prev: self.prev,
            venue_ns: 0,
            bids,
            asks,
        }
    }
}

/// A true stream: updates, snapshots at every id that exists, and the book at each of these ids.
struct Truth {
    updates: Vec<Message>,
    snapshots: Vec<Message>,
    states: BTreeMap<u64, Sides>,
}

fn put(sides: &mut Sides, changes: &[(i64, i64)]) {
    for (px, qty) in changes {
        let side = &mut sides[usize::from(*px > MIDDLE)];
        if *qty == 0 {
            side.remove(px)
        } else {
            side.insert(*px, *qty)
        };
    }
}

fn split(changes: &[(i64, i64)]) -> [Vec<Level>; 2] {
    let level = |(px, qty): &(i64, i64)| Level { px: *px, qty: *qty };
    let side = |high: bool| changes.iter().filter(|c| (c.0 > MIDDLE) == high).map(level).collect();
    [side(false), side(true)]
}

fn snapshot(id: u64, sides: &Sides) -> Message {
    let level = |(px, qty): (&i64, &i64)| Level { px: *px, qty: *qty };
    let sides = [sides[0].iter().rev().map(level).collect(), sides[1].iter().map(level).collect()];
    Message { kind: DeltaKind::Snapshot, first: id, last: id, prev: 0, sides }
}

fn truth(rule: SeqRule, changes: &[Vec<(i64, i64)>]) -> Truth {
    let mut sides = Sides::default();
    let mut truth = Truth { updates: Vec::new(), snapshots: Vec::new(), states: BTreeMap::new() };
    let mut last = 10;
    for (index, change) in changes.iter().enumerate() {
        let (first, next) = match rule {
            SeqRule::SpanNext => (last + 1, last + 3),
            SeqRule::PrevLink => (last + 1 + index as u64 % 5, last + 9),
            SeqRule::Chain => (last + 1 + index as u64 % 5, last + 1 + index as u64 % 5),
            SeqRule::Increment => (last + 1, last + 1),
        };
        let update = Message { kind: DeltaKind::Update, first, last: next, prev: last, sides: split(change) };
        if first < next {
            // A snapshot may be taken in the middle of what one message covers.
            let mut half = sides.clone();
            put(&mut half, &change[..change.len() / 2]);
            truth.snapshots.push(snapshot(first, &half));
            truth.states.insert(first, half);
        }
        put(&mut sides, change);
        truth.snapshots.push(snapshot(next, &sides));
        truth.states.insert(next, sides.clone());
        truth.updates.push(update);
        last = next;
    }
    truth
}

/// What the wire does to the stream at one place.
#[derive(Clone, Copy, Debug)]
enum Fault {
    None,
    Drop,
    Repeat,
    Swap,
    Snapshot(usize),
    Cut,
}

fn faults() -> impl Strategy<Value = Vec<Fault>> {
    let one = prop_oneof![
        12 => Just(Fault::None),
        1 => Just(Fault::Drop),
        1 => Just(Fault::Repeat),
        1 => Just(Fault::Swap),
        2 => (0usize..80).prop_map(Fault::Snapshot),
        1 => Just(Fault::Cut),
    ];
    prop::collection::vec(one, 40)
}

fn changes() -> impl Strategy<Value = Vec<Vec<(i64, i64)>>> {
    let change = (1i64..=2 * MIDDLE, prop_oneof![1 => Just(0i64), 2 => 1i64..50]);
    prop::collection::vec(prop::collection::vec(change, 0..12), 40)
}

fn rules() -> impl Strategy<Value = SeqRule> {
    prop_oneof![
        Just(SeqRule::SpanNext),
        Just(SeqRule::PrevLink),
        Just(SeqRule::Increment),
        Just(SeqRule::Chain)
    ]
}

fn check(book: &Book, truth: &Truth) {
    if !book.is_synced() {
        assert_eq!(book.depth(), (0, 0), "an unsynced book shows no level");
        return;
    }
    let state = truth.states.get(&book.last_id()).expect("a synced book stands at an id of the stream");
    let level = |(px, qty): (&i64, &i64)| Level { px: *px, qty: *qty };
    assert!(book.bids().eq(state[0].iter().rev().map(level)), "bids at {}", book.last_id());
    assert!(book.asks().eq(state[1].iter().map(level)), "asks at {}", book.last_id());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_book_is_right_or_unsynced(hot: bool, rule in rules(), changes in changes(), faults in faults()) {
        let truth = truth(rule, &changes);
        let mut book = if hot { Book::hot(rule) } else { Book::new(rule) };
        let mut order: Vec<usize> = (0..truth.updates.len()).collect();
        for (at, fault) in faults.iter().enumerate() {
            if matches!(fault, Fault::Swap) && at + 1 < order.len() {
                order.swap(at, at + 1);
            }
        }
        for (at, fault) in faults.iter().enumerate() {
            let update = &truth.updates[order[at]];
            let times = match fault {
                Fault::Drop => 0,
                Fault::Repeat => 2,
                Fault::None | Fault::Swap | Fault::Snapshot(_) | Fault::Cut => 1,
            };
            for _ in 0..times {
                let _ = book.apply(&update.delta(), 0);
                check(&book, &truth);
            }
            match fault {
                Fault::Snapshot(index) => {
                    // By REST it may be of any age; a stream's own snapshot is of now.
                    let near = if rule.buffers() { *index } else { order[at] };
                    if let Some(snapshot) = truth.snapshots.get(near) {
                        let _ = book.apply(&snapshot.delta(), 0);
                        check(&book, &truth);
                    }
                }
                Fault::Cut => book.unsync(),
                Fault::None | Fault::Drop | Fault::Repeat | Fault::Swap => {}
            }
        }
    }

    #[test]
    fn an_unharmed_stream_with_a_snapshot_ends_synced(rule in rules(), changes in changes(), at in 1usize..30) {
        let truth = truth(rule, &changes);
        let mut book = Book::new(rule);
        for (index, update) in truth.updates.iter().enumerate() {
            if index == at {
                let taken = truth.snapshots.iter().rfind(|s| s.last <= update.prev).expect("an earlier id");
                prop_assert!(book.apply(&taken.delta(), 0).is_ok());
            }
            prop_assert!(book.apply(&update.delta(), 0).is_ok());
            check(&book, &truth);
        }
        prop_assert!(book.is_synced());
        prop_assert_eq!(book.last_id(), truth.updates.last().expect("updates").last);
    }

    #[test]
    fn a_walk_equals_the_naive_sum(levels in prop::collection::vec((1i64..1_000_000, 1i64..1_000), 0..40), qty in 1i64..20_000) {
        let levels: Vec<Level> = levels.iter().map(|(px, qty)| Level { px: *px, qty: *qty }).collect();
        let units: Vec<i64> = levels.iter().flat_map(|l| std::iter::repeat_n(l.px, l.qty as usize)).collect();
        let got = walk(levels, Qty::new(qty).expect("positive"));
        if units.len() < qty as usize {
            prop_assert_eq!(got, None);
        } else {
            let taken = &units[..qty as usize];
            let got = got.expect("enough depth");
            prop_assert_eq!(got.notional, taken.iter().map(|px| i128::from(*px)).sum::<i128>());
            prop_assert_eq!(Some(got.worst.get()), taken.last().copied());
        }
    }
}
