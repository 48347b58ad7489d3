//! The network: sockets and requests with latency, loss, duplication, disorder; what a fault does to a frame.

use super::garble;
use super::life::backoff;
use super::setup::{LINKS, MS, Role, SECOND};
use super::swarm::Fault;
use super::world::{Job, ReplyFault, World};
use crate::sim::SimEffect;
use crate::units::{ClientId, Ns};

/// The process gives up on an answer after this.
const DEADLINE: Ns = 2 * SECOND;
const LOST_PAUSE: Ns = 250 * MS;

/// One link of the process.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Link {
    pub conn: Option<u64>,
    /// The transport sends no request before this (429, 418).
    pub banned_until: Ns,
    pub flapping_until: Ns,
    /// When the process last heard a frame.
    pub heard: Ns,
}

/// One connection; it outlives the process by what is on its way.
#[derive(Clone, Copy, Debug)]
pub(super) struct Conn {
    pub link: usize,
    /// Nothing passes any more, and nobody knows.
    pub half_open: bool,
    /// Frames on their way to the venue are lost.
    pub cut: bool,
    /// The process is gone from it.
    pub left: bool,
    /// Frames of a direction arrive in order: to the venue, to the process.
    pub busy: [Ns; 2],
}

/// The client id of an order request, and whether it places.
pub(super) fn order_request(data: &[u8]) -> Option<(ClientId, bool)> {
    let text = core::str::from_utf8(data).ok()?;
    let place = text.contains("order.place") || text.contains("order.create");
    if !place && !text.contains("order.cancel") {
        return None;
    }
    let known = data.windows(ClientId::LEN).find(|window| window.starts_with(&ClientId::PREFIX))?;
    ClientId::parse(known).map(|id| (id, place))
}

/// The market data link beside a REST link.
fn market_link(rest: usize) -> Option<usize> {
    let beside = |row: &super::setup::Row| {
        (row.venue, row.product, row.role) == (LINKS[rest].venue, LINKS[rest].product, Role::Public)
    };
    LINKS.iter().position(beside)
}

impl World {
    pub(super) fn wire(&mut self) -> Ns {
        let (least, most) = self.swarm.wire;
        self.rng.span(least, most)
    }

    // -- connections

    pub(super) fn connect(&mut self, link: usize) {
        let row = LINKS[link];
        if self.links[link].conn.is_some() {
            return;
        }
        if self.now < self.outage[row.venue] {
            self.reconnect(link);
            return;
        }
        self.serial += 1;
        let conn = self.serial;
        if row.role != Role::Rest {
            let Some(target) = self.target(link) else {
                self.reconnect(link);
                return;
            };
            self.conns.insert(conn, Conn { link, half_open: false, cut: false, left: false, busy: [0; 2] });
            let wall = self.wall();
            let effects = self.venues[row.venue].on_open(conn, &target, wall);
            self.carry(row.venue, effects);
        }
        self.links[link].conn = Some(conn);
        self.links[link].heard = self.now;
        self.link_input(link, true);
    }

    /// The socket's path, with a fresh listen key where it needs one.
    fn target(&mut self, link: usize) -> Option<String> {
        let row = LINKS[link];
        if !row.target.ends_with('=') {
            return Some(row.target.to_owned());
        }
        let headers = [("X-MBX-APIKEY".to_owned(), "simkey".to_owned())];
        let wall = self.wall();
        let effects = self.venues[row.venue].on_http("POST", "/fapi/v1/listenKey", &headers, b"", wall);
        let body = effects.iter().find_map(|effect| match effect {
            SimEffect::Http { status: 200, body, .. } => Some(body),
            _ => None,
        })?;
        let answer: serde_json::Value = serde_json::from_slice(body).ok()?;
        Some(format!("{}{}", row.target, answer["listenKey"].as_str()?))
    }

    pub(super) fn reconnect(&mut self, link: usize) {
        let life = self.life;
        let flapping = self.now < self.links[link].flapping_until;
        let wait = if flapping { self.rng.span(5 * MS, 40 * MS) } else { backoff(&mut self.rng) };
        self.at(wait, Job::Connect { link, life });
    }

