//! The book's states, faults and limits, on messages small enough to check by hand.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of a test may stop it")]

use tidegate_core::market::{
    Applied, Book, BookFault, BookState, Delta, DeltaKind, Level, PENDING_LEVELS_MAX, PENDING_UPDATES_MAX,
    SIDE_LEVELS_MAX, SeqRule, Top, Touch,
};
use tidegate_core::units::{Qty, Side};

type Rows<'a> = &'a [(i64, i64)];

fn levels(rows: Rows<'_>) -> Vec<Level> {
    rows.iter().map(|(px, qty)| Level { px: *px, qty: *qty }).collect()
}

fn snapshot(book: &mut Book, id: u64, bids: Rows<'_>, asks: Rows<'_>) -> Result<Applied, BookFault> {
    let (bids, asks) = (levels(bids), levels(asks));
    let kind = DeltaKind::Snapshot;
    book.apply(&Delta { kind, first: id, last: id, prev: 0, venue_ns: 0, bids: &bids, asks: &asks }, 10)
}

fn update(
    book: &mut Book,
    ids: (u64, u64, u64),
    bids: Rows<'_>,
    asks: Rows<'_>,
) -> Result<Applied, BookFault> {
    let (bids, asks) = (levels(bids), levels(asks));
    let (first, last, prev) = ids;
    let kind = DeltaKind::Update;
    book.apply(&Delta { kind, first, last, prev, venue_ns: 0, bids: &bids, asks: &asks }, 20)
}

/// In sequence up to id 100.
fn spot() -> Book {
    let mut book = Book::new(SeqRule::SpanNext);
    snapshot(&mut book, 99, &[(99, 1), (98, 2)], &[(101, 1), (102, 2)]).unwrap();
    assert_eq!(update(&mut book, (100, 100, 0), &[], &[]), Ok(Applied::Rebuilt));
    book
}

#[test]
fn a_snapshot_is_no_price_before_the_stream_has_joined_it() {
    for rule in [SeqRule::SpanNext, SeqRule::PrevLink] {
        let mut book = Book::new(rule);
        let load = |book: &mut Book, id| snapshot(book, id, &[(99, 1)], &[(101, 1)]);
        assert_eq!(load(&mut book, 100), Ok(Applied::Buffered));
        assert_eq!((book.state(10, 1_000), book.is_synced()), (BookState::Unsynced, false));
        assert_eq!((book.top(), book.walk(Side::Buy, Qty::new(1).unwrap())), (Top::default(), None));
        assert_eq!(load(&mut book, 103), Ok(Applied::Buffered), "a newer one takes its place");
        assert_eq!(update(&mut book, (99, 102, 98), &[], &[]), Ok(Applied::Ignored), "covered by it");
        assert_eq!(update(&mut book, (103, 104, 102), &[(98, 1)], &[]), Ok(Applied::Rebuilt));
        assert_eq!(
            (book.state(20, 1_000), book.top().bid.map(|level| level.px)),
            (BookState::Synced, Some(99))
        );
    }
}

#[test]
fn a_joined_book_is_as_old_as_the_newest_message_of_its_stream() {
    let mut book = Book::new(SeqRule::SpanNext);
    assert_eq!(update(&mut book, (100, 101, 0), &[(98, 1)], &[]), Ok(Applied::Buffered));
    assert_eq!(snapshot(&mut book, 100, &[(99, 1)], &[(101, 1)]), Ok(Applied::Rebuilt));
    assert_eq!((book.updated(), book.last_id()), (20, 101), "the snapshot's own time is 10");
}

