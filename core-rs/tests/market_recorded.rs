//! Books over recorded traffic: equal to a reference after every frame, and no lost, repeated or swapped frame passes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of a test may stop it")]

mod recorded;

use recorded::{Message, Reference, Stream, data, streams};
use tidegate_core::market::{Applied, Book, BookFault, DeltaKind, SeqRule};

/// The stream from the snapshot on, as the reference sees it: the frames that change the book, by id.
fn joined(stream: &Stream) -> (usize, Vec<Message>) {
    let at = stream.messages.iter().position(|m| m.kind == DeltaKind::Snapshot).expect("a snapshot");
    let snapshot = &stream.messages[at];
    let keep = |m: &&Message| match stream.rule {
        SeqRule::SpanNext => m.kind == DeltaKind::Update && m.last > snapshot.last,
        SeqRule::PrevLink => m.kind == DeltaKind::Update && m.last >= snapshot.last,
        SeqRule::Increment | SeqRule::Chain => m.last > snapshot.last,
    };
    let mut messages = vec![snapshot.clone()];
    messages.extend(stream.messages.iter().filter(keep).cloned());
    (at, messages)
}

#[test]
fn every_recorded_stream_gives_the_reference_book_frame_by_frame() {
    let Some(data) = data() else { return };
    let all = streams(&data);
    assert_eq!(all.len(), 8, "2 long Binance streams, 4 + 1 short ones, 1 of Bybit");
    for stream in &all {
        let mut book = Book::new(stream.rule);
        let (snapshot_at, messages) = joined(stream);
        let mut reference = Reference::default();
        let (mut next, mut newest, mut compared) = (0, 0, 0);
        for (at, message) in stream.messages.iter().enumerate() {
            let applied =
                book.apply(&message.delta(), at as i64).unwrap_or_else(|e| panic!("{}: {e}", stream.name));
            newest = newest.max(message.last);
            if at < snapshot_at {
                assert_eq!(applied, Applied::Buffered, "{} frame {at}", stream.name);
                continue;
            }
            while next < messages.len() && messages[next].last <= newest {
                reference.apply(&messages[next]);
                next += 1;
            }
            if book.is_synced() {
                assert_eq!(book.top(), reference.top(), "{} frame {at}", stream.name);
                compared += 1;
            }
        }
        assert!(compared > 0, "{}: the stream joined its snapshot", stream.name);
        assert!(reference.equals(&book), "{}: all levels at the end", stream.name);
        assert_eq!(next, messages.len(), "{}: every kept frame was applied", stream.name);
        println!("{}: {compared} frames agree, depth {:?}", stream.name, book.depth());
    }
}

/// Feeds the frames; returns the first fault's position, how many were ignored, and the book.
fn feed<'a>(
    rule: SeqRule,
    messages: impl Iterator<Item = &'a Message>,
) -> (Option<(usize, BookFault)>, usize, Book) {
    let mut book = Book::new(rule);
    let mut ignored = 0;
    for (at, message) in messages.enumerate() {
        match book.apply(&message.delta(), 0) {
            Ok(Applied::Ignored) => ignored += 1,
            Ok(_) => {}
            Err(fault) => return (Some((at, fault)), ignored, book),
        }
    }
    (None, ignored, book)
}

#[test]
fn each_dropped_repeated_or_swapped_frame_is_noticed_at_once() {
    let Some(data) = data() else { return };
    for stream in &streams(&data) {
        let (_, messages) = joined(stream);
        // The first update joins the snapshot; from the second on every frame is held by the chain.
        let last = messages.len() - 1;
        let step = (messages.len() / 40).max(1);
        for at in (2..last).step_by(step) {
            let window = &messages[..(at + 3).min(messages.len())];
            let name = format!("{} at {at}", stream.name);

            let dropped = window.iter().enumerate().filter(|(i, _)| *i != at).map(|(_, m)| m);
            let (fault, _, book) = feed(stream.rule, dropped);
            assert!(
                matches!(fault, Some((f, BookFault::Gap { .. })) if f == at),
                "{name} dropped: {fault:?}"
            );
            assert!(!book.is_synced() && book.depth() == (0, 0), "{name}: unsynced in the same call");

            let repeated = window[..=at].iter().chain(&window[at..]);
            let (fault, ignored, _) = feed(stream.rule, repeated);
            match stream.rule {
                SeqRule::SpanNext => assert_eq!((fault, ignored), (None, 1), "{name} repeated"),
                SeqRule::PrevLink | SeqRule::Increment | SeqRule::Chain => {
                    assert!(
                        matches!(fault, Some((f, BookFault::Gap { .. })) if f == at + 1),
                        "{name} repeated"
                    );
                }
            }

            let mut swapped: Vec<&Message> = window.iter().collect();
            swapped.swap(at, at + 1);
            let (fault, _, _) = feed(stream.rule, swapped.into_iter());
            assert!(
                matches!(fault, Some((f, BookFault::Gap { .. })) if f == at),
                "{name} swapped: {fault:?}"
            );
        }
    }
}
