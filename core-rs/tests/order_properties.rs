//! Orders under what venues do to them: fills twice and in any order, late, after a claim of absence; bounded arenas.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use proptest::prelude::*;
use tidegate_core::order::{
    CancelEvent, CancelState, ClientRef, Event, FillOutcome, FillReport, Liquidity, Names, Order, OrderError,
    OrderKind, OrderOrigin, OrderReport, OrderTerms, Orders, PlaceOrder, State, TimeInForce, VenueStatus,
};
use tidegate_core::units::{
    AccountId, Asset, ClientId, InstrumentId, Money, Price, Qty, Side, Symbol, TradeId, VenueOrderId,
};

fn id(counter: u32) -> ClientId {
    ClientId::new(*b"A7", 1, counter, 0).unwrap()
}

fn qty(mantissa: i64) -> Qty {
    Qty::new(mantissa).unwrap()
}

fn order(counter: u32, created_ns: i64) -> Order {
    let place = PlaceOrder {
        client_id: id(counter),
        instrument: InstrumentId(3),
        side: Side::Buy,
        kind: OrderKind::Limit,
        tif: TimeInForce::Ioc,
        px: Some(Price::new(6_800_000).unwrap()),
        qty: qty(100),
        reduce_only: false,
    };
    let terms = OrderTerms {
        place,
        account: AccountId(0),
        px_decimals: 2,
        qty_decimals: 3,
        plan: None,
        leg: 0,
        origin: OrderOrigin::Intent,
    };
    Order::new(terms, created_ns)
}

fn orders() -> Orders {
    let mut orders = Orders::default();
    orders.open(order(1, 0)).unwrap();
    orders
}

fn fill(trade: u32, px: i64, mantissa: i64) -> FillReport {
    FillReport {
        client: ClientRef::Ours(id(1)),
        venue_id: VenueOrderId::new(b"77").unwrap(),
        instrument: InstrumentId(3),
        trade_id: TradeId::new(trade.to_string().as_bytes()).unwrap(),
        side: Side::Buy,
        px: Price::new(px).unwrap(),
        qty: qty(mantissa),
        fee: Money::parse(b"0.25").unwrap(),
        fee_asset: Asset::new(b"USDT").unwrap(),
        liquidity: Liquidity::Taker,
        venue_ns: 5,
    }
}

fn report(status: VenueStatus, filled: i64) -> OrderReport {
    OrderReport {
        client: ClientRef::Ours(id(1)),
        venue_id: VenueOrderId::new(b"77").unwrap(),
        instrument: InstrumentId(3),
        side: Side::Buy,
        status,
        qty: qty(100),
        filled: qty(filled),
        px: None,
        venue_ns: 5,
        reason: Symbol::EMPTY,
    }
}

struct Plain;

impl Names for Plain {
    fn instrument(&self, _: InstrumentId) -> &'static str {
        "binance:spot:BTCUSDT"
    }

    fn account(&self, _: AccountId) -> &'static str {
        "binance:main"
    }
}

#[test]
fn a_fill_before_any_answer_is_booked_and_a_late_answer_changes_nothing() {
    let mut orders = orders();
    assert!(matches!(
        orders.fill(&id(1), &fill(1, 6_800_000, 100), 1),
        Ok(FillOutcome::Applied { late: false, .. })
    ));
    for event in [Event::Sent, Event::AckAccepted, Event::AckRejected, Event::NoAnswer] {
        orders.apply(&id(1), event, 2).unwrap();
    }
    let order = orders.get(&id(1)).unwrap();
    assert_eq!((order.state, order.filled, order.possible_qty()), (State::Filled, qty(100), Qty::ZERO));
    assert_eq!(order.avg_px(), Some(Money::parse(b"68000").unwrap()));
    assert_eq!(orders.open_len(), 0);
}

