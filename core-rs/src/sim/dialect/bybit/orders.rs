//! Orders and executions of both categories.

use super::fault::Fault;
use super::market::side_name;
use super::{Answer, Call, World, stops};
use crate::sim::json::{Raw, array, object};
use crate::sim::model::{
    EndReason, Fill, Forced, Kind, Label, Listing, Move, NewOrder, Order, Refusal, Size, State, Tif,
};
use crate::sim::text::{mantissa, plain, short};
use crate::units::{Money, Product, Side, UnitError, mul_div_half_even, parse_fixed, pow10};

const MS: i64 = 1_000_000;
const PAGE_DEFAULT: usize = 20;
const PAGE_MAX: usize = 50;
const EXECUTIONS_MAX: usize = 100;

pub(super) fn create(call: &mut Call<'_>) -> Answer {
    let product = call.product()?;
    let new = parse(call, product)?;
    let now = call.world.now;
    let id = call.world.model.place(&new, now).map_err(|refusal| Fault::of(product, refusal))?;
    Ok(ids(call, id))
}

fn ids(call: &Call<'_>, id: u64) -> Raw {
    let label = call.world.model.orders.get(&id).map_or("", |order| order.label.as_str());
    object! {"orderId" => id.to_string(), "orderLinkId" => label}
}

fn parse(call: &Call<'_>, product: Product) -> Result<NewOrder, Fault> {
    let listing = call.listing()?;
    let facts = &call.world.model.listings[listing];
    let side = match call.params.get("side") {
        Some("Buy") => Side::Buy,
        Some("Sell") => Side::Sell,
        _ => return Err(Fault::param("side")),
    };
    let kind = match call.params.get("orderType") {
        Some("Limit") => Kind::Limit,
        Some("Market") => Kind::Market,
        _ => return Err(Fault::param("orderType")),
    };
    let tif = match call.params.get("timeInForce") {
        _ if kind == Kind::Market => Tif::Ioc,
        None | Some("GTC") => Tif::Gtc,
        Some("IOC") => Tif::Ioc,
        Some("FOK") => Tif::Fok,
        Some("PostOnly") => Tif::PostOnly,
        Some(_) => return Err(Fault::param("timeInForce")),
    };
    if !matches!(call.params.get("positionIdx"), None | Some("0")) {
        return Err(Fault::param("position idx not match position mode"));
    }
    let qty = call.params.get("qty").ok_or_else(|| Fault::param("qty"))?;
    // Spot market buys count in the quote coin unless told otherwise.
    let quote = product == Product::Spot && kind == Kind::Market && side == Side::Buy;
    let size = if quote && call.params.get("marketUnit") != Some("baseCoin") {
        Size::Quote(Money::parse(qty.as_bytes()).map_err(|_| Fault::param("qty"))?)
    } else {
        Size::Base(step(qty, facts.qty_decimals, product, Refusal::QtyStep, "qty")?)
    };
    let px = match (kind, call.params.get("price")) {
        (Kind::Market, _) => 0,
        (Kind::Limit, Some(text)) => step(text, facts.px_decimals, product, Refusal::PriceStep, "price")?,
        (Kind::Limit, None) => return Err(Fault::param("price")),
    };
    let label = call.params.get("orderLinkId").map(label).transpose()?;
    let reduce_only = call.params.get("reduceOnly") == Some("true");
    Ok(NewOrder { account: call.account, listing, label, side, kind, tif, px, size, reduce_only })
}

fn step(text: &str, decimals: u8, product: Product, refusal: Refusal, name: &str) -> Result<i64, Fault> {
    parse_fixed(text.as_bytes(), decimals).map_err(|error| match error {
        UnitError::TooPrecise => Fault::of(product, refusal),
        _ => Fault::param(name),
    })
}

fn label(text: &str) -> Result<Label, Fault> {
    let legal = text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    Label::new(text.as_bytes()).ok().filter(|_| legal).ok_or_else(|| Fault::param("orderLinkId"))
}

