//! Looks at a TWAP after every change of what it depends on, and does what state alone asks for.

use super::{ACTIVE_MAX, TwapRecord};
use crate::engine::Effects;
use crate::engine::apply::amount_text;
use crate::engine::record::Body;
use crate::engine::reducer::Engine;
use crate::engine::timers::Timer;
use crate::market::{BookState, Level, Top};
use crate::plan::{
    Bench, Plan, Schedule, Twap, TwapDecision, TwapFacts, TwapLegFacts, TwapState, next_twap, within, worsen,
};
use crate::risk::LatchMode;
use crate::units::{InstrumentId, MONEY_DECIMALS, Money, Now, Ns, PlanId, Side, pow10};

/// A running plan is looked at this often at least: for its benchmark, and for what no event tells.
const LOOK_EVERY: Ns = 1_000_000_000;
/// Before a refused order is tried again.
const REFUSED_AGAIN: Ns = 500_000_000;
/// Legs that differ for longer are alarmed, and again after as long.
const UNEVEN_ALARM: Ns = 10_000_000_000;
const MS: Ns = 1_000_000;

/// What the engine keeps of a TWAP beside its durable state.
#[derive(Debug, Default)]
pub(in crate::engine) struct Watch {
    /// Benchmark since the last record, and the sample it goes on from.
    pub(super) bench: [Bench; 2],
    sampled: Option<(Ns, [Option<Money>; 2])>,
    /// What the last progress event told.
    told: Option<(Money, TwapState, u32, Money)>,
    /// Slot whose refusal was told.
    pub(super) refused: Option<u32>,
    alarmed: Ns,
}

impl Engine {
    pub(in crate::engine) fn drive_twap(&mut self, now: Now, id: PlanId, out: &mut Effects) {
        let Some(twap) = self.state.twaps.get(id).filter(|twap| !twap.is_over()) else { return };
        if !self.started || twap.state == TwapState::Created {
            return;
        }
        self.sample(now, id);
        let Some(twap) = self.state.twaps.get(id) else { return };
        let schedule = twap.terms.schedule();
        let legs: Vec<TwapLegFacts> =
            (0..twap.terms.legs.len()).map(|leg| self.twap_leg(now, twap, leg)).collect();
        let facts = self.twap_facts(now, twap, &schedule, &legs);
        let decision = next_twap(&facts, &self.plan_policy());
        let running = twap.state == TwapState::Running;
        let until = match decision {
            TwapDecision::Wait { until } => until,
            TwapDecision::Open { slot, qty, bounds } => {
                let opened = self.open_slice(now, id, slot, qty, bounds, out);
                now.wall + if opened { LOOK_EVERY } else { REFUSED_AGAIN }
            }
            TwapDecision::Hedge { leg, side, qty, bound, reason } => {
                let sent = self.hedge_twap(now, id, leg, side, qty, bound, reason, out);
                now.wall + if sent { LOOK_EVERY } else { REFUSED_AGAIN }
            }
            TwapDecision::End { state, why } => return self.end_twap(now, id, state, why, out),
        };
        self.alarm_uneven(now, id, out);
        let wait = if running { (until - now.wall).min(LOOK_EVERY) } else { until.saturating_sub(now.wall) };
        if wait < Ns::MAX / 2 {
            self.timers.set(Timer::Plan(id), now.mono + wait.max(MS));
        }
        self.tell_progress(now, id, out);
    }

    /// All that are not over, in turn; `of`: only those that trade the instrument.
    pub(in crate::engine) fn drive_twaps(&mut self, now: Now, of: Option<InstrumentId>, out: &mut Effects) {
        let wanted =
            |twap: &&Twap| of.is_none_or(|id| twap.terms.legs.iter().any(|leg| leg.instrument == id));
        let ids: Vec<PlanId> =
            self.state.twaps.active().filter(wanted).take(ACTIVE_MAX).map(|twap| twap.terms.id).collect();
        for id in ids {
            self.drive_twap(now, id, out);
        }
    }

