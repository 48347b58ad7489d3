//! A snapshot: all durable state as of one record, so that a start need not replay what lies before it. The journal
//! stays the truth: whatever does not fit in a snapshot is refused, and everything is replayed.
//!
//! `magic`, checksum of the rest, then in postcard: head, state. The state's dense ids are those of the head's names.

use super::error::{Code, Refusal};
use super::instrument_ref::InstrumentRef;
use super::journal::Journal;
use super::mutant::Mutant;
use super::reducer::Engine;
use super::state::State;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

const MAGIC: &[u8; 8] = b"TGSNAP\r\n";
const SUM: usize = 8;
/// The sources of the core that wrote it: the form of what is stored follows from them.
const SOURCES: &str = env!("TIDEGATE_CORE_SOURCES");

#[derive(Serialize, Deserialize)]
struct Head {
    sources: String,
    /// Behind the last record that the state holds.
    journal: Journal,
    hash: u64,
    /// `binance:spot:BTCUSDT|BTC|USDT|2|5` and `venue:name`, by id.
    instruments: Vec<String>,
    accounts: Vec<String>,
}

impl Engine {
    /// All durable state as bytes, its hash among them. Cost: some 0.5 us for every order and fill that is kept.
    pub fn snapshot(&self) -> Result<Vec<u8>, Refusal> {
        let instruments = self.instruments.texts().to_vec();
        let accounts = self.accounts.names().to_vec();
        let head = Head {
            sources: SOURCES.to_owned(),
            journal: self.journal,
            hash: self.state_hash(),
            instruments,
            accounts,
        };
        let mut bytes = Vec::with_capacity(1 << 20);
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&[0; SUM]);
        let bytes = postcard::to_extend(&head, bytes).and_then(|out| postcard::to_extend(&self.state, out));
        let mut bytes = bytes.map_err(|e| unfit(&format!("can not be written: {e}")))?;
        let sum = xxh3_64(&bytes[MAGIC.len() + SUM..]);
        bytes[MAGIC.len()..MAGIC.len() + SUM].copy_from_slice(&sum.to_le_bytes());
        Ok(bytes)
    }

    /// Takes a snapshot's state into an engine that has replayed nothing yet. `last`: the bytes of the last record that
    /// the snapshot holds, as they stand in the journal. Refused with JOURNAL_CORRUPT, the engine unchanged, when they are
    /// another's, or the snapshot is damaged or of another form.
    pub fn restore(&mut self, snapshot: &[u8], last: &[u8]) -> Result<(), Refusal> {
        if self.started || self.journal != Journal::default() || self.instruments.len() > 0 {
            return Err(unfit("comes after something was replayed"));
        }
        let (head, state) = read(snapshot)?;
        if Journal::behind(last) != Some(head.journal) {
            return Err(unfit("is not of this journal"));
        }
        if head.instruments.iter().any(|of| InstrumentRef::parse(of).is_none()) {
            return Err(unfit("names an instrument that this version does not know"));
        }
        if !self.accounts.take_order(&head.accounts) {
            return Err(unfit("names an account of an exchange that this version does not know"));
        }
        for of in &head.instruments {
            let _known = self.instruments.intern_text(of);
        }
        self.state = state.within(&self.config.memory);
        self.state.booked.forgets_ours = self.has(Mutant::SettledForgotten);
        self.journal = head.journal;
        self.know_accounts();
        Ok(())
    }

    /// The hash of state that a snapshot was made with, and its last record: what a replay of the journal is held against.
    pub fn snapshot_claim(snapshot: &[u8]) -> Result<(u64, u64), Refusal> {
        let (head, _) = read(snapshot)?;
        Ok((head.journal.seq(), head.hash))
    }

    /// Ids of accounts stand in links and margins as well.
    fn know_accounts(&mut self) {
        for (link, row) in self.links.iter_mut().zip(&self.config.links) {
            link.account = self.accounts.id(row.venue, &row.account);
        }
        for id in self.accounts.ids() {
            let of = self.accounts.at(id);
            let known = self.config.accounts.iter().find(|row| row.venue == of.venue && row.name == of.name);
            self.state.ledger.set_leverage(id, known.map_or(1, |row| row.leverage));
        }
    }
}

fn read(snapshot: &[u8]) -> Result<(Head, State), Refusal> {
    let body = snapshot.strip_prefix(MAGIC).and_then(|rest| rest.split_at_checked(SUM));
    let (sum, body) = body.ok_or_else(|| unfit("does not begin like one"))?;
    if xxh3_64(body).to_le_bytes() != *sum {
        return Err(unfit("is damaged"));
    }
    let other = |_| unfit("is of another version");
    let (head, rest) = postcard::take_from_bytes::<Head>(body).map_err(other)?;
    if head.sources != SOURCES {
        return Err(unfit("is of another version"));
    }
    let (state, rest) = postcard::take_from_bytes::<State>(rest).map_err(other)?;
    if rest.is_empty() { Ok((head, state)) } else { Err(unfit("is of another version")) }
}

fn unfit(problem: &str) -> Refusal {
    Refusal::new(Code::JournalCorrupt, format!("the snapshot {problem}"))
}
