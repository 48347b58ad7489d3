//! Room that others took while an order waited for the disk: the limits on what is at risk, judged by what is known now.

use super::Effects;
use super::reducer::Engine;
use super::sending::{Held, SPENT};
use crate::risk::{Exposure, Intent, Purpose};
use crate::units::{InstrumentId, Money, Now};

impl Engine {
    /// The order, or one that leaves together with it, would take what is at risk past a limit.
    pub(super) fn crowded(&self, intent: &Intent) -> Option<&'static str> {
        if intent.purpose != Purpose::Open {
            return None;
        }
        let all = self.exposures();
        let waiting =
            self.held.iter().map(|held| &held.intent).filter(|other| self.go_together(intent, other));
        let mut judged = core::iter::once(intent).chain(waiting);
        let over = judged.any(|one| self.is_over(one, &all) && !self.shrinks(one));
        over.then_some("what is at risk has grown past a limit since the order was approved")
    }

    /// A slow disk lets many orders go at once: neither it nor one that leaves together with it may be one too many.
    pub(super) fn spent(&self, now: Now, held: &Held) -> Option<&'static str> {
        let others = self.held.iter().filter(|other| self.go_together(&held.intent, &other.intent));
        let over = |one: &Held| {
            self.is_budget_spent_since(now, one.intent.account, one.intent.place.instrument, one.approved)
        };
        core::iter::once(held).chain(others).any(over).then_some(SPENT)
    }

    /// It counts in `all` already.
    fn is_over(&self, intent: &Intent, all: &[(InstrumentId, Exposure)]) -> bool {
        let (id, side) = (intent.place.instrument, intent.place.side);
        let pair = self.plan_of(intent).map_or("", |plan| plan.terms.pair.as_str());
        let Some(limits) = self.limits_of(id, intent.account, pair) else { return false };
        let venue = self.instruments.at(id).venue;
        let own = all.iter().find(|(of, _)| *of == id).map(|(_, exposure)| *exposure).unwrap_or_default();
        let at_risk = [
            self.value(id, own.worst_on(side).unwrap_or(Money(i128::MAX / 4))),
            self.worth(all, &|of| self.instruments.at(of).venue == venue),
            self.worth(all, &|_| true),
        ];
        limits.position_maxima().into_iter().zip(at_risk).any(|((_, limit), worth)| worth.0 > limit)
    }

    /// Both open the same plan of a pair.
    fn go_together(&self, one: &Intent, other: &Intent) -> bool {
        let opens = one.purpose == Purpose::Open && other.purpose == Purpose::Open;
        opens && one.plan == other.plan && self.plan_of(one).is_some()
    }

    /// An order that waited may not leave, and with it none that opens the same plan.
    pub(super) fn refuse_held(&mut self, now: Now, held: &Held, reason: &str, out: &mut Effects) {
        let ids = self.held.iter().map(|other| &other.intent).filter(|o| self.go_together(&held.intent, o));
        let others: Vec<_> = ids.map(|intent| intent.place.client_id).collect();
        self.held.retain(|other| !others.contains(&other.intent.place.client_id));
        for id in core::iter::once(held.intent.place.client_id).chain(others) {
            self.never_left(now, id, reason, out);
        }
    }
}
