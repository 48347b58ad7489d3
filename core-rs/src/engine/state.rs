//! Durable state: what the journal rebuilds. Mutated by `apply` alone.

use super::booked::Booked;
use super::breakers::Over;
use super::external::External;
use super::instruments::TableNames;
use super::memory::Memory;
use super::pairs::{Pair, PairId};
use super::protect::Protections;
use super::record::CommandTag;
use super::twap::Twaps;
use crate::ledger::Ledger;
use crate::order::{Names, Orders, push_field, row_digest};
use crate::plan::Plan;
use crate::risk::{Breaker, Latch, LimitTable, LossBreakers, Trip};
use crate::units::{AccountId, InstrumentId, Money, Ns, PlanId, Venue};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Ended plans kept in memory; older ones live in the tables.
pub(super) const PLANS_KEPT_MAX: usize = 2_000;
/// Command ids remembered for idempotency.
pub(super) const COMMANDS_MAX: usize = 10_000;

#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct State {
    pub epoch: u32,
    /// The machine's start that the last process ran in.
    pub machine: String,
    /// When a process first found that the machine had started anew, so that unsynced records may be lost.
    pub machine_lost: Option<Ns>,
    /// Counters of client ids reserved in this epoch.
    pub counter: u32,
    pub plan_last: u64,
    pub orders: Orders,
    pub ledger: Ledger,
    pub plans: BTreeMap<PlanId, Plan>,
    /// Plans that have not ended; follows from `plans`.
    pub under_way: BTreeSet<PlanId>,
    /// Plans that ended with something left to trade; follows from `plans`.
    pub reported: BTreeSet<PlanId>,
    /// What is left of plans, and of orders without one: signed base quantity, never zero.
    pub residuals: BTreeMap<(AccountId, InstrumentId), Money>,
    /// Ended plans, oldest end first.
    pub ended: VecDeque<PlanId>,
    pub twaps: Twaps,
    pub protections: Protections,
    pub external: External,
    pub pairs: BTreeMap<PairId, Pair>,
    /// Pairs or limits were ever set: the configuration's seeds count no more.
    pub pairs_set: bool,
    pub limits_set: bool,
    pub limits: LimitTable,
    pub latch: Latch,
    pub losses: LossBreakers,
    /// Breakers that close by themselves and are not closed.
    pub circuits: BTreeMap<(Breaker, Over), Trip>,
    /// Until when a venue shuts us out, or did, wall time.
    pub bans: BTreeMap<Venue, Ns>,
    pub commands: Commands,
    pub booked: Booked,
    /// Newest fill of an account's instrument, venue time.
    pub cursors: BTreeMap<(AccountId, InstrumentId), Ns>,
    /// When an account's ledger was opened: earlier fills are in the opening balance.
    pub opened: BTreeMap<AccountId, Ns>,
    pub totals: Totals,
}

/// Sums over all ended plans.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Totals {
    pub ended: u64,
    pub won: u64,
    pub lost: u64,
    pub pnl: Money,
    pub fees: Money,
    pub turnover: Money,
    /// Highest and lowest points of the running profit.
    pub peak: Money,
    pub drawdown: Money,
}

/// Replies by command id, oldest first out.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Commands {
    replies: BTreeMap<String, Answered>,
    order: VecDeque<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Answered {
    pub reply: String,
    /// See `CommandTag::asked`.
    pub asked: u64,
}

impl Commands {
    pub(super) fn len(&self) -> usize {
        self.order.len()
    }

    pub(super) fn get(&self, id: &str) -> Option<&Answered> {
        self.replies.get(id)
    }

    pub(super) fn put(&mut self, command: &CommandTag) {
        let answered = Answered { reply: command.reply.clone(), asked: command.asked };
        if self.replies.insert(command.id.clone(), answered).is_none() {
            self.order.push_back(command.id.clone());
        }
        if self.order.len() > COMMANDS_MAX
            && let Some(old) = self.order.pop_front()
        {
            self.replies.remove(&old);
        }
    }
}

