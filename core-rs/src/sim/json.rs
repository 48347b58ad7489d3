//! A small JSON writer that keeps the venue's own order of keys. Knows no message.

use crate::units::{Money, Text};
use core::fmt::Write;

/// Room made for an object or a list, bytes; more is no fault.
pub(super) const OBJECT_USUAL: usize = 900;

/// A value that can stand in JSON.
pub(super) trait Put {
    fn put(&self, out: &mut String);
}

/// Text that is JSON already.
#[derive(Clone, Debug)]
pub(super) struct Raw(pub String);

/// A JSON null.
pub(super) struct Null;

impl Raw {
    /// One object of the members of two; neither may be empty.
    pub(super) fn join(mut self, other: &Self) -> Self {
        self.0.truncate(self.0.len() - 1);
        self.0.push(',');
        self.0.push_str(&other.0[1..]);
        self
    }
}

impl Put for Raw {
    fn put(&self, out: &mut String) {
        out.push_str(&self.0);
    }
}

impl Put for Null {
    fn put(&self, out: &mut String) {
        out.push_str("null");
    }
}

impl Put for str {
    fn put(&self, out: &mut String) {
        out.push('"');
        // Without a way out in the middle, so that it is done for many bytes at once.
        let escaped = |byte: u8| matches!(byte, 0..0x20 | b'"' | b'\\');
        if !self.bytes().fold(false, |any, byte| any | escaped(byte)) {
            out.push_str(self);
            out.push('"');
            return;
        }
        for c in self.chars() {
            match c {
                '"' | '\\' => {
                    out.push('\\');
                    out.push(c);
                }
                c if u32::from(c) < 0x20 => {
                    let _ = write!(out, "\\u{:04x}", u32::from(c));
                }
                c => out.push(c),
            }
        }
        out.push('"');
    }
}

impl Put for String {
    fn put(&self, out: &mut String) {
        self.as_str().put(out);
    }
}

/// A name holds nothing that needs an escape.
impl<const N: usize> Put for Text<N> {
    fn put(&self, out: &mut String) {
        out.push('"');
        out.push_str(self.as_str());
        out.push('"');
    }
}

/// Money stands as decimal text in quotes, the form venues use for amounts.
impl Put for Money {
    fn put(&self, out: &mut String) {
        super::text::plain(*self).put(out);
    }
}

impl<T: Put + ?Sized> Put for &T {
    fn put(&self, out: &mut String) {
        (*self).put(out);
    }
}

impl<T: Put> Put for [T] {
    fn put(&self, out: &mut String) {
        out.push('[');
        for (index, item) in self.iter().enumerate() {
            if index > 0 {
                out.push(',');
            }
            item.put(out);
        }
        out.push(']');
    }
}

impl<T: Put, const N: usize> Put for [T; N] {
    fn put(&self, out: &mut String) {
        self.as_slice().put(out);
    }
}

impl<T: Put> Put for Vec<T> {
    fn put(&self, out: &mut String) {
        self.as_slice().put(out);
    }
}

macro_rules! put_display {
    ($($kind:ty),*) => {$(
        impl Put for $kind {
            fn put(&self, out: &mut String) {
                let _ = write!(out, "{self}");
            }
        }
    )*};
}
put_display!(bool, i32, i64, u8, u16, u32, u64, usize);

/// An object as [`Raw`] JSON: `object! { "e" => "trade", "t" => 7 }`.
macro_rules! object {
    ($($key:literal => $value:expr),* $(,)?) => {{
        let mut out = String::with_capacity($crate::sim::json::OBJECT_USUAL);
        out.push('{');
        $(
            if out.len() > 1 {
                out.push(',');
            }
            out.push_str(concat!("\"", $key, "\":"));
            $crate::sim::json::Put::put(&$value, &mut out);
        )*
        out.push('}');
        $crate::sim::json::Raw(out)
    }};
}
pub(super) use object;

/// A list as [`Raw`] JSON.
pub(super) fn array<T: Put>(items: impl IntoIterator<Item = T>) -> Raw {
    let mut out = String::with_capacity(OBJECT_USUAL);
    out.push('[');
    for item in items {
        if out.len() > 1 {
            out.push(',');
        }
        item.put(&mut out);
    }
    out.push(']');
    Raw(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_keep_key_order_and_escape_text() {
        let raw =
            object! {"e" => "a\"b\\\n", "E" => 7_i64, "n" => Null, "l" => [[1_i64, 2], [3, 4]], "m" => true};
        assert_eq!(raw.0, r#"{"e":"a\"b\\\u000a","E":7,"n":null,"l":[[1,2],[3,4]],"m":true}"#);
        assert_eq!(object! {}.0, "{}");
        assert_eq!(array(["x", "y"]).0, r#"["x","y"]"#);
    }
}
