//! The independent checker: what must hold after every step, judged by the venues' own books and the bytes that left.

use super::disk::Disk;
use super::late::Late;
use super::link::Link;
use super::probe::{Probes, alert_code};
use super::setup::{MS, STALE};
use super::stage::{Role, Stage};
use super::tally::Tally;
use crate::engine::Engine;
use crate::order::{Order, OrderOrigin, State};
use crate::risk::LatchMode;
use crate::sim::{SimEffect, SimVenue};
use crate::units::{ClientId, Ns};
use std::collections::{BTreeMap, BTreeSet};

/// Alerts that tell of our own mistakes: nothing the venues do in a run can excuse one.
const NEVER: [&str; 15] = [
    "RECON_DIFF",
    "EXTERNAL_FILL",
    "EXTERNAL_ORDER",
    "FILL_CONFLICT",
    "ILLEGAL_TRANSITION",
    "ORDER_DUPLICATE",
    "ORDER_UNKNOWN",
    "OVERFILL",
    "REPORT_MISMATCH",
    "EMPTY_QTY",
    "ORDERS_FULL",
    "OVERDRAWN",
    "ENCODE_FAILED",
    "FILLS_DEFERRED",
    "NO_PLAN",
];
/// Kind of an INTENT record, and where a record's kind and payload stand.
const INTENT: u8 = 3;
const KIND_AT: usize = 24;
const PAYLOAD_AT: usize = 33;
/// Steps between two looks at every order.
const ALL_EVERY: u64 = 64;

#[derive(Debug)]
pub(super) struct Check {
    pub stage: &'static Stage,
    /// The first one: (invariant, what was seen).
    pub violation: Option<(String, String)>,
    pub power_losses: u32,
    /// The venue may work on a request later than the fence trusts: verdicts of absence may be wrong.
    broken_bound: bool,
    pub exposure_max: i128,
    /// The lowest price at which what is at risk was judged, by venue and listing.
    pub cheapest: BTreeMap<(usize, usize), i64>,
    journaled: BTreeSet<ClientId>,
    issued: BTreeSet<ClientId>,
    seen: BTreeMap<ClientId, (State, i64)>,
    gone: BTreeSet<ClientId>,
    /// Orders that the step's records speak of.
    touched: Vec<ClientId>,
    steps: u64,
    pub tally: Tally,
    /// Watched where nothing but time fails.
    pub late: Late,
    /// What happened without us.
    pub external: super::external::External,
}

impl Check {
    pub(super) fn new(stage: &'static Stage, broken_bound: bool, exposure_max: u64) -> Self {
        Self {
            stage,
            violation: None,
            power_losses: 0,
            broken_bound,
            exposure_max: i128::from(exposure_max) * crate::units::pow10(crate::units::MONEY_DECIMALS),
            cheapest: BTreeMap::new(),
            journaled: BTreeSet::new(),
            issued: BTreeSet::new(),
            seen: BTreeMap::new(),
            gone: BTreeSet::new(),
            touched: Vec::new(),
            steps: 0,
            tally: Tally::default(),
            late: Late::default(),
            external: super::external::External::default(),
        }
    }

    pub(super) fn fail(&mut self, invariant: &str, text: &str) {
        if self.violation.is_none() {
            self.violation = Some((invariant.to_owned(), text.to_owned()));
        }
    }

    /// A record was made.
    pub(super) fn decided(&mut self, data: &[u8]) {
        self.touched.extend(order_in(data));
    }

    /// A record reached the page cache.
    pub(super) fn record(&mut self, data: &[u8]) {
        if data.get(KIND_AT) == Some(&INTENT) {
            self.journaled.extend(order_in(data));
        }
    }

    /// An order request leaves.
    pub(super) fn sent(
        &mut self,
        now: Ns,
        id: ClientId,
        place: bool,
        engine: Option<&Engine>,
        venues: &[SimVenue],
        links: &[Link],
    ) {
        let (true, Some(engine)) = (place, engine) else { return };
        if !self.issued.insert(id) {
            self.fail("3 unique client ids", &format!("{id} left twice"));
        }
        if !self.journaled.contains(&id) {
            self.fail("4 journal before send", &format!("{id} left before its INTENT was written"));
        }
        self.check_closing(id, engine, venues);
        let opening = id.attempt() == 0;
        match engine.latch() {
            LatchMode::Halt => self.fail("13 latch", &format!("{id} left under HALT")),
            LatchMode::ReduceOnly if opening && !shrinks(engine, id) => {
                self.fail("13 latch", &format!("{id} opens under REDUCE_ONLY"));
            }
            LatchMode::Open | LatchMode::ReduceOnly => {}
        }
        let Some(order) = engine.orders().get(&id) else { return };
        if opening && !shrinks(engine, id) {
            self.check_halted(id, engine, order.terms.place.instrument);
        }
        if opening {
            self.check_book_age(now, order, engine, links);
        }
        // One that takes off what is held may go out above the limit too. What completes a plan was let in with it.
        // What fills after a bound that does not hold was taken for over, and is undone whatever the limit.
        // What others trade, and what we did before a power loss and forgot, takes room that our plans were let in with.
        let late = self.broken_bound || was_closed_meanwhile(engine, order) || self.external.any();
        let late = late || self.power_losses > 0;
        if !shrinks(engine, id) && (opening || !late) {
            self.check_exposure(super::setup::EPOCH + now, id, opening, engine, venues);
        }
    }