#[test]
fn a_change_says_how_far_it_reaches() {
    let mut book = spot();
    let cases: [(Rows<'_>, Rows<'_>, Touch); 7] = [
        (&[(98, 5)], &[], Touch { bid: 98, ..Touch::NONE }),
        (&[(99, 1)], &[(102, 2)], Touch::NONE),
        (&[(50, 0)], &[], Touch::NONE),
        (&[(97, 1), (99, 3), (90, 1)], &[], Touch { bid: 99, top: true, ..Touch::NONE }),
        (&[], &[(103, 1), (102, 0)], Touch { ask: 102, ..Touch::NONE }),
        (&[], &[(101, 0)], Touch { ask: 101, top: true, ..Touch::NONE }),
        (&[(100, 1)], &[(102, 4)], Touch { bid: 100, ask: 102, top: true }),
    ];
    for (step, (bids, asks, want)) in cases.into_iter().enumerate() {
        let id = 101 + step as u64;
        assert_eq!(update(&mut book, (id, id, 0), bids, asks), Ok(Applied::Changed(want)), "step {step}");
        assert_eq!(book.last_id(), id);
    }
    let top = Top { bid: Some(Level { px: 100, qty: 1 }), ask: Some(Level { px: 102, qty: 4 }) };
    assert_eq!((book.top(), book.updated()), (top, 20));
    assert!(Touch::ALL.reaches(Side::Buy, 1) && Touch::ALL.reaches(Side::Sell, i64::MAX - 1));
    assert!(!Touch::NONE.reaches(Side::Buy, i64::MAX - 1) && !Touch::NONE.reaches(Side::Sell, 1));
}

#[test]
fn a_gap_unsyncs_in_the_same_call_and_the_message_that_showed_it_opens_the_buffer() {
    let mut book = spot();
    let fault = update(&mut book, (103, 105, 0), &[(99, 7)], &[]);
    assert_eq!(fault, Err(BookFault::Gap { expected: 101, got: 103 }));
    assert_eq!(
        (book.state(20, 1_000), book.top(), book.pending_len()),
        (BookState::Unsynced, Top::default(), 1)
    );
    assert_eq!(book.walk(Side::Buy, Qty::new(1).unwrap()), None);
    assert_eq!(update(&mut book, (106, 108, 0), &[(97, 1)], &[]), Ok(Applied::Buffered));
    assert_eq!(
        snapshot(&mut book, 101, &[(99, 1)], &[(101, 1)]),
        Err(BookFault::SnapshotOld { snapshot: 101, first: 103 }),
    );
    assert_eq!(snapshot(&mut book, 104, &[(99, 1)], &[(101, 1)]), Ok(Applied::Rebuilt));
    assert_eq!(book.last_id(), 108);
    assert!(book.bids().eq(levels(&[(99, 7), (97, 1)])));
    assert_eq!(snapshot(&mut book, 200, &[(1, 1)], &[]), Ok(Applied::Ignored), "a late second answer");
    assert_eq!(book.last_id(), 108);
}

#[test]
fn nonsense_and_crossed_books_are_faults_and_the_stream_is_checked_on() {
    let cases: [(Rows<'_>, Rows<'_>, BookFault); 4] = [
        (&[(101, 1)], &[], BookFault::Crossed { bid: 101, ask: 101 }),
        (&[], &[(98, 1)], BookFault::Crossed { bid: 99, ask: 98 }),
        (&[(0, 1)], &[], BookFault::BadLevel { px: 0, qty: 1 }),
        (&[], &[(105, -1)], BookFault::BadLevel { px: 105, qty: -1 }),
    ];
    for (bids, asks, want) in cases {
        let mut book = spot();
        assert_eq!(update(&mut book, (101, 101, 0), bids, asks), Err(want));
        assert_eq!((book.is_synced(), book.depth()), (false, (0, 0)));
        let gap = update(&mut book, (104, 104, 0), &[], &[]);
        assert_eq!(gap, Err(BookFault::Gap { expected: 102, got: 104 }));
    }
    let mut book = Book::new(SeqRule::SpanNext);
    assert!(matches!(snapshot(&mut book, 1, &[(5, 1)], &[(5, 1)]), Err(BookFault::Crossed { .. })));
    assert!(matches!(snapshot(&mut book, 1, &[(i64::MIN, 1)], &[]), Err(BookFault::BadLevel { .. })));
    assert!(!book.is_synced());
}

