//! Orders and fills of both products as they are asked for and told of.

use super::account::user;
use super::fault::NO_ORDER;
use super::market::{asked, named};
use super::orders::find;
use crate::sim::dialect::World;
use crate::sim::dialect::rest::{Answer, Call, Fault};
use crate::sim::dialect::shapes::{MS, average, page, side_name, size};
use crate::sim::json::{Null, Raw, array, object};
use crate::sim::model::{Fill, Kind, Listing, Order, State, Tif};
use crate::sim::text::plain;
use crate::units::{Product, Side};

const PAGE_MAX: usize = 100;

pub(super) fn spot_detail(call: &mut Call<'_>) -> Answer {
    let found = find(call, Product::Spot)?;
    Ok(array(found.map(|order| order_json(call.world, order))))
}

pub(super) fn linear_detail(call: &mut Call<'_>) -> Answer {
    named(call, Product::Linear)?;
    let order = find(call, Product::Linear)?.ok_or(NO_ORDER)?;
    Ok(order_json(call.world, order))
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
    array(rows.into_iter().map(|order| order_json(call.world, order)))
}

/// Futures put their lists under a name, null when empty.
pub(super) fn under(name: &str, rows: &Raw) -> Raw {
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
    Ok(array(rows.into_iter().map(|fill| fill_json(call.world, fill, false))))
}

/// A fill as REST shows it and, `told`, as its channel does, which lists the fees of spot fills too.
pub(super) fn fill_json(world: &World, fill: &Fill, told: bool) -> Raw {
    let listing = &world.model.listings[fill.listing];
    let order = world.model.orders.get(&fill.order);
    let detail = object! {
        "deduction" => "no", "feeCoin" => fill.fee_asset, "totalDeductionFee" => "0",
        "totalFee" => plain(fill.fee.negated()),
    };
    let (px, qty) = (listing.px_text(fill.px), size(listing, fill.qty));
    let value = plain(listing.notional(fill.px, fill.qty));
    let common = object! {
        "symbol" => listing.symbol, "orderId" => fill.order.to_string(), "tradeId" => fill.trade_id.to_string(),
        "clientOid" => order.map_or("", own_label), "side" => side_name(fill.side),
        "orderType" => order.map_or("limit", type_name), "tradeScope" => if fill.maker { "maker" } else { "taker" },
        "enterPointSource" => "API", "cTime" => (fill.at / MS).to_string(), "uTime" => (fill.at / MS).to_string(),
    };
    let fees = if told || listing.product == Product::Linear { array([&detail]) } else { detail };
    common.join(&match listing.product {
        Product::Spot => object! {
            "userId" => user(fill.account), "priceAvg" => px, "size" => qty, "amount" => value, "feeDetail" => fees,
        },
        Product::Linear => object! {
            "price" => px, "baseVolume" => qty, "quoteVolume" => value, "feeDetail" => fees,
            "posMode" => "one_way_mode", "tradeSide" => trade_side(fill.side), "profit" => plain(fill.realized),
        },
    })
}

/// The word for opening and closing where positions are one-way.
const fn trade_side(side: Side) -> &'static str {
    match side {
        Side::Buy => "buy_single",
        Side::Sell => "sell_single",
    }
}

fn type_name(order: &Order) -> &'static str {
    if order.kind == Kind::Limit { "limit" } else { "market" }
}

/// Futures spell the end of an order with one l in their channel.
fn state(order: &Order, short: bool) -> &'static str {
    match order.state {
        State::New => "live",
        State::PartiallyFilled => "partially_filled",
        State::Filled => "filled",
        State::Cancelled | State::Expired | State::Rejected if short => "canceled",
        State::Cancelled | State::Expired | State::Rejected => "cancelled",
    }
}

/// The venue's own orders have none.
fn own_label(order: &Order) -> &str {
    if order.forced().is_some() { "" } else { order.label.as_str() }
}