    /// The process leaves the connection; what it sent still arrives. The venue forgets the connection when nothing
    /// that came over it can be under way any more.
    pub(super) fn hang_up(&mut self, conn: u64) {
        if let Some(known) = self.conns.get_mut(&conn) {
            known.left = true;
            let bound = if self.swarm.broken_bound { 45 * SECOND } else { 3 * SECOND };
            self.at(bound, Job::Noticed { conn });
        }
    }

    /// The connection breaks now; both sides learn of it.
    pub(super) fn cut(&mut self, link: usize) {
        let Some(conn) = self.links[link].conn.take() else { return };
        if let Some(known) = self.conns.get_mut(&conn) {
            known.cut = true;
        }
        self.hang_up(conn);
        if LINKS[link].role != Role::Rest {
            self.link_input(link, false);
        }
        self.reconnect(link);
    }

    /// The keepalive notices a half-open connection, or a connection that was left is over.
    pub(super) fn notice(&mut self, conn: u64) {
        let Some(known) = self.conns.get(&conn).copied() else { return };
        if known.left {
            self.conns.remove(&conn);
            self.venues[LINKS[known.link].venue].on_close(conn);
        } else if known.half_open && self.links[known.link].conn == Some(conn) {
            self.cut(known.link);
        }
    }

    // -- frames to the venue

    pub(super) fn carry_to_venue(&mut self, link: usize, conn: u64, data: Vec<u8>) {
        let mut delay = self.wire();
        let (mut gate, mut reply) = (None, ReplyFault::None);
        if order_request(&data).is_some() {
            if let Some(body) = self.refusal(link, &data) {
                let back = delay + self.wire();
                self.at(back, Job::ToEngine { conn, data: body });
                return;
            }
            if self.strikes(Fault::RequestLost) {
                return;
            }
            if self.strikes(Fault::RequestDelayed) {
                delay += self.rng.span(0, 1_200 * MS);
            } else if self.strikes(Fault::RequestLate) {
                delay += self.rng.span(1_500 * MS, 4_000 * MS);
            }
            reply = self.reply_fault();
        }
        let mut at = self.in_order(conn, 0, delay, false);
        if order_request(&data).is_some() && self.strikes(Fault::WorkedLate) {
            gate = Some(self.wall() + at);
            let bound = if self.swarm.broken_bound { 40 * SECOND } else { SECOND };
            at += self.rng.span(0, bound);
        }
        self.at(at, Job::ToVenue { conn, data, gate, reply });
    }

    /// The delay at which a frame arrives behind those before it.
    fn in_order(&mut self, conn: u64, direction: usize, delay: Ns, overtaken: bool) -> Ns {
        let now = self.now;
        let Some(known) = self.conns.get_mut(&conn) else { return delay };
        let at = (now + delay).max(known.busy[direction]);
        if !overtaken {
            known.busy[direction] = at;
        }
        at - now
    }

    fn reply_fault(&mut self) -> ReplyFault {
        if self.strikes(Fault::ReplyLost) {
            ReplyFault::Lost
        } else if self.strikes(Fault::UnknownTaken) {
            ReplyFault::Unknown
        } else if self.strikes(Fault::ReplyTwice) {
            ReplyFault::Twice
        } else if self.strikes(Fault::ReplyDelayed) {
            ReplyFault::Delayed(self.rng.span(0, 4_000 * MS))
        } else {
            ReplyFault::None
        }
    }

    /// An answer from the venue's edge: the request goes no further.
    fn refusal(&mut self, link: usize, data: &[u8]) -> Option<Vec<u8>> {
        let kinds = [Fault::RateLimited, Fault::Banned, Fault::Maintenance, Fault::UnknownNotTaken];
        let kind = kinds.into_iter().find(|kind| self.strikes(*kind))?;
        garble::refusal(LINKS[link], data, kind)
    }

