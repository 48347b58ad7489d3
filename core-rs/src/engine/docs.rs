//! Objects as the API serves them, written once for views, events and rows.

use super::config::Mode;
use super::json::Json;
use super::reducer::Engine;
use super::rows::{Changed, Ready, Row, Table};
use crate::ledger::{Position, Wallet};
use crate::market::Instrument;
use crate::order::{ClientRef, FillReport, Liquidity, Order};
use crate::plan::{LegSum, Plan};
use crate::risk::LimitRow;
use crate::units::{
    AccountId, Asset, ClientId, InstrumentId, MONEY_DECIMALS, Money, Ns, PlanId, Side, VenueOrderId,
    mul_div_half_even, pow10,
};

const MS: Ns = 1_000_000;

pub(super) fn instrument(j: &mut Json, i: &Instrument) {
    j.str("exchange", i.venue.name());
    j.str("symbol", i.symbol.as_str());
    j.str("type", i.product.name());
}

pub(super) fn plan_id(j: &mut Json, plan: Option<PlanId>) {
    match plan {
        Some(plan) => j.str("planId", &Plan::name(plan)),
        None => j.null("planId"),
    }
}

pub(super) fn limit(j: &mut Json, row: &LimitRow) {
    j.obj("", |j| limit_fields(j, row));
}

fn limit_fields(j: &mut Json, row: &LimitRow) {
    j.str("name", row.key.name.name());
    j.str("unit", row.key.name.unit());
    j.str("scope", row.key.scope.name());
    j.str("id", row.key.id.as_str());
    j.opt_money("value", row.value);
}

impl Engine {
    /// Says of an object that belongs to accounts how real it is; a dry run's names its mode.
    pub(super) fn write_mark(&self, j: &mut Json, simulated: bool) {
        j.bool("simulated", simulated);
        if self.config.mode == Mode::Paper {
            j.str("mode", Mode::Paper.name());
        }
    }

    /// What every event and view of an order begins with.
    pub(super) fn write_order_head(&self, j: &mut Json, order: &Order) {
        let place = &order.terms.place;
        let account = self.accounts.at(order.terms.account);
        j.str("orderId", order.id().as_str());
        j.str("clientOrderId", order.id().as_str());
        j.str("account", &account.name);
        instrument(j, self.instruments.at(place.instrument));
        j.str("side", place.side.name());
        j.dec("qty", place.qty.get(), order.terms.qty_decimals);
        match place.px {
            Some(px) => j.dec("price", px.get(), order.terms.px_decimals),
            None => j.null("price"),
        }
        plan_id(j, order.terms.plan);
        self.write_mark(j, account.simulated);
    }

    pub(super) fn write_order(&self, j: &mut Json, order: &Order) {
        let place = &order.terms.place;
        self.write_order_head(j, order);
        j.str("orderType", place.kind.name());
        j.str("timeInForce", place.tif.name());
        j.dec("filledQty", order.filled.get(), order.terms.qty_decimals);
        j.opt_money("avgPrice", order.avg_px());
        j.arr("fees", |j| {
            for (asset, amount) in &order.fees {
                j.obj("", |j| {
                    j.str("asset", asset.as_str());
                    j.money("amount", *amount);
                });
            }
        });
        j.str("state", order.state.name());
        match order.terms.plan {
            Some(_) => j.int("leg", order.terms.leg + 1),
            None => j.null("leg"),
        }
        j.opt_str("venueOrderId", order.venue_id.as_ref().map(VenueOrderId::as_str));
        j.opt_str("reason", (!order.reason.is_empty()).then(|| order.reason.as_str()));
        j.int("createdTs", order.created_ns / MS);
        j.int("updatedTs", order.updated_ns / MS);
    }

