//! OKX v5, spot and perpetual swaps: two rows of one venue. Swaps count contracts; private and trade links serve both products.
//! Knows nothing of sockets or order state. Document: www.okx.com/docs-v5; the names in quotes are its headings.

use super::passphrase::{self, envelope, login, sign};
use super::prelude::*;
use super::write::iso_ms;

const VENUE: Venue = Venue::Okx;
/// Rows of one page, the most each list gives.
const PAGE: usize = 100;
const PAGES: Pages = Pages { full: PAGE, next: |oldest, _, _| oldest };

pub(super) static SPOT: Codec = Codec {
    venue: VENUE,
    product: Spot,
    wallet: Wallet::Unified,
    seq_rule: SeqRule::Chain,
    resync: Resync::Resubscribe,
    // "Place order": 60 per 2 s and instrument.
    order_budget: OrderBudget { orders: 60, window: 2_000_000_000 },
    contracts: false,
    decode: |ctx, bytes, out| channel::decode(&DIALECT, ctx, bytes, out),
    ordering: &ORDERING,
    login: |role, session, wall, out| login("/users/self/verify", role, session, wall, out),
    topics: &TOPICS,
    asking: &ASKING,
    answering: &ANSWERING,
};

pub(super) static LINEAR: Codec = Codec { product: Linear, contracts: true, ..SPOT };

/// "Error Code": 50000 and above over REST, 60000 and above over WebSocket. A post-only order that would take has none: it is
/// accepted, then cancelled.
const ERRORS: &[Meaning] = &[
    (Auth, "", &[50100, 50101, 50103, 50104, 50105, 50106, 50110, 50111, 50113, 50114, 50119, 50120]),
    (Auth, "", &[60005, 60007, 60009, 60011, 60022, 60024, 60032]),
    // 50036, 50037: expired before it was worked on (`expTime`).
    (Timestamp, "", &[50036, 50037, 50102, 50107, 50112, 60004, 60006]),
    (RateLimited, "", &[50011, 50013, 50040, 50061, 60014]),
    (Maintenance, "", &[50001, 51022, 51028]),
    // 50004: "Endpoint request timeout (does not mean that the request was successful or failed)".
    (OutcomeUnknown, "", &[50004, 50026, 51054, 51149, 63999]),
    (InsufficientFunds, "", &[51008, 51127, 51131, 51736]),
    (DuplicateClientId, "", &[51016]),
    (Filter, "", &[51006, 51020, 51121, 51136, 51137, 51138, 51150, 51201, 51202, 51250]),
    (ReduceOnly, "", &[51112, 51169]),
    // 51400: "the order has been filled, canceled or does not exist": the venue does not tell which.
    (UnknownOrder, "", &[51400, 51405, 51503, 51603]),
    (UnknownSymbol, "", &[51001]),
    (AlreadyDone, "", &[51401, 51402, 51410, 51509, 51510]),
];

/// "Order book channel"; "Best bid/offer" is `bbo-tbt`.
static DIALECT: Dialect = Dialect {
    venue: VENUE,
    words: Words { best: Some(b"bbo-tbt"), seq: "seqId", ..channel::ARG },
    book,
    push,
    answer,
};

const BOOK: BookWords = BookWords { last: "seqId", prev: "prevSeqId", ..channel::CHAINED };

fn book(instrument: &Instrument, row: &mut Reader<'_>, out: &mut EventBuf) -> Read<Depth> {
    channel::chained(&BOOK, instrument, row, out)
}

/// `None` for what we do not trade.
fn product(kind: Field<'_>) -> Read<Option<Product>> {
    match kind.text()? {
        b"SPOT" => Ok(Some(Spot)),
        b"SWAP" => Ok(Some(Linear)),
        b"MARGIN" | b"FUTURES" | b"OPTION" => Ok(None),
        _ => Err(DecodeError::Field(kind.name)),
    }
}

