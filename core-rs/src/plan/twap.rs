//! What a TWAP does next, from state alone: opens the due slice on every leg, brings legs together that differ, ends.
//! Knows no venue, no order id and no clock.
//!
//! What may be opened is `due - filled - possibly still filling`, so that no answer, restart or repetition makes the
//! sum of the children exceed the parent. A quantity that was unwound is not traded again.

use super::schedule::Schedule;
use super::{Policy, within, worsen};
use crate::units::{MONEY_DECIMALS, Money, Ns, RATE_DECIMALS, Rate, Side, mul_div, pow10};
use serde::{Deserialize, Serialize};

/// At most this many slices' quantity is opened in one slot, so that a late plan catches up gently.
pub const CATCH_UP_SLICES: i128 = 2;
/// Opening orders of a leg in one slot; what they leave open waits for the next slot.
const OPENINGS_MAX: u8 = 3;
/// Between two opening orders of a leg.
const OPEN_PAUSE: Ns = 250_000_000;
/// Without a price, or with a leg that may not trade, we look again after this long.
const LOOK_AGAIN: Ns = 1_000_000_000;
/// Attempts that one slot's client ids have room for.
const ATTEMPTS_MAX: u8 = 31;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum TwapState {
    Created,
    Running,
    Paused,
    Completed,
    Cancelled,
    Failed,
}

/// One leg as it stands. Quantities are base units, never negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TwapLegFacts {
    pub side: Side,
    /// Filled on the leg's own side, and filled back by unwinding.
    pub filled: Money,
    pub undone: Money,
    /// May still fill on the own side: Unknown orders keep their whole quantity here.
    pub possible: Money,
    /// Filled or possible in the newest slot, own side.
    pub in_slot: Money,
    /// Orders of the newest slot.
    pub attempts: u8,
    /// An order of the leg is unsettled or of unknown fate.
    pub busy: bool,
    pub lot: Money,
    pub qty_min: Money,
    pub qty_max: Money,
    pub notional_min: Money,
    /// Bound of an opening order against the present book; `None` without a book, or beyond the leg's own price.
    pub bound: Option<Money>,
    /// Quantity in the book up to that bound.
    pub depth: Money,
    /// Best prices that the own side and the opposite one would take.
    pub best: Option<Money>,
    pub best_back: Option<Money>,
    /// Bound of the newest slot's opening order.
    pub px: Option<Money>,
    /// Orders may be sent.
    pub open: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TwapFacts<'a> {
    pub now: Ns,
    /// Of the schedule's time: pauses do not count.
    pub elapsed: Ns,
    pub state: TwapState,
    pub schedule: &'a Schedule,
    /// Done before this schedule began (the plan was changed while it was paused).
    pub base: Money,
    /// Share of the depth within the bound that one slot may take.
    pub participation: Option<Rate>,
    /// Newest slot that was opened, of this schedule.
    pub slot: Option<u32>,
    /// Latest change of any of its orders.
    pub changed: Ns,
    /// Since when the legs differ.
    pub uneven: Option<Ns>,
    /// One or two.
    pub legs: &'a [TwapLegFacts],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TwapReason {
    CatchUp,
    Unwind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TwapDecision {
    /// Nothing can be done before `until`, or before something changes.
    Wait {
        until: Ns,
    },
    /// One bounded order on every leg, both or none; the second entry of one leg's plan is zero.
    Open {
        slot: u32,
        qty: [Money; 2],
        bounds: [Money; 2],
    },
    /// One bounded order that brings the legs together.
    Hedge {
        leg: usize,
        side: Side,
        qty: Money,
        bound: Money,
        reason: TwapReason,
    },
    End {
        state: TwapState,
        why: &'static str,
    },
}

