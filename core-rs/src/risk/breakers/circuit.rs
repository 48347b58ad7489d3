//! One breaker's circuit: CLOSED, OPEN for a while, then HALF_OPEN for a single try that decides.

use super::{PAUSE, Trip};
use crate::units::Ns;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CircuitState {
    Closed,
    Open,
    HalfOpen,
}

/// `now` is monotonic and this process's own; what outlives it is the [`Trip`], in wall time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Circuit {
    open: Option<Opened>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Opened {
    until: Ns,
    /// When the single try of the half-open circuit went out.
    tried: Option<Ns>,
    since: Ns,
    reason: String,
}

impl CircuitState {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Closed => "CLOSED",
            Self::Open => "OPEN",
            Self::HalfOpen => "HALF_OPEN",
        }
    }
}

impl Circuit {
    pub fn state(&self, now: Ns) -> CircuitState {
        match &self.open {
            None => CircuitState::Closed,
            Some(opened) if now < opened.until => CircuitState::Open,
            Some(_) => CircuitState::HalfOpen,
        }
    }

    /// Opens it, anew when it was half-open. False when it is open already.
    pub fn trip(&mut self, now: Ns, wall: Ns, reason: &str) -> bool {
        if self.state(now) == CircuitState::Open {
            return false;
        }
        self.open = Some(Opened { until: now + PAUSE, tried: None, since: wall, reason: reason.to_owned() });
        true
    }

    /// The circuit that tripped before this process began. A clock that was set meanwhile makes no pause longer.
    pub fn restored(now: Ns, wall: Ns, trip: &Trip) -> Self {
        let left = (trip.since.saturating_add(PAUSE).saturating_sub(wall)).clamp(0, PAUSE);
        let opened =
            Opened { until: now + left, tried: None, since: trip.since, reason: trip.reason.clone() };
        Self { open: Some(opened) }
    }

    /// Whether something may be opened: always while closed, one try while half-open. A try whose outcome never came
    /// is given up after another pause.
    pub fn admits(&self, now: Ns) -> bool {
        match &self.open {
            None => true,
            Some(opened) => now >= opened.until && opened.tried.is_none_or(|at| now - at >= PAUSE),
        }
    }

    /// The try of a half-open circuit is under way.
    pub fn tried(&mut self, now: Ns) {
        if let Some(opened) = self.open.as_mut().filter(|opened| now >= opened.until) {
            opened.tried = Some(now);
        }
    }

    /// Something went well: closes a half-open circuit. True when it closed.
    pub fn passed(&mut self, now: Ns) -> bool {
        let closes = self.state(now) == CircuitState::HalfOpen;
        if closes {
            self.open = None;
        }
        closes
    }

    /// When an open circuit gives the next try.
    pub fn until(&self) -> Option<Ns> {
        self.open.as_ref().map(|opened| opened.until)
    }

    /// Why and since when (wall) it is not closed.
    pub fn story(&self) -> Option<(&str, Ns)> {
        self.open.as_ref().map(|opened| (opened.reason.as_str(), opened.since))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_opens_for_a_pause_then_one_try_decides() {
        let mut circuit = Circuit::default();
        assert!(circuit.admits(0) && !circuit.passed(0));
        assert!(circuit.trip(10, 1_000, "five"));
        assert!(!circuit.trip(11, 1_001, "again"), "open already");
        assert_eq!((circuit.state(10), circuit.admits(10)), (CircuitState::Open, false));
        assert_eq!(circuit.story(), Some(("five", 1_000)));
        assert!(!circuit.passed(10 + PAUSE - 1), "an old order's success does not close it early");
        let half = 10 + PAUSE;
        assert_eq!((circuit.state(half), circuit.admits(half)), (CircuitState::HalfOpen, true));
        circuit.tried(half);
        assert!(!circuit.admits(half + 1), "one try only");
        assert!(circuit.trip(half + 2, 2_000, "failed again"));
        assert_eq!(circuit.state(half + 2), CircuitState::Open);
        let again = half + 2 + PAUSE;
        circuit.tried(again);
        assert!(circuit.passed(again + 1));
        assert_eq!((circuit.state(again + 1), circuit.admits(again + 1)), (CircuitState::Closed, true));
    }

    #[test]
    fn a_try_without_an_outcome_does_not_shut_it_for_ever() {
        let mut circuit = Circuit::default();
        circuit.trip(0, 0, "x");
        circuit.tried(PAUSE);
        assert!(!circuit.admits(2 * PAUSE - 1));
        assert!(circuit.admits(2 * PAUSE));
    }
}
