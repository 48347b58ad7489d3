//! Money: amounts of an asset at 18 decimals, and rates (fees, spreads) as fractions at 10 decimals.

use super::{Price, Qty, UnitError, pow10, push_plain};
use serde::{Deserialize, Serialize};

/// Decimals of every [`Money`] amount.
pub const MONEY_DECIMALS: u8 = 18;
/// Decimals of every [`Rate`].
pub const RATE_DECIMALS: u8 = 10;

/// A signed amount of some asset, mantissa at [`MONEY_DECIMALS`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Money(pub i128);

/// A signed fraction (0.001 = 10 bps), mantissa at [`RATE_DECIMALS`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Rate(pub i64);

impl Money {
    pub const ZERO: Self = Self(0);

    pub fn parse(text: &[u8]) -> Result<Self, UnitError> {
        super::parse_wide(text, MONEY_DECIMALS).map(Self)
    }

    /// Exact `px * qty` at the instrument's decimals. Error when `px_decimals + qty_decimals > 18` or on overflow.
    pub fn notional(px: Price, px_decimals: u8, qty: Qty, qty_decimals: u8) -> Result<Self, UnitError> {
        let spare = MONEY_DECIMALS.checked_sub(px_decimals + qty_decimals).ok_or(UnitError::TooPrecise)?;
        (i128::from(px.get()) * i128::from(qty.get()))
            .checked_mul(pow10(spare))
            .map(Self)
            .ok_or(UnitError::Overflow)
    }

    /// The quantity as an amount of its base asset.
    pub fn of_qty(qty: Qty, qty_decimals: u8) -> Self {
        Self(i128::from(qty.get()) * pow10(MONEY_DECIMALS - qty_decimals))
    }

    /// A price as quote units per base unit.
    pub fn of_px(px: Price, px_decimals: u8) -> Self {
        Self(i128::from(px.get()) * pow10(MONEY_DECIMALS - px_decimals))
    }

    pub fn plus(self, other: Self) -> Result<Self, UnitError> {
        self.0.checked_add(other.0).map(Self).ok_or(UnitError::Overflow)
    }

    pub fn minus(self, other: Self) -> Result<Self, UnitError> {
        self.0.checked_sub(other.0).map(Self).ok_or(UnitError::Overflow)
    }

    #[must_use]
    pub const fn negated(self) -> Self {
        Self(-self.0)
    }

    /// `self * rate`, rounded half-even at 18 decimals.
    pub fn times_rate(self, rate: Rate) -> Result<Self, UnitError> {
        mul_div_half_even(self.0, i128::from(rate.0), pow10(RATE_DECIMALS))
            .map(Self)
            .ok_or(UnitError::Overflow)
    }

    /// Shortest exact decimal text.
    pub fn push_text(self, out: &mut Vec<u8>) {
        push_plain(out, self.0, MONEY_DECIMALS);
    }
}

impl Rate {
    pub const ZERO: Self = Self(0);

    pub fn parse(text: &[u8]) -> Result<Self, UnitError> {
        super::parse_fixed(text, RATE_DECIMALS).map(Self)
    }

    /// From percent text: "0.05" -> 0.0005.
    pub fn parse_percent(text: &[u8]) -> Result<Self, UnitError> {
        super::parse_fixed(text, RATE_DECIMALS - 2).map(Self)
    }

    pub const fn from_bps(bps: i64) -> Self {
        Self(bps * 1_000_000)
    }
}

/// `a * b / c` truncated toward zero, with a 256-bit product. `None` if `c == 0` or the result overflows.
pub fn mul_div(a: i128, b: i128, c: i128) -> Option<i128> {
    mul_div_parts(a, b, c).and_then(|(negative, quotient, _, _)| signed(negative, quotient))
}

/// `a * b / c` rounded half to even, with a 256-bit product. `None` if `c == 0` or the result overflows.
pub fn mul_div_half_even(a: i128, b: i128, c: i128) -> Option<i128> {
    let (negative, quotient, remainder, divisor) = mul_div_parts(a, b, c)?;
    // remainder < divisor, so comparing with the distance to the divisor avoids doubling past u128.
    let up = match remainder.cmp(&(divisor - remainder)) {
        core::cmp::Ordering::Greater => true,
        core::cmp::Ordering::Equal => quotient & 1 == 1,
        core::cmp::Ordering::Less => false,
    };
    signed(negative, quotient.checked_add(u128::from(up))?)
}