    /// 14: the market data of an opening order's instrument is fresh.
    fn check_book_age(&mut self, now: Ns, order: &Order, engine: &Engine, links: &[Link]) {
        let instrument = engine.instrument(order.terms.place.instrument);
        let serves = |at: &usize| {
            let row = self.stage.links[*at];
            row.role == Role::Public
                && (self.stage.venues[row.venue], row.product) == (instrument.venue, instrument.product)
        };
        let heard = (0..self.stage.links.len()).find(serves).map_or(now, |at| links[at].heard);
        if now - heard > STALE + MS {
            let text = format!("{} opens on a book that is {} ms old", order.id(), (now - heard) / MS);
            self.fail("14 fresh book", &text);
        }
    }

    /// The venue took a request: one that was declared gone must never be among those.
    pub(super) fn venue_answered(&mut self, venue: usize, venues: &[SimVenue], effects: &[SimEffect]) {
        if self.broken_bound || self.gone.is_empty() {
            return;
        }
        if effects.iter().any(|effect| matches!(effect, SimEffect::Record(_))) {
            let orders = venues[venue].model().orders.values().rev().take(4);
            let known: Vec<ClientId> =
                orders.filter_map(|order| ClientId::parse(order.label.as_str().as_bytes())).collect();
            if let Some(id) = known.into_iter().find(|id| self.gone.contains(id)) {
                self.fail("9 dead but live", &format!("the venue took {id} after it was declared gone"));
            }
        }
    }

    pub(super) fn event(&mut self, topic: &str, data: &[u8], venues: &[SimVenue]) {
        if topic != "alerts" {
            return;
        }
        let Some(code) = alert_code(data) else { return };
        let adopted = code == "ORDER_ADOPTED" && self.power_losses == 0;
        // A market may run so far that a loss is more than there was.
        let true_overdraft = code == "OVERDRAWN" && venues.iter().any(is_overdrawn);
        let excused = true_overdraft || self.external.excuses(code, self.broken_bound);
        if (NEVER.contains(&code) && !excused) || adopted {
            let text = String::from_utf8_lossy(data).into_owned();
            self.fail("alarm", &text);
        }
    }

    /// After recovery: nothing that was durable is missing.
    pub(super) fn after_recovery(&mut self, engine: &Engine, disk: &Disk, valid: usize) {
        if valid < disk.synced() {
            let text = format!("{valid} bytes replayed, {} were durable", disk.synced());
            self.fail("5 durable journal", &text);
        }
        self.seen.retain(|id, _| engine.orders().get(id).is_some());
        for order in engine.orders().iter() {
            self.seen.insert(order.id(), (order.state, order.filled.get()));
        }
    }

    /// After each step that changed durable state.
    pub(super) fn step(&mut self, engine: &Engine, venues: &[SimVenue], probes: &mut Probes) {
        let mut touched = std::mem::take(&mut self.touched);
        touched
            .iter()
            .filter_map(|id| engine.orders().get(id))
            .for_each(|order| self.check_funds(engine, order));
        for order in touched.drain(..).filter_map(|id| engine.orders().get(&id)) {
            self.check_order(order, venues, probes);
        }
        self.touched = touched;
        // What changed without a record is found by looking at everything, now and then.
        self.steps += 1;
        if self.steps.is_multiple_of(ALL_EVERY) {
            self.check_all(engine, venues, probes);
        }
        self.check_ledger(engine);
        if !engine.books_follow() {
            self.fail("27 books follow records", "other books are tracked than the state needs");
        }
        for (name, size, bound) in engine.depths() {
            if size > bound {
                self.fail("17 bounded memory", &format!("{name}: {size} of {bound}"));
            }
        }
    }

    pub(super) fn check_all(&mut self, engine: &Engine, venues: &[SimVenue], probes: &mut Probes) {
        for order in engine.orders().iter() {
            self.check_order(order, venues, probes);
        }
    }

    fn check_order(&mut self, order: &Order, venues: &[SimVenue], probes: &mut Probes) {
        let now = (order.state, order.filled.get());
        let before = self.seen.insert(order.id(), now);
        if before == Some(now) {
            return;
        }
        let from = before.unwrap_or((State::Created, 0));
        if from.0 != now.0 {
            probes.moved(from.0, now.0);
        }
        self.check_move(order, from, venues);
    }

