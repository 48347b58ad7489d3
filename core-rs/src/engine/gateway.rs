//! The gateway: the last look before the socket. Judges an approved order anew by the latch, from plans and positions
//! and not from what the gate was told, so that no fault above it can let an opening order out while it is shut.

use super::Mutant;
use super::reducer::Engine;
use crate::order::{PlaceOrder, State};
use crate::plan::Plan;
use crate::risk::{Intent, LatchMode, Purpose};
use crate::units::{Money, PlanId, Side};

impl Engine {
    /// The latch in force for everything: an open loss breaker lets through no more than REDUCE_ONLY does.
    pub(super) fn latch_now(&self) -> LatchMode {
        if self.has(Mutant::LatchUnchecked) {
            return LatchMode::Open;
        }
        let losses = if self.state.losses.is_open() { LatchMode::ReduceOnly } else { LatchMode::Open };
        self.state.latch.mode.max(losses)
    }

    /// Nothing is opened, for whatever reason.
    pub(super) fn is_shut(&self) -> bool {
        self.journal_failed.is_some() || self.latch_now() != LatchMode::Open
    }

    /// Why an order may not leave; `None` lets it.
    pub(super) fn held_back(&self, intent: &Intent) -> Option<&'static str> {
        if self.journal_failed.is_some() {
            return Some("the journal can not be written");
        }
        match self.latch_now() {
            LatchMode::Open => None,
            LatchMode::Halt => Some("the latch is at HALT"),
            LatchMode::ReduceOnly if intent.place.px.is_none() => {
                Some("REDUCE_ONLY lets no order without a price bound out")
            }
            LatchMode::ReduceOnly if self.shrinks(intent) => None,
            LatchMode::ReduceOnly => Some("REDUCE_ONLY lets nothing out that adds exposure"),
        }
    }

    /// The order is no larger than what it takes off an open plan's residual, or off a position.
    pub(super) fn shrinks(&self, intent: &Intent) -> bool {
        let decimals = self.instruments.at(intent.place.instrument).qty_decimals;
        let qty = Money::of_qty(intent.place.qty, decimals);
        let room = self.plan_room(intent).or_else(|| self.residual_room(intent));
        room.is_some_and(|room| qty <= room) || qty <= self.position_room(intent)
    }

    pub(super) fn position_room(&self, intent: &Intent) -> Money {
        let place = &intent.place;
        let all = self.exposures();
        let of = all.iter().find(|(id, _)| *id == place.instrument).map(|(_, exposure)| *exposure);
        let mut exposure = of.unwrap_or_default();
        // One that waited for the disk counts already; it does not stand in its own way.
        if let Some(order) = self.state.orders.get(&place.client_id) {
            let own = Money::of_qty(order.possible_qty(), order.terms.qty_decimals);
            let _counted = exposure.add(place.side, own.negated());
        }
        exposure.shrinkable(place.side).unwrap_or_default()
    }

    /// What may still be traded on the intent's side to bring its plan to zero, less what is under way for that.
    fn plan_room(&self, intent: &Intent) -> Option<Money> {
        if intent.plan.is_some_and(PlanId::is_twap) {
            return self.twap_room(intent);
        }
        if intent.plan.is_some_and(PlanId::is_protection) {
            return self.protect_room(intent);
        }
        let plan = self.state.plans.get(&intent.plan?).filter(|plan| !plan.state.is_end())?;
        if intent.purpose != Purpose::Hedge {
            return None;
        }
        let towards = |net: Money| match intent.place.side {
            Side::Sell => net,
            Side::Buy => net.negated(),
        };
        let residual = towards(plan.differ());
        let leg = usize::from(intent.leg.min(1));
        let room = if plan.unwinding { residual.max(towards(plan.net(leg))) } else { residual };
        Some(Money(room.0 - self.plan_under_way(plan, &intent.place).0))
    }

    fn plan_under_way(&self, plan: &Plan, but: &PlaceOrder) -> Money {
        let ids = plan.sums.iter().flat_map(|sum| &sum.orders);
        let orders = ids.filter_map(|id| self.state.orders.get(id));
        let possible = orders
            .filter(|order| order.terms.place.side == but.side && order.state != State::Unknown)
            .filter(|order| order.id() != but.client_id)
            .map(|order| Money::of_qty(order.possible_qty(), order.terms.qty_decimals).0);
        Money(possible.sum())
    }
}
