//! Binance account facts: the user streams of both products, rows of lists, results of order requests, and answers of sockets.

use super::{LOGIN_ID, VENUE, refusal};
use crate::venues::RequestReply;
use crate::venues::prelude::*;

/// "Order Update": the event itself, or its object `o`.
pub(super) fn order_event(place: &Place<'_>, row: &mut Reader<'_>, out: &mut EventBuf) -> Read<()> {
    let [inner] = row.clone().fields(["o"])?;
    let found = match inner.value {
        Value::Object(bytes) => order(place, None, &mut Reader::new(bytes), out),
        _ => order(place, None, row, out),
    };
    found?.ok_or(DecodeError::UnknownInstrument).map(drop)
}

/// An order, in three forms. "Order Update" (USDT-M: the object `o`), where a cancel carries its own id in `c` and the order's in
/// `C`, and a trade gives its fill, then the order's new state:
/// `{"e":"executionReport","E":1616633041556,"s":"BTCUSDT","c":"YeULctvPAnHj5HXCQo9Mob","S":"BUY","q":"0.00028600",
///   "p":"52436.85","C":"","x":"TRADE","X":"FILLED","r":"NONE","i":5341783271,"l":"0.00028600","z":"0.00028600",
///   "L":"52436.85","n":"0.00000029","N":"BTC","T":1616633041555,"t":726946523,"m":false}`.
/// "Query order" and lists: `{"symbol":"LTCBTC","orderId":1,"clientOrderId":"myOrder1","price":"0.1","origQty":"1.0",
///   "executedQty":"0.0","status":"NEW","side":"BUY","time":1499827319559,"updateTime":1499827319559}`. The result of a request of
/// `asked` adds `transactTime` and (FULL) the fills, all taken at once on arrival, so we were the taker:
/// `"fills":[{"price":"23416.1","qty":"0.00635","commission":"0.000000","commissionAsset":"BNB","tradeId":1650422481}]`.
pub(super) fn order(
    place: &Place<'_>,
    asked: Option<ClientRef>,
    row: &mut Reader<'_>,
    out: &mut EventBuf,
) -> Read<Option<ClientRef>> {
    let mut copy = row.clone();
    read!(row; symbol "s" | "symbol", own "C" | "c" | "clientOrderId", venue_id "i" | "orderId", way "S" | "side",
        state "X" | "status", qty "q" | "origQty", filled "z" | "executedQty", px "p" | "price", kind "x", reason "r",
        time "T" | "updateTime", acted "transactTime", created "time", fills "fills");
    let Some(instrument) = place.tracked(VENUE, place.product, symbol)? else { return Ok(None) };
    let (client, time) = match asked {
        Some(client) => (client, acted.present().or(time.present()).unwrap_or(created)),
        None => (own.client()?, time),
    };
    let (side, status, reason) = (way.side()?, state.among(STATES)?, reason.text_unless(b"NONE")?);
    let order = OrderRow { client, venue_id, side, status, qty, filled, px, time, reason };
    let report = order.report(instrument)?;
    let by = (instrument, client, side, venue_id, time);
    if place.live && kind.among(ACTS)? {
        read!(copy; trade_id "t", px "L", qty "l", fee "n", currency "N", maker "m");
        push_fill(by, [trade_id, px, qty, fee, currency], maker.flag()?, out)?;
    }
    if !place.live && !fills.is_absent() {
        fills.array()?.rows(|row| {
            read!(row; trade_id "tradeId", px "price", qty "qty", fee "commission", currency "commissionAsset");
            push_fill(by, [trade_id, px, qty, fee, currency], false, out)
        })?;
    }
    out.events.push(Event::Order(report));
    Ok(Some(client))
}

