//! Both sides of a book over one kind of storage, and the choice between the kinds. Knows nothing of sequences.

use super::ladder::LadderSide;
use super::side::{FlatSide, SideStore};
use super::{BookFault, Delta, Level, SIDE_LEVELS_MAX, Top, Touch, Walk, walk};
use crate::units::{Qty, Side};

/// Bids and asks; an ask's key is its negated price.
#[derive(Debug, Default)]
pub(super) struct Sides<S> {
    bids: S,
    asks: S,
}

impl<S: SideStore> Sides<S> {
    #[inline]
    fn top(&self) -> Top {
        Top {
            bid: self.bids.best().map(|(px, qty)| Level { px, qty }),
            ask: self.asks.best().map(|(key, qty)| Level { px: -key, qty }),
        }
    }

    #[inline]
    fn change(&mut self, delta: &Delta<'_>) -> Result<Touch, BookFault> {
        let before = self.top();
        let mut touch = Touch::NONE;
        for level in delta.bids {
            is_sound(level)?;
            if self.bids.set(level.px, level.qty) {
                touch.bid = touch.bid.max(level.px);
            }
        }
        for level in delta.asks {
            is_sound(level)?;
            if self.asks.set(-level.px, level.qty) {
                touch.ask = touch.ask.min(level.px);
            }
        }
        let after = self.check()?;
        touch.top = after != before;
        Ok(touch)
    }

    fn load(&mut self, delta: &Delta<'_>) -> Result<(), BookFault> {
        delta.bids.iter().chain(delta.asks).try_for_each(is_sound)?;
        self.bids.load(delta.bids.iter().map(|level| (level.px, level.qty)));
        self.asks.load(delta.asks.iter().map(|level| (-level.px, level.qty)));
        self.check().map(|_| ())
    }

    #[inline]
    fn check(&self) -> Result<Top, BookFault> {
        let top = self.top();
        if let Top { bid: Some(bid), ask: Some(ask) } = top
            && bid.px >= ask.px
        {
            return Err(BookFault::Crossed { bid: bid.px, ask: ask.px });
        }
        let levels = self.bids.len().max(self.asks.len());
        if levels > SIDE_LEVELS_MAX { Err(BookFault::TooDeep { levels }) } else { Ok(top) }
    }

    fn bids(&self) -> impl Iterator<Item = Level> + '_ {
        self.bids.iter().map(|(px, qty)| Level { px, qty })
    }

    fn asks(&self) -> impl Iterator<Item = Level> + '_ {
        self.asks.iter().map(|(key, qty)| Level { px: -key, qty })
    }

    #[inline]
    fn walk(&self, taker: Side, qty: Qty) -> Option<Walk> {
        match taker {
            Side::Buy => walk(self.asks(), qty),
            Side::Sell => walk(self.bids(), qty),
        }
    }
}

/// The storage of one book.
#[derive(Debug)]
pub(super) enum Store {
    Flat(Sides<FlatSide>),
    Ladder(Sides<LadderSide>),
}

/// The same expression over either kind of sides: one branch a message, none a level.
macro_rules! either {
    ($store:expr, $sides:ident => $run:expr) => {
        match $store {
            Store::Flat($sides) => $run,
            Store::Ladder($sides) => $run,
        }
    };
}

impl Store {
    #[inline]
    pub(super) fn top(&self) -> Top {
        either!(self, sides => sides.top())
    }

    #[inline]
    pub(super) fn change(&mut self, delta: &Delta<'_>) -> Result<Touch, BookFault> {
        either!(self, sides => sides.change(delta))
    }

    /// Replaces all levels. On a fault they are in no order to be used.
    pub(super) fn load(&mut self, delta: &Delta<'_>) -> Result<(), BookFault> {
        either!(self, sides => sides.load(delta))
    }

    pub(super) fn clear(&mut self) {
        either!(self, sides => {
            sides.bids.clear();
            sides.asks.clear();
        });
    }

    pub(super) fn bids(&self) -> Levels<impl Iterator<Item = Level>, impl Iterator<Item = Level>> {
        match self {
            Self::Flat(sides) => Levels::Flat(sides.bids()),
            Self::Ladder(sides) => Levels::Ladder(sides.bids()),
        }
    }

    pub(super) fn asks(&self) -> Levels<impl Iterator<Item = Level>, impl Iterator<Item = Level>> {
        match self {
            Self::Flat(sides) => Levels::Flat(sides.asks()),
            Self::Ladder(sides) => Levels::Ladder(sides.asks()),
        }
    }

    #[inline]
    pub(super) fn walk(&self, taker: Side, qty: Qty) -> Option<Walk> {
        either!(self, sides => sides.walk(taker, qty))
    }

    pub(super) fn depth(&self) -> (usize, usize) {
        either!(self, sides => (sides.bids.len(), sides.asks.len()))
    }
}

/// Levels of one side of either kind.
pub(super) enum Levels<F, L> {
    Flat(F),
    Ladder(L),
}

impl<F: Iterator<Item = Level>, L: Iterator<Item = Level>> Iterator for Levels<F, L> {
    type Item = Level;

    fn next(&mut self) -> Option<Level> {
        match self {
            Self::Flat(levels) => levels.next(),
            Self::Ladder(levels) => levels.next(),
        }
    }
}

#[inline]
const fn is_sound(level: &Level) -> Result<(), BookFault> {
    if level.px <= 0 || level.qty < 0 {
        return Err(BookFault::BadLevel { px: level.px, qty: level.qty });
    }
    Ok(())
}
