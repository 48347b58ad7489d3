//! Bybit market data and session messages, one by one, with values read off by eye.

use crate::common::{OURS, decode, listed, name, only, ours, px, qty};
use tidegate_core::market::{DeltaKind, Level};
use tidegate_core::units::{InstrumentId, Product, Side, Venue};
use tidegate_core::venues::{
    DecodeError, Event, EventBuf, RejectClass, ReplyOutcome, RequestReply, Role, SessionNote, Trade,
};

const DELTA: &str = r#"{"topic":"orderbook.50.BTCUSDT","ts":1787612486116,"type":"delta","data":{"s":"BTCUSDT","b":[],"a":[["78716.8","0.027559"],["78748.5","0"]],"u":217107085,"seq":113099229629},"cts":1787612486108}"#;

fn public(frame: &str) -> Result<EventBuf, DecodeError> {
    decode(Venue::Bybit, &listed().context(Product::Spot, Role::Public), frame.as_bytes())
}

#[test]
fn a_book_message_reads_alike_in_every_key_order() {
    let data = r#"{"seq":113099229629,"u":217107085,"a":[["78716.8","0.027559"],["78748.5","0"]],"b":[],"s":"BTCUSDT"}"#;
    let shuffled = format!(
        r#"{{"cts":1787612486108,"data":{data},"type":"delta","topic":"orderbook.50.BTCUSDT","ts":1787612486116}}"#
    );
    for frame in [DELTA, &shuffled] {
        let out = public(frame).unwrap();
        let Event::Depth(depth) = out.events[0] else { panic!("{out:?}") };
        let delta = out.delta(&depth);
        assert_eq!((depth.instrument, delta.kind), (InstrumentId(2), DeltaKind::Update));
        assert_eq!((delta.first, delta.last, delta.prev), (217_107_085, 217_107_085, 0));
        assert_eq!(delta.venue_ns, 1_787_612_486_108_000_000);
        assert_eq!(delta.asks, [Level { px: 7_871_680, qty: 27_559 }, Level { px: 7_874_850, qty: 0 }]);
        assert!(delta.bids.is_empty());
    }
}

