//! Why a book lost its trust.

use core::fmt;

/// Each makes the book `Unsynced` in the same call; nothing is priced from it until it is rebuilt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BookFault {
    /// A message of the stream is missing.
    Gap { expected: u64, got: u64 },
    /// The REST snapshot is older than the oldest buffered message: fetch another. The buffer is kept.
    SnapshotOld { snapshot: u64, first: u64 },
    /// Best bid at or above best ask: a delete was lost.
    Crossed { bid: i64, ask: i64 },
    /// A price not above zero or a quantity below zero.
    BadLevel { px: i64, qty: i64 },
    /// More levels on one side than [`super::SIDE_LEVELS_MAX`].
    TooDeep { levels: usize },
}

impl BookFault {
    /// Stable machine-readable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Gap { .. } => "BOOK_GAP",
            Self::SnapshotOld { .. } => "SNAPSHOT_OLD",
            Self::Crossed { .. } => "BOOK_CROSSED",
            Self::BadLevel { .. } => "BAD_LEVEL",
            Self::TooDeep { .. } => "BOOK_TOO_DEEP",
        }
    }
}

impl fmt::Display for BookFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gap { expected, got } => write!(f, "{}: expected {expected}, got {got}", self.code()),
            Self::SnapshotOld { snapshot, first } => {
                write!(f, "{}: snapshot {snapshot}, first message {first}", self.code())
            }
            Self::Crossed { bid, ask } => write!(f, "{}: bid {bid}, ask {ask}", self.code()),
            Self::BadLevel { px, qty } => write!(f, "{}: price {px}, quantity {qty}", self.code()),
            Self::TooDeep { levels } => write!(f, "{}: {levels} levels", self.code()),
        }
    }
}

impl std::error::Error for BookFault {}
