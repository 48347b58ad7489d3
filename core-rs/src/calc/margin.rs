//! Margin of linear perpetuals.

use crate::units::{Money, RATE_DECIMALS, Rate, Side, UnitError, mul_div_half_even, pow10};

/// `notional / leverage`, rounded up: a reserve must never be short. Leverage 0 counts as 1.
pub fn initial_margin(notional: Money, leverage: u32) -> Money {
    let (amount, leverage) = (notional.0.max(0), i128::from(leverage.max(1)));
    Money(amount / leverage + i128::from(amount % leverage != 0))
}

/// Liquidation price of an isolated linear position: where the loss has eaten the initial margin down to maintenance,
/// `entry * (1 - 1/leverage + maintenance)` for a long, mirrored for a short. An approximation: it leaves out fees,
/// funding and the venue's maintenance tiers. `None` where a long can not be liquidated (price would be <= 0).
pub fn liquidation_px(
    entry: Money,
    side: Side,
    leverage: u32,
    maintenance: Rate,
) -> Result<Option<Money>, UnitError> {
    let one = pow10(RATE_DECIMALS);
    let leverage = i128::from(leverage.max(1));
    // Over leverage * 10^10, so that 1/leverage needs no rounding of its own.
    let distance = one - i128::from(maintenance.0) * leverage;
    let numerator = match side {
        Side::Buy => one * leverage - distance,
        Side::Sell => one * leverage + distance,
    };
    let px = mul_div_half_even(entry.0, numerator, one * leverage).ok_or(UnitError::Overflow)?;
    Ok((px > 0).then_some(Money(px)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(text: &str) -> Money {
        Money::parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn margins_round_up() {
        assert_eq!(initial_margin(money("6800"), 10), money("680"));
        assert_eq!(initial_margin(money("100"), 3), money("33.333333333333333334"));
        assert_eq!(initial_margin(money("100"), 0), money("100"));
    }

    #[test]
    fn liquidation_prices_by_hand() {
        let half_percent = Rate::from_bps(50);
        let cases = [
            ("50000", Side::Buy, 10, Some("45250")),
            ("50000", Side::Sell, 10, Some("54750")),
            ("50000", Side::Buy, 1, Some("250")),
            ("60000", Side::Sell, 3, Some("79700")),
        ];
        for (entry, side, leverage, want) in cases {
            assert_eq!(liquidation_px(money(entry), side, leverage, half_percent), Ok(want.map(money)));
        }
        assert_eq!(liquidation_px(money("50000"), Side::Buy, 1, Rate::ZERO), Ok(None));
    }
}
