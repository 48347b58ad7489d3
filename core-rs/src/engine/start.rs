//! The start of a process: a new epoch, seeds, the fences of what was open, and the trading day.

use super::Effects;
use super::Mutant;
use super::pairs::{PairId, id_base};
use super::record::{Body, PlanTurn};
use super::reducer::Engine;
use super::timers::Timer;
use crate::ledger::Day;
use crate::order::{Order, State};
use crate::risk::LimitRow;
use crate::units::{Asset, ClientId, Money, Now, Ns, PlanId};

const SECOND: Ns = 1_000_000_000;

impl Engine {
    /// Ends recovery. New orders wait until the epoch's record is on disk and their account is reconciled.
    pub(super) fn start(&mut self, now: Now, out: &mut Effects) {
        if self.started {
            return;
        }
        self.started = true;
        let epoch =
            if self.has(Mutant::EpochNotBumped) { self.state.epoch.max(1) } else { self.state.epoch + 1 };
        let machine = self.config.boot.clone().unwrap_or_default();
        self.commit(now, Body::Boot { epoch, machine }, out);
        self.boot_seq = self.journal.seq();
        self.restore_breakers(now);
        self.restore_bans(now);
        if epoch > ClientId::EPOCH_MAX {
            self.alert(now, "critical", "EPOCHS_SPENT", "no order ids are left for this instance name", out);
        }
        self.seed(now, out);
        self.doubt_what_was_open(now, out);
        self.recount_orders(now);
        self.grow_books();
        self.begin_protections();
        self.count_books(now, out);
        self.timers.set(Timer::Tick, now.mono + SECOND);
        self.open_day(now, out);
        self.begin_quarantine(now, out);
        for account in self.accounts.ids() {
            self.begin_recon(now, account, out);
        }
    }

    /// The configuration's pairs and limits count only while the journal holds none.
    fn seed(&mut self, now: Now, out: &mut Effects) {
        // The limits are seeded last: without them, a crash may have come between two pairs.
        let sealed = self.state.limits_set || self.config.limits.is_empty();
        if !self.state.pairs_set || !sealed {
            let seeds = core::mem::take(&mut self.config.pairs);
            for (id, terms) in &seeds {
                let base = terms.legs[0].symbol.as_str().trim_end_matches("USDT");
                let wanted = id.clone().unwrap_or_else(|| id_base(terms, base));
                let seeded =
                    PairId::new(wanted.as_bytes()).is_ok_and(|id| self.state.pairs.contains_key(&id));
                if let Some(id) = self.free_pair_id(&wanted).filter(|_| !seeded || !self.state.pairs_set) {
                    self.commit(now, Body::Pair { id, terms: Some(*terms) }, out);
                }
            }
            self.config.pairs = seeds;
        }
        if !self.state.limits_set && !self.config.limits.is_empty() {
            let mut rows = Vec::new();
            for seed in &self.config.limits {
                match LimitRow::parse(&seed.name, &seed.scope, &seed.id, seed.value.as_deref()) {
                    Ok(row) => rows.push(row),
                    Err(error) => {
                        out.alert(now, "critical", error.code(), &seed.name);
                    }
                }
            }
            self.commit(now, Body::Limits(rows), out);
        }
    }

    pub(super) fn free_pair_id(&self, wanted: &str) -> Option<PairId> {
        let free =
            |name: &str| PairId::new(name.as_bytes()).ok().filter(|id| !self.state.pairs.contains_key(id));
        free(wanted).or_else(|| (2..10_000).find_map(|n| free(&format!("{wanted}_{n}"))))
    }

    /// Whether the orders of the last process arrived is not known: they keep their exposure until evidence comes.
    fn doubt_what_was_open(&mut self, now: Now, out: &mut Effects) {
        if self.has(Mutant::ForgetsAtStart) {
            return;
        }
        let ids: Vec<ClientId> = self.state.orders.iter_open().map(Order::id).collect();
        for id in ids {
            let state = self.state.orders.get(&id).map(|order| order.state);
            if matches!(state, Some(State::Created | State::Sent)) {
                self.commit(now, Body::Unknown { id }, out);
            }
            self.arm_again(now, id);
            self.timers.set(Timer::Order(id), now.mono + SECOND);
        }
        let plans: Vec<PlanId> = self.state.active().map(|plan| plan.terms.id).collect();
        for id in plans {
            self.commit(now, Body::Turn { id, turn: PlanTurn::Resumed, text: String::new() }, out);
        }
    }

    /// Opens a trading day of the configured zone at the profit of this moment, once every position has a price.
    pub(super) fn open_day(&mut self, now: Now, out: &mut Effects) {
        let number = self.config.zone.day(now.wall);
        if !self.started || !self.state.ledger.day().is_over(number) || !self.is_priced(now) {
            return;
        }
        let opened_at = self.total_pnl(&Asset::new(b"USDT").unwrap_or(Asset::EMPTY));
        self.commit(now, Body::Day(Day { number, opened_at }), out);
    }

    /// Profit of everything booked, at the books' prices.
    pub(super) fn total_pnl(&self, quote: &Asset) -> Money {
        let totals = self.state.ledger.pnl(quote, |instrument| self.mark(instrument));
        totals.and_then(|totals| totals.net()).unwrap_or_default()
    }
}
