//! Bitget v2 (classic account), spot and USDT-M futures: two rows of one venue. All quantities are base coin; private and trade
//! links serve both products. Knows nothing of sockets or order state. Document: www.bitget.com/docs/classic; the names in
//! quotes are its headings.

use super::passphrase::{self, envelope, login, sign};
use super::prelude::*;

const VENUE: Venue = Venue::Bitget;
/// Rows of one page, the most each list gives.
const PAGE: usize = 100;
const PAGES: Pages = Pages { full: PAGE, next: |oldest, _, _| oldest };

pub(super) static SPOT: Codec = Codec {
    venue: VENUE,
    product: Spot,
    wallet: Wallet::Spot,
    seq_rule: SeqRule::Chain,
    resync: Resync::Resubscribe,
    // "Place Order": 10 per second and UID.
    order_budget: OrderBudget { orders: 10, window: 1_000_000_000 },
    contracts: false,
    decode: |ctx, bytes, out| channel::decode(&DIALECT, ctx, bytes, out),
    ordering: &ORDERING,
    login: |role, session, wall, out| login("/user/verify", role, session, wall, out),
    topics: &TOPICS,
    asking: &ASKING,
    answering: &ANSWERING,
};

pub(super) static LINEAR: Codec = Codec { product: Linear, wallet: Wallet::Linear, ..SPOT };

/// "RestAPI Error Code" (spot and futures), "Websocket Error Code".
const ERRORS: &[Meaning] = &[
    (Auth, "", &[30004, 30005, 30011, 30012, 30015]),
    (Auth, "", &[40001, 40002, 40003, 40006, 40009, 40011, 40012, 40014, 40018, 40036, 40037, 40038]),
    (Timestamp, "", &[30013, 30014, 40004, 40005, 40008, 40078]),
    (RateLimited, "", &[429, 30006, 30007]),
    (Maintenance, "", &[40200, 45043]),
    // 40010: "Request timed out": the fate is open.
    (OutcomeUnknown, "", &[40010, 40015, 40725, 45001]),
    (InsufficientFunds, "", &[40754, 40762, 43012, 45002]),
    (DuplicateClientId, "", &[40786, 43118, 45034, 50060]),
    (Filter, "", &[40808, 43005, 43006, 43007, 43008, 43009, 43010, 43027]),
    (Filter, "", &[45035, 45110, 45111, 45112, 45113, 45114, 45115]),
    (ReduceOnly, "", &[22002, 40757]),
    (UnknownOrder, "", &[22001, 40109, 40768, 43001, 43004, 45057]),
    (UnknownSymbol, "", &[40034, 40309]),
    // 45031: "The order is finalized"; 45055: its status can not be cancelled.
    (AlreadyDone, "", &[45031, 45055]),
];

/// "Depth Channel". The chain of `seq` and `pseq` is not in the documents; it was probed without a gap in 2026-09, when the
/// checksum was gone.
static DIALECT: Dialect = Dialect {
    venue: VENUE,
    words: Words { best: Some(b"books1"), seq: "seq", ..channel::ARG },
    book,
    push,
    answer,
};

const BOOK: BookWords = BookWords { last: "seq", prev: "pseq", ..channel::CHAINED };

fn book(instrument: &Instrument, row: &mut Reader<'_>, out: &mut EventBuf) -> Read<Depth> {
    channel::chained(&BOOK, instrument, row, out)
}

/// The venue's words for spot and linear.
const KINDS: [&str; 2] = ["SPOT", "USDT-FUTURES"];

/// "Trading Channel": `{"action":"update","arg":{"instType":"SPOT","channel":"trade","instId":"BTCUSDT"},"data":[{
///   "ts":"1695709835822","price":"26293.4","size":"0.0013","side":"buy","tradeId":"1000000000"}],"ts":1695711090682}`; the
/// first message of the channel tells trades of the past.
fn push(ctx: &Context<'_>, push: &Push<'_>, out: &mut EventBuf) -> Read<()> {
    if push.arg.channel == b"trade" {
        let instrument = channel::instrument(VENUE, ctx, push.arg.symbol)?;
        let past = push.snapshot;
        return if past { Ok(()) } else { channel::trades(instrument, push, ["price", "size"], out) };
    }
    let product = match push.arg.kind {
        b"SPOT" => Spot,
        b"USDT-FUTURES" => Linear,
        _ => return Err(DecodeError::Field("instType")),
    };
    let place = Place { ctx, product: Some(product), sent: push.sent, live: true, client: None };
    let mut rows = push.data.array()?;
    match push.arg.channel {
        b"orders" => rows.rows(|row| order(&place, row, out).map(drop))?,
        b"account" => rows.rows(|row| balance(&place, row, out))?,
        b"positions" => rows.rows(|row| position(&place, row, out))?,
        _ => return Err(DecodeError::UnknownMessage),
    };
    Ok(())
}