/// "Trades channel": `{"arg":{"channel":"trades","instId":"BTC-USDT"},"data":[{"instId":"BTC-USDT","tradeId":"130639474",
///   "px":"42219.9","sz":"0.12060306","side":"buy","ts":"1630048897897","count":"3"}]}`
fn push(ctx: &Context<'_>, push: &Push<'_>, out: &mut EventBuf) -> Read<()> {
    let place = Place { ctx, product: None, sent: push.sent, live: true, client: None };
    match push.arg.channel {
        b"trades" | b"trades-all" => {
            return channel::trades(
                channel::instrument(VENUE, ctx, push.arg.symbol)?,
                push,
                ["px", "sz"],
                out,
            );
        }
        b"orders" => push.data.array()?.rows(|row| order(&place, row, out).map(drop))?,
        b"positions" => push.data.array()?.rows(|row| position(&place, row, out))?,
        b"account" => push.data.array()?.rows(|row| account(&place, row, out))?,
        _ => return Err(DecodeError::UnknownMessage),
    };
    Ok(())
}

/// "Order channel", also a row of "Order List":
/// `{"instType":"SWAP","instId":"BTC-USDT-SWAP","ordId":"452197707845865472","clOrdId":"","side":"sell","state":"filled",
///   "px":"31527.1","sz":"1","accFillSz":"1","tgtCcy":"","cancelSource":"","uTime":"1654084353264","tradeId":"242589207",
///   "fillSz":"1","fillPx":"31527.1","fillFee":"-0.02522168","fillFeeCcy":"USDT","execType":"M","fillTime":"1654084353263"}`.
/// In the stream a row with a trade id is that fill, then the order's new state; a list repeats the last one without its fee.
fn order(place: &Place<'_>, row: &mut Reader<'_>, out: &mut EventBuf) -> Read<Option<ClientRef>> {
    let mut copy = row.clone();
    read!(row; kind "instType", symbol "instId", venue_id "ordId", link_id "clOrdId", way "side", state "state", px "px",
        size "sz", filled "accFillSz", unit "tgtCcy", source "cancelSource", time "uTime", trade_id "tradeId",
        made "category");
    let Some(instrument) = place.tracked(VENUE, product(kind)?, symbol)? else { return Ok(None) };
    // "category": what liquidation and deleveraging make is nobody's order.
    let forced = matches!(made.text_or_empty()?, b"full_liquidation" | b"partial_liquidation" | b"adl");
    let (client, side) = (if forced { ClientRef::Venue } else { link_id.client()? }, way.side()?);
    if place.live && trade_id.present().is_some() {
        read!(copy; qty "fillSz", px "fillPx", fee "fillFee", currency "fillFeeCcy", exec "execType", time "fillTime");
        // What is paid stands below zero.
        let (fee, fee_asset, maker) = (fee.money()?.negated(), asset(currency)?, exec.text()? == b"M");
        FillRow { client, venue_id, trade_id, side, px, qty, fee, fee_asset, maker, time }
            .push(instrument, out)?;
    }
    let reason = source.text_or_empty()?;
    let status = status(state, reason)?;
    // The size of an order in quote coin (never one of ours) says nothing in base coin; what it filled does.
    let qty = if unit.value == Value::Text(b"quote_ccy") { filled } else { size };
    OrderRow { client, venue_id, side, status, qty, filled, px, time, reason }.push(instrument, out)
}

/// "state", and "cancelSource" where it ended: 13 and 14 are the remainders of FOK and IOC orders.
fn status(state: Field<'_>, reason: &[u8]) -> Read<VenueStatus> {
    Ok(match state.text()? {
        b"live" => VenueStatus::Live,
        b"partially_filled" => VenueStatus::PartiallyFilled,
        b"filled" => VenueStatus::Filled,
        b"canceled" if matches!(reason, b"13" | b"14") => VenueStatus::Expired,
        b"canceled" | b"mmp_canceled" => VenueStatus::Cancelled,
        _ => return Err(DecodeError::Field(state.name)),
    })
}

/// "Transaction details": `{"instType":"SPOT","instId":"BTC-USDT","tradeId":"744876980","ordId":"680800019749904384",
///   "clOrdId":"","billId":"680800019754098688","fillPx":"51858","fillSz":"0.00192834","side":"buy","execType":"T",
///   "feeCcy":"BTC","fee":"-0.00000192834","fillTime":"1708587373361","ts":"1708587373362"}`. Pages go by the bill's id.
fn fill(place: &Place<'_>, row: &mut Reader<'_>, out: &mut EventBuf) -> Read<u64> {
    read!(row; kind "instType", symbol "instId", trade_id "tradeId", venue_id "ordId", link_id "clOrdId", bill "billId",
        px "fillPx", qty "fillSz", way "side", exec "execType", currency "feeCcy", fee "fee", time "ts");
    let bill = bill.uint()?;
    let Some(instrument) = place.tracked(VENUE, product(kind)?, symbol)? else { return Ok(bill) };
    let (client, side, maker) = (link_id.client()?, way.side()?, exec.text()? == b"M");
    let (fee, fee_asset) = (fee.money()?.negated(), asset(currency)?);
    FillRow { client, venue_id, trade_id, side, px, qty, fee, fee_asset, maker, time }
        .push(instrument, out)?;
    Ok(bill)
}

