//! One value of a message and the exact readings a decoder asks of it. Absent and null are the same.

use super::DecodeError;
use super::json::Reader;
use crate::market::{Instrument, Lots};
use crate::order::{ClientRef, VenueStatus};
use crate::units::{
    ClientId, Money, Ns, Price, Qty, Side, Text, mul_div_half_even, parse_fixed, parse_wide, pow10,
};

/// Reads an object's fields into variables, each beside the venue's name for it: `read!(row; px "fillPx", time "uTime" |
/// "cTime")`. Of several names the first that holds something counts; where none does, the first is what is missing.
macro_rules! read {
    ($row:expr; $($var:ident $($name:literal)|+),+ $(,)?) => {
        let mut found = $row.fields([$($($name),+),+])?.into_iter();
        $(let $var = $crate::venues::field::first_present(&mut found, [$($name),+].len());)+
    };
}
pub(super) use read;

/// The first of the next `count` fields that holds something, else the first of them.
pub(super) fn first_present<'a>(fields: &mut impl Iterator<Item = Field<'a>>, count: usize) -> Field<'a> {
    let mut chosen = Field::NONE;
    for (at, field) in fields.take(count).enumerate() {
        if at == 0 || (chosen.present().is_none() && field.present().is_some()) {
            chosen = field;
        }
    }
    chosen
}

/// What client ids of the venue's own orders begin with (Binance "Event: Order Update": liquidation, ADL, settlement).
const VENUE_PREFIXES: [&[u8]; 3] = [b"autoclose-", b"adl_autoclose", b"settlement_autoclose-"];

/// Epoch milliseconds as nanoseconds; `name` is the field they came from.
pub fn millis_to_ns(ms: u64, name: &'static str) -> Result<Ns, DecodeError> {
    i64::try_from(ms).ok().and_then(|ms| ms.checked_mul(1_000_000)).ok_or(DecodeError::Field(name))
}

