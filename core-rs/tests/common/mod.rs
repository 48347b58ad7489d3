//! Engine and simulated venues in one process, meeting only through wire bytes, under virtual time.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, clippy::panic)] // shared by several tests; a test stops

mod ask;
mod build;
pub mod protect;
mod setup;

use setup::Row;
pub use setup::{btc_pair, config};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use tidegate_core::engine::{Effect, Effects, Engine, Input};
use tidegate_core::sim::{SimEffect, SimVenue};
use tidegate_core::units::{LinkId, Now, Ns};

pub const MS: Ns = 1_000_000;
pub const SECOND: Ns = 1_000 * MS;
/// One way over the wire.
const WIRE: Ns = MS / 2;
/// A question to a venue that can not be reached is given up after this; a connection is tried again.
const NO_ANSWER: Ns = 2 * SECOND;
const RETRY: Ns = 500 * MS;
/// From a journal write until it is on disk.
const DISK: Ns = 5 * MS;
const EPOCH: Ns = 1_790_000_000 * SECOND;

/// Something under way.
#[derive(Debug)]
enum Job {
    ToVenue { link: usize, conn: u64, data: Vec<u8> },
    ToEngine { link: usize, conn: u64, data: Vec<u8> },
    Request { link: usize, number: u64, data: Vec<u8> },
    Reply { number: u64, status: u16, body: Vec<u8>, life: u64 },
    Durable { seq: u64, life: u64 },
    Hangup { link: usize, conn: u64 },
    Connect { link: usize, life: u64 },
    Wake { life: u64 },
    Venue { venue: usize },
}

pub struct World {
    names: [&'static str; 2],
    links: Vec<Row>,
    pub engine: Engine,
    pub venues: Vec<SimVenue>,
    pub now: Ns,
    pub journal: Vec<u8>,
    /// Where each record of the journal ends.
    pub ends: Vec<usize>,
    pub events: Vec<String>,
    /// Books of record.
    pub record: Vec<String>,
    /// Client ids of every order request that reached a venue.
    pub sent: Vec<String>,
    /// Every cancel request that reached a venue.
    pub sent_cancels: Vec<String>,
    /// Link of every request over REST.
    pub asked: Vec<usize>,
    /// Link of everything private that was sent: frames of account links, signed requests.
    pub private: Vec<usize>,
    /// Sends that waited for a record to be on disk, and for which.
    pub held_back: Vec<(Vec<u8>, u64)>,
    config: String,
    queue: BTreeMap<(Ns, u64), Job>,
    serial: u64,
    conns: Vec<Option<u64>>,
    conn_link: BTreeMap<u64, usize>,
    wake: Option<Ns>,
    /// Grows with each crash: what belongs to an earlier process reaches nobody.
    life: u64,
    /// Frames of these links are dropped (market data lost on the way).
    pub drop_next: BTreeSet<usize>,
    /// All frames of these links are lost while they stand here.
    pub silent: BTreeSet<usize>,
    /// The next order request of these links never arrives.
    pub lose_request: BTreeSet<usize>,
    /// The next cancel of these links never arrives.
    pub lose_cancel: BTreeSet<usize>,
    /// Replies and frames of order links are lost while set.
    pub lose_answers: bool,
    /// Nothing these venues say of accounts and orders arrives.
    pub mute: BTreeSet<usize>,
    /// These venues can not be reached: no connection stands, no question is answered. They go on without us.
    pub gone: BTreeSet<usize>,
    /// What these venues answer to every question instead of what they would.
    pub answer: BTreeMap<usize, (u16, String)>,
    /// Symbols that these venues have taken off their lists, and what they answer to whoever asks about one.
    pub delisted: BTreeMap<usize, (&'static str, u16, &'static str)>,
    /// Frames of these links come later by this much.
    pub slow: BTreeMap<usize, Ns>,
    /// Stop at a journal record with this number: the process dies right after the write.
    pub crash_at: Option<u64>,
    pub crashed: bool,
    /// Spent in the engine with anything but market data: for benches.
    pub own_time: Duration,
    pub clock: fn() -> Duration,
}

impl World {
    pub fn wall(&self) -> Ns {
        EPOCH + self.now
    }

    pub fn moment(&self) -> Now {
        Now { mono: self.now + SECOND, wall: self.wall() }
    }

    fn at(&mut self, delay: Ns, job: Job) {
        self.serial += 1;
        self.queue.insert((self.now + delay, self.serial), job);
    }

    /// The next process is started with this.
    pub fn configure(&mut self, config: String) {
        self.config = config;
    }

    /// Kill -9 and start again: what was on the wire towards the process is lost, what was on its way out arrives.
    pub fn restart(&mut self) {
        self.restart_with(None);
    }

    /// The same with a snapshot of the journal's bytes up to `end`, whose last record begins at `last`.
    pub fn restart_from(&mut self, snapshot: &[u8], last: usize, end: usize) {
        self.restart_with(Some((snapshot, last, end)));
    }

