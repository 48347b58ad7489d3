//! After the machine itself went down: records written but not synced may be lost, so for a while nothing new is
//! opened and the venues are asked again and again for what may still surface. Plans wait until nothing of theirs can
//! surface any more: a hedge decided anew beside one that was forgotten would be one too many.

use super::Effects;
use super::record::{Body, PlanTurn};
use super::reducer::Engine;
use super::timers::Timer;
use crate::plan::Plan;
use crate::units::{AccountId, Now, Ns, PlanId};

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
        for account in self.accounts.ids() {
            // The whole fence, whatever the clock says of the time that passed: it may have been set meanwhile.
            let until = now.mono + self.fence_all(account);
            self.recon_mut(account).blind_until = Some(until);
        }
    }

    /// The longest fence of an account's products.
    pub(super) fn fence_all(&self, account: AccountId) -> Ns {
        let own = self.links.iter().filter(|link| link.account == Some(account));
        let fences = own.map(|link| self.config.venue(link.config.venue, link.config.product).fence());
        fences.max().unwrap_or(0)
    }

    /// An order of the plan may live at a venue without our knowing.
    pub fn is_blind(&self, plan: &Plan) -> bool {
        plan.terms.legs.iter().any(|leg| self.is_account_blind(leg.account))
    }

    pub(super) fn is_account_blind(&self, id: AccountId) -> bool {
        self.recon.get(id.0 as usize).is_some_and(|recon| recon.blind_until.is_some())
    }

    /// Plans that waited go on; their time runs from here.
    pub(super) fn take_up_plans(&mut self, now: Now, out: &mut Effects) {
        let waited = self.state.active().filter(|plan| !self.is_blind(plan));
        let ids: Vec<PlanId> = waited.map(|plan| plan.terms.id).collect();
        for id in ids {
            self.commit(now, Body::Turn { id, turn: PlanTurn::Resumed, text: String::new() }, out);
        }
    }

    pub(super) fn quarantine_due(&mut self, now: Now, out: &mut Effects) {
        let Some(until) = self.quarantine else { return };
        if now.mono >= until {
            self.quarantine = None;
            self.alert(now, "info", "QUARANTINE_OVER", "new orders are let through again", out);
            return;
        }
        for account in self.accounts.ids() {
            self.whole_round(now, account, 0);
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
