//! The executor of effects, equal in meaning to the runtime of the service.

use super::life::Death;
use super::net::order_request;
use super::setup::MS;
use super::stage::Role;
use super::swarm::Fault;
use super::world::{Job, World};
use crate::engine::{Effect, Effects, Input};
use crate::units::{LinkId, Ns};
use std::collections::VecDeque;

/// Requests under way at once; one more is answered with "no answer".
const FETCHES_MAX: usize = 128;
const REFUSED_PAUSE: Ns = 250 * MS;
const PARKED_MAX: usize = 4096;

impl World {
    pub(super) fn input(&mut self, input: Input<'_>) {
        let (now, mut out) = (self.moment(), self.effects());
        let Some(process) = &mut self.process else { return };
        process.engine.step(now, input, &mut out);
        self.execute(out);
    }

    /// Executes in list order; effects that arise meanwhile come after the list.
    pub(super) fn execute(&mut self, effects: Effects) {
        let Some(process) = &mut self.process else { return };
        let mut list: VecDeque<Effect> = effects.list.into();
        if self.harness.sends_first() {
            list.make_contiguous().sort_by_key(|effect| !matches!(effect, Effect::Send { .. }));
        }
        process.queue.push_back((list, !process.journal_fault));
        if process.running {
            return;
        }
        process.running = true;
        let life = self.life;
        while let Some((effect, expects)) = self.next_effect() {
            self.effect(effect, expects);
            if !self.alive(life) {
                return;
            }
        }
        if let Some(process) = &mut self.process {
            process.running = false;
        }
        self.after_step();
    }

    fn next_effect(&mut self) -> Option<(Effect, bool)> {
        let process = self.process.as_mut()?;
        loop {
            let (list, expects) = process.queue.front_mut()?;
            if let Some(effect) = list.pop_front() {
                return Some((effect, *expects));
            }
            process.queue.pop_front();
        }
    }

    fn effect(&mut self, effect: Effect, expects_journal: bool) {
        if matches!(effect, Effect::Journal { .. } | Effect::Send { .. }) && self.strikes(Fault::Kill) {
            self.die(Death::Kill);
            return;
        }
        match effect {
            Effect::Journal { seq, data } => self.write(seq, &data),
            Effect::Send { link, after, data } => {
                self.send(usize::from(link.0), after, data, expects_journal);
            }
            Effect::Fetch { link, request, data } => self.fetch(usize::from(link.0), request, data),
            Effect::Event { topic, data } => {
                self.trace.event(self.now, &topic, &data);
                self.check.event(&topic, &data, &self.venues);
                self.client_hears(&topic, &data);
                self.probes.event(&topic, &data);
            }
            Effect::Wake { at } => {
                let life = self.life;
                let Some(process) = &mut self.process else { return };
                let at = at - process.mono;
                process.wake = Some(at);
                self.at(at - self.now, Job::Wake { at, life });
            }
            Effect::Close { link } => {
                let link = usize::from(link.0);
                if let Some(conn) = self.links[link].conn.take() {
                    self.hang_up(conn);
                    self.at(0, Job::Down { link, life: self.life });
                    self.reconnect(link);
                }
            }
        }
    }

    fn write(&mut self, seq: u64, data: &[u8]) {
        self.check.decided(data);
        let Some(process) = &mut self.process else { return };
        if process.journal_closed {
            return;
        }
        if !self.disk.write(seq, data) {
            process.journal_closed = true;
            self.journal_failed();
            return;
        }
        self.trace.record(self.now, seq, data);
        self.check.record(data);
        self.start_sync();
    }

    fn start_sync(&mut self) {
        if self.disk.begin_sync() {
            let slow = self.now < self.slow_disk;
            let time = super::disk::sync_time(&mut self.rng, slow);
            let life = self.life;
            self.at(time, Job::Synced { life });
        }
    }

    pub(super) fn synced(&mut self) {
        let (Some(seq), Some(process)) = (self.disk.end_sync(), &mut self.process) else { return };
        process.durable = seq;
        while let Some((link, after, data)) = self.process.as_mut().and_then(|p| p.parked.pop_front()) {
            if after > seq {
                if let Some(process) = &mut self.process {
                    process.parked.push_front((link, after, data));
                }
                break;
            }
            self.send_now(link, data);
        }
        self.input(Input::Durable { seq });
        self.start_sync();
    }

    fn journal_failed(&mut self) {
        let Some(process) = &mut self.process else { return };
        if process.journal_fault {
            return;
        }
        process.journal_fault = true;
        let parked = std::mem::take(&mut process.parked);
        self.input(Input::JournalFailed { reason: "no space left on device" });
        for (link, _, data) in parked {
            self.send_failed(link, &data);
        }
    }

    fn send(&mut self, link: usize, after: u64, data: Vec<u8>, expects_journal: bool) {
        let Some(process) = &mut self.process else { return };
        if process.journal_fault && expects_journal {
            // Decided before the reducer knew that its record could not be written.
            self.send_failed(link, &data);
        } else if after <= process.durable {
            self.send_now(link, data);
        } else if process.journal_fault || process.parked.len() >= PARKED_MAX {
            self.send_failed(link, &data);
        } else {
            process.parked.push_back((link, after, data));
        }
    }

    fn send_now(&mut self, link: usize, data: Vec<u8>) {
        let Some(conn) = self.links[link].conn else {
            self.send_failed(link, &data);
            return;
        };
        self.trace.bytes(self.now, "SEND", link as u64, &data);
        if self.stage.links[link].role == Role::Trade
            && let Some((id, place)) = order_request(self.stage.links[link].words, &data)
        {
            self.watch_external();
            let facts = self.process.as_ref().map(|process| &process.engine);
            self.check.sent(self.now, id, place, facts, &self.venues, &self.links);
            self.judge_order(link, &data);
        }
        self.carry_to_venue(link, conn, data);
    }

    fn send_failed(&mut self, link: usize, data: &[u8]) {
        self.trace.bytes(self.now, "UNSENT", link as u64, data);
        self.input(Input::SendFailed { link: LinkId(link as u16), data });
    }

    fn fetch(&mut self, link: usize, number: u64, data: Vec<u8>) {
        let life = self.life;
        let Some(process) = &mut self.process else { return };
        process.fetches += 1;
        if process.fetches > FETCHES_MAX {
            self.at(REFUSED_PAUSE, Job::Answer { number, status: 0, body: Vec::new(), shows: None, life });
            return;
        }
        self.trace.bytes(self.now, "FETCH", number, &data);
        self.judge_ban(self.stage.links[link]);
        self.ask(link, number, data);
    }

    pub(super) fn link_input(&mut self, link: usize, up: bool) {
        self.trace.say(self.now, || format!("LINK   {link} {}", if up { "up" } else { "down" }));
        self.input(Input::Link { link: LinkId(link as u16), up });
    }
}
