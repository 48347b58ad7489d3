//! Births and deaths of the process: recovery from what the disk holds, kill -9, power loss.

use super::client::Client;
use super::rng::Rng;
use super::setup::{MS, SECOND, engine_config};
use super::swarm::Fault;
use super::world::{Job, Process, World};
use crate::engine::{Command, Effect, Effects, Engine, Input};
use crate::units::Ns;
use std::collections::VecDeque;

/// How a process ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Death {
    Kill,
    PowerLoss,
}

impl World {
    /// Kill -9 or power loss, now. What was handed to the sockets is still on its way.
    pub(super) fn die(&mut self, death: Death) {
        if self.process.is_none() {
            return;
        }
        self.trace.say(self.now, || format!("DEATH  {death:?} in epoch"));
        // What could not be written dies with the process.
        let unwritten = self.process.as_ref().is_some_and(|process| process.journal_closed);
        self.ghost = self.process.take().filter(|_| self.harness.is_doubled()).map(|process| process.engine);
        self.life += 1;
        self.forget_pace();
        let written = self.disk.bytes().len();
        let lossy = death == Death::PowerLoss || unwritten;
        self.client.iter_mut().filter(|_| lossy).for_each(Client::forget);
        match death {
            Death::Kill => {
                // A full disk took no records: what they told dies with the process.
                if self.disk.full {
                    self.check.external.forget();
                }
                if unwritten {
                    self.forget_bans();
                }
                self.disk.killed();
            }
            Death::PowerLoss => {
                self.check.power_losses += 1;
                self.forget_bans();
                self.check.external.forget();
                self.disk.power_lost(&mut self.rng);
                self.machine += 1;
                self.mono = self.rng.span(SECOND, 1_000 * SECOND) - self.now;
                self.config = engine_config(self.stage, &self.swarm, &self.mutant, self.machine);
            }
        }
        if death == Death::PowerLoss || self.disk.bytes().len() < written {
            self.shadow = None;
        }
        for link in 0..self.links.len() {
            if let Some(conn) = self.links[link].conn.take() {
                self.hang_up(conn);
            }
        }
        let pause = self.rng.span(20 * MS, 1_500 * MS);
        self.at(pause, Job::Boot);
    }

    /// A process starts: replays the journal, cuts a torn tail, begins.
    pub(super) fn boot(&mut self) {
        if self.process.is_some() {
            return;
        }
        let config = self.process_config();
        let Ok(mut engine) = Engine::new(config.as_bytes()) else {
            self.check.fail("set-up", "the engine refuses its configuration");
            return;
        };
        if let Some(client) = &self.client {
            engine.skip_rows(client.shown);
        }
        let valid = replayed(&mut engine, self.disk.bytes());
        self.check.after_recovery(&engine, &self.disk, valid);
        if self.harness.cuts_tail() {
            self.disk.recovered(valid);
        } else {
            self.disk.recovered(self.disk.bytes().len());
        }
        let skewed = self.strikes(Fault::ClockSkew);
        let skew = if skewed { self.rng.span(-1_500 * MS, 1_500 * MS) } else { 0 } + self.markets.system_skew;
        let mono = self.mono;
        let durable = engine.seq();
        self.process = Some(Process {
            engine,
            queue: VecDeque::new(),
            running: false,
            journal_fault: false,
            journal_closed: false,
            wake: None,
            parked: VecDeque::new(),
            fetches: 0,
            durable,
            mono,
            skew,
            system_skew: self.markets.system_skew,
            seq_seen: 0,
        });
        self.trace.say(self.now, || format!("BOOT   from record {durable}, {valid} bytes"));
        self.client_connects();
        self.begin();
        self.ghost_writes();
    }

    /// Mutant: the process before this one was not dead, and goes on writing to the same journal.
    fn ghost_writes(&mut self) {
        let Some(mut ghost) = self.ghost.take() else { return };
        let mut out = Effects::default();
        let mut reply = Ok(Vec::new());
        let command = Command { name: "kill", body: b"{}", actor: "sim", id: "ghost", reply: &mut reply };
        ghost.step(self.moment(), Input::Command(command), &mut out);
        for effect in out.list {
            if let Effect::Journal { seq, data } = effect {
                self.disk.write(seq, &data);
            }
        }
    }

    /// The process's configuration, with the fill that it can not apply at first.
    fn process_config(&mut self) -> String {
        if !self.strikes(Fault::ApplyFails) {
            return self.config.clone();
        }
        self.check.external.apply_fails = true;
        let nth = 1 + self.side.below(4);
        let body = self.config.strip_suffix('}').unwrap_or_default();
        format!("{body},\"failFill\":{nth}}}")
    }

    fn begin(&mut self) {
        let life = self.life;
        for venue in 0..2 {
            self.at(0, Job::Clock { venue, life });
            for product in 0..2 {
                let delay = self.rng.span(0, 40 * MS);
                self.at(delay, Job::Instruments { venue, product, life });
            }
        }
        self.input(Input::Start);
        for link in 0..self.stage.links.len() {
            let delay = self.rng.span(MS, 60 * MS);
            self.at(delay, Job::Connect { link, life });
        }
    }
}

/// Replays whole valid records; returns their bytes.
pub(super) fn replayed(engine: &mut Engine, bytes: &[u8]) -> usize {
    match engine.replay(bytes) {
        Ok(used) => used,
        Err(refusal) => {
            let details: serde_json::Value = serde_json::from_slice(&refusal.details).unwrap_or_default();
            details["offset"].as_u64().unwrap_or(0) as usize
        }
    }
}

/// How long a link stays away.
pub(super) fn backoff(rng: &mut Rng) -> Ns {
    rng.span(30 * MS, 600 * MS)
}
