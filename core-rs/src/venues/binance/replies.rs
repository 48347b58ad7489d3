//! Binance answers: to order requests over the WebSocket API, and to questions over REST.

use super::errors::reject;
use super::orders::LOGIN_ID;
use super::private::{fee_of, fill_side, push_fill, push_position, status};
use super::public::{self, instrument};
use super::queries::FILLS_PAGE;
use crate::ledger::{MoveId, MoveKind, MoveReport, Wallet};
use crate::market::Instrument;
use crate::order::ClientRef;
use crate::units::{ClientId, Money, Product};
use crate::venues::field::{Field, Value};
use crate::venues::json::Reader;
use crate::venues::rows::{FillRow, OrderRow, asset, push_balance};
use crate::venues::{
    Context, DecodeError, Event, EventBuf, Query, RejectClass, ReplyOutcome, ReplyVerdict, RequestReply,
    SessionNote, VenueReject,
};

/// A WebSocket API reply ("Response format"); the id tells what was asked: a client id (order), `c` + client id (cancel),
/// `login`.
/// `{"id":"TGA70010000010","status":400,"error":{"code":-2010,"msg":"Account has insufficient balance for requested
///   action."},"rateLimits":[]}`
pub(super) fn socket_reply(
    ctx: &Context<'_>,
    reader: &mut Reader<'_>,
    out: &mut EventBuf,
) -> Result<(), DecodeError> {
    let [id, status, result, error] = reader.fields(["id", "status", "result", "error"])?;
    let id = id.plain()?;
    let code = u16::try_from(status.uint()?).map_err(|_| DecodeError::Field("status"))?;
    let refusal = match code {
        200 => None,
        _ => Some(refusal(ctx.product, code, &mut error.object()?)?),
    };
    if id == LOGIN_ID {
        match refusal {
            None => out.events.extend([SessionNote::LoggedIn, SessionNote::Subscribed].map(Event::Session)),
            Some(reject) => out.events.push(Event::Session(SessionNote::LoginRefused(reject))),
        }
        return Ok(());
    }
    let (client_id, cancel) = RequestReply::request(id).ok_or(DecodeError::UnknownMessage)?;
    let outcome = if let Some(reject) = refusal {
        ReplyOutcome::Rejected(reject)
    } else {
        let [venue_id] = result.object()?.fields(["orderId"])?;
        ReplyOutcome::Accepted(Some(venue_id.name()?))
    };
    out.events.push(Event::Reply(RequestReply { client_id, cancel, outcome }));
    if refusal.is_none() { order_result(ctx, ClientRef::Ours(client_id), result, out) } else { Ok(()) }
}

/// The state that an order.place (RESULT or FULL) or order.cancel answer carries; an ACK carries none. FULL also lists the
/// fills, all taken at once on arrival, so we were the taker.
/// `{"symbol":"BTCUSDT","orderId":12569099453,"clientOrderId":"4d96324ff9d44481926157ec08158a40",
///   "transactTime":1660801715793,"price":"23416.10000000","origQty":"0.00847000","executedQty":"0.00847000",
///   "cummulativeQuoteQty":"198.33521500","status":"FILLED","timeInForce":"GTC","type":"LIMIT","side":"SELL",
///   "fills":[{"price":"23416.10000000","qty":"0.00635000","commission":"0.000000","commissionAsset":"BNB",
///   "tradeId":1650422481}]}`
fn order_result(
    ctx: &Context<'_>,
    client: ClientRef,
    result: Field<'_>,
    out: &mut EventBuf,
) -> Result<(), DecodeError> {
    let names = ["symbol", "status", "orderId", "transactTime", "updateTime", "time", "fills"];
    let [symbol, status, venue_id, transacted, updated, created, fills] = result.object()?.fields(names)?;
    if status.is_absent() {
        return Ok(());
    }
    let Some(instrument) = tracked(ctx, symbol)? else { return Ok(()) };
    let time = [transacted, updated].into_iter().find(|time| !time.is_absent()).unwrap_or(created);
    let order = order_row(client, time, &mut result.object()?)?.report(instrument)?;
    if !fills.is_absent() {
        fills.array()?.rows(|row| {
            let names = ["price", "qty", "commission", "commissionAsset", "tradeId"];
            let [px, qty, fee, fee_asset, trade_id] = row.fields(names)?;
            let (side, (fee, fee_asset)) = (order.side, fee_of(instrument, fee, fee_asset)?);
            let row =
                FillRow { client, venue_id, trade_id, side, px, qty, fee, fee_asset, maker: false, time };
            push_fill(instrument, &row, out)
        })?;
    }
    out.events.push(Event::Order(order));
    Ok(())
}

