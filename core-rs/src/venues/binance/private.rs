//! Binance user streams: one account's orders, fills, balances and positions.
//!
//! Documents: "User Data Stream" (spot), "User Data Streams" (USDT-M).

use super::public::instrument;
use crate::ledger::{MoveId, MoveKind, MoveReport, Wallet};
use crate::market::Instrument;
use crate::order::{ClientRef, VenueStatus};
use crate::units::{Asset, Money, Ns, Side};
use crate::venues::field::Field;
use crate::venues::json::Reader;
use crate::venues::rows::{FillRow, OrderRow, asset, push_balance};
use crate::venues::{Context, DecodeError, Event, EventBuf, rows};

/// "Order Update" (spot):
/// `{"e":"executionReport","E":1616633041556,"s":"BTCUSDT","c":"YeULctvPAnHj5HXCQo9Mob","S":"BUY","o":"LIMIT","f":"GTC",
///   "q":"0.00028600","p":"52436.85000000","g":-1,"C":"","x":"TRADE","X":"FILLED","r":"NONE","i":5341783271,
///   "l":"0.00028600","z":"0.00028600","L":"52436.85000000","n":"0.00000029","N":"BTC","T":1616633041555,"t":726946523,
///   "m":false,"O":1616633041555,"Z":"14.99693910","Y":"14.99693910"}`
/// A cancel carries its own id in `c` and the order's in `C`. A trade gives its fill, then the order's new state.
pub(super) fn execution_report(
    ctx: &Context<'_>,
    reader: &mut Reader<'_>,
    out: &mut EventBuf,
) -> Result<(), DecodeError> {
    let [symbol, id, original, reason] = reader.clone().fields(["s", "c", "C", "r"])?;
    let instrument = instrument(ctx, symbol.text()?)?;
    let own = id.client()?;
    let client = original.present().map_or(Ok(own), |original| original.client())?;
    let reason = match reason.text()? {
        b"NONE" => b"",
        reason => reason,
    };
    order_event(instrument, client, reason, reader, out)
}

/// "Event: Order Update" (USDT-M), the object `o`:
/// `{"e":"ORDER_TRADE_UPDATE","E":1568879465651,"T":1568879465650,"o":{"s":"BTCUSDT","c":"TEST","S":"SELL","o":"LIMIT",
///   "f":"GTC","q":"0.001","p":"7100","ap":"7100","x":"TRADE","X":"FILLED","i":8886774,"l":"0.001","z":"0.001","L":"7100",
///   "N":"USDT","n":"0.00284","T":1568879465650,"t":1,"m":true,"R":false,"ps":"BOTH","rp":"0"}}`
pub(super) fn order_trade_update(
    ctx: &Context<'_>,
    reader: &mut Reader<'_>,
    out: &mut EventBuf,
) -> Result<(), DecodeError> {
    let [order] = reader.fields(["o"])?;
    let mut reader = order.object()?;
    let [symbol, id] = reader.clone().fields(["s", "c"])?;
    order_event(instrument(ctx, symbol.text()?)?, id.client()?, b"", &mut reader, out)
}

/// What both order updates share.
fn order_event<'a>(
    instrument: &Instrument,
    client: ClientRef,
    reason: &'a [u8],
    reader: &mut Reader<'a>,
    out: &mut EventBuf,
) -> Result<(), DecodeError> {
    let names = ["S", "q", "p", "x", "X", "i", "l", "z", "L", "n", "N", "T", "t", "m"];
    let [
        way,
        qty,
        px,
        kind,
        status,
        venue_id,
        last_qty,
        filled,
        last_px,
        fee,
        fee_asset,
        time,
        trade_id,
        maker,
    ] = reader.fields(names)?;
    let (side, status) = (way.side()?, self::status(status)?);
    let order = OrderRow { client, venue_id, side, status, qty, filled, px, time, reason };
    let order = order.report(instrument)?;
    match kind.text()? {
        // CALCULATED is a liquidation's execution (USDT-M).
        b"TRADE" | b"CALCULATED" => {
            let (maker, (fee, fee_asset)) = (maker.flag()?, fee_of(instrument, fee, fee_asset)?);
            let (px, qty) = (last_px, last_qty);
            let row = FillRow { client, venue_id, trade_id, side, px, qty, fee, fee_asset, maker, time };
            push_fill(instrument, &row, out)?;
        }
        b"NEW" | b"CANCELED" | b"REPLACED" | b"REJECTED" | b"EXPIRED" | b"TRADE_PREVENTION"
        | b"AMENDMENT" => {}
        _ => return Err(DecodeError::Field("x")),
    }
    out.events.push(Event::Order(order));
    Ok(())
}

/// "Account Update" (spot): assets that may have changed.
/// `{"e":"outboundAccountPosition","E":1616628815745,"u":1616628815745,"B":[{"a":"BTC","f":"0.00225109","l":"0.00123000"}]}`
pub(super) fn account_position(reader: &mut Reader<'_>, out: &mut EventBuf) -> Result<(), DecodeError> {
    let [time, rows] = reader.fields(["E", "B"])?;
    let venue_ns = time.millis()?;
    rows.array()?
        .rows(|row| {
            let [name, free, locked] = row.fields(["a", "f", "l"])?;
            push_balance(out, Wallet::Spot, name, (free.money()?, locked.money()?), venue_ns)
        })
        .map(drop)
}

