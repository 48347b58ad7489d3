//! Orders and cancels, over REST and in frames, one or a batch. An order is named by its venue id or the client's; sizes are in the
//! venue's count.

use super::REST;
use super::fault::{self, EXPIRED, INSTRUMENT, LOGIN};
use super::market::named;
use crate::market::Lots;
use crate::sim::dialect::channel::Control;
use crate::sim::dialect::rest::{self, Answer, Call, Fault, draw};
use crate::sim::dialect::shapes::side_of;
use crate::sim::dialect::{Conn, World};
use crate::sim::json::{Raw, array, object};
use crate::sim::model::{Kind, Label, Listing, NewOrder, Order, Refusal, Size, Tif};
use crate::units::{Money, Product, Side, UnitError, parse_fixed};

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

/// The order that a request names.
pub(super) fn find<'a>(call: &'a Call<'_>, product: Product) -> Result<Option<&'a Order>, Fault> {
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

/// What a request of one or more orders comes to: its code and a row for each. 1: none was done; 2: some were.
fn rows(done: &[(Raw, bool)]) -> (&'static str, &'static str, Raw) {
    let rows = array(done.iter().map(|(row, _)| row));
    match (done.iter().any(|(_, fine)| *fine), done.iter().all(|(_, fine)| *fine)) {
        (_, true) => ("0", "", rows),
        (false, _) => ("1", "Operation failed.", rows),
        (true, _) => ("2", "Bulk operation partially succeeded.", rows),
    }
}

fn over_rest(call: &mut Call<'_>, act: Act) -> Answer {
    let done = call.each(|one| {
        let outcome = named(one).and_then(|index| act(one, index));
        (row(one, &outcome), outcome.is_ok())
    });
    match rows(&done) {
        ("0", _, rows) => Ok(rows),
        (code, message, rows) => Err(Fault { rows: Some(rows), ..Fault::new(code, message) }),
    }
}

pub(super) fn place_rest(call: &mut Call<'_>) -> Answer {
    over_rest(call, place)
}

pub(super) fn cancel_rest(call: &mut Call<'_>) -> Answer {
    over_rest(call, cancel)
}

/// Orders or cancels in a frame. The instrument is named by its number; `expTime` is judged when the request gets its turn.
pub(super) fn socket(world: &mut World, conn: &mut Conn, control: &Control) -> String {
    let act: Option<(Act, &str)> = match control.op.as_str() {
        "order" | "batch-orders" => Some((place, "/api/v5/trade/order")),
        "cancel-order" | "batch-cancel-orders" => Some((cancel, "/api/v5/trade/cancel-order")),
        _ => None,
    };
    let started = world.now / 1000;
    let batch = rest::batch(&control.args).unwrap_or_else(|| vec![crate::sim::http::Params::default()]);
    let expires = control.expires.as_ref().map(|text| text.parse::<i64>());
    let late = match expires {
        None => false,
        Some(Ok(ms)) => world.gate_ms() > ms,
        Some(Err(_)) => true,
    };
    let account = conn.account;
    let mut call = Call { world, account: account.unwrap_or(0), params: &batch[0], batch: &batch };
    let allowed = match (account, act) {
        (None, _) => Err(LOGIN),
        (_, None) => Err(fault::param("op")),
        _ if late => Err(EXPIRED),
        (Some(_), Some((act, budget))) => draw(&REST, &mut call, budget).map(|()| act),
    };
    let done = call.each(|one| {
        let outcome = allowed.clone().and_then(|act| act(one, numbered(one)?));
        (row(one, &outcome), outcome.is_ok())
    });
    let (code, message, data) = rows(&done);
    object! {
        "id" => control.id, "op" => control.op, "code" => code, "msg" => message, "data" => data,
        "inTime" => started.to_string(), "outTime" => started.to_string(),
    }
    .0
}

/// The listing that `instIdCode` says.
fn numbered(call: &Call<'_>) -> Result<usize, Fault> {
    let code = call.params.number("instIdCode").filter(|code| *code > 0);
    let index = call.world.model.listings.iter().position(|l| Some(l.wire.code as i64) == code);
    index.ok_or(INSTRUMENT)
}
