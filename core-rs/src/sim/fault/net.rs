//! Frames on their way: latency, loss, duplication, disorder, and what a fault does to their bytes.

use super::garble;
use super::setup::{MS, SECOND};
use super::stage::Role;
use super::swarm::Fault;
use super::words::Words;
use super::world::{Job, ReplyFault, World};
use crate::sim::SimEffect;
use crate::units::{ClientId, Ns};

/// The client id of an order request, and whether it places.
pub(super) fn order_request(words: &Words, data: &[u8]) -> Option<(ClientId, bool)> {
    let text = core::str::from_utf8(data).ok()?;
    let place = text.contains(words.place);
    if !place && !text.contains(words.cancel) {
        return None;
    }
    let known = data.windows(ClientId::LEN).find(|window| window.starts_with(&ClientId::PREFIX))?;
    ClientId::parse(known).map(|id| (id, place))
}

impl World {
    pub(super) fn wire(&mut self) -> Ns {
        let (least, most) = self.swarm.wire;
        self.rng.span(least, most)
    }

    // -- frames to the venue

    pub(super) fn carry_to_venue(&mut self, link: usize, conn: u64, data: Vec<u8>) {
        let mut delay = self.wire();
        let (mut gate, mut reply) = (None, ReplyFault::None);
        let words = self.stage.links[link].words;
        let order = order_request(words, &data);
        if order.is_some() {
            if let Some(body) = self.refusal(link, &data) {
                let back = delay + self.wire();
                self.at(back, Job::ToEngine { conn, data: body });
                return;
            }
            let venue = self.stage.links[link].venue;
            if self.strikes_at(venue, Fault::RequestLost) {
                return;
            }
            // Where the venue has no window, a request later than that breaks the bound that fences trust.
            if self.strikes_at(venue, Fault::RequestDelayed) {
                delay += self.rng.span(0, 1_200 * MS);
            } else if words.has_window && self.strikes_at(venue, Fault::RequestLate) {
                delay += self.rng.span(1_500 * MS, 4_000 * MS);
            }
            reply = self.reply_fault(venue);
        }
        let mut at = self.in_order(conn, 0, delay, false);
        if order.is_some() && self.strikes_at(self.stage.links[link].venue, Fault::WorkedLate) {
            gate = Some(self.wall() + at);
            let bound = if self.swarm.broken_bound { 40 * SECOND } else { self.swarm.cap };
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

    fn reply_fault(&mut self, venue: usize) -> ReplyFault {
        if self.strikes_at(venue, Fault::ReplyLost) {
            ReplyFault::Lost
        } else if self.strikes_at(venue, Fault::UnknownTaken) {
            ReplyFault::Unknown
        } else if self.strikes_at(venue, Fault::ReplyTwice) {
            ReplyFault::Twice
        } else if self.strikes_at(venue, Fault::ReplyDelayed) {
            let bound = if self.swarm.broken_bound { 40 * SECOND } else { 4 * SECOND };
            ReplyFault::Delayed(self.rng.span(0, bound))
        } else {
            ReplyFault::None
        }
    }

    /// An answer from the venue's edge: the request goes no further.
    fn refusal(&mut self, link: usize, data: &[u8]) -> Option<Vec<u8>> {
        let row = self.stage.links[link];
        let kinds = [Fault::RateLimited, Fault::Banned, Fault::Maintenance, Fault::UnknownNotTaken];
        let known = |kind: &Fault| *kind != Fault::Banned || !row.words.ban.is_empty();
        let kind = kinds.into_iter().filter(known).find(|kind| self.strikes_at(row.venue, *kind))?;
        self.check.external.banned |= kind == Fault::Banned;
        garble::refusal(self.stage.venues[row.venue], row, data, kind)
    }

    pub(super) fn arrive(&mut self, conn: u64, data: &[u8], gate: Option<Ns>, reply: ReplyFault) {
        let Some(known) = self.conns.get(&conn).copied() else { return };
        let venue = self.stage.links[known.link].venue;
        let lost = known.half_open || known.cut || self.now < self.outage[venue];
        if lost && gate.is_none() {
            return;
        }
        self.trace.bytes(self.now, "ARRIVE", known.link as u64, data);
        self.hears_subscription(conn, data);
        let order = order_request(self.stage.links[known.link].words, data);
        if let Some(body) = order.and_then(|(_, place)| self.market_refusal(known.link, data, place)) {
            self.carry(venue, vec![SimEffect::Frame { conn, data: body }]);
            return;
        }
        if order.is_some_and(|(_, place)| place) && self.strikes_at(venue, Fault::ThinBook) {
            let keep = *self.rng.pick(&[0, 0, 2, 10, 40]);
            self.venues[venue].thin(keep);
        }
        if order.is_some_and(|(_, place)| place) {
            self.account_faults(venue);
        }
        let wall = self.wall();
        let effects = match gate {
            Some(gate) => self.venues[venue].on_frame_worked_late(conn, data, gate, wall),
            None => self.venues[venue].on_frame(conn, data, wall),
        };
        self.check.venue_answered(venue, &self.venues, &effects);
        self.watch_late();
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
                let row = self.stage.links[self.conns.get(&conn).map_or(0, |known| known.link)];
                let venue_of = self.stage.venues[row.venue];
                let unknown = own.into_iter().filter_map(|effect| match effect {
                    SimEffect::Frame { conn, data } => {
                        let data = garble::refusal(venue_of, row, &data, Fault::UnknownTaken)?;
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
        if known.half_open || known.left || self.now < self.outage[venue] || self.is_mute(conn, &data) {
            return;
        }
        let mut delay = self.wire();
        let (mut overtaken, mut twice) = (false, false);
        let (role, words) = (self.stage.links[known.link].role, self.stage.links[known.link].words);
        match role {
            Role::Public => {
                if !garble::is_market(words, &data) {
                } else if self.strikes_at(venue, Fault::BookGap) {
                    return;
                } else if self.strikes_at(venue, Fault::BookCrossed) {
                    data = garble::crossed(words, &data);
                    self.bent_book(known.link);
                } else if self.strikes_at(venue, Fault::BookNonsense) {
                    data = garble::nonsense(data, self.rng.chance(500_000));
                } else if self.strikes_at(venue, Fault::BookReorder) {
                    (delay, overtaken) = (delay + 600 * MS, true);
                } else {
                    twice = self.strikes_at(venue, Fault::BookTwice);
                }
            }
            Role::Private if garble::is_account_event(words, &data) => {
                if self.strikes_at(venue, Fault::StreamDrop) {
                    return;
                }
                if garble::is_balance(words, &data) && self.strikes_at(venue, Fault::BalanceLag) {
                    (delay, overtaken) = (delay + self.rng.span(0, 5_000 * MS), true);
                } else if self.strikes_at(venue, Fault::StreamReorder) {
                    (delay, overtaken) = (delay + self.rng.span(0, 800 * MS), true);
                } else if self.strikes_at(venue, Fault::NullField) {
                    data = garble::null_field(words, data);
                } else if self.strikes_at(venue, Fault::UnknownEnum) {
                    data = garble::unknown_enum(words, data);
                }
                twice = self.strikes_at(venue, Fault::StreamTwice);
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
        if garble::is_market(self.stage.links[known.link].words, data) {
            self.links[known.link].heard = self.now;
        }
        self.trace.bytes(self.now, "HEAR", known.link as u64, data);
        let link = crate::units::LinkId(known.link as u16);
        let life = self.life;
        self.input(crate::engine::Input::Frame { link, bytes: data });
        if self.alive(life) {
            self.judge_heard(known.link, data);
        }
    }
}
