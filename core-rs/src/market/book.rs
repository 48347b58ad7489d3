//! One instrument's order book: snapshot, sequence rule, levels, visible state. Knows no venue and no clock.

use super::pending::Pending;
use super::sequence::{Phase, Verdict};
use super::sides::{Sides, Store};
use super::{BookFault, Delta, Level, SeqRule, Walk};
use crate::units::{Ns, Qty, Side};

/// Most levels on one side. A stream that grows past it asks for a fresh snapshot.
pub const SIDE_LEVELS_MAX: usize = 32_768;

/// Whether a book may be priced from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BookState {
    Synced,
    /// No snapshot, none that the stream has joined, or a message is missing.
    Unsynced,
    /// In sequence, but the last message is older than the limit asked for.
    Stale,
}

/// What a message did to the book.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applied {
    /// Kept until snapshot and stream have joined.
    Buffered,
    /// Nothing new in it.
    Ignored,
    Changed(Touch),
    /// Snapshot and stream have joined: everything may have changed.
    Rebuilt,
}

impl Applied {
    /// What the spread board has to hear of; `None` when the book is as it was.
    pub const fn touch(self) -> Option<Touch> {
        match self {
            Self::Buffered | Self::Ignored => None,
            Self::Changed(touch) => Some(touch),
            Self::Rebuilt => Some(Touch::ALL),
        }
    }
}

/// How far a change reaches: enough to know which depth walks it can alter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Touch {
    /// Best bid price whose quantity changed; `i64::MIN` when none did.
    pub bid: i64,
    /// Best ask price whose quantity changed; `i64::MAX` when none did.
    pub ask: i64,
    /// True when best bid or best ask (price or quantity) is another one now.
    pub top: bool,
}

impl Touch {
    pub const NONE: Self = Self { bid: i64::MIN, ask: i64::MAX, top: false };
    /// Reaches every walk.
    pub const ALL: Self = Self { bid: i64::MAX, ask: i64::MIN, top: true };

    /// True when the side that `taker` takes from changed at `worst` or better.
    #[inline]
    pub const fn reaches(&self, taker: Side, worst: i64) -> bool {
        match taker {
            Side::Buy => self.ask <= worst,
            Side::Sell => self.bid >= worst,
        }
    }
}

/// Best bid and best ask, either of which may be missing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Top {
    pub bid: Option<Level>,
    pub ask: Option<Level>,
}

/// The book of one instrument. Applying a message allocates nothing once its buffers have grown.
#[derive(Debug)]
pub struct Book {
    rule: SeqRule,
    phase: Phase,
    last_id: u64,
    updated: Ns,
    levels: Store,
    pending: Pending,
}

impl Book {
    /// Levels in sorted arrays: small, and fast for books of any shape.
    pub fn new(rule: SeqRule) -> Self {
        Self::with(rule, Store::Flat(Sides::default()))
    }

    /// Levels on a price ladder, for instruments whose updates come thick: faster near the best, 260 KiB a book.
    /// Fit where the price step is one unit of the mantissa.
    pub fn hot(rule: SeqRule) -> Self {
        Self::with(rule, Store::Ladder(Sides::default()))
    }

    fn with(rule: SeqRule, levels: Store) -> Self {
        Self { rule, phase: Phase::Waiting, last_id: 0, updated: 0, levels, pending: Pending::default() }
    }

    /// Takes one depth message received at monotonic `at`. On a fault the book is `Unsynced` and empty when this
    /// returns; it keeps buffering, and a snapshot makes it whole again. O(levels of the message).
    pub fn apply(&mut self, delta: &Delta<'_>, at: Ns) -> Result<Applied, BookFault> {
        if self.rule.replaces(delta) {
            return self.on_snapshot(delta, at);
        }
        let joining = match self.phase {
            Phase::Waiting => return self.buffer(delta, at),
            Phase::Joining => true,
            Phase::Live => false,
        };
        match self.rule.judge(joining, self.last_id, delta) {
            Verdict::Drop => Ok(Applied::Ignored),
            Verdict::Apply => {
                let touch = self.change(delta, at)?;
                Ok(if joining { Applied::Rebuilt } else { Applied::Changed(touch) })
            }
            Verdict::Gap { expected, got } => {
                self.void(None);
                if self.rule.buffers() {
                    self.pending.push(delta, at);
                }
                Err(BookFault::Gap { expected, got })
            }
        }
    }

    /// Forgets the book: the stream was cut, or its contents are doubted. Buffering starts anew.
    pub fn unsync(&mut self) {
        self.void(None);
    }

    /// `limit_ns`: the age of the last applied message above which the book counts as stale.
    pub const fn state(&self, now_mono: Ns, limit_ns: Ns) -> BookState {
        match self.phase {
            // A snapshot alone may be of any age: the stream's next message proves that it is the present.
            Phase::Waiting | Phase::Joining => BookState::Unsynced,
            Phase::Live if now_mono - self.updated > limit_ns => BookState::Stale,
            Phase::Live => BookState::Synced,
        }
    }

    /// True when in sequence with its stream, whatever its age.
    pub const fn is_synced(&self) -> bool {
        matches!(self.phase, Phase::Live)
    }

