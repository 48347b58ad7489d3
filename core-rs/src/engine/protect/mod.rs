//! Protections in the engine: their records, how these change state, the price watch, commands, orders and documents.

mod apply;
mod backstop;
mod codec;
mod command;
mod docs;
mod drive;
mod order;
mod record;
mod terms;
mod watch;

pub(super) use backstop::Backstopped;
pub(super) use codec::{read, write};
pub(super) use record::ProtectRecord;
pub(in crate::engine) use terms::LEVELS;
pub(super) use watch::Guards;

use super::instruments::TableNames;
use crate::order::{Names, push_field, row_digest};
use crate::plan::{Plan, Protection};
use crate::units::{AccountId, InstrumentId, Ns, PlanId, Price};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Protections kept in memory once they are over; older ones live in the tables.
const KEPT_MAX: usize = 1_000;
/// Protections that are not over, of everything and of one instrument.
const ACTIVE_MAX: usize = 1_000;
const INSTRUMENT_MAX: usize = 20;
/// Protections in memory, over or not.
pub(super) const MEMORY_MAX: usize = KEPT_MAX + ACTIVE_MAX;

/// All protections, by id. Mutated by `apply` alone.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Protections {
    last: u64,
    all: BTreeMap<PlanId, Protection>,
    /// Those that are not over, by instrument; follows from `all`.
    active: BTreeSet<(InstrumentId, PlanId)>,
    /// What venues were asked to keep of their own for a position, on whose behalf, until it is known to be gone.
    backstops: BTreeMap<(AccountId, InstrumentId), (PlanId, Price)>,
}

/// What the engine keeps of a protection beside its durable state.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// When it was last alarmed, monotonic.
    alarmed: Option<Ns>,
    refused: Option<Ns>,
}

impl Protections {
    pub(super) fn get(&self, id: PlanId) -> Option<&Protection> {
        self.all.get(&id)
    }

    /// Newest first.
    pub(super) fn newest(&self) -> impl Iterator<Item = &Protection> {
        self.all.values().rev()
    }

    /// Those that are not over.
    pub(super) fn active(&self) -> impl Iterator<Item = &Protection> {
        self.active.iter().filter_map(|(_, id)| self.all.get(id))
    }

    /// The same of one instrument.
    pub(super) fn active_of(&self, instrument: InstrumentId) -> impl Iterator<Item = &Protection> {
        let range = (instrument, PlanId(0))..=(instrument, PlanId(u64::MAX));
        self.active.range(range).filter_map(|(_, id)| self.all.get(id))
    }

    /// The protection that reserved a client id, and what the id is to it: 0 its entry, 1 a closing order.
    pub(super) fn owner_of(&self, epoch: u32, counter: u32) -> Option<(PlanId, u8)> {
        self.newest().find_map(|p| {
            let entry = p.terms.entry.filter(|id| (id.epoch(), id.counter()) == (epoch, counter));
            let closes = p.ids.is_some_and(|ids| ids.holds(epoch, counter));
            let leg = if entry.is_some() { Some(0) } else { closes.then_some(CLOSES) };
            leg.map(|leg| (p.terms.id, leg))
        })
    }

    pub(super) fn digest(&self, names: &TableNames<'_>) -> u64 {
        let backstop = |((account, instrument), (id, px)): (&(AccountId, InstrumentId), &(PlanId, Price))| {
            row_digest(|row| {
                push_field(row, b"backstop");
                push_field(row, names.account(*account).as_bytes());
                push_field(row, names.instrument(*instrument).as_bytes());
                push_field(row, Plan::name(*id).as_bytes());
                row.extend_from_slice(&px.get().to_le_bytes());
            })
        };
        let all = self.all.values().map(|p| p.digest(names)).fold(self.last, u64::wrapping_add);
        self.backstops.iter().map(backstop).fold(all, u64::wrapping_add)
    }
}

/// The leg of orders that close or take back; 0 is the entry.
pub(super) const CLOSES: u8 = 1;
