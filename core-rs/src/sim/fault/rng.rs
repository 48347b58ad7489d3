//! Seeded randomness of one run: the only source of chance in it.

use crate::sim::noise::mix;
use crate::units::Ns;

/// Chances are parts in a million.
pub(super) const MILLION: u64 = 1_000_000;

#[derive(Clone, Debug)]
pub(super) struct Rng(u64);

impl Rng {
    pub(super) const fn new(seed: u64) -> Self {
        Self(mix(seed ^ 0x7469_6465_6761_7465))
    }

    /// A stream of its own beside the seed's first one: what draws from it leaves the other's draws where they were.
    pub(super) const fn stream(seed: u64, stream: u64) -> Self {
        Self::new(mix(seed ^ stream.wrapping_mul(0x9E37_79B9_7F4A_7C15)))
    }

    pub(super) const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mix(self.0)
    }

    /// A number in `0..n` (`n` > 0).
    pub(super) const fn below(&mut self, n: u64) -> u64 {
        ((self.next() as u128 * n as u128) >> 64) as u64
    }

    /// True with this many parts in a million.
    pub(super) const fn chance(&mut self, ppm: u64) -> bool {
        ppm > 0 && self.below(MILLION) < ppm
    }

    /// A duration in `from..=to`.
    pub(super) const fn span(&mut self, from: Ns, to: Ns) -> Ns {
        from + self.below((to - from + 1) as u64) as Ns
    }

    pub(super) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len() as u64) as usize]
    }
}