    /// Update id of the last applied message: the book's version.
    pub const fn last_id(&self) -> u64 {
        self.last_id
    }

    /// Monotonic time of the last applied message.
    pub const fn updated(&self) -> Ns {
        self.updated
    }

    /// Messages waiting for a snapshot.
    pub fn pending_len(&self) -> usize {
        self.pending.len()
    }

    pub const fn rule(&self) -> SeqRule {
        self.rule
    }

    /// Neither side while unsynced.
    #[inline]
    pub fn top(&self) -> Top {
        if self.is_synced() { self.levels.top() } else { Top::default() }
    }

    /// Bids, best first; none while unsynced.
    pub fn bids(&self) -> impl Iterator<Item = Level> + '_ {
        self.levels.bids().take(self.shown())
    }

    /// Asks, best first; none while unsynced.
    pub fn asks(&self) -> impl Iterator<Item = Level> + '_ {
        self.levels.asks().take(self.shown())
    }

    /// What `taker` pays (buy, walks asks) or receives (sell, walks bids) for `qty`; `None` when depth is short or
    /// the book unsynced.
    #[inline]
    pub fn walk(&self, taker: Side, qty: Qty) -> Option<Walk> {
        if self.is_synced() { self.levels.walk(taker, qty) } else { None }
    }

    /// Levels on the bid and the ask side.
    pub fn depth(&self) -> (usize, usize) {
        if self.is_synced() { self.levels.depth() } else { (0, 0) }
    }

    /// Levels of a side that may be seen: those of a snapshot that the stream has yet to join may not.
    const fn shown(&self) -> usize {
        if self.is_synced() { usize::MAX } else { 0 }
    }

    fn buffer(&mut self, delta: &Delta<'_>, at: Ns) -> Result<Applied, BookFault> {
        if !self.rule.buffers() {
            return Ok(Applied::Ignored);
        }
        let verdict = self.pending.tail().map_or(Verdict::Apply, |tail| self.rule.judge(false, tail, delta));
        match verdict {
            Verdict::Drop => Ok(Applied::Ignored),
            Verdict::Apply => {
                self.pending.push(delta, at);
                Ok(Applied::Buffered)
            }
            Verdict::Gap { expected, got } => {
                // What came before the gap can not join any snapshot that covers what comes after it.
                self.pending.restart(None);
                self.pending.push(delta, at);
                Err(BookFault::Gap { expected, got })
            }
        }
    }

    fn on_snapshot(&mut self, delta: &Delta<'_>, at: Ns) -> Result<Applied, BookFault> {
        if self.rule.buffers() && self.is_synced() {
            // The chain goes on; a snapshot asked for in vain changes nothing.
            return Ok(Applied::Ignored);
        }
        let skip = self.joinable(delta.last)?;
        self.load(delta)?;
        self.phase = Phase::Joining;
        self.last_id = delta.last;
        self.updated = at;
        let pending = core::mem::take(&mut self.pending);
        let joined = self.join(&pending, skip);
        let tail = pending.tail();
        self.pending = pending;
        // After a fault the stream itself is still unbroken: its chain is checked on from the newest message.
        self.pending.restart(if joined.is_err() { tail } else { None });
        joined?;
        if !self.rule.buffers() {
            self.phase = Phase::Live;
        }
        Ok(if self.is_synced() { Applied::Rebuilt } else { Applied::Buffered })
    }

    /// How many buffered messages the snapshot covers already, if the next one joins it.
    fn joinable(&self, snapshot: u64) -> Result<usize, BookFault> {
        let mut skip = 0;
        while let Some(delta) = self.pending.get(skip) {
            match self.rule.judge(true, snapshot, &delta) {
                Verdict::Drop => skip += 1,
                Verdict::Apply => break,
                Verdict::Gap { got, .. } => return Err(BookFault::SnapshotOld { snapshot, first: got }),
            }
        }
        Ok(skip)
    }

    /// A book is as old as its newest message of the stream, whenever the snapshot came.
    fn join(&mut self, pending: &Pending, skip: usize) -> Result<(), BookFault> {
        for index in skip..pending.len() {
            if let (Some(delta), Some(at)) = (pending.get(index), pending.at(index)) {
                self.change(&delta, at)?;
            }
        }
        Ok(())
    }

    /// Replaces the levels. A snapshot that makes no sense leaves the book empty; what is buffered stays.
    fn load(&mut self, delta: &Delta<'_>) -> Result<(), BookFault> {
        self.phase = Phase::Waiting;
        self.levels.load(delta).inspect_err(|_| self.levels.clear())
    }

    #[inline]
    fn change(&mut self, delta: &Delta<'_>, at: Ns) -> Result<Touch, BookFault> {
        let touch = self.levels.change(delta).map_err(|fault| self.fail(delta, fault))?;
        self.phase = Phase::Live;
        self.last_id = delta.last;
        self.updated = at;
        Ok(touch)
    }

    /// The chain itself is unbroken, so it is still checked from `delta` on.
    fn fail(&mut self, delta: &Delta<'_>, fault: BookFault) -> BookFault {
        self.void(Some(delta.last));
        fault
    }

    fn void(&mut self, tail: Option<u64>) {
        self.phase = Phase::Waiting;
        self.levels.clear();
        self.pending.restart(tail);
    }
}