    pub(super) fn arrive(&mut self, conn: u64, data: &[u8], gate: Option<Ns>, reply: ReplyFault) {
        let Some(known) = self.conns.get(&conn).copied() else { return };
        let venue = LINKS[known.link].venue;
        let lost = known.half_open || known.cut || self.now < self.outage[venue];
        if lost && gate.is_none() {
            return;
        }
        self.trace.bytes(self.now, "ARRIVE", known.link as u64, data);
        let order = order_request(data);
        if order.is_some_and(|(_, place)| place) && self.strikes(Fault::ThinBook) {
            let keep = *self.rng.pick(&[0, 0, 2, 10, 40]);
            self.venues[venue].thin(keep);
        }
        let wall = self.wall();
        let effects = match gate {
            Some(gate) => self.venues[venue].on_frame_worked_late(conn, data, gate, wall),
            None => self.venues[venue].on_frame(conn, data, wall),
        };
        self.check.venue_answered(venue, &self.venues, &effects);
        self.disk_flushed(order.is_some());
        if order.is_none() || reply == ReplyFault::None {
            self.carry(venue, effects);
            return;
        }
        let (own, others): (Vec<_>, Vec<_>) =
            effects.into_iter().partition(|e| matches!(e, SimEffect::Frame { conn: to, .. } if *to == conn));
        self.carry(venue, others);
        self.bend(venue, conn, own, reply);
    }

    fn disk_flushed(&mut self, answered: bool) {
        if answered {
            self.disk.flush();
        }
    }

    /// The reply to an order request, as the fault has it.
    fn bend(&mut self, venue: usize, conn: u64, own: Vec<SimEffect>, reply: ReplyFault) {
        match reply {
            ReplyFault::Lost => {}
            ReplyFault::Twice => {
                self.carry(venue, own.clone());
                self.carry(venue, own);
            }
            ReplyFault::Delayed(by) => {
                for effect in own {
                    if let SimEffect::Frame { conn, data } = effect {
                        let delay = by + self.wire();
                        self.at(delay, Job::ToEngine { conn, data });
                    }
                }
            }
            ReplyFault::Unknown => {
                let link = self.conns.get(&conn).map_or(0, |known| known.link);
                let unknown = own.into_iter().filter_map(|effect| match effect {
                    SimEffect::Frame { conn, data } => {
                        let data = garble::refusal(LINKS[link], &data, Fault::UnknownTaken)?;
                        Some(SimEffect::Frame { conn, data })
                    }
                    _ => None,
                });
                self.carry(venue, unknown.collect());
            }
            ReplyFault::None => self.carry(venue, own),
        }
    }

    // -- frames to the process

    /// What a venue wants done.
    pub(super) fn carry(&mut self, venue: usize, effects: Vec<SimEffect>) {
        for effect in effects {
            match effect {
                SimEffect::Record(_) | SimEffect::Http { .. } => {}
                SimEffect::Frame { conn, data } => self.carry_to_process(venue, conn, data),
                SimEffect::Hangup { conn } => {
                    let link = self.conns.get(&conn).map(|known| known.link);
                    if let Some(link) = link.filter(|link| self.links[*link].conn == Some(conn)) {
                        self.cut(link);
                    }
                }
            }
        }
    }

    fn carry_to_process(&mut self, venue: usize, conn: u64, mut data: Vec<u8>) {
        let Some(known) = self.conns.get(&conn).copied() else { return };
        if known.half_open || known.left || self.now < self.outage[venue] {
            return;
        }
        let mut delay = self.wire();
        let (mut overtaken, mut twice) = (false, false);
        match LINKS[known.link].role {
            Role::Public => {
                if !garble::is_market(&data) {
                } else if self.strikes(Fault::BookGap) {
                    return;
                } else if self.strikes(Fault::BookCrossed) {
                    data = garble::crossed(&data);
                } else if self.strikes(Fault::BookNonsense) {
                    data = garble::nonsense(data, self.rng.chance(500_000));
                } else if self.strikes(Fault::BookReorder) {
                    (delay, overtaken) = (delay + 600 * MS, true);
                } else {
                    twice = self.strikes(Fault::BookTwice);
                }
            }
            Role::Private if garble::is_account_event(&data) => {
                if self.strikes(Fault::StreamDrop) {
                    return;
                }
                if garble::is_balance(&data) && self.strikes(Fault::BalanceLag) {
                    (delay, overtaken) = (delay + self.rng.span(0, 5_000 * MS), true);
                } else if self.strikes(Fault::StreamReorder) {
                    (delay, overtaken) = (delay + self.rng.span(0, 800 * MS), true);
                } else if self.strikes(Fault::NullField) {
                    data = garble::null_field(data);
                } else if self.strikes(Fault::UnknownEnum) {
                    data = garble::unknown_enum(data);
                }
                twice = self.strikes(Fault::StreamTwice);
            }
            Role::Private | Role::Trade | Role::Rest => {}
        }
        let at = self.in_order(conn, 1, delay, overtaken);
        if twice {
            let again = at + self.rng.span(0, 300 * MS);
            self.at(again, Job::ToEngine { conn, data: data.clone() });
        }
        self.at(at, Job::ToEngine { conn, data });
    }

