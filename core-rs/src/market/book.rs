//! One instrument's order book: snapshot, sequence rule, levels, visible state. Knows no venue and no clock.

use super::pending::Pending;
use super::sequence::{Phase, Verdict};
use super::side::{FlatSide, SideStore};
use super::{BookFault, Delta, Level, SeqRule, Walk, walk};
use crate::units::{Ns, Qty, Side};

/// Most levels on one side. A stream that grows past it asks for a fresh snapshot.
pub const SIDE_LEVELS_MAX: usize = 32_768;

/// Whether a book may be priced from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BookState {
    Synced,
    /// No snapshot, or a message is missing: the book is empty.
    Unsynced,
    /// In sequence, but the last message is older than the limit asked for.
    Stale,
}

/// What a message did to the book.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applied {
    /// Kept until the snapshot is there.
    Buffered,
    /// Nothing new in it.
    Ignored,
    Changed(Touch),
    /// A snapshot replaced the book (buffered messages included): everything may have changed.
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
    bids: FlatSide,
    asks: FlatSide,
    pending: Pending,
}

impl Book {
    pub fn new(rule: SeqRule) -> Self {
        Self {
            rule,
            phase: Phase::Waiting,
            last_id: 0,
            updated: 0,
            bids: FlatSide::default(),
            asks: FlatSide::default(),
            pending: Pending::default(),
        }
    }

