//! What happened to the accounts without us, judged by the venues' own books: each fill of others is known in time and
//! once, nothing is opened where the venue closed a position until a person has looked, nobody's order is touched.

use super::accounts::FOREIGN;
use super::check::Check;
use super::probe::Probes;
use super::setup::{EPOCH, SECOND};
use super::stage::Stage;
use super::world::World;
use crate::engine::Engine;
use crate::sim::SimVenue;
use crate::sim::model::Forced;
use crate::units::{AccountId, ClientId, InstrumentId, Ns, Product, Text, TradeId};
use std::collections::{BTreeMap, BTreeSet};

/// The engine's clock against the run's.
const CLOCKS_APART: Ns = 2 * SECOND;
/// How long a fill of others may stay unseen while all is well, a restart included.
const SEEN_MAX: Ns = 12 * SECOND;

/// A fill that is not of an order of ours.
#[derive(Clone, Copy, Debug)]
struct Stranger {
    venue: usize,
    listing: usize,
    trade: TradeId,
    forced: bool,
    /// Virtual time at which it was seen in the venue's book.
    at: Ns,
}

#[derive(Debug, Default)]
#[allow(clippy::struct_excessive_bools)] // facts of the run, each for itself
pub(super) struct External {
    /// The ledgers are open, durably: from here on others may act.
    pub opened: bool,
    /// A venue was asked for a stop of its own, whose fills are told as those of others.
    pub backed: bool,
    /// A venue shut us out: for two minutes nothing can be asked there.
    pub banned: bool,
    /// Some process could not apply a fill, whenever that came.
    pub apply_fails: bool,
    /// Money moved where only the stream tells of it.
    pub untold: bool,
    /// Orders that the other client took back itself.
    pub taken_back: BTreeSet<(usize, u64)>,
    fills_read: [usize; 2],
    /// Not known to the engine yet.
    unseen: Vec<Stranger>,
    /// From here on all is well: what others do is told, and seen at once.
    pub calm: Option<Ns>,
    /// When others last moved a position, or were last found to have: by venue and product.
    moved: BTreeMap<(usize, Product), Ns>,
    /// Since when nothing is under way: before that a figure that differs proves nothing.
    pub quiet_since: Ns,
    /// When the last one came.
    pub last: Ns,
    /// Somebody did something.
    pub acted: bool,
    /// Trades by which the venue closed something, once they are known and until a person has looked.
    halted: BTreeSet<(usize, Product, TradeId)>,
    looked_at: BTreeSet<(usize, Product, TradeId)>,
}

impl External {
    pub(super) const fn any(&self) -> bool {
        self.acted
    }

    /// Others moved a position of the venue's product after a wall time, or about then.
    pub(super) fn moved_after(&self, at: usize, product: Product, wall: Ns) -> bool {
        let moved = self.moved.get(&(at, product));
        moved.is_some_and(|moved| EPOCH + *moved + CLOCKS_APART >= wall)
    }

    pub(super) fn all_seen(&self) -> bool {
        self.unseen.is_empty()
    }

    /// Records may be lost with the machine: what was known is to be seen once more.
    pub(super) fn forget(&mut self) {
        self.halted.clear();
        self.fills_read = [0; 2];
        self.unseen.clear();
    }

    /// A person took note of `binance:main/binance:linear:BTCUSDT`.
    pub(super) fn acknowledged(&mut self, stage: &Stage, id: &str) {
        let of = |key: &(usize, Product, TradeId)| {
            id.contains(&format!("/{}:{}:", stage.name(key.0), key.1.name()))
        };
        let (looked, left) = core::mem::take(&mut self.halted).into_iter().partition(of);
        self.halted = left;
        self.looked_at.extend::<BTreeSet<_>>(looked);
    }

    /// Alerts that only what happened without us excuses.
    pub(super) fn excuses(&self, code: &str, broken_bound: bool) -> bool {
        match code {
            "EXTERNAL_FILL" | "EXTERNAL_ORDER" => self.opened || self.backed,
            "RECON_DIFF" => self.untold,
            // An order that was declared gone holds nothing; its late fill may spend what was paid in a moment ago.
            "OVERDRAWN" => broken_bound && self.last > 0,
            _ => false,
        }
    }
}

impl World {
    /// Reads what is new in the venues' books, and what of it the engine knows by now.
    pub(super) fn watch_external(&mut self) {
        let Some(process) = &self.process else { return };
        self.check.strangers(self.now, &self.venues, &process.engine, &mut self.probes);
    }

