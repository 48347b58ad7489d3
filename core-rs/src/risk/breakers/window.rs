//! A sum over the last minute at least, in buckets of five seconds. Errs on the strict side: up to five seconds more.

use crate::units::Ns;

const BUCKET: Ns = 5_000_000_000;
/// A whole minute of full buckets beside the one being filled.
const BUCKETS: usize = 13;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    sums: [i128; BUCKETS],
    /// Number of the bucket being filled.
    at: i64,
}

impl Default for Window {
    fn default() -> Self {
        Self { sums: [0; BUCKETS], at: i64::MIN }
    }
}

impl Window {
    pub fn add(&mut self, now: Ns, amount: i128) {
        self.turn(now);
        let bucket = &mut self.sums[self.at.rem_euclid(BUCKETS as i64) as usize];
        *bucket = bucket.saturating_add(amount);
    }

    pub fn sum(&self, now: Ns) -> i128 {
        let passed = now.div_euclid(BUCKET).saturating_sub(self.at).clamp(0, BUCKETS as i64);
        // The newest bucket is the one at `at`; as many of the oldest as have passed since count no more.
        let kept = BUCKETS as i64 - passed;
        let of = |age: i64| self.sums[self.at.wrapping_sub(age).rem_euclid(BUCKETS as i64) as usize];
        (0..kept).fold(0, |sum, age| sum.saturating_add(of(age)))
    }

    pub fn clear(&mut self) {
        self.sums = [0; BUCKETS];
    }

    /// Empties the buckets that are too old. A clock that stands still or steps back changes nothing.
    fn turn(&mut self, now: Ns) {
        let at = now.div_euclid(BUCKET);
        if at <= self.at {
            return;
        }
        let passed = at.saturating_sub(self.at).min(BUCKETS as i64);
        for step in 0..passed {
            self.sums[(at - step).rem_euclid(BUCKETS as i64) as usize] = 0;
        }
        self.at = at;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Ns = 1_000_000_000;

    #[test]
    fn it_holds_a_minute_and_forgets_what_is_older() {
        let mut window = Window::default();
        window.add(0, 1);
        window.add(30 * SECOND, 2);
        assert_eq!(window.sum(60 * SECOND), 3, "a minute ago still counts");
        assert_eq!(window.sum(65 * SECOND), 2);
        assert_eq!(window.sum(94 * SECOND), 2);
        assert_eq!(window.sum(95 * SECOND), 0);
        window.add(10_000 * SECOND, 5);
        assert_eq!(window.sum(10_000 * SECOND), 5);
        window.clear();
        assert_eq!(window.sum(10_000 * SECOND), 0);
    }

    #[test]
    fn negative_times_and_backward_steps_are_harmless() {
        let mut window = Window::default();
        window.add(-7 * SECOND, 1);
        window.add(3 * SECOND, 1);
        window.add(-100 * SECOND, 1);
        assert_eq!(window.sum(3 * SECOND), 3);
    }
}