    fn restart_with(&mut self, snapshot: Option<(&[u8], usize, usize)>) {
        self.life += 1;
        self.crashed = false;
        self.wake = None;
        for (link, conn) in
            core::mem::replace(&mut self.conns, vec![None; self.links.len()]).into_iter().enumerate()
        {
            if let Some(conn) = conn {
                self.venues[self.links[link].venue].on_close(conn);
            }
        }
        self.engine = Engine::new(self.config.as_bytes()).unwrap();
        let from = match snapshot {
            Some((bytes, last, end)) => {
                self.engine.restore(bytes, &self.journal[last..end]).unwrap();
                end
            }
            None => 0,
        };
        let rest = &self.journal[from..];
        assert_eq!(self.engine.replay(rest).unwrap(), rest.len());
        self.begin();
    }

    fn begin(&mut self) {
        self.list_instruments();
        self.input(Input::Start);
        let life = self.life;
        for link in 0..self.links.len() {
            self.at(WIRE, Job::Connect { link, life });
        }
    }

    fn run(&mut self, effects: Effects) {
        for effect in effects.list {
            if self.crashed {
                return;
            }
            match effect {
                Effect::Journal { seq, data } => {
                    self.journal.extend_from_slice(&data);
                    self.ends.push(self.journal.len());
                    let life = self.life;
                    self.at(DISK, Job::Durable { seq, life });
                    self.crashed |= self.crash_at == Some(seq);
                }
                Effect::Send { link, after, data } => {
                    let delay = if after == 0 { WIRE } else { DISK + WIRE };
                    if after > 0 {
                        self.held_back.push((data.clone(), after));
                    }
                    let link = usize::from(link.0);
                    if let Some(conn) = self.conns[link] {
                        self.at(delay, Job::ToVenue { link, conn, data });
                    } else {
                        self.input(Input::SendFailed { link: LinkId(link as u16), data: &data });
                    }
                }
                Effect::Fetch { link, request, data } => {
                    self.asked.push(usize::from(link.0));
                    self.at(WIRE, Job::Request { link: usize::from(link.0), number: request, data });
                }
                Effect::Event { topic, data } => {
                    let text = String::from_utf8(data).unwrap();
                    assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok(), "{text}");
                    self.events.push(format!("{topic} {text}"));
                }
                Effect::Wake { at } => {
                    let at = at - SECOND;
                    self.wake = Some(at);
                    let life = self.life;
                    self.at((at - self.now).max(0), Job::Wake { life });
                }
                Effect::Close { link } => self.cut(usize::from(link.0)),
            }
        }
    }

    /// Cuts a link; it comes back after a moment.
    pub fn cut(&mut self, link: usize) {
        if let Some(conn) = self.conns[link].take() {
            self.venues[self.links[link].venue].on_close(conn);
            self.input(Input::Link { link: LinkId(link as u16), up: false });
        }
        let life = self.life;
        self.at(50 * MS, Job::Connect { link, life });
    }

    fn schedule_venue(&mut self, venue: usize) {
        let due = self.venues[venue].next_wake() - EPOCH;
        self.at((due - self.now).max(0), Job::Venue { venue });
    }

    fn venue_effects(&mut self, venue: usize, effects: Vec<SimEffect>, request: Option<u64>) {
        let muted = self.mute.contains(&venue);
        for effect in effects {
            match effect {
                SimEffect::Record(data) => {
                    let text = String::from_utf8(data).unwrap();
                    self.record.extend(text.lines().map(str::to_owned));
                }
                SimEffect::Http { status, body, .. } => {
                    let (life, number) = (self.life, request.unwrap());
                    if !self.lose_answers && !muted {
                        self.at(WIRE, Job::Reply { number, status, body, life });
                    }
                }
                SimEffect::Frame { conn, data } => {
                    let Some(link) = self.conn_link.get(&conn).copied() else { continue };
                    let late = self.slow.get(&link).copied().unwrap_or(0);
                    self.at(WIRE + late, Job::ToEngine { link, conn, data });
                }
                SimEffect::Hangup { conn } => {
                    let Some(link) = self.conn_link.get(&conn).copied() else { continue };
                    // What was said before it arrives before it.
                    self.at(WIRE, Job::Hangup { link, conn });
                }
            }
        }
    }

