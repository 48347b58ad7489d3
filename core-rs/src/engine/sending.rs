//! Orders and cancels on their way out. Only what the gate approved becomes bytes.

use super::Effects;
use super::policy::PlanKind;
use super::record::{Body, CommandTag};
use super::reducer::Engine;
use super::timers::Timer;
use crate::order::{CancelEvent, CancelState, Order, OrderCmd, OrderOrigin, OrderTerms, State};
use crate::plan::Plan;
use crate::risk::{Approved, Intent, Purpose};
use crate::units::{AccountId, ClientId, InstrumentId, LinkId, Now, Ns, PlanId};
use crate::venues::Role;

pub(super) const SPENT: &str = "the venue takes no more orders at the moment";

/// An order whose record is not on disk yet.
#[derive(Clone, Debug)]
pub(super) struct Held {
    after: u64,
    link: LinkId,
    pub(super) intent: Intent,
    /// When it was approved and counted, monotonic.
    pub(super) approved: Ns,
    data: Vec<u8>,
}

impl Engine {
    /// Sends what was waiting for the disk, after one more look at what may have changed meanwhile.
    pub(super) fn release_held(&mut self, now: Now, out: &mut Effects) {
        while self.held.front().is_some_and(|held| held.after <= self.durable) {
            let Some(held) = self.held.pop_front() else { return };
            if let Some(reason) = self.outdated(now, &held.intent).or_else(|| self.spent(now, &held)) {
                self.refuse_held(now, &held, reason, out);
                continue;
            }
            self.recount_order(now, held.intent.account, held.intent.place.instrument, held.approved);
            out.push(super::Effect::Send { link: held.link, after: held.after, data: held.data });
        }
    }

