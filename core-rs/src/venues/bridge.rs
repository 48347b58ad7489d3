//! The bridge to exchanges of the long tail: a process of ours beside this one, spot only. Knows nothing of sockets or order state,
//! nor which exchange stands behind it. Document: docs/bridge.md, "The wire"; the names in quotes are its headings.

use super::passphrase::{self, envelope, login, sign};
use super::prelude::*;
use super::write::push_uint;

const VENUE: Venue = Venue::Bridge;
/// Rows of a page of fills.
const PAGE: usize = 100;
/// The bridge refuses to list more open orders than this: a list is whole, or it is none.
const OPEN_MAX: usize = 1001;

pub(super) static SPOT: Codec = Codec {
    venue: VENUE,
    product: Spot,
    wallet: Wallet::Spot,
    contracts: false,
    topics: &TOPICS,
    decode: |ctx, bytes, out| channel::decode(&DIALECT, ctx, bytes, out),
    seq_rule: SeqRule::Chain,
    resync: Resync::Resubscribe,
    asking: &ASKING,
    answering: &ANSWERING,
    login: |role, session, wall, out| login("/v1/login", role, session, wall, out),
    ordering: &ORDERING,
    // What stands behind the bridge may take more; the bridge waits for it where it takes less.
    order_budget: OrderBudget { orders: 10, window: 1_000_000_000 },
};

/// Nothing linear is offered: no stream has a name, no question a path, no order a form.
pub(super) static LINEAR: Codec = Codec { product: Linear, wallet: Wallet::Linear, ..SPOT };

/// "Refusals".
const ERRORS: &[Meaning] = &[
    (OutcomeUnknown, "", &[1]),
    (InsufficientFunds, "", &[2]),
    (Filter, "", &[3]),
    (PostOnlyWouldTake, "", &[4]),
    (DuplicateClientId, "", &[5]),
    (UnknownOrder, "", &[6]),
    (UnknownSymbol, "", &[7]),
    (AlreadyDone, "", &[8]),
    (Timestamp, "", &[9]),
    (Auth, "", &[10]),
    (RateLimited, "", &[11]),
    (Maintenance, "", &[12]),
];

/// "Books": whole ones, or changes that are chained.
static DIALECT: Dialect =
    Dialect { venue: VENUE, words: Words { seq: "seqId", ..channel::ARG }, book, push, answer };

const BOOK: BookWords = BookWords { last: "seqId", prev: "prevSeqId", ..channel::CHAINED };

fn book(instrument: &Instrument, row: &mut Reader<'_>, out: &mut EventBuf) -> Read<Depth> {
    channel::chained(&BOOK, instrument, row, out)
}

/// "Trades": `{"arg":{"channel":"trades","instId":"BTC-USDT"},"data":[{"px":"42219.9","qty":"0.12","side":"buy",
///   "ts":"1630048897897"}]}`
fn push(ctx: &Context<'_>, push: &Push<'_>, out: &mut EventBuf) -> Read<()> {
    let place = Place { ctx, product: None, sent: push.sent, live: true, client: None };
    match push.arg.channel {
        b"trades" => {
            let instrument = channel::instrument(VENUE, ctx, push.arg.symbol)?;
            return channel::trades(instrument, push, ["px", "qty"], out);
        }
        b"orders" => push.data.array()?.rows(|row| order(&place, row, out).map(drop))?,
        b"fills" => push.data.array()?.rows(|row| fill(&place, row, out).map(drop))?,
        b"balances" => push.data.array()?.rows(|row| balance(&place, row, out))?,
        _ => return Err(DecodeError::UnknownMessage),
    };
    Ok(())
}

/// "Orders": `{"symbol":"BTC-USDT","orderId":"OAG6TD-WB7Y2-3PC7M2","clientId":"TGA70010000010","side":"buy","state":"partial",
///   "qty":"0.5","filled":"0.2","px":"60000","ts":"1700000000000"}`
fn order(place: &Place<'_>, row: &mut Reader<'_>, out: &mut EventBuf) -> Read<Option<ClientRef>> {
    read!(row; symbol "symbol", venue_id "orderId", own "clientId", way "side", state "state", qty "qty", filled "filled",
        px "px", time "ts");
    let Some(instrument) = place.tracked(VENUE, Some(Spot), symbol)? else { return Ok(None) };
    let (client, side, status) = (own.client()?, way.side()?, state.state(&STATES)?);
    OrderRow { client, venue_id, side, status, qty, filled, px, time, reason: b"" }.push(instrument, out)
}

const STATES: [&str; 6] = ["open", "partial", "filled", "cancelled", "rejected", "expired"];

/// "Fills": `{"seq":12,"symbol":"BTC-USDT","tradeId":"TOKKH4-6PNV4-J4XQPE","orderId":"OAG6TD-WB7Y2-3PC7M2",
///   "clientId":"TGA70010000010","side":"buy","px":"60000","qty":"0.2","fee":"0.0002","feeAsset":"BTC","role":"taker",
///   "ts":"1700000000000"}`. Pages go by the number that the bridge gave each fill when it first heard of it.
fn fill(place: &Place<'_>, row: &mut Reader<'_>, out: &mut EventBuf) -> Read<u64> {
    read!(row; number "seq", symbol "symbol", trade_id "tradeId", venue_id "orderId", own "clientId", way "side", px "px",
        qty "qty", fee "fee", currency "feeAsset", role "role", time "ts");
    let number = number.uint()?;
    let Some(instrument) = place.tracked(VENUE, Some(Spot), symbol)? else { return Ok(number) };
    let (client, side, maker) = (own.client()?, way.side()?, role.either(["maker", "taker"])?);
    let (fee, fee_asset) = (fee.money()?, asset(currency)?);
    FillRow { client, venue_id, trade_id, side, px, qty, fee, fee_asset, maker, time }
        .push(instrument, out)?;
    Ok(number)
}

