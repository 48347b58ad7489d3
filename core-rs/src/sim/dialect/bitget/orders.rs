//! Orders and fills of both products, over REST and in frames.

use super::fault::{self, LOGIN, NO_ORDER, SYMBOL};
use super::market::{asked, named};
use super::{REST, product};
use crate::sim::dialect::channel::{Control, first_object};
use crate::sim::dialect::rest::{Answer, Call, Fault, draw};
use crate::sim::dialect::shapes::{MS, average, page, side_name, side_of, size};
use crate::sim::dialect::{Conn, World};
use crate::sim::http::Params;
use crate::sim::json::{Raw, array, object};
use crate::sim::model::{Fill, Kind, Label, Listing, NewOrder, Order, Refusal, Size, State, Tif};
use crate::sim::text::plain;
use crate::units::{Money, Product, Side, UnitError, parse_fixed};

const PAGE_MAX: usize = 100;

fn place(call: &mut Call<'_>, index: usize) -> Result<u64, Fault> {
    let new = parse(call, index)?;
    let product = call.world.model.listings[index].product;
    let now = call.world.now;
    call.world.model.place(&new, now).map_err(|refusal| fault::of(product, refusal))
}

fn parse(call: &Call<'_>, index: usize) -> Result<NewOrder, Fault> {
    let (facts, params) = (&call.world.model.listings[index], call.params);
    let linear = facts.product == Product::Linear;
    if linear && (params.get("marginCoin") != Some("USDT") || params.get("marginMode") != Some("crossed")) {
        return Err(fault::param("marginCoin or marginMode"));
    }
    if linear && params.get("tradeSide").is_some() {
        return Err(Fault::new(
            "40774",
            "The order type for unilateral position must also be the unilateral position type.",
        ));
    }
    let side = side_of(params.get("side")).ok_or_else(|| fault::param("side"))?;
    let kind = match params.get("orderType") {
        Some("limit") => Kind::Limit,
        Some("market") => Kind::Market,
        _ => return Err(fault::param("orderType")),
    };
    let tif = match params.get("force").map(str::to_ascii_lowercase).as_deref() {
        _ if kind == Kind::Market => Tif::Ioc,
        None | Some("gtc") => Tif::Gtc,
        Some("ioc") => Tif::Ioc,
        Some("fok") => Tif::Fok,
        Some("post_only") => Tif::PostOnly,
        Some(_) => return Err(fault::param("force")),
    };
    let step = |text: &str, decimals: u8, refusal: Refusal, name: &str| {
        parse_fixed(text.as_bytes(), decimals).map_err(|error| match error {
            UnitError::TooPrecise => fault::of(facts.product, refusal),
            _ => fault::param(name),
        })
    };
    let text = params.get("size").ok_or_else(|| fault::param("size"))?;
    // A spot market buy counts in the quote coin, and nothing can tell it otherwise.
    let size = if !linear && kind == Kind::Market && side == Side::Buy {
        Size::Quote(Money::parse(text.as_bytes()).map_err(|_| fault::param("size"))?)
    } else {
        Size::Base(step(text, facts.qty_decimals, Refusal::QtyStep, "size")?)
    };
    let px = match (kind, params.get("price")) {
        (Kind::Market, _) => 0,
        (Kind::Limit, Some(text)) => step(text, facts.px_decimals, Refusal::PriceStep, "price")?,
        (Kind::Limit, None) => return Err(fault::param("price")),
    };
    let label = params.get("clientOid").map(label).transpose()?;
    let reduce_only = params.get("reduceOnly").is_some_and(|flag| flag.eq_ignore_ascii_case("yes"));
    Ok(NewOrder { account: call.account, listing: index, label, side, kind, tif, px, size, reduce_only })
}

fn label(text: &str) -> Result<Label, Fault> {
    let legal = text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    Label::new(text.as_bytes()).ok().filter(|_| legal).ok_or_else(|| fault::param("clientOid"))
}

fn find<'a>(call: &'a Call<'_>, product: Product) -> Result<Option<&'a Order>, Fault> {
    let model = &call.world.model;
    match (call.params.get("orderId"), call.params.get("clientOid")) {
        (Some(id), _) => Ok(id.parse().ok().and_then(|id| model.order_by_id(call.account, product, id))),
        (None, Some(text)) => Ok(model.order_by_label(call.account, product, &label(text)?)),
        (None, None) => Err(fault::param("orderId or clientOid")),
    }
}

fn cancel(call: &mut Call<'_>, index: usize) -> Result<u64, Fault> {
    let product = call.world.model.listings[index].product;
    let gone = |refusal| fault::of(product, refusal);
    let id = find(call, product)?.map(|order| order.id).ok_or_else(|| gone(Refusal::UnknownOrder))?;
    let now = call.world.now;
    call.world.model.cancel(id, now).map_err(gone)?;
    Ok(id)
}

fn ids(call: &Call<'_>, id: u64) -> Raw {
    let label = call.world.model.orders.get(&id).map_or("", |order| order.label.as_str());
    object! {"orderId" => id.to_string(), "clientOid" => label}
}

