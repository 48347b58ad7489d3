//! Seeded noise without state: the same (seed, key, time) gives the same value in every process.

use crate::units::Ns;

/// One part in 1e9: the unit of relative price moves.
pub(super) const PPB: i64 = 1_000_000_000;

const FRACTION_BITS: u32 = 16;

/// SplitMix64's finaliser: a good hash of 64 bits.
pub(super) const fn mix(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// A hash of several numbers.
pub(super) fn mix_all(parts: &[u64]) -> u64 {
    parts.iter().fold(0, |state, part| mix(state ^ part.wrapping_mul(0xD6E8_FEB8_6659_FD93)))
}

/// A hash of text, for names in keys.
pub(super) fn mix_text(text: &str) -> u64 {
    text.bytes().fold(0xCBF2_9CE4_8422_2325, |state, byte| mix(state ^ u64::from(byte)))
}

/// The hash as a number in `0..range` (`range` > 0).
pub(super) fn below(hash: u64, range: i64) -> i64 {
    ((u128::from(hash) * u128::from(range.unsigned_abs())) >> 64) as i64
}

/// The hash as a number in `-amplitude..=amplitude`.
pub(super) fn signed(hash: u64, amplitude: i64) -> i64 {
    below(hash, 2 * amplitude + 1) - amplitude
}

/// A smooth walk between the values that `lattice` gives at whole multiples of `period`.
pub(super) fn interpolate(wall: Ns, period: Ns, lattice: impl Fn(i64) -> i64) -> i64 {
    let cell = wall.div_euclid(period);
    let fraction = i128::from(wall.rem_euclid(period)) * (1 << FRACTION_BITS) / i128::from(period);
    let smooth = (fraction * fraction * (3 * (1 << FRACTION_BITS) - 2 * fraction)) >> (2 * FRACTION_BITS);
    let (from, to) = (lattice(cell), lattice(cell + 1));
    from + ((i128::from(to - from) * smooth) >> FRACTION_BITS) as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_is_a_function_of_its_arguments_and_meets_its_lattice() {
        let lattice = |cell: i64| signed(mix(cell as u64), 1000);
        assert_eq!(interpolate(500, 100, lattice), lattice(5));
        assert_eq!(interpolate(550, 100, lattice), interpolate(550, 100, lattice));
        let middle = interpolate(550, 100, lattice);
        assert!((middle - i64::midpoint(lattice(5), lattice(6))).abs() <= 1, "{middle}");
        for hash in [0, u64::MAX, 1 << 63] {
            assert!((-7..=7).contains(&signed(hash, 7)));
            assert!((0..7).contains(&below(hash, 7)));
        }
    }
}