/// What the forms of a fill share. A trade id below zero stands for no trade. Where nothing was charged USDT-M leaves fee and
/// coin out, and spot sends a null coin.
fn push_fill(
    (instrument, client, side, venue_id, time): (&Instrument, ClientRef, Side, Field<'_>, Field<'_>),
    [trade_id, px, qty, fee, currency]: [Field<'_>; 5],
    maker: bool,
    out: &mut EventBuf,
) -> Read<()> {
    if trade_id.plain()?.starts_with(b"-") {
        return Err(DecodeError::Field(trade_id.name));
    }
    let fee = if fee.is_absent() { Money::ZERO } else { fee.money()? };
    let free = currency.is_absent() && fee == Money::ZERO;
    let fee_asset = if free { instrument.quote } else { asset(currency)? };
    FillRow { client, venue_id, trade_id, side, px, qty, fee, fee_asset, maker, time }.push(instrument, out)
}

/// What happened to an order: whether it traded. CALCULATED is a liquidation's execution (USDT-M).
const ACTS: &[(bool, &str)] = &[
    (true, "TRADE CALCULATED"),
    (false, "NEW CANCELED REPLACED REJECTED EXPIRED TRADE_PREVENTION AMENDMENT"),
];
/// "Order status" of the enum pages; the insurance fund's and ADL's orders (USDT-M) live like any other.
const STATES: &[(VenueStatus, &str)] = &[
    (VenueStatus::Live, "NEW PENDING_NEW PENDING_CANCEL NEW_INSURANCE NEW_ADL"),
    (VenueStatus::PartiallyFilled, "PARTIALLY_FILLED"),
    (VenueStatus::Filled, "FILLED"),
    (VenueStatus::Cancelled, "CANCELED"),
    (VenueStatus::Rejected, "REJECTED"),
    (VenueStatus::Expired, "EXPIRED EXPIRED_IN_MATCH"),
];

/// "Account trade list": `{"symbol":"BNBBTC","id":28457,"orderId":100234,"price":"4.00000100","qty":"12.00000000",
///   "commission":"10.10000000","commissionAsset":"BNB","time":1499865549590,"isBuyer":true,"isMaker":false}`, USDT-M: `side`,
/// `maker`. Pages go by the trade id. Rows carry the venue's order id only, so the client reference is foreign.
pub(super) fn fill(place: &Place<'_>, row: &mut Reader<'_>, out: &mut EventBuf) -> Read<u64> {
    read!(row; symbol "symbol", trade_id "id", venue_id "orderId", px "price", qty "qty", fee "commission",
        currency "commissionAsset", time "time", buyer "isBuyer", way "side", maker "maker" | "isMaker");
    let (id, maker) = (trade_id.uint()?, maker.flag()?);
    let side = match way.present() {
        Some(way) => way.side()?,
        None if buyer.flag()? => Side::Buy,
        None => Side::Sell,
    };
    let Some(instrument) = place.tracked(VENUE, place.product, symbol)? else { return Ok(id) };
    let by = (instrument, ClientRef::Foreign, side, venue_id, time);
    push_fill(by, [trade_id, px, qty, fee, currency], maker, out)?;
    Ok(id)
}

/// "Balance and Position Update" (USDT-M): `{"e":"ACCOUNT_UPDATE","E":1564745798939,"T":1564745798938,"a":{"m":"ORDER","B":[{
///   "a":"USDT","wb":"122624.12345678"}],"P":[{"s":"BTCUSDT","pa":"0","ep":"0.00000","ps":"BOTH"}]}}`
/// "Account Update" (spot) is its `B` alone.
pub(super) fn account_update(place: &Place<'_>, reader: &mut Reader<'_>, out: &mut EventBuf) -> Read<()> {
    read!(reader; sent "T", account "a", spot "B");
    if account.is_absent() {
        return spot.array()?.rows(|row| balance(place, row, out)).map(drop);
    }
    let place = Place { sent, ..*place };
    read!(account.object()?; balances "B", positions "P", reason "m");
    if !balances.is_absent() {
        balances.array()?.rows(|row| balance(&place, row, out))?;
    }
    if !positions.is_absent() {
        positions.array()?.rows(|row| position(&place, row, out))?;
    }
    // It tells of what is no trade; the income history names it.
    if !matches!(reason.text_or_empty()?, b"" | b"ORDER") {
        out.events.push(Event::Moved);
    }
    Ok(())
}

/// "Balance Update" (spot): money came in or left without a trade. It carries no id: time, asset and amount are its name.
/// `{"e":"balanceUpdate","E":1573200697110,"a":"BTC","d":"100.00000000","T":1573200697068}`
pub(super) fn balance_update(_: &Place<'_>, reader: &mut Reader<'_>, out: &mut EventBuf) -> Read<()> {
    read!(reader; name "a", amount "d", time "T");
    let venue_ns = time.millis()?;
    let parts = [time.plain()?, b"-", name.text()?, b"-", amount.plain()?];
    let Ok(asset) = asset(name) else { return Ok(()) };
    let id = MoveId::new(&parts.concat()).map_err(|_| DecodeError::Field(amount.name))?;
    let (kind, wallet, amount) = (MoveKind::Transfer, Wallet::Spot, amount.money()?);
    out.events.push(Event::Move(MoveReport { id, kind, wallet, asset, amount, instrument: None, venue_ns }));
    Ok(())
}

/// "Get Income History" (USDT-M): `{"symbol":"BTCUSDT","incomeType":"FUNDING_FEE","income":"-0.37500000","asset":"USDT","info":"",
///   "time":1570608000000,"tranId":9689322392,"tradeId":""}`
pub(super) static INCOME: MoveWords = MoveWords {
    venue: VENUE,
    wallet: Wallet::Linear,
    names: ["tranId", "symbol", "incomeType", "income", "asset", "time"],
    kinds: ["REALIZED_PNL COMMISSION", "FUNDING_FEE", "TRANSFER INTERNAL_TRANSFER CROSS_COLLATERAL_TRANSFER"],
    by: By::TimeAndKind,
};

/// "Account Update" and "Account information" (spot): `{"a":"BTC","f":"0.00225109","l":"0.00123000"}`, `{"asset":"BTC",
///   "free":"4723846.89208129","locked":"0.00000000"}`. "Balance and Position Update" and "Futures Account Balance V3" (USDT-M):
/// `wb`, of which nothing is known to be locked; `{"asset":"USDT","balance":"122607.35","availableBalance":"23.72",
///   "updateTime":1617939110373}`, where free and locked always add up to the wallet's balance, as in the stream.
pub(super) fn balance(place: &Place<'_>, row: &mut Reader<'_>, out: &mut EventBuf) -> Read<()> {
    read!(row; name "a" | "asset", free "f" | "free", locked "l" | "locked", total "wb" | "balance",
        available "availableBalance", time "updateTime");
    let (wallet, free, locked) = match total.present() {
        None => (Wallet::Spot, free.money()?, locked.money()?),
        Some(total) => {
            let total = total.money()?;
            let free = if place.live { total } else { available.money()?.min(total) };
            (Wallet::Linear, free, Money(total.0 - free.0))
        }
    };
    push_balance(out, wallet, name, (free, locked), time.present().unwrap_or(place.sent).millis()?)
}

/// "Position Information V3": `{"symbol":"ADAUSDT","positionSide":"BOTH","positionAmt":"30","entryPrice":"0.385",
///   "updateTime":1720736417660}`
pub(super) fn position(place: &Place<'_>, row: &mut Reader<'_>, out: &mut EventBuf) -> Read<()> {
    read!(row; symbol "s" | "symbol", qty "pa" | "positionAmt", entry "ep" | "entryPrice", side "ps" | "positionSide",
        time "updateTime");
    let Some(instrument) = place.tracked(VENUE, place.product, symbol)? else { return Ok(()) };
    let (qty, venue_ns) = (qty.money()?, time.present().unwrap_or(place.sent).millis()?);
    let own = one_way(side, b"BOTH", qty)?;
    if own { push_position(out, instrument, qty, entry, venue_ns) } else { Ok(()) }
}

/// A WebSocket API reply ("Response format"); the id tells what was asked: a client id (order), `c` + client id (cancel),
/// `login`. `{"id":"TGA70010000010","status":400,"error":{"code":-2010,"msg":"Account has insufficient balance for requested
///   action."},"rateLimits":[]}`. An order's result is its state, but for that of an ACK.
pub(super) fn socket_reply(place: &Place<'_>, reader: &mut Reader<'_>, out: &mut EventBuf) -> Read<()> {
    read!(reader; id "id", status "status", result "result", error "error");
    let (id, code) =
        (id.plain()?, u16::try_from(status.uint()?).map_err(|_| DecodeError::Field(status.name))?);
    let refused = match code {
        200 => None,
        _ => Some(refusal(place.ctx.product, code, &mut error.object()?)?),
    };
    match (id, refused) {
        (LOGIN_ID, None) => {
            session_note(b"login", None, out)?;
            session_note(b"subscribe", None, out)
        }
        (LOGIN_ID, _) => session_note(b"login", refused, out),
        (_, Some(reject)) => order_reply(id, Err(reject), out),
        (_, None) => {
            let (asked, _) = RequestReply::request(id).ok_or(DecodeError::UnknownMessage)?;
            read!(result.object()?; venue_id "orderId", state "status");
            order_reply(id, Ok(venue_id), out)?;
            let place = Place { live: false, ..*place };
            let bare = state.is_absent();
            if bare {
                Ok(())
            } else {
                order(&place, Some(ClientRef::Ours(asked)), &mut result.object()?, out).map(drop)
            }
        }
    }
}

/// The answer to SUBSCRIBE ("Live Subscribing/Unsubscribing to streams"): `{"result":null,"id":1}`, or
/// `{"error":{"code":2,"msg":"Invalid request: ..."},"id":1}`, or the error bare with its id.
pub(super) fn acknowledgement(product: Product, reader: &mut Reader<'_>, out: &mut EventBuf) -> Read<()> {
    let mut copy = reader.clone();
    read!(reader; result "result", error "error", code "code");
    let refused = match (result.value, error.value) {
        (Value::Null | Value::Array(_), Value::Absent) => None,
        (Value::Absent, Value::Object(_)) => Some(refusal(product, 0, &mut error.object()?)?),
        (Value::Absent, Value::Absent) if !code.is_absent() => Some(refusal(product, 0, &mut copy)?),
        _ => return Err(DecodeError::UnknownMessage),
    };
    session_note(b"subscribe", refused, out)
}
