//! A TWAP's durable form: what was asked for, and where it stands. Mutated only by applying records.

use super::schedule::Schedule;
use super::{LegSum, Note, Plan, TIMELINE_MAX, TwapState};
use crate::order::{Names, push_field, row_digest};
use crate::units::{
    AccountId, ClientId, InstrumentId, Money, Ns, OwnerId, PlanId, Price, Rate, Side, UnitError,
    mul_div_half_even,
};
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TwapLeg {
    pub account: AccountId,
    pub instrument: InstrumentId,
    pub side: Side,
    /// No order is priced beyond this.
    pub px_limit: Option<Price>,
}

/// What a plan is to do. Changed as a whole, with counters of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TwapTerms {
    pub id: PlanId,
    pub owner: OwnerId,
    pub name: String,
    pub total: Money,
    pub slice: Money,
    pub interval: Ns,
    pub randomize: Rate,
    /// How far beyond the best price a slice may reach, basis points.
    pub offset_bps: i64,
    pub participation: Option<Rate>,
    pub lot: Money,
    pub least: Money,
    /// Done under earlier terms.
    pub base: Money,
    /// One or two.
    pub legs: Vec<TwapLeg>,
    pub epoch: u32,
    /// First of the reserved counters: one per slot and leg.
    pub counter: u32,
}

/// The time-weighted middle of a leg's book over the plan's life.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bench {
    /// Sum of middle times milliseconds.
    pub weighted: i128,
    pub ms: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Twap {
    pub terms: TwapTerms,
    pub state: TwapState,
    pub created: Ns,
    /// Wall time at which the schedule's time began; a pause moves it on.
    pub anchor: Option<Ns>,
    pub paused: Option<Ns>,
    /// Nothing of it is under way any more.
    pub ended: Option<Ns>,
    pub why: String,
    /// Newest opened slot of the present terms, with what belongs to it.
    pub slot: Option<u32>,
    pub slot_px: [Option<Price>; 2],
    pub slot_filled: [Money; 2],
    pub slot_orders: [u8; 2],
    pub uneven: Option<Ns>,
    pub last_fill: Option<Ns>,
    pub sums: [LegSum; 2],
    pub bench: [Bench; 2],
    pub timeline: Vec<Note>,
}

impl Bench {
    pub fn add(&mut self, other: Self) {
        self.weighted += other.weighted;
        self.ms += other.ms;
    }

    pub fn mean(&self) -> Option<Money> {
        mul_div_half_even(self.weighted, 1, i128::from(self.ms)).map(Money)
    }
}

impl TwapTerms {
    pub fn schedule(&self) -> Schedule {
        Schedule {
            plan: self.id,
            total: Money(self.total.0 - self.base.0),
            slice: self.slice,
            interval: self.interval,
            randomize: self.randomize,
            lot: self.lot,
            least: self.least,
        }
    }

    /// Client-id counters that the terms reserve.
    pub fn counters(&self) -> u32 {
        self.schedule().slots_max().saturating_mul(self.legs.len() as u32)
    }

    /// Slot and leg of a reserved counter.
    pub fn place_of(&self, epoch: u32, counter: u32) -> Option<(u32, usize)> {
        let at =
            counter.checked_sub(self.counter).filter(|at| epoch == self.epoch && *at < self.counters())?;
        let legs = self.legs.len() as u32;
        Some((at / legs, (at % legs) as usize))
    }

    /// The id of an attempt: a function of plan, slot, leg and attempt, so a re-derived decision gives the same id.
    pub fn client_id(
        &self,
        instance: [u8; 2],
        slot: u32,
        leg: usize,
        attempt: u8,
    ) -> Result<ClientId, UnitError> {
        let counter = self.counter + slot * self.legs.len() as u32 + leg as u32;
        ClientId::new(instance, self.epoch, counter, attempt)
    }
}

impl Twap {
    pub fn new(terms: TwapTerms, wall: Ns) -> Self {
        let mut twap = Self {
            terms,
            state: TwapState::Created,
            created: wall,
            anchor: None,
            paused: None,
            ended: None,
            why: String::new(),
            slot: None,
            slot_px: [None; 2],
            slot_filled: [Money::ZERO; 2],
            slot_orders: [0; 2],
            uneven: None,
            last_fill: None,
            sums: [LegSum::default(), LegSum::default()],
            bench: [Bench::default(); 2],
            timeline: Vec::new(),
        };
        twap.note(wall, "created", String::new());
        twap
    }

    /// Takes new terms; what was done counts on, the schedule of the rest begins anew.
    pub fn change(&mut self, terms: TwapTerms, wall: Ns) {
        self.terms = terms;
        self.slot = None;
        self.slot_px = [None; 2];
        self.slot_filled = [Money::ZERO; 2];
        self.slot_orders = [0; 2];
        self.anchor = self.anchor.map(|_| wall);
        self.paused = self.paused.map(|_| wall);
        self.note(wall, "changed", String::new());
    }

