//! What can be wrong with the ledger's books.

use crate::units::{Asset, ClientId, Money, UnitError};
use core::fmt;

/// Nothing was changed where one of these is returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LedgerError {
    /// The entry's postings of an asset do not sum to zero.
    Unbalanced {
        asset: Asset,
    },
    /// The reservation would leave less than nothing available.
    Insufficient {
        asset: Asset,
        needed: Money,
        available: Money,
    },
    /// The client id already holds something.
    Held(ClientId),
    /// A reservation may shrink or end, never grow or be negative.
    HoldGrows(ClientId),
    /// Same instrument, other assets than before.
    InstrumentChanged,
    Unit(UnitError),
}

impl LedgerError {
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unbalanced { .. } => "UNBALANCED",
            Self::Insufficient { .. } => "INSUFFICIENT_FUNDS",
            Self::Held(_) => "ALREADY_HELD",
            Self::HoldGrows(_) => "HOLD_GROWS",
            Self::InstrumentChanged => "INSTRUMENT_CHANGED",
            Self::Unit(error) => error.code(),
        }
    }
}

impl From<UnitError> for LedgerError {
    fn from(error: UnitError) -> Self {
        Self::Unit(error)
    }
}

impl fmt::Display for LedgerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unbalanced { asset } => write!(f, "UNBALANCED {asset}"),
            Self::Insufficient { asset, needed, available } => {
                write!(f, "INSUFFICIENT_FUNDS {asset} needed {} available {} (1e-18)", needed.0, available.0)
            }
            Self::Held(id) | Self::HoldGrows(id) => write!(f, "{} {id}", self.code()),
            Self::InstrumentChanged => f.write_str(self.code()),
            Self::Unit(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for LedgerError {}
