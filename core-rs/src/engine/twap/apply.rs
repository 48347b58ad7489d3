//! How records change TWAPs, live and in replay.

use super::record::TwapTurn;
use super::{KEPT_MAX, TwapRecord};
use crate::engine::apply_error::ApplyError;
use crate::engine::rows::Changed;
use crate::engine::state::State;
use crate::order::{Order, OrderTerms};
use crate::plan::{FeeLine, Twap, TwapState};
use crate::units::{ClientId, Money, Ns, PlanId, Side};

impl State {
    pub(in crate::engine) fn apply_twap(
        &mut self,
        record: &TwapRecord,
        wall: Ns,
        changed: &mut Vec<Changed>,
    ) -> Result<(), ApplyError> {
        let id = record.id();
        changed.push(Changed::Plan(id));
        if let TwapRecord::Terms { terms, start } = record {
            self.reserve_counters(terms.epoch, core::iter::once(terms.counter + terms.counters() - 1));
            self.twaps.last = self.twaps.last.max(id.number());
            match self.twaps.plans.get_mut(&id) {
                Some(twap) => twap.change(terms.clone(), wall),
                None => self.twaps.add(Twap::new(terms.clone(), wall)),
            }
            if let (true, Some(twap)) = (start, self.twaps.plans.get_mut(&id)) {
                twap.start(wall);
                twap.note(wall, "start", String::new());
            }
            return Ok(());
        }
        if let TwapRecord::Turn { turn: TwapTurn::Delete, .. } = record {
            return self.twaps.plans.remove(&id).map(drop).ok_or(ApplyError::NoPlan(id));
        }
        let twap = self.twaps.plans.get_mut(&id).ok_or(ApplyError::NoPlan(id))?;
        match record {
            TwapRecord::Terms { .. } => {}
            TwapRecord::Turn { turn, .. } => turned(twap, *turn, wall),
            TwapRecord::Slice { slot, px, bench, .. } => {
                twap.slot = Some(*slot);
                twap.slot_px = *px;
                twap.slot_filled = [Money::ZERO; 2];
                twap.slot_orders = [0; 2];
                (0..2).for_each(|leg| twap.bench[leg].add(bench[leg]));
            }
            TwapRecord::End { state, why, bench, .. } => {
                twap.state = *state;
                twap.ended = Some(wall);
                (0..2).for_each(|leg| twap.bench[leg].add(bench[leg]));
                if !why.is_empty() {
                    twap.why.clone_from(why);
                }
                twap.note(wall, state.name(), why.clone());
            }
        }
        Ok(())
    }

    /// An order of a TWAP was taken in.
    pub(in crate::engine) fn twap_intent(&mut self, terms: &OrderTerms, changed: &mut Vec<Changed>) {
        let Some(twap) = terms.plan.and_then(|plan| self.twaps.plans.get_mut(&plan)) else { return };
        changed.push(Changed::Plan(twap.terms.id));
        if let Some(leg) = slot_leg(twap, &terms.place.client_id) {
            twap.slot_orders[leg] = twap.slot_orders[leg].saturating_add(1);
        }
    }

    /// A fill of a TWAP's order was booked; one after the end takes the plan up again until its legs are even.
    pub(in crate::engine) fn twap_fill(
        &mut self,
        id: ClientId,
        side: Side,
        base: Money,
        quote: Money,
        fee: FeeLine,
        wall: Ns,
    ) {
        let Some((plan, leg)) = self.orders.get(&id).and_then(of_plan) else { return };
        let Some(twap) = self.twaps.plans.get_mut(&plan) else { return };
        let leg = leg.min(twap.terms.legs.len() - 1);
        twap.sums[leg].fill(side, base, quote, fee);
        twap.last_fill = Some(wall);
        if side == twap.terms.legs[leg].side && slot_leg(twap, &id) == Some(leg) {
            twap.slot_filled[leg].0 += base.0;
        }
        twap.uneven = match twap.residual().0 {
            0 => None,
            _ => twap.uneven.or(Some(wall)),
        };
        if twap.ended.take().is_some() {
            twap.note(wall, "late_fill", String::new());
        }
    }
}

impl super::Twaps {
    fn add(&mut self, twap: Twap) {
        self.plans.insert(twap.terms.id, twap);
        let over = self.plans.values().filter(|twap| twap.is_over());
        if over.clone().count() > KEPT_MAX {
            let oldest = over.map(|twap| twap.terms.id).next();
            oldest.map(|id| self.plans.remove(&id));
        }
    }
}

fn turned(twap: &mut Twap, turn: TwapTurn, wall: Ns) {
    twap.note(wall, turn.name(), String::new());
    match turn {
        TwapTurn::Start | TwapTurn::Resume => twap.start(wall),
        TwapTurn::Pause => twap.pause(wall),
        TwapTurn::Cancel => {
            twap.state = TwapState::Cancelled;
            "cancelled by a person".clone_into(&mut twap.why);
        }
        TwapTurn::Delete => {}
    }
}

fn of_plan(order: &Order) -> Option<(PlanId, usize)> {
    order.terms.plan.filter(|plan| plan.is_twap()).map(|plan| (plan, usize::from(order.terms.leg)))
}

/// The leg of an order that belongs to the newest slot.
fn slot_leg(twap: &Twap, id: &ClientId) -> Option<usize> {
    let (slot, leg) = twap.terms.place_of(id.epoch(), id.counter())?;
    (twap.slot == Some(slot)).then_some(leg)
}
