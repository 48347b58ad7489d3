//! What a protection does next, from state alone: waits, closes its part of the position, ends. Knows no venue, no order
//! id and no clock.
//!
//! What it may order is `position - what others may still take off it`, so that no answer, restart or repetition makes it
//! open anything. A fill that came after its order had been proved absent is traded back.

use super::{OrderSizes, Policy, worsen};
use crate::units::{Money, Ns, Side};
use serde::{Deserialize, Serialize};

/// Without a price, a way to the venue or room we look again after this long.
const LOOK_AGAIN: Ns = 250_000_000;
/// Orders of one trigger; what is left then is reported.
pub const CLOSINGS_MAX: u32 = 256;
/// The pause between closing orders grows up to this many times its base.
const PAUSES_MAX: Ns = 20;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ProtectionState {
    /// Its entry order has not filled, or no price was seen yet.
    Waiting,
    Armed,
    /// A level was reached: the position is being closed.
    Triggered,
    Closed,
    /// There was nothing left to protect.
    Cancelled,
    /// Taken away by a person or program.
    Removed,
    /// A position is left that could not be closed: a person has to look.
    Reported,
}

/// The order that opens the position, where it is one's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    /// May still fill.
    Open,
    /// Has filled what it will, or the position was there before.
    Done,
    /// Ended without a fill.
    Nothing,
}

/// Quantities are base units, never negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProtectFacts {
    pub now: Ns,
    pub state: ProtectionState,
    /// Of the orders that close.
    pub side: Side,
    /// What is held on the side that they reduce, as far as this protection reaches.
    pub held: Money,
    /// Of the whole position, what is not being taken off by orders in flight.
    pub room: Money,
    /// Traded past flat, or past its reach.
    pub over: Money,
    /// An order that closes is unsettled or of unknown fate.
    pub busy: bool,
    pub entry: Entry,
    /// Orders of this trigger, and the latest change of any of them.
    pub orders: u32,
    pub changed: Ns,
    pub sizes: OrderSizes,
    /// Best prices that the closing side and the opposite one would take; `None` without a usable book.
    pub best: Option<Money>,
    pub best_back: Option<Money>,
    /// Orders may be sent.
    pub open: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProtectDecision {
    /// Nothing can be done before `until`, or before something changes.
    Wait {
        until: Ns,
    },
    /// One bounded order that shrinks the position.
    Close {
        qty: Money,
        bound: Money,
    },
    /// One bounded order that takes back what went too far.
    Back {
        qty: Money,
        bound: Money,
    },
    End {
        state: ProtectionState,
        why: &'static str,
    },
}

impl ProtectionState {
    pub const ALL: [Self; 7] = [
        Self::Waiting,
        Self::Armed,
        Self::Triggered,
        Self::Closed,
        Self::Cancelled,
        Self::Removed,
        Self::Reported,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Armed => "armed",
            Self::Triggered => "triggered",
            Self::Closed => "closed",
            Self::Cancelled => "cancelled",
            Self::Removed => "removed",
            Self::Reported => "reported",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// What to do now.
pub fn next_protect(facts: &ProtectFacts, policy: &Policy) -> ProtectDecision {
    let forever = ProtectDecision::Wait { until: Ns::MAX };
    if facts.busy {
        return forever;
    }
    if let Some(decision) = take_back(facts, policy) {
        return decision;
    }
    let end = |state, why| ProtectDecision::End { state, why };
    match facts.state {
        ProtectionState::Waiting | ProtectionState::Armed
            if facts.held.0 > 0 || facts.entry == Entry::Open =>
        {
            forever
        }
        ProtectionState::Waiting | ProtectionState::Armed if facts.entry == Entry::Nothing => {
            end(ProtectionState::Cancelled, "its order filled nothing")
        }
        ProtectionState::Waiting | ProtectionState::Armed => {
            end(ProtectionState::Cancelled, "the position was closed otherwise")
        }
        ProtectionState::Triggered => close(facts, policy),
        state @ (ProtectionState::Closed
        | ProtectionState::Cancelled
        | ProtectionState::Removed
        | ProtectionState::Reported) => end(state, ""),
    }
}

fn take_back(facts: &ProtectFacts, policy: &Policy) -> Option<ProtectDecision> {
    if facts.over.0 == 0 {
        return None;
    }
    let side = facts.side.opposite();
    let wait = ProtectDecision::Wait { until: facts.now + LOOK_AGAIN };
    let Some(best) = facts.best_back else { return Some(wait) };
    let bound = worsen(best, side, policy.slippage_bps);
    let qty = facts.sizes.part(facts.over, bound)?;
    let due = due(facts, policy);
    Some(match (facts.open, due > facts.now) {
        (false, _) => wait,
        (true, true) => ProtectDecision::Wait { until: due },
        (true, false) => ProtectDecision::Back { qty, bound },
    })
}

fn close(facts: &ProtectFacts, policy: &Policy) -> ProtectDecision {
    let wait = ProtectDecision::Wait { until: facts.now + LOOK_AGAIN };
    let end = |state, why| ProtectDecision::End { state, why };
    if facts.held.0 == 0 && facts.entry != Entry::Open {
        return end(ProtectionState::Closed, "");
    }
    let Some(best) = facts.best else { return wait };
    let bound = worsen(best, facts.side, policy.slippage_bps);
    if facts.sizes.part(facts.held, bound).is_none() {
        let rest = "the rest is below the venue's minimum";
        return if facts.entry == Entry::Open { wait } else { end(ProtectionState::Closed, rest) };
    }
    if facts.orders >= CLOSINGS_MAX {
        return end(ProtectionState::Reported, "too many orders did not close it");
    }
    let due = due(facts, policy);
    if facts.open && facts.now < due {
        return ProtectDecision::Wait { until: due };
    }
    match facts.sizes.part(facts.held.min(facts.room), bound) {
        Some(qty) if facts.open => ProtectDecision::Close { qty, bound },
        Some(_) | None => wait,
    }
}

fn due(facts: &ProtectFacts, policy: &Policy) -> Ns {
    facts.changed + policy.pause * Ns::from(facts.orders).min(PAUSES_MAX)
}
