//! Rows for the tables: what changed since it was last taken, each thing once, oldest change first.

use super::pairs::PairId;
use crate::ledger::Wallet;
use crate::order::FillReport;
use crate::units::{AccountId, Asset, ClientId, InstrumentId, PlanId, TradeId};
use std::collections::{BTreeSet, VecDeque};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Table {
    Orders,
    Fills,
    Plans,
    TwapPlans,
    Protections,
    Balances,
    Positions,
    Pairs,
    Limits,
}

/// The current state of one thing, for its table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub table: Table,
    pub id: String,
    pub doc: Vec<u8>,
}

/// A row that can not be made from the state later: made at once, or all that it is made of.
#[derive(Clone, Debug)]
pub(super) enum Ready {
    Row(Row),
    Fill { account: AccountId, fill: FillReport, plan: Option<PlanId> },
}

/// Which thing changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Changed {
    Order(ClientId),
    Fill(AccountId, InstrumentId, TradeId),
    Plan(PlanId),
    Balance(AccountId, Wallet, Asset),
    Position(AccountId, InstrumentId),
    Pair(PairId),
    Limits,
}

/// Changed things in order of their first change.
#[derive(Debug, Default)]
pub(super) struct Dirty {
    queue: VecDeque<Changed>,
    known: BTreeSet<Changed>,
}

impl Table {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Orders => "orders",
            Self::Fills => "fills",
            Self::Plans => "plans",
            Self::TwapPlans => "twap_plans",
            Self::Protections => "protections",
            Self::Balances => "balances",
            Self::Positions => "positions",
            Self::Pairs => "pairs",
            Self::Limits => "limits",
        }
    }
}

impl Dirty {
    pub(super) fn mark(&mut self, changed: Changed) {
        if self.known.insert(changed) {
            self.queue.push_back(changed);
        }
    }

    pub(super) fn take(&mut self) -> Option<Changed> {
        let changed = self.queue.pop_front()?;
        self.known.remove(&changed);
        Some(changed)
    }

    pub(super) fn len(&self) -> usize {
        self.queue.len()
    }

    pub(super) fn holds(&self, changed: &Changed) -> bool {
        self.known.contains(changed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thing_that_changes_twice_is_taken_once_and_again_after_a_new_change() {
        let mut dirty = Dirty::default();
        dirty.mark(Changed::Plan(PlanId(1)));
        dirty.mark(Changed::Limits);
        dirty.mark(Changed::Plan(PlanId(1)));
        assert_eq!(
            (dirty.take(), dirty.take(), dirty.take()),
            (Some(Changed::Plan(PlanId(1))), Some(Changed::Limits), None)
        );
        dirty.mark(Changed::Limits);
        assert_eq!(dirty.take(), Some(Changed::Limits));
    }
}
