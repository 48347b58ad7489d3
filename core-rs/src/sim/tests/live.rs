//! Real venues' books as the market of a dry run.

use super::super::http::hmac_hex;
use super::super::{LiveBooks, SimVenue};
use super::{START, answer, records, state};
use crate::market::{Book, Delta, DeltaKind, Instrument, InstrumentStatus, Level, SeqRule, Wire};
use crate::units::{Asset, InstrumentId, Money, Ns, Product, Qty, Rate, Symbol, Venue};
use serde_json::{Value, json};

const CONFIG: &str = r#"{"venue":"binance","products":["spot"],"market":"live",
    "accounts":[{"balances":{"USDT":"10000","BTC":"1"}}]}"#;
const MS: Ns = 1_000_000;

/// A market of one instrument, prices and quantities in whole units.
struct Market {
    instrument: Instrument,
    book: Option<Book>,
    last: u64,
}

impl LiveBooks for Market {
    fn each(&self, take: &mut dyn FnMut(&Instrument, &Book)) {
        if let Some(book) = &self.book {
            take(&self.instrument, book);
        }
    }
}

impl Market {
    fn new() -> Self {
        let instrument = Instrument {
            id: InstrumentId(7),
            venue: Venue::Binance,
            product: Product::Spot,
            symbol: Symbol::new(b"NEWUSDT").unwrap(),
            base: Asset::new(b"BTC").unwrap(),
            quote: Asset::new(b"USDT").unwrap(),
            px_decimals: 8,
            qty_decimals: 8,
            tick: 1_000_000,
            lot: 100_000,
            qty_min: Qty::new(100_000).unwrap(),
            qty_max: Qty::new(900_000_000_000).unwrap(),
            notional_min: Money::parse(b"0.5").unwrap(),
            fee_maker: Rate::from_bps(10),
            fee_taker: Rate::from_bps(10),
            status: InstrumentStatus::Trading,
            wire: Wire::BASE,
        };
        Self { instrument, book: None, last: 0 }
    }

    /// Replaces the book; quantities in thousandths.
    fn show(&mut self, bids: &[(i64, i64)], asks: &[(i64, i64)]) {
        let levels = |rows: &[(i64, i64)]| -> Vec<Level> {
            rows.iter().map(|(px, qty)| Level { px: px * 100_000_000, qty: qty * 100_000 }).collect()
        };
        self.last += 1;
        let (bids, asks) = (levels(bids), levels(asks));
        let kind = DeltaKind::Snapshot;
        let delta =
            Delta { kind, first: self.last, last: self.last, prev: 0, venue_ns: 0, bids: &bids, asks: &asks };
        let mut book = Book::new(SeqRule::Increment);
        book.apply(&delta, 0).unwrap();
        self.book = Some(book);
    }
}

fn signed(method: &str, path: &str, params: &str, now: Ns) -> (String, String) {
    let query = format!("{params}&timestamp={}", now / MS);
    (method.to_owned(), format!("{path}?{query}&signature={}", hmac_hex("simsecret", query.as_bytes())))
}

struct Desk {
    venue: SimVenue,
    market: Market,
    record: Vec<u8>,
    now: Ns,
}

impl Desk {
    fn new() -> Self {
        let mut venue = SimVenue::new(CONFIG.as_bytes()).unwrap();
        let record = records(&venue.start(START));
        Self { venue, market: Market::new(), record, now: START }
    }

    fn ask(&mut self, method: &str, path: &str, params: &str) -> Value {
        self.now += MS;
        let followed = self.venue.follow(&self.market, true, self.now);
        self.record.extend(records(&followed));
        let (method, target) = signed(method, path, params, self.now);
        let headers = [("X-MBX-APIKEY".to_owned(), "simkey".to_owned())];
        let effects = self.venue.on_http(&method, &target, &headers, b"", self.now);
        self.record.extend(records(&effects));
        answer(&effects).1
    }

