//! OKX account facts, the same rows in the private channels and in REST lists, and the answers of its sockets.
//!
//! Documents: "Order channel", "Positions channel", "Account channel", "WS / Place order", "Login".

use super::{VENUE, errors};
use crate::ledger::Wallet;
use crate::order::{ClientRef, VenueStatus};
use crate::units::{Money, Product};
use crate::venues::channel::{order_reply, session_note, tracked};
use crate::venues::field::Field;
use crate::venues::json::Reader;
use crate::venues::rows::{FillRow, OrderRow, asset, push_balance, push_position};
use crate::venues::{Context, DecodeError, Event, EventBuf, SessionNote, VenueReject};

/// `None` for what we do not trade.
fn product(kind: Field<'_>) -> Result<Option<Product>, DecodeError> {
    match kind.text()? {
        b"SPOT" => Ok(Some(Product::Spot)),
        b"SWAP" => Ok(Some(Product::Linear)),
        b"MARGIN" | b"FUTURES" | b"OPTION" => Ok(None),
        _ => Err(DecodeError::Field("instType")),
    }
}

/// "Order channel", also a row of "Order List":
/// `{"instType":"SWAP","instId":"BTC-USDT-SWAP","ordId":"452197707845865472","clOrdId":"","side":"sell","state":"filled",
///   "px":"31527.1","sz":"1","accFillSz":"1","tgtCcy":"","cancelSource":"","uTime":"1654084353264","tradeId":"242589207",
///   "fillSz":"1","fillPx":"31527.1","fillFee":"-0.02522168","fillFeeCcy":"USDT","execType":"M","fillTime":"1654084353263"}`.
/// In the stream (`live`) a row with a trade id is that fill, then the order's new state; a list repeats the last one, without
/// its fee. Returns whose order it is, where the instrument is tracked.
pub(super) fn order(
    ctx: &Context<'_>,
    row: &mut Reader<'_>,
    live: bool,
    out: &mut EventBuf,
) -> Result<Option<ClientRef>, DecodeError> {
    let mut copy = row.clone();
    let names = [
        "instType",
        "instId",
        "ordId",
        "clOrdId",
        "side",
        "state",
        "px",
        "sz",
        "accFillSz",
        "tgtCcy",
        "cancelSource",
        "uTime",
    ];
    let [kind, symbol, venue_id, link_id, way, state, px, size, filled, unit, source, time] =
        row.fields(names)?;
    let Some(instrument) = tracked(VENUE, ctx, product(kind)?, symbol)? else { return Ok(None) };
    let (client, side) = (link_id.client()?, way.side()?);
    if live {
        let [trade_id, qty, px, fee, currency, exec, at] =
            copy.fields(["tradeId", "fillSz", "fillPx", "fillFee", "fillFeeCcy", "execType", "fillTime"])?;
        if trade_id.present().is_some() {
            // What is paid stands below zero.
            let (fee, fee_asset) = (fee.money()?.negated(), asset(currency)?);
            let (maker, time) = (exec.text()? == b"M", at);
            let row = FillRow { client, venue_id, trade_id, side, px, qty, fee, fee_asset, maker, time };
            out.events.push(Event::Fill(row.report(instrument)?));
        }
    }
    let reason = source.present().map_or(Ok(&b""[..]), |source| source.text())?;
    let status = status(state, reason)?;
    // The size of an order in quote coin (never one of ours) says nothing in base coin; what it filled does.
    let in_quote = unit.present().is_some_and(|unit| unit.text() == Ok(b"quote_ccy"));
    let qty = if in_quote { filled } else { size };
    let row = OrderRow { client, venue_id, side, status, qty, filled, px, time, reason };
    out.events.push(Event::Order(row.report(instrument)?));
    Ok(Some(client))
}

/// "state", and "cancelSource" where it ended: 13 and 14 are the remainders of FOK and IOC orders.
fn status(state: Field<'_>, reason: &[u8]) -> Result<VenueStatus, DecodeError> {
    Ok(match state.text()? {
        b"live" => VenueStatus::Live,
        b"partially_filled" => VenueStatus::PartiallyFilled,
        b"filled" => VenueStatus::Filled,
        b"canceled" if matches!(reason, b"13" | b"14") => VenueStatus::Expired,
        b"canceled" | b"mmp_canceled" => VenueStatus::Cancelled,
        _ => return Err(DecodeError::Field("state")),
    })
}

