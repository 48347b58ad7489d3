//! Binance account messages and answers, one by one, with values read off by eye.

use crate::common::{OURS, decode, listed, money, name, only, ours, px, qty};
use tidegate_core::ledger::{BalanceReport, MoveKind, MoveReport, PositionReport, Wallet};
use tidegate_core::order::{ClientRef, FillReport, Liquidity, OrderReport, VenueStatus};
use tidegate_core::units::{InstrumentId, Product, Side, Symbol, Venue};
use tidegate_core::venues::{
    DecodeError, Event, EventBuf, Query, RejectClass, ReplyOutcome, ReplyVerdict, RequestReply, Role,
    SessionNote, codec,
};

fn private(product: Product, frame: &str) -> Result<EventBuf, DecodeError> {
    decode(Venue::Binance, &listed().context(product, Role::Private), frame.as_bytes())
}

fn reply(
    product: Product,
    query: &Query,
    status: u16,
    body: &str,
) -> (Result<ReplyVerdict, DecodeError>, EventBuf) {
    let (table, mut out) = (listed(), EventBuf::default());
    let codec = codec(Venue::Binance, product).unwrap();
    let verdict =
        codec.decode_reply(query, &table.context(product, Role::Rest), status, body.as_bytes(), &mut out);
    (verdict, out)
}

const REPORT: &str = r#"{"e":"executionReport","E":1616633041556,"s":"BTCUSDT","c":"TGA70010000010","S":"BUY","o":"LIMIT","f":"IOC","q":"0.00028600","p":"52436.85000000","P":"0.00000000","F":"0.00000000","g":-1,"C":"","x":"TRADE","X":"FILLED","r":"NONE","i":5341783271,"l":"0.00028600","z":"0.00028600","L":"52436.85000000","n":"0.00000029","N":"BTC","T":1616633041555,"t":726946523,"I":11390206312,"w":false,"m":false,"M":true,"O":1616633041555,"Z":"14.99693910","Y":"14.99693910","Q":"0.00000000"}"#;