    fn place(&mut self, side: &str, kind: &str, qty: &str) -> Value {
        let params = format!("symbol=NEWUSDT&side={side}&quantity={qty}&{kind}&newOrderRespType=FULL");
        self.ask("POST", "/api/v3/order", &params)
    }

    fn moves(&mut self, bids: &[(i64, i64)], asks: &[(i64, i64)]) {
        self.now += MS;
        self.market.show(bids, asks);
        let effects = self.venue.follow(&self.market, false, self.now);
        self.record.extend(records(&effects));
    }

    fn trade(&mut self, px: &str, qty: &str, buyer_is_maker: bool) {
        self.now += MS;
        let frame = json!({"e": "trade", "E": 1, "s": "NEWUSDT", "t": 1, "p": px, "q": qty, "T": 1,
            "m": buyer_is_maker, "M": true});
        let effects = self.venue.tape(Product::Spot, frame.to_string().as_bytes(), self.now);
        self.record.extend(records(&effects));
    }

    fn filled(&mut self, order: &Value) -> String {
        let params = format!("symbol=NEWUSDT&orderId={}", order["orderId"]);
        self.ask("GET", "/api/v3/order", &params)["executedQty"].as_str().unwrap().to_owned()
    }
}

const MARKET: &str = "type=MARKET";

fn limit(px: i64) -> String {
    format!("type=LIMIT&timeInForce=GTC&price={px}")
}

#[test]
fn a_taker_walks_the_live_depth_and_what_it_took_is_gone_until_the_level_changes() {
    let mut desk = Desk::new();
    desk.market.show(&[(99, 50)], &[(100, 20), (101, 30)]);
    let order = desk.place("BUY", MARKET, "0.03");
    let fills: Vec<(&str, &str)> = order["fills"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| (f["price"].as_str().unwrap(), f["qty"].as_str().unwrap()))
        .collect();
    assert_eq!(fills, [("100.00000000", "0.02000000"), ("101.00000000", "0.01000000")]);
    let again = desk.place("BUY", "type=LIMIT&timeInForce=IOC&price=100", "0.1");
    assert_eq!((&again["status"], &again["executedQty"]), (&json!("EXPIRED"), &json!("0.00000000")));
    desk.market.show(&[(99, 50)], &[(100, 25), (101, 30)]);
    let third = desk.place("BUY", "type=LIMIT&timeInForce=IOC&price=100", "0.1");
    assert_eq!(third["executedQty"], json!("0.02500000"), "a level that changed is a new offer");
}

#[test]
fn a_resting_order_waits_for_the_queue_in_front_of_it() {
    let mut desk = Desk::new();
    desk.market.show(&[(99, 500)], &[(100, 500)]);
    let order = desk.place("BUY", &limit(99), "0.1");
    assert_eq!(order["status"], json!("NEW"));
    desk.trade("99", "0.3", true);
    assert_eq!(desk.filled(&order), "0.00000000", "0.2 are still in front");
    desk.moves(&[(99, 200)], &[(100, 500)]);
    desk.trade("99", "0.15", false);
    assert_eq!(desk.filled(&order), "0.00000000", "a buyer's trade takes nothing from the bids");
    desk.trade("99", "0.25", true);
    assert_eq!(desk.filled(&order), "0.05000000", "0.2 for the queue, the rest is ours");
    desk.trade("98", "0.01", true);
    assert_eq!(desk.filled(&order), "0.06000000", "a trade beyond our price met us first");
    desk.moves(&[(98, 10)], &[(99, 30)]);
    assert_eq!(desk.filled(&order), "0.09000000", "the market stands at our price now");
}

