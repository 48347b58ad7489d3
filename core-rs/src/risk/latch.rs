//! The kill latch: durable, only ever tightened by events, loosened by an authorised reset alone.

use crate::order::{push_field, row_digest};
use crate::units::Ns;
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum LatchMode {
    #[default]
    Open,
    /// Only price-bounded orders that shrink a plan's residual or a position.
    ReduceOnly,
    /// None.
    Halt,
}

/// The latch with its story. Mutated only by applying journal records.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Latch {
    pub mode: LatchMode,
    pub reason: String,
    pub actor: String,
    /// Wall time of the latest change.
    pub since_ns: Ns,
}

impl LatchMode {
    /// As API and journal write it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::ReduceOnly => "reduce_only",
            Self::Halt => "halt",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        [Self::Open, Self::ReduceOnly, Self::Halt].into_iter().find(|mode| mode.name() == name)
    }
}

impl Latch {
    /// Tightens to `mode`; a looser mode than the present one changes nothing. True when it changed.
    pub fn trip(&mut self, mode: LatchMode, reason: &str, actor: &str, at: Ns) -> bool {
        let tighter = mode > self.mode;
        if tighter {
            *self = Self { mode, reason: reason.to_owned(), actor: actor.to_owned(), since_ns: at };
        }
        tighter
    }

    /// Opens the latch; who may is decided outside. True when it was shut.
    pub fn reset(&mut self, actor: &str, at: Ns) -> bool {
        let was_shut = self.mode != LatchMode::Open;
        if was_shut {
            *self =
                Self { mode: LatchMode::Open, reason: String::new(), actor: actor.to_owned(), since_ns: at };
        }
        was_shut
    }

    pub fn digest(&self) -> u64 {
        row_digest(|row| {
            push_field(row, self.mode.name().as_bytes());
            push_field(row, self.reason.as_bytes());
            push_field(row, self.actor.as_bytes());
            row.extend_from_slice(&self.since_ns.to_le_bytes());
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_halt_is_not_softened_by_a_later_kill_and_a_reset_opens() {
        let mut latch = Latch::default();
        assert!(latch.trip(LatchMode::ReduceOnly, "loss", "engine", 1));
        assert!(latch.trip(LatchMode::Halt, "panic", "admin", 2));
        assert!(!latch.trip(LatchMode::ReduceOnly, "loss", "engine", 3));
        assert_eq!((latch.mode, latch.reason.as_str(), latch.since_ns), (LatchMode::Halt, "panic", 2));
        let shut = latch.digest();
        assert!(latch.reset("admin", 4));
        assert!(!latch.reset("admin", 5));
        assert_eq!((latch.mode, latch.since_ns), (LatchMode::Open, 4));
        assert_ne!(latch.digest(), shut);
    }

    #[test]
    fn names_go_there_and_back() {
        for mode in [LatchMode::Open, LatchMode::ReduceOnly, LatchMode::Halt] {
            assert_eq!(LatchMode::parse(mode.name()), Some(mode));
        }
        assert_eq!(LatchMode::parse("HALT"), None);
    }
}
