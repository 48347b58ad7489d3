//! A TWAP against a venue that fills, refuses, answers late and lies low at random: whatever it does, the children
//! never exceed the parent, a willing venue is never a slice behind, and no last slice is too small to trade.

#![allow(clippy::unwrap_used, clippy::panic)] // a test that can not go on stops

use proptest::prelude::*;
use tidegate_core::plan::{
    Policy, Schedule, TwapDecision, TwapFacts, TwapLegFacts, TwapState, next_twap, used,
};
use tidegate_core::units::{Money, Ns, PlanId, Rate, Side};

const S: Ns = 1_000_000_000;
const UNIT: i128 = 1_000_000_000_000_000;
const POLICY: Policy = Policy {
    complete_within_bps: 10,
    completions_max: 3,
    deadline: 5 * S,
    slippage_bps: 5,
    pause: 50_000_000,
    naked_max: 1_000_000_000,
    naked_notional_max: Money(0),
};

#[derive(Clone, Copy, Debug)]
enum Fate {
    Whole,
    Part(u8),
    Nothing,
    /// Fills this part, told after so many looks.
    Late(u8, u8),
}

#[derive(Clone, Debug)]
struct Child {
    leg: usize,
    own: bool,
    qty: i128,
    fill: i128,
    looks: u8,
    slot: u32,
}

struct Run {
    schedule: Schedule,
    legs: Vec<TwapLegFacts>,
    slot: Option<u32>,
    changed: Ns,
    under_way: Vec<Child>,
    state: TwapState,
    ended: Option<TwapState>,
    smallest: i128,
}

fn fate() -> impl Strategy<Value = Fate> {
    prop_oneof![
        3 => Just(Fate::Whole),
        2 => (0u8..=100).prop_map(Fate::Part),
        1 => Just(Fate::Nothing),
        1 => ((0u8..=100), (1u8..6)).prop_map(|(part, looks)| Fate::Late(part, looks)),
    ]
}

fn plan(total: i128, slice: i128, least: i128, percent: i64, id: u64) -> Schedule {
    Schedule {
        plan: PlanId::twap(id),
        total: Money(total * UNIT),
        slice: Money(slice * UNIT),
        interval: S,
        randomize: Rate::from_bps(percent * 100),
        lot: Money(UNIT),
        least: Money(least * UNIT),
    }
}

fn leg(side: Side, least: i128) -> TwapLegFacts {
    let px = Some(Money(100 * 1_000_000_000_000_000_000));
    TwapLegFacts {
        side,
        filled: Money::ZERO,
        undone: Money::ZERO,
        possible: Money::ZERO,
        in_slot: Money::ZERO,
        attempts: 0,
        busy: false,
        lot: Money(UNIT),
        qty_min: Money(least * UNIT),
        qty_max: Money(1_000_000 * UNIT),
        notional_min: Money::ZERO,
        bound: px,
        depth: Money(1_000_000 * UNIT),
        best: px,
        best_back: px,
        px,
        open: true,
    }
}

impl Run {
    fn new(schedule: Schedule, legs: usize) -> Self {
        let least = schedule.least.0 / UNIT;
        let sides = [Side::Buy, Side::Sell];
        Self {
            schedule,
            legs: sides[..legs].iter().map(|side| leg(*side, least)).collect(),
            slot: None,
            changed: 0,
            under_way: Vec::new(),
            state: TwapState::Running,
            ended: None,
            smallest: i128::MAX,
        }
    }

    fn place(&mut self, child: Child, now: Ns) {
        self.smallest = self.smallest.min(child.qty);
        self.legs[child.leg].attempts += 1;
        self.changed = now;
        if child.looks == 0 {
            self.settle(&child);
        } else {
            self.legs[child.leg].busy = true;
            if child.own {
                self.legs[child.leg].possible.0 += child.qty;
                self.legs[child.leg].in_slot.0 += child.qty;
            }
            self.under_way.push(child);
        }
    }

    fn settle(&mut self, child: &Child) {
        let leg = &mut self.legs[child.leg];
        if child.own {
            leg.filled.0 += child.fill;
            leg.in_slot.0 += if self.slot == Some(child.slot) { child.fill } else { 0 };
        } else {
            leg.undone.0 += child.fill;
        }
    }

    fn answer(&mut self, now: Ns) {
        let waiting = core::mem::take(&mut self.under_way);
        for mut child in waiting {
            child.looks -= 1;
            if child.looks > 0 {
                self.under_way.push(child);
                continue;
            }
            let leg = &mut self.legs[child.leg];
            leg.busy = false;
            if child.own {
                leg.possible.0 -= child.qty;
                leg.in_slot.0 -= if self.slot == Some(child.slot) { child.qty } else { 0 };
            }
            self.settle(&child);
            self.changed = now;
        }
        for at in 0..self.legs.len() {
            self.legs[at].busy = self.under_way.iter().any(|child| child.leg == at);
        }
    }

