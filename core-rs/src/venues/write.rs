//! Writing requests: bytes appended to a buffer from templates, decimals exact and without exponent.

use super::Session;
use crate::market::{Instrument, Lots};
use crate::units::{Ns, Price, push_plain};

/// Our wall time as the venue's clock shows it, in whole milliseconds, rounded down: never ahead of the server.
pub(super) const fn server_ms(session: &Session, wall: Ns) -> u64 {
    let ns = wall.saturating_add(session.offset_ns);
    if ns < 0 { 0 } else { ns as u64 / 1_000_000 }
}

/// Milliseconds of a wall time.
pub(super) const fn wall_ms(wall: Ns) -> u64 {
    if wall < 0 { 0 } else { wall as u64 / 1_000_000 }
}

pub(super) fn push_uint(out: &mut Vec<u8>, value: u64) {
    push_plain(out, i128::from(value), 0);
}

pub(super) fn push_price(out: &mut Vec<u8>, px: Price, instrument: &Instrument) {
    push_plain(out, i128::from(px.get()), instrument.px_decimals);
}

/// A quantity as the venue counts.
pub(super) fn push_lots(out: &mut Vec<u8>, lots: Lots, instrument: &Instrument) {
    push_plain(out, i128::from(lots.0), instrument.wire.decimals(instrument.qty_decimals).unwrap_or(0));
}

/// `2020-12-08T09:08:57.715Z`.
pub(super) fn iso_ms(ms: u64) -> String {
    let (days, rest) = ((ms / 86_400_000) as i64, ms % 86_400_000);
    // Days to a civil date by eras of 400 years that begin in March.
    let shifted = days + 719_468;
    let (era, of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let (seconds, ms) = (rest / 1000, rest % 1000);
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{ms:03}Z")
}

/// `text` inside JSON quotes.
pub(super) fn push_json(out: &mut Vec<u8>, text: &[u8]) {
    for &byte in text {
        match byte {
            b'"' | b'\\' => out.extend_from_slice(&[b'\\', byte]),
            0x20.. => out.push(byte),
            _ => {}
        }
    }
}

/// A request under way, in the text form that `Codec::encode_query` promises: a GET with a query string, or a POST with a body.
pub(super) struct Request<'o> {
    out: &'o mut Vec<u8>,
    start: usize,
    /// Where the query string begins, behind its question mark.
    query: usize,
    body: Option<Vec<u8>>,
}

impl<'o> Request<'o> {
    pub(super) fn get(out: &'o mut Vec<u8>, path: &str) -> Self {
        let start = out.len();
        for part in [b"GET ", path.as_bytes()] {
            out.extend_from_slice(part);
        }
        let query = out.len() + 1;
        Self { out, start, query, body: None }
    }

    /// `body`: JSON.
    pub(super) fn post(out: &'o mut Vec<u8>, path: &str, body: Vec<u8>) -> Self {
        let start = out.len();
        for part in [b"POST ", path.as_bytes()] {
            out.extend_from_slice(part);
        }
        let query = out.len() + 1;
        Self { out, start, query, body: Some(body) }
    }

    pub(super) fn text(&mut self, name: &str, value: &[u8]) {
        self.name(name);
        push_query(self.out, value);
    }

    pub(super) fn number(&mut self, name: &str, value: u64) {
        self.name(name);
        push_uint(self.out, value);
    }

    /// The query string or the body, as it will be sent.
    pub(super) fn payload(&self) -> &[u8] {
        self.body.as_deref().unwrap_or_else(|| self.out.get(self.query..).unwrap_or_default())
    }

    /// Path and query, as they will be sent.
    pub(super) fn target(&self) -> &[u8] {
        &self.out[self.start + b"GET ".len()..]
    }

    pub(super) fn finish(self, headers: &[(&str, &[u8])]) {
        self.out.push(b'\n');
        for (name, value) in headers {
            push_header(self.out, name, value);
        }
        if self.body.is_some() {
            push_header(self.out, "Content-Type", b"application/json");
        }
        self.out.push(b'\n');
        self.out.extend_from_slice(self.body.as_deref().unwrap_or_default());
    }

    fn name(&mut self, name: &str) {
        self.out.push(if self.out.len() < self.query { b'?' } else { b'&' });
        self.out.extend_from_slice(name.as_bytes());
        self.out.push(b'=');
    }
}

/// `text` in a query string. What is encoded here is what gets signed and sent: one text, so the two can not differ
/// (Binance refuses a payload signed before its encoding with -1022).
fn push_query(out: &mut Vec<u8>, text: &[u8]) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for &byte in text {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            out.push(byte);
        } else {
            out.extend_from_slice(&[b'%', HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]);
        }
    }
}

/// A `Name: value` line; a key with control characters can not start another header.
fn push_header(out: &mut Vec<u8>, name: &str, value: &[u8]) {
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b": ");
    out.extend(value.iter().filter(|byte| byte.is_ascii_graphic()));
    out.push(b'\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_to_the_millisecond() {
        assert_eq!(iso_ms(0), "1970-01-01T00:00:00.000Z");
        assert_eq!(iso_ms(951_782_399_999), "2000-02-28T23:59:59.999Z");
        assert_eq!(iso_ms(951_782_400_000), "2000-02-29T00:00:00.000Z");
        assert_eq!(iso_ms(1_700_000_000_000), "2023-11-14T22:13:20.000Z");
        assert_eq!(iso_ms(1_798_761_599_007), "2026-12-31T23:59:59.007Z");
    }

    #[test]
    fn text_can_not_break_out_of_its_place() {
        let (mut json, mut query, mut header) = (Vec::new(), Vec::new(), Vec::new());
        push_json(&mut json, b"a\"b\\c\n");
        push_query(&mut query, b"1000\xe2\x82\xac&x=1");
        push_header(&mut header, "X-Key", b"k\r\nEvil: 1");
        assert_eq!(json, br#"a\"b\\c"#);
        assert_eq!(query, b"1000%E2%82%AC%26x%3D1");
        assert_eq!(header, b"X-Key: kEvil:1\n");
    }
}
