//! Writing requests: bytes appended to a buffer from templates, decimals exact and without exponent.

use crate::market::Instrument;
use crate::units::{Ns, Price, Qty, push_plain};

use super::Session;

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

pub(super) fn push_qty(out: &mut Vec<u8>, qty: Qty, instrument: &Instrument) {
    push_plain(out, i128::from(qty.get()), instrument.qty_decimals);
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

/// A GET request under way, in the text form that `Codec::encode_query` promises.
pub(super) struct Request<'o> {
    out: &'o mut Vec<u8>,
    query: usize,
}

impl<'o> Request<'o> {
    pub(super) fn get(out: &'o mut Vec<u8>, path: &str) -> Self {
        for part in [b"GET ", path.as_bytes(), b"?"] {
            out.extend_from_slice(part);
        }
        let query = out.len();
        Self { out, query }
    }

    pub(super) fn text(&mut self, name: &str, value: &[u8]) {
        self.name(name);
        push_query(self.out, value);
    }

    pub(super) fn number(&mut self, name: &str, value: u64) {
        self.name(name);
        push_uint(self.out, value);
    }

    /// The query string so far, as it will be sent.
    pub(super) fn query(&self) -> &[u8] {
        &self.out[self.query..]
    }

    pub(super) fn finish(self, headers: &[(&str, &[u8])]) {
        self.out.push(b'\n');
        for (name, value) in headers {
            push_header(self.out, name, value);
        }
        self.out.push(b'\n');
    }

    fn name(&mut self, name: &str) {
        if self.out.len() > self.query {
            self.out.push(b'&');
        }
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