/// "Get bills details (last 7 days)": `{"billId":"623950854533513219","type":"8","subType":"173","ccy":"USDT",
///   "balChg":"-0.0219","instType":"SWAP","instId":"BTC-USDT-SWAP","ts":"1695033476167"}`. "type": 1 transfer, 2 trade, 3 delivery,
/// 5 liquidation, 8 funding fee, 9 ADL.
static BILLS: MoveWords = MoveWords {
    venue: VENUE,
    wallet: Wallet::Unified,
    names: ["billId", "instId", "type", "balChg", "ccy", "ts"],
    kinds: ["2 3 5 9", "8", "1"],
    by: By::Id,
};

/// "Positions channel": `{"instType":"SWAP","instId":"BTC-USDT-SWAP","posSide":"net","pos":"-1","avgPx":"2566.31",
///   "uTime":"1619507761462"}`, `pos` in contracts.
fn position(place: &Place<'_>, row: &mut Reader<'_>, out: &mut EventBuf) -> Read<()> {
    read!(row; kind "instType", symbol "instId", side "posSide", count "pos", entry "avgPx", time "uTime");
    let Some(instrument) = place.tracked(VENUE, product(kind)?, symbol)? else { return Ok(()) };
    let qty = count.present().map_or(Ok(Money::ZERO), |count| count.amount(instrument))?;
    push_one_way(out, instrument, (side, b"net", qty), entry, time.millis()?)
}

/// "Account channel" and "Get balance": `{"uTime":"1705564223311","details":[{"ccy":"USDT","cashBal":"4750.426970691436",
///   "ordFrozen":"0","frozenBal":"158.57998","uTime":"1705564213903"}]}`. `cashBal` is the balance without unrealised profit;
/// `ordFrozen` the part that open orders hold.
fn account(_: &Place<'_>, row: &mut Reader<'_>, out: &mut EventBuf) -> Read<()> {
    read!(row; details "details");
    details.array()?.rows(|row| {
        read!(row; name "ccy", total "cashBal", frozen "ordFrozen", time "uTime");
        push_total(out, Wallet::Unified, name, (total, frozen), time.millis()?)
    })?;
    Ok(())
}

/// Answers: `{"event":"subscribe","arg":{..},"connId":".."}`, `{"event":"error","code":"60012","msg":".."}`,
/// `{"event":"notice","code":"64008","msg":".."}` (the connection ends within a minute), and to an order
/// `{"id":"..","op":"order","code":"1","msg":"","data":[{"ordId":"","clOrdId":"..","sCode":"51008","sMsg":".."}]}`: an outer
/// code of 1 says that all of it failed, the row says why.
fn answer(reader: &mut Reader<'_>, out: &mut EventBuf) -> Read<()> {
    read!(reader; event "event", code "code", message "msg", id "id", data "data");
    let refused = refusal(ERRORS, code, message)?;
    if event.is_absent() {
        let mut row = None;
        data.rows_or_none(|reader| {
            read!(reader; order "ordId", code "sCode", message "sMsg");
            row = Some(refusal(ERRORS, code, message)?.map_or(Ok(order), Err));
            Ok(())
        })?;
        let outcome = match (row, refused) {
            (Some(Ok(_)) | None, Some(reject)) => Err(reject),
            (Some(outcome), _) => outcome,
            (None, None) => return Err(DecodeError::Missing("data")),
        };
        return order_reply(id.text()?, outcome, out);
    }
    match event.text()? {
        b"channel-conn-count" => Ok(()),
        b"channel-conn-count-error" => session_note(b"error", refused, out),
        event => session_note(event, refused, out),
    }
}

