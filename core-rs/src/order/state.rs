//! The transition table of an order: state x event, every pair decided. Knows no quantities and no time.
//!
//! Filled, Cancelled and Expired are the venue's final word and absorb. Rejected and Dead are claims that no order
//! exists; evidence that it does (a report, a fill) overturns them, because an order that lives at the venue must
//! never be forgotten. Fills are facts: they are legal in every state.

use super::VenueStatus;
use core::fmt;
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum State {
    /// The intent is in the journal; nothing is known to have left.
    Created,
    /// The bytes left; no answer yet.
    Sent,
    /// The venue has it.
    Live,
    PartiallyFilled,
    /// No answer by the deadline, or an answer that proves nothing. Settled by evidence only.
    Unknown,
    Filled,
    Cancelled,
    /// The venue refused it, or it provably never left.
    Rejected,
    Expired,
    /// Absence proved after the fence; the tombstone still takes fills.
    Dead,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// The bytes were handed to the socket.
    Sent,
    /// Proof that no byte left (link down, encoder refused).
    NeverLeft,
    AckAccepted,
    AckRejected,
    /// Timeout, 5xx, disconnect, unreadable reply: outcome unknown.
    NoAnswer,
    /// A stream event or a query's answer.
    Report(VenueStatus),
    /// `complete`: with it the whole quantity is filled.
    Fill {
        complete: bool,
    },
    /// Not found, served after the fence, by two different reads.
    AbsentAfterFence,
}

/// A pair that has no place in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Illegal {
    pub from: State,
    pub event: Event,
}

impl State {
    pub const ALL: [Self; 10] = [
        Self::Created,
        Self::Sent,
        Self::Live,
        Self::PartiallyFilled,
        Self::Unknown,
        Self::Filled,
        Self::Cancelled,
        Self::Rejected,
        Self::Expired,
        Self::Dead,
    ];

    /// As tables and API show it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Created => "CREATED",
            Self::Sent => "SENT",
            Self::Live => "LIVE",
            Self::PartiallyFilled => "PARTIALLY_FILLED",
            Self::Unknown => "UNKNOWN",
            Self::Filled => "FILLED",
            Self::Cancelled => "CANCELLED",
            Self::Rejected => "REJECTED",
            Self::Expired => "EXPIRED",
            Self::Dead => "DEAD",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    pub const fn is_terminal(self) -> bool {
        matches!(self, Self::Filled | Self::Cancelled | Self::Rejected | Self::Expired | Self::Dead)
    }

    /// A claim that no order exists, which evidence may overturn.
    pub const fn claims_absence(self) -> bool {
        matches!(self, Self::Rejected | Self::Dead)
    }
}

impl Event {
    pub const ALL: [Self; 14] = [
        Self::Sent,
        Self::NeverLeft,
        Self::AckAccepted,
        Self::AckRejected,
        Self::NoAnswer,
        Self::Report(VenueStatus::Live),
        Self::Report(VenueStatus::PartiallyFilled),
        Self::Report(VenueStatus::Filled),
        Self::Report(VenueStatus::Cancelled),
        Self::Report(VenueStatus::Rejected),
        Self::Report(VenueStatus::Expired),
        Self::Fill { complete: false },
        Self::Fill { complete: true },
        Self::AbsentAfterFence,
    ];
}

/// The table.
pub const fn next(from: State, event: Event) -> Result<State, Illegal> {
    let to = match event {
        Event::Sent => after_sent(from),
        Event::NeverLeft => after_never_left(from),
        Event::AckAccepted | Event::Report(VenueStatus::Live) => Some(after_life(from, State::Live)),
        Event::AckRejected => Some(after_refusal(from)),
        Event::NoAnswer => Some(after_no_answer(from)),
        Event::Report(VenueStatus::PartiallyFilled) => Some(after_life(from, State::PartiallyFilled)),
        Event::Report(VenueStatus::Filled) => Some(after_end(from, State::Filled)),
        Event::Report(VenueStatus::Cancelled) => Some(after_end(from, State::Cancelled)),
        Event::Report(VenueStatus::Expired) => Some(after_end(from, State::Expired)),
        Event::Report(VenueStatus::Rejected) => Some(after_late_refusal(from)),
        Event::Fill { complete } => Some(after_fill(from, complete)),
        Event::AbsentAfterFence => after_absence(from),
    };
    match to {
        Some(state) => Ok(state),
        None => Err(Illegal { from, event }),
    }
}

/// Evidence may overtake the send's own confirmation; the same order twice on the wire is a bug of ours.
const fn after_sent(from: State) -> Option<State> {
    match from {
        State::Created => Some(State::Sent),
        State::Sent => None,
        State::Live
        | State::PartiallyFilled
        | State::Unknown
        | State::Filled
        | State::Cancelled
        | State::Rejected
        | State::Expired
        | State::Dead => Some(from),
    }
}

/// Contradicts everything the venue has said about the order.
const fn after_never_left(from: State) -> Option<State> {
    match from {
        State::Created | State::Sent | State::Unknown => Some(State::Rejected),
        State::Rejected | State::Dead => Some(from),
        State::Live | State::PartiallyFilled | State::Filled | State::Cancelled | State::Expired => None,
    }
}

