//! One instrument's book: synthetic market liquidity plus clients' resting orders, and what was last shown of them.

use crate::units::Side;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Public trades kept for the REST list.
pub(crate) const TAPE_MAX: usize = 1000;

/// Synthetic liquidity at one price. `epoch` names the refill it belongs to: taken quantity is gone until the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SynthLevel {
    pub qty: i64,
    pub epoch: i64,
}

/// One side. Keys are ranks: price for asks, minus price for bids, so that the best level comes first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ladder {
    pub synth: BTreeMap<i64, SynthLevel>,
    /// (rank, order id): price, then time.
    pub resting: BTreeSet<(i64, u64)>,
    /// Remaining quantity of the resting orders by rank.
    pub resting_qty: BTreeMap<i64, i64>,
    /// As last published: (rank, quantity), best first.
    pub shown: Vec<(i64, i64)>,
}

/// A public trade.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Print {
    pub id: u64,
    pub px: i64,
    pub qty: i64,
    /// The aggressor's side.
    pub side: Side,
    pub at: i64,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Book {
    pub bids: Ladder,
    pub asks: Ladder,
    /// Id of the last published change.
    pub last_id: u64,
    pub tape: VecDeque<Print>,
}

/// What one publication changed. Levels are (price, quantity), 0 deletes.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    pub prev: u64,
    pub first: u64,
    pub last: u64,
    pub bids: Vec<(i64, i64)>,
    pub asks: Vec<(i64, i64)>,
    pub best_changed: bool,
}

pub(crate) const fn rank(side: Side, px: i64) -> i64 {
    match side {
        Side::Buy => -px,
        Side::Sell => px,
    }
}

/// Two sides in order of their ranks: (rank, quantity of one, of the other).
fn merged(
    one: impl Iterator<Item = (i64, i64)>,
    other: impl Iterator<Item = (i64, i64)>,
) -> impl Iterator<Item = (i64, Option<i64>, Option<i64>)> {
    let (mut one, mut other) = (one.peekable(), other.peekable());
    std::iter::from_fn(move || {
        let rank = match (one.peek(), other.peek()) {
            (Some((a, _)), Some((b, _))) => *a.min(b),
            (Some((a, _)), None) => *a,
            (None, b) => b?.0,
        };
        let qty_at = |(_, qty): (i64, i64)| qty;
        let one = one.next_if(|(a, _)| *a == rank).map(qty_at);
        Some((rank, one, other.next_if(|(b, _)| *b == rank).map(qty_at)))
    })
}

impl Ladder {
    /// Total quantity by rank, best first, empty levels left out, at most `depth`.
    fn visible(&self, depth: usize) -> Vec<(i64, i64)> {
        let synth =
            self.synth.iter().filter(|(_, level)| level.qty > 0).map(|(rank, level)| (*rank, level.qty));
        let resting = self.resting_qty.iter().map(|(rank, qty)| (*rank, *qty));
        let total = |(rank, synth, resting): (i64, Option<i64>, Option<i64>)| {
            (rank, synth.unwrap_or(0) + resting.unwrap_or(0))
        };
        merged(synth, resting).map(total).take(depth).collect()
    }

    fn publish(&mut self, depth: usize) -> Vec<(i64, i64)> {
        let next = self.visible(depth);
        let before = std::mem::replace(&mut self.shown, next);
        merged(before.into_iter(), self.shown.iter().copied())
            .filter(|(_, before, after)| before != after)
            .map(|(rank, _, after)| (rank.abs(), after.unwrap_or(0)))
            .collect()
    }

