//! Binance market data and session messages, one by one, with values read off by eye.

use crate::common::{decode, listed, only, px, qty};
use tidegate_core::market::{DeltaKind, Level};
use tidegate_core::units::{InstrumentId, Product, Side, Venue};
use tidegate_core::venues::{Bbo, DecodeError, Event, EventBuf, RejectClass, Role, SessionNote, Trade};

const SPOT: InstrumentId = InstrumentId(0);

fn public(product: Product, frame: &str) -> Result<EventBuf, DecodeError> {
    decode(Venue::Binance, &listed().context(product, Role::Public), frame.as_bytes())
}

#[test]
fn a_spot_depth_event_reads_alike_in_every_wrapping_and_key_order() {
    let event = r#"{"e":"depthUpdate","E":1723161255208,"s":"BTCUSDT","U":50093239189,"u":50093239202,"b":[["61737.63000000","0.00000000"],["61730.17","1.5"]],"a":[["61837.64000000","1.54698000"]]}"#;
    let shuffled = r#" { "a" : [ [ "61837.64000000" , "1.54698000" , [] ] ] , "new":{"x":[1]}, "b":[["61737.63000000","0.00000000"],["61730.17","1.5"]],"u":50093239202,"U":50093239189,"s":"BTCUSDT","E":1723161255208,"e":"depthUpdate"} "#;
    let frames = [
        event.to_owned(),
        shuffled.to_owned(),
        format!(r#"{{"stream":"btcusdt@depth@100ms","data":{event}}}"#),
        format!(r#"{{"data":{shuffled},"stream":"btcusdt@depth@100ms"}}"#),
    ];
    for frame in frames {
        let out = public(Product::Spot, &frame).unwrap();
        let Event::Depth(depth) = out.events[0] else { panic!("{out:?}") };
        let delta = out.delta(&depth);
        assert_eq!((depth.instrument, delta.kind), (SPOT, DeltaKind::Update), "{frame}");
        assert_eq!((delta.first, delta.last, delta.prev), (50_093_239_189, 50_093_239_202, 0));
        assert_eq!(delta.venue_ns, 1_723_161_255_208_000_000);
        assert_eq!(delta.bids, [Level { px: 6_173_763, qty: 0 }, Level { px: 6_173_017, qty: 150_000_000 }]);
        assert_eq!(delta.asks, [Level { px: 6_183_764, qty: 154_698_000 }]);
    }
}

#[test]
fn a_usdm_depth_event_needs_its_link_to_the_one_before() {
    let event = r#"{"e":"depthUpdate","E":1723161256352,"T":1723161256352,"s":"BTCUSDT","U":5123107837801,"u":5123107842679,"pu":5123107837557,"b":[["1000.00","606.675"]],"a":[],"ps":"BTCUSDT","st":1}"#;
    let out = public(Product::Linear, event).unwrap();
    let Event::Depth(depth) = out.events[0] else { panic!("{out:?}") };
    assert_eq!(
        (depth.instrument, depth.prev, depth.bids, depth.asks),
        (InstrumentId(1), 5_123_107_837_557, 1, 0)
    );
    let unlinked = event.replace(r#""pu":5123107837557,"#, "");
    assert_eq!(public(Product::Linear, &unlinked).unwrap_err(), DecodeError::Missing("pu"));
}

#[test]
fn a_bad_depth_event_is_refused_whole_and_says_why() {
    let good = r#"{"e":"depthUpdate","E":1,"s":"BTCUSDT","U":1,"u":2,"b":[["2.5","1"]],"a":[["3.5","1"]]}"#;
    assert!(public(Product::Spot, good).is_ok());
    let cases = [
        (r#""s":"BTCUSDT""#, r#""s":"XRPUSDT""#, DecodeError::UnknownInstrument),
        (r#""s":"BTCUSDT","#, "", DecodeError::Missing("s")),
        (r#""u":2,"#, "", DecodeError::Missing("u")),
        (r#""u":2"#, r#""u":null"#, DecodeError::Missing("u")),
        (r#""u":2"#, r#""u":"2""#, DecodeError::Field("u")),
        (r#""u":2"#, r#""u":-2"#, DecodeError::Field("u")),
        (r#""u":2"#, r#""u":0"#, DecodeError::Field("u")),
        (r#""u":2"#, r#""u":99999999999999999999999"#, DecodeError::Field("u")),
        (r#","a":[["3.5","1"]]"#, "", DecodeError::Missing("a")),
        (r#""a":[["3.5","1"]]"#, r#""a":null"#, DecodeError::Missing("a")),
        (r#"["3.5","1"]"#, r#"["3.501","1"]"#, DecodeError::Field("a")),
        (r#"["3.5","1"]"#, r#"["0","1"]"#, DecodeError::Field("a")),
        (r#"["3.5","1"]"#, r#"["3.5","-1"]"#, DecodeError::Field("a")),
        (r#"["3.5","1"]"#, r#"["3.5",""]"#, DecodeError::Field("a")),
        (r#""a":["#, r#""b":["#, DecodeError::Field("b")),
        (r#""E":1"#, r#""E":1e3"#, DecodeError::Field("E")),
    ];
    for (from, to, want) in cases {
        assert_eq!(public(Product::Spot, &good.replace(from, to)).unwrap_err(), want, "{to}");
    }
    for broken in [format!("{good}x"), format!("{good}{good}"), good.replace(r#"["3.5","1"]"#, r#"["3.5"]"#)]
    {
        assert!(matches!(public(Product::Spot, &broken), Err(DecodeError::Syntax { .. })), "{broken}");
    }
}

#[test]
fn more_levels_than_the_limit_are_refused() {
    let side = |count: usize| vec![r#"["2.5","1"]"#; count].join(",");
    let frame = |count| {
        format!(r#"{{"e":"depthUpdate","E":1,"s":"BTCUSDT","U":1,"u":2,"b":[{}],"a":[]}}"#, side(count))
    };
    assert!(public(Product::Spot, &frame(10_000)).is_ok());
    assert_eq!(public(Product::Spot, &frame(10_001)).unwrap_err(), DecodeError::TooLarge);
}

#[test]
fn a_recorded_rest_snapshot_belongs_to_the_implied_instrument() {
    let frame = r#"{"lastUpdateId":50093239218,"bids":[["61837.63000000","3.78826000"]],"asks":[["61837.64000000","1.60520000"]]}"#;
    let out = public(Product::Spot, frame).unwrap();
    let Event::Depth(depth) = out.events[0] else { panic!("{out:?}") };
    let delta = out.delta(&depth);
    assert_eq!((depth.instrument, delta.kind, delta.last), (SPOT, DeltaKind::Snapshot, 50_093_239_218));
    assert_eq!(delta.asks, [Level { px: 6_183_764, qty: 160_520_000 }]);
}

#[test]
fn best_prices_read_with_and_without_an_event_name() {
    let spot = r#"{"u":50093239212,"s":"BTCUSDT","b":"61837.63000000","B":"3.78826000","a":"0.00000000","A":"0.00000000"}"#;
    let want = Bbo {
        instrument: SPOT,
        update_id: 50_093_239_212,
        bid: Some((px(6_183_763), qty(378_826_000))),
        ask: None,
    };
    assert_eq!(only(public(Product::Spot, spot).unwrap()), Event::Bbo(want));
    let usdm = r#"{"e":"bookTicker","u":5123107839020,"s":"BTCUSDT","b":"61800.20","B":"2.507","a":"61800.30","A":"2.510","T":1723161256313,"E":1723161256313}"#;
    assert!(matches!(only(public(Product::Linear, usdm).unwrap()), Event::Bbo(Bbo { ask: Some(_), .. })));
}

#[test]
fn a_maker_buyer_means_that_the_seller_was_the_aggressor() {
    let trade = r#"{"e":"trade","E":1723161255343,"s":"BTCUSDT","t":3735683259,"p":"61837.63000000","q":"0.02000000","T":1723161255342,"m":true,"M":true}"#;
    let want = Trade {
        instrument: SPOT,
        px: px(6_183_763),
        qty: qty(2_000_000),
        side: Side::Sell,
        venue_ns: 1_723_161_255_342_000_000,
    };
    assert_eq!(only(public(Product::Spot, trade).unwrap()), Event::Trade(want));
    let fund = r#"{"e":"trade","E":1,"T":1,"s":"BTCUSDT","t":1,"p":"0","q":"0","X":"NA","m":false}"#;
    assert!(public(Product::Linear, fund).unwrap().events.is_empty());
}

#[test]
fn session_messages_are_told_apart() {
    let note = |frame: &str| match only(public(Product::Spot, frame).unwrap()) {
        Event::Session(note) => note,
        other => panic!("{other:?}"),
    };
    assert_eq!(note(r#"{"result":null,"id":1}"#), SessionNote::Subscribed);
    assert_eq!(note(r#"{"event":{"e":"serverShutdown","E":1770123456789}}"#), SessionNote::Expiring);
    assert_eq!(note(r#"{"e":"listenKeyExpired","E":1736996475556,"listenKey":"x"}"#), SessionNote::Expiring);
    assert_eq!(
        note(r#"{"subscriptionId":0,"event":{"e":"eventStreamTerminated","E":1728973001334}}"#),
        SessionNote::Expiring
    );
    for refusal in [
        r#"{"error":{"code":2,"msg":"Invalid request: unknown variant"},"id":1}"#,
        r#"{"code":2,"msg":"Invalid request: unknown variant","id":1}"#,
    ] {
        let SessionNote::SubscribeRefused(reject) = note(refusal) else { panic!("{refusal}") };
        assert_eq!((reject.class, reject.code.as_str()), (RejectClass::Other, "2"));
        assert_eq!(reject.message.as_str(), "Invalid_request:_unknown_variant");
    }
    for (frame, want) in [
        (r#"{"e":"24hrTicker","s":"BTCUSDT"}"#, DecodeError::UnknownMessage),
        (r#"{"e":7}"#, DecodeError::Field("e")),
        ("{}", DecodeError::UnknownMessage),
        (r#"{"id":1}"#, DecodeError::UnknownMessage),
        ("[]", DecodeError::UnknownMessage),
        ("", DecodeError::Syntax { at: 0 }),
        ("<html>", DecodeError::Syntax { at: 0 }),
    ] {
        assert_eq!(public(Product::Spot, frame).unwrap_err(), want, "{frame}");
    }
}
