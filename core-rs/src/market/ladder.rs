//! A price ladder: one slot per price step in a ring around the best level, an occupancy bitmap, and a sorted array for
//! what lies below the ring. For hot instruments: an update near the best costs no search and no shift.

use super::side::{FlatSide, SideStore};

/// Slots of the ring; 130 KiB a side. At a step of 0.01 it spans 163.84 of price.
const WIDTH: usize = 16_384;
const WORDS: usize = WIDTH / 64;
const MASK: i64 = WIDTH as i64 - 1;
/// Where a key that moves the ring comes to lie: room above for the best to move, the rest for depth.
const ROOM_BELOW: i64 = WIDTH as i64 / 4 * 3;
/// No level at all.
const EMPTY: i64 = i64::MIN;

/// Keys in `[base, base + WIDTH)` lie in the ring at `key & MASK`, lower ones in `below`, higher ones never exist.
/// The ring holds the best level whenever there is one.
#[derive(Debug)]
pub(super) struct LadderSide {
    qty: Box<[i64]>,
    bits: Box<[u64]>,
    base: i64,
    best: i64,
    count: usize,
    below: FlatSide,
}

impl Default for LadderSide {
    fn default() -> Self {
        let (qty, bits) = (vec![0; WIDTH].into(), vec![0; WORDS].into());
        Self { qty, bits, base: 0, best: EMPTY, count: 0, below: FlatSide::default() }
    }
}

impl SideStore for LadderSide {
    #[inline]
    fn set(&mut self, key: i64, qty: i64) -> bool {
        if self.holds(key) { self.set_ring(key, qty) } else { self.set_outside(key, qty) }
    }

    fn load(&mut self, levels: impl Iterator<Item = (i64, i64)>) {
        self.clear();
        self.below.load(levels);
        self.best = self.refill();
    }

    fn clear(&mut self) {
        // Only what is occupied: the ring is far larger than what it holds.
        for (word, bits) in self.bits.iter_mut().enumerate() {
            while *bits != 0 {
                self.qty[word * 64 + bits.trailing_zeros() as usize] = 0;
                *bits &= *bits - 1;
            }
        }
        (self.best, self.count) = (EMPTY, 0);
        self.below.clear();
    }

    fn len(&self) -> usize {
        self.count + self.below.len()
    }

    #[inline]
    fn best(&self) -> Option<(i64, i64)> {
        if self.best == EMPTY { None } else { Some((self.best, self.qty[slot(self.best)])) }
    }

    #[inline]
    fn iter(&self) -> impl Iterator<Item = (i64, i64)> {
        let first = (self.best != EMPTY).then_some(self.best);
        let ring = core::iter::successors(first, |key| self.next_below(*key));
        ring.map(|key| (key, self.qty[slot(key)])).chain(self.below.iter())
    }
}

impl LadderSide {
    #[inline]
    fn holds(&self, key: i64) -> bool {
        (key.wrapping_sub(self.base) as u64) < WIDTH as u64
    }

    #[inline]
    fn set_ring(&mut self, key: i64, qty: i64) -> bool {
        let at = slot(key);
        let old = core::mem::replace(&mut self.qty[at], qty);
        if qty == 0 && old != 0 {
            self.bits[at / 64] &= !(1 << (at % 64));
            self.count -= 1;
            if key == self.best {
                self.best_gone(key);
            }
        } else if qty != 0 && old == 0 {
            self.bits[at / 64] |= 1 << (at % 64);
            self.count += 1;
            self.best = self.best.max(key);
        }
        old != qty
    }

    #[cold]
    fn set_outside(&mut self, key: i64, qty: i64) -> bool {
        if key < self.base && self.best != EMPTY {
            return self.below.set(key, qty);
        }
        if qty == 0 {
            return false;
        }
        self.move_to(key);
        self.set_ring(key, qty)
    }

