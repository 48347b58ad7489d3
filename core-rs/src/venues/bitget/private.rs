//! Bitget account facts, in the private channels and in REST lists, and the answers of its sockets.
//!
//! Documents: "Order Channel", "Account Channel", "Positions Channel" (spot and futures), "Place Order Channel".

use super::{VENUE, errors};
use crate::ledger::Wallet;
use crate::market::Instrument;
use crate::order::{ClientRef, VenueStatus};
use crate::units::{Asset, Money, Product, Side};
use crate::venues::channel::{order_reply, session_note, tracked};
use crate::venues::field::{Field, Value};
use crate::venues::json::Reader;
use crate::venues::rows::{FillRow, OrderRow, asset, push_balance, push_position};
use crate::venues::{Context, DecodeError, Event, EventBuf, VenueReject};

/// "Order Channel": `{"instId":"BTCUSDT","orderId":"1","clientOid":"1","size":"8.0000","orderType":"limit","side":"buy",
///   "price":"26256","accBaseVolume":"0.0003","status":"partially_filled","uTime":"1695797773326","tradeId":"1",
///   "fillPrice":"26256.0","baseVolume":"0.0003","fillFee":"-0.00000018","fillFeeCoin":"BTC","tradeScope":"T",
///   "fillTime":"1695797773286","posMode":"one_way_mode"}`. A row with a trade id is that fill, then the order's new state.
pub(super) fn order_event(
    ctx: &Context<'_>,
    product: Product,
    row: &mut Reader<'_>,
    out: &mut EventBuf,
) -> Result<(), DecodeError> {
    let names = [
        "instId",
        "tradeId",
        "orderId",
        "clientOid",
        "side",
        "fillPrice",
        "baseVolume",
        "fillFee",
        "fillFeeCoin",
        "tradeScope",
        "fillTime",
        "accBaseVolume",
        "status",
    ];
    let mut copy = row.clone();
    let [symbol, trade_id, venue_id, own, way, px, qty, fee, currency, scope, time, filled, state] =
        row.fields(names)?;
    let Some(instrument) = tracked(VENUE, ctx, Some(product), symbol)? else { return Ok(()) };
    let (client, side) = (own.client()?, way.side()?);
    if trade_id.present().is_some() {
        // What is paid stands below zero.
        let (fee, fee_asset, maker) = (fee.money()?.negated(), asset(currency)?, maker(scope)?);
        let row = FillRow { client, venue_id, trade_id, side, px, qty, fee, fee_asset, maker, time };
        out.events.push(Event::Fill(row.report(instrument)?));
    }
    push_order(instrument, client, filled, state, &mut copy, out)
}

/// An order of "Get Order Info", "Get Current Orders" (spot), "Get Order Detail", "Get Pending Orders" (futures), where
/// `baseVolume` is all that was filled and futures say `state` for one order: `{"symbol":"BTCUSDT","size":"2",
///   "orderId":"123456","clientOid":"77777","baseVolume":"2","price":"1900","state":"filled","side":"buy",
///   "orderType":"limit","posMode":"one_way_mode","uTime":"1627300098776"}`.
/// Returns whose order it is, where the instrument is tracked.
pub(super) fn order(
    ctx: &Context<'_>,
    product: Product,
    row: &mut Reader<'_>,
    out: &mut EventBuf,
) -> Result<Option<ClientRef>, DecodeError> {
    let mut copy = row.clone();
    let [symbol, own, filled, status, state] =
        row.fields(["symbol", "clientOid", "baseVolume", "status", "state"])?;
    let Some(instrument) = tracked(VENUE, ctx, Some(product), symbol)? else { return Ok(None) };
    let client = own.client()?;
    let state = if status.is_absent() { state } else { status };
    push_order(instrument, client, filled, state, &mut copy, out)?;
    Ok(Some(client))
}