    fn connect(&mut self, link: usize) {
        let wall = self.wall();
        let row = self.links[link];
        if self.conns[link].is_some() {
            return;
        }
        if self.gone.contains(&row.venue) {
            let life = self.life;
            self.at(RETRY, Job::Connect { link, life });
            return;
        }
        if row.role == "rest" {
            self.conns[link] = Some(0);
        } else {
            self.serial += 1;
            let conn = self.serial;
            let mut target = row.target.to_owned();
            if target.ends_with("listenKey=") {
                let headers = [("X-MBX-APIKEY".to_owned(), "simkey".to_owned())];
                let effects =
                    self.venues[row.venue].on_http("POST", "/fapi/v1/listenKey", &headers, b"", wall);
                for effect in effects {
                    if let SimEffect::Http { body, .. } = effect {
                        let value: serde_json::Value = serde_json::from_slice(&body).unwrap();
                        target.push_str(value["listenKey"].as_str().unwrap());
                    }
                }
            }
            self.conns[link] = Some(conn);
            self.conn_link.insert(conn, link);
            let effects = self.venues[row.venue].on_open(conn, &target, wall);
            self.venue_effects(row.venue, effects, None);
        }
        self.input(Input::Link { link: LinkId(link as u16), up: true });
    }

    fn request(&mut self, link: usize, number: u64, data: &[u8]) {
        let (wall, life, venue) = (self.wall(), self.life, self.links[link].venue);
        if self.gone.contains(&venue) {
            self.at(NO_ANSWER, Job::Reply { number, status: 0, body: Vec::new(), life });
            return;
        }
        if let Some((status, body)) = self.answer.get(&venue).cloned() {
            self.at(WIRE, Job::Reply { number, status, body: body.into_bytes(), life });
            return;
        }
        let text = String::from_utf8(data.to_vec()).unwrap();
        let (head, body) = text.split_once("\n\n").unwrap_or((&text, ""));
        let mut lines = head.lines();
        let (method, target) = lines.next().unwrap().split_once(' ').unwrap();
        if let Some((_, status, body)) =
            self.delisted.get(&venue).filter(|(symbol, ..)| target.contains(symbol))
        {
            let (status, body) = (*status, body.as_bytes().to_vec());
            self.at(WIRE, Job::Reply { number, status, body, life });
            return;
        }
        if head.lines().count() > 1 {
            self.private.push(link);
        }
        let headers: Vec<(String, String)> =
            lines.filter_map(|l| l.split_once(": ")).map(|(k, v)| (k.to_owned(), v.to_owned())).collect();
        let effects =
            self.venues[self.links[link].venue].on_http(method, target, &headers, body.as_bytes(), wall);
        self.venue_effects(self.links[link].venue, effects, Some(number));
    }

    /// Runs for a span of virtual time, or until a crash.
    pub fn run_for(&mut self, span: Ns) {
        let until = self.now + span;
        while let Some((&(at, _), _)) = self.queue.first_key_value() {
            if at > until || self.crashed {
                break;
            }
            let ((at, _), job) = self.queue.pop_first().unwrap();
            self.now = at;
            self.one(job);
        }
        if !self.crashed {
            self.now = until;
        }
    }

    fn one(&mut self, job: Job) {
        let wall = self.wall();
        match job {
            Job::ToVenue { link, conn, data } => {
                let text = String::from_utf8_lossy(&data).into_owned();
                if self.links[link].role != "public" {
                    self.private.push(link);
                }
                if ["order.place", "order.create", "\"op\":\"order\"", "place-order"]
                    .iter()
                    .any(|op| text.contains(op))
                {
                    if self.lose_request.remove(&link) {
                        return;
                    }
                    let at = text.find("TGA7").unwrap();
                    self.sent.push(text[at..at + 14].to_owned());
                }
                if text.contains("order.cancel") {
                    if self.lose_cancel.remove(&link) {
                        return;
                    }
                    self.sent_cancels.push(text);
                }
                let effects = self.venues[self.links[link].venue].on_frame(conn, &data, wall);
                self.venue_effects(self.links[link].venue, effects, None);
            }
            Job::ToEngine { link, conn, data } => {
                let deaf = self.lose_answers || self.mute.contains(&self.links[link].venue);
                let lost = deaf && self.links[link].role != "public" || self.silent.contains(&link);
                if self.conns[link] == Some(conn) && !lost && !self.drop_next.remove(&link) {
                    self.input(Input::Frame { link: LinkId(link as u16), bytes: &data });
                }
            }
            Job::Hangup { link, conn } => {
                if self.conns[link] == Some(conn) {
                    self.cut(link);
                }
            }
            Job::Request { link, number, data } => self.request(link, number, &data),
            Job::Reply { number, status, body, life } if life == self.life => {
                self.input(Input::Reply { request: number, status, body: &body });
            }
            Job::Durable { seq, life } if life == self.life => self.input(Input::Durable { seq }),
            Job::Connect { link, life } if life == self.life => self.connect(link),
            Job::Wake { life } if life == self.life && self.wake.is_some_and(|at| at <= self.now) => {
                self.wake = None;
                self.input(Input::Timer);
            }
            Job::Reply { .. } | Job::Durable { .. } | Job::Connect { .. } | Job::Wake { .. } => {}
            Job::Venue { venue } => {
                let effects = self.venues[venue].on_timer(wall);
                self.venue_effects(venue, effects, None);
                self.schedule_venue(venue);
            }
        }
    }
}
