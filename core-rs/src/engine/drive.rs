//! Drives plans: after every change of what a plan depends on, what is to be done is decided from state anew.

use super::Effects;
use super::Mutant;
use super::apply::amount_text;
use super::execute::denied;
use super::record::{Body, PlanTurn};
use super::reducer::Engine;
use super::timers::Timer;
use crate::market::{BookState, Level};
use crate::order::{Order, State};
use crate::plan::{
    Decision, LegFacts, OrderSizes, Pending, Plan, PlanFacts, PlanState, Policy, Reason, next, residual,
};
use crate::risk::{Intent, LatchMode, Limits, Purpose, gate};
use crate::units::{
    AccountId, ClientId, InstrumentId, MONEY_DECIMALS, Money, Now, Ns, PlanId, Price, Side, pow10,
};

/// Pause between attempts of a plan, growing with each.
const PAUSE: Ns = 50_000_000;
/// Before a hedge that was refused is tried again.
const REFUSED_AGAIN: Ns = 250_000_000;

impl Engine {
    /// One look at a plan; everything that can be done now is done.
    pub(super) fn drive(&mut self, now: Now, id: PlanId, out: &mut Effects) {
        if id.is_twap() {
            return self.drive_twap(now, id, out);
        }
        if id.is_protection() {
            return self.drive_protection(now, id, out);
        }
        let Some(plan) = self.state.plans.get(&id) else { return };
        if plan.state.is_end() || !self.started || self.is_blind(plan) {
            return;
        }
        let facts = self.plan_facts(now, plan);
        match next(&facts, &self.plan_policy()) {
            Decision::Wait { until } => self.wait(now, id, until, &facts, out),
            Decision::Hold { until } => {
                self.timers.set(Timer::Plan(id), now.mono + (until - now.wall).max(0));
                let text = format!(
                    "{}: {} of base stay unhedged: a venue is too slow to tell what became of an order",
                    Plan::name(id),
                    amount_text(Money(residual(&facts.legs).0.abs()))
                );
                self.plan_alert(now, "critical", "HEDGE_HELD", &text, id, out);
            }
            Decision::Order { leg, side, qty, bound, reason } => {
                if !self.hedge(now, id, leg, side, qty, bound, reason, out) {
                    self.timers.set(Timer::Plan(id), now.mono + REFUSED_AGAIN);
                }
            }
            Decision::End(state) => self.end_plan(now, id, state, out),
        }
    }

    pub(super) fn drive_all(&mut self, now: Now, out: &mut Effects) {
        if self.has(Mutant::EdgeTriggered) {
            return;
        }
        let active: Vec<PlanId> = self.state.active().map(|plan| plan.terms.id).collect();
        for id in active {
            self.drive(now, id, out);
        }
        self.drive_twaps(now, None, out);
        self.drive_protections(now, None, out);
        self.drive_residuals(now, out);
    }

    /// A book is there again: plans that wait for its price go on.
    pub(super) fn drive_waiting(&mut self, now: Now, instrument: InstrumentId, out: &mut Effects) {
        let waits = |plan: &&Plan| plan.terms.legs.iter().any(|leg| leg.instrument == instrument);
        let ids: Vec<PlanId> = self.state.active().filter(waits).map(|plan| plan.terms.id).collect();
        for id in ids {
            self.drive(now, id, out);
        }
        self.drive_twaps(now, Some(instrument), out);
        self.drive_protections(now, Some(instrument), out);
    }

    pub(super) const fn plan_policy(&self) -> Policy {
        let policy = &self.config.policy;
        Policy {
            complete_within_bps: policy.complete_within_bps,
            completions_max: policy.attempts_max,
            deadline: policy.deadline,
            slippage_bps: policy.slippage_bps,
            pause: PAUSE,
            naked_max: policy.naked_max,
            naked_notional_max: policy.naked_notional_max,
        }
    }

    pub(super) fn plan_facts(&self, now: Now, plan: &Plan) -> PlanFacts {
        // A fate that stayed open long must not leave the hedge without time: the deadline runs from its end.
        let known = |id: &ClientId| self.state.orders.get(id);
        let opening = plan.sums.iter().filter_map(|sum| sum.orders.first()).filter_map(known);
        let lost =
            plan.sums.iter().flat_map(|sum| &sum.orders).filter_map(known).filter(|o| o.state == State::Dead);
        let since =
            opening.chain(lost).map(|order| order.updated_ns).max().unwrap_or(plan.since).max(plan.since);
        let orders = plan.sums.iter().flat_map(|sum| &sum.orders).filter_map(|id| self.state.orders.get(id));
        PlanFacts {
            now: now.wall,
            since,
            changed: orders.map(|order| order.updated_ns).max().unwrap_or(plan.created),
            naked_since: plan.naked.since,
            unwinding: plan.unwinding,
            first: self.first_back(plan),
            attempts_max: ClientId::ATTEMPT_MAX,
            legs: [self.leg_facts(now, plan, 0), self.leg_facts(now, plan, 1)],
        }
    }

