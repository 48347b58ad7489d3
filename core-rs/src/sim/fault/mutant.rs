//! Flawed designs that stay in the simulator for ever: each must be caught, else the simulator is blind.

use crate::engine::Mutant;

/// Flaws of the executor and the disk; those of decisions live in the engine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Harness {
    #[default]
    Sound,
    /// E: records reach the page cache only when the venue has answered.
    JournalAfterAck,
    /// M: nothing is ever synced.
    PageCacheOnly,
    /// A send leaves before the record that stands before it.
    SendBeforeJournal,
    /// The torn tail stays where it is, and writing goes on behind it.
    TailNotCut,
    /// A process that was taken for dead goes on writing beside its successor.
    TwoWriters,
    /// The machine's wall clock is read anew at every step, whatever it was set to.
    WallTrusted,
}

const HARNESS: [(&str, Harness); 6] = [
    ("journal_after_ack", Harness::JournalAfterAck),
    ("page_cache_only", Harness::PageCacheOnly),
    ("send_before_journal", Harness::SendBeforeJournal),
    ("tail_not_cut", Harness::TailNotCut),
    ("two_writers", Harness::TwoWriters),
    ("wall_clock_trusted", Harness::WallTrusted),
];

impl Harness {
    /// The executor's flaw, and the engine's by name; an empty name is the sound design.
    pub(super) fn parse(name: &str) -> (Self, &str) {
        match HARNESS.iter().find(|(known, _)| *known == name) {
            Some((_, harness)) => (*harness, ""),
            None => (Self::Sound, name),
        }
    }

    pub(super) const fn cuts_tail(self) -> bool {
        !matches!(self, Self::TailNotCut)
    }

    pub(super) const fn is_doubled(self) -> bool {
        matches!(self, Self::TwoWriters)
    }

    pub(super) const fn trusts_wall(self) -> bool {
        matches!(self, Self::WallTrusted)
    }

    pub(super) const fn sends_first(self) -> bool {
        matches!(self, Self::SendBeforeJournal)
    }
}

/// Every mutant by name.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    HARNESS.into_iter().map(|(name, _)| name).chain(Mutant::ALL.into_iter().map(Mutant::name))
}
