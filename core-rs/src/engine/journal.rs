//! The journal's framing: length, checksum, number, time, kind, chain. Knows nothing of what records mean.
//!
//! `[u32 len][u32 crc32c][u64 seq][i64 wall ns][u8 kind][u64 chain][payload]`, little endian. `len` and the checksum
//! cover everything after the first eight bytes; `chain` is the xxh3 of the previous record's bytes. Length 0 ends
//! the written part of a zero-filled segment.

use crate::units::Ns;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

const HEAD: usize = 8;
const FIXED: usize = 8 + 8 + 1 + 8;
/// A record longer than this is damage, not data, bytes.
pub(super) const RECORD_BYTES_MAX: usize = 4 << 20;

/// Where the chain stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Journal {
    seq: u64,
    chain: u64,
    /// Bytes of the last record.
    len: u32,
}

/// One record as read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Frame<'a> {
    pub seq: u64,
    pub wall: Ns,
    pub kind: u8,
    pub payload: &'a [u8],
    /// Bytes of the whole record.
    pub len: usize,
}

/// Why bytes are no record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Damage {
    Length,
    Checksum,
    /// Number or chain does not follow the record before.
    Order,
}

impl Journal {
    pub(super) const fn seq(&self) -> u64 {
        self.seq
    }

    pub(super) const fn len(&self) -> usize {
        self.len as usize
    }

    /// The chain's state behind a record, given as its bytes; `None` when they are no whole record.
    pub(super) fn behind(record: &[u8]) -> Option<Self> {
        let body = record.get(HEAD..)?;
        let whole = body.len() >= FIXED
            && u32_at(record, 0) as usize == body.len()
            && crc32c::crc32c(body) == u32_at(record, 4);
        whole.then(|| Self { seq: u64_at(body, 0), chain: xxh3_64(record), len: record.len() as u32 })
    }

    /// Frames the next record; returns its number.
    pub(super) fn append(&mut self, wall: Ns, kind: u8, payload: &[u8], out: &mut Vec<u8>) -> u64 {
        self.seq += 1;
        let start = out.len();
        out.reserve(HEAD + FIXED + payload.len());
        out.extend_from_slice(&((FIXED + payload.len()) as u32).to_le_bytes());
        out.extend_from_slice(&[0; 4]);
        out.extend_from_slice(&self.seq.to_le_bytes());
        out.extend_from_slice(&wall.to_le_bytes());
        out.push(kind);
        out.extend_from_slice(&self.chain.to_le_bytes());
        out.extend_from_slice(payload);
        let sum = crc32c::crc32c(&out[start + HEAD..]);
        out[start + 4..start + HEAD].copy_from_slice(&sum.to_le_bytes());
        self.chain = xxh3_64(&out[start..]);
        self.len = (out.len() - start) as u32;
        self.seq
    }

    /// The record at the start of `bytes`; `None` when it is not whole yet or the written part ends here.
    pub(super) fn read<'a>(&mut self, bytes: &'a [u8]) -> Result<Option<Frame<'a>>, Damage> {
        let Some(head) = bytes.get(..HEAD) else { return Ok(None) };
        let len = u32_at(head, 0) as usize;
        if len == 0 {
            return Ok(None);
        }
        if !(FIXED..=RECORD_BYTES_MAX).contains(&len) {
            return Err(Damage::Length);
        }
        let Some(body) = bytes.get(HEAD..HEAD + len) else { return Ok(None) };
        if crc32c::crc32c(body) != u32_at(head, 4) {
            return Err(Damage::Checksum);
        }
        let (seq, chain) = (u64_at(body, 0), u64_at(body, 17));
        if seq != self.seq + 1 || chain != self.chain {
            return Err(Damage::Order);
        }
        *self = Self { seq, chain: xxh3_64(&bytes[..HEAD + len]), len: (HEAD + len) as u32 };
        let wall = u64_at(body, 8) as Ns;
        Ok(Some(Frame { seq, wall, kind: body[16], payload: &body[FIXED..], len: HEAD + len }))
    }
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    let mut word = [0; 4];
    word.copy_from_slice(&bytes[at..at + 4]);
    u32::from_le_bytes(word)
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    let mut word = [0; 8];
    word.copy_from_slice(&bytes[at..at + 8]);
    u64::from_le_bytes(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written() -> Vec<u8> {
        let (mut journal, mut bytes) = (Journal::default(), Vec::new());
        journal.append(5, 1, b"{}", &mut bytes);
        journal.append(6, 2, b"{\"a\":1}", &mut bytes);
        bytes
    }

    #[test]
    fn records_read_back_and_stop_at_the_zero_fill() {
        let mut bytes = written();
        bytes.extend_from_slice(&[0; 64]);
        let mut journal = Journal::default();
        let first = journal.read(&bytes).unwrap().unwrap();
        assert_eq!((first.seq, first.wall, first.kind, first.payload), (1, 5, 1, &b"{}"[..]));
        let rest = &bytes[first.len..];
        let second = journal.read(rest).unwrap().unwrap();
        assert_eq!((second.seq, second.kind), (2, 2));
        assert_eq!(journal.read(&rest[second.len..]), Ok(None));
    }

    #[test]
    fn every_flipped_bit_and_every_prefix_is_noticed() {
        let bytes = written();
        for cut in 0..bytes.len() {
            let mut journal = Journal::default();
            let first = journal.read(&bytes[..cut]).unwrap();
            assert!(first.is_none() || first.unwrap().len <= cut);
        }
        for bit in 0..bytes.len() * 8 {
            let mut broken = bytes.clone();
            broken[bit / 8] ^= 1 << (bit % 8);
            let mut journal = Journal::default();
            let first = journal.read(&broken);
            let whole = match first {
                Ok(Some(frame)) => matches!(journal.read(&broken[frame.len..]), Ok(Some(_))),
                _ => false,
            };
            assert!(!whole, "bit {bit} went unnoticed");
        }
    }

    #[test]
    fn a_record_of_another_chain_is_refused() {
        let mut bytes = written();
        let len = u32_at(&bytes, 0) as usize + HEAD;
        let second = bytes.split_off(len);
        assert_eq!(Journal::default().read(&second), Err(Damage::Order));
    }
}
