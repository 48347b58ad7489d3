//! What a two-leg plan decides, case by case.

use super::PlanState;
use super::arbitrage::*;
use crate::units::{Money, Ns, Side};

const S: Ns = 1_000_000_000;
const POLICY: Policy = Policy {
    complete_within_bps: 10,
    completions_max: 3,
    deadline: 5 * S,
    slippage_bps: 5,
    pause: 50_000_000,
    naked_max: S,
    naked_notional_max: Money(10_000 * 1_000_000_000_000_000_000),
};

fn m(text: &str) -> Money {
    Money::parse(text.as_bytes()).unwrap()
}

fn leg(side: Side, net: &str, attempts: u8) -> LegFacts {
    LegFacts {
        side,
        px: m("100"),
        net: m(net),
        traded: net != "0",
        pending: Pending::default(),
        slow: false,
        attempts,
        lot: m("0.001"),
        qty_min: m("0.001"),
        notional_min: m("0.5"),
        bid: Some(m("99.99")),
        ask: Some(m("100.01")),
        open: true,
    }
}

fn facts(buy: &str, sell: &str) -> PlanFacts {
    PlanFacts {
        now: S,
        since: 0,
        changed: 0,
        naked_since: None,
        unwinding: false,
        first: 0,
        attempts_max: 31,
        legs: [leg(Side::Buy, buy, 1), leg(Side::Sell, sell, 1)],
    }
}

fn order(leg: usize, side: Side, qty: &str, bound: &str, reason: Reason) -> Decision {
    Decision::Order { leg, side, qty: m(qty), bound: m(bound), reason }
}

#[test]
fn fills_decide_the_end() {
    let cases = [
        ("0", "0", PlanState::Expired),
        ("0.01", "-0.01", PlanState::Hedged),
        ("0.0104", "-0.01", PlanState::Hedged),
        ("0.0004", "0", PlanState::Reported),
    ];
    for (buy, sell, want) in cases {
        assert_eq!(next(&facts(buy, sell), &POLICY), Decision::End(want), "{buy} {sell}");
    }
    let mut round_trip = facts("0", "0");
    round_trip.legs[0].traded = true;
    assert_eq!(next(&round_trip, &POLICY), Decision::End(PlanState::Unwound));
}

#[test]
fn a_short_leg_is_completed_while_its_price_holds() {
    assert_eq!(next(&facts("0.01", "0"), &POLICY), order(1, Side::Sell, "0.01", "99.9", Reason::Complete));
    assert_eq!(next(&facts("0", "-0.01"), &POLICY), order(0, Side::Buy, "0.01", "100.1", Reason::Complete));
    assert_eq!(
        next(&facts("0.0155", "-0.01"), &POLICY),
        order(1, Side::Sell, "0.005", "99.9", Reason::Complete)
    );
}

#[test]
fn else_the_long_leg_is_unwound() {
    let mut worse = facts("0.01", "0");
    worse.legs[1].bid = Some(m("99.8"));
    assert_eq!(next(&worse, &POLICY), order(0, Side::Sell, "0.01", "99.940005", Reason::Unwind));
    let mut exhausted = facts("0.01", "0");
    exhausted.legs[1].attempts = 4;
    assert!(matches!(next(&exhausted, &POLICY), Decision::Order { leg: 0, reason: Reason::Unwind, .. }));
    let mut asked = facts("0.01", "0");
    asked.unwinding = true;
    assert!(matches!(next(&asked, &POLICY), Decision::Order { leg: 0, reason: Reason::Unwind, .. }));
}

#[test]
fn late_in_the_deadline_only_unwinding_is_left() {
    let mut late = facts("0.01", "0");
    late.now = 3 * S;
    assert!(matches!(next(&late, &POLICY), Decision::Order { leg: 0, reason: Reason::Unwind, .. }));
}

const SELLING: Pending = Pending { buys: false, sells: true, expected: false };

#[test]
fn legs_that_agree_wait_for_what_may_still_fill() {
    let mut busy = facts("0", "0");
    busy.legs[1].pending = SELLING;
    assert_eq!(next(&busy, &POLICY), Decision::Wait { until: 5 * S });
    busy.now = 9 * S;
    assert_eq!(next(&busy, &POLICY), Decision::Wait { until: 5 * S });
}

