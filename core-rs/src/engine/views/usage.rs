//! Limits against what is used of them now. A limit that each order is judged by alone has no use of its own.

use super::now_of;
use crate::engine::error::Refusal;
use crate::engine::field::Fields;
use crate::engine::json::Json;
use crate::engine::reducer::Engine;
use crate::order::State;
use crate::risk::{LimitKey, LimitName, OrderRate, Scope, default_of, deviation_bps, whole};
use crate::units::{Asset, InstrumentId, MONEY_DECIMALS, Money, Now, Ns, Text, Venue, pow10};
use std::collections::BTreeMap;

const MS: Ns = 1_000_000;

type Used = BTreeMap<LimitName, Money>;

impl Engine {
    /// Positions and losses.
    fn held_against(&self, worth: &[(InstrumentId, Money)], total: Money) -> Used {
        let of = |venue: Venue| worth.iter().filter(move |(id, _)| self.instruments.at(*id).venue == venue);
        let venue = Venue::ALL.map(|venue| Money(of(venue).map(|(_, m)| m.0).sum())).into_iter().max();
        let profit = self.total_pnl(&Asset::new(b"USDT").unwrap_or(Asset::EMPTY));
        let fallen = self.state.losses.peak().map_or(Money::ZERO, |peak| Money((peak.0 - profit.0).max(0)));
        Used::from([
            (LimitName::PositionSymbolMax, worth.iter().map(|(_, m)| *m).max().unwrap_or_default()),
            (LimitName::PositionVenueMax, venue.unwrap_or_default()),
            (LimitName::PositionTotalMax, total),
            (LimitName::DailyLossMax, Money((-self.day_pnl().0).max(0))),
            (LimitName::DrawdownMax, fallen),
        ])
    }

    /// Orders, as the gate and the breakers count them.
    fn sent_against(&self, now: Now) -> Used {
        let key = LimitKey { name: LimitName::OrderRateMax, scope: Scope::Total, id: Text::EMPTY };
        let most = self.state.limits.rows().find(|row| row.key == key).and_then(|row| row.value);
        let most = most.map_or(0, |most| most.0 / pow10(MONEY_DECIMALS));
        let interval = OrderRate::interval(i64::try_from(most).unwrap_or(i64::MAX));
        let busiest = self.rates.iter().map(|rate| rate.used(now.mono, interval)).max().unwrap_or_default();
        let failures = self.lanes.iter().map(|lane| lane.failures).max().unwrap_or_default();
        let orders = i64::try_from(self.breakers.orders.sum(now.mono)).unwrap_or(i64::MAX);
        let mut used = Used::from([
            (LimitName::OpenOrdersMax, whole(self.state.orders.open_len() as i64)),
            (LimitName::BreakerOrdersPerMinute, whole(orders)),
            (LimitName::BreakerNotionalPerMinute, Money(self.breakers.notional.sum(now.mono))),
            (LimitName::BreakerFailuresMax, whole(i64::from(failures))),
        ]);
        if interval > 0 {
            used.insert(LimitName::OrderRateMax, whole(busiest));
        }
        used
    }

    /// Books and answers: the worst of each; nothing where too few were seen to say.
    fn seen_against(&self, now: Now) -> Used {
        let wanted = self.tracked.iter().enumerate().filter(|(_, tracked)| tracked.needs > 0);
        let ages = wanted.map(|(at, _)| (now.mono - self.books[at].updated()).max(0) / MS).map(whole);
        let pairs = self.lanes.iter().filter_map(|lane| lane.instruments);
        let apart = pairs.filter_map(|[a, b]| deviation_bps(self.mark(a)?, self.mark(b)?));
        let answers = || self.breakers.answers.values();
        let seen = [
            (LimitName::BookAgeMaxMs, ages.max()),
            (LimitName::BreakerPriceDeviationBps, apart.max()),
            (LimitName::BreakerErrorRateMax, answers().filter_map(|of| of.error_rate(now.mono)).max()),
            (LimitName::BreakerRejectRateMax, answers().filter_map(|of| of.reject_rate(now.mono)).max()),
            (LimitName::BreakerLatencyMaxMs, answers().map(|of| whole(of.slow_run() / MS)).max()),
        ];
        seen.into_iter().filter_map(|(name, used)| Some((name, used?))).collect()
    }

    /// What is held and may still fill at its worst, and what plans left over.
    fn write_exposure(&self, j: &mut Json, worth: &[(InstrumentId, Money)], total: Money) {
        j.arr("exposure", |j| {
            for (id, value) in worth {
                j.obj("", |j| {
                    crate::engine::docs::instrument(j, self.instruments.at(*id));
                    j.money("worst", *value);
                });
            }
        });
        j.money("exposureTotal", total);
        j.arr("residuals", |j| {
            for ((account, id), left) in &self.state.residuals {
                j.obj("", |j| {
                    j.str("account", &self.accounts.at(*account).name);
                    crate::engine::docs::instrument(j, self.instruments.at(*id));
                    j.money("qty", *left);
                });
            }
        });
    }

    /// Total-scope limits against what is used of them now, and the latch.
    pub(super) fn view_risk(&self, q: Fields<'_>) -> Result<Vec<u8>, Refusal> {
        let now = now_of(q)?;
        let exposures = self.exposures();
        let worth: Vec<(InstrumentId, Money)> =
            exposures.iter().map(|(id, e)| (*id, self.value(*id, e.worst().unwrap_or_default()))).collect();
        let total = Money(worth.iter().map(|(_, m)| m.0).sum());
        let day = self.day_pnl();
        let mut used = self.held_against(&worth, total);
        used.extend(self.sent_against(now));
        used.extend(self.seen_against(now));
        let set: BTreeMap<LimitKey, Option<Money>> =
            self.state.limits.rows().map(|row| (row.key, row.value)).collect();
        Ok(Json::object(|j| {
            j.arr("limits", |j| {
                for name in LimitName::ALL {
                    let key = LimitKey { name, scope: Scope::Total, id: Text::EMPTY };
                    j.obj("", |j| {
                        j.str("name", name.name());
                        j.str("unit", name.unit());
                        j.str("scope", "total");
                        j.opt_money("limit", set.get(&key).copied().flatten());
                        j.opt_money("byDefault", default_of(name));
                        j.opt_money("used", used.get(&name).copied());
                    });
                }
            });
            self.write_exposure(j, &worth, total);
            j.arr("halts", |j| self.write_halts(j));
            j.money("dayPnl", day);
            let latch = &self.state.latch;
            j.obj("latch", |j| {
                j.str("mode", latch.mode.name());
                j.str("reason", &latch.reason);
                j.str("actor", &latch.actor);
                j.int("sinceTs", latch.since_ns / MS);
            });
            j.arr("breakers", |j| self.view_breakers(j, now));
            j.int(
                "unknownOrders",
                self.state.orders.iter_open().filter(|o| o.state == State::Unknown).count() as u64,
            );
            j.int("ts", now.wall_ms());
        }))
    }
}
