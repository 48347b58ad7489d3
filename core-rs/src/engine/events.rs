//! Events for people and programs: topic and data in the shapes of the outer contract.

use super::docs;
use super::json::Json;
use super::mutant::Mutant;
use super::pairs::PairId;
use super::reducer::Engine;
use super::{Effect, Effects};
use crate::ledger::{BalanceReport, MoveReport};
use crate::market::{Edge, EdgeChange, PERCENT_DECIMALS, Quote, SpreadSpec};
use crate::order::FillReport;
use crate::plan::Plan;
use crate::units::{
    AccountId, ClientId, InstrumentId, LinkId, MONEY_DECIMALS, Money, Now, Ns, PlanId, Side, pow10,
};

/// The same alert is told again after this long; what came between is counted.
const ALERT_EVERY: Ns = 1_000_000_000;

impl Effects {
    /// `{"event":...,"data":{...}}`, unless nobody hears the topic.
    pub(super) fn event(&mut self, topic: &str, name: &str, data: impl FnOnce(&mut Json)) {
        if !self.hears(topic) {
            return;
        }
        let data = Json::object(|j| {
            j.str("event", name);
            j.obj("data", data);
        });
        self.push(Effect::Event { topic: topic.to_owned(), data });
    }

    pub(super) fn alert(&mut self, now: Now, severity: &str, code: &str, message: &str) {
        self.event("alerts", "engine_alert", |j| write_alert(j, now, severity, code, message));
    }
}

fn write_alert(j: &mut Json, now: Now, severity: &str, code: &str, message: &str) {
    j.str("severity", severity);
    j.str("code", code);
    j.str("message", message);
    j.int("ts", now.wall_ms());
}

pub(super) fn pair_alert(
    now: Now,
    severity: &str,
    code: &str,
    message: &str,
    pair: PairId,
    out: &mut Effects,
) {
    out.event("alerts", "engine_alert", |j| {
        write_alert(j, now, severity, code, message);
        j.str("pairId", pair.as_str());
    });
}

impl Engine {
    pub(super) fn alert(
        &mut self,
        now: Now,
        severity: &str,
        code: &'static str,
        message: &str,
        out: &mut Effects,
    ) {
        if self.admits_alert(now, code) {
            out.alert(now, severity, code, message);
        }
    }

    pub(super) fn plan_alert(
        &mut self,
        now: Now,
        severity: &str,
        code: &'static str,
        message: &str,
        plan: PlanId,
        out: &mut Effects,
    ) {
        if self.admits_alert(now, code) {
            out.event("alerts", "engine_alert", |j| {
                write_alert(j, now, severity, code, message);
                j.str("planId", &Plan::name(plan));
            });
        }
    }

    /// Ten of a kind at once, then one a second.
    fn admits_alert(&mut self, now: Now, code: &'static str) -> bool {
        let (last, burst) = self.last_alerts.entry(code).or_insert((now.mono, 0));
        if now.mono - *last >= ALERT_EVERY {
            (*last, *burst) = (now.mono, 0);
        }
        *burst += 1;
        *burst <= 10
    }

    pub(super) fn price_event(&self, now: Now, id: InstrumentId, out: &mut Effects) {
        let i = self.instruments.at(id);
        let top = self.books[id.0 as usize].top();
        let topic = format!("prices:{}", self.instruments.name(id));
        out.event(&topic, "price_update", |j| {
            docs::instrument(j, i);
            let mut side = |px_key: &str, qty_key: &str, level: Option<crate::market::Level>| {
                if let Some(level) = level {
                    j.dec_str(px_key, level.px, i.px_decimals);
                    j.dec_str(qty_key, level.qty, i.qty_decimals);
                } else {
                    j.null(px_key);
                    j.null(qty_key);
                }
            };
            side("bid", "bidQty", top.bid);
            side("ask", "askQty", top.ask);
            j.bool("simulated", self.accounts.is_simulated(i.venue));
            j.int("ts", now.wall_ms());
        });
    }

    /// A book that can not be priced from, told to who watches it.
    pub(super) fn book_status_event(&self, now: Now, id: InstrumentId, out: &mut Effects) {
        let i = self.instruments.at(id);
        out.event("status", "exchange_status", |j| {
            self.write_exchange(j, i.venue, now);
            j.str("symbol", i.symbol.as_str());
        });
    }

