//! Bybit v5, spot and linear: two rows of one venue. Private and trade links serve both products, so private messages are read by
//! the `category` they carry. Knows nothing of sockets or order state. Document: bybit-exchange.github.io/docs/v5; the names in
//! quotes are its headings.

use super::prelude::*;

const VENUE: Venue = Venue::Bybit;
/// The venue's words for spot and linear.
const CATEGORIES: [&str; 2] = ["spot", "linear"];
const PRODUCTS: &[(Option<Product>, &str)] =
    &[(Some(Spot), "spot"), (Some(Linear), "linear"), (None, "inverse option combination")];
/// Rows of one page of orders, fills, positions, movements: the most each list gives.
const PAGES: [usize; 4] = [50, 100, 200, 50];
/// How long an authentication request stays valid, ms; it must lie in the future when it arrives.
const AUTH_MS: u64 = 10_000;

pub(super) static SPOT: Codec = Codec {
    venue: VENUE,
    product: Spot,
    wallet: Wallet::Unified,
    seq_rule: SeqRule::Increment,
    resync: Resync::Resubscribe,
    // "Rate Limit", order/create: per second and UID.
    order_budget: OrderBudget { orders: 20, window: 1_000_000_000 },
    contracts: false,
    decode: |ctx, bytes, out| channel::decode(&DIALECT, ctx, bytes, out),
    ordering: &ORDERING,
    login,
    topics: &TOPICS,
    asking: &ASKING,
    answering: &ANSWERING,
};

pub(super) static LINEAR: Codec =
    Codec { order_budget: OrderBudget { orders: 10, window: 1_000_000_000 }, product: Linear, ..SPOT };

/// "Error Codes": 110000 and above are linear's, 170000 and above spot's.
const ERRORS: &[Meaning] = &[
    (ReduceOnly, "reduce", &[10001]),
    (Filter, "qty", &[10001]),
    (Filter, "Qty", &[10001]),
    (Filter, "price", &[10001]),
    (Timestamp, "", &[10002]),
    (Auth, "", &[10003, 10004, 10005, 10007, 10010, 10024, 10027]),
    (RateLimited, "", &[429, 10006, 10018, 10403, 10429]),
    (Banned, "", &[10009]),
    (Maintenance, "", &[10019]),
    (OutcomeUnknown, "", &[10000, 10016, 170_007, 170_146]),
    // 20006: the request id is the client id, so a used one means that this request was taken before.
    (DuplicateClientId, "", &[20006, 110_072, 170_141]),
    (UnknownOrder, "", &[110_001, 170_213]),
    (UnknownSymbol, "symbol", &[10001, 10029]),
    (UnknownSymbol, "", &[170_121]),
    (AlreadyDone, "", &[110_008, 110_010, 170_139, 170_142, 170_143]),
    (InsufficientFunds, "", &[110_004, 110_007, 110_012, 110_045, 170_131]),
    (ReduceOnly, "reduce-only", &[110_017]),
    (Filter, "", &[110_003, 110_017, 110_020, 110_094, 170_124, 170_132, 170_133, 170_134, 170_136, 170_137]),
    (Filter, "", &[170_140, 170_193, 170_194, 170_810]),
    (PostOnlyWouldTake, "", &[170_218]),
];

/// "Orderbook": `{"topic":"orderbook.50.BTCUSDT","ts":1787612486116,"type":"delta","data":{"s":"BTCUSDT",
///   "b":[["78715","1.271882"]],"a":[["78748.5","0"]],"u":217107085,"seq":113099229629},"cts":1787612486108}`. An update id
/// of 1 means that the service restarted: whatever the type says, it replaces the book.
static DIALECT: Dialect = Dialect {
    venue: VENUE,
    words: Words {
        stream: "topic",
        kind: "type",
        update: b"delta",
        books: b"orderbook",
        single: true,
        seq: "u",
        restart: Some(1),
        ..channel::ARG
    },
    book,
    push,
    answer: socket_reply,
};

