//! The spread board: executable net spread of any number of pairs, kept incrementally. A book change costs only the
//! depth walks that it reaches and the pairs that use them. Knows nothing of orders, venues or time.

use super::slot::{Link, Slots};
use super::{Book, Quote, SpreadSpec, Touch};
use crate::units::{Direction, InstrumentId, Ns, Rate, Side, UnitError};
use serde::{Deserialize, Serialize};

/// Index of a pair in its owner's table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PairIx(pub u32);

/// Books by instrument; what the board reads when a pair is set up.
pub trait Books {
    fn book(&self, instrument: InstrumentId) -> Option<&Book>;
}

impl Books for Vec<Book> {
    fn book(&self, instrument: InstrumentId) -> Option<&Book> {
        self.get(instrument.0 as usize)
    }
}

/// One direction of a pair opened, changed while open, or closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edge {
    pub pair: PairIx,
    pub direction: Direction,
    pub change: EdgeChange,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EdgeChange {
    Opened(Quote),
    Updated(Quote),
    /// Below the threshold, too little depth, a book unsynced, or the pair changed or removed.
    Closed {
        /// How long it was open.
        open_ns: Ns,
        /// Highest net while open, in millionths of a percent.
        max_micro_percent: i64,
    },
}

/// One direction of one pair; index = 2 * pair + direction.
#[derive(Clone, Copy, Debug, Default)]
struct Lane {
    /// Slots of the bought and the sold walk.
    buy: u32,
    sell: u32,
    active: bool,
    open: bool,
    since: Ns,
    max_micro_percent: i64,
}

#[derive(Debug, Default)]
pub struct SpreadBoard {
    specs: Vec<Option<SpreadSpec>>,
    lanes: Vec<Lane>,
    slots: Slots,
}

impl SpreadBoard {
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds or replaces a pair and evaluates it. What was open of the old one closes first.
    /// Error when the quantity is not exact at a leg's decimals, or the legs are one instrument.
    pub fn upsert(
        &mut self,
        pair: PairIx,
        spec: SpreadSpec,
        books: &dyn Books,
        now: Ns,
        out: &mut Vec<Edge>,
    ) -> Result<(), UnitError> {
        if spec.legs[0].instrument == spec.legs[1].instrument {
            return Err(UnitError::BadName);
        }
        let qtys = [spec.qty_of(0)?, spec.qty_of(1)?];
        if spec.legs.iter().any(|leg| leg.decimals() > crate::units::MONEY_DECIMALS) {
            return Err(UnitError::TooPrecise);
        }
        self.remove(pair, now, out);
        self.grow(pair);
        self.specs[pair.0 as usize] = Some(spec);
        for direction in Direction::BOTH {
            if !spec.enabled || !spec.allowed[direction as usize] {
                continue;
            }
            let index = lane_index(pair, direction);
            let [buy, sell] = [Side::Buy, Side::Sell].map(|taker| {
                let leg = SpreadSpec::leg_of(direction, taker);
                self.slots.claim(&spec.legs[leg], taker, qtys[leg], spec.threshold, books)
            });
            self.slots.link(buy, Link { lane: index, partner: sell });
            self.slots.link(sell, Link { lane: index, partner: buy });
            self.lanes[index as usize] = Lane { buy, sell, active: true, ..Lane::default() };
            if self.slots.values[sell as usize] >= self.slots.values[buy as usize] {
                self.settle(index, true, now, out);
            }
        }
        Ok(())
    }

    /// Forgets a pair; what was open closes.
    pub fn remove(&mut self, pair: PairIx, now: Ns, out: &mut Vec<Edge>) {
        if self.specs.get(pair.0 as usize).copied().flatten().is_none() {
            return;
        }
        for direction in Direction::BOTH {
            let index = lane_index(pair, direction);
            let lane = self.lanes[index as usize];
            if lane.active {
                self.settle(index, false, now, out);
                self.slots.release(lane.buy, index);
                self.slots.release(lane.sell, index);
                self.lanes[index as usize].active = false;
            }
        }
        self.specs[pair.0 as usize] = None;
    }

    /// A new taker fee of an instrument: every pair on it is set up again.
    pub fn set_fee(
        &mut self,
        instrument: InstrumentId,
        fee: Rate,
        books: &dyn Books,
        now: Ns,
        out: &mut Vec<Edge>,
    ) {
        for index in 0..self.specs.len() {
            let Some(mut spec) = self.specs[index] else { continue };
            let Some(leg) = spec.legs.iter_mut().find(|leg| leg.instrument == instrument && leg.fee != fee)
            else {
                continue;
            };
            leg.fee = fee;
            let kept = self.upsert(PairIx(index as u32), spec, books, now, out);
            debug_assert!(kept.is_ok(), "the spec was accepted before");
        }
    }

