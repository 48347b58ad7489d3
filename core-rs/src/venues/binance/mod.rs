//! Binance spot and USDT-M futures: two rows of one venue. Knows nothing of sockets or order state. Documents:
//! developers.binance.com/docs/binance-spot-api-docs and .../derivatives/usds-margined-futures; the names in quotes are headings.

mod account;

use super::error::{contains, meaning};
use super::prelude::*;
use crate::order::TimeInForce;
use account::{
    INCOME, account_update, acknowledgement, balance, balance_update, fill, order, order_event, position,
    socket_reply,
};

const VENUE: Venue = Venue::Binance;
/// Fills of one page, the most both products give.
const FILLS_PAGE: usize = 1000;
/// The id of a log-in request; order requests carry client ids.
const LOGIN_ID: &[u8] = b"login";

pub(super) static SPOT: Codec = Codec {
    venue: VENUE,
    product: Spot,
    wallet: Wallet::Spot,
    seq_rule: SeqRule::SpanNext,
    resync: Resync::RestSnapshot,
    // exchangeInfo, `rateLimits`: ORDERS per 10 s.
    order_budget: OrderBudget { orders: 50, window: 10_000_000_000 },
    contracts: false,
    decode: |ctx, bytes, out| {
        let result = frame(ctx, bytes, out);
        out.whole(result)
    },
    ordering: &ORDERING,
    encode_login,
    topics: &TOPICS,
    asking: &ASKING,
    answering: &ANSWERING,
};

/// USDT-M's private link is opened by its listen key in the URL and needs no log-in.
pub(super) static LINEAR: Codec = Codec {
    order_budget: OrderBudget { orders: 300, window: 10_000_000_000 },
    product: Linear,
    wallet: Wallet::Linear,
    seq_rule: SeqRule::PrevLink,
    encode_login: |_, _, _, _| {},
    ..SPOT
};

/// "Errors" (spot), "Error Code" (USDT-M). The codes are ambiguous, so the message decides too.
const ERRORS: &[Meaning] = &[
    (OutcomeUnknown, "", &[-1000, -1001, -1006, -1007]),
    (Auth, "", &[-1002, -1022, -2014, -2015]),
    (Banned, "banned", &[-1003]),
    (RateLimited, "", &[-1003, -1008, -1015, -1034]),
    (Timestamp, "", &[-1021]),
    (InsufficientFunds, "insufficient balance", &[-2010]),
    (DuplicateClientId, "Duplicate order", &[-2010]),
    (PostOnlyWouldTake, "immediately match", &[-2010]),
    (Filter, "Filter failure", &[-2010]),
    (Maintenance, "Market is closed", &[-2010]),
    (UnknownOrder, "Unknown order", &[-2011]),
    (UnknownOrder, "", &[-2013]),
    (InsufficientFunds, "", &[-2018, -2019, -2028]),
    (ReduceOnly, "ReduceOnly", &[-2022]),
    (AlreadyDone, "", &[-2026]),
    (Filter, "", &[-1013, -1111, -2025, -2027, -4003, -4004, -4005, -4013, -4014, -4016, -4023, -4024]),
    (Filter, "", &[-4131, -4164]),
    (DuplicateClientId, "", &[-4116]),
    (ReduceOnly, "", &[-4118]),
    (Maintenance, "", &[-1016, -4140]),
    (PostOnlyWouldTake, "", &[-5022]),
];

/// `{"code":-2013,"msg":"Order does not exist."}` with an HTTP (or WebSocket API) status.
fn refusal(product: Product, status: u16, reader: &mut Reader<'_>) -> Read<VenueReject> {
    read!(reader; code "code", message "msg");
    let (code, message) = (code.int()?, message.text()?);
    let says = |part: &str| contains(message, part);
    let idle = says("Service Unavailable") || says("Internal error; unable to process");
    let class = match status {
        418 => Banned,
        403 => RateLimited,
        429 if code != -1003 => RateLimited,
        // Of the three USDT-M 503 answers two say that nothing was done; any other 5xx leaves the fate open.
        503 if product == Linear && idle => Maintenance,
        500.. => OutcomeUnknown,
        _ => meaning(ERRORS, code, message),
    };
    Ok(VenueReject::new(class, code.to_string().as_bytes(), message))
}

/// How a depth event begins when it is worth reading in one pass; any other key order takes the general way.
const DEPTH_START: &[u8] = b"{\"e\":\"depthUpdate\"";

