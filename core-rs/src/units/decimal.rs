//! Exact decimal text <-> integer. The one place where digits become numbers.

use super::UnitError;

const POW10: [i128; 39] = {
    let mut table = [1i128; 39];
    let mut i = 1;
    while i < 39 {
        table[i] = table[i - 1] * 10;
        i += 1;
    }
    table
};

/// 10^n for n <= 38.
pub const fn pow10(n: u8) -> i128 {
    POW10[n as usize]
}

/// Parses plain decimal text to a mantissa at `decimals`; excess zero digits are fine, other excess is refused.
#[inline]
pub fn parse_fixed(text: &[u8], decimals: u8) -> Result<i64, UnitError> {
    let (negative, digits) = match text.first() {
        Some(b'-') => (true, &text[1..]),
        _ => (false, text),
    };
    if digits.is_empty() {
        return Err(UnitError::NotANumber);
    }
    let mut value: i64 = 0;
    let mut index = 0;
    while index < digits.len() && digits[index] != b'.' {
        value = push_digit(value, digits[index])?;
        index += 1;
    }
    let whole_digits = index;
    let fraction = if index < digits.len() { &digits[index + 1..] } else { &[][..] };
    if whole_digits + fraction.len() == 0 {
        return Err(UnitError::NotANumber);
    }
    let keep = fraction.len().min(decimals as usize);
    for &byte in &fraction[..keep] {
        value = push_digit(value, byte)?;
    }
    for &byte in &fraction[keep..] {
        match byte {
            b'0' => {}
            b'1'..=b'9' => return Err(UnitError::TooPrecise),
            _ => return Err(UnitError::NotANumber),
        }
    }
    let missing = decimals as usize - keep;
    if missing > 0 {
        let factor = if missing <= 18 { POW10[missing] as i64 } else { return Err(UnitError::Overflow) };
        value = value.checked_mul(factor).ok_or(UnitError::Overflow)?;
    }
    Ok(if negative { -value } else { value })
}

#[inline]
fn push_digit(value: i64, byte: u8) -> Result<i64, UnitError> {
    let digit = byte.wrapping_sub(b'0');
    if digit > 9 {
        return Err(UnitError::NotANumber);
    }
    value.checked_mul(10).and_then(|v| v.checked_add(i64::from(digit))).ok_or(UnitError::Overflow)
}

/// Like [`parse_fixed`] into an `i128`.
pub fn parse_wide(text: &[u8], decimals: u8) -> Result<i128, UnitError> {
    let (negative, digits) = match text.first() {
        Some(b'-') => (true, &text[1..]),
        _ => (false, text),
    };
    let point = digits.iter().position(|b| *b == b'.').unwrap_or(digits.len());
    let fraction = digits.get(point + 1..).unwrap_or(&[]);
    if point + fraction.len() == 0 {
        return Err(UnitError::NotANumber);
    }
    let keep = fraction.len().min(decimals as usize);
    let mut value: i128 = 0;
    for &byte in digits[..point].iter().chain(&fraction[..keep]) {
        if !byte.is_ascii_digit() {
            return Err(UnitError::NotANumber);
        }
        value = value
            .checked_mul(10)
            .and_then(|v| v.checked_add(i128::from(byte - b'0')))
            .ok_or(UnitError::Overflow)?;
    }
    if let Some(byte) = fraction[keep..].iter().find(|b| **b != b'0') {
        return Err(if byte.is_ascii_digit() { UnitError::TooPrecise } else { UnitError::NotANumber });
    }
    let value = value.checked_mul(pow10(decimals - keep as u8)).ok_or(UnitError::Overflow)?;
    Ok(if negative { -value } else { value })
}

/// Digits of the largest power of ten that a `u64` holds.
const CHUNK_DIGITS: u8 = 19;
const CHUNK: u128 = POW10[CHUNK_DIGITS as usize] as u128;
/// A sign, 39 digits and a point.
const ROOM: usize = 41;
const END: u8 = ROOM as u8;

const PAIRS: [[u8; 2]; 100] = {
    let mut table = [[0; 2]; 100];
    let mut i = 0;
    while i < 100 {
        table[i] = [b'0' + (i / 10) as u8, b'0' + (i % 10) as u8];
        i += 1;
    }
    table
};

/// A number's decimal text, held inline.
struct Digits {
    bytes: [u8; ROOM],
    start: u8,
    end: u8,
}

impl Digits {
    /// The mantissa with exactly `decimals` digits after the point.
    fn fixed(mantissa: i128, decimals: u8) -> Self {
        let value = mantissa.unsigned_abs();
        let mut digits = Self { bytes: [b'0'; ROOM], start: END, end: END };
        let whole = if decimals == 0 {
            value
        } else {
            let unit = pow10(decimals).unsigned_abs();
            let (whole, part) = match u64::try_from(value) {
                Ok(value) if decimals <= CHUNK_DIGITS => {
                    (u128::from(value / unit as u64), u128::from(value % unit as u64))
                }
                _ => {
                    let whole = value / unit;
                    (whole, value - whole * unit)
                }
            };
            digits.put(part);
            digits.start = END - decimals;
            digits.byte(b'.');
            whole
        };
        let end = digits.start;
        digits.put(whole);
        // At least one digit before the point.
        digits.start = digits.start.min(end - 1);
        if mantissa < 0 {
            digits.byte(b'-');
        }
        digits
    }