    /// The book of `instrument` changed as far as `touch` says. O(walks reached + pairs using them).
    #[inline]
    pub fn on_book(
        &mut self,
        instrument: InstrumentId,
        book: &Book,
        touch: &Touch,
        now: Ns,
        out: &mut Vec<Edge>,
    ) {
        let first = out.len();
        for taker in [Side::Buy, Side::Sell] {
            for at in 0..self.slots.of(instrument, taker).len() {
                let slot = self.slots.of(instrument, taker)[at];
                if touch.reaches(taker, self.slots.worst(slot)) && self.slots.walk(slot, book) {
                    self.evaluate(slot, taker, now, out);
                }
            }
        }
        sort(&mut out[first..]);
    }

    /// The book of `instrument` can not be priced from: all its directions close.
    pub fn on_unsync(&mut self, instrument: InstrumentId, now: Ns, out: &mut Vec<Edge>) {
        let first = out.len();
        for taker in [Side::Buy, Side::Sell] {
            for at in 0..self.slots.of(instrument, taker).len() {
                let slot = self.slots.of(instrument, taker)[at];
                self.slots.void(slot);
                self.evaluate(slot, taker, now, out);
            }
        }
        sort(&mut out[first..]);
    }

    /// The direction's price now, whether above the threshold or not. `None` when the pair is unknown or disabled,
    /// the direction is not allowed, a book is unsynced or its depth is short.
    pub fn current(&self, pair: PairIx, direction: Direction) -> Option<Quote> {
        let spec = self.spec(pair)?;
        let lane = self.lanes[lane_index(pair, direction) as usize];
        if !lane.active {
            return None;
        }
        spec.price(direction, self.slots.walked(lane.buy)?, self.slots.walked(lane.sell)?)
    }

    /// Since when the direction is open.
    pub fn open_since(&self, pair: PairIx, direction: Direction) -> Option<Ns> {
        self.lanes.get(lane_index(pair, direction) as usize).filter(|lane| lane.open).map(|lane| lane.since)
    }

    pub fn spec(&self, pair: PairIx) -> Option<&SpreadSpec> {
        self.specs.get(pair.0 as usize)?.as_ref()
    }

    #[inline]
    fn evaluate(&mut self, slot: u32, taker: Side, now: Ns, out: &mut Vec<Edge>) {
        if self.slots.stirs(slot) {
            self.evaluate_all(slot, taker, now, out);
        }
    }

    #[cold]
    fn evaluate_all(&mut self, slot: u32, taker: Side, now: Ns, out: &mut Vec<Edge>) {
        let own = self.slots.values[slot as usize];
        for at in 0..self.slots.links(slot).len() {
            let Link { lane, partner } = self.slots.links(slot)[at];
            let other = self.slots.values[partner as usize];
            let above = match taker {
                Side::Buy => other >= own,
                Side::Sell => own >= other,
            };
            if above || self.lanes[lane as usize].open {
                self.settle(lane, above, now, out);
            }
        }
    }

    /// Brings one direction's state in line with `above`. Off the quiet path.
    #[cold]
    fn settle(&mut self, index: u32, above: bool, now: Ns, out: &mut Vec<Edge>) {
        let pair = PairIx(index / 2);
        let direction = Direction::BOTH[(index % 2) as usize];
        let quote = if above { self.current(pair, direction) } else { None };
        let lane = &mut self.lanes[index as usize];
        let change = match (quote, lane.open) {
            (Some(quote), true) => {
                lane.max_micro_percent = lane.max_micro_percent.max(quote.net_micro_percent);
                EdgeChange::Updated(quote)
            }
            (Some(quote), false) => {
                lane.open = true;
                lane.since = now;
                lane.max_micro_percent = quote.net_micro_percent;
                EdgeChange::Opened(quote)
            }
            (None, true) => {
                lane.open = false;
                EdgeChange::Closed { open_ns: now - lane.since, max_micro_percent: lane.max_micro_percent }
            }
            (None, false) => return,
        };
        let lane = *lane;
        if !matches!(change, EdgeChange::Updated(_)) {
            self.slots.count_open(lane.buy, lane.open);
            self.slots.count_open(lane.sell, lane.open);
        }
        out.push(Edge { pair, direction, change });
    }

    fn grow(&mut self, pair: PairIx) {
        let pairs = self.specs.len().max(pair.0 as usize + 1);
        self.specs.resize(pairs, None);
        self.lanes.resize(pairs * 2, Lane::default());
    }
}

const fn lane_index(pair: PairIx, direction: Direction) -> u32 {
    pair.0 * 2 + direction as u32
}

/// Events of one change come out by pair, then direction, however the walks are laid out.
fn sort(edges: &mut [Edge]) {
    if edges.len() > 1 {
        edges.sort_by_key(|edge| (edge.pair, edge.direction));
    }
}
