//! Price and quantity: integers at their instrument's decimals that can not hold nonsense.

use super::UnitError;
use serde::{Deserialize, Serialize};

/// A price mantissa, always above zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Price(i64);

/// A quantity mantissa, never below zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Qty(i64);

impl Price {
    pub const fn new(mantissa: i64) -> Result<Self, UnitError> {
        if mantissa > 0 { Ok(Self(mantissa)) } else { Err(UnitError::OutOfRange) }
    }

    pub const fn get(self) -> i64 {
        self.0
    }
}

impl Qty {
    pub const ZERO: Self = Self(0);

    pub const fn new(mantissa: i64) -> Result<Self, UnitError> {
        if mantissa >= 0 { Ok(Self(mantissa)) } else { Err(UnitError::OutOfRange) }
    }

    pub const fn get(self) -> i64 {
        self.0
    }

    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    pub fn plus(self, other: Self) -> Result<Self, UnitError> {
        self.0.checked_add(other.0).map(Self).ok_or(UnitError::Overflow)
    }

    /// `self - other`, or an error below zero.
    pub fn minus(self, other: Self) -> Result<Self, UnitError> {
        if other.0 > self.0 { Err(UnitError::OutOfRange) } else { Ok(Self(self.0 - other.0)) }
    }

    /// `self - other`, zero at least.
    #[must_use]
    pub fn minus_or_zero(self, other: Self) -> Self {
        Self((self.0 - other.0).max(0))
    }

    /// Largest multiple of `lot` (> 0) not above this quantity.
    #[must_use]
    pub const fn floor_to(self, lot: i64) -> Self {
        Self(self.0 - self.0 % lot)
    }
}
