//! Bybit account facts, the same rows in the private stream and in lists.

use super::VENUE;
use crate::venues::prelude::*;

/// The instrument of a row: of its own category in the stream, of the product asked for in a list.
fn tracked<'c>(place: &Place<'c>, category: Field<'_>, symbol: Field<'_>) -> Read<Option<&'c Instrument>> {
    let product = match (place.product, category.value) {
        (Some(product), _) => Some(product),
        (None, Value::Text(b"spot")) => Some(Spot),
        (None, Value::Text(b"linear")) => Some(Linear),
        (None, Value::Text(b"inverse" | b"option" | b"combination")) => None,
        _ => return Err(category.text().err().unwrap_or(DecodeError::Field(category.name))),
    };
    place.tracked(VENUE, product, symbol)
}

/// "Order": `{"category":"linear","symbol":"BTCUSDT","orderId":"c1956690-b731","orderLinkId":"","side":"Sell","price":"4.033",
///   "orderStatus":"Filled","rejectReason":"EC_NoError","qty":"1.7","cumExecQty":"1.7","updatedTime":"1733778525917"}`
pub(super) fn order(place: &Place<'_>, row: &mut Reader<'_>, out: &mut EventBuf) -> Read<Option<ClientRef>> {
    read!(row; category "category", symbol "symbol", venue_id "orderId", link_id "orderLinkId", way "side",
        state "orderStatus", reason "rejectReason", px "price", qty "qty", filled "cumExecQty", time "updatedTime",
        made "createType");
    let Some(instrument) = tracked(place, category, symbol)? else { return Ok(None) };
    let reason = reason.text_or_empty()?;
    let reason = if reason == b"EC_NoError" { b"" } else { reason };
    // "createType" of the enum page: what liquidation, takeover and deleveraging make is nobody's order.
    let made = made.text_or_empty()?;
    let forced =
        [&b"CreateByLiq"[..], b"CreateByAdl", b"CreateByTakeOver"].iter().any(|own| made.starts_with(own));
    let client = if forced { ClientRef::Venue } else { link_id.client()? };
    let (side, status) = (way.side()?, status(state, reason)?);
    OrderRow { client, venue_id, side, status, qty, filled, px, time, reason }.push(instrument, out)
}

/// "orderStatus" of the enum page. An IOC or FOK remainder is `Cancelled` with a reason of its own.
fn status(state: Field<'_>, reason: &[u8]) -> Read<VenueStatus> {
    Ok(match state.text()? {
        b"New" | b"Untriggered" | b"Triggered" => VenueStatus::Live,
        b"PartiallyFilled" => VenueStatus::PartiallyFilled,
        b"Filled" => VenueStatus::Filled,
        b"Cancelled" | b"PartiallyFilledCanceled" if reason.starts_with(b"EC_NoImmediateQtyToFill") => {
            VenueStatus::Expired
        }
        b"Cancelled" | b"PartiallyFilledCanceled" | b"Deactivated" => VenueStatus::Cancelled,
        b"Rejected" => VenueStatus::Rejected,
        _ => return Err(DecodeError::Field(state.name)),
    })
}