    pub(super) fn venue_event(&self, now: Now, venue: crate::units::Venue, out: &mut Effects) {
        out.event("status", "exchange_status", |j| self.write_exchange(j, venue, now));
    }

    pub(super) fn status_event(&self, now: Now, id: LinkId, out: &mut Effects) {
        let Some(link) = self.link(id) else { return };
        let venue = link.config.venue;
        out.event("status", "exchange_status", |j| self.write_exchange(j, venue, now));
    }

    pub(super) fn account_ready_event(&self, now: Now, account: AccountId, out: &mut Effects) {
        let venue = self.accounts.at(account).venue;
        out.event("status", "exchange_status", |j| self.write_exchange(j, venue, now));
    }

    pub(super) fn opportunity_event(&self, now: Now, edge: &Edge, out: &mut Effects) {
        let Some(id) = self.lanes[edge.pair.0 as usize].id else { return };
        let Some(spec) = self.board.spec(edge.pair) else { return };
        let topic = format!("pairs:{id}");
        match &edge.change {
            EdgeChange::Opened(quote) | EdgeChange::Updated(quote) => {
                out.event(&topic, "opportunity", |j| {
                    self.write_edge(j, id, spec, edge.direction, quote);
                    j.str(
                        "state",
                        if matches!(edge.change, EdgeChange::Opened(_)) { "opened" } else { "open" },
                    );
                    j.int("ts", now.wall_ms());
                });
            }
            EdgeChange::Closed { open_ns, max_micro_percent } => {
                out.event(&topic, "opportunity", |j| {
                    j.str("pairId", id.as_str());
                    j.str("direction", edge.direction.name());
                    j.str("state", "closed");
                    j.int("openNs", *open_ns);
                    j.dec("netPercent", *max_micro_percent, PERCENT_DECIMALS);
                    j.int("ts", now.wall_ms());
                });
            }
        }
    }

    /// One direction of a pair as it can be traded now.
    pub(super) fn write_edge(
        &self,
        j: &mut Json,
        id: PairId,
        spec: &SpreadSpec,
        direction: crate::units::Direction,
        quote: &Quote,
    ) {
        let leg = |taker| SpreadSpec::leg_of(direction, taker);
        let px = |px: crate::units::Price, leg: usize| {
            Money(i128::from(px.get()) * pow10(MONEY_DECIMALS - spec.legs[leg].px_decimals))
        };
        j.str("pairId", id.as_str());
        j.str("direction", direction.name());
        j.money("spread", quote.gross());
        j.money("gross", quote.gross());
        j.opt_money("slippage", self.slippage(spec, direction, quote));
        let gross = crate::units::mul_div_half_even(quote.gross().0, 100_000_000, quote.cost.0).unwrap_or(0);
        j.dec("spreadPercent", gross, PERCENT_DECIMALS);
        j.dec("netPercent", quote.net_micro_percent, PERCENT_DECIMALS);
        j.money("net", quote.net);
        j.money("fees", quote.fees());
        j.money("qty", quote.qty);
        let mut side = |key: &str, taker: Side, vwap: Money, worst: crate::units::Price| {
            let i = self.instruments.at(spec.legs[leg(taker)].instrument);
            j.obj(key, |j| {
                docs::instrument(j, i);
                j.money("price", vwap);
                j.money("worst", px(worst, leg(taker)));
                j.int("leg", leg(taker) as u64 + 1);
            });
        };
        side("buy", Side::Buy, quote.buy_vwap(), quote.buy_worst);
        side("sell", Side::Sell, quote.sell_vwap(), quote.sell_worst);
        let simulated =
            spec.legs.iter().all(|leg| self.accounts.is_simulated(self.instruments.at(leg.instrument).venue));
        j.bool("simulated", simulated);
    }

