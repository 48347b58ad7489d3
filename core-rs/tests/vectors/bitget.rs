//! Bitget messages, one by one, with values read off by eye.

use crate::common::{decode, listed, money, name, only, ours, px, qty};
use tidegate_core::ledger::{BalanceReport, PositionReport, Wallet};
use tidegate_core::market::{DeltaKind, Level};
use tidegate_core::order::{ClientRef, FillReport, Liquidity, OrderReport, VenueStatus};
use tidegate_core::units::{InstrumentId, Product, Side, Symbol, Venue};
use tidegate_core::venues::{
    DecodeError, Event, EventBuf, Query, RejectClass, ReplyOutcome, ReplyVerdict, RequestReply, Role,
    SessionNote, Trade, codec,
};

const BOOK: &str = r#"{"action":"update","arg":{"instType":"USDT-FUTURES","channel":"books","instId":"BTCUSDT"},"data":[{"asks":[["60001.5","116.5"],["60002","0"]],"bids":[["60000.5","0.0307"]],"ts":"1789456512452","seq":1304314508780744705,"pseq":427583461144}],"ts":1789456512453}"#;
const SPOT: InstrumentId = InstrumentId(6);
const LINEAR: InstrumentId = InstrumentId(7);

fn read(product: Product, frame: &str) -> Result<EventBuf, DecodeError> {
    decode(Venue::Bitget, &listed().context(product, Role::Public), frame.as_bytes())
}

