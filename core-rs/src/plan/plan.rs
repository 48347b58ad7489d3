//! A plan's durable form: what was decided, and where it stands. Mutated only by applying records.

use super::Naked;
use crate::order::{Names, push_field, row_digest};
use crate::units::{
    AccountId, Asset, ClientId, Direction, InstrumentId, Money, Ns, OwnerId, PlanId, Price, Side, Text,
    UnitError,
};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// Most entries of a plan's timeline; later ones are counted, not kept.
pub const TIMELINE_MAX: usize = 200;
/// Processes whose ids a plan remembers as its own; of more, the oldest are forgotten.
pub const ROOTS_MAX: usize = 16;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
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

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanLeg {
    pub account: AccountId,
    pub instrument: InstrumentId,
    pub side: Side,
    /// Bound of the opening order.
    pub px: Price,
    /// Reserved counter of the leg's client ids; the attempt is their last character.
    pub counter: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanTerms {
    pub id: PlanId,
    pub pair: Text<64>,
    pub owner: OwnerId,
    pub direction: Direction,
    pub qty: Money,
    /// The coarser lot of the two: a smaller difference can not be traded away.
    pub lot: Money,
    pub legs: [PlanLeg; 2],
    pub epoch: u32,
    /// Asked for by a person, not by an edge.
    pub manual: bool,
}

/// What the client ids of a plan's orders begin with. A process issues ids of its own epoch only: what a power loss
/// took from the journal was sent in an earlier one, so no id of it can come up again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Root {
    pub epoch: u32,
    pub counters: [u32; 2],
}

/// Fees of one asset, and what they are worth in quote where known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeeLine {
    pub asset: Asset,
    pub amount: Money,
    pub quote: Money,
}

/// What a leg's orders have come to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LegSum {
    pub bought: Money,
    pub sold: Money,
    pub buy_quote: Money,
    pub sell_quote: Money,
    pub fees: Vec<FeeLine>,
    pub orders: Vec<ClientId>,
}

/// One line of a plan's timeline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    pub wall: Ns,
    pub event: Cow<'static, str>,
    pub text: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
    /// What its end counted for in the totals: profit, fees, turnover. A late fill changes the sums, not this.
    pub counted: Option<[Money; 3]>,
    pub sums: [LegSum; 2],
    /// What of a leg's net was handed over as dust to the instrument's residual.
    pub booked: [Money; 2],
    /// How often a residual that was reported was taken up again.
    pub retries: u8,
    pub naked: Naked,
    /// Something was hedged while the fate of an order was open.
    pub hedged_around: bool,
    pub timeline: Vec<Note>,
    /// That of the terms first, then one for each later process that took the plan up.
    roots: Vec<Root>,
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

impl LegSum {
    /// Bought minus sold.
    pub fn net(&self) -> Money {
        Money(self.bought.0 - self.sold.0)
    }

    pub fn fill(&mut self, side: Side, base: Money, quote: Money, fee: FeeLine) {
        let (held, paid) = match side {
            Side::Buy => (&mut self.bought, &mut self.buy_quote),
            Side::Sell => (&mut self.sold, &mut self.sell_quote),
        };
        held.0 += base.0;
        paid.0 += quote.0;
        if fee.amount.0 == 0 {
            return;
        }
        match self.fees.iter_mut().find(|line| line.asset == fee.asset) {
            Some(line) => {
                line.amount.0 += fee.amount.0;
                line.quote.0 += fee.quote.0;
            }
            None => self.fees.push(fee),
        }
    }

    pub(super) fn digest_into(&self, out: &mut Vec<u8>) {
        for amount in [self.bought, self.sold, self.buy_quote, self.sell_quote] {
            out.extend_from_slice(&amount.0.to_le_bytes());
        }
        for fee in &self.fees {
            push_field(out, fee.asset.as_bytes());
            out.extend_from_slice(&fee.amount.0.to_le_bytes());
            out.extend_from_slice(&fee.quote.0.to_le_bytes());
        }
        for id in &self.orders {
            push_field(out, id.as_bytes());
        }
    }
}

impl Plan {
    /// Sold minus bought minus fees, in quote.
    pub fn profit(&self) -> Money {
        let of = |sum: &LegSum| {
            let fees: i128 = sum.fees.iter().map(|fee| fee.quote.0).sum();
            sum.sell_quote.0 - sum.buy_quote.0 - fees
        };
        Money(self.sums.iter().map(of).sum())
    }

    /// Base bought minus sold on a leg, less what was handed over.
    pub fn net(&self, leg: usize) -> Money {
        Money(self.sums[leg].net().0 - self.booked[leg].0)
    }

    /// The same over both legs: zero when hedged.
    pub fn differ(&self) -> Money {
        Money(self.net(0).0 + self.net(1).0)
    }

