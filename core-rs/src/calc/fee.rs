//! Fees: what a trade costs, and what a fee is worth in quote.

use crate::units::{Asset, Money, Rate, UnitError};

/// Fee of a notional (or of a base amount), half-even at 18 decimals. Negative rates are rebates.
pub fn fee(amount: Money, rate: Rate) -> Result<Money, UnitError> {
    amount.times_rate(rate)
}

/// A fee's value in quote: itself when paid in quote, at the fill price when paid in base, `None` in a third asset.
pub fn fee_in_quote(
    fee: Money,
    paid_in: &Asset,
    base: &Asset,
    quote: &Asset,
    fill_px: Money,
) -> Result<Option<Money>, UnitError> {
    if paid_in == quote || fee == Money::ZERO {
        Ok(Some(fee))
    } else if paid_in == base {
        super::product(fill_px, fee).map(Some)
    } else {
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fee_is_valued_where_the_fill_gives_a_price() {
        let money = |text: &str| Money::parse(text.as_bytes()).unwrap();
        let asset = |name: &str| Asset::new(name.as_bytes()).unwrap();
        let (btc, usdt, bnb) = (asset("BTC"), asset("USDT"), asset("BNB"));
        let cases = [
            ("6.8", usdt, Some("6.8")),
            ("0.0001", btc, Some("6.8")),
            ("-0.0001", btc, Some("-6.8")),
            ("0.01", bnb, None),
            ("0", bnb, Some("0")),
        ];
        for (amount, paid_in, want) in cases {
            let value = fee_in_quote(money(amount), &paid_in, &btc, &usdt, money("68000"));
            assert_eq!(value, Ok(want.map(money)), "{amount} {paid_in}");
        }
        assert_eq!(fee(money("6800"), Rate::from_bps(10)), Ok(money("6.8")));
    }
}
