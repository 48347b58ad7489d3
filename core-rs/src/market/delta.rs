//! One depth message, decoded: what a book consumes.

use crate::units::Ns;

/// A price level; both mantissas at the instrument's decimals. Quantity 0 deletes the level. 16 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Level {
    pub px: i64,
    pub qty: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeltaKind {
    /// Replaces the book.
    Snapshot,
    /// Changes levels.
    Update,
}

/// One depth message. Venues that send a single number put it in `first`, `last`; `prev` is 0 where unused.
#[derive(Clone, Copy, Debug)]
pub struct Delta<'a> {
    pub kind: DeltaKind,
    /// First update id covered (Binance `U`).
    pub first: u64,
    /// Last update id covered (Binance `u`, `lastUpdateId`; Bybit `u`; OKX `seqId`; Bitget `seq`).
    pub last: u64,
    /// Id of the message before this one (Binance USDT-M `pu`, OKX `prevSeqId`, Bitget `pseq`).
    pub prev: u64,
    /// Venue event time, epoch ns; 0 where the message has none.
    pub venue_ns: Ns,
    pub bids: &'a [Level],
    pub asks: &'a [Level],
}

/// How messages of a stream follow each other. A venue names its rule; the book applies it (`sequence.rs`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SeqRule {
    /// Binance spot: REST snapshot; drop `last <= book`; first `first <= book+1 <= last`; then `first == book+1`.
    SpanNext,
    /// Binance USDT-M: REST snapshot; drop `last < book`; first `first <= book <= last`; then `prev == book`.
    PrevLink,
    /// Bybit: snapshot in the stream; then `last == book+1`; `last == 1` is a snapshot.
    Increment,
    /// OKX, Bitget: snapshot in the stream; then `prev == book` and `last >= prev` (an equal one is a heartbeat).
    Chain,
}
