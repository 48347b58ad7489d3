//! How records change protections, live and in replay.

use super::{KEPT_MAX, ProtectRecord, Protections};
use crate::engine::apply::amount_text;
use crate::engine::apply_error::ApplyError;
use crate::engine::rows::Changed;
use crate::engine::state::State;
use crate::ledger::{FillPosted, FillTerms};
use crate::order::OrderTerms;
use crate::plan::{FeeLine, Ids, Protection, ProtectionState, ProtectionTerms};
use crate::units::{ClientId, Money, Ns, PlanId, Side};

/// One fill of an order that belongs to a protection.
struct ProtectFill {
    order: ClientId,
    plan: PlanId,
    side: Side,
    base: Money,
    quote: Money,
    fee: FeeLine,
    /// The position after it, signed.
    position: Money,
}

impl State {
    pub(in crate::engine) fn apply_protect(
        &mut self,
        record: &ProtectRecord,
        wall: Ns,
        changed: &mut Vec<Changed>,
    ) -> Result<(), ApplyError> {
        let id = record.id();
        changed.push(Changed::Plan(id));
        match record {
            ProtectRecord::Set(terms) => {
                if let Some(entry) = terms.entry {
                    self.reserve_counters(entry.epoch(), core::iter::once(entry.counter()));
                }
                self.protections.set(*terms, wall);
                // The position's row names what protects it.
                changed.push(Changed::Position(terms.account, terms.instrument));
                return Ok(());
            }
            ProtectRecord::Backstop { id, account, instrument, px } => {
                let key = (*account, *instrument);
                match px {
                    Some(px) => drop(self.protections.backstops.insert(key, (*id, *px))),
                    None => drop(self.protections.backstops.remove(&key)),
                }
                return Ok(());
            }
            ProtectRecord::Trigger { epoch, counter, .. } | ProtectRecord::Ids { epoch, counter, .. } => {
                self.reserve_counters(*epoch, core::iter::once(*counter + Ids::COUNTERS - 1));
            }
            ProtectRecord::Arm { .. } | ProtectRecord::Water { .. } | ProtectRecord::End { .. } => {}
        }
        let protection = self.protections.all.get_mut(&id).ok_or(ApplyError::NoPlan(id))?;
        protection.take(record, wall);
        if protection.is_over() {
            changed.push(Changed::Position(protection.terms.account, protection.terms.instrument));
            self.protections.rest(id);
        }
        Ok(())
    }

    /// An order of a protection was taken in.
    pub(in crate::engine) fn protect_intent(&mut self, terms: &OrderTerms, changed: &mut Vec<Changed>) {
        let Some(protection) = terms.plan.and_then(|plan| self.protections.all.get_mut(&plan)) else {
            return;
        };
        changed.push(Changed::Plan(protection.terms.id));
        let id = terms.place.client_id;
        if protection.sum.orders.contains(&id) {
            return;
        }
        protection.sum.orders.push(id);
        if terms.leg != super::CLOSES {
            return;
        }
        protection.orders += 1;
        if let Some(ids) = protection.ids.as_mut().filter(|ids| ids.holds(id.epoch(), id.counter())) {
            ids.used += 1;
        }
    }

    /// A fill of an order that belongs to a TWAP or a protection was booked.
    pub(in crate::engine) fn child_fill(
        &mut self,
        order: ClientId,
        terms: &FillTerms,
        posted: &FillPosted,
        fee: FeeLine,
        wall: Ns,
    ) {
        let plan = self.orders.get(&order).and_then(|order| order.terms.plan);
        let (side, base, quote) = (terms.side, terms.base_qty(), posted.notional);
        match plan.filter(|plan| plan.is_protection()) {
            None => self.twap_fill(order, side, base, quote, fee, wall),
            Some(plan) => {
                let position = posted.position_qty;
                self.protect_fill(&ProtectFill { order, plan, side, base, quote, fee, position }, wall);
            }
        }
    }