impl TwapState {
    pub const ALL: [Self; 6] =
        [Self::Created, Self::Running, Self::Paused, Self::Completed, Self::Cancelled, Self::Failed];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Completed => "completed",
            Self::Cancelled => "cancelled",
            Self::Failed => "failed",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    pub const fn is_end(self) -> bool {
        matches!(self, Self::Completed | Self::Cancelled | Self::Failed)
    }
}

impl TwapLegFacts {
    /// Filled and not unwound.
    const fn net(&self) -> Money {
        Money(self.filled.0 - self.undone.0)
    }

    /// The part of `amount` that the filters admit at `px`; `None` when it is dust.
    fn tradable(&self, amount: Money, px: Money) -> Option<Money> {
        let qty = Money((amount.0 - amount.0.rem_euclid(self.lot.0.max(1))).min(self.qty_max.0));
        (qty.0 > 0 && qty >= self.least(px)).then_some(qty)
    }

    fn least(&self, px: Money) -> Money {
        least_qty(self.lot, self.qty_min, self.notional_min, px)
    }
}

/// Smallest quantity a venue takes at a price, on its lot.
pub fn least_qty(lot: Money, qty_min: Money, notional_min: Money, px: Money) -> Money {
    let (lot, one) = (lot.0.max(1), pow10(MONEY_DECIMALS));
    let Some(qty) = mul_div(notional_min.0, one, px.0) else { return qty_min };
    let whole = (qty + lot - 1).div_euclid(lot) * lot;
    let short = mul_div(whole, px.0, one).is_none_or(|worth| worth < notional_min.0);
    Money(qty_min.0.max(lot).max(if short { whole + lot } else { whole }))
}

/// Own quantity that counts against the total: filled, possible, and what the other leg had to give back.
pub fn used(legs: &[TwapLegFacts], leg: usize) -> Money {
    let other = legs.get(1 - leg).map_or(0, |other| other.undone.0);
    Money(legs[leg].filled.0 + legs[leg].possible.0 + other)
}

/// What every leg has.
pub fn executed(legs: &[TwapLegFacts]) -> Money {
    legs.iter().map(TwapLegFacts::net).min().unwrap_or_default()
}

/// By how much the first leg is ahead of the second.
pub fn excess(legs: &[TwapLegFacts]) -> Money {
    match legs {
        [first, second] => Money(first.net().0 - second.net().0),
        _ => Money::ZERO,
    }
}

/// What to do now.
pub fn next_twap(facts: &TwapFacts<'_>, policy: &Policy) -> TwapDecision {
    let busy = facts.legs.iter().any(|leg| leg.busy);
    if !busy && let Some(decision) = bring_together(facts, policy) {
        return decision;
    }
    match facts.state {
        TwapState::Created | TwapState::Paused => TwapDecision::Wait { until: Ns::MAX },
        TwapState::Running if busy && facts.legs.len() > 1 => TwapDecision::Wait { until: next_due(facts) },
        TwapState::Running => open(facts, busy),
        TwapState::Completed | TwapState::Cancelled | TwapState::Failed if busy => {
            TwapDecision::Wait { until: Ns::MAX }
        }
        state @ (TwapState::Completed | TwapState::Cancelled | TwapState::Failed) => {
            TwapDecision::End { state, why: "" }
        }
    }
}

