//! Commands on protections: set, change, remove. Each is one record with the command's id and reply.

use super::terms::{Asked, LEVELS, Target};
use super::{CLOSES, ProtectRecord};
use crate::engine::Effects;
use crate::engine::commands::{Asker, Reply};
use crate::engine::error::{Code, Refusal};
use crate::engine::field::{FieldError, Fields};
use crate::engine::json::Json;
use crate::engine::record::Body;
use crate::engine::reducer::Engine;
use crate::order::PlaceOrder;
use crate::plan::{Plan, Protection, ProtectionState, ProtectionTerms};
use crate::units::{AccountId, InstrumentId, Now, PlanId, Side};

const TARGET: [&str; 7] = ["protectionId", "exchange", "account", "symbol", "type", "qty", "clientTag"];

impl Engine {
    /// Replies `{"protectionId","state"}`. With a `protectionId`: new levels of a known one.
    pub(in crate::engine) fn set_protection(
        &mut self,
        now: Now,
        body: Fields<'_>,
        asker: Asker<'_>,
        out: &mut Effects,
    ) -> Reply {
        let known: Vec<&str> = TARGET.into_iter().chain(LEVELS).collect();
        let body = body.only(&known)?;
        let terms = match body.get("protectionId") {
            Some(_) => self.changed_terms(now, body)?,
            None => self.new_terms(now, body)?,
        };
        let state = match (self.state.protections.get(terms.id), terms.seen) {
            (Some(protection), _) => protection.state,
            (None, Some(_)) => ProtectionState::Armed,
            (None, None) => ProtectionState::Waiting,
        };
        let reply = Json::object(|j| {
            j.str("protectionId", &Plan::name(terms.id));
            j.str("state", state.name());
            self.write_mark(j, self.accounts.at(terms.account).simulated);
        });
        let id = terms.id;
        self.commit_for(now, protect(ProtectRecord::Set(terms)), asker.tag(&reply), out);
        self.post_guard(id);
        self.tell_protection(id, out);
        self.watch_protections(now, terms.instrument, out);
        Ok(reply)
    }

    /// What is no order under way may be taken away at any time.
    pub(in crate::engine) fn remove_protection(
        &mut self,
        now: Now,
        body: Fields<'_>,
        asker: Asker<'_>,
        out: &mut Effects,
    ) -> Reply {
        let protection = self.protection_named(body.only(&["protectionId"])?)?;
        let (id, name) = (protection.terms.id, Plan::name(protection.terms.id));
        if protection.is_over() {
            return Err(conflict(format!("{name} is {}", protection.state.name()), protection.state));
        }
        let closing = |order: &&crate::order::Order| order.terms.leg == CLOSES && !order.is_settled();
        let mut orders = protection.sum.orders.iter().filter_map(|id| self.state.orders.get(id));
        if orders.any(|order| closing(&order)) {
            return Err(conflict(format!("{name} is closing the position"), protection.state));
        }
        let why = format!("removed by {}", asker.actor());
        let record = ProtectRecord::End { id, state: ProtectionState::Removed, why };
        self.commit_for(now, protect(record), asker.tag(b"{}"), out);
        self.ended_protection(now, id, out);
        Ok(b"{}".to_vec())
    }

    /// Of an order's own levels: set before the order leaves, armed by its first fill.
    pub(in crate::engine) fn entry_protection(
        &self,
        now: Now,
        body: Fields<'_>,
        account: AccountId,
        place: &PlaceOrder,
    ) -> Result<Option<ProtectionTerms>, Refusal> {
        let Some(asked) = Asked::read(body, self.instruments.at(place.instrument))? else {
            return match body.get("triggerBy") {
                Some(_) => {
                    Err(FieldError::new("triggerBy", "goes with stopLoss, takeProfit or trailingPct").into())
                }
                None => Ok(None),
            };
        };
        if place.reduce_only {
            return Err(FieldError::new("reduceOnly", "opens nothing that could be protected").into());
        }
        let side = place.side.opposite();
        let (instrument, entry) = (place.instrument, Some(place.client_id));
        let target = Target { account, instrument, side, qty: None, entry };
        // What the order may pay at worst, or what closing would get now: the stop lies beyond both.
        let seen = [place.px, self.watched_px(now, instrument, side)].into_iter().flatten();
        let px = seen.min_by_key(|px| -side.sign() * px.get());
        let id = self.next_protection();
        Ok(Some(self.protection_terms(id, asked, target, px)?))
    }