    pub(super) fn hear(&mut self, conn: u64, data: &[u8]) {
        let Some(known) = self.conns.get(&conn).copied() else { return };
        if known.half_open || self.links[known.link].conn != Some(conn) {
            return;
        }
        self.links[known.link].heard = self.now;
        self.trace.bytes(self.now, "HEAR", known.link as u64, data);
        let link = crate::units::LinkId(known.link as u16);
        self.input(crate::engine::Input::Frame { link, bytes: data });
    }

    // -- questions

    pub(super) fn ask(&mut self, link: usize, number: u64, data: Vec<u8>) {
        let life = self.life;
        let venue = LINKS[link].venue;
        let refused = self.now < self.links[link].banned_until;
        let gone = self.now < self.outage[venue];
        if refused || gone || self.strikes(Fault::QueryLost) {
            let wait = if refused { LOST_PAUSE } else { DEADLINE + LOST_PAUSE };
            self.at(wait, Job::Answer { number, status: 0, body: Vec::new(), life, book: None });
            return;
        }
        let delay = self.wire();
        self.at(delay, Job::Request { link, number, data, life });
    }

    pub(super) fn serve(&mut self, link: usize, number: u64, data: &[u8], life: u64) {
        let wall = self.wall();
        let venue = LINKS[link].venue;
        let text = String::from_utf8_lossy(data);
        let (head, body) = text.split_once("\n\n").unwrap_or((&text, ""));
        let mut lines = head.lines();
        let Some((method, target)) = lines.next().and_then(|line| line.split_once(' ')) else { return };
        let headers: Vec<(String, String)> =
            lines.filter_map(|l| l.split_once(": ")).map(|(k, v)| (k.to_owned(), v.to_owned())).collect();
        let lag = if self.strikes(Fault::ReadLag) { self.rng.span(0, 500 * MS) } else { 0 };
        let effects =
            self.venues[venue].on_http_lagging((method, target), &headers, body.as_bytes(), (lag, wall));
        let answered = effects.into_iter().find(|effect| matches!(effect, SimEffect::Http { .. }));
        let Some(SimEffect::Http { mut status, mut body, .. }) = answered else { return };
        let mut delay = self.wire();
        if self.strikes(Fault::AnswerLost) {
            (status, body, delay) = (0, Vec::new(), DEADLINE + LOST_PAUSE);
        } else if self.strikes(Fault::QueryError) {
            (status, body) = (*self.rng.pick(&[500, 502, 503, 504]), b"<html>bad gateway</html>".to_vec());
        } else if self.strikes(Fault::QueryLimited) {
            (status, body) = (429, br#"{"code":-1003,"msg":"Too many requests."}"#.to_vec());
            self.links[link].banned_until = self.now + SECOND;
        } else if self.strikes(Fault::AnswerBroken) {
            body.truncate(body.len() / 2);
        } else if self.strikes(Fault::AnswerDelayed) {
            delay += self.rng.span(0, 1_500 * MS);
        }
        if delay > DEADLINE {
            (status, body) = (0, Vec::new());
        }
        let book = market_link(link).filter(|_| status == 200 && target.contains("depth"));
        self.at(delay, Job::Answer { number, status, body, life, book });
    }
}
