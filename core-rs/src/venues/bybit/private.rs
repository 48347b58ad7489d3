//! Bybit account facts: orders, executions, positions, wallets; the same rows in the private stream and in REST lists.
//!
//! Documents: "Order", "Execution", "Position", "Wallet" of the v5 private WebSocket stream.

use super::VENUE;
use crate::ledger::{MoveKind, MoveReport, Wallet};
use crate::market::Instrument;
use crate::order::{ClientRef, VenueStatus};
use crate::units::{Asset, Money, Ns, Product, Side, Symbol};
use crate::venues::field::{Field, Value};
use crate::venues::json::Reader;
use crate::venues::rows::{FillRow, OrderRow, asset, push_balance, push_position};
use crate::venues::{Context, DecodeError, Event, EventBuf};

pub(super) fn orders(ctx: &Context<'_>, rows: Field<'_>, out: &mut EventBuf) -> Result<(), DecodeError> {
    rows.array()?.rows(|row| order(ctx, None, row, out).map(drop)).map(drop)
}

pub(super) fn executions(ctx: &Context<'_>, rows: Field<'_>, out: &mut EventBuf) -> Result<(), DecodeError> {
    rows.array()?.rows(|row| execution(ctx, None, row, out).map(drop)).map(drop)
}

pub(super) fn positions(ctx: &Context<'_>, rows: Field<'_>, out: &mut EventBuf) -> Result<(), DecodeError> {
    rows.array()?.rows(|row| position(ctx, None, row, out)).map(drop)
}

/// The instrument of a row: of its own category in the stream, of the product asked for in a list. `None` for what we do not
/// track (another symbol, or a category we do not trade).
fn tracked<'c>(
    ctx: &Context<'c>,
    product: Option<Product>,
    category: Field<'_>,
    symbol: Field<'_>,
) -> Result<Option<&'c Instrument>, DecodeError> {
    let product = match product {
        Some(product) => product,
        None => match category.text()? {
            b"spot" => Product::Spot,
            b"linear" => Product::Linear,
            b"inverse" | b"option" | b"combination" => return Ok(None),
            _ => return Err(DecodeError::Field("category")),
        },
    };
    let symbol = Symbol::new(symbol.text()?).map_err(|_| DecodeError::Field("symbol"))?;
    Ok(ctx.instruments.find(VENUE, product, &symbol))
}

/// "Order": `{"category":"linear","symbol":"BTCUSDT","orderId":"c1956690-b731-4191-97c0-94b00422231b","orderLinkId":"",
///   "side":"Sell","orderStatus":"Filled","cancelType":"UNKNOWN","rejectReason":"EC_NoError","timeInForce":"IOC",
///   "price":"4.033","qty":"1.7","avgPrice":"4.24","leavesQty":"0","cumExecQty":"1.7","cumExecValue":"7.2086",
///   "cumExecFee":"0.00288344","orderType":"Market","createdTime":"1733778525913","updatedTime":"1733778525917"}`.
/// Returns whose order it is, where the instrument is tracked.
pub(super) fn order(
    ctx: &Context<'_>,
    product: Option<Product>,
    row: &mut Reader<'_>,
    out: &mut EventBuf,
) -> Result<Option<ClientRef>, DecodeError> {
    let names = [
        "category",
        "symbol",
        "orderId",
        "orderLinkId",
        "side",
        "orderStatus",
        "rejectReason",
        "price",
        "qty",
        "cumExecQty",
        "updatedTime",
        "createType",
    ];
    let [category, symbol, venue_id, link_id, way, state, reason, px, qty, filled, time, made] =
        row.fields(names)?;
    let Some(instrument) = tracked(ctx, product, category, symbol)? else { return Ok(None) };
    let reason = match reason.value {
        Value::Absent | Value::Text(b"EC_NoError" | b"") => &[][..],
        _ => reason.text()?,
    };
    let client = if made_by_venue(made)? { ClientRef::Venue } else { link_id.client()? };
    let (side, status) = (way.side()?, status(state, reason)?);
    let row = OrderRow { client, venue_id, side, status, qty, filled, px, time, reason };
    out.events.push(Event::Order(row.report(instrument)?));
    Ok(Some(client))
}

/// "createType" of the enum page: what liquidation, takeover and deleveraging make is nobody's order.
fn made_by_venue(made: Field<'_>) -> Result<bool, DecodeError> {
    let Some(made) = made.present() else { return Ok(false) };
    let word = made.text()?;
    Ok([&b"CreateByLiq"[..], b"CreateByAdl", b"CreateByTakeOver"].iter().any(|own| word.starts_with(own)))
}

