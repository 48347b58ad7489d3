//! The only mutator of durable state, live and in replay. Reads nothing but the record, the state and names.

use super::apply_error::ApplyError;
use super::booked::{Booking, FillKey, Whose};
use super::breakers::Over;
use super::instruments::{InstrumentTable, TableNames};
use super::pairs::{PAIRS_MAX, Pair, PairId, PairTerms};
use super::record::{Body, Record};
use super::rows::Changed;
use super::state::State;
use crate::calc::fee_in_quote;
use crate::ledger::{FillPosted, FillTerms, Hold, LedgerError, Wallet};
use crate::market::PairIx;
use crate::order::{ClientRef, Event, FillOutcome, FillReport, Moved, Order, OrderOrigin, OrderTerms, Trade};
use crate::plan::{Plan, PlanState};
use crate::units::{AccountId, Asset, ClientId, Money, Ns, Qty, mul_div};

/// What a record changed, for those who react to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Applied {
    Done,
    Order(Moved),
    Fill {
        posted: FillPosted,
        moved: Option<Moved>,
        late: bool,
        complete: bool,
    },
    /// A redelivery: nothing changed.
    Known,
    /// The same trade id with other numbers; the first stays.
    Conflict(Trade),
}

/// Names and the list of what changed, beside the state.
pub(super) struct Applier<'a> {
    pub instruments: &'a InstrumentTable,
    /// `venue:name`, by id.
    pub accounts: &'a [String],
    pub changed: &'a mut Vec<Changed>,
}

impl Applier<'_> {
    fn names(&self) -> TableNames<'_> {
        TableNames { instruments: self.instruments, accounts: self.accounts }
    }
}

impl State {
    pub(super) fn apply(
        &mut self,
        record: &Record,
        wall: Ns,
        with: &mut Applier<'_>,
    ) -> Result<Applied, ApplyError> {
        if let Some(command) = &record.command {
            self.commands.put(command);
        }
        match &record.body {
            Body::Boot { epoch, machine } => self.boot(*epoch, machine, wall),
            Body::Plan(terms) => {
                self.plan_last = self.plan_last.max(terms.id.0);
                self.reserve_counters(terms.epoch, terms.legs.iter().map(|leg| leg.counter));
                self.plans.insert(terms.id, Plan::new(*terms, wall));
                self.under_way.insert(terms.id);
                with.changed.push(Changed::Plan(terms.id));
            }
            Body::Intent { terms, hold } => self.intent(terms, *hold, wall, with)?,
            Body::Ack { id } => return self.order_event(*id, Event::AckAccepted, wall, with),
            Body::Unknown { id } => return self.order_event(*id, Event::NoAnswer, wall, with),
            Body::Dead { id } => return self.order_event(*id, Event::AbsentAfterFence, wall, with),
            Body::Reject { id, code, never_left } => {
                let event = if *never_left { Event::NeverLeft } else { Event::AckRejected };
                let moved = self.orders.refused(id, *code, event, wall)?;
                self.after_order(*id, with);
                return Ok(Applied::Order(moved));
            }
            Body::Report { id, report } => {
                let moved = self.orders.report(id, report, wall)?;
                self.after_order(*id, with);
                return Ok(Applied::Order(moved));
            }
            Body::Fill { account, fill } => return self.fill(*account, fill, wall, with),
            Body::Cancel { id, event } => {
                self.orders.cancel(id, *event, wall)?;
                with.changed.push(Changed::Order(*id));
            }
            Body::Balance { account, source, rows, since } => {
                for (wallet, asset, amount) in rows {
                    self.external.open(*account, (*wallet, *asset), since.unwrap_or(wall));
                    self.ledger.adjust(*account, *wallet, *asset, *amount, source.book())?;
                    with.changed.push(Changed::Balance(*account, *wallet, *asset));
                }
                self.opened.entry(*account).or_insert(since.unwrap_or(wall));
            }
            Body::Day(day) => self.ledger.open_day(*day),
            Body::Limits(rows) => {
                self.limits_set = true;
                with.changed.push(Changed::Limits);
                rows.iter().try_for_each(|row| self.limits.set(*row))?;
            }
            Body::Latch { .. } | Body::Breaker { .. } | Body::Peak(_) | Body::Circuit { .. } => {
                self.stop(&record.body, wall);
            }
            Body::Ban { venue, until } => self.ban(*venue, *until),
            Body::Twap(record) => self.apply_twap(record, wall, with.changed)?,
            Body::Protect(record) => self.apply_protect(record, wall, with.changed)?,
            Body::External(record) => self.apply_external(record, wall, with)?,
            Body::Pair { id, terms } => self.pair(*id, terms.as_ref(), with)?,
            Body::Turn { id, turn, text } => self.turn(*id, *turn, text, wall, with)?,
            Body::PlanEnd { id, state, residual, pnl, dust } => {
                self.plan_end(*id, *state, *residual, *pnl, wall, with)?;
                self.book_dust(*id, *dust);
            }
        }
        Ok(Applied::Done)
    }

