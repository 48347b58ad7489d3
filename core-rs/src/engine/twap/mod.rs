//! TWAPs in the engine: their records, how these change state, commands, orders and documents.

mod apply;
mod codec;
mod command;
mod docs;
mod drive;
mod order;
mod record;

pub(super) use codec::{read, write};
pub(super) use drive::Watch;
pub(super) use record::TwapRecord;

use super::instruments::TableNames;
use crate::plan::Twap;
use crate::units::PlanId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Plans kept in memory once they are over; older ones live in the tables.
const KEPT_MAX: usize = 1_000;
/// Plans that are not over.
const ACTIVE_MAX: usize = 200;
/// Plans in memory, over or not.
pub(super) const MEMORY_MAX: usize = KEPT_MAX + ACTIVE_MAX;

/// All TWAPs, by id. Mutated by `apply` alone.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Twaps {
    last: u64,
    plans: BTreeMap<PlanId, Twap>,
}

impl Twaps {
    pub(super) fn get(&self, id: PlanId) -> Option<&Twap> {
        self.plans.get(&id)
    }

    /// Newest first.
    pub(super) fn newest(&self) -> impl Iterator<Item = &Twap> {
        self.plans.values().rev()
    }

    /// Those that are not over, oldest first.
    pub(super) fn active(&self) -> impl Iterator<Item = &Twap> {
        self.plans.values().filter(|twap| !twap.is_over())
    }

    /// The plan that reserved a client id's counter, and the leg.
    pub(super) fn owner_of(&self, epoch: u32, counter: u32) -> Option<(PlanId, u8)> {
        let found =
            |twap: &Twap| twap.terms.place_of(epoch, counter).map(|(_, leg)| (twap.terms.id, leg as u8));
        self.newest().find_map(found)
    }

    pub(super) fn digest(&self, names: &TableNames<'_>) -> u64 {
        self.plans.values().map(|twap| twap.digest(names)).fold(self.last, u64::wrapping_add)
    }
}