    /// A fill was booked; one after the end takes the protection up again until nothing is over.
    fn protect_fill(&mut self, fill: &ProtectFill, wall: Ns) {
        let Some(leg) = self.orders.get(&fill.order).map(|order| order.terms.leg) else { return };
        let Some(protection) = self.protections.all.get_mut(&fill.plan) else { return };
        let text = format!("{} {}", fill.side.name(), amount_text(fill.base));
        protection.note(wall, if leg == super::CLOSES { "fill" } else { "entry" }, text);
        if leg == super::CLOSES {
            protection.closes(fill);
            if protection.ended.take().is_some() {
                protection.note(wall, "late_fill", String::new());
            }
        } else {
            protection.enters(fill);
        }
        let (key, over) = ((protection.terms.instrument, protection.terms.id), protection.is_over());
        if !over {
            self.protections.active.insert(key);
        }
    }
}

impl Protections {
    fn set(&mut self, terms: ProtectionTerms, wall: Ns) {
        self.last = self.last.max(terms.id.number());
        self.active.insert((terms.instrument, terms.id));
        match self.all.get_mut(&terms.id) {
            Some(known) => known.change(terms, wall),
            None => drop(self.all.insert(terms.id, Protection::new(terms, wall))),
        }
    }

    /// One is over: it is watched no more, and the oldest of its like leaves.
    fn rest(&mut self, id: PlanId) {
        if let Some(protection) = self.all.get(&id) {
            self.active.remove(&(protection.terms.instrument, id));
        }
        if self.all.len() - self.active.len() > KEPT_MAX {
            let oldest = self.all.values().find(|p| p.is_over()).map(|p| p.terms.id);
            oldest.map(|id| self.all.remove(&id));
        }
    }
}

impl Protection {
    fn take(&mut self, record: &ProtectRecord, wall: Ns) {
        match record {
            // Not of one protection alone.
            ProtectRecord::Set(_) | ProtectRecord::Backstop { .. } => {}
            ProtectRecord::Arm { px, .. } => {
                self.state = ProtectionState::Armed;
                self.terms.seen = Some(*px);
                self.water = self.terms.trail.map(|_| *px);
                self.note(wall, "armed", String::new());
            }
            // The water never falls, whatever a record says.
            ProtectRecord::Water { px, .. } => {
                if self.water.is_none_or(|known| self.along(*px) > self.along(known)) {
                    self.water = Some(*px);
                }
            }
            ProtectRecord::Trigger { cause, px, epoch, counter, .. } => {
                self.state = ProtectionState::Triggered;
                self.cause = Some(*cause);
                self.fired = Some((*px, wall));
                self.ids = Some(Ids { epoch: *epoch, counter: *counter, used: 0 });
                self.note(wall, "triggered", cause.name().to_owned());
            }
            ProtectRecord::Ids { epoch, counter, .. } => {
                self.ids = Some(Ids { epoch: *epoch, counter: *counter, used: 0 });
            }
            ProtectRecord::End { state, why, .. } => {
                self.state = *state;
                self.ended = Some(wall);
                if !why.is_empty() {
                    self.why.clone_from(why);
                }
                self.note(wall, state.name(), why.clone());
            }
        }
    }

    /// The order that opens the position filled: from here on it is watched.
    fn enters(&mut self, fill: &ProtectFill) {
        self.entered.0 += fill.base.0;
        let waits = self.state == ProtectionState::Waiting && !self.is_over();
        // An entry that was believed dead: what it bought after all is to be protected.
        let revived = self.state == ProtectionState::Cancelled && self.ended.take().is_some();
        if waits || revived {
            self.state = ProtectionState::Armed;
        }
    }

    /// A fill on the closing side goes too far where it passes flat or the reach; one on the other side takes back.
    fn closes(&mut self, fill: &ProtectFill) {
        let reach = self.reach();
        self.sum.fill(fill.side, fill.base, fill.quote, fill.fee);
        if fill.side != self.terms.side {
            self.over.0 = (self.over.0 - fill.base.0).max(0);
            return;
        }
        // Bought past flat leaves a long position, sold past flat a short one.
        let past_flat = (fill.position.0 * i128::from(fill.side.sign())).clamp(0, fill.base.0);
        let past_reach = reach.map_or(0, |reach| (fill.base.0 - reach.0).max(0));
        self.over.0 += past_flat.max(past_reach);
    }
}