    fn boot(&mut self, epoch: u32, machine: &str, wall: Ns) {
        // Two unknown starts may be different ones.
        if self.epoch > 0 && (machine.is_empty() || self.machine != machine) {
            self.machine_lost = Some(wall);
        }
        machine.clone_into(&mut self.machine);
        self.epoch = epoch;
        self.counter = 0;
    }

    pub(super) fn reserve_counters(&mut self, epoch: u32, counters: impl Iterator<Item = u32>) {
        if epoch == self.epoch {
            self.counter = counters.fold(self.counter, u32::max);
        }
    }

    fn intent(
        &mut self,
        terms: &OrderTerms,
        hold: Option<(Wallet, Asset, Money)>,
        wall: Ns,
        with: &mut Applier<'_>,
    ) -> Result<(), ApplyError> {
        let id = terms.place.client_id;
        // One that was forgotten and lives after all: its plan knows it.
        let again = self.orders.past().holds(&id);
        self.orders.open(Order::new(*terms, wall))?;
        self.reserve_counters(id.epoch(), core::iter::once(id.counter()));
        if terms.origin != OrderOrigin::Adopted {
            self.orders.apply(&id, Event::Sent, wall)?;
        }
        with.changed.push(Changed::Order(id));
        if let Some((wallet, asset, amount)) = hold {
            self.ledger.reserve_adopted(id, Hold { account: terms.account, wallet, asset, amount })?;
            with.changed.push(Changed::Balance(terms.account, wallet, asset));
        }
        if !again {
            self.twap_intent(terms, with.changed);
        }
        self.protect_intent(terms, with.changed);
        if let Some(plan) = terms.plan.and_then(|plan| self.plans.get_mut(&plan)) {
            let orders = &mut plan.sums[usize::from(terms.leg.min(1))].orders;
            if orders.contains(&id) {
                return Ok(());
            }
            orders.push(id);
            plan.note(wall, "order", format!("{id} leg{} {}", terms.leg + 1, terms.place.side.name()));
            if plan.state == PlanState::Planned {
                plan.state = PlanState::Working;
            }
            with.changed.push(Changed::Plan(plan.terms.id));
        }
        Ok(())
    }

    fn order_event(
        &mut self,
        id: ClientId,
        event: Event,
        wall: Ns,
        with: &mut Applier<'_>,
    ) -> Result<Applied, ApplyError> {
        let moved = self.orders.apply(&id, event, wall)?;
        self.after_order(id, with);
        Ok(Applied::Order(moved))
    }

    /// A settled order holds nothing any more.
    fn after_order(&mut self, id: ClientId, with: &mut Applier<'_>) {
        with.changed.push(Changed::Order(id));
        let Some(order) = self.orders.get(&id) else { return };
        if let Some(plan) = order.terms.plan {
            with.changed.push(Changed::Plan(plan));
        }
        if let Some(hold) = self.ledger.holds().get(&id).copied().filter(|_| order.is_settled()) {
            self.ledger.release(&id);
            with.changed.push(Changed::Balance(hold.account, hold.wallet, hold.asset));
        }
    }

