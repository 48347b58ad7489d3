//! A protection's durable form: stop loss, take profit and trail of one position. Mutated only by applying records.

use super::{Cause, LegSum, Levels, Note, Plan, ProtectionState, TIMELINE_MAX};
use crate::order::{Names, push_field, row_digest};
use crate::units::{
    AccountId, ClientId, InstrumentId, Money, Ns, OwnerId, PlanId, Price, Rate, Side, UnitError,
};
use serde::{Deserialize, Serialize};

/// Attempts that one counter of client ids has room for.
const ATTEMPTS: u32 = ClientId::ATTEMPT_MAX as u32 + 1;

/// What is asked for. Prices are the instrument's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProtectionTerms {
    pub id: PlanId,
    pub owner: OwnerId,
    pub account: AccountId,
    pub instrument: InstrumentId,
    /// Of the orders that close: sell for a long position.
    pub side: Side,
    /// At most this much; `None`: the whole position, or all that the entry order fills.
    pub qty: Option<Money>,
    pub stop: Option<Price>,
    pub target: Option<Price>,
    pub trail: Option<Rate>,
    /// The order that opens what is protected.
    pub entry: Option<ClientId>,
    /// How far behind the stop the venue keeps one of its own.
    pub backstop: Option<Rate>,
    /// The price that was looked at when the terms were taken; without one they wait for the first.
    pub seen: Option<Price>,
}

/// Reserved client ids: a counter has room for 32 attempts. Used only in the epoch that reserved them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ids {
    pub epoch: u32,
    pub counter: u32,
    pub used: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Protection {
    pub terms: ProtectionTerms,
    pub state: ProtectionState,
    pub created: Ns,
    /// Best price on record since it was armed; of a trail only.
    pub water: Option<Price>,
    /// What the entry order filled.
    pub entered: Money,
    pub cause: Option<Cause>,
    /// The price that set it off, and when.
    pub fired: Option<(Price, Ns)>,
    pub ids: Option<Ids>,
    /// Orders that close, all reservations together.
    pub orders: u32,
    /// Traded past flat, or past the reach.
    pub over: Money,
    /// Of the closing orders.
    pub sum: LegSum,
    /// Nothing of it is under way any more.
    pub ended: Option<Ns>,
    pub why: String,
    pub timeline: Vec<Note>,
}

impl Ids {
    /// Counters that a reservation takes.
    pub const COUNTERS: u32 = super::CLOSINGS_MAX / ATTEMPTS;

    pub const fn holds(&self, epoch: u32, counter: u32) -> bool {
        self.epoch == epoch && counter >= self.counter && counter < self.counter + Self::COUNTERS
    }

    /// The id of an order: a function of the reservation and its number.
    pub fn id(&self, instance: [u8; 2], number: u32) -> Result<ClientId, UnitError> {
        let attempt = u8::try_from(number % ATTEMPTS).map_err(|_| UnitError::Overflow)?;
        ClientId::new(instance, self.epoch, self.counter + number / ATTEMPTS, attempt)
    }

    pub const fn is_spent(&self) -> bool {
        self.used >= Self::COUNTERS * ATTEMPTS
    }
}

impl ProtectionTerms {
    pub fn levels(&self, tick: i64) -> Levels {
        Levels {
            side: self.side,
            stop: self.stop.map(Price::get),
            target: self.target.map(Price::get),
            trail: self.trail,
            tick,
        }
    }
}

impl Protection {
    pub fn new(terms: ProtectionTerms, wall: Ns) -> Self {
        let armed = terms.entry.is_none() && terms.seen.is_some();
        let mut protection = Self {
            terms,
            state: if armed { ProtectionState::Armed } else { ProtectionState::Waiting },
            created: wall,
            water: terms.seen.filter(|_| armed && terms.trail.is_some()),
            entered: Money::ZERO,
            cause: None,
            fired: None,
            ids: None,
            orders: 0,
            over: Money::ZERO,
            sum: LegSum::default(),
            ended: None,
            why: String::new(),
            timeline: Vec::new(),
        };
        protection.note(wall, "set", String::new());
        protection
    }

    /// Takes new levels. The water stays while there is a trail.
    pub fn change(&mut self, terms: ProtectionTerms, wall: Ns) {
        let kept = self.water.filter(|_| self.terms.trail.is_some());
        self.water = kept.or(terms.seen).filter(|_| terms.trail.is_some());
        self.terms = terms;
        self.note(wall, "changed", String::new());
    }

    /// A price along the side, so that falling is worse for both.
    pub fn along(&self, px: Price) -> i64 {
        -self.terms.side.sign() * px.get()
    }

    /// Closed so far, less what was taken back.
    pub fn closed(&self) -> Money {
        Money(self.sum.net().0 * i128::from(self.terms.side.sign()))
    }

    /// What it may still close; `None`: whatever is held.
    pub fn reach(&self) -> Option<Money> {
        let entry = self.terms.entry.map(|_| self.entered);
        let whole = match (self.terms.qty, entry) {
            (Some(qty), Some(entered)) => Some(qty.min(entered)),
            (qty, entry) => qty.or(entry),
        };
        whole.map(|whole| Money((whole.0 - self.closed().0).max(0)))
    }

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
            let terms = &self.terms;
            push_field(out, Plan::name(terms.id).as_bytes());
            push_field(out, names.account(terms.account).as_bytes());
            push_field(out, names.instrument(terms.instrument).as_bytes());
            for word in [terms.side.name(), self.state.name(), self.cause.map_or("", Cause::name), &self.why]
            {
                push_field(out, word.as_bytes());
            }
            if let Some(entry) = &terms.entry {
                push_field(out, entry.as_bytes());
            }
            let px = |px: Option<Price>| px.map_or(0, Price::get);
            let (fired, at) = self.fired.map_or((0, 0), |(px, at)| (px.get(), at));
            let levels = [px(terms.stop), px(terms.target), px(terms.seen), px(self.water)];
            let rate = |rate: Option<Rate>| rate.map_or(0, |rate| rate.0);
            let numbers = [rate(terms.trail), rate(terms.backstop), self.created, self.ended.unwrap_or(-1)];
            for number in levels.into_iter().chain(numbers).chain([fired, at]) {
                out.extend_from_slice(&number.to_le_bytes());
            }
            let ids = self.ids.map_or([0; 3], |ids| [ids.epoch, ids.counter, ids.used]);
            for number in ids.into_iter().chain([u32::from(terms.owner.0), self.orders]) {
                out.extend_from_slice(&number.to_le_bytes());
            }
            for amount in [terms.qty.unwrap_or(Money(-1)), self.entered, self.over] {
                out.extend_from_slice(&amount.0.to_le_bytes());
            }
            self.sum.digest_into(out);
            for note in &self.timeline {
                out.extend_from_slice(&note.wall.to_le_bytes());
                push_field(out, note.event.as_bytes());
                push_field(out, note.text.as_bytes());
            }
        })
    }
}
