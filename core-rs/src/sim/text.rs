//! Numbers as the text venues print.

use crate::units::{MONEY_DECIMALS, Money, mul_div_half_even, pow10, push_fixed, push_plain};

fn into_string(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_default()
}

/// Shortest exact text.
pub(super) fn plain(amount: Money) -> String {
    let mut out = Vec::new();
    push_plain(&mut out, amount.0, MONEY_DECIMALS);
    into_string(out)
}

/// Text with exactly `digits` after the point, rounded half-even where the amount has more.
pub(super) fn fixed(amount: Money, digits: u8) -> String {
    let mut out = Vec::new();
    push_fixed(&mut out, round(amount, digits).0 / pow10(MONEY_DECIMALS - digits), digits);
    into_string(out)
}

/// A mantissa at `decimals` printed with exactly that many digits.
pub(super) fn mantissa(value: i64, decimals: u8) -> String {
    let mut out = Vec::new();
    push_fixed(&mut out, i128::from(value), decimals);
    into_string(out)
}

/// A mantissa at `decimals` printed as the shortest exact text.
pub(super) fn short(value: i64, decimals: u8) -> String {
    let mut out = Vec::new();
    push_plain(&mut out, i128::from(value), decimals);
    into_string(out)
}

/// The amount rounded half-even to `digits` decimals.
pub(super) fn round(amount: Money, digits: u8) -> Money {
    let step = pow10(MONEY_DECIMALS - digits);
    // Dividing by a power of ten can not overflow, so the fallback is never taken.
    Money(mul_div_half_even(amount.0, 1, step).unwrap_or(0) * step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_print_as_the_venues_do() {
        let amount = Money::parse(b"12.345678905").unwrap();
        assert_eq!(plain(amount), "12.345678905");
        assert_eq!(fixed(amount, 8), "12.34567890");
        assert_eq!(fixed(Money::parse(b"-0.5").unwrap(), 2), "-0.50");
        assert_eq!((mantissa(6_800_010, 2), short(6_800_010, 2)), ("68000.10".into(), "68000.1".into()));
    }
}
