//! From an edge to a plan: both legs approved before anything of either is sent, or neither.

use super::Effects;
use super::Mutant;
use super::commands::Asker;
use super::error::{Code, Refusal};
use super::events::pair_alert;
use super::pairs::{Pair, PairId};
use super::record::Body;
use super::reducer::Engine;
use super::timers::Timer;
use crate::market::{BookState, EdgeChange, InstrumentStatus, PairIx, Quote, SpreadLeg, SpreadSpec};
use crate::order::{OrderKind, PlaceOrder, TimeInForce};
use crate::plan::{Plan, PlanLeg, PlanTerms};
use crate::risk::{Approved, Denial, Intent, LatchMode, Limits, Purpose, gate};
use crate::units::{
    AccountId, ClientId, Direction, InstrumentId, MONEY_DECIMALS, Money, Now, Ns, OwnerId, PlanId, Price,
    Side, pow10,
};
use crate::venues::Role;

/// Opportunity events of one direction come at most this often while it is open.
const EDGE_EVERY: Ns = 100_000_000;
/// Refusals of automatic plans are told at most this often per pair.
const DENIAL_EVERY: Ns = 5_000_000_000;

/// The orders of a plan that passed the gate.
struct Ready {
    terms: PlanTerms,
    orders: [Approved<Intent>; 2],
}

impl Engine {
    /// Tells of edges and trades on those that are open.
    pub(super) fn on_edges(&mut self, now: Now, out: &mut Effects) {
        while !self.edges.is_empty() {
            let edges = core::mem::take(&mut self.edges);
            for edge in &edges {
                let Some(lane) = self.lanes.get_mut(edge.pair.0 as usize) else { continue };
                let last = &mut lane.last_event[edge.direction as usize];
                let due = !matches!(edge.change, EdgeChange::Updated(_))
                    || last.is_none_or(|at| now.mono - at >= EDGE_EVERY);
                if due {
                    *last = Some(now.mono);
                    self.opportunity_event(now, edge, out);
                }
            }
            for edge in &edges {
                if let EdgeChange::Opened(quote) | EdgeChange::Updated(quote) = &edge.change {
                    self.try_auto(now, edge.pair, edge.direction, quote, out);
                }
            }
        }
    }

    fn try_auto(&mut self, now: Now, pair: PairIx, direction: Direction, quote: &Quote, out: &mut Effects) {
        let Some(lane) = self.lanes.get(pair.0 as usize) else { return };
        if lane.active.is_some() || now.mono < lane.cooldown_until || self.latch_now() != LatchMode::Open {
            return;
        }
        let Some(id) = lane.id else { return };
        match self.execute(now, id, direction, quote, false, None, out) {
            Ok(_) => {}
            Err(refusal) => self.told_denial(now, pair, id, &refusal, out),
        }
    }

    fn told_denial(&mut self, now: Now, pair: PairIx, id: PairId, refusal: &Refusal, out: &mut Effects) {
        let lane = &mut self.lanes[pair.0 as usize];
        if lane.last_denial.is_none_or(|at| now.mono - at >= DENIAL_EVERY) {
            lane.last_denial = Some(now.mono);
            pair_alert(now, "warning", refusal.code.name(), &refusal.message, id, out);
        }
    }

    /// The cooldown is over: what is open now is looked at again.
    pub(super) fn retry_pair(&mut self, now: Now, pair: PairIx, out: &mut Effects) {
        for direction in Direction::BOTH {
            if self.board.open_since(pair, direction).is_some()
                && let Some(quote) = self.board.current(pair, direction)
            {
                self.try_auto(now, pair, direction, &quote, out);
            }
        }
    }

    /// Plans, approves and sends both legs. Nothing is journaled or sent unless both pass.
    #[allow(clippy::too_many_arguments)] // each is another fact of the decision
    pub(super) fn execute(
        &mut self,
        now: Now,
        pair: PairId,
        direction: Direction,
        quote: &Quote,
        manual: bool,
        asker: Option<Asker<'_>>,
        out: &mut Effects,
    ) -> Result<PlanId, Refusal> {
        self.guard_pair(now, pair, quote, out)?;
        let ready = self.approve(now, pair, direction, quote, manual)?;
        let id = ready.terms.id;
        let reply = format!("{{\"planId\":\"{}\"}}", Plan::name(id));
        let command = asker.and_then(|asker| asker.tag(reply.as_bytes()));
        self.commit_for(now, Body::Plan(ready.terms), command, out);
        // Both intents stand in the journal before the first of the two sends.
        let mark = out.list.len();
        for order in ready.orders {
            self.send_order(now, order, out);
        }
        sends_last(&mut out.list[mark..]);
        self.hold_together(id);
        self.timers.set(Timer::Plan(id), now.mono + self.config.policy.deadline);
        self.plan_event(now, id, out);
        Ok(id)
    }

    fn approve(
        &self,
        now: Now,
        pair: PairId,
        direction: Direction,
        quote: &Quote,
        manual: bool,
    ) -> Result<Ready, Refusal> {
        let pair = self.state.pairs.get(&pair).ok_or_else(|| Refusal::not_found("pair", pair.as_str()))?;
        let lane = &self.lanes[pair.ix.0 as usize];
        let closed = |text: &str| Refusal::new(Code::ExchangeUnavailable, format!("{}: {text}", pair.id));
        let (Some(ids), Some(accounts), Some(limits)) = (lane.instruments, lane.accounts, &lane.limits)
        else {
            return Err(closed("an instrument or account is not known"));
        };
        if lane.active.is_some() {
            return Err(Refusal::new(Code::Conflict, format!("{} has a plan under way", pair.id)));
        }
        for leg in 0..2 {
            self.may_trade(now, ids[leg], accounts[leg]).map_err(&closed)?;
        }
        let terms = self.plan_terms(pair, direction, quote, ids, accounts, manual)?;
        let first = self.approve_leg(now, pair, &terms, 0, &limits[0], None)?;
        let second = self.approve_leg(now, pair, &terms, 1, &limits[1], Some(first.get()))?;
        Ok(Ready { terms, orders: [first, second] })
    }

