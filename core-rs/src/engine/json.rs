//! JSON out, exact: numbers are written from integers, never through a float. Knows nothing of what it writes.

use crate::units::{Money, push_fixed, push_plain};

/// Writes one JSON value. An empty key writes an array element (or the top value).
#[derive(Debug, Default)]
pub struct Json {
    out: Vec<u8>,
}

impl Json {
    /// One object, as bytes.
    pub fn object(write: impl FnOnce(&mut Self)) -> Vec<u8> {
        let mut json = Self { out: Vec::with_capacity(256) };
        json.obj("", write);
        json.out
    }

    /// One array, as bytes.
    pub fn array(write: impl FnOnce(&mut Self)) -> Vec<u8> {
        let mut json = Self { out: Vec::with_capacity(256) };
        json.arr("", write);
        json.out
    }

    pub fn obj(&mut self, key: &str, write: impl FnOnce(&mut Self)) {
        self.key(key);
        self.out.push(b'{');
        write(self);
        self.out.push(b'}');
    }

    pub fn arr(&mut self, key: &str, write: impl FnOnce(&mut Self)) {
        self.key(key);
        self.out.push(b'[');
        write(self);
        self.out.push(b']');
    }

    pub fn str(&mut self, key: &str, value: &str) {
        self.key(key);
        self.quote(value);
    }

    pub fn opt_str(&mut self, key: &str, value: Option<&str>) {
        match value {
            Some(value) => self.str(key, value),
            None => self.null(key),
        }
    }

    pub fn int(&mut self, key: &str, value: impl Into<i128>) {
        self.key(key);
        push_fixed(&mut self.out, value.into(), 0);
    }

    pub fn bool(&mut self, key: &str, value: bool) {
        self.key(key);
        self.out.extend_from_slice(if value { b"true" } else { b"false" });
    }

    pub fn null(&mut self, key: &str) {
        self.key(key);
        self.out.extend_from_slice(b"null");
    }

    /// An amount as a JSON number with its exact digits.
    pub fn money(&mut self, key: &str, value: Money) {
        self.key(key);
        value.push_text(&mut self.out);
    }

    pub fn opt_money(&mut self, key: &str, value: Option<Money>) {
        match value {
            Some(value) => self.money(key, value),
            None => self.null(key),
        }
    }

    /// A mantissa as the shortest exact JSON number.
    pub fn dec(&mut self, key: &str, mantissa: impl Into<i128>, decimals: u8) {
        self.key(key);
        push_plain(&mut self.out, mantissa.into(), decimals);
    }

    /// A mantissa as text with all its decimals: `"61737.60"`.
    pub fn dec_str(&mut self, key: &str, mantissa: impl Into<i128>, decimals: u8) {
        self.key(key);
        self.out.push(b'"');
        push_fixed(&mut self.out, mantissa.into(), decimals);
        self.out.push(b'"');
    }

    /// JSON that is already made.
    pub fn raw(&mut self, key: &str, value: &[u8]) {
        self.key(key);
        self.out.extend_from_slice(value);
    }

    fn key(&mut self, key: &str) {
        if !matches!(self.out.last(), None | Some(b'{' | b'[')) {
            self.out.push(b',');
        }
        if !key.is_empty() {
            self.quote(key);
            self.out.push(b':');
        }
    }

    fn quote(&mut self, text: &str) {
        const HEX: &[u8; 16] = b"0123456789abcdef";
        self.out.push(b'"');
        let mut rest = text.as_bytes();
        let escaped = |byte: u8| matches!(byte, 0..0x20 | b'"' | b'\\');
        // Most texts hold none; looked for without a way out in the middle, so that many bytes are seen at once.
        if !rest.iter().fold(false, |any, byte| any | escaped(*byte)) {
            self.out.extend_from_slice(rest);
            self.out.push(b'"');
            return;
        }
        while let Some(at) = rest.iter().position(|byte| escaped(*byte)) {
            self.out.extend_from_slice(&rest[..at]);
            match rest[at] {
                byte @ (b'"' | b'\\') => self.out.extend_from_slice(&[b'\\', byte]),
                byte => {
                    self.out.extend_from_slice(b"\\u00");
                    self.out.push(HEX[(byte >> 4) as usize]);
                    self.out.push(HEX[(byte & 15) as usize]);
                }
            }
            rest = &rest[at + 1..];
        }
        self.out.extend_from_slice(rest);
        self.out.push(b'"');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_keep_their_digits_and_strings_can_not_break_out() {
        let bytes = Json::object(|j| {
            j.str("a", "x\"\\\n");
            j.money("m", Money::parse(b"30868.815").unwrap());
            j.dec_str("p", 6_173_760, 2);
            j.dec("q", 6_173_760, 2);
            j.arr("l", |j| {
                j.int("", 1);
                j.obj("", |j| j.null("n"));
            });
            j.bool("b", true);
        });
        let want =
            r#"{"a":"x\"\\\u000a","m":30868.815,"p":"61737.60","q":61737.6,"l":[1,{"n":null}],"b":true}"#;
        assert_eq!(String::from_utf8(bytes).unwrap(), want);
    }
}