/// The outer shapes of a frame: a bare event; `{"stream","data"}` ("Combined streams"); `{"subscriptionId","event"}` or
/// `{"event"}` (WebSocket API user stream). A depth event written as Binance writes it is read in this one pass.
fn frame(ctx: &Context<'_>, bytes: &[u8], out: &mut EventBuf) -> Read<()> {
    let mut reader = Reader::new(bytes);
    reader.expect_object()?;
    if reader.starts_with(DEPTH_START) {
        depth(ctx, &mut reader, out)?;
        return reader.end();
    }
    let (mut inner, mut wraps) = (Value::Absent, 0);
    reader.object(|reader, key| {
        match key {
            b"data" | b"event" => wraps += 1,
            _ => return reader.skip(),
        }
        if reader.starts_with(DEPTH_START) {
            depth(ctx, reader, out)
        } else {
            reader.value().map(|value| inner = value)
        }
    })?;
    reader.end()?;
    match (wraps, inner) {
        (0, _) => event(ctx, bytes, out),
        (1, Value::Object(bytes)) => event(ctx, bytes, out),
        (1, Value::Absent) => Ok(()),
        _ => Err(DecodeError::Field("data")),
    }
}

/// Everything that is not a one-pass depth event; the bytes are valid JSON by now.
fn event(ctx: &Context<'_>, bytes: &[u8], out: &mut EventBuf) -> Read<()> {
    let reader = &mut Reader::new(bytes);
    read!(reader.clone(); kind "e", snapshot "lastUpdateId", best "B", id "id", status "status", sent "E");
    let place = Place { ctx, product: Some(ctx.product), sent, live: true };
    if !kind.is_absent() {
        kind.text()?;
        return kind.among(EVENTS).map_err(|_| DecodeError::UnknownMessage)?(&place, reader, out);
    }
    match (snapshot.is_absent(), best.is_absent(), status.is_absent(), id.value) {
        (false, _, _, _) => {
            let implied = ctx.implied.and_then(|id| ctx.instruments.get(id));
            let depth = self::snapshot(implied.ok_or(DecodeError::UnknownInstrument)?, reader, out)?;
            out.events.push(Event::Depth(depth));
            Ok(())
        }
        (_, false, _, _) => book_ticker(&place, reader, out),
        (_, _, false, _) => socket_reply(&place, reader, out),
        (_, _, _, Value::Absent) => Err(DecodeError::UnknownMessage),
        _ => acknowledgement(ctx.product, reader, out),
    }
}

/// What an event says, by its name.
const EVENTS: &[(RowReader<()>, &str)] = &[
    (|place, reader, out| depth(place.ctx, reader, out), "depthUpdate"),
    (book_ticker, "bookTicker"),
    (trade, "trade aggTrade"),
    (order_event, "executionReport ORDER_TRADE_UPDATE"),
    (account_update, "outboundAccountPosition ACCOUNT_UPDATE"),
    (balance_update, "balanceUpdate"),
    (expiring, "listenKeyExpired eventStreamTerminated serverShutdown"),
    // What a user stream sends unasked and whose facts reach us in another event, or by query.
    (
        |_, _, _| Ok(()),
        "listStatus externalLockUpdate TRADE_LITE ALGO_UPDATE MARGIN_CALL ACCOUNT_CONFIG_UPDATE",
    ),
    (|_, _, _| Ok(()), "CONDITIONAL_ORDER_TRIGGER_REJECT STRATEGY_UPDATE GRID_UPDATE contractInfo"),
];

fn expiring(_: &Place<'_>, _: &mut Reader<'_>, out: &mut EventBuf) -> Read<()> {
    out.events.push(Event::Session(SessionNote::Expiring));
    Ok(())
}

/// "Diff. Depth Stream". Spot, and USDT-M with `T` and `pu`: `{"e":"depthUpdate","E":1723161255208,"s":"BTCUSDT",
///   "U":50093239189,"u":50093239202,"b":[["61737.63000000","0.00000000"]],"a":[["61837.64000000","1.54698000"]]}`
fn depth(ctx: &Context<'_>, reader: &mut Reader<'_>, out: &mut EventBuf) -> Read<()> {
    const DEPTH: BookWords =
        BookWords { symbol: "s", bids: "b", asks: "a", first: "U", last: "u", prev: "pu", time: "E" };
    let book = read_book(&DEPTH, None, |symbol| channel::instrument(VENUE, ctx, symbol), reader, out)?;
    let prev = if ctx.product == Linear { book.prev.number()? } else { 0 };
    let (first, last) = (book.first.number()?, book.last.number()?);
    if first > last {
        return Err(DecodeError::Field(book.last.name));
    }
    out.events.push(Event::Depth(book.depth(DeltaKind::Update, [first, last, prev], book.time.millis()?)));
    Ok(())
}

