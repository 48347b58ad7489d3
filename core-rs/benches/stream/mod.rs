//! The seeded book stream that the benches run on: `gen_stream.py`'s file where `TIDEGATE_BENCH_STREAM` names one,
//! else a stream of our own making in the same shape (85 % of updates within 20 levels of the best).

use tidegate_core::market::Level;

const DEPTH: i64 = 1_000;
const MID: i64 = 600_000;

/// One side's change: price in ticks, quantity in lots, 0 deletes.
#[derive(Clone, Copy)]
pub(crate) struct Change {
    pub(crate) ask: bool,
    pub(crate) level: Level,
}

pub(crate) struct Stream {
    pub(crate) origin: &'static str,
    pub(crate) snapshot: Vec<Change>,
    /// Grouped as the messages of the stream.
    pub(crate) messages: Vec<Vec<Change>>,
}

impl Stream {
    pub(crate) fn load() -> Self {
        match std::env::var("TIDEGATE_BENCH_STREAM") {
            Ok(path) => Self::read(&std::fs::read(&path).unwrap_or_else(|e| panic!("{path}: {e}"))),
            Err(_) => Self::make(200_000),
        }
    }

    pub(crate) fn updates(&self) -> usize {
        self.messages.iter().map(Vec::len).sum()
    }

    /// The changes regrouped into messages of `size`.
    pub(crate) fn regrouped(&self, size: usize) -> Vec<Vec<Change>> {
        let all: Vec<Change> = self.messages.iter().flatten().copied().collect();
        all.chunks(size).map(<[Change]>::to_vec).collect()
    }

    /// `OBS1`: 64 bytes of head, then records of 32 bytes (see the generator's own description).
    fn read(bytes: &[u8]) -> Self {
        assert_eq!(&bytes[..4], b"OBS1", "not an OBS1 stream");
        let mut stream = Self { origin: "gen_stream.py", snapshot: Vec::new(), messages: Vec::new() };
        let number =
            |record: &[u8], at: usize| i64::from_le_bytes(record[at..at + 8].try_into().expect("8 bytes"));
        let mut message = None;
        for record in bytes[64..].chunks_exact(32) {
            let level = Level { px: number(record, 16), qty: number(record, 24) };
            let change = Change { ask: record[12] == 1, level };
            let id = &record[8..12];
            match record[13] {
                2 => stream.snapshot.push(change),
                0 if message == Some(id) => stream.messages.last_mut().expect("a message").push(change),
                0 => {
                    message = Some(id);
                    stream.messages.push(vec![change]);
                }
                _ => {}
            }
        }
        stream
    }

    fn make(updates: usize) -> Self {
        let mut random = Random(0x1234_5678_9abc_def1);
        let mut snapshot = Vec::new();
        for rank in 0..DEPTH {
            snapshot.push(Change { ask: false, level: Level { px: MID - rank, qty: random.below(900) + 1 } });
            snapshot
                .push(Change { ask: true, level: Level { px: MID + 1 + rank, qty: random.below(900) + 1 } });
        }
        let mut messages = Vec::new();
        let mut made = 0;
        while made < updates {
            let size = 1 + random.below(24) as usize;
            messages.push((0..size).map(|_| random.change()).collect());
            made += size;
        }
        Self { origin: "own generator", snapshot, messages }
    }
}

struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, limit: i64) -> i64 {
        (self.next() % limit as u64) as i64
    }

    fn change(&mut self) -> Change {
        let rank = if self.below(100) < 85 { self.below(20) } else { self.below(DEPTH) };
        let qty = if self.below(100) < 14 { 0 } else { self.below(900) + 1 };
        let ask = self.below(2) == 1;
        let px = if ask { MID + 1 + rank } else { MID - rank };
        Change { ask, level: Level { px, qty } }
    }
}
