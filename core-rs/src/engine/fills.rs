//! Fills: facts in every state of an order, booked once each, and what follows from them.

use super::Effects;
use super::Mutant;
use super::apply::Applied;
use super::booked::{FillKey, Whose};
use super::instruments::TableNames;
use super::record::{Body, PlanTurn};
use super::reducer::Engine;
use super::requests::Why;
use crate::order::{ClientRef, FillReport, Trade};
use crate::units::{AccountId, ClientId, InstrumentId, Now, PlanId, TradeId, VenueOrderId};
use crate::venues::Query;

/// Fills that wait for their orders to be known.
pub(super) const DEFERRED_MAX: usize = 1_000;
/// Orders of others that are remembered as such.
pub(super) const STRANGERS_MAX: usize = 1_000;

impl Engine {
    pub(super) fn on_fill(&mut self, now: Now, account: AccountId, fill: &FillReport, out: &mut Effects) {
        let ours = self.ours(account, fill.client, fill.instrument, &fill.venue_id);
        let mut fill = *fill;
        if self.has(Mutant::FeeIgnored) {
            fill.fee = crate::units::Money::ZERO;
        }
        let third = |i: &crate::market::Instrument| fill.fee_asset != i.base && fill.fee_asset != i.quote;
        if self.has(Mutant::ThirdFeeIgnored) && third(self.instruments.at(fill.instrument)) {
            fill.fee = crate::units::Money::ZERO;
        }
        if self.has(Mutant::ArrivalOrder) {
            fill.venue_ns = now.wall;
        }
        if self.has(Mutant::NoDedupe) {
            fill.trade_id =
                TradeId::new(format!("x{}", self.journal.seq()).as_bytes()).unwrap_or(fill.trade_id);
        }
        if let Some(id) = ours {
            let Some(order) = self.state.orders.get(&id) else {
                if self.is_settled_past(account, &id, &fill) {
                    return;
                }
                // Its order comes first: the query adopts it. What was traded before the ledger opened is in its
                // opening balance.
                if self.state.opened.get(&account).is_some_and(|at| fill.venue_ns > *at) {
                    self.query_unknown(now, account, fill.instrument, id, out);
                    self.defer(now, account, fill, out);
                }
                return;
            };
            let same = |t: &Trade| t.id == fill.trade_id && t.px == fill.px.get() && t.qty == fill.qty;
            if order.trades().iter().any(same) {
                return;
            }
            if order.state.is_terminal() && self.has(Mutant::LateFillDropped) {
                return;
            }
            fill.client = ClientRef::Ours(id);
        } else {
            let whose = (account, fill.instrument, fill.venue_id);
            let told = self.strangers.get(&whose).copied().unwrap_or(fill.client);
            fill.client = if told == ClientRef::Venue { told } else { ClientRef::Foreign };
            let known = self.booked_as(account, &fill).is_some() || self.state.booked.is_old(account, &fill);
            let i = self.instruments.at(fill.instrument);
            let paid_from = (super::apply::wallet_of(i.venue, i.product), i.quote);
            // What was traded before the ledger opened is in its opening balance.
            let before = self.state.external.was_before(account, paid_from, fill.venue_ns);
            if known || before {
                return;
            }
            if fill.client == ClientRef::Venue && self.has(Mutant::ExternalCloseIgnored) {
                return;
            }
            let doubtful = fill.client != ClientRef::Venue;
            if doubtful && (self.may_be_ours(account, &fill) || self.ask_whose(now, account, &fill, out)) {
                self.defer(now, account, fill, out);
                return;
            }
        }
        if self.apply_fails(&fill) {
            // It is known of and not booked: nothing is compared, and nothing new opened, as if it were not there.
            self.defer(now, account, fill, out);
            self.whole_round(now, account, 0);
            return;
        }
        let applied = self.commit(now, Body::Fill { account, fill }, out);
        self.after_fill(now, account, &fill, applied, out);
    }

    fn booked_as(&self, account: AccountId, fill: &FillReport) -> Option<Whose> {
        let names = TableNames { instruments: &self.instruments, accounts: self.accounts.names() };
        self.state.booked.whose(&FillKey::new(&names, account, fill))
    }

    /// A fill told again of an order that was settled and forgotten.
    fn is_settled_past(&self, account: AccountId, id: &ClientId, fill: &FillReport) -> bool {
        self.state.is_booked_of(id, self.booked_as(account, fill), account, fill)
    }

    /// A trade list may name an order by the venue's id alone: while an order of ours is without its id, a fill of
    /// that instrument and side may be its fill.
    fn may_be_ours(&self, account: AccountId, fill: &FillReport) -> bool {
        self.state.orders.iter_open().any(|order| {
            let place = &order.terms.place;
            order.venue_id.is_none()
                && (order.terms.account, place.instrument, place.side)
                    == (account, fill.instrument, fill.side)
        })
    }

