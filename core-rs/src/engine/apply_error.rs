//! Why a record changed nothing. The same in replay as live.

use crate::ledger::LedgerError;
use crate::order::OrderError;
use crate::risk::LimitError;
use crate::units::PlanId;
use core::fmt;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ApplyError {
    Order(OrderError),
    Ledger(LedgerError),
    Limit(LimitError),
    NoPlan(PlanId),
    PairsFull,
}

impl ApplyError {
    pub(super) const fn code(&self) -> &'static str {
        match self {
            Self::Order(error) => error.code(),
            Self::Ledger(error) => error.code(),
            Self::Limit(error) => error.code(),
            Self::NoPlan(_) => "NO_PLAN",
            Self::PairsFull => "PAIRS_FULL",
        }
    }
}

impl From<OrderError> for ApplyError {
    fn from(error: OrderError) -> Self {
        Self::Order(error)
    }
}

impl From<LedgerError> for ApplyError {
    fn from(error: LedgerError) -> Self {
        Self::Ledger(error)
    }
}

impl From<LimitError> for ApplyError {
    fn from(error: LimitError) -> Self {
        Self::Limit(error)
    }
}

impl fmt::Display for ApplyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Order(error) => error.fmt(f),
            Self::Ledger(error) => error.fmt(f),
            Self::Limit(error) => error.fmt(f),
            Self::NoPlan(id) => write!(f, "NO_PLAN {}", id.0),
            Self::PairsFull => f.write_str("PAIRS_FULL"),
        }
    }
}

impl std::error::Error for ApplyError {}