fn order_row<'a>(
    client: ClientRef,
    time: Field<'a>,
    reader: &mut Reader<'a>,
) -> Result<OrderRow<'a>, DecodeError> {
    let [venue_id, way, state, qty, filled, px] =
        reader.fields(["orderId", "side", "status", "origQty", "executedQty", "price"])?;
    let (side, status) = (way.side()?, status(state)?);
    Ok(OrderRow { client, venue_id, side, status, qty, filled, px, time, reason: b"" })
}

/// `{"code":-2013,"msg":"Order does not exist."}` ("Error codes").
fn refusal(product: Product, status: u16, reader: &mut Reader<'_>) -> Result<VenueReject, DecodeError> {
    let [code, message] = reader.fields(["code", "msg"])?;
    Ok(reject(product, status, code.int()?, message.text()?))
}

/// The answer to SUBSCRIBE ("Live Subscribing/Unsubscribing to streams"): `{"result":null,"id":1}`, or
/// `{"error":{"code":2,"msg":"Invalid request: ..."},"id":1}`, or the error bare with its id.
pub(super) fn acknowledgement(
    product: Product,
    reader: &mut Reader<'_>,
    out: &mut EventBuf,
) -> Result<(), DecodeError> {
    let mut copy = reader.clone();
    let [result, error, code] = reader.fields(["result", "error", "code"])?;
    let note = match (result.value, error.value) {
        (Value::Null | Value::Array(_), Value::Absent) => SessionNote::Subscribed,
        (Value::Absent, Value::Object(_)) => {
            SessionNote::SubscribeRefused(refusal(product, 0, &mut error.object()?)?)
        }
        (Value::Absent, Value::Absent) if !code.is_absent() => {
            SessionNote::SubscribeRefused(refusal(product, 0, &mut copy)?)
        }
        _ => return Err(DecodeError::UnknownMessage),
    };
    out.events.push(Event::Session(note));
    Ok(())
}

/// The answer to a question. A body that is not the venue's JSON (a proxy's page, nothing at all) proves nothing: it is
/// never taken for "there is no such order".
pub(super) fn decode_answer(
    product: Product,
    query: &Query,
    ctx: &Context<'_>,
    status: u16,
    body: &[u8],
    out: &mut EventBuf,
) -> Result<ReplyVerdict, DecodeError> {
    match status {
        200 => answer(product, query, ctx, &mut Reader::new(body), out),
        _ => Ok(refused(product, query, status, body)),
    }
}

fn refused(product: Product, query: &Query, status: u16, body: &[u8]) -> ReplyVerdict {
    let mut reader = Reader::new(body);
    match refusal(product, status, &mut reader).and_then(|reject| reader.end().map(|()| reject)) {
        Ok(reject)
            if status == 400
                && reject.code.as_bytes() == b"-2013"
                && matches!(query, Query::Order { .. } | Query::VenueOrder { .. }) =>
        {
            ReplyVerdict::Absent
        }
        Ok(reject) => ReplyVerdict::Refused(reject),
        Err(_) => {
            let class = match status {
                403 | 429 => RejectClass::RateLimited,
                418 => RejectClass::Banned,
                _ => RejectClass::OutcomeUnknown,
            };
            ReplyVerdict::Refused(VenueReject::new(class, status.to_string().as_bytes(), body))
        }
    }
}

