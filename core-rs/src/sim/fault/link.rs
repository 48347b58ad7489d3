//! Connections: opened, broken, half open, given up. A link of the process has one at a time.

use super::life::backoff;
use super::setup::{MS, SECOND};
use super::stage::Role;
use super::world::{Job, World};
use crate::sim::SimEffect;
use crate::units::Ns;

/// One link of the process.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Link {
    pub conn: Option<u64>,
    /// The transport sends no request before this (429, 418).
    pub banned_until: Ns,
    pub flapping_until: Ns,
    /// When the process last heard a frame of market data.
    pub heard: Ns,
}

/// One connection; it outlives the process by what is on its way.
#[derive(Clone, Copy, Debug)]
#[allow(clippy::struct_excessive_bools)] // each fault comes and goes without the others
pub(super) struct Conn {
    pub link: usize,
    /// Nothing passes any more, and nobody knows.
    pub half_open: bool,
    /// Frames on their way to the venue are lost.
    pub cut: bool,
    /// The process is gone from it.
    pub left: bool,
    /// Its market data does not come any more, and everything else does.
    pub mute: bool,
    /// Frames of a direction arrive in order: to the venue, to the process.
    pub busy: [Ns; 2],
}

impl World {
    pub(super) fn connect(&mut self, link: usize) {
        let row = self.stage.links[link];
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
            self.conns.insert(
                conn,
                Conn { link, half_open: false, cut: false, left: false, mute: false, busy: [0; 2] },
            );
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
        let row = self.stage.links[link];
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
            let bound = if self.swarm.broken_bound { 45 * SECOND } else { 2 * SECOND + self.swarm.cap };
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
        if self.stage.links[link].role != Role::Rest {
            self.link_input(link, false);
        }
        self.reconnect(link);
    }

    /// The keepalive notices a half-open connection, or a connection that was left is over.
    pub(super) fn notice(&mut self, conn: u64) {
        let Some(known) = self.conns.get(&conn).copied() else { return };
        if known.left {
            self.conns.remove(&conn);
            self.venues[self.stage.links[known.link].venue].on_close(conn);
        } else if known.half_open && self.links[known.link].conn == Some(conn) {
            self.cut(known.link);
        }
    }
}
