//! A token bucket in one number (GCRA): the time at which the bucket would be full again.

use crate::units::Ns;

const SECOND: Ns = 1_000_000_000;
/// Opening orders leave this share of the bucket to hedges.
const OPEN_SHARE: Ns = SECOND / 5 * 4;

/// Order budget of one account: a burst of one second's worth, refilled evenly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrderRate {
    full_at: Ns,
}

impl Default for OrderRate {
    /// A full bucket, whatever the monotonic clock's origin.
    fn default() -> Self {
        Self { full_at: Ns::MIN }
    }
}

impl OrderRate {
    /// Time one order takes of the bucket at `per_second` orders; 0 when unlimited.
    pub const fn interval(per_second: i64) -> Ns {
        // Truncated, so that a burst of exactly the limit fits one second.
        if per_second > 0 { SECOND / per_second } else { 0 }
    }

    /// True when one more order at `now` stays inside the budget.
    #[inline]
    pub fn admits(self, now: Ns, interval: Ns, hedge: bool) -> bool {
        let depth = if hedge { SECOND } else { OPEN_SHARE.max(interval).min(SECOND) };
        self.full_at.max(now) - now + interval <= depth
    }

    /// Takes one order out of the bucket.
    #[must_use]
    pub fn taken(self, now: Ns, interval: Ns) -> Self {
        Self { full_at: self.full_at.max(now) + interval }
    }

    /// Orders in the bucket's debt now, rounded up.
    pub fn used(self, now: Ns, interval: Ns) -> i64 {
        if interval == 0 { 0 } else { (self.full_at.max(now) - now + interval - 1) / interval }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn burst(rate: &mut OrderRate, now: Ns, interval: Ns, hedge: bool) -> usize {
        let mut count = 0;
        while count < 100 && rate.admits(now, interval, hedge) {
            *rate = rate.taken(now, interval);
            count += 1;
        }
        count
    }

    #[test]
    fn openings_leave_a_fifth_to_hedges_and_time_refills() {
        let (mut rate, interval) = (OrderRate::default(), OrderRate::interval(10));
        assert_eq!(burst(&mut rate, 5, interval, false), 8);
        assert_eq!(rate.used(5, interval), 8);
        assert_eq!(burst(&mut rate, 5, interval, true), 2);
        assert_eq!(burst(&mut rate, 5, interval, true), 0);
        assert_eq!(burst(&mut rate, 5 + 3 * interval, interval, true), 3);
        assert_eq!(burst(&mut rate, 5 + 100 * interval, interval, false), 8);
    }

    #[test]
    fn one_order_a_second_still_opens_and_unlimited_always_does() {
        let mut rate = OrderRate::default();
        assert_eq!(burst(&mut rate, 0, OrderRate::interval(1), false), 1);
        assert_eq!(burst(&mut rate, 999_999_999, OrderRate::interval(1), true), 0);
        assert_eq!(burst(&mut OrderRate::default(), 0, OrderRate::interval(0), false), 100);
    }
}
