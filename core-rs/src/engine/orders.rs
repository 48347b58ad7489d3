//! What comes back of orders: replies, reports, doubt. A timeout is not an answer.

use super::Effects;
use super::Mutant;
use super::record::Body;
use super::reducer::Engine;
use super::timers::Timer;
use crate::order::{
    CancelEvent, CancelState, ClientRef, Event, FillReport, Order, OrderKind, OrderOrigin, OrderReport,
    OrderTerms, PlaceOrder, State, TimeInForce, VenueStatus, next,
};
use crate::plan::Plan;
use crate::units::{AccountId, ClientId, LinkId, Now, Ns, Symbol, VenueOrderId};
use crate::venues::{RejectClass, ReplyOutcome, RequestReply, Role, VenueReject};

/// How long a report may run ahead of its fills before they are asked for.
const FILLS_LATE: Ns = 250_000_000;
/// How long an accepted order that ends at once (IOC, FOK) may stay without its end.
pub(super) const END_LATE: Ns = 1_000_000_000;

impl Engine {
    pub(super) fn on_request_reply(
        &mut self,
        now: Now,
        account: AccountId,
        reply: &RequestReply,
        out: &mut Effects,
    ) {
        let id = reply.client_id;
        let Some(order) = self.state.orders.get(&id) else { return };
        if order.terms.account != account {
            return;
        }
        if reply.cancel {
            let event = match &reply.outcome {
                ReplyOutcome::Accepted(_) => CancelEvent::Accepted,
                ReplyOutcome::Rejected(reject) if reject.class.outcome_unknown() => CancelEvent::NoAnswer,
                ReplyOutcome::Rejected(_) => CancelEvent::Refused,
            };
            // A ban or a limit is said to whatever was asked: it stands before anything else is.
            if let ReplyOutcome::Rejected(reject) = &reply.outcome {
                self.bar_after(now, account, reject, out);
            }
            self.commit(now, Body::Cancel { id, event }, out);
            if event == CancelEvent::Refused && self.has(Mutant::CancelRefusedIsEnd) {
                self.declare_gone(now, id, out);
            } else if event != CancelEvent::Accepted {
                self.query_order(now, id, out);
            }
            return;
        }
        self.observe_reply(now, reply, out);
        match &reply.outcome {
            ReplyOutcome::Accepted(_) => self.on_accepted(now, id, out),
            ReplyOutcome::Rejected(reject) => self.on_refused(now, id, reject, out),
        }
    }

    fn on_accepted(&mut self, now: Now, id: ClientId, out: &mut Effects) {
        let state = self.state.orders.get(&id).map(|order| order.state);
        if matches!(state, Some(State::Created | State::Sent | State::Unknown)) {
            self.commit(now, Body::Ack { id }, out);
            self.timers.set(Timer::Order(id), now.mono + END_LATE);
        }
    }

    fn on_refused(&mut self, now: Now, id: ClientId, reject: &VenueReject, out: &mut Effects) {
        // A known id means that an earlier send of ours arrived: evidence is asked for, nothing is assumed.
        let unknown = reject.class.outcome_unknown() && !self.has(Mutant::UnknownIsRefusal);
        if unknown || reject.class == RejectClass::DuplicateClientId {
            self.doubt(now, id, out);
            return;
        }
        let Some(order) = self.state.orders.get(&id) else { return };
        if order.state.is_terminal() {
            return;
        }
        let code = Symbol::new(reject.code.as_bytes()).unwrap_or(Symbol::EMPTY);
        self.commit(now, Body::Reject { id, code, never_left: false }, out);
        let text = format!("{id}: {} {} {}", reject.class.name(), reject.code, reject.message);
        self.failed_event(now, id, reject.class.name(), &text, out);
        if let Some(account) = self.state.orders.get(&id).map(|order| order.terms.account) {
            self.bar_after(now, account, reject, out);
            // The position is not what we take it for: somebody else may have traded.
            if reject.class == RejectClass::ReduceOnly {
                self.whole_round(now, account, 0);
            }
        }
        if matches!(
            reject.class,
            RejectClass::Auth | RejectClass::Banned | RejectClass::RateLimited | RejectClass::Timestamp
        ) {
            self.alert(now, "critical", reject.class.name(), &text, out);
        }
        self.after_change(now, id, out);
    }

    /// The outcome is unknown from here on; the venue is asked at once.
    pub(super) fn doubt(&mut self, now: Now, id: ClientId, out: &mut Effects) {
        if self.takes_silence_wrongly(now, id, out) {
            return;
        }
        let Some(order) = self.state.orders.get(&id) else { return };
        if matches!(order.state, State::Created | State::Sent) {
            self.commit(now, Body::Unknown { id }, out);
            self.observe_silence(now, id, out);
        }
        self.query_order(now, id, out);
    }

