//! Orders of the bridge: in frames, found again by either id, listed, and their fills.

use super::market::named;
use super::{LATE, LOGIN, NO_ORDER, REST, param, refused};
use crate::sim::dialect::channel::Control;
use crate::sim::dialect::rest::{self, Answer, Call, Fault, draw};
use crate::sim::dialect::shapes::{MS, side_name, side_of};
use crate::sim::dialect::{Conn, World};
use crate::sim::json::{Raw, array, object};
use crate::sim::model::{Fill, Kind, Label, Listing, NewOrder, Order, Refusal, Size, State, Tif};
use crate::sim::text::plain;
use crate::units::{Product, Side, UnitError, parse_fixed};

/// Rows of a page of fills.
const PAGE_MAX: usize = 100;

fn place(call: &mut Call<'_>) -> Result<u64, Fault> {
    let new = parse(call, named(call)?)?;
    let now = call.world.now;
    call.world.model.place(&new, now).map_err(refused)
}

fn parse(call: &Call<'_>, index: usize) -> Result<NewOrder, Fault> {
    let (facts, params) = (&call.world.model.listings[index], call.params);
    let side = side_of(params.get("side")).ok_or(param("Filter: side"))?;
    let (kind, tif) = match params.get("kind") {
        Some("limit") => (Kind::Limit, Tif::Gtc),
        Some("ioc") => (Kind::Limit, Tif::Ioc),
        Some("fok") => (Kind::Limit, Tif::Fok),
        Some("post_only") => (Kind::Limit, Tif::PostOnly),
        Some("market") if side == Side::Sell => (Kind::Market, Tif::Ioc),
        _ => return Err(param("Filter: kind")),
    };
    let qty = step(params.get("qty"), facts.qty_decimals, Refusal::QtyStep)?;
    let px =
        if kind == Kind::Market { 0 } else { step(params.get("px"), facts.px_decimals, Refusal::PriceStep)? };
    Ok(NewOrder {
        account: call.account,
        listing: index,
        label: Some(label(call)?),
        side,
        kind,
        tif,
        px,
        size: Size::Base(qty),
        reduce_only: false,
    })
}

fn step(text: Option<&str>, decimals: u8, refusal: Refusal) -> Result<i64, Fault> {
    let text = text.ok_or(param("Filter: a number is missing"))?;
    parse_fixed(text.as_bytes(), decimals).map_err(|error| match error {
        UnitError::TooPrecise => refused(refusal),
        _ => param("Filter: no number"),
    })
}

fn label(call: &Call<'_>) -> Result<Label, Fault> {
    let text = call.params.get("clientId").filter(|id| id.bytes().all(|b| b.is_ascii_alphanumeric()));
    text.and_then(|text| Label::new(text.as_bytes()).ok()).ok_or(param("Filter: clientId"))
}

fn find<'a>(call: &'a Call<'_>) -> Result<&'a Order, Fault> {
    let model = &call.world.model;
    let found = match call.params.get("orderId") {
        Some(id) => id.parse().ok().and_then(|id| model.order_by_id(call.account, Product::Spot, id)),
        None => model.order_by_label(call.account, Product::Spot, &label(call)?),
    };
    found.ok_or(NO_ORDER)
}

fn cancel(call: &mut Call<'_>) -> Result<u64, Fault> {
    let id = find(call)?.id;
    let now = call.world.now;
    call.world.model.cancel(id, now).map_err(refused)?;
    Ok(id)
}

type Act = fn(&mut Call<'_>) -> Result<u64, Fault>;

/// An order or a cancel in a frame; `expires` is judged when the request gets its turn.
pub(super) fn socket(world: &mut World, conn: &mut Conn, control: &Control) -> String {
    let act: Option<Act> = match control.op.as_str() {
        "place" => Some(place),
        "cancel" => Some(cancel),
        _ => None,
    };
    let batch = rest::batch(&control.args).filter(|batch| batch.len() == 1);
    let late =
        control.expires.as_ref().is_some_and(|text| text.parse().map_or(true, |ms| world.gate_ms() > ms));
    let outcome = match (conn.account, act, &batch) {
        (None, _, _) => Err(LOGIN),
        (_, None, _) | (_, _, None) => Err(param("Filter: no such request")),
        _ if late => Err(LATE),
        (Some(account), Some(act), Some(batch)) => {
            let mut call = Call { world, account, params: &batch[0], batch };
            draw(&REST, &mut call, "orders").and_then(|()| act(&mut call))
        }
    };
    let (id, code, message) = match &outcome {
        Ok(id) => (id.to_string(), "0", ""),
        Err(fault) => (String::new(), fault.code, fault.message.as_ref()),
    };
    object! {"id" => control.id, "op" => control.op, "code" => code, "msg" => message, "orderId" => id}.0
}

pub(super) fn detail(call: &mut Call<'_>) -> Answer {
    let order = find(call)?;
    Ok(order_json(&call.world.model.listings[order.listing], order))
}

pub(super) fn open(call: &mut Call<'_>) -> Answer {
    let model = &call.world.model;
    let open = model.open_orders(call.account, Product::Spot, None);
    Ok(array(open.into_iter().map(|order| order_json(&model.listings[order.listing], order))))
}

/// Oldest first.
pub(super) fn fills(call: &mut Call<'_>) -> Answer {
    let index = named(call)?;
    let since = call.params.number("since").map_or(0, |ms| ms * MS);
    let after = call.params.number("after").unwrap_or(0);
    let model = &call.world.model;
    let mine = |fill: &&Fill| {
        (fill.account, fill.listing) == (call.account, index)
            && fill.at >= since
            && fill.trade_id as i64 > after
    };
    let mut found: Vec<&Fill> = model.seen_fills().filter(mine).collect();
    found.sort_by_key(|fill| fill.trade_id);
    found.truncate(call.params.limit(PAGE_MAX, PAGE_MAX));
    Ok(array(
        found.into_iter().map(|fill| fill_json(&model.listings[index], fill, model.orders.get(&fill.order))),
    ))
}

const fn state(order: &Order) -> &'static str {
    match order.state {
        State::New => "open",
        State::PartiallyFilled => "partial",
        State::Filled => "filled",
        State::Cancelled => "cancelled",
        State::Rejected => "rejected",
        State::Expired => "expired",
    }
}

pub(super) fn order_json(listing: &Listing, order: &Order) -> Raw {
    object! {
        "symbol" => listing.symbol, "orderId" => order.id.to_string(), "clientId" => order.label,
        "side" => side_name(order.side), "state" => state(order), "qty" => listing.qty_text(order.qty),
        "filled" => listing.qty_text(order.filled),
        "px" => if order.px == 0 { String::new() } else { listing.px_text(order.px) },
        "ts" => (order.updated / MS).to_string(),
    }
}

pub(super) fn fill_json(listing: &Listing, fill: &Fill, order: Option<&Order>) -> Raw {
    object! {
        "seq" => fill.trade_id.to_string(), "symbol" => listing.symbol, "tradeId" => fill.trade_id.to_string(),
        "orderId" => fill.order.to_string(), "clientId" => order.map_or("", |order| order.label.as_str()),
        "side" => side_name(fill.side), "px" => listing.px_text(fill.px), "qty" => listing.qty_text(fill.qty),
        "fee" => plain(fill.fee), "feeAsset" => fill.fee_asset, "role" => if fill.maker { "maker" } else { "taker" },
        "ts" => (fill.at / MS).to_string(),
    }
}
