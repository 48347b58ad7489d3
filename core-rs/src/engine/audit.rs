//! Reads journal records without a state: what `journal verify` and `journal show` stand on.

use super::error::{Code, Refusal};
use super::journal::{Damage, Journal};
use super::record::kind_name;
use crate::units::Ns;

/// One record as it stands in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry<'a> {
    pub seq: u64,
    pub wall: Ns,
    pub kind: u8,
    /// `UNKNOWN_KIND` for a number that this version does not know.
    pub name: &'static str,
    /// A JSON object.
    pub payload: &'a [u8],
    /// Bytes of the whole record.
    pub len: usize,
}

/// Follows one journal from its first record: checksums, numbers and chain, across segments.
#[derive(Debug, Default)]
pub struct JournalReader {
    journal: Journal,
}

impl JournalReader {
    /// Number of the last good record.
    pub const fn seq(&self) -> u64 {
        self.journal.seq()
    }

    /// The record at the start of `bytes`; `None` where the written part ends or the record is not whole.
    pub fn next<'a>(&mut self, bytes: &'a [u8]) -> Result<Option<Entry<'a>>, Refusal> {
        let after = self.seq();
        let found = self.journal.read(bytes).map_err(|damage| {
            let text = format!("record {}: {}", after + 1, problem(damage));
            Refusal::new(Code::JournalCorrupt, text).with(|j| j.int("seq", after))
        })?;
        Ok(found.map(|frame| Entry {
            seq: frame.seq,
            wall: frame.wall,
            kind: frame.kind,
            name: kind_name(frame.kind),
            payload: frame.payload,
            len: frame.len,
        }))
    }
}

/// In words.
pub(super) const fn problem(damage: Damage) -> &'static str {
    match damage {
        Damage::Length => "its length is none a record can have",
        Damage::Checksum => "its checksum does not agree with its bytes",
        Damage::Order => "its number or its chain does not follow the record before it",
    }
}
