//! One side of a book as storage: keys grow towards the best level. Knows nothing of sequences or venues.

use super::Level;

/// Storage of one side. A bid's key is its price, an ask's the negated price, so the best key is always the greatest.
pub(super) trait SideStore {
    /// Sets (or with quantity 0 deletes) a level; true when that changed anything.
    fn set(&mut self, key: i64, qty: i64) -> bool;
    /// Replaces all levels, `(key, qty)` best first where the venue sorts them; any order is understood.
    fn load(&mut self, levels: impl Iterator<Item = (i64, i64)>);
    fn clear(&mut self);
    fn len(&self) -> usize;
    fn best(&self) -> Option<(i64, i64)>;
    /// `(key, qty)`, best first.
    fn iter(&self) -> impl Iterator<Item = (i64, i64)>;
}

/// A sorted array, best last: updates cluster near the best level, so the shifted tail is short. 16 bytes a level.
#[derive(Debug, Default)]
pub(super) struct FlatSide {
    /// `px` holds the key.
    levels: Vec<Level>,
}

/// Levels searched one by one from the best; 85 % of updates fall within the first twenty.
const NEAR: usize = 16;

impl FlatSide {
    #[inline]
    fn find(&self, key: i64) -> Result<usize, usize> {
        let levels = &self.levels;
        let far = levels.len().saturating_sub(NEAR);
        for (back, level) in levels[far..].iter().rev().enumerate() {
            if level.px <= key {
                let index = levels.len() - 1 - back;
                return if level.px == key { Ok(index) } else { Err(index + 1) };
            }
        }
        levels[..far].binary_search_by(|level| level.px.cmp(&key))
    }

    /// Adds a level better than all there are.
    pub(super) fn push_best(&mut self, key: i64, qty: i64) {
        debug_assert!(self.best().is_none_or(|(best, _)| best < key), "better than all");
        self.levels.push(Level { px: key, qty });
    }

    pub(super) fn pop_best(&mut self) {
        self.levels.pop();
    }
}

impl SideStore for FlatSide {
    #[inline]
    fn set(&mut self, key: i64, qty: i64) -> bool {
        match (self.find(key), qty) {
            (Ok(index), 0) => {
                self.levels.remove(index);
                true
            }
            (Ok(index), _) => core::mem::replace(&mut self.levels[index].qty, qty) != qty,
            (Err(_), 0) => false,
            (Err(index), _) => {
                self.levels.insert(index, Level { px: key, qty });
                true
            }
        }
    }

    fn load(&mut self, levels: impl Iterator<Item = (i64, i64)>) {
        self.levels.clear();
        self.levels.extend(levels.map(|(px, qty)| Level { px, qty }));
        self.levels.reverse();
        if !self.levels.is_sorted_by(|a, b| a.px < b.px) {
            // A stable sort keeps the venue's order of equal prices (reversed); the one sent last wins, also if it says nothing.
            self.levels.sort_by_key(|level| level.px);
            self.levels.dedup_by_key(|level| level.px);
        }
        self.levels.retain(|level| level.qty != 0);
    }

    fn clear(&mut self) {
        self.levels.clear();
    }

    fn len(&self) -> usize {
        self.levels.len()
    }

    #[inline]
    fn best(&self) -> Option<(i64, i64)> {
        self.levels.last().map(|level| (level.px, level.qty))
    }

    #[inline]
    fn iter(&self) -> impl Iterator<Item = (i64, i64)> {
        self.levels.iter().rev().map(|level| (level.px, level.qty))
    }
}
