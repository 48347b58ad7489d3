//! Cost basis of a position, exact: nothing is lost to rounding, whatever the order of fills.
//!
//! `cost` is the signed notional of the open part: what a long paid, minus what a short received. Closing a part
//! takes out its share of the cost, rounded half-even at 18 decimals; the remainder stays in the basis, so that over
//! any history `realized = cost - (sum of signed notionals)` holds to the last digit.

use crate::units::{Money, Side, UnitError, mul_div_half_even};
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Basis {
    /// Signed base quantity, positive long.
    pub qty: Money,
    /// Signed quote cost of that quantity; same sign as `qty`.
    pub cost: Money,
}

impl Basis {
    /// The basis after a trade, and the profit it realizes (fees apart). `qty` and `notional` are above zero.
    pub fn after(self, side: Side, qty: Money, notional: Money) -> Result<(Self, Money), UnitError> {
        let sign = |amount: Money| if side == Side::Buy { amount } else { amount.negated() };
        let (dq, dn) = (sign(qty), sign(notional));
        let opens = self.qty.0 == 0 || (self.qty.0 > 0) == (dq.0 > 0);
        if opens {
            return Ok((Self { qty: self.qty.plus(dq)?, cost: self.cost.plus(dn)? }, Money::ZERO));
        }
        let held = Money(self.qty.0.checked_abs().ok_or(UnitError::Overflow)?);
        if qty <= held {
            let share =
                |of: Money| mul_div_half_even(of.0, qty.0, held.0).map(Money).ok_or(UnitError::Overflow);
            let closed = if qty == held { self.cost } else { share(self.cost)? };
            let realized = dn.plus(closed)?.negated();
            return Ok((Self { qty: self.qty.plus(dq)?, cost: self.cost.minus(closed)? }, realized));
        }
        // Through zero: one part of the notional closes what is held, the exact rest opens the other way.
        let closing = mul_div_half_even(notional.0, held.0, qty.0).map(Money).ok_or(UnitError::Overflow)?;
        let (flat, realized) = self.after(side, held, closing)?;
        let (basis, _) = flat.after(side, qty.minus(held)?, notional.minus(closing)?)?;
        Ok((basis, realized))
    }

    /// Average entry price, half-even at 18 decimals; `None` when flat.
    pub fn entry_px(&self) -> Option<Money> {
        super::average_px(self.cost, self.qty)
    }
}

/// Profit of closing the whole position at `mark`.
pub fn unrealized(basis: &Basis, mark: Money) -> Result<Money, UnitError> {
    super::product(mark, basis.qty)?.minus(basis.cost)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn money(text: &str) -> Money {
        Money::parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn a_history_by_hand() {
        // side, qty, notional -> qty, cost, realized
        let cases = [
            (Side::Buy, "2", "200", "2", "200", "0"),
            (Side::Buy, "1", "130", "3", "330", "0"),
            (Side::Sell, "1", "120", "2", "220", "10"),
            (Side::Sell, "3", "300", "-1", "-100", "-20"),
            (Side::Sell, "2", "170", "-3", "-270", "0"),
            (Side::Buy, "1", "80", "-2", "-180", "10"),
            (Side::Buy, "2", "200", "0", "0", "-20"),
        ];
        let mut basis = Basis::default();
        for (side, qty, notional, want_qty, want_cost, want_realized) in cases {
            let (next, realized) = basis.after(side, money(qty), money(notional)).unwrap();
            assert_eq!(
                (next.qty, next.cost, realized),
                (money(want_qty), money(want_cost), money(want_realized))
            );
            basis = next;
        }
        let short = Basis { qty: money("-2"), cost: money("-180") };
        assert_eq!(unrealized(&short, money("85")), Ok(money("10")));
        assert_eq!(short.entry_px(), Some(money("90")));
        assert_eq!(Basis::default().entry_px(), None);
    }

    #[test]
    fn a_third_leaves_its_remainder_in_the_basis() {
        let basis = Basis { qty: money("3"), cost: money("100") };
        let (one_out, first) = basis.after(Side::Sell, money("1"), money("40")).unwrap();
        assert_eq!((one_out.cost, first), (money("66.666666666666666667"), money("6.666666666666666667")));
        let (out, rest) = one_out.after(Side::Sell, money("2"), money("80")).unwrap();
        assert_eq!((out, rest), (Basis::default(), money("13.333333333333333333")));
    }

    proptest! {
        #[test]
        fn any_order_of_fills_gives_one_quantity_and_one_profit(
            fills in prop::collection::vec((any::<bool>(), 1..1_000_000i64, 1..10_000_000i64), 1..30),
            rotate in 0..30usize,
            mark in 1..10_000_000i64,
        ) {
            let total = |fills: &[(bool, i64, i64)]| {
                let (mut basis, mut realized) = (Basis::default(), Money::ZERO);
                for (buys, qty, px) in fills {
                    let side = if *buys { Side::Buy } else { Side::Sell };
                    let qty_money = Money(i128::from(*qty) * 10_000_000_000_000);
                    let notional = Money(i128::from(*qty) * i128::from(*px) * 100_000_000_000);
                    let (next, profit) = basis.after(side, qty_money, notional).unwrap();
                    prop_assert!(next.qty.0.signum() * next.cost.0.signum() >= 0);
                    basis = next;
                    realized = realized.plus(profit).unwrap();
                }
                let open = unrealized(&basis, Money(i128::from(mark) * 10_000_000_000_000_000)).unwrap();
                Ok((basis.qty, realized.plus(open).unwrap(), realized.minus(basis.cost).unwrap()))
            };
            let straight = total(&fills)?;
            let mut turned = fills.clone();
            turned.rotate_left(rotate % fills.len());
            turned.reverse();
            prop_assert_eq!(straight, total(&turned)?);
        }
    }
}