/// "Order Channel": `{"instId":"BTCUSDT","orderId":"1","clientOid":"1","size":"8.0000","orderType":"limit","side":"buy",
///   "price":"26256","accBaseVolume":"0.0003","status":"partially_filled","uTime":"1695797773326","tradeId":"1",
///   "fillPrice":"26256.0","baseVolume":"0.0003","fillFee":"-0.00000018","fillFeeCoin":"BTC","tradeScope":"T",
///   "fillTime":"1695797773286","posMode":"one_way_mode"}`: a row with a trade id is that fill, then the order's new state.
/// In "Get Order Info", "Get Current Orders" (spot), "Get Order Detail" and "Get Pending Orders" (futures, `state` for one order)
/// `symbol` names the instrument and `baseVolume` is all that was filled.
fn order(place: &Place<'_>, row: &mut Reader<'_>, out: &mut EventBuf) -> Read<Option<ClientRef>> {
    let mut copy = row.clone();
    read!(row; symbol "instId" | "symbol", venue_id "orderId", own "clientOid", way "side", kind "orderType", size "size",
        px "price", mode "posMode", state "status" | "state", time "uTime" | "cTime", volume "baseVolume",
        all "accBaseVolume", trade_id "tradeId", from "enterPointSource");
    let Some(instrument) = place.tracked(VENUE, place.product, symbol)? else { return Ok(None) };
    // "SYS": the system's own, as a rule a forced liquidation.
    let client = if from.value == Value::Text(b"SYS") { ClientRef::Venue } else { own.client()? };
    let (side, filled) = (way.side()?, if place.live { all } else { volume });
    if place.live && trade_id.present().is_some() {
        read!(copy; px "fillPrice", fee "fillFee", currency "fillFeeCoin", scope "tradeScope", time "fillTime");
        // What is paid stands below zero.
        let (fee, fee_asset, maker) = (fee.money()?.negated(), asset(currency)?, scope.either(SCOPES)?);
        FillRow { client, venue_id, trade_id, side, px, qty: volume, fee, fee_asset, maker, time }
            .push(instrument, out)?;
    }
    // In hedge mode `side` is the position's, so such an order is not understood.
    if mode.present().is_some_and(|mode| mode.text() != Ok(b"one_way_mode")) {
        return Err(DecodeError::Field(mode.name));
    }
    // The size of a spot market buy (never one of ours) is quote coin; what it filled is base coin.
    let in_quote = (instrument.product, side, kind.text()?) == (Spot, Side::Buy, &b"market"[..]);
    let (qty, status) = (if in_quote { filled } else { size }, state.state(&STATES)?);
    OrderRow { client, venue_id, side, status, qty, filled, px, time, reason: b"" }.push(instrument, out)
}

/// The venue does not say why an order ended.
const STATES: [&str; 6] = ["live new init", "partially_filled", "filled", "canceled cancelled", "", ""];

/// Words for the maker and the taker.
const SCOPES: [&str; 2] = ["M maker", "T taker"];

/// "Get Fills" (spot): `{"symbol":"BTCUSDT","orderId":"12345678910","tradeId":"12345678910","side":"buy","priceAvg":"13000",
///   "size":"0.0007","feeDetail":{"feeCoin":"BTC","totalFee":"-0.0000007"},"tradeScope":"taker","cTime":"1695865232579"}`;
/// "Get Order Fill Details" (futures): `price`, `baseVolume` and a list of `feeDetail`. Pages go by the trade id. Rows name the
/// venue's order id only.
fn fill(place: &Place<'_>, row: &mut Reader<'_>, out: &mut EventBuf) -> Read<u64> {
    read!(row; px "priceAvg" | "price", qty "size" | "baseVolume", symbol "symbol", venue_id "orderId",
        trade_id "tradeId", way "side", detail "feeDetail", scope "tradeScope", time "cTime");
    let id = trade_id.uint()?;
    let Some(instrument) = place.tracked(VENUE, place.product, symbol)? else { return Ok(id) };
    let (side, maker, (fee, fee_asset)) = (way.side()?, scope.either(SCOPES)?, fee_of(detail)?);
    let client = ClientRef::Foreign;
    FillRow { client, venue_id, trade_id, side, px, qty, fee, fee_asset, maker, time }
        .push(instrument, out)?;
    Ok(id)
}