impl Totals {
    /// Takes a plan's end in; `before`: what a reopened plan had counted for.
    pub(super) fn count(&mut self, pnl: Money, fees: Money, turnover: Money) {
        self.ended += 1;
        self.won += u64::from(pnl.0 > 0);
        self.lost += u64::from(pnl.0 < 0);
        self.pnl.0 += pnl.0;
        self.fees.0 += fees.0;
        self.turnover.0 += turnover.0;
        self.peak = self.peak.max(self.pnl);
        self.drawdown = self.drawdown.max(Money(self.peak.0 - self.pnl.0));
    }

    /// Takes a plan that goes on after its end out again.
    pub(super) fn uncount(&mut self, pnl: Money, fees: Money, turnover: Money) {
        self.ended -= 1;
        self.won -= u64::from(pnl.0 > 0);
        self.lost -= u64::from(pnl.0 < 0);
        self.pnl.0 -= pnl.0;
        self.fees.0 -= fees.0;
        self.turnover.0 -= turnover.0;
    }
}

impl State {
    pub(super) fn new(memory: &Memory) -> Self {
        Self {
            orders: Orders::with_limits(Orders::OPEN_MAX, memory.orders, memory.ids),
            booked: Booked::with_limit(memory.fills),
            ..Self::default()
        }
    }

    /// As a snapshot gave it, under this process's bounds.
    pub(super) fn within(mut self, memory: &Memory) -> Self {
        self.orders = self.orders.within(Orders::OPEN_MAX, memory.orders, memory.ids);
        self.booked = self.booked.within(memory.fills);
        self
    }

    /// Plans that have not ended.
    pub(super) fn active(&self) -> impl Iterator<Item = &Plan> {
        self.under_way.iter().rev().filter_map(|id| self.plans.get(id))
    }

    fn residual_digest(&self, names: &TableNames<'_>) -> u64 {
        let row = |((account, instrument), amount): (&(AccountId, InstrumentId), &Money)| {
            row_digest(|out| {
                push_field(out, names.account(*account).as_bytes());
                push_field(out, names.instrument(*instrument).as_bytes());
                out.extend_from_slice(&amount.0.to_le_bytes());
            })
        };
        self.residuals.iter().map(row).fold(0, u64::wrapping_add)
    }

    /// Hash of all durable state, independent of how dense ids were handed out.
    pub(super) fn digest(&self, names: &TableNames<'_>) -> u64 {
        let head = row_digest(|out| {
            for number in [u64::from(self.epoch), u64::from(self.counter), self.plan_last] {
                out.extend_from_slice(&number.to_le_bytes());
            }
            push_field(out, self.machine.as_bytes());
            out.extend_from_slice(&self.machine_lost.unwrap_or(0).to_le_bytes());
            out.extend_from_slice(&[u8::from(self.pairs_set), u8::from(self.limits_set)]);
            for (id, answered) in &self.commands.replies {
                push_field(out, id.as_bytes());
                push_field(out, answered.reply.as_bytes());
                out.extend_from_slice(&answered.asked.to_le_bytes());
            }
            for (venue, until) in &self.bans {
                push_field(out, venue.name().as_bytes());
                out.extend_from_slice(&until.to_le_bytes());
            }
            out.extend_from_slice(&self.residual_digest(names).to_le_bytes());
            for amount in [self.totals.pnl, self.totals.fees, self.totals.peak, self.totals.drawdown] {
                out.extend_from_slice(&amount.0.to_le_bytes());
            }
        });
        let pairs = self.pairs.values().map(Pair::digest);
        let plans = self.plans.values().map(|plan| plan.digest(names));
        let circuits = self.circuits.iter().map(|((breaker, over), trip)| {
            row_digest(|out| {
                push_field(out, breaker.spec().id.as_bytes());
                push_field(out, over.text(names).as_bytes());
                push_field(out, trip.reason.as_bytes());
                out.extend_from_slice(&trip.since.to_le_bytes());
            })
        });
        pairs
            .chain(plans)
            .chain(circuits)
            .fold(head, u64::wrapping_add)
            .wrapping_add(self.booked.digest(names))
            .wrapping_add(self.orders.digest(names))
            .wrapping_add(self.ledger.digest(names))
            .wrapping_add(self.limits.digest())
            .wrapping_add(self.latch.digest())
            .wrapping_add(self.losses.digest())
            .wrapping_add(self.twaps.digest(names))
            .wrapping_add(self.protections.digest(names))
            .wrapping_add(self.external.digest(names))
    }
}
