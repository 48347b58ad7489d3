//! Stops of whole positions: the request that sets them, and the orders that the venue shows for them.

use super::fault::Fault;
use super::market::side_name;
use super::{Answer, Call, World};
use crate::sim::json::{Raw, object};
use crate::sim::model::StopRefusal;
use crate::units::{Product, Side, parse_fixed};

const MS: i64 = 1_000_000;

/// `stopLoss` of 0 takes it away; take profit and trailing stops are not simulated.
pub(super) fn set(call: &mut Call<'_>) -> Answer {
    if call.product()? != Product::Linear {
        return Err(Fault::param("category only support linear"));
    }
    let listing = call.listing()?;
    if call.params.get("tpslMode") != Some("Full") {
        return Err(Fault::param("tpslMode"));
    }
    let decimals = call.world.model.listings[listing].px_decimals;
    let text = call.params.get("stopLoss").ok_or_else(|| Fault::param("stopLoss"))?;
    let px = parse_fixed(text.as_bytes(), decimals).map_err(|_| Fault::param("stopLoss"))?;
    let now = call.world.now;
    match call.world.model.set_stop(call.account, listing, (px != 0).then_some(px), now) {
        Ok(()) => Ok(object! {}),
        Err(StopRefusal::NoPosition) => Err(Fault::NO_POSITION),
        Err(StopRefusal::Same) => Err(Fault::NOT_MODIFIED),
        Err(StopRefusal::Price) => Err(Fault::param("StopLoss is on the wrong side of base_price")),
    }
}

/// The orders behind the stops of an account, as its list of open orders shows them.
pub(super) fn rows(call: &Call<'_>) -> Vec<Raw> {
    let only = call.params.get("symbol").and_then(|_| call.listing().ok());
    let named = call.params.get("orderId").is_some() || call.params.get("orderLinkId").is_some();
    let stops = call.world.model.accounts[call.account].stops.keys().copied();
    let shown = stops.filter(|listing| !named && only.is_none_or(|only| only == *listing));
    shown.map(|listing| told(call.world, call.account, listing)).collect()
}

/// A page of orders with these in front.
pub(super) fn among(page: Raw, rows: &[Raw]) -> Raw {
    if rows.is_empty() {
        return page;
    }
    let rows: Vec<&str> = rows.iter().map(|row| row.0.as_str()).collect();
    let (empty, begins) = (r#""list":[]"#, r#""list":["#);
    let (from, to) = if page.0.contains(empty) {
        (empty, format!("{begins}{}]", rows.join(",")))
    } else {
        (begins, format!("{begins}{},", rows.join(",")))
    };
    Raw(page.0.replacen(from, &to, 1))
}

/// Untriggered while the stop stands, else deactivated.
pub(super) fn told(world: &World, account: usize, listing: usize) -> Raw {
    let (facts, owner) = (&world.model.listings[listing], &world.model.accounts[account]);
    let (stop, held) = (owner.stops.get(&listing), owner.position(listing).qty);
    let side = if held > 0 { Side::Sell } else { Side::Buy };
    object! {
        "category" => "linear", "symbol" => facts.symbol, "orderId" => format!("stop-{account}-{listing}"),
        "orderLinkId" => "", "createType" => "CreateByStopLoss", "side" => side_name(side), "positionIdx" => 0,
        "orderStatus" => if stop.is_some() { "Untriggered" } else { "Deactivated" }, "rejectReason" => "EC_NoError",
        "orderType" => "Market", "price" => "0", "qty" => facts.qty_text(held.abs()), "cumExecQty" => "0",
        "stopOrderType" => "StopLoss", "triggerPrice" => stop.map_or_else(String::new, |px| facts.px_text(*px)),
        "tpslMode" => "Full", "closeOnTrigger" => true, "reduceOnly" => true,
        "createdTime" => (world.now / MS).to_string(), "updatedTime" => (world.now / MS).to_string(),
    }
}