/// What all shapes of an order share. In hedge mode `side` is the position's, so such an order is not understood.
fn push_order(
    instrument: &Instrument,
    client: ClientRef,
    filled: Field<'_>,
    state: Field<'_>,
    row: &mut Reader<'_>,
    out: &mut EventBuf,
) -> Result<(), DecodeError> {
    let names = ["orderId", "side", "orderType", "size", "price", "posMode", "uTime", "cTime"];
    let [venue_id, way, kind, size, px, mode, updated, created] = row.fields(names)?;
    if mode.present().is_some_and(|mode| mode.text() != Ok(b"one_way_mode")) {
        return Err(DecodeError::Field("posMode"));
    }
    let (side, status) = (way.side()?, status(state)?);
    // The size of a spot market buy (never one of ours) is quote coin; what it filled is base coin.
    let in_quote =
        (instrument.product, side, kind.text()?) == (Product::Spot, Side::Buy, b"market".as_slice());
    let qty = if in_quote { filled } else { size };
    let time = updated.present().unwrap_or(created);
    let row = OrderRow { client, venue_id, side, status, qty, filled, px, time, reason: b"" };
    out.events.push(Event::Order(row.report(instrument)?));
    Ok(())
}

/// The venue does not say why an order ended.
fn status(state: Field<'_>) -> Result<VenueStatus, DecodeError> {
    match state.text()? {
        b"live" | b"new" | b"init" => Ok(VenueStatus::Live),
        b"partially_filled" => Ok(VenueStatus::PartiallyFilled),
        b"filled" => Ok(VenueStatus::Filled),
        b"canceled" | b"cancelled" => Ok(VenueStatus::Cancelled),
        _ => Err(DecodeError::Field(state.name)),
    }
}

fn maker(scope: Field<'_>) -> Result<bool, DecodeError> {
    match scope.text()? {
        b"M" | b"maker" => Ok(true),
        b"T" | b"taker" => Ok(false),
        _ => Err(DecodeError::Field("tradeScope")),
    }
}

/// "Get Fills" (spot): `{"symbol":"BTCUSDT","orderId":"12345678910","tradeId":"12345678910","side":"buy","priceAvg":"13000",
///   "size":"0.0007","feeDetail":{"feeCoin":"BTC","totalFee":"-0.0000007"},"tradeScope":"taker","cTime":"1695865232579"}`;
/// futures: `price`, `baseVolume` and a list of `feeDetail`. Returns the trade id, which pages go by. Rows name the venue's
/// order id only.
pub(super) fn fill(
    ctx: &Context<'_>,
    product: Product,
    row: &mut Reader<'_>,
    out: &mut EventBuf,
) -> Result<u64, DecodeError> {
    let names = match product {
        Product::Spot => ["priceAvg", "size"],
        Product::Linear => ["price", "baseVolume"],
    };
    let [px, qty, symbol, venue_id, trade_id, way, detail, scope, time] = row.fields([
        names[0],
        names[1],
        "symbol",
        "orderId",
        "tradeId",
        "side",
        "feeDetail",
        "tradeScope",
        "cTime",
    ])?;
    let id = trade_id.uint()?;
    let Some(instrument) = tracked(VENUE, ctx, Some(product), symbol)? else { return Ok(id) };
    let (side, maker, (fee, fee_asset)) = (way.side()?, maker(scope)?, fee_of(detail)?);
    let client = ClientRef::Foreign;
    let row = FillRow { client, venue_id, trade_id, side, px, qty, fee, fee_asset, maker, time };
    out.events.push(Event::Fill(row.report(instrument)?));
    Ok(id)
}

/// The fee is one object, or a list of one.
fn fee_of(detail: Field<'_>) -> Result<(Money, Asset), DecodeError> {
    let mut found = None;
    let mut read = |row: &mut Reader<'_>| -> Result<(), DecodeError> {
        let [coin, fee] = row.fields(["feeCoin", "totalFee"])?;
        let paid = (fee.money()?.negated(), asset(coin)?);
        if found.replace(paid).is_some() { Err(DecodeError::Field("feeDetail")) } else { Ok(()) }
    };
    match detail.value {
        Value::Array(_) => detail.array()?.rows(read).map(drop)?,
        _ => read(&mut detail.object()?)?,
    }
    found.ok_or(DecodeError::Missing("feeDetail"))
}

