//! How much of an amount one order may have.

use super::least_qty;
use crate::units::{MONEY_DECIMALS, Money, mul_div, pow10};

/// An instrument's filters, and the owner's greatest order; base and quote units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrderSizes {
    pub lot: Money,
    pub qty_min: Money,
    pub qty_max: Money,
    pub notional_min: Money,
    /// The owner's greatest order.
    pub notional_max: Option<Money>,
    /// Prices are whole numbers of it: an order's own price may be so much above the bound.
    pub tick: Money,
}

impl OrderSizes {
    /// The part of `amount` for one order at `px`; a part leaves no rest that is too small for the next one. `None`: too
    /// little for any.
    pub fn part(&self, amount: Money, px: Money) -> Option<Money> {
        let lot = self.lot.0.max(1);
        let least = least_qty(self.lot, self.qty_min, self.notional_min, px);
        let dearest = px.0 + self.tick.0;
        let worth = self.notional_max.and_then(|most| mul_div(most.0, pow10(MONEY_DECIMALS), dearest));
        let most = worth.map_or(self.qty_max.0, |most| most.min(self.qty_max.0));
        let mut qty = amount.0.min(most);
        let rest = amount.0 - qty;
        if rest > 0 && rest < least.0 && qty - (least.0 - rest) >= least.0 {
            qty -= least.0 - rest;
        }
        qty -= qty.rem_euclid(lot);
        (qty >= least.0 && qty > 0).then_some(Money(qty))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn m(text: &str) -> Money {
        Money::parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn a_part_fits_every_bound_and_leaves_no_rest_too_small() {
        let sizes = OrderSizes {
            lot: m("0.001"),
            qty_min: m("0.005"),
            qty_max: m("10"),
            notional_min: m("0.5"),
            notional_max: Some(m("2")),
            tick: m("0.01"),
        };
        let cases = [
            ("0.0154", Some("0.015")),
            ("0.1", Some("0.019")),
            // 0.019 would leave 0.003, which nobody takes.
            ("0.022", Some("0.017")),
            ("0.004", None),
        ];
        for (amount, want) in cases {
            assert_eq!(sizes.part(m(amount), m("100")), want.map(m), "{amount}");
        }
        let unset = OrderSizes { notional_max: None, qty_max: m("0.05"), ..sizes };
        assert_eq!(unset.part(m("0.1"), m("100")), Some(m("0.05")));
    }
}
