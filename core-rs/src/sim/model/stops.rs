//! Stops of whole positions: set by the client, kept by the venue, gone with the position.

use super::{Event, Forced, Model};
use crate::units::{Ns, Product};

/// Why a stop is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StopRefusal {
    NoPosition,
    /// Where the position would be closed at once, or off the tick.
    Price,
    Same,
}

impl Model {
    /// `None` takes it away.
    pub(crate) fn set_stop(
        &mut self,
        account: usize,
        listing: usize,
        px: Option<i64>,
        at: Ns,
    ) -> Result<(), StopRefusal> {
        let held = self.accounts[account].position(listing).qty;
        if self.listings[listing].product != Product::Linear || held == 0 {
            return Err(StopRefusal::NoPosition);
        }
        if self.accounts[account].stops.get(&listing).copied() == px {
            return Err(StopRefusal::Same);
        }
        let off = |px: i64| px <= 0 || px % self.listings[listing].tick != 0;
        if px.is_some_and(|px| off(px) || self.is_reached(account, listing, px)) {
            return Err(StopRefusal::Price);
        }
        self.commit(at, Event::Stop { account, listing, px });
        Ok(())
    }

    /// Closes every position of a listing whose stop the mark price has reached.
    pub(crate) fn fire_stops(&mut self, listing: usize, at: Ns) {
        for account in 0..self.accounts.len() {
            let stop = self.accounts[account].stops.get(&listing).copied();
            if stop.is_some_and(|px| self.is_reached(account, listing, px)) {
                let held = self.accounts[account].position(listing).qty.abs();
                self.force_close(account, listing, held, Forced::Stop, at);
            }
        }
    }

    fn is_reached(&self, account: usize, listing: usize, px: i64) -> bool {
        let (held, mark) = (self.accounts[account].position(listing).qty, self.mark(listing));
        if held > 0 { mark <= px } else { mark >= px }
    }
}
