//! JSON payload -> record. Names are taken into the tables when they are new, so replay needs no other input.

use super::accounts::Accounts;
use super::breakers::Over;
use super::encode::cancel_name;
use super::field::{FieldError, Fields, parse, unit};
use super::instruments::InstrumentTable;
use super::pairs::{PairId, PairTerms};
use super::record::{Body, CommandTag, PlanTurn, Record, Source};
use crate::ledger::{Day, Wallet};
use crate::market::Instrument;
use crate::order::{
    CancelEvent, ClientRef, FillReport, Liquidity, OrderKind, OrderOrigin, OrderReport, OrderTerms,
    PlaceOrder, TimeInForce, VenueStatus,
};
use crate::plan::{Plan, PlanLeg, PlanState, PlanTerms};
use crate::risk::{Breaker, LatchMode, LimitRow};
use crate::units::{
    AccountId, Asset, Direction, Money, OwnerId, PlanId, Price, Qty, Side, Text, Venue, VenueOrderId,
    parse_fixed,
};

type Read<T> = Result<T, FieldError>;

/// The tables that records may add names to.
pub(super) struct Interning<'a> {
    pub instruments: &'a mut InstrumentTable,
    pub accounts: &'a mut Accounts,
}

pub(super) fn decode(kind: u8, payload: &[u8], tables: &mut Interning<'_>) -> Read<Record> {
    let value = parse(payload)?;
    let f = Fields::of(&value)?;
    let command = f.get("command").map(|_| read_command(f)).transpose()?;
    Ok(Record { body: read_body(kind, f, tables)?, command })
}

fn read_command(f: Fields<'_>) -> Read<CommandTag> {
    let c = f.obj("command")?;
    let text = |key: &str| c.str(key).map(str::to_owned);
    let asked = c.opt_str("asked")?.and_then(|digits| digits.parse().ok()).unwrap_or(0);
    Ok(CommandTag { id: text("id")?, actor: text("actor")?, reply: text("reply")?, asked })
}

fn read_body(kind: u8, f: Fields<'_>, t: &mut Interning<'_>) -> Read<Body> {
    let id = || f.client_id("order");
    Ok(match kind {
        1 => Body::Boot {
            epoch: f.uint("epoch")? as u32,
            machine: f.opt_str("machine")?.unwrap_or_default().to_owned(),
        },
        2 => Body::Plan(read_plan(f, t)?),
        3 => {
            let hold = f.get("hold").map(|_| read_amounts(f, "hold")).transpose()?;
            Body::Intent { terms: read_terms(f, t)?, hold: hold.and_then(|rows| rows.first().copied()) }
        }
        5 => Body::Ack { id: id()? },
        6 => Body::Reject { id: id()?, code: f.text("code")?, never_left: f.bool("neverLeft")? },
        7 => Body::Unknown { id: id()? },
        8 => Body::Fill { account: account(f, t)?, fill: read_fill(f, t)? },
        9 => Body::Cancel { id: id()?, event: cancel(f)? },
        10 => Body::Report { id: id()?, report: read_report(f, t)? },
        11 => Body::Balance {
            account: account(f, t)?,
            source: named(f, "source", |name| {
                [Source::Opening, Source::Recon].into_iter().find(|s| s.name() == name)
            })?,
            rows: read_amounts(f, "rows")?,
            since: f.get("since").map(|_| f.int("since")).transpose()?,
        },
        12 => {
            Body::Limits(f.arr("rows")?.iter().map(|row| read_limit(Fields::of(row)?)).collect::<Read<_>>()?)
        }
        13 => Body::Latch {
            mode: named(f, "mode", LatchMode::parse)?,
            reason: f.str("reason")?.to_owned(),
            actor: f.str("actor")?.to_owned(),
        },
        14 => Body::Pair {
            id: pair_id(f)?,
            terms: f.get("terms").map(|_| PairTerms::read(f.obj("terms")?)).transpose()?,
        },
        15 => Body::PlanEnd {
            id: plan_id(f)?,
            state: named(f, "state", PlanState::parse)?,
            residual: f.money("residual")?,
            pnl: f.opt_money("pnl")?,
            dust: f.get("dust").map(|_| f.uint("dust")).transpose()?.map(|leg| leg.min(1) as u8),
        },
        18 => Body::Turn {
            id: plan_id(f)?,
            turn: named(f, "turn", |name| PlanTurn::ALL.into_iter().find(|t| t.name() == name))?,
            text: f.str("text")?.to_owned(),
        },
        19 => Body::Dead { id: id()? },
        40..=43 => Body::Twap(Box::new(super::twap::read(kind, f, t)?)),
        60..=66 => Body::Protect(Box::new(super::protect::read(kind, f, t)?)),
        70..=72 => Body::External(Box::new(super::external::read(kind, f, t)?)),
        20 => Body::Day(Day { number: f.int("day")?, opened_at: f.money("openedAt")? }),
        30 => Body::Breaker {
            breaker: named(f, "breaker", Breaker::parse)?,
            reason: f.str("reason")?.to_owned(),
        },
        31 => Body::Peak(f.money("profit")?),
        32 => Body::Circuit {
            breaker: named(f, "breaker", Breaker::parse)?,
            over: read_over(f, t)?,
            trip: f.opt_str("trip")?.map(str::to_owned),
        },
        33 => Body::Ban { venue: named(f, "venue", Venue::parse)?, until: f.int("until")? },
        _ => return Err(FieldError::new("kind", format!("{kind} is not known to this version"))),
    })
}