#[test]
fn a_book_message_is_read_with_ids_beyond_what_a_double_holds() {
    let out = read(Product::Linear, BOOK).unwrap();
    let Event::Depth(depth) = out.events[0] else { panic!("{out:?}") };
    let delta = out.delta(&depth);
    assert_eq!((depth.instrument, delta.kind), (LINEAR, DeltaKind::Update));
    assert_eq!((delta.last, delta.prev), (1_304_314_508_780_744_705, 427_583_461_144));
    assert_eq!(delta.venue_ns, 1_789_456_512_452_000_000);
    assert_eq!(delta.bids, [Level { px: 600_005, qty: 307 }]);
    assert_eq!(delta.asks, [Level { px: 600_015, qty: 1_165_000 }, Level { px: 600_020, qty: 0 }]);
    let cases = [
        ("update", "snapshots", DecodeError::Field("action")),
        (r#""seq":1304314508780744705,"#, "", DecodeError::Missing("seq")),
        ("0.0307", "0.03071", DecodeError::Field("bids")),
        ("BTCUSDT", "XRPUSDT", DecodeError::UnknownInstrument),
    ];
    for (from, to, want) in cases {
        assert_eq!(read(Product::Linear, &BOOK.replace(from, to)).unwrap_err(), want, "{to}");
    }
}

#[test]
fn trades_of_the_past_are_not_told_again() {
    let past = r#"{"action":"snapshot","arg":{"instType":"SPOT","channel":"trade","instId":"BTCUSDT"},"data":[{"ts":"1695709835822","price":"26293.4","size":"0.0013","side":"buy","tradeId":"1000000000"}],"ts":1695711090682}"#;
    assert!(read(Product::Spot, past).unwrap().events.is_empty());
    let want = Trade {
        instrument: SPOT,
        px: px(2_629_340),
        qty: qty(1300),
        side: Side::Buy,
        venue_ns: 1_695_709_835_822_000_000,
    };
    assert_eq!(only(read(Product::Spot, &past.replace("snapshot", "update")).unwrap()), Event::Trade(want));
}

const ORDER: &str = r#"{"action":"snapshot","arg":{"instType":"SPOT","channel":"orders","instId":"default"},"data":[{"instId":"BTCUSDT","orderId":"17","clientOid":"TGA70010000010","size":"0.0005","price":"26256.5","orderType":"limit","side":"buy","fillPrice":"26256.0","tradeId":"1","baseVolume":"0.0003","fillTime":"1695797773286","fillFee":"-0.00000018","fillFeeCoin":"BTC","tradeScope":"T","accBaseVolume":"0.0004","status":"partially_filled","cTime":"1695797773257","uTime":"1695797773326"}],"ts":1695797773370}"#;

#[test]
fn an_order_event_is_its_fill_and_then_its_state() {
    let fill = FillReport {
        client: ClientRef::Ours(ours()),
        venue_id: name("17"),
        instrument: SPOT,
        trade_id: name("1"),
        side: Side::Buy,
        px: px(2_625_600),
        qty: qty(300),
        fee: money("0.00000018"),
        fee_asset: name("BTC"),
        liquidity: Liquidity::Taker,
        venue_ns: 1_695_797_773_286_000_000,
    };
    let order = OrderReport {
        client: ClientRef::Ours(ours()),
        venue_id: name("17"),
        instrument: SPOT,
        side: Side::Buy,
        status: VenueStatus::PartiallyFilled,
        qty: qty(500),
        filled: qty(400),
        px: Some(px(2_625_650)),
        venue_ns: 1_695_797_773_326_000_000,
        reason: Symbol::EMPTY,
    };
    assert_eq!(read(Product::Linear, ORDER).unwrap().events, [Event::Fill(fill), Event::Order(order)]);
    let quiet = ORDER.replace(r#""tradeId":"1","#, "");
    assert_eq!(read(Product::Linear, &quiet).unwrap().events, [Event::Order(order)]);
    let market = quiet.replace("limit", "market").replace("0.0005", "8.0000");
    let want = OrderReport { qty: qty(400), ..order };
    assert_eq!(only(read(Product::Spot, &market).unwrap()), Event::Order(want), "its size is quote coin");
    let hedge = ORDER.replace(r#""side""#, r#""posMode":"hedge_mode","side""#);
    assert_eq!(read(Product::Spot, &hedge).unwrap_err(), DecodeError::Field("posMode"));
    for (word, want) in
        [("live", VenueStatus::Live), ("cancelled", VenueStatus::Cancelled), ("filled", VenueStatus::Filled)]
    {
        let out = read(Product::Spot, &quiet.replace("partially_filled", word)).unwrap();
        assert!(matches!(only(out), Event::Order(o) if o.status == want), "{word}");
    }
}

#[test]
fn balances_of_both_wallets_leave_open_profit_out() {
    let spot = r#"{"action":"snapshot","arg":{"instType":"SPOT","channel":"account","coin":"default"},"data":[{"coin":"USDT","available":"100000","frozen":"2.5","locked":"0","uTime":"1697092295506"}],"ts":1}"#;
    let want = BalanceReport {
        wallet: Wallet::Spot,
        asset: name("USDT"),
        free: money("100000"),
        locked: money("2.5"),
        venue_ns: 1_697_092_295_506_000_000,
    };
    assert_eq!(only(read(Product::Spot, spot).unwrap()), Event::Balance(want));
    let linear = r#"{"action":"snapshot","arg":{"instType":"USDT-FUTURES","channel":"account","coin":"default"},"data":[{"marginCoin":"USDT","frozen":"0","available":"900","equity":"1100","unrealizedPL":"150"}],"ts":1695717225146}"#;
    let want = BalanceReport {
        wallet: Wallet::Linear,
        asset: name("USDT"),
        free: money("900"),
        locked: money("50"),
        venue_ns: 1_695_717_225_146_000_000,
    };
    assert_eq!(only(read(Product::Spot, linear).unwrap()), Event::Balance(want));
    let silent = linear.replace(r#","unrealizedPL":"150""#, "");
    assert!(read(Product::Spot, &silent).unwrap().events.is_empty(), "equity alone is no balance");
}

#[test]
fn positions_are_signed_and_hedge_mode_is_refused() {
    let frame = r#"{"action":"snapshot","arg":{"instType":"USDT-FUTURES","channel":"positions","instId":"default"},"data":[{"instId":"BTCUSDT","holdSide":"short","posMode":"one_way_mode","total":"0.1","openPriceAvg":"1900","uTime":"1695711602568"}],"ts":1}"#;
    let want = PositionReport {
        instrument: LINEAR,
        qty: money("-0.1"),
        entry_px: Some(px(19_000)),
        venue_ns: 1_695_711_602_568_000_000,
    };
    assert_eq!(only(read(Product::Spot, frame).unwrap()), Event::Position(want));
    let hedge = frame.replace("one_way", "hedge");
    assert_eq!(read(Product::Spot, &hedge).unwrap_err(), DecodeError::Field("posMode"));
    assert!(read(Product::Spot, &hedge.replace("0.1", "0")).unwrap().events.is_empty());
}

#[test]
fn what_a_socket_says_of_itself_and_of_orders_is_understood() {
    let event = |frame: &str| only(read(Product::Spot, frame).unwrap());
    assert_eq!(event("pong"), Event::Session(SessionNote::Pong));
    assert_eq!(event(r#"{"event":"login","code":"0","msg":""}"#), Event::Session(SessionNote::LoggedIn));
    assert_eq!(event(r#"{"event":"login","code":0,"msg":""}"#), Event::Session(SessionNote::LoggedIn));
    let ack =
        r#"{"event":"subscribe","arg":{"instType":"USDT-FUTURES","channel":"books","instId":"BTCUSDT"}}"#;
    assert_eq!(event(ack), Event::Session(SessionNote::Subscribed));
    let unknown = r#"{"event":"error","arg":{"instType":"SPOT","channel":"books","instId":"NOPE"},"code":30001,"msg":"doesn't exist","op":"subscribe"}"#;
    assert!(
        matches!(event(unknown), Event::Session(SessionNote::SubscribeRefused(r)) if r.code.as_str() == "30001")
    );
    let key = r#"{"event":"error","code":30011,"msg":"Invalid ACCESS_KEY"}"#;
    assert!(
        matches!(event(key), Event::Session(SessionNote::LoginRefused(r)) if r.class == RejectClass::Auth)
    );
    let placed = r#"{"event":"trade","arg":[{"id":"TGA70010000010","instType":"SPOT","channel":"place-order","instId":"BTCUSDT","params":{"orderId":"1344419561630867456","clientOid":"TGA70010000010"}}],"code":0,"msg":"Success","ts":1756260522296}"#;
    let accepted = ReplyOutcome::Accepted(Some(name("1344419561630867456")));
    let want = RequestReply { client_id: ours(), cancel: false, outcome: accepted };
    assert_eq!(event(placed), Event::Reply(want));
    let refused = r#"{"event":"error","arg":[{"id":"cTGA70010000010","instType":"SPOT","channel":"cancel-order","instId":"BTCUSDT","params":{"clientOid":"TGA70010000010"}}],"code":43001,"msg":"The order does not exist","ts":1756261603661}"#;
    let Event::Reply(reply) = event(refused) else { panic!("no reply") };
    assert!(
        reply.cancel
            && matches!(reply.outcome, ReplyOutcome::Rejected(r) if r.class == RejectClass::UnknownOrder)
    );
}

fn answer(
    product: Product,
    query: &Query,
    status: u16,
    body: &str,
) -> Result<(ReplyVerdict, EventBuf), DecodeError> {
    let (table, mut out) = (listed(), EventBuf::default());
    let ctx = table.context(product, Role::Rest);
    let codec = codec(Venue::Bitget, product).unwrap();
    let verdict = codec.decode_reply(query, &ctx, status, body.as_bytes(), &mut out)?;
    Ok((verdict, out))
}

#[test]
fn an_order_is_found_absent_or_nothing_is_proved() {
    let spot = Query::Order { instrument: SPOT, client_id: ours() };
    let linear = Query::Order { instrument: LINEAR, client_id: ours() };
    let row = r#"{"symbol":"btcusdt","size":"0.02","orderId":"123456","clientOid":"TGA70010000010","baseVolume":"0.01","price":"1900","STATE":"partially_filled","side":"buy","orderType":"limit","posMode":"one_way_mode","uTime":"1627300098776"}"#;
    let spot_body =
        format!(r#"{{"code":"00000","msg":"success","data":[{}]}}"#, row.replace("STATE", "status"));
    let linear_body =
        format!(r#"{{"code":"00000","msg":"success","data":{}}}"#, row.replace("STATE", "state"));
    for (product, query, body) in
        [(Product::Spot, &spot, &spot_body), (Product::Linear, &linear, &linear_body)]
    {
        let (verdict, out) = answer(product, query, 200, body).unwrap();
        assert_eq!(verdict, ReplyVerdict::Served { next: None });
        assert!(matches!(out.events[..], [Event::Order(o)] if o.status == VenueStatus::PartiallyFilled));
        let other = body.replace("TGA70010000010", "TGA70010000020");
        assert_eq!(answer(product, query, 200, &other).unwrap_err(), DecodeError::Field("client id"));
    }
    let empty = r#"{"code":"00000","msg":"success","data":[]}"#;
    assert_eq!(answer(Product::Spot, &spot, 200, empty).unwrap().0, ReplyVerdict::Absent);
    let none = r#"{"code":"40109","msg":"The data of the order cannot be found, please confirm the order number","data":null}"#;
    assert_eq!(answer(Product::Linear, &linear, 400, none).unwrap().0, ReplyVerdict::Absent);
    for (status, body, want) in [
        (502, "<html>Bad Gateway</html>", RejectClass::OutcomeUnknown),
        (429, r#"{"code":"429","msg":"Too Many Requests"}"#, RejectClass::RateLimited),
        (400, r#"{"code":"40009","msg":"sign signature error"}"#, RejectClass::Auth),
        (403, "Forbidden", RejectClass::Banned),
        (400, r#"{"code":"40010","msg":"Request timed out"}"#, RejectClass::OutcomeUnknown),
    ] {
        let verdict = answer(Product::Linear, &linear, status, body).unwrap().0;
        assert!(
            matches!(verdict, ReplyVerdict::Refused(r) if r.class == want),
            "{status} {body}: {verdict:?}"
        );
    }
    for body in ["", "{}", "<html>", r#"{"code":"00000","data":null}"#, r#"{"code":"0","data":"#] {
        assert!(answer(Product::Linear, &linear, 200, body).is_err(), "{body}");
    }
}

#[test]
fn fills_of_both_products_have_their_fee_in_their_own_shape() {
    let spot = r#"{"code":"00000","msg":"success","data":[{"symbol":"BTCUSDT","orderId":"5","tradeId":"123","side":"buy","priceAvg":"13000","size":"0.0007","feeDetail":{"deduction":"no","feeCoin":"BTC","totalDeductionFee":"","totalFee":"-0.0000007"},"tradeScope":"taker","cTime":"1695865232579"}]}"#;
    let query = |instrument| Query::Fills { instrument, since: 0, from_id: None };
    let (verdict, out) = answer(Product::Spot, &query(SPOT), 200, spot).unwrap();
    assert_eq!(verdict, ReplyVerdict::Served { next: None });
    let Event::Fill(fill) = only(out) else { panic!("no fill") };
    assert_eq!((fill.px, fill.qty, fill.fee), (px(1_300_000), qty(700), money("0.0000007")));
    let linear = r#"{"code":"00000","data":{"fillList":[{"tradeId":"123","symbol":"BTCUSDT","orderId":"5","price":"60000.5","baseVolume":"0.01","feeDetail":[{"feeCoin":"BGB","totalFee":"-0.017"}],"side":"sell","tradeScope":"maker","cTime":"1627293509612"}],"endId":"123"},"msg":"success"}"#;
    let (_, out) = answer(Product::Linear, &query(LINEAR), 200, linear).unwrap();
    let Event::Fill(fill) = only(out) else { panic!("no fill") };
    assert_eq!((fill.qty, fill.fee_asset, fill.liquidity), (qty(100), name("BGB"), Liquidity::Maker));
    let none = r#"{"code":"00000","data":{"fillList":null,"endId":null},"msg":"success"}"#;
    assert!(answer(Product::Linear, &query(LINEAR), 200, none).unwrap().1.events.is_empty());
}
