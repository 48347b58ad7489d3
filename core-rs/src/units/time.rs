//! Time as data: the core never reads a clock, it is told.

/// Nanoseconds: since the epoch for wall times, since an arbitrary start for monotonic ones, or a duration.
pub type Ns = i64;

/// The moment of an input: monotonic for deadlines, wall for venues and people.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Now {
    pub mono: Ns,
    pub wall: Ns,
}

impl Now {
    /// Wall time in integer epoch milliseconds, as the API gives it.
    pub const fn wall_ms(self) -> i64 {
        self.wall / 1_000_000
    }
}
