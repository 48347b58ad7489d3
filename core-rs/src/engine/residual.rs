//! What is left over: dust of plans and fills of orders without a plan, per account and instrument, and plans that had
//! to end with something unhedged. Looked at again and again, from state alone, until it is gone or a person is told.

use super::Effects;
use super::apply::amount_text;
use super::execute::denied;
use super::record::{Body, PlanTurn};
use super::reducer::Engine;
use crate::order::{Order, OrderKind, OrderOrigin, PlaceOrder, TimeInForce};
use crate::plan::{Decision, LegFacts, Plan, PlanFacts, PlanState, flatten, is_dust, next};
use crate::risk::{Intent, Purpose, gate};
use crate::units::{
    AccountId, ClientId, InstrumentId, MONEY_DECIMALS, Money, Now, Ns, PlanId, Price, Qty, Side, pow10,
};

const SECOND: Ns = 1_000_000_000;
/// Orders in a row for one residual that bring nothing, before it is left to a person.
const TRIES_MAX: u32 = 10;
/// How often a plan that was reported is taken up again.
pub(super) const RETRIES_MAX: u8 = 6;

/// The attempt in a client id that says: not an opening order.
const HEDGES: u8 = 1;

type Key = (AccountId, InstrumentId);

/// Orders sent for a residual as it stands; a change of it counts anew.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tries {
    amount: Money,
    count: u32,
    next: Ns,
}

impl Engine {
    /// One look at everything that is left over.
    pub(super) fn drive_residuals(&mut self, now: Now, out: &mut Effects) {
        if !self.is_booted() {
            return;
        }
        let left: Vec<(Key, Money)> = self.state.residuals.iter().map(|(key, left)| (*key, *left)).collect();
        self.residual_tries.retain(|key, _| self.state.residuals.contains_key(key));
        for (key, amount) in left {
            self.drive_residual(now, key, amount, out);
        }
        self.retry_reported(now, out);
    }

    fn drive_residual(&mut self, now: Now, key: Key, amount: Money, out: &mut Effects) {
        let tries = self.residual_tries.entry(key).or_default();
        if tries.amount != amount {
            *tries = Tries { amount, count: 0, next: now.mono };
        }
        let tries = *tries;
        if now.mono < tries.next || tries.count >= TRIES_MAX || self.is_account_blind(key.0) {
            return;
        }
        let facts = self.residual_facts(now, key, amount);
        let slippage = self.config.policy.slippage_bps;
        let Some((side, qty, bound)) = flatten(&facts, slippage, tries.count) else { return };
        let count = tries.count + 1;
        let next = now.mono + SECOND * (1 << count.min(6));
        self.residual_tries.insert(key, Tries { amount, count, next });
        let name = self.instruments.name(key.1).to_owned();
        let text = match self.take_off(now, key, side, qty, bound, out) {
            Ok(id) => format!("{name}: {} left over is traded away by {id}", amount_text(amount)),
            Err(why) => format!("{name}: {} left over can not be traded away: {why}", amount_text(amount)),
        };
        self.alert(now, "warning", "RESIDUAL_HEDGE", &text, out);
        if count == TRIES_MAX {
            let text = format!("{name}: {} left over stays; trade it by hand", amount_text(amount));
            self.alert(now, "critical", "RESIDUAL_STUCK", &text, out);
        }
    }

    pub(super) fn residual_facts(&self, now: Now, (account, id): Key, amount: Money) -> LegFacts {
        let orders = self.state.orders.iter_open().filter(|order| is_leftover(order, account, id));
        LegFacts {
            net: amount,
            traded: true,
            pending: self.pending(orders),
            ..self.market_facts(now, id, account)
        }
    }

    /// Sends the order; the reason when it did not leave.
    fn take_off(
        &mut self,
        now: Now,
        (account, id): Key,
        side: Side,
        amount: Money,
        bound: Money,
        out: &mut Effects,
    ) -> Result<ClientId, String> {
        let limits = self.limits_of(id, account, "").ok_or("its filters can not be checked")?;
        let px = self.on_tick(id, side, bound).ok_or("its price is out of range")?;
        let paid = self.affordable(account, id, side, amount, px);
        let amount = self.sizes(id, Some(&limits)).part(paid, bound).unwrap_or(amount);
        let i = self.instruments.at(id);
        let mantissa = amount.0 / pow10(MONEY_DECIMALS - i.qty_decimals);
        let qty = i64::try_from(mantissa).ok().and_then(|qty| Qty::new(qty).ok());
        let qty = qty.ok_or("its quantity is out of range")?;
        let client_id = self.residual_id().ok_or("order ids of this epoch are spent")?;
        let place = residual_order(client_id, id, side, px, qty);
        let intent = Intent { place, account, plan: None, leg: 0, purpose: Purpose::Hedge };
        let facts = self.facts(now, &intent, None, None, None);
        let approved = gate(intent, &facts, &limits).map_err(|denial| denied(&denial).message)?;
        if self.send_order(now, approved, out) { Ok(client_id) } else { Err("see the alerts".to_owned()) }
    }