    /// Attempts of a leg, the opening one included.
    pub fn attempts(&self, leg: usize) -> u8 {
        self.sums[leg].orders.len().min(255) as u8
    }

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
            counted: None,
            sums: [LegSum::default(), LegSum::default()],
            booked: [Money::ZERO; 2],
            retries: 0,
            naked: Naked::default(),
            hedged_around: false,
            timeline: Vec::new(),
            roots: vec![Root { epoch: terms.epoch, counters: terms.legs.map(|leg| leg.counter) }],
        };
        plan.note(wall, "planned", String::new());
        plan
    }

    /// The id of an attempt: a function of plan, process, leg and attempt.
    pub fn client_id(&self, instance: [u8; 2], leg: usize, attempt: u8) -> Result<ClientId, UnitError> {
        let root = self.root();
        ClientId::new(instance, root.epoch, root.counters[leg], attempt)
    }

    /// What ids are made of now.
    pub fn root(&self) -> Root {
        let first = Root { epoch: self.terms.epoch, counters: self.terms.legs.map(|leg| leg.counter) };
        self.roots.last().copied().unwrap_or(first)
    }

    /// A later process than the one that made the plan carries it on.
    pub fn is_taken_up(&self) -> bool {
        self.root().epoch != self.terms.epoch
    }

    pub fn take_up(&mut self, root: Root) {
        if self.roots.len() >= ROOTS_MAX {
            self.roots.remove(0);
        }
        self.roots.push(root);
    }

    /// The leg whose orders have ids of this epoch and counter.
    pub fn leg_of(&self, epoch: u32, counter: u32) -> Option<usize> {
        let of = |root: &Root| root.counters.iter().position(|own| root.epoch == epoch && *own == counter);
        self.roots.iter().find_map(of)
    }

    /// The attempt after the last one of this process; 0 is the opening order's alone.
    pub fn next_attempt(&self, leg: usize) -> u8 {
        let root = self.root();
        let own = |id: &&ClientId| id.epoch() == root.epoch && id.counter() == root.counters[leg];
        let last = self.sums[leg].orders.iter().filter(own).map(ClientId::attempt).max();
        last.unwrap_or(0).saturating_add(1)
    }

    pub fn note(&mut self, wall: Ns, event: &'static str, text: String) {
        if self.timeline.len() < TIMELINE_MAX {
            self.timeline.push(Note { wall, event: event.into(), text });
        }
    }

    /// `plan_000001`, `twap_001` or `protect_001`.
    pub fn name(id: PlanId) -> String {
        if id.is_twap() {
            return format!("twap_{:03}", id.number());
        }
        if id.is_protection() {
            return format!("protect_{:03}", id.number());
        }
        format!("plan_{:06}", id.0)
    }

    pub fn parse_name(name: &str) -> Option<PlanId> {
        let number = |digits: &str| digits.parse::<u64>().ok().filter(|number| *number < PlanId::NUMBERS);
        if let Some(digits) = name.strip_prefix("twap_") {
            return number(digits).map(PlanId::twap);
        }
        if let Some(digits) = name.strip_prefix("protect_") {
            return number(digits).map(PlanId::protection);
        }
        number(name.strip_prefix("plan_")?).map(PlanId)
    }

    pub fn digest(&self, names: &impl Names) -> u64 {
        row_digest(|out| {
            let terms = &self.terms;
            out.extend_from_slice(&terms.id.0.to_le_bytes());
            push_field(out, terms.pair.as_bytes());
            push_field(out, terms.direction.name().as_bytes());
            out.extend_from_slice(&terms.qty.0.to_le_bytes());
            out.extend_from_slice(&terms.lot.0.to_le_bytes());
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
            for sum in &self.sums {
                sum.digest_into(out);
            }
            for booked in self.booked {
                out.extend_from_slice(&booked.0.to_le_bytes());
            }
            out.push(self.retries);
            self.naked.digest_into(out);
            out.push(u8::from(self.hedged_around));
            for root in &self.roots {
                for number in [root.epoch, root.counters[0], root.counters[1]] {
                    out.extend_from_slice(&number.to_le_bytes());
                }
            }
            for note in &self.timeline {
                out.extend_from_slice(&note.wall.to_le_bytes());
                push_field(out, note.event.as_bytes());
                push_field(out, note.text.as_bytes());
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan() -> Plan {
        let leg = |counter| PlanLeg {
            account: AccountId(0),
            instrument: InstrumentId(counter),
            side: Side::Buy,
            px: Price::new(1).unwrap(),
            counter,
        };
        let terms = PlanTerms {
            id: PlanId(1),
            pair: Text::new(b"btc").unwrap(),
            owner: OwnerId(0),
            direction: Direction::Leg1Buy,
            qty: Money(1),
            lot: Money(1),
            legs: [leg(7), leg(8)],
            epoch: 3,
            manual: false,
        };
        Plan::new(terms, 0)
    }

    #[test]
    fn a_process_issues_ids_of_its_own_epoch_and_knows_those_of_the_ones_before() {
        let mut plan = plan();
        let id = |plan: &Plan, leg| plan.client_id(*b"A7", leg, plan.next_attempt(leg)).unwrap();
        let first = id(&plan, 1);
        assert_eq!((first.epoch(), first.counter(), first.attempt()), (3, 8, 1));
        plan.sums[1].orders.push(first);
        assert_eq!((id(&plan, 1).attempt(), plan.is_taken_up()), (2, false));
        plan.take_up(Root { epoch: 4, counters: [1, 2] });
        let next = id(&plan, 1);
        assert_eq!((next.epoch(), next.counter(), next.attempt()), (4, 2, 1), "whatever was lost of epoch 3");
        assert!(plan.is_taken_up());
        assert_eq!([plan.leg_of(3, 7), plan.leg_of(4, 2), plan.leg_of(4, 7)], [Some(0), Some(1), None]);
        (5..40).for_each(|epoch| plan.take_up(Root { epoch, counters: [1, 2] }));
        assert_eq!((plan.roots.len(), plan.leg_of(3, 7), plan.root().epoch), (ROOTS_MAX, None, 39));
    }
}
