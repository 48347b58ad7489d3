//! Net spread of buying on one book and selling on another.

use crate::units::{Money, RATE_DECIMALS, Rate, mul_div_half_even, pow10};

/// `(proceeds * (1 - fee_sell) - cost * (1 + fee_buy)) / cost` as a mantissa at `decimals` digits, rounded half-even
/// once, at the end. `None` when `cost` is zero or the sum overflows.
pub fn net_spread(cost: Money, proceeds: Money, fee_buy: Rate, fee_sell: Rate, decimals: u8) -> Option<i128> {
    let one = pow10(RATE_DECIMALS);
    let sold = proceeds.0.checked_mul(one - i128::from(fee_sell.0))?;
    let bought = cost.0.checked_mul(one + i128::from(fee_buy.0))?;
    mul_div_half_even(sold.checked_sub(bought)?, pow10(decimals), cost.0.checked_mul(one)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn net_spreads_by_hand() {
        let money = |text: &str| Money::parse(text.as_bytes()).unwrap();
        let (none, ten) = (Rate::ZERO, Rate::from_bps(10));
        let cases = [
            ("100", "100.05", none, none, 8, Some(50_000)),
            ("100", "100.3", ten, ten, 8, Some(99_700)),
            ("100", "99", none, none, 4, Some(-100)),
            ("3", "3.00005", none, none, 5, Some(2)),
            ("0", "1", none, none, 8, None),
        ];
        for (cost, proceeds, buy, sell, decimals, want) in cases {
            assert_eq!(
                net_spread(money(cost), money(proceeds), buy, sell, decimals),
                want,
                "{cost} {proceeds}"
            );
        }
    }
}