    /// One look; true while there is more to do at once.
    fn look(&mut self, now: Ns, fates: &mut impl FnMut() -> Fate) -> bool {
        let facts = TwapFacts {
            now,
            elapsed: now,
            state: self.state,
            schedule: &self.schedule,
            base: Money::ZERO,
            participation: None,
            slot: self.slot,
            changed: self.changed,
            uneven: None,
            legs: &self.legs,
        };
        let mut child = |leg: usize, own: bool, qty: i128, slot: u32| {
            let (part, looks) = match fates() {
                Fate::Whole => (100, 0),
                Fate::Part(part) => (part, 0),
                Fate::Nothing => (0, 0),
                Fate::Late(part, looks) => (part, looks),
            };
            let fill = qty * i128::from(part) / 100 / UNIT * UNIT;
            Child { leg, own, qty, fill, looks, slot }
        };
        match next_twap(&facts, &POLICY) {
            TwapDecision::Wait { until } => {
                assert!(until > now, "a wait that is over");
                false
            }
            TwapDecision::Open { slot, qty, .. } => {
                if self.slot != Some(slot) {
                    self.slot = Some(slot);
                    self.legs.iter_mut().for_each(|leg| (leg.attempts, leg.in_slot) = (0, Money::ZERO));
                }
                let children: Vec<Child> =
                    (0..self.legs.len()).map(|leg| child(leg, true, qty[leg].0, slot)).collect();
                for child in children {
                    self.place(child, now);
                }
                true
            }
            TwapDecision::Hedge { leg, side, qty, .. } => {
                let child = child(leg, side == self.legs[leg].side, qty.0, self.slot.unwrap());
                self.place(child, now);
                true
            }
            TwapDecision::End { state, .. } => {
                self.ended = Some(state);
                false
            }
        }
    }

    fn check(&self) {
        for leg in 0..self.legs.len() {
            let children = self.legs[leg].filled.0 + self.legs[leg].possible.0;
            assert!(children <= self.schedule.total.0, "children above the parent");
            assert!(used(&self.legs, leg).0 <= self.schedule.total.0);
            assert!(self.legs[leg].undone.0 <= self.legs[leg].filled.0);
        }
    }
}

fn run(
    schedule: Schedule,
    legs: usize,
    mut fates: impl FnMut() -> Fate,
    mut each: impl FnMut(&Run, Ns),
) -> Run {
    let mut run = Run::new(schedule, legs);
    let end = Ns::from(schedule.slots_max() + 40) * S;
    let mut now = 0;
    while now < end && run.ended.is_none() {
        run.answer(now);
        for _ in 0..100 {
            let more = run.look(now, &mut fates);
            run.check();
            if !more {
                break;
            }
        }
        each(&run, now);
        now += 97_000_000;
    }
    run
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn children_never_exceed_the_parent_and_every_plan_ends(
        slices in 1i128..30, slice in 3i128..40, rest in 0i128..40, least in 1i128..4, percent in 0i64..=50,
        id in 0u64..1_000, legs in 1usize..=2, fates in prop::collection::vec(fate(), 1..200),
    ) {
        let total = slices * slice + rest % slice;
        let mut at = 0;
        let ended = run(plan(total, slice, least, percent, id), legs, || {
            at += 1;
            fates[at % fates.len()]
        }, |_, _| {});
        prop_assert!(ended.ended.is_some(), "still {:?}", ended.legs);
        prop_assert!(ended.smallest >= least * UNIT, "a child below the minimum");
    }

    #[test]
    fn a_willing_venue_is_never_more_than_a_slice_behind_and_gets_all(
        slices in 1i128..30, slice in 3i128..40, rest in 0i128..40, least in 1i128..4, percent in 0i64..=50,
        id in 0u64..1_000, legs in 1usize..=2,
    ) {
        let total = slices * slice + rest % slice;
        let schedule = plan(total, slice, least, percent, id);
        let ended = run(schedule, legs, || Fate::Whole, |run, now| {
            let due = schedule.slot_at(now).map_or(0, |slot| schedule.target(slot).0);
            for leg in &run.legs {
                assert!(due - leg.filled.0 <= schedule.slice.0, "behind by {}", due - leg.filled.0);
            }
        });
        prop_assert_eq!(ended.ended, Some(TwapState::Completed));
        prop_assert!(ended.legs.iter().all(|leg| leg.filled == schedule.total && leg.undone.0 == 0));
        prop_assert!(ended.smallest >= (least * UNIT).min(schedule.total.0), "a slice below the minimum");
    }
}
