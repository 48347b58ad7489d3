//! Record -> JSON payload. Names and decimals stand beside every mantissa, so that a record can be read alone.

use super::accounts::Accounts;
use super::breakers::Over;
use super::instruments::InstrumentTable;
use super::json::Json;
use super::record::{Body, Record};
use crate::ledger::Wallet;
use crate::market::Instrument;
use crate::order::{CancelEvent, ClientRef, FillReport, Liquidity, OrderOrigin, OrderReport, OrderTerms};
use crate::plan::{Plan, PlanTerms};
use crate::risk::LimitRow;
use crate::units::{AccountId, Asset, ClientId, InstrumentId, Money};

/// The tables that give ids their names.
#[derive(Clone, Copy)]
pub(super) struct Tables<'a> {
    pub instruments: &'a InstrumentTable,
    pub accounts: &'a Accounts,
}

pub(super) fn encode(record: &Record, tables: Tables<'_>) -> Vec<u8> {
    Json::object(|j| {
        write_body(&record.body, tables, j);
        if let Some(command) = &record.command {
            j.obj("command", |j| {
                j.str("id", &command.id);
                j.str("actor", &command.actor);
                j.str("reply", &command.reply);
                j.str("asked", &command.asked.to_string());
            });
        }
    })
}

fn write_body(body: &Body, t: Tables<'_>, j: &mut Json) {
    match body {
        Body::Boot { epoch, machine } => {
            j.int("epoch", *epoch);
            j.str("machine", machine);
        }
        Body::Plan(terms) => write_plan(terms, t, j),
        Body::Intent { terms, hold } => {
            write_terms(terms, t, j);
            if let Some((wallet, asset, amount)) = hold {
                j.arr("hold", |j| write_amount(j, *wallet, asset, *amount));
            }
        }
        Body::Ack { id } | Body::Unknown { id } | Body::Dead { id } => order(j, id),
        Body::Reject { id, code, never_left } => {
            order(j, id);
            j.str("code", code.as_str());
            j.bool("neverLeft", *never_left);
        }
        Body::Report { id, report } => {
            order(j, id);
            write_report(report, t, j);
        }
        Body::Fill { account, fill } => {
            account_of(j, *account, t);
            write_fill(fill, t, j);
        }
        Body::Cancel { id, event } => {
            order(j, id);
            j.str("event", cancel_name(*event));
        }
        Body::Balance { account, source, rows, since } => {
            account_of(j, *account, t);
            j.str("source", source.name());
            write_amounts(j, rows);
            since.inspect(|since| {
                j.int("since", *since);
            });
        }
        Body::Day(day) => {
            j.int("day", day.number);
            j.money("openedAt", day.opened_at);
        }
        Body::Limits(rows) => j.arr("rows", |j| rows.iter().for_each(|row| write_limit(row, j))),
        Body::Latch { .. }
        | Body::Breaker { .. }
        | Body::Peak(_)
        | Body::Circuit { .. }
        | Body::Ban { .. } => {
            write_stop(body, t, j);
        }
        Body::Pair { id, terms } => {
            j.str("pair", id.as_str());
            if let Some(terms) = terms {
                j.obj("terms", |j| terms.write(j));
            }
        }
        Body::Turn { id, turn, text } => {
            j.str("plan", &Plan::name(*id));
            j.str("turn", turn.name());
            j.str("text", text);
        }
        Body::Twap(record) => super::twap::write(record, t, j),
        Body::Protect(record) => super::protect::write(record, t, j),
        Body::External(record) => super::external::write(record, t, j),
        Body::PlanEnd { .. } => write_plan_end(body, j),
    }
}

fn write_plan_end(body: &Body, j: &mut Json) {
    let Body::PlanEnd { id, state, residual, pnl, dust } = body else { return };
    j.str("plan", &Plan::name(*id));
    j.str("state", state.name());
    j.money("residual", *residual);
    j.opt_money("pnl", *pnl);
    if let Some(leg) = dust {
        j.int("dust", *leg);
    }
}

/// What stops trading, and how near losses are to it.
fn write_stop(body: &Body, t: Tables<'_>, j: &mut Json) {
    if let Body::Latch { mode, reason, actor } = body {
        j.str("mode", mode.name());
        j.str("reason", reason);
        j.str("actor", actor);
    }
    if let Body::Breaker { breaker, reason } = body {
        j.str("breaker", breaker.spec().id);
        j.str("reason", reason);
    }
    if let Body::Circuit { breaker, over, trip } = body {
        j.str("breaker", breaker.spec().id);
        match over {
            Over::Total => {}
            Over::Account(id) => account_of(j, *id, t),
            Over::Pair(id) => j.str("pair", id.as_str()),
        }
        j.opt_str("trip", trip.as_deref());
    }
    if let Body::Peak(profit) = body {
        j.money("profit", *profit);
    }
    if let Body::Ban { venue, until } = body {
        j.str("venue", venue.name());
        j.int("until", *until);
    }
}

