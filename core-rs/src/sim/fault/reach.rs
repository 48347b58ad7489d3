//! What a corpus of seeds must have reached, and from how many seeds on: every class of faults, every transition of the
//! order table. Knows nothing of a run.

use super::probe::{fault_name, move_name};
use super::swarm::Fault;
use crate::order::{Event, State, next};
use std::collections::BTreeMap;

/// A corpus this large reaches all that is not named below.
const CORPUS: u64 = 2_000;
/// A corpus that large is run once in a while.
const VAST: u64 = 10_000_000;

/// Transitions that come up seldom, with the seeds that are enough: 30 times the distance between two of them.
/// From Created only orders go that were found at a venue after a power loss.
const SELDOM: [(State, State, u64); 22] = [
    (State::Created, State::Rejected, 5_000),
    (State::Created, State::Filled, 10_000),
    (State::Created, State::Expired, 100_000),
    (State::Created, State::Live, 1_000_000),
    (State::Created, State::PartiallyFilled, VAST),
    (State::Created, State::Cancelled, VAST),
    (State::Live, State::Rejected, 5_000),
    (State::Sent, State::Cancelled, VAST),
    (State::PartiallyFilled, State::Cancelled, 1_000_000),
    (State::Unknown, State::PartiallyFilled, 10_000),
    (State::Unknown, State::Cancelled, VAST),
    // Evidence against a claim of absence: a venue beyond its bounds, or a refusal after the request was taken.
    (State::Dead, State::Live, 5_000),
    (State::Dead, State::Filled, 20_000),
    (State::Dead, State::Expired, 20_000),
    (State::Dead, State::PartiallyFilled, VAST),
    (State::Dead, State::Cancelled, VAST),
    (State::Rejected, State::Live, 50_000),
    (State::Rejected, State::PartiallyFilled, VAST),
    (State::Rejected, State::Filled, VAST),
    (State::Rejected, State::Cancelled, VAST),
    (State::Rejected, State::Expired, VAST),
    (State::Live, State::Cancelled, 5_000),
];

/// Transitions that the simulated venues can not bring about, and why.
const UNREACHED: [(State, State, &str); 3] = [
    (State::Created, State::Unknown, "an order's own record makes it Sent in the step that makes the order"),
    (State::Created, State::Dead, "an order's own record makes it Sent in the step that makes the order"),
    (State::Live, State::Dead, "a simulated venue never loses an order that it acknowledged"),
];

/// Every transition of the table that changes the state.
pub(super) fn moves() -> impl Iterator<Item = (State, State)> {
    let all = State::ALL.into_iter().flat_map(|from| State::ALL.map(|to| (from, to)));
    all.filter(|(from, to)| from != to && Event::ALL.iter().any(|event| next(*from, *event) == Ok(*to)))
}

/// Name of a probe and the seeds from which on it must have fired.
pub(super) fn due() -> BTreeMap<String, u64> {
    let faults = Fault::ALL.into_iter().map(|fault| (fault_name(fault), CORPUS));
    let unreached = |from, to| UNREACHED.iter().any(|(known, end, _)| (*known, *end) == (from, to));
    let from = |from, to| {
        let seldom = SELDOM.iter().find(|(known, end, _)| (*known, *end) == (from, to));
        seldom.map_or(CORPUS, |(_, _, seeds)| *seeds)
    };
    let reached = moves().filter(|(was, is)| !unreached(*was, *is));
    faults.chain(reached.map(|(was, is)| (move_name(was, is), from(was, is)))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_named_is_in_the_table_once() {
        let known: Vec<(State, State)> = moves().collect();
        let seldom = SELDOM.iter().map(|(from, to, _)| (*from, *to));
        let named: Vec<(State, State)> =
            seldom.chain(UNREACHED.iter().map(|(from, to, _)| (*from, *to))).collect();
        for (at, pair) in named.iter().enumerate() {
            assert!(known.contains(pair), "{pair:?} is no transition");
            assert!(!named[..at].contains(pair), "{pair:?} is named twice");
        }
    }

    #[test]
    fn every_fault_and_every_transition_that_can_come_about_is_due() {
        let due = due();
        assert_eq!(due.len(), Fault::ALL.len() + moves().count() - UNREACHED.len());
        assert_eq!(due["fault: 418"], CORPUS);
        assert_eq!(due["order: UNKNOWN -> FILLED"], CORPUS);
        assert_eq!(due["order: REJECTED -> LIVE"], 50_000);
        assert!(!due.contains_key("order: LIVE -> DEAD"));
        assert!(!due.contains_key("order: FILLED -> LIVE"));
    }
}