/// The fee is one object, or a list of one.
fn fee_of(detail: Field<'_>) -> Read<(Money, Asset)> {
    let mut found = None;
    let mut read_fee = |row: &mut Reader<'_>| {
        read!(row; coin "feeCoin", fee "totalFee");
        let paid = (fee.money()?.negated(), asset(coin)?);
        if found.replace(paid).is_some() { Err(DecodeError::Field(detail.name)) } else { Ok(()) }
    };
    match detail.value {
        Value::Array(_) => detail.array()?.rows(read_fee).map(drop)?,
        _ => read_fee(&mut detail.object()?)?,
    }
    found.ok_or(DecodeError::Missing(detail.name))
}

/// "Account Channel", "Get Account Assets" (spot): `{"coin":"USDT","available":"100000","frozen":"0","locked":"0",
///   "uTime":"1697092295506"}`; futures ("Get Account List"): `{"marginCoin":"USDT","available":"10575.26","locked":"0.31",
///   "accountEquity":"10582.90","unrealizedPL":"0"}`, in the stream `equity`.
fn balance(place: &Place<'_>, row: &mut Reader<'_>, out: &mut EventBuf) -> Read<()> {
    read!(row; coin "coin", margin_coin "marginCoin", available "available", frozen "frozen", locked "locked",
        equity "accountEquity" | "equity", open_profit "unrealizedPL", time "uTime");
    let venue_ns = place.time(time)?;
    let available = available.money()?;
    if place.product == Some(Spot) {
        let held = frozen.money_or_zero()?.plus(locked.money_or_zero()?);
        let held = held.map_err(|_| DecodeError::Field(locked.name))?;
        return push_balance(out, Wallet::Spot, coin, (available, held), venue_ns);
    }
    // Equity holds the profit of open positions, which is no balance yet; without that profit it says nothing.
    let Some(profit) = open_profit.present() else { return Ok(()) };
    let total = equity.money()?.minus(profit.money()?).map_err(|_| DecodeError::Field(profit.name))?;
    push_available(out, Wallet::Linear, margin_coin, (total, available), venue_ns)
}

/// "Get Account Bills" (spot): `{"billId":"1291","coin":"USDT","groupType":"transfer","businessType":"TRANSFER_OUT","size":"-300",
///   "balance":"1","fees":"0","cTime":"1622697148"}`: the group tells trades from the rest.
const SPOT_BILLS: MoveWords = MoveWords {
    venue: VENUE,
    wallet: Wallet::Spot,
    names: ["billId", "", "groupType", "size", "coin", "cTime"],
    kinds: ["transaction", "", "deposit withdraw transfer"],
    by: By::Id,
};

/// "Get Account Bill" (futures): `{"billId":"1","symbol":"BTCUSDT","amount":"-0.004992","fee":"0","businessType":"contract_settle_fee",
///   "coin":"USDT","balance":"232.21","cTime":"1695715200654"}`
static BILLS: MoveWords = MoveWords {
    wallet: Wallet::Linear,
    names: ["billId", "symbol", "businessType", "amount", "coin", "cTime"],
    kinds: [
        "buy sell open_long open_short close_long close_short force_buy force_sell \
         force_close_long force_close_short burst_buy burst_sell burst_long_loss_query burst_short_loss_query",
        "contract_settle_fee",
        "trans_from_exchange trans_to_exchange trans_from_contract trans_to_contract transfer_in transfer_out",
    ],
    ..SPOT_BILLS
};

