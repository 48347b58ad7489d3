//! How depth messages follow each other, per venue rule. Pure: ids in, a verdict out; knows nothing of levels.

use super::{Delta, DeltaKind, SeqRule};

/// Where a book stands in its stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// No snapshot yet (or the last one is void): messages are only buffered.
    Waiting,
    /// A REST snapshot is loaded, no message of the stream has joined it.
    Joining,
    /// The chain of messages is unbroken up to the book's id.
    Live,
}

/// What to do with one update.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Apply,
    /// Everything in it is in the book already.
    Drop,
    /// A message before it is missing.
    Gap {
        expected: u64,
        got: u64,
    },
}

impl SeqRule {
    /// True when the snapshot comes by REST and the stream must be buffered until it is there.
    pub const fn buffers(self) -> bool {
        match self {
            Self::SpanNext | Self::PrevLink => true,
            Self::Increment | Self::Chain => false,
        }
    }

    /// True when the message replaces the book. Bybit sends `u == 1` after a restart of its service, of any type.
    pub(super) fn replaces(self, delta: &Delta<'_>) -> bool {
        match delta.kind {
            DeltaKind::Snapshot => true,
            DeltaKind::Update => matches!(self, Self::Increment) && delta.last == 1,
        }
    }

    /// Judges the update against the id that the book (or the buffer's last message) stands at.
    #[inline]
    pub(super) fn judge(self, joining: bool, at: u64, delta: &Delta<'_>) -> Verdict {
        match self {
            Self::SpanNext => Self::span_next(at, delta),
            Self::PrevLink if joining => Self::prev_join(at, delta),
            Self::PrevLink => Self::link(delta.prev == at, at, delta.prev),
            // An id below the one before it: the venue began to count anew.
            Self::Chain => Self::link(delta.prev == at && delta.last >= at, at, delta.prev),
            Self::Increment => {
                let next = at.saturating_add(1);
                Self::link(delta.last == next, next, delta.last)
            }
        }
    }

    /// Binance spot: drop `u <= book`; a message that covers `book + 1` applies, joined or not, because its
    /// quantities are absolute; one that starts later leaves a gap.
    fn span_next(at: u64, delta: &Delta<'_>) -> Verdict {
        if delta.last <= at {
            return Verdict::Drop;
        }
        let next = at.saturating_add(1);
        Self::link(delta.first <= next, next, delta.first)
    }

    /// Binance USDT-M, first message: drop `u < snapshot` (strict, unlike spot), then `U <= snapshot <= u`. A message
    /// whose `pu` is the snapshot's own id follows it directly and joins as well.
    fn prev_join(at: u64, delta: &Delta<'_>) -> Verdict {
        if delta.last < at {
            return Verdict::Drop;
        }
        Self::link(delta.first <= at || delta.prev == at, at, delta.first)
    }

    const fn link(holds: bool, expected: u64, got: u64) -> Verdict {
        if holds { Verdict::Apply } else { Verdict::Gap { expected, got } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn update(first: u64, last: u64, prev: u64) -> Delta<'static> {
        Delta { kind: DeltaKind::Update, first, last, prev, venue_ns: 0, bids: &[], asks: &[] }
    }

    #[test]
    fn each_rule_joins_follows_drops_and_notices_gaps_as_its_venue_documents() {
        use SeqRule::{Chain, Increment, PrevLink, SpanNext};
        use Verdict::{Apply, Drop, Gap};
        let cases = [
            ("spot drops u == book", SpanNext, true, 100, update(90, 100, 0), Drop),
            ("spot joins on a span", SpanNext, true, 100, update(95, 101, 0), Apply),
            ("spot joins on the next id", SpanNext, true, 100, update(101, 105, 0), Apply),
            (
                "spot needs book + 1",
                SpanNext,
                true,
                100,
                update(102, 105, 0),
                Gap { expected: 101, got: 102 },
            ),
            ("spot follows", SpanNext, false, 100, update(101, 101, 0), Apply),
            ("spot ignores a duplicate", SpanNext, false, 100, update(95, 100, 0), Drop),
            ("spot gap", SpanNext, false, 100, update(103, 109, 0), Gap { expected: 101, got: 103 }),
            ("usdm drops u < snapshot", PrevLink, true, 100, update(90, 99, 80), Drop),
            ("usdm keeps u == snapshot", PrevLink, true, 100, update(90, 100, 80), Apply),
            ("usdm must span", PrevLink, true, 100, update(101, 110, 99), Gap { expected: 100, got: 101 }),
            ("usdm joins a direct link", PrevLink, true, 100, update(104, 110, 100), Apply),
            ("usdm follows by pu", PrevLink, false, 100, update(140, 150, 100), Apply),
            ("usdm gap by pu", PrevLink, false, 100, update(101, 150, 99), Gap { expected: 100, got: 99 }),
            ("usdm duplicate", PrevLink, false, 100, update(90, 100, 80), Gap { expected: 100, got: 80 }),
            ("bybit follows", Increment, false, 7, update(8, 8, 0), Apply),
            ("bybit gap", Increment, false, 7, update(9, 9, 0), Gap { expected: 8, got: 9 }),
            ("okx follows in steps", Chain, false, 7, update(19, 19, 7), Apply),
            ("okx heartbeat", Chain, false, 7, update(7, 7, 7), Apply),
            ("okx gap", Chain, false, 7, update(19, 19, 8), Gap { expected: 7, got: 8 }),
            ("okx duplicate", Chain, false, 19, update(19, 19, 7), Gap { expected: 19, got: 7 }),
            ("okx counts anew", Chain, false, 19, update(3, 3, 19), Gap { expected: 19, got: 19 }),
            ("bitget restarts with 0", Chain, false, 19, update(3, 3, 0), Gap { expected: 19, got: 0 }),
            ("bybit duplicate", Increment, false, 7, update(7, 7, 0), Gap { expected: 8, got: 7 }),
        ];
        for (name, rule, joining, at, delta, want) in cases {
            assert_eq!(rule.judge(joining, at, &delta), want, "{name}");
        }
    }

    #[test]
    fn bybit_restart_replaces_the_book() {
        assert!(SeqRule::Increment.replaces(&update(1, 1, 0)));
        assert!(!SeqRule::Increment.replaces(&update(2, 2, 0)));
        assert!(!SeqRule::SpanNext.replaces(&update(1, 1, 0)));
    }
}