#[test]
fn what_leaves_a_level_without_a_trade_shortens_the_queue_only_as_far_as_the_level() {
    let mut desk = Desk::new();
    desk.market.show(&[(99, 500)], &[(100, 500)]);
    let order = desk.place("BUY", &limit(99), "0.1");
    desk.moves(&[(99, 40)], &[(100, 500)]);
    desk.moves(&[(99, 900)], &[(100, 500)]);
    desk.trade("99", "0.1", true);
    assert_eq!(desk.filled(&order), "0.06000000", "whoever came later stands behind");
    let deep = desk.place("BUY", &limit(90), "0.1");
    desk.moves(&[(99, 900), (89, 1)], &[(100, 500)]);
    desk.trade("90", "0.06", true);
    assert_eq!(desk.filled(&deep), "0.02000000", "0.04 met the better order, nobody stood at 90");
}

#[test]
fn a_book_that_may_not_be_priced_from_fills_nothing() {
    let mut desk = Desk::new();
    desk.market.show(&[(99, 500)], &[(100, 500)]);
    let resting = desk.place("SELL", &limit(101), "0.1");
    desk.market.book = None;
    let taker = desk.place("BUY", "type=LIMIT&timeInForce=IOC&price=100", "0.1");
    assert_eq!(taker["executedQty"], json!("0.00000000"));
    desk.moves(&[(102, 20)], &[(103, 500)]);
    assert_eq!(desk.filled(&resting), "0.02000000", "the live bid at 102 pays our 101");
}

#[test]
fn instruments_and_orders_come_back_from_the_book_of_record() {
    let mut desk = Desk::new();
    desk.market.show(&[(99, 500)], &[(100, 500)]);
    desk.place("BUY", MARKET, "0.1");
    let order = desk.place("BUY", &limit(99), "0.1");
    let mut again = SimVenue::new(CONFIG.as_bytes()).unwrap();
    assert_eq!(again.restore(&desk.record), desk.record.len());
    assert_eq!(again.start(desk.now), [], "nothing is funded twice");
    assert_eq!(state(&again), state(&desk.venue));
    assert_eq!(again.resting(), ["binance:spot:NEWUSDT"]);
    desk.venue = again;
    desk.trade("99", "9", true);
    assert_eq!(desk.filled(&order), "0.00000000", "where it stands in the queue is not known yet");
    desk.moves(&[(99, 30)], &[(100, 500)]);
    desk.trade("99", "0.05", true);
    assert_eq!(desk.filled(&order), "0.02000000");
}

#[test]
fn the_tape_is_asked_for_only_where_orders_rest() {
    let mut desk = Desk::new();
    desk.market.show(&[(99, 500)], &[(100, 500)]);
    desk.place("BUY", MARKET, "0.1");
    assert!(desk.venue.tape_frames(Product::Spot, true).is_empty());
    let order = desk.place("BUY", &limit(99), "0.1");
    let on = br#"{"method":"SUBSCRIBE","params":["newusdt@trade"],"id":1}"#.to_vec();
    assert_eq!(desk.venue.tape_frames(Product::Spot, false), std::slice::from_ref(&on));
    assert!(desk.venue.tape_frames(Product::Spot, false).is_empty());
    assert_eq!(desk.venue.tape_frames(Product::Spot, true), [on], "a fresh connection knows nothing");
    desk.ask("DELETE", "/api/v3/order", &format!("symbol=NEWUSDT&orderId={}", order["orderId"]));
    let off = br#"{"method":"UNSUBSCRIBE","params":["newusdt@trade"],"id":1}"#.to_vec();
    assert_eq!(desk.venue.tape_frames(Product::Spot, false), [off]);
}

#[test]
fn a_trading_socket_of_what_is_not_listed_is_refused_and_is_no_market_stream() {
    let (mut venue, _) = super::venue(r#"{"venue":"binance","products":["spot"],"seed":7}"#);
    assert!(venue.on_open(1, "/ws-api/v3", START).is_empty());
    for (conn, path) in [(2, "/ws-fapi/v1"), (3, "/wsx"), (4, "/public/ws")] {
        let closes = venue.on_open(conn, path, START);
        assert!(!closes.is_empty(), "{path} is let in");
    }
}
