//! TWAPs as the API serves them: plan, status, events, rows.

use crate::engine::Effects;
use crate::engine::docs::{average, instrument};
use crate::engine::error::Refusal;
use crate::engine::field::Fields;
use crate::engine::json::Json;
use crate::engine::reducer::Engine;
use crate::engine::rows::{Row, Table};
use crate::plan::{Bench, Plan, Twap, TwapState};
use crate::units::{Money, Now, Ns, PlanId, Side, mul_div_half_even};

const MS: Ns = 1_000_000;
/// Parts of a basis point that are printed.
const BPS_DECIMALS: u8 = 4;
const RATE_AS_PERCENT: u8 = 8;

impl Engine {
    /// Newest first, those in memory.
    pub(in crate::engine) fn view_twaps(&self, q: Fields<'_>, limit: usize) -> Result<Vec<u8>, Refusal> {
        let state = q.opt_str("state")?.map(TwapState::parse);
        let fits = |twap: &&Twap| state.is_none_or(|state| state == Some(twap.state));
        Ok(Json::array(|j| {
            for twap in self.state.twaps.newest().filter(fits).take(limit) {
                j.obj("", |j| self.write_twap(j, twap));
            }
        }))
    }

    pub(in crate::engine) fn view_twap(&self, q: Fields<'_>, status: bool) -> Result<Vec<u8>, Refusal> {
        let name = q.str("planId")?;
        let twap = Plan::parse_name(name).and_then(|id| self.state.twaps.get(id));
        let twap = twap.ok_or_else(|| Refusal::not_found("TWAP", name))?;
        Ok(Json::object(|j| if status { self.write_twap_status(j, twap) } else { self.write_twap(j, twap) }))
    }

    pub(in crate::engine) fn twap_row(&self, id: PlanId) -> Row {
        let doc = match self.state.twaps.get(id) {
            Some(twap) => Json::object(|j| self.write_twap(j, twap)),
            None => Json::object(|j| j.bool("deleted", true)),
        };
        Row { table: Table::TwapPlans, id: Plan::name(id), doc }
    }

    pub(super) fn twap_progress_event(&self, now: Now, twap: &Twap, out: &mut Effects) {
        out.event("twap", "twap_progress", |j| {
            j.str("planId", &Plan::name(twap.terms.id));
            write_progress(j, twap);
            j.str("state", twap.state.name());
            j.money("residual", twap.residual());
            j.opt_money("avgPrice", twap_average(twap, 0));
            self.write_mark(j, self.twap_simulated(twap));
            j.int("ts", now.wall_ms());
        });
    }

    pub(super) fn twap_update_event(&self, twap: &Twap, out: &mut Effects) {
        out.event("twap", "plan_update", |j| self.write_twap(j, twap));
    }

    fn twap_simulated(&self, twap: &Twap) -> bool {
        twap.terms.legs.iter().all(|leg| self.accounts.at(leg.account).simulated)
    }

    fn twap_mid(&self, twap: &Twap, leg: usize) -> Option<Money> {
        let mut bench: Bench = twap.bench[leg];
        if let Some(watch) = self.twap_watch.get(&twap.terms.id) {
            bench.add(watch.bench[leg]);
        }
        bench.mean()
    }

    fn write_twap_status(&self, j: &mut Json, twap: &Twap) {
        j.str("planId", &Plan::name(twap.terms.id));
        j.obj("progress", |j| write_progress(j, twap));
        j.str("state", twap.state.name());
        opt_ms(j, "lastExecutionTs", twap.last_fill);
        // Of the first leg; `legs` has both.
        j.opt_money("avgPrice", twap_average(twap, 0));
        j.opt_money("timeWeightedMid", self.twap_mid(twap, 0));
        j.money("residual", twap.residual());
        j.opt_str("reason", (!twap.why.is_empty()).then_some(twap.why.as_str()));
        j.arr("legs", |j| {
            (0..twap.terms.legs.len()).for_each(|leg| j.obj("", |j| self.write_twap_leg(j, twap, leg)));
        });
        self.write_mark(j, self.twap_simulated(twap));
    }

