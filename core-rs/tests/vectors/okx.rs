//! OKX messages, one by one, with values read off by eye. Swaps are contracts of 0.01 BTC.

use crate::common::{decode, listed, money, name, only, ours, px, qty};
use tidegate_core::ledger::{BalanceReport, PositionReport, Wallet};
use tidegate_core::market::{DeltaKind, Instrument, Level, Wire};
use tidegate_core::order::{ClientRef, FillReport, Liquidity, OrderReport, VenueStatus};
use tidegate_core::units::{InstrumentId, Product, Side, Symbol, Venue};
use tidegate_core::venues::{
    Bbo, DecodeError, Event, EventBuf, Instruments, Query, RejectClass, ReplyOutcome, ReplyVerdict,
    RequestReply, Role, SessionNote, Trade, codec,
};

const BOOK: &str = r#"{"arg":{"channel":"books","instId":"BTC-USDT"},"action":"update","data":[{"asks":[["78722.3","0.33039492","0","10"],["78729.9","0","0","0"]],"bids":[["78722.2","0.48865651","0","19"]],"ts":"1787612486207","checksum":0,"seqId":80274874876,"prevSeqId":80274874800}]}"#;
const SWAP: InstrumentId = InstrumentId(5);

fn read(product: Product, frame: &str) -> Result<EventBuf, DecodeError> {
    decode(Venue::Okx, &listed().context(product, Role::Public), frame.as_bytes())
}

#[test]
fn a_book_message_reads_alike_in_every_key_order() {
    let shuffled = r#"{"data":[{"prevSeqId":80274874800,"bids":[["78722.2","0.48865651"]],"seqId":80274874876,"ts":"1787612486207","asks":[["78722.3", "0.33039492","0","10"],[78729.9,0]]}],"action":"update","arg":{"instId":"BTC-USDT","channel":"books"}}"#;
    for frame in [BOOK, shuffled] {
        let out = read(Product::Spot, frame).unwrap();
        let Event::Depth(depth) = out.events[0] else { panic!("{out:?}") };
        let delta = out.delta(&depth);
        assert_eq!((depth.instrument, delta.kind), (InstrumentId(4), DeltaKind::Update));
        assert_eq!((delta.first, delta.last, delta.prev), (80_274_874_876, 80_274_874_876, 80_274_874_800));
        assert_eq!(delta.venue_ns, 1_787_612_486_207_000_000);
        assert_eq!(delta.bids, [Level { px: 787_222, qty: 48_865_651 }]);
        assert_eq!(delta.asks, [Level { px: 787_223, qty: 33_039_492 }, Level { px: 787_299, qty: 0 }]);
    }
}

#[test]
fn a_swap_book_counts_contracts_and_a_snapshot_has_nothing_before_it() {
    let frame = r#"{"arg":{"channel":"books","instId":"BTC-USDT-SWAP"},"action":"snapshot","data":[{"asks":[["60000.5","17.25","0","1"]],"bids":[["60000","3","0","2"]],"ts":"1","seqId":9,"prevSeqId":-1}]}"#;
    let out = read(Product::Linear, frame).unwrap();
    let Event::Depth(depth) = out.events[0] else { panic!("{out:?}") };
    let delta = out.delta(&depth);
    assert_eq!((delta.kind, delta.last, delta.prev), (DeltaKind::Snapshot, 9, 0));
    // 3 contracts are 0.03 BTC, 17.25 are 0.1725.
    assert_eq!(
        (delta.bids, delta.asks),
        (&[Level { px: 600_000, qty: 300 }][..], &[Level { px: 600_005, qty: 1725 }][..])
    );
}

/// One instrument whose contract nobody has told the size of.
struct Bare(Instrument);

impl Instruments for Bare {
    fn find(&self, _: Venue, _: Product, _: &Symbol) -> Option<&Instrument> {
        Some(&self.0)
    }

    fn get(&self, _: InstrumentId) -> Option<&Instrument> {
        Some(&self.0)
    }
}

