//! The gate against an independent reading of the rules: plain divisions and amounts, no precomputed forms.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use proptest::prelude::*;
use tidegate_core::market::{Instrument, InstrumentStatus, Walk, Wire};
use tidegate_core::order::{OrderKind, PlaceOrder, TimeInForce};
use tidegate_core::risk::{
    BREAKERS, BookFacts, CHECKS, Facts, Intent, LatchMode, LimitName, LimitRow, LimitTable, Limits,
    OrderRate, Purpose, ScopeIds, gate,
};
use tidegate_core::units::{
    AccountId, Asset, ClientId, InstrumentId, Money, Price, Product, Qty, Rate, Side, Symbol, Venue,
};

const IDS: ScopeIds<'static> = ScopeIds {
    venue: "binance",
    instrument: "binance:spot:BTCUSDT",
    account: "binance:main",
    pair: "",
    owner: "0",
};
const NOW: i64 = 10_000_000_000;

#[derive(Clone, Debug)]
struct World {
    instrument: Instrument,
    /// By `LimitName::ALL`, whole units.
    limits: Vec<Option<i64>>,
    intent: Intent,
    facts: Facts,
    /// Orders taken from the bucket just now.
    spent: usize,
}

fn whole(amount: i64) -> Money {
    Money(i128::from(amount) * 10i128.pow(18))
}

/// Whether an order may go, said as the rules say it.
fn may_go(world: &World) -> bool {
    let World { instrument, intent, facts, .. } = world;
    let limit = |name: LimitName| {
        let at = LimitName::ALL.iter().position(|known| *known == name).unwrap();
        world.limits[at].map(i128::from)
    };
    let within = |name, actual: i128, unit: i128| limit(name).is_none_or(|limit| actual <= limit * unit);
    let place = &intent.place;
    let px = place.px.map(Price::get).or(facts.walk.map(|walk| walk.worst.get())).unwrap_or(0);
    let notional = i128::from(px) * i128::from(place.qty.get()) * 10i128.pow(13);
    let shrinks = place.qty <= facts.shrink_qty;
    let hedges = intent.purpose == Purpose::Hedge && shrinks;
    let books: Vec<BookFacts> = [Some(facts.book), facts.other].into_iter().flatten().collect();
    let judged = if hedges { &books[..1] } else { &books[..] };

    let latch = match facts.latch {
        LatchMode::Open => true,
        LatchMode::ReduceOnly => shrinks && place.px.is_some(),
        LatchMode::Halt => false,
    };
    let typed = (place.kind == OrderKind::Limit) == place.px.is_some();
    let filters = place.px.is_none_or(|px| px.get() % instrument.tick == 0)
        && place.qty.get() % instrument.lot == 0
        && !place.qty.is_zero()
        && (instrument.qty_min..=instrument.qty_max).contains(&place.qty)
        && notional >= instrument.notional_min.0;
    let fresh =
        |book: &BookFacts| book.synced && within(LimitName::BookAgeMaxMs, i128::from(book.age_ns), 1_000_000);
    let sided = |book: &BookFacts| book.bid > 0 && book.ask > book.bid;
    let collared = |book: &BookFacts| {
        let above = (i128::from(px) - i128::from(book.ask)) * 10_000;
        let below = (i128::from(book.bid) - i128::from(px)) * 10_000;
        sided(book)
            && px > 0
            && within(LimitName::PriceCollarBps, above, i128::from(book.ask))
            && within(LimitName::PriceCollarBps, below, i128::from(book.bid))
    };
    let collar = books
        .iter()
        .enumerate()
        .all(|(n, book)| collared(book) || (n == 1 && hedges && !(fresh(book) && sided(book))));
    let slippage = hedges || slips_within(world, within);
    let unit = 10i128.pow(18);
    let position = |name, held: Money| shrinks || within(name, held.0 + notional, unit);
    let pair = shrinks || facts.pair_cap.is_none_or(|cap| facts.pair_used.0 + notional <= cap.0);
    let loss = hedges || limit(LimitName::DailyLossMax).is_none_or(|limit| -facts.day_pnl.0 < limit * unit);
    let open = hedges || within(LimitName::OpenOrdersMax, i128::from(facts.open_orders) + 1, 1);
    let rate = limit(LimitName::OrderRateMax).is_none_or(|limit| {
        let share = if intent.purpose == Purpose::Hedge { limit } else { (limit * 4 / 5).max(1) };
        limit > 0 && (world.spent as i128) < share
    });
    latch
        && instrument.status == InstrumentStatus::Trading
        && typed
        && filters
        && judged.iter().all(fresh)
        && collar
        && slippage
        && within(LimitName::OrderNotionalMax, notional, unit)
        && position(LimitName::PositionSymbolMax, facts.position_symbol)
        && position(LimitName::PositionVenueMax, facts.position_venue)
        && position(LimitName::PositionTotalMax, facts.position_total)
        && pair
        && loss
        && open
        && rate
        && (facts.needed.0 <= 0 || facts.needed <= facts.available)
}