    /// `plan`: of the fill's order, which may be forgotten by the time the row is taken.
    fn fill_row(&self, account: AccountId, fill: &FillReport, plan: Option<PlanId>) -> Row {
        let i = self.instruments.at(fill.instrument);
        let of = self.accounts.at(account);
        let ours = match &fill.client {
            ClientRef::Ours(id) => Some(*id),
            ClientRef::Foreign | ClientRef::Venue => None,
        };
        let doc = Json::object(|j| {
            j.str("tradeId", fill.trade_id.as_str());
            j.opt_str("orderId", ours.as_ref().map(ClientId::as_str));
            j.str("account", &of.name);
            instrument(j, i);
            j.str("side", fill.side.name());
            j.dec("price", fill.px.get(), i.px_decimals);
            j.dec("qty", fill.qty.get(), i.qty_decimals);
            j.money("fee", fill.fee);
            j.str("feeAsset", fill.fee_asset.as_str());
            j.str("liquidity", if fill.liquidity == Liquidity::Maker { "maker" } else { "taker" });
            plan_id(j, plan);
            j.int("ts", fill.venue_ns / MS);
            self.write_mark(j, of.simulated);
        });
        // A venue's trade ids are unique per instrument only.
        let id = format!("{}:{}:{}:{}", i.venue.name(), of.name, i.product.name(), i.symbol);
        Row { table: Table::Fills, id: format!("{id}:{}", fill.trade_id), doc }
    }

    pub(super) fn write_plan(&self, j: &mut Json, plan: &Plan) {
        let terms = &plan.terms;
        j.str("planId", &Plan::name(terms.id));
        j.str("pairId", terms.pair.as_str());
        j.str("state", plan.state.name());
        j.str("direction", terms.direction.name());
        j.money("qty", terms.qty);
        j.bool("manual", terms.manual);
        j.arr("legs", |j| (0..2).for_each(|leg| j.obj("", |j| self.write_leg(j, plan, leg))));
        let residual = Money((plan.sums[0].net().0 + plan.sums[1].net().0).abs());
        j.money("residual", residual);
        j.money("pnl", plan.profit());
        let bought: i128 = plan.sums.iter().map(|sum| sum.buy_quote.0).sum();
        let sold: i128 = plan.sums.iter().map(|sum| sum.sell_quote.0).sum();
        j.money("spread", Money(sold - bought));
        let percent = mul_div_half_even(sold - bought, 100_000_000, bought);
        j.dec("spreadPercent", percent.unwrap_or(0), 6);
        j.int("createdTs", plan.created / MS);
        match plan.ended {
            Some(ended) => j.int("endedTs", ended / MS),
            None => j.null("endedTs"),
        }
        j.arr("timeline", |j| {
            for note in &plan.timeline {
                j.obj("", |j| {
                    j.int("ts", note.wall / MS);
                    j.str("event", &note.event);
                    if !note.text.is_empty() {
                        j.str("text", &note.text);
                    }
                });
            }
        });
        self.write_mark(j, terms.legs.iter().all(|leg| self.accounts.at(leg.account).simulated));
    }

    fn write_leg(&self, j: &mut Json, plan: &Plan, leg: usize) {
        let (terms, sum) = (&plan.terms.legs[leg], &plan.sums[leg]);
        let i = self.instruments.at(terms.instrument);
        instrument(j, i);
        j.str("account", &self.accounts.at(terms.account).name);
        j.str("side", terms.side.name());
        j.dec("price", terms.px.get(), i.px_decimals);
        j.arr("orders", |j| sum.orders.iter().for_each(|id| j.str("", id.as_str())));
        j.money("filledQty", Money(sum.net().0.abs()));
        j.opt_money("avgPrice", average(sum, terms.side));
        j.arr("fees", |j| {
            for fee in &sum.fees {
                j.obj("", |j| {
                    j.str("asset", fee.asset.as_str());
                    j.money("amount", fee.amount);
                    j.money("quoteValue", fee.quote);
                });
            }
        });
    }

    pub(super) fn write_balance(&self, j: &mut Json, account: AccountId, wallet: Wallet, asset: &Asset) {
        let of = self.accounts.at(account);
        let total = self.state.ledger.balance(account, wallet, asset);
        let free = self.state.ledger.available(account, wallet, asset).unwrap_or_default();
        j.str("account", &of.name);
        j.str("exchange", of.venue.name());
        j.str("wallet", wallet.name());
        j.str("asset", asset.as_str());
        j.money("free", free);
        j.money("locked", Money(total.0 - free.0));
        j.money("total", total);
        self.write_mark(j, of.simulated);
    }

