//! Breakers as people see them: every row of the table, and each circuit that is not closed.

use crate::engine::breakers::{Over, reach_name};
use crate::engine::json::Json;
use crate::engine::reducer::Engine;
use crate::risk::{BREAKERS, BreakerSpec, CircuitState, LatchMode};
use crate::units::{Now, Ns};

const MS: Ns = 1_000_000;

impl Engine {
    /// The latch first, then the table; a closed row stands for every scope that is not listed.
    pub(super) fn view_breakers(&self, j: &mut Json, now: Now) {
        let latch = &self.state.latch;
        j.obj("", |j| {
            j.str("scope", "kill");
            j.str("breaker", "kill");
            j.str("state", if latch.mode == LatchMode::Open { "CLOSED" } else { "OPEN" });
        });
        for spec in &BREAKERS {
            let rows = self.view_open(j, spec, now);
            if rows == 0 {
                j.obj("", |j| {
                    j.str("scope", reach_name(spec.reach));
                    self.write_breaker(j, spec, CircuitState::Closed, None, Over::Total);
                });
            }
        }
    }

    fn view_open(&self, j: &mut Json, spec: &BreakerSpec, now: Now) -> usize {
        let mut rows = 0;
        if let Some(trip) = self.state.losses.get(spec.breaker) {
            rows += 1;
            j.obj("", |j| {
                j.str("scope", "total");
                let story = Some((trip.reason.as_str(), trip.since));
                self.write_breaker(j, spec, CircuitState::Open, story, Over::Total);
            });
        }
        for ((breaker, over), circuit) in &self.breakers.circuits {
            if *breaker == spec.breaker {
                rows += 1;
                j.obj("", |j| {
                    self.write_over(j, *over);
                    self.write_breaker(j, spec, circuit.state(now.mono), circuit.story(), *over);
                });
            }
        }
        rows
    }

    fn write_breaker(
        &self,
        j: &mut Json,
        spec: &BreakerSpec,
        state: CircuitState,
        story: Option<(&str, Ns)>,
        over: Over,
    ) {
        j.str("breaker", spec.id);
        j.str("state", state.name());
        j.str("unit", spec.unit);
        j.opt_money("limit", self.breaker_limit(spec.breaker, over));
        j.str("limitName", spec.limit.name());
        j.str("trips", spec.trips);
        j.bool("resetsByItself", spec.resets);
        if let Some((reason, since)) = story {
            j.str("reason", reason);
            j.int("sinceTs", since / MS);
        }
    }

    /// `scope`, and the pair or account it names.
    pub(in crate::engine) fn write_over(&self, j: &mut Json, over: Over) {
        j.str("scope", &self.over_name(over));
        match over {
            Over::Total => {}
            Over::Account(id) => {
                let account = self.accounts.at(id);
                j.str("exchange", account.venue.name());
                j.str("account", &account.name);
            }
            Over::Pair(id) => j.str("pairId", id.as_str()),
        }
    }
}