pub(super) fn named<T>(f: Fields<'_>, key: &str, parse: impl Fn(&str) -> Option<T>) -> Read<T> {
    parse(f.str(key)?).ok_or_else(|| FieldError::new(key, "unknown word"))
}

pub(super) fn wallet(name: &str) -> Option<Wallet> {
    [Wallet::Spot, Wallet::Linear, Wallet::Unified].into_iter().find(|w| w.name() == name)
}

pub(super) fn side(f: Fields<'_>) -> Read<Side> {
    named(f, "side", |name| [Side::Buy, Side::Sell].into_iter().find(|s| s.name() == name))
}

fn cancel(f: Fields<'_>) -> Read<CancelEvent> {
    let all = [CancelEvent::Requested, CancelEvent::Accepted, CancelEvent::Refused, CancelEvent::NoAnswer];
    named(f, "event", |name| all.into_iter().find(|e| cancel_name(*e) == name))
}

fn read_over(f: Fields<'_>, t: &mut Interning<'_>) -> Read<Over> {
    Ok(if f.get("account").is_some() {
        Over::Account(account(f, t)?)
    } else if f.get("pair").is_some() {
        Over::Pair(pair_id(f)?)
    } else {
        Over::Total
    })
}

fn pair_id(f: Fields<'_>) -> Read<PairId> {
    f.text("pair")
}

pub(super) fn plan_id(f: Fields<'_>) -> Read<PlanId> {
    named(f, "plan", Plan::parse_name)
}

pub(super) fn account(f: Fields<'_>, t: &mut Interning<'_>) -> Read<AccountId> {
    t.accounts.intern(f.str("account")?).ok_or_else(|| FieldError::new("account", "unknown exchange"))
}

pub(super) fn instrument<'t>(f: Fields<'_>, t: &'t mut Interning<'_>) -> Read<&'t Instrument> {
    let unknown = || FieldError::new("instrument", "unknown word");
    let id = t.instruments.intern_text(f.str("instrument")?).ok_or_else(unknown)?;
    Ok(t.instruments.at(id))
}

pub(super) fn price(f: Fields<'_>, key: &str, decimals: u8) -> Read<Price> {
    parse_fixed(f.digits(key)?.as_bytes(), decimals).and_then(Price::new).map_err(|e| unit(key, e))
}

fn opt_price(f: Fields<'_>, decimals: u8) -> Read<Option<Price>> {
    f.get("px").map(|_| price(f, "px", decimals)).transpose()
}

fn qty(f: Fields<'_>, key: &str, decimals: u8) -> Read<Qty> {
    parse_fixed(f.digits(key)?.as_bytes(), decimals).and_then(Qty::new).map_err(|e| unit(key, e))
}

