//! The decision, case by case.

use super::twap::{TwapDecision, TwapFacts, TwapLegFacts, TwapReason, TwapState, next_twap};
use super::{Policy, Schedule};
use crate::units::{Money, Ns, PlanId, Rate, Side};

const S: Ns = 1_000_000_000;
const POLICY: Policy = Policy {
    complete_within_bps: 10,
    completions_max: 3,
    deadline: 5 * S,
    slippage_bps: 5,
    pause: 50_000_000,
    naked_max: 1_000_000_000,
    naked_notional_max: Money(0),
};

type ChangeLeg<'a> = &'a dyn Fn(&mut TwapLegFacts);
type ChangeLegs<'a> = &'a dyn Fn(&mut [TwapLegFacts; 2]);
type ChangeFacts<'a> = &'a dyn Fn(&mut TwapFacts<'_>, &mut TwapLegFacts);

fn m(text: &str) -> Money {
    Money::parse(text.as_bytes()).unwrap()
}

/// Ten slices of 0.01, one every ten seconds.
fn schedule() -> Schedule {
    Schedule {
        plan: PlanId::twap(1),
        total: m("0.1"),
        slice: m("0.01"),
        interval: 10 * S,
        randomize: Rate::ZERO,
        lot: m("0.001"),
        least: m("0.001"),
    }
}

fn leg(side: Side, filled: &str, undone: &str) -> TwapLegFacts {
    TwapLegFacts {
        side,
        filled: m(filled),
        undone: m(undone),
        possible: Money::ZERO,
        in_slot: Money::ZERO,
        attempts: 1,
        busy: false,
        lot: m("0.001"),
        qty_min: m("0.001"),
        qty_max: m("100"),
        notional_min: m("0.1"),
        bound: Some(m("100")),
        depth: m("50"),
        best: Some(m("100")),
        best_back: Some(m("100")),
        px: Some(m("100")),
        open: true,
    }
}

/// In slot 2, of which nothing was opened yet; what came before is done.
fn facts<'a>(schedule: &'a Schedule, legs: &'a [TwapLegFacts]) -> TwapFacts<'a> {
    TwapFacts {
        now: 1_000 * S,
        elapsed: 20 * S,
        state: TwapState::Running,
        schedule,
        base: Money::ZERO,
        participation: None,
        slot: Some(1),
        changed: 990 * S,
        uneven: None,
        legs,
    }
}

fn opened(decision: TwapDecision) -> Option<[Money; 2]> {
    if let TwapDecision::Open { slot: 2, qty, .. } = decision { Some(qty) } else { None }
}

#[test]
fn a_slot_opens_what_is_due_less_what_is_done_or_may_be() {
    let plan = schedule();
    let cases: &[(&str, ChangeLeg<'_>, &str)] = &[
        ("on schedule", &|_| {}, "0.01"),
        ("ahead of it", &|l| l.filled = m("0.025"), "0.005"),
        ("an order of unknown fate counts whole", &|l| l.possible = m("0.006"), "0.004"),
        ("behind, at most two slices", &|l| l.filled = m("0"), "0.02"),
        ("depth is short", &|l| l.depth = m("0.0035"), "0.003"),
    ];
    for (name, change, want) in cases {
        let mut one = leg(Side::Buy, "0.02", "0");
        change(&mut one);
        let legs = [one];
        assert_eq!(opened(next_twap(&facts(&plan, &legs), &POLICY)), Some([m(want), Money::ZERO]), "{name}");
    }
}

#[test]
fn a_slot_that_is_used_up_waits_for_the_next() {
    let plan = schedule();
    let wait = TwapDecision::Wait { until: 1_010 * S };
    let cases: &[(&str, ChangeFacts<'_>, TwapDecision)] = &[
        ("nothing due", &|_, l| l.filled = m("0.03"), TwapDecision::Wait { until: 1_001 * S }),
        ("three openings", &|f, l| (f.slot, l.attempts) = (Some(2), 3), wait),
        (
            "a pause between two",
            &|f, l| (f.slot, f.changed, l.filled) = (Some(2), 1_000 * S, m("0.025")),
            TwapDecision::Wait { until: 1_000 * S + 250_000_000 },
        ),
        (
            "the cap of the slot",
            &|f, l| (f.slot, l.filled, l.in_slot) = (Some(2), m("0.02"), m("0.02")),
            TwapDecision::Wait { until: 1_001 * S },
        ),
        ("no price", &|_, l| l.bound = None, TwapDecision::Wait { until: 1_001 * S }),
        ("link down", &|_, l| l.open = false, TwapDecision::Wait { until: 1_001 * S }),
        ("paused", &|f, _| f.state = TwapState::Paused, TwapDecision::Wait { until: Ns::MAX }),
        (
            "cancelled",
            &|f, _| f.state = TwapState::Cancelled,
            TwapDecision::End { state: TwapState::Cancelled, why: "" },
        ),
        (
            "cancelled, one on its way",
            &|f, l| (f.state, l.busy) = (TwapState::Cancelled, true),
            TwapDecision::Wait { until: Ns::MAX },
        ),
    ];
    for (name, change, want) in cases {
        let mut one = leg(Side::Buy, "0.02", "0");
        let mut changed = facts(&plan, &[]);
        change(&mut changed, &mut one);
        let legs = [one];
        assert_eq!(next_twap(&TwapFacts { legs: &legs, ..changed }, &POLICY), *want, "{name}");
    }
}

#[test]
fn participation_counts_the_depth_within_the_bound_per_slot() {
    let plan = schedule();
    let mut one = leg(Side::Sell, "0.02", "0");
    one.depth = m("0.05");
    let legs = [one];
    let capped = TwapFacts { participation: Some(Rate::from_bps(1_000)), ..facts(&plan, &legs) };
    assert_eq!(opened(next_twap(&capped, &POLICY)), Some([m("0.005"), Money::ZERO]));
}

#[test]
fn no_remainder_stays_below_the_minimum() {
    // 0.0205 is left in the last slot, whose cap of 0.02 would leave 0.0005.
    let plan = schedule();
    let cases = [("50", "0.0205"), ("0.02", "0.0195")];
    for (depth, want) in cases {
        let mut one = leg(Side::Buy, "0.0795", "0");
        (one.lot, one.depth) = (m("0.0005"), m(depth));
        let legs = [one];
        let last = TwapFacts { elapsed: 90 * S, ..facts(&plan, &legs) };
        let decision = next_twap(&last, &POLICY);
        assert!(
            matches!(decision, TwapDecision::Open { slot: 9, qty, .. } if qty[0] == m(want)),
            "{decision:?}"
        );
    }
}

#[test]
fn it_ends_when_all_is_done_or_nothing_more_can_be() {
    let plan = schedule();
    let cases: &[(&str, ChangeFacts<'_>, TwapState)] = &[
        ("all filled", &|_, l| l.filled = m("0.1"), TwapState::Completed),
        ("dust is left", &|_, l| l.filled = m("0.0995"), TwapState::Completed),
        ("out of slots", &|f, _| f.elapsed = 280 * S, TwapState::Failed),
    ];
    for (name, change, want) in cases {
        let mut one = leg(Side::Buy, "0.02", "0");
        let mut changed = facts(&plan, &[]);
        change(&mut changed, &mut one);
        let legs = [one];
        let got = next_twap(&TwapFacts { legs: &legs, ..changed }, &POLICY);
        assert!(matches!(got, TwapDecision::End { state, .. } if state == *want), "{name}: {got:?}");
    }
}

#[test]
fn legs_that_differ_come_together_before_anything_is_opened() {
    let plan = schedule();
    let hedge = |leg, side, qty: &str, bound: &str, reason| TwapDecision::Hedge {
        leg,
        side,
        qty: m(qty),
        bound: m(bound),
        reason,
    };
    let behind = [leg(Side::Buy, "0.02", "0"), leg(Side::Sell, "0.015", "0")];
    let due = facts(&plan, &behind);
    let catch = hedge(1, Side::Sell, "0.005", "99.9", TwapReason::CatchUp);
    let back = hedge(0, Side::Sell, "0.005", "99.95", TwapReason::Unwind);
    assert_eq!(next_twap(&due, &POLICY), catch);
    for state in [TwapState::Paused, TwapState::Cancelled] {
        assert_eq!(
            next_twap(&TwapFacts { state, ..due }, &POLICY),
            catch,
            "known exposure is hedged in any state"
        );
    }
    let changes: [ChangeLegs<'_>; 3] =
        [&|legs| legs[1].best = Some(m("99.8")), &|legs| legs[1].open = false, &|legs| legs[1].attempts = 4];
    for change in changes {
        let mut legs = behind;
        change(&mut legs);
        assert_eq!(next_twap(&TwapFacts { legs: &legs, ..due }, &POLICY), back);
    }
    let late = TwapFacts { uneven: Some(990 * S), ..due };
    assert_eq!(next_twap(&late, &POLICY), back);
    let mut unsure = behind;
    unsure[1].busy = true;
    assert!(matches!(next_twap(&TwapFacts { legs: &unsure, ..due }, &POLICY), TwapDecision::Wait { .. }));
    let given_back = [leg(Side::Buy, "0.02", "0.005"), leg(Side::Sell, "0.015", "0")];
    let opened = opened(next_twap(&TwapFacts { legs: &given_back, ..due }, &POLICY));
    assert_eq!(opened, Some([m("0.01"), m("0.01")]), "what was unwound is not traded again");
}

#[test]
fn a_fill_beyond_the_total_is_taken_back() {
    let plan = schedule();
    let back = |leg, side| TwapDecision::Hedge {
        leg,
        side,
        qty: m("0.01"),
        bound: if side == Side::Sell { m("99.95") } else { m("100.05") },
        reason: TwapReason::Unwind,
    };
    let one = [leg(Side::Buy, "0.11", "0")];
    let ended = TwapFacts { state: TwapState::Completed, ..facts(&plan, &one) };
    assert_eq!(next_twap(&ended, &POLICY), back(0, Side::Sell));
    let two = [leg(Side::Buy, "0.1", "0"), leg(Side::Sell, "0.11", "0")];
    assert_eq!(next_twap(&TwapFacts { legs: &two, ..ended }, &POLICY), back(1, Side::Buy));
}

#[test]
fn what_one_venue_takes_no_order_for_is_traded_on_the_other_at_the_price_there_is() {
    let behind = |attempts: u8| {
        let mut legs = [leg(Side::Buy, "0.0096", "0"), leg(Side::Sell, "0.01", "0")];
        legs[0].lot = m("0.0001");
        legs[0].qty_min = m("0.0001");
        legs[0].notional_min = m("0.01");
        // Far beyond what the slice may be completed at.
        legs[0].best = Some(m("101"));
        legs[0].attempts = attempts;
        legs
    };
    let schedule = schedule();
    let decide = |legs: &[TwapLegFacts]| {
        let facts = TwapFacts {
            now: 100 * S,
            elapsed: 5 * S,
            state: TwapState::Cancelled,
            schedule: &schedule,
            base: Money::ZERO,
            participation: None,
            slot: Some(0),
            changed: 0,
            uneven: Some(0),
            legs,
        };
        next_twap(&facts, &POLICY)
    };
    let bought = TwapDecision::Hedge {
        leg: 0,
        side: Side::Buy,
        qty: m("0.0004"),
        bound: m("101.202"),
        reason: TwapReason::CatchUp,
    };
    assert_eq!(decide(&behind(4)), bought);
    assert!(matches!(decide(&behind(31)), TwapDecision::End { state: TwapState::Failed, .. }));
    let mut coarse = behind(4);
    coarse[0].lot = m("0.001");
    coarse[0].qty_min = m("0.001");
    assert_eq!(decide(&coarse), TwapDecision::End { state: TwapState::Cancelled, why: "" });
}
