//! Depth walks shared by pairs: one per instrument, side, quantity and hurdle, with its fee-adjusted value.

use super::quote::SpreadLeg;
use super::spread::Books;
use super::{Book, Walk};
use crate::units::{InstrumentId, MONEY_DECIMALS, Qty, RATE_DECIMALS, Rate, Side, pow10};

/// A direction that uses a slot, and the slot on its other leg.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) lane: u32,
    pub(super) partner: u32,
}

#[derive(Debug)]
struct Slot {
    instrument: InstrumentId,
    taker: Side,
    qty: Qty,
    /// Native notional -> value at 28 decimals: scale times `1 - fee` (sold) or `1 + fee + threshold` (bought).
    factor: i128,
    /// Largest notional whose value fits; above it the walk counts as short.
    notional_max: i128,
    walk: Option<Walk>,
    links: Vec<Link>,
    /// How many of its lanes are open.
    open: u32,
}

/// All slots, the values apart: a check reads two values and nothing else.
///
/// A direction is open when `value(sold) >= value(bought)`, that is
/// `proceeds * (1 - fee_sell) >= cost * (1 + fee_buy + threshold)`: the exact form of `net / cost >= threshold`.
#[derive(Debug, Default)]
pub(super) struct Slots {
    pub(super) values: Vec<i128>,
    /// Worst price of the walk; one that any change reaches while there is no walk.
    worst: Vec<i64>,
    rows: Vec<Slot>,
    free: Vec<u32>,
    /// By instrument, then taker side.
    index: Vec<[Vec<u32>; 2]>,
}

impl Slots {
    /// The slot for this walk, made and walked when there is none yet.
    pub(super) fn claim(
        &mut self,
        leg: &SpreadLeg,
        taker: Side,
        qty: Qty,
        threshold: Rate,
        books: &dyn Books,
    ) -> u32 {
        let slot = Slot::new(leg, taker, qty, threshold);
        let place = leg.instrument.0 as usize;
        if self.index.len() <= place {
            self.index.resize_with(place + 1, Default::default);
        }
        let same = |at: &&u32| {
            let other = &self.rows[**at as usize];
            other.qty == slot.qty && other.factor == slot.factor
        };
        if let Some(found) = self.index[place][taker as usize].iter().find(same) {
            return *found;
        }
        let at = self.place(slot);
        self.index[place][taker as usize].push(at);
        if let Some(book) = books.book(leg.instrument) {
            self.walk(at, book);
        }
        at
    }

    pub(super) fn link(&mut self, slot: u32, link: Link) {
        self.rows[slot as usize].links.push(link);
    }

    /// The lane no longer uses the slot; a slot that none uses is freed.
    pub(super) fn release(&mut self, at: u32, lane: u32) {
        let slot = &mut self.rows[at as usize];
        slot.links.retain(|link| link.lane != lane);
        if slot.links.is_empty() {
            self.index[slot.instrument.0 as usize][slot.taker as usize].retain(|other| *other != at);
            self.free.push(at);
        }
    }

    #[inline]
    pub(super) fn of(&self, instrument: InstrumentId, taker: Side) -> &[u32] {
        self.index.get(instrument.0 as usize).map_or(&[], |sides| &sides[taker as usize])
    }

    #[inline]
    pub(super) fn links(&self, slot: u32) -> &[Link] {
        &self.rows[slot as usize].links
    }

    /// True when a lane of the slot is at or above its threshold, or was before: the rest of the work is not needed
    /// for most changes.
    #[inline]
    pub(super) fn stirs(&self, at: u32) -> bool {
        let slot = &self.rows[at as usize];
        let own = self.values[at as usize];
        let values = &self.values[..];
        let other = |link: &Link| values.get(link.partner as usize).copied();
        slot.open > 0
            || match slot.taker {
                Side::Buy => slot.links.iter().any(|link| other(link).is_some_and(|value| value >= own)),
                Side::Sell => slot.links.iter().any(|link| other(link).is_some_and(|value| own >= value)),
            }
    }

    /// Counts a lane that uses the slot as open or closed.
    pub(super) fn count_open(&mut self, at: u32, open: bool) {
        let count = &mut self.rows[at as usize].open;
        *count = if open { *count + 1 } else { *count - 1 };
    }

    #[inline]
    pub(super) fn worst(&self, slot: u32) -> i64 {
        self.worst[slot as usize]
    }

    pub(super) fn walked(&self, slot: u32) -> Option<Walk> {
        self.rows[slot as usize].walk
    }

    /// Walks the book anew; true when the outcome is another one.
    #[inline]
    pub(super) fn walk(&mut self, at: u32, book: &Book) -> bool {
        let slot = &mut self.rows[at as usize];
        let walk = book.walk(slot.taker, slot.qty).filter(|walk| walk.notional <= slot.notional_max);
        if walk == slot.walk {
            return false;
        }
        slot.walk = walk;
        let (value, worst) = match walk {
            // Can not wrap: `notional_max` holds. A checked product would call out of line.
            Some(walk) => (walk.notional.wrapping_mul(slot.factor), walk.worst.get()),
            None => unpriced(slot.taker),
        };
        self.values[at as usize] = value;
        self.worst[at as usize] = worst;
        true
    }

    pub(super) fn void(&mut self, at: u32) {
        let slot = &mut self.rows[at as usize];
        slot.walk = None;
        (self.values[at as usize], self.worst[at as usize]) = unpriced(slot.taker);
    }

    fn place(&mut self, slot: Slot) -> u32 {
        let (value, worst) = unpriced(slot.taker);
        if let Some(at) = self.free.pop() {
            self.values[at as usize] = value;
            self.worst[at as usize] = worst;
            self.rows[at as usize] = slot;
            return at;
        }
        self.values.push(value);
        self.worst.push(worst);
        self.rows.push(slot);
        self.rows.len() as u32 - 1
    }
}

impl Slot {
    fn new(leg: &SpreadLeg, taker: Side, qty: Qty, threshold: Rate) -> Self {
        let one = pow10(RATE_DECIMALS);
        let rate = match taker {
            Side::Buy => one + i128::from(leg.fee.0) + i128::from(threshold.0),
            Side::Sell => one - i128::from(leg.fee.0),
        };
        let factor = pow10(MONEY_DECIMALS - leg.decimals()) * rate;
        Self {
            instrument: leg.instrument,
            taker,
            qty,
            factor,
            notional_max: i128::MAX / factor.abs().max(1),
            walk: None,
            links: Vec::new(),
            open: 0,
        }
    }
}

/// Value and worst price of a missing walk: no comparison with it can open a direction, any change reaches it.
const fn unpriced(taker: Side) -> (i128, i64) {
    match taker {
        Side::Buy => (i128::MAX, i64::MAX - 1),
        Side::Sell => (i128::MIN, i64::MIN + 1),
    }
}
