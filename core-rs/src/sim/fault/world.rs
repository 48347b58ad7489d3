//! One run: venues, network, process and disk under virtual time, driven by one queue.

use super::bounds::Bounds;
use super::check::Check;
use super::client::Client;
use super::disk::Disk;
use super::link::Link;
use super::markets::{self, MarketTurn, Markets};
use super::mutant::Harness;
use super::probe::{Probes, stage_name};
use super::rng::Rng;
use super::setup::{EPOCH, PAIR_COUNT, SECOND, engine_config, venue_config};
use super::stage::Stage;
use super::swarm::{Fault, Swarm};
use super::terms::Terms;
use super::trace::Trace;
use crate::engine::{Effect, Effects, Engine, Input};
use crate::sim::SimVenue;
use crate::units::{Ns, Product};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, VecDeque};

/// Number of the account side's stream of chance.
const ACCOUNT_STREAM: u64 = 1;
/// Of so many seeds one writes events that nobody reads, as the service does.
const ALL_EVENTS_EVERY: u64 = 16;

/// Something under way. What carries a `life` belongs to one process and dies with it.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Job {
    /// A frame arrives at the venue; `gate`: when it passed the time window, if it was worked on late.
    ToVenue {
        conn: u64,
        data: Vec<u8>,
        gate: Option<Ns>,
        reply: ReplyFault,
    },
    ToEngine {
        conn: u64,
        data: Vec<u8>,
    },
    Request {
        link: usize,
        number: u64,
        data: Vec<u8>,
        life: u64,
    },
    Answer {
        number: u64,
        status: u16,
        body: Vec<u8>,
        /// It shows a whole book of this link's product.
        shows: Option<usize>,
        life: u64,
    },
    Synced {
        life: u64,
    },
    Connect {
        link: usize,
        life: u64,
    },
    /// The process learns that a link it gave up is down.
    Down {
        link: usize,
        life: u64,
    },
    /// A half-open connection is noticed.
    Noticed {
        conn: u64,
    },
    Wake {
        at: Ns,
        life: u64,
    },
    Clock {
        venue: usize,
        life: u64,
    },
    Instruments {
        venue: usize,
        product: u8,
        life: u64,
    },
    Publish {
        venue: usize,
    },
    Market(MarketTurn),
    /// The account's side does what it planned.
    Later(super::accounts::Later),
    Second,
    Boot,
    /// A person restarts the process after a full disk.
    Replace {
        life: u64,
    },
}

/// What becomes of the reply to an order request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum ReplyFault {
    None,
    Lost,
    Twice,
    Delayed(Ns),
    /// Replaced by one that says nothing about the outcome.
    Unknown,
}

/// The process under test: the reducer and the state of its executor.
pub(super) struct Process {
    pub engine: Engine,
    pub queue: VecDeque<(VecDeque<Effect>, bool)>,
    pub running: bool,
    /// The engine knows that the journal can not be written.
    pub journal_fault: bool,
    pub journal_closed: bool,
    pub wake: Option<Ns>,
    pub parked: VecDeque<(usize, u64, Vec<u8>)>,
    pub fetches: usize,
    pub durable: u64,
    /// Its monotonic clock began this much before the run.
    pub mono: Ns,
    /// How far its wall clock is off: it was read once, and runs on the monotonic clock from then on.
    pub skew: Ns,
    /// How far the machine's was then.
    pub system_skew: Ns,
    /// Newest record that the checker has looked at.
    pub seq_seen: u64,
}