    /// What walking the depth costs against the best prices, quote units; part of `gross` already.
    fn slippage(
        &self,
        spec: &SpreadSpec,
        direction: crate::units::Direction,
        quote: &Quote,
    ) -> Option<Money> {
        let best = |taker: Side| {
            let leg = &spec.legs[SpreadSpec::leg_of(direction, taker)];
            let top = self.books.get(leg.instrument.0 as usize)?.top();
            let level = if taker == Side::Buy { top.ask } else { top.bid }?;
            let px = i128::from(level.px) * pow10(MONEY_DECIMALS - leg.px_decimals);
            crate::units::mul_div_half_even(px, quote.qty.0, pow10(MONEY_DECIMALS))
        };
        Some(Money(quote.cost.0 - best(Side::Buy)? + best(Side::Sell)? - quote.proceeds.0))
    }

    /// `order_submitted`, `order_cancelled`: the order as it stands.
    pub(super) fn order_event(&self, now: Now, name: &str, id: ClientId, out: &mut Effects) {
        let Some(order) = self.state.orders.get(&id) else { return };
        out.event("orders", name, |j| {
            self.write_order_head(j, order);
            j.str("state", order.state.name());
            j.opt_str("reason", (!order.reason.is_empty()).then(|| order.reason.as_str()));
            j.int("ts", now.wall_ms());
        });
    }

    pub(super) fn failed_event(&self, now: Now, id: ClientId, code: &str, message: &str, out: &mut Effects) {
        let Some(order) = self.state.orders.get(&id) else { return };
        out.event("orders", "order_failed", |j| {
            self.write_order_head(j, order);
            j.str("code", code);
            j.str("message", message);
            j.int("ts", now.wall_ms());
        });
    }

    pub(super) fn filled_event(&self, now: Now, id: ClientId, fill: &FillReport, out: &mut Effects) {
        let Some(order) = self.state.orders.get(&id) else { return };
        let i = self.instruments.at(fill.instrument);
        out.event("orders", "order_filled", |j| {
            docs::instrument(j, i);
            j.str("orderId", id.as_str());
            j.str("account", &self.accounts.at(order.terms.account).name);
            j.str("side", fill.side.name());
            j.dec("price", fill.px.get(), i.px_decimals);
            j.dec("qty", fill.qty.get(), i.qty_decimals);
            j.dec("filledQty", order.filled.get(), i.qty_decimals);
            j.money("fee", fill.fee);
            j.str("feeAsset", fill.fee_asset.as_str());
            j.str("tradeId", fill.trade_id.as_str());
            docs::plan_id(j, order.terms.plan);
            self.write_mark(j, self.accounts.at(order.terms.account).simulated);
            j.int("ts", now.wall_ms());
        });
    }

    pub(super) fn plan_event(&self, now: Now, id: PlanId, out: &mut Effects) {
        let _ = now;
        let Some(plan) = self.state.plans.get(&id) else { return };
        if self.has(Mutant::EndUntold) && plan.state.is_end() {
            return;
        }
        out.event("plans", "plan_update", |j| self.write_plan(j, plan));
    }

    pub(super) fn balance_event(
        &self,
        now: Now,
        account: AccountId,
        report: &BalanceReport,
        out: &mut Effects,
    ) {
        out.event("balances", "balance_update", |j| {
            self.write_balance(j, account, report.wallet, &report.asset);
            j.int("ts", now.wall_ms());
        });
    }

    /// `balance_update` of what a movement changed.
    pub(super) fn move_event(&self, now: Now, account: AccountId, report: &MoveReport, out: &mut Effects) {
        out.event("balances", "balance_update", |j| {
            self.write_balance(j, account, report.wallet, &report.asset);
            j.str("cause", report.kind.name());
            j.int("ts", now.wall_ms());
        });
    }

    pub(super) fn breaker_event(
        &self,
        now: Now,
        name: &str,
        breaker: crate::risk::Breaker,
        over: super::breakers::Over,
        reason: &str,
        out: &mut Effects,
    ) {
        out.event("alerts", name, |j| {
            self.write_over(j, over);
            j.str("breaker", breaker.spec().id);
            j.str("reason", reason);
            j.int("ts", now.wall_ms());
        });
    }

    pub(super) fn latch_event(&self, now: Now, open: bool, reason: &str, out: &mut Effects) {
        let name = if open { "breaker_open" } else { "breaker_closed" };
        out.event("alerts", name, |j| {
            j.str("scope", "kill");
            j.str("mode", self.state.latch.mode.name());
            j.str("reason", reason);
            j.int("ts", now.wall_ms());
        });
    }
}