pub(super) fn spot_place(call: &mut Call<'_>) -> Answer {
    let index = named(call, Product::Spot)?;
    place(call, index).map(|id| ids(call, id))
}

pub(super) fn linear_place(call: &mut Call<'_>) -> Answer {
    let index = named(call, Product::Linear)?;
    place(call, index).map(|id| ids(call, id))
}

pub(super) fn spot_cancel(call: &mut Call<'_>) -> Answer {
    let index = named(call, Product::Spot)?;
    cancel(call, index).map(|id| ids(call, id))
}

pub(super) fn linear_cancel(call: &mut Call<'_>) -> Answer {
    let index = named(call, Product::Linear)?;
    cancel(call, index).map(|id| ids(call, id))
}

/// An order or a cancel in a frame: the parameters of REST inside an argument that names channel and instrument. A refusal repeats
/// the request.
pub(super) fn socket(world: &mut World, conn: &mut Conn, control: &Control) -> String {
    let arg = first_object(control).cloned().unwrap_or_default();
    let text = |name: &str| arg.get(name).and_then(serde_json::Value::as_str).unwrap_or("");
    let params = arg.get("params").and_then(|p| p.as_object()).map(Params::of_json).unwrap_or_default();
    let index = product(text("instType")).and_then(|product| world.model.find(product, text("instId")));
    let account = conn.account;
    let mut call = Call { world, account: account.unwrap_or(0), params: &params };
    let outcome = match (account, index, text("channel")) {
        (None, _, _) => Err(LOGIN),
        (_, None, _) => Err(SYMBOL),
        (_, Some(index), "place-order") => {
            draw(&REST, &mut call, "place").and_then(|()| place(&mut call, index))
        }
        (_, Some(index), "cancel-order") => {
            draw(&REST, &mut call, "cancel").and_then(|()| cancel(&mut call, index))
        }
        _ => Err(fault::param("channel")),
    };
    let (event, code, message) = match &outcome {
        Ok(_) => ("trade", "0", "Success"),
        Err(fault) => ("error", fault.code, fault.message.as_ref()),
    };
    let shown = match &outcome {
        Ok(id) => ids(&call, *id),
        Err(_) => Raw(serde_json::Value::Object(
            arg.get("params").and_then(|p| p.as_object()).cloned().unwrap_or_default(),
        )
        .to_string()),
    };
    let row = object! {
        "id" => text("id"), "instType" => text("instType"), "channel" => text("channel"), "instId" => text("instId"),
        "params" => shown,
    };
    object! {"event" => event, "arg" => [row], "code" => Raw(code.to_owned()), "msg" => message, "ts" => world.ms()}.0
}

pub(super) fn spot_detail(call: &mut Call<'_>) -> Answer {
    let found = find(call, Product::Spot)?;
    Ok(array(found.map(|order| order_json(&call.world.model.listings[order.listing], order))))
}

pub(super) fn linear_detail(call: &mut Call<'_>) -> Answer {
    named(call, Product::Linear)?;
    let order = find(call, Product::Linear)?.ok_or(NO_ORDER)?;
    Ok(order_json(&call.world.model.listings[order.listing], order))
}

fn open(call: &Call<'_>, product: Product) -> Result<Raw, Fault> {
    let listings = asked(call, product)?;
    let open = call.world.model.open_orders(call.account, product, None);
    let mine = open.into_iter().rev().filter(|order| listings.contains(&order.listing));
    Ok(order_page(call, mine))
}

fn history(call: &Call<'_>, product: Product) -> Result<Raw, Fault> {
    let listings = asked(call, product)?;
    let mine = |o: &&Order| o.account == call.account && !o.state.open() && listings.contains(&o.listing);
    Ok(order_page(call, call.world.model.orders.values().rev().filter(mine)))
}

fn order_page<'a>(call: &Call<'_>, orders: impl Iterator<Item = &'a Order>) -> Raw {
    let limit = call.params.limit(PAGE_MAX, PAGE_MAX);
    let rows = page(orders, |order| order.id, call.params.number("idLessThan"), limit);
    array(rows.into_iter().map(|order| order_json(&call.world.model.listings[order.listing], order)))
}

/// Futures put their lists under a name, null when empty.
fn under(name: &str, rows: &Raw) -> Raw {
    let rows = if rows.0 == "[]" { "null" } else { rows.0.as_str() };
    Raw(format!("{{\"{name}\":{rows},\"endId\":\"\"}}"))
}

pub(super) fn spot_open(call: &mut Call<'_>) -> Answer {
    open(call, Product::Spot)
}

pub(super) fn linear_open(call: &mut Call<'_>) -> Answer {
    open(call, Product::Linear).map(|rows| under("entrustedList", &rows))
}

pub(super) fn spot_history(call: &mut Call<'_>) -> Answer {
    history(call, Product::Spot)
}

pub(super) fn linear_history(call: &mut Call<'_>) -> Answer {
    history(call, Product::Linear).map(|rows| under("entrustedList", &rows))
}

pub(super) fn spot_fills(call: &mut Call<'_>) -> Answer {
    fills(call, Product::Spot)
}

