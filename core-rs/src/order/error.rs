//! What can be wrong with an order's books.

use super::Illegal;
use crate::units::{ClientId, Qty, UnitError};
use core::fmt;

/// Every one of these is loud: the engine alarms, nothing was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderError {
    /// No order with this client id is kept.
    Unknown(ClientId),
    /// A client id is never issued twice.
    Duplicate(ClientId),
    /// The named limit of unsettled or kept orders is reached.
    Full {
        limit: usize,
    },
    Illegal(Illegal),
    /// The venue filled more than was ordered.
    Overfill {
        id: ClientId,
        qty: Qty,
        filled: Qty,
        fill: Qty,
    },
    /// The report speaks of another instrument or side than the order.
    Mismatch(ClientId),
    /// A quantity of zero where one is needed.
    EmptyQty(ClientId),
    Unit(UnitError),
}

impl OrderError {
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unknown(_) => "ORDER_UNKNOWN",
            Self::Duplicate(_) => "ORDER_DUPLICATE",
            Self::Full { .. } => "ORDERS_FULL",
            Self::Illegal(_) => "ILLEGAL_TRANSITION",
            Self::Overfill { .. } => "OVERFILL",
            Self::Mismatch(_) => "REPORT_MISMATCH",
            Self::EmptyQty(_) => "EMPTY_QTY",
            Self::Unit(error) => error.code(),
        }
    }
}

impl From<UnitError> for OrderError {
    fn from(error: UnitError) -> Self {
        Self::Unit(error)
    }
}

impl From<Illegal> for OrderError {
    fn from(error: Illegal) -> Self {
        Self::Illegal(error)
    }
}

impl fmt::Display for OrderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(id) | Self::Duplicate(id) | Self::Mismatch(id) | Self::EmptyQty(id) => {
                write!(f, "{} {id}", self.code())
            }
            Self::Full { limit } => write!(f, "{} limit {limit}", self.code()),
            Self::Illegal(illegal) => illegal.fmt(f),
            Self::Overfill { id, qty, filled, fill } => {
                write!(f, "OVERFILL {id} qty {} filled {} fill {}", qty.get(), filled.get(), fill.get())
            }
            Self::Unit(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for OrderError {}