    /// Counts the books that TWAPs need.
    fn twap_facts<'a>(
        &self,
        now: Now,
        twap: &Twap,
        schedule: &'a Schedule,
        legs: &'a [TwapLegFacts],
    ) -> TwapFacts<'a> {
        let changed =
            (0..legs.len()).flat_map(|leg| self.slot_orders(twap, leg)).map(|order| order.updated_ns);
        TwapFacts {
            now: now.wall,
            elapsed: twap.elapsed(now.wall),
            state: twap.state,
            schedule,
            base: twap.terms.base,
            participation: twap.terms.participation,
            slot: twap.slot,
            changed: changed.max().unwrap_or(twap.created),
            uneven: twap.uneven,
            legs,
        }
    }

    fn twap_leg(&self, now: Now, twap: &Twap, leg: usize) -> TwapLegFacts {
        let terms = &twap.terms.legs[leg];
        let i = self.instruments.at(terms.instrument);
        let amount = |mantissa: i64| Money(i128::from(mantissa) * pow10(MONEY_DECIMALS - i.qty_decimals));
        let px = |mantissa: i64| Money(i128::from(mantissa) * pow10(MONEY_DECIMALS - i.px_decimals));
        let (filled, undone) = twap.filled(leg);
        let open = || {
            self.state.orders.iter_open().filter(|order| {
                order.terms.plan == Some(twap.terms.id) && usize::from(order.terms.leg) == leg
            })
        };
        let newest = |counter: u32, epoch: u32| {
            twap.terms.place_of(epoch, counter).is_some_and(|(slot, _)| twap.slot == Some(slot))
        };
        let (mut possible, mut in_slot) = (0, twap.slot_filled[leg].0);
        for order in open().filter(|order| order.terms.place.side == terms.side) {
            let may = Money::of_qty(order.possible_qty(), order.terms.qty_decimals).0;
            possible += may;
            in_slot += if newest(order.id().counter(), order.id().epoch()) { may } else { 0 };
        }
        let top = self.usable_top(now, terms.instrument);
        let takes = |side: Side| match side {
            Side::Buy => top.ask,
            Side::Sell => top.bid,
        };
        let best = takes(terms.side).map(|level| px(level.px));
        let bound = best.and_then(|best| {
            let reach = worsen(best, terms.side, twap.terms.offset_bps);
            match terms.px_limit.map(|limit| px(limit.get())) {
                Some(limit) if !within(best, limit, terms.side) => None,
                Some(limit) if !within(reach, limit, terms.side) => Some(limit),
                Some(_) | None => Some(reach),
            }
        });
        TwapLegFacts {
            side: terms.side,
            filled,
            undone,
            possible: Money(possible),
            in_slot: Money(in_slot),
            attempts: twap.slot_orders[leg],
            busy: open().next().is_some(),
            lot: amount(i.lot),
            qty_min: amount(i.qty_min.get()),
            qty_max: amount(i.qty_max.get()),
            notional_min: i.notional_min,
            bound,
            depth: bound.map_or(Money::ZERO, |bound| self.depth_to(terms.instrument, terms.side, bound)),
            best,
            best_back: takes(terms.side.opposite()).map(|level| px(level.px)),
            px: twap.slot_px[leg].map(|limit| px(limit.get())),
            open: self.latch_now() != LatchMode::Halt
                && self.may_trade(now, terms.instrument, terms.account).is_ok(),
        }
    }

    fn usable_top(&self, now: Now, id: InstrumentId) -> Top {
        let synced = self.book_state(id, now.mono) == BookState::Synced;
        if synced { self.books[id.0 as usize].top() } else { Top::default() }
    }

    /// What the book offers a taker of `side` no further than the bound.
    fn depth_to(&self, id: InstrumentId, side: Side, bound: Money) -> Money {
        let i = self.instruments.at(id);
        let scale = pow10(MONEY_DECIMALS - i.px_decimals);
        let near = |level: &Level| within(Money(i128::from(level.px) * scale), bound, side);
        let book = &self.books[id.0 as usize];
        let sum: i128 = match side {
            Side::Buy => book.asks().take_while(near).map(|level| i128::from(level.qty)).sum(),
            Side::Sell => book.bids().take_while(near).map(|level| i128::from(level.qty)).sum(),
        };
        Money(sum * pow10(MONEY_DECIMALS - i.qty_decimals))
    }

    /// Adds the span since the last look at the middle it began with.
    fn sample(&mut self, now: Now, id: PlanId) {
        let Some(twap) = self.state.twaps.get(id) else { return };
        let mids = [0, 1].map(|leg: usize| {
            let top = self.usable_top(now, twap.terms.legs.get(leg)?.instrument);
            let decimals = self.instruments.at(twap.terms.legs[leg].instrument).px_decimals;
            let twice = i128::from(top.bid?.px) + i128::from(top.ask?.px);
            Some(Money(twice * pow10(MONEY_DECIMALS - decimals) / 2))
        });
        let running = twap.state == TwapState::Running;
        let watch = self.twap_watch.entry(id).or_default();
        if let Some((at, before)) = watch.sampled {
            let ms = (now.mono - at) / MS;
            if ms == 0 && running {
                return;
            }
            for (leg, mid) in before.into_iter().enumerate() {
                watch.bench[leg].add(mid.map_or(Bench::default(), |mid| Bench {
                    weighted: mid.0.saturating_mul(i128::from(ms)),
                    ms,
                }));
            }
        }
        watch.sampled = running.then_some((now.mono, mids));
    }

    /// Benchmark since the last record, which the caller now writes into one.
    pub(super) fn take_bench(&mut self, id: PlanId) -> [Bench; 2] {
        self.twap_watch.get_mut(&id).map(|watch| core::mem::take(&mut watch.bench)).unwrap_or_default()
    }

    fn end_twap(&mut self, now: Now, id: PlanId, state: TwapState, why: &str, out: &mut Effects) {
        let bench = self.take_bench(id);
        let record = TwapRecord::End { id, state, why: why.to_owned(), bench };
        self.commit(now, Body::Twap(Box::new(record)), out);
        self.timers.clear(Timer::Plan(id));
        let residual = self.state.twaps.get(id).map_or(Money::ZERO, Twap::residual);
        if residual.0 != 0 {
            let text = format!("{} ended with legs {} of base apart", Plan::name(id), amount_text(residual));
            self.plan_alert(now, "critical", "RESIDUAL", &text, id, out);
        }
        if state == TwapState::Failed {
            self.plan_alert(now, "warning", "TWAP_FAILED", &format!("{}: {why}", Plan::name(id)), id, out);
        }
        self.tell_twap(now, id, out);
        self.twap_watch.remove(&id);
    }

    /// One leg without the other is told, again and again, until it is mended.
    fn alarm_uneven(&mut self, now: Now, id: PlanId, out: &mut Effects) {
        let Some(twap) = self.state.twaps.get(id) else { return };
        let residual = twap.residual();
        let late = twap.uneven.is_some_and(|since| now.wall - since >= UNEVEN_ALARM);
        let least = twap.terms.least;
        let watch = self.twap_watch.entry(id).or_default();
        if late && residual >= least && now.mono - watch.alarmed >= UNEVEN_ALARM {
            watch.alarmed = now.mono;
            let text = format!("{}: legs {} of base apart", Plan::name(id), amount_text(residual));
            self.plan_alert(now, "critical", "TWAP_UNEVEN", &text, id, out);
        }
    }

    /// The plan as a whole, and its progress.
    pub(super) fn tell_twap(&mut self, now: Now, id: PlanId, out: &mut Effects) {
        if let Some(twap) = self.state.twaps.get(id) {
            self.twap_update_event(twap, out);
        }
        self.tell_progress(now, id, out);
    }

    fn tell_progress(&mut self, now: Now, id: PlanId, out: &mut Effects) {
        let Some(twap) = self.state.twaps.get(id) else { return };
        let what = Some((twap.executed(), twap.state, twap.slices_done(), twap.residual()));
        if self.twap_watch.get(&id).is_none_or(|watch| watch.told != what) {
            self.twap_progress_event(now, twap, out);
            self.twap_watch.entry(id).or_default().told = what;
        }
    }
}