fn order(j: &mut Json, id: &ClientId) {
    j.str("order", id.as_str());
}

fn account_of(j: &mut Json, id: AccountId, t: Tables<'_>) {
    j.str("account", t.accounts.name(id));
}

fn instrument<'a>(j: &mut Json, id: InstrumentId, t: Tables<'a>) -> &'a Instrument {
    j.str("instrument", t.instruments.text(id));
    t.instruments.at(id)
}

fn write_plan(terms: &PlanTerms, t: Tables<'_>, j: &mut Json) {
    j.str("plan", &Plan::name(terms.id));
    j.str("pair", terms.pair.as_str());
    j.int("owner", terms.owner.0);
    j.str("direction", terms.direction.name());
    j.money("qty", terms.qty);
    j.money("lot", terms.lot);
    j.int("epoch", terms.epoch);
    j.bool("manual", terms.manual);
    j.arr("legs", |j| {
        for leg in &terms.legs {
            j.obj("", |j| {
                account_of(j, leg.account, t);
                let i = instrument(j, leg.instrument, t);
                j.str("side", leg.side.name());
                j.dec("px", leg.px.get(), i.px_decimals);
                j.int("counter", leg.counter);
            });
        }
    });
}

fn write_terms(terms: &OrderTerms, t: Tables<'_>, j: &mut Json) {
    let place = &terms.place;
    order(j, &place.client_id);
    account_of(j, terms.account, t);
    instrument(j, place.instrument, t);
    j.str("side", place.side.name());
    j.str("kind", place.kind.name());
    j.str("tif", place.tif.name());
    if let Some(px) = place.px {
        j.dec("px", px.get(), terms.px_decimals);
    }
    j.dec("qty", place.qty.get(), terms.qty_decimals);
    if place.reduce_only {
        j.bool("reduceOnly", true);
    }
    if let Some(plan) = terms.plan {
        j.str("plan", &Plan::name(plan));
        j.int("leg", terms.leg);
    }
    match terms.origin {
        OrderOrigin::Intent => {}
        OrderOrigin::Adopted => j.bool("adopted", true),
        OrderOrigin::Residual => j.bool("residual", true),
    }
}

fn write_report(report: &OrderReport, t: Tables<'_>, j: &mut Json) {
    let i = instrument(j, report.instrument, t);
    j.str("venueId", report.venue_id.as_str());
    j.str("side", report.side.name());
    j.str("status", report.status.name());
    j.dec("qty", report.qty.get(), i.qty_decimals);
    j.dec("filled", report.filled.get(), i.qty_decimals);
    if let Some(px) = report.px {
        j.dec("px", px.get(), i.px_decimals);
    }
    j.int("venueNs", report.venue_ns);
    if !report.reason.is_empty() {
        j.str("reason", report.reason.as_str());
    }
}

fn write_fill(fill: &FillReport, t: Tables<'_>, j: &mut Json) {
    match &fill.client {
        ClientRef::Ours(id) => order(j, id),
        ClientRef::Venue => j.bool("byVenue", true),
        ClientRef::Foreign => {}
    }
    let i = instrument(j, fill.instrument, t);
    j.str("venueId", fill.venue_id.as_str());
    j.str("tradeId", fill.trade_id.as_str());
    j.str("side", fill.side.name());
    j.dec("px", fill.px.get(), i.px_decimals);
    j.dec("qty", fill.qty.get(), i.qty_decimals);
    j.money("fee", fill.fee);
    j.str("feeAsset", fill.fee_asset.as_str());
    j.bool("maker", fill.liquidity == Liquidity::Maker);
    j.int("venueNs", fill.venue_ns);
}

fn write_amounts(j: &mut Json, rows: &[(Wallet, Asset, Money)]) {
    j.arr("rows", |j| {
        for (wallet, asset, amount) in rows {
            write_amount(j, *wallet, asset, *amount);
        }
    });
}

fn write_amount(j: &mut Json, wallet: Wallet, asset: &Asset, amount: Money) {
    j.obj("", |j| {
        j.str("wallet", wallet.name());
        j.str("asset", asset.as_str());
        j.money("amount", amount);
    });
}

fn write_limit(row: &LimitRow, j: &mut Json) {
    j.obj("", |j| {
        j.str("name", row.key.name.name());
        j.str("scope", row.key.scope.name());
        j.str("id", row.key.id.as_str());
        j.opt_money("value", row.value);
    });
}

pub(super) const fn cancel_name(event: CancelEvent) -> &'static str {
    match event {
        CancelEvent::Requested => "requested",
        CancelEvent::Accepted => "accepted",
        CancelEvent::Refused => "refused",
        CancelEvent::NoAnswer => "no_answer",
    }
}