pub(super) fn linear_fills(call: &mut Call<'_>) -> Answer {
    fills(call, Product::Linear).map(|rows| under("fillList", &rows))
}

fn fills(call: &Call<'_>, product: Product) -> Result<Raw, Fault> {
    let listings = asked(call, product)?;
    let begin = call.params.number("startTime").map_or(0, |ms| ms * MS);
    let end = call.params.number("endTime").map_or(i64::MAX, |ms| (ms + 1) * MS - 1);
    let model = &call.world.model;
    let order = call.params.get("orderId").and_then(|id| id.parse::<u64>().ok());
    let mine = |f: &&Fill| {
        f.account == call.account
            && listings.contains(&f.listing)
            && order.is_none_or(|id| id == f.order)
            && (begin..=end).contains(&f.at)
    };
    let limit = call.params.limit(PAGE_MAX, PAGE_MAX);
    let found = model.seen_fills().rev().filter(mine);
    let rows = page(found, |fill| fill.trade_id, call.params.number("idLessThan"), limit);
    Ok(array(rows.into_iter().map(|fill| fill_json(&model.listings[fill.listing], fill))))
}

fn fill_json(listing: &Listing, fill: &Fill) -> Raw {
    let detail = object! {
        "deduction" => "no", "feeCoin" => fill.fee_asset, "totalDeductionFee" => "0",
        "totalFee" => plain(fill.fee.negated()),
    };
    let (px, qty) = (listing.px_text(fill.px), size(listing, fill.qty));
    let value = plain(listing.notional(fill.px, fill.qty));
    let common = object! {
        "symbol" => listing.symbol, "orderId" => fill.order.to_string(), "tradeId" => fill.trade_id.to_string(),
        "side" => side_name(fill.side), "tradeScope" => if fill.maker { "maker" } else { "taker" },
        "cTime" => (fill.at / MS).to_string(), "uTime" => (fill.at / MS).to_string(),
    };
    common.join(&match listing.product {
        Product::Spot => object! {"priceAvg" => px, "size" => qty, "amount" => value, "feeDetail" => detail},
        Product::Linear => object! {
            "price" => px, "baseVolume" => qty, "quoteVolume" => value, "feeDetail" => [detail],
            "posMode" => "one_way_mode", "tradeSide" => "buy_single", "profit" => plain(fill.realized),
        },
    })
}

fn state(order: &Order) -> &'static str {
    match order.state {
        State::New => "live",
        State::PartiallyFilled => "partially_filled",
        State::Filled => "filled",
        State::Cancelled | State::Expired | State::Rejected => "cancelled",
    }
}

/// What every shape of an order shares.
fn common_json(listing: &Listing, order: &Order) -> Raw {
    let kind = if order.kind == Kind::Limit { "limit" } else { "market" };
    let force = match order.tif {
        Tif::Gtc => "gtc",
        Tif::Ioc => "ioc",
        Tif::Fok => "fok",
        Tif::PostOnly => "post_only",
    };
    let body = object! {
        "orderId" => order.id.to_string(), "clientOid" => order.label, "side" => side_name(order.side),
        "orderType" => kind, "force" => force, "price" => listing.px_text(order.px), "size" => size(listing, order.qty),
        "priceAvg" => average(listing, order), "quoteVolume" => plain(order.quote_filled),
        "enterPointSource" => "API", "cTime" => (order.created / MS).to_string(),
        "uTime" => (order.updated / MS).to_string(),
    };
    if listing.product == Product::Spot {
        return body;
    }
    body.join(&object! {
        "marginCoin" => listing.quote, "marginMode" => "crossed", "posMode" => "one_way_mode", "posSide" => "net",
        "tradeSide" => "", "leverage" => "10", "reduceOnly" => if order.reduce_only { "YES" } else { "NO" },
    })
}

/// An order as REST shows it: `baseVolume` is all that was filled; one futures order has a `state`, all else a `status`.
fn order_json(listing: &Listing, order: &Order) -> Raw {
    let own = object! {
        "symbol" => listing.symbol, "baseVolume" => size(listing, order.filled), "status" => state(order),
        "state" => state(order),
    };
    own.join(&common_json(listing, order))
}

/// An order as its channel shows it: `baseVolume` is the fill it tells of, `accBaseVolume` all.
pub(super) fn event_json(listing: &Listing, order: &Order, fill: Option<&Fill>) -> Raw {
    let own = object! {
        "instId" => listing.symbol, "accBaseVolume" => size(listing, order.filled), "status" => state(order),
    };
    let body = own.join(&common_json(listing, order));
    let Some(fill) = fill else { return body };
    body.join(&object! {
        "tradeId" => fill.trade_id.to_string(), "fillPrice" => listing.px_text(fill.px),
        "baseVolume" => size(listing, fill.qty), "fillFee" => plain(fill.fee.negated()),
        "fillFeeCoin" => fill.fee_asset, "tradeScope" => if fill.maker { "M" } else { "T" },
        "fillTime" => (fill.at / MS).to_string(),
    })
}