/// Completes the leg that is behind while its price holds, else takes the excess of the other back. One leg alone is
/// ahead of nothing but its total, which only a fill that had been proved absent can exceed.
fn bring_together(facts: &TwapFacts<'_>, policy: &Policy) -> Option<TwapDecision> {
    let total = facts.base.0 + facts.schedule.total.0;
    let ahead = match facts.legs {
        [one] => Money((one.net().0 - total).max(0)),
        legs => excess(legs),
    };
    let amount = Money(ahead.0.abs());
    if amount.0 == 0 {
        return None;
    }
    let (long, short) = if ahead.0 > 0 { (0, 1) } else { (1, 0) };
    let (over, under) = (facts.legs.get(long)?, facts.legs.get(short));
    let tries = facts.legs.iter().map(|leg| leg.attempts).max().unwrap_or(0);
    let due = facts.changed + policy.pause * Ns::from(tries.saturating_sub(1));
    let within_total = used(facts.legs, short.min(facts.legs.len() - 1)).0 + amount.0 <= total;
    let under = under.filter(|_| within_total);
    let dust =
        |leg: &TwapLegFacts, px: Option<Money>| px.is_some_and(|px| leg.tradable(amount, px).is_none());
    let stuck = dust(over, over.best_back);
    if stuck && under.is_none_or(|under| dust(under, under.best)) {
        return None;
    }
    if tries >= ATTEMPTS_MAX {
        let why = "the legs could not be brought together";
        return Some(TwapDecision::End { state: TwapState::Failed, why });
    }
    if facts.now < due {
        return Some(TwapDecision::Wait { until: due });
    }
    let caught = under.and_then(|under| catch_up(facts, policy, short, under, amount));
    let last = || under.filter(|_| stuck).and_then(|under| finish(under, policy, short, amount));
    let decided = caught.or_else(|| unwind(over, policy, long, amount)).or_else(last);
    Some(decided.unwrap_or(TwapDecision::Wait { until: facts.now + LOOK_AGAIN }))
}

fn catch_up(
    facts: &TwapFacts<'_>,
    policy: &Policy,
    leg: usize,
    short: &TwapLegFacts,
    amount: Money,
) -> Option<TwapDecision> {
    let late = facts.uneven.is_some_and(|since| facts.now >= since + policy.deadline / 2);
    let opened = short.attempts > 0 && u32::from(short.attempts) <= policy.completions_max;
    if late || !opened || !short.open {
        return None;
    }
    let bound = worsen(short.px?, short.side, policy.complete_within_bps);
    let best = short.best.filter(|best| within(*best, bound, short.side))?;
    let qty = short.tradable(amount, best)?;
    Some(TwapDecision::Hedge { leg, side: short.side, qty, bound, reason: TwapReason::CatchUp })
}

/// What the leg ahead can not give back, because its venue takes no order so small, the other leg trades at the price
/// there is.
fn finish(short: &TwapLegFacts, policy: &Policy, leg: usize, amount: Money) -> Option<TwapDecision> {
    if !short.open {
        return None;
    }
    let bound = worsen(short.best?, short.side, policy.slippage_bps * i64::from(short.attempts.max(1)));
    let qty = short.tradable(amount, bound)?;
    Some(TwapDecision::Hedge { leg, side: short.side, qty, bound, reason: TwapReason::CatchUp })
}

fn unwind(long: &TwapLegFacts, policy: &Policy, leg: usize, amount: Money) -> Option<TwapDecision> {
    if !long.open || long.attempts >= ATTEMPTS_MAX {
        return None;
    }
    let side = long.side.opposite();
    let best = long.best_back?;
    let bound = worsen(best, side, policy.slippage_bps * i64::from(long.attempts.max(1)));
    let qty = long.tradable(amount, bound)?;
    Some(TwapDecision::Hedge { leg, side, qty, bound, reason: TwapReason::Unwind })
}

