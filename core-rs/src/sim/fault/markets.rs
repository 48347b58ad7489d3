//! What markets and clocks do wrong: data that falls silent on a link that lives, a side without orders, a price far from
//! the other venue's, an instrument that stops trading or vanishes, maintenance that ends resting orders, a wall clock
//! that is set. All of it draws from a stream of chance of its own.

use super::garble;
use super::life::Death;
use super::rng::Rng;
use super::setup::{MS, SECOND};
use super::stage::{Role, Row};
use super::swarm::Fault;
use super::world::{Job, World};
use crate::units::{Ns, Product, Side};

/// Number of the stream.
pub(super) const STREAM: u64 = 2;
/// Pause between two bent markets, so that no book of the one still stands where the other bends.
const BEND_PAUSE: Ns = 6 * SECOND;
/// How far a wall clock may be set away from the true time, all steps together.
const SKEW_MAX: Ns = 3 * SECOND;
/// The process reads the venues' lists this much later at most.
const LISTS_LATE: Ns = 1_500 * MS;

const PRODUCTS: [Product; 2] = [Product::Spot, Product::Linear];

/// How far an instrument is open, each less than the one before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Phase {
    #[default]
    Trading,
    CancelOnly,
    Delisted,
}

/// A market's turn that was set for later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum MarketTurn {
    /// The one that was bent stands straight again.
    Straight,
    Phase {
        venue: usize,
        product: usize,
        phase: Phase,
    },
    Open {
        venue: usize,
    },
}

#[derive(Debug)]
pub(super) struct Markets {
    rng: Rng,
    /// By venue and product.
    phases: [[Phase; 2]; 2],
    /// The market that is bent, and from when on another may be.
    bent: Option<(usize, usize)>,
    bend_again: Ns,
    /// Venues in maintenance take no order.
    closed: [bool; 2],
    /// How far the machine's wall clock was set away from the true time.
    pub system_skew: Ns,
}

impl Markets {
    pub(super) fn new(rng: Rng) -> Self {
        Self {
            rng,
            phases: [[Phase::Trading; 2]; 2],
            bent: None,
            bend_again: 0,
            closed: [false; 2],
            system_skew: 0,
        }
    }
}

impl World {
    /// As [`World::strikes`], from the markets' stream.
    fn market_strikes(&mut self, fault: Fault) -> bool {
        let rate = self.swarm.rate(fault);
        let struck = rate > 0 && self.markets.rng.chance(rate);
        if struck {
            self.struck(fault);
        }
        struck
    }

    fn any_market(&mut self) -> (usize, usize) {
        (self.markets.rng.below(2) as usize, self.markets.rng.below(2) as usize)
    }

    fn market_later(&mut self, least: Ns, most: Ns, turn: MarketTurn) {
        let delay = self.markets.rng.span(least, most);
        self.at(delay, Job::Market(turn));
    }

    /// Once a second.
    pub(super) fn market_faults(&mut self) {
        if self.market_strikes(Fault::Silence) {
            let public: Vec<usize> =
                (0..self.stage.links.len()).filter(|at| self.stage.links[*at].role == Role::Public).collect();
            let link = *self.markets.rng.pick(&public);
            self.struck_at(self.stage.links[link].venue, Fault::Silence);
            if let Some(known) = self.links[link].conn.and_then(|conn| self.conns.get_mut(&conn)) {
                known.mute = true;
            }
        }
        let may_bend = self.markets.bent.is_none() && self.now >= self.markets.bend_again;
        if may_bend && self.market_strikes(Fault::EmptySide) {
            let side = *self.markets.rng.pick(&[Side::Buy, Side::Sell]);
            self.sway_market(0, Some(side));
        } else if may_bend && self.market_strikes(Fault::FarPrice) {
            let permille = self.markets.rng.span(15, 200) * *self.markets.rng.pick(&[-1, 1]);
            self.sway_market(permille * 1_000_000, None);
        }
        if self.market_strikes(Fault::CancelOnly) {
            let (venue, product) = self.any_market();
            if self.markets.phases[venue][product] == Phase::Trading {
                self.set_phase(venue, product, Phase::CancelOnly);
                self.struck_at(venue, Fault::CancelOnly);
                let delists = self.market_strikes(Fault::Delisting);
                let phase = if delists { Phase::Delisted } else { Phase::Trading };
                self.market_later(500 * MS, 3 * SECOND, MarketTurn::Phase { venue, product, phase });
            }
        }
        if self.market_strikes(Fault::Restarted) {
            let venue = self.markets.rng.below(2) as usize;
            self.markets.closed[venue] = true;
            self.struck_at(venue, Fault::Restarted);
            self.end_resting(venue, None);
            self.market_later(500 * MS, 3 * SECOND, MarketTurn::Open { venue });
        }
        if self.market_strikes(Fault::ClockStep) {
            let step = self.markets.rng.span(-2 * SECOND, 2 * SECOND);
            self.markets.system_skew = (self.markets.system_skew + step).clamp(-SKEW_MAX, SKEW_MAX);
            // A process runs on its own clock: the next one starts on the machine's.
            if self.markets.rng.chance(400_000) {
                self.die(Death::Kill);
            }
        }
    }