    #[inline]
    fn best_gone(&mut self, key: i64) {
        self.best = match self.next_below(key) {
            Some(next) => next,
            None => self.refill(),
        };
    }

    /// The next occupied key of the ring under `key`.
    #[inline]
    fn next_below(&self, key: i64) -> Option<i64> {
        let at = slot(key);
        let mut word = at / 64;
        let mut bits = self.bits[word] & ((1 << (at % 64)) - 1);
        // One more word than there are: the first one again, for the slots above `at` in it.
        for _ in 0..=WORDS {
            if bits != 0 {
                let found = word * 64 + 63 - bits.leading_zeros() as usize;
                let next = key - ((at as i64 - found as i64) & MASK);
                return (next >= self.base && next < key).then_some(next);
            }
            word = (word + WORDS - 1) % WORDS;
            bits = self.bits[word];
        }
        None
    }

    /// The ring ran empty: it moves down to the best of what lies below.
    #[cold]
    fn refill(&mut self) -> i64 {
        let Some((best, _)) = self.below.best() else { return EMPTY };
        self.best = EMPTY;
        self.move_to(best);
        self.best
    }

    /// Moves the ring so that `key` lies in it: up over what leaves at its lower end, or down when it is empty.
    fn move_to(&mut self, key: i64) {
        let base = key.saturating_sub(ROOM_BELOW);
        for gone in self.base..base.min(self.base.saturating_add(WIDTH as i64)) {
            let at = slot(gone);
            if self.qty[at] != 0 {
                self.below.push_best(gone, self.qty[at]);
                self.qty[at] = 0;
                self.bits[at / 64] &= !(1 << (at % 64));
                self.count -= 1;
            }
        }
        self.base = base;
        if self.count == 0 {
            self.best = EMPTY;
        }
        while let Some((next, qty)) = self.below.best().filter(|(next, _)| *next >= base) {
            self.below.pop_best();
            self.set_ring(next, qty);
        }
    }
}

#[inline]
const fn slot(key: i64) -> usize {
    (key & MASK) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn same(ladder: &LadderSide, flat: &FlatSide) {
        assert_eq!(ladder.best(), flat.best());
        assert_eq!(ladder.len(), flat.len());
        assert!(ladder.iter().eq(flat.iter()));
    }

    /// Keys near a wandering middle, and far off ones, on both signs.
    fn steps() -> impl Strategy<Value = Vec<(i64, i64)>> {
        let near = (-40i64..40, prop_oneof![2 => Just(0i64), 3 => 1i64..5]);
        let far = (-60_000i64..60_000, prop_oneof![2 => Just(0i64), 3 => 1i64..5]);
        prop::collection::vec(prop_oneof![5 => near, 1 => far], 0..300)
    }

    #[test]
    fn the_last_word_of_a_snapshot_about_a_price_counts_also_when_it_is_nothing() {
        let (mut ladder, mut flat) = (LadderSide::default(), FlatSide::default());
        let rows = [(9, 4), (7, 1), (9, 0), (5, 2), (7, 3)];
        ladder.load(rows.into_iter());
        flat.load(rows.into_iter());
        assert_eq!(flat.iter().collect::<Vec<_>>(), [(7, 3), (5, 2)]);
        same(&ladder, &flat);
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_ladder_is_a_flat_array_seen_from_outside(
            start in prop::collection::vec((-50_000i64..50_000, 0i64..5), 0..50),
            steps in steps(),
            middle in -30_000i64..30_000,
        ) {
            let (mut ladder, mut flat) = (LadderSide::default(), FlatSide::default());
            ladder.load(start.iter().copied());
            flat.load(start.iter().copied());
            same(&ladder, &flat);
            for (key, qty) in steps {
                let key = key + middle;
                prop_assert_eq!(ladder.set(key, qty), flat.set(key, qty));
                same(&ladder, &flat);
            }
            ladder.clear();
            prop_assert_eq!((ladder.len(), ladder.best()), (0, None));
        }
    }
}
