//! The simulated venue: requests, frames and timers in, effects out. Time comes with each call.

mod levers;

use super::config::{Config, MarketSource, Opening};
use super::dialect::{Answers, Conn, Push, Speech, World, speech};
use super::http::{Reply, Request};
use super::live::{Live, LiveBooks};
use super::market::Path;
use super::meter::Meters;
use super::model::{Event, Logged, Model};
use super::record;
use super::recorded::Recorded;
use crate::units::{Ns, Product, Venue};
use std::collections::BTreeMap;

/// Connections open at once; one more is cut.
pub const CONNECTIONS_MAX: usize = 512;
/// Book update ids start at this many per wall millisecond, so that they grow across restarts.
const UPDATE_IDS_PER_MS: i64 = 16;
/// Between timers of a venue that publishes nothing: what has a lifetime (listen keys) ends this exactly.
const IDLE: Ns = 1_000_000_000;

/// What the host does, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SimEffect {
    /// Append to the book of record before anything later is sent.
    Record(Vec<u8>),
    /// Answer the HTTP request.
    Http { status: u16, headers: Vec<(String, String)>, body: Vec<u8> },
    /// Send a text frame.
    Frame { conn: u64, data: Vec<u8> },
    /// Close a connection.
    Hangup { conn: u64 },
}

/// A simulated venue with one or both of its products.
#[derive(Debug)]
pub struct SimVenue {
    world: World,
    speech: &'static Speech,
    seed: u64,
    openings: Vec<Opening>,
    recorded: Option<Recorded>,
    live: Option<Live>,
    /// Time between publications of a book.
    tick: Ns,
    /// When each listing publishes next.
    due: Vec<Ns>,
    conns: BTreeMap<u64, Conn>,
    /// Events are told of by empty records: whoever looks reads the model itself.
    unwritten: bool,
}

impl SimVenue {
    /// `config` is JSON, see `_core.pyi`. The error is one sentence.
    pub fn new(config: &[u8]) -> Result<Self, String> {
        let config = Config::parse(config)?;
        let path = |l| Path::new(config.seed, config.venue, l).with_levels(config.levels);
        let paths = config.listings.iter().map(path).collect();
        let recorded = match config.market {
            MarketSource::Synthetic | MarketSource::Live => None,
            MarketSource::Frames => Some(Recorded::new(config.venue, &config.listings)),
        };
        let live = (config.market == MarketSource::Live).then(|| Live::new(config.fees));
        let due = vec![Ns::MAX; config.listings.len()];
        let speech =
            speech(config.venue).ok_or_else(|| format!("{} is not simulated yet", config.venue.name()))?;
        let model = Model::new(config.venue, config.listings, config.accounts);
        let world = World {
            model,
            paths,
            meters: Meters::new(config.budget_times),
            now: 0,
            listen_keys: BTreeMap::new(),
            serial: 0,
            passed_gate: None,
        };
        let (seed, openings, tick) = (config.seed, config.openings, config.tick);
        Ok(Self {
            world,
            speech,
            seed,
            openings,
            recorded,
            live,
            tick,
            due,
            conns: BTreeMap::new(),
            unwritten: false,
        })
    }

    /// Reads a book of record back, before `start`; returns the bytes understood.
    pub fn restore(&mut self, records: &[u8]) -> usize {
        let understood = record::restore(&mut self.world.model, records);
        self.grow();
        understood
    }

    /// Funds new accounts, ends what a crash left half done, opens the market.
    pub fn start(&mut self, wall: Ns) -> Vec<SimEffect> {
        self.world.now = wall;
        for opening in std::mem::take(&mut self.openings) {
            let holdings = &self.world.model.accounts[opening.account].balances;
            let fresh = !holdings.contains_key(&(opening.wallet, opening.asset));
            if fresh {
                self.world.model.fund(opening.account, opening.wallet, opening.asset, opening.amount, wall);
            }
        }
        self.world.model.end_immediate(wall);
        let count = self.due.len() as i64;
        for listing in 0..self.due.len() {
            self.world.model.books[listing].last_id = (wall / 1_000_000 * UPDATE_IDS_PER_MS).max(0) as u64;
            self.due[listing] =
                wall - wall.rem_euclid(self.tick) + self.tick + self.tick * listing as i64 / count;
            self.publish(listing);
        }
        self.flush(Vec::new(), Vec::new())
    }