    pub(super) fn leg_facts(&self, now: Now, plan: &Plan, leg: usize) -> LegFacts {
        let (terms, sum) = (&plan.terms.legs[leg], &plan.sums[leg]);
        let i = self.instruments.at(terms.instrument);
        LegFacts {
            side: terms.side,
            px: Money::of_px(terms.px, i.px_decimals),
            net: plan.net(leg),
            traded: sum.bought.0 != 0 || sum.sold.0 != 0,
            pending: self.pending(sum.orders.iter().filter_map(|id| self.state.orders.get(id))),
            attempts: plan.attempts(leg),
            ..self.market_facts(now, terms.instrument, terms.account)
        }
    }

    /// A leg of which nothing is known but where it would trade.
    pub(super) fn market_facts(&self, now: Now, id: InstrumentId, account: AccountId) -> LegFacts {
        let i = self.instruments.at(id);
        let synced = self.book_state(id, now.mono) == BookState::Synced;
        let top = if synced { self.books[id.0 as usize].top() } else { crate::market::Top::default() };
        let px = |level: Level| Money(i128::from(level.px) * pow10(MONEY_DECIMALS - i.px_decimals));
        let amount = |mantissa: i64| Money(i128::from(mantissa) * pow10(MONEY_DECIMALS - i.qty_decimals));
        LegFacts {
            side: Side::Buy,
            px: self.mark(id).unwrap_or_default(),
            net: Money::ZERO,
            traded: false,
            pending: Pending::default(),
            slow: self.is_slow(now, account),
            attempts: 0,
            lot: amount(i.lot),
            qty_min: amount(i.qty_min.get()),
            notional_min: i.notional_min,
            bid: top.bid.map(px),
            ask: top.ask.map(px),
            open: self.state.latch.mode != LatchMode::Halt && self.may_trade(now, id, account).is_ok(),
        }
    }

    /// What one order may be; above the owner's greatest more than one is sent.
    pub(super) fn sizes(&self, id: InstrumentId, limits: Option<&Limits>) -> OrderSizes {
        let i = self.instruments.at(id);
        let amount = |mantissa: i64| Money(i128::from(mantissa) * pow10(MONEY_DECIMALS - i.qty_decimals));
        OrderSizes {
            lot: amount(i.lot),
            qty_min: amount(i.qty_min.get()),
            qty_max: amount(i.qty_max.get()),
            notional_min: i.notional_min,
            notional_max: limits.and_then(Limits::order_notional_max),
            tick: Money(i128::from(i.tick) * pow10(MONEY_DECIMALS - i.px_decimals)),
        }
    }

