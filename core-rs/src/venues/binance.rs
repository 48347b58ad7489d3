//! Binance spot and USDT-M futures: two rows of one venue. Knows nothing of sockets or order state. Documents:
//! developers.binance.com/docs/binance-spot-api-docs and .../derivatives/usds-margined-futures; the names in quotes are headings.

use super::prelude::*;

const VENUE: Venue = Venue::Binance;
const FILLS_PAGE: usize = 1000; // the most both products give
const LOGIN_ID: &[u8] = b"login"; // of a request; order requests carry client ids

pub(super) static SPOT: Codec = Codec {
    venue: VENUE,
    product: Spot,
    wallet: Wallet::Spot,
    seq_rule: SeqRule::SpanNext,
    resync: Resync::RestSnapshot,
    order_budget: OrderBudget { orders: 50, window: 10_000_000_000 }, // exchangeInfo, `rateLimits`: ORDERS
    contracts: false,
    decode: |ctx, bytes, out| out.whole(|out| frame(ctx, bytes, out)),
    ordering: &ORDERING,
    login,
    topics: &TOPICS,
    asking: &ASKING,
    answering: &ANSWERING,
};

pub(super) static LINEAR: Codec = Codec {
    order_budget: OrderBudget { orders: 300, window: 10_000_000_000 },
    product: Linear,
    wallet: Wallet::Linear,
    seq_rule: SeqRule::PrevLink,
    login: |_, _, _, _| {}, // the private link is opened by the listen key in its URL
    ..SPOT
};

/// "Errors" (spot), "Error Code" (USDT-M). The codes are ambiguous, so the message decides too.
#[rustfmt::skip]
const ERRORS: &[Meaning] = &[
    (OutcomeUnknown, "", &[-1000, -1001, -1006, -1007]), (Auth, "", &[-1002, -1022, -2014, -2015]),
    (Banned, "banned", &[-1003]), (RateLimited, "", &[-1003, -1008, -1015, -1034]), (Timestamp, "", &[-1021]),
    (InsufficientFunds, "insufficient balance", &[-2010]), (DuplicateClientId, "Duplicate order", &[-2010]),
    (PostOnlyWouldTake, "immediately match", &[-2010]), (PostOnlyWouldTake, "", &[-5022]), (Filter, "Filter failure", &[-2010]),
    (Maintenance, "Market is closed", &[-2010]), (UnknownOrder, "Unknown order", &[-2011]), (UnknownOrder, "", &[-2013]),
    (InsufficientFunds, "", &[-2018, -2019, -2028]), (ReduceOnly, "ReduceOnly", &[-2022]), (AlreadyDone, "", &[-2026]),
    (Filter, "", &[-1013, -1111, -2025, -2027, -4003, -4004, -4005, -4013, -4014, -4016, -4023, -4024, -4131, -4164]),
    (DuplicateClientId, "", &[-4116]), (ReduceOnly, "", &[-4118]), (Maintenance, "", &[-1016, -4140]), (UnknownSymbol, "", &[-1121]),
];

/// `{"code":-2013,"msg":"Order does not exist."}` with an HTTP (or WebSocket API) status.
fn refusal(product: Product, status: u64, mut reader: Reader<'_>) -> Read<VenueReject> {
    read!(reader; code "code", message "msg");
    let (code, message) = (code.int()?, message.text()?);
    reader.end()?;
    let idle = ["Service Unavailable", "Internal error; unable to process"];
    let class = match status {
        418 => Banned,
        403 => RateLimited,
        429 if code != -1003 => RateLimited,
        503 if product == Linear && idle.iter().any(|part| contains(message, part)) => Maintenance,
        500.. => OutcomeUnknown, // of the three USDT-M 503 answers two say that nothing was done
        _ => meaning(ERRORS, code, message),
    };
    Ok(VenueReject::new(class, code.to_string().as_bytes(), message))
}