/// "Execution": `{"category":"linear","symbol":"XRPUSDT","execFee":"0.005061","execId":"7e2ae69c-4edf","execPrice":"0.3374",
///   "execQty":"25","execType":"Trade","isMaker":false,"orderId":"f6e324ff-99c2","orderLinkId":"","side":"Sell",
///   "execTime":"1672364174443"}`. Pages go by the time, ms. Funding and settlement move no quantity and are not fills.
pub(super) fn execution(place: &Place<'_>, row: &mut Reader<'_>, out: &mut EventBuf) -> Read<u64> {
    read!(row; category "category", symbol "symbol", trade_id "execId", venue_id "orderId", link_id "orderLinkId",
        way "side", px "execPrice", qty "execQty", fee "execFee", currency "feeCurrency", maker "isMaker",
        time "execTime", kind "execType");
    let ms = time.uint()?;
    match kind.text()? {
        b"Trade" | b"AdlTrade" | b"BustTrade" | b"BlockTrade" => {}
        b"Funding" | b"Settle" | b"Delivery" | b"SessionSettlePnL" | b"MovePosition" | b"FutureSpread" => {
            out.events.push(Event::Moved);
            return Ok(ms);
        }
        _ => return Err(DecodeError::Field(kind.name)),
    }
    let Some(instrument) = tracked(place, category, symbol)? else { return Ok(ms) };
    let forced = matches!(kind.text()?, b"AdlTrade" | b"BustTrade");
    let client = if forced { ClientRef::Venue } else { link_id.client()? };
    let (side, maker, fee) = (way.side()?, maker.flag()?, fee.money()?);
    // Linear fees are in the settlement coin. Spot names the coin; where it does not, a buyer pays in what was bought and a
    // seller in what was received ("Spot fee currency instruction").
    let fee_asset = match (currency.present(), instrument.product, side) {
        (Some(currency), _, _) => currency.name()?,
        (None, Spot, Side::Buy) => instrument.base,
        (None, _, _) => instrument.quote,
    };
    FillRow { client, venue_id, trade_id, side, px, qty, fee, fee_asset, maker, time }
        .push(instrument, out)?;
    Ok(ms)
}

/// "Get Transaction Log": `{"id":"592324_XRPUSDT_161440249321","symbol":"XRPUSDT","category":"linear","type":"SETTLEMENT",
///   "transactionTime":"1672128000000","change":"-0.003676","currency":"USDT"}`
pub(super) static LOG: MoveWords = MoveWords {
    venue: VENUE,
    wallet: Wallet::Unified,
    names: ["id", "symbol", "type", "change", "currency", "transactionTime"],
    trades: "TRADE LIQUIDATION ADL DELIVERY",
    funding: "SETTLEMENT",
    transfers: "TRANSFER_IN TRANSFER_OUT",
    by_id: false,
    id_of_kind: false,
};

/// "Position": `{"positionIdx":0,"symbol":"XRPUSDT","side":"Buy","size":"75","entryPrice":"0.3615","leverage":"10",
///   "updatedTime":"1672364174449","category":"linear"}`; REST says `avgPrice`. The side is empty when flat. Only one-way mode is
/// traded: a hedge-mode position that is not flat is refused.
pub(super) fn position(place: &Place<'_>, row: &mut Reader<'_>, out: &mut EventBuf) -> Read<()> {
    read!(row; category "category", symbol "symbol", way "side", size "size", entry "entryPrice" | "avgPrice",
        index "positionIdx", time "updatedTime");
    let Some(instrument) = tracked(place, category, symbol)? else { return Ok(()) };
    let size = size.amount(instrument)?;
    let hedge = index.uint()? != 0;
    let qty = match way.text()? {
        _ if hedge && size == Money::ZERO => return Ok(()),
        _ if hedge => return Err(DecodeError::Field(index.name)),
        b"" | b"None" if size == Money::ZERO => size,
        b"Buy" => size,
        b"Sell" => size.negated(),
        _ => return Err(DecodeError::Field(way.name)),
    };
    entry.plain()?;
    push_position(out, instrument, qty, entry, time.millis()?)
}

/// "Wallet", "Get Wallet Balance": `{"topic":"wallet","creationTime":1700034722104,"data":[{"accountType":"UNIFIED","coin":[{
///   "coin":"BTC","walletBalance":"0.00102964","locked":"0"}]}]}`. `locked` is held by spot orders and part of `walletBalance`.
pub(super) fn wallet(place: &Place<'_>, row: &mut Reader<'_>, out: &mut EventBuf) -> Read<()> {
    let venue_ns = place.sent.millis()?;
    let [coins] = row.fields(["coin"])?;
    coins.array()?.rows(|row| {
        read!(row; name "coin", total "walletBalance", locked "locked");
        push_total(out, Wallet::Unified, name, (total, locked), venue_ns)
    })?;
    Ok(())
}
