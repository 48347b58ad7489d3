//! A plan's durable form: what was decided, and where it stands. Mutated only by applying records.

use crate::order::{Names, push_field, row_digest};
use crate::units::{
    AccountId, ClientId, Direction, InstrumentId, Money, Ns, OwnerId, PlanId, Price, Side, Text, UnitError,
};

/// Most entries of a plan's timeline; later ones are counted, not kept.
pub const TIMELINE_MAX: usize = 200;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PlanState {
    Planned,
    Working,
    Hedging,
    Hedged,
    Unwound,
    /// Nothing filled.
    Expired,
    /// A residual is left that we could not trade away: a person has to look.
    Reported,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlanLeg {
    pub account: AccountId,
    pub instrument: InstrumentId,
    pub side: Side,
    /// Bound of the opening order.
    pub px: Price,
    /// Reserved counter of the leg's client ids; the attempt is their last character.
    pub counter: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlanTerms {
    pub id: PlanId,
    pub pair: Text<64>,
    pub owner: OwnerId,
    pub direction: Direction,
    pub qty: Money,
    pub legs: [PlanLeg; 2],
    pub epoch: u32,
    /// Asked for by a person, not by an edge.
    pub manual: bool,
}

/// One line of a plan's timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    pub wall: Ns,
    pub event: &'static str,
    pub text: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    pub terms: PlanTerms,
    pub state: PlanState,
    pub created: Ns,
    /// When the deadline began to run: at the start, and again when a late fill reopens the plan.
    pub since: Ns,
    pub ended: Option<Ns>,
    /// Someone asked to unwind: nothing more is completed.
    pub unwinding: bool,
    pub residual: Money,
    pub pnl: Option<Money>,
    /// Attempts used per leg, the opening one included.
    pub attempts: [u8; 2],
    pub timeline: Vec<Note>,
}

impl PlanState {
    pub const ALL: [Self; 7] = [
        Self::Planned,
        Self::Working,
        Self::Hedging,
        Self::Hedged,
        Self::Unwound,
        Self::Expired,
        Self::Reported,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Planned => "PLANNED",
            Self::Working => "WORKING",
            Self::Hedging => "HEDGING",
            Self::Hedged => "HEDGED",
            Self::Unwound => "UNWOUND",
            Self::Expired => "EXPIRED",
            Self::Reported => "REPORTED",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    pub const fn is_end(self) -> bool {
        matches!(self, Self::Hedged | Self::Unwound | Self::Expired | Self::Reported)
    }
}

impl Plan {
    pub fn new(terms: PlanTerms, wall: Ns) -> Self {
        let mut plan = Self {
            terms,
            state: PlanState::Planned,
            created: wall,
            since: wall,
            ended: None,
            unwinding: false,
            residual: Money::ZERO,
            pnl: None,
            attempts: [0; 2],
            timeline: Vec::new(),
        };
        plan.note(wall, "planned", String::new());
        plan
    }

    /// The id of an attempt: a function of plan, leg and attempt, so a re-derived decision gives the same id.
    pub fn client_id(&self, instance: [u8; 2], leg: usize, attempt: u8) -> Result<ClientId, UnitError> {
        ClientId::new(instance, self.terms.epoch, self.terms.legs[leg].counter, attempt)
    }

    pub fn note(&mut self, wall: Ns, event: &'static str, text: String) {
        if self.timeline.len() < TIMELINE_MAX {
            self.timeline.push(Note { wall, event, text });
        }
    }

    /// `plan_000001`.
    pub fn name(id: PlanId) -> String {
        format!("plan_{:06}", id.0)
    }

    pub fn parse_name(name: &str) -> Option<PlanId> {
        name.strip_prefix("plan_")?.parse().ok().map(PlanId)
    }

    pub fn digest(&self, names: &impl Names) -> u64 {
        row_digest(|out| {
            let terms = &self.terms;
            out.extend_from_slice(&terms.id.0.to_le_bytes());
            push_field(out, terms.pair.as_bytes());
            push_field(out, terms.direction.name().as_bytes());
            out.extend_from_slice(&terms.qty.0.to_le_bytes());
            out.extend_from_slice(&terms.epoch.to_le_bytes());
            out.extend_from_slice(&[u8::from(terms.manual), u8::from(self.unwinding)]);
            for leg in &terms.legs {
                push_field(out, names.account(leg.account).as_bytes());
                push_field(out, names.instrument(leg.instrument).as_bytes());
                push_field(out, leg.side.name().as_bytes());
                out.extend_from_slice(&leg.px.get().to_le_bytes());
                out.extend_from_slice(&leg.counter.to_le_bytes());
            }
            push_field(out, self.state.name().as_bytes());
            for wall in [self.created, self.since, self.ended.unwrap_or(0)] {
                out.extend_from_slice(&wall.to_le_bytes());
            }
            out.extend_from_slice(&self.residual.0.to_le_bytes());
            out.extend_from_slice(&self.pnl.unwrap_or_default().0.to_le_bytes());
            out.extend_from_slice(&self.attempts);
            for note in &self.timeline {
                out.extend_from_slice(&note.wall.to_le_bytes());
                push_field(out, note.event.as_bytes());
                push_field(out, note.text.as_bytes());
            }
        })
    }
}