#[test]
fn a_spot_trade_report_is_a_fill_and_then_the_orders_state() {
    for frame in [REPORT.to_owned(), format!(r#"{{"subscriptionId":0,"event":{REPORT}}}"#)] {
        let out = private(Product::Spot, &frame).unwrap();
        let fill = FillReport {
            client: ClientRef::Ours(ours()),
            venue_id: name("5341783271"),
            instrument: InstrumentId(0),
            trade_id: name("726946523"),
            side: Side::Buy,
            px: px(5_243_685),
            qty: qty(28_600),
            fee: money("0.00000029"),
            fee_asset: name("BTC"),
            liquidity: Liquidity::Taker,
            venue_ns: 1_616_633_041_555_000_000,
        };
        let order = OrderReport {
            client: ClientRef::Ours(ours()),
            venue_id: name("5341783271"),
            instrument: InstrumentId(0),
            side: Side::Buy,
            status: VenueStatus::Filled,
            qty: qty(28_600),
            filled: qty(28_600),
            px: Some(px(5_243_685)),
            venue_ns: 1_616_633_041_555_000_000,
            reason: Symbol::EMPTY,
        };
        assert_eq!(out.events, [Event::Fill(fill), Event::Order(order)]);
    }
}

#[test]
fn a_spot_cancel_report_speaks_of_the_original_client_id() {
    let cancelled = REPORT
        .replace(r#""c":"TGA70010000010""#, r#""c":"web_cancel""#)
        .replace(r#""C":"""#, r#""C":"TGA70010000010""#)
        .replace(r#""x":"TRADE","X":"FILLED""#, r#""x":"CANCELED","X":"CANCELED""#);
    let Event::Order(order) = only(private(Product::Spot, &cancelled).unwrap()) else { panic!() };
    assert_eq!((order.client, order.status), (ClientRef::Ours(ours()), VenueStatus::Cancelled));
    let foreign = REPORT.replace(OURS, "web_1");
    let Event::Fill(fill) = private(Product::Spot, &foreign).unwrap().events[0] else { panic!() };
    assert_eq!(fill.client, ClientRef::Foreign);
}

#[test]
fn a_report_with_something_missing_or_new_is_refused() {
    let cases = [
        (r#""X":"FILLED""#, r#""X":"HALF_FILLED""#, DecodeError::Field("X")),
        (r#""x":"TRADE""#, r#""x":"MAGIC""#, DecodeError::Field("x")),
        (r#""t":726946523"#, r#""t":-1"#, DecodeError::Field("t")),
        (r#""t":726946523"#, r#""t":null"#, DecodeError::Missing("t")),
        (r#""z":"0.00028600""#, r#""z":null"#, DecodeError::Missing("z")),
        (r#""n":"0.00000029","N":"BTC""#, r#""n":"0.00000029","N":null"#, DecodeError::Missing("N")),
        (r#""l":"0.00028600""#, r#""l":"0.000000001""#, DecodeError::Field("l")),
        (r#""S":"BUY""#, r#""S":"HOLD""#, DecodeError::Field("S")),
        (r#""s":"BTCUSDT""#, r#""s":"DOGEUSDT""#, DecodeError::UnknownInstrument),
    ];
    for (from, to, want) in cases {
        assert_eq!(private(Product::Spot, &REPORT.replace(from, to)).unwrap_err(), want, "{to}");
    }
}

#[test]
fn spot_balances_come_with_their_locked_part() {
    let frame = r#"{"e":"outboundAccountPosition","E":1616628815745,"u":1616628815745,"B":[{"a":"BTC","f":"0.00225109","l":"0.00123000"},{"a":"币安","f":"1","l":"0"}]}"#;
    let want = BalanceReport {
        wallet: Wallet::Spot,
        asset: name("BTC"),
        free: money("0.00225109"),
        locked: money("0.00123"),
        venue_ns: 1_616_628_815_745_000_000,
    };
    assert_eq!(only(private(Product::Spot, frame).unwrap()), Event::Balance(want));
}

#[test]
fn a_usdm_order_update_reads_like_a_spot_one() {
    let frame = r#"{"e":"ORDER_TRADE_UPDATE","E":1568879465651,"T":1568879465650,"o":{"s":"BTCUSDT","c":"TGA70010000010","S":"SELL","o":"LIMIT","f":"IOC","q":"0.003","p":"7100","ap":"7100.5","sp":"0","x":"TRADE","X":"PARTIALLY_FILLED","i":8886774,"l":"0.001","z":"0.002","L":"7100.5","N":"USDT","n":"-0.00142","T":1568879465650,"t":17,"b":"0","a":"9.91","m":true,"R":false,"wt":"CONTRACT_PRICE","ot":"LIMIT","ps":"BOTH","cp":false,"rp":"0"}}"#;
    let out = private(Product::Linear, frame).unwrap();
    let [Event::Fill(fill), Event::Order(order)] = out.events[..] else { panic!("{out:?}") };
    assert_eq!((fill.px, fill.qty, fill.liquidity), (px(710_050), qty(1), Liquidity::Maker));
    assert_eq!((fill.fee, fill.fee_asset, fill.trade_id), (money("-0.00142"), name("USDT"), name("17")));
    assert_eq!((order.status, order.filled, order.qty), (VenueStatus::PartiallyFilled, qty(2), qty(3)));
    let free = frame.replace(r#""N":"USDT","n":"-0.00142","#, "");
    let Event::Fill(fill) = private(Product::Linear, &free).unwrap().events[0] else { panic!() };
    assert_eq!((fill.fee, fill.fee_asset), (money("0"), name("USDT")));
}

#[test]
fn a_usdm_account_update_gives_balances_and_tracked_one_way_positions() {
    let frame = r#"{"e":"ACCOUNT_UPDATE","E":1564745798939,"T":1564745798938,"a":{"m":"ORDER","B":[{"a":"USDT","wb":"122624.12345678","cw":"100.12345678","bc":"50.12345678"}],"P":[{"s":"BTCUSDT","pa":"-0.020","ep":"9000.456","cr":"200","up":"0","mt":"cross","iw":"0","ps":"BOTH"},{"s":"XYZUSDT","pa":"20","ep":"6563.66500","ps":"BOTH"}]}}"#;
    let out = private(Product::Linear, frame).unwrap();
    let venue_ns = 1_564_745_798_938_000_000;
    let total = money("122624.12345678");
    let balance = BalanceReport {
        wallet: Wallet::Linear,
        asset: name("USDT"),
        free: total,
        locked: money("0"),
        venue_ns,
    };
    let position = PositionReport {
        instrument: InstrumentId(1),
        qty: money("-0.02"),
        entry_px: Some(px(900_046)),
        venue_ns,
    };
    assert_eq!(out.events, [Event::Balance(balance), Event::Position(position)]);
    let hedged = frame.replace(r#""iw":"0","ps":"BOTH""#, r#""iw":"0","ps":"LONG""#);
    assert_eq!(private(Product::Linear, &hedged).unwrap_err(), DecodeError::Field("ps"));
}

#[test]
fn an_order_answer_is_a_reply_with_what_it_knows() {
    let ack = r#"{"id":"TGA70010000010","status":200,"result":{"symbol":"BTCUSDT","orderId":12569099453,"orderListId":-1,"clientOrderId":"TGA70010000010","transactTime":1660801715639},"rateLimits":[]}"#;
    let accepted = RequestReply {
        client_id: ours(),
        cancel: false,
        outcome: ReplyOutcome::Accepted(Some(name("12569099453"))),
    };
    assert_eq!(only(private(Product::Spot, ack).unwrap()), Event::Reply(accepted));

    let full = r#"{"id":"TGA70010000010","status":200,"result":{"symbol":"BTCUSDT","orderId":12569099453,"clientOrderId":"TGA70010000010","transactTime":1660801715793,"price":"23416.10000000","origQty":"0.00847000","executedQty":"0.00635000","cummulativeQuoteQty":"148.69","status":"EXPIRED","timeInForce":"IOC","type":"LIMIT","side":"SELL","fills":[{"price":"23416.10000000","qty":"0.00635000","commission":"0.000001","commissionAsset":"BNB","tradeId":1650422481}]}}"#;
    let out = private(Product::Spot, full).unwrap();
    let [Event::Reply(reply), Event::Fill(fill), Event::Order(order)] = out.events[..] else {
        panic!("{out:?}")
    };
    assert_eq!(reply, accepted);
    assert_eq!((fill.trade_id, fill.qty, fill.side), (name("1650422481"), qty(635_000), Side::Sell));
    assert_eq!((order.status, order.filled), (VenueStatus::Expired, qty(635_000)));
}

#[test]
fn a_refused_request_says_which_and_why() {
    let refused = r#"{"id":"cTGA70010000010","status":400,"error":{"code":-2011,"msg":"Unknown order sent."},"rateLimits":[]}"#;
    let Event::Reply(reply) = only(private(Product::Spot, refused).unwrap()) else { panic!() };
    let ReplyOutcome::Rejected(reject) = reply.outcome else { panic!() };
    assert_eq!((reply.cancel, reply.client_id), (true, ours()));
    assert_eq!((reject.class, reject.code.as_str()), (RejectClass::UnknownOrder, "-2011"));
    let unknown = r#"{"id":"TGA70010000010","status":504,"error":{"code":-1007,"msg":"Timeout."}}"#;
    let Event::Reply(reply) = only(private(Product::Spot, unknown).unwrap()) else { panic!() };
    assert!(matches!(reply.outcome, ReplyOutcome::Rejected(r) if r.class.outcome_unknown()));
    let login = r#"{"id":"login","status":200,"result":{"subscriptionId":0}}"#;
    let notes = [SessionNote::LoggedIn, SessionNote::Subscribed].map(Event::Session);
    assert_eq!(private(Product::Spot, login).unwrap().events, notes);
    let stranger = login.replace("login", "other");
    assert_eq!(private(Product::Spot, &stranger).unwrap_err(), DecodeError::UnknownMessage);
}

fn ask() -> Query {
    Query::Order { instrument: InstrumentId(0), client_id: ours() }
}

#[test]
fn only_the_venues_own_word_makes_an_order_absent() {
    let missing = r#"{"code":-2013,"msg":"Order does not exist."}"#;
    assert_eq!(reply(Product::Spot, &ask(), 400, missing).0, Ok(ReplyVerdict::Absent));
    assert!(matches!(reply(Product::Spot, &Query::OpenOrders, 400, missing).0, Ok(ReplyVerdict::Refused(_))));
    let classes = [
        (500, missing, RejectClass::OutcomeUnknown),
        (502, "<html><body>Bad Gateway</body></html>", RejectClass::OutcomeUnknown),
        (400, "<html>", RejectClass::OutcomeUnknown),
        (404, "", RejectClass::OutcomeUnknown),
        (403, "<html>", RejectClass::RateLimited),
        (418, "", RejectClass::Banned),
        (429, r#"{"code":-1003,"msg":"Too many requests."}"#, RejectClass::RateLimited),
        (
            400,
            r#"{"code":-1021,"msg":"Timestamp for this request is outside of the recvWindow."}"#,
            RejectClass::Timestamp,
        ),
    ];
    for (status, body, want) in classes {
        let Ok(ReplyVerdict::Refused(reject)) = reply(Product::Spot, &ask(), status, body).0 else {
            panic!("{body}")
        };
        assert_eq!(reject.class, want, "{status} {body}");
    }
    for body in ["", "null", "{}", "[]", missing, "<html>", "{\"symbol\":\"BTCUSDT\"} x"] {
        assert!(reply(Product::Spot, &ask(), 200, body).0.is_err(), "{body}");
    }
}

#[test]
fn an_order_answer_over_rest_must_be_about_the_order_asked_for() {
    let body = r#"{"symbol":"BTCUSDT","orderId":1,"orderListId":-1,"clientOrderId":"TGA70010000010","price":"0.10","origQty":"1.0","executedQty":"0.5","cummulativeQuoteQty":"0.05","status":"PARTIALLY_FILLED","timeInForce":"GTC","type":"LIMIT","side":"BUY","time":1499827319559,"updateTime":1499827319560,"isWorking":true}"#;
    let (verdict, out) = reply(Product::Spot, &ask(), 200, body);
    assert_eq!(verdict, Ok(ReplyVerdict::Served { next: None }));
    let Event::Order(order) = only(out) else { panic!() };
    assert_eq!((order.client, order.filled), (ClientRef::Ours(ours()), qty(50_000_000)));
    let other = body.replace(OURS, "TGA70010000020");
    assert_eq!(reply(Product::Spot, &ask(), 200, &other).0, Err(DecodeError::Field("client id")));
}

#[test]
fn a_full_page_of_fills_says_where_the_next_begins() {
    let row = |id: u64| {
        format!(
            r#"{{"symbol":"BTCUSDT","id":{id},"orderId":100234,"price":"4.00","qty":"12.0","quoteQty":"48","commission":"10.1","commissionAsset":"BNB","time":1499865549590,"isBuyer":true,"isMaker":false,"isBestMatch":true}}"#
        )
    };
    let page = |count: u64| format!("[{}]", (1..=count).map(row).collect::<Vec<_>>().join(","));
    let fills = Query::Fills { instrument: InstrumentId(0), since: 0, from_id: None };
    let (verdict, out) = reply(Product::Spot, &fills, 200, &page(2));
    assert_eq!((verdict, out.events.len()), (Ok(ReplyVerdict::Served { next: None }), 2));
    let Event::Fill(fill) = out.events[0] else { panic!() };
    assert_eq!((fill.client, fill.side, fill.px), (ClientRef::Foreign, Side::Buy, px(400)));
    assert_eq!(
        reply(Product::Spot, &fills, 200, &page(1000)).0,
        Ok(ReplyVerdict::Served { next: Some(1001) })
    );
}

#[test]
fn usdm_balances_and_positions_read_from_rest() {
    let body = r#"[{"accountAlias":"SgsR","asset":"USDT","balance":"100.5","crossWalletBalance":"100.5","crossUnPnl":"0","availableBalance":"40.25","maxWithdrawAmount":"40.25","marginAvailable":true,"updateTime":1617939110373}]"#;
    let Event::Balance(balance) = only(reply(Product::Linear, &Query::Balances, 200, body).1) else {
        panic!()
    };
    assert_eq!((balance.free, balance.locked), (money("40.25"), money("60.25")));
    let body = r#"[{"symbol":"BTCUSDT","positionSide":"BOTH","positionAmt":"0.001","entryPrice":"22185.2","updateTime":1655217461579}]"#;
    let Event::Position(position) = only(reply(Product::Linear, &Query::Positions, 200, body).1) else {
        panic!()
    };
    assert_eq!((position.qty, position.entry_px), (money("0.001"), Some(px(2_218_520))));
}

#[test]
fn money_that_moves_without_a_trade_is_told_once_by_the_stream_or_by_the_income_history() {
    let frame = r#"{"e":"balanceUpdate","E":1573200697110,"a":"BTC","d":"-100.50000000","T":1573200697068}"#;
    let want = MoveReport {
        id: name("1573200697068-BTC--100.50000000"),
        kind: MoveKind::Transfer,
        wallet: Wallet::Spot,
        asset: name("BTC"),
        amount: money("-100.5"),
        instrument: None,
        venue_ns: 1_573_200_697_068_000_000,
    };
    assert_eq!(only(private(Product::Spot, frame).unwrap()), Event::Move(want));
    let frame = r#"{"e":"ACCOUNT_UPDATE","E":1,"T":1564745798938,"a":{"m":"FUNDING_FEE","B":[{"a":"USDT","wb":"1","cw":"1","bc":"-0.5"}]}}"#;
    assert_eq!(private(Product::Linear, frame).unwrap().events[1], Event::Moved);
    let body = r#"[{"symbol":"BTCUSDT","incomeType":"FUNDING_FEE","income":"-0.37500000","asset":"USDT","info":"","time":1570608000000,"tranId":9689322392,"tradeId":""},{"symbol":"BTCUSDT","incomeType":"COMMISSION","income":"-0.01","asset":"USDT","info":"","time":1570608000001,"tranId":9689322393,"tradeId":"1"},{"symbol":"","incomeType":"TRANSFER","income":"5","asset":"USDT","info":"","time":1570608000002,"tranId":9689322392,"tradeId":""}]"#;
    let query = Query::Moves { since: 0, from_id: None };
    let (verdict, out) = reply(Product::Linear, &query, 200, body);
    assert_eq!(verdict, Ok(ReplyVerdict::Served { next: None }));
    let funding = MoveReport {
        id: name("FUNDING_FEE-9689322392"),
        kind: MoveKind::Funding,
        wallet: Wallet::Linear,
        asset: name("USDT"),
        amount: money("-0.375"),
        instrument: Some(InstrumentId(1)),
        venue_ns: 1_570_608_000_000_000_000,
    };
    let transfer = MoveReport {
        id: name("TRANSFER-9689322392"),
        kind: MoveKind::Transfer,
        amount: money("5"),
        instrument: None,
        venue_ns: 1_570_608_000_002_000_000,
        ..funding
    };
    assert_eq!(out.events, [Event::Move(funding), Event::Move(transfer)]);
}

#[test]
fn a_liquidation_is_a_fill_of_the_venues_own_order() {
    let frame = r#"{"e":"ORDER_TRADE_UPDATE","E":1568879465651,"T":1568879465650,"o":{"s":"BTCUSDT","c":"autoclose-1568879465650","S":"SELL","o":"MARKET","f":"IOC","q":"0.001","p":"0","ap":"7100","x":"CALCULATED","X":"FILLED","i":8886774,"l":"0.001","z":"0.001","L":"7100","N":"USDT","n":"0.00284","T":1568879465650,"t":1,"m":false,"R":false,"ps":"BOTH","rp":"0"}}"#;
    let out = private(Product::Linear, frame).unwrap();
    let [Event::Fill(fill), Event::Order(order)] = out.events[..] else { panic!("{:?}", out.events) };
    assert_eq!((fill.client, fill.side, order.client), (ClientRef::Venue, Side::Sell, ClientRef::Venue));
}
