//! The schedule of a TWAP: how much is due when. Sizes and times vary by a hash of plan and slice, so that the same
//! plan gives the same schedule in every process. Knows no venue and no clock.

use crate::units::{Money, Ns, PlanId, RATE_DECIMALS, Rate, mul_div, pow10};
use xxhash_rust::xxh3::xxh3_64;

/// Most slices of one plan.
pub const SLICES_MAX: u32 = 2_000;
/// Slots beyond twice the slices in which a late plan may still catch up; then it ends.
const SLOTS_SPARE: u32 = 8;

/// A quantity cut into slices. `total` is what this schedule has to do, `lot` the common lattice of the legs, `least`
/// the smallest quantity that every leg could trade when the plan was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schedule {
    pub plan: PlanId,
    pub total: Money,
    pub slice: Money,
    pub interval: Ns,
    /// Sizes differ by up to this fraction of a slice, times by up to this fraction of the interval.
    pub randomize: Rate,
    pub lot: Money,
    pub least: Money,
}

/// What a hash is drawn for.
#[derive(Clone, Copy)]
enum Draw {
    Size = 1,
    Time = 2,
}

impl Schedule {
    /// Slices in all; a last one that nobody could trade is part of the one before. At least 1.
    pub fn slices(&self) -> u32 {
        let whole = self.total.0 / self.slice.0.max(1);
        let rest = self.total.0 - whole * self.slice.0;
        let count = whole + i128::from(rest > 0 && (rest >= self.least.0 || whole == 0));
        u32::try_from(count.max(1)).unwrap_or(u32::MAX)
    }

    /// Slots in which orders may be opened: the slices', and as many again to catch up in.
    pub fn slots_max(&self) -> u32 {
        self.slices().saturating_mul(2).saturating_add(SLOTS_SPARE)
    }

    /// Cumulative quantity due once slice `index` (from 0) is due.
    pub fn target(&self, index: u32) -> Money {
        if index + 1 >= self.slices() {
            return self.total;
        }
        let even = self.slice.0 * (i128::from(index) + 1);
        // Half the spread on either boundary gives each slice at most the whole of it.
        let spread = self.part(self.slice.0) / 2;
        let drawn = self.draw(index, Draw::Size, 2 * spread + 1) - spread;
        let most = self.total.0 - self.least.0;
        Money(self.floor((even + drawn).min(most).max(0)))
    }

    /// When slot `index` is due, counted from the start of the schedule. The first is due at once.
    pub fn due(&self, index: u32) -> Ns {
        let even = self.interval.saturating_mul(Ns::from(index));
        if index == 0 {
            return even;
        }
        let spread = self.part(i128::from(self.interval));
        even.saturating_add(self.draw(index, Draw::Time, spread.max(1)) as Ns)
    }

    /// The newest slot that is due.
    pub fn slot_at(&self, elapsed: Ns) -> Option<u32> {
        if elapsed < 0 {
            return None;
        }
        let even = u32::try_from(elapsed / self.interval.max(1)).unwrap_or(u32::MAX);
        if elapsed >= self.due(even) { Some(even) } else { even.checked_sub(1) }
    }

    /// Slices whose quantity is done.
    pub fn done(&self, executed: Money) -> u32 {
        let slices = self.slices();
        let near = (executed.0 / self.slice.0.max(1)).clamp(0, i128::from(slices)) as u32;
        let from = near.saturating_sub(2);
        (from..(near + 2).min(slices))
            .take_while(|index| self.target(*index) <= executed)
            .last()
            .map_or(from.min(slices), |index| index + 1)
    }

    /// `amount` on the common lattice, not above it.
    pub const fn floor(&self, amount: i128) -> i128 {
        let lot = if self.lot.0 > 0 { self.lot.0 } else { 1 };
        amount - amount.rem_euclid(lot)
    }

    fn part(&self, amount: i128) -> i128 {
        mul_div(amount, i128::from(self.randomize.0), pow10(RATE_DECIMALS)).unwrap_or(0).max(0)
    }

