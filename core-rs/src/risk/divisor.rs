//! "Is a multiple of" without a division: one multiplication, one rotation, one comparison.

/// A step > 0 prepared for divisibility tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Divisor {
    /// Inverse of the odd part modulo 2^64.
    inverse: u64,
    /// Power of two in the step.
    shift: u32,
    /// Largest quotient of a true multiple.
    quotient_max: u64,
    step: i64,
}

impl Divisor {
    /// `None` unless `step > 0`.
    pub(super) const fn new(step: i64) -> Option<Self> {
        if step <= 0 {
            return None;
        }
        let shift = step.trailing_zeros();
        let odd = (step as u64) >> shift;
        // Newton: each round doubles the correct low bits, 3 at first (odd * odd = 1 mod 8).
        let mut inverse = odd;
        let mut round = 0;
        while round < 5 {
            inverse = inverse.wrapping_mul(2u64.wrapping_sub(odd.wrapping_mul(inverse)));
            round += 1;
        }
        Some(Self { inverse, shift, quotient_max: u64::MAX / step as u64, step })
    }

    pub(super) const fn step(self) -> i64 {
        self.step
    }

    /// True when `value` (>= 0) is a multiple of the step.
    #[inline]
    pub(super) const fn divides(self, value: i64) -> bool {
        (value as u64).wrapping_mul(self.inverse).rotate_right(self.shift) <= self.quotient_max
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_positive_steps_divide() {
        assert_eq!(Divisor::new(0), None);
        assert_eq!(Divisor::new(-5), None);
        let ten = Divisor::new(10).unwrap();
        assert!(ten.divides(0) && ten.divides(10) && ten.divides(9_223_372_036_854_775_800));
        assert!(!ten.divides(5) && !ten.divides(1) && !ten.divides(i64::MAX));
    }

    proptest! {
        #[test]
        fn agrees_with_the_remainder(step in 1..=i64::MAX, small in 1..100_000i64, value in 0..=i64::MAX) {
            for step in [step, small] {
                let divisor = Divisor::new(step).unwrap();
                prop_assert_eq!(divisor.divides(value), value % step == 0);
                prop_assert!(divisor.divides(value - value % step));
            }
        }
    }
}
