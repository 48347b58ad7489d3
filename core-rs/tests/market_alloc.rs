//! The tick path of the market room allocates nothing once its buffers have grown.
#![allow(clippy::unwrap_used, reason = "helpers of a test may stop it")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use tidegate_core::market::{
    Applied, Book, Delta, DeltaKind, Level, PairIx, SeqRule, SpreadBoard, SpreadLeg, SpreadSpec,
};
use tidegate_core::units::{InstrumentId, Money, Rate};

thread_local! {
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

struct Counting;

#[allow(unsafe_code, reason = "an allocator is unsafe by its trait")]
// SAFETY: every call goes to the system's allocator unchanged; the counter allocates nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let _ = ALLOCATIONS.try_with(|count| count.set(count.get() + 1));
        // SAFETY: the caller keeps `alloc`'s contract.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps `dealloc`'s contract.
        unsafe { System.dealloc(at, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

struct World {
    books: Vec<Book>,
    board: SpreadBoard,
    id: u64,
    edges: usize,
    faults: usize,
}

impl World {
    fn new(make: fn(SeqRule) -> Book) -> Self {
        let books = vec![make(SeqRule::SpanNext), make(SeqRule::SpanNext)];
        let leg = |index| SpreadLeg {
            instrument: InstrumentId(index),
            px_decimals: 1,
            qty_decimals: 3,
            fee: Rate::from_bps(1),
        };
        let spec = SpreadSpec {
            legs: [leg(0), leg(1)],
            qty: Money::parse(b"0.9").unwrap(),
            threshold: Rate::from_bps(-20),
            enabled: true,
            allowed: [true; 2],
        };
        let mut board = SpreadBoard::new();
        board.upsert(PairIx(0), spec, &books, 0, &mut Vec::new()).unwrap();
        Self { books, board, id: 1, edges: 0, faults: 0 }
    }

    /// Buffered updates, a snapshot, a thousand updates that open and close the spread, a gap, and all of it again.
    fn round(&mut self, levels: &mut Vec<Level>, edges: &mut Vec<tidegate_core::market::Edge>) {
        for step in 0..1_000i64 {
            for leg in 0..2usize {
                self.id += 1;
                let mid = 60_000 + (step * 7 % 90) * if leg == 0 { 1 } else { -1 };
                levels.clear();
                levels.extend((1..=8).map(|at| Level { px: mid - at, qty: (step + at) % 5 * 200 }));
                levels.extend((1..=8).map(|at| Level { px: mid + 200 + at, qty: (step + at) % 3 * 300 }));
                let (bids, asks) = levels.split_at(8);
                let kind = if step == 20 { DeltaKind::Snapshot } else { DeltaKind::Update };
                let first = if step == 900 { self.id + 5 } else { self.id - 1 };
                let delta = Delta { kind, first, last: self.id + 1, prev: 0, venue_ns: 0, bids, asks };
                let instrument = InstrumentId(leg as u32);
                match self.books[leg].apply(&delta, step).map(Applied::touch) {
                    Ok(Some(touch)) => self.board.on_book(instrument, &self.books[leg], &touch, step, edges),
                    Ok(None) => {}
                    Err(_) => {
                        self.faults += 1;
                        self.books[leg].unsync();
                        self.board.on_unsync(instrument, step, edges);
                    }
                }
                self.edges += edges.len();
                edges.clear();
            }
        }
        for (leg, book) in self.books.iter_mut().enumerate() {
            book.unsync();
            self.board.on_unsync(InstrumentId(leg as u32), 1_000, edges);
        }
        edges.clear();
    }
}

#[test]
fn books_and_board_allocate_nothing_after_warm_up() {
    for (name, make) in [("flat", Book::new as fn(SeqRule) -> Book), ("ladder", Book::hot)] {
        let mut world = World::new(make);
        let (mut levels, mut edges) = (Vec::new(), Vec::new());
        world.round(&mut levels, &mut edges);
        world.round(&mut levels, &mut edges);
        let before = ALLOCATIONS.get();
        world.round(&mut levels, &mut edges);
        assert_eq!(ALLOCATIONS.get() - before, 0, "{name}");
        assert!(world.edges > 100 && world.faults == 6, "{name}: {} {}", world.edges, world.faults);
    }
    let before = ALLOCATIONS.get();
    drop(vec![1u8]);
    assert_eq!(ALLOCATIONS.get() - before, 1, "the counter counts");
}