/// The outer shapes: a bare event; `{"stream","data"}` ("Combined streams"); `{"subscriptionId","event"}` or `{"event"}` (WebSocket
/// API user stream). A depth event written as Binance writes it is read in one pass; any other key order goes the general way.
fn frame(ctx: &Context<'_>, bytes: &[u8], out: &mut EventBuf) -> Read<()> {
    let mut reader = Reader::new(bytes);
    reader.expect_object()?;
    if reader.starts_with(b"{\"e\":\"depthUpdate\"") {
        depth(ctx, &mut reader, out)?;
        return reader.end();
    }
    let whole = reader.clone();
    read!(reader; inner "data" | "event", kind "e", sent "E", own "o", book "lastUpdateId", best "B", status "status", id "id");
    reader.end()?;
    if !inner.is_absent() {
        return frame(ctx, inner.object_bytes()?, out);
    }
    let row = &mut own.object().unwrap_or(whole); // USDT-M puts an order into an object of its own
    let place = Place { ctx, product: Some(ctx.product), sent, live: true, client: None };
    if !kind.is_absent() {
        kind.text()?;
        return kind.among(EVENTS).map_err(|_| DecodeError::UnknownMessage)?(&place, row, out);
    }
    let snapshot: RowReader<()> = |place, row, out| push_book(snapshot, place.implied(), row, out);
    let nameless = [(book, snapshot), (best, book_ticker), (status, reply), (id, reply)];
    let known = nameless.into_iter().find(|(field, _)| field.value != Value::Absent);
    known.ok_or(DecodeError::UnknownMessage)?.1(&place, row, out)
}

/// What an event says, by its name.
const EVENTS: &[(RowReader<()>, &str)] = &[
    (|place, reader, out| depth(place.ctx, reader, out), "depthUpdate"),
    (book_ticker, "bookTicker"),
    (trade, "trade aggTrade"),
    (|place, row, out| right_order(order(place, row, out)?, None), "executionReport ORDER_TRADE_UPDATE"),
    (account_update, "outboundAccountPosition ACCOUNT_UPDATE"),
    (|place, row, out| read_move(&DEPOSITS, place, row, out).map(drop), "balanceUpdate"),
    (|_, _, out| session_note(b"notice", None, out), "listenKeyExpired eventStreamTerminated serverShutdown"),
    // What a user stream sends unasked and whose facts reach us in another event, or by query.
    (|_, _, _| Ok(()), "listStatus externalLockUpdate TRADE_LITE ALGO_UPDATE MARGIN_CALL contractInfo"),
    (|_, _, _| Ok(()), "CONDITIONAL_ORDER_TRIGGER_REJECT STRATEGY_UPDATE GRID_UPDATE ACCOUNT_CONFIG_UPDATE"),
];

/// "Diff. Depth Stream". Spot, and USDT-M with `T` and `pu`: `{"e":"depthUpdate","E":1723161255208,"s":"BTCUSDT",
///   "U":50093239189,"u":50093239202,"b":[["61737.63000000","0.00000000"]],"a":[["61837.64000000","1.54698000"]]}`
fn depth(ctx: &Context<'_>, reader: &mut Reader<'_>, out: &mut EventBuf) -> Read<()> {
    const DEPTH: BookWords =
        BookWords { symbol: "s", bids: "b", asks: "a", first: "U", last: "u", prev: "pu", time: "E" };
    let book = read_book(&DEPTH, None, |symbol| channel::instrument(VENUE, ctx, symbol), reader, out)?;
    let prev = if ctx.product == Linear { book.prev.number()? } else { 0 };
    book.push([book.first.number()?, book.last.number()?, prev], out)
}

/// "Order book"; USDT-M adds `E` and `T`. It does not name its instrument.
/// `{"lastUpdateId":50093239218,"bids":[["61837.63000000","3.78826000"]],"asks":[["61837.64000000","1.60520000"]]}`
fn snapshot(instrument: &Instrument, reader: &mut Reader<'_>, out: &mut EventBuf) -> Read<Depth> {
    const BOOK: BookWords = BookWords { last: "lastUpdateId", time: "E", ..channel::CHAINED };
    let book = read_book(&BOOK, Some(instrument), |_| Ok(instrument), reader, out)?;
    let (last, venue_ns) = (book.last.uint()?, book.time.present().map_or(Ok(0), |time| time.millis())?);
    book.depth(DeltaKind::Snapshot, [last, last, 0], venue_ns)
}