fn named<'a>(call: &'a Call<'_>, product: Product) -> Result<Option<&'a Order>, Fault> {
    let model = &call.world.model;
    match (call.params.get("orderId"), call.params.get("orderLinkId")) {
        (Some(id), _) => Ok(id.parse().ok().and_then(|id| model.order_by_id(call.account, product, id))),
        (None, Some(text)) => Ok(model.order_by_label(call.account, product, &label(text)?)),
        (None, None) => Err(Fault::param("orderId or orderLinkId")),
    }
}

pub(super) fn cancel(call: &mut Call<'_>) -> Answer {
    let product = call.product()?;
    call.listing()?;
    let refuse = |refusal| Fault::of(product, refusal);
    let id = named(call, product)?.map(|order| order.id).ok_or_else(|| refuse(Refusal::UnknownOrder))?;
    let now = call.world.now;
    call.world.model.cancel(id, now).map_err(refuse)?;
    Ok(ids(call, id))
}

pub(super) fn cancel_all(call: &mut Call<'_>) -> Answer {
    let product = call.product()?;
    let only = call.params.get("symbol").map(|_| call.listing()).transpose()?;
    let open = call.world.model.open_orders(call.account, product, only);
    let open: Vec<u64> = open.iter().map(|order| order.id).collect();
    let now = call.world.now;
    for id in &open {
        call.world.model.cancel(*id, now).map_err(|refusal| Fault::of(product, refusal))?;
    }
    let list = array(open.into_iter().map(|id| ids(call, id)));
    Ok(object! {"list" => list, "success" => "1"})
}

/// Open orders; by id also one that ended not long ago.
pub(super) fn realtime(call: &mut Call<'_>) -> Answer {
    let product = call.product()?;
    let orders = if call.params.get("orderId").is_some() || call.params.get("orderLinkId").is_some() {
        named(call, product)?.into_iter().collect()
    } else {
        let only = call.params.get("symbol").map(|_| call.listing()).transpose()?;
        let mut open = call.world.model.open_orders(call.account, product, only);
        open.reverse();
        open
    };
    let stops = if product == Product::Linear { stops::rows(call) } else { Vec::new() };
    page(call, product, &orders, PAGE_DEFAULT, PAGE_MAX, order_json).map(|page| stops::among(page, &stops))
}

pub(super) fn history(call: &mut Call<'_>) -> Answer {
    let product = call.product()?;
    let orders: Vec<&Order> =
        if call.params.get("orderId").is_some() || call.params.get("orderLinkId").is_some() {
            named(call, product)?.into_iter().collect()
        } else {
            let only = call.params.get("symbol").map(|_| call.listing()).transpose()?;
            let (start, end) = window(call);
            let model = &call.world.model;
            let mine = |o: &&Order| {
                o.account == call.account
                    && !o.state.open()
                    && model.listings[o.listing].product == product
                    && only.is_none_or(|listing| listing == o.listing)
                    && (start..=end).contains(&o.created)
            };
            model.orders.values().rev().filter(mine).collect()
        };
    page(call, product, &orders, PAGE_DEFAULT, PAGE_MAX, order_json)
}

pub(super) fn executions(call: &mut Call<'_>) -> Answer {
    let product = call.product()?;
    let only = call.params.get("symbol").map(|_| call.listing()).transpose()?;
    let (start, end) = window(call);
    let order = call.params.get("orderId").and_then(|id| id.parse::<u64>().ok());
    let link = call.params.get("orderLinkId").map(|_| named(call, product)).transpose()?;
    let order = order.or_else(|| link.map(|found| found.map_or(0, |order| order.id)));
    let model = &call.world.model;
    let mine = |f: &&Fill| {
        f.account == call.account
            && model.listings[f.listing].product == product
            && only.is_none_or(|listing| listing == f.listing)
            && order.is_none_or(|id| id == f.order)
            && (start..=end).contains(&f.at)
    };
    let fills: Vec<&Fill> = model.seen_fills().rev().filter(mine).collect();
    page(call, product, &fills, EXECUTIONS_MAX / 2, EXECUTIONS_MAX, |listing, fill| {
        execution_json(listing, fill, model.orders.get(&fill.order))
    })
}