/// "Positions Channel", "Get All Positions": `{"instId":"ETHUSDT","holdSide":"short","posMode":"one_way_mode","total":"0.1",
///   "openPriceAvg":"1900","uTime":"1695711602568"}`; REST says `symbol`. Only one-way mode is traded: a hedge-mode position that
/// is not flat is refused.
fn position(place: &Place<'_>, row: &mut Reader<'_>, out: &mut EventBuf) -> Read<()> {
    read!(row; symbol "instId" | "symbol", side "holdSide", mode "posMode", total "total", entry "openPriceAvg", time "uTime");
    let Some(instrument) = place.tracked(VENUE, Some(Linear), symbol)? else { return Ok(()) };
    let size = total.amount(instrument)?;
    if mode.text()? != b"one_way_mode" {
        return if size == Money::ZERO { Ok(()) } else { Err(DecodeError::Field(mode.name)) };
    }
    let qty = match side.text()? {
        b"long" => size,
        b"short" => size.negated(),
        _ => return Err(DecodeError::Field(side.name)),
    };
    push_position(out, instrument, qty, entry, place.time(time)?)
}

/// Answers: `{"event":"login","code":0}`, `{"event":"error","arg":{..},"code":30001,"msg":".."}`, and to an order
/// `{"event":"trade","arg":[{"id":"..","channel":"place-order","params":{"orderId":"..","clientOid":".."}}],"code":0,
///   "msg":"Success"}`; a refused one says `error` and repeats the request.
fn answer(reader: &mut Reader<'_>, out: &mut EventBuf) -> Read<()> {
    read!(reader; event "event", arg "arg", code "code", message "msg");
    let refusal = refusal(ERRORS, code, message)?;
    if !matches!(arg.value, Value::Array(_)) {
        return session_note(event.text()?, refusal, out);
    }
    let count = arg.array()?.rows(|row| {
        read!(row; id "id", params "params");
        if let Some(reject) = refusal {
            return order_reply(id.text()?, Err(reject), out);
        }
        let [venue_id] = params.object()?.fields(["orderId"])?;
        order_reply(id.text()?, Ok(venue_id), out)
    })?;
    if count == 1 { Ok(()) } else { Err(DecodeError::Field(arg.name)) }
}

/// "Place Order Channel", "Cancel Order Channel" (the venue grants them on request): `{"op":"trade","args":[{"id":"..",
///   "instType":"SPOT","instId":"BTCUSDT","channel":"place-order","params":{"clientOid":"..","side":"buy","orderType":"limit",
///   "size":"0.01","price":"60000","force":"ioc"}}]}`. A logged-in connection needs no signature per order.
#[rustfmt::skip]
static ORDERING: Ordering = {
    use Member::{Client, LinearQuote, Lots, Price, Reduce, Side, Style, Word};
    const KIND: Member = Style("orderType", [["limit", "limit", "limit", "limit", "market"]; 2]);
    const TIF: Member = Style("force", [["gtc", "ioc", "fok", "post_only", ""]; 2]);
    const PLACE: &[Member] = &[
        Client("clientOid"), Side("side", ["buy", "sell"]), KIND, Lots("size"), Price("price"), TIF,
        LinearQuote("marginCoin"), Word("marginMode", ["", "crossed"]), Reduce("reduceOnly", ["NO", "YES"]),
    ];
    Ordering { head, place: ("place-order", PLACE), cancel: ("cancel-order", &[Client("clientOid")]), close: b"}}]}" }
};

fn head(channel: &str, terms: &Terms<'_>, body: &mut Body<'_>) -> Result<(), EncodeError> {
    let product = terms.instrument.product;
    // Its size would be read as quote coin; a bounded IOC order says the same in base coin.
    if product == Spot && terms.order.is_some_and(|o| (o.kind, o.side) == (OrderKind::Market, Side::Buy)) {
        return Err(EncodeError::Unsupported("a market buy in base coin"));
    }
    body.raw(&[b"{\"op\":\"trade\",\"args\":[{\"id\":\"", terms.prefix(), terms.id, b"\""]);
    body.text("instType", product_word(product, KINDS));
    body.text("instId", terms.instrument.symbol.as_bytes());
    body.text("channel", channel);
    body.raw(&[b",\"params\":{"]);
    Ok(())
}

/// "Subscribe". A symbol under the wrong `instType` is acknowledged and stays silent.
static TOPICS: Topics = Topics {
    book: [
        r#"{"instType":"SPOT","channel":"books","instId":"*"}"#,
        r#"{"instType":"USDT-FUTURES","channel":"books","instId":"*"}"#,
    ],
    trades: [
        r#"{"instType":"SPOT","channel":"trade","instId":"*"}"#,
        r#"{"instType":"USDT-FUTURES","channel":"trade","instId":"*"}"#,
    ],
    account: &[
        r#"{"instType":"SPOT","channel":"orders","instId":"default"}"#,
        r#"{"instType":"SPOT","channel":"account","coin":"default"}"#,
        r#"{"instType":"USDT-FUTURES","channel":"orders","instId":"default"}"#,
        r#"{"instType":"USDT-FUTURES","channel":"account","coin":"default"}"#,
        r#"{"instType":"USDT-FUTURES","channel":"positions","instId":"default"}"#,
    ],
    ..passphrase::TOPICS
};