/// The due quantity of every leg, or the end.
fn open(facts: &TwapFacts<'_>, busy: bool) -> TwapDecision {
    let total = Money(facts.base.0 + facts.schedule.total.0);
    let rest = |leg: usize| Money(total.0 - used(facts.legs, leg).0);
    let wait = TwapDecision::Wait { until: next_due(facts) };
    let spent = (0..facts.legs.len()).any(|leg| rest(leg).0 < facts.legs[leg].lot.0.max(1));
    if spent {
        return if busy { wait } else { ending(facts, total, "a part had to be unwound") };
    }
    let Some(slot) = facts.schedule.slot_at(facts.elapsed) else { return wait };
    if slot >= facts.schedule.slots_max() {
        return if busy { wait } else { ending(facts, total, "the deadline is over") };
    }
    let look = TwapDecision::Wait { until: next_due(facts).min(facts.now + LOOK_AGAIN) };
    if facts.legs.iter().any(|leg| !leg.open || leg.bound.is_none()) {
        return look;
    }
    let least =
        facts.legs.iter().filter_map(|leg| leg.bound.map(|px| leg.least(px))).max().unwrap_or_default();
    if (0..facts.legs.len())
        .any(|leg| rest(leg) < facts.legs[leg].least(facts.legs[leg].bound.unwrap_or_default()))
    {
        return if busy { wait } else { ending(facts, total, "the rest is below the minimum of a venue") };
    }
    let fresh = facts.slot != Some(slot);
    let attempts = facts.legs.iter().map(|leg| leg.attempts).max().unwrap_or(0);
    if !fresh && attempts >= OPENINGS_MAX {
        return wait;
    }
    if !fresh && attempts > 0 && facts.now < facts.changed + OPEN_PAUSE {
        return TwapDecision::Wait { until: (facts.changed + OPEN_PAUSE).min(next_due(facts)) };
    }
    match sized(facts, slot, fresh, total, least) {
        Some(qty) => {
            let bounds = [0, 1].map(|leg| facts.legs.get(leg).and_then(|leg| leg.bound).unwrap_or_default());
            TwapDecision::Open { slot, qty, bounds }
        }
        None => look,
    }
}

/// What each leg opens now; `None` when that is nothing, or less than a venue takes.
fn sized(facts: &TwapFacts<'_>, slot: u32, fresh: bool, total: Money, least: Money) -> Option<[Money; 2]> {
    let due = Money(facts.base.0 + facts.schedule.target(slot).0);
    let room = |leg: usize| {
        let of = &facts.legs[leg];
        let in_slot = if fresh { 0 } else { of.in_slot.0 };
        let seen = facts.participation.map_or(of.depth.0, |share| {
            mul_div(of.depth.0, i128::from(share.0), pow10(RATE_DECIMALS)).unwrap_or(0) - in_slot
        });
        let cap = CATCH_UP_SLICES * facts.schedule.slice.0 - in_slot;
        (used(facts.legs, leg).0, seen.min(of.qty_max.0), cap)
    };
    let rooms: Vec<(i128, i128, i128)> = (0..facts.legs.len()).map(room).collect();
    let hard = rooms.iter().map(|(used, seen, _)| used + seen).min()?;
    let capped = rooms.iter().map(|(used, _, cap)| used + cap).min()?;
    let mut level = due.0.min(capped).min(hard);
    let rest = total.0 - level;
    if rest > 0 && rest < least.0 {
        // A last slice that no venue would take joins this one, or leaves enough to be one.
        level = if total.0 <= hard { total.0 } else { total.0 - least.0 };
    }
    let mut qty = [Money::ZERO; 2];
    for (leg, of) in facts.legs.iter().enumerate() {
        qty[leg] = of.tradable(Money(level - used(facts.legs, leg).0), of.bound?)?;
    }
    Some(qty)
}

fn ending(facts: &TwapFacts<'_>, total: Money, why: &'static str) -> TwapDecision {
    let left = Money(total.0 - executed(facts.legs).0);
    let dust = |leg: &TwapLegFacts| left < leg.bound.map_or(leg.qty_min, |px| leg.least(px));
    if left.0 <= 0 || facts.legs.iter().any(dust) {
        return TwapDecision::End { state: TwapState::Completed, why: "" };
    }
    TwapDecision::End { state: TwapState::Failed, why }
}

/// Wall time at which the next slot is due.
fn next_due(facts: &TwapFacts<'_>) -> Ns {
    let next = facts.schedule.slot_at(facts.elapsed).map_or(0, |slot| slot.saturating_add(1));
    facts.now + (facts.schedule.due(next) - facts.elapsed).max(1)
}
