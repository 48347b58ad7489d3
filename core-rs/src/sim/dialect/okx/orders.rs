//! Orders and fills, over REST and in frames. An order is named by its venue id or the client's; sizes are in the venue's count.

use super::fault::{self, EXPIRED, INSTRUMENT, LOGIN, NO_ORDER};
use super::market::{asked, named};
use super::{REST, kind, product};
use crate::market::Lots;
use crate::sim::dialect::channel::{Control, first_object};
use crate::sim::dialect::rest::{Answer, Call, Fault, draw};
use crate::sim::dialect::shapes::{MS, average, page, side_name, side_of, size};
use crate::sim::dialect::{Conn, World};
use crate::sim::http::Params;
use crate::sim::json::{Raw, array, object};
use crate::sim::model::{EndReason, Fill, Kind, Label, Listing, NewOrder, Order, Refusal, Size, State, Tif};
use crate::sim::text::plain;
use crate::units::{Money, Product, Side, UnitError, parse_fixed};

const PAGE_MAX: usize = 100;

/// What an order request comes to: its ids, or why not. Both stand in the row, under an outer code.
type Outcome = Result<u64, Fault>;

fn place(call: &mut Call<'_>, index: usize) -> Outcome {
    let new = parse(call, index)?;
    let now = call.world.now;
    call.world.model.place(&new, now).map_err(fault::of)
}

fn parse(call: &Call<'_>, index: usize) -> Result<NewOrder, Fault> {
    let (facts, params) = (&call.world.model.listings[index], call.params);
    let mode = if facts.product == Product::Spot { "cash" } else { "cross" };
    if params.get("tdMode") != Some(mode) {
        return Err(fault::param("tdMode"));
    }
    if !matches!(params.get("posSide"), None | Some("net")) {
        return Err(fault::param("posSide"));
    }
    let side = side_of(params.get("side")).ok_or_else(|| fault::param("side"))?;
    let (kind, tif) = match params.get("ordType") {
        Some("limit") => (Kind::Limit, Tif::Gtc),
        Some("ioc") => (Kind::Limit, Tif::Ioc),
        Some("fok") => (Kind::Limit, Tif::Fok),
        Some("post_only") => (Kind::Limit, Tif::PostOnly),
        Some("market") => (Kind::Market, Tif::Ioc),
        _ => return Err(fault::param("ordType")),
    };
    let text = params.get("sz").ok_or_else(|| fault::param("sz"))?;
    // Spot market buys count in the quote coin unless told otherwise.
    let quote = facts.product == Product::Spot && kind == Kind::Market && side == Side::Buy;
    let size = if quote && params.get("tgtCcy") != Some("base_ccy") {
        Size::Quote(Money::parse(text.as_bytes()).map_err(|_| fault::param("sz"))?)
    } else {
        Size::Base(base(facts, text)?)
    };
    let px = match (kind, params.get("px")) {
        (Kind::Market, _) => 0,
        (Kind::Limit, Some(text)) => step(text, facts.px_decimals, Refusal::PriceStep, "px")?,
        (Kind::Limit, None) => return Err(fault::param("px")),
    };
    let label = params.get("clOrdId").map(label).transpose()?;
    let reduce_only = params.get("reduceOnly") == Some("true");
    Ok(NewOrder { account: call.account, listing: index, label, side, kind, tif, px, size, reduce_only })
}

/// A size in the venue's count, in base coin.
fn base(facts: &Listing, text: &str) -> Result<i64, Fault> {
    let decimals = facts.wire.decimals(facts.qty_decimals).ok_or(INSTRUMENT)?;
    let lots = step(text, decimals, Refusal::QtyStep, "sz")?;
    facts.wire.base(Lots(lots)).ok_or_else(|| fault::param("sz"))
}

fn step(text: &str, decimals: u8, refusal: Refusal, name: &str) -> Result<i64, Fault> {
    parse_fixed(text.as_bytes(), decimals).map_err(|error| match error {
        UnitError::TooPrecise => fault::of(refusal),
        _ => fault::param(name),
    })
}

/// Letters and digits only, at most 32: the strictest of all venues.
fn label(text: &str) -> Result<Label, Fault> {
    let legal = text.len() <= 32 && text.bytes().all(|b| b.is_ascii_alphanumeric());
    Label::new(text.as_bytes()).ok().filter(|_| legal).ok_or_else(|| fault::param("clOrdId"))
}

fn find<'a>(call: &'a Call<'_>, product: Product) -> Result<Option<&'a Order>, Fault> {
    let model = &call.world.model;
    match (call.params.get("ordId"), call.params.get("clOrdId")) {
        (Some(id), _) => Ok(id.parse().ok().and_then(|id| model.order_by_id(call.account, product, id))),
        (None, Some(text)) => Ok(model.order_by_label(call.account, product, &label(text)?)),
        (None, None) => Err(fault::param("ordId or clOrdId")),
    }
}

