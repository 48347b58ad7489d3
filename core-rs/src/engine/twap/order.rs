//! Orders of TWAPs: ids from the plan's reserved counters, through the gate, strictly behind their records.

use super::TwapRecord;
use crate::engine::Effects;
use crate::engine::error::Refusal;
use crate::engine::execute::{denied, sends_last};
use crate::engine::facts::slot;
use crate::engine::record::Body;
use crate::engine::reducer::Engine;
use crate::order::{Order, OrderKind, PlaceOrder, TimeInForce};
use crate::plan::{Plan, Twap, TwapReason};
use crate::risk::{Approved, Exposure, Intent, Purpose, gate};
use crate::units::{
    AccountId, ClientId, InstrumentId, MONEY_DECIMALS, Money, Now, PlanId, Price, Qty, Side, pow10,
};

/// One order a TWAP wants.
#[derive(Clone, Copy)]
struct Want {
    leg: usize,
    slot: u32,
    /// The slot's first.
    fresh: bool,
    side: Side,
    qty: Money,
    bound: Money,
    purpose: Purpose,
}

impl Engine {
    /// Every leg's order passes the gate before any of them is sent.
    pub(super) fn open_slice(
        &mut self,
        now: Now,
        id: PlanId,
        slot: u32,
        qty: [Money; 2],
        bounds: [Money; 2],
        out: &mut Effects,
    ) -> bool {
        let orders: Vec<(AccountId, InstrumentId)> = match self.state.twaps.get(id) {
            Some(twap) => twap.terms.legs.iter().map(|leg| (leg.account, leg.instrument)).collect(),
            None => return false,
        };
        let worth = qty.into_iter().zip(bounds).filter_map(|(qty, px)| crate::calc::product(px, qty).ok());
        let notional = Money(worth.map(|worth| worth.0).sum());
        if let Err(refusal) = self.guard_open(now, None, &orders, notional, out) {
            self.told_refusal(now, id, slot, &refusal, out);
            return false;
        }
        let Some(twap) = self.state.twaps.get(id) else { return false };
        let fresh = twap.slot != Some(slot);
        let mut approved: Vec<Approved<Intent>> = Vec::new();
        for (leg, terms) in twap.terms.legs.iter().enumerate() {
            let (side, purpose) = (terms.side, Purpose::Open);
            let want = Want { leg, slot, fresh, side, qty: qty[leg], bound: bounds[leg], purpose };
            match self.approve_twap(now, twap, &want, approved.first().map(Approved::get)) {
                Ok(order) => approved.push(order),
                Err(refusal) => {
                    self.told_refusal(now, id, slot, &refusal, out);
                    return false;
                }
            }
        }
        if fresh {
            let px = [0, 1].map(|leg: usize| approved.get(leg).and_then(|order| order.get().place.px));
            let bench = self.take_bench(id);
            self.commit(now, Body::Twap(Box::new(TwapRecord::Slice { id, slot, qty, px, bench })), out);
        }
        // All intents stand in the journal before the first send.
        let mark = out.list.len();
        let mut sent = true;
        for order in approved {
            sent &= self.send_order(now, order, out);
        }
        sends_last(&mut out.list[mark..]);
        sent
    }

    #[allow(clippy::too_many_arguments)] // the decision's own fields
    pub(super) fn hedge_twap(
        &mut self,
        now: Now,
        id: PlanId,
        leg: usize,
        side: Side,
        qty: Money,
        bound: Money,
        reason: TwapReason,
        out: &mut Effects,
    ) -> bool {
        let Some(twap) = self.state.twaps.get(id) else { return false };
        let Some(slot) = twap.slot else { return false };
        let want = Want { leg, slot, fresh: false, side, qty, bound, purpose: Purpose::Hedge };
        match self.approve_twap(now, twap, &want, None) {
            Ok(order) => {
                let word = match reason {
                    TwapReason::CatchUp => "LEG_CATCH_UP",
                    TwapReason::Unwind => "LEG_UNWIND",
                };
                let text = format!("{}: leg{} {}", Plan::name(id), leg + 1, side.name());
                self.plan_alert(now, "warning", word, &text, id, out);
                self.send_order(now, order, out)
            }
            Err(refusal) => {
                self.told_refusal(now, id, slot, &refusal, out);
                false
            }
        }
    }