    /// A trade link went down: what was asked over it and not answered may or may not have arrived.
    pub(super) fn doubt_orders(&mut self, now: Now, account: AccountId, link: LinkId, out: &mut Effects) {
        let doubtful = |order: &&Order| {
            let i = self.instruments.at(order.terms.place.instrument);
            order.terms.account == account
                && matches!(order.state, State::Created | State::Sent)
                && self.find_link(i.venue, i.product, Role::Trade, Some(account)) == Some(link)
        };
        let ids: Vec<ClientId> = self.state.orders.iter_open().filter(doubtful).map(Order::id).collect();
        for id in ids {
            if self.has(Mutant::DisconnectIsRefusal) {
                self.declare_refused(now, id, out);
            } else {
                self.doubt(now, id, out);
            }
        }
    }

    /// Bytes that certainly never left: the order in them was never born. Asked for again only by a new decision.
    pub(super) fn on_send_failed(&mut self, now: Now, _link: LinkId, data: &[u8], out: &mut Effects) {
        let found = data.windows(ClientId::LEN).filter_map(ClientId::parse);
        let known =
            found.fold(None, |known, id| if self.state.orders.get(&id).is_some() { Some(id) } else { known });
        let Some(id) = known else { return };
        let Some(order) = self.state.orders.get(&id) else { return };
        if order.cancel != crate::order::CancelState::None {
            self.commit(now, Body::Cancel { id, event: CancelEvent::NoAnswer }, out);
            return;
        }
        self.never_left(now, id, "the link was down before the order was written", out);
    }

    /// The order's bytes certainly stayed here.
    pub(super) fn never_left(&mut self, now: Now, id: ClientId, why: &str, out: &mut Effects) {
        let state = self.state.orders.get(&id).map(|order| order.state);
        if matches!(state, Some(State::Created | State::Sent)) {
            let code = Symbol::new(b"NOT_SENT").unwrap_or(Symbol::EMPTY);
            self.commit(now, Body::Reject { id, code, never_left: true }, out);
            self.failed_event(now, id, "NOT_SENT", why, out);
            self.after_change(now, id, out);
        }
    }

    pub(super) fn on_order_report(
        &mut self,
        now: Now,
        account: AccountId,
        report: &OrderReport,
        out: &mut Effects,
    ) {
        let ours = self.ours(account, report.client, report.instrument, &report.venue_id);
        let Some(id) = ours else {
            self.note_foreign(now, account, report, out);
            return;
        };
        if self.state.orders.get(&id).is_none()
            && (self.is_told_again(account, id, report) || !self.adopt(now, account, id, report, out))
        {
            return;
        }
        let Some(order) = self.state.orders.get(&id) else { return };
        if !tells_more(order, report) {
            return;
        }
        let was_terminal = order.state.is_terminal();
        if self.commit(now, Body::Report { id, report: *report }, out).is_none() {
            return;
        }
        let Some(order) = self.state.orders.get(&id) else { return };
        let (state, awaited) = (order.state, order.awaited_qty());
        if !was_terminal && state.is_terminal() {
            match state {
                State::Rejected => self.failed_event(now, id, "REJECTED", "refused by the venue", out),
                State::Cancelled | State::Expired => self.order_event(now, "order_cancelled", id, out),
                State::Filled
                | State::Dead
                | State::Created
                | State::Sent
                | State::Live
                | State::PartiallyFilled
                | State::Unknown => {}
            }
        }
        if !awaited.is_zero() {
            self.timers.set_earlier(Timer::Order(id), now.mono + FILLS_LATE);
        }
        self.after_change(now, id, out);
    }

    /// Our order behind a report, if it is one of this instance.
    pub(super) fn ours(
        &self,
        account: AccountId,
        client: ClientRef,
        instrument: crate::units::InstrumentId,
        venue_id: &VenueOrderId,
    ) -> Option<ClientId> {
        match client {
            ClientRef::Ours(id) => (id.instance() == self.config.instance).then_some(id),
            ClientRef::Foreign | ClientRef::Venue => {
                self.state.orders.by_venue_id(account, instrument, venue_id)
            }
        }
    }

