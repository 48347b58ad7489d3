//! Looks at a protection after every change of what it depends on, and does what state alone asks for.

use super::{CLOSES, ProtectRecord};
use crate::engine::apply::{amount_text, wallet_of};
use crate::engine::reducer::Engine;
use crate::engine::timers::Timer;
use crate::engine::{Effects, Mutant};
use crate::order::{CancelState, Order, TimeInForce};
use crate::plan::{Entry, Plan, ProtectDecision, ProtectFacts, Protection, ProtectionState, next_protect};
use crate::risk::LatchMode;
use crate::units::{
    AccountId, ClientId, InstrumentId, MONEY_DECIMALS, Money, Now, Ns, PlanId, Product, Side, pow10,
};

/// Before a refused order is tried again.
pub(super) const REFUSED_AGAIN: Ns = 250_000_000;
/// A position that is not closed this long after its trigger is alarmed, and again after as long.
const OPEN_ALARM: Ns = 5_000_000_000;
const MS: Ns = 1_000_000;

impl Engine {
    pub(in crate::engine) fn drive_protection(&mut self, now: Now, id: PlanId, out: &mut Effects) {
        let Some(protection) = self.state.protections.get(id).filter(|p| !p.is_over()) else { return };
        if !self.started {
            return;
        }
        if protection.orders > 0 && self.has(Mutant::ProtectOnce) {
            return;
        }
        let facts = self.protect_facts(now, protection);
        let until = match next_protect(&facts, &self.plan_policy()) {
            ProtectDecision::Wait { until } => until,
            ProtectDecision::Close { qty, bound } => {
                let sent = self.close_protected(now, id, facts.side, qty, bound, out);
                if sent { Ns::MAX } else { now.wall + REFUSED_AGAIN }
            }
            ProtectDecision::Back { qty, bound } => {
                let text = format!("{}: {} of base was closed too much", Plan::name(id), amount_text(qty));
                self.plan_alert(now, "critical", "PROTECT_OVERSHOT", &text, id, out);
                let sent = self.close_protected(now, id, facts.side.opposite(), qty, bound, out);
                if sent { Ns::MAX } else { now.wall + REFUSED_AGAIN }
            }
            ProtectDecision::End { state, why } => return self.end_protection(now, id, state, why, out),
        };
        if facts.state == ProtectionState::Triggered {
            self.clear_way(now, id, &facts, out);
            self.alarm_open(now, id, &facts, out);
        }
        if until < Ns::MAX {
            self.timers.set(Timer::Plan(id), now.mono + (until - now.wall).max(MS));
        }
    }

    /// All that are not over, in turn; `of`: only those of the instrument.
    pub(in crate::engine) fn drive_protections(
        &mut self,
        now: Now,
        of: Option<InstrumentId>,
        out: &mut Effects,
    ) {
        let ids: Vec<PlanId> = match of {
            Some(of) => self.state.protections.active_of(of).map(|p| p.terms.id).collect(),
            None => self.state.protections.active().map(|p| p.terms.id).collect(),
        };
        for id in ids {
            self.drive_protection(now, id, out);
        }
    }

    /// A position changed: what protects it follows.
    pub(in crate::engine) fn protect_position(
        &mut self,
        now: Now,
        account: AccountId,
        instrument: InstrumentId,
        out: &mut Effects,
    ) {
        let of = self.state.protections.active_of(instrument).filter(|p| p.terms.account == account);
        let ids: Vec<PlanId> = of.map(|p| p.terms.id).collect();
        for id in ids {
            if self.guards.vigil(instrument, id).is_none() {
                self.post_guard(id);
                self.tell_protection(id, out);
            }
            self.drive_protection(now, id, out);
        }
        self.watch_protections(now, instrument, out);
    }

    /// A new process watches what the last one did.
    pub(in crate::engine) fn begin_protections(&mut self) {
        if self.has(Mutant::ProtectForgotten) {
            return;
        }
        let ids: Vec<PlanId> = self.state.protections.active().map(|p| p.terms.id).collect();
        for id in ids {
            self.post_guard(id);
        }
    }

    /// Counts the books that protections need.
    fn protect_facts(&self, now: Now, protection: &Protection) -> ProtectFacts {
        let terms = &protection.terms;
        let orders = || protection.sum.orders.iter().filter_map(|id| self.state.orders.get(id));
        let closing = || orders().filter(|order| order.terms.leg == CLOSES);
        let held = self.held(terms.account, terms.instrument, terms.side);
        let (best, best_back) = self.best_of(now, terms.instrument, terms.side);
        let limits = self.limits_of(terms.instrument, terms.account, "");
        ProtectFacts {
            now: now.wall,
            state: protection.state,
            side: terms.side,
            held: protection.reach().map_or(held, |reach| held.min(reach)),
            room: self.closing_room(terms.account, terms.instrument, terms.side, None),
            over: self.overshot(protection),
            busy: closing().any(|order| !order.is_settled()) && !self.has(Mutant::ProtectInFlightIgnored),
            entry: self.entry_of(protection),
            orders: protection.orders,
            changed: closing().map(|order| order.updated_ns).max().unwrap_or(protection.created),
            sizes: self.sizes(terms.instrument, limits.as_ref()),
            best,
            best_back,
            open: self.latch_now() != LatchMode::Halt
                && self.may_trade(now, terms.instrument, terms.account).is_ok(),
        }
    }