pub(super) struct World {
    pub stage: &'static Stage,
    pub rng: Rng,
    /// The stream of the account's side.
    pub side: Rng,
    pub markets: Markets,
    pub swarm: Swarm,
    /// Only time fails: what comes late must be undone in time.
    pub late: bool,
    /// Every event is written, not only what the checker reads.
    hears_all: bool,
    /// Reads the API of a run whose events are all written.
    pub client: Option<Client>,
    pub harness: Harness,
    pub config: String,
    pub mutant: String,
    /// Counts starts of the machine; its monotonic clock begins anew with each.
    pub machine: u32,
    pub mono: Ns,
    pub now: Ns,
    pub venues: Vec<SimVenue>,
    pub process: Option<Process>,
    /// Mutant: a process that should be dead.
    pub ghost: Option<Engine>,
    /// Counts processes.
    pub life: u64,
    pub disk: Disk,
    /// A replay of the journal, and how far it has read; void once the disk lost something.
    pub shadow: Option<(Engine, usize)>,
    pub links: Vec<Link>,
    /// Live connections and those that still have frames under way.
    pub conns: BTreeMap<u64, super::link::Conn>,
    pub check: Check,
    pub bounds: Bounds,
    pub probes: Probes,
    pub trace: Trace,
    pub faulty: bool,
    /// From this wall time on all is well.
    pub calm: Option<Ns>,
    pub events: u64,
    pub outage: [Ns; 2],
    /// Pairs that are switched off for good.
    pub stopped: [bool; PAIR_COUNT],
    pub slow_disk: Ns,
    /// When people ask for cancels again.
    pub cancels_again: Ns,
    queue: BinaryHeap<Reverse<(Ns, u64, Job)>>,
    pub serial: u64,
}

impl World {
    pub(super) fn new(terms: Terms<'_>) -> Self {
        let Terms { seed, mutant, tracing, late, venues } = terms;
        let stage = Stage::of_seed(seed, venues);
        let mut rng = Rng::new(seed);
        let mut side = Rng::stream(seed, ACCOUNT_STREAM);
        let mut market_rng = Rng::stream(seed, markets::STREAM);
        let swarm = terms.swarm(&mut rng, &mut side, &mut market_rng);
        let (harness, engine_mutant) = Harness::parse(mutant);
        let config = engine_config(stage, &swarm, engine_mutant, 0);
        let exposure_max = swarm.exposure_max;
        let mono = rng.span(SECOND, 1_000 * SECOND);
        let venue = |at| SimVenue::new(venue_config(stage, &swarm, at, seed).as_bytes());
        // The configurations are this room's own and tested: a refusal leaves a world without venues, and a violation.
        let venues: Vec<SimVenue> = (0..stage.venues.len()).filter_map(|at| venue(at).ok()).collect();
        let reads = seed.is_multiple_of(ALL_EVENTS_EVERY);
        let mut world = Self {
            stage,
            rng,
            side,
            markets: Markets::new(market_rng),
            config,
            mutant: engine_mutant.to_owned(),
            machine: 0,
            mono,
            now: 0,
            venues,
            process: None,
            ghost: None,
            life: 0,
            disk: Disk::new(harness == Harness::JournalAfterAck, harness == Harness::PageCacheOnly),
            shadow: None,
            links: stage.links.iter().map(|_| Link::default()).collect(),
            conns: BTreeMap::new(),
            check: Check::new(stage, swarm.broken_bound, exposure_max),
            bounds: Bounds::default(),
            probes: Probes::default(),
            trace: Trace::new(tracing),
            faulty: true,
            calm: None,
            events: 0,
            outage: [0; 2],
            stopped: [false; PAIR_COUNT],
            slow_disk: 0,
            cancels_again: 0,
            queue: BinaryHeap::new(),
            serial: 0,
            swarm,
            late,
            hears_all: tracing || reads,
            client: reads.then(Client::default),
            harness,
        };
        for at in 0..world.venues.len() {
            world.venues[at].stop_writing();
            world.endow(at);
            let effects = world.venues[at].start(EPOCH);
            world.note_books(at);
            world.carry(at, effects);
            world.schedule_venue(at);
        }
        world.probes.word(stage_name(stage.venues));
        world.at(0, Job::Boot);
        world.at(SECOND, Job::Second);
        world
    }

    pub(super) fn wall(&self) -> Ns {
        EPOCH + self.now
    }

    pub(super) fn at(&mut self, delay: Ns, job: Job) {
        self.serial += 1;
        self.queue.push(Reverse((self.now + delay.max(0), self.serial, job)));
    }

    pub(super) fn alive(&self, life: u64) -> bool {
        self.process.is_some() && self.life == life
    }