/// "Order book"; USDT-M adds `E` and `T`. It does not name its instrument.
/// `{"lastUpdateId":50093239218,"bids":[["61837.63000000","3.78826000"]],"asks":[["61837.64000000","1.60520000"]]}`
fn snapshot(instrument: &Instrument, reader: &mut Reader<'_>, out: &mut EventBuf) -> Read<Depth> {
    const BOOK: BookWords = BookWords { last: "lastUpdateId", time: "E", ..channel::CHAINED };
    let book = read_book(&BOOK, Some(instrument), |_| Ok(instrument), reader, out)?;
    let (last, venue_ns) = (book.last.uint()?, book.time.present().map_or(Ok(0), |time| time.millis())?);
    Ok(book.depth(DeltaKind::Snapshot, [last, last, 0], venue_ns))
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
    let side = if maker.flag()? { Side::Sell } else { Side::Buy };
    let real = kind.is_absent() || kind.text()? == b"MARKET";
    if real { push_trade(instrument, side, [px, qty, time], out) } else { Ok(()) }
}

/// "Trading requests" of the WebSocket API: `{"id":"TGA7001000001","method":"order.place","params":{"apiKey":"..",
///   "newClientOrderId":"..",...,"signature":".."}}`. "Request security": the signature covers all parameters sorted by name, so
/// they are written in that order and signed as they are written.
static ORDERING: Ordering = Ordering { place, cancel, close: b"}}" };

fn place(order: &PlaceOrder, terms: &Terms<'_>, body: &mut Body<'_>) -> Result<(), EncodeError> {
    let (id, spot) = (order.client_id.as_bytes(), terms.instrument.product == Spot);
    // Post-only is an order type on spot, a time in force on USDT-M.
    let (kind, tif) = match (order.kind, order.tif) {
        (OrderKind::Market, _) => ("MARKET", ""),
        (OrderKind::Limit, TimeInForce::PostOnly) if spot => ("LIMIT_MAKER", ""),
        (OrderKind::Limit, tif) => ("LIMIT", tif_word(tif, ["GTC", "IOC", "FOK", "GTX"])),
    };
    open(body, &[id], "order.place", terms.session);
    body.text("newClientOrderId", id);
    // The fullest answer each product gives: spot adds the fills.
    body.text("newOrderRespType", if spot { "FULL" } else { "RESULT" });
    body.price("price", terms);
    body.lots("quantity", terms);
    body.number("recvWindow", u64::from(terms.session.recv_window_ms));
    // Spot has no positions, so nothing to reduce.
    body.text("reduceOnly", if order.reduce_only && !spot { "true" } else { "" });
    body.text("side", side_word(order.side, ["BUY", "SELL"]));
    body.text("symbol", terms.instrument.symbol.as_bytes());
    body.text("timeInForce", tif);
    body.number("timestamp", terms.at);
    body.text("type", kind);
    body.signature("signature");
    Ok(())
}

fn cancel(id: &[u8], terms: &Terms<'_>, body: &mut Body<'_>) -> Result<(), EncodeError> {
    open(body, &[b"c", id], "order.cancel", terms.session);
    body.text("origClientOrderId", id);
    body.number("recvWindow", u64::from(terms.session.recv_window_ms));
    body.text("symbol", terms.instrument.symbol.as_bytes());
    body.number("timestamp", terms.at);
    body.signature("signature");
    Ok(())
}

fn open(body: &mut Body<'_>, id: &[&[u8]], method: &str, session: &Session) {
    body.raw(&[b"{\"id\":\""]);
    body.raw(id);
    body.raw(&[b"\",\"method\":\"", method.as_bytes(), b"\",\"params\":{\"apiKey\":\""]);
    body.escaped(session.key.as_bytes());
    body.raw(&[b"\""]);
    body.sign(session, &[b"apiKey=", session.key.as_bytes()]);
}