    pub fn on_http(
        &mut self,
        method: &str,
        target: &str,
        headers: &[(String, String)],
        body: &[u8],
        wall: Ns,
    ) -> Vec<SimEffect> {
        self.world.now = wall;
        let request = Request::new(method, target, headers, body);
        let Reply { status, mut headers, body } = (self.speech.http)(&mut self.world, &request);
        headers.push(("Content-Type".into(), "application/json;charset=UTF-8".into()));
        self.flush(vec![SimEffect::Http { status, headers, body: body.0.into_bytes() }], Vec::new())
    }

    pub fn on_open(&mut self, conn: u64, target: &str, wall: Ns) -> Vec<SimEffect> {
        self.world.now = wall;
        match (self.speech.open)(&self.world, target) {
            Some(state) if self.conns.len() < CONNECTIONS_MAX => {
                self.conns.insert(conn, state);
                Vec::new()
            }
            _ => vec![SimEffect::Hangup { conn }],
        }
    }

    pub fn on_frame(&mut self, conn: u64, payload: &[u8], wall: Ns) -> Vec<SimEffect> {
        self.world.now = wall;
        let Some(mut state) = self.conns.remove(&conn) else { return Vec::new() };
        let Answers { frames, hangup } = (self.speech.frame)(&mut self.world, conn, &mut state, payload);
        let mut effects: Vec<SimEffect> =
            frames.into_iter().map(|frame| SimEffect::Frame { conn, data: frame.into_bytes() }).collect();
        if hangup {
            effects.push(SimEffect::Hangup { conn });
        } else {
            self.conns.insert(conn, state);
        }
        self.flush(effects, Vec::new())
    }

    pub fn on_close(&mut self, conn: u64) {
        self.conns.remove(&conn);
    }

    /// Publishes what is due. A late call publishes once, not once per missed moment.
    pub fn on_timer(&mut self, wall: Ns) -> Vec<SimEffect> {
        self.world.now = wall;
        let mut pushes = Vec::new();
        for listing in 0..self.due.len() {
            if self.due[listing] <= wall {
                pushes.extend(self.publish(listing));
                let missed = (wall - self.due[listing]) / self.tick + 1;
                self.due[listing] += missed * self.tick;
            }
        }
        let expired = self.expire_listen_keys();
        self.flush(expired, pushes)
    }

    /// One recorded public frame becomes the market. Needs `"market":"frames"` in the configuration.
    pub fn feed(&mut self, frame: &[u8], wall: Ns) -> Vec<SimEffect> {
        self.world.now = wall;
        if let Some(recorded) = &mut self.recorded {
            recorded.feed(frame, wall);
        }
        self.on_timer(wall)
    }

    /// Wall time at which `on_timer` is due.
    pub fn next_wake(&self) -> Ns {
        self.due.iter().copied().min().unwrap_or(self.world.now + IDLE)
    }

    /// Takes over the real venues' books, which are this venue's market: all of them before a request, and those in which an
    /// order rests after a change. Needs `"market":"live"` in the configuration.
    pub fn follow(&mut self, books: &dyn LiveBooks, all: bool, wall: Ns) -> Vec<SimEffect> {
        self.world.now = wall;
        if let Some(live) = &mut self.live {
            live.follow(&mut self.world.model, books, all, wall);
        }
        self.grow();
        self.flush(Vec::new(), Vec::new())
    }

    /// One frame of public trades of the real venue: resting orders move up in their queues, and fill.
    pub fn tape(&mut self, product: Product, frame: &[u8], wall: Ns) -> Vec<SimEffect> {
        self.world.now = wall;
        if let Some(live) = &mut self.live {
            live.tape(&mut self.world.model, product, frame, wall);
        }
        self.flush(Vec::new(), Vec::new())
    }

    /// Frames for the real venue that keep the tape to the instruments in which orders rest; `fresh`: none were sent yet.
    pub fn tape_frames(&mut self, product: Product, fresh: bool) -> Vec<Vec<u8>> {
        self.live.as_mut().map_or_else(Vec::new, |live| live.tape_frames(&self.world.model, product, fresh))
    }

