//! Instruments that a venue has taken off its list: what it will not tell about them is waited for by nobody, and asked for when
//! they come back.

use super::Effects;
use super::reducer::Engine;
use super::requests::Request;
use crate::market::InstrumentStatus;
use crate::units::{InstrumentId, Now};
use crate::venues::{Query, RejectClass, VenueReject};

impl Engine {
    fn is_off_list(&self, id: InstrumentId) -> bool {
        self.instruments.at(id).status == InstrumentStatus::Halted
    }

    /// Two readings say that the instrument is gone: the venue's list has it no more, and the venue knows no such symbol.
    pub(super) fn is_delisted(&self, query: &Query, reject: &VenueReject) -> bool {
        query.instrument().is_some_and(|id| self.is_off_list(id))
            && reject.class == RejectClass::UnknownSymbol
    }

    /// Nobody waits for what can not be learned any more. It proves no order's absence: one of unknown fate stays so.
    pub(super) fn on_delisted(&mut self, now: Now, request: &Request, out: &mut Effects) {
        if let (Query::Fills { instrument, .. }, Some(account)) = (request.query, request.account) {
            self.recon_mut(account).untold.insert(instrument);
        }
        match request.query {
            Query::Order { .. } | Query::Fills { .. } => self.round_served(now, request, out),
            _ => self.on_lost_request(now, request, out),
        }
    }

    /// What came back to the list may have traded meanwhile: its fills are asked for now.
    pub(super) fn ask_untold(&mut self, now: Now) {
        for account in self.accounts.ids() {
            let mut untold = core::mem::take(&mut self.recon_mut(account).untold);
            let before = untold.len();
            untold.retain(|id| self.is_off_list(*id));
            let back = untold.len() < before;
            self.recon_mut(account).untold = untold;
            if back {
                self.whole_round(now, account, 0);
                // The round that runs may be past its fills.
                self.recon_mut(account).whole = true;
            }
        }
    }
}
