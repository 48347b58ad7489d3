//! The delay bound broken: what a venue fills after its order was taken for over is undone in time, judged by the
//! venues' own books.

use super::check::Check;
use super::probe::Probes;
use super::quiet::{is_tradable, text};
use super::setup::{MS, SECOND};
use super::tally::fills_by_order;
use super::world::World;
use crate::engine::Engine;
use crate::plan::Plan;
use crate::sim::SimVenue;
use crate::units::{ClientId, Money, Ns, PlanId};
use std::collections::BTreeMap;

/// How long an excess may stand while no order of its plan is of open fate.
const UNDONE_MAX: Ns = 5 * SECOND;

#[derive(Debug, Default)]
pub(super) struct Late {
    fills_read: [usize; 2],
    /// Plans that a late fill left uneven, and since when that could be undone.
    open: BTreeMap<PlanId, Ns>,
}

impl World {
    /// Where nothing but time fails there is no excuse for an excess.
    pub(super) fn watch_late(&mut self) {
        if let (true, Some(process)) = (self.late, &self.process) {
            self.check.filled(self.now, &self.venues, &process.engine, &mut self.probes);
            self.check.check_late(self.now, &self.venues, &process.engine);
        }
    }
}

impl Check {
    /// A venue did something: a fill of what we took for over starts the clock of its plan.
    fn filled(&mut self, now: Ns, venues: &[SimVenue], engine: &Engine, probes: &mut Probes) {
        for (at, venue) in venues.iter().enumerate() {
            let model = venue.model();
            for fill in model.fills.iter().skip(self.late.fills_read[at]) {
                let label = model.orders.get(&fill.order).map(|order| order.label);
                let id = label.and_then(|label| ClientId::parse(label.as_bytes()));
                let Some(order) = id.and_then(|id| engine.orders().get(&id)) else { continue };
                let Some(plan) = engine.plans().find(|plan| Some(plan.terms.id) == order.terms.plan) else {
                    continue;
                };
                if order.state.is_terminal() || plan.state.is_end() {
                    self.late.open.insert(plan.terms.id, now);
                    probes.word("fill after the end".to_owned());
                }
            }
            self.late.fills_read[at] = model.fills.len();
        }
    }

    /// 22: an excess that came late is gone in time.
    fn check_late(&mut self, now: Ns, venues: &[SimVenue], engine: &Engine) {
        if self.late.open.is_empty() {
            return;
        }
        let fills = fills_by_order(venues);
        let mut open = core::mem::take(&mut self.late.open);
        open.retain(|id, since| {
            let Some(plan) = engine.plans().find(|plan| plan.terms.id == *id) else { return false };
            let orders = || plan.sums.iter().flat_map(|sum| &sum.orders);
            let net: i128 = orders()
                .filter_map(|id| fills.get(id))
                .flatten()
                .map(|(at, fill)| {
                    let facts = &venues[*at].model().listings[fill.listing];
                    i128::from(fill.side.sign()) * facts.base_amount(fill.qty).0
                })
                .sum();
            if !is_tradable(engine, plan, net) {
                return false;
            }
            let known = orders().filter_map(|id| engine.orders().get(id));
            if known.clone().any(|order| !order.is_settled()) {
                *since = now;
            } else if now - *since > UNDONE_MAX {
                let (name, left) = (Plan::name(*id), text(Money(net)));
                let late = format!("{name}: {left} for {} ms after a late fill", (now - *since) / MS);
                self.fail("22 late excess", &late);
            }
            true
        });
        self.late.open = open;
    }
}
