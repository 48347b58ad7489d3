//! The price watch: each change of an instrument's best prices is held against that instrument's protections, no others.
//!
//! A long position is watched by its bid, a short one by its ask: what closing it would get. Only a book that may be
//! priced from counts.

use super::ProtectRecord;
use crate::engine::Effects;
use crate::engine::record::Body;
use crate::engine::reducer::Engine;
use crate::market::BookState;
use crate::plan::{Cause, Look, Plan, Protection, ProtectionState, Vigil};
use crate::units::{ClientId, InstrumentId, Now, PlanId, Price, Side};

#[derive(Clone, Copy, Debug)]
struct Guard {
    id: PlanId,
    side: Side,
    /// The levels were not held against any price yet.
    unseen: bool,
    vigil: Vigil,
}

/// What is watched, by instrument. Rebuilt from the durable state at each start.
#[derive(Debug, Default)]
pub(in crate::engine) struct Guards {
    by: Vec<Vec<Guard>>,
}

impl Guards {
    #[inline]
    pub(in crate::engine) fn is_quiet(&self, id: InstrumentId) -> bool {
        self.by.get(id.0 as usize).is_none_or(Vec::is_empty)
    }

    fn remove(&mut self, instrument: InstrumentId, id: PlanId) {
        if let Some(guards) = self.by.get_mut(instrument.0 as usize) {
            guards.retain(|guard| guard.id != id);
        }
    }

    fn put(&mut self, instrument: InstrumentId, guard: Guard) {
        let at = instrument.0 as usize;
        if self.by.len() <= at {
            self.by.resize_with(at + 1, Vec::new);
        }
        self.by[at].push(guard);
    }

    pub(super) fn vigil(&self, instrument: InstrumentId, id: PlanId) -> Option<&Vigil> {
        let guards = self.by.get(instrument.0 as usize)?;
        guards.iter().find(|guard| guard.id == id).map(|guard| &guard.vigil)
    }
}

impl Engine {
    /// Brings the watch in line with a protection's state.
    pub(super) fn post_guard(&mut self, id: PlanId) {
        let Some(protection) = self.state.protections.get(id) else { return };
        let terms = protection.terms;
        self.guards.remove(terms.instrument, id);
        let unseen = protection.state == ProtectionState::Waiting && terms.entry.is_none();
        if protection.is_over() || !(unseen || protection.state == ProtectionState::Armed) {
            return;
        }
        let levels = terms.levels(self.instruments.at(terms.instrument).tick);
        let vigil = Vigil::new(&levels, protection.water.map(Price::get));
        self.guards.put(terms.instrument, Guard { id, side: terms.side, unseen, vigil });
    }

    /// What closing would get on either side: (bid, ask) of a whole, fresh, uncrossed book.
    pub(super) fn firm_top(&self, now: Now, id: InstrumentId) -> Option<(i64, i64)> {
        if self.book_state(id, now.mono) != BookState::Synced {
            return None;
        }
        let top = self.books[id.0 as usize].top();
        let (bid, ask) = (top.bid?.px, top.ask?.px);
        (bid < ask).then_some((bid, ask))
    }

    /// The price that protections with this closing side look at.
    pub(super) fn watched_px(&self, now: Now, id: InstrumentId, side: Side) -> Option<Price> {
        let (bid, ask) = self.firm_top(now, id)?;
        Price::new(if side == Side::Sell { bid } else { ask }).ok()
    }

    /// The instrument's best prices changed.
    pub(in crate::engine) fn watch_protections(&mut self, now: Now, id: InstrumentId, out: &mut Effects) {
        if self.guards.is_quiet(id) || !self.started {
            return;
        }
        let Some((bid, ask)) = self.firm_top(now, id) else { return };
        let mut seen: Vec<(PlanId, i64, Look, bool)> = Vec::new();
        for guard in &mut self.guards.by[id.0 as usize] {
            let px = if guard.side == Side::Sell { bid } else { ask };
            let look = guard.vigil.look(px);
            if look != Look::Nothing || guard.unseen {
                seen.push((guard.id, px, look, guard.unseen));
            }
        }
        for (id, px, look, unseen) in seen {
            let Ok(px) = Price::new(px) else { continue };
            match (look, unseen) {
                (Look::Fired(cause), true) => self.refuse_levels(now, id, cause, out),
                (_, true) => {
                    self.commit_protect(now, ProtectRecord::Arm { id, px }, out);
                    self.post_guard(id);
                    self.tell_protection(id, out);
                }
                (Look::Water(water), false) => {
                    if let Ok(px) = Price::new(water) {
                        self.commit_protect(now, ProtectRecord::Water { id, px }, out);
                    }
                }
                (Look::Fired(cause), false) => self.trigger(now, id, cause, px, out),
                (Look::Nothing, false) => {}
            }
        }
    }

    /// A level was reached: from here on the position is being closed.
    fn trigger(&mut self, now: Now, id: PlanId, cause: Cause, px: Price, out: &mut Effects) {
        let name = Plan::name(id);
        if self.journal_failed.is_some() {
            let text = format!("{name}: {} reached, but the journal can not be written", cause.name());
            return self.plan_alert(now, "critical", "PROTECT_FAILED", &text, id, out);
        }
        let (epoch, counter) = (self.state.epoch, self.state.counter + 1);
        if counter.saturating_add(crate::plan::Ids::COUNTERS) > ClientId::COUNTER_MAX {
            let text = format!("{name}: order ids of this epoch are spent; restart");
            return self.plan_alert(now, "critical", "PROTECT_FAILED", &text, id, out);
        }
        self.commit_protect(now, ProtectRecord::Trigger { id, cause, px, epoch, counter }, out);
        self.post_guard(id);
        let text = format!("{name}: {} reached", cause.name());
        self.plan_alert(now, "warning", "PROTECT_TRIGGERED", &text, id, out);
        self.cancel_entry(now, id, out);
        self.drive_protection(now, id, out);
        self.tell_protection(id, out);
    }

    /// Nothing more is to be opened that would have to be closed at once.
    fn cancel_entry(&mut self, now: Now, id: PlanId, out: &mut Effects) {
        let entry = self.state.protections.get(id).and_then(|p| p.terms.entry);
        let order = entry.and_then(|id| self.state.orders.get(&id));
        if let Some(id) = order.filter(|order| !order.state.is_terminal()).map(crate::order::Order::id) {
            self.cancel(now, id, out);
        }
    }

    /// The first price seen lies beyond a level: that was a mistake, not a move of the market.
    fn refuse_levels(&mut self, now: Now, id: PlanId, cause: Cause, out: &mut Effects) {
        let why = format!("{} is on the wrong side of the price", cause.name());
        let text = format!("{}: {why}", Plan::name(id));
        self.plan_alert(now, "critical", "PROTECT_REFUSED", &text, id, out);
        self.end_protection(now, id, ProtectionState::Cancelled, &why, out);
    }

    pub(super) fn commit_protect(&mut self, now: Now, record: ProtectRecord, out: &mut Effects) {
        self.commit(now, Body::Protect(Box::new(record)), out);
    }

    /// Where its stop stands now: as watched, else as recorded.
    pub(super) fn stop_of(&self, protection: &Protection) -> Option<i64> {
        let terms = &protection.terms;
        let known = self.guards.vigil(terms.instrument, terms.id).copied();
        let levels = terms.levels(self.instruments.at(terms.instrument).tick);
        known.unwrap_or_else(|| Vigil::new(&levels, protection.water.map(Price::get))).stop_now()
    }
}
