//! What follows from a record beside the durable state: which books are wanted, and what each pair has under way. Every
//! record's own share is counted as it is applied, so nobody who makes a record has to think of it.

use super::Effects;
use super::Mutant;
use super::pairs::{Pair, PairId};
use super::record::Body;
use super::reducer::Engine;
use super::residual::RETRIES_MAX;
use crate::order::ClientRef;
use crate::units::{AccountId, InstrumentId, Now, PlanId};
use std::collections::BTreeSet;

/// Most books that what one record speaks of may need: the legs of its plan, of the plan that leaves memory for it, and
/// what is left over of both legs.
const NEEDS_MAX: usize = 8;

/// The books that the things a record speaks of need; one that several need stands here as often.
#[derive(Clone, Copy, Debug)]
pub(super) struct Needs {
    ids: [InstrumentId; NEEDS_MAX],
    len: usize,
}

/// What records changed and the end of the step brings in line.
#[derive(Debug, Default)]
pub(super) struct Follow {
    /// Terms of pairs or limits are other ones.
    lanes: bool,
    /// Books of which the first need came or the last one went.
    books: BTreeSet<InstrumentId>,
}

impl Default for Needs {
    fn default() -> Self {
        Self { ids: [InstrumentId(0); NEEDS_MAX], len: 0 }
    }
}

impl Needs {
    fn push(&mut self, id: InstrumentId) {
        if let Some(place) = self.ids.get_mut(self.len) {
            *place = id;
            self.len += 1;
        }
    }

    fn all(&self) -> &[InstrumentId] {
        &self.ids[..self.len]
    }
}

impl Engine {
    /// What the things that the record speaks of need as they stand now; `leaving`: the ended plan that leaves memory
    /// for it. Nothing before the start, which counts all.
    pub(super) fn needs_of(&self, body: &Body, leaving: Option<PlanId>) -> Needs {
        let mut needs = Needs::default();
        if !self.started {
            return needs;
        }
        let mut push = |id| needs.push(id);
        match body {
            Body::Plan(terms) => self.plan_needs(terms.id, &mut push),
            Body::Turn { id, .. } => self.plan_needs(*id, &mut push),
            Body::PlanEnd { id, .. } => {
                self.plan_needs(*id, &mut push);
                let legs = self.state.plans.get(id).map(|plan| plan.terms.legs);
                let keys = legs.map(|legs| legs.map(|leg| (leg.account, leg.instrument)));
                keys.into_iter().flatten().for_each(|key| self.residual_needs(key, &mut push));
                if let Some(id) = leaving {
                    self.plan_needs(id, &mut push);
                }
            }
            Body::Fill { account, fill } => {
                if let ClientRef::Ours(id) = fill.client {
                    let plan = self.state.orders.get(&id).and_then(|order| order.terms.plan);
                    if let Some(id) = plan {
                        self.plan_needs(id, &mut push);
                    }
                    self.residual_needs((*account, fill.instrument), &mut push);
                }
            }
            Body::Twap(record) => self.plan_needs(record.id(), &mut push),
            Body::Protect(record) => self.plan_needs(record.id(), &mut push),
            Body::Pair { id, .. } => {
                if let Some(pair) = self.state.pairs.get(id) {
                    self.pair_needs(pair, &mut push);
                }
            }
            _ => {}
        }
        needs
    }

    /// After the record was applied: `before` is what its things needed until then.
    pub(super) fn follow(&mut self, body: &Body, leaving: Option<PlanId>, before: &Needs) {
        if !self.started {
            return;
        }
        let after = self.needs_of(body, leaving);
        after.all().iter().for_each(|id| self.count_need(*id, true));
        before.all().iter().for_each(|id| self.count_need(*id, false));
        match body {
            Body::Pair { .. } | Body::Limits(_) => self.follow.lanes = true,
            Body::Plan(terms) => self.set_active(&terms.pair, Some(terms.id)),
            Body::Turn { id, .. } | Body::PlanEnd { id, .. } => {
                if let Some(pair) = self.state.plans.get(id).map(|plan| plan.terms.pair) {
                    // One that a late fill took up again may go on beside another.
                    self.set_active(&pair, self.active_plan(&pair));
                }
            }
            _ => {}
        }
    }

    fn count_need(&mut self, id: InstrumentId, more: bool) {
        let Some(tracked) = self.tracked.get_mut(id.0 as usize) else { return };
        let was = tracked.needs;
        tracked.needs = if more { was + 1 } else { was.saturating_sub(1) };
        if (was == 0) != (tracked.needs == 0) {
            self.follow.books.insert(id);
        }
    }

