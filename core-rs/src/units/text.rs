//! Short names held inline, so that no message allocates for them.

use super::UnitError;
use core::fmt;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Up to `N` bytes of printable ASCII, compared by content.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text<const N: usize> {
    len: u8,
    bytes: [u8; N],
}

/// An asset's name: `BTC`.
pub type Asset = Text<16>;
/// A venue's own symbol: `BTCUSDT`.
pub type Symbol = Text<24>;
/// A venue's own order id, number or text.
pub type VenueOrderId = Text<40>;
/// A venue's own trade id, number or text.
pub type TradeId = Text<40>;

impl<const N: usize> Text<N> {
    pub const EMPTY: Self = Self { len: 0, bytes: [0; N] };

    /// Error when empty, longer than `N`, or not printable ASCII. Quotes and backslashes are refused, so a name
    /// can stand in JSON unescaped.
    pub fn new(source: &[u8]) -> Result<Self, UnitError> {
        let fits = !source.is_empty() && source.len() <= N && N <= 255;
        // All printable but quotes and backslashes, without a way out in the middle, so that it is done for many bytes at once.
        let bad = |b: u8| !matches!(b, 0x21 | 0x23..=0x5b | 0x5d..=0x7e);
        if !fits || source.iter().fold(false, |any, b| any | bad(*b)) {
            return Err(UnitError::BadName);
        }
        let mut bytes = [0; N];
        bytes[..source.len()].copy_from_slice(source);
        Ok(Self { len: source.len() as u8, bytes })
    }

    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.len as usize]
    }

    pub fn as_str(&self) -> &str {
        // Only ASCII gets in, so this never falls back.
        core::str::from_utf8(self.as_bytes()).unwrap_or_default()
    }

    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }
}

impl<const N: usize> Serialize for Text<N> {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(self.as_str())
    }
}

impl<'de, const N: usize> Deserialize<'de> for Text<N> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = <&str>::deserialize(from)?;
        if text.is_empty() {
            return Ok(Self::EMPTY);
        }
        Self::new(text.as_bytes()).map_err(de::Error::custom)
    }
}

impl<const N: usize> fmt::Debug for Text<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.as_str())
    }
}

impl<const N: usize> fmt::Display for Text<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_could_break_json_or_overflow_are_refused() {
        assert_eq!(Asset::new(b"BTC").unwrap().as_str(), "BTC");
        for bad in [&b""[..], b"A B", b"A\"", b"A\\", b"\xff", b"12345678901234567"] {
            assert_eq!(Asset::new(bad), Err(UnitError::BadName));
        }
    }
}