fn cancel(call: &mut Call<'_>, index: usize) -> Outcome {
    let product = call.world.model.listings[index].product;
    let id = find(call, product)?.map(|order| order.id).ok_or(fault::of(Refusal::UnknownOrder))?;
    let now = call.world.now;
    call.world.model.cancel(id, now).map_err(fault::of)?;
    Ok(id)
}

/// The row of an answer.
fn row(call: &Call<'_>, outcome: &Outcome) -> Raw {
    let (id, code, message) = match outcome {
        Ok(id) => (id.to_string(), "0", ""),
        Err(fault) => (String::new(), fault.code, fault.message.as_ref()),
    };
    object! {
        "clOrdId" => call.params.get("clOrdId").unwrap_or(""), "ordId" => id, "tag" => "",
        "ts" => call.world.ms().to_string(), "sCode" => code, "sMsg" => message,
    }
}

type Act = fn(&mut Call<'_>, usize) -> Outcome;

/// Over REST a refusal has the row's code; this venue's outer code would be 1.
fn over_rest(call: &mut Call<'_>, act: Act) -> Answer {
    let index = named(call)?;
    let outcome = act(call, index);
    match outcome {
        Ok(_) => Ok(array([row(call, &outcome)])),
        Err(fault) => Err(fault),
    }
}

pub(super) fn place_rest(call: &mut Call<'_>) -> Answer {
    over_rest(call, place)
}

pub(super) fn cancel_rest(call: &mut Call<'_>) -> Answer {
    over_rest(call, cancel)
}

/// An order or a cancel in a frame. The instrument is named by its number; `expTime` is judged when the request gets its turn.
pub(super) fn socket(world: &mut World, conn: &mut Conn, control: &Control) -> String {
    let act: Option<(Act, &str)> = match control.op.as_str() {
        "order" => Some((place, "/api/v5/trade/order")),
        "cancel-order" => Some((cancel, "/api/v5/trade/cancel-order")),
        _ => None,
    };
    let started = world.now / 1000;
    let params = first_object(control).map(Params::of_json).unwrap_or_default();
    let expires = control.expires.as_ref().map(|text| text.parse::<i64>());
    let late = match expires {
        None => false,
        Some(Ok(ms)) => world.gate_ms() > ms,
        Some(Err(_)) => true,
    };
    let account = conn.account;
    let mut call = Call { world, account: account.unwrap_or(0), params: &params };
    let outcome = match (account, act) {
        (None, _) => Err(LOGIN),
        (_, None) => Err(fault::param("op")),
        _ if late => Err(EXPIRED),
        (Some(_), Some((act, budget))) => draw(&REST, &mut call, budget).and_then(|()| {
            let code = call.params.number("instIdCode").filter(|code| *code > 0);
            let index = call.world.model.listings.iter().position(|l| Some(l.wire.code as i64) == code);
            act(&mut call, index.ok_or(INSTRUMENT)?)
        }),
    };
    let data = array([row(&call, &outcome)]);
    let code = if outcome.is_ok() { "0" } else { "1" };
    object! {
        "id" => control.id, "op" => control.op, "code" => code, "msg" => "", "data" => data,
        "inTime" => started.to_string(), "outTime" => started.to_string(),
    }
    .0
}

pub(super) fn detail(call: &mut Call<'_>) -> Answer {
    let index = named(call)?;
    let product = call.world.model.listings[index].product;
    let order = find(call, product)?.ok_or(NO_ORDER)?;
    Ok(array([order_json(&call.world.model.listings[order.listing], order, None)]))
}

pub(super) fn pending(call: &mut Call<'_>) -> Answer {
    let only = call.params.get("instId").map(|_| named(call)).transpose()?;
    let products = match call.params.get("instType").and_then(product) {
        Some(product) => vec![product],
        None => vec![Product::Spot, Product::Linear],
    };
    let open: Vec<&Order> = products
        .into_iter()
        .flat_map(|product| call.world.model.open_orders(call.account, product, only))
        .collect();
    Ok(order_page(call, open.into_iter().rev()))
}

pub(super) fn history(call: &mut Call<'_>) -> Answer {
    let listings = asked(call)?;
    let mine = |o: &&Order| o.account == call.account && !o.state.open() && listings.contains(&o.listing);
    Ok(order_page(call, call.world.model.orders.values().rev().filter(mine)))
}

fn order_page<'a>(call: &Call<'_>, orders: impl Iterator<Item = &'a Order>) -> Raw {
    let limit = call.params.limit(PAGE_MAX, PAGE_MAX);
    let rows = page(orders, |order| order.id, call.params.number("after"), limit);
    array(rows.into_iter().map(|order| order_json(&call.world.model.listings[order.listing], order, None)))
}

