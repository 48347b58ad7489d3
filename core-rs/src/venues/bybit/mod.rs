//! Bybit v5, spot and linear: two rows of one venue. Private and trade links serve both products, so private messages are read by
//! the `category` they carry. Knows nothing of sockets or order state. Document: bybit-exchange.github.io/docs/v5; the names in
//! quotes are its headings.

mod account;

use super::prelude::*;
use account::{LOG, execution, order, position, wallet};

const VENUE: Venue = Venue::Bybit;
/// The venue's words for spot and linear.
const CATEGORIES: [&str; 2] = ["spot", "linear"];
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
    tells_moves: true,
    decode: |ctx, bytes, out| channel::decode(&DIALECT, ctx, bytes, out),
    ordering: &ORDERING,
    encode_login,
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
        best: None,
        seq: "u",
        restart: Some(1),
    },
    book: |instrument, reader, out| {
        let book = read_book(&BOOK, None, |symbol| same(instrument, symbol), reader, out)?;
        let id = book.last.number()?;
        Ok(book.depth(DeltaKind::Snapshot, [id, id, 0], 0))
    },
    push,
    answer: socket_reply,
};

const BOOK: BookWords =
    BookWords { symbol: "s", bids: "b", asks: "a", first: "", last: "u", prev: "", time: "ts" };

/// What a book says that it is of has to be what it was asked for, or what its topic says.
fn same<'c>(asked: &'c Instrument, symbol: &[u8]) -> Read<&'c Instrument> {
    if symbol == asked.symbol.as_bytes() { Ok(asked) } else { Err(DecodeError::Field("s")) }
}

/// "Get Orderbook": as the stream's `data`, with `ts` and `cts`. Its `u` counts the 1000-level stream, so it can check the levels of
/// a book but not continue a stream of another depth.
fn snapshot(asked: &Instrument, reader: &mut Reader<'_>, out: &mut EventBuf) -> Read<Depth> {
    let [matched] = reader.clone().fields(["cts"])?;
    let book = read_book(&BOOK, None, |symbol| same(asked, symbol), reader, out)?;
    let (id, time) = (book.last.number()?, book.time.millis()?);
    let time = matched.present().map_or(Ok(time), |matched| matched.millis())?;
    Ok(book.depth(DeltaKind::Snapshot, [id, id, 0], time))
}

