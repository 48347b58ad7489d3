//! Messages of the bridge, one by one, with values read off by eye.

use crate::common::{decode, listed, money, name, only, ours, px, qty, session};
use crate::requests::{WALL, ask, hmac_by_hand, order, place};
use crate::requests_base64::base64;
use serde_json::{Value, json};
use tidegate_core::ledger::{BalanceReport, Wallet};
use tidegate_core::market::{DeltaKind, Level};
use tidegate_core::order::{
    ClientRef, FillReport, Liquidity, OrderCmd, OrderKind, OrderReport, TimeInForce, VenueStatus,
};
use tidegate_core::units::{InstrumentId, Product, Side, Symbol, Venue};
use tidegate_core::venues::{
    DecodeError, EncodeError, Event, EventBuf, Query, RejectClass, ReplyOutcome, ReplyVerdict, RequestReply,
    Role, SessionNote, Trade, codec,
};

const BTC: InstrumentId = InstrumentId(8);
const BOOK: &str = r#"{"arg":{"channel":"books","instId":"BTC-USDT"},"action":"snapshot","data":[{"bids":[["60000.5","0.75"]],"asks":[["60001","0.5"],["60001.25","0.1"]],"ts":"1787612486207","seqId":12,"prevSeqId":0}]}"#;
const ORDER: &str = r#"{"symbol":"BTC-USDT","orderId":"OAG6TD-WB7Y2-3PC7M2","clientId":"TGA70010000010","side":"buy","state":"partial","qty":"0.5","filled":"0.2","px":"60000","ts":"1700000000000"}"#;
const FILL: &str = r#"{"seq":12,"symbol":"BTC-USDT","tradeId":"TOKKH4-6PNV4-J4XQPE","orderId":"OAG6TD-WB7Y2-3PC7M2","clientId":"TGA70010000010","side":"buy","px":"60000","qty":"0.2","fee":"0.0002","feeAsset":"BTC","role":"taker","ts":"1700000000000"}"#;

fn read(role: Role, frame: &str) -> Result<EventBuf, DecodeError> {
    decode(Venue::Bridge, &listed().context(Product::Spot, role), frame.as_bytes())
}

fn reply(query: &Query, status: u16, body: &str) -> (Result<ReplyVerdict, DecodeError>, EventBuf) {
    let (table, mut out) = (listed(), EventBuf::default());
    let ctx = table.context(Product::Spot, Role::Rest);
    let codec = codec(Venue::Bridge, Product::Spot).unwrap();
    (codec.decode_reply(query, &ctx, status, body.as_bytes(), &mut out), out)
}

#[test]
fn a_book_is_whole_or_chained_and_reads_alike_in_every_key_order() {
    let update = r#"{"data":[{"prevSeqId":12,"asks":[["60001","0"]],"ts":"1787612486300","seqId":13,"bids":[]}],"action":"update","arg":{"instId":"BTC-USDT","channel":"books"}}"#;
    for (frame, kind, ids) in [(BOOK, DeltaKind::Snapshot, (12, 0)), (update, DeltaKind::Update, (13, 12))] {
        let out = read(Role::Public, frame).unwrap();
        let Event::Depth(depth) = out.events[0] else { panic!("{out:?}") };
        let delta = out.delta(&depth);
        assert_eq!((depth.instrument, delta.kind, (delta.last, delta.prev)), (BTC, kind, ids));
        if kind == DeltaKind::Snapshot {
            assert_eq!(delta.bids, [Level { px: 6_000_050, qty: 75_000 }]);
            assert_eq!(delta.asks[1], Level { px: 6_000_125, qty: 10_000 });
            assert_eq!(delta.venue_ns, 1_787_612_486_207_000_000);
        }
    }
}