    /// What must hold before an order of the account may leave; the gate judges the order itself.
    pub(super) fn may_trade(
        &self,
        now: Now,
        id: InstrumentId,
        account: AccountId,
    ) -> Result<(), &'static str> {
        let i = self.instruments.at(id);
        let link = self.find_link(i.venue, i.product, Role::Trade, Some(account));
        if self.journal_failed.is_some() {
            return Err("the journal can not be written");
        }
        if !self.is_booted() {
            return Err("the engine is not recovered yet");
        }
        if self.accounts.at(account).public_only {
            return Err("the account has no key that works");
        }
        if let Some(bar) = self.bar(now, account) {
            return Err(bar.reason);
        }
        if !self.is_ready(account) {
            return Err("the account is not reconciled");
        }
        if !link.and_then(|link| self.link(link)).is_some_and(|link| link.up && link.ready) {
            return Err("the order link is down");
        }
        if self.book_state(id, now.mono) != BookState::Synced {
            return Err("a book is not synced");
        }
        if i.status != InstrumentStatus::Trading {
            return Err("an instrument is not trading");
        }
        Ok(())
    }

    fn plan_terms(
        &self,
        pair: &Pair,
        direction: Direction,
        quote: &Quote,
        ids: [InstrumentId; 2],
        accounts: [AccountId; 2],
        manual: bool,
    ) -> Result<PlanTerms, Refusal> {
        let leg = |leg: usize| {
            let side = direction.side(leg);
            let px = if side == Side::Buy { quote.buy_worst } else { quote.sell_worst };
            let counter = self.state.counter + 1 + leg as u32;
            PlanLeg { account: accounts[leg], instrument: ids[leg], side, px, counter }
        };
        if self.state.counter + 2 > ClientId::COUNTER_MAX {
            return Err(Refusal::new(Code::Internal, "order ids of this epoch are spent; restart"));
        }
        let lot = |id: InstrumentId| {
            let i = self.instruments.at(id);
            Money(i128::from(i.lot) * pow10(MONEY_DECIMALS - i.qty_decimals))
        };
        Ok(PlanTerms {
            id: PlanId(self.state.plan_last + 1),
            pair: pair.id,
            owner: OwnerId(0),
            direction,
            qty: pair.terms.qty,
            lot: lot(ids[0]).max(lot(ids[1])),
            legs: [leg(0), leg(1)],
            epoch: self.state.epoch,
            manual,
        })
    }

    fn approve_leg(
        &self,
        now: Now,
        pair: &Pair,
        terms: &PlanTerms,
        leg: usize,
        limits: &Limits,
        before: Option<&Intent>,
    ) -> Result<Approved<Intent>, Refusal> {
        let plan = Plan::new(*terms, now.wall);
        let place = self.place(&plan, leg, terms.legs[leg].side, terms.legs[leg].px, terms.qty, 0)?;
        let intent = Intent {
            place,
            account: terms.legs[leg].account,
            plan: Some(terms.id),
            leg: leg as u8,
            purpose: Purpose::Open,
        };
        let facts = self.facts(now, &intent, Some(pair), Some(terms.legs[1 - leg].instrument), before);
        gate(intent, &facts, limits).map_err(|denial| denied(&denial))
    }

    /// The order of an attempt: its id is a function of plan, leg and attempt.
    pub(super) fn place(
        &self,
        plan: &Plan,
        leg: usize,
        side: Side,
        px: Price,
        qty: Money,
        attempt: u8,
    ) -> Result<PlaceOrder, Refusal> {
        let of = &plan.terms.legs[leg];
        let instrument = self.instruments.at(of.instrument);
        let spec = SpreadLeg {
            instrument: of.instrument,
            px_decimals: instrument.px_decimals,
            qty_decimals: instrument.qty_decimals,
            fee: instrument.fee_taker,
        };
        let whole = SpreadSpec {
            legs: [spec, spec],
            qty,
            threshold: crate::units::Rate::ZERO,
            enabled: false,
            allowed: [false; 2],
        };
        Ok(PlaceOrder {
            client_id: plan.client_id(
                self.config.instance,
                leg,
                if self.has(Mutant::AttemptNotCounted) { 0 } else { attempt },
            )?,
            instrument: of.instrument,
            side,
            kind: OrderKind::Limit,
            tif: TimeInForce::Ioc,
            px: Some(px),
            qty: whole.qty_of(leg)?,
            reduce_only: false,
        })
    }
}

/// Journal effects first, then the rest in their order.
pub(super) fn sends_last(list: &mut [super::Effect]) {
    list.sort_by_key(|effect| match effect {
        super::Effect::Journal { .. } => 0,
        super::Effect::Send { .. } => 1,
        super::Effect::Fetch { .. }
        | super::Effect::Event { .. }
        | super::Effect::Wake { .. }
        | super::Effect::Close { .. } => 2,
    });
}

pub(super) fn denied(denial: &Denial) -> Refusal {
    let code = if denial.check == "BALANCE" { Code::InsufficientFunds } else { Code::RiskRejected };
    let text =
        format!("{}: {} {} against a limit of {}", denial.check, denial.actual, denial.unit, denial.limit);
    Refusal::new(code, text).with(|j| {
        j.str("check", denial.check);
        j.str("limit", &denial.limit);
        j.str("actual", &denial.actual);
        j.str("unit", denial.unit);
    })
}