/// "WS / Place order", "WS / Cancel order" (instruments by their numeric code since 2026-03):
/// `{"id":"..","op":"order","expTime":"1700000001500","args":[{"instIdCode":10459,"tdMode":"cash","side":"buy",
///   "ordType":"ioc","sz":"0.01","px":"60000","clOrdId":".."}]}`. After `expTime` the venue refuses the order: a late one can not
/// surprise us. A logged-in connection needs no signature per order.
#[rustfmt::skip]
static ORDERING: Ordering = {
    use Member::{Client, Lots, Price, ReduceFlag, Side, Style, Word};
    const KIND: Member = Style("ordType", [["limit", "ioc", "fok", "post_only", "market"]; 2]);
    // A spot market buy counts in quote coin unless told otherwise.
    const UNIT: Member = Word("tgtCcy", ["base_ccy", ""]);
    const PLACE: &[Member] = &[
        Word("tdMode", ["cash", "cross"]), Side("side", ["buy", "sell"]), KIND, Lots("sz"), Price("px"), UNIT,
        ReduceFlag("reduceOnly"), Client("clOrdId"),
    ];
    Ordering { head, place: ("order", PLACE), cancel: ("cancel-order", &[Client("clOrdId")]), close: b"}]}" }
};

fn head(op: &str, terms: &Terms<'_>, body: &mut Body<'_>) -> Result<(), EncodeError> {
    let code = code(terms.instrument)?;
    terms.begin(op, "expTime", body);
    body.raw(&[b",\"args\":[{\"instIdCode\":"]);
    body.digits(code);
    Ok(())
}

fn code(instrument: &Instrument) -> Result<u64, EncodeError> {
    match instrument.wire.code {
        0 => Err(EncodeError::Unsupported("an instrument without instIdCode")),
        code => Ok(code),
    }
}

/// "Subscribe". The private channels serve both products at once; orders have no snapshot (they are asked for over REST), balances
/// and positions begin with one.
static TOPICS: Topics = Topics {
    book: [r#"{"channel":"books","instId":"*"}"#; 2],
    trades: [r#"{"channel":"trades","instId":"*"}"#; 2],
    account: &[
        r#"{"channel":"orders","instType":"ANY"}"#,
        r#"{"channel":"positions","instType":"SWAP"}"#,
        r#"{"channel":"account"}"#,
    ],
    ..passphrase::TOPICS
};

/// "Get order book", "Get order details", "Get order List", "Get transaction details (last 3 days)", "Get balance", "Get
/// positions". Fills come newest first: a further page holds what is older than the last row.
static ASKING: Asking = {
    use Param::{Client, From, Kind, Levels, Number, Since, Symbol, VenueId};
    const KIND: Param = Kind("instType", ["SPOT", "SWAP"]);
    const SYMBOL: Param = Symbol("instId");
    const LIMIT: Param = Number("limit", PAGE);
    const ONE: &[Param] = &[SYMBOL, Client("clOrdId"), VenueId("ordId")];
    const FILLS: &[Param] = &[KIND, SYMBOL, Since("begin"), From("after"), LIMIT];
    const MOVES: &[Param] = &[Since("begin"), From("after"), LIMIT];
    Asking {
        snapshot: [("/api/v5/market/books", &[SYMBOL, Levels("sz", 400)]); 2],
        order: [("/api/v5/trade/order", ONE); 2],
        open_orders: [("/api/v5/trade/orders-pending", &[KIND, LIMIT]); 2],
        fills: [("/api/v5/trade/fills", FILLS); 2],
        balances: [("/api/v5/account/balance", &[]); 2],
        positions: ("/api/v5/account/positions", &[KIND]),
        moves: [("/api/v5/account/bills", MOVES); 2],
        backstop: None,
        sign: |request, session, wall| {
            sign(request, "OK-", session, iso_ms(server_ms(session, wall)).as_bytes());
        },
    }
};

static ANSWERING: Answering = Answering {
    open: |product, query, status, body| match (product, query) {
        (Spot, Query::Positions) => Err(DecodeError::UnknownMessage),
        _ => envelope(ERRORS, b"0", status, body),
    },
    // "Order does not exist" is an answer, not a refusal.
    absent: |_, reject| reject.class == UnknownOrder,
    book,
    order,
    fill,
    fills: PAGES,
    moves: [Some((&BILLS, PAGES)); 2],
    position,
    balance: account,
    rows_max: [PAGE, usize::MAX],
};