fn answer(
    product: Product,
    query: &Query,
    ctx: &Context<'_>,
    reader: &mut Reader<'_>,
    out: &mut EventBuf,
) -> Result<ReplyVerdict, DecodeError> {
    let mut next = None;
    match query {
        Query::Snapshot { instrument, .. } => {
            let instrument = ctx.instruments.get(*instrument).ok_or(DecodeError::UnknownInstrument)?;
            public::snapshot(instrument, reader, out)?;
        }
        Query::Order { client_id, .. } => {
            if !order(ctx, reader, out, Some(*client_id))? {
                return Err(DecodeError::UnknownInstrument);
            }
        }
        Query::VenueOrder { .. } => {
            if !order(ctx, reader, out, None)? {
                return Err(DecodeError::UnknownInstrument);
            }
        }
        Query::OpenOrders => {
            reader.rows(|row| order(ctx, row, out, None).map(drop))?;
        }
        Query::Fills { .. } => {
            let mut last = 0;
            let count = reader.rows(|row| {
                last = last.max(fill(ctx, row, out)?);
                Ok(())
            })?;
            next = (count >= FILLS_PAGE).then_some(last.saturating_add(1));
        }
        Query::Balances => balances(product, reader, out)?,
        Query::Moves { .. } => {
            let mut last = 0;
            let count = reader.rows(|row| {
                last = last.max(income(ctx, row, out)?);
                Ok(())
            })?;
            next = (count >= FILLS_PAGE).then_some(last);
        }
        Query::Positions => {
            reader.rows(|row| {
                let names = ["symbol", "positionAmt", "entryPrice", "positionSide", "updateTime"];
                let [symbol, qty, entry, way, time] = row.fields(names)?;
                push_position(ctx, out, symbol, qty, entry, way, time.millis()?)
            })?;
        }
    }
    reader.end()?;
    Ok(ReplyVerdict::Served { next })
}

fn tracked<'c>(ctx: &Context<'c>, symbol: Field<'_>) -> Result<Option<&'c Instrument>, DecodeError> {
    match instrument(ctx, symbol.text()?) {
        Ok(instrument) => Ok(Some(instrument)),
        Err(DecodeError::UnknownInstrument) => Ok(None),
        Err(error) => Err(error),
    }
}

/// "Query order", and a row of "Current open orders". False when its instrument is not tracked. An answer about another
/// order than `asked` is refused.
/// `{"symbol":"LTCBTC","orderId":1,"clientOrderId":"myOrder1","price":"0.1","origQty":"1.0","executedQty":"0.0",
///   "cummulativeQuoteQty":"0.0","status":"NEW","timeInForce":"GTC","type":"LIMIT","side":"BUY","time":1499827319559,
///   "updateTime":1499827319559,"isWorking":true}`
fn order(
    ctx: &Context<'_>,
    reader: &mut Reader<'_>,
    out: &mut EventBuf,
    asked: Option<ClientId>,
) -> Result<bool, DecodeError> {
    let mut copy = reader.clone();
    let [symbol, id, time] = reader.fields(["symbol", "clientOrderId", "updateTime"])?;
    let owner = id.client()?;
    if asked.is_some_and(|asked| owner != ClientRef::Ours(asked)) {
        return Err(DecodeError::Field("clientOrderId"));
    }
    let Some(instrument) = tracked(ctx, symbol)? else { return Ok(false) };
    out.events.push(Event::Order(order_row(owner, time, &mut copy)?.report(instrument)?));
    Ok(true)
}

/// "Account trade list"; returns the trade id. Rows carry the venue's order id only, so the client reference is foreign:
/// the order is found by `venue_id`.
/// `{"symbol":"BNBBTC","id":28457,"orderId":100234,"price":"4.00000100","qty":"12.00000000","commission":"10.10000000",
///   "commissionAsset":"BNB","time":1499865549590,"isBuyer":true,"isMaker":false}`, USDT-M: `side`, `buyer`, `maker`
fn fill(ctx: &Context<'_>, reader: &mut Reader<'_>, out: &mut EventBuf) -> Result<u64, DecodeError> {
    let names = [
        "symbol",
        "id",
        "orderId",
        "price",
        "qty",
        "commission",
        "commissionAsset",
        "time",
        "isBuyer",
        "isMaker",
        "side",
        "maker",
    ];
    let [symbol, trade_id, venue_id, px, qty, fee, fee_asset, time, is_buyer, is_maker, way, maker] =
        reader.fields(names)?;
    let id = trade_id.uint()?;
    let side = fill_side(way, is_buyer)?;
    let maker = if maker.is_absent() { is_maker.flag()? } else { maker.flag()? };
    let Some(instrument) = tracked(ctx, symbol)? else { return Ok(id) };
    let (client, (fee, fee_asset)) = (ClientRef::Foreign, fee_of(instrument, fee, fee_asset)?);
    let row = FillRow { client, venue_id, trade_id, side, px, qty, fee, fee_asset, maker, time };
    push_fill(instrument, &row, out)?;
    Ok(id)
}