    /// Trailing zeros (and a bare point) dropped: the shortest exact text.
    fn plain(mut mantissa: i128, mut decimals: u8) -> Self {
        // Amounts of 18 decimals mostly have no more than nine.
        const HALF: i128 = 1_000_000_000;
        while decimals >= 9 && mantissa % HALF == 0 {
            mantissa /= HALF;
            decimals -= 9;
        }
        let mut digits = Self::fixed(mantissa, decimals);
        if decimals > 0 {
            let zeros = digits.as_bytes().iter().rev().take_while(|byte| **byte == b'0').count() as u8;
            let bare = u8::from(zeros == decimals);
            digits.end -= zeros.min(decimals) + bare;
        }
        digits
    }

    fn as_bytes(&self) -> &[u8] {
        &self.bytes[usize::from(self.start)..usize::from(self.end)]
    }

    fn byte(&mut self, byte: u8) {
        self.start -= 1;
        self.bytes[usize::from(self.start)] = byte;
    }

    /// Puts a number in front, without leading zeros; zero is nothing.
    fn put(&mut self, mut value: u128) {
        let mut end = self.start;
        while value > u128::from(u64::MAX) {
            let above = value / CHUNK;
            self.put_small((value - above * CHUNK) as u64);
            end -= CHUNK_DIGITS;
            self.start = end;
            value = above;
        }
        self.put_small(value as u64);
    }

    fn put_small(&mut self, mut value: u64) {
        let mut at = usize::from(self.start);
        while value >= 10 {
            at -= 2;
            self.bytes[at..at + 2].copy_from_slice(&PAIRS[(value % 100) as usize]);
            value /= 100;
        }
        if value > 0 {
            at -= 1;
            self.bytes[at] = b'0' + value as u8;
        }
        self.start = at as u8;
    }
}

/// Appends the mantissa as decimal text with exactly `decimals` digits after the point.
pub fn push_fixed(out: &mut Vec<u8>, mantissa: i128, decimals: u8) {
    out.extend_from_slice(Digits::fixed(mantissa, decimals).as_bytes());
}

/// Like [`push_fixed`] with trailing zeros (and a bare point) dropped: the shortest exact text.
pub fn push_plain(out: &mut Vec<u8>, mantissa: i128, decimals: u8) {
    out.extend_from_slice(Digits::plain(mantissa, decimals).as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_becomes_the_exact_integer_or_an_error() {
        let cases: &[(&str, u8, Result<i64, UnitError>)] = &[
            ("61737.63000000", 2, Ok(6_173_763)),
            ("61737.63", 8, Ok(6_173_763_000_000)),
            ("0.00000001", 8, Ok(1)),
            ("0", 0, Ok(0)),
            (".5", 1, Ok(5)),
            ("5.", 1, Ok(50)),
            ("-1.25", 2, Ok(-125)),
            ("1.251", 2, Err(UnitError::TooPrecise)),
            ("", 2, Err(UnitError::NotANumber)),
            (".", 2, Err(UnitError::NotANumber)),
            ("-", 2, Err(UnitError::NotANumber)),
            ("1e5", 2, Err(UnitError::NotANumber)),
            ("1.2.3", 4, Err(UnitError::NotANumber)),
            ("NaN", 2, Err(UnitError::NotANumber)),
            ("99999999999999999999", 0, Err(UnitError::Overflow)),
        ];
        for (text, decimals, want) in cases {
            assert_eq!(parse_fixed(text.as_bytes(), *decimals), *want, "{text}");
            assert_eq!(
                parse_wide(text.as_bytes(), *decimals).map(|v| v as i64),
                if *want == Err(UnitError::Overflow) {
                    Ok(99_999_999_999_999_999_999i128 as i64)
                } else {
                    *want
                },
                "wide {text}"
            );
        }
    }

    #[test]
    fn integers_print_as_exact_text() {
        let cases: &[(i128, u8, &str, &str)] = &[
            (6_173_763, 2, "61737.63", "61737.63"),
            (6_173_700, 2, "61737.00", "61737"),
            (1, 8, "0.00000001", "0.00000001"),
            (-125, 2, "-1.25", "-1.25"),
            (0, 3, "0.000", "0"),
            (100, 0, "100", "100"),
            (0, 0, "0", "0"),
            (1_000_000_000_000_000_000, 18, "1.000000000000000000", "1"),
            (10_000_000_000_000_000_000, 0, "10000000000000000000", "10000000000000000000"),
            (18_446_744_073_709_551_616, 18, "18.446744073709551616", "18.446744073709551616"),
            (
                i128::MIN,
                0,
                "-170141183460469231731687303715884105728",
                "-170141183460469231731687303715884105728",
            ),
            (
                i128::MAX,
                38,
                "1.70141183460469231731687303715884105727",
                "1.70141183460469231731687303715884105727",
            ),
            (
                -1,
                38,
                "-0.00000000000000000000000000000000000001",
                "-0.00000000000000000000000000000000000001",
            ),
        ];
        for (value, decimals, fixed, plain) in cases {
            let (mut a, mut b) = (Vec::new(), Vec::new());
            push_fixed(&mut a, *value, *decimals);
            push_plain(&mut b, *value, *decimals);
            assert_eq!((a.as_slice(), b.as_slice()), (fixed.as_bytes(), plain.as_bytes()));
        }
    }
}
