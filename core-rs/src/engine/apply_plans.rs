//! How records change two-leg plans. A part of `apply`, the only mutator.

use super::apply::{Applier, amount_text};
use super::apply_error::ApplyError;
use super::record::PlanTurn;
use super::rows::Changed;
use super::state::{PLANS_KEPT_MAX, State};
use crate::ledger::{FillPosted, FillTerms};
use crate::order::OrderOrigin;
use crate::plan::{FeeLine, Plan, PlanState, Root};
use crate::units::{AccountId, ClientId, InstrumentId, Money, Ns, PlanId};

impl State {
    pub(super) fn plan_fill(&mut self, id: ClientId, terms: &FillTerms, posted: &FillPosted, wall: Ns) {
        let Some(order) = self.orders.get(&id) else { return };
        let leg = usize::from(order.terms.leg.min(1));
        let fee = FeeLine {
            asset: terms.fee_asset,
            amount: terms.fee,
            quote: posted.fee_quote.unwrap_or_default(),
        };
        let Some(plan) = order.terms.plan.and_then(|plan| self.plans.get_mut(&plan)) else {
            self.residual_fill(id, terms);
            return self.child_fill(id, terms, posted, fee, wall);
        };
        plan.sums[leg].fill(terms.side, terms.base_qty(), posted.notional, fee);
        if id.attempt() > 0 {
            let px = Money::of_px(plan.terms.legs[leg].px, order.terms.px_decimals);
            plan.naked.hedged(terms.side, px, terms.base_qty(), posted.notional);
        }
        plan.naked.look(plan.differ(), plan.terms.lot, wall);
        let text = format!("leg{} {} {}", leg + 1, terms.side.name(), amount_text(terms.base_qty()));
        plan.note(wall, "fill", text);
        let pair = plan.terms.pair;
        if let Some(pair) = self.pairs.get_mut(&pair) {
            pair.usage[leg].apply(terms.side, terms.base_qty(), posted.notional);
        }
    }

    pub(super) fn turn(
        &mut self,
        id: PlanId,
        turn: PlanTurn,
        text: &str,
        wall: Ns,
        with: &mut Applier<'_>,
    ) -> Result<(), ApplyError> {
        let plan = self.plans.get_mut(&id).ok_or(ApplyError::NoPlan(id))?;
        if plan.root().epoch != self.epoch {
            plan.take_up(Root { epoch: self.epoch, counters: [self.counter + 1, self.counter + 2] });
            self.counter += 2;
        }
        self.reported.remove(&id);
        if plan.state.is_end() {
            self.ended.retain(|ended| *ended != id);
            if let Some([pnl, fees, turnover]) = plan.counted.take() {
                self.totals.uncount(pnl, fees, turnover);
            }
        }
        plan.note(wall, turn.name(), text.to_owned());
        plan.state = PlanState::Hedging;
        self.under_way.insert(id);
        plan.ended = None;
        if !matches!(turn, PlanTurn::Hedging | PlanTurn::HedgingAround) {
            plan.since = wall;
        }
        if turn == PlanTurn::Retried {
            plan.retries = plan.retries.saturating_add(1);
        }
        plan.hedged_around |= turn == PlanTurn::HedgingAround;
        plan.naked.look(plan.differ(), plan.terms.lot, wall);
        plan.unwinding |= turn == PlanTurn::Unwind;
        with.changed.push(Changed::Plan(id));
        Ok(())
    }

    pub(super) fn plan_end(
        &mut self,
        id: PlanId,
        state: PlanState,
        residual: Money,
        pnl: Option<Money>,
        wall: Ns,
        with: &mut Applier<'_>,
    ) -> Result<(), ApplyError> {
        let plan = self.plans.get_mut(&id).ok_or(ApplyError::NoPlan(id))?;
        plan.state = state;
        self.under_way.remove(&id);
        if state == PlanState::Reported {
            self.reported.insert(id);
        }
        plan.ended = Some(wall);
        plan.naked.stop(wall);
        plan.unwinding = false;
        plan.residual = residual;
        plan.pnl = pnl;
        plan.note(wall, state_word(state), String::new());
        let (pnl, fees, turnover) = counted(plan);
        plan.counted = Some([pnl, fees, turnover]);
        self.totals.count(pnl, fees, turnover);
        with.changed.push(Changed::Plan(id));
        self.ended.push_back(id);
        if self.ended.len() > PLANS_KEPT_MAX
            && let Some(old) = self.ended.pop_front()
        {
            self.plans.remove(&old);
            self.reported.remove(&old);
        }
        Ok(())
    }

    /// A difference too small to be traded leaves its plan: it adds up with others of the same account and instrument.
    pub(super) fn book_dust(&mut self, id: PlanId, leg: Option<u8>) {
        let (Some(leg), Some(plan)) = (leg.map(usize::from), self.plans.get_mut(&id)) else { return };
        let (dust, terms) = (plan.differ(), &plan.terms.legs[leg]);
        let key = (terms.account, terms.instrument);
        plan.booked[leg].0 += dust.0;
        self.add_residual(key, dust);
    }

    /// A fill of an order without a plan, that no person asked for: what it did is to be taken off again.
    fn residual_fill(&mut self, id: ClientId, fill: &FillTerms) {
        let Some(order) = self.orders.get(&id) else { return };
        let ours = match order.terms.origin {
            OrderOrigin::Intent => false,
            OrderOrigin::Adopted | OrderOrigin::Residual => order.terms.plan.is_none(),
        };
        if ours {
            let amount = Money(fill.base_qty().0 * i128::from(fill.side.sign()));
            self.add_residual((fill.account, fill.instrument), amount);
        }
    }

    fn add_residual(&mut self, key: (AccountId, InstrumentId), amount: Money) {
        let total = self.residuals.entry(key).or_default();
        total.0 += amount.0;
        if total.0 == 0 {
            self.residuals.remove(&key);
        }
    }
}

fn counted(plan: &Plan) -> (Money, Money, Money) {
    let fees = plan.sums.iter().flat_map(|sum| &sum.fees).map(|fee| fee.quote.0).sum();
    let turnover = plan.sums.iter().map(|sum| sum.buy_quote.0 + sum.sell_quote.0).sum();
    (plan.profit(), Money(fees), Money(turnover))
}

const fn state_word(state: PlanState) -> &'static str {
    match state {
        PlanState::Hedged => "hedged",
        PlanState::Unwound => "unwound",
        PlanState::Expired => "expired",
        PlanState::Reported => "reported",
        PlanState::Planned | PlanState::Working | PlanState::Hedging => "working",
    }
}