/// "Individual Symbol Book Ticker Streams"; spot has no `e`. An empty side has price and quantity 0.
/// `{"u":50093239212,"s":"BTCUSDT","b":"61837.63000000","B":"3.78826000","a":"61837.64000000","A":"1.54698000"}`
fn book_ticker(place: &Place<'_>, reader: &mut Reader<'_>, out: &mut EventBuf) -> Read<()> {
    read!(reader; id "u", symbol "s", bid "b", bid_qty "B", ask "a", ask_qty "A");
    let instrument = channel::instrument(VENUE, place.ctx, symbol.text()?)?;
    push_best(instrument, id.uint()?, [bid, bid_qty, ask, ask_qty], out)
}

/// "Trade Streams" and "Aggregate Trade Streams"; `m` true = the buyer is the maker, so the seller was the aggressor.
/// `{"e":"trade","E":1723161255343,"s":"BTCUSDT","t":3735683259,"p":"61837.63000000","q":"0.02000000","T":1723161255342,
///   "m":true,"M":true}`; USDT-M adds `X`: only `MARKET` is a trade of the book.
fn trade(place: &Place<'_>, reader: &mut Reader<'_>, out: &mut EventBuf) -> Read<()> {
    read!(reader; symbol "s", px "p", qty "q", time "T", maker "m", kind "X");
    let instrument = channel::instrument(VENUE, place.ctx, symbol.text()?)?;
    let (side, real) = (maker.buyer()?.opposite(), kind.is_absent() || kind.text()? == b"MARKET");
    if real { push_trade(instrument, side, [px, qty, time], out) } else { Ok(()) }
}

/// An order, in three forms. "Order Update" (USDT-M: the object `o`): a cancel carries its own id in `c` and the order's in `C`; a
/// trade gives its fill, then the order's new state: `{"e":"executionReport","E":1616633041556,"s":"BTCUSDT","S":"BUY",
///   "c":"YeULctvPAnHj5HXCQo9Mob","q":"0.00028600","p":"52436.85","C":"","x":"TRADE","X":"FILLED","r":"NONE","i":5341783271,
///   "l":"0.00028600","z":"0.00028600","L":"52436.85","n":"0.00000029","N":"BTC","T":1616633041555,"t":726946523,"m":false}`.
/// "Query order" and lists: `{"symbol":"LTCBTC","orderId":1,"clientOrderId":"myOrder1","price":"0.1","origQty":"1.0",
///   "executedQty":"0.0","status":"NEW","side":"BUY","time":1499827319559,"updateTime":1499827319559}`. The result of a request
/// adds `transactTime` and (FULL) the fills, all taken at once on arrival, so we were the taker.
fn order(place: &Place<'_>, row: &mut Reader<'_>, out: &mut EventBuf) -> Read<Option<ClientRef>> {
    let mut copy = row.clone();
    read!(row; symbol "s" | "symbol", own "C" | "c" | "clientOrderId", venue_id "i" | "orderId", way "S" | "side",
        state "X" | "status", qty "q" | "origQty", filled "z" | "executedQty", px "p" | "price", kind "x", reason "r",
        time "T" | "updateTime", acted "transactTime", created "time", fills "fills");
    let Some(instrument) = place.tracked(VENUE, place.product, symbol)? else { return Ok(None) };
    let client = place.client.map_or_else(|| own.client(), Ok)?;
    let time = place.client.map_or(time, |_| acted.present().or(time.present()).unwrap_or(created));
    let (side, status, reason) = (way.side()?, state.state(&STATES)?, reason.text_unless(b"NONE")?);
    let of = (instrument, client, side, venue_id, time);
    if place.live && kind.either(ACTS)? {
        push_fill(of, None, &mut copy, out)?;
    }
    fills.rows_or_none(|row| push_fill(of, Some(false), row, out))?;
    OrderRow { client, venue_id, side, status, qty, filled, px, time, reason }.push(instrument, out)
}

