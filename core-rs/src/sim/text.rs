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

/// `2020-12-08T09:08:57.715Z` as epoch milliseconds.
pub(super) fn iso_ms(text: &str) -> Option<i64> {
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<i64>().ok().filter(|value| *value >= 0);
    let shape = text.len() == 24 && text.ends_with('Z') && text.is_ascii();
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let whole_years = year - i64::from(month <= 2);
    let (era, of_era) = (whole_years.div_euclid(400), whole_years.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let days = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468;
    let seconds = number(11, 13)? * 3600 + number(14, 16)? * 60 + number(17, 19)?;
    shape.then_some((days * 86_400 + seconds) * 1000 + number(20, 23)?)
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
    fn times_are_read_to_the_millisecond() {
        assert_eq!(iso_ms("2023-11-14T22:13:20.000Z"), Some(1_700_000_000_000));
        assert_eq!(iso_ms("2000-02-29T00:00:00.000Z"), Some(951_782_400_000));
        assert_eq!(iso_ms("2026-12-31T23:59:59.007Z"), Some(1_798_761_599_007));
        assert_eq!((iso_ms("2026-12-31T23:59:59Z"), iso_ms("1700000000000"), iso_ms("")), (None, None, None));
    }

    #[test]
    fn amounts_print_as_the_venues_do() {
        let amount = Money::parse(b"12.345678905").unwrap();
        assert_eq!(plain(amount), "12.345678905");
        assert_eq!(fixed(amount, 8), "12.34567890");
        assert_eq!(fixed(Money::parse(b"-0.5").unwrap(), 2), "-0.50");
        assert_eq!((mantissa(6_800_010, 2), short(6_800_010, 2)), ("68000.10".into(), "68000.1".into()));
    }
}
