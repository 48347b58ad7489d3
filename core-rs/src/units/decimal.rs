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
const CHUNK_DIGITS: usize = 19;
const CHUNK: u128 = POW10[CHUNK_DIGITS] as u128;

/// Appends the mantissa as decimal text with exactly `decimals` digits after the point.
pub fn push_fixed(out: &mut Vec<u8>, mantissa: i128, decimals: u8) {
    let mut buffer = [b'0'; 44];
    let (mut rest, mut end) = (mantissa.unsigned_abs(), buffer.len());
    let mut first = end;
    while rest > u128::from(u64::MAX) {
        let above = rest / CHUNK;
        first = put_digits(&mut buffer, end, (rest - above * CHUNK) as u64);
        end -= CHUNK_DIGITS;
        rest = above;
    }
    first = first.min(put_digits(&mut buffer, end, rest as u64));
    // At least one digit before the point.
    let point = buffer.len() - decimals as usize;
    let whole = &buffer[first.min(point - 1)..point];
    if mantissa < 0 {
        out.push(b'-');
    }
    out.extend_from_slice(whole);
    if decimals > 0 {
        out.push(b'.');
        out.extend_from_slice(&buffer[point..]);
    }
}

/// Writes the digits of `value` so that the last stands before `end`; returns where the first stands.
fn put_digits(buffer: &mut [u8; 44], end: usize, mut value: u64) -> usize {
    let mut at = end;
    while value > 0 {
        at -= 1;
        buffer[at] = b'0' + (value % 10) as u8;
        value /= 10;
    }
    at
}

/// Like [`push_fixed`] with trailing zeros (and a bare point) dropped: the shortest exact text.
pub fn push_plain(out: &mut Vec<u8>, mantissa: i128, decimals: u8) {
    push_fixed(out, mantissa, decimals);
    if decimals > 0 {
        let kept = out.iter().rposition(|byte| *byte != b'0').map_or(0, |at| at + 1);
        out.truncate(kept - usize::from(kept > 0 && out[kept - 1] == b'.'));
    }
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