/// Spot's user stream is a signed subscription of the WebSocket API ("Subscribe to User Data Stream through signature
/// subscription"). Trade links sign each request and need no log-in.
fn encode_login(role: Role, session: &Session, wall: Ns, out: &mut Vec<Vec<u8>>) {
    if role == Role::Private {
        let mut frame = Vec::new();
        let mut body = Body::new(&mut frame);
        open(&mut body, &[LOGIN_ID], "userDataStream.subscribe.signature", session);
        body.number("recvWindow", u64::from(session.recv_window_ms));
        body.number("timestamp", server_ms(session, wall));
        body.signature("signature");
        body.raw(&[b"}}"]);
        out.push(frame);
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

static ASKING: Asking = Asking { question, kinds: ["", ""], sign };

/// "Order book", "Query order", "Current open orders", "Account trade list", "Account information" (spot); the same names and
/// "Futures Account Balance V3", "Position Information V3" (USDT-M).
const fn question(product: Product, query: &Query) -> Question {
    use Param::{Client, Levels, LevelsOf, Number, RecentOrFrom, SinceOrFrom, Symbol, VenueId};
    const NONE: &[Param] = &[];
    const SYMBOL: Param = Symbol("symbol");
    const ONE: &[Param] = &[SYMBOL, Client("origClientOrderId"), VenueId("orderId")];
    // The venue refuses the two together.
    const FILLS: &[Param] = &[SYMBOL, SinceOrFrom("startTime", "fromId"), Number("limit", FILLS_PAGE)];
    // Linear tells of seven days behind the start, not up to now.
    const RECENT: &[Param] =
        &[SYMBOL, RecentOrFrom("startTime", 7 * 24 - 1, "fromId"), Number("limit", FILLS_PAGE)];
    const MOVES: &[Param] = &[SinceOrFrom("startTime", "startTime"), Number("limit", FILLS_PAGE)];
    const SPOT_DEPTH: &[Param] = &[SYMBOL, Levels("limit", 5000)];
    const DEPTH: &[Param] = &[SYMBOL, LevelsOf("limit", &[5, 10, 20, 50, 100, 500, 1000])];
    let (paths, params) = match query {
        Query::Snapshot { .. } if matches!(product, Product::Spot) => (["/api/v3/depth", ""], SPOT_DEPTH),
        Query::Snapshot { .. } => (["", "/fapi/v1/depth"], DEPTH),
        Query::Order { .. } | Query::VenueOrder { .. } => (["/api/v3/order", "/fapi/v1/order"], ONE),
        Query::OpenOrders => (["/api/v3/openOrders", "/fapi/v1/openOrders"], NONE),
        Query::Fills { .. } if matches!(product, Product::Spot) => (["/api/v3/myTrades", ""], FILLS),
        Query::Fills { .. } => (["", "/fapi/v1/userTrades"], RECENT),
        Query::Balances => (["/api/v3/account", "/fapi/v3/balance"], NONE),
        Query::Moves { .. } => (["", "/fapi/v1/income"], MOVES),
        Query::Positions => (["", "/fapi/v3/positionRisk"], NONE),
    };
    (product_word(product, paths), params)
}

/// The query string is signed as it is sent.
fn sign(mut request: Request<'_>, session: &Session, wall: Ns) {
    request.number("recvWindow", u64::from(session.recv_window_ms));
    request.number("timestamp", server_ms(session, wall));
    let signature = session.secret.hex(request.query());
    request.text("signature", &signature);
    request.finish(&[("X-MBX-APIKEY", session.key.as_bytes())]);
}

static ANSWERING: Answering = Answering {
    open: answered,
    // "Order does not exist" is an answer, not a refusal.
    absent: |status, reject| status == 400 && reject.code.as_bytes() == b"-2013",
    book: snapshot,
    order: |place, row, out| order(place, None, row, out),
    fills: Pages { row: fill, full: FILLS_PAGE, next: |_, newest, _| newest.saturating_add(1) },
    moves: Some(Pages {
        row: |place, row, out| read_move(&INCOME, place, row, out),
        full: FILLS_PAGE,
        next: |_, newest, _| newest,
    }),
    position,
    balance,
    orders_max: usize::MAX,
    positions_max: usize::MAX,
};

/// Answers have no envelope, but for spot's balances: `{"makerCommission":15,...,"updateTime":123456789,"balances":[..]}`.
fn answered<'a>(product: Product, query: &Query, status: u16, body: &'a [u8]) -> Opened<'a> {
    let mut reader = Reader::new(body);
    if status != 200 {
        let refused = refusal(product, status, &mut reader).and_then(|found| reader.end().map(|()| found));
        let silent = [(403, RateLimited), (418, Banned), (429, RateLimited)];
        return Ok(Err(refused.unwrap_or_else(|_| by_status(&silent, status, body))));
    }
    let sent = Field { name: "updateTime", value: Value::Absent };
    let [sent, data] = match query {
        Query::Balances if product == Spot => {
            read!(reader; sent "updateTime", data "balances");
            sent.millis()?;
            [sent, data]
        }
        _ => [sent, Field { name: "body", value: reader.value()? }],
    };
    reader.end()?;
    // An empty list is no answer about one order or book.
    if let Query::Order { .. } | Query::VenueOrder { .. } | Query::Snapshot { .. } = query {
        data.object()?;
    }
    Ok(Ok(Served { data, sent, further: false }))
}
