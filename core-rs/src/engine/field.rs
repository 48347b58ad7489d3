//! JSON in: named fields of an object, each with one clear error. Amounts are read from their digits.

pub(super) use super::value::Value;
use crate::units::{ClientId, Money, Rate, Text, UnitError};
use core::fmt;
use std::borrow::Cow;

/// Which field is wrong, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    pub field: String,
    pub problem: String,
}

impl FieldError {
    pub fn new(field: &str, problem: impl Into<String>) -> Self {
        Self { field: field.to_owned(), problem: problem.into() }
    }
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.problem)
    }
}

/// The fields of one JSON object.
#[derive(Clone, Copy, Debug)]
pub struct Fields<'a>(&'a [(Cow<'a, str>, Value<'a>)]);

/// Parses bytes to a value; an empty input is an empty object.
pub(super) fn parse(bytes: &[u8]) -> Result<Value<'_>, FieldError> {
    if bytes.is_empty() {
        return Ok(Value::Object(Vec::new()));
    }
    Value::parse(bytes).map_err(|e| FieldError::new("body", format!("not JSON ({e})")))
}

impl<'a> Fields<'a> {
    pub fn of(value: &'a Value<'a>) -> Result<Self, FieldError> {
        Self::within(value).ok_or_else(|| FieldError::new("body", "not an object"))
    }

    fn within(value: &'a Value<'a>) -> Option<Self> {
        if let Value::Object(fields) = value { Some(Self(fields)) } else { None }
    }

    /// Refuses fields that are not in `known`.
    pub fn only(self, known: &[&str]) -> Result<Self, FieldError> {
        match self.0.iter().find(|(key, _)| !known.contains(&key.as_ref())) {
            Some((key, _)) => Err(FieldError::new(key, "unknown field")),
            None => Ok(self),
        }
    }

    /// Of a field that stands twice the last one counts; null is absent.
    pub fn get(self, key: &str) -> Option<&'a Value<'a>> {
        let (_, value) = self.0.iter().rev().find(|(name, _)| name == key)?;
        (!matches!(value, Value::Null)).then_some(value)
    }

    pub fn need(self, key: &str) -> Result<&'a Value<'a>, FieldError> {
        self.get(key).ok_or_else(|| FieldError::new(key, "required"))
    }

    pub fn str(self, key: &str) -> Result<&'a str, FieldError> {
        self.need(key)?.as_str().ok_or_else(|| FieldError::new(key, "must be text"))
    }

    pub fn opt_str(self, key: &str) -> Result<Option<&'a str>, FieldError> {
        self.get(key).map(|_| self.str(key)).transpose()
    }

    pub fn text<const N: usize>(self, key: &str) -> Result<Text<N>, FieldError> {
        let text = self.str(key)?;
        if text.is_empty() {
            return Ok(Text::EMPTY);
        }
        Text::new(text.as_bytes()).map_err(|e| unit(key, e))
    }

    pub fn obj(self, key: &str) -> Result<Fields<'a>, FieldError> {
        Self::within(self.need(key)?).ok_or_else(|| FieldError::new(key, "must be an object"))
    }

    pub fn arr(self, key: &str) -> Result<&'a [Value<'a>], FieldError> {
        self.need(key)?.as_list().ok_or_else(|| FieldError::new(key, "must be a list"))
    }

    pub fn int(self, key: &str) -> Result<i64, FieldError> {
        self.need(key)?.as_i64().ok_or_else(|| FieldError::new(key, "must be an integer"))
    }

    pub fn uint(self, key: &str) -> Result<u64, FieldError> {
        self.need(key)?.as_u64().ok_or_else(|| FieldError::new(key, "must be an integer of at least 0"))
    }

    pub fn bool(self, key: &str) -> Result<bool, FieldError> {
        self.need(key)?.as_bool().ok_or_else(|| FieldError::new(key, "must be true or false"))
    }

    pub fn bool_or(self, key: &str, default: bool) -> Result<bool, FieldError> {
        if self.get(key).is_some() { self.bool(key) } else { Ok(default) }
    }

    /// Number or numeric text, as its digits.
    pub fn digits(self, key: &str) -> Result<&'a str, FieldError> {
        self.need(key)?.digits().ok_or_else(|| FieldError::new(key, "must be a number"))
    }

    pub fn money(self, key: &str) -> Result<Money, FieldError> {
        Money::parse(self.digits(key)?.as_bytes()).map_err(|e| unit(key, e))
    }

    pub fn opt_money(self, key: &str) -> Result<Option<Money>, FieldError> {
        self.get(key).map(|_| self.money(key)).transpose()
    }

    pub fn percent(self, key: &str) -> Result<Rate, FieldError> {
        Rate::parse_percent(self.digits(key)?.as_bytes()).map_err(|e| unit(key, e))
    }

    /// An integer mantissa.
    pub fn client_id(self, key: &str) -> Result<ClientId, FieldError> {
        ClientId::parse(self.str(key)?.as_bytes())
            .ok_or_else(|| FieldError::new(key, "not an order id of ours"))
    }
}

pub(super) fn unit(key: &str, error: UnitError) -> FieldError {
    let problem = match error {
        UnitError::NotANumber => "must be a plain decimal number",
        UnitError::TooPrecise => "has more decimals than can be held exactly",
        UnitError::Overflow => "is too large",
        UnitError::OutOfRange => "is out of range",
        UnitError::BadName => "is not a valid name",
    };
    FieldError::new(key, problem)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_by_their_digits_and_faults_name_the_field() {
        let value = parse(br#"{"a":0.30,"b":"1.5","c":1e3,"d":null}"#).unwrap();
        let fields = Fields::of(&value).unwrap();
        assert_eq!(fields.money("a").unwrap(), Money::parse(b"0.3").unwrap());
        assert_eq!(fields.money("b").unwrap(), Money::parse(b"1.5").unwrap());
        assert_eq!(fields.money("c").unwrap_err().field, "c");
        assert_eq!(fields.opt_money("d").unwrap(), None);
        assert_eq!(fields.only(&["a", "b", "c"]).unwrap_err().field, "d");
    }
}