#[test]
fn a_known_difference_waits_so_long_for_the_open_fate_and_is_hedged_around_it() {
    let mut naked = facts("0.01", "0");
    naked.legs[1].pending = SELLING;
    naked.naked_since = Some(S / 2);
    assert_eq!(next(&naked, &POLICY), Decision::Wait { until: 3 * S / 2 });
    naked.now = 3 * S / 2;
    assert_eq!(next(&naked, &POLICY), order(0, Side::Sell, "0.01", "99.940005", Reason::Unwind));
    // Past the deadline too, and never on the side where the quantity may come twice.
    naked.now = 9 * S;
    assert!(matches!(next(&naked, &POLICY), Decision::Order { leg: 0, .. }));
    naked.legs[0].open = false;
    assert_eq!(next(&naked, &POLICY), Decision::Wait { until: 9 * S + LOOK_AGAIN });
}

#[test]
fn a_large_difference_waits_for_answers_that_can_still_come_alone() {
    let policy = Policy { naked_notional_max: m("0.5"), ..POLICY };
    let mut naked = facts("0.01", "0");
    naked.naked_since = Some(S);
    naked.legs[1].pending = Pending { expected: true, ..SELLING };
    assert_eq!(next(&naked, &policy), Decision::Wait { until: 2 * S });
    naked.legs[1].pending = SELLING;
    assert!(matches!(next(&naked, &policy), Decision::Order { leg: 0, side: Side::Sell, .. }));
}

#[test]
fn nothing_is_hedged_around_a_fate_at_a_slow_venue() {
    let mut naked = facts("0.01", "0");
    naked.now = 3 * S;
    naked.naked_since = Some(S);
    naked.legs[1].pending = SELLING;
    naked.legs[1].slow = true;
    assert_eq!(next(&naked, &POLICY), Decision::Hold { until: 5 * S });
    naked.legs[1].pending = Pending::default();
    assert!(matches!(next(&naked, &POLICY), Decision::Order { .. }));
}

#[test]
fn without_a_book_it_waits_and_past_the_deadline_it_reports() {
    let mut blind = facts("0.01", "0");
    blind.legs.iter_mut().for_each(|leg| (leg.bid, leg.ask) = (None, None));
    assert_eq!(next(&blind, &POLICY), Decision::Wait { until: S + LOOK_AGAIN });
    blind.now = 5 * S - 1;
    assert_eq!(next(&blind, &POLICY), Decision::Wait { until: 5 * S });
    blind.now = 5 * S;
    assert_eq!(next(&blind, &POLICY), Decision::End(PlanState::Reported));
}

#[test]
fn a_hedged_plan_is_taken_apart_leg_by_leg_when_asked() {
    let mut asked = facts("0.01", "-0.01");
    asked.unwinding = true;
    assert_eq!(next(&asked, &POLICY), order(0, Side::Sell, "0.01", "99.940005", Reason::Unwind));
    asked.legs[0].net = Money::ZERO;
    assert_eq!(next(&asked, &POLICY), order(1, Side::Buy, "0.01", "100.060005", Reason::Unwind));
}

#[test]
fn taking_apart_begins_with_the_leg_that_shrinks_and_only_when_the_other_could_follow() {
    let mut asked = facts("0.01", "-0.01");
    (asked.unwinding, asked.first) = (true, 1);
    assert_eq!(next(&asked, &POLICY), order(1, Side::Buy, "0.01", "100.060005", Reason::Unwind));
    for leg in 0..2 {
        let mut alone = asked;
        alone.legs[leg].open = false;
        assert_eq!(next(&alone, &POLICY), Decision::Wait { until: S + LOOK_AGAIN });
    }
}

#[test]
fn a_plan_taken_apart_waits_for_the_leg_that_is_left() {
    let mut half = facts("0", "-0.01");
    half.unwinding = true;
    half.legs[0].attempts = 2;
    half.legs[1].open = false;
    assert!(matches!(next(&half, &POLICY), Decision::Wait { .. }));
    half.legs[1].open = true;
    assert!(matches!(next(&half, &POLICY), Decision::Order { leg: 1, side: Side::Buy, .. }));
}

#[test]
fn attempts_after_the_first_completion_pause() {
    let mut again = facts("0.01", "0");
    again.legs[1].attempts = 3;
    again.changed = S;
    assert_eq!(next(&again, &POLICY), Decision::Wait { until: S + 100_000_000 });
}
