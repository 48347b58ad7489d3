//! The risk gate: every check, passing, as on the way of an opening arbitrage leg. Beside it a refusal and the floor,
//! the same comparisons written out flat in one function.

use criterion::{Criterion, criterion_group, criterion_main};
use std::hint::black_box;
use tidegate_core::market::{Instrument, InstrumentStatus, Walk, Wire};
use tidegate_core::order::{OrderKind, PlaceOrder, TimeInForce};
use tidegate_core::risk::{
    BookFacts, Facts, Intent, LatchMode, LimitRow, LimitTable, Limits, OrderRate, Purpose, ScopeIds, gate,
};
use tidegate_core::units::{
    AccountId, Asset, ClientId, InstrumentId, Money, Price, Product, Qty, Rate, Side, Symbol, UnitError,
    Venue,
};

const IDS: ScopeIds<'static> = ScopeIds {
    venue: "binance",
    instrument: "binance:spot:BTCUSDT",
    account: "binance:main",
    pair: "",
    owner: "0",
};

fn instrument() -> Result<Instrument, UnitError> {
    Ok(Instrument {
        id: InstrumentId(0),
        venue: Venue::Binance,
        product: Product::Spot,
        symbol: Symbol::new(b"BTCUSDT")?,
        base: Asset::new(b"BTC")?,
        quote: Asset::new(b"USDT")?,
        px_decimals: 2,
        qty_decimals: 5,
        tick: 1,
        lot: 10,
        qty_min: Qty::new(10)?,
        qty_max: Qty::new(900_000_000)?,
        notional_min: Money::parse(b"5")?,
        fee_maker: Rate::from_bps(10),
        fee_taker: Rate::from_bps(10),
        status: InstrumentStatus::Trading,
        wire: Wire::BASE,
    })
}

fn limits() -> Result<Limits, Box<dyn std::error::Error>> {
    let mut table = LimitTable::default();
    for (name, value) in [
        ("order_notional_max", "50000"),
        ("position_symbol_max", "500000"),
        ("position_venue_max", "900000"),
        ("position_total_max", "2000000"),
        ("daily_loss_max", "1000"),
        ("order_rate_max", "50"),
        ("price_collar_bps", "100"),
        ("slippage_max_bps", "5"),
        ("book_age_max_ms", "3000"),
        ("open_orders_max", "20"),
    ] {
        table.set(LimitRow::parse(name, "total", "", Some(value))?)?;
    }
    Ok(Limits::new(&table, &instrument()?, &IDS)?)
}

fn intent() -> Result<Intent, UnitError> {
    let place = PlaceOrder {
        client_id: ClientId::new(*b"A7", 1, 1, 0)?,
        instrument: InstrumentId(0),
        side: Side::Buy,
        kind: OrderKind::Limit,
        tif: TimeInForce::Ioc,
        px: Some(Price::new(6_800_000)?),
        qty: Qty::new(10_000)?,
        reduce_only: false,
    };
    Ok(Intent { place, account: AccountId(0), plan: None, leg: 0, purpose: Purpose::Open })
}

fn facts() -> Result<Facts, UnitError> {
    Ok(Facts {
        now: 1_000_000_000_000,
        latch: LatchMode::Open,
        differs: false,
        book: BookFacts { bid: 6_799_900, ask: 6_800_000, age_ns: 10_000_000, synced: true },
        other: Some(BookFacts { bid: 6_801_000, ask: 6_801_100, age_ns: 20_000_000, synced: true }),
        walk: Some(Walk { notional: 68_001_000_000, worst: Price::new(6_800_000)? }),
        shrink_qty: Qty::ZERO,
        position_symbol: Money::parse(b"20400")?,
        position_venue: Money::parse(b"40800")?,
        position_total: Money::parse(b"81600")?,
        day_pnl: Money::parse(b"-12.5")?,
        rate: OrderRate::default(),
        open_orders: 2,
        available: Money::parse(b"100000")?,
        needed: Money::parse(b"6806.8")?,
        pair_used: Money::parse(b"13600")?,
        pair_cap: Some(Money::parse(b"50000")?),
    })
}

/// The floor: as many comparisons of the same kinds over i64 alone, in one expression.
fn floor(px: i64, qty: i64, bounds: &[i64; 18]) -> bool {
    let raw = px * qty;
    px % bounds[0] == 0
        && qty % bounds[1] == 0
        && qty >= bounds[2]
        && qty <= bounds[3]
        && raw >= bounds[4]
        && raw <= bounds[5]
        && raw + bounds[6] <= bounds[7]
        && raw + bounds[8] <= bounds[9]
        && raw + bounds[10] <= bounds[11]
        && bounds[12] > -bounds[13]
        && bounds[14] <= bounds[15]
        && bounds[16] <= bounds[17]
}

fn bench(c: &mut Criterion) {
    let (Ok(limits), Ok(intent), Ok(facts)) = (limits(), intent(), facts()) else {
        unreachable!("the bench's own constants are valid");
    };
    assert!(gate(intent, &facts, &limits).is_ok());
    let halted = Facts { latch: LatchMode::Halt, ..facts };
    let max = i64::MAX / 4;
    let bounds = [1, 10, 10, 900_000_000, 1, max, 5, max, 5, max, 5, max, -12, 1_000, 2, 20, 5, 100];
    let mut group = c.benchmark_group("risk_gate");
    group.bench_function("18 checks, pass", |b| {
        b.iter(|| gate(black_box(intent), black_box(&facts), black_box(&limits)).is_ok());
    });
    group.bench_function("halted, refused with numbers", |b| {
        b.iter(|| gate(black_box(intent), black_box(&halted), black_box(&limits)).is_err());
    });
    group.bench_function("floor, 12 comparisons on i64", |b| {
        b.iter(|| floor(black_box(6_800_000), black_box(10_000), black_box(&bounds)));
    });
    group.finish();
}

criterion_group!(benches, bench);
criterion_main!(benches);