pub(super) fn fills(call: &mut Call<'_>) -> Answer {
    let listings = asked(call)?;
    let begin = call.params.number("begin").map_or(0, |ms| ms * MS);
    let end = call.params.number("end").map_or(i64::MAX, |ms| (ms + 1) * MS - 1);
    let model = &call.world.model;
    let order = call.params.get("ordId").and_then(|id| id.parse::<u64>().ok());
    let mine = |f: &&Fill| {
        f.account == call.account
            && listings.contains(&f.listing)
            && order.is_none_or(|id| id == f.order)
            && (begin..=end).contains(&f.at)
    };
    let limit = call.params.limit(PAGE_MAX, PAGE_MAX);
    let found = model.seen_fills().rev().filter(mine);
    let rows = page(found, |fill| fill.trade_id, call.params.number("after"), limit);
    Ok(array(
        rows.into_iter()
            .map(|fill| fill_json(&model.listings[fill.listing], fill, model.orders.get(&fill.order))),
    ))
}

fn fill_json(listing: &Listing, fill: &Fill, order: Option<&Order>) -> Raw {
    object! {
        "instType" => kind(listing.product), "instId" => listing.symbol, "tradeId" => fill.trade_id.to_string(),
        "ordId" => fill.order.to_string(), "clOrdId" => order.map_or("", |order| order.label.as_str()),
        "billId" => fill.trade_id.to_string(), "tag" => "", "fillPx" => listing.px_text(fill.px),
        "fillSz" => size(listing, fill.qty), "side" => side_name(fill.side), "posSide" => "net",
        "execType" => if fill.maker { "M" } else { "T" }, "feeCcy" => fill.fee_asset,
        "fee" => plain(fill.fee.negated()), "ts" => (fill.at / MS).to_string(), "fillTime" => (fill.at / MS).to_string(),
    }
}

fn state(order: &Order) -> &'static str {
    match order.state {
        State::New => "live",
        State::PartiallyFilled => "partially_filled",
        State::Filled => "filled",
        State::Cancelled | State::Expired | State::Rejected => "canceled",
    }
}

/// Why an order ended ("cancelSource").
fn source(order: &Order) -> &'static str {
    match order.reason {
        EndReason::None => "",
        EndReason::ByUser => "1",
        EndReason::FokNotFilled => "13",
        EndReason::NoLiquidity => "14",
        EndReason::PostOnlyWouldTake => "31",
        EndReason::SelfTrade => "32",
        EndReason::Restart => "0",
    }
}

fn kind_name(order: &Order) -> &'static str {
    match (order.kind, order.tif) {
        (Kind::Market, _) => "market",
        (Kind::Limit, Tif::Gtc) => "limit",
        (Kind::Limit, Tif::Ioc) => "ioc",
        (Kind::Limit, Tif::Fok) => "fok",
        (Kind::Limit, Tif::PostOnly) => "post_only",
    }
}

/// An order as REST and the channel show it; `fill` is the fill that the channel tells of.
pub(super) fn order_json(listing: &Listing, order: &Order, fill: Option<&Fill>) -> Raw {
    let of_fill = |text: &dyn Fn(&Fill) -> String| fill.map_or_else(String::new, text);
    object! {
        "instType" => kind(listing.product), "instId" => listing.symbol, "ordId" => order.id.to_string(),
        "clOrdId" => order.label, "tag" => "", "px" => if order.px == 0 { String::new() } else { listing.px_text(order.px) },
        "sz" => size(listing, order.qty), "tgtCcy" => "", "ordType" => kind_name(order), "side" => side_name(order.side),
        "posSide" => "net", "tdMode" => if listing.product == Product::Spot { "cash" } else { "cross" },
        "accFillSz" => size(listing, order.filled), "avgPx" => average(listing, order), "state" => state(order),
        "cancelSource" => source(order), "category" => "normal", "lever" => "",
        "reduceOnly" => if order.reduce_only { "true" } else { "false" }, "fee" => plain(order.fee.negated()),
        "feeCcy" => of_fill(&|fill| fill.fee_asset.to_string()),
        "tradeId" => of_fill(&|fill| fill.trade_id.to_string()), "fillPx" => of_fill(&|fill| listing.px_text(fill.px)),
        "fillSz" => of_fill(&|fill| size(listing, fill.qty)), "fillFee" => of_fill(&|fill| plain(fill.fee.negated())),
        "fillFeeCcy" => of_fill(&|fill| fill.fee_asset.to_string()),
        "execType" => of_fill(&|fill| if fill.maker { "M" } else { "T" }.to_owned()),
        "fillTime" => of_fill(&|fill| (fill.at / MS).to_string()), "code" => "0", "msg" => "",
        "cTime" => (order.created / MS).to_string(), "uTime" => (order.updated / MS).to_string(),
    }
}