#[test]
fn a_bad_book_message_is_refused_whole_and_says_why() {
    let cases = [
        ("snapshot", "whole", DecodeError::Field("action")),
        (r#""seqId":12,"#, "", DecodeError::Missing("seqId")),
        (r#""seqId":12"#, r#""seqId":0"#, DecodeError::Missing("seqId")),
        (r#""bids":[["60000.5","0.75"]],"#, "", DecodeError::Missing("bids")),
        ("BTC-USDT", "XRP-USDT", DecodeError::UnknownInstrument),
        ("60000.5", "60000.505", DecodeError::Field("bids")),
        ("1787612486207", "soon", DecodeError::Field("ts")),
    ];
    for (from, to, want) in cases {
        assert_eq!(read(Role::Public, &BOOK.replace(from, to)).unwrap_err(), want, "{to}");
    }
}

#[test]
fn public_trades_name_the_takers_side() {
    let frame = r#"{"arg":{"channel":"trades","instId":"BTC-USDT"},"data":[{"px":"42219.9","qty":"0.12","side":"sell","ts":"1630048897897"}]}"#;
    let want = Trade {
        instrument: BTC,
        px: px(4_221_990),
        qty: qty(12_000),
        side: Side::Sell,
        venue_ns: 1_630_048_897_897_000_000,
    };
    assert_eq!(only(read(Role::Public, frame).unwrap()), Event::Trade(want));
}

fn order_report(status: VenueStatus) -> OrderReport {
    OrderReport {
        client: ClientRef::Ours(ours()),
        venue_id: name("OAG6TD-WB7Y2-3PC7M2"),
        instrument: BTC,
        side: Side::Buy,
        status,
        qty: qty(50_000),
        filled: qty(20_000),
        px: Some(px(6_000_000)),
        venue_ns: 1_700_000_000_000_000_000,
        reason: Symbol::EMPTY,
    }
}

#[test]
fn an_order_row_tells_its_state_in_the_stream_and_as_an_answer() {
    let states = [
        ("open", VenueStatus::Live),
        ("partial", VenueStatus::PartiallyFilled),
        ("filled", VenueStatus::Filled),
        ("cancelled", VenueStatus::Cancelled),
        ("rejected", VenueStatus::Rejected),
        ("expired", VenueStatus::Expired),
    ];
    for (word, status) in states {
        let row = ORDER.replace("partial", word);
        let pushed = format!(r#"{{"arg":{{"channel":"orders"}},"data":[{row}]}}"#);
        let want = Event::Order(order_report(status));
        assert_eq!(only(read(Role::Private, &pushed).unwrap()), want);
        let query = Query::Order { instrument: BTC, client_id: ours() };
        let (verdict, out) = reply(&query, 200, &format!(r#"{{"code":"0","msg":"","data":{row}}}"#));
        assert_eq!((verdict, only(out)), (Ok(ReplyVerdict::Served { next: None }), want));
    }
    let unknown = format!(r#"{{"arg":{{"channel":"orders"}},"data":[{}]}}"#, ORDER.replace("partial", "new"));
    assert_eq!(read(Role::Private, &unknown).unwrap_err(), DecodeError::Field("state"));
    // Another order than the one asked for proves nothing.
    let other = ORDER.replace("TGA70010000010", "TGA70010000020");
    let query = Query::Order { instrument: BTC, client_id: ours() };
    let (verdict, out) = reply(&query, 200, &format!(r#"{{"code":"0","msg":"","data":{other}}}"#));
    assert_eq!((verdict, out.events), (Err(DecodeError::Field("client id")), vec![]));
}

#[test]
fn fills_are_paged_by_the_bridges_own_number() {
    let want = FillReport {
        client: ClientRef::Ours(ours()),
        venue_id: name("OAG6TD-WB7Y2-3PC7M2"),
        instrument: BTC,
        trade_id: name("TOKKH4-6PNV4-J4XQPE"),
        side: Side::Buy,
        px: px(6_000_000),
        qty: qty(20_000),
        fee: money("0.0002"),
        fee_asset: name("BTC"),
        liquidity: Liquidity::Taker,
        venue_ns: 1_700_000_000_000_000_000,
    };
    let pushed = format!(r#"{{"arg":{{"channel":"fills"}},"data":[{FILL}]}}"#);
    assert_eq!(only(read(Role::Private, &pushed).unwrap()), Event::Fill(want));
    let query = Query::Fills { instrument: BTC, since: 0, from_id: None };
    let page = |rows: usize| {
        let row = |at: usize| FILL.replace("\"seq\":12", &format!("\"seq\":{}", 7 + at));
        let rows: Vec<String> = (0..rows).map(row).collect();
        reply(&query, 200, &format!(r#"{{"code":"0","msg":"","data":[{}]}}"#, rows.join(","))).0
    };
    assert_eq!(page(99), Ok(ReplyVerdict::Served { next: None }));
    assert_eq!(page(100), Ok(ReplyVerdict::Served { next: Some(106) }));
    for (from, to, field) in [("taker", "T", "role"), (r#""seq":12,"#, "", "seq")] {
        let bad = pushed.replace(from, to);
        let want = if to.is_empty() { DecodeError::Missing(field) } else { DecodeError::Field(field) };
        assert_eq!(read(Role::Private, &bad).unwrap_err(), want);
    }
}

#[test]
fn balances_are_free_and_locked() {
    let row = r#"{"asset":"USDT","free":"1000.5","locked":"20","ts":"1700000000000"}"#;
    let want = Event::Balance(BalanceReport {
        wallet: Wallet::Spot,
        asset: name("USDT"),
        free: money("1000.5"),
        locked: money("20"),
        venue_ns: 1_700_000_000_000_000_000,
    });
    let pushed = format!(r#"{{"arg":{{"channel":"balances"}},"data":[{row}]}}"#);
    assert_eq!(only(read(Role::Private, &pushed).unwrap()), want);
    let (_, out) = reply(&Query::Balances, 200, &format!(r#"{{"code":"0","msg":"","data":[{row}]}}"#));
    assert_eq!(only(out), want);
}

#[test]
fn a_list_of_open_orders_that_may_be_cut_off_is_none() {
    let list = |rows: usize| {
        let rows = vec![ORDER; rows].join(",");
        reply(&Query::OpenOrders, 200, &format!(r#"{{"code":"0","msg":"","data":[{rows}]}}"#)).0
    };
    assert_eq!(list(1000), Ok(ReplyVerdict::Served { next: None }));
    assert_eq!(list(1001), Err(DecodeError::TooLarge));
}

#[test]
fn each_refusal_has_its_meaning_and_a_page_of_a_proxy_leaves_it_open() {
    use RejectClass::{
        AlreadyDone, Auth, DuplicateClientId, Filter, InsufficientFunds, Maintenance, Other, OutcomeUnknown,
        PostOnlyWouldTake, RateLimited, Timestamp, UnknownOrder, UnknownSymbol,
    };
    let classes = [
        OutcomeUnknown,
        InsufficientFunds,
        Filter,
        PostOnlyWouldTake,
        DuplicateClientId,
        UnknownOrder,
        UnknownSymbol,
        AlreadyDone,
        Timestamp,
        Auth,
        RateLimited,
        Maintenance,
        Other,
    ];
    for (code, class) in (1..).zip(classes) {
        let text =
            format!(r#"{{"id":"TGA70010000010","op":"place","code":"{code}","msg":"why","orderId":""}}"#);
        let Event::Reply(RequestReply { cancel: false, outcome: ReplyOutcome::Rejected(reject), .. }) =
            only(read(Role::Trade, &text).unwrap())
        else {
            panic!("{text}")
        };
        assert_eq!(reject.class, class);
        let query = Query::Order { instrument: BTC, client_id: ours() };
        let (verdict, _) = reply(&query, 400, &format!(r#"{{"code":"{code}","msg":"why","data":[]}}"#));
        match verdict.unwrap() {
            ReplyVerdict::Absent => assert_eq!(class, UnknownOrder),
            ReplyVerdict::Refused(reject) => assert_eq!(reject.class, class),
            verdict @ ReplyVerdict::Served { .. } => panic!("{verdict:?}"),
        }
    }
    for (status, body) in [(502, "<html>"), (404, ""), (500, r#"{"code":"6","msg":"","data":[]}"#)] {
        let query = Query::Order { instrument: BTC, client_id: ours() };
        let (verdict, _) = reply(&query, status, body);
        let Ok(ReplyVerdict::Refused(reject)) = verdict else { panic!("{verdict:?}") };
        assert_eq!(reject.class, OutcomeUnknown, "{status}");
    }
}

#[test]
fn answers_to_log_in_and_requests_are_read() {
    let notes = [
        (r#"{"event":"login","code":"0"}"#, SessionNote::LoggedIn),
        (r#"{"event":"subscribe","arg":{"channel":"orders"}}"#, SessionNote::Subscribed),
        ("pong", SessionNote::Pong),
    ];
    for (frame, note) in notes {
        assert_eq!(only(read(Role::Private, frame).unwrap()), Event::Session(note));
    }
    let refused = only(read(Role::Private, r#"{"event":"error","code":"10","msg":"Auth"}"#).unwrap());
    assert!(matches!(refused, Event::Session(SessionNote::LoginRefused(_))), "{refused:?}");
    let cancelled = r#"{"id":"cTGA70010000010","op":"cancel","code":"0","msg":"","orderId":"77"}"#;
    let want =
        RequestReply { client_id: ours(), cancel: true, outcome: ReplyOutcome::Accepted(Some(name("77"))) };
    assert_eq!(only(read(Role::Trade, cancelled).unwrap()), Event::Reply(want));
    // An acceptance without the exchange's id is none.
    let bare = r#"{"id":"TGA70010000010","op":"place","code":"0","msg":""}"#;
    assert_eq!(read(Role::Trade, bare).unwrap_err(), DecodeError::Missing("orderId"));
}

#[test]
fn our_orders_say_when_they_end_to_count_and_nothing_linear_is_asked_for() {
    let kinds = [
        (OrderKind::Limit, TimeInForce::Gtc, "limit"),
        (OrderKind::Limit, TimeInForce::Ioc, "ioc"),
        (OrderKind::Limit, TimeInForce::Fok, "fok"),
        (OrderKind::Limit, TimeInForce::PostOnly, "post_only"),
        (OrderKind::Market, TimeInForce::Ioc, "market"),
    ];
    for (kind, tif, word) in kinds {
        let frame = place(Venue::Bridge, Product::Spot, order(8, Side::Sell, kind, tif)).unwrap();
        let mut args = json!({
            "symbol": "BTC-USDT", "clientId": "TGA70010000010", "side": "sell", "kind": word, "qty": "0.01",
        });
        if kind == OrderKind::Limit {
            args["px"] = json!("60000");
        }
        let want = json!({"id": "TGA70010000010", "op": "place", "expires": "1700000001500", "args": [args]});
        assert_eq!(frame, want);
    }
    let buy = order(8, Side::Buy, OrderKind::Market, TimeInForce::Ioc);
    let refused = EncodeError::Unsupported("a market buy in base coin");
    assert_eq!(place(Venue::Bridge, Product::Spot, buy).unwrap_err(), refused);
    let (table, mut out) = (listed(), Vec::new());
    let cancel = OrderCmd::Cancel { client_id: ours(), instrument: BTC, venue_id: None };
    let spot = codec(Venue::Bridge, Product::Spot).unwrap();
    spot.encode_order(&cancel, &table.0[8], &session(), WALL, &mut out).unwrap();
    let args = json!([{"symbol": "BTC-USDT", "clientId": "TGA70010000010"}]);
    let frame: Value = serde_json::from_slice(&out).unwrap();
    assert_eq!(frame, json!({"id": "cTGA70010000010", "op": "cancel", "args": args}));
    let linear = codec(Venue::Bridge, Product::Linear).unwrap();
    for query in [Query::OpenOrders, Query::Positions, Query::Balances] {
        let refused = linear.encode_query(&query, &table, Some(&session()), WALL, &mut out);
        assert!(matches!(refused, Err(EncodeError::Unsupported(_))), "{query:?} {refused:?}");
    }
}

#[test]
fn questions_have_the_documented_form_and_are_signed() {
    let order = Query::Order { instrument: BTC, client_id: ours() };
    let fills = Query::Fills { instrument: BTC, since: 5_000_000, from_id: Some(9) };
    let cases = [
        (order, "/v1/order?symbol=BTC-USDT&clientId=TGA70010000010"),
        (fills, "/v1/fills?symbol=BTC-USDT&since=5&after=9&limit=100"),
        (Query::OpenOrders, "/v1/open-orders"),
        (Query::Balances, "/v1/balances"),
    ];
    for (query, target) in cases {
        let (line, headers) = ask(Venue::Bridge, Product::Spot, &query);
        assert_eq!(line, format!("GET {target}"));
        let signature = base64(&hmac_by_hand(b"testSecret", &format!("1700000000000GET{target}")));
        let want = [
            "BRIDGE-ACCESS-KEY: testKey".to_owned(),
            format!("BRIDGE-ACCESS-SIGN: {signature}"),
            "BRIDGE-ACCESS-TIMESTAMP: 1700000000000".to_owned(),
            "BRIDGE-ACCESS-PASSPHRASE: testPass".to_owned(),
        ];
        assert_eq!(headers, want);
    }
    let book = Query::Snapshot { instrument: BTC, depth: 1000 };
    let (line, headers) = ask(Venue::Bridge, Product::Spot, &book);
    assert_eq!((line.as_str(), headers), ("GET /v1/book?symbol=BTC-USDT&depth=50", vec![]));
}