    /// News of an order that was settled and forgotten, while no fill waits for it. One known by its number alone may be
    /// of those whose records were lost: if it still lives, it is taken in.
    fn is_told_again(&self, account: AccountId, id: ClientId, report: &OrderReport) -> bool {
        let its = |fill: &FillReport| match fill.client {
            ClientRef::Ours(of) => of == id,
            ClientRef::Foreign | ClientRef::Venue => {
                fill.venue_id.is_empty() || report.venue_id.is_empty() || fill.venue_id == report.venue_id
            }
        };
        let waits = |(of, fill): &(AccountId, FillReport)| {
            (*of, fill.instrument, fill.side) == (account, report.instrument, report.side) && its(fill)
        };
        let past = self.state.orders.past();
        (past.knows(&id) || report.status.is_end() && past.holds(&id))
            && !self.has(Mutant::SettledForgotten)
            && !self.deferred.iter().any(waits)
    }

    /// An order with our id form that no journaled intent tells of: taken in as it stands at the venue.
    fn adopt(
        &mut self,
        now: Now,
        account: AccountId,
        id: ClientId,
        report: &OrderReport,
        out: &mut Effects,
    ) -> bool {
        if self.has(Mutant::NoAdoption) {
            return false;
        }
        let leg_of = |plan: &Plan| Some((plan.terms.id, plan.leg_of(id.epoch(), id.counter())? as u8));
        let owner = self.state.plans.values().rev().find_map(leg_of);
        let owner = owner.or_else(|| self.state.twaps.owner_of(id.epoch(), id.counter()));
        let owner = owner.or_else(|| self.state.protections.owner_of(id.epoch(), id.counter()));
        let instrument = self.instruments.at(report.instrument);
        let place = PlaceOrder {
            client_id: id,
            instrument: report.instrument,
            side: report.side,
            kind: if report.px.is_some() { OrderKind::Limit } else { OrderKind::Market },
            tif: TimeInForce::Ioc,
            px: report.px,
            qty: report.qty,
            reduce_only: false,
        };
        let terms = OrderTerms {
            place,
            account,
            px_decimals: instrument.px_decimals,
            qty_decimals: instrument.qty_decimals,
            plan: owner.map(|(plan, _)| plan),
            leg: owner.map_or(0, |(_, leg)| leg),
            origin: OrderOrigin::Adopted,
        };
        let hold = self.hold_of(&place, account).map(|hold| (hold.wallet, hold.asset, hold.amount));
        self.alert(now, "warning", "ORDER_ADOPTED", &format!("{id} was found at the venue"), out);
        let taken = self.commit(now, Body::Intent { terms, hold }, out).is_some();
        if taken {
            self.arm_again(now, id);
            if self.is_shut() {
                self.cancel(now, id, out);
            }
        }
        taken
    }

    /// Whoever depends on an order looks at the state anew.
    pub(super) fn after_change(&mut self, now: Now, id: ClientId, out: &mut Effects) {
        if !self.deferred.is_empty() {
            self.retry_deferred(now, out);
        }
        let Some(order) = self.state.orders.get(&id) else { return };
        let (settled, plan) = (order.is_settled(), order.terms.plan);
        if settled {
            self.timers.clear(Timer::Order(id));
        } else if !self.timers.is_set(Timer::Order(id)) {
            // It was taken for over and lives: its end may be lost like any other's.
            self.timers.set(Timer::Order(id), now.mono + END_LATE);
        }
        match plan {
            Some(plan) => self.drive(now, plan, out),
            None => self.drive_residuals(now, out),
        }
    }

    /// An order without its answer, its end or its fills.
    pub(super) fn check_order(&mut self, now: Now, id: ClientId, out: &mut Effects) {
        let Some(order) = self.state.orders.get(&id) else { return };
        if order.is_settled() {
            return;
        }
        let resting = matches!(order.terms.place.tif, TimeInForce::Gtc | TimeInForce::PostOnly);
        let rests = resting && order.awaited_qty().is_zero();
        let wanted = order.cancel == CancelState::None;
        if rests && wanted && matches!(order.state, State::Live | State::PartiallyFilled) {
            return;
        }
        self.doubt(now, id, out);
    }

    /// A fence from now on, for an order whose sending this process did not see.
    pub(super) fn arm_again(&mut self, now: Now, id: ClientId) {
        let Some(order) = self.state.orders.get(&id) else { return };
        let i = self.instruments.at(order.terms.place.instrument);
        let fence = now.mono + self.fence_of(&self.config.venue(i.venue, i.product));
        let _armed = self.state.orders.arm_fence(&id, fence);
    }
}

/// True when a report changes something of what is known; a repetition is not worth a record.
fn tells_more(order: &Order, report: &OrderReport) -> bool {
    let told = if report.status == VenueStatus::Filled { order.terms.place.qty } else { report.filled };
    let moves = next(order.state, Event::Report(report.status)).is_ok_and(|to| to != order.state);
    let names = order.venue_id.is_none() && !report.venue_id.is_empty();
    moves || names || told > order.venue_filled
}