    /// Why an order that waited may not leave any more: the latch, the venue's word, the books it was priced from, or
    /// what is at risk by now.
    fn outdated(&self, now: Now, intent: &Intent) -> Option<&'static str> {
        let barred = || self.bar(now, intent.account).map(|bar| bar.reason);
        let blind = || self.blind(now, intent);
        let aged = || self.aged(now, intent);
        let differs = || self.differs_now(intent);
        self.held_back(intent)
            .or_else(barred)
            .or_else(blind)
            .or_else(aged)
            .or_else(differs)
            .or_else(|| self.outgrown(intent))
            .or_else(|| self.crowded(intent))
    }

    /// What was found to differ while the order waited.
    fn differs_now(&self, intent: &Intent) -> Option<&'static str> {
        let opens = intent.purpose == Purpose::Open && !self.shrinks(intent);
        let halted = opens && self.is_halted(intent.account, intent.place.instrument);
        halted.then_some("a figure differs from the venue's and is not acknowledged")
    }

    /// What is opened may be traded still: a plan on both its legs, so that both leave or neither.
    fn blind(&self, now: Now, intent: &Intent) -> Option<&'static str> {
        if intent.purpose == Purpose::Hedge {
            return None;
        }
        let may = |id, account| self.may_trade(now, id, account).err();
        let mut legs = self.plan_of(intent).into_iter().flat_map(|plan| plan.terms.legs);
        may(intent.place.instrument, intent.account)
            .or_else(|| legs.find_map(|leg| may(leg.instrument, leg.account)))
    }

    /// The ages of the books against the limit that the gate judged them by: both legs' where a plan is opened.
    fn aged(&self, now: Now, intent: &Intent) -> Option<&'static str> {
        let (id, plan) = (intent.place.instrument, self.plan_of(intent));
        let limits = self.limits_of(id, intent.account, plan.map_or("", |plan| plan.terms.pair.as_str()))?;
        let age = |id: InstrumentId| now.mono - self.books[id.0 as usize].updated();
        let opens = plan.filter(|_| intent.purpose == Purpose::Open);
        let legs = opens.into_iter().flat_map(|plan| plan.terms.legs).map(|leg| age(leg.instrument));
        let oldest = legs.fold(age(id), Ns::max);
        (oldest > limits.book_age_max()).then_some("a book is older than when the order was approved")
    }

    pub(super) fn plan_of(&self, intent: &Intent) -> Option<&Plan> {
        self.state.plans.get(&intent.plan?)
    }

    /// The orders of a plan that wait for the disk leave together: the first waits for the record of the last.
    pub(super) fn hold_together(&mut self, plan: PlanId) {
        let last = self.journal.seq();
        for held in self.held.iter_mut().filter(|held| held.intent.plan == Some(plan)) {
            held.after = last;
        }
    }

    /// The journal fails: what waits for it never leaves.
    pub(super) fn drop_held(&mut self, now: Now, out: &mut Effects) {
        for held in core::mem::take(&mut self.held) {
            self.never_left(now, held.intent.place.client_id, "the journal can not be written", out);
        }
    }

    /// Journals the intent and sends it. Only what the gate approved gets here.
    pub(super) fn send_order(&mut self, now: Now, approved: Approved<Intent>, out: &mut Effects) -> bool {
        self.send_tagged(now, approved, None, out)
    }

    /// The same for a person's order: its intent carries the command.
    pub(super) fn send_tagged(
        &mut self,
        now: Now,
        approved: Approved<Intent>,
        command: Option<CommandTag>,
        out: &mut Effects,
    ) -> bool {
        let intent = approved.into_inner();
        let place = intent.place;
        let instrument = self.instruments.at(place.instrument);
        let (venue, product) = (instrument.venue, instrument.product);
        let terms = OrderTerms {
            place,
            account: intent.account,
            px_decimals: instrument.px_decimals,
            qty_decimals: instrument.qty_decimals,
            plan: intent.plan,
            leg: intent.leg,
            origin: match (intent.plan, intent.purpose) {
                (None, Purpose::Hedge) => OrderOrigin::Residual,
                (_, Purpose::Open | Purpose::Hedge) => OrderOrigin::Intent,
            },
        };
        let hold = self.hold_of(&place, intent.account).map(|hold| (hold.wallet, hold.asset, hold.amount));
        let Some(data) = self.encode_order(now, &OrderCmd::Place(place), intent.account) else {
            self.alert(now, "critical", "ENCODE_FAILED", &format!("order {}", place.client_id), out);
            return false;
        };
        let Some(link) = self.find_link(venue, product, Role::Trade, Some(intent.account)) else {
            return false;
        };
        let barred = self.bar(now, intent.account).map(|bar| bar.reason);
        let spent = || self.is_budget_spent(now, intent.account, place.instrument).then_some(SPENT);
        if let Some(reason) = self.held_back(&intent).or(barred).or_else(spent) {
            self.alert(now, "critical", "GATEWAY_REFUSED", &format!("{}: {reason}", place.client_id), out);
            return false;
        }
        if self.commit_for(now, Body::Intent { terms, hold }, command, out).is_none() {
            return false;
        }
        let after = self.sync_before_send(intent.plan).max(self.newest_opening());
        if after > self.durable {
            self.held.push_back(Held { after, link, intent, approved: now.mono, data });
        } else {
            out.send(link, data);
        }
        self.count_order(now.mono, intent.account, place.instrument);
        let venue_config = self.config.venue(venue, product);
        // The order was taken in just now, so it is there to be armed.
        let _armed = self.state.orders.arm_fence(&place.client_id, now.mono + self.fence_of(&venue_config));
        self.timers.set(Timer::Order(place.client_id), now.mono + venue_config.reply);
        let interval = self.rate_interval(&intent);
        self.take_rate(now, intent.account, interval);
        self.order_event(now, "order_submitted", place.client_id, out);
        self.observe_sent(now, &intent, out);
        true
    }

    /// The record that must be on disk before an order of the plan leaves; 0 for none. Orders of a plan that another
    /// process made always wait, for the record of its new ids lies just before. So do those of protections: a later
    /// process derives the same ids again from what it knows.
    fn sync_before_send(&self, plan: Option<PlanId>) -> u64 {
        let derived = plan.is_some_and(PlanId::is_protection);
        let taken_up = || plan.and_then(|plan| self.state.plans.get(&plan)).is_some_and(Plan::is_taken_up);
        let strict = self.config.policy.strict[PlanKind::of(plan) as usize] || derived || taken_up();
        if strict { self.journal.seq() } else { 0 }
    }

    /// The record of the newest opening balance of any account, so that both legs of a plan wait for it: were it lost,
    /// fills before the next opening would count as part of that one, and their positions as nobody's.
    fn newest_opening(&self) -> u64 {
        self.recon.iter().map(|recon| recon.opening).max().unwrap_or_default()
    }

    fn rate_interval(&self, intent: &Intent) -> Ns {
        if intent.plan.is_none_or(|plan| plan.is_twap() || plan.is_protection()) {
            let limits = self.limits_of(intent.place.instrument, intent.account, "");
            return limits.map_or(0, |limits| limits.rate_interval());
        }
        let plan = intent.plan.and_then(|plan| self.state.plans.get(&plan));
        let pair = plan.and_then(|plan| self.state.pairs.get(&plan.terms.pair));
        let lane = pair.and_then(|pair| self.lanes.get(pair.ix.0 as usize));
        lane.and_then(|lane| lane.limits).map_or(0, |limits| limits[0].rate_interval())
    }

    pub(super) fn encode_order(&self, now: Now, cmd: &OrderCmd, account: AccountId) -> Option<Vec<u8>> {
        let id = match cmd {
            OrderCmd::Place(place) => place.instrument,
            OrderCmd::Cancel { instrument, .. } => *instrument,
        };
        let instrument = self.instruments.at(id);
        let codec = crate::venues::codec(instrument.venue, instrument.product)?;
        let session = self.accounts.at(account).session.as_ref()?;
        let mut data = Vec::with_capacity(512);
        codec.encode_order(cmd, instrument, session, now.wall, &mut data).ok()?;
        Some(data)
    }

    /// Asks the venue to cancel an order; its end is told by its own report. One that still waits here never leaves.
    pub(super) fn cancel(&mut self, now: Now, id: ClientId, out: &mut Effects) {
        if let Some(at) = self.held.iter().position(|held| held.intent.place.client_id == id) {
            self.held.remove(at);
            self.never_left(now, id, "cancelled before it was sent", out);
            return;
        }
        if self.state.orders.get(&id).is_none() {
            return;
        }
        self.commit(now, Body::Cancel { id, event: CancelEvent::Requested }, out);
        self.send_cancel(now, id, out);
        self.timers.set_earlier(Timer::Order(id), now.mono + super::orders::END_LATE);
    }

    /// The venue was asked and still has the order open: the cancel, or its answer, went astray.
    pub(super) fn recancel(&mut self, now: Now, id: ClientId, out: &mut Effects) {
        let Some(order) = self.state.orders.get(&id) else { return };
        let open = matches!(order.state, State::Live | State::PartiallyFilled);
        if !open || order.cancel == CancelState::None {
            return;
        }
        if order.cancel != CancelState::Requested {
            self.commit(now, Body::Cancel { id, event: CancelEvent::Requested }, out);
        }
        self.send_cancel(now, id, out);
    }

    fn send_cancel(&mut self, now: Now, id: ClientId, out: &mut Effects) {
        let Some(order) = self.state.orders.get(&id) else { return };
        let (account, instrument) = (order.terms.account, order.terms.place.instrument);
        let cmd = OrderCmd::Cancel { client_id: id, instrument, venue_id: order.venue_id };
        let i = self.instruments.at(instrument);
        let link = self.find_link(i.venue, i.product, Role::Trade, Some(account));
        let data = self.encode_order(now, &cmd, account);
        if let (Some(link), Some(data), false) = (link, data, self.is_down(now, account)) {
            out.send(link, data);
        }
    }

    /// Cancels everything that may still be open.
    pub(super) fn cancel_all(&mut self, now: Now, out: &mut Effects) {
        let open = self.state.orders.iter_open().filter(|order| !order.state.is_terminal());
        let ids: Vec<ClientId> = open.map(Order::id).collect();
        for id in ids {
            self.cancel(now, id, out);
        }
    }
}