/// Whether an order that takes would walk no further from the best price than the limit allows.
fn slips_within(world: &World, within: impl Fn(LimitName, i128, i128) -> bool) -> bool {
    let World { intent, facts, .. } = world;
    let place = &intent.place;
    let best = if place.side == Side::Buy { facts.book.ask } else { facts.book.bid };
    let takes = place.px.is_none_or(|px| (px.get() - best) * place.side.sign() >= 0);
    !takes
        || facts.walk.is_some_and(|walk| {
            let flat = i128::from(best) * i128::from(place.qty.get());
            let worse = (walk.notional - flat) * i128::from(place.side.sign());
            within(LimitName::SlippageMaxBps, worse.max(0) * 10_000, flat)
        })
}

fn verdict(world: &World) -> Result<(), String> {
    let mut table = LimitTable::default();
    for (name, value) in LimitName::ALL.iter().zip(&world.limits) {
        let text = value.map(|value| value.to_string());
        table.set(LimitRow::parse(name.name(), "total", "", text.as_deref()).unwrap()).unwrap();
    }
    let limits = Limits::new(&table, &world.instrument, &IDS).unwrap();
    let mut facts = world.facts;
    for _ in 0..world.spent {
        facts.rate = facts.rate.taken(NOW, limits.rate_interval());
    }
    gate(world.intent, &facts, &limits).map(|approved| assert_eq!(*approved.get(), world.intent)).map_err(
        |denial| {
            assert!(CHECKS.iter().any(|check| check.id == denial.check && check.unit == denial.unit));
            format!("{denial:?}")
        },
    )
}

fn book(side: i64) -> impl Strategy<Value = BookFacts> {
    let usual = (
        side - 30..side,
        side..side + 30,
        prop_oneof![3 => 0..300i64, 1 => 0..600i64],
        prop::bool::weighted(0.95),
    );
    usual.prop_map(|(bid, ask, ms, synced)| BookFacts { bid, ask, age_ns: ms * 1_000_000, synced })
}

prop_compose! {
    fn any_facts()(
        book in book(10_000), other in prop::option::of(book(10_010)), walked in prop::option::weighted(0.95, (-50..200i64, 9_990..10_030i64)),
        latch in prop::sample::select(vec![LatchMode::Open; 8].into_iter().chain([LatchMode::ReduceOnly, LatchMode::Halt]).collect::<Vec<_>>()),
        shrink in prop_oneof![Just(0), 0..3_000i64, Just(1_000_000)],
        held in prop::array::uniform3(prop_oneof![2 => Just(0), 1 => 49_850..50_000i64, 1 => 69_850..70_000i64, 1 => 99_850..100_000i64]), day in -1_010..100i64, open in 0..21u32,
        available in 15_000..100_000i64, needed in 0..20_000i64, used in prop_oneof![Just(0), 49_850..50_000i64], capped in any::<bool>(),
    ) -> (Facts, i64) {
        let walk = walked.map(|(_, worst)| Walk { notional: 0, worst: Price::new(worst).unwrap() });
        let facts = Facts {
            now: NOW, latch, differs: false, book, other, walk, shrink_qty: Qty::new(shrink).unwrap(),
            position_symbol: whole(held[0]), position_venue: whole(held[1]), position_total: whole(held[2]),
            day_pnl: whole(day), rate: OrderRate::default(), open_orders: open,
            available: whole(available), needed: whole(needed), pair_used: whole(used), pair_cap: capped.then(|| whole(50_000)),
        };
        (facts, walked.map_or(0, |(off, _)| off))
    }
}