    fn approve_twap(
        &self,
        now: Now,
        twap: &Twap,
        want: &Want,
        before: Option<&Intent>,
    ) -> Result<Approved<Intent>, Refusal> {
        let terms = &twap.terms.legs[want.leg];
        let i = self.instruments.at(terms.instrument);
        let px: Option<Price> = self.on_tick(terms.instrument, want.side, want.bound);
        let mantissa = want.qty.0 / pow10(MONEY_DECIMALS - i.qty_decimals);
        let place = PlaceOrder {
            client_id: self.twap_order_id(twap, want)?,
            instrument: terms.instrument,
            side: want.side,
            kind: OrderKind::Limit,
            tif: TimeInForce::Ioc,
            px: Some(px.ok_or(crate::units::UnitError::OutOfRange)?),
            qty: Qty::new(i64::try_from(mantissa).map_err(|_| crate::units::UnitError::Overflow)?)?,
            reduce_only: false,
        };
        let intent = Intent {
            place,
            account: terms.account,
            plan: Some(twap.terms.id),
            leg: want.leg as u8,
            purpose: want.purpose,
        };
        let other = twap.terms.legs.get(1 - want.leg).map(|leg| leg.instrument);
        let limits = self
            .limits_of(terms.instrument, terms.account, "")
            .ok_or_else(|| Refusal::not_found("limits of", i.symbol.as_str()))?;
        gate(intent, &self.facts(now, &intent, None, other, before), &limits)
            .map_err(|denial| denied(&denial))
    }

    /// What a hedge may trade on its side to bring the legs together, or back to the total.
    pub(in crate::engine) fn twap_room(&self, intent: &Intent) -> Option<Money> {
        let twap = self.state.twaps.get(intent.plan?).filter(|twap| !twap.is_over())?;
        if intent.purpose != Purpose::Hedge {
            return None;
        }
        let leg = usize::from(intent.leg).min(twap.terms.legs.len() - 1);
        let ahead = match twap.terms.legs.len() {
            1 => twap.net(0).0 - twap.terms.total.0,
            _ => twap.net(leg).0 - twap.net(1 - leg).0,
        };
        let own = intent.place.side == twap.terms.legs[leg].side;
        Some(Money(if own { -ahead } else { ahead }))
    }

    /// What bringing the legs of TWAPs level may still order, on the leg behind or back on the one ahead: a slice was let
    /// in with both its legs.
    pub(in crate::engine) fn add_twap_shares(&self, all: &mut Vec<(InstrumentId, Exposure)>) {
        for twap in self.state.twaps.active().filter(|twap| twap.terms.legs.len() == 2) {
            let in_flight = |leg: usize, side: Side| -> i128 {
                let of = |order: &&Order| {
                    order.terms.plan == Some(twap.terms.id)
                        && usize::from(order.terms.leg) == leg
                        && order.terms.place.side == side
                };
                let open = self.state.orders.iter_open().filter(of);
                open.map(|order| Money::of_qty(order.possible_qty(), order.terms.qty_decimals).0).sum()
            };
            for (leg, terms) in twap.terms.legs.iter().enumerate() {
                let other = &twap.terms.legs[1 - leg];
                let done = twap.net(leg).0;
                let ahead = twap.net(1 - leg).0 + in_flight(1 - leg, other.side);
                let onwards = ahead - done - in_flight(leg, terms.side);
                let back = done - in_flight(leg, terms.side.opposite()) - twap.net(1 - leg).0;
                for (side, share) in [(terms.side, onwards), (terms.side.opposite(), back)] {
                    let _counted = slot(all, terms.instrument).add(side, Money(share.max(0)));
                }
            }
        }
    }

    /// The first attempt of the slot that no known order has.
    fn twap_order_id(&self, twap: &Twap, want: &Want) -> Result<ClientId, Refusal> {
        let mut attempt = if want.fresh { 0 } else { twap.slot_orders[want.leg] };
        loop {
            let id = twap.terms.client_id(self.config.instance, want.slot, want.leg, attempt)?;
            if self.state.orders.get(&id).is_none() {
                return Ok(id);
            }
            attempt += 1;
        }
    }

    /// The newest slot's orders of a leg that are still known.
    pub(super) fn slot_orders<'a>(
        &'a self,
        twap: &'a Twap,
        leg: usize,
    ) -> impl Iterator<Item = &'a Order> + 'a {
        let id = move |attempt| twap.terms.client_id(self.config.instance, twap.slot?, leg, attempt).ok();
        (0..twap.slot_orders[leg]).filter_map(move |attempt| self.state.orders.get(&id(attempt)?))
    }

    /// Once per slot.
    fn told_refusal(&mut self, now: Now, id: PlanId, slot: u32, refusal: &Refusal, out: &mut Effects) {
        let watch = self.twap_watch.entry(id).or_default();
        if watch.refused.replace(slot) != Some(slot) {
            let text = format!("{}: {}", Plan::name(id), refusal.message);
            self.plan_alert(now, "warning", "TWAP_REFUSED", &text, id, out);
        }
    }
}