/// The headings are the names of the paths. Fills come newest first: a further page holds what is older than the last row.
static ASKING: Asking = {
    use Param::{Client, From, Kind, Levels, LevelsOf, Number, Recent, Since, Symbol, VenueId, Word};
    const FUTURES: Param = Kind("productType", KINDS);
    const LIMIT: Param = Number("limit", PAGE);
    const SYMBOL: Param = Symbol("symbol");
    const ONE: &[Param] = &[SYMBOL, Client("clientOid"), VenueId("orderId")];
    const ONE_OF_FUTURES: &[Param] = &[FUTURES, SYMBOL, ONE[1], ONE[2]];
    const FILLS: &[Param] = &[SYMBOL, Since("startTime"), From("idLessThan"), LIMIT];
    const FILLS_OF_FUTURES: &[Param] = &[FUTURES, FILLS[0], FILLS[1], FILLS[2], LIMIT];
    // No more than 30 days at once.
    const MOVES: &[Param] = &[Recent("startTime", 30 * 24 - 1), FILLS[2], LIMIT];
    const MOVES_OF_FUTURES: &[Param] = &[FUTURES, MOVES[0], FILLS[2], LIMIT];
    const DEPTH: Param = LevelsOf("limit", &[5, 15, 50, 100]);
    Asking {
        snapshot: [
            ("/api/v2/spot/market/orderbook", &[SYMBOL, Levels("limit", 150)]),
            ("/api/v2/mix/market/merge-depth", &[FUTURES, SYMBOL, DEPTH]),
        ],
        order: [("/api/v2/spot/trade/orderInfo", ONE), ("/api/v2/mix/order/detail", ONE_OF_FUTURES)],
        open_orders: [
            ("/api/v2/spot/trade/unfilled-orders", &[LIMIT]),
            ("/api/v2/mix/order/orders-pending", &[FUTURES, LIMIT]),
        ],
        fills: [("/api/v2/spot/trade/fills", FILLS), ("/api/v2/mix/order/fills", FILLS_OF_FUTURES)],
        balances: [("/api/v2/spot/account/assets", &[]), ("/api/v2/mix/account/accounts", &[FUTURES])],
        positions: ("/api/v2/mix/position/all-position", &[FUTURES, Word("marginCoin", "USDT")]),
        moves: [("/api/v2/spot/account/bills", MOVES), ("/api/v2/mix/account/bill", MOVES_OF_FUTURES)],
        backstop: None,
        sign: |request, session, wall| {
            let mut time = Vec::new();
            push_uint(&mut time, server_ms(session, wall));
            sign(request, "", session, &time);
        },
    }
};

static ANSWERING: Answering = Answering {
    open: |product, query, status, body| {
        let served = match envelope(ERRORS, b"00000", status, body)? {
            Ok(served) => served,
            Err(reject) => return Ok(Err(reject)),
        };
        Ok(Ok(Served { data: list(product, query, served.data)?, ..served }))
    },
    // "The data of the order cannot be found" is an answer, not a refusal.
    absent: |_, reject| reject.class == UnknownOrder,
    book,
    order,
    fill,
    fills: PAGES,
    moves: [Some((&SPOT_BILLS, PAGES)), Some((&BILLS, PAGES))],
    position,
    balance,
    rows_max: [PAGE, usize::MAX],
};

/// Lists are bare on spot, under a name (null when empty) on futures.
fn list<'a>(product: Product, query: &Query, data: Field<'a>) -> Read<Field<'a>> {
    let [list] = match (product, query) {
        (Linear, Query::OpenOrders) => data.object()?.fields(["entrustedList"])?,
        (Linear, Query::Fills { .. }) => data.object()?.fields(["fillList"])?,
        (Linear, Query::Moves { .. }) => data.object()?.fields(["bills"])?,
        _ => return Ok(data),
    };
    Ok(if list.value == Value::Null { Field { name: list.name, value: Value::Array(b"[]") } } else { list })
}