/// A fill: of an "Order Update", of `fills` in a result (which do not say who made the price), or of "Account trade list":
/// `{"price":"23416.1","qty":"0.00635","commission":"0.000000","commissionAsset":"BNB","tradeId":1650422481}`. A trade id below zero
/// stands for no trade. Where nothing was charged USDT-M leaves fee and coin out, and spot sends a null coin.
fn push_fill(of: FillOf<'_>, made: Option<bool>, row: &mut Reader<'_>, out: &mut EventBuf) -> Read<()> {
    let (instrument, client, side, venue_id, time) = of;
    read!(row; trade_id "t" | "tradeId" | "id", px "L" | "price", qty "l" | "qty", fee "n", commission "commission",
        currency "N" | "commissionAsset", maker "m" | "maker" | "isMaker");
    if trade_id.plain()?.starts_with(b"-") {
        return Err(DecodeError::Field(trade_id.name));
    }
    let fee = if fee.is_absent() { commission } else { fee };
    let fee = if fee.is_absent() { Money::ZERO } else { fee.money()? };
    let free = currency.is_absent() && fee == Money::ZERO;
    let fee_asset = if free { instrument.quote } else { asset(currency)? };
    let maker = made.map_or_else(|| maker.flag(), Ok)?;
    FillRow { client, venue_id, trade_id, side, px, qty, fee, fee_asset, maker, time }.push(instrument, out)
}

/// What a fill has from elsewhere: instrument, client, side, the venue's order id and time.
type FillOf<'a> = (&'a Instrument, ClientRef, Side, Field<'a>, Field<'a>);
/// What happened to an order: whether it traded. CALCULATED is a liquidation's execution (USDT-M).
const ACTS: [&str; 2] =
    ["TRADE CALCULATED", "NEW CANCELED REPLACED REJECTED EXPIRED TRADE_PREVENTION AMENDMENT"];
const OPEN: &str = "NEW PENDING_NEW PENDING_CANCEL NEW_INSURANCE NEW_ADL";
/// "Order status" of the enum pages; the insurance fund's and ADL's orders (USDT-M) live like any other.
const STATES: [&str; 6] =
    [OPEN, "PARTIALLY_FILLED", "FILLED", "CANCELED", "REJECTED", "EXPIRED EXPIRED_IN_MATCH"];

/// "Account trade list": `{"symbol":"BNBBTC","id":28457,"orderId":100234,...,"time":1499865549590,"isBuyer":true,"isMaker":false}`,
/// USDT-M: `side`, `maker`. Pages go by the trade id. Rows carry the venue's order id only, so the client reference is foreign.
fn fill(place: &Place<'_>, row: &mut Reader<'_>, out: &mut EventBuf) -> Read<u64> {
    let mut copy = row.clone();
    read!(row; symbol "symbol", id "id", venue_id "orderId", time "time", buyer "isBuyer", way "side");
    let id = id.uint()?;
    let side = if way.present().is_some() { way.side()? } else { buyer.buyer()? };
    let Some(instrument) = place.tracked(VENUE, place.product, symbol)? else { return Ok(id) };
    push_fill((instrument, ClientRef::Foreign, side, venue_id, time), None, &mut copy, out)?;
    Ok(id)
}

/// "Balance and Position Update" (USDT-M): `{"e":"ACCOUNT_UPDATE","T":1564745798938,"a":{"m":"ORDER","B":[{"a":"USDT",
///   "wb":"122624.1"}],"P":[{"s":"BTCUSDT","pa":"0","ep":"0.0","ps":"BOTH"}]}}`. "Account Update" (spot) is its `B` alone.
fn account_update(place: &Place<'_>, reader: &mut Reader<'_>, out: &mut EventBuf) -> Read<()> {
    read!(reader; sent "T", account "a", spot "B");
    if account.is_absent() {
        return spot.array()?.rows(|row| balance(place, row, out)).map(drop);
    }
    let place = Place { sent, ..*place };
    read!(account.object()?; balances "B", positions "P", reason "m");
    balances.rows_or_none(|row| balance(&place, row, out))?;
    positions.rows_or_none(|row| position(&place, row, out))?;
    if !matches!(reason.text_or_empty()?, b"" | b"ORDER") {
        out.events.push(Event::Moved); // it tells of what is no trade; the income history names it
    }
    Ok(())
}