const BOOK: BookWords =
    BookWords { symbol: "s", bids: "b", asks: "a", last: "u", time: "cts", ..BookWords::NONE };

/// The stream's `data`, and "Get Orderbook", which has `cts` in it. There `u` counts the 1000-level stream, so it can check the
/// levels of a book but not continue a stream of another depth.
fn book(instrument: &Instrument, reader: &mut Reader<'_>, out: &mut EventBuf) -> Read<Depth> {
    let same = |symbol: &[u8]| {
        if symbol == instrument.symbol.as_bytes() { Ok(instrument) } else { Err(DecodeError::Field("s")) }
    };
    let book = read_book(&BOOK, None, same, reader, out)?;
    let (id, time) = (book.last.number()?, book.time.present().map_or(Ok(0), |time| time.millis())?);
    book.depth(DeltaKind::Snapshot, [id, id, 0], time)
}

/// "Trade": `{"topic":"publicTrade.BTCUSDT","ts":1690720953113,"type":"snapshot","data":[{"i":"2200000000067341890",
///   "T":1690720953111,"p":"3.6279","v":"1.3637","S":"Sell","s":"BTCUSDT","BT":false}]}`; `S` is the taker's side.
fn push(ctx: &Context<'_>, push: &Push<'_>, out: &mut EventBuf) -> Read<()> {
    let place = Place { ctx, product: None, sent: push.sent, live: true, client: None };
    let rows = push.data.array();
    // `order.linear` is the one-category form of `order`; the fast form of executions leaves out too much.
    match push.arg.channel {
        b"publicTrade" => rows?.rows(|row| {
            read!(row; symbol "s", side "S", px "p", qty "v", time "T");
            push_trade(channel::instrument(VENUE, ctx, symbol.text()?)?, side.side()?, [px, qty, time], out)
        }),
        b"order" => rows?.rows(|row| order(&place, row, out).map(drop)),
        b"execution" if push.arg.symbol != b"fast" => rows?.rows(|row| execution(&place, row, out).map(drop)),
        b"position" => rows?.rows(|row| position(&place, row, out)),
        b"wallet" => rows?.rows(|row| wallet(&place, row, out)),
        _ => Err(DecodeError::UnknownMessage),
    }
    .map(drop)
}

/// The instrument of a row: of its own category in the stream, of the product asked for in a list.
fn tracked<'c>(place: &Place<'c>, category: Field<'_>, symbol: Field<'_>) -> Read<Option<&'c Instrument>> {
    let product = place.product.map_or_else(|| category.among(PRODUCTS), |product| Ok(Some(product)))?;
    place.tracked(VENUE, product, symbol)
}

/// "Order": `{"category":"linear","symbol":"BTCUSDT","orderId":"c1956690-b731","orderLinkId":"","side":"Sell","price":"4.033",
///   "orderStatus":"Filled","rejectReason":"EC_NoError","qty":"1.7","cumExecQty":"1.7","updatedTime":"1733778525917"}`
fn order(place: &Place<'_>, row: &mut Reader<'_>, out: &mut EventBuf) -> Read<Option<ClientRef>> {
    read!(row; category "category", symbol "symbol", venue_id "orderId", link_id "orderLinkId", way "side",
        state "orderStatus", reason "rejectReason", px "price", qty "qty", filled "cumExecQty", time "updatedTime",
        made "createType");
    let Some(instrument) = tracked(place, category, symbol)? else { return Ok(None) };
    let (side, reason) = (way.side()?, reason.text_unless(b"EC_NoError")?);
    // "createType": what liquidation, takeover and deleveraging make is nobody's order; a position's stop is none until it triggers.
    let made = made.text_or_empty()?;
    let by = |words: [&[u8]; 3]| words.iter().any(|own| made.starts_with(own));
    let waits = matches!(state.text()?, b"Untriggered" | b"Deactivated");
    if waits && by([b"CreateByStopLoss", b"CreateByTakeProfit", b"CreateByTrailing"]) {
        return Ok(None);
    }
    let forced = by([b"CreateByLiq", b"CreateByAdl", b"CreateByTakeOver"]);
    let client = if forced { ClientRef::Venue } else { link_id.client()? };
    // An IOC or FOK remainder is `Cancelled` with a reason of its own.
    let status = match state.state(&STATES)? {
        VenueStatus::Cancelled if reason.starts_with(b"EC_NoImmediateQtyToFill") => VenueStatus::Expired,
        status => status,
    };
    OrderRow { client, venue_id, side, status, qty, filled, px, time, reason }.push(instrument, out)
}

