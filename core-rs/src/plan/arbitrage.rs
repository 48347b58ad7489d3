//! Two legs, one number: the base quantity by which they differ. Decides what to do about it, from state alone.
//! Knows no venue, no order id and no clock.

use super::PlanState;
use crate::units::{Money, Ns, Rate, Side, pow10};

/// A residual that can not be traded now is looked at again after this.
const LOOK_AGAIN: Ns = 100_000_000;

/// How a plan is carried through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// A short leg is completed while its price is no worse than the planned one by this much.
    pub complete_within_bps: i64,
    /// Completions per plan.
    pub completions_max: u32,
    /// From `since` until a residual is reported instead of traded. Completing ends at half of it.
    pub deadline: Ns,
    /// Bound of an unwind beyond the best price; grows with each attempt.
    pub slippage_bps: i64,
    /// Pause between attempts, grows with each.
    pub pause: Ns,
}

/// One leg as it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LegFacts {
    /// The leg's own side in the plan.
    pub side: Side,
    /// Planned bound, quote units per base unit.
    pub px: Money,
    /// Signed base quantity: bought minus sold, over all the leg's orders.
    pub net: Money,
    /// Some fill was booked.
    pub traded: bool,
    /// An order of the leg is unsettled or of unknown fate: its quantity may still move.
    pub busy: bool,
    pub attempts: u8,
    /// Filters of the instrument, base and quote units.
    pub lot: Money,
    pub qty_min: Money,
    pub notional_min: Money,
    /// Best prices; `None` when the book is unsynced, stale, or the side is empty.
    pub bid: Option<Money>,
    pub ask: Option<Money>,
    /// Orders may be sent: link up, account reconciled, instrument trading.
    pub open: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlanFacts {
    pub now: Ns,
    /// When the opening orders had both ended, or the plan was taken up again: the deadline runs from here.
    pub since: Ns,
    /// Wall time of the latest change of any of its orders.
    pub changed: Ns,
    pub unwinding: bool,
    pub attempts_max: u8,
    pub legs: [LegFacts; 2],
}

/// Why a further order is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    Complete,
    Unwind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Nothing can be done before `until` (or before something changes).
    Wait {
        until: Ns,
    },
    /// One more price-bounded order; `bound` is to be rounded towards the safe side of the tick.
    Order {
        leg: usize,
        side: Side,
        qty: Money,
        bound: Money,
        reason: Reason,
    },
    End(PlanState),
}

/// Bought minus sold over both legs: zero when hedged.
pub fn residual(legs: &[LegFacts; 2]) -> Money {
    Money(legs[0].net.0 + legs[1].net.0)
}

/// What to do now.
pub fn next(facts: &PlanFacts, policy: &Policy) -> Decision {
    let legs = &facts.legs;
    let deadline = facts.since + policy.deadline;
    if legs.iter().any(|leg| leg.busy) {
        return Decision::Wait { until: deadline };
    }
    let excess = residual(legs);
    if facts.unwinding && excess.0 == 0 && legs[0].net.0 != 0 {
        return unwind_both(facts, policy, deadline);
    }
    let side = if excess.0 > 0 { Side::Sell } else { Side::Buy };
    let amount = Money(excess.0.abs());
    let fits = legs.map(|leg| tradable(&leg, amount));
    if fits.iter().all(Option::is_none) {
        return Decision::End(ending(legs, excess));
    }
    if facts.now >= deadline {
        return Decision::End(PlanState::Reported);
    }
    let used = u32::from(legs[0].attempts) + u32::from(legs[1].attempts);
    let due = facts.changed + policy.pause * Ns::from(used.saturating_sub(2).min(20));
    if facts.now < due {
        return Decision::Wait { until: due.min(deadline) };
    }
    trade(facts, policy, side, fits).unwrap_or(blocked(facts, deadline))
}

/// Orders may go out again without anything telling us so: a pause ends, a price comes back.
fn blocked(facts: &PlanFacts, deadline: Ns) -> Decision {
    Decision::Wait { until: deadline.min(facts.now + LOOK_AGAIN) }
}

