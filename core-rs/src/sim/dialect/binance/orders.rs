//! Orders of both products: place, cancel, query, history.

use super::fault::Fault;
use super::{Answer, Call, amount, px, qty};
use crate::sim::json::{Raw, array, object};
use crate::sim::model::{EndReason, Fill, Kind, Label, Listing, NewOrder, Order, Refusal, Size, State, Tif};
use crate::units::{Money, Product, Side, UnitError, mul_div_half_even, parse_fixed, pow10};

const PAGE_DEFAULT: usize = 500;
const PAGE_MAX: usize = 1000;
const MS: i64 = 1_000_000;

pub(super) fn place(call: &mut Call<'_>) -> Answer {
    let new = parse(call)?;
    let now = call.world.now;
    let id = call.world.model.place(&new, now).map_err(|refusal| Fault::of(call.product, refusal))?;
    let order = call.world.model.orders.get(&id).ok_or(Fault::UNKNOWN_ORDER)?;
    let listing = &call.world.model.listings[order.listing];
    let detail = call.params.get("newOrderRespType");
    Ok(match call.product {
        Product::Spot => {
            let fills =
                call.world.model.fills.iter().rev().take_while(|f| f.at == now).filter(|f| f.order == id);
            let mut fills: Vec<&Fill> = fills.collect();
            fills.reverse();
            spot_placed(listing, order, &fills, detail.unwrap_or("FULL"))
        }
        Product::Linear if detail == Some("RESULT") => linear_order(listing, order),
        Product::Linear => linear_order(listing, &as_accepted(order)),
    })
}

/// Validates like [`place`] but sends nothing to the engine.
pub(super) fn test(call: &mut Call<'_>) -> Answer {
    parse(call).map(|_| object! {})
}

/// An acknowledgement tells nothing of the fills yet.
fn as_accepted(order: &Order) -> Order {
    let none = (State::New, 0, Money::ZERO);
    Order { state: none.0, filled: none.1, quote_filled: none.2, ..order.clone() }
}

fn parse(call: &Call<'_>) -> Result<NewOrder, Fault> {
    let listing = call.listing()?;
    let facts = &call.world.model.listings[listing];
    let need = |name: &str| call.params.get(name).ok_or_else(|| Fault::missing(name));
    let side = match need("side")? {
        "BUY" => Side::Buy,
        "SELL" => Side::Sell,
        _ => return Err(Fault::invalid(-1117, "Invalid side.")),
    };
    let (kind, tif) = match need("type")? {
        "MARKET" => (Kind::Market, Tif::Ioc),
        "LIMIT_MAKER" if call.spot() => (Kind::Limit, Tif::PostOnly),
        "LIMIT" => (Kind::Limit, tif(need("timeInForce")?, call.spot())?),
        _ => return Err(Fault::invalid(-1116, "Invalid orderType.")),
    };
    if !call.spot() && !matches!(call.params.get("positionSide"), None | Some("BOTH")) {
        return Err(Fault::POSITION_SIDE);
    }
    let size = match (call.params.get("quantity"), call.params.get("quoteOrderQty")) {
        (Some(text), _) => {
            Size::Base(step(text, facts.qty_decimals, call.product, Refusal::QtyStep, "quantity")?)
        }
        (None, Some(text)) if kind == Kind::Market && call.spot() => {
            Size::Quote(Money::parse(text.as_bytes()).map_err(|_| Fault::illegal("quoteOrderQty"))?)
        }
        _ => return Err(Fault::missing("quantity")),
    };
    let px = match kind {
        Kind::Limit => step(need("price")?, facts.px_decimals, call.product, Refusal::PriceStep, "price")?,
        Kind::Market => 0,
    };
    let label = call.params.get("newClientOrderId").map(label).transpose()?;
    let reduce_only = call.params.get("reduceOnly") == Some("true");
    Ok(NewOrder { account: call.account, listing, label, side, kind, tif, px, size, reduce_only })
}

fn tif(text: &str, spot: bool) -> Result<Tif, Fault> {
    match text {
        "GTC" => Ok(Tif::Gtc),
        "IOC" => Ok(Tif::Ioc),
        "FOK" => Ok(Tif::Fok),
        "GTX" if !spot => Ok(Tif::PostOnly),
        _ => Err(Fault::invalid(-1115, "Invalid timeInForce.")),
    }
}

