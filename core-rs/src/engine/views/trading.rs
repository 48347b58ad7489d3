//! Plans, orders, positions, balances, performance.

use super::limit_of;
use crate::engine::config::read_venue_name;
use crate::engine::error::Refusal;
use crate::engine::field::Fields;
use crate::engine::json::Json;
use crate::engine::reducer::Engine;
use crate::ledger::Book;
use crate::plan::{Plan, PlanState};
use crate::units::{Asset, ClientId, Money};

impl Engine {
    /// Newest first, those in memory.
    pub(super) fn view_plans(&self, q: Fields<'_>) -> Result<Vec<u8>, Refusal> {
        let limit = limit_of(q)?;
        let state = q.opt_str("state")?.map(PlanState::parse);
        let fits = |plan: &&Plan| state.is_none_or(|state| state == Some(plan.state));
        Ok(Json::array(|j| {
            let plans = self.state.plans.values().rev().filter(fits).take(limit);
            plans.for_each(|plan| j.obj("", |j| self.write_plan(j, plan)));
        }))
    }

    pub(super) fn view_plan(&self, q: Fields<'_>) -> Result<Vec<u8>, Refusal> {
        let name = q.str("planId")?;
        let plan = Plan::parse_name(name).and_then(|id| self.state.plans.get(&id));
        let plan = plan.ok_or_else(|| Refusal::not_found("plan", name))?;
        Ok(Json::object(|j| self.write_plan(j, plan)))
    }

    pub(super) fn view_order(&self, q: Fields<'_>) -> Result<Vec<u8>, Refusal> {
        let name = q.str("orderId")?;
        let order = ClientId::parse(name.as_bytes()).and_then(|id| self.state.orders.get(&id));
        let order = order.ok_or_else(|| Refusal::not_found("order", name))?;
        Ok(Json::object(|j| self.write_order(j, order)))
    }

    pub(super) fn view_open_orders(&self, j: &mut Json) {
        for order in self.state.orders.iter_open() {
            j.obj("", |j| self.write_order(j, order));
        }
    }

    pub(super) fn view_positions(&self, j: &mut Json) {
        // By name: ids depend on the order in which a start met the instruments.
        let mut rows: Vec<_> = self.state.ledger.positions().iter().collect();
        rows.sort_by_key(|(account, id, _)| (*account, self.instruments.name(*id)));
        for (account, id, position) in rows {
            j.obj("", |j| self.write_position(j, account, id, position));
        }
    }

    pub(super) fn view_balances(&self, q: Fields<'_>) -> Result<Vec<u8>, Refusal> {
        let venue = q.get("exchange").map(|_| read_venue_name(q, "exchange")).transpose()?;
        let account = q.opt_str("account")?;
        Ok(Json::array(|j| {
            for (id, book, asset, _) in self.state.ledger.balances().iter() {
                let (Book::Wallet(wallet), of) = (book, self.accounts.at(id)) else { continue };
                let wanted =
                    venue.is_none_or(|venue| venue == of.venue) && account.is_none_or(|name| name == of.name);
                if wanted {
                    j.obj("", |j| self.write_balance(j, id, wallet, &asset));
                }
            }
        }))
    }

    pub(super) fn view_performance(&self, j: &mut Json) {
        let totals = &self.state.totals;
        j.money("pnl", totals.pnl);
        j.money("fees", totals.fees);
        j.money("turnover", totals.turnover);
        j.int("plans", totals.ended);
        j.int("wins", totals.won);
        j.int("losses", totals.lost);
        let decided = totals.won + totals.lost;
        let rate = (totals.won * 10_000).checked_div(decided).unwrap_or(0);
        j.dec("winRate", rate, 4);
        j.money("maxDrawdown", totals.drawdown);
        j.money("dayPnl", self.day_pnl());
        // Of everything booked, whoever traded it; plans that are open, and positions that they leave, included.
        let quote = Asset::new(b"USDT").unwrap_or(Asset::EMPTY);
        let booked = self.state.ledger.pnl(&quote, |instrument| self.mark(instrument)).unwrap_or_default();
        j.money("realizedPnl", Money(booked.realized.0 + booked.funding.0 - booked.fees.0));
        j.money("unrealizedPnl", booked.unrealized);
        j.money("feesPaid", booked.fees);
        j.money(
            "residual",
            Money(self.state.active().map(|p| (p.sums[0].net().0 + p.sums[1].net().0).abs()).sum()),
        );
        self.write_mark(j, self.accounts.ids().all(|id| self.accounts.at(id).simulated));
    }
}