    /// A number from 0 to below `bound`, the same for the same plan, slice and purpose.
    fn draw(&self, index: u32, draw: Draw, bound: i128) -> i128 {
        let mut key = [0; 13];
        key[..8].copy_from_slice(&self.plan.0.to_le_bytes());
        key[8..12].copy_from_slice(&index.to_le_bytes());
        key[12] = draw as u8;
        mul_div(bound, i128::from(xxh3_64(&key)), 1 << 64).unwrap_or(0)
    }
}

/// The smallest amount that is a multiple of both steps.
pub fn common_lot(a: Money, b: Money) -> Money {
    let (mut x, mut y) = (a.0.max(1), b.0.max(1));
    while y != 0 {
        (x, y) = (y, x % y);
    }
    Money((a.0.max(1) / x).saturating_mul(b.0.max(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const S: Ns = 1_000_000_000;

    fn m(text: &str) -> Money {
        Money::parse(text.as_bytes()).unwrap()
    }

    fn schedule(total: &str, slice: &str, percent: i64) -> Schedule {
        Schedule {
            plan: PlanId::twap(7),
            total: m(total),
            slice: m(slice),
            interval: 10 * S,
            randomize: Rate::from_bps(percent * 100),
            lot: m("0.001"),
            least: m("0.002"),
        }
    }

    #[test]
    fn an_untradable_last_slice_is_part_of_the_one_before() {
        let cases = [("0.1", "0.01", 10), ("0.105", "0.01", 11), ("0.101", "0.01", 10), ("0.004", "0.01", 1)];
        for (total, slice, want) in cases {
            let plain = schedule(total, slice, 0);
            assert_eq!(plain.slices(), want, "{total}");
            assert_eq!(plain.target(want - 1), m(total));
            assert_eq!(plain.slots_max(), 2 * want + 8);
        }
    }

    #[test]
    fn without_randomness_every_slice_and_time_is_even() {
        let plain = schedule("0.101", "0.01", 0);
        assert_eq!((plain.target(0), plain.target(8)), (m("0.01"), m("0.09")));
        assert_eq!((plain.due(0), plain.due(3)), (0, 30 * S));
        for (elapsed, want) in [(-1, None), (0, Some(0)), (10 * S - 1, Some(0)), (10 * S, Some(1))] {
            assert_eq!(plain.slot_at(elapsed), want);
        }
        for (executed, want) in [("0", 0), ("0.009", 0), ("0.01", 1), ("0.09", 9), ("0.1", 9), ("0.101", 10)]
        {
            assert_eq!(plain.done(m(executed)), want, "{executed}");
        }
    }

    #[test]
    fn randomness_is_bounded_and_the_same_every_time() {
        let random = schedule("1", "0.01", 50);
        let mut before = Money::ZERO;
        let mut sizes = std::collections::BTreeSet::new();
        for index in 0..100 {
            let target = random.target(index);
            let size = Money(target.0 - before.0);
            assert!(m("0.004") <= size && size <= m("0.016"), "{index} {size:?}");
            assert_eq!(target.0 % random.lot.0, 0);
            let late = random.due(index) - 10 * S * Ns::from(index);
            assert!((0..5 * S).contains(&late));
            assert_eq!(random.slot_at(random.due(index)), Some(index));
            assert_eq!(random.target(index), schedule("1", "0.01", 50).target(index));
            sizes.insert(size.0);
            before = target;
        }
        assert_eq!(before, m("1"));
        assert!(sizes.len() > 5);
        let other = Schedule { plan: PlanId::twap(8), ..random };
        assert!((0..100).any(|index| random.target(index) != other.target(index)));
    }

    #[test]
    fn steps_of_two_venues_have_a_common_lattice() {
        assert_eq!(common_lot(m("0.00001"), m("0.001")), m("0.001"));
        assert_eq!(common_lot(m("0.02"), m("0.03")), m("0.06"));
    }
}
