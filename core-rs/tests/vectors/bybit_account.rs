//! Bybit account messages and answers, one by one, with values read off by eye.

use crate::common::{OURS, decode, listed, money, name, only, ours, px, qty};
use tidegate_core::ledger::{BalanceReport, PositionReport, Wallet};
use tidegate_core::order::{ClientRef, FillReport, Liquidity, OrderReport, VenueStatus};
use tidegate_core::units::{InstrumentId, Product, Side, Symbol, Venue};
use tidegate_core::venues::{DecodeError, Event, EventBuf, Query, RejectClass, ReplyVerdict, Role, codec};

const SPOT: InstrumentId = InstrumentId(2);
const LINEAR: InstrumentId = InstrumentId(3);

/// The link's own product is spot throughout: rows go by their category.
fn private(frame: &str) -> Result<EventBuf, DecodeError> {
    decode(Venue::Bybit, &listed().context(Product::Spot, Role::Private), frame.as_bytes())
}

fn reply(query: &Query, status: u16, body: &str) -> (Result<ReplyVerdict, DecodeError>, EventBuf) {
    let (table, mut out) = (listed(), EventBuf::default());
    let codec = codec(Venue::Bybit, Product::Linear).unwrap();
    let verdict = codec.decode_reply(
        query,
        &table.context(Product::Linear, Role::Rest),
        status,
        body.as_bytes(),
        &mut out,
    );
    (verdict, out)
}

fn order_row(status: &str, reason: &str) -> String {
    format!(
        r#"{{"category":"linear","symbol":"BTCUSDT","orderId":"c1956690-b731-4191-97c0-94b00422231b","orderLinkId":"{OURS}","blockTradeId":"","side":"Sell","positionIdx":0,"orderStatus":"{status}","cancelType":"UNKNOWN","rejectReason":"{reason}","timeInForce":"IOC","price":"40000.5","qty":"1.7","avgPrice":"","leavesQty":"0","cumExecQty":"0.7","cumExecValue":"7.2086","cumExecFee":"0.00288344","orderType":"Limit","createdTime":"1733778525913","updatedTime":"1733778525917"}}"#
    )
}

