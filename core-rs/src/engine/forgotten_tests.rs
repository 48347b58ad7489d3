//! An order that was settled and forgotten, and that the venue tells of again: it may be taken in anew, and what was booked of it
//! stays booked once.

use super::apply::Applied;
use super::record::Body;
use super::{Effects, Engine};
use crate::order::{
    ClientRef, FillReport, Liquidity, OrderKind, OrderOrigin, OrderReport, OrderTerms, PlaceOrder,
    TimeInForce, VenueStatus,
};
use crate::units::{
    AccountId, Asset, ClientId, InstrumentId, Money, Now, Price, Product, Qty, Side, Symbol, TradeId, Venue,
    VenueOrderId,
};

const CONFIG: &str = r#"{"mode":"SIM","instance":"A7","memory":{"orders":2,"ids":2,"fills":3},
    "accounts":[{"venue":"binance","key":"k","secret":"s","simulated":true}]}"#;
const BTC: &str = r#"[{"symbol":"BTCUSDT","base":"BTC","quote":"USDT","tick":"0.1","lot":"0.001","qtyMin":"0.001",
    "qtyMax":"100","notionalMin":"5","feeMaker":"0.0002","feeTaker":"0.0004","status":"TRADING"}]"#;
const ACCOUNT: AccountId = AccountId(0);
const INSTRUMENT: InstrumentId = InstrumentId(0);

struct Desk {
    engine: Engine,
    second: i64,
}

impl Desk {
    fn new() -> Self {
        let mut engine = Engine::new(CONFIG.as_bytes()).unwrap();
        let mut out = Effects::default();
        let list = BTC.as_bytes();
        engine.set_instruments(Now::default(), Venue::Binance, Product::Linear, list, &mut out).unwrap();
        Self { engine, second: 1 }
    }

    fn record(&mut self, body: Body) -> Option<Applied> {
        self.second += 1;
        let at = self.second * 1_000_000_000;
        self.engine.commit(Now { mono: at, wall: at }, body, &mut Effects::default())
    }

    fn take_in(&mut self, counter: u32, origin: OrderOrigin) {
        let place = PlaceOrder {
            client_id: id(counter),
            instrument: INSTRUMENT,
            side: Side::Buy,
            kind: OrderKind::Limit,
            tif: TimeInForce::Ioc,
            px: Some(Price::new(1_000).unwrap()),
            qty: Qty::new(5).unwrap(),
            reduce_only: false,
        };
        let terms = OrderTerms {
            place,
            account: ACCOUNT,
            px_decimals: 1,
            qty_decimals: 3,
            plan: None,
            leg: 0,
            origin,
        };
        assert_eq!(self.record(Body::Intent { terms, hold: None }), Some(Applied::Done));
    }

    fn fill(&mut self, counter: u32, trade: u32) -> Option<Applied> {
        let fill = FillReport {
            client: ClientRef::Ours(id(counter)),
            venue_id: venue_id(counter),
            instrument: INSTRUMENT,
            trade_id: TradeId::new(trade.to_string().as_bytes()).unwrap(),
            side: Side::Buy,
            px: Price::new(1_000).unwrap(),
            qty: Qty::new(2).unwrap(),
            fee: Money::ZERO,
            fee_asset: Asset::new(b"USDT").unwrap(),
            liquidity: Liquidity::Taker,
            venue_ns: i64::from(trade) * 1_000_000_000,
        };
        self.record(Body::Fill { account: ACCOUNT, fill })
    }

    /// One that traded two of its five and was cancelled.
    fn settled(&mut self, counter: u32) {
        self.take_in(counter, OrderOrigin::Intent);
        assert!(matches!(self.fill(counter, counter), Some(Applied::Fill { .. })));
        let report = OrderReport {
            client: ClientRef::Ours(id(counter)),
            venue_id: venue_id(counter),
            instrument: INSTRUMENT,
            side: Side::Buy,
            status: VenueStatus::Cancelled,
            qty: Qty::new(5).unwrap(),
            filled: Qty::new(2).unwrap(),
            px: None,
            venue_ns: 0,
            reason: Symbol::EMPTY,
        };
        assert!(matches!(self.record(Body::Report { id: id(counter), report }), Some(Applied::Order(_))));
    }

    fn position(&self) -> i128 {
        let position = self.engine.state.ledger.positions().get(ACCOUNT, INSTRUMENT).unwrap();
        position.basis.qty.0 / 10i128.pow(15)
    }
}

fn id(counter: u32) -> ClientId {
    ClientId::new(*b"A7", 1, counter, 0).unwrap()
}

fn venue_id(counter: u32) -> VenueOrderId {
    VenueOrderId::new(counter.to_string().as_bytes()).unwrap()
}

#[test]
fn what_was_booked_of_a_forgotten_order_stays_booked_once() {
    // By key, and where the key itself was let go, by time.
    for forgotten in [7, 2] {
        let mut desk = Desk::new();
        (1..=9).for_each(|counter| desk.settled(counter));
        assert!(desk.engine.state.orders.get(&id(forgotten)).is_none());
        assert_eq!(desk.position(), 18);
        desk.take_in(forgotten, OrderOrigin::Adopted);
        assert_eq!(desk.fill(forgotten, forgotten), Some(Applied::Known), "order {forgotten}");
        assert_eq!(desk.position(), 18);
        let order = desk.engine.state.orders.get(&id(forgotten)).unwrap();
        assert_eq!(order.filled.get(), 2, "the order itself learns of it");
        // What it traded since is new.
        assert!(matches!(desk.fill(forgotten, 100), Some(Applied::Fill { .. })));
        assert_eq!(desk.position(), 20);
        assert_eq!(desk.fill(forgotten, 100), Some(Applied::Known));
        assert_eq!(desk.position(), 20);
    }
}

#[test]
fn an_order_that_was_never_known_is_booked_whole() {
    let mut desk = Desk::new();
    (1..=9).for_each(|counter| desk.settled(counter));
    desk.take_in(10, OrderOrigin::Adopted);
    // Its record was lost and its fill is older than what was let go: no order of this id was ever settled.
    assert!(matches!(desk.fill(10, 1_000), Some(Applied::Fill { .. })));
    assert_eq!(desk.position(), 20);
}