/// Decimal text as a mantissa; more digits than the step has is a filter's matter, more than eight a precision's.
fn step(text: &str, decimals: u8, product: Product, refusal: Refusal, name: &str) -> Result<i64, Fault> {
    match parse_fixed(text.as_bytes(), decimals) {
        Ok(value) => Ok(value),
        Err(UnitError::TooPrecise) if parse_fixed(text.as_bytes(), 8).is_err() => Err(Fault::PRECISION),
        Err(UnitError::TooPrecise) => Err(Fault::of(product, refusal)),
        Err(_) => Err(Fault::illegal(name)),
    }
}

fn label(text: &str) -> Result<Label, Fault> {
    let legal =
        text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b':' | b'/'));
    Label::new(text.as_bytes()).ok().filter(|_| legal).ok_or_else(|| Fault::illegal("newClientOrderId"))
}

/// The order that a request names by id or client id.
fn named(call: &Call<'_>, missing: &Fault) -> Result<u64, Fault> {
    let listing = call.listing()?;
    let model = &call.world.model;
    let found = match (call.params.get("orderId"), call.params.get("origClientOrderId")) {
        (Some(id), _) => id.parse().ok().and_then(|id| model.order_by_id(call.account, call.product, id)),
        (None, Some(text)) => model.order_by_label(call.account, call.product, &label(text)?),
        (None, None) => return Err(Fault::missing("orderId")),
    };
    found.filter(|order| order.listing == listing).map(|order| order.id).ok_or_else(|| missing.clone())
}

pub(super) fn cancel(call: &mut Call<'_>) -> Answer {
    let id = named(call, &Fault::UNKNOWN_ORDER)?;
    cancel_one(call, id)
}

fn cancel_one(call: &mut Call<'_>, id: u64) -> Answer {
    let now = call.world.now;
    call.world.model.cancel(id, now).map_err(|refusal| Fault::of(call.product, refusal))?;
    let order = call.world.model.orders.get(&id).ok_or(Fault::UNKNOWN_ORDER)?;
    let listing = &call.world.model.listings[order.listing];
    Ok(match call.product {
        Product::Spot => spot_cancelled(listing, order),
        Product::Linear => linear_order(listing, order),
    })
}

pub(super) fn cancel_all(call: &mut Call<'_>) -> Answer {
    let listing = call.listing()?;
    let open = call.world.model.open_orders(call.account, call.product, Some(listing));
    let ids: Vec<u64> = open.iter().map(|order| order.id).collect();
    if ids.is_empty() && call.spot() {
        return Err(Fault::UNKNOWN_ORDER);
    }
    let cancelled = ids.into_iter().map(|id| cancel_one(call, id)).collect::<Result<Vec<_>, _>>()?;
    Ok(match call.product {
        Product::Spot => array(cancelled),
        Product::Linear => {
            object! {"code" => 200, "msg" => "The operation of cancel all open order is done."}
        }
    })
}

pub(super) fn query(call: &mut Call<'_>) -> Answer {
    let id = named(call, &Fault::NO_SUCH_ORDER)?;
    let order = call.world.model.orders.get(&id).ok_or(Fault::NO_SUCH_ORDER)?;
    Ok(order_json(&call.world.model.listings[order.listing], order))
}

pub(super) fn open(call: &mut Call<'_>) -> Answer {
    let only = call.params.get("symbol").map(|_| call.listing()).transpose()?;
    let orders = call.world.model.open_orders(call.account, call.product, only);
    Ok(array(orders.into_iter().map(|order| order_json(&call.world.model.listings[order.listing], order))))
}

pub(super) fn all(call: &mut Call<'_>) -> Answer {
    let listing = call.listing()?;
    let facts = &call.world.model.listings[listing];
    let from = call.params.number("orderId").map_or(0, |id| id as u64);
    let (start, end) = window(call);
    let mine =
        |o: &&Order| o.account == call.account && o.listing == listing && (start..=end).contains(&o.created);
    let found: Vec<&Order> = call.world.model.orders.range(from..).map(|(_, o)| o).filter(mine).collect();
    Ok(array(page(call, &found, from > 0 || start > 0).iter().map(|order| order_json(facts, order))))
}

