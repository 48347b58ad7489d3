//! A pull reader over JSON bytes: one pass, no allocation, text as slices of the input. Knows nothing of venues.
//!
//! Input is hostile: every read is bounded, nesting stops at [`DEPTH_MAX`], and a message counts only after
//! [`Reader::end`]. Strings are handed out as sent, escapes validated but not resolved: a key or name written with
//! escapes is a different text and so never matches; `scan::unescape_into` resolves prose where it matters.

use super::DecodeError;
use super::field::{Field, Value};
use super::scan::{hex4, plain_run, quoted_mantissa};

/// Deepest nesting of arrays and objects in one message.
pub const DEPTH_MAX: u8 = 32;

/// Rows (orders, fills, assets, positions) in one message; no account holds as many.
pub const ROWS_MAX: usize = 10_000;

/// A cursor over one message.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    depth: u8,
    escapes: bool,
}

impl<'a> Reader<'a> {
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, depth: 0, escapes: false }
    }

    /// True when the very next bytes are `prefix`; nothing is consumed.
    #[inline]
    pub fn starts_with(&self, prefix: &[u8]) -> bool {
        self.bytes.get(self.at..).is_some_and(|rest| rest.starts_with(prefix))
    }

    /// The next byte that is not white space; nothing but white space is consumed.
    #[inline]
    pub fn peek(&mut self) -> Option<u8> {
        loop {
            match self.bytes.get(self.at) {
                Some(b' ' | b'\t' | b'\n' | b'\r') => self.at += 1,
                other => return other.copied(),
            }
        }
    }

    /// Reads an object; `on_field` gets each key and must read or skip its value.
    #[inline]
    pub fn object(
        &mut self,
        mut on_field: impl FnMut(&mut Self, &'a [u8]) -> Result<(), DecodeError>,
    ) -> Result<(), DecodeError> {
        self.enter(b'{')?;
        if !self.take_if(b'}') {
            loop {
                let key = self.string()?;
                self.expect(b':')?;
                on_field(self, key)?;
                if !self.take_if(b',') {
                    break;
                }
            }
            self.expect(b'}')?;
        }
        self.depth -= 1;
        Ok(())
    }

    /// Reads an array; `on_item` must read or skip each item.
    #[inline]
    pub fn array(
        &mut self,
        mut on_item: impl FnMut(&mut Self) -> Result<(), DecodeError>,
    ) -> Result<(), DecodeError> {
        self.enter(b'[')?;
        if !self.take_if(b']') {
            loop {
                on_item(self)?;
                if !self.take_if(b',') {
                    break;
                }
            }
            self.expect(b']')?;
        }
        self.depth -= 1;
        Ok(())
    }

    /// Reads an array of at most [`ROWS_MAX`] items; returns how many there were.
    pub fn rows(
        &mut self,
        mut on_row: impl FnMut(&mut Self) -> Result<(), DecodeError>,
    ) -> Result<usize, DecodeError> {
        let mut count = 0;
        self.array(|reader| {
            count += 1;
            if count > ROWS_MAX { Err(DecodeError::TooLarge) } else { on_row(reader) }
        })?;
        Ok(count)
    }

    /// Reads an object, keeping the values of `names` and skipping the rest. A name met twice is refused.
    pub fn fields<const N: usize>(
        &mut self,
        names: [&'static str; N],
    ) -> Result<[Field<'a>; N], DecodeError> {
        let mut found = names.map(|name| Field { name, value: Value::Absent });
        self.object(|reader, key| {
            match found.iter_mut().find(|field| field.name.as_bytes() == key) {
                Some(field) if matches!(field.value, Value::Absent) => field.value = reader.value()?,
                Some(field) => return Err(DecodeError::Field(field.name)),
                None => reader.skip()?,
            }
            Ok(())
        })?;
        Ok(found)
    }

    /// Reads any value; arrays and objects are validated and handed out as their bytes.
    pub fn value(&mut self) -> Result<Value<'a>, DecodeError> {
        let first = self.peek();
        let start = self.at;
        match first {
            Some(b'"') => self.string().map(Value::Text),
            Some(b'{') => self.skip().map(|()| Value::Object(&self.bytes[start..self.at])),
            Some(b'[') => self.skip().map(|()| Value::Array(&self.bytes[start..self.at])),
            Some(b't') => self.word(b"true").map(|()| Value::Bool(true)),
            Some(b'f') => self.word(b"false").map(|()| Value::Bool(false)),
            Some(b'n') => self.word(b"null").map(|()| Value::Null),
            _ => self.number().map(Value::Number),
        }
    }

    /// Reads past any value, validating it. Recursion is bounded by [`DEPTH_MAX`].
    pub fn skip(&mut self) -> Result<(), DecodeError> {
        match self.peek() {
            Some(b'"') => self.string().map(drop),
            Some(b'{') => self.object(|reader, _| reader.skip()),
            Some(b'[') => self.array(Self::skip),
            Some(b't') => self.word(b"true"),
            Some(b'f') => self.word(b"false"),
            Some(b'n') => self.word(b"null"),
            _ => self.number().map(drop),
        }
    }

    /// The text between the quotes of a string, as sent.
    #[inline]
    pub fn string(&mut self) -> Result<&'a [u8], DecodeError> {
        if self.bytes.get(self.at) == Some(&b'"') {
            self.at += 1;
        } else {
            self.expect(b'"')?;
        }
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let run = plain_run(rest);
        match rest.split_at_checked(run) {
            Some((text, [b'"', ..])) => {
                self.at += run + 1;
                Ok(text)
            }
            _ => self.string_with_care(run),
        }
    }

    /// Whether a string so far held an escape.
    pub const fn has_escapes(&self) -> bool {
        self.escapes
    }

    /// The same for a text that holds more than plain ASCII after its first `plain` bytes.
    fn string_with_care(&mut self, plain: usize) -> Result<&'a [u8], DecodeError> {
        let start = self.at;
        self.at += plain;
        let mut all = 0u8;
        loop {
            match self.bytes.get(self.at) {
                Some(b'"') => break,
                Some(b'\\') => self.escape()?,
                Some(&byte) if byte >= 0x20 => {
                    all |= byte;
                    self.at += 1;
                }
                _ => return Err(self.fail()),
            }
            self.at += plain_run(&self.bytes[self.at..]);
        }
        let text = &self.bytes[start..self.at];
        if all >= 0x80 && core::str::from_utf8(text).is_err() {
            return Err(self.fail());
        }
        self.at += 1;
        Ok(text)
    }

    /// The text of a number.
    pub fn number(&mut self) -> Result<&'a [u8], DecodeError> {
        self.peek();
        let start = self.at;
        if self.bytes.get(self.at) == Some(&b'-') {
            self.at += 1;
        }
        let leading_zero = self.bytes.get(self.at) == Some(&b'0');
        if self.digits()? > 1 && leading_zero {
            return Err(self.fail());
        }
        if self.bytes.get(self.at) == Some(&b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.bytes.get(self.at) {
            self.at += 1;
            if let Some(b'+' | b'-') = self.bytes.get(self.at) {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(&self.bytes[start..self.at])
    }

    /// A bare integer, the hot way to read an update id.
    #[inline]
    pub fn uint(&mut self, name: &'static str) -> Result<u64, DecodeError> {
        let field = Field { name, value: self.value()? };
        match field.value {
            Value::Number(_) | Value::Null => field.uint(),
            _ => Err(DecodeError::Field(name)),
        }
    }

    /// A decimal (usually quoted) as a mantissa at `decimals`, at least zero. `None` where the value is another
    /// thing; the cursor is then anywhere and the message is lost.
    #[inline]
    pub fn mantissa(&mut self, decimals: u8) -> Result<Option<i64>, DecodeError> {
        if let Some((mantissa, len)) = quoted_mantissa(&self.bytes[self.at..], decimals) {
            self.at += len;
            return Ok(Some(mantissa));
        }
        let value = Field { name: "", value: self.value()? };
        Ok(value.fixed(decimals).ok().filter(|mantissa| *mantissa >= 0))
    }

    /// `["px","qty"]` without white space, as two mantissas; further quoted digits (`,"0","13"`) are passed over. `None`
    /// consumes nothing: read it the general way.
    #[inline]
    pub fn quoted_pair(&mut self, first_decimals: u8, second_decimals: u8) -> Option<(i64, i64)> {
        let text = self.bytes.get(self.at..)?.strip_prefix(b"[")?;
        let (first, first_len) = quoted_mantissa(text, first_decimals)?;
        let rest = text.get(first_len..)?.strip_prefix(b",")?;
        let (second, second_len) = quoted_mantissa(rest, second_decimals)?;
        let mut end = second_len;
        while *rest.get(end)? != b']' {
            let digits = rest.get(end..)?.strip_prefix(b",\"")?;
            let len =
                digits.iter().position(|byte| !byte.is_ascii_digit()).filter(|len| digits[*len] == b'"')?;
            end += len + 3;
        }
        self.at += first_len + end + 3;
        Some((first, second))
    }

    /// The rest of the message must be white space.
    pub fn end(&mut self) -> Result<(), DecodeError> {
        if self.peek().is_none() { Ok(()) } else { Err(self.fail()) }
    }

    /// Any other value than an object is no message of any venue; it is read to its end to tell it from broken JSON.
    #[inline]
    pub fn expect_object(&mut self) -> Result<(), DecodeError> {
        if self.peek() == Some(b'{') {
            return Ok(());
        }
        self.skip()?;
        self.end().and(Err(DecodeError::UnknownMessage))
    }

    /// Takes `byte` when it comes next.
    #[inline]
    pub fn take_if(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    #[inline]
    pub fn expect(&mut self, byte: u8) -> Result<(), DecodeError> {
        if self.take_if(byte) { Ok(()) } else { Err(self.fail()) }
    }

    pub fn fail(&self) -> DecodeError {
        DecodeError::Syntax { at: self.at }
    }

    #[inline]
    fn enter(&mut self, open: u8) -> Result<(), DecodeError> {
        self.expect(open)?;
        self.depth += 1;
        if self.depth > DEPTH_MAX { Err(self.fail()) } else { Ok(()) }
    }

    fn digits(&mut self) -> Result<usize, DecodeError> {
        let start = self.at;
        while self.bytes.get(self.at).is_some_and(u8::is_ascii_digit) {
            self.at += 1;
        }
        if self.at > start { Ok(self.at - start) } else { Err(self.fail()) }
    }

    fn word(&mut self, word: &[u8]) -> Result<(), DecodeError> {
        if !self.starts_with(word) {
            return Err(self.fail());
        }
        self.at += word.len();
        Ok(())
    }

    #[cold]
    fn escape(&mut self) -> Result<(), DecodeError> {
        let len = match self.bytes.get(self.at + 1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => 2,
            Some(b'u') if hex4(self.bytes.get(self.at + 2..)).is_some() => 6,
            _ => return Err(self.fail()),
        };
        self.at += len;
        self.escapes = true;
        Ok(())
    }
}