    /// Takes one depth message received at monotonic `at`. On a fault the book is `Unsynced` and empty when this
    /// returns; it keeps buffering, and a snapshot makes it whole again. O(levels of the message).
    pub fn apply(&mut self, delta: &Delta<'_>, at: Ns) -> Result<Applied, BookFault> {
        if self.rule.replaces(delta) {
            return self.on_snapshot(delta, at);
        }
        let joining = match self.phase {
            Phase::Waiting => return self.buffer(delta),
            Phase::Joining => true,
            Phase::Live => false,
        };
        match self.rule.judge(joining, self.last_id, delta) {
            Verdict::Drop => Ok(Applied::Ignored),
            Verdict::Apply => self.change(delta, at).map(Applied::Changed),
            Verdict::Gap { expected, got } => {
                self.void(None);
                if self.rule.buffers() {
                    self.pending.push(delta);
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
            Phase::Waiting => BookState::Unsynced,
            Phase::Joining | Phase::Live if now_mono - self.updated > limit_ns => BookState::Stale,
            Phase::Joining | Phase::Live => BookState::Synced,
        }
    }

    /// True when in sequence, whatever its age.
    pub const fn is_synced(&self) -> bool {
        !matches!(self.phase, Phase::Waiting)
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

    #[inline]
    pub fn top(&self) -> Top {
        Top {
            bid: self.bids.best().map(|(px, qty)| Level { px, qty }),
            ask: self.asks.best().map(|(key, qty)| Level { px: -key, qty }),
        }
    }

    /// Bids, best first; empty while unsynced.
    pub fn bids(&self) -> impl ExactSizeIterator<Item = Level> + '_ {
        self.bids.levels().iter().rev().copied()
    }

    /// Asks, best first; empty while unsynced.
    pub fn asks(&self) -> impl ExactSizeIterator<Item = Level> + '_ {
        self.asks.levels().iter().rev().map(|level| Level { px: -level.px, qty: level.qty })
    }

    /// What `taker` pays (buy, walks asks) or receives (sell, walks bids) for `qty`; `None` when depth is short.
    #[inline]
    pub fn walk(&self, taker: Side, qty: Qty) -> Option<Walk> {
        match taker {
            Side::Buy => walk(self.asks(), qty),
            Side::Sell => walk(self.bids(), qty),
        }
    }

    /// Levels on the bid and the ask side.
    pub fn depth(&self) -> (usize, usize) {
        (self.bids.len(), self.asks.len())
    }

    fn buffer(&mut self, delta: &Delta<'_>) -> Result<Applied, BookFault> {
        if !self.rule.buffers() {
            return Ok(Applied::Ignored);
        }
        let verdict = self.pending.tail().map_or(Verdict::Apply, |tail| self.rule.judge(false, tail, delta));
        match verdict {
            Verdict::Drop => Ok(Applied::Ignored),
            Verdict::Apply => {
                self.pending.push(delta);
                Ok(Applied::Buffered)
            }
            Verdict::Gap { expected, got } => {
                // What came before the gap can not join any snapshot that covers what comes after it.
                self.pending.restart(None);
                self.pending.push(delta);
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
        let joined = self.join(&pending, skip, at);
        let tail = pending.tail();
        self.pending = pending;
        // After a fault the stream itself is still unbroken: its chain is checked on from the newest message.
        self.pending.restart(if joined.is_err() { tail } else { None });
        joined?;
        if !self.rule.buffers() {
            self.phase = Phase::Live;
        }
        Ok(Applied::Rebuilt)
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

    fn join(&mut self, pending: &Pending, skip: usize, at: Ns) -> Result<(), BookFault> {
        for index in skip..pending.len() {
            if let Some(delta) = pending.get(index) {
                self.change(&delta, at)?;
            }
        }
        Ok(())
    }

    /// Replaces the levels. A snapshot that makes no sense leaves the book empty; what is buffered stays.
    fn load(&mut self, delta: &Delta<'_>) -> Result<(), BookFault> {
        self.phase = Phase::Waiting;
        self.bids.clear();
        self.asks.clear();
        if let Some(bad) = delta.bids.iter().chain(delta.asks).find(|level| is_bad(level)) {
            return Err(BookFault::BadLevel { px: bad.px, qty: bad.qty });
        }
        self.bids.load(delta.bids.iter().map(|level| (level.px, level.qty)));
        self.asks.load(delta.asks.iter().map(|level| (-level.px, level.qty)));
        self.check().inspect_err(|_| {
            self.bids.clear();
            self.asks.clear();
        })
    }

    #[inline]
    fn change(&mut self, delta: &Delta<'_>, at: Ns) -> Result<Touch, BookFault> {
        let before = self.top();
        let mut touch = Touch::NONE;
        for level in delta.bids {
            if is_bad(level) {
                return Err(self.fail(delta, BookFault::BadLevel { px: level.px, qty: level.qty }));
            }
            if self.bids.set(level.px, level.qty) {
                touch.bid = touch.bid.max(level.px);
            }
        }
        for level in delta.asks {
            if is_bad(level) {
                return Err(self.fail(delta, BookFault::BadLevel { px: level.px, qty: level.qty }));
            }
            if self.asks.set(-level.px, level.qty) {
                touch.ask = touch.ask.min(level.px);
            }
        }
        self.check().map_err(|fault| self.fail(delta, fault))?;
        self.phase = Phase::Live;
        self.last_id = delta.last;
        self.updated = at;
        touch.top = self.top() != before;
        Ok(touch)
    }

    #[inline]
    fn check(&self) -> Result<(), BookFault> {
        if let Top { bid: Some(bid), ask: Some(ask) } = self.top()
            && bid.px >= ask.px
        {
            return Err(BookFault::Crossed { bid: bid.px, ask: ask.px });
        }
        let levels = self.bids.len().max(self.asks.len());
        if levels > SIDE_LEVELS_MAX { Err(BookFault::TooDeep { levels }) } else { Ok(()) }
    }

    /// The chain itself is unbroken, so it is still checked from `delta` on.
    fn fail(&mut self, delta: &Delta<'_>, fault: BookFault) -> BookFault {
        self.void(Some(delta.last));
        fault
    }

    fn void(&mut self, tail: Option<u64>) {
        self.phase = Phase::Waiting;
        self.bids.clear();
        self.asks.clear();
        self.pending.restart(tail);
    }
}

#[inline]
const fn is_bad(level: &Level) -> bool {
    level.px <= 0 || level.qty < 0
}