const GONE: &str = "Cancelled PartiallyFilledCanceled Deactivated";
/// "orderStatus" of the enum page.
const STATES: [&str; 6] = ["New Untriggered Triggered", "PartiallyFilled", "Filled", GONE, "Rejected", ""];
const EXECUTIONS: &[(Option<bool>, &str)] = &[
    (Some(false), "Trade BlockTrade"),
    (Some(true), "AdlTrade BustTrade"),
    (None, "Funding Settle Delivery SessionSettlePnL MovePosition FutureSpread"),
];

/// "Execution": `{"category":"linear","symbol":"XRPUSDT","execFee":"0.005061","execId":"7e2ae69c-4edf","execPrice":"0.3374",
///   "execQty":"25","execType":"Trade","isMaker":false,"orderId":"f6e324ff-99c2","orderLinkId":"","side":"Sell",
///   "execTime":"1672364174443"}`. Pages go by the time, ms. Funding and settlement move no quantity and are not fills.
fn execution(place: &Place<'_>, row: &mut Reader<'_>, out: &mut EventBuf) -> Read<u64> {
    read!(row; category "category", symbol "symbol", trade_id "execId", venue_id "orderId", link_id "orderLinkId",
        way "side", px "execPrice", qty "execQty", fee "execFee", currency "feeCurrency", maker "isMaker",
        time "execTime", kind "execType");
    let ms = time.uint()?;
    // Whether the venue traded by itself; none of a trade.
    let Some(forced) = kind.among(EXECUTIONS)? else {
        out.events.push(Event::Moved);
        return Ok(ms);
    };
    let Some(instrument) = tracked(place, category, symbol)? else { return Ok(ms) };
    let client = if forced { ClientRef::Venue } else { link_id.client()? };
    let (side, maker, fee) = (way.side()?, maker.flag()?, fee.money()?);
    // Linear fees are in the settlement coin; where spot does not name the coin, one pays in what one received.
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
static LOG: MoveWords = MoveWords {
    venue: VENUE,
    wallet: Wallet::Unified,
    names: ["id", "symbol", "type", "change", "currency", "transactionTime"],
    kinds: ["TRADE LIQUIDATION ADL DELIVERY", "SETTLEMENT", "TRANSFER_IN TRANSFER_OUT"],
    by: By::Time,
};

/// "Position": `{"positionIdx":0,"symbol":"XRPUSDT","side":"Buy","size":"75","entryPrice":"0.3615","leverage":"10",
///   "stopLoss":"","updatedTime":"1672364174449","category":"linear"}`; REST says `avgPrice`. The side is empty when flat. Only
/// one-way mode is traded: a hedge-mode position that is not flat is refused.
fn position(place: &Place<'_>, row: &mut Reader<'_>, out: &mut EventBuf) -> Read<()> {
    read!(row; category "category", symbol "symbol", way "side", size "size", entry "entryPrice" | "avgPrice",
        index "positionIdx", stop "stopLoss", time "updatedTime");
    let Some(instrument) = tracked(place, category, symbol)? else { return Ok(()) };
    let (size, hedge) = (size.amount(instrument)?, index.uint()? != 0);
    let qty = match way.text()? {
        _ if hedge && size == Money::ZERO => return Ok(()),
        _ if hedge => return Err(DecodeError::Field(index.name)),
        b"" | b"None" if size == Money::ZERO => size,
        b"Buy" => size,
        b"Sell" => size.negated(),
        _ => return Err(DecodeError::Field(way.name)),
    };
    entry.plain()?;
    push_position(out, instrument, qty, entry, time.millis()?)?;
    told_backstop(out, instrument, stop)
}

/// "Wallet", "Get Wallet Balance": `{"topic":"wallet","creationTime":1700034722104,"data":[{"accountType":"UNIFIED","coin":[{
///   "coin":"BTC","walletBalance":"0.00102964","locked":"0"}]}]}`. `locked` is held by spot orders and part of `walletBalance`.
fn wallet(place: &Place<'_>, row: &mut Reader<'_>, out: &mut EventBuf) -> Read<()> {
    let (venue_ns, [coins]) = (place.sent.millis()?, row.fields(["coin"])?);
    let coin = |row: &mut Reader<'_>| {
        read!(row; name "coin", total "walletBalance", locked "locked");
        push_total(out, Wallet::Unified, name, (total, locked), venue_ns)
    };
    coins.array()?.rows(coin).map(drop)
}