    /// Published levels as (price, quantity), best first.
    pub(crate) fn levels(&self, depth: usize) -> impl Iterator<Item = (i64, i64)> + '_ {
        self.shown.iter().take(depth).map(|(rank, qty)| (rank.abs(), *qty))
    }

    pub(crate) fn best(&self) -> Option<(i64, i64)> {
        self.levels(1).next()
    }

    pub(crate) fn rest(&mut self, rank: i64, id: u64, qty: i64) {
        self.resting.insert((rank, id));
        *self.resting_qty.entry(rank).or_default() += qty;
    }

    /// Takes `qty` of a resting order off; `done` removes the order itself.
    pub(crate) fn reduce(&mut self, rank: i64, id: u64, qty: i64, done: bool) {
        if let Some(left) = self.resting_qty.get_mut(&rank) {
            *left -= qty;
            if *left <= 0 {
                self.resting_qty.remove(&rank);
            }
        }
        if done {
            self.resting.remove(&(rank, id));
        }
    }

    pub(crate) fn take(&mut self, rank: i64, qty: i64) {
        if let Some(level) = self.synth.get_mut(&rank) {
            level.qty -= qty;
        }
    }

    /// Sets the synthetic side: levels of a known epoch keep what is left of them, others are fresh.
    pub(crate) fn refill(&mut self, target: &BTreeMap<i64, SynthLevel>) {
        let old = std::mem::take(&mut self.synth);
        self.synth = target
            .iter()
            .map(|(rank, fresh)| match old.get(rank) {
                Some(level) if level.epoch == fresh.epoch => (*rank, *level),
                _ => (*rank, *fresh),
            })
            .collect();
    }
}

impl Book {
    pub(crate) fn side(&self, side: Side) -> &Ladder {
        match side {
            Side::Buy => &self.bids,
            Side::Sell => &self.asks,
        }
    }

    pub(crate) fn side_mut(&mut self, side: Side) -> &mut Ladder {
        match side {
            Side::Buy => &mut self.bids,
            Side::Sell => &mut self.asks,
        }
    }

    /// Shows the book as it is now; `None` when nothing changed. `dense` numbers publications one by one.
    pub(crate) fn publish(&mut self, depth: usize, dense: bool) -> Option<Change> {
        let before = (self.bids.best(), self.asks.best());
        let (bids, asks) = (self.bids.publish(depth), self.asks.publish(depth));
        let count = bids.len() + asks.len();
        if count == 0 {
            return None;
        }
        let prev = self.last_id;
        self.last_id += if dense { 1 } else { count as u64 };
        let best_changed = before != (self.bids.best(), self.asks.best());
        Some(Change { prev, first: prev + 1, last: self.last_id, bids, asks, best_changed })
    }

    pub(crate) fn print(&mut self, print: Print) {
        if self.tape.len() == TAPE_MAX {
            self.tape.pop_front();
        }
        self.tape.push_back(print);
    }

    pub(crate) fn last_px(&self) -> Option<i64> {
        self.tape.back().map(|print| print.px).or_else(|| self.bids.best().map(|(px, _)| px))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(levels: &[(i64, i64, i64)]) -> BTreeMap<i64, SynthLevel> {
        levels.iter().map(|(rank, qty, epoch)| (*rank, SynthLevel { qty: *qty, epoch: *epoch })).collect()
    }

    #[test]
    fn publications_carry_only_what_changed_and_chain() {
        let mut book = Book { last_id: 100, ..Book::default() };
        book.asks.refill(&target(&[(1001, 5, 1), (1002, 7, 1)]));
        book.bids.refill(&target(&[(-1000, 4, 1)]));
        let first = book.publish(50, false).unwrap();
        assert_eq!((first.prev, first.first, first.last), (100, 101, 103));
        assert_eq!((first.bids, first.asks), (vec![(1000, 4)], vec![(1001, 5), (1002, 7)]));
        assert!(book.publish(50, false).is_none());
        book.asks.take(1001, 5);
        book.asks.rest(1002, 9, 3);
        let second = book.publish(50, true).unwrap();
        assert_eq!((second.first, second.last, second.best_changed), (104, 104, true));
        assert_eq!((second.bids, second.asks), (vec![], vec![(1001, 0), (1002, 10)]));
    }

    #[test]
    fn taken_liquidity_returns_only_with_a_new_epoch() {
        let mut ladder = Ladder::default();
        ladder.refill(&target(&[(10, 5, 1)]));
        ladder.take(10, 5);
        ladder.refill(&target(&[(10, 5, 1)]));
        assert_eq!(ladder.synth[&10].qty, 0);
        ladder.refill(&target(&[(10, 6, 2)]));
        assert_eq!(ladder.synth[&10].qty, 6);
    }

    #[test]
    fn a_level_beyond_the_window_is_deleted_explicitly() {
        let mut book = Book::default();
        book.asks.refill(&target(&[(10, 1, 1), (11, 1, 1)]));
        book.publish(2, true);
        book.asks.refill(&target(&[(9, 1, 1), (10, 1, 1), (11, 1, 1)]));
        assert_eq!(book.publish(2, true).unwrap().asks, vec![(9, 1), (11, 0)]);
    }
}
