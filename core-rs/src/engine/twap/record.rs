//! What the journal holds of TWAPs.

use crate::plan::{Bench, TwapState, TwapTerms};
use crate::units::{Money, PlanId, Price};

/// A person's word on a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) enum TwapTurn {
    Start,
    Pause,
    Resume,
    Cancel,
    Delete,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::engine) enum TwapRecord {
    /// A new plan, or new terms of a known one. Reserves its client ids.
    Terms {
        terms: TwapTerms,
        start: bool,
    },
    Turn {
        id: PlanId,
        turn: TwapTurn,
    },
    /// A slot is opened; its orders' intents follow.
    Slice {
        id: PlanId,
        slot: u32,
        qty: [Money; 2],
        px: [Option<Price>; 2],
        bench: [Bench; 2],
    },
    End {
        id: PlanId,
        state: TwapState,
        why: String,
        bench: [Bench; 2],
    },
}

impl TwapTurn {
    pub(super) const ALL: [Self; 5] = [Self::Start, Self::Pause, Self::Resume, Self::Cancel, Self::Delete];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Pause => "pause",
            Self::Resume => "resume",
            Self::Cancel => "cancel",
            Self::Delete => "delete",
        }
    }
}

impl TwapRecord {
    pub(in crate::engine) const fn kind(&self) -> u8 {
        match self {
            Self::Terms { .. } => 40,
            Self::Turn { .. } => 41,
            Self::Slice { .. } => 42,
            Self::End { .. } => 43,
        }
    }

    pub(in crate::engine) const fn id(&self) -> PlanId {
        match self {
            Self::Terms { terms, .. } => terms.id,
            Self::Turn { id, .. } | Self::Slice { id, .. } | Self::End { id, .. } => *id,
        }
    }
}