/// What every shape of an order shares.
fn common_json(world: &World, order: &Order) -> Raw {
    let listing = &world.model.listings[order.listing];
    let force = match order.tif {
        Tif::Gtc => "gtc",
        Tif::Ioc => "ioc",
        Tif::Fok => "fok",
        Tif::PostOnly => "post_only",
    };
    // Before the first fill futures say nothing, spot says zero.
    let mean = match listing.product {
        Product::Spot if order.filled == 0 => "0".to_owned(),
        _ => average(listing, order),
    };
    let body = object! {
        "orderId" => order.id.to_string(), "clientOid" => own_label(order), "side" => side_name(order.side),
        "orderType" => type_name(order), "force" => force, "price" => listing.px_text(order.px),
        "size" => size(listing, order.qty), "priceAvg" => mean,
        "quoteVolume" => plain(order.quote_filled),
        "enterPointSource" => if order.forced().is_some() { "SYS" } else { "API" },
        "cTime" => (order.created / MS).to_string(), "uTime" => (order.updated / MS).to_string(),
    };
    if listing.product == Product::Spot {
        return body;
    }
    let leverage = world.model.accounts[order.account].leverage(order.listing);
    body.join(&object! {
        "marginCoin" => listing.quote, "marginMode" => "crossed", "posMode" => "one_way_mode", "posSide" => "net",
        "tradeSide" => trade_side(order.side), "leverage" => leverage.to_string(), "totalProfits" => "0",
        "presetStopSurplusPrice" => "", "presetStopSurplusType" => "", "presetStopSurplusExecutePrice" => "",
        "presetStopLossPrice" => "", "presetStopLossType" => "", "presetStopLossExecutePrice" => "",
    })
}

/// An order as REST shows it: `baseVolume` is all that was filled; one futures order has a `state`, all else a `status`.
fn order_json(world: &World, order: &Order) -> Raw {
    let listing = &world.model.listings[order.listing];
    let own = object! {
        "symbol" => listing.symbol, "baseVolume" => size(listing, order.filled), "status" => state(order, false),
        "state" => state(order, true), "orderSource" => if order.kind == Kind::Limit { "normal" } else { "market" },
        "cancelReason" => if order.state == State::Cancelled { "normal_cancel" } else { "" },
    };
    let body = own.join(&common_json(world, order));
    body.join(&match listing.product {
        Product::Spot => object! {
            "userId" => user(order.account), "feeDetail" => spot_fees(listing, order), "tpslType" => "normal",
            "triggerPrice" => Null, "basePrice" => "", "quoteCoin" => listing.quote, "baseCoin" => listing.base,
            "presetTakeProfitPrice" => "", "executeTakeProfitPrice" => "", "presetStopLossPrice" => "",
            "executeStopLossPrice" => "",
        },
        Product::Linear => object! {
            "fee" => plain(order.fee.negated()), "reduceOnly" => if order.reduce_only { "YES" } else { "NO" },
            "newTradeSide" => Null, "liqPrice" => "",
        },
    })
}

/// The fees of a spot order: JSON inside a text, empty before the first fill.
fn spot_fees(listing: &Listing, order: &Order) -> String {
    if order.filled == 0 {
        return String::new();
    }
    let coin = if order.side == Side::Buy { listing.base } else { listing.quote };
    let paid = Raw(plain(order.fee.negated()));
    let fees =
        object! {"deduction" => false, "feeCoinCode" => coin, "totalDeductionFee" => 0, "totalFee" => paid};
    let all = object! {"c" => 0, "d" => 0, "deduction" => false, "r" => paid, "t" => paid, "totalDeductionFee" => 0};
    format!("{{\"newFees\":{},\"{coin}\":{}}}", all.0, fees.0)
}

/// An order as its channel shows it: `baseVolume` is the fill it tells of, `accBaseVolume` all.
pub(super) fn event_json(world: &World, order: &Order, fill: Option<&Fill>) -> Raw {
    let listing = &world.model.listings[order.listing];
    let value = plain(listing.notional(order.px, order.qty));
    let fee_coin = match (listing.product, order.side) {
        (Product::Spot, Side::Buy) => listing.base,
        _ => listing.quote,
    };
    let fees = object! {"feeCoin" => fee_coin, "fee" => plain(order.fee.negated())};
    let own = object! {
        "instId" => listing.symbol, "accBaseVolume" => size(listing, order.filled), "stpMode" => "none",
        "status" => state(order, listing.product == Product::Linear), "feeDetail" => [fees],
    };
    let body = own.join(&common_json(world, order)).join(&match listing.product {
        Product::Spot => object! {"newSize" => size(listing, order.qty), "notional" => value},
        Product::Linear => object! {
            "notionalUsd" => value, "pnl" => "0", "reduceOnly" => if order.reduce_only { "yes" } else { "no" },
        },
    });
    let Some(fill) = fill else { return body };
    body.join(&object! {
        "tradeId" => fill.trade_id.to_string(), "fillPrice" => listing.px_text(fill.px),
        "baseVolume" => size(listing, fill.qty), "fillFee" => plain(fill.fee.negated()),
        "fillFeeCoin" => fill.fee_asset, "tradeScope" => if fill.maker { "M" } else { "T" },
        "fillTime" => (fill.at / MS).to_string(), "fillNotionalUsd" => plain(listing.notional(fill.px, fill.qty)),
    })
}