#[test]
fn fills_the_venue_has_told_of_stay_possible_until_they_come() {
    let mut orders = orders();
    orders.report(&id(1), &report(VenueStatus::Expired, 60), 1).unwrap();
    let order = orders.get(&id(1)).unwrap();
    assert_eq!((order.state, order.possible_qty(), order.is_settled()), (State::Expired, qty(60), false));
    assert_eq!(orders.open_len(), 1, "an ended order with fills on their way is not settled");
    let outcome = orders.fill(&id(1), &fill(1, 6_800_000, 60), 2).unwrap();
    assert!(matches!(outcome, FillOutcome::Applied { late: false, .. }), "announced, so not late");
    assert_eq!((orders.open_len(), orders.get(&id(1)).unwrap().state), (0, State::Expired));
    let outcome = orders.fill(&id(1), &fill(2, 6_800_000, 10), 3).unwrap();
    assert!(matches!(outcome, FillOutcome::Applied { late: true, .. }), "unannounced after the end");
    assert_eq!(orders.get(&id(1)).unwrap().filled, qty(70));
}

#[test]
fn a_dead_order_that_fills_lives_again_with_all_its_exposure() {
    let mut orders = orders();
    orders.apply(&id(1), Event::Sent, 1).unwrap();
    orders.apply(&id(1), Event::NoAnswer, 2).unwrap();
    assert_eq!(orders.get(&id(1)).unwrap().possible_qty(), qty(100), "unknown counts in full");
    orders.apply(&id(1), Event::AbsentAfterFence, 3).unwrap();
    assert_eq!((orders.get(&id(1)).unwrap().possible_qty(), orders.open_len()), (Qty::ZERO, 0));
    let outcome = orders.fill(&id(1), &fill(1, 6_800_000, 30), 4).unwrap();
    assert!(matches!(outcome, FillOutcome::Applied { moved, late: true, .. } if moved.revived()));
    let order = orders.get(&id(1)).unwrap();
    assert_eq!((order.state, order.possible_qty(), order.late_fills), (State::PartiallyFilled, qty(70), 1));
    assert_eq!(orders.open_len(), 1);
}

#[test]
fn wrong_facts_change_nothing_and_the_fill_can_land_on_retry() {
    let mut orders = orders();
    orders.fill(&id(1), &fill(1, 6_800_000, 90), 1).unwrap();
    let before = orders.digest(&Plain);
    let other = FillReport { instrument: InstrumentId(4), ..fill(2, 6_800_000, 5) };
    let overfill = OrderError::Overfill { id: id(1), qty: qty(100), filled: qty(90), fill: qty(11) };
    let empty = FillReport { qty: Qty::ZERO, ..fill(2, 6_800_000, 5) };
    let cases = [
        (orders.fill(&id(1), &fill(2, 6_800_000, 11), 2).map(drop), overfill),
        (orders.fill(&id(1), &other, 2).map(drop), OrderError::Mismatch(id(1))),
        (orders.fill(&id(1), &empty, 2).map(drop), OrderError::EmptyQty(id(1))),
        (orders.fill(&id(9), &fill(2, 6_800_000, 5), 2).map(drop), OrderError::Unknown(id(9))),
        (
            orders.report(&id(1), &report(VenueStatus::Live, 101), 2).map(drop),
            OrderError::Overfill { id: id(1), qty: qty(100), filled: qty(90), fill: qty(11) },
        ),
    ];
    for (got, want) in cases {
        assert_eq!(got, Err(want));
    }
    assert_eq!(orders.digest(&Plain), before);
    let outcome = orders.fill(&id(1), &fill(1, 6_800_001, 90), 2).unwrap();
    assert!(matches!(outcome, FillOutcome::Conflict { first } if first.px == 6_800_000));
    assert!(matches!(orders.fill(&id(1), &fill(2, 6_800_000, 10), 2), Ok(FillOutcome::Applied { .. })));
}

#[test]
fn an_order_is_found_by_the_venues_id_too_and_its_cancel_has_its_own_status() {
    let mut orders = orders();
    let venue_id = VenueOrderId::new(b"77").unwrap();
    assert_eq!(orders.by_venue_id(AccountId(0), InstrumentId(3), &venue_id), None);
    orders.report(&id(1), &report(VenueStatus::Live, 0), 1).unwrap();
    assert_eq!(orders.by_venue_id(AccountId(0), InstrumentId(3), &venue_id), Some(id(1)));
    assert_eq!(orders.by_venue_id(AccountId(1), InstrumentId(3), &venue_id), None);
    orders.cancel(&id(1), CancelEvent::Requested, 2).unwrap();
    orders.cancel(&id(1), CancelEvent::Refused, 3).unwrap();
    let order = orders.get(&id(1)).unwrap();
    assert_eq!(
        (order.state, order.cancel, order.possible_qty()),
        (State::Live, CancelState::Refused, qty(100))
    );
}

