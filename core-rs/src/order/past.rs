//! Which orders were settled and forgotten: their ids, in bounded memory. Such an id is never taken for a stranger's,
//! nor for one whose records were lost.

use super::{push_field, row_digest};
use crate::units::ClientId;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, VecDeque};

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Past {
    #[serde(skip)]
    ids: BTreeSet<u64>,
    /// The same, oldest first.
    queue: VecDeque<u64>,
    /// Ids up to here are of the past, unless their orders are kept.
    upto: u64,
    kept_max: usize,
}

impl Past {
    pub const fn with_limit(kept_max: usize) -> Self {
        Self { ids: BTreeSet::new(), queue: VecDeque::new(), upto: 0, kept_max }
    }

    pub fn holds(&self, id: &ClientId) -> bool {
        let number = number(id);
        number <= self.upto || self.ids.contains(&number)
    }

    /// It is known by itself, not by its number alone.
    pub fn knows(&self, id: &ClientId) -> bool {
        self.ids.contains(&number(id))
    }

    pub(super) fn put(&mut self, id: &ClientId) {
        let number = number(id);
        if self.ids.insert(number) {
            self.queue.push_back(number);
        }
        if self.queue.len() > self.kept_max
            && let Some(old) = self.queue.pop_front()
        {
            self.ids.remove(&old);
            self.upto = self.upto.max(old);
        }
    }

    /// Makes the index that is not stored, and keeps to another bound from here on.
    pub(super) fn restored(mut self, kept_max: usize) -> Self {
        self.ids = self.queue.iter().copied().collect();
        self.kept_max = kept_max;
        self
    }

    pub fn len(&self) -> usize {
        self.queue.len()
    }

    pub fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }

    pub(super) fn digest(&self) -> u64 {
        row_digest(|row| {
            push_field(row, b"past");
            row.extend_from_slice(&self.upto.to_le_bytes());
            for number in &self.queue {
                row.extend_from_slice(&number.to_le_bytes());
            }
        })
    }
}

/// The order of issue: epoch, counter, attempt.
fn number(id: &ClientId) -> u64 {
    (u64::from(id.epoch()) << 35) | (u64::from(id.counter()) << 5) | u64::from(id.attempt())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(epoch: u32, counter: u32) -> ClientId {
        ClientId::new(*b"A7", epoch, counter, 0).unwrap()
    }

    #[test]
    fn a_forgotten_id_stays_known_however_many_follow() {
        let mut past = Past::with_limit(4);
        for counter in 1..=100 {
            past.put(&id(1, counter));
            past.put(&id(1, counter));
        }
        assert_eq!(past.len(), 4);
        assert!((1..=100).all(|counter| past.holds(&id(1, counter))));
        assert!(!past.holds(&id(1, 101)) && !past.holds(&id(2, 1)));
    }

    #[test]
    fn an_id_passed_over_is_not_of_the_past_before_the_bound_is_reached() {
        let mut past = Past::with_limit(4);
        past.put(&id(1, 1));
        past.put(&id(1, 3));
        assert!(!past.holds(&id(1, 2)));
    }
}
