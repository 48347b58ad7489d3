//! Formulas only: leverage, margin, liquidation price, fees, profit and loss, sizing.

mod basis;
mod fee;
mod margin;
mod sizing;
mod spread;

pub use basis::{Basis, unrealized};
pub use fee::{fee, fee_in_quote};
pub use margin::{initial_margin, liquidation_px};
pub use sizing::{Grid, PairQty, SizingError, common_lot, fit_qty};
pub use spread::net_spread;

use crate::units::{MONEY_DECIMALS, Money, UnitError, mul_div_half_even, pow10};

/// `px * qty` where both are amounts at 18 decimals, half-even at 18.
pub fn product(px: Money, qty: Money) -> Result<Money, UnitError> {
    mul_div_half_even(px.0, qty.0, pow10(MONEY_DECIMALS)).map(Money).ok_or(UnitError::Overflow)
}

/// `total / qty` at 18 decimals, half-even: the average price of a notional. `None` for no quantity.
pub fn average_px(total: Money, qty: Money) -> Option<Money> {
    mul_div_half_even(total.0, pow10(MONEY_DECIMALS), qty.0).map(Money)
}

/// Profit of closing `qty` opened at `entry` for a long (`qty > 0`) or short (`qty < 0`) position, fees apart.
pub fn closing_pnl(entry: Money, exit: Money, qty: Money) -> Result<Money, UnitError> {
    product(exit.minus(entry)?, qty)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(text: &str) -> Money {
        Money::parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn averages_and_profits_by_hand() {
        assert_eq!(average_px(money("20500"), money("0.3")), Some(money("68333.333333333333333333")));
        assert_eq!(average_px(money("1"), Money::ZERO), None);
        assert_eq!(closing_pnl(money("100"), money("110.5"), money("2")), Ok(money("21")));
        assert_eq!(closing_pnl(money("100"), money("110.5"), money("-2")), Ok(money("-21")));
        assert_eq!(product(Money(i128::MAX), Money(i128::MAX)), Err(UnitError::Overflow));
    }
}