    /// Instruments in which orders rest, as `venue:type:symbol`: their books must be kept.
    pub fn resting(&self) -> Vec<String> {
        self.live.as_ref().map_or_else(Vec::new, |live| live.resting(&self.world.model))
    }

    /// Keeps what is by listing as long as the model's list: a live market adds to it.
    fn grow(&mut self) {
        if let Some(live) = &mut self.live {
            live.grow(&self.world.model);
            let Self { world, seed, .. } = self;
            for listing in world.model.listings.iter().skip(world.paths.len()) {
                world.paths.push(Path::new(*seed, world.model.venue, listing));
            }
        }
    }

    pub const fn venue(&self) -> Venue {
        self.world.model.venue
    }

    /// Moves one listing's market and publishes the change.
    fn publish(&mut self, listing: usize) -> Vec<Push> {
        let now = self.world.now;
        let world = &mut self.world;
        let facts = world.model.listings[listing].clone();
        let [bids, asks] = match &self.recorded {
            None => world.paths[listing].levels(&facts, now),
            Some(recorded) => recorded.levels(listing),
        };
        world.model.books[listing].bids.refill(&bids);
        world.model.books[listing].asks.refill(&asks);
        world.model.cross_resting(listing, now);
        world.model.fire_stops(listing, now);
        if let Some((side, qty)) = world.paths[listing].print(&facts, now).filter(|_| self.recorded.is_none())
        {
            world.model.market_trade(listing, side, qty, now);
        }
        let Speech { depth, dense, changes, .. } = self.speech;
        let Some(change) = world.model.books[listing].publish(*depth, *dense) else { return Vec::new() };
        let wanted = |product: Product, topic: &str| self.conns.values().any(|c| c.follows(product, topic));
        changes(&self.world, listing, &change, &wanted)
    }

    /// Tells the sockets of dead listen keys, once.
    fn expire_listen_keys(&mut self) -> Vec<SimEffect> {
        let (keys, now) = (&self.world.listen_keys, self.world.now);
        let dead = |key: &String| keys.get(key).is_none_or(|(_, ends)| *ends <= now);
        let mut effects = Vec::new();
        for (conn, state) in &mut self.conns {
            if let Some(key) = state.listen_key.take_if(|key| dead(key)) {
                let body = format!(
                    "{{\"e\":\"listenKeyExpired\",\"E\":{},\"listenKey\":\"{key}\"}}",
                    now / 1_000_000
                );
                effects.push(SimEffect::Frame { conn: *conn, data: body.into_bytes() });
                state.subscriptions.clear();
            }
        }
        effects
    }

    /// Records first, then the answers, then what others hear of it.
    fn flush(&mut self, answers: Vec<SimEffect>, market: Vec<Push>) -> Vec<SimEffect> {
        let events: Vec<Logged> = self.world.model.take_log();
        if self.live.is_some() {
            self.queue_up(&events);
        }
        let mut effects = Vec::with_capacity(answers.len() + 1);
        if !events.is_empty() {
            let written = if self.unwritten { &[][..] } else { &events[..] };
            let lines: String =
                written.iter().map(|logged| record::write(&self.world.model, logged)).collect();
            effects.push(SimEffect::Record(lines.into_bytes()));
        }
        effects.extend(answers);
        let prints = self.world.model.take_prints();
        let wanted = |product: Product, topic: &str| self.conns.values().any(|c| c.follows(product, topic));
        let user = (self.speech.user)(&self.world, &events);
        let trades = prints
            .iter()
            .flat_map(|(listing, print)| (self.speech.prints)(&self.world, *listing, print, &wanted));
        for push in user.into_iter().chain(trades).chain(market) {
            self.deliver(&push, &mut effects);
        }
        effects
    }

    /// Orders that have just come to rest stand behind what stands there now.
    fn queue_up(&mut self, events: &[Logged]) {
        for logged in events {
            if let Event::Accept(order) = &logged.event {
                self.world.model.shorten_queues(order.listing);
            }
        }
    }

    fn deliver(&self, push: &Push, effects: &mut Vec<SimEffect>) {
        for (conn, state) in self.conns.iter().filter(|(_, state)| state.wants(push)) {
            let frame = (self.speech.render)(state, push);
            effects.push(SimEffect::Frame { conn: *conn, data: frame.into_bytes() });
        }
    }
}