/// "Get Transaction Log": `{"id":"592324_XRPUSDT_161440249321","symbol":"XRPUSDT","category":"linear","side":"Buy",
///   "transactionTime":"1672128000000","type":"SETTLEMENT","qty":"100","fee":"0","funding":"-0.003676","cashFlow":"0",
///   "change":"-0.003676","cashBalance":"5086.55","currency":"USDT"}`. Returns the time, ms. What trades earn and cost is told
/// by the executions themselves.
pub(super) fn movement(
    ctx: &Context<'_>,
    row: &mut Reader<'_>,
    out: &mut EventBuf,
) -> Result<u64, DecodeError> {
    let [id, symbol, kind, amount, name, time] =
        row.fields(["id", "symbol", "type", "change", "currency", "transactionTime"])?;
    let ms = time.uint()?;
    let kind = match kind.text()? {
        b"TRADE" | b"LIQUIDATION" | b"ADL" | b"DELIVERY" => return Ok(ms),
        b"SETTLEMENT" => MoveKind::Funding,
        b"TRANSFER_IN" | b"TRANSFER_OUT" => MoveKind::Transfer,
        _ => MoveKind::Other,
    };
    let Ok(asset) = asset(name) else { return Ok(ms) };
    let instrument = match symbol.present() {
        Some(symbol) => {
            let symbol = Symbol::new(symbol.text()?).map_err(|_| DecodeError::Field("symbol"))?;
            ctx.instruments.find(VENUE, Product::Linear, &symbol).map(|instrument| instrument.id)
        }
        None => None,
    };
    let (wallet, amount, venue_ns) = (Wallet::Unified, amount.money()?, time.millis()?);
    out.events.push(Event::Move(MoveReport {
        id: id.name()?,
        kind,
        wallet,
        asset,
        amount,
        instrument,
        venue_ns,
    }));
    Ok(ms)
}

/// "orderStatus" of the enum page. An IOC or FOK remainder is `Cancelled` with a reason of its own.
fn status(state: Field<'_>, reason: &[u8]) -> Result<VenueStatus, DecodeError> {
    Ok(match state.text()? {
        b"New" | b"Untriggered" | b"Triggered" => VenueStatus::Live,
        b"PartiallyFilled" => VenueStatus::PartiallyFilled,
        b"Filled" => VenueStatus::Filled,
        b"Cancelled" | b"PartiallyFilledCanceled" if reason.starts_with(b"EC_NoImmediateQtyToFill") => {
            VenueStatus::Expired
        }
        b"Cancelled" | b"PartiallyFilledCanceled" | b"Deactivated" => VenueStatus::Cancelled,
        b"Rejected" => VenueStatus::Rejected,
        _ => return Err(DecodeError::Field("orderStatus")),
    })
}

/// "Execution": `{"category":"linear","symbol":"XRPUSDT","execFee":"0.005061","execId":"7e2ae69c-4edf-5800-a352-893d52b446aa",
///   "execPrice":"0.3374","execQty":"25","execType":"Trade","execValue":"8.435","isMaker":false,"feeRate":"0.0006",
///   "leavesQty":"0","orderId":"f6e324ff-99c2-4e89-9739-3086e47f9381","orderLinkId":"","side":"Sell",
///   "execTime":"1672364174443","closedSize":"","seq":4688002127}`. Returns the time, ms. Funding and settlement rows move no
/// quantity and are not fills.
pub(super) fn execution(
    ctx: &Context<'_>,
    product: Option<Product>,
    row: &mut Reader<'_>,
    out: &mut EventBuf,
) -> Result<u64, DecodeError> {
    let names = [
        "category",
        "symbol",
        "execId",
        "orderId",
        "orderLinkId",
        "side",
        "execPrice",
        "execQty",
        "execFee",
        "feeCurrency",
        "isMaker",
        "execTime",
        "execType",
    ];
    let [category, symbol, trade_id, venue_id, link_id, way, px, qty, fee, currency, maker, time, kind] =
        row.fields(names)?;
    let ms = time.uint()?;
    match kind.text()? {
        b"Trade" | b"AdlTrade" | b"BustTrade" | b"BlockTrade" => {}
        b"Funding" | b"Settle" | b"Delivery" | b"SessionSettlePnL" | b"MovePosition" | b"FutureSpread" => {
            out.events.push(Event::Moved);
            return Ok(ms);
        }
        _ => return Err(DecodeError::Field("execType")),
    }
    let Some(instrument) = tracked(ctx, product, category, symbol)? else { return Ok(ms) };
    let forced = matches!(kind.text()?, b"AdlTrade" | b"BustTrade");
    let client = if forced { ClientRef::Venue } else { link_id.client()? };
    let (side, maker) = (way.side()?, maker.flag()?);
    let (fee, fee_asset) = (fee.money()?, fee_asset(instrument, side, currency)?);
    let row = FillRow { client, venue_id, trade_id, side, px, qty, fee, fee_asset, maker, time };
    out.events.push(Event::Fill(row.report(instrument)?));
    Ok(ms)
}