#[test]
fn a_contract_of_unknown_size_is_never_read() {
    let mut table = listed();
    let table = Bare(Instrument { wire: Wire::UNKNOWN, ..table.0.remove(5) });
    assert_eq!(codec(Venue::Okx, Product::Linear).unwrap().unlisted_wire(), Wire::UNKNOWN);
    let ctx = tidegate_core::venues::Context {
        product: Product::Linear,
        role: Role::Public,
        instruments: &table,
        implied: None,
    };
    let frame = BOOK.replace("BTC-USDT", "BTC-USDT-SWAP");
    assert_eq!(decode(Venue::Okx, &ctx, frame.as_bytes()).unwrap_err(), DecodeError::Field("asks"));
}

#[test]
fn a_bad_book_message_is_refused_whole_and_says_why() {
    let cases = [
        ("update", "patch", DecodeError::Field("action")),
        (r#""action":"update","#, "", DecodeError::Missing("action")),
        (r#""seqId":80274874876,"#, "", DecodeError::Missing("seqId")),
        (r#""prevSeqId":80274874800"#, r#""prevSeqId":"x""#, DecodeError::Field("prevSeqId")),
        (r#","bids":[["78722.2","0.48865651","0","19"]]"#, "", DecodeError::Missing("bids")),
        ("BTC-USDT", "XRP-USDT", DecodeError::UnknownInstrument),
        ("0.33039492", "0.330394921", DecodeError::Field("asks")),
        ("1787612486207", "", DecodeError::Field("ts")),
        (r#""data":["#, r#""data":[],"data":["#, DecodeError::Missing("data")),
    ];
    for (from, to, want) in cases {
        assert_eq!(read(Product::Spot, &BOOK.replace(from, to)).unwrap_err(), want, "{to}");
    }
    let single = BOOK.replace(r#""data":[{"#, r#""data":{"#).replace("}]", "}");
    assert_eq!(read(Product::Spot, &single).unwrap_err(), DecodeError::Field("data"));
}

#[test]
fn the_best_prices_and_trades_are_read() {
    let best = r#"{"arg":{"channel":"bbo-tbt","instId":"BTC-USDT"},"data":[{"asks":[["101","1","0","1"]],"bids":[],"ts":"1659792392540","prevSeqId":-1,"seqId":10}]}"#;
    let want = Bbo {
        instrument: InstrumentId(4),
        update_id: 10,
        bid: None,
        ask: Some((px(1010), qty(100_000_000))),
    };
    assert_eq!(only(read(Product::Spot, best).unwrap()), Event::Bbo(want));
    let trade = r#"{"arg":{"channel":"trades","instId":"BTC-USDT-SWAP"},"data":[{"instId":"BTC-USDT-SWAP","tradeId":"130639474","px":"42219.9","sz":"12.06","side":"buy","ts":"1630048897897","count":"3"}]}"#;
    let want = Trade {
        instrument: SWAP,
        px: px(422_199),
        qty: qty(1206),
        side: Side::Buy,
        venue_ns: 1_630_048_897_897_000_000,
    };
    assert_eq!(only(read(Product::Linear, trade).unwrap()), Event::Trade(want));
}

const ORDER: &str = r#"{"arg":{"channel":"orders","instType":"ANY"},"data":[{"accFillSz":"1.5","cancelSource":"","clOrdId":"TGA70010000010","execType":"M","fillFee":"-0.02522168","fillFeeCcy":"USDT","fillPx":"31527.1","fillSz":"0.5","fillTime":"1654084353263","instId":"BTC-USDT-SWAP","instType":"SWAP","ordId":"452197707845865472","px":"31527.2","side":"sell","state":"partially_filled","sz":"2","tgtCcy":"","tradeId":"242589207","uTime":"1654084353264"}]}"#;

#[test]
fn an_order_event_is_its_fill_and_then_its_state_in_base_coin() {
    let out = read(Product::Spot, ORDER).unwrap();
    let fill = FillReport {
        client: ClientRef::Ours(ours()),
        venue_id: name("452197707845865472"),
        instrument: SWAP,
        trade_id: name("242589207"),
        side: Side::Sell,
        px: px(315_271),
        qty: qty(50),
        fee: money("0.02522168"),
        fee_asset: name("USDT"),
        liquidity: Liquidity::Maker,
        venue_ns: 1_654_084_353_263_000_000,
    };
    let order = OrderReport {
        client: ClientRef::Ours(ours()),
        venue_id: name("452197707845865472"),
        instrument: SWAP,
        side: Side::Sell,
        status: VenueStatus::PartiallyFilled,
        qty: qty(200),
        filled: qty(150),
        px: Some(px(315_272)),
        venue_ns: 1_654_084_353_264_000_000,
        reason: Symbol::EMPTY,
    };
    assert_eq!(out.events, [Event::Fill(fill), Event::Order(order)]);
    let quiet = ORDER.replace("\"242589207\"", "\"\"");
    assert_eq!(read(Product::Spot, &quiet).unwrap().events, [Event::Order(order)]);
    assert!(read(Product::Spot, &ORDER.replace("SWAP", "FUTURES")).unwrap().events.is_empty());
    assert_eq!(
        read(Product::Spot, &ORDER.replace("0.5", "0.555")).unwrap_err(),
        DecodeError::Field("fillSz")
    );
}

#[test]
fn an_end_says_what_ended_the_order() {
    let ended = |source: &str| {
        let frame = ORDER
            .replace("partially_filled", "canceled")
            .replace(r#""cancelSource":"""#, &format!(r#""cancelSource":"{source}""#));
        match read(Product::Linear, &frame).unwrap().events[1] {
            Event::Order(order) => (order.status, order.reason.as_str().to_owned()),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(ended("14"), (VenueStatus::Expired, "14".into()));
    assert_eq!(ended("13"), (VenueStatus::Expired, "13".into()));
    assert_eq!(ended("31"), (VenueStatus::Cancelled, "31".into()));
    assert_eq!(ended("1"), (VenueStatus::Cancelled, "1".into()));
}

#[test]
fn an_order_in_quote_coin_shows_only_what_it_filled() {
    let frame = ORDER
        .replace("SWAP", "SPOT")
        .replace("BTC-USDT-SPOT", "BTC-USDT")
        .replace(r#""tgtCcy":"""#, r#""tgtCcy":"quote_ccy""#);
    match read(Product::Spot, &frame).unwrap().events[1] {
        Event::Order(order) => assert_eq!((order.qty, order.filled), (qty(150_000_000), qty(150_000_000))),
        other => panic!("{other:?}"),
    }
}

#[test]
fn balances_and_positions_are_read_and_hedge_mode_is_refused() {
    let account = r#"{"arg":{"channel":"account"},"data":[{"uTime":"2","details":[{"ccy":"USDT","cashBal":"4750.5","ordFrozen":"150.25","frozenBal":"158","uTime":"1705564213903"}]}]}"#;
    let want = BalanceReport {
        wallet: Wallet::Unified,
        asset: name("USDT"),
        free: money("4600.25"),
        locked: money("150.25"),
        venue_ns: 1_705_564_213_903_000_000,
    };
    assert_eq!(only(read(Product::Spot, account).unwrap()), Event::Balance(want));
    let position = r#"{"arg":{"channel":"positions","instType":"SWAP"},"data":[{"instType":"SWAP","instId":"BTC-USDT-SWAP","posSide":"net","pos":"-1.5","avgPx":"60000.55","uTime":"3"}]}"#;
    // -1.5 contracts of 0.01; the average price is rounded to the instrument's digits.
    let want = PositionReport {
        instrument: SWAP,
        qty: money("-0.015"),
        entry_px: Some(px(600_006)),
        venue_ns: 3_000_000,
    };
    assert_eq!(only(read(Product::Spot, position).unwrap()), Event::Position(want));
    let hedge = position.replace("net", "short");
    assert_eq!(read(Product::Spot, &hedge).unwrap_err(), DecodeError::Field("posSide"));
    assert!(read(Product::Spot, &hedge.replace("-1.5", "0")).unwrap().events.is_empty());
}

#[test]
fn what_a_socket_says_of_itself_is_understood() {
    let note = |frame: &str| match only(read(Product::Spot, frame).unwrap()) {
        Event::Session(note) => note,
        other => panic!("{other:?}"),
    };
    assert_eq!(note("pong"), SessionNote::Pong);
    assert_eq!(note(r#"{"event":"login","code":"0","msg":"","connId":"a4d3ae55"}"#), SessionNote::LoggedIn);
    let subscribed =
        r#"{"event":"subscribe","arg":{"channel":"books","instId":"BTC-USDT"},"connId":"a4d3ae55"}"#;
    assert_eq!(note(subscribed), SessionNote::Subscribed);
    let notice = r#"{"event":"notice","code":"64008","msg":"The connection will soon be closed for a service upgrade."}"#;
    assert_eq!(note(notice), SessionNote::Expiring);
    let refused = note(r#"{"event":"error","code":"60012","msg":"Illegal request","connId":"a4d3ae55"}"#);
    assert!(matches!(refused, SessionNote::SubscribeRefused(r) if r.code.as_str() == "60012"));
    let login = note(r#"{"event":"error","code":"60009","msg":"Login failed.","connId":"a4d3ae55"}"#);
    assert!(matches!(login, SessionNote::LoginRefused(r) if r.class == RejectClass::Auth));
    assert_eq!(read(Product::Spot, "ping").unwrap_err(), DecodeError::Syntax { at: 0 });
    assert_eq!(read(Product::Spot, r#"{"event":"weather"}"#).unwrap_err(), DecodeError::UnknownMessage);
}

#[test]
fn an_answer_to_an_order_is_judged_by_its_row() {
    let reply = |frame: &str| match only(read(Product::Spot, frame).unwrap()) {
        Event::Reply(reply) => reply,
        other => panic!("{other:?}"),
    };
    let fine = r#"{"id":"TGA70010000010","op":"order","data":[{"clOrdId":"TGA70010000010","ordId":"12345689","ts":"1","sCode":"0","sMsg":""}],"code":"0","msg":"","inTime":"1","outTime":"2"}"#;
    let accepted = ReplyOutcome::Accepted(Some(name("12345689")));
    assert_eq!(reply(fine), RequestReply { client_id: ours(), cancel: false, outcome: accepted });
    let refused = |frame: &str| match reply(frame).outcome {
        ReplyOutcome::Rejected(reject) => (reject.class, reject.code.as_str().to_owned()),
        ReplyOutcome::Accepted(id) => panic!("{id:?}"),
    };
    let row = fine.replace(r#""sCode":"0""#, r#""sCode":"51008""#).replace(r#""code":"0""#, r#""code":"1""#);
    assert_eq!(refused(&row), (RejectClass::InsufficientFunds, "51008".into()));
    let bare = r#"{"id":"cTGA70010000010","op":"cancel-order","code":"50011","msg":"Rate limit reached.","data":[]}"#;
    assert_eq!(refused(bare), (RejectClass::RateLimited, "50011".into()));
    assert!(reply(bare).cancel);
}

fn answer(
    product: Product,
    query: &Query,
    status: u16,
    body: &str,
) -> Result<(ReplyVerdict, EventBuf), DecodeError> {
    let (table, mut out) = (listed(), EventBuf::default());
    let ctx = table.context(product, Role::Rest);
    let verdict =
        codec(Venue::Okx, product).unwrap().decode_reply(query, &ctx, status, body.as_bytes(), &mut out)?;
    Ok((verdict, out))
}

#[test]
fn an_order_is_found_absent_or_nothing_is_proved() {
    let query = Query::Order { instrument: SWAP, client_id: ours() };
    let row = &ORDER[ORDER.find("[{").unwrap()..ORDER.len() - 1];
    let body = format!(r#"{{"code":"0","msg":"","data":{row}}}"#);
    let (verdict, out) = answer(Product::Linear, &query, 200, &body).unwrap();
    assert_eq!(verdict, ReplyVerdict::Served { next: None });
    assert!(matches!(out.events[..], [Event::Order(o)] if o.filled == qty(150)), "a list tells no fill");
    let none = r#"{"code":"51603","msg":"Order does not exist","data":[]}"#;
    assert_eq!(answer(Product::Linear, &query, 200, none).unwrap().0, ReplyVerdict::Absent);
    let other = body.replace("TGA70010000010", "TGA70010000020");
    assert_eq!(answer(Product::Linear, &query, 200, &other).unwrap_err(), DecodeError::Field("client id"));
    for (status, body, want) in [
        (500, "<html>Bad Gateway</html>", RejectClass::OutcomeUnknown),
        (503, r#"{"code":"50001","msg":"Service temporarily unavailable"}"#, RejectClass::OutcomeUnknown),
        (429, "", RejectClass::RateLimited),
        (429, r#"{"code":"50011","msg":"Too Many Requests"}"#, RejectClass::RateLimited),
        (401, r#"{"code":"50113","msg":"Invalid Sign"}"#, RejectClass::Auth),
        (200, r#"{"code":"50004","msg":"Endpoint request timeout","data":[]}"#, RejectClass::OutcomeUnknown),
    ] {
        let verdict = answer(Product::Linear, &query, status, body).unwrap().0;
        assert!(
            matches!(verdict, ReplyVerdict::Refused(r) if r.class == want),
            "{status} {body}: {verdict:?}"
        );
    }
    for body in ["", "{}", "<html>", r#"{"code":"0","data":null}"#, r#"{"code":"0","data":{}}"#] {
        assert!(answer(Product::Linear, &query, 200, body).is_err(), "{body}");
    }
}

#[test]
fn fills_are_paged_by_their_bill_until_a_page_is_short() {
    let row = |bill: u32| {
        format!(
            r#"{{"instType":"SPOT","instId":"BTC-USDT","tradeId":"{bill}","ordId":"680800019749904384","clOrdId":"","billId":"{bill}","fillPx":"51858","fillSz":"0.00192834","side":"buy","execType":"T","feeCcy":"BTC","fee":"-0.00000192834","ts":"1708587373362"}}"#
        )
    };
    let body = |bills: std::ops::Range<u32>| {
        format!(r#"{{"code":"0","msg":"","data":[{}]}}"#, bills.rev().map(row).collect::<Vec<_>>().join(","))
    };
    let query = Query::Fills { instrument: InstrumentId(4), since: 0, from_id: None };
    let (verdict, out) = answer(Product::Spot, &query, 200, &body(500..600)).unwrap();
    assert_eq!((verdict, out.events.len()), (ReplyVerdict::Served { next: Some(500) }, 100));
    let Event::Fill(fill) = out.events[0] else { panic!("{:?}", out.events[0]) };
    assert_eq!(
        (fill.qty, fill.fee, fill.liquidity),
        (qty(192_834), money("0.00000192834"), Liquidity::Taker)
    );
    let (verdict, _) = answer(Product::Spot, &query, 200, &body(500..599)).unwrap();
    assert_eq!(verdict, ReplyVerdict::Served { next: None });
}

#[test]
fn a_full_page_of_open_orders_is_not_taken_for_all_of_them() {
    let row = &ORDER[ORDER.find("[{").unwrap() + 1..ORDER.len() - 2];
    let body = |count: usize| format!(r#"{{"code":"0","data":[{}]}}"#, vec![row; count].join(","));
    assert!(answer(Product::Linear, &Query::OpenOrders, 200, &body(99)).is_ok());
    assert_eq!(
        answer(Product::Linear, &Query::OpenOrders, 200, &body(100)).unwrap_err(),
        DecodeError::TooLarge
    );
}
