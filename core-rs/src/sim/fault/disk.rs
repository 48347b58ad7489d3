//! The simulated disk under the journal: what was written, what was synced, and what a crash leaves of it.

use super::rng::Rng;
use crate::units::Ns;

#[derive(Debug, Default)]
pub(super) struct Disk {
    bytes: Vec<u8>,
    /// (record, byte behind it), in order.
    ends: Vec<(u64, usize)>,
    /// Bytes that survive a power loss.
    synced: usize,
    /// Bytes that the sync under way will have made durable.
    syncing: Option<usize>,
    pub full: bool,
    /// As told to the process.
    announced: usize,
    /// Mutant: syncs are announced and never happen.
    lies: bool,
    /// Mutant: what was written counts as written only after the venue answered.
    lags: bool,
    flushed: usize,
}

impl Disk {
    /// A sound disk lies and lags in nothing.
    pub(super) fn new(lags: bool, lies: bool) -> Self {
        Self { lies, lags, ..Self::default() }
    }

    /// Appends a record; false when the disk is full.
    pub(super) fn write(&mut self, seq: u64, data: &[u8]) -> bool {
        if self.full {
            return false;
        }
        self.bytes.extend_from_slice(data);
        self.ends.push((seq, self.bytes.len()));
        true
    }

    /// Begins a sync unless one is under way or nothing is to be synced; true when it began.
    pub(super) fn begin_sync(&mut self) -> bool {
        if self.syncing.is_some() || self.announced == self.bytes.len() {
            return false;
        }
        self.syncing = Some(self.bytes.len());
        true
    }

    /// The sync under way is over; returns the last durable record.
    pub(super) fn end_sync(&mut self) -> Option<u64> {
        self.announced = self.syncing.take()?;
        let upto = self.announced;
        if !self.lies {
            self.synced = upto;
        }
        self.ends.iter().rev().find(|(_, end)| *end <= upto).map(|(seq, _)| *seq)
    }

    pub(super) const fn synced(&self) -> usize {
        self.synced
    }

    /// The venue answered (see `lags`).
    pub(super) fn flush(&mut self) {
        self.flushed = self.bytes.len();
    }

    /// The process died; the page cache lives.
    pub(super) fn killed(&mut self) {
        self.syncing = None;
        if self.lags {
            self.keep(self.flushed);
        }
    }

    /// The machine died: the unsynced tail is lost from some byte on, perhaps with garbage where it was.
    pub(super) fn power_lost(&mut self, rng: &mut Rng) {
        self.syncing = None;
        let tail = self.bytes.len() - self.synced;
        if tail == 0 {
            return;
        }
        let keep = rng.below(tail as u64 + 1) as usize;
        let garbage = if rng.chance(300_000) { rng.below(64) as usize } else { 0 };
        self.bytes.truncate(self.synced + keep);
        for _ in 0..garbage {
            self.bytes.push(rng.next() as u8);
        }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Recovery found this many valid bytes: the torn rest is cut off, everything kept is synced.
    pub(super) fn recovered(&mut self, valid: usize) {
        self.keep(valid);
        self.synced = if self.lies { self.synced } else { valid };
        self.announced = valid;
        self.flushed = valid;
        self.full = false;
        // One that began while the process was dying ends for nobody.
        self.syncing = None;
    }

    fn keep(&mut self, bytes: usize) {
        self.bytes.truncate(bytes);
        let left = self.bytes.len();
        self.ends.retain(|(_, end)| *end <= left);
        self.synced = self.synced.min(left);
    }
}

/// How long a sync takes.
pub(super) fn sync_time(rng: &mut Rng, slow: bool) -> Ns {
    if slow { rng.span(100_000_000, 1_000_000_000) } else { rng.span(100_000, 6_000_000) }
}