/// The order is at the venue and open.
const fn after_life(from: State, seen: State) -> State {
    match from {
        State::Created | State::Sent | State::Live | State::Unknown | State::Rejected | State::Dead => seen,
        State::PartiallyFilled | State::Filled | State::Cancelled | State::Expired => from,
    }
}

/// A request's refusal: never stronger than proof that the order lives or lived.
const fn after_refusal(from: State) -> State {
    match from {
        State::Created | State::Sent | State::Unknown => State::Rejected,
        State::Live
        | State::PartiallyFilled
        | State::Filled
        | State::Cancelled
        | State::Rejected
        | State::Expired
        | State::Dead => from,
    }
}

/// The order stream's refusal. Bybit accepts a request first and may refuse the order after; what was filled stays.
const fn after_late_refusal(from: State) -> State {
    match from {
        State::Created | State::Sent | State::Unknown | State::Live => State::Rejected,
        State::PartiallyFilled => State::Cancelled,
        State::Filled | State::Cancelled | State::Rejected | State::Expired | State::Dead => from,
    }
}

const fn after_no_answer(from: State) -> State {
    match from {
        State::Created | State::Sent | State::Unknown => State::Unknown,
        State::Live
        | State::PartiallyFilled
        | State::Filled
        | State::Cancelled
        | State::Rejected
        | State::Expired
        | State::Dead => from,
    }
}

/// The first final word stands.
const fn after_end(from: State, end: State) -> State {
    match from {
        State::Created
        | State::Sent
        | State::Live
        | State::PartiallyFilled
        | State::Unknown
        | State::Rejected
        | State::Dead => end,
        State::Filled | State::Cancelled | State::Expired => from,
    }
}

/// After an end the fill is booked and the end stands; against a claim of absence it proves life.
const fn after_fill(from: State, complete: bool) -> State {
    match from {
        State::Created
        | State::Sent
        | State::Live
        | State::PartiallyFilled
        | State::Unknown
        | State::Rejected
        | State::Dead => {
            if complete {
                State::Filled
            } else {
                State::PartiallyFilled
            }
        }
        State::Filled | State::Cancelled | State::Expired => from,
    }
}

/// Asked too early while only `Sent`. An acknowledged order may vanish (venue lost it): absent means it is over.
const fn after_absence(from: State) -> Option<State> {
    match from {
        State::Created | State::Unknown | State::Live => Some(State::Dead),
        State::PartiallyFilled => Some(State::Cancelled),
        State::Sent => None,
        State::Filled | State::Cancelled | State::Rejected | State::Expired | State::Dead => Some(from),
    }
}

impl fmt::Display for Illegal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ILLEGAL_TRANSITION from {} on {:?}", self.from.name(), self.event)
    }
}

impl std::error::Error for Illegal {}

#[cfg(test)]
mod tests {
    use super::*;

    /// One row per event, one letter per state in the order of `State::ALL`:
    /// C S L P U F X(cancelled) R E D, `-` illegal.
    const TABLE: [(Event, &str); 14] = [
        (Event::Sent, "S-LPUFXRED"),
        (Event::NeverLeft, "RR--R--R-D"),
        (Event::AckAccepted, "LLLPLFXLEL"),
        (Event::AckRejected, "RRLPRFXRED"),
        (Event::NoAnswer, "UULPUFXRED"),
        (Event::Report(VenueStatus::Live), "LLLPLFXLEL"),
        (Event::Report(VenueStatus::PartiallyFilled), "PPPPPFXPEP"),
        (Event::Report(VenueStatus::Filled), "FFFFFFXFEF"),
        (Event::Report(VenueStatus::Cancelled), "XXXXXFXXEX"),
        (Event::Report(VenueStatus::Rejected), "RRRXRFXRED"),
        (Event::Report(VenueStatus::Expired), "EEEEEFXEEE"),
        (Event::Fill { complete: false }, "PPPPPFXPEP"),
        (Event::Fill { complete: true }, "FFFFFFXFEF"),
        (Event::AbsentAfterFence, "D-DXDFXRED"),
    ];

    fn of_letter(letter: char) -> Option<State> {
        "CSLPUFXRED".chars().position(|c| c == letter).map(|at| State::ALL[at])
    }

    #[test]
    fn every_pair_of_state_and_event_is_as_written_by_hand() {
        for (row, (event, letters)) in TABLE.into_iter().enumerate() {
            assert_eq!(event, Event::ALL[row], "the table lists every event in order");
            assert_eq!(letters.len(), State::ALL.len());
            for (from, letter) in State::ALL.into_iter().zip(letters.chars()) {
                assert_eq!(next(from, event).ok(), of_letter(letter), "{from:?} on {event:?}");
            }
        }
    }

    #[test]
    fn a_final_word_of_the_venue_absorbs_every_legal_event() {
        for from in [State::Filled, State::Cancelled, State::Expired] {
            for event in Event::ALL {
                assert!(matches!(next(from, event), Ok(to) if to == from) || event == Event::NeverLeft);
            }
        }
    }

    #[test]
    fn names_go_there_and_back() {
        for state in State::ALL {
            assert_eq!(State::parse(state.name()), Some(state));
        }
        assert_eq!(State::parse("GONE"), None);
    }
}
