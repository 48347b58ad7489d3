//! When "not found" begins to mean something: the fence of an order whose outcome is unknown.

use crate::units::Ns;

/// The bounds a venue is trusted to keep, each a duration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FenceTerms {
    /// How long the venue accepts the signed request.
    pub recv_window: Ns,
    /// Longest processing inside the venue after that.
    pub venue_cap: Ns,
    /// How far a query may lag behind the matching engine.
    pub read_lag: Ns,
    /// How wrong our clock may be.
    pub clock_error: Ns,
}

/// First moment at which a served "not found" proves absence, on the clock of `sent_at`. Saturates.
pub const fn fence(sent_at: Ns, terms: &FenceTerms) -> Ns {
    sent_at
        .saturating_add(terms.recv_window)
        .saturating_add(terms.venue_cap)
        .saturating_add(terms.read_lag)
        .saturating_add(terms.clock_error)
}

/// Which read said "not found"; a verdict needs two different ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AbsenceRead {
    Order,
    OpenOrders,
    Trades,
}

/// What the reads so far prove.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absence {
    /// The read was asked before the fence (or the fence is not set): no information.
    BeforeFence,
    /// One kind of read; another kind is needed.
    OneRead,
    /// Two different reads after the fence: the engine may journal the end and apply it.
    Proved,
}

/// Follow-up of an unknown outcome. Volatile: not in the journal; a restart sets it anew, later than before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Inquiry {
    /// Set when the order was sent, or at start to a full fence from then.
    pub fence_at: Option<Ns>,
    pub attempts: u32,
    pub next_at: Ns,
    reads: u8,
}

impl AbsenceRead {
    const fn bit(self) -> u8 {
        match self {
            Self::Order => 1,
            Self::OpenOrders => 2,
            Self::Trades => 4,
        }
    }
}

impl Inquiry {
    /// Waits 0.25, 0.5, 1, then 2 s between queries.
    pub const BACKOFF_NS: [Ns; 4] = [250_000_000, 500_000_000, 1_000_000_000, 2_000_000_000];

    /// Counts a query asked at `now` and sets when the next one is due. An error is no answer: nothing else changes.
    pub fn asked(&mut self, now: Ns) {
        let wait = Self::BACKOFF_NS[(self.attempts as usize).min(Self::BACKOFF_NS.len() - 1)];
        self.attempts = self.attempts.saturating_add(1);
        self.next_at = now.saturating_add(wait);
    }

    /// A served "not found" to a read asked at `asked_at` (same clock as the fence).
    pub fn not_found(&mut self, read: AbsenceRead, asked_at: Ns) -> Absence {
        match self.fence_at {
            Some(fence_at) if asked_at > fence_at => {
                self.reads |= read.bit();
                if self.reads.count_ones() >= 2 { Absence::Proved } else { Absence::OneRead }
            }
            Some(_) | None => Absence::BeforeFence,
        }
    }

    /// Evidence of life: earlier absences count no more.
    pub fn found(&mut self) {
        self.reads = 0;
        self.attempts = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TERMS: FenceTerms =
        FenceTerms { recv_window: 1_500, venue_cap: 1_000, read_lag: 500, clock_error: 200 };

    #[test]
    fn the_fence_is_the_sum_of_all_delays() {
        assert_eq!(fence(10_000, &TERMS), 13_200);
        assert_eq!(fence(Ns::MAX - 1, &TERMS), Ns::MAX);
    }

    #[test]
    fn absence_needs_two_different_reads_after_the_fence() {
        let mut inquiry = Inquiry { fence_at: Some(13_200), ..Inquiry::default() };
        assert_eq!(inquiry.not_found(AbsenceRead::Order, 13_200), Absence::BeforeFence);
        assert_eq!(inquiry.not_found(AbsenceRead::Order, 13_201), Absence::OneRead);
        assert_eq!(inquiry.not_found(AbsenceRead::Order, 14_000), Absence::OneRead);
        assert_eq!(inquiry.not_found(AbsenceRead::OpenOrders, 14_100), Absence::Proved);
        inquiry.found();
        assert_eq!(inquiry.not_found(AbsenceRead::Trades, 15_000), Absence::OneRead);
        assert_eq!(Inquiry::default().not_found(AbsenceRead::Order, 99), Absence::BeforeFence);
    }

    #[test]
    fn queries_back_off_and_never_give_up() {
        let mut inquiry = Inquiry::default();
        let due: Vec<Ns> = (0..5)
            .map(|_| {
                inquiry.asked(0);
                inquiry.next_at / 1_000_000
            })
            .collect();
        assert_eq!(due, [250, 500, 1_000, 2_000, 2_000]);
    }
}
