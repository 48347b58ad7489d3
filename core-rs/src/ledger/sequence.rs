//! The latest fills of a position in the venue's order. A venue realizes profit in the order in which it traded; news of
//! fills may come in another. A fill that is told late takes its place, and what was realized after it is counted anew.

use super::FillTerms;
use crate::calc::Basis;
use crate::units::{Money, Ns, Side, TradeId, UnitError};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// How far back a late fill finds its place; one that is older still counts as the first of these.
const KEPT: usize = 64;

/// One fill, as far as it moves a basis.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Turn {
    at: Ns,
    trade: TradeId,
    side: Side,
    qty: Money,
    notional: Money,
    realized: Money,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Sequence {
    /// Before the first of `turns`.
    before: Basis,
    turns: VecDeque<Turn>,
}

impl Turn {
    pub(super) fn new(terms: &FillTerms, notional: Money) -> Self {
        Self {
            at: terms.at,
            trade: terms.trade,
            side: terms.side,
            qty: terms.base_qty(),
            notional,
            realized: Money::ZERO,
        }
    }

    /// Time, then the trade's number (ids of one venue grow in length before they grow in value).
    fn key(&self) -> (Ns, usize, TradeId) {
        (self.at, self.trade.as_bytes().len(), self.trade)
    }
}

impl From<Basis> for Sequence {
    fn from(before: Basis) -> Self {
        Self { before, turns: VecDeque::new() }
    }
}

impl Sequence {
    pub(super) const fn new() -> Self {
        Self { before: Basis { qty: Money::ZERO, cost: Money::ZERO }, turns: VecDeque::new() }
    }

    /// Puts a fill in its place. Returns the basis after all of them and the change of what they realize together.
    pub(super) fn insert(&mut self, basis: Basis, turn: Turn) -> Result<(Basis, Money), UnitError> {
        let place = self.turns.iter().rposition(|known| known.key() <= turn.key()).map_or(0, |at| at + 1);
        if place == self.turns.len() {
            let (after, realized) = basis.after(turn.side, turn.qty, turn.notional)?;
            self.push(Turn { realized, ..turn })?;
            return Ok((after, realized));
        }
        let mut next = self.clone();
        next.turns.insert(place, turn);
        let mut basis = next.before;
        let mut change = Money::ZERO;
        for turn in &mut next.turns {
            let (after, realized) = basis.after(turn.side, turn.qty, turn.notional)?;
            change = change.plus(realized)?.minus(turn.realized)?;
            turn.realized = realized;
            basis = after;
        }
        next.trim()?;
        *self = next;
        Ok((basis, change))
    }

    fn push(&mut self, turn: Turn) -> Result<(), UnitError> {
        self.turns.push_back(turn);
        self.trim()
    }

    fn trim(&mut self) -> Result<(), UnitError> {
        while self.turns.len() > KEPT {
            let Some(old) = self.turns.pop_front() else { break };
            self.before = self.before.after(old.side, old.qty, old.notional)?.0;
        }
        Ok(())
    }

    pub(super) fn digest_into(&self, row: &mut Vec<u8>) {
        for amount in [self.before.qty, self.before.cost] {
            row.extend_from_slice(&amount.0.to_le_bytes());
        }
        for turn in &self.turns {
            row.extend_from_slice(&turn.at.to_le_bytes());
            row.extend_from_slice(turn.trade.as_bytes());
            row.push(turn.side as u8);
            for amount in [turn.qty, turn.notional] {
                row.extend_from_slice(&amount.0.to_le_bytes());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turn(at: Ns, side: Side, qty: i128, notional: i128) -> Turn {
        let trade = TradeId::new(at.to_string().as_bytes()).unwrap();
        Turn { at, trade, side, qty: Money(qty), notional: Money(notional), realized: Money::ZERO }
    }

    #[test]
    fn whatever_the_order_of_news_profit_is_that_of_the_order_of_trades() {
        let trades = [
            turn(1, Side::Buy, 2, 200),
            turn(2, Side::Sell, 1, 120),
            turn(3, Side::Buy, 3, 390),
            turn(4, Side::Sell, 4, 500),
            turn(10, Side::Sell, 2, 260),
        ];
        let told = |order: [usize; 5]| {
            let (mut sequence, mut basis, mut realized) = (Sequence::default(), Basis::default(), 0);
            for at in order {
                let (after, change) = sequence.insert(basis, trades[at]).unwrap();
                basis = after;
                realized += change.0;
            }
            (basis, realized)
        };
        let in_order = told([0, 1, 2, 3, 4]);
        for order in [[1, 0, 2, 3, 4], [4, 3, 2, 1, 0], [2, 4, 0, 3, 1]] {
            assert_eq!(told(order), in_order, "{order:?}");
        }
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let (mut sequence, mut basis) = (Sequence::default(), Basis::default());
        for at in 0..200 {
            basis = sequence.insert(basis, turn(at, Side::Buy, 1, 100)).unwrap().0;
        }
        assert_eq!((sequence.turns.len(), sequence.before.qty), (KEPT, Money(200 - KEPT as i128)));
        let late = sequence.insert(basis, turn(-1, Side::Sell, 1, 90)).unwrap().0;
        assert_eq!((late.qty, sequence.turns.len()), (Money(199), KEPT));
    }
}
