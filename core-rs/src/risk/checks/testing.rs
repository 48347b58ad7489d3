//! One order that passes everything, and the means to spoil it: each check's tests change one thing.

use crate::market::{Instrument, InstrumentStatus, Walk, Wire};
use crate::order::{OrderKind, PlaceOrder, TimeInForce};
use crate::risk::{
    BookFacts, Facts, Intent, LatchMode, LimitRow, LimitTable, Limits, OrderRate, Purpose, ScopeIds, gate,
};
use crate::units::{
    AccountId, Asset, ClientId, InstrumentId, Money, Price, Product, Qty, Rate, Side, Symbol, Venue,
};

pub(in crate::risk) struct Case {
    pub(in crate::risk) intent: Intent,
    pub(in crate::risk) facts: Facts,
    pub(in crate::risk) limits: Limits,
}

pub(in crate::risk) type Spoil<'a> = &'a dyn Fn(&mut Case);

/// (label, what to change, (limit, actual) of the refusal or `None` when it still passes).
pub(in crate::risk) type Row<'a> = (&'a str, Spoil<'a>, Option<(&'a str, &'a str)>);

pub(in crate::risk) fn assert_cases(check: &str, cases: &[Row<'_>]) {
    for (label, spoil, want) in cases {
        let mut case = good();
        spoil(&mut case);
        let verdict = gate(case.intent, &case.facts, &case.limits);
        let got = verdict.as_ref().err().map(|d| (d.check, d.limit.as_str(), d.actual.as_str()));
        assert_eq!(got, want.map(|(limit, actual)| (check, limit, actual)), "{label}");
    }
}

impl Case {
    pub(in crate::risk) fn other(&mut self) -> &mut BookFacts {
        self.facts.other.as_mut().unwrap()
    }
}

pub(in crate::risk) fn money(text: &str) -> Money {
    Money::parse(text.as_bytes()).unwrap()
}

pub(in crate::risk) fn price(case: &mut Case, mantissa: i64) {
    case.intent.place.px = Price::new(mantissa).ok();
}

pub(in crate::risk) fn walk(case: &mut Case, notional: i128) {
    case.facts.walk = Some(Walk { notional, worst: Price::new(6_800_000).unwrap() });
}

/// Turns it into a sale at the best bid.
pub(in crate::risk) fn sell(case: &mut Case) {
    case.intent.place.side = Side::Sell;
    price(case, 6_799_900);
    case.facts.walk = Some(Walk { notional: 67_999_000_000, worst: Price::new(6_799_900).unwrap() });
}

/// Makes the whole order shrink a position.
pub(in crate::risk) fn shrink(case: &mut Case) {
    case.facts.shrink_qty = case.intent.place.qty;
}

/// Makes it a hedge that only shrinks a residual.
pub(in crate::risk) fn ease(case: &mut Case) {
    shrink(case);
    case.intent.purpose = Purpose::Hedge;
}

pub(in crate::risk) fn instrument() -> Instrument {
    Instrument {
        id: InstrumentId(0),
        venue: Venue::Binance,
        product: Product::Spot,
        symbol: Symbol::new(b"BTCUSDT").unwrap(),
        base: Asset::new(b"BTC").unwrap(),
        quote: Asset::new(b"USDT").unwrap(),
        px_decimals: 2,
        qty_decimals: 5,
        tick: 5,
        lot: 20,
        qty_min: Qty::new(20).unwrap(),
        qty_max: Qty::new(10_000_000).unwrap(),
        notional_min: money("5"),
        fee_maker: Rate::from_bps(10),
        fee_taker: Rate::from_bps(10),
        status: InstrumentStatus::Trading,
        wire: Wire::BASE,
    }
}

pub(in crate::risk) fn limit_table() -> LimitTable {
    let mut table = LimitTable::default();
    for (name, value) in [
        ("order_notional_max", "10000"),
        ("position_symbol_max", "100000"),
        ("position_venue_max", "100000"),
        ("position_total_max", "100000"),
        ("daily_loss_max", "1000"),
        ("order_rate_max", "10"),
        ("price_collar_bps", "100"),
        ("slippage_max_bps", "5"),
        ("book_age_max_ms", "500"),
        ("open_orders_max", "20"),
    ] {
        table.set(LimitRow::parse(name, "total", "", Some(value)).unwrap()).unwrap();
    }
    table
}

pub(in crate::risk) const IDS: ScopeIds<'static> = ScopeIds {
    venue: "binance",
    instrument: "binance:spot:BTCUSDT",
    account: "binance:main",
    pair: "",
    owner: "0",
};

/// Buy 0.1 at 68000.00, the best ask, worth 6800; passes with room everywhere.
pub(in crate::risk) fn good() -> Case {
    let place = PlaceOrder {
        client_id: ClientId::new(*b"A7", 1, 1, 0).unwrap(),
        instrument: InstrumentId(0),
        side: Side::Buy,
        kind: OrderKind::Limit,
        tif: TimeInForce::Ioc,
        px: Some(Price::new(6_800_000).unwrap()),
        qty: Qty::new(10_000).unwrap(),
        reduce_only: false,
    };
    let intent = Intent { place, account: AccountId(0), plan: None, leg: 0, purpose: Purpose::Open };
    let facts = Facts {
        now: 1_000_000_000_000,
        latch: LatchMode::Open,
        differs: false,
        book: BookFacts { bid: 6_799_900, ask: 6_800_000, age_ns: 10_000_000, synced: true },
        other: Some(BookFacts { bid: 6_801_000, ask: 6_801_100, age_ns: 20_000_000, synced: true }),
        walk: Some(Walk { notional: 68_000_000_000, worst: Price::new(6_800_000).unwrap() }),
        shrink_qty: Qty::ZERO,
        position_symbol: Money::ZERO,
        position_venue: Money::ZERO,
        position_total: Money::ZERO,
        day_pnl: Money::ZERO,
        rate: OrderRate::default(),
        open_orders: 0,
        available: money("100000"),
        needed: money("6806.8"),
        pair_used: Money::ZERO,
        pair_cap: Some(money("50000")),
    };
    let limits = Limits::new(&limit_table(), &instrument(), &IDS).unwrap();
    Case { intent, facts, limits }
}