/// "Get Income History" (USDT-M): `{"symbol":"BTCUSDT","incomeType":"FUNDING_FEE","income":"-0.37500000","asset":"USDT","info":"",
///   "time":1570608000000,"tranId":9689322392,"tradeId":""}`
const INCOME: MoveWords = MoveWords {
    venue: VENUE,
    wallet: Wallet::Linear,
    names: ["tranId", "symbol", "incomeType", "income", "asset", "time"],
    kinds: ["REALIZED_PNL COMMISSION", "FUNDING_FEE", "TRANSFER INTERNAL_TRANSFER CROSS_COLLATERAL_TRANSFER"],
    by: By::TimeAndKind,
};
/// "Balance Update" (spot), of no trade: `{"e":"balanceUpdate","E":1573200697110,"a":"BTC","d":"100.00000000","T":1573200697068}`
const DEPOSITS: MoveWords =
    MoveWords { wallet: Wallet::Spot, names: ["", "", "", "d", "a", "T"], by: By::TimeOfTransfer, ..INCOME };

/// "Account Update" and "Account information" (spot): `{"a":"BTC","f":"0.00225109","l":"0.00123000"}`, `{"asset":"BTC",
///   "free":"4723846.89208129","locked":"0.00000000"}`. USDT-M: `wb`, of which nothing is known to be locked, and "Futures Account
/// Balance V3": `{"asset":"USDT","balance":"122607.35","availableBalance":"23.72","updateTime":1617939110373}`.
fn balance(place: &Place<'_>, row: &mut Reader<'_>, out: &mut EventBuf) -> Read<()> {
    read!(row; name "a" | "asset", free "f" | "free", locked "l" | "locked", total "wb" | "balance",
        available "availableBalance", time "updateTime");
    let venue_ns = place.time(time)?;
    let Some(total) = total.present() else {
        return push_balance(out, Wallet::Spot, name, (free.money()?, locked.money()?), venue_ns);
    };
    let available = if place.live { total } else { available };
    push_available(out, Wallet::Linear, name, (total.money()?, available.money()?), venue_ns)
}

/// "Position Information V3": `{"symbol":"ADAUSDT","positionSide":"BOTH","positionAmt":"30","entryPrice":"0.385","updateTime":1720736417660}`
fn position(place: &Place<'_>, row: &mut Reader<'_>, out: &mut EventBuf) -> Read<()> {
    read!(row; symbol "s" | "symbol", qty "pa" | "positionAmt", entry "ep" | "entryPrice", side "ps" | "positionSide",
        time "updateTime");
    let Some(instrument) = place.tracked(VENUE, place.product, symbol)? else { return Ok(()) };
    push_one_way(out, instrument, (side, b"BOTH", qty.money()?), entry, place.time(time)?)
}