/// "Get Income History" (USDT-M); returns the time, ms. What trades earn and cost is told by the trades themselves; an id is
/// unique within its kind.
/// `{"symbol":"BTCUSDT","incomeType":"FUNDING_FEE","income":"-0.37500000","asset":"USDT","info":"","time":1570608000000,
///   "tranId":9689322392,"tradeId":""}`
fn income(ctx: &Context<'_>, reader: &mut Reader<'_>, out: &mut EventBuf) -> Result<u64, DecodeError> {
    let [symbol, kind, amount, name, time, id] =
        reader.fields(["symbol", "incomeType", "income", "asset", "time", "tranId"])?;
    let (ms, word) = (time.uint()?, kind.text()?);
    let kind = match word {
        b"REALIZED_PNL" | b"COMMISSION" => return Ok(ms),
        b"FUNDING_FEE" => MoveKind::Funding,
        b"TRANSFER" | b"INTERNAL_TRANSFER" | b"CROSS_COLLATERAL_TRANSFER" => MoveKind::Transfer,
        _ => MoveKind::Other,
    };
    let Ok(asset) = asset(name) else { return Ok(ms) };
    let instrument = match symbol.present() {
        Some(symbol) => tracked(ctx, symbol)?.map(|instrument| instrument.id),
        None => None,
    };
    let id = MoveId::new(&[word, b"-", id.plain()?].concat()).map_err(|_| DecodeError::Field("tranId"))?;
    let (wallet, amount, venue_ns) = (Wallet::Linear, amount.money()?, time.millis()?);
    out.events.push(Event::Move(MoveReport { id, kind, wallet, asset, amount, instrument, venue_ns }));
    Ok(ms)
}

/// "Account information" (spot): `{"makerCommission":15,...,"updateTime":123456789,"balances":[{"asset":"BTC",
///   "free":"4723846.89208129","locked":"0.00000000"}]}`.
/// "Futures Account Balance V3": `[{"accountAlias":"SgsR","asset":"USDT","balance":"122607.35137903",
///   "crossWalletBalance":"23.72469206","crossUnPnl":"0.00000000","availableBalance":"23.72469206",
///   "maxWithdrawAmount":"23.72469206","marginAvailable":true,"updateTime":1617939110373}]`. `balance` is the wallet's: free
/// and locked always add up to it, as in the stream.
fn balances(product: Product, reader: &mut Reader<'_>, out: &mut EventBuf) -> Result<(), DecodeError> {
    match product {
        Product::Spot => {
            let [time, balances] = reader.fields(["updateTime", "balances"])?;
            let venue_ns = time.millis()?;
            balances
                .array()?
                .rows(|row| {
                    let [name, free, locked] = row.fields(["asset", "free", "locked"])?;
                    push_balance(out, Wallet::Spot, name, (free.money()?, locked.money()?), venue_ns)
                })
                .map(drop)
        }
        Product::Linear => reader
            .rows(|row| {
                let [name, total, available, time] =
                    row.fields(["asset", "balance", "availableBalance", "updateTime"])?;
                let (total, available) = (total.money()?, available.money()?);
                let locked = if available < total { Money(total.0 - available.0) } else { Money::ZERO };
                let free = Money(total.0 - locked.0);
                push_balance(out, Wallet::Linear, name, (free, locked), time.millis()?)
            })
            .map(drop),
    }
}