/// "Connect", "Websocket Trade Guideline": `{"success":true,"ret_msg":"subscribe","conn_id":"..","req_id":"1","op":"subscribe"}` (public
/// and private), `{"reqId":"..","retCode":0,"retMsg":"OK","op":"order.create","data":{"orderId":".."},"header":{..}}` (trade),
/// `{"op":"pong","args":["1675418560633"]}` (private) and `{"success":true,"ret_msg":"pong",..,"op":"ping"}`.
fn socket_reply(reader: &mut Reader<'_>, out: &mut EventBuf) -> Read<()> {
    read!(reader; op "op", success "success", message "ret_msg", code "retCode", words "retMsg", id "reqId", data "data");
    let op = op.text()?;
    if matches!(op, b"ping" | b"pong") {
        out.events.push(Event::Session(SessionNote::Pong));
        return Ok(());
    }
    let refusal = match success.value {
        Value::Bool(true) => None,
        // These refusals carry no code, only words.
        Value::Bool(false) if op == b"auth" => Some(VenueReject::new(Auth, b"", message.text()?)),
        Value::Bool(false) => Some(VenueReject::new(RejectClass::Other, b"", message.text()?)),
        _ if code.is_absent() => return Err(DecodeError::Missing(success.name)),
        _ => refusal(ERRORS, code, words)?,
    };
    match (op, refusal) {
        (b"auth", _) => session_note(b"login", refusal, out),
        (b"subscribe" | b"unsubscribe", _) => session_note(op, refusal, out),
        (_, Some(reject)) => order_reply(id.text()?, Err(reject), out),
        (_, None) => {
            let [venue_id] = data.object()?.fields(["orderId"])?;
            order_reply(id.text()?, Ok(venue_id), out)
        }
    }
}

/// "Place Order", "Cancel Order": `{"reqId":"..","header":{"X-BAPI-TIMESTAMP":"..","X-BAPI-RECV-WINDOW":".."},
///   "op":"order.create","args":[{"category":"linear","symbol":"BTCUSDT","side":"Buy","orderType":"Limit","qty":"0.01",
///   "price":"60000","timeInForce":"IOC","orderLinkId":".."}]}`. An authenticated link needs no signature per order.
#[rustfmt::skip]
static ORDERING: Ordering = {
    use Member::{Client, LinearNumber, Lots, Price, ReduceFlag, Side, Style, Symbol, Word};
    const CATEGORY: Member = Word("category", CATEGORIES);
    const SYMBOL: Member = Symbol("symbol");
    const KIND: Member = Style("orderType", [["Limit", "Limit", "Limit", "Limit", "Market"]; 2]);
    const TIF: Member = Style("timeInForce", [["GTC", "IOC", "FOK", "PostOnly", ""]; 2]);
    // A spot market buy counts in quote coin unless told otherwise.
    const UNIT: Member = Style("marketUnit", [["", "", "", "", "baseCoin"], [""; 5]]);
    const PLACE: &[Member] = &[
        CATEGORY, SYMBOL, Side("side", ["Buy", "Sell"]), KIND, Lots("qty"), Price("price"), TIF, UNIT,
        LinearNumber("positionIdx", 0), ReduceFlag("reduceOnly"), Client("orderLinkId"),
    ];
    Ordering {
        head,
        place: ("order.create", PLACE),
        cancel: ("order.cancel", &[CATEGORY, SYMBOL, Client("orderLinkId")]),
        close: b"}]}",
    }
};