    fn residual_id(&self) -> Option<ClientId> {
        let counter = self.state.counter + 1;
        ClientId::new(self.config.instance, self.state.epoch, counter, HEDGES).ok()
    }

    /// What an order may take off a residual on its side, less nothing: there is one at a time.
    pub(super) fn residual_room(&self, intent: &Intent) -> Option<Money> {
        if intent.plan.is_some() || intent.purpose != Purpose::Hedge {
            return None;
        }
        let left = self.state.residuals.get(&(intent.account, intent.place.instrument))?;
        Some(Money(-left.0 * i128::from(intent.place.side.sign())))
    }

    // -- plans

    /// The leg whose instrument takes over what no venue would trade; `None` when nothing is left, or it can be traded.
    pub(super) fn dust_leg(&self, now: Now, plan: &Plan) -> Option<u8> {
        let differ = plan.differ();
        let dust = |leg| is_dust(&self.leg_facts(now, plan, leg), differ);
        let books = differ.0 != 0 && dust(0) && dust(1);
        books.then(|| u8::from(plan.net(1).0.abs() > plan.net(0).0.abs()))
    }

    /// A plan that ended with something unhedged says so.
    pub(super) fn tell_residual(&mut self, now: Now, id: PlanId, out: &mut Effects) {
        let Some(plan) = self.state.plans.get(&id).filter(|plan| plan.state == PlanState::Reported) else {
            return;
        };
        let (residual, name) = (amount_text(plan.residual), Plan::name(id));
        let (code, then) = match (plan.differ().0, self.may_retry(now, plan)) {
            (0, _) => ("RESIDUAL", "too little to be traded; booked as dust"),
            (_, true) => ("RESIDUAL", "it is taken up again when it can be traded"),
            (_, false) => ("RESIDUAL_STUCK", "unwind it by hand"),
        };
        let text = format!("{name} ended with {residual} of base unhedged; {then}");
        self.plan_alert(now, "critical", code, &text, id, out);
    }

    /// There is something to trade, and it was not tried too often.
    fn may_retry(&self, now: Now, plan: &Plan) -> bool {
        let differ = plan.differ();
        let leg = |leg| {
            plan.attempts(leg) < ClientId::ATTEMPT_MAX && !is_dust(&self.leg_facts(now, plan, leg), differ)
        };
        plan.state == PlanState::Reported && plan.retries < RETRIES_MAX && (leg(0) || leg(1))
    }

    /// Plans that were reported go on as soon as what kept them from trading has gone.
    fn retry_reported(&mut self, now: Now, out: &mut Effects) {
        let due = |id: &&PlanId| self.state.plans.get(id).is_some_and(|plan| self.can_go_on(now, plan));
        let ids: Vec<PlanId> = self.state.reported.iter().filter(due).copied().collect();
        for id in ids {
            let text = format!("{}: what it left unhedged can be traded again", Plan::name(id));
            self.plan_alert(now, "warning", "RESIDUAL_RETRIED", &text, id, out);
            self.commit(now, Body::Turn { id, turn: PlanTurn::Retried, text }, out);
            self.drive(now, id, out);
        }
    }

    fn can_go_on(&self, now: Now, plan: &Plan) -> bool {
        let pause = SECOND * (1 << plan.retries.min(10));
        let rested = plan.ended.is_none_or(|ended| now.wall >= ended + pause);
        let idle = !self.state.active().any(|other| other.terms.pair == plan.terms.pair);
        if !rested || !idle || self.is_blind(plan) || !self.may_retry(now, plan) {
            return false;
        }
        let facts = PlanFacts { since: now.wall, changed: 0, ..self.plan_facts(now, plan) };
        matches!(next(&facts, &self.plan_policy()), Decision::Order { .. })
    }

    // -- inspection

    /// Signed base quantities left over, by account and instrument.
    pub fn residuals(&self) -> impl Iterator<Item = (AccountId, InstrumentId, Money)> + '_ {
        self.state.residuals.iter().map(|((account, id), left)| (*account, *id, *left))
    }

    /// Something left over is still going to be traded away.
    pub fn is_taking_off(&self, now: Now) -> bool {
        let open = |(key, left): (&Key, &Money)| {
            let spent = self.residual_tries.get(key).is_some_and(|tries| tries.count >= TRIES_MAX);
            !spent && !is_dust(&self.residual_facts(now, *key, *left), *left)
        };
        let plans = self.state.reported.iter().filter_map(|id| self.state.plans.get(id));
        self.state.residuals.iter().any(open) || plans.into_iter().any(|plan| self.may_retry(now, plan))
    }
}

fn is_leftover(order: &Order, account: AccountId, id: InstrumentId) -> bool {
    order.terms.plan.is_none()
        && order.terms.origin != OrderOrigin::Intent
        && (order.terms.account, order.terms.place.instrument) == (account, id)
}

const fn residual_order(
    client_id: ClientId,
    instrument: InstrumentId,
    side: Side,
    px: Price,
    qty: Qty,
) -> PlaceOrder {
    PlaceOrder {
        client_id,
        instrument,
        side,
        kind: OrderKind::Limit,
        tif: TimeInForce::Ioc,
        px: Some(px),
        qty,
        reduce_only: false,
    }
}