#[test]
fn a_snapshot_or_an_update_id_of_one_replaces_the_book() {
    let kind = |frame: &str| match public(frame).unwrap().events[0] {
        Event::Depth(depth) => depth.kind,
        other => panic!("{other:?}"),
    };
    assert_eq!(kind(&DELTA.replace("delta", "snapshot")), DeltaKind::Snapshot);
    assert_eq!(kind(&DELTA.replace(r#""u":217107085"#, r#""u":1"#)), DeltaKind::Snapshot);
}

#[test]
fn a_bad_book_message_is_refused_whole_and_says_why() {
    let cases = [
        ("delta", "patch", DecodeError::Field("type")),
        (r#""type":"delta","#, "", DecodeError::Missing("type")),
        (r#""u":217107085,"#, "", DecodeError::Missing("u")),
        (r#""b":[],"#, "", DecodeError::Missing("b")),
        (r#""b":[]"#, r#""b":null"#, DecodeError::Missing("b")),
        (r#""s":"BTCUSDT""#, r#""s":"XRPUSDT""#, DecodeError::Field("s")),
        ("orderbook.50.BTCUSDT", "orderbook.50.ETHUSDT", DecodeError::UnknownInstrument),
        ("0.027559", "0.0275591", DecodeError::Field("a")),
    ];
    for (from, to, want) in cases {
        assert_eq!(public(&DELTA.replace(from, to)).unwrap_err(), want, "{to}");
    }
    let listed = DELTA.replace(r#""data":{"#, r#""data":[{"#).replace(r#"},"cts""#, r#"}],"cts""#);
    assert_eq!(public(&listed).unwrap_err(), DecodeError::Field("data"));
    assert_eq!(
        public(r#"{"topic":"orderbook.50.BTCUSDT","type":"delta","ts":1}"#).unwrap_err(),
        DecodeError::Missing("data")
    );
    assert_eq!(public(r#"{"topic":"tickers.BTCUSDT","data":{}}"#).unwrap_err(), DecodeError::UnknownMessage);
}

#[test]
fn each_row_of_a_trade_message_is_a_trade() {
    let frame = r#"{"topic":"publicTrade.BTCUSDT","type":"snapshot","ts":1672304486868,"data":[{"T":1672304486865,"s":"BTCUSDT","S":"Buy","v":"0.001","p":"16578.50","L":"PlusTick","i":"20f43950","BT":false}]}"#;
    let want = Trade {
        instrument: InstrumentId(2),
        px: px(1_657_850),
        qty: qty(1000),
        side: Side::Buy,
        venue_ns: 1_672_304_486_865_000_000,
    };
    assert_eq!(only(public(frame).unwrap()), Event::Trade(want));
}

#[test]
fn session_messages_of_all_links_are_told_apart() {
    let note = |frame: &str| match only(public(frame).unwrap()) {
        Event::Session(note) => note,
        other => panic!("{other:?}"),
    };
    for pong in [
        r#"{"success":true,"ret_msg":"pong","conn_id":"c","req_id":"","op":"ping"}"#,
        r#"{"req_id":"1","op":"pong","args":["1675418560633"],"conn_id":"c"}"#,
        r#"{"retCode":0,"retMsg":"OK","op":"pong","data":["1711002002529"],"connId":"c"}"#,
    ] {
        assert_eq!(note(pong), SessionNote::Pong);
    }
    assert_eq!(
        note(r#"{"success":true,"ret_msg":"","conn_id":"c","req_id":"1","op":"subscribe"}"#),
        SessionNote::Subscribed
    );
    assert_eq!(note(r#"{"success":true,"ret_msg":"","op":"auth","conn_id":"c"}"#), SessionNote::LoggedIn);
    assert_eq!(
        note(r#"{"reqId":"login","retCode":0,"retMsg":"OK","op":"auth","connId":"c"}"#),
        SessionNote::LoggedIn
    );
    let SessionNote::LoginRefused(reject) =
        note(r#"{"success":false,"ret_msg":"Params Error","op":"auth","conn_id":"c"}"#)
    else {
        panic!()
    };
    assert_eq!((reject.class, reject.message.as_str()), (RejectClass::Auth, "Params_Error"));
    let refused =
        r#"{"success":false,"ret_msg":"Invalid symbol","conn_id":"c","req_id":"1","op":"subscribe"}"#;
    assert!(matches!(note(refused), SessionNote::SubscribeRefused(_)));
}

#[test]
fn order_answers_carry_the_client_id_as_request_id() {
    let accepted = format!(
        r#"{{"reqId":"{OURS}","retCode":0,"retMsg":"OK","op":"order.create","data":{{"orderId":"a4c1718e-fe53-4659-a118-1f6ecce04ad9","orderLinkId":"{OURS}"}},"header":{{"X-Bapi-Limit":"10"}},"connId":"c"}}"#
    );
    let outcome = ReplyOutcome::Accepted(Some(name("a4c1718e-fe53-4659-a118-1f6ecce04ad9")));
    let want = RequestReply { client_id: ours(), cancel: false, outcome };
    assert_eq!(only(public(&accepted).unwrap()), Event::Reply(want));
    let refused = format!(
        r#"{{"reqId":"c{OURS}","retCode":110001,"retMsg":"order not exists or too late to cancel","op":"order.cancel","data":{{}},"connId":"c"}}"#
    );
    let Event::Reply(reply) = only(public(&refused).unwrap()) else { panic!() };
    let ReplyOutcome::Rejected(reject) = reply.outcome else { panic!() };
    assert_eq!(
        (reply.cancel, reject.class, reject.code.as_str()),
        (true, RejectClass::UnknownOrder, "110001")
    );
}