/// "Trade": `{"topic":"publicTrade.BTCUSDT","ts":1690720953113,"type":"snapshot","data":[{"i":"2200000000067341890",
///   "T":1690720953111,"p":"3.6279","v":"1.3637","S":"Sell","s":"BTCUSDT","BT":false}]}`; `S` is the taker's side.
fn push(ctx: &Context<'_>, push: &Push<'_>, out: &mut EventBuf) -> Read<()> {
    let place = Place { ctx, product: None, sent: push.sent, live: true };
    // `order.linear` is the one-category form of `order`; the fast form of executions leaves out too much.
    match push.arg.channel {
        b"publicTrade" => push.data.array()?.rows(|row| {
            read!(row; symbol "s", side "S", px "p", qty "v", time "T");
            push_trade(channel::instrument(VENUE, ctx, symbol.text()?)?, [px, qty, side, time], out)
        })?,
        b"order" => push.data.array()?.rows(|row| order(&place, row, out).map(drop))?,
        b"execution" if push.arg.symbol != b"fast" => {
            push.data.array()?.rows(|row| execution(&place, row, out).map(drop))?
        }
        b"position" => push.data.array()?.rows(|row| position(&place, row, out))?,
        b"wallet" => push.data.array()?.rows(|row| wallet(&place, row, out))?,
        _ => return Err(DecodeError::UnknownMessage),
    };
    Ok(())
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
    let refusal = match (success.is_absent(), code.is_absent()) {
        (false, true) if success.flag()? => None,
        // These refusals carry no code, only words.
        (false, true) => {
            let class = if op == b"auth" { Auth } else { RejectClass::Other };
            Some(VenueReject::new(class, b"", message.text()?))
        }
        (true, false) => refusal(ERRORS, code, words)?,
        _ => return Err(DecodeError::Missing(success.name)),
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
static ORDERING: Ordering = Ordering { place, cancel, close: b"}]}" };

fn place(order: &PlaceOrder, terms: &Terms<'_>, body: &mut Body<'_>) -> Result<(), EncodeError> {
    let (id, spot) = (order.client_id.as_bytes(), terms.instrument.product == Spot);
    let tif = tif_word(order.tif, ["GTC", "IOC", "FOK", "PostOnly"]);
    // A spot market buy counts in quote coin unless told otherwise.
    let (kind, tif, unit) = match order.kind {
        OrderKind::Limit => ("Limit", tif, ""),
        OrderKind::Market => ("Market", "", if spot { "baseCoin" } else { "" }),
    };
    begin(body, id, "order.create", terms);
    body.text("side", side_word(order.side, ["Buy", "Sell"]));
    body.text("orderType", kind);
    body.lots("qty", terms);
    body.price("price", terms);
    body.text("timeInForce", tif);
    body.text("marketUnit", unit);
    body.raw(&[if spot { b"" } else { b",\"positionIdx\":0" }]);
    body.raw(&[if !spot && order.reduce_only { b",\"reduceOnly\":true" } else { b"" }]);
    body.text("orderLinkId", id);
    Ok(())
}

/// A repeated reqId is refused for as long as the connection lives, and a cancel is repeated until it works.
fn cancel(id: &[u8], terms: &Terms<'_>, body: &mut Body<'_>) -> Result<(), EncodeError> {
    let mut request = [b"c", id].concat();
    push_uint(&mut request, terms.at);
    begin(body, &request, "order.cancel", terms);
    body.text("orderLinkId", id);
    Ok(())
}

fn begin(body: &mut Body<'_>, id: &[u8], op: &str, terms: &Terms<'_>) {
    body.raw(&[b"{\"reqId\":\"", id, b"\",\"header\":{\"X-BAPI-TIMESTAMP\":\""]);
    body.digits(terms.at);
    body.raw(&[b"\",\"X-BAPI-RECV-WINDOW\":\""]);
    body.digits(u64::from(terms.session.recv_window_ms));
    let category = product_word(terms.instrument.product, CATEGORIES).as_bytes();
    body.raw(&[b"\"},\"op\":\"", op.as_bytes(), b"\",\"args\":[{\"category\":\"", category, b"\""]);
    body.text("symbol", terms.instrument.symbol.as_bytes());
}

/// `{"req_id":"login","op":"auth","args":["key",1662350400000,"signature"]}`, the signature over `GET/realtime` + expires.
/// The trade link spells the id `reqId`.
fn encode_login(role: Role, session: &Session, wall: Ns, out: &mut Vec<Vec<u8>>) {
    let id_name: &[u8] = match role {
        Role::Private => b"req_id",
        Role::Trade => b"reqId",
        Role::Public | Role::Rest => return,
    };
    let mut payload = b"GET/realtime".to_vec();
    push_uint(&mut payload, server_ms(session, wall) + AUTH_MS);
    let mut frame = [b"{\"", id_name, b"\":\"login\",\"op\":\"auth\",\"args\":[\""].concat();
    push_json(&mut frame, session.key.as_bytes());
    for part in [b"\",", &payload[b"GET/realtime".len()..], b",\"", &session.secret.hex(&payload), b"\"]}"] {
        frame.extend_from_slice(part);
    }
    out.push(frame);
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

static ASKING: Asking = Asking { question, kinds: CATEGORIES, sign };

/// Fills come newest first: a further page ends where the last one stopped. Linear lists want a symbol or a settlement coin; ours
/// all settle in USDT.
const fn question(product: Product, query: &Query) -> Question {
    use Param::{Client, From, Kind, Levels, Number, Recent, Symbol, VenueId, Word};
    const CATEGORY: Param = Kind("category");
    const SYMBOL: Param = Symbol("symbol");
    const SETTLED: Param = Word("settleCoin", "USDT");
    const ORDERS: Param = Number("limit", PAGES[0]);
    const POSITIONS: Param = Number("limit", PAGES[2]);
    // Both lists tell of seven days behind the start, not up to now.
    const SINCE: Param = Recent("startTime", 7 * 24 - 1);
    const FILLS: &[Param] = &[CATEGORY, SYMBOL, SINCE, From("endTime"), Number("limit", PAGES[1])];
    const MOVES: &[Param] =
        &[Word("accountType", "UNIFIED"), SINCE, From("endTime"), Number("limit", PAGES[3])];
    match (product, query) {
        (_, Query::Snapshot { .. }) => ("/v5/market/orderbook", &[CATEGORY, SYMBOL, Levels("limit", 200)]),
        (_, Query::Order { .. } | Query::VenueOrder { .. }) => {
            ("/v5/order/realtime", &[CATEGORY, SYMBOL, Client("orderLinkId"), VenueId("orderId")])
        }
        (Spot, Query::OpenOrders) => ("/v5/order/realtime", &[CATEGORY, ORDERS]),
        (Linear, Query::OpenOrders) => ("/v5/order/realtime", &[CATEGORY, SETTLED, ORDERS]),
        (_, Query::Fills { .. }) => ("/v5/execution/list", FILLS),
        (_, Query::Moves { .. }) => ("/v5/account/transaction-log", MOVES),
        (_, Query::Balances) => ("/v5/account/wallet-balance", &[Word("accountType", "UNIFIED")]),
        (_, Query::Positions) => ("/v5/position/list", &[CATEGORY, SETTLED, POSITIONS]),
    }
}

/// The signature covers timestamp, key, window and the query string as sent.
fn sign(request: Request<'_>, session: &Session, wall: Ns) {
    let (time, window) = (server_ms(session, wall).to_string(), session.recv_window_ms.to_string());
    let payload = [time.as_bytes(), session.key.as_bytes(), window.as_bytes(), request.query()].concat();
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
    book: snapshot,
    order,
    fills: Pages { row: execution, full: PAGES[1], next },
    moves: Some(Pages { row: |place, row, out| read_move(&LOG, place, row, out), full: PAGES[3], next }),
    position,
    balance: wallet,
    orders_max: PAGES[0],
    positions_max: PAGES[2],
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
    match (code.int()?, query) {
        (0, Query::Snapshot { .. }) => Ok(Ok(Served { data: result, sent, further: false })),
        (0, _) => {
            read!(result.object()?; data "list", cursor "nextPageCursor");
            Ok(Ok(Served { data, sent, further: cursor.present().is_some() }))
        }
        (code, _) => Ok(Err(VenueReject::of(ERRORS, code, message.text()?))),
    }
}