prop_compose! {
    fn any_world()(
        (facts, off) in any_facts(), buys in any::<bool>(), hedge in any::<bool>(), limit in prop::bool::weighted(0.95), priced in prop::bool::weighted(0.95),
        px in prop_oneof![9_990..10_020i64, 9_000..11_200i64], lots in 0..40i64, stray in prop_oneof![9 => Just(0), 1 => 0..50i64],
        tick in 1..3i64, lot in prop::sample::select(vec![1, 20, 50]), min in 0..60i64, status in prop::bool::weighted(0.97),
        limits in prop::collection::vec(prop::bool::weighted(0.8), 10), tight in any::<bool>(), spent in 0..11usize,
    ) -> World {
        let qty = lots * lot + stray;
        let side = if buys { Side::Buy } else { Side::Sell };
        let place = PlaceOrder {
            client_id: ClientId::new(*b"A7", 1, 1, 0).unwrap(), instrument: InstrumentId(0), side,
            kind: if limit { OrderKind::Limit } else { OrderKind::Market }, tif: TimeInForce::Ioc,
            px: if limit == priced { Price::new(px).ok() } else { None }, qty: Qty::new(qty).unwrap(), reduce_only: false,
        };
        let best = if buys { facts.book.ask } else { facts.book.bid };
        let walk = facts.walk.map(|walk| Walk { notional: i128::from(best) * i128::from(qty) + i128::from(off * side.sign() * qty) / 10, ..walk });
        let instrument = Instrument {
            id: InstrumentId(0), venue: Venue::Binance, product: Product::Spot, symbol: Symbol::new(b"BTCUSDT").unwrap(),
            base: Asset::new(b"BTC").unwrap(), quote: Asset::new(b"USDT").unwrap(), px_decimals: 2, qty_decimals: 3, tick, lot,
            qty_min: Qty::new(min).unwrap(), qty_max: Qty::new(1_500).unwrap(), notional_min: Money(5 * 10i128.pow(17)),
            fee_maker: Rate::ZERO, fee_taker: Rate::ZERO,
            status: if status { InstrumentStatus::Trading } else { InstrumentStatus::CancelOnly },
wire: Wire::BASE,
        };
        let loose = [120, 100_000, 100_000, 100_000, 1_000, 10, 100, 15, 500, 20];
        let strict = [100, 50_000, 70_000, 90_000, 500, 5, 10, 5, 300, 10];
        let values = if tight { strict } else { loose };
        let limits = values.iter().zip(limits).map(|(value, set)| set.then_some(*value)).collect();
        let purpose = if hedge { Purpose::Hedge } else { Purpose::Open };
        let intent = Intent { place, account: AccountId(0), plan: None, leg: 0, purpose };
        World { instrument, limits, intent, facts: Facts { walk, ..facts }, spent }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    #[test]
    fn the_gate_passes_exactly_what_the_rules_allow(world in any_world()) {
        let verdict = verdict(&world);
        prop_assert_eq!(verdict.is_ok(), may_go(&world), "{:?}", verdict);
    }
}

#[test]
fn every_owner_limit_is_read_by_a_check_and_ids_are_unique() {
    let ids: std::collections::BTreeSet<_> = CHECKS.iter().map(|check| check.id).collect();
    assert_eq!(ids.len(), CHECKS.len());
    for name in LimitName::ALL {
        let checks = CHECKS.iter().filter(|check| check.limit == Some(name)).count();
        let breakers = BREAKERS.iter().filter(|breaker| breaker.limit == name).count();
        // The daily loss both refuses orders and latches.
        let readers = if name == LimitName::DailyLossMax { 2 } else { 1 };
        assert_eq!(checks + breakers, readers, "{}", name.name());
    }
}
