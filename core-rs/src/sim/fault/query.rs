//! Questions over HTTP: asked, served by the venue, answered late, wrongly or not at all.

use super::setup::{MS, SECOND};
use super::stage::{Role, Row};
use super::swarm::Fault;
use super::world::{Job, World};
use crate::sim::SimEffect;
use crate::units::Ns;

/// The process gives up on an answer after this.
const DEADLINE: Ns = 2 * SECOND;
const LOST_PAUSE: Ns = 250 * MS;
/// Paths that serve a whole book.
const BOOKS: [&str; 3] = ["/depth", "/orderbook", "/books"];

impl World {
    pub(super) fn ask(&mut self, link: usize, number: u64, data: Vec<u8>) {
        let life = self.life;
        let venue = self.stage.links[link].venue;
        let refused = self.now < self.links[link].banned_until;
        let gone = self.now < self.outage[venue];
        if refused || gone || self.strikes_at(venue, Fault::QueryLost) {
            let wait = if refused { LOST_PAUSE } else { DEADLINE + LOST_PAUSE };
            self.at(wait, Job::Answer { number, status: 0, body: Vec::new(), shows: None, life });
            return;
        }
        let delay = self.wire();
        self.at(delay, Job::Request { link, number, data, life });
    }

    /// The stream of books beside a link for questions.
    fn public_of(&self, link: usize) -> Option<usize> {
        let own = self.stage.links[link];
        let beside = |row: &Row| (row.venue, row.product, row.role) == (own.venue, own.product, Role::Public);
        self.stage.links.iter().position(beside)
    }

    pub(super) fn serve(&mut self, link: usize, number: u64, data: &[u8], life: u64) {
        let wall = self.wall();
        let venue = self.stage.links[link].venue;
        let text = String::from_utf8_lossy(data);
        let (head, body) = text.split_once("\n\n").unwrap_or((&text, ""));
        let mut lines = head.lines();
        let Some((method, target)) = lines.next().and_then(|line| line.split_once(' ')) else { return };
        let headers: Vec<(String, String)> =
            lines.filter_map(|l| l.split_once(": ")).map(|(k, v)| (k.to_owned(), v.to_owned())).collect();
        let delisted = self.delisted_answer(link, target);
        let lag = if self.strikes_at(venue, Fault::ReadLag) { self.rng.span(0, 500 * MS) } else { 0 };
        let effects =
            self.venues[venue].on_http_lagging((method, target), &headers, body.as_bytes(), (lag, wall));
        let answered = effects.into_iter().find(|effect| matches!(effect, SimEffect::Http { .. }));
        let Some(SimEffect::Http { mut status, mut body, .. }) = answered else { return };
        if let Some(answer) = delisted {
            (status, body) = answer;
        }
        let mut delay = self.wire();
        if self.strikes_at(venue, Fault::AnswerLost) {
            (status, body, delay) = (0, Vec::new(), DEADLINE + LOST_PAUSE);
        } else if self.strikes_at(venue, Fault::QueryError) {
            (status, body) = (*self.rng.pick(&[500, 502, 503, 504]), b"<html>bad gateway</html>".to_vec());
        } else if self.strikes_at(venue, Fault::QueryLimited) {
            (status, body) = (429, self.stage.links[link].words.limited.as_bytes().to_vec());
            self.links[link].banned_until = self.now + SECOND;
        } else if self.strikes_at(venue, Fault::AnswerBroken) {
            body.truncate(body.len() / 2);
        } else if self.strikes_at(venue, Fault::AnswerDelayed) {
            delay += self.rng.span(0, 1_500 * MS);
        }
        if delay > DEADLINE {
            (status, body) = (0, Vec::new());
        }
        let shows =
            (status == 200 && BOOKS.iter().any(|path| target.contains(path))).then(|| self.public_of(link));
        self.at(delay, Job::Answer { number, status, body, shows: shows.flatten(), life });
    }
}