/// A repeated reqId is refused for as long as the connection lives, and a cancel is repeated until it works.
fn head(op: &str, terms: &Terms<'_>, body: &mut Body<'_>) -> Result<(), EncodeError> {
    body.raw(&[b"{\"reqId\":\"", terms.prefix(), terms.id]);
    if terms.order.is_none() {
        body.digits(terms.at);
    }
    body.raw(&[b"\",\"header\":{\"X-BAPI-TIMESTAMP\":\""]);
    body.digits(terms.at);
    body.raw(&[b"\",\"X-BAPI-RECV-WINDOW\":\""]);
    body.digits(u64::from(terms.session.recv_window_ms));
    body.raw(&[b"\"},\"op\":\"", op.as_bytes(), b"\",\"args\":[{"]);
    Ok(())
}

/// `{"req_id":"login","op":"auth","args":["key",1662350400000,"signature"]}` (trade: `reqId`), over `GET/realtime` + expires.
fn login(role: Role, session: &Session, wall: Ns, frame: &mut Vec<u8>) {
    let id_name: &[u8] = match role {
        Role::Private => b"req_id",
        Role::Trade => b"reqId",
        Role::Public | Role::Rest => return,
    };
    let expires = server_ms(session, wall) + AUTH_MS;
    frame.extend([b"{\"", id_name, b"\":\"login\",\"op\":\"auth\",\"args\":[\""].concat());
    push_json(frame, session.key.as_bytes());
    let signature = session.secret.hex(format!("GET/realtime{expires}").as_bytes());
    for part in [b"\",", expires.to_string().as_bytes(), b",\"", &signature, b"\"]}"] {
        frame.extend_from_slice(part);
    }
}