    pub(super) fn check_unseen(&mut self, within: Ns) {
        if !self.is_resting() {
            self.check.external.quiet_since = self.now;
        }
        let since = self.check.external.quiet_since;
        let calm = self.check.external.calm.unwrap_or(Ns::MAX);
        let at_once = !self.check.external.banned && !self.check.external.apply_fails;
        let late = |fill: &&Stranger| {
            let told = at_once && fill.at >= calm && self.now - fill.at > SEEN_MAX;
            told || self.now - fill.at.max(since) > within
        };
        let overdue = self.check.external.unseen.iter().find(late).copied();
        if let Some(fill) = overdue {
            let text = format!(
                "trade {} of others at {} is not known after {} ms",
                fill.trade,
                self.stage.name(fill.venue),
                (self.now - fill.at) / 1_000_000
            );
            self.check.fail("33 what others do is seen", &text);
        }
    }
}

impl Check {
    fn strangers(&mut self, now: Ns, venues: &[SimVenue], engine: &Engine, probes: &mut Probes) {
        for (at, venue) in venues.iter().enumerate() {
            let model = venue.model();
            for fill in model.fills.iter().skip(self.external.fills_read[at]) {
                let Some(order) = model.orders.get(&fill.order) else { continue };
                let foreign = order.label.as_str().starts_with(FOREIGN);
                if !foreign && order.forced().is_none() {
                    continue;
                }
                self.external.acted = true;
                let Ok(trade) = TradeId::new(fill.trade_id.to_string().as_bytes()) else { continue };
                // What a client asked for halts nothing.
                let forced = order.forced().is_some_and(Forced::is_unasked);
                let product = model.listings[fill.listing].product;
                self.external.moved.insert((at, product), now);
                self.external.last = now;
                self.external.unseen.push(Stranger {
                    venue: at,
                    listing: fill.listing,
                    trade,
                    forced,
                    at: now,
                });
            }
            self.external.fills_read[at] = model.fills.len();
        }
        if self.external.unseen.is_empty() {
            return;
        }
        let mut unseen = core::mem::take(&mut self.external.unseen);
        unseen.retain(|fill| {
            let facts = &venues[fill.venue].model().listings[fill.listing];
            let id = instrument(engine, self.stage.name(fill.venue), facts.product, facts.symbol.as_str());
            let known =
                id.is_some_and(|id| engine.knows_foreign(AccountId(fill.venue as u16), id, &fill.trade));
            if known {
                self.external.moved.insert((fill.venue, facts.product), now);
            }
            if known && fill.forced {
                probes.word("closed by the venue and seen".to_owned());
                let key = (fill.venue, facts.product, fill.trade);
                if !self.external.looked_at.contains(&key) {
                    self.external.halted.insert(key);
                }
            }
            !known
        });
        self.external.unseen = unseen;
    }

    /// An opening order leaves: never where the venue closed a position and nobody has looked.
    pub(super) fn check_halted(&mut self, id: ClientId, engine: &Engine, instrument: InstrumentId) {
        let i = engine.instrument(instrument);
        let Some(venue) = self.stage.position(i.venue) else { return };
        if self.external.halted.iter().any(|(at, product, _)| (*at, *product) == (venue, i.product)) {
            self.fail("33 a halted symbol", &format!("{id} opens where the venue closed a position"));
        }
    }

    /// At rest: other clients' orders were ended by the market or by themselves, and the engine knows which are open.
    pub(super) fn check_others(&mut self, engine: &Engine, venues: &[SimVenue]) {
        for (at, venue) in venues.iter().enumerate() {
            for order in venue.model().orders.values() {
                let foreign = order.label.as_str().starts_with(FOREIGN);
                let by_user = order.reason == crate::sim::model::EndReason::ByUser;
                if foreign && by_user && !self.external.taken_back.contains(&(at, order.id)) {
                    self.fail(
                        "33 orders of others",
                        &format!("order {} of another client was cancelled", order.id),
                    );
                }
            }
            let open = engine.foreign_orders(AccountId(at as u16)).next();
            if let Some(id) = open {
                self.fail("33 orders of others", &format!("order {id} is over and still counted"));
            }
        }
    }
}

fn instrument(engine: &Engine, venue: &str, product: Product, symbol: &str) -> Option<InstrumentId> {
    engine.find_instrument(&format!("{venue}:{}:{symbol}", product.name()))
}

/// What other clients' orders that the engine knows of may still fill: (venue, listing) -> (bought, sold).
pub(super) fn others_open(venues: &[SimVenue], engine: &Engine) -> BTreeMap<(usize, usize), (i64, i64)> {
    let mut all: BTreeMap<(usize, usize), (i64, i64)> = BTreeMap::new();
    for (at, venue) in venues.iter().enumerate() {
        let known: BTreeSet<&str> = engine.foreign_orders(AccountId(at as u16)).map(Text::as_str).collect();
        if known.is_empty() {
            continue;
        }
        for order in venue.model().orders.values().filter(|order| order.state.open()) {
            if order.label.as_str().starts_with(FOREIGN) && known.contains(order.id.to_string().as_str()) {
                let slot = all.entry((at, order.listing)).or_default();
                let left = order.remaining() * order.side.sign();
                if left > 0 { slot.0 += left } else { slot.1 += left }
            }
        }
    }
    all
}
