//! What the process is told of time, and of what is listed.

use super::setup::{MS, SECOND, instruments};
use super::world::{Job, World};
use crate::engine::Input;
use crate::units::{Now, Ns, Product};

impl World {
    /// The process's clocks.
    pub(super) fn moment(&self) -> Now {
        let mono = self.process.as_ref().map_or(0, |process| process.mono);
        Now { mono: self.now + mono, wall: self.wall() + self.skew() }
    }

    /// How far the wall time that the process is told is off.
    fn skew(&self) -> Ns {
        let Some(process) = &self.process else { return 0 };
        let stepped = self.markets.system_skew - process.system_skew;
        process.skew + if self.harness.trusts_wall() { stepped } else { 0 }
    }

    /// The cold half tells the venue's clock, with an error inside the bound.
    pub(super) fn tell_clock(&mut self, venue: usize) {
        let offset = -self.skew() + self.rng.span(-50 * MS, 50 * MS);
        self.input(Input::Clock { venue: self.stage.venues[venue], offset, uncertainty: 50 * MS });
        let life = self.life;
        self.at(5 * SECOND, Job::Clock { venue, life });
    }

    pub(super) fn tell_instruments(&mut self, at: usize, product: Product) {
        let (now, mut out) = (self.moment(), self.effects());
        let (venue, phase) = (self.stage.venues[at], self.phase(at, product));
        let rows = instruments(self.stage, at, product, phase);
        let Some(process) = &mut self.process else { return };
        let set = process.engine.set_instruments(now, venue, product, rows.as_bytes(), &mut out);
        if let Err(refusal) = set {
            self.check.fail("set-up", &format!("instruments refused: {}", refusal.message));
        }
        self.execute(out);
    }
}
