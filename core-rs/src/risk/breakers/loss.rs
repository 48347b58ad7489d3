//! Loss breakers: durable, because a restart must not forgive a loss, and opened again by an authorised reset alone.

use super::Breaker;
use crate::order::{push_field, row_digest};
use crate::units::{Money, Ns};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Why one is open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trip {
    pub reason: String,
    /// Wall time.
    pub since: Ns,
}

/// Mutated only by applying journal records.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LossBreakers {
    open: BTreeMap<Breaker, Trip>,
    /// Highest total profit since the last reset, as journaled.
    peak: Option<Money>,
}

impl LossBreakers {
    /// The first trip stays. True when it changed.
    pub fn trip(&mut self, breaker: Breaker, reason: &str, wall: Ns) -> bool {
        let opens = !breaker.spec().resets && !self.open.contains_key(&breaker);
        if opens {
            self.open.insert(breaker, Trip { reason: reason.to_owned(), since: wall });
        }
        opens
    }

    /// Profit has a new highest point.
    pub fn rise(&mut self, peak: Money) {
        self.peak = self.peak.max(Some(peak));
    }

    /// Closes all; the next peak is measured from then on.
    pub fn reset(&mut self) {
        *self = Self::default();
    }

    pub fn is_open(&self) -> bool {
        !self.open.is_empty()
    }

    pub fn get(&self, breaker: Breaker) -> Option<&Trip> {
        self.open.get(&breaker)
    }

    pub const fn peak(&self) -> Option<Money> {
        self.peak
    }

    /// Zero while nothing was ever recorded.
    pub fn digest(&self) -> u64 {
        if *self == Self::default() {
            return 0;
        }
        row_digest(|out| {
            for (breaker, trip) in &self.open {
                push_field(out, breaker.spec().id.as_bytes());
                push_field(out, trip.reason.as_bytes());
                out.extend_from_slice(&trip.since.to_le_bytes());
            }
            out.extend_from_slice(&self.peak.map_or(i128::MIN, |peak| peak.0).to_le_bytes());
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_losses_latch_and_only_a_reset_opens_them() {
        let mut losses = LossBreakers::default();
        assert_eq!(losses.digest(), 0);
        assert!(!losses.trip(Breaker::Failures, "no loss", 1));
        losses.rise(Money(5));
        losses.rise(Money(3));
        assert_eq!(losses.peak(), Some(Money(5)));
        assert!(losses.trip(Breaker::DailyLoss, "first", 2));
        assert!(!losses.trip(Breaker::DailyLoss, "second", 3));
        assert_eq!(losses.get(Breaker::DailyLoss).map(|trip| trip.reason.as_str()), Some("first"));
        assert!(losses.is_open());
        let open = losses.digest();
        losses.reset();
        assert!(!losses.is_open() && losses.peak().is_none() && losses.digest() != open);
    }
}