/// Linear fees are in the settlement coin. Spot names the coin; where it does not, a buyer pays in what was bought and a
/// seller in what was received ("Spot fee currency instruction").
fn fee_asset(instrument: &Instrument, side: Side, currency: Field<'_>) -> Result<Asset, DecodeError> {
    match (currency.present(), instrument.product, side) {
        (Some(currency), _, _) => currency.name(),
        (None, Product::Spot, Side::Buy) => Ok(instrument.base),
        (None, _, _) => Ok(instrument.quote),
    }
}

/// "Position": `{"positionIdx":0,"symbol":"XRPUSDT","side":"Buy","size":"75","entryPrice":"0.3615","leverage":"10",
///   "positionValue":"27.1125","createdTime":"1672121182216","updatedTime":"1672364174449","category":"linear"}`; REST says
/// `avgPrice`. The side is empty when flat. Only one-way mode is traded: a hedge-mode position that is not flat is refused.
pub(super) fn position(
    ctx: &Context<'_>,
    product: Option<Product>,
    row: &mut Reader<'_>,
    out: &mut EventBuf,
) -> Result<(), DecodeError> {
    let names =
        ["category", "symbol", "side", "size", "entryPrice", "avgPrice", "positionIdx", "updatedTime"];
    let [category, symbol, way, size, entry, average, index, time] = row.fields(names)?;
    let Some(instrument) = tracked(ctx, product, category, symbol)? else { return Ok(()) };
    let size = size.amount(instrument)?;
    let hedge = index.uint()? != 0;
    let qty = match way.text()? {
        _ if hedge && size == Money::ZERO => return Ok(()),
        _ if hedge => return Err(DecodeError::Field("positionIdx")),
        b"" | b"None" if size == Money::ZERO => size,
        b"Buy" => size,
        b"Sell" => size.negated(),
        _ => return Err(DecodeError::Field("side")),
    };
    let entry = if entry.is_absent() { average } else { entry };
    if entry.is_absent() {
        return Err(DecodeError::Missing("entryPrice"));
    }
    push_position(out, instrument, qty, entry, time.millis()?)
}

/// "Wallet": `{"topic":"wallet","creationTime":1700034722104,"data":[{"accountType":"UNIFIED","coin":[{"coin":"BTC",
///   "walletBalance":"0.00102964","locked":"0","equity":"0.00102964"}]}]}`
pub(super) fn wallets(
    rows: Field<'_>,
    frame: &mut Reader<'_>,
    out: &mut EventBuf,
) -> Result<(), DecodeError> {
    let [time] = frame.fields(["creationTime"])?;
    let venue_ns = time.millis()?;
    rows.array()?.rows(|row| wallet(row, venue_ns, out)).map(drop)
}

/// One account of the wallet topic or of "Get Wallet Balance". `locked` is held by spot orders and part of `walletBalance`.
/// A coin whose name we can not hold is none we trade.
pub(super) fn wallet(row: &mut Reader<'_>, venue_ns: Ns, out: &mut EventBuf) -> Result<(), DecodeError> {
    let [coins] = row.fields(["coin"])?;
    coins.array()?.rows(|row| {
        let [name, total, locked] = row.fields(["coin", "walletBalance", "locked"])?;
        let total = total.money()?;
        let locked = match locked.present() {
            Some(locked) => locked.money()?,
            None => Money::ZERO,
        };
        let free = total.minus(locked).map_err(|_| DecodeError::Field("locked"))?;
        push_balance(out, Wallet::Unified, name, (free, locked), venue_ns)
    })?;
    Ok(())
}