fn window(call: &Call<'_>) -> (i64, i64) {
    let start = call.params.number("startTime").map_or(0, |ms| ms * MS);
    // A millisecond covers all of its nanoseconds.
    let end = call.params.number("endTime").map_or(i64::MAX, |ms| (ms + 1) * MS - 1);
    (start, end)
}

/// Something that belongs to a listing.
trait Listed {
    fn listing(&self) -> usize;
}

impl Listed for Order {
    fn listing(&self) -> usize {
        self.listing
    }
}

impl Listed for Fill {
    fn listing(&self) -> usize {
        self.listing
    }
}

/// One page; the cursor is the number of rows before it.
fn page<T: Listed>(
    call: &Call<'_>,
    product: Product,
    rows: &[&T],
    default: usize,
    max: usize,
    json: impl Fn(&Listing, &T) -> Raw,
) -> Answer {
    let from: usize = call.params.get("cursor").and_then(|text| text.parse().ok()).unwrap_or(0);
    let limit = call.params.limit(default, max);
    let taken = rows.iter().skip(from).take(limit);
    let list = array(taken.map(|row| json(&call.world.model.listings[row.listing()], row)));
    let next = if from + limit < rows.len() { (from + limit).to_string() } else { String::new() };
    Ok(object! {"category" => product.name(), "list" => list, "nextPageCursor" => next})
}

fn status(listing: &Listing, order: &Order) -> &'static str {
    match order.state {
        State::New => "New",
        State::PartiallyFilled => "PartiallyFilled",
        State::Filled => "Filled",
        State::Rejected => "Rejected",
        State::Cancelled | State::Expired if listing.product == Product::Spot && order.filled > 0 => {
            "PartiallyFilledCanceled"
        }
        State::Cancelled | State::Expired => "Cancelled",
    }
}

fn reject_reason(order: &Order) -> &'static str {
    match order.reason {
        EndReason::None | EndReason::ByUser | EndReason::SelfTrade => "EC_NoError",
        EndReason::NoLiquidity | EndReason::FokNotFilled => "EC_NoImmediateQtyToFill",
        EndReason::PostOnlyWouldTake => "EC_PostOnlyWillTakeLiquidity",
        EndReason::Restart => "EC_Others",
    }
}

fn tif_name(order: &Order) -> &'static str {
    match order.tif {
        Tif::Gtc => "GTC",
        Tif::Ioc => "IOC",
        Tif::Fok => "FOK",
        Tif::PostOnly => "PostOnly",
    }
}

fn type_name(order: &Order) -> &'static str {
    match order.kind {
        Kind::Limit => "Limit",
        Kind::Market => "Market",
    }
}

/// Average price of the fills, eight decimals at most; empty before the first.
fn average(listing: &Listing, order: &Order) -> String {
    let qty = listing.base_amount(order.filled);
    let exact = mul_div_half_even(order.quote_filled.0, pow10(crate::units::MONEY_DECIMALS), qty.0);
    exact.map_or_else(String::new, |value| plain(crate::sim::text::round(Money(value), 8)))
}

