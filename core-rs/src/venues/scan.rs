//! Characters of a message: digits to integers on the short way, escapes to text.

/// The common form of a price: quoted plain digits that fit 18 places. Anything else takes the general way
/// (`units::parse_fixed`), so this needs no error cases. Returns the mantissa and the bytes it took.
#[inline]
pub(super) fn quoted_mantissa(text: &[u8], decimals: u8) -> Option<(i64, usize)> {
    let text = text.strip_prefix(b"\"")?;
    let decimals = usize::from(decimals);
    let (mut value, mut at) = (0u64, 0);
    let whole = take_digits(text, &mut at, usize::MAX, &mut value);
    let mut kept = 0;
    if *text.get(at)? == b'.' {
        at += 1;
        kept = take_digits(text, &mut at, decimals, &mut value);
        while *text.get(at)? == b'0' {
            at += 1;
        }
    }
    if *text.get(at)? != b'"' || whole == 0 || whole + decimals > 18 {
        return None;
    }
    Some(((value * POW10[decimals - kept]) as i64, at + 2))
}

const POW10: [u64; 19] = {
    let mut table = [1u64; 19];
    let mut i = 1;
    while i < 19 {
        table[i] = table[i - 1] * 10;
        i += 1;
    }
    table
};

/// Takes up to `max` digits into `value` and counts them. Wraps when there are too many: the caller looks at the count.
#[inline]
fn take_digits(text: &[u8], at: &mut usize, max: usize, value: &mut u64) -> usize {
    let start = *at;
    while *at - start < max {
        let digit = match text.get(*at) {
            Some(byte) => byte.wrapping_sub(b'0'),
            None => break,
        };
        if digit > 9 {
            break;
        }
        *value = value.wrapping_mul(10).wrapping_add(u64::from(digit));
        *at += 1;
    }
    *at - start
}

/// How many bytes from the start are ASCII that stands for itself in a string: eight at a time, the last few are left to
/// the caller.
#[inline]
pub(super) fn plain_run(text: &[u8]) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = ONES << 7;
    // The lowest set bit of each is exact: a borrow only travels upwards.
    let zero_in = |word: u64| word.wrapping_sub(ONES) & !word & HIGH;
    let (mut at, mut rest) = (0, text);
    while let Some((&chunk, after)) = rest.split_first_chunk::<8>() {
        let word = u64::from_le_bytes(chunk);
        let control = word.wrapping_sub(ONES * 0x20) & !word & HIGH;
        let special = zero_in(word ^ (ONES * u64::from(b'"'))) | zero_in(word ^ (ONES * u64::from(b'\\')));
        let stop = control | special | (word & HIGH);
        if stop != 0 {
            return at + (stop.trailing_zeros() / 8) as usize;
        }
        at += 8;
        rest = after;
    }
    at
}

/// The value of four hex digits.
pub(super) fn hex4(text: Option<&[u8]>) -> Option<u32> {
    let digits = text?.get(..4)?;
    digits.iter().try_fold(0, |value, byte| Some((value << 4) | char::from(*byte).to_digit(16)?))
}

/// Resolves the escapes of a string into `out`, as far as it fits; returns the length. Escaped characters outside
/// ASCII become `?`: this is for error prose, which is shown and matched by its ASCII parts only.
pub(super) fn unescape_into(text: &[u8], out: &mut [u8]) -> usize {
    let (mut from, mut to) = (0, 0);
    while from < text.len() && to < out.len() {
        let (byte, len) = match (text[from], text.get(from + 1)) {
            (b'\\', Some(b'u')) => match hex4(text.get(from + 2..)) {
                Some(code @ 0x20..=0x7e) => (code as u8, 6),
                _ => (b'?', 6),
            },
            (b'\\', Some(b'n' | b'r' | b't' | b'b' | b'f')) => (b' ', 2),
            (b'\\', Some(byte)) => (*byte, 2),
            (byte, _) => (byte, 1),
        };
        out[to] = byte;
        from += len;
        to += 1;
    }
    to
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_run_ends_at_the_first_byte_that_needs_care() {
        for stop in [b'"', b'\\', 0x1f, 0, b'\n', 0x80, 0xff] {
            for at in 0..24 {
                let mut text = [b'~'; 24];
                text[..at].fill(b' ');
                text[at] = stop;
                assert_eq!(plain_run(&text), at, "{stop} at {at}");
            }
        }
        assert_eq!((plain_run(b"0123456789"), plain_run(b"[]!#^_\x7f`{}012345")), (8, 16));
    }

    #[test]
    fn prose_is_unescaped_and_cut() {
        let mut out = [0; 8];
        let len = unescape_into(b"a\\u0042\\\"\\n\\u00e9 long tail", &mut out);
        assert_eq!(&out[..len], b"aB\" ? lo");
    }
}