/// A WebSocket API reply ("Response format"); the id is a client id (order), `c` + client id (cancel) or `login`. The result of an
/// order is its state, but for an ACK's: `{"id":"TGA70010000010","status":400,"error":{"code":-2010,"msg":"Account has insufficient
///   balance for requested action."},"rateLimits":[]}`. Without a status it answers SUBSCRIBE ("Live Subscribing/Unsubscribing to
/// streams"): `{"result":null,"id":1}`, `{"error":{"code":2,"msg":"Invalid request: ..."},"id":1}`, or the error bare with its id.
fn reply(place: &Place<'_>, reader: &mut Reader<'_>, out: &mut EventBuf) -> Read<()> {
    let (bare, product) = (reader.clone(), place.ctx.product);
    read!(reader; id "id", status "status", result "result", error "error", code "code");
    let status = if status.is_absent() { None } else { id.plain().and(status.uint().map(Some))? };
    let refused = match (status, result.value, error.value) {
        (Some(200), ..) | (None, Value::Null | Value::Array(_), Value::Absent) => None,
        (None, Value::Absent, Value::Absent) if !code.is_absent() => Some(refusal(product, 0, bare)?),
        (None, Value::Absent, Value::Object(_)) => Some(refusal(product, 0, error.object()?)?),
        (Some(status), ..) => Some(refusal(product, status, error.object()?)?),
        _ => return Err(DecodeError::UnknownMessage),
    };
    match (id.plain(), refused) {
        _ if status.is_none() => session_note(b"subscribe", refused, out),
        (Ok(LOGIN_ID), None) => session_note(b"login", None, out).and(session_note(b"subscribe", None, out)),
        (Ok(LOGIN_ID), _) => session_note(b"login", refused, out),
        (Err(error), _) => Err(error),
        (Ok(id), Some(reject)) => order_reply(id, Err(reject), out),
        (Ok(id), None) => {
            let (asked, _) = RequestReply::request(id).ok_or(DecodeError::UnknownMessage)?;
            read!(result.object()?; venue_id "orderId", state "status");
            order_reply(id, Ok(venue_id), out)?;
            let place = Place { live: false, client: Some(ClientRef::Ours(asked)), ..*place };
            if state.is_absent() { Ok(()) } else { order(&place, &mut result.object()?, out).map(drop) }
        }
    }
}

/// "Trading requests" of the WebSocket API: `{"id":"TGA7001000001","method":"order.place","params":{"apiKey":"..",...,
///   "signature":".."}}`. "Request security": the signature covers all parameters sorted by name, so they are written in that order
/// and signed as they are written. `FULL` adds the fills. Post-only is an order type on spot, a time in force on USDT-M.
#[rustfmt::skip]
static ORDERING: Ordering = {
    use Member::{Client, Key, Lots, Price, Reduce, Side, Signature, Style, Symbol, Time, Window, Word};
    const PLACE: &[Member] = &[
        Key("apiKey"), Client("newClientOrderId"), Word("newOrderRespType", ["FULL", "RESULT"]), Price("price"),
        Lots("quantity"), Window("recvWindow"), Reduce("reduceOnly", ["", "true"]), Side("side", ["BUY", "SELL"]), Symbol("symbol"),
        Style("timeInForce", [["GTC", "IOC", "FOK", "", ""], ["GTC", "IOC", "FOK", "GTX", ""]]), Time("timestamp"),
        Style("type", [["LIMIT", "LIMIT", "LIMIT", "LIMIT_MAKER", "MARKET"], ["LIMIT", "LIMIT", "LIMIT", "LIMIT", "MARKET"]]),
        Signature("signature"),
    ];
    const CANCEL: &[Member] = &[
        Key("apiKey"), Client("origClientOrderId"), Window("recvWindow"), Symbol("symbol"), Time("timestamp"), Signature("signature"),
    ];
    Ordering {
        head: |verb, terms, body| { open([terms.prefix(), terms.id], verb, terms.session, body); Ok(()) },
        place: ("order.place", PLACE), cancel: ("order.cancel", CANCEL), close: b"}}",
    }
};

fn open(id: [&[u8]; 2], verb: &str, session: &Session, body: &mut Body<'_>) {
    body.raw(&[b"{\"id\":\"", id[0], id[1], b"\",\"method\":\"", verb.as_bytes(), b"\",\"params\":{"]);
    body.sign(session);
}

/// "Subscribe to User Data Stream through signature subscription" (spot). Trade links sign each request and need no log-in.
fn login(role: Role, session: &Session, wall: Ns, out: &mut Vec<u8>) {
    if role == Role::Private {
        let mut body = Body::new(out);
        open([LOGIN_ID, b""], "userDataStream.subscribe.signature", session, &mut body);
        body.key("apiKey", session);
        body.number("recvWindow", u64::from(session.recv_window_ms));
        body.number("timestamp", server_ms(session, wall));
        body.signature("signature");
        body.raw(&[ORDERING.close]);
    }
}

