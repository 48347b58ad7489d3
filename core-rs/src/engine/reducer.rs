//! The machine as a value, its inputs and what it answers.

use super::error::Code;
use super::field::parse;
use super::instruments::InstrumentTable;
use super::journal::Journal;
use super::{Config, Effects, Input, Refusal, Row};
use crate::units::{Now, Product, Venue};

#[derive(Debug)]
pub struct Engine {
    pub(super) config: Config,
    pub(super) instruments: InstrumentTable,
    pub(super) journal: Journal,
}

impl Engine {
    /// `config`: JSON object. Refused with CONFIG_ERROR.
    pub fn new(config: &[u8]) -> Result<Self, Refusal> {
        Ok(Self {
            config: Config::parse(config)?,
            instruments: InstrumentTable::default(),
            journal: Journal::default(),
        })
    }

    pub fn replay(&mut self, _chunk: &[u8]) -> Result<usize, Refusal> {
        Ok(0)
    }

    pub fn step(&mut self, _now: Now, _input: Input<'_>, _out: &mut Effects) {}

    pub fn set_instruments(
        &mut self,
        _now: Now,
        venue: Venue,
        product: Product,
        json: &[u8],
        _out: &mut Effects,
    ) -> Result<(), Refusal> {
        self.instruments.load(venue, product, &parse(json)?)?;
        Ok(())
    }

    pub fn view(&self, name: &str, _query: &[u8]) -> Result<Vec<u8>, Refusal> {
        Err(Refusal::new(Code::NotFound, format!("no view {name}")))
    }

    pub fn take_rows(&mut self, _limit: usize) -> Vec<Row> {
        Vec::new()
    }

    pub fn seq(&self) -> u64 {
        self.journal.seq()
    }

    pub fn state_hash(&self) -> u64 {
        0
    }
}
