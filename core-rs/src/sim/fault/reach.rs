//! What a corpus of seeds must have reached, and from how many seeds on: every class of faults, every transition of the
//! order table. Knows nothing of a run.

use super::probe::{fault_name, fault_name_at, move_name, stage_name};
use super::stage::{VENUES, stages};
use super::swarm::Fault;
use crate::order::{Event, State, next};
use crate::units::Venue;
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

/// Faults that a venue does not know, and why.
const NOT_AT: [(Fault, Venue, &str); 9] = [
    (Fault::Banned, Venue::Okx, "its sockets shut nobody out: they limit"),
    (Fault::Banned, Venue::Bitget, "its sockets shut nobody out: they limit"),
    (Fault::RequestLate, Venue::Bitget, "its order frames carry no time and no window"),
    (Fault::ThirdFee, Venue::Bybit, "fees are paid in what is traded"),
    (Fault::ThirdFee, Venue::Okx, "fees are paid in what is traded"),
    (Fault::ThirdFee, Venue::Bitget, "the simulated account pays in what is traded"),
    (Fault::ListenKeyDeath, Venue::Bybit, "its sockets know no listen keys"),
    (Fault::ListenKeyDeath, Venue::Okx, "its sockets know no listen keys"),
    (Fault::ListenKeyDeath, Venue::Bitget, "its sockets know no listen keys"),
];

/// Every transition of the table that changes the state.
pub(super) fn moves() -> impl Iterator<Item = (State, State)> {
    let all = State::ALL.into_iter().flat_map(|from| State::ALL.map(|to| (from, to)));
    all.filter(|(from, to)| from != to && Event::ALL.iter().any(|event| next(*from, *event) == Ok(*to)))
}

/// Name of a probe and the seeds from which on it must have fired.
pub(super) fn due(venues: Option<[Venue; 2]>) -> BTreeMap<String, u64> {
    let faults = Fault::ALL.into_iter().filter(|fault| comes_up(*fault, venues));
    let faults = faults.map(|fault| (fault_name(fault), CORPUS));
    let here = |venue: &Venue| venues.is_none_or(|named| named.contains(venue));
    let at = VENUES.into_iter().filter(here).flat_map(at_venue).map(|name| (name, CORPUS));
    let stages = stages().filter(|pair| venues.is_none_or(|named| named == *pair));
    let stages = stages.map(|pair| (stage_name(pair), CORPUS));
    let unreached = |from, to| UNREACHED.iter().any(|(known, end, _)| (*known, *end) == (from, to));
    let from = |from, to| {
        let seldom = SELDOM.iter().find(|(known, end, _)| (*known, *end) == (from, to));
        seldom.map_or(CORPUS, |(_, _, seeds)| *seeds)
    };
    let reached = moves().filter(|(was, is)| !unreached(*was, *is));
    faults
        .chain(at)
        .chain(stages)
        .chain(reached.map(|(was, is)| (move_name(was, is), from(was, is))))
        .collect()
}

/// Somewhere between these venues it can come up.
fn comes_up(fault: Fault, venues: Option<[Venue; 2]>) -> bool {
    let known = |venue: &Venue| !NOT_AT.iter().any(|(at, place, _)| (*at, *place) == (fault, *venue));
    !fault.of_venue() || venues.is_none_or(|named| named.iter().any(known))
}

/// What must come up at a venue.
fn at_venue(venue: Venue) -> impl Iterator<Item = String> {
    let known = move |fault: &Fault| !NOT_AT.iter().any(|(at, place, _)| (*at, *place) == (*fault, venue));
    let faults = Fault::ALL.into_iter().filter(|fault| fault.of_venue()).filter(known);
    faults.map(move |fault| fault_name_at(fault, venue))
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
        let due = due(None);
        let venues = VENUES.into_iter().flat_map(at_venue).count();
        assert_eq!(due.len(), Fault::ALL.len() + venues + 12 + moves().count() - UNREACHED.len());
        assert_eq!(due["fault: 418 at bybit"], CORPUS);
        assert!(due.contains_key("venues: okx and bitget") && !due.contains_key("fault: 418 at okx"));
        assert!(!due.contains_key("fault: disk full at okx"));
        assert!(!super::due(Some([Venue::Okx, Venue::Bitget])).contains_key("fault: 418"));
        assert_eq!(due["fault: 418"], CORPUS);
        assert_eq!(due["order: UNKNOWN -> FILLED"], CORPUS);
        assert_eq!(due["order: REJECTED -> LIVE"], 50_000);
        assert!(!due.contains_key("order: LIVE -> DEAD"));
        assert!(!due.contains_key("order: FILLED -> LIVE"));
    }
}