    pub(super) fn pending<'a>(&self, orders: impl Iterator<Item = &'a Order>) -> Pending {
        let open = orders.filter(|order| !order.is_settled() && !self.lets_go(order));
        open.fold(Pending::default(), |found, order| Pending {
            buys: found.buys || order.terms.place.side == Side::Buy,
            sells: found.sells || order.terms.place.side == Side::Sell,
            expected: found.expected || order.state != State::Unknown,
        })
    }

    fn wait(&mut self, now: Now, id: PlanId, until: Ns, facts: &PlanFacts, out: &mut Effects) {
        if until > now.wall {
            self.timers.set(Timer::Plan(id), now.mono + (until - now.wall));
            return;
        }
        // Past the deadline with an order of unknown fate: nothing is hedged twice, a person is told.
        self.timers.set(Timer::Plan(id), now.mono + self.config.policy.deadline);
        let text = format!("{}: an order's fate is open past the deadline", Plan::name(id));
        self.plan_alert(now, "critical", "PLAN_OVERDUE", &text, id, out);
        let _ = facts;
    }

    /// One more bounded order of a plan; false when it could not be sent.
    #[allow(clippy::too_many_arguments)] // the decision's own fields
    fn hedge(
        &mut self,
        now: Now,
        id: PlanId,
        leg: usize,
        side: Side,
        qty: Money,
        bound: Money,
        reason: Reason,
        out: &mut Effects,
    ) -> bool {
        let Some(plan) = self.state.plans.get(&id) else { return false };
        let terms = plan.terms.legs[leg];
        let side = if self.has(Mutant::HedgeWrongSide) { side.opposite() } else { side };
        let qty = if self.has(Mutant::HedgeWholeQuantity) { plan.terms.qty } else { qty };
        let Some(px) = self.on_tick(terms.instrument, side, bound) else { return false };
        // A plan may outlive its pair.
        let pair = self.state.pairs.get(&plan.terms.pair);
        let lane = pair.and_then(|pair| self.lanes.get(pair.ix.0 as usize));
        let limits = lane.and_then(|lane| lane.limits).map(|limits| limits[leg]);
        let own = || self.limits_of(terms.instrument, terms.account, plan.terms.pair.as_str());
        let Some(limits) = limits.or_else(own) else { return false };
        let paid = self.affordable(terms.account, terms.instrument, side, qty, px);
        let qty = self.sizes(terms.instrument, Some(&limits)).part(paid, bound).unwrap_or(qty);
        let Ok(place) = self.place(plan, leg, side, px, qty, plan.next_attempt(leg)) else { return false };
        let intent =
            Intent { place, account: terms.account, plan: Some(id), leg: leg as u8, purpose: Purpose::Hedge };
        let other = plan.terms.legs[1 - leg].instrument;
        let facts = self.facts(now, &intent, pair, Some(other), None);
        let orders = plan.sums.iter().flat_map(|sum| &sum.orders).filter_map(|id| self.state.orders.get(id));
        let around = !plan.hedged_around && self.pending(orders) != Pending::default();
        let turn = if around { PlanTurn::HedgingAround } else { PlanTurn::Hedging };
        let turns = around || plan.state != PlanState::Hedging;
        match gate(intent, &facts, &limits) {
            Ok(approved) => {
                if turns {
                    let text = format!("{} {} on leg{}", word(reason), amount_text(qty), leg + 1);
                    self.commit(now, Body::Turn { id, turn, text }, out);
                }
                let sent = self.send_order(now, approved, out);
                self.plan_event(now, id, out);
                sent
            }
            Err(denial) => {
                let text = format!("{}: hedge refused: {}", Plan::name(id), denied(&denial).message);
                self.plan_alert(now, "critical", "HEDGE_REFUSED", &text, id, out);
                // Money paid in since the last round is in no figure of ours until the account is asked.
                if denial.check == "BALANCE" {
                    let naked = self.state.plans.get(&id).and_then(|plan| plan.naked.since);
                    self.whole_round(now, terms.account, naked.map_or(0, |since| (now.wall - since) / 2));
                }
                false
            }
        }
    }

    /// The price on the instrument's tick that is not beyond the bound.
    pub(super) fn on_tick(&self, id: InstrumentId, side: Side, bound: Money) -> Option<Price> {
        let i = self.instruments.at(id);
        let unit = pow10(MONEY_DECIMALS - i.px_decimals) * i128::from(i.tick);
        let ticks = match side {
            Side::Buy => bound.0.div_euclid(unit),
            Side::Sell => -(-bound.0).div_euclid(unit),
        };
        Price::new(i64::try_from(ticks).ok()?.checked_mul(i.tick)?).ok()
    }

    fn end_plan(&mut self, now: Now, id: PlanId, state: PlanState, out: &mut Effects) {
        let Some(plan) = self.state.plans.get(&id) else { return };
        let (pnl, pair, dust) = (plan.profit(), plan.terms.pair, self.dust_leg(now, plan));
        let residual = Money((plan.sums[0].net().0 + plan.sums[1].net().0).abs());
        self.commit(now, Body::PlanEnd { id, state, residual, pnl: Some(pnl), dust }, out);
        self.timers.clear(Timer::Plan(id));
        self.tell_residual(now, id, out);
        self.plan_event(now, id, out);
        let Some(ix) = self.state.pairs.get(&pair).map(|pair| pair.ix) else { return };
        let failed = self.plan_failed(id, state);
        let mut cooldown = now.mono + self.config.policy.cooldown;
        let mut failures = 0;
        if let Some(lane) = self.lanes.get_mut(ix.0 as usize) {
            lane.failures = if failed { lane.failures + 1 } else { 0 };
            failures = lane.failures;
        }
        if let Some(until) = self.plan_counted(now, pair, failed, failures, out) {
            cooldown = cooldown.max(until);
        }
        if let Some(lane) = self.lanes.get_mut(ix.0 as usize) {
            lane.cooldown_until = cooldown;
            self.timers.set(Timer::Pair(ix), cooldown);
        }
    }
}

impl Engine {
    /// A flawed hedger does not wait for orders of unknown fate.
    fn lets_go(&self, order: &Order) -> bool {
        order.state == State::Unknown && self.has(Mutant::UnknownIsSettled)
    }

    /// A refused order or a forced way out; a price that had moved on is no failure.
    fn plan_failed(&self, id: PlanId, state: PlanState) -> bool {
        let Some(plan) = self.state.plans.get(&id) else { return false };
        let refused =
            |id: &ClientId| self.state.orders.get(id).is_some_and(|order| order.state == State::Rejected);
        matches!(state, PlanState::Unwound | PlanState::Reported)
            || plan.sums.iter().flat_map(|sum| &sum.orders).any(refused)
    }
}

const fn word(reason: Reason) -> &'static str {
    match reason {
        Reason::Complete => "completing",
        Reason::Unwind => "unwinding",
    }
}