/// "Balances": `{"asset":"USDT","free":"1000.5","locked":"20","ts":"1700000000000"}`
fn balance(_: &Place<'_>, row: &mut Reader<'_>, out: &mut EventBuf) -> Read<()> {
    read!(row; name "asset", free "free", locked "locked", time "ts");
    push_balance(out, Wallet::Spot, name, (free.money()?, locked.money()?), time.millis()?)
}

/// "Answers": `{"event":"login","code":"0"}`, `{"event":"error","code":"7","msg":".."}`, and to an order
/// `{"id":"..","op":"place","code":"0","msg":"","orderId":".."}`.
fn answer(reader: &mut Reader<'_>, out: &mut EventBuf) -> Read<()> {
    read!(reader; event "event", code "code", message "msg", id "id", venue_id "orderId");
    let refused = refusal(ERRORS, code, message)?;
    if event.is_absent() {
        return order_reply(id.text()?, refused.map_or(Ok(venue_id), Err), out);
    }
    session_note(event.text()?, refused, out)
}

/// "Orders": `{"id":"TGA70010000010","op":"place","expires":"1700000001500","args":[{"symbol":"BTC-USDT",
///   "clientId":"TGA70010000010","side":"buy","kind":"ioc","qty":"0.01","px":"60000"}]}`. The bridge sends nothing on behind
/// `expires`. A logged-in connection needs no signature per order.
#[rustfmt::skip]
static ORDERING: Ordering = {
    use Member::{Client, Lots, Price, Side, Style, Symbol};
    const KIND: Member = Style("kind", [["limit", "ioc", "fok", "post_only", "market"]; 2]);
    const PLACE: &[Member] =
        &[Symbol("symbol"), Client("clientId"), Side("side", ["buy", "sell"]), KIND, Lots("qty"), Price("px")];
    Ordering { head, place: ("place", PLACE), cancel: ("cancel", &[PLACE[0], PLACE[1]]), close: b"}]}" }
};

fn head(op: &str, terms: &Terms<'_>, body: &mut Body<'_>) -> Result<(), EncodeError> {
    if terms.instrument.product == Linear {
        return Err(EncodeError::Unsupported("an order of anything but spot"));
    }
    // Many exchanges read its size as quote coin; a bounded IOC order says the same in base coin.
    if terms.order.is_some_and(|order| (order.kind, order.side) == (OrderKind::Market, Side::Buy)) {
        return Err(EncodeError::Unsupported("a market buy in base coin"));
    }
    terms.begin(op, "expires", body);
    body.raw(&[b",\"args\":[{"]);
    Ok(())
}

/// "Streams": those of the account begin with nothing; what is, is asked for.
static TOPICS: Topics = Topics {
    book: [r#"{"channel":"books","instId":"*"}"#, ""],
    trades: [r#"{"channel":"trades","instId":"*"}"#, ""],
    account: &[r#"{"channel":"orders"}"#, r#"{"channel":"fills"}"#, r#"{"channel":"balances"}"#],
    ..passphrase::TOPICS
};

/// "Questions".
static ASKING: Asking = {
    use Param::{Client, From, Levels, Number, Since, Symbol, VenueId};
    const SYMBOL: Param = Symbol("symbol");
    const ONE: &[Param] = &[SYMBOL, Client("clientId"), VenueId("orderId")];
    const FILLS: &[Param] = &[SYMBOL, Since("since"), From("after"), Number("limit", PAGE)];
    Asking {
        snapshot: [("/v1/book", &[SYMBOL, Levels("depth", 50)]), NO_QUESTION],
        order: [("/v1/order", ONE), NO_QUESTION],
        open_orders: [("/v1/open-orders", &[]), NO_QUESTION],
        fills: [("/v1/fills", FILLS), NO_QUESTION],
        balances: [("/v1/balances", &[]), NO_QUESTION],
        positions: NO_QUESTION,
        moves: [NO_QUESTION; 2],
        backstop: None,
        sign: |request, session, wall| {
            let mut time = Vec::new();
            push_uint(&mut time, server_ms(session, wall));
            sign(request, "BRIDGE-", session, &time);
        },
    }
};

static ANSWERING: Answering = Answering {
    open: |_, _, status, body| envelope(ERRORS, b"0", status, body),
    // The bridge says so only of what the exchange does not know, and long enough after it might have been sent.
    absent: |_, reject| reject.class == UnknownOrder,
    book,
    order,
    fill,
    fills: Pages { full: PAGE, next: |_, newest, _| newest },
    moves: [None, None],
    position: |_, _, _| Err(DecodeError::UnknownMessage),
    balance,
    rows_max: [OPEN_MAX, 0],
};