/// An order as REST and the stream show it.
pub(super) fn order_json(listing: &Listing, order: &Order) -> Raw {
    let qty = |value: i64| short(value, listing.qty_decimals);
    let left = if order.state.open() { order.remaining() } else { 0 };
    let cancel = match order.reason {
        EndReason::ByUser => "CancelByUser",
        EndReason::SelfTrade => "CancelBySmp",
        _ => "UNKNOWN",
    };
    let row = object! {
        "category" => listing.product.name(), "symbol" => listing.symbol, "orderId" => order.id.to_string(),
        "orderLinkId" => link_id(order), "createType" => created_by(order), "blockTradeId" => "", "side" => side_name(order.side), "positionIdx" => 0,
        "orderStatus" => status(listing, order), "cancelType" => cancel, "rejectReason" => reject_reason(order),
        "timeInForce" => tif_name(order), "isLeverage" => "", "price" => listing.px_text(order.px),
        "qty" => qty(order.qty), "avgPrice" => average(listing, order), "leavesQty" => qty(left),
        "leavesValue" => plain(listing.notional(order.px, left)), "cumExecQty" => qty(order.filled),
        "cumExecValue" => plain(order.quote_filled), "cumExecFee" => plain(order.fee), "orderType" => type_name(order),
        "stopOrderType" => "", "orderIv" => "", "triggerPrice" => "", "takeProfit" => "", "stopLoss" => "",
        "triggerBy" => "", "tpTriggerBy" => "", "slTriggerBy" => "", "triggerDirection" => 0, "placeType" => "",
        "lastPriceOnCreated" => "", "closeOnTrigger" => false, "reduceOnly" => order.reduce_only, "smpGroup" => 0,
        "smpType" => "None", "smpOrderId" => "", "createdTime" => (order.created / MS).to_string(),
        "updatedTime" => (order.updated / MS).to_string(),
    };
    match listing.product {
        Product::Spot => row,
        // Clients tell the two apart by it.
        Product::Linear => row.join(&object! {"tpslMode" => ""}),
    }
}

/// The venue's own orders have no id of a client's.
fn link_id(order: &Order) -> &str {
    if order.forced().is_some() { "" } else { order.label.as_str() }
}

fn created_by(order: &Order) -> &'static str {
    match order.forced() {
        None => "CreateByUser",
        Some(Forced::Liquidation) => "CreateByLiq",
        Some(Forced::Deleveraging) => "CreateByAdl_PassThrough",
        Some(Forced::Stop) => "CreateByStopLoss",
    }
}

fn exec_type(order: Option<&Order>) -> &'static str {
    match order.and_then(Order::forced) {
        None | Some(Forced::Stop) => "Trade",
        Some(Forced::Liquidation) => "BustTrade",
        Some(Forced::Deleveraging) => "AdlTrade",
    }
}

/// A funding as the execution stream shows it.
pub(super) fn funding_json(world: &World, moved: &Move) -> Option<Raw> {
    let listing = &world.model.listings[moved.listing?];
    Some(object! {
        "category" => "linear", "symbol" => listing.symbol, "orderId" => "", "orderLinkId" => "", "side" => "Sell",
        "execFee" => plain(Money(-moved.amount.0)), "feeCurrency" => "", "execId" => format!("funding-{}", moved.id),
        "execPrice" => "0", "execQty" => "0", "execType" => "Funding", "execTime" => (moved.at / MS).to_string(),
        "isMaker" => false, "seq" => moved.id,
    })
}

/// An execution as REST and the stream show it.
pub(super) fn execution_json(listing: &Listing, fill: &Fill, order: Option<&Order>) -> Raw {
    let qty = |value: i64| short(value, listing.qty_decimals);
    object! {
        "category" => listing.product.name(), "symbol" => listing.symbol, "orderId" => fill.order.to_string(),
        "orderLinkId" => order.map_or("", link_id), "side" => side_name(fill.side),
        "orderPrice" => listing.px_text(order.map_or(0, |o| o.px)), "orderQty" => qty(order.map_or(0, |o| o.qty)),
        "leavesQty" => qty(order.map_or(0, Order::remaining)), "orderType" => order.map_or("", type_name),
        "stopOrderType" => "UNKNOWN", "execFee" => plain(fill.fee), "feeCurrency" => fill.fee_asset,
        "execId" => fill.trade_id.to_string(), "execPrice" => listing.px_text(fill.px), "execQty" => qty(fill.qty),
        "execType" => exec_type(order), "execValue" => plain(listing.notional(fill.px, fill.qty)),
        "execTime" => (fill.at / MS).to_string(), "isMaker" => fill.maker,
        "feeRate" => mantissa(listing.fee(fill.maker).0 / 100, 8), "tradeIv" => "", "markIv" => "", "markPrice" => "",
        "indexPrice" => "", "underlyingPrice" => "", "blockTradeId" => "", "closedSize" => "",
        "isLeverage" => "0", "seq" => fill.trade_id,
    }
}