    /// Before the account is reconciled neither the order nor the position is known for certain.
    fn entry_of(&self, protection: &Protection) -> Entry {
        let entry = protection.terms.entry;
        let order = entry.and_then(|id| self.state.orders.get(&id));
        let open = order.is_some_and(|order| !order.is_settled());
        match (self.is_ready(protection.terms.account), open) {
            (false, _) | (true, true) => Entry::Open,
            (true, false) if entry.is_none() || protection.entered.0 > 0 => Entry::Done,
            (true, false) => Entry::Nothing,
        }
    }

    /// What an order of `side` takes, and what one of the other side does.
    fn best_of(&self, now: Now, id: InstrumentId, side: Side) -> (Option<Money>, Option<Money>) {
        let scale = pow10(MONEY_DECIMALS - self.instruments.at(id).px_decimals);
        let money = |px: i64| Money(i128::from(px) * scale);
        match (self.firm_top(now, id), side) {
            (None, _) => (None, None),
            (Some((bid, ask)), Side::Sell) => (Some(money(bid)), Some(money(ask))),
            (Some((bid, ask)), Side::Buy) => (Some(money(ask)), Some(money(bid))),
        }
    }

    /// The account's position on the side that orders of `side` shrink; what a spot wallet lacks can not be sold.
    pub(super) fn held(&self, account: AccountId, id: InstrumentId, side: Side) -> Money {
        let i = self.instruments.at(id);
        let position = self.state.ledger.positions().get(account, id);
        let net = position.map_or(0, |position| position.basis.qty.0);
        let held = Money((-net * i128::from(side.sign())).max(0));
        if i.product != Product::Spot || side == Side::Buy {
            return held;
        }
        let wallet = self.state.ledger.balance(account, wallet_of(i.venue, i.product), &i.base);
        held.min(wallet.max(Money::ZERO))
    }

    /// What was traded past flat and still is: taking it back shrinks a position too.
    pub(super) fn overshot(&self, protection: &Protection) -> Money {
        let terms = &protection.terms;
        protection.over.min(self.held(terms.account, terms.instrument, terms.side.opposite()))
    }

    /// What of it no order in flight may take off; `without`: one that does not stand in its own way.
    pub(super) fn closing_room(
        &self,
        account: AccountId,
        id: InstrumentId,
        side: Side,
        without: Option<ClientId>,
    ) -> Money {
        if self.has(Mutant::ProtectInFlightIgnored) {
            return self.held(account, id, side);
        }
        let orders = self.state.orders.iter_open().filter(|order| {
            let place = &order.terms.place;
            Some(place.client_id) != without
                && (order.terms.account, place.instrument, place.side) == (account, id, side)
        });
        let taken: i128 =
            orders.map(|order| Money::of_qty(order.possible_qty(), order.terms.qty_decimals).0).sum();
        Money((self.held(account, id, side).0 - taken).max(0))
    }

    /// A person's resting orders that hold the position's quantity give way to its stop.
    fn clear_way(&mut self, now: Now, id: PlanId, facts: &ProtectFacts, out: &mut Effects) {
        if facts.room >= facts.held || facts.busy {
            return;
        }
        let Some(terms) = self.state.protections.get(id).map(|p| p.terms) else { return };
        let rests = |order: &&Order| {
            let place = &order.terms.place;
            matches!(place.tif, TimeInForce::Gtc | TimeInForce::PostOnly)
                && order.terms.plan.is_none_or(PlanId::is_protection)
                && order.cancel == CancelState::None
                && !order.state.is_terminal()
                && (order.terms.account, place.instrument, place.side)
                    == (terms.account, terms.instrument, terms.side)
        };
        let ids: Vec<ClientId> = self.state.orders.iter_open().filter(rests).map(Order::id).collect();
        for id in ids {
            self.cancel(now, id, out);
        }
    }

    /// A position that should be closed and is not is told, again and again.
    fn alarm_open(&mut self, now: Now, id: PlanId, facts: &ProtectFacts, out: &mut Effects) {
        let Some((_, fired)) = self.state.protections.get(id).and_then(|p| p.fired) else { return };
        let halted = self.latch_now() == LatchMode::Halt;
        let told = self.protect_told.entry(id).or_default();
        let quiet = told.alarmed.is_some_and(|at| now.mono - at < OPEN_ALARM);
        if facts.held.0 == 0 || quiet || !(halted || now.wall - fired >= OPEN_ALARM) {
            return;
        }
        told.alarmed = Some(now.mono);
        let why = if halted { " under HALT" } else { "" };
        let text =
            format!("{}: triggered{why}, {} of base still held", Plan::name(id), amount_text(facts.held));
        self.plan_alert(now, "critical", "PROTECT_OPEN", &text, id, out);
    }

    pub(super) fn end_protection(
        &mut self,
        now: Now,
        id: PlanId,
        state: ProtectionState,
        why: &str,
        out: &mut Effects,
    ) {
        self.commit_protect(now, ProtectRecord::End { id, state, why: why.to_owned() }, out);
        self.ended_protection(now, id, out);
    }

    /// What follows from an end that is on record.
    pub(super) fn ended_protection(&mut self, now: Now, id: PlanId, out: &mut Effects) {
        self.timers.clear(Timer::Plan(id));
        self.post_guard(id);
        self.protect_told.remove(&id);
        let Some(protection) = self.state.protections.get(id) else { return };
        let (state, why) = (protection.state, protection.why.clone());
        let word = match state {
            ProtectionState::Reported => Some(("critical", "PROTECT_REPORTED")),
            ProtectionState::Closed if !why.is_empty() => Some(("warning", "PROTECT_DUST")),
            _ => None,
        };
        if let Some((severity, code)) = word {
            self.plan_alert(now, severity, code, &format!("{}: {why}", Plan::name(id)), id, out);
        }
        self.tell_protection(id, out);
    }
}
