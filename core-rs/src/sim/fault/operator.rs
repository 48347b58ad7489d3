//! What happens by the second: links fail, disks fail, people interfere.

use super::life::Death;
use super::setup::{EPOCH, MS, PAIR_COUNT, SECOND, pair, pair_id};
use super::stage::Role;
use super::swarm::Fault;
use super::world::{Job, World};
use crate::engine::{Command, Input};
use crate::plan::Plan;
use crate::sim::SimVenue;
use crate::units::Venue;

impl World {
    pub(super) fn each_second(&mut self) {
        self.check_watch();
        self.watch_late();
        self.keep_mute_alive();
        self.watch_external();
        self.project();
        if !self.faulty {
            let within = self.audit_max();
            self.check_unseen(within);
            if let (Some(process), Some(calm)) = (&self.process, self.calm) {
                let calm = calm.max(EPOCH + self.bounds.shut_until);
                self.check.check_naked(&process.engine, calm, self.wall());
            }
            return;
        }
        if self.strikes(Fault::PowerLoss) {
            self.die(Death::PowerLoss);
            return;
        }
        self.link_faults();
        if self.strikes(Fault::SlowFsync) {
            self.slow_disk = self.now + 3 * SECOND;
        }
        if self.strikes(Fault::DiskFull) {
            self.disk.full = true;
            let until = self.rng.span(SECOND, 4 * SECOND);
            // A person makes room and restarts; nothing else ends this state.
            self.at(until, Job::Replace { life: self.life });
        }
        self.operator_faults();
        self.operator_protects();
        self.market_faults();
        self.account_acts();
    }

    fn any_link(&mut self) -> usize {
        loop {
            let link = self.rng.below(self.stage.links.len() as u64) as usize;
            if self.stage.links[link].role != Role::Rest {
                return link;
            }
        }
    }

    fn link_faults(&mut self) {
        if self.strikes(Fault::Disconnect) {
            let link = self.any_link();
            self.struck_at(self.stage.links[link].venue, Fault::Disconnect);
            self.cut(link);
        }
        if self.strikes(Fault::Flap) {
            let link = self.any_link();
            self.struck_at(self.stage.links[link].venue, Fault::Flap);
            self.links[link].flapping_until = self.now + 2 * SECOND;
            self.cut(link);
        }
        if self.now < self.links.iter().map(|link| link.flapping_until).max().unwrap_or(0) {
            for link in 0..self.stage.links.len() {
                if self.now < self.links[link].flapping_until {
                    self.cut(link);
                }
            }
        }
        if self.strikes(Fault::HalfOpen) {
            let link = self.any_link();
            self.struck_at(self.stage.links[link].venue, Fault::HalfOpen);
            if let Some(conn) = self.links[link].conn {
                if let Some(known) = self.conns.get_mut(&conn) {
                    known.half_open = true;
                }
                let wait = self.rng.span(SECOND, 12 * SECOND);
                self.at(wait, Job::Noticed { conn });
            }
        }
        if self.strikes(Fault::ListenKeyDeath) {
            if let Some(venue) = self.stage.position(Venue::Binance) {
                self.struck_at(venue, Fault::ListenKeyDeath);
            }
            self.venues.iter_mut().for_each(SimVenue::drop_listen_keys);
        }
        if self.strikes(Fault::VenueOutage) {
            let venue = self.rng.below(2) as usize;
            let time = self.rng.span(200 * MS, 4 * SECOND);
            self.outage[venue] = self.now + time;
            self.struck_at(venue, Fault::VenueOutage);
            for (link, row) in self.stage.links.iter().enumerate() {
                if row.venue == venue && row.role != Role::Rest {
                    self.cut(link);
                }
            }
        }
    }

    fn operator_faults(&mut self) {
        if self.strikes(Fault::OperatorKill) {
            let mode = *self.rng.pick(&["halt", "reduce_only"]);
            self.command("kill", &format!(r#"{{"reason":"test","mode":"{mode}"}}"#));
        }
        if self.strikes(Fault::OperatorReset) {
            self.command("reset", "{}");
        }
        if self.strikes(Fault::OperatorPair) {
            let at = self.rng.below(PAIR_COUNT as u64) as usize;
            let enabled = self.rng.chance(500_000);
            let body = pair(self.stage, &self.swarm, at, enabled);
            self.command("upsert_pair", &body);
        }
        if self.strikes(Fault::OperatorExecute) {
            let at = self.rng.below(PAIR_COUNT as u64) as usize;
            self.command("execute_pair", &format!(r#"{{"id":"{}"}}"#, pair_id(at)));
        }
        self.schedule_faults();
        if self.strikes(Fault::OperatorUnwind) {
            let plans: Vec<_> = self.plans();
            if !plans.is_empty() {
                let id = *self.rng.pick(&plans);
                let wall = self.wall();
                if let Some(process) = &self.process {
                    self.check.note_prices(wall, &process.engine, &self.venues);
                }
                self.command("unwind_plan", &format!(r#"{{"planId":"{}"}}"#, Plan::name(id)));
            }
        }
        if self.strikes(Fault::OperatorCancel) {
            let orders: Vec<_> = self.process.as_ref().map_or(Vec::new(), |process| {
                process.engine.orders().iter_open().map(crate::order::Order::id).collect()
            });
            if !orders.is_empty() {
                let id = *self.rng.pick(&orders);
                self.command("cancel_order", &format!(r#"{{"orderId":"{id}"}}"#));
            }
        }
    }

    fn plans(&self) -> Vec<crate::units::PlanId> {
        let Some(process) = &self.process else { return Vec::new() };
        process.engine.plans().map(|plan| plan.terms.id).collect()
    }

    /// One command; true when it was taken. A refused one may have opened a breaker on the way: what it says counts.
    pub(super) fn command(&mut self, name: &str, body: &str) -> bool {
        let (now, mut out) = (self.moment(), self.effects());
        self.serial += 1;
        let id = format!("c{}", self.serial);
        let Some(process) = &mut self.process else { return false };
        let mut reply = Ok(Vec::new());
        let command = Command { name, body: body.as_bytes(), actor: "sim", id: &id, reply: &mut reply };
        process.engine.step(now, Input::Command(command), &mut out);
        let taken = reply.is_ok();
        self.trace.say(self.now, || match &reply {
            Ok(_) => format!("PERSON {name} {body}"),
            Err(refusal) => format!("PERSON {name} {body}: {}", refusal.message),
        });
        self.execute(out);
        taken
    }
}