    fn write_twap(&self, j: &mut Json, twap: &Twap) {
        let terms = &twap.terms;
        j.str("planId", &Plan::name(terms.id));
        j.str("name", &terms.name);
        j.money("totalQty", terms.total);
        j.money("sliceQty", terms.slice);
        j.int("intervalMs", terms.interval / MS);
        j.dec("randomizePct", terms.randomize.0, RATE_AS_PERCENT);
        j.int("limitOffsetBps", terms.offset_bps);
        match terms.participation {
            Some(share) => j.dec("maxParticipationPct", share.0, RATE_AS_PERCENT),
            None => j.null("maxParticipationPct"),
        }
        j.str("participationOf", "bookDepth");
        j.str("state", twap.state.name());
        j.opt_str("reason", (!twap.why.is_empty()).then_some(twap.why.as_str()));
        j.obj("progress", |j| write_progress(j, twap));
        j.money("residual", twap.residual());
        j.opt_money("avgPrice", twap_average(twap, 0));
        j.arr("legs", |j| {
            (0..terms.legs.len()).for_each(|leg| j.obj("", |j| self.write_twap_leg(j, twap, leg)));
        });
        opt_ms(j, "lastExecutionTs", twap.last_fill);
        j.int("createdTs", twap.created / MS);
        opt_ms(j, "startedTs", twap.anchor);
        opt_ms(j, "endedTs", twap.ended);
        j.arr("timeline", |j| {
            for note in &twap.timeline {
                j.obj("", |j| {
                    j.int("ts", note.wall / MS);
                    j.str("event", &note.event);
                    if !note.text.is_empty() {
                        j.str("text", &note.text);
                    }
                });
            }
        });
        self.write_mark(j, self.twap_simulated(twap));
    }

    fn write_twap_leg(&self, j: &mut Json, twap: &Twap, leg: usize) {
        let terms = &twap.terms.legs[leg];
        let i = self.instruments.at(terms.instrument);
        let (filled, undone) = twap.filled(leg);
        let (paid, mid) = (twap_average(twap, leg), self.twap_mid(twap, leg));
        instrument(j, i);
        j.str("account", &self.accounts.at(terms.account).name);
        j.str("side", terms.side.name());
        match terms.px_limit {
            Some(px) => j.dec("price", px.get(), i.px_decimals),
            None => j.null("price"),
        }
        j.money("filledQty", filled);
        j.money("unwoundQty", undone);
        j.opt_money("avgPrice", paid);
        j.opt_money("timeWeightedMid", mid);
        // Above zero: worse than the benchmark.
        let cost = paid.zip(mid).and_then(|(paid, mid)| {
            let worse = match terms.side {
                Side::Buy => paid.0 - mid.0,
                Side::Sell => mid.0 - paid.0,
            };
            mul_div_half_even(worse, 100_000_000, mid.0)
        });
        match cost {
            Some(cost) => j.dec("costBps", cost, BPS_DECIMALS),
            None => j.null("costBps"),
        }
        j.arr("fees", |j| {
            for fee in &twap.sums[leg].fees {
                j.obj("", |j| {
                    j.str("asset", fee.asset.as_str());
                    j.money("amount", fee.amount);
                    j.money("quoteValue", fee.quote);
                });
            }
        });
    }
}

/// Of the leg's own side.
fn twap_average(twap: &Twap, leg: usize) -> Option<Money> {
    average(&twap.sums[leg], twap.terms.legs[leg].side)
}

fn write_progress(j: &mut Json, twap: &Twap) {
    let executed = twap.executed();
    j.money("executed", executed);
    j.money("remaining", Money((twap.terms.total.0 - executed.0).max(0)));
    j.int("slicesDone", twap.slices_done());
    j.int("slicesTotal", twap.terms.schedule().slices());
}

fn opt_ms(j: &mut Json, key: &str, wall: Option<Ns>) {
    match wall {
        Some(wall) => j.int(key, wall / MS),
        None => j.null(key),
    }
}
