//! Orders and cancels of both products, over REST and in frames.

use super::fault::{self, LOGIN, SYMBOL};
use super::market::{asked, named};
use super::{REST, product};
use crate::sim::dialect::channel::{Control, first_object};
use crate::sim::dialect::rest::{self, Answer, Call, Fault, draw};
use crate::sim::dialect::shapes::side_of;
use crate::sim::dialect::{Conn, World};
use crate::sim::http::Params;
use crate::sim::json::{Raw, array, object};
use crate::sim::model::{Kind, Label, NewOrder, Order, Refusal, Size, Tif};
use crate::units::{Money, Product, Side, UnitError, parse_fixed};

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

/// The order that a request names.
pub(super) fn find<'a>(call: &'a Call<'_>, product: Product) -> Result<Option<&'a Order>, Fault> {
    let model = &call.world.model;
    match (call.params.get("orderId"), call.params.get("clientOid")) {
        (Some(id), _) => Ok(id.parse().ok().and_then(|id| model.order_by_id(call.account, product, id))),
        (None, Some(text)) => Ok(model.order_by_label(call.account, product, &label(text)?)),
        (None, None) => Err(fault::param("orderId or clientOid")),
    }
}

fn cancel(call: &mut Call<'_>, product: Product) -> Result<u64, Fault> {
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
    named(call, Product::Spot)?;
    cancel(call, Product::Spot).map(|id| ids(call, id))
}

pub(super) fn linear_cancel(call: &mut Call<'_>) -> Answer {
    named(call, Product::Linear)?;
    cancel(call, Product::Linear).map(|id| ids(call, id))
}

/// Cancels each of a list of orders; who went and who did not.
fn cancel_each(call: &mut Call<'_>, product: Product, list: &[Params]) -> Raw {
    let account = call.account;
    let batch = &mut Call { world: &mut *call.world, account, params: call.params, batch: list };
    let done = batch.each(|one| {
        let named = |name| one.params.get(name).unwrap_or("").to_owned();
        match cancel(one, product) {
            Ok(id) => (ids(one, id), true),
            Err(fault) => (
                object! {
                    "orderId" => named("orderId"), "clientOid" => named("clientOid"),
                    "errorMsg" => fault.message.as_ref(), "errorCode" => fault.code,
                },
                false,
            ),
        }
    });
    let rows = |fine: bool| array(done.iter().filter(|(_, went)| *went == fine).map(|(row, _)| row));
    object! {"successList" => rows(true), "failureList" => rows(false)}
}

/// The open orders of the named instrument, else of the whole product, as a list to cancel.
fn all_open(call: &Call<'_>, product: Product) -> Result<Vec<Params>, Fault> {
    let listings = asked(call, product)?;
    let open = call.world.model.open_orders(call.account, product, None).into_iter();
    let mine = open.filter(|order| listings.contains(&order.listing));
    Ok(mine.map(|order| Params(vec![("orderId".into(), order.id.to_string())])).collect())
}

/// The orders that a list in the request names; none without one.
fn listed(call: &Call<'_>, name: &str) -> Result<Vec<Params>, Fault> {
    let Some(text) = call.params.get(name) else { return Ok(Vec::new()) };
    let list: Vec<serde_json::Value> = serde_json::from_str(text).map_err(|_| fault::param(name))?;
    rest::batch(&list).ok_or_else(|| fault::param(name))
}

pub(super) fn spot_cancel_symbol(call: &mut Call<'_>) -> Answer {
    let index = named(call, Product::Spot)?;
    let open = all_open(call, Product::Spot)?;
    cancel_each(call, Product::Spot, &open);
    Ok(object! {"symbol" => call.world.model.listings[index].symbol})
}

pub(super) fn spot_cancel_batch(call: &mut Call<'_>) -> Answer {
    let list = listed(call, "orderList")?;
    Ok(cancel_each(call, Product::Spot, &list))
}

/// The listed orders, else all that are open.
pub(super) fn linear_cancel_batch(call: &mut Call<'_>) -> Answer {
    let mut list = listed(call, "orderIdList")?;
    if list.is_empty() {
        list = all_open(call, Product::Linear)?;
    }
    Ok(cancel_each(call, Product::Linear, &list))
}

/// An order or a cancel in a frame: the parameters of REST inside an argument that names channel and instrument. A refusal repeats
/// the request.
pub(super) fn socket(world: &mut World, conn: &mut Conn, control: &Control) -> String {
    let arg = first_object(control).cloned().unwrap_or_default();
    let text = |name: &str| arg.get(name).and_then(serde_json::Value::as_str).unwrap_or("");
    let params = arg.get("params").and_then(|p| p.as_object()).map(Params::of_json).unwrap_or_default();
    let index = product(text("instType")).and_then(|product| world.model.find(product, text("instId")));
    let account = conn.account;
    let batch = core::slice::from_ref(&params);
    let mut call = Call { world, account: account.unwrap_or(0), params: &params, batch };
    let outcome = match (account, index, text("channel")) {
        (None, _, _) => Err(LOGIN),
        (_, None, _) => Err(SYMBOL),
        (_, Some(index), "place-order") => {
            draw(&REST, &mut call, "place").and_then(|()| place(&mut call, index))
        }
        (_, Some(index), "cancel-order") => {
            let product = call.world.model.listings[index].product;
            draw(&REST, &mut call, "cancel").and_then(|()| cancel(&mut call, product))
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