/// Completes the short leg while its price holds, else unwinds the long one.
fn trade(facts: &PlanFacts, policy: &Policy, side: Side, fits: [Option<Money>; 2]) -> Option<Decision> {
    let legs = &facts.legs;
    let short = usize::from(legs[0].side != side);
    let long = 1 - short;
    let done = u32::from(legs[short].attempts.saturating_sub(1));
    if let (Some(qty), false) = (fits[short], facts.unwinding)
        && done < policy.completions_max
        && facts.now < facts.since + policy.deadline / 2
        && is_usable(facts, short)
    {
        let bound = worsen(legs[short].px, side, policy.complete_within_bps);
        let best = best_for(&legs[short], side);
        if best.is_some_and(|px| within(px, bound, side)) {
            return Some(Decision::Order { leg: short, side, qty, bound, reason: Reason::Complete });
        }
    }
    // Taking a plan apart never builds up the leg that is flat already: the two would chase each other.
    let apart = |leg: &usize| !facts.unwinding || legs[*leg].net.0.signum() == -i128::from(side.sign());
    [long, short].into_iter().filter(apart).find_map(|leg| unwind(facts, policy, leg, side, fits[leg]?))
}

/// A bounded order against the present book.
fn unwind(facts: &PlanFacts, policy: &Policy, leg: usize, side: Side, qty: Money) -> Option<Decision> {
    if !is_usable(facts, leg) {
        return None;
    }
    let tries = i64::from(facts.legs[leg].attempts.max(1));
    let best = best_for(&facts.legs[leg], side)?;
    let bound = worsen(best, side, policy.slippage_bps * tries);
    Some(Decision::Order { leg, side, qty, bound, reason: Reason::Unwind })
}

/// Takes a hedged plan apart, one leg's net at a time; the residual this makes is then unwound on the other.
fn unwind_both(facts: &PlanFacts, policy: &Policy, deadline: Ns) -> Decision {
    let leg = &facts.legs[0];
    let side = if leg.net.0 > 0 { Side::Sell } else { Side::Buy };
    if facts.now >= deadline {
        return Decision::End(PlanState::Reported);
    }
    let order = tradable(leg, Money(leg.net.0.abs())).and_then(|qty| unwind(facts, policy, 0, side, qty));
    order.unwrap_or(blocked(facts, deadline))
}

fn is_usable(facts: &PlanFacts, leg: usize) -> bool {
    facts.legs[leg].open && facts.legs[leg].attempts < facts.attempts_max
}

/// The best price that `side` would take.
fn best_for(leg: &LegFacts, side: Side) -> Option<Money> {
    match side {
        Side::Buy => leg.ask,
        Side::Sell => leg.bid,
    }
}

/// Whether a price is no worse for `side` than the bound.
pub fn within(px: Money, bound: Money, side: Side) -> bool {
    match side {
        Side::Buy => px <= bound,
        Side::Sell => px >= bound,
    }
}

/// The price moved against `side` by `bps`.
pub fn worsen(px: Money, side: Side, bps: i64) -> Money {
    let delta = px.times_rate(Rate::from_bps(bps.min(5_000))).unwrap_or_default();
    Money(px.0 + delta.0 * i128::from(side.sign()))
}

/// The part of `amount` that the leg's filters admit; `None` when it is dust there.
fn tradable(leg: &LegFacts, amount: Money) -> Option<Money> {
    let qty = Money(amount.0 - amount.0 % leg.lot.0.max(1));
    let notional = crate::units::mul_div(qty.0, leg.px.0, pow10(crate::units::MONEY_DECIMALS))?;
    let enough = qty.0 > 0 && qty >= leg.qty_min && notional >= leg.notional_min.0;
    enough.then_some(qty)
}

/// The end of a plan whose residual is zero or dust.
fn ending(legs: &[LegFacts; 2], excess: Money) -> PlanState {
    let traded = legs.iter().any(|leg| leg.traded);
    match (legs[0].net.0 != 0 && legs[1].net.0 != 0, traded) {
        (true, _) => PlanState::Hedged,
        (false, false) => PlanState::Expired,
        (false, true) if excess.0 == 0 => PlanState::Unwound,
        (false, true) => PlanState::Reported,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const S: Ns = 1_000_000_000;
    const POLICY: Policy = Policy {
        complete_within_bps: 10,
        completions_max: 3,
        deadline: 5 * S,
        slippage_bps: 5,
        pause: 50_000_000,
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
            busy: false,
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
            unwinding: false,
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
        assert_eq!(
            next(&facts("0.01", "0"), &POLICY),
            order(1, Side::Sell, "0.01", "99.9", Reason::Complete)
        );
        assert_eq!(
            next(&facts("0", "-0.01"), &POLICY),
            order(0, Side::Buy, "0.01", "100.1", Reason::Complete)
        );
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

    #[test]
    fn nothing_is_decided_while_an_order_may_still_fill() {
        let mut busy = facts("0.01", "0");
        busy.legs[1].busy = true;
        assert_eq!(next(&busy, &POLICY), Decision::Wait { until: 5 * S });
        busy.now = 9 * S;
        assert_eq!(next(&busy, &POLICY), Decision::Wait { until: 5 * S });
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
}
