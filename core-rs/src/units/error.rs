//! What can be wrong with a number or a name.

use core::fmt;

/// Why text or arithmetic did not give an exact value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnitError {
    /// Not a plain decimal number (digits, at most one point, optional sign).
    NotANumber,
    /// More non-zero digits after the point than the scale holds; never rounded.
    TooPrecise,
    /// The value does not fit the integer.
    Overflow,
    /// A price must be above zero, a quantity at least zero.
    OutOfRange,
    /// The name is empty, too long or holds a character outside printable ASCII.
    BadName,
}

impl UnitError {
    /// Stable machine-readable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotANumber => "NOT_A_NUMBER",
            Self::TooPrecise => "TOO_PRECISE",
            Self::Overflow => "OVERFLOW",
            Self::OutOfRange => "OUT_OF_RANGE",
            Self::BadName => "BAD_NAME",
        }
    }
}

impl fmt::Display for UnitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl std::error::Error for UnitError {}
