//! Orders and fills as they are asked for and told of.

use super::fault::NO_ORDER;
use super::market::{asked, named};
use super::orders::find;
use super::{kind, product};
use crate::sim::dialect::rest::{Answer, Call};
use crate::sim::dialect::shapes::{MS, average, page, side_name, size};
use crate::sim::json::{Raw, array, object};
use crate::sim::model::{EndReason, Fill, Forced, Kind, Listing, Order, State, Tif};
use crate::sim::text::plain;
use crate::units::Product;

const PAGE_MAX: usize = 100;

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
        "ordId" => fill.order.to_string(), "clOrdId" => order.map_or("", own_label),
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

/// The venue's own orders have none.
fn own_label(order: &Order) -> &str {
    if order.forced().is_some() { "" } else { order.label.as_str() }
}

fn category(order: &Order) -> &'static str {
    match order.forced() {
        Some(Forced::Liquidation) => "full_liquidation",
        Some(Forced::Deleveraging) => "adl",
        None | Some(Forced::Stop) => "normal",
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
        "clOrdId" => own_label(order), "tag" => "", "px" => if order.px == 0 { String::new() } else { listing.px_text(order.px) },
        "sz" => size(listing, order.qty), "tgtCcy" => "", "ordType" => kind_name(order), "side" => side_name(order.side),
        "posSide" => "net", "tdMode" => if listing.product == Product::Spot { "cash" } else { "cross" },
        "accFillSz" => size(listing, order.filled), "avgPx" => average(listing, order), "state" => state(order),
        "cancelSource" => source(order), "category" => category(order), "lever" => "",
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