/// "Balance Update" (spot): money came in or left without a trade. It carries no id: time, asset and amount are its name.
/// `{"e":"balanceUpdate","E":1573200697110,"a":"BTC","d":"100.00000000","T":1573200697068}`
pub(super) fn balance_update(reader: &mut Reader<'_>, out: &mut EventBuf) -> Result<(), DecodeError> {
    let [name, amount, time] = reader.fields(["a", "d", "T"])?;
    let venue_ns = time.millis()?;
    let parts = [time.plain()?, b"-", name.text()?, b"-", amount.plain()?];
    let Ok(asset) = asset(name) else { return Ok(()) };
    let id = MoveId::new(&parts.concat()).map_err(|_| DecodeError::Field("d"))?;
    out.events.push(Event::Move(MoveReport {
        id,
        kind: MoveKind::Transfer,
        wallet: Wallet::Spot,
        asset,
        amount: amount.money()?,
        instrument: None,
        venue_ns,
    }));
    Ok(())
}

/// "Event: Balance and Position Update" (USDT-M). Its reason `m` tells of what is no trade; the income history names it. `wb` is the wallet balance: it is reported as free, nothing of it is
/// known to be locked. Only one-way mode is traded, so a position with a side of its own is refused.
/// `{"e":"ACCOUNT_UPDATE","E":1564745798939,"T":1564745798938,"a":{"m":"ORDER","B":[{"a":"USDT","wb":"122624.12345678",
///   "cw":"100.12345678","bc":"50.12345678"}],"P":[{"s":"BTCUSDT","pa":"0","ep":"0.00000","bep":"0","cr":"200","up":"0",
///   "mt":"isolated","iw":"0.00000000","ps":"BOTH"}]}}`
pub(super) fn account_update(
    ctx: &Context<'_>,
    reader: &mut Reader<'_>,
    out: &mut EventBuf,
) -> Result<(), DecodeError> {
    let [time, account] = reader.fields(["T", "a"])?;
    let venue_ns = time.millis()?;
    let [balances, positions, reason] = account.object()?.fields(["B", "P", "m"])?;
    if !balances.is_absent() {
        balances.array()?.rows(|row| {
            let [name, balance] = row.fields(["a", "wb"])?;
            push_balance(out, Wallet::Linear, name, (balance.money()?, Money::ZERO), venue_ns)
        })?;
    }
    if !positions.is_absent() {
        positions.array()?.rows(|row| {
            let [symbol, qty, entry, way] = row.fields(["s", "pa", "ep", "ps"])?;
            push_position(ctx, out, symbol, qty, entry, way, venue_ns)
        })?;
    }
    if let Some(reason) = reason.present()
        && reason.text()? != b"ORDER"
    {
        out.events.push(Event::Moved);
    }
    Ok(())
}

/// USDT-M leaves both out where nothing was charged; spot sends a null asset.
pub(super) fn fee_of(
    instrument: &Instrument,
    fee: Field<'_>,
    currency: Field<'_>,
) -> Result<(Money, Asset), DecodeError> {
    let fee = if fee.is_absent() { Money::ZERO } else { fee.money()? };
    let free = currency.is_absent() && fee == Money::ZERO;
    Ok((fee, if free { instrument.quote } else { asset(currency)? }))
}

/// A trade id below zero stands for no trade.
pub(super) fn push_fill(
    instrument: &Instrument,
    row: &FillRow<'_>,
    out: &mut EventBuf,
) -> Result<(), DecodeError> {
    if row.trade_id.plain()?.starts_with(b"-") {
        return Err(DecodeError::Field(row.trade_id.name));
    }
    out.events.push(Event::Fill(row.report(instrument)?));
    Ok(())
}

/// "Order status" of the enum pages; the insurance fund's and ADL's orders (USDT-M) live like any other.
pub(super) fn status(field: Field<'_>) -> Result<VenueStatus, DecodeError> {
    match field.text()? {
        b"NEW" | b"PENDING_NEW" | b"PENDING_CANCEL" | b"NEW_INSURANCE" | b"NEW_ADL" => Ok(VenueStatus::Live),
        b"PARTIALLY_FILLED" => Ok(VenueStatus::PartiallyFilled),
        b"FILLED" => Ok(VenueStatus::Filled),
        b"CANCELED" => Ok(VenueStatus::Cancelled),
        b"REJECTED" => Ok(VenueStatus::Rejected),
        b"EXPIRED" | b"EXPIRED_IN_MATCH" => Ok(VenueStatus::Expired),
        _ => Err(DecodeError::Field(field.name)),
    }
}

pub(super) fn push_position(
    ctx: &Context<'_>,
    out: &mut EventBuf,
    symbol: Field<'_>,
    qty: Field<'_>,
    entry: Field<'_>,
    way: Field<'_>,
    venue_ns: Ns,
) -> Result<(), DecodeError> {
    let instrument = match instrument(ctx, symbol.text()?) {
        Ok(instrument) => instrument,
        Err(DecodeError::UnknownInstrument) => return Ok(()),
        Err(error) => return Err(error),
    };
    let qty = qty.money()?;
    match way.text()? {
        b"BOTH" => {}
        b"LONG" | b"SHORT" if qty == Money::ZERO => return Ok(()),
        _ => return Err(DecodeError::Field(way.name)),
    }
    rows::push_position(out, instrument, qty, entry, venue_ns)
}

/// The side of a fill row: `side` (USDT-M) or `isBuyer` (spot).
pub(super) fn fill_side(way: Field<'_>, is_buyer: Field<'_>) -> Result<Side, DecodeError> {
    if way.is_absent() { Ok(if is_buyer.flag()? { Side::Buy } else { Side::Sell }) } else { way.side() }
}