    /// The record of an order's levels, in front of the order's own.
    pub(in crate::engine) fn take_entry_protection(
        &mut self,
        now: Now,
        terms: ProtectionTerms,
        out: &mut Effects,
    ) {
        self.commit_protect(now, ProtectRecord::Set(terms), out);
        self.tell_protection(terms.id, out);
    }

    /// The order that it belongs to could not leave.
    pub(in crate::engine) fn drop_entry_protection(&mut self, now: Now, id: PlanId, out: &mut Effects) {
        self.end_protection(now, id, ProtectionState::Cancelled, "its order could not leave", out);
    }

    fn new_terms(&self, now: Now, body: Fields<'_>) -> Result<ProtectionTerms, Refusal> {
        let (account, instrument) = self.order_target(body)?;
        if self.accounts.at(account).public_only {
            return Err(FieldError::new("exchange", "has no account that trades").into());
        }
        let asked = self.levels_of(body, instrument)?;
        let side = self.closing_side(account, instrument)?;
        let qty = self.protected_qty(now, body, account, instrument, side)?;
        let target = Target { account, instrument, side, qty, entry: None };
        let px = self.watched_px(now, instrument, side);
        self.protection_terms(self.next_protection(), asked, target, px)
    }

    fn changed_terms(&self, now: Now, body: Fields<'_>) -> Result<ProtectionTerms, Refusal> {
        let protection = self.protection_named(body)?;
        let (terms, state) = (protection.terms, protection.state);
        if !matches!(state, ProtectionState::Waiting | ProtectionState::Armed) || protection.is_over() {
            let text = format!("{} is {}", Plan::name(terms.id), state.name());
            return Err(conflict(text, state));
        }
        if let Some(other) =
            ["exchange", "account", "symbol", "type"].iter().find(|key| body.get(key).is_some())
        {
            return Err(
                FieldError::new(other, "stays as it is; remove the protection and set another").into()
            );
        }
        let asked = self.levels_of(body, terms.instrument)?;
        let qty = match (body.get("qty"), terms.entry) {
            (Some(_), Some(_)) => return Err(FieldError::new("qty", "follows the order's fills").into()),
            (_, Some(_)) => None,
            (_, None) => self.protected_qty(now, body, terms.account, terms.instrument, terms.side)?,
        };
        let target = Target {
            account: terms.account,
            instrument: terms.instrument,
            side: terms.side,
            qty,
            entry: terms.entry,
        };
        let px = self.watched_px(now, terms.instrument, terms.side);
        let held = if state == ProtectionState::Armed { px } else { px.filter(|_| terms.entry.is_none()) };
        let mut changed = self.protection_terms(terms.id, asked, target, held)?;
        changed.seen = held.or(terms.seen);
        Ok(changed)
    }

    fn levels_of(&self, body: Fields<'_>, instrument: InstrumentId) -> Result<Asked, Refusal> {
        let asked = Asked::read(body, self.instruments.at(instrument))?;
        Ok(asked.ok_or_else(|| FieldError::new("stopLoss", "or takeProfit or trailingPct is required"))?)
    }

    /// The side of the orders that close the account's position.
    fn closing_side(&self, account: AccountId, id: InstrumentId) -> Result<Side, Refusal> {
        let held = |side: &Side| self.held(account, id, *side).0 > 0;
        [Side::Sell, Side::Buy].into_iter().find(held).ok_or_else(|| {
            let text =
                format!("{} has no position in {}", self.accounts.name(account), self.instruments.name(id));
            Refusal::new(Code::Conflict, text)
        })
    }

    fn protection_named(&self, body: Fields<'_>) -> Result<&Protection, Refusal> {
        let name = body.str("protectionId")?;
        let id = Plan::parse_name(name).filter(|id| id.is_protection());
        id.and_then(|id| self.state.protections.get(id)).ok_or_else(|| Refusal::not_found("protection", name))
    }
}

fn protect(record: ProtectRecord) -> Body {
    Body::Protect(Box::new(record))
}

fn conflict(text: String, state: ProtectionState) -> Refusal {
    Refusal::new(Code::Conflict, text).with(|j| j.str("state", state.name()))
}