fn read_plan(f: Fields<'_>, t: &mut Interning<'_>) -> Read<PlanTerms> {
    let [first, second] = f.arr("legs")? else { return Err(FieldError::new("legs", "must be two")) };
    let mut leg = |value| -> Read<PlanLeg> {
        let f = Fields::of(value)?;
        let account = account(f, t)?;
        let i = instrument(f, t)?;
        let px = price(f, "px", i.px_decimals)?;
        Ok(PlanLeg { account, instrument: i.id, side: side(f)?, px, counter: f.uint("counter")? as u32 })
    };
    let legs = [leg(first)?, leg(second)?];
    Ok(PlanTerms {
        id: plan_id(f)?,
        pair: pair_id(f)?,
        owner: OwnerId(f.uint("owner")? as u16),
        direction: named(f, "direction", |name| Direction::BOTH.into_iter().find(|d| d.name() == name))?,
        qty: f.money("qty")?,
        lot: f.opt_money("lot")?.unwrap_or_default(),
        legs,
        epoch: f.uint("epoch")? as u32,
        manual: f.bool("manual")?,
    })
}

fn read_terms(f: Fields<'_>, t: &mut Interning<'_>) -> Read<OrderTerms> {
    let account = account(f, t)?;
    let i = instrument(f, t)?;
    let place = PlaceOrder {
        client_id: f.client_id("order")?,
        instrument: i.id,
        side: side(f)?,
        kind: named(f, "kind", OrderKind::parse)?,
        tif: named(f, "tif", TimeInForce::parse)?,
        px: opt_price(f, i.px_decimals)?,
        qty: qty(f, "qty", i.qty_decimals)?,
        reduce_only: f.bool_or("reduceOnly", false)?,
    };
    Ok(OrderTerms {
        place,
        account,
        px_decimals: i.px_decimals,
        qty_decimals: i.qty_decimals,
        plan: f.get("plan").map(|_| plan_id(f)).transpose()?,
        leg: f.get("leg").map_or(Ok(0), |_| f.uint("leg"))? as u8,
        origin: match (f.bool_or("adopted", false)?, f.bool_or("residual", false)?) {
            (true, _) => OrderOrigin::Adopted,
            (false, true) => OrderOrigin::Residual,
            (false, false) => OrderOrigin::Intent,
        },
    })
}

fn read_report(f: Fields<'_>, t: &mut Interning<'_>) -> Read<OrderReport> {
    let i = instrument(f, t)?;
    Ok(OrderReport {
        client: ClientRef::Ours(f.client_id("order")?),
        venue_id: f.text("venueId")?,
        instrument: i.id,
        side: side(f)?,
        status: named(f, "status", VenueStatus::parse)?,
        qty: qty(f, "qty", i.qty_decimals)?,
        filled: qty(f, "filled", i.qty_decimals)?,
        px: opt_price(f, i.px_decimals)?,
        venue_ns: f.int("venueNs")?,
        reason: f.get("reason").map_or(Ok(Text::EMPTY), |_| f.text("reason"))?,
    })
}

fn read_fill(f: Fields<'_>, t: &mut Interning<'_>) -> Read<FillReport> {
    let i = instrument(f, t)?;
    let ours = f.get("order").map(|_| f.client_id("order")).transpose()?;
    let venue_id: VenueOrderId = f.text("venueId")?;
    Ok(FillReport {
        client: match ours {
            Some(id) => ClientRef::Ours(id),
            None if f.bool_or("byVenue", false)? => ClientRef::Venue,
            None => ClientRef::Foreign,
        },
        venue_id,
        instrument: i.id,
        trade_id: f.text("tradeId")?,
        side: side(f)?,
        px: price(f, "px", i.px_decimals)?,
        qty: qty(f, "qty", i.qty_decimals)?,
        fee: f.money("fee")?,
        fee_asset: f.text("feeAsset")?,
        liquidity: if f.bool("maker")? { Liquidity::Maker } else { Liquidity::Taker },
        venue_ns: f.int("venueNs")?,
    })
}

fn read_amounts(f: Fields<'_>, key: &str) -> Read<Vec<(Wallet, Asset, Money)>> {
    let row = |value| {
        let f = Fields::of(value)?;
        Ok((named(f, "wallet", wallet)?, f.text("asset")?, f.money("amount")?))
    };
    f.arr(key)?.iter().map(row).collect()
}

fn read_limit(f: Fields<'_>) -> Read<LimitRow> {
    let value = f.get("value").map(|_| f.digits("value")).transpose()?;
    LimitRow::parse(f.str("name")?, f.str("scope")?, f.str("id")?, value)
        .map_err(|e| FieldError::new("rows", e.code()))
}