    pub(super) fn write_position(
        &self,
        j: &mut Json,
        account: AccountId,
        id: InstrumentId,
        position: &Position,
    ) {
        let of = self.accounts.at(account);
        j.str("account", &of.name);
        instrument(j, self.instruments.at(id));
        j.money("qty", position.basis.qty);
        j.opt_money("entryPrice", position.basis.entry_px());
        j.opt_money("markPrice", self.mark(id));
        let unrealized = self.mark(id).and_then(|px| crate::calc::unrealized(&position.basis, px).ok());
        j.opt_money("unrealizedPnl", unrealized);
        j.money("realizedPnl", position.realized);
        self.write_position_protections(j, account, id);
        j.arr("fees", |j| {
            for fee in &position.fees {
                j.obj("", |j| {
                    j.str("asset", fee.asset.as_str());
                    j.money("amount", fee.amount);
                    j.money("quoteValue", fee.quote_value);
                });
            }
        });
        self.write_mark(j, of.simulated);
    }

    // -- rows

    /// Up to `limit` rows of what changed since they were last taken, oldest change first.
    pub fn take_rows(&mut self, limit: usize) -> Vec<Row> {
        let ready = self.ready_rows.len().min(limit);
        let ready: Vec<Ready> = self.ready_rows.drain(..ready).collect();
        let made = |ready| match ready {
            Ready::Row(row) => row,
            Ready::Fill { account, fill, plan } => self.fill_row(account, &fill, plan),
        };
        let mut rows: Vec<Row> = ready.into_iter().map(made).collect();
        while rows.len() < limit {
            let Some(changed) = self.dirty.take() else { break };
            self.push_rows(changed, &mut rows);
        }
        rows
    }

    /// No rows are made of records up to this one: the tables show them already.
    pub const fn skip_rows(&mut self, shown: u64) {
        self.rows_shown = shown;
    }

    fn push_rows(&self, changed: Changed, rows: &mut Vec<Row>) {
        let one = match changed {
            Changed::Order(id) => self.state.orders.get(&id).map(|order| Row {
                table: Table::Orders,
                id: id.as_str().to_owned(),
                doc: Json::object(|j| self.write_order(j, order)),
            }),
            // Made when the fill was applied.
            Changed::Fill(..) => None,
            Changed::Plan(id) => self.plan_row(id),
            Changed::Balance(account, wallet, asset) => Some(Row {
                table: Table::Balances,
                id: format!("{}:{}:{asset}", self.accounts.name(account), wallet.name()),
                doc: Json::object(|j| self.write_balance(j, account, wallet, &asset)),
            }),
            Changed::Position(account, id) => {
                self.state.ledger.positions().get(account, id).map(|position| Row {
                    table: Table::Positions,
                    id: format!("{}:{}", self.accounts.name(account), self.instruments.name(id)),
                    doc: Json::object(|j| self.write_position(j, account, id, position)),
                })
            }
            Changed::Pair(id) => {
                let pair = self.state.pairs.get(&id);
                let doc = Json::object(|j| {
                    j.str("id", id.as_str());
                    match pair {
                        Some(pair) => pair.terms.write(j),
                        None => j.bool("deleted", true),
                    }
                });
                Some(Row { table: Table::Pairs, id: id.as_str().to_owned(), doc })
            }
            Changed::Limits => {
                rows.extend(self.state.limits.rows().map(|row| Row {
                    table: Table::Limits,
                    id: format!("{}:{}:{}", row.key.name.name(), row.key.scope.name(), row.key.id),
                    doc: Json::object(|j| limit_fields(j, &row)),
                }));
                None
            }
        };
        rows.extend(one);
    }

    pub(super) fn plan_row(&self, id: PlanId) -> Option<Row> {
        if id.is_twap() {
            return Some(self.twap_row(id));
        }
        if id.is_protection() {
            return self.protection_row(id);
        }
        let plan = self.state.plans.get(&id)?;
        Some(Row { table: Table::Plans, id: Plan::name(id), doc: Json::object(|j| self.write_plan(j, plan)) })
    }
}

/// Average price of the leg's own side, half-even at 18 decimals.
pub(super) fn average(sum: &LegSum, side: Side) -> Option<Money> {
    let (base, quote) = match side {
        Side::Buy => (sum.bought, sum.buy_quote),
        Side::Sell => (sum.sold, sum.sell_quote),
    };
    mul_div_half_even(quote.0, pow10(MONEY_DECIMALS), base.0).map(Money)
}
