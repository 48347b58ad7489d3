//! Updates kept until a REST snapshot is there. Bounded; knows nothing of sequence rules.

use super::{Delta, DeltaKind, Level};
use crate::units::Ns;

/// Most updates kept per book. More means that the snapshot is late beyond use: the buffer starts over.
pub const PENDING_UPDATES_MAX: usize = 1_024;
/// Most levels kept per book (1 MiB).
pub const PENDING_LEVELS_MAX: usize = 65_536;

#[derive(Debug)]
struct Entry {
    first: u64,
    last: u64,
    prev: u64,
    venue_ns: Ns,
    /// When it came, monotonic.
    at: Ns,
    start: usize,
    bids: usize,
    asks: usize,
}

/// Buffered updates, oldest first, each following the one before.
#[derive(Debug, Default)]
pub(super) struct Pending {
    entries: Vec<Entry>,
    levels: Vec<Level>,
    /// Id of the newest message of the stream; outlives the entries, so that a gap is noticed across a reset.
    tail: Option<u64>,
}

impl Pending {
    pub(super) const fn tail(&self) -> Option<u64> {
        self.tail
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Forgets the entries; the stream stands at `tail` (`None`: a new stream).
    pub(super) fn restart(&mut self, tail: Option<u64>) {
        self.entries.clear();
        self.levels.clear();
        self.tail = tail;
    }

    /// Keeps the update. At a limit the older ones go: a snapshot that would have needed them is then refused.
    pub(super) fn push(&mut self, delta: &Delta<'_>, at: Ns) {
        let count = delta.bids.len() + delta.asks.len();
        if self.entries.len() == PENDING_UPDATES_MAX || self.levels.len() + count > PENDING_LEVELS_MAX {
            self.restart(None);
        }
        self.tail = Some(delta.last);
        if count > PENDING_LEVELS_MAX {
            return;
        }
        self.entries.push(Entry {
            first: delta.first,
            last: delta.last,
            prev: delta.prev,
            venue_ns: delta.venue_ns,
            at,
            start: self.levels.len(),
            bids: delta.bids.len(),
            asks: delta.asks.len(),
        });
        self.levels.extend_from_slice(delta.bids);
        self.levels.extend_from_slice(delta.asks);
    }

    /// When the update came.
    pub(super) fn at(&self, index: usize) -> Option<Ns> {
        self.entries.get(index).map(|entry| entry.at)
    }

    pub(super) fn get(&self, index: usize) -> Option<Delta<'_>> {
        let entry = self.entries.get(index)?;
        let bids = entry.start..entry.start + entry.bids;
        let asks = bids.end..bids.end + entry.asks;
        Some(Delta {
            kind: DeltaKind::Update,
            first: entry.first,
            last: entry.last,
            prev: entry.prev,
            venue_ns: entry.venue_ns,
            bids: &self.levels[bids],
            asks: &self.levels[asks],
        })
    }
}