    /// True when the fault happens now; counted and told.
    pub(super) fn strikes(&mut self, fault: Fault) -> bool {
        let rate = self.swarm.rate(fault);
        let rng = if fault.of_account() { &mut self.side } else { &mut self.rng };
        let struck = rate > 0 && rng.chance(rate);
        if struck {
            self.struck(fault);
        }
        struck
    }

    /// The same at a venue.
    pub(super) fn strikes_at(&mut self, venue: usize, fault: Fault) -> bool {
        let struck = self.strikes(fault);
        if struck {
            self.struck_at(venue, fault);
        }
        struck
    }

    /// What struck did so at this venue.
    pub(super) fn struck_at(&mut self, venue: usize, fault: Fault) {
        self.probes.fault_at(fault, self.stage.venues[venue]);
    }

    pub(super) fn struck(&mut self, fault: Fault) {
        self.probes.fault(fault);
        self.trace.say(self.now, || format!("FAULT  {}", fault.name()));
    }

    /// Runs until `until` or the first violation.
    pub(super) fn run_until(&mut self, until: Ns) {
        while self.check.violation.is_none() {
            let Some(Reverse((at, _, _))) = self.queue.peek() else { break };
            if *at > until {
                break;
            }
            let Some(Reverse((at, _, job))) = self.queue.pop() else { break };
            self.now = at;
            self.events += 1;
            self.one(job);
        }
        self.now = self.now.max(until);
    }

    fn one(&mut self, job: Job) {
        match job {
            Job::ToVenue { conn, data, gate, reply } => self.arrive(conn, &data, gate, reply),
            Job::ToEngine { conn, data } => self.hear(conn, &data),
            Job::Request { link, number, data, life } => self.serve(link, number, &data, life),
            Job::Answer { number, status, body, shows, life } if self.alive(life) => {
                if let Some(link) = shows {
                    self.links[link].heard = self.now;
                }
                self.trace.bytes(self.now, "ANSWER", number, &body);
                if let Some(process) = &mut self.process {
                    process.fetches = process.fetches.saturating_sub(1);
                }
                self.input(Input::Reply { request: number, status, body: &body });
            }
            Job::Synced { life } if self.alive(life) => self.synced(),
            Job::Connect { link, life } if self.alive(life) => self.connect(link),
            Job::Down { link, life } if self.alive(life) => self.link_input(link, false),
            Job::Noticed { conn } => self.notice(conn),
            Job::Wake { at, life } if self.alive(life) => self.wake(at),
            Job::Clock { venue, life } if self.alive(life) => self.tell_clock(venue),
            Job::Instruments { venue, product, life } if self.alive(life) => {
                let product = if product == 0 { Product::Spot } else { Product::Linear };
                self.tell_instruments(venue, product);
            }
            Job::Publish { venue } => {
                let wall = self.wall();
                // A market whose pace changed is called by another job.
                if self.venues[venue].next_wake() <= wall {
                    let effects = self.venues[venue].on_timer(wall);
                    self.note_books(venue);
                    self.carry(venue, effects);
                    self.schedule_venue(venue);
                }
            }
            Job::Market(turn) => self.market_turn(turn),
            Job::Later(later) => self.later(later),
            Job::Second => {
                self.at(SECOND, Job::Second);
                self.each_second();
            }
            Job::Boot => self.boot(),
            Job::Replace { life } if self.alive(life) => self.die(super::life::Death::Kill),
            Job::Answer { .. }
            | Job::Synced { .. }
            | Job::Connect { .. }
            | Job::Down { .. }
            | Job::Wake { .. }
            | Job::Clock { .. }
            | Job::Instruments { .. }
            | Job::Replace { .. } => {}
        }
    }

    fn wake(&mut self, at: Ns) {
        let Some(process) = &mut self.process else { return };
        if process.wake == Some(at) {
            process.wake = None;
            self.input(Input::Timer);
        }
    }

    pub(super) fn schedule_venue(&mut self, venue: usize) {
        let due = self.venues[venue].next_wake() - EPOCH;
        self.at(due - self.now, Job::Publish { venue });
    }

    /// Room for what a step wants done.
    pub(super) const fn effects(&self) -> Effects {
        if self.hears_all { Effects::all() } else { Effects::hearing("alerts") }
    }
}