    pub fn start(&mut self, wall: Ns) {
        let paused = self.paused.take();
        self.anchor = Some(match (self.anchor, paused) {
            (Some(anchor), Some(since)) => anchor + (wall - since),
            (Some(anchor), None) => anchor,
            (None, _) => wall,
        });
        self.state = TwapState::Running;
    }

    pub fn pause(&mut self, wall: Ns) {
        self.paused = Some(wall);
        self.state = TwapState::Paused;
    }

    /// Of the schedule's time; negative before the start.
    pub fn elapsed(&self, wall: Ns) -> Ns {
        self.anchor.map_or(-1, |anchor| self.paused.unwrap_or(wall) - anchor)
    }

    /// Filled on the leg's own side, and filled back.
    pub fn filled(&self, leg: usize) -> (Money, Money) {
        let sum = &self.sums[leg];
        match self.terms.legs[leg].side {
            Side::Buy => (sum.bought, sum.sold),
            Side::Sell => (sum.sold, sum.bought),
        }
    }

    pub fn net(&self, leg: usize) -> Money {
        let (filled, undone) = self.filled(leg);
        Money(filled.0 - undone.0)
    }

    /// What every leg has.
    pub fn executed(&self) -> Money {
        (0..self.terms.legs.len()).map(|leg| self.net(leg)).min().unwrap_or_default()
    }

    /// By how much the legs differ, without sign.
    pub fn residual(&self) -> Money {
        let of = |leg: usize| if leg < self.terms.legs.len() { self.net(leg).0 } else { self.net(0).0 };
        Money((of(0) - of(1)).abs())
    }

    pub fn slices_done(&self) -> u32 {
        if self.state == TwapState::Completed {
            return self.terms.schedule().slices();
        }
        self.terms.schedule().done(Money((self.executed().0 - self.terms.base.0).max(0)))
    }

    /// Nothing more is opened for it, and nothing is under way.
    pub const fn is_over(&self) -> bool {
        self.ended.is_some()
    }

    pub fn note(&mut self, wall: Ns, event: &'static str, text: String) {
        if self.timeline.len() < TIMELINE_MAX {
            self.timeline.push(Note { wall, event: event.into(), text });
        }
    }

    pub fn digest(&self, names: &impl Names) -> u64 {
        row_digest(|out| {
            self.digest_terms(names, out);
            push_field(out, self.state.name().as_bytes());
            push_field(out, self.why.as_bytes());
            let optional = [self.anchor, self.paused, self.ended, self.uneven, self.last_fill];
            for wall in [Some(self.created)].into_iter().chain(optional) {
                out.extend_from_slice(&wall.unwrap_or(-1).to_le_bytes());
            }
            out.extend_from_slice(&self.slot.map_or(-1, i64::from).to_le_bytes());
            for leg in 0..2 {
                out.extend_from_slice(&self.slot_px[leg].map_or(0, Price::get).to_le_bytes());
                out.extend_from_slice(&self.slot_filled[leg].0.to_le_bytes());
                out.push(self.slot_orders[leg]);
                self.sums[leg].digest_into(out);
                out.extend_from_slice(&self.bench[leg].weighted.to_le_bytes());
                out.extend_from_slice(&self.bench[leg].ms.to_le_bytes());
            }
            for note in &self.timeline {
                out.extend_from_slice(&note.wall.to_le_bytes());
                push_field(out, note.event.as_bytes());
                push_field(out, note.text.as_bytes());
            }
        })
    }

    fn digest_terms(&self, names: &impl Names, out: &mut Vec<u8>) {
        let terms = &self.terms;
        push_field(out, Plan::name(terms.id).as_bytes());
        push_field(out, terms.name.as_bytes());
        for amount in [terms.total, terms.slice, terms.lot, terms.least, terms.base] {
            out.extend_from_slice(&amount.0.to_le_bytes());
        }
        let share = terms.participation.map_or(-1, |share| share.0);
        for number in [terms.interval, terms.randomize.0, terms.offset_bps, share] {
            out.extend_from_slice(&number.to_le_bytes());
        }
        for number in [u32::from(terms.owner.0), terms.epoch, terms.counter] {
            out.extend_from_slice(&number.to_le_bytes());
        }
        for leg in &terms.legs {
            push_field(out, names.account(leg.account).as_bytes());
            push_field(out, names.instrument(leg.instrument).as_bytes());
            push_field(out, leg.side.name().as_bytes());
            out.extend_from_slice(&leg.px_limit.map_or(0, Price::get).to_le_bytes());
        }
    }
}

/// What counts against the total on the leg that used least of it, nothing being under way.
pub fn used_of(twap: &Twap) -> Money {
    let legs = twap.terms.legs.len();
    let used = |leg: usize| {
        let back = if legs > 1 { twap.filled(1 - leg).1.0 } else { 0 };
        Money(twap.filled(leg).0.0 + back)
    };
    (0..legs).map(used).min().unwrap_or_default()
}