/// A JSON value whose text still lies in the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    /// Not in the object.
    Absent,
    Null,
    Bool(bool),
    Number(&'a [u8]),
    /// Between the quotes, escapes as sent.
    Text(&'a [u8]),
    Array(&'a [u8]),
    Object(&'a [u8]),
}

/// A named value; the name is what an error will say.
#[derive(Clone, Copy, Debug)]
pub struct Field<'a> {
    pub name: &'static str,
    pub value: Value<'a>,
}

impl<'a> Field<'a> {
    /// What a message does not carry at all.
    pub const NONE: Self = Self { name: "", value: Value::Absent };

    pub const fn is_absent(&self) -> bool {
        matches!(self.value, Value::Absent | Value::Null)
    }

    /// This field, or `None` where it is absent, null or empty text.
    pub fn present(self) -> Option<Self> {
        match self.value {
            Value::Absent | Value::Null | Value::Text(b"") => None,
            _ => Some(self),
        }
    }

    pub fn text(&self) -> Result<&'a [u8], DecodeError> {
        match self.value {
            Value::Text(text) => Ok(text),
            _ => Err(self.wrong()),
        }
    }

    /// The characters of a string or a number: venues send ids and decimals as either.
    pub fn plain(&self) -> Result<&'a [u8], DecodeError> {
        match self.value {
            Value::Text(text) | Value::Number(text) => Ok(text),
            _ => Err(self.wrong()),
        }
    }

    pub fn name<const N: usize>(&self) -> Result<Text<N>, DecodeError> {
        Text::new(self.plain()?).map_err(|_| DecodeError::Field(self.name))
    }

    pub fn uint(&self) -> Result<u64, DecodeError> {
        let digits = self.plain()?;
        let mut value = 0u64;
        for byte in digits {
            let digit = byte.wrapping_sub(b'0');
            value = match value.checked_mul(10).and_then(|v| v.checked_add(u64::from(digit))) {
                Some(next) if digit <= 9 => next,
                _ => return Err(DecodeError::Field(self.name)),
            };
        }
        if digits.is_empty() { Err(DecodeError::Field(self.name)) } else { Ok(value) }
    }

    /// A whole number without quotes.
    pub fn number(&self) -> Result<u64, DecodeError> {
        if let Value::Text(_) = self.value { Err(self.wrong()) } else { self.uint() }
    }

    /// A signed whole number, such as an error code.
    pub fn int(&self) -> Result<i64, DecodeError> {
        self.fixed(0)
    }

    pub fn flag(&self) -> Result<bool, DecodeError> {
        match self.value {
            Value::Bool(flag) => Ok(flag),
            _ => Err(self.wrong()),
        }
    }

    /// Epoch milliseconds as nanoseconds.
    pub fn millis(&self) -> Result<Ns, DecodeError> {
        millis_to_ns(self.uint()?, self.name)
    }

    pub fn fixed(&self, decimals: u8) -> Result<i64, DecodeError> {
        parse_fixed(self.plain()?, decimals).map_err(|_| DecodeError::Field(self.name))
    }

    pub fn price(&self, instrument: &Instrument) -> Result<Price, DecodeError> {
        Price::new(self.fixed(instrument.px_decimals)?).map_err(|_| DecodeError::Field(self.name))
    }

    /// A price where the venue writes 0 (or nothing) for none.
    pub fn price_or_none(&self, instrument: &Instrument) -> Result<Option<Price>, DecodeError> {
        match self.present() {
            None => Ok(None),
            Some(field) if field.fixed(instrument.px_decimals) == Ok(0) => Ok(None),
            Some(field) => field.price(instrument).map(Some),
        }
    }

    /// An average price, rounded half-even to the instrument's decimals; `None` for 0 or nothing.
    pub fn price_near(&self, instrument: &Instrument) -> Result<Option<Price>, DecodeError> {
        let Some(field) = self.present() else { return Ok(None) };
        let wide = parse_wide(field.plain()?, 18).map_err(|_| DecodeError::Field(self.name))?;
        let near = mul_div_half_even(wide, 1, pow10(18 - instrument.px_decimals.min(18)));
        let near = near.and_then(|near| i64::try_from(near).ok()).ok_or(DecodeError::Field(self.name))?;
        Ok(Price::new(near).ok())
    }

    /// A quantity as the venue counts, in base coin.
    pub fn qty(&self, instrument: &Instrument) -> Result<Qty, DecodeError> {
        let wrong = DecodeError::Field(self.name);
        let lots = Lots(self.fixed(instrument.wire.decimals(instrument.qty_decimals).ok_or(wrong)?)?);
        Qty::new(instrument.wire.base(lots).ok_or(wrong)?).map_err(|_| wrong)
    }

    /// A signed amount as the venue counts (a position), in base coin.
    pub fn amount(&self, instrument: &Instrument) -> Result<Money, DecodeError> {
        instrument.wire.amount(self.money()?).ok_or(DecodeError::Field(self.name))
    }

    /// What a word means, from a table whose words have spaces between.
    pub fn among<T: Copy>(&self, table: &[(T, &str)]) -> Result<T, DecodeError> {
        let word = self.text()?;
        let is = |words: &str| words.split_ascii_whitespace().any(|known| known.as_bytes() == word);
        let found = table.iter().find(|(_, words)| is(words));
        found.map(|(meaning, _)| *meaning).ok_or(DecodeError::Field(self.name))
    }

    /// True for one of the first words, false for one of the second.
    pub fn either(&self, [yes, no]: [&str; 2]) -> Result<bool, DecodeError> {
        self.among(&[(true, yes), (false, no)])
    }

    /// The state of an order, from the venue's words for live, partially filled, filled, cancelled, rejected and expired, with spaces
    /// between.
    pub fn state(&self, words: &[&str; 6]) -> Result<VenueStatus, DecodeError> {
        use VenueStatus::{Cancelled, Expired, Filled, Live, PartiallyFilled, Rejected};
        let states = [Live, PartiallyFilled, Filled, Cancelled, Rejected, Expired];
        self.among(&core::array::from_fn::<_, 6, _>(|at| (states[at], words[at])))
    }

    /// Buy or sell, in whatever letters.
    pub fn side(&self) -> Result<Side, DecodeError> {
        match self.text()? {
            text if text.eq_ignore_ascii_case(b"buy") => Ok(Side::Buy),
            text if text.eq_ignore_ascii_case(b"sell") => Ok(Side::Sell),
            _ => Err(DecodeError::Field(self.name)),
        }
    }

    /// The side of a row that says whether it is the buyer's.
    pub fn buyer(&self) -> Result<Side, DecodeError> {
        Ok(if self.flag()? { Side::Buy } else { Side::Sell })
    }

    /// Whose order a client id names; none at all is somebody else's.
    pub fn client(&self) -> Result<ClientRef, DecodeError> {
        let text = if self.is_absent() { &[][..] } else { self.text()? };
        let own = VENUE_PREFIXES.iter().any(|prefix| text.starts_with(prefix));
        let other = if own { ClientRef::Venue } else { ClientRef::Foreign };
        Ok(ClientId::parse(text).map_or(other, ClientRef::Ours))
    }

    /// An amount where the venue writes nothing for none.
    pub fn money_or_zero(&self) -> Result<Money, DecodeError> {
        self.present().map_or(Ok(Money::ZERO), |field| field.money())
    }

    /// The text, empty where it says `none` or nothing.
    pub fn text_unless(&self, none: &[u8]) -> Result<&'a [u8], DecodeError> {
        self.text_or_empty().map(|text| if text == none { b"" } else { text })
    }

    /// The text, empty where there is none.
    pub fn text_or_empty(&self) -> Result<&'a [u8], DecodeError> {
        if self.is_absent() { Ok(b"") } else { self.text() }
    }

    pub fn money(&self) -> Result<Money, DecodeError> {
        Money::parse(self.plain()?).map_err(|_| DecodeError::Field(self.name))
    }

    pub fn object(&self) -> Result<Reader<'a>, DecodeError> {
        self.object_bytes().map(Reader::new)
    }

    pub fn object_bytes(&self) -> Result<&'a [u8], DecodeError> {
        match self.value {
            Value::Object(bytes) => Ok(bytes),
            _ => Err(self.wrong()),
        }
    }

    pub fn array(&self) -> Result<Reader<'a>, DecodeError> {
        match self.value {
            Value::Array(bytes) => Ok(Reader::new(bytes)),
            _ => Err(self.wrong()),
        }
    }

    /// Reads the rows of a list that may be left out.
    pub fn rows_or_none(
        &self,
        on_row: impl FnMut(&mut Reader<'a>) -> Result<(), DecodeError>,
    ) -> Result<(), DecodeError> {
        if self.is_absent() { Ok(()) } else { self.array()?.rows(on_row).map(drop) }
    }

    const fn wrong(&self) -> DecodeError {
        if self.is_absent() { DecodeError::Missing(self.name) } else { DecodeError::Field(self.name) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(value: Value<'static>) -> Field<'static> {
        Field { name: "f", value }
    }

    #[test]
    fn a_reading_is_exact_or_says_what_is_wrong() {
        assert_eq!(field(Value::Text(b"17")).uint(), Ok(17));
        assert_eq!(field(Value::Number(b"-2013")).int(), Ok(-2013));
        assert_eq!(field(Value::Number(b"1723161255208")).millis(), Ok(1_723_161_255_208_000_000));
        assert_eq!(field(Value::Number(b"99999999999999999999")).uint(), Err(DecodeError::Field("f")));
        assert_eq!(field(Value::Number(b"9999999999999999999")).millis(), Err(DecodeError::Field("f")));
        assert_eq!(field(Value::Absent).uint(), Err(DecodeError::Missing("f")));
        assert_eq!(field(Value::Bool(true)).text(), Err(DecodeError::Field("f")));
        assert_eq!(field(Value::Text(b"")).uint(), Err(DecodeError::Field("f")));
        let table = [(1, "one eins"), (2, ""), (3, "three")];
        assert_eq!(field(Value::Text(b"eins")).among(&table), Ok(1));
        assert_eq!(field(Value::Text(b"three")).among(&table), Ok(3));
        for other in [&b""[..], b"one eins", b"One"] {
            assert_eq!(field(Value::Text(other)).among(&table), Err(DecodeError::Field("f")));
        }
    }
}