/// "Live Subscribing/Unsubscribing to streams". USDT-M documents no stream of single trades; aggregated ones carry the same quantity.
static TOPICS: Topics = Topics {
    book: [r#""~@depth@100ms""#; 2],
    trades: [r#""~@trade""#, r#""~@aggTrade""#],
    account: &[],
    verbs: ["SUBSCRIBE", "UNSUBSCRIBE"],
    frame: r#"{"method":"!","params":[*],"id":%}"#,
    names_max: 100,
};

/// "Query order", "Account trade list", "Account information" (spot), "Futures Account Balance V3", "Position Information V3". Fills
/// go by time or by id, never both; linear tells of seven days behind the start, not up to now. What is signed is what is sent.
static ASKING: Asking = {
    use Param::{Client, Levels, LevelsOf, Number, RecentOrFrom, SinceOrFrom, Symbol, VenueId};
    const SYMBOL: Param = Symbol("symbol");
    const LIMIT: Param = Number("limit", FILLS_PAGE);
    const DEPTH: Param = LevelsOf("limit", &[5, 10, 20, 50, 100, 500, 1000]);
    const ONE: &[Param] = &[SYMBOL, Client("origClientOrderId"), VenueId("orderId")];
    const FILLS: &[Param] = &[SYMBOL, SinceOrFrom("startTime", "fromId"), LIMIT];
    const RECENT: &[Param] = &[SYMBOL, RecentOrFrom("startTime", 7 * 24 - 1, "fromId"), LIMIT];
    Asking {
        snapshot: [("/api/v3/depth", &[SYMBOL, Levels("limit", 5000)]), ("/fapi/v1/depth", &[SYMBOL, DEPTH])],
        order: [("/api/v3/order", ONE), ("/fapi/v1/order", ONE)],
        open_orders: [("/api/v3/openOrders", &[]), ("/fapi/v1/openOrders", &[])],
        fills: [("/api/v3/myTrades", FILLS), ("/fapi/v1/userTrades", RECENT)],
        balances: [("/api/v3/account", &[]), ("/fapi/v3/balance", &[])],
        positions: ("/fapi/v3/positionRisk", &[]),
        moves: [NO_QUESTION, ("/fapi/v1/income", &[SinceOrFrom("startTime", "startTime"), LIMIT])],
        backstop: None,
        sign: |mut request, session, wall| {
            request.number("recvWindow", u64::from(session.recv_window_ms));
            request.number("timestamp", server_ms(session, wall));
            let signature = session.secret.hex(request.payload());
            request.text("signature", &signature);
            request.finish(&[("X-MBX-APIKEY", session.key.as_bytes())]);
        },
    }
};

static ANSWERING: Answering = Answering {
    open: answered,
    absent: |status, reject| status == 400 && reject.code.as_bytes() == b"-2013", // "Order does not exist"
    book: snapshot,
    order,
    fill,
    fills: Pages { full: FILLS_PAGE, next: |_, newest, _| newest.saturating_add(1) },
    moves: [None, Some((&INCOME, Pages { full: FILLS_PAGE, next: |_, newest, _| newest }))],
    position,
    balance,
    rows_max: [usize::MAX; 2],
};

/// Answers have no envelope, but for spot's balances: `{"makerCommission":15,...,"updateTime":123456789,"balances":[..]}`.
fn answered<'a>(product: Product, query: &Query, status: u16, body: &'a [u8]) -> Opened<'a> {
    let mut reader = Reader::new(body);
    if status != 200 {
        let silent = [(403, RateLimited), (418, Banned), (429, RateLimited)];
        return Ok(Err(refusal(product, status.into(), reader).unwrap_or(by_status(&silent, status, body))));
    }
    let [sent, data] = match query {
        Query::Balances if product == Spot => {
            reader.fields(["updateTime", "balances"]).and_then(|found| found[0].millis().map(|_| found))?
        }
        _ => [Field::NONE, Field { name: "body", value: reader.value()? }],
    };
    reader.end()?;
    if let Query::Order { .. } | Query::VenueOrder { .. } | Query::Snapshot { .. } = query {
        data.object()?; // an empty list is no answer about one order or book
    }
    Ok(Ok(Served { data, sent, further: false }))
}
