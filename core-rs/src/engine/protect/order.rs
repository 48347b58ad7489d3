//! Orders of protections: ids from the reserved counters, through the gate, only ever shrinking.

use super::{CLOSES, ProtectRecord};
use crate::engine::Effects;
use crate::engine::error::{Code, Refusal};
use crate::engine::execute::denied;
use crate::engine::reducer::Engine;
use crate::order::{OrderKind, PlaceOrder, TimeInForce};
use crate::plan::{Ids, Plan, Protection};
use crate::risk::{Approved, Intent, Purpose, gate};
use crate::units::{ClientId, MONEY_DECIMALS, Money, Now, Ns, PlanId, Product, Qty, Side, UnitError, pow10};

/// Refusals of one protection's orders are told at most this often.
const REFUSED_EVERY: Ns = 10_000_000_000;

impl Engine {
    /// One bounded order that takes what is there at once; false when it could not be sent.
    pub(super) fn close_protected(
        &mut self,
        now: Now,
        id: PlanId,
        side: Side,
        qty: Money,
        bound: Money,
        out: &mut Effects,
    ) -> bool {
        let approved = match self.approve_closing(now, id, side, qty, bound, out) {
            Ok(approved) => approved,
            Err(refusal) => {
                self.told_closing_refused(now, id, &refusal, out);
                return false;
            }
        };
        let sent = self.send_order(now, approved, out);
        self.tell_protection(id, out);
        sent
    }

    fn approve_closing(
        &mut self,
        now: Now,
        id: PlanId,
        side: Side,
        qty: Money,
        bound: Money,
        out: &mut Effects,
    ) -> Result<Approved<Intent>, Refusal> {
        let client_id = self.closing_id(now, id, out)?;
        let terms = self.protection(id)?.terms;
        let i = self.instruments.at(terms.instrument);
        let px = self.on_tick(terms.instrument, side, bound).ok_or(UnitError::OutOfRange)?;
        let mantissa = i64::try_from(qty.0 / pow10(MONEY_DECIMALS - i.qty_decimals));
        let place = PlaceOrder {
            client_id,
            instrument: terms.instrument,
            side,
            kind: OrderKind::Limit,
            tif: TimeInForce::Ioc,
            px: Some(px),
            qty: Qty::new(mantissa.map_err(|_| UnitError::Overflow)?)?,
            // The venue itself then refuses to pass through flat.
            reduce_only: i.product == Product::Linear,
        };
        let intent =
            Intent { place, account: terms.account, plan: Some(id), leg: CLOSES, purpose: Purpose::Hedge };
        if self.protect_room(&intent).is_none_or(|room| qty > room) {
            return Err(Refusal::new(Code::Conflict, "the position has no room for the order any more"));
        }
        let limits = self
            .limits_of(terms.instrument, terms.account, "")
            .ok_or_else(|| Refusal::not_found("limits of", i.symbol.as_str()))?;
        gate(intent, &self.facts(now, &intent, None, None, None), &limits).map_err(|denial| denied(&denial))
    }

    /// What an order of a protection may trade on its side without opening anything.
    pub(in crate::engine) fn protect_room(&self, intent: &Intent) -> Option<Money> {
        let protection = self.state.protections.get(intent.plan?).filter(|p| !p.is_over())?;
        if intent.purpose != Purpose::Hedge {
            return None;
        }
        let (terms, side) = (&protection.terms, intent.place.side);
        if side != terms.side {
            return Some(self.overshot(protection));
        }
        let own = Some(intent.place.client_id);
        let room = self.closing_room(terms.account, terms.instrument, side, own);
        Some(protection.reach().map_or(room, |reach| room.min(reach)))
    }

    /// A protection's order that waited for the disk: others may have closed the position meanwhile.
    pub(in crate::engine) fn outgrown(&self, intent: &Intent) -> Option<&'static str> {
        let protects = intent.plan.is_some_and(PlanId::is_protection) && intent.purpose == Purpose::Hedge;
        let decimals = self.instruments.at(intent.place.instrument).qty_decimals;
        let qty = Money::of_qty(intent.place.qty, decimals);
        let fits = !protects || self.protect_room(intent).is_some_and(|room| qty <= room);
        (!fits).then_some("the position has no room for the order any more")
    }

    /// The first reserved id that no known order has; ids of an earlier process are not touched.
    fn closing_id(&mut self, now: Now, id: PlanId, out: &mut Effects) -> Result<ClientId, Refusal> {
        let epoch = self.state.epoch;
        let usable = |ids: &Ids| ids.epoch == epoch && !ids.is_spent();
        if self.protection(id)?.ids.as_ref().is_none_or(|ids| !usable(ids)) {
            let counter = self.state.counter + 1;
            if counter.saturating_add(Ids::COUNTERS) > ClientId::COUNTER_MAX {
                return Err(Refusal::new(Code::Internal, "order ids of this epoch are spent; restart"));
            }
            self.commit_protect(now, ProtectRecord::Ids { id, epoch, counter }, out);
        }
        let ids = self.protection(id)?.ids.filter(usable).ok_or(UnitError::Overflow)?;
        let free = (ids.used..).map_while(|number| ids.id(self.config.instance, number).ok());
        let mut free = free.filter(|id| self.state.orders.get(id).is_none());
        Ok(free.next().ok_or(UnitError::Overflow)?)
    }

    fn protection(&self, id: PlanId) -> Result<&Protection, Refusal> {
        self.state.protections.get(id).ok_or_else(|| Refusal::not_found("protection", &Plan::name(id)))
    }

    fn told_closing_refused(&mut self, now: Now, id: PlanId, refusal: &Refusal, out: &mut Effects) {
        let told = self.protect_told.entry(id).or_default();
        if told.refused.is_none_or(|at| now.mono - at >= REFUSED_EVERY) {
            told.refused = Some(now.mono);
            let text = format!("{}: {}", Plan::name(id), refusal.message);
            self.plan_alert(now, "critical", "PROTECT_REFUSED", &text, id, out);
        }
    }
}
