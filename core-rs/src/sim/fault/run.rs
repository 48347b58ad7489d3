//! One seed from beginning to end: faults, healing, rest, judgement.

use super::check::Check;
use super::life::{Death, replayed};
use super::probe::Probes;
use super::setup::{MS, PAIR_COUNT, SECOND, SLOW_TICK, TICK, pair};
use super::terms::Terms;
use super::world::World;
use crate::engine::Engine;
use crate::risk::LatchMode;
use crate::units::Ns;

/// How long the engine trades where nothing fails, and how long it may take to come to rest: a ban alone is two minutes.
const CALM: Ns = 1_200 * MS;
const REST_MAX: Ns = 240 * SECOND;
/// How long the last faults may still show.
const RECOVERY: Ns = 6 * SECOND;
/// Steps between two replays of the journal, on average.
const REPLAY_EVERY: u64 = 400;

#[derive(Debug)]
pub(super) struct Outcome {
    pub violation: Option<(String, String)>,
    pub events: u64,
    /// Virtual time.
    pub span: Ns,
    pub hash: u64,
    pub probes: Probes,
    pub trace: String,
}

impl Outcome {
    pub(super) fn panicked(text: String) -> Self {
        Self {
            violation: Some(("no panic".to_owned(), text)),
            events: 0,
            span: 0,
            hash: 0,
            probes: Probes::default(),
            trace: String::new(),
        }
    }
}

pub(super) fn run(terms: Terms<'_>) -> Outcome {
    let mut world = World::new(terms);
    world.live();
    let hash = world.trace.hash ^ world.process.as_ref().map_or(0, |p| p.engine.state_hash());
    Outcome {
        violation: world.check.violation,
        events: world.events,
        span: world.now,
        hash,
        probes: world.probes,
        trace: world.trace.text,
    }
}

impl World {
    fn live(&mut self) {
        self.run_until(self.swarm.faulty);
        let broken = self.swarm.broken_bound;
        self.heal();
        self.pay_in();
        if broken {
            // What is still being worked on at a venue is the last of the faults.
            self.slow_markets();
            self.stop_trading();
            self.run_until(self.now + 42 * SECOND);
        }
        self.calm = Some(self.wall() + RECOVERY + self.swarm.cap);
        self.come_to_rest();
        let calm = self.wall();
        self.trade_again();
        self.run_until(self.now + CALM);
        if self.rng.chance(300_000) && self.check.violation.is_none() {
            self.die(Death::Kill);
            self.run_until(self.now + 2 * SECOND);
        }
        self.come_to_rest();
        self.replay_now();
        if let (Some(process), None) = (&self.process, &self.check.violation) {
            self.check.check_all(&process.engine, &self.venues, &mut self.probes);
            self.check.at_rest(&process.engine, &self.venues, calm, &mut self.probes);
            self.check.check_others(&process.engine, &self.venues);
            self.check_client();
        }
    }

    /// No faults from here on: what was broken is mended, as people and networks do.
    fn heal(&mut self) {
        self.faulty = false;
        self.swarm.heal();
        self.outage = [0; 2];
        self.slow_disk = 0;
        self.disk.full = false;
        self.heal_markets();
        self.trace.say(self.now, || "HEAL   no faults from here on".to_owned());
        if self.process.as_ref().is_some_and(|process| process.journal_fault) {
            self.die(Death::Kill);
        }
        for link in 0..self.links.len() {
            self.links[link].flapping_until = 0;
            let half_open = self.links[link].conn.and_then(|conn| self.conns.get(&conn));
            if half_open.is_some_and(|known| known.half_open) {
                self.cut(link);
            }
        }
        self.run_until(self.now + 600 * MS);
        self.reset_latch();
    }

    fn reset_latch(&mut self) {
        if self.process.as_ref().is_some_and(|process| process.engine.latch() != LatchMode::Open) {
            self.command("reset", "{}");
        }
    }

    /// Trading stops; everything under way must end.
    fn come_to_rest(&mut self) {
        self.slow_markets();
        self.leave_by_hand();
        let until = self.now + REST_MAX;
        while self.check.violation.is_none() {
            // A reset that met a process still recovering was not taken.
            self.reset_latch();
            self.acknowledge();
            let stopped = self.stop_trading();
            self.end_schedules();
            self.watch_external();
            let resting = self.is_resting();
            let since = self.check.external.last.max(self.check.external.quiet_since);
            let audited = self.now > since + self.audit_max();
            if stopped && resting && (audited || self.figures_agree()) {
                // What the streams still bring. A price may reach a protection meanwhile: then it goes on.
                self.run_until(self.now + SECOND);
                if self.is_resting() {
                    break;
                }
                continue;
            }
            if self.now > until {
                let why = self.process.as_ref().map_or_else(String::new, |p| Check::unrest(&p.engine));
                self.check.fail("20 liveness", &format!("no rest within four minutes: {why}"));
                return;
            }
            self.run_until(self.now + 100 * MS);
        }
    }

    pub(super) fn is_resting(&self) -> bool {
        let now = self.moment();
        self.process.as_ref().is_some_and(|process| Check::is_at_rest(&process.engine, now))
    }

    /// Nobody trades, so the markets need not move often.
    fn slow_markets(&mut self) {
        self.pace_markets(SLOW_TICK);
    }

    fn pace_markets(&mut self, tick: Ns) {
        let wall = self.wall();
        for at in 0..self.venues.len() {
            self.venues[at].publish_every(tick, wall);
            self.schedule_venue(at);
        }
    }

    /// True when every pair has taken the command.
    fn stop_trading(&mut self) -> bool {
        for at in 0..PAIR_COUNT {
            if !self.stopped[at] {
                let body = pair(self.stage, &self.swarm, at, false);
                self.stopped[at] = self.command("upsert_pair", &body);
            }
        }
        self.stopped == [true; PAIR_COUNT]
    }

    fn trade_again(&mut self) {
        self.pace_markets(TICK);
        // Another client trades while all is well: it is seen at once.
        self.check.external.calm = Some(self.now);
        if self.check.external.opened {
            self.trade_by_hand(false);
        }
        for at in 0..PAIR_COUNT {
            let body = pair(self.stage, &self.swarm, at, true);
            self.stopped[at] = !self.command("upsert_pair", &body);
        }
    }

    /// After every step of the process.
    pub(super) fn after_step(&mut self) {
        let Some(process) = &mut self.process else { return };
        let seq = process.engine.seq();
        if seq == process.seq_seen {
            return;
        }
        process.seq_seen = seq;
        self.check.step(&process.engine, &self.venues, &mut self.probes);
        self.watch_late();
        if self.rng.below(REPLAY_EVERY) == 0 {
            self.replay_now();
        }
    }

    /// 5: the journal gives the live state again. What a replay has read it need not read anew: the records are the same.
    fn replay_now(&mut self) {
        let Some(process) = self.process.as_ref().filter(|process| !process.journal_closed) else { return };
        if self.shadow.is_none() {
            self.shadow = Engine::new(self.config.as_bytes()).ok().map(|engine| (engine, 0));
            // Nobody takes rows of it.
            self.shadow.iter_mut().for_each(|(engine, _)| engine.skip_rows(u64::MAX));
        }
        let Some((copy, read)) = &mut self.shadow else { return };
        *read += replayed(copy, &self.disk.bytes()[*read..]);
        if *read != self.disk.bytes().len() || copy.state_hash() != process.engine.state_hash() {
            let text = format!("record {} of the live state, {} replayed", process.engine.seq(), copy.seq());
            self.check.fail("5 replay gives the live state", &text);
        }
    }
}