/// "Transaction details": `{"instType":"SPOT","instId":"BTC-USDT","tradeId":"744876980","ordId":"680800019749904384",
///   "clOrdId":"","billId":"680800019754098688","fillPx":"51858","fillSz":"0.00192834","side":"buy","execType":"T",
///   "feeCcy":"BTC","fee":"-0.00000192834","fillTime":"1708587373361","ts":"1708587373362"}`. Returns the bill's id, which
/// pages go by.
pub(super) fn fill(ctx: &Context<'_>, row: &mut Reader<'_>, out: &mut EventBuf) -> Result<u64, DecodeError> {
    let names = [
        "instType", "instId", "tradeId", "ordId", "clOrdId", "billId", "fillPx", "fillSz", "side",
        "execType", "feeCcy", "fee", "ts",
    ];
    let [kind, symbol, trade_id, venue_id, link_id, bill, px, qty, way, exec, currency, fee, time] =
        row.fields(names)?;
    let bill = bill.uint()?;
    let Some(instrument) = tracked(VENUE, ctx, product(kind)?, symbol)? else { return Ok(bill) };
    let (client, side, maker) = (link_id.client()?, way.side()?, exec.text()? == b"M");
    let (fee, fee_asset) = (fee.money()?.negated(), asset(currency)?);
    let row = FillRow { client, venue_id, trade_id, side, px, qty, fee, fee_asset, maker, time };
    out.events.push(Event::Fill(row.report(instrument)?));
    Ok(bill)
}

/// "Positions channel": `{"instType":"SWAP","instId":"BTC-USDT-SWAP","posSide":"net","pos":"-1","avgPx":"2566.31",
///   "uTime":"1619507761462"}`, `pos` in contracts. Only one-way (net) mode is traded: a position with a side of its own that is
/// not flat is refused.
pub(super) fn position(
    ctx: &Context<'_>,
    row: &mut Reader<'_>,
    out: &mut EventBuf,
) -> Result<(), DecodeError> {
    let [kind, symbol, side, count, entry, time] =
        row.fields(["instType", "instId", "posSide", "pos", "avgPx", "uTime"])?;
    let Some(instrument) = tracked(VENUE, ctx, product(kind)?, symbol)? else { return Ok(()) };
    let qty = match count.present() {
        Some(count) => count.amount(instrument)?,
        None => Money::ZERO,
    };
    match side.text()? {
        b"net" => {}
        b"long" | b"short" if qty == Money::ZERO => return Ok(()),
        _ => return Err(DecodeError::Field("posSide")),
    }
    push_position(out, instrument, qty, entry, time.millis()?)
}

/// "Account channel" and "Get balance": `{"uTime":"1705564223311","details":[{"ccy":"USDT","cashBal":"4750.426970691436",
///   "ordFrozen":"0","frozenBal":"158.57998","uTime":"1705564213903"}]}`. `cashBal` is the balance without unrealised profit;
/// `ordFrozen` the part that open orders hold.
pub(super) fn account(row: &mut Reader<'_>, out: &mut EventBuf) -> Result<(), DecodeError> {
    let [details] = row.fields(["details"])?;
    details.array()?.rows(|row| {
        let [name, total, frozen, time] = row.fields(["ccy", "cashBal", "ordFrozen", "uTime"])?;
        let total = total.money()?;
        let locked = frozen.present().map_or(Ok(Money::ZERO), |frozen| frozen.money())?;
        let free = total.minus(locked).map_err(|_| DecodeError::Field("ordFrozen"))?;
        push_balance(out, Wallet::Unified, name, (free, locked), time.millis()?)
    })?;
    Ok(())
}

/// Answers: `{"event":"subscribe","arg":{..},"connId":".."}`, `{"event":"error","code":"60012","msg":".."}`,
/// `{"event":"notice","code":"64008","msg":".."}` (the connection ends within a minute), and to an order
/// `{"id":"..","op":"order","code":"1","msg":"","data":[{"ordId":"","clOrdId":"..","sCode":"51008","sMsg":".."}]}`: an outer
/// code of 1 says that all of it failed, the row says why.
pub(super) fn answer(reader: &mut Reader<'_>, out: &mut EventBuf) -> Result<(), DecodeError> {
    let [event, code, message, id, data] = reader.fields(["event", "code", "msg", "id", "data"])?;
    let text = |field: Field<'_>| field.present().map_or(Ok(Vec::new()), |f| f.text().map(<[u8]>::to_vec));
    let refusal = |code: Field<'_>, message: Field<'_>| -> Result<Option<VenueReject>, DecodeError> {
        match code.present().map_or(Ok(0), |code| code.int())? {
            0 => Ok(None),
            code => Ok(Some(VenueReject::of(errors::TABLE, code, &text(message)?))),
        }
    };
    if event.is_absent() {
        let (mut row_refusal, mut venue_id) = (None, None);
        if !data.is_absent() {
            data.array()?.rows(|row| {
                let [order, code, message] = row.fields(["ordId", "sCode", "sMsg"])?;
                (venue_id, row_refusal) = (Some(order), refusal(code, message)?);
                Ok(())
            })?;
        }
        let outcome = match (row_refusal, refusal(code, message)?, venue_id) {
            (Some(reject), _, _) | (None, Some(reject), _) => Err(reject),
            (None, None, Some(venue_id)) => Ok(venue_id),
            (None, None, None) => return Err(DecodeError::Missing("data")),
        };
        return order_reply(id.text()?, outcome, out);
    }
    match event.text()? {
        b"notice" => out.events.push(Event::Session(SessionNote::Expiring)),
        b"channel-conn-count" => {}
        b"channel-conn-count-error" => return session_note(b"error", refusal(code, message)?, out),
        event => return session_note(event, refusal(code, message)?, out),
    }
    Ok(())
}