/// "Account Channel", "Get Account Assets" (spot): `{"coin":"USDT","available":"100000","frozen":"0","locked":"0",
///   "uTime":"1697092295506"}`; futures ("Get Account List"): `{"marginCoin":"USDT","available":"10575.26","locked":"0.31",
///   "accountEquity":"10582.90","unrealizedPL":"0"}`, in the stream `equity`. `sent` is the time of a row without one.
pub(super) fn balance(
    product: Product,
    row: &mut Reader<'_>,
    sent: Field<'_>,
    out: &mut EventBuf,
) -> Result<(), DecodeError> {
    let names = [
        "coin",
        "marginCoin",
        "available",
        "frozen",
        "locked",
        "equity",
        "accountEquity",
        "unrealizedPL",
        "uTime",
    ];
    let [coin, margin_coin, available, frozen, locked, equity, account_equity, open_profit, time] =
        row.fields(names)?;
    let amount = |field: Field<'_>| field.present().map_or(Ok(Money::ZERO), |field| field.money());
    let venue_ns = time.present().unwrap_or(sent).millis()?;
    let available = available.money()?;
    if product == Product::Spot {
        let held = amount(frozen)?.plus(amount(locked)?).map_err(|_| DecodeError::Field("locked"))?;
        return push_balance(out, Wallet::Spot, coin, (available, held), venue_ns);
    }
    // Equity holds the profit of open positions, which is no balance yet; without that profit it says nothing.
    let Some(open_profit) = open_profit.present() else { return Ok(()) };
    let equity = if account_equity.is_absent() { equity } else { account_equity };
    let total =
        equity.money()?.minus(open_profit.money()?).map_err(|_| DecodeError::Field("unrealizedPL"))?;
    let free = available.min(total);
    push_balance(out, Wallet::Linear, margin_coin, (free, Money(total.0 - free.0)), venue_ns)
}

/// "Positions Channel", "Get All Positions": `{"instId":"ETHUSDT","holdSide":"short","posMode":"one_way_mode","total":"0.1",
///   "openPriceAvg":"1900","uTime":"1695711602568"}`; REST says `symbol`. Only one-way mode is traded: a hedge-mode position that
/// is not flat is refused.
pub(super) fn position(
    ctx: &Context<'_>,
    row: &mut Reader<'_>,
    sent: Field<'_>,
    out: &mut EventBuf,
) -> Result<(), DecodeError> {
    let names = ["instId", "symbol", "holdSide", "posMode", "total", "openPriceAvg", "uTime"];
    let [id, symbol, side, mode, total, entry, time] = row.fields(names)?;
    let symbol = if id.is_absent() { symbol } else { id };
    let Some(instrument) = tracked(VENUE, ctx, Some(Product::Linear), symbol)? else { return Ok(()) };
    let size = total.amount(instrument)?;
    if mode.text()? != b"one_way_mode" {
        return if size == Money::ZERO { Ok(()) } else { Err(DecodeError::Field("posMode")) };
    }
    let qty = match side.text()? {
        b"long" => size,
        b"short" => size.negated(),
        _ => return Err(DecodeError::Field("holdSide")),
    };
    push_position(out, instrument, qty, entry, time.present().unwrap_or(sent).millis()?)
}

/// Answers: `{"event":"login","code":0}`, `{"event":"error","arg":{..},"code":30001,"msg":".."}`, and to an order
/// `{"event":"trade","arg":[{"id":"..","channel":"place-order","params":{"orderId":"..","clientOid":".."}}],"code":0,
///   "msg":"Success"}`; a refused one says `error` and repeats the request.
pub(super) fn answer(reader: &mut Reader<'_>, out: &mut EventBuf) -> Result<(), DecodeError> {
    let [event, arg, code, message] = reader.fields(["event", "arg", "code", "msg"])?;
    let text = if message.is_absent() { b"" } else { message.text()? };
    let refusal = match code.present().map_or(Ok(0), |code| code.int())? {
        0 => None,
        code => Some(VenueReject::of(errors::TABLE, code, text)),
    };
    if !matches!(arg.value, Value::Array(_)) {
        return session_note(event.text()?, refusal, out);
    }
    let count = arg.array()?.rows(|row| {
        let [id, params] = row.fields(["id", "params"])?;
        let outcome = if let Some(reject) = refusal {
            Err(reject)
        } else {
            let [venue_id] = params.object()?.fields(["orderId"])?;
            Ok(venue_id)
        };
        order_reply(id.text()?, outcome, out)
    })?;
    if count == 1 { Ok(()) } else { Err(DecodeError::Field("arg")) }
}