#[test]
fn either_side_may_be_empty() {
    let mut book = Book::new(SeqRule::Increment);
    assert_eq!(update(&mut book, (5, 5, 0), &[(1, 1)], &[]), Ok(Applied::Ignored), "no snapshot yet");
    assert_eq!(snapshot(&mut book, 7, &[], &[]), Ok(Applied::Rebuilt));
    assert_eq!((book.state(10, 5), book.top()), (BookState::Synced, Top::default()));
    assert!(update(&mut book, (8, 8, 0), &[], &[(101, 1)]).is_ok());
    assert_eq!(book.top().bid, None);
    assert_eq!(book.walk(Side::Sell, Qty::new(1).unwrap()), None);
}

#[test]
fn a_book_is_stale_when_its_last_message_is_older_than_the_limit() {
    let book = spot();
    let cases = [(20, BookState::Synced), (120, BookState::Synced), (121, BookState::Stale)];
    for (now, want) in cases {
        assert_eq!(book.state(now, 100), want, "{now}");
    }
}

#[test]
fn a_snapshot_in_any_order_loads_sorted_and_the_last_of_equal_prices_wins() {
    let mut book = Book::new(SeqRule::Increment);
    snapshot(&mut book, 7, &[(97, 1), (99, 2), (98, 3), (97, 4), (96, 0)], &[(102, 1), (101, 2)]).unwrap();
    assert!(book.bids().eq(levels(&[(99, 2), (98, 3), (97, 4)])));
    assert!(book.asks().eq(levels(&[(101, 2), (102, 1)])));
}

#[test]
fn bybit_snapshots_replace_a_live_book_and_u_one_is_one() {
    let mut book = Book::new(SeqRule::Increment);
    snapshot(&mut book, 7, &[(99, 1)], &[(101, 1)]).unwrap();
    assert_eq!(snapshot(&mut book, 7, &[(98, 1)], &[]), Ok(Applied::Rebuilt));
    assert_eq!(update(&mut book, (1, 1, 0), &[(50, 1)], &[]), Ok(Applied::Rebuilt));
    assert!(book.bids().eq(levels(&[(50, 1)])));
    assert!(matches!(update(&mut book, (2, 2, 0), &[], &[(60, 1)]), Ok(Applied::Changed(_))));
}

#[test]
fn the_buffer_is_bounded_and_starts_over_at_its_limits() {
    let mut book = Book::new(SeqRule::SpanNext);
    let max = PENDING_UPDATES_MAX as u64;
    for id in 1..=max + 1 {
        assert_eq!(update(&mut book, (id, id, 0), &[(id as i64, 1)], &[]), Ok(Applied::Buffered));
    }
    assert_eq!(book.pending_len(), 1);
    let old = snapshot(&mut book, 5, &[], &[]);
    assert_eq!(old, Err(BookFault::SnapshotOld { snapshot: 5, first: max + 1 }), "what it needs is gone");
    assert_eq!(snapshot(&mut book, max, &[], &[(9_000, 1)]), Ok(Applied::Rebuilt));
    assert_eq!(book.last_id(), max + 1);

    let mut book = Book::new(SeqRule::SpanNext);
    let half: Vec<(i64, i64)> = (1..=PENDING_LEVELS_MAX as i64 / 2 + 1).map(|px| (px, 1)).collect();
    update(&mut book, (1, 1, 0), &half, &[]).unwrap();
    update(&mut book, (2, 2, 0), &half, &[]).unwrap();
    assert_eq!(book.pending_len(), 1);
}

#[test]
fn a_side_that_grows_past_its_limit_asks_for_a_fresh_snapshot() {
    let mut book = Book::new(SeqRule::Increment);
    let full: Vec<(i64, i64)> = (1..=SIDE_LEVELS_MAX as i64).map(|px| (px, 1)).collect();
    snapshot(&mut book, 7, &full, &[]).unwrap();
    let levels = SIDE_LEVELS_MAX + 1;
    assert_eq!(update(&mut book, (8, 8, 0), &[(40_000, 1)], &[]), Err(BookFault::TooDeep { levels }));
    assert!(!book.is_synced());
}

#[test]
fn an_unsynced_stream_may_start_anywhere() {
    let mut book = spot();
    book.unsync();
    assert!(!book.is_synced());
    assert_eq!(update(&mut book, (500, 501, 0), &[], &[]), Ok(Applied::Buffered), "a new stream, no gap");
}