#[test]
fn the_arena_is_bounded_and_forgets_only_what_is_settled_and_old() {
    let hour = Orders::SETTLED_KEEP_NS;
    let mut orders = Orders::with_limits(2, 4, 100);
    let end =
        |orders: &mut Orders, counter, event, at| orders.apply(&id(counter), event, at).map(drop).unwrap();
    orders.open(order(1, 0)).unwrap();
    assert_eq!(orders.open(order(1, 0)).unwrap_err(), OrderError::Duplicate(id(1)));
    orders.open(order(2, 0)).unwrap();
    assert_eq!(orders.open(order(3, 0)).unwrap_err(), OrderError::Full { limit: 2 });
    end(&mut orders, 1, Event::Report(VenueStatus::Cancelled), 1);
    end(&mut orders, 2, Event::NeverLeft, 2);
    orders.open(order(3, hour)).unwrap();
    assert!(orders.get(&id(1)).is_some(), "within the hour");
    end(&mut orders, 3, Event::Report(VenueStatus::Expired), hour);
    orders.open(order(4, hour + 1)).unwrap();
    assert!(orders.get(&id(1)).is_none(), "past the hour");
    assert!(orders.get(&id(2)).is_some(), "a tombstone stays a day");
    orders.open(order(5, hour + 2)).unwrap();
    end(&mut orders, 4, Event::NeverLeft, hour + 3);
    orders.open(order(6, hour + 4)).unwrap();
    assert!(orders.get(&id(3)).is_none(), "under pressure the oldest ended order goes early");
    end(&mut orders, 5, Event::NeverLeft, hour + 5);
    assert_eq!(orders.open(order(7, hour + 6)).unwrap_err(), OrderError::Full { limit: 4 });
    orders.open(order(7, 24 * hour + 2)).unwrap();
    assert!(orders.get(&id(2)).is_none() && orders.get(&id(4)).is_some());
}

proptest! {
    #[test]
    fn fills_apply_once_under_duplication_in_any_order(
        parts in prop::collection::vec(1..25i64, 1..5),
        picks in prop::collection::vec((0..5usize, 0..4u8), 0..40),
    ) {
        let fills: Vec<FillReport> =
            (0u32..).zip(&parts).map(|(n, part)| fill(n, 6_800_000 + i64::from(n), *part)).collect();
        let mut orders = orders();
        let mut applied = std::collections::BTreeSet::new();
        for (pick, noise) in picks.into_iter().chain((0..fills.len()).map(|n| (n, 3))) {
            match noise {
                0 => drop(orders.apply(&id(1), Event::NoAnswer, 1)),
                1 => drop(orders.apply(&id(1), Event::AckRejected, 1)),
                2 => drop(orders.report(&id(1), &report(VenueStatus::Cancelled, 0), 1)),
                _ => {}
            }
            let Some(fill) = fills.get(pick) else { continue };
            let before = orders.get(&id(1)).unwrap().filled;
            let outcome = orders.fill(&id(1), fill, 1).unwrap();
            prop_assert_eq!(matches!(outcome, FillOutcome::Applied { .. }), applied.insert(pick));
            let order = orders.get(&id(1)).unwrap();
            prop_assert!(order.filled >= before && order.filled <= order.terms.place.qty);
            prop_assert_eq!(orders.open_len(), usize::from(!order.is_settled()));
        }
        let order = orders.get(&id(1)).unwrap();
        let notional: i64 = fills.iter().map(|f| f.px.get() * f.qty.get()).sum();
        prop_assert_eq!(order.filled, qty(parts.iter().sum()));
        prop_assert_eq!(order.quote, Money(i128::from(notional) * 10i128.pow(13)));
        let fees = Money(250_000_000_000_000_000 * parts.len() as i128);
        prop_assert_eq!(&order.fees, &vec![(Asset::new(b"USDT").unwrap(), fees)]);
    }
}