    fn set_active(&mut self, pair: &PairId, active: Option<PlanId>) {
        let ix = self.state.pairs.get(pair).map(|pair| pair.ix);
        if let Some(lane) = ix.and_then(|ix| self.lanes.get_mut(ix.0 as usize)) {
            lane.active = active;
        }
    }

    /// The newest plan that the pair has under way.
    pub(super) fn active_plan(&self, pair: &PairId) -> Option<PlanId> {
        self.state.active().find(|plan| plan.terms.pair == *pair).map(|plan| plan.terms.id)
    }

    /// Counts all needs anew, and makes the lanes anew.
    pub(super) fn count_books(&mut self, now: Now, out: &mut Effects) {
        for (index, needs) in self.all_needs().into_iter().enumerate() {
            let was = core::mem::replace(&mut self.tracked[index].needs, needs);
            if (was == 0) != (needs == 0) {
                self.follow.books.insert(InstrumentId(index as u32));
            }
        }
        self.follow.lanes = true;
        self.bring_in_line(now, out);
    }

    /// The end of a step: lanes and subscriptions as the step's records want them.
    pub(super) fn bring_in_line(&mut self, now: Now, out: &mut Effects) {
        if core::mem::take(&mut self.follow.lanes) {
            self.refresh_pairs(now, out);
        }
        while let Some(id) = self.follow.books.pop_first() {
            self.track(now, id, out);
        }
    }

    // -- who needs a book

    /// A pair that is watched.
    fn pair_needs(&self, pair: &Pair, push: &mut impl FnMut(InstrumentId)) {
        if let Some(ids) = self.resolve(pair).filter(|_| pair.terms.enabled) {
            ids.into_iter().for_each(push);
        }
    }

    /// A plan under way, also when its pair was disabled or deleted, or one that waits to go on; of any kind.
    fn plan_needs(&self, id: PlanId, push: &mut impl FnMut(InstrumentId)) {
        let listed = |id: &InstrumentId| self.instruments.is_listed(*id);
        if id.is_twap() {
            let twap = self.state.twaps.get(id).filter(|twap| !twap.is_over());
            let legs = twap.into_iter().flat_map(|twap| &twap.terms.legs).map(|leg| leg.instrument);
            return legs.filter(listed).for_each(push);
        }
        if id.is_protection() {
            let protection = self.state.protections.get(id).filter(|protection| !protection.is_over());
            return protection.map(|p| p.terms.instrument).filter(listed).into_iter().for_each(push);
        }
        let Some(plan) = self.state.plans.get(&id) else { return };
        let active = !plan.state.is_end() && !self.has(Mutant::DisabledDropsBooks);
        let waits = self.state.reported.contains(&id) && plan.retries < RETRIES_MAX && plan.differ().0 != 0;
        if active || waits {
            plan.terms.legs.map(|leg| leg.instrument).into_iter().filter(listed).for_each(push);
        }
    }

    /// What is left over has to be traded away.
    fn residual_needs(&self, key: (AccountId, InstrumentId), push: &mut impl FnMut(InstrumentId)) {
        let left = self.state.residuals.get_key_value(&key).map(|((_, id), _)| *id);
        left.filter(|id| self.instruments.is_listed(*id)).into_iter().for_each(push);
    }

    /// All needs by instrument, counted from the state anew: at the start, and when the lists of instruments change.
    pub(super) fn all_needs(&self) -> Vec<u32> {
        let mut counts = vec![0u32; self.tracked.len()];
        let mut push =
            |id: InstrumentId| counts.get_mut(id.0 as usize).into_iter().for_each(|count| *count += 1);
        self.state.pairs.values().for_each(|pair| self.pair_needs(pair, &mut push));
        let plans = self.state.under_way.iter().chain(&self.state.reported).copied();
        let twaps = self.state.twaps.active().map(|twap| twap.terms.id);
        let protections = self.state.protections.active().map(|protection| protection.terms.id);
        plans.chain(twaps).chain(protections).for_each(|id| self.plan_needs(id, &mut push));
        self.state.residuals.keys().for_each(|key| self.residual_needs(*key, &mut push));
        counts
    }

    /// Books are tracked as the whole state wants them. O(pairs and plans), for checkers.
    pub fn books_follow(&self) -> bool {
        let counts = self.all_needs();
        self.follow.books.is_empty() && self.tracked.iter().map(|tracked| tracked.needs).eq(counts)
    }
}