    fn fill(
        &mut self,
        account: AccountId,
        fill: &FillReport,
        wall: Ns,
        with: &mut Applier<'_>,
    ) -> Result<Applied, ApplyError> {
        let instrument = with.instruments.at(fill.instrument);
        let wallet = wallet_of(instrument.venue, instrument.product);
        let terms = FillTerms::new(account, wallet, instrument, fill);
        let key = FillKey::new(&with.names(), account, fill);
        let known = self.booked.whose(&key);
        let mut done = (None, false, true);
        if let ClientRef::Ours(id) = &fill.client {
            let before = self.orders.get(id).map(Order::possible_qty);
            match self.orders.fill(id, fill, wall)? {
                FillOutcome::Duplicate => return Ok(Applied::Known),
                FillOutcome::Conflict { first } => return Ok(Applied::Conflict(first)),
                FillOutcome::Applied { moved, late, .. } => done = (Some(moved), late, false),
            }
            self.shrink_hold(id, before.map_or(0, Qty::get));
            done.2 = self.orders.get(id).is_some_and(Order::is_settled);
            if self.is_booked_of(id, known, account, fill) {
                // Of an order that had been forgotten: it learns of the fill again, and nobody else.
                self.after_order(*id, with);
                return Ok(Applied::Known);
            }
        } else if known.is_some() || self.booked.is_old(account, fill) {
            return Ok(Applied::Known);
        }
        let held = self.ledger.positions().get(account, fill.instrument).map_or(Money::ZERO, |p| p.basis.qty);
        let posted = match known {
            Some(_) => self.already_posted(&terms)?,
            None => self.ledger.fill(&terms)?,
        };
        if fill.client == ClientRef::Venue {
            self.closed_by_venue(account, fill.instrument, held, wall);
        }
        let whose = if matches!(fill.client, ClientRef::Ours(_)) { Whose::Ours } else { Whose::Foreign };
        self.booked.put(Booking { key, account, instrument: fill.instrument, at: fill.venue_ns }, whose);
        let cursor = self.cursors.entry((account, fill.instrument)).or_default();
        *cursor = fill.venue_ns.max(*cursor);
        with.changed.push(Changed::Fill(account, fill.instrument, fill.trade_id));
        with.changed.push(Changed::Position(account, fill.instrument));
        for asset in [instrument.base, instrument.quote, fill.fee_asset] {
            with.changed.push(Changed::Balance(account, wallet, asset));
        }
        if let ClientRef::Ours(id) = &fill.client {
            self.plan_fill(*id, &terms, &posted, wall);
            self.after_order(*id, with);
        }
        Ok(Applied::Fill { posted, moved: done.0, late: done.1, complete: done.2 })
    }

    /// The fill was booked while its order was known, and counted by its plan.
    pub(super) fn is_booked_of(
        &self,
        id: &ClientId,
        known: Option<Whose>,
        account: AccountId,
        fill: &FillReport,
    ) -> bool {
        match known {
            Some(whose) => whose == Whose::Ours,
            None => self.orders.past().holds(id) && self.booked.is_old(account, fill),
        }
    }

    /// A fill that was booked as foreign before its order was known: the order learns of it, the ledger has it.
    fn already_posted(&self, terms: &FillTerms) -> Result<FillPosted, LedgerError> {
        let position = self.ledger.positions().get(terms.account, terms.instrument);
        Ok(FillPosted {
            notional: terms.notional()?,
            realized: Money::ZERO,
            fee_quote: fee_in_quote(
                terms.fee,
                &terms.fee_asset,
                &terms.base,
                &terms.quote,
                terms.px_money(),
            )?,
            position_qty: position.map_or(Money::ZERO, |position| position.basis.qty),
            overdrawn: false,
        })
    }

    /// What remains of an order needs the same share of its reservation.
    fn shrink_hold(&mut self, id: &ClientId, before: i64) {
        let Some(order) = self.orders.get(id) else { return };
        let left = order.possible_qty().get();
        let Some(hold) = self.ledger.holds().get(id) else { return };
        if before > 0 && left < before {
            let share = mul_div(hold.amount.0, i128::from(left), i128::from(before)).unwrap_or(hold.amount.0);
            // A share of what is held is never above it.
            let _kept = self.ledger.shrink(id, Money(share));
        }
    }

    fn pair(
        &mut self,
        id: PairId,
        terms: Option<&PairTerms>,
        with: &mut Applier<'_>,
    ) -> Result<(), ApplyError> {
        self.pairs_set = true;
        with.changed.push(Changed::Pair(id));
        let Some(terms) = terms else {
            self.pairs.remove(&id);
            self.circuits.retain(|(_, over), _| *over != Over::Pair(id));
            return Ok(());
        };
        if let Some(pair) = self.pairs.get_mut(&id) {
            if pair.terms.legs != terms.legs {
                pair.usage = Default::default();
            }
            pair.terms = *terms;
            pair.version += 1;
            return Ok(());
        }
        if self.pairs.len() >= PAIRS_MAX {
            return Err(ApplyError::PairsFull);
        }
        let mut taken: Vec<u32> = self.pairs.values().map(|pair| pair.ix.0).collect();
        taken.sort_unstable();
        let free =
            taken.iter().enumerate().find(|(at, ix)| *at as u32 != **ix).map_or(taken.len(), |(at, _)| at);
        let ix = PairIx(free as u32);
        self.pairs.insert(id, Pair { id, ix, terms: *terms, version: 1, usage: Default::default() });
        Ok(())
    }
}

/// Which wallet a product of a venue draws on.
pub(super) fn wallet_of(venue: crate::units::Venue, product: crate::units::Product) -> Wallet {
    crate::venues::codec(venue, product).map_or(Wallet::of_product(product), |codec| codec.wallet)
}

pub(super) fn amount_text(amount: Money) -> String {
    let mut out = Vec::new();
    amount.push_text(&mut out);
    String::from_utf8(out).unwrap_or_default()
}
