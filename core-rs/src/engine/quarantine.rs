//! After the machine itself went down: records written but not synced may be lost, so for a while nothing new is
//! opened and the venues are asked again and again for what may still surface.

use super::Effects;
use super::reducer::Engine;
use super::timers::Timer;
use crate::units::{Now, Ns};

const SECOND: Ns = 1_000_000_000;
pub(super) const LENGTH: Ns = 20 * SECOND;
/// Whole rounds of reconciliation, counted from the start.
const ROUNDS: [Ns; 3] = [5 * SECOND, 12 * SECOND, 19 * SECOND];

impl Engine {
    /// Begins or goes on: a process that starts within another one's quarantine serves what is left of it.
    pub(super) fn begin_quarantine(&mut self, now: Now, out: &mut Effects) {
        let (Some(lost), true) = (self.state.machine_lost, self.config.boot.is_some()) else { return };
        let left = lost + LENGTH - now.wall;
        if left <= 0 {
            return;
        }
        let left = left.min(LENGTH);
        self.quarantine = Some(now.mono + left);
        let text = format!(
            "the machine was started anew: for {} s nothing is opened while the venues are asked what was under way",
            left / SECOND
        );
        self.alert(now, "warning", "QUARANTINE", &text, out);
        self.next_quarantine_round(now);
    }

    pub(super) fn quarantine_due(&mut self, now: Now, out: &mut Effects) {
        let Some(until) = self.quarantine else { return };
        if now.mono >= until {
            self.quarantine = None;
            self.alert(now, "info", "QUARANTINE_OVER", "new orders are let through again", out);
            return;
        }
        for account in self.accounts.ids() {
            self.whole_round(now, account);
        }
        self.next_quarantine_round(now);
    }

    fn next_quarantine_round(&mut self, now: Now) {
        let Some(until) = self.quarantine else { return };
        let began = until - LENGTH;
        let next = ROUNDS.iter().map(|after| began + after).find(|at| *at > now.mono);
        self.timers.set(Timer::Quarantine, next.unwrap_or(until));
    }
}
