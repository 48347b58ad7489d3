//! Binance user streams: one account's orders, fills, balances and positions.
//!
//! Documents: "User Data Stream" (spot), "User Data Streams" (USDT-M).

use super::public::instrument;
use super::rows::{FillRow, OrderRow, asset, client, side};
use crate::ledger::{BalanceReport, PositionReport, Wallet};
use crate::market::Instrument;
use crate::order::ClientRef;
use crate::units::{Asset, Money, Ns};
use crate::venues::field::Field;
use crate::venues::json::Reader;
use crate::venues::{Context, DecodeError, Event, EventBuf};

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
    let own = id.text()?;
    let client = match original.present() {
        Some(original) => client(original.text()?),
        None => client(own),
    };
    order_event(instrument, client, reason.text()?, reader, out)
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
    order_event(instrument(ctx, symbol.text()?)?, client(id.text()?), b"", &mut reader, out)
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
    let order =
        OrderRow { client, venue_id, side: way, status, qty, filled, px, time, reason }.report(instrument)?;
    match kind.text()? {
        b"TRADE" => {
            let maker = maker.flag()?;
            let row = FillRow {
                client,
                venue_id,
                trade_id,
                px: last_px,
                qty: last_qty,
                fee,
                fee_asset,
                maker,
                time,
            };
            out.events.push(Event::Fill(row.report(instrument, order.side)?));
        }
        // CALCULATED is a liquidation and AMENDMENT a change (USDT-M); their fills come as TRADE.
        b"NEW" | b"CANCELED" | b"REPLACED" | b"REJECTED" | b"EXPIRED" | b"TRADE_PREVENTION"
        | b"CALCULATED" | b"AMENDMENT" => {}
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
            push_balance(out, Wallet::Spot, name, free.money()?, locked.money()?, venue_ns)
        })
        .map(drop)
}

/// "Event: Balance and Position Update" (USDT-M). `wb` is the wallet balance: it is reported as free, nothing of it is
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
    let [balances, positions] = account.object()?.fields(["B", "P"])?;
    if !balances.is_absent() {
        balances.array()?.rows(|row| {
            let [name, balance] = row.fields(["a", "wb"])?;
            push_balance(out, Wallet::Linear, name, balance.money()?, Money::ZERO, venue_ns)
        })?;
    }
    if !positions.is_absent() {
        positions.array()?.rows(|row| {
            let [symbol, qty, entry, way] = row.fields(["s", "pa", "ep", "ps"])?;
            push_position(ctx, out, symbol, qty, entry, way, venue_ns)
        })?;
    }
    Ok(())
}

/// An asset whose name we can not hold (some are not ASCII) is none we trade: its row is left out.
pub(super) fn push_balance(
    out: &mut EventBuf,
    wallet: Wallet,
    name: Field<'_>,
    free: Money,
    locked: Money,
    venue_ns: Ns,
) -> Result<(), DecodeError> {
    name.text()?;
    let Ok(asset): Result<Asset, _> = asset(name) else { return Ok(()) };
    out.events.push(Event::Balance(BalanceReport { wallet, asset, free, locked, venue_ns }));
    Ok(())
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
    let entry_px = entry.price_near(instrument)?;
    out.events.push(Event::Position(PositionReport { instrument: instrument.id, qty, entry_px, venue_ns }));
    Ok(())
}

/// The side of a fill row: `side` (USDT-M) or `isBuyer` (spot).
pub(super) fn fill_side(way: Field<'_>, is_buyer: Field<'_>) -> Result<crate::units::Side, DecodeError> {
    use crate::units::Side;
    if way.is_absent() { Ok(if is_buyer.flag()? { Side::Buy } else { Side::Sell }) } else { side(way) }
}
