//! A JSON document as a tree of slices of its text: one pass, no copy but of text with escapes. Knows no field.

use crate::venues::DecodeError;
use crate::venues::field::Value as Leaf;
use crate::venues::json::Reader;
use std::borrow::Cow;

/// Room made for the fields of an object; more are no fault.
const FIELDS_USUAL: usize = 16;

/// One value; a number stands as its digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    Null,
    Bool(bool),
    Number(&'a str),
    Text(Cow<'a, str>),
    List(Vec<Value<'a>>),
    Object(Vec<(Cow<'a, str>, Value<'a>)>),
}

impl<'a> Value<'a> {
    /// The one value of `bytes`; nesting and size are the reader's.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        // Once for all texts in it.
        let document = core::str::from_utf8(bytes).map_err(|_| reader.fail())?;
        let value = read(&mut reader, document)?;
        reader.end()?;
        Ok(value)
    }

    pub fn as_str(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    pub fn as_list(&self) -> Option<&[Self]> {
        if let Self::List(items) = self { Some(items) } else { None }
    }

    pub fn as_bool(&self) -> Option<bool> {
        if let Self::Bool(value) = self { Some(*value) } else { None }
    }

    /// The digits of a number, or what a text holds: amounts are sent as either.
    pub fn digits(&self) -> Option<&str> {
        match self {
            Self::Number(digits) => Some(digits),
            Self::Text(text) => Some(text),
            Self::Null | Self::Bool(_) | Self::List(_) | Self::Object(_) => None,
        }
    }

    /// An integer in its plain form.
    pub fn as_i64(&self) -> Option<i64> {
        if let Self::Number(digits) = self { digits.parse().ok() } else { None }
    }

    pub fn as_u64(&self) -> Option<u64> {
        if let Self::Number(digits) = self { digits.parse().ok() } else { None }
    }
}

fn read<'a>(reader: &mut Reader<'a>, document: &'a str) -> Result<Value<'a>, DecodeError> {
    match reader.peek() {
        Some(b'{') => {
            let mut fields = Vec::with_capacity(FIELDS_USUAL);
            reader.object(|reader, key| {
                fields.push((resolved(reader, document, key)?, read(reader, document)?));
                Ok(())
            })?;
            Ok(Value::Object(fields))
        }
        Some(b'[') => {
            let mut items = Vec::new();
            reader.array(|reader| {
                items.push(read(reader, document)?);
                Ok(())
            })?;
            Ok(Value::List(items))
        }
        _ => match reader.value()? {
            Leaf::Text(text) => resolved(reader, document, text).map(Value::Text),
            Leaf::Number(digits) => str_of(reader, document, digits).map(Value::Number),
            Leaf::Bool(value) => Ok(Value::Bool(value)),
            // Objects and lists do not begin like this.
            Leaf::Null | Leaf::Absent | Leaf::Array(_) | Leaf::Object(_) => Ok(Value::Null),
        },
    }
}

/// A slice of the document's bytes as text.
fn str_of<'a>(reader: &Reader<'a>, document: &'a str, text: &'a [u8]) -> Result<&'a str, DecodeError> {
    let at = text.as_ptr().addr() - document.as_ptr().addr();
    document.get(at..at + text.len()).ok_or_else(|| reader.fail())
}

/// The text between quotes with its escapes resolved.
fn resolved<'a>(reader: &Reader<'a>, document: &'a str, text: &'a [u8]) -> Result<Cow<'a, str>, DecodeError> {
    let plain = str_of(reader, document, text)?;
    if !reader.has_escapes() || !text.contains(&b'\\') {
        return Ok(Cow::Borrowed(plain));
    }
    serde_json::from_str(&format!("\"{plain}\"")).map(Cow::Owned).map_err(|_| reader.fail())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_read_whole_or_refused() {
        let value =
            Value::parse(br#" {"a":[1,-2.50,"x\"\u00e9\ud83d\ude00"],"b":{"c":null,"d":true},"a":0} "#)
                .unwrap();
        let Value::Object(fields) = &value else { panic!("{value:?}") };
        let list = fields[0].1.as_list().unwrap();
        assert_eq!((list[0].as_i64(), list[1].digits(), list[1].as_i64()), (Some(1), Some("-2.50"), None));
        assert_eq!(list[2].as_str(), Some("x\"é😀"));
        assert_eq!((list[0].as_u64(), Value::Number("-1").as_u64()), (Some(1), None));
        for wrong in ["", "{", "[1,]", "{\"a\":1}x", "\"\\ud800\"", "nul", "01", "\"\u{7}\""] {
            assert!(Value::parse(wrong.as_bytes()).is_err(), "{wrong}");
        }
    }
}
