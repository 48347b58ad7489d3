//! Where a resting order of a dry run stands in the real queue of its price.
//!
//! In front of it is what stood there when it came. Trades at its price take from the front; what leaves otherwise is
//! thought to leave from behind it, so the queue in front is never longer than the level and never shorter than proved.

use super::{Model, Order, rank};
use crate::units::{Ns, Side};

/// In front of an order beyond the levels that can be seen.
const UNSEEN: i64 = i64::MAX;

impl Model {
    pub(crate) fn rests_in(&self, listing: usize) -> bool {
        let book = &self.books[listing];
        !(book.bids.resting.is_empty() && book.asks.resting.is_empty())
    }

    /// Listings in which orders rest.
    pub(crate) fn resting_listings(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.books.len()).filter(|listing| self.rests_in(*listing))
    }

    /// Brings the queues of a listing's resting orders in line with its levels; a new order joins behind all of them.
    pub(crate) fn shorten_queues(&mut self, listing: usize) {
        for side in [Side::Buy, Side::Sell] {
            let ladder = self.books[listing].side(side);
            let last = ladder.synth.keys().next_back().copied();
            let level = |rank: i64| match ladder.synth.get(&rank) {
                Some(level) => level.epoch,
                None if last.is_none_or(|last| rank > last) => UNSEEN,
                None => 0,
            };
            let found: Vec<(u64, i64)> =
                ladder.resting.iter().map(|(rank, id)| (*id, level(*rank))).collect();
            for (id, level) in found {
                let front = self.queues.entry(id).or_insert(UNSEEN);
                *front = level.min(*front);
            }
        }
    }

    /// A trade at the real venue. `side` is the aggressor's; what it traded at an order's price or beyond would have met
    /// the queue in front of that order first, and then the order.
    pub(crate) fn public_trade(&mut self, listing: usize, side: Side, (px, qty): (i64, i64), at: Ns) {
        let Some(book) = self.books.get(listing) else { return };
        let (other, reached) = (side.opposite(), rank(side.opposite(), px));
        let met: Vec<(i64, u64)> = book.side(other).resting.range(..=(reached, u64::MAX)).copied().collect();
        let mut left = qty;
        for (rank, id) in met {
            let queue = self.queues.entry(id).or_insert(UNSEEN);
            // A trade beyond the order's price has passed the whole queue of that price.
            let front = if rank < reached { 0 } else { left.min(*queue) };
            *queue = if rank < reached { 0 } else { *queue - front };
            let open = self.orders.get(&id).map_or(0, Order::remaining);
            let filled = open.min(left - front);
            if filled > 0 {
                self.rest_fill(id, filled, at);
                left -= filled;
            }
        }
    }
}