pub(super) fn trades(call: &mut Call<'_>) -> Answer {
    let listing = call.listing()?;
    let facts = &call.world.model.listings[listing];
    let from = call.params.number("fromId").map_or(0, |id| id as u64);
    let order = call.params.number("orderId").map(|id| id as u64);
    let (start, end) = window(call);
    let mine = |f: &&Fill| {
        f.account == call.account
            && f.listing == listing
            && f.trade_id >= from
            && order.is_none_or(|id| id == f.order)
            && (start..=end).contains(&f.at)
    };
    let found: Vec<&Fill> = call.world.model.seen_fills().filter(mine).collect();
    let row = |fill: &&Fill| if call.spot() { spot_trade(facts, fill) } else { linear_trade(facts, fill) };
    Ok(array(page(call, &found, from > 0 || start > 0).iter().map(row)))
}

fn window(call: &Call<'_>) -> (i64, i64) {
    let start = call.params.number("startTime").map_or(0, |ms| ms * MS);
    // A millisecond covers all of its nanoseconds.
    let end = call.params.number("endTime").map_or(i64::MAX, |ms| (ms + 1) * MS - 1);
    (start, end)
}

/// One page: the oldest from a starting point, else the newest.
fn page<'b, T>(call: &Call<'_>, found: &'b [T], from_start: bool) -> &'b [T] {
    let limit = call.params.limit(PAGE_DEFAULT, PAGE_MAX).min(found.len());
    if from_start { &found[..limit] } else { &found[found.len() - limit..] }
}

pub(super) fn side_name(side: Side) -> &'static str {
    match side {
        Side::Buy => "BUY",
        Side::Sell => "SELL",
    }
}

fn state_name(state: State) -> &'static str {
    match state {
        State::New => "NEW",
        State::PartiallyFilled => "PARTIALLY_FILLED",
        State::Filled => "FILLED",
        State::Cancelled => "CANCELED",
        State::Expired => "EXPIRED",
        State::Rejected => "REJECTED",
    }
}

/// The state as the venue words it: an order that would have traded with its own account has a word of its own.
pub(super) fn shown_state(order: &Order) -> &'static str {
    if order.reason == EndReason::SelfTrade { "EXPIRED_IN_MATCH" } else { state_name(order.state) }
}

pub(super) fn type_name(order: &Order, spot: bool) -> &'static str {
    match (order.kind, order.tif) {
        (Kind::Market, _) => "MARKET",
        (Kind::Limit, Tif::PostOnly) if spot => "LIMIT_MAKER",
        (Kind::Limit, _) => "LIMIT",
    }
}

pub(super) fn tif_name(order: &Order, spot: bool) -> &'static str {
    match (order.kind, order.tif) {
        (Kind::Market, _) | (_, Tif::Gtc) => "GTC",
        (_, Tif::Ioc) => "IOC",
        (_, Tif::Fok) => "FOK",
        (_, Tif::PostOnly) => {
            if spot {
                "GTC"
            } else {
                "GTX"
            }
        }
    }
}

/// Average price of the fills, eight decimals at most; zero before the first.
pub(super) fn average(listing: &Listing, order: &Order) -> Money {
    let qty = listing.base_amount(order.filled);
    let exact = mul_div_half_even(order.quote_filled.0, pow10(crate::units::MONEY_DECIMALS), qty.0);
    crate::sim::text::round(Money(exact.unwrap_or(0)), 8)
}

fn order_json(listing: &Listing, order: &Order) -> Raw {
    match listing.product {
        Product::Spot => spot_order(listing, order),
        Product::Linear => linear_order(listing, order),
    }
}

fn spot_placed(listing: &Listing, order: &Order, fills: &[&Fill], detail: &str) -> Raw {
    if detail == "ACK" {
        return object! {
            "symbol" => listing.symbol, "orderId" => order.id, "orderListId" => -1, "clientOrderId" => order.label,
            "transactTime" => order.created / MS,
        };
    }
    let mut raw = object! {
        "symbol" => listing.symbol, "orderId" => order.id, "orderListId" => -1, "clientOrderId" => order.label,
        "transactTime" => order.updated / MS, "price" => px(listing, order.px), "origQty" => qty(listing, order.qty),
        "executedQty" => qty(listing, order.filled), "origQuoteOrderQty" => "0.00000000",
        "cummulativeQuoteQty" => amount(order.quote_filled), "status" => shown_state(order),
        "timeInForce" => tif_name(order, true), "type" => type_name(order, true), "side" => side_name(order.side),
        "workingTime" => order.created / MS, "selfTradePreventionMode" => "NONE",
    };
    if detail == "FULL" {
        let fills = array(fills.iter().map(|fill| {
            object! {
                "price" => px(listing, fill.px), "qty" => qty(listing, fill.qty), "commission" => amount(fill.fee),
                "commissionAsset" => fill.fee_asset, "tradeId" => fill.trade_id,
            }
        }));
        raw = raw.join(&object! {"fills" => fills});
    }
    raw
}