    /// 8, 9: final words stand, fills only grow, a claim of absence is true.
    fn check_move(&mut self, order: &Order, (was, had): (State, i64), venues: &[SimVenue]) {
        let id = order.id();
        let (state, filled, qty) = (order.state, order.filled.get(), order.terms.place.qty.get());
        let is_final = matches!(was, State::Filled | State::Cancelled | State::Expired);
        if is_final && state != was {
            self.fail("8 final states absorb", &format!("{id}: {} -> {}", was.name(), state.name()));
        }
        if filled < had || filled > qty {
            self.fail("8 filled is monotone", &format!("{id}: {had} -> {filled} of {qty}"));
        }
        if !state.claims_absence() {
            self.gone.remove(&id);
            return;
        }
        self.tally.catch_up(venues);
        // A venue may take an order in and then refuse it, as a post-only one that would trade: that is no absence.
        if state == State::Rejected && (0..venues.len()).any(|venue| self.tally.refused(venue, &id, venues)) {
            return;
        }
        self.gone.insert(id);
        if !self.broken_bound && (0..venues.len()).any(|venue| self.tally.has(venue, &id)) {
            self.fail("9 dead but live", &format!("{id} is {} and the venue has it", state.name()));
        }
    }

    /// 7: an order of ours that was just decided sets aside no more than there is.
    fn check_funds(&mut self, engine: &Engine, order: &Order) {
        let adopted = order.terms.origin == OrderOrigin::Adopted;
        let hold = engine.ledger().holds().iter().find(|(id, _)| **id == order.id()).map(|(_, hold)| hold);
        // One that only closes sets nothing aside, whatever was taken out meanwhile.
        let new = !adopted && !self.seen.contains_key(&order.id());
        let Some(hold) = hold.filter(|hold| new && hold.amount.0 > 0) else { return };
        let left = engine.ledger().available(hold.account, hold.wallet, &hold.asset).unwrap_or_default();
        if left.0 < 0 {
            self.fail("7 reservations", &format!("{} leaves {} of {}", order.id(), left.0, hold.asset));
        }
    }

    /// 1, 7: double entry adds up; only unsettled orders hold funds.
    fn check_ledger(&mut self, engine: &Engine) {
        if let Some((asset, sum)) = engine.ledger().balances().trial().iter().find(|(_, sum)| sum.0 != 0) {
            self.fail("1 ledger sums", &format!("{asset}: {} over all books", sum.0));
        }
        for (id, _) in engine.ledger().holds().iter() {
            if engine.orders().get(id).is_none_or(Order::is_settled) {
                self.fail("7 reservations", &format!("{id} is settled and holds funds"));
            }
        }
    }

    /// Bought less sold at a venue.
    pub(super) fn net_at(&mut self, venues: &[SimVenue], venue: usize, listing: usize) -> i64 {
        self.tally.catch_up(venues);
        self.tally.net(venue, listing)
    }

    pub(super) const fn is_broken_bound(&self) -> bool {
        self.broken_bound
    }

    pub(super) fn was_issued(&self, id: &ClientId) -> bool {
        self.issued.contains(id)
    }
}

/// The order that a record speaks of.
fn order_in(data: &[u8]) -> Option<ClientId> {
    let text = core::str::from_utf8(data.get(PAYLOAD_AT..)?).ok()?;
    let (_, rest) = text.split_once(r#""order":""#)?;
    ClientId::parse(rest.as_bytes().get(..ClientId::LEN)?)
}

/// The order is on the other side of a position that is at least as large.
fn shrinks(engine: &Engine, id: ClientId) -> bool {
    let Some(order) = engine.orders().get(&id) else { return false };
    let place = &order.terms.place;
    let held = engine.ledger().positions().get(order.terms.account, place.instrument);
    let held = held.map_or(0, |position| position.basis.qty.0);
    let qty = crate::units::Money::of_qty(place.qty, order.terms.qty_decimals).0;
    held.signum() == -i128::from(place.side.sign()) && held.abs() >= qty
}

/// A protection closed what this order of a plan was let in beside: the plan is brought level all the same.
fn was_closed_meanwhile(engine: &Engine, order: &Order) -> bool {
    let place = &order.terms.place;
    let closed = |p: &crate::plan::Protection| {
        p.terms.instrument == place.instrument && p.state != crate::plan::ProtectionState::Armed
    };
    engine.protections().any(closed)
}

/// The venue holds less than nothing of something for us.
fn is_overdrawn(venue: &SimVenue) -> bool {
    venue.model().accounts[0].balances.values().any(|balance| balance.total.0 < 0)
}