fn topic(name: &str, rows: &str) -> String {
    format!(r#"{{"id":"x","topic":"{name}","creationTime":1672364262474,"data":[{rows}]}}"#)
}

#[test]
fn an_order_row_goes_by_its_category() {
    let want = OrderReport {
        client: ClientRef::Ours(ours()),
        venue_id: name("c1956690-b731-4191-97c0-94b00422231b"),
        instrument: LINEAR,
        side: Side::Sell,
        status: VenueStatus::PartiallyFilled,
        qty: qty(1700),
        filled: qty(700),
        px: Some(px(400_005)),
        venue_ns: 1_733_778_525_917_000_000,
        reason: Symbol::EMPTY,
    };
    for name in ["order", "order.linear"] {
        let frame = topic(name, &order_row("PartiallyFilled", "EC_NoError"));
        assert_eq!(only(private(&frame).unwrap()), Event::Order(want));
    }
    let spot =
        topic("order", &order_row("New", "EC_NoError").replace("linear", "spot").replace("40000.5", "0"));
    let Event::Order(order) = only(private(&spot).unwrap()) else { panic!() };
    assert_eq!((order.instrument, order.status, order.px), (SPOT, VenueStatus::Live, None));
}

#[test]
fn an_ended_order_says_how_it_ended() {
    let cases = [
        ("Filled", "EC_NoError", VenueStatus::Filled, ""),
        ("Cancelled", "EC_NoImmediateQtyToFill", VenueStatus::Expired, "EC_NoImmediateQtyToFill"),
        (
            "PartiallyFilledCanceled",
            "EC_NoImmediateQtyToFill",
            VenueStatus::Expired,
            "EC_NoImmediateQtyToFill",
        ),
        ("Cancelled", "EC_PerCancelRequest", VenueStatus::Cancelled, "EC_PerCancelRequest"),
        ("Rejected", "EC_PostOnlyWillTakeLiquidity", VenueStatus::Rejected, "EC_PostOnlyWillTakeLiqui"),
    ];
    for (status, reason, want, text) in cases {
        let Event::Order(order) = only(private(&topic("order", &order_row(status, reason))).unwrap()) else {
            panic!()
        };
        assert_eq!((order.status, order.reason.as_str()), (want, text));
    }
    let unknown = topic("order", &order_row("Sleeping", "EC_NoError"));
    assert_eq!(private(&unknown).unwrap_err(), DecodeError::Field("orderStatus"));
}

#[test]
fn rows_of_other_markets_are_left_out_and_the_rest_stays() {
    let option = order_row("Filled", "EC_NoError")
        .replace("linear", "option")
        .replace("BTCUSDT", "ETH-30DEC22-1400-C");
    let stranger = order_row("Filled", "EC_NoError").replace("BTCUSDT", "XRPUSDT");
    let rows = [option, stranger, order_row("Filled", "EC_NoError")].join(",");
    assert!(matches!(only(private(&topic("order", &rows)).unwrap()), Event::Order(_)));
}

const EXECUTION: &str = r#"{"category":"linear","symbol":"BTCUSDT","execFee":"0.005061","execId":"7e2ae69c-4edf-5800-a352-893d52b446aa","execPrice":"40000.5","execQty":"0.025","execType":"Trade","execValue":"8.435","isMaker":false,"feeRate":"0.0006","leavesQty":"0","orderId":"f6e324ff-99c2-4e89-9739-3086e47f9381","orderLinkId":"TGA70010000010","orderPrice":"0.3207","orderQty":"25","orderType":"Market","side":"Buy","execTime":"1672364174443","closedSize":"","seq":4688002127}"#;

#[test]
fn an_execution_is_a_fill_in_the_coin_its_fee_was_taken() {
    let want = FillReport {
        client: ClientRef::Ours(ours()),
        venue_id: name("f6e324ff-99c2-4e89-9739-3086e47f9381"),
        instrument: LINEAR,
        trade_id: name("7e2ae69c-4edf-5800-a352-893d52b446aa"),
        side: Side::Buy,
        px: px(400_005),
        qty: qty(25),
        fee: money("0.005061"),
        fee_asset: name("USDT"),
        liquidity: Liquidity::Taker,
        venue_ns: 1_672_364_174_443_000_000,
    };
    assert_eq!(only(private(&topic("execution", EXECUTION)).unwrap()), Event::Fill(want));
    let spot = EXECUTION.replace("linear", "spot");
    let Event::Fill(fill) = only(private(&topic("execution", &spot)).unwrap()) else { panic!() };
    assert_eq!((fill.instrument, fill.fee_asset), (SPOT, name("BTC")));
    let named = EXECUTION.replace(r#""feeRate""#, r#""feeCurrency":"MNT","feeRate""#);
    let Event::Fill(fill) = only(private(&topic("execution", &named)).unwrap()) else { panic!() };
    assert_eq!(fill.fee_asset, name("MNT"));
    let funding = EXECUTION.replace(r#""execType":"Trade""#, r#""execType":"Funding""#);
    assert_eq!(only(private(&topic("execution", &funding)).unwrap()), Event::Moved);
    for forced in ["AdlTrade", "BustTrade"] {
        let row = EXECUTION.replace(r#""execType":"Trade""#, &format!(r#""execType":"{forced}""#));
        let row = row.replace("TGA70010000010", "");
        let Event::Fill(fill) = only(private(&topic("execution", &row)).unwrap()) else { panic!() };
        assert_eq!(fill.client, ClientRef::Venue);
    }
    assert_eq!(private(&topic("execution.fast", EXECUTION)).unwrap_err(), DecodeError::UnknownMessage);
}

/// The stop of a position shows as an order that waits; it is none before it has triggered.
#[test]
fn a_stop_that_waits_is_no_order_and_setting_it_twice_is_served() {
    let row = r#"{"category":"linear","symbol":"BTCUSDT","orderId":"5a1e","orderLinkId":"","createType":"CreateByStopLoss","side":"Sell","orderStatus":"Untriggered","rejectReason":"EC_NoError","price":"0","qty":"0.01","cumExecQty":"0","triggerPrice":"60000","updatedTime":"1733778525917"}"#;
    assert_eq!(private(&topic("order", row)).unwrap().events, []);
    assert_eq!(private(&topic("order", &row.replace("Untriggered", "Deactivated"))).unwrap().events, []);
    let fired = row.replace("Untriggered", "Triggered");
    let Event::Order(order) = only(private(&topic("order", &fired)).unwrap()) else { panic!() };
    assert_eq!(order.client, ClientRef::Foreign);
    let other = row.replace("CreateByStopLoss", "CreateByUser");
    assert_eq!(
        private(&topic("order", &other)).unwrap().events.len(),
        1,
        "a conditional order of somebody's"
    );
    let query = Query::Backstop { instrument: LINEAR, px: Some(px(600_000)) };
    for (code, message) in [(0, "OK"), (34040, "not modified")] {
        let body = format!(
            r#"{{"retCode":{code},"retMsg":"{message}","result":{{}},"retExtInfo":{{}},"time":1672283125359}}"#
        );
        let (verdict, told) = reply(&query, 200, &body);
        assert_eq!((verdict, told.events.len()), (Ok(ReplyVerdict::Served { next: None }), 0));
    }
    let body = r#"{"retCode":10001,"retMsg":"can not set tp/sl/ts for zero position","result":{},"time":1}"#;
    assert!(matches!(reply(&query, 200, body).0, Ok(ReplyVerdict::Refused(_))));
    let away = Query::Backstop { instrument: LINEAR, px: None };
    assert_eq!(
        reply(&away, 200, body).0,
        Ok(ReplyVerdict::Served { next: None }),
        "it went with the position"
    );
}

#[test]
fn positions_are_signed_and_one_way() {
    let row = r#"{"positionIdx":0,"symbol":"BTCUSDT","side":"Sell","size":"0.075","entryPrice":"40000.33","leverage":"10","createdTime":"1672121182216","updatedTime":"1672364174449","category":"linear"}"#;
    let want = PositionReport {
        instrument: LINEAR,
        qty: money("-0.075"),
        entry_px: Some(px(400_003)),
        venue_ns: 1_672_364_174_449_000_000,
    };
    assert_eq!(only(private(&topic("position", row)).unwrap()), Event::Position(want));
    let flat = row.replace("Sell", "").replace("0.075", "0").replace("40000.33", "0");
    let Event::Position(position) = only(private(&topic("position", &flat)).unwrap()) else { panic!() };
    assert_eq!((position.qty, position.entry_px), (money("0"), None));
    for (text, stop) in [("39000.1", Some(px(390_001))), ("", None), ("0", None)] {
        let row = row.replace(r#""leverage""#, &format!(r#""stopLoss":"{text}","leverage""#));
        let told = private(&topic("position", &row)).unwrap().events;
        let backstop = Event::Backstop { instrument: LINEAR, px: stop };
        assert_eq!(told, [Event::Position(want), backstop]);
    }
    let hedge = row.replace(r#""positionIdx":0"#, r#""positionIdx":2"#);
    assert_eq!(private(&topic("position", &hedge)).unwrap_err(), DecodeError::Field("positionIdx"));
}

#[test]
fn a_wallet_splits_into_free_and_locked() {
    let row = r#"{"accountIMRate":"0","totalEquity":"10262.9","coin":[{"coin":"BTC","equity":"0.00102964","walletBalance":"0.00102964","locked":"0.0005","cumRealisedPnl":"-0.00000973"},{"coin":"USDC","walletBalance":"-3"}],"accountType":"UNIFIED"}"#;
    let venue_ns = 1_672_364_262_474_000_000;
    let wallet = Wallet::Unified;
    let btc = BalanceReport {
        wallet,
        asset: name("BTC"),
        free: money("0.00052964"),
        locked: money("0.0005"),
        venue_ns,
    };
    let usdc = BalanceReport { wallet, asset: name("USDC"), free: money("-3"), locked: money("0"), venue_ns };
    assert_eq!(private(&topic("wallet", row)).unwrap().events, [Event::Balance(btc), Event::Balance(usdc)]);
}

fn list(rows: &str, cursor: &str) -> String {
    format!(
        r#"{{"retCode":0,"retMsg":"OK","result":{{"nextPageCursor":"{cursor}","category":"linear","list":[{rows}]}},"retExtInfo":{{}},"time":1684765770483}}"#
    )
}

#[test]
fn an_empty_list_makes_an_order_absent_and_nothing_else_does() {
    let query = Query::Order { instrument: LINEAR, client_id: ours() };
    assert_eq!(reply(&query, 200, &list("", "")).0, Ok(ReplyVerdict::Absent));
    let row = order_row("Filled", "EC_NoError").replace(r#""category":"linear","#, "");
    let (verdict, out) = reply(&query, 200, &list(&row, "x"));
    assert_eq!(verdict, Ok(ReplyVerdict::Served { next: None }));
    assert!(matches!(only(out), Event::Order(_)));
    let other = row.replace(OURS, "TGA70010000020");
    assert_eq!(reply(&query, 200, &list(&other, "")).0, Err(DecodeError::Field("client id")));
    for body in
        ["", "<html>", "{}", r#"{"retCode":0,"retMsg":"OK","result":{},"time":1}"#, &(list("", "") + "x")]
    {
        assert!(reply(&query, 200, body).0.is_err(), "{body}");
    }
    let classes = [
        (
            200,
            r#"{"retCode":10006,"retMsg":"Too many visits!","result":{},"time":1}"#,
            RejectClass::RateLimited,
        ),
        (
            200,
            r#"{"retCode":10016,"retMsg":"Internal server error","result":{},"time":1}"#,
            RejectClass::OutcomeUnknown,
        ),
        (502, "<html>", RejectClass::OutcomeUnknown),
        (403, "access too frequent", RejectClass::Banned),
    ];
    for (status, body, want) in classes {
        let Ok(ReplyVerdict::Refused(reject)) = reply(&query, status, body).0 else { panic!("{body}") };
        assert_eq!(reject.class, want);
    }
}

#[test]
fn a_full_page_of_fills_ends_where_the_next_begins() {
    let fills = |from_id| Query::Fills { instrument: LINEAR, since: 0, from_id };
    let page = vec![EXECUTION; 100].join(",");
    let next = |query: &Query, rows: &str| reply(query, 200, &list(rows, "x")).0.unwrap();
    assert_eq!(next(&fills(None), EXECUTION), ReplyVerdict::Served { next: None });
    assert_eq!(next(&fills(None), &page), ReplyVerdict::Served { next: Some(1_672_364_174_443) });
    // A page that did not move on steps over its millisecond instead of asking the same for ever.
    assert_eq!(
        next(&fills(Some(1_672_364_174_443)), &page),
        ReplyVerdict::Served { next: Some(1_672_364_174_442) }
    );
}

#[test]
fn an_incomplete_list_of_open_orders_is_refused() {
    let rows = vec![order_row("New", "EC_NoError"); 50].join(",");
    assert_eq!(reply(&Query::OpenOrders, 200, &list(&rows, "")).1.events.len(), 50);
    assert_eq!(reply(&Query::OpenOrders, 200, &list(&rows, "more")).0, Err(DecodeError::TooLarge));
}
