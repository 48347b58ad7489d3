//! What stops trading, applied: the latch, the loss breakers, the breakers that close by themselves, bans.

use super::record::Body;
use super::state::State;
use crate::risk::{LatchMode, Trip};
use crate::units::{Ns, Venue};

impl State {
    pub(super) fn ban(&mut self, venue: Venue, until: Ns) {
        self.bans.insert(venue, until);
    }

    /// Latches and loss breakers: tightened by anything, opened by the authorised reset alone. Other breakers also close
    /// by a try that went well.
    pub(super) fn stop(&mut self, body: &Body, wall: Ns) {
        if let Body::Latch { mode: LatchMode::Open, actor, .. } = body {
            self.latch.reset(actor, wall);
            self.losses.reset();
            self.circuits.clear();
        } else if let Body::Latch { mode, reason, actor } = body {
            self.latch.trip(*mode, reason, actor, wall);
        } else if let Body::Breaker { breaker, reason } = body {
            self.losses.trip(*breaker, reason, wall);
        } else if let Body::Peak(profit) = body {
            self.losses.rise(*profit);
        } else if let Body::Circuit { breaker, over, trip: Some(reason) } = body {
            self.circuits.insert((*breaker, *over), Trip { reason: reason.clone(), since: wall });
        } else if let Body::Circuit { breaker, over, trip: None } = body {
            self.circuits.remove(&(*breaker, *over));
        }
    }
}
