//! What plans left on an account's instrument, and what orders without a plan did there: whether it can be traded away.

use super::LegFacts;
use super::arbitrage::{best_for, tradable, worsen};
use crate::units::{Money, Side};

/// One bounded order that takes the leg's whole net off, as far as filters and book allow now; `tries` widens its bound.
/// (side, base quantity, bound)
pub fn flatten(leg: &LegFacts, slippage_bps: i64, tries: u32) -> Option<(Side, Money, Money)> {
    if !leg.open || leg.is_busy() {
        return None;
    }
    let side = if leg.net.0 > 0 { Side::Sell } else { Side::Buy };
    let qty = tradable(leg, Money(leg.net.0.abs()))?;
    let bound = worsen(best_for(leg, side)?, side, slippage_bps * i64::from(tries.max(1)));
    Some((side, qty, bound))
}

/// Nothing of this size can be traded on the leg's instrument.
pub fn is_dust(leg: &LegFacts, amount: Money) -> bool {
    tradable(leg, Money(amount.0.abs())).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Pending;

    fn m(text: &str) -> Money {
        Money::parse(text.as_bytes()).unwrap()
    }

    fn leg(net: &str) -> LegFacts {
        LegFacts {
            side: Side::Buy,
            px: m("100"),
            net: m(net),
            traded: true,
            pending: Pending::default(),
            slow: false,
            attempts: 0,
            lot: m("0.001"),
            qty_min: m("0.001"),
            notional_min: m("0.5"),
            bid: Some(m("99.99")),
            ask: Some(m("100.01")),
            open: true,
        }
    }

    #[test]
    fn only_what_crosses_the_minimum_is_traded() {
        let cases = [
            ("0.0049", None),
            ("0.0059", Some((Side::Sell, m("0.005"), m("99.940005")))),
            ("-0.0059", Some((Side::Buy, m("0.005"), m("100.060005")))),
        ];
        for (net, want) in cases {
            assert_eq!(flatten(&leg(net), 5, 1), want, "{net}");
            assert_eq!(is_dust(&leg(net), m(net)), want.is_none(), "{net}");
        }
    }

    #[test]
    fn nothing_goes_out_beside_an_open_order_or_without_a_price() {
        let selling = Pending { sells: true, ..Pending::default() };
        assert_eq!(flatten(&LegFacts { pending: selling, ..leg("1") }, 5, 1), None);
        assert_eq!(flatten(&LegFacts { bid: None, ..leg("1") }, 5, 1), None);
        assert_eq!(flatten(&LegFacts { open: false, ..leg("1") }, 5, 1), None);
    }
}