    pub(super) fn market_turn(&mut self, turn: MarketTurn) {
        match turn {
            MarketTurn::Straight => self.straighten(),
            MarketTurn::Open { venue } => self.markets.closed[venue] = false,
            MarketTurn::Phase { venue, product, phase } if self.faulty => {
                self.set_phase(venue, product, phase);
                if phase == Phase::Delisted {
                    let back = MarketTurn::Phase { venue, product, phase: Phase::Trading };
                    self.market_later(2 * SECOND, 8 * SECOND, back);
                }
            }
            MarketTurn::Phase { .. } => {}
        }
    }

    /// One market is bent for a while.
    fn sway_market(&mut self, shift_ppb: i64, empty: Option<Side>) {
        let (venue, product) = self.any_market();
        self.markets.bent = Some((venue, product));
        self.struck_at(venue, if empty.is_some() { Fault::EmptySide } else { Fault::FarPrice });
        self.venues[venue].sway(PRODUCTS[product], shift_ppb, empty);
        self.market_later(SECOND, 4 * SECOND, MarketTurn::Straight);
    }

    fn straighten(&mut self) {
        if let Some((venue, product)) = self.markets.bent.take() {
            self.venues[venue].sway(PRODUCTS[product], 0, None);
            self.markets.bend_again = self.now + BEND_PAUSE;
        }
    }

    /// The venue opens or shuts an instrument; the process reads of it a little later.
    fn set_phase(&mut self, venue: usize, product: usize, phase: Phase) {
        self.markets.phases[venue][product] = phase;
        self.trace.say(self.now, || {
            format!("MARKET {} {} {phase:?}", self.stage.name(venue), PRODUCTS[product].name())
        });
        if phase == Phase::Delisted {
            self.struck_at(venue, Fault::Delisting);
        }
        if phase == Phase::Delisted && self.markets.rng.chance(500_000) {
            self.end_resting(venue, Some(PRODUCTS[product]));
        }
        let (life, delay) = (self.life, self.markets.rng.span(0, LISTS_LATE));
        self.at(delay, Job::Instruments { venue, product: product as u8, life });
    }

    /// The venue ends what rests, and tells of it.
    fn end_resting(&mut self, venue: usize, product: Option<Product>) {
        let wall = self.wall();
        let effects = self.venues[venue].end_resting(product, wall);
        self.check.venue_answered(venue, &self.venues, &effects);
        self.carry(venue, effects);
    }

    /// Everything trades again. A stream that fell silent stays silent until it is asked for anew.
    pub(super) fn heal_markets(&mut self) {
        self.straighten();
        self.markets.closed = [false; 2];
        for (venue, product) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
            if self.markets.phases[venue][product] != Phase::Trading {
                self.set_phase(venue, product, Phase::Trading);
            }
        }
    }

    pub(super) fn phase(&self, venue: usize, product: Product) -> Phase {
        self.markets.phases[venue][usize::from(product == Product::Linear)]
    }

    // -- on the wire

    /// Market data that does not come: its stream fell silent, or there is no such instrument.
    pub(super) fn is_mute(&self, conn: u64, data: &[u8]) -> bool {
        let Some(known) = self.conns.get(&conn) else { return false };
        let row = self.stage.links[known.link];
        let gone = row.role == Role::Public && self.phase(row.venue, row.product) == Phase::Delisted;
        (known.mute || gone) && garble::is_market(row.words, data)
    }

    /// A subscription that arrives makes a silent stream speak again.
    pub(super) fn hears_subscription(&mut self, conn: u64, data: &[u8]) {
        if let Some(known) = self.conns.get_mut(&conn).filter(|known| known.mute)
            && garble::is_subscription(self.stage.links[known.link].words, data)
        {
            known.mute = false;
        }
    }

    /// Links whose data is silent are alive all the same, once a second.
    pub(super) fn keep_mute_alive(&mut self) {
        for (link, row) in self.stage.links.iter().enumerate() {
            let Some(conn) = self.links[link].conn else { continue };
            let mute = self.conns.get(&conn).is_some_and(|known| known.mute && !known.half_open);
            if mute && self.now >= self.outage[row.venue] {
                self.at(MS, Job::ToEngine { conn, data: row.words.alive.as_bytes().to_vec() });
            }
        }
    }

    /// How a closed market answers an order request.
    pub(super) fn market_refusal(&self, link: usize, data: &[u8], place: bool) -> Option<Vec<u8>> {
        let row = self.stage.links[link];
        let product = garble::product_of(row, data);
        let fault = match self.phase(row.venue, product) {
            Phase::Delisted => Fault::Delisting,
            Phase::CancelOnly if place => Fault::CancelOnly,
            Phase::CancelOnly | Phase::Trading if place && self.markets.closed[row.venue] => {
                Fault::Maintenance
            }
            Phase::CancelOnly | Phase::Trading => return None,
        };
        garble::refusal(self.stage.venues[row.venue], Row { product, ..row }, data, fault)
    }

    /// The answer to a question about an instrument that is not listed.
    pub(super) fn delisted_answer(&self, link: usize, target: &str) -> Option<(u16, Vec<u8>)> {
        let row = self.stage.links[link];
        let product = garble::product_of(row, target.as_bytes());
        let asked = target.contains(row.words.asks_of) && self.phase(row.venue, product) == Phase::Delisted;
        let (status, body) = row.words.no_symbol;
        asked.then(|| (status, body.as_bytes().to_vec()))
    }
}
