//! Protections as the API serves them: views, events, rows.

use crate::engine::Effects;
use crate::engine::docs::{average, instrument};
use crate::engine::error::Refusal;
use crate::engine::field::Fields;
use crate::engine::json::Json;
use crate::engine::reducer::Engine;
use crate::engine::rows::{Row, Table};
use crate::plan::{Cause, Plan, Protection, ProtectionState};
use crate::units::{ClientId, Money, Ns, PlanId, Price};

const MS: Ns = 1_000_000;
const RATE_AS_PERCENT: u8 = 8;

impl Engine {
    /// Newest first, those in memory.
    pub(in crate::engine) fn view_protections(
        &self,
        q: Fields<'_>,
        limit: usize,
    ) -> Result<Vec<u8>, Refusal> {
        let state = q.opt_str("state")?.map(ProtectionState::parse);
        let fits = |p: &&Protection| state.is_none_or(|state| state == Some(p.state));
        Ok(Json::array(|j| {
            for protection in self.state.protections.newest().filter(fits).take(limit) {
                j.obj("", |j| self.write_protection(j, protection));
            }
        }))
    }

    pub(in crate::engine) fn view_protection(&self, q: Fields<'_>) -> Result<Vec<u8>, Refusal> {
        let name = q.str("protectionId")?;
        let known = Plan::parse_name(name).and_then(|id| self.state.protections.get(id));
        let protection = known.ok_or_else(|| Refusal::not_found("protection", name))?;
        Ok(Json::object(|j| self.write_protection(j, protection)))
    }

    pub(in crate::engine) fn protection_row(&self, id: PlanId) -> Option<Row> {
        let protection = self.state.protections.get(id)?;
        let doc = Json::object(|j| self.write_protection(j, protection));
        Some(Row { table: Table::Protections, id: Plan::name(id), doc })
    }

    pub(super) fn tell_protection(&self, id: PlanId, out: &mut Effects) {
        let Some(protection) = self.state.protections.get(id) else { return };
        let write = |j: &mut Json| self.write_protection(j, protection);
        out.event("orders", "protection_update", write);
    }

    /// Those of the state, for the state's summary: (watched, being closed).
    pub(in crate::engine) fn count_protections(&self) -> (usize, usize) {
        let all = self.state.protections.active();
        let closing = all.filter(|p| p.state == ProtectionState::Triggered).count();
        (self.state.protections.active.len() - closing, closing)
    }

    fn write_protection(&self, j: &mut Json, protection: &Protection) {
        let terms = &protection.terms;
        let (i, account) = (self.instruments.at(terms.instrument), self.accounts.at(terms.account));
        let px = |j: &mut Json, key: &str, px: Option<i64>| match px {
            Some(px) => j.dec(key, px, i.px_decimals),
            None => j.null(key),
        };
        j.str("protectionId", &Plan::name(terms.id));
        j.str("account", &account.name);
        instrument(j, i);
        j.str("side", terms.side.name());
        j.str("state", protection.state.name());
        j.opt_str("reason", (!protection.why.is_empty()).then_some(protection.why.as_str()));
        px(j, "stopLoss", terms.stop.map(Price::get));
        px(j, "takeProfit", terms.target.map(Price::get));
        match terms.trail {
            Some(trail) => j.dec("trailingPct", trail.0, RATE_AS_PERCENT),
            None => j.null("trailingPct"),
        }
        match terms.backstop {
            Some(gap) => j.dec("venueStopPct", gap.0, RATE_AS_PERCENT),
            None => j.null("venueStopPct"),
        }
        px(j, "venueStop", self.backstop_of(protection).map(Price::get));
        j.str("triggerBy", "bidAsk");
        px(j, "stopNow", self.stop_of(protection));
        px(j, "bestSeen", protection.water.map(Price::get));
        j.opt_money("qty", terms.qty);
        j.money("held", self.protected(protection));
        j.opt_str("entryOrderId", terms.entry.as_ref().map(ClientId::as_str));
        j.opt_str("cause", protection.cause.map(Cause::name));
        px(j, "triggerPrice", protection.fired.map(|(px, _)| px.get()));
        j.money("closedQty", protection.closed().max(Money::ZERO));
        j.opt_money("avgPrice", average(&protection.sum, terms.side));
        let closes = |id: &&ClientId| Some(**id) != terms.entry;
        j.arr("orders", |j| {
            protection.sum.orders.iter().filter(closes).for_each(|id| j.str("", id.as_str()));
        });
        j.arr("fees", |j| {
            for fee in &protection.sum.fees {
                j.obj("", |j| {
                    j.str("asset", fee.asset.as_str());
                    j.money("amount", fee.amount);
                    j.money("quoteValue", fee.quote);
                });
            }
        });
        j.int("createdTs", protection.created / MS);
        opt_ms(j, "triggeredTs", protection.fired.map(|(_, at)| at));
        opt_ms(j, "endedTs", protection.ended);
        j.arr("timeline", |j| {
            for note in &protection.timeline {
                j.obj("", |j| {
                    j.int("ts", note.wall / MS);
                    j.str("event", &note.event);
                    if !note.text.is_empty() {
                        j.str("text", &note.text);
                    }
                });
            }
        });
        self.write_mark(j, account.simulated);
    }

    /// What it would close now.
    fn protected(&self, protection: &Protection) -> Money {
        if protection.is_over() {
            return Money::ZERO;
        }
        let held = self.held(protection.terms.account, protection.terms.instrument, protection.terms.side);
        protection.reach().map_or(held, |reach| held.min(reach))
    }

    /// Protections of a position, for its document.
    pub(in crate::engine) fn write_position_protections(
        &self,
        j: &mut Json,
        account: crate::units::AccountId,
        id: crate::units::InstrumentId,
    ) {
        j.arr("protections", |j| {
            let of = self.state.protections.active_of(id).filter(|p| p.terms.account == account);
            of.for_each(|p| j.str("", &Plan::name(p.terms.id)));
        });
    }
}

fn opt_ms(j: &mut Json, key: &str, at: Option<Ns>) {
    match at {
        Some(at) => j.int(key, at / MS),
        None => j.null(key),
    }
}
