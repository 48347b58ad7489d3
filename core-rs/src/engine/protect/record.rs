//! What the journal holds of protections.

use crate::plan::{Cause, ProtectionState, ProtectionTerms};
use crate::units::{AccountId, InstrumentId, PlanId, Price};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::engine) enum ProtectRecord {
    /// A new protection, or new levels of a known one.
    Set(ProtectionTerms),
    /// The first usable price since it was set, and it lies between the levels.
    Arm {
        id: PlanId,
        px: Price,
    },
    /// The best price so far; a trail goes on from here after a restart.
    Water {
        id: PlanId,
        px: Price,
    },
    /// A level was reached. Reserves the client ids of the orders that close.
    Trigger {
        id: PlanId,
        cause: Cause,
        px: Price,
        epoch: u32,
        counter: u32,
    },
    /// More client ids, of this epoch.
    Ids {
        id: PlanId,
        epoch: u32,
        counter: u32,
    },
    /// What the venue is asked to keep of its own for the position; `None`: nothing of ours is there any more.
    Backstop {
        id: PlanId,
        account: AccountId,
        instrument: InstrumentId,
        px: Option<Price>,
    },
    End {
        id: PlanId,
        state: ProtectionState,
        why: String,
    },
}

impl ProtectRecord {
    pub(in crate::engine) const fn kind(&self) -> u8 {
        match self {
            Self::Set(_) => 60,
            Self::Arm { .. } => 61,
            Self::Water { .. } => 62,
            Self::Trigger { .. } => 63,
            Self::Ids { .. } => 64,
            Self::End { .. } => 65,
            Self::Backstop { .. } => 66,
        }
    }

    pub(in crate::engine) const fn id(&self) -> PlanId {
        match self {
            Self::Set(terms) => terms.id,
            Self::Arm { id, .. }
            | Self::Water { id, .. }
            | Self::Trigger { id, .. }
            | Self::Ids { id, .. }
            | Self::Backstop { id, .. }
            | Self::End { id, .. } => *id,
        }
    }
}