/// "Connect". Spot takes no more than ten topics in a request; the private ones are all-in-one: both products.
static TOPICS: Topics = Topics {
    book: [r#""orderbook.50.*""#; 2],
    trades: [r#""publicTrade.*""#; 2],
    account: &[r#""order""#, r#""execution""#, r#""position""#, r#""wallet""#],
    verbs: ["subscribe", "unsubscribe"],
    frame: r#"{"req_id":"%","op":"!","args":[*]}"#,
    names_max: 10,
};

/// "Set Trading Stop": one stop for the whole position, by an order of the venue's own; 0 takes it away.
const BACKSTOP: &str = r##"{"category":"linear","symbol":"*","tpslMode":"Full","positionIdx":0,"stopLoss":"#","slTriggerBy":"LastPrice","slOrderType":"Market"}"##;

/// Fills come newest first: a further page ends where the last one stopped. Linear lists want a symbol or a settlement coin; ours
/// all settle in USDT.
static ASKING: Asking = {
    use Param::{Client, From, Kind, Levels, Number, OfLinear, Recent, Symbol, VenueId, Word};
    const CATEGORY: Param = Kind("category", CATEGORIES);
    const SYMBOL: Param = Symbol("symbol");
    const SETTLED: Param = OfLinear("settleCoin", "USDT");
    const UNIFIED: Param = Word("accountType", "UNIFIED");
    const ONE: &[Param] = &[CATEGORY, SYMBOL, Client("orderLinkId"), VenueId("orderId")];
    // Both lists tell of seven days behind the start, not up to now.
    const SINCE: Param = Recent("startTime", 7 * 24 - 1);
    const FILLS: &[Param] = &[CATEGORY, SYMBOL, SINCE, From("endTime"), Number("limit", PAGES[1])];
    const MOVES: &[Param] = &[UNIFIED, SINCE, From("endTime"), Number("limit", PAGES[3])];
    Asking {
        snapshot: [("/v5/market/orderbook", &[CATEGORY, SYMBOL, Levels("limit", 200)]); 2],
        order: [("/v5/order/realtime", ONE); 2],
        open_orders: [("/v5/order/realtime", &[CATEGORY, SETTLED, Number("limit", PAGES[0])]); 2],
        fills: [("/v5/execution/list", FILLS); 2],
        balances: [("/v5/account/wallet-balance", &[UNIFIED]); 2],
        positions: ("/v5/position/list", &[CATEGORY, SETTLED, Number("limit", PAGES[2])]),
        moves: [("/v5/account/transaction-log", MOVES); 2],
        backstop: Some(("/v5/position/trading-stop", BACKSTOP)),
        sign,
    }
};

/// The signature covers timestamp, key, window and the query string or body as sent.
fn sign(request: Request<'_>, session: &Session, wall: Ns) {
    let (time, window) = (server_ms(session, wall).to_string(), session.recv_window_ms.to_string());
    let payload = [time.as_bytes(), session.key.as_bytes(), window.as_bytes(), request.payload()].concat();
    request.finish(&[
        ("X-BAPI-API-KEY", session.key.as_bytes()),
        ("X-BAPI-TIMESTAMP", time.as_bytes()),
        ("X-BAPI-RECV-WINDOW", window.as_bytes()),
        ("X-BAPI-SIGN", &session.secret.hex(&payload)),
    ]);
}

static ANSWERING: Answering = Answering {
    open,
    // The list is empty where there is no such order.
    absent: |_, _| false,
    book,
    order,
    fill: execution,
    fills: Pages { full: PAGES[1], next },
    moves: [Some((&LOG, Pages { full: PAGES[3], next })); 2],
    position,
    balance: wallet,
    rows_max: [PAGES[0], PAGES[2]],
};

/// The page ends with the time of its last row; one that did not get past it takes a step.
fn next(oldest: u64, _: u64, from: Option<u64>) -> u64 {
    oldest.saturating_sub(u64::from(from == Some(oldest)))
}

/// "Integration Guidance": `{"retCode":0,"retMsg":"OK","result":{..},"retExtInfo":{},"time":1684765770483}`. Business errors come
/// with HTTP 200 and a `retCode`; 403 is "access too frequent", which asks for ten minutes of silence.
fn open<'a>(_: Product, query: &Query, status: u16, body: &'a [u8]) -> Opened<'a> {
    if status != 200 {
        return Ok(Err(by_status(&[(403, Banned), (429, RateLimited)], status, body)));
    }
    let mut reader = Reader::new(body);
    read!(reader; code "retCode", message "retMsg", result "result", sent "time");
    reader.end()?;
    let whole = |data| Ok(Ok(Served { data, sent, further: false }));
    match (code.int()?, query) {
        // 34040: "not modified", it stands like that already. A position that is gone has no stop.
        (0, Query::Snapshot { .. }) | (0 | 34040, Query::Backstop { .. }) => whole(result),
        (10001, Query::Backstop { px: None, .. }) if contains(message.text()?, "zero position") => {
            whole(result)
        }
        (0, _) => {
            read!(result.object()?; data "list", cursor "nextPageCursor");
            Ok(Ok(Served { data, sent, further: cursor.present().is_some() }))
        }
        (code, _) => Ok(Err(VenueReject::of(ERRORS, code, message.text()?))),
    }
}