    /// Asks the venue whose order a fill belongs to: its journal may have been lost with the machine. False when that
    /// is known already, or can not be asked.
    fn ask_whose(&mut self, now: Now, account: AccountId, fill: &FillReport, out: &mut Effects) -> bool {
        let (instrument, venue_id) = (fill.instrument, fill.venue_id);
        if self.has(Mutant::StrangersAssumed)
            || venue_id.is_empty()
            || self.strangers.contains_key(&(account, instrument, venue_id))
        {
            return false;
        }
        let Some(link) = self.rest_link(account, instrument) else { return false };
        let query = Query::VenueOrder { instrument, venue_id };
        if !self.requests.asks(Some(account), link, &query) {
            // One that could not be asked now is asked when the fill is looked at again.
            let _asked = self.ask(now, link, Some(account), query, Why::Order, out);
        }
        true
    }

    /// The venue told whose order it is (adopted by now if ours), or that there is none.
    pub(super) fn whose_order_is_told(
        &mut self,
        now: Now,
        account: Option<AccountId>,
        instrument: InstrumentId,
        venue_id: VenueOrderId,
        out: &mut Effects,
    ) {
        let Some(account) = account else { return };
        if self.state.orders.by_venue_id(account, instrument, &venue_id).is_none() {
            if self.strangers.len() >= STRANGERS_MAX {
                self.strangers.pop_first();
            }
            self.strangers.entry((account, instrument, venue_id)).or_insert(ClientRef::Foreign);
        }
        self.retry_deferred(now, out);
    }

    fn defer(&mut self, now: Now, account: AccountId, fill: FillReport, out: &mut Effects) {
        let known = self
            .deferred
            .iter()
            .any(|(of, f)| (*of, f.instrument, f.trade_id) == (account, fill.instrument, fill.trade_id));
        if known || self.has(Mutant::DeferredDropped) {
            return;
        }
        if self.deferred.len() >= DEFERRED_MAX {
            self.alert(now, "critical", "FILLS_DEFERRED", "too many fills wait for their orders", out);
            return;
        }
        self.deferred.push((account, fill));
    }

    /// Looks at waiting fills again, now that an order is known better.
    pub(super) fn retry_deferred(&mut self, now: Now, out: &mut Effects) {
        for (account, fill) in core::mem::take(&mut self.deferred) {
            self.on_fill(now, account, &fill, out);
        }
    }

    fn after_fill(
        &mut self,
        now: Now,
        account: AccountId,
        fill: &FillReport,
        applied: Option<Applied>,
        out: &mut Effects,
    ) {
        let (overdrawn, late) = match applied {
            Some(Applied::Fill { posted, late, .. }) => (posted.overdrawn, late),
            Some(Applied::Conflict(first)) => {
                let text = format!("trade {} was told with another price or quantity; first stays", first.id);
                self.alert(now, "critical", "FILL_CONFLICT", &text, out);
                return;
            }
            Some(Applied::Known) => {
                if let ClientRef::Ours(id) = fill.client {
                    self.after_change(now, id, out);
                }
                return;
            }
            Some(Applied::Done | Applied::Order(_)) | None => return,
        };
        self.recon_mut(account).booked = now.mono;
        let ClientRef::Ours(id) = fill.client else {
            self.protect_position(now, account, fill.instrument, out);
            let name = self.instruments.name(fill.instrument);
            if fill.client == ClientRef::Venue {
                let text = format!(
                    "{name} {}: the venue closed a position by itself; nothing is opened there until this is \
                     acknowledged",
                    fill.trade_id
                );
                self.alert(now, "critical", "EXTERNAL_CLOSE", &text, out);
            } else {
                let text = format!("{name} {}: not an order of ours", fill.trade_id);
                self.alert(now, "warning", "EXTERNAL_FILL", &text, out);
            }
            return;
        };
        self.filled_event(now, id, fill, out);
        if overdrawn {
            self.alert(
                now,
                "critical",
                "OVERDRAWN",
                &format!("a wallet is below zero after a fill of {id}"),
                out,
            );
        }
        let plan = self.state.orders.get(&id).and_then(|order| order.terms.plan);
        let plan = plan.filter(|_| !self.has(Mutant::LateFillNotHedged));
        if let Some(plan) = plan.filter(|plan| self.state.plans.get(plan).is_some_and(|p| p.state.is_end())) {
            let text = format!("fill {} of {id} came after the end", fill.trade_id);
            self.alert(now, "critical", "LATE_FILL", &text, out);
            self.commit(now, Body::Turn { id: plan, turn: PlanTurn::Reopened, text }, out);
        } else if late {
            self.alert(now, "warning", "LATE_FILL", &format!("fill of {id} after its end"), out);
        } else if plan.is_some_and(|plan| self.was_hedged_around(now, plan)) {
            let text = format!("fill of {id} came after its quantity was hedged otherwise; the excess goes");
            self.alert(now, "warning", "LATE_FILL", &text, out);
        }
        self.after_change(now, id, out);
        self.protect_position(now, account, fill.instrument, out);
    }

    /// A fill of this moment made a difference again in a plan that did not wait for it.
    fn was_hedged_around(&self, now: Now, id: PlanId) -> bool {
        let plan = self.state.plans.get(&id);
        plan.is_some_and(|plan| plan.hedged_around && plan.naked.since == Some(now.wall))
    }
}
