//! The status of a cancel request, apart from the order's own status: a refused cancel says nothing about fills.

use serde::{Deserialize, Serialize};

/// Where our latest request to cancel an order stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum CancelState {
    #[default]
    None,
    /// Asked for; not answered yet.
    Requested,
    /// The venue took the request; the order's own report ends it.
    Accepted,
    /// The venue refused ("unknown order", "already done"): ask for the order, it may be filled.
    Refused,
    /// No answer: ask for the order.
    Unknown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CancelEvent {
    Requested,
    Accepted,
    Refused,
    NoAnswer,
}

impl CancelState {
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "NONE",
            Self::Requested => "REQUESTED",
            Self::Accepted => "ACCEPTED",
            Self::Refused => "REFUSED",
            Self::Unknown => "UNKNOWN",
        }
    }

    /// True when only a query of the order can tell what became of it.
    pub const fn needs_query(self) -> bool {
        matches!(self, Self::Refused | Self::Unknown)
    }
}

/// Every pair is legal: a cancel may be asked again, and answers come late or twice. An acceptance stands.
pub const fn next_cancel(from: CancelState, event: CancelEvent) -> CancelState {
    match (from, event) {
        (_, CancelEvent::Requested) => CancelState::Requested,
        (_, CancelEvent::Accepted)
        | (CancelState::Accepted, CancelEvent::Refused | CancelEvent::NoAnswer) => CancelState::Accepted,
        (CancelState::Refused, CancelEvent::Refused | CancelEvent::NoAnswer)
        | (CancelState::None | CancelState::Requested | CancelState::Unknown, CancelEvent::Refused) => {
            CancelState::Refused
        }
        (CancelState::None | CancelState::Requested | CancelState::Unknown, CancelEvent::NoAnswer) => {
            CancelState::Unknown
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_acceptance_stands_and_a_refusal_asks_for_a_query() {
        use {CancelEvent as E, CancelState as S};
        let cases = [
            (S::None, E::Requested, S::Requested),
            (S::Requested, E::Accepted, S::Accepted),
            (S::Requested, E::Refused, S::Refused),
            (S::Requested, E::NoAnswer, S::Unknown),
            (S::Unknown, E::Refused, S::Refused),
            (S::Unknown, E::Accepted, S::Accepted),
            (S::Refused, E::NoAnswer, S::Refused),
            (S::Refused, E::Requested, S::Requested),
            (S::Accepted, E::Refused, S::Accepted),
            (S::Accepted, E::NoAnswer, S::Accepted),
        ];
        for (from, event, want) in cases {
            assert_eq!(next_cancel(from, event), want, "{from:?} on {event:?}");
        }
        assert!(CancelState::Refused.needs_query() && CancelState::Unknown.needs_query());
        assert!(!CancelState::Requested.needs_query() && !CancelState::Accepted.needs_query());
    }
}