fn spot_order(listing: &Listing, order: &Order) -> Raw {
    object! {
        "symbol" => listing.symbol, "orderId" => order.id, "orderListId" => -1, "clientOrderId" => order.label,
        "price" => px(listing, order.px), "origQty" => qty(listing, order.qty),
        "executedQty" => qty(listing, order.filled), "cummulativeQuoteQty" => amount(order.quote_filled),
        "status" => shown_state(order), "timeInForce" => tif_name(order, true),
        "type" => type_name(order, true), "side" => side_name(order.side), "stopPrice" => "0.00000000",
        "icebergQty" => "0.00000000", "time" => order.created / MS, "updateTime" => order.updated / MS,
        "isWorking" => true, "workingTime" => order.created / MS, "origQuoteOrderQty" => "0.00000000",
        "selfTradePreventionMode" => "NONE",
    }
}

fn spot_cancelled(listing: &Listing, order: &Order) -> Raw {
    object! {
        "symbol" => listing.symbol, "origClientOrderId" => order.label, "orderId" => order.id, "orderListId" => -1,
        "clientOrderId" => format!("cxl{}", order.id), "transactTime" => order.updated / MS,
        "price" => px(listing, order.px), "origQty" => qty(listing, order.qty),
        "executedQty" => qty(listing, order.filled), "origQuoteOrderQty" => "0.00000000",
        "cummulativeQuoteQty" => amount(order.quote_filled), "status" => shown_state(order),
        "timeInForce" => tif_name(order, true), "type" => type_name(order, true), "side" => side_name(order.side),
        "selfTradePreventionMode" => "NONE",
    }
}

fn linear_order(listing: &Listing, order: &Order) -> Raw {
    object! {
        "orderId" => order.id, "symbol" => listing.symbol, "status" => shown_state(order),
        "clientOrderId" => order.label, "price" => px(listing, order.px), "avgPrice" => amount(average(listing, order)),
        "origQty" => qty(listing, order.qty), "executedQty" => qty(listing, order.filled),
        "cumQty" => qty(listing, order.filled), "cumQuote" => amount(order.quote_filled),
        "timeInForce" => tif_name(order, false), "type" => type_name(order, false), "reduceOnly" => order.reduce_only,
        "closePosition" => false, "side" => side_name(order.side), "positionSide" => "BOTH", "stopPrice" => "0",
        "workingType" => "CONTRACT_PRICE", "priceProtect" => false, "origType" => type_name(order, false),
        "priceMatch" => "NONE", "selfTradePreventionMode" => "NONE", "goodTillDate" => 0,
        "time" => order.created / MS, "updateTime" => order.updated / MS,
    }
}

fn spot_trade(listing: &Listing, fill: &Fill) -> Raw {
    object! {
        "symbol" => listing.symbol, "id" => fill.trade_id, "orderId" => fill.order, "orderListId" => -1,
        "price" => px(listing, fill.px), "qty" => qty(listing, fill.qty),
        "quoteQty" => amount(listing.notional(fill.px, fill.qty)), "commission" => amount(fill.fee),
        "commissionAsset" => fill.fee_asset, "time" => fill.at / MS, "isBuyer" => fill.side == Side::Buy,
        "isMaker" => fill.maker, "isBestMatch" => true,
    }
}

fn linear_trade(listing: &Listing, fill: &Fill) -> Raw {
    object! {
        "symbol" => listing.symbol, "id" => fill.trade_id, "orderId" => fill.order, "side" => side_name(fill.side),
        "price" => px(listing, fill.px), "qty" => qty(listing, fill.qty), "realizedPnl" => amount(fill.realized),
        "quoteQty" => amount(listing.notional(fill.px, fill.qty)), "commission" => amount(fill.fee),
        "commissionAsset" => fill.fee_asset, "time" => fill.at / MS, "positionSide" => "BOTH",
        "buyer" => fill.side == Side::Buy, "maker" => fill.maker,
    }
}
