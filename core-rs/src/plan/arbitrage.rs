//! Two legs, one number: the base quantity by which they differ. Decides what to do about it, from state alone.
//! Knows no venue, no order id and no clock.

use super::PlanState;
use crate::units::{Money, Ns, Rate, Side, pow10};

/// A residual that can not be traded now is looked at again after this.
pub(super) const LOOK_AGAIN: Ns = 100_000_000;

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
    /// How long a known difference of the legs may wait for orders whose fate is open.
    pub naked_max: Ns,
    /// Above this in quote, it does not wait at all for orders of unknown fate.
    pub naked_notional_max: Money,
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
    /// Orders of the leg that are unsettled: what they may still fill moves its quantity.
    pub pending: Pending,
    /// The venue answers slower than the bound that absence is judged by.
    pub slow: bool,
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

/// Unsettled orders of a leg.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pending {
    pub buys: bool,
    pub sells: bool,
    /// At least one has no answer yet that could still come in time.
    pub expected: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlanFacts {
    pub now: Ns,
    /// When the opening orders had both ended, or the plan was taken up again: the deadline runs from here.
    pub since: Ns,
    /// Wall time of the latest change of any of its orders.
    pub changed: Ns,
    /// Since when the legs' fills differ by more than a lot.
    pub naked_since: Option<Ns>,
    pub unwinding: bool,
    /// The leg that taking both back begins with: the one whose account it brings nearer to flat.
    pub first: usize,
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
    /// A known difference stays as it is: the venue with the open fate is too slow to be trusted with a verdict.
    Hold {
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
    let excess = residual(legs);
    let busy = legs.iter().any(LegFacts::is_busy);
    if facts.unwinding && !busy && excess.0 == 0 && legs[0].net.0 != 0 {
        return unwind_both(facts, policy, deadline);
    }
    let side = if excess.0 > 0 { Side::Sell } else { Side::Buy };
    let amount = Money(excess.0.abs());
    let fits = legs.map(|leg| tradable(&leg, amount));
    let dust = fits.iter().all(Option::is_none);
    match (busy, dust) {
        (true, true) => return Decision::Wait { until: deadline },
        (true, false) => {
            if let Some(wait) = wait_for_fate(facts, policy, amount, deadline) {
                return wait;
            }
        }
        (false, true) => return Decision::End(ending(legs, excess)),
        (false, false) if facts.now >= deadline => return Decision::End(PlanState::Reported),
        (false, false) => {}
    }
    let used = u32::from(legs[0].attempts) + u32::from(legs[1].attempts);
    let due = facts.changed + policy.pause * Ns::from(used.saturating_sub(2).min(20));
    if facts.now < due {
        return Decision::Wait { until: if busy { due } else { due.min(deadline) } };
    }
    trade(facts, policy, side, fits).unwrap_or(blocked(facts, deadline))
}

/// A known difference beside orders whose fate is open: why it is not traded now. What they may still fill is not
/// counted on; should it come after all, the legs differ the other way, and that is traded in turn.
fn wait_for_fate(facts: &PlanFacts, policy: &Policy, amount: Money, deadline: Ns) -> Option<Decision> {
    let legs = &facts.legs;
    let expected = legs.iter().any(|leg| leg.pending.expected);
    let worth = crate::units::mul_div(amount.0, legs[0].px.0, pow10(crate::units::MONEY_DECIMALS));
    let large = worth.is_none_or(|worth| worth > policy.naked_notional_max.0);
    let due = match facts.naked_since {
        Some(_) if large && !expected => facts.now,
        since => since.unwrap_or(facts.now) + policy.naked_max,
    };
    if facts.now < due {
        return Some(Decision::Wait { until: due });
    }
    let held = legs.iter().any(|leg| leg.slow && leg.is_busy());
    held.then_some(Decision::Hold { until: deadline.max(facts.now + policy.naked_max.max(LOOK_AGAIN)) })
}

/// Orders may go out again without anything telling us so: a pause ends, a price comes back.
fn blocked(facts: &PlanFacts, deadline: Ns) -> Decision {
    let again = facts.now + LOOK_AGAIN;
    Decision::Wait { until: if deadline > facts.now { deadline.min(again) } else { again } }
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
        && is_usable(facts, short, side)
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
    if !is_usable(facts, leg, side) {
        return None;
    }
    let tries = i64::from(facts.legs[leg].attempts.max(1));
    let best = best_for(&facts.legs[leg], side)?;
    let bound = worsen(best, side, policy.slippage_bps * tries);
    Some(Decision::Order { leg, side, qty, bound, reason: Reason::Unwind })
}

/// Takes a hedged plan apart, one leg's net at a time; the residual this makes is then unwound on the other. It begins
/// only when that one could follow now: alone, a leg taken back is a position that nobody asked for.
fn unwind_both(facts: &PlanFacts, policy: &Policy, deadline: Ns) -> Decision {
    if facts.now >= deadline {
        return Decision::End(PlanState::Reported);
    }
    let back = |leg: usize| {
        let net = facts.legs[leg].net;
        let side = if net.0 > 0 { Side::Sell } else { Side::Buy };
        let qty = tradable(&facts.legs[leg], Money(net.0.abs()))?;
        unwind(facts, policy, leg, side, qty)
    };
    let order = back(facts.first).filter(|_| back(1 - facts.first).is_some());
    order.unwrap_or(blocked(facts, deadline))
}

/// Nothing goes out on a side of a leg where an order may still fill: it could be the same quantity twice.
fn is_usable(facts: &PlanFacts, leg: usize, side: Side) -> bool {
    let leg = &facts.legs[leg];
    leg.open && leg.attempts < facts.attempts_max && !leg.pending.on(side)
}

impl LegFacts {
    pub const fn is_busy(&self) -> bool {
        self.pending.buys || self.pending.sells
    }
}

impl Pending {
    const fn on(self, side: Side) -> bool {
        match side {
            Side::Buy => self.buys,
            Side::Sell => self.sells,
        }
    }
}

/// The best price that `side` would take.
pub(super) fn best_for(leg: &LegFacts, side: Side) -> Option<Money> {
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
pub(super) fn tradable(leg: &LegFacts, amount: Money) -> Option<Money> {
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