fn signed(negative: bool, magnitude: u128) -> Option<i128> {
    let value = i128::try_from(magnitude).ok()?;
    Some(if negative { -value } else { value })
}

/// (sign, quotient, remainder, divisor) of |a|*|b| / |c|.
fn mul_div_parts(a: i128, b: i128, c: i128) -> Option<(bool, u128, u128, u128)> {
    if c == 0 {
        return None;
    }
    let negative = (a < 0) ^ (b < 0) ^ (c < 0);
    let (a, b, c) = (a.unsigned_abs(), b.unsigned_abs(), c.unsigned_abs());
    if let Some(product) = a.checked_mul(b) {
        let quotient = product / c;
        return Some((negative, quotient, product - quotient * c, c));
    }
    let (high, low) = wide_mul(a, b);
    if high >= c {
        return None;
    }
    let (quotient, remainder) =
        if c <= u128::from(u64::MAX) { div_by_word(high, low, c) } else { div_by_bits(high, low, c) };
    Some((negative, quotient, remainder, c))
}

/// (quotient, remainder) of a 256-bit number by one word, a word at a time; `high` < `c`.
fn div_by_word(high: u128, low: u128, c: u128) -> (u128, u128) {
    let upper = (high << 64) | (low >> 64);
    let first = upper / c;
    let lower = ((upper - first * c) << 64) | (low & u128::from(u64::MAX));
    let second = lower / c;
    ((first << 64) | second, lower - second * c)
}

/// The same by any number, a bit at a time.
fn div_by_bits(high: u128, low: u128, c: u128) -> (u128, u128) {
    let (mut quotient, mut remainder) = (0u128, high);
    for bit in (0..128).rev() {
        let carry = remainder >> 127;
        remainder = (remainder << 1) | ((low >> bit) & 1);
        quotient <<= 1;
        if carry == 1 || remainder >= c {
            remainder = remainder.wrapping_sub(c);
            quotient |= 1;
        }
    }
    (quotient, remainder)
}

/// Full 256-bit product as (high, low).
fn wide_mul(a: u128, b: u128) -> (u128, u128) {
    const MASK: u128 = u64::MAX as u128;
    let (a_hi, a_lo, b_hi, b_lo) = (a >> 64, a & MASK, b >> 64, b & MASK);
    let low = a_lo * b_lo;
    let mid_a = a_hi * b_lo + (low >> 64);
    let mid_b = a_lo * b_hi + (mid_a & MASK);
    (a_hi * b_hi + (mid_a >> 64) + (mid_b >> 64), (mid_b << 64) | (low & MASK))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_divide_exactly_and_round_half_to_even() {
        let cases: &[(i128, i128, i128, Option<i128>)] = &[
            (7, 1, 2, Some(4)),
            (5, 1, 2, Some(2)),
            (-5, 1, 2, Some(-2)),
            (-7, 1, 2, Some(-4)),
            (i128::MAX, 10, 100, Some(17_014_118_346_046_923_173_168_730_371_588_410_573)),
            (i128::MAX, i128::MAX, i128::MAX, Some(i128::MAX)),
            (i128::MAX, 2, 1, None),
            (1, 1, 0, None),
        ];
        for (a, b, c, want) in cases {
            assert_eq!(mul_div_half_even(*a, *b, *c), *want, "{a} {b} {c}");
        }
        assert_eq!(mul_div(-7, 1, 2), Some(-3));
    }

    #[test]
    fn both_ways_of_wide_division_agree() {
        let word = u128::from(u64::MAX);
        for (high, low, c) in [(1, 0, 3), (1, u128::MAX, 1_000_000_000_000_000_000), (word - 1, word, word)] {
            assert_eq!(div_by_word(high, low, c), div_by_bits(high, low, c), "{high} {low} {c}");
        }
    }

    #[test]
    fn notional_is_exact_at_eighteen_decimals() {
        let px = Price::new(6_173_763).unwrap();
        let qty = Qty::new(50_000).unwrap();
        assert_eq!(Money::notional(px, 2, qty, 5), Money::parse(b"30868.815"));
        assert_eq!(Money::notional(px, 10, qty, 9), Err(UnitError::TooPrecise));
        assert_eq!(
            Money::parse(b"30868.815").unwrap().times_rate(Rate::from_bps(10)),
            Money::parse(b"30.868815")
        );
    }
}
