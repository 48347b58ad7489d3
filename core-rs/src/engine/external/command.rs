//! A person acknowledges a difference: what stood still goes on, with the venue's position taken over where it differs.

use super::{Cause, Correction, ExternalRecord, Figure};
use crate::engine::Effects;
use crate::engine::commands::{Asker, Reply};
use crate::engine::error::Refusal;
use crate::engine::field::{FieldError, Fields};
use crate::engine::record::Body;
use crate::engine::reducer::Engine;
use crate::units::{AccountId, InstrumentId, Money, Now};

impl Engine {
    /// `{"id"}`, as the risk view lists it.
    pub(in crate::engine) fn acknowledge_diff(
        &mut self,
        now: Now,
        body: Fields<'_>,
        asker: Asker<'_>,
        out: &mut Effects,
    ) -> Reply {
        let id = body.only(&["id"])?.str("id")?;
        if asker.actor().is_empty() {
            return Err(FieldError::new("actor", "somebody must have looked").into());
        }
        let named = |(account, figure): &(AccountId, Figure)| self.figure_id(*account, *figure) == id;
        let found = self.state.external.halts().find(|(key, _)| named(key));
        let ((account, figure), cause) =
            found.map(|(key, halt)| (*key, halt.cause)).ok_or_else(|| Refusal::not_found("halt", id))?;
        let correction = match (figure, cause) {
            (Figure::Position(instrument), Cause::Differs) => self.correction(account, instrument),
            (Figure::Position(_) | Figure::Balance(..), _) => None,
        };
        let record = ExternalRecord::Acknowledged { account, figure, correction };
        self.commit_for(now, Body::External(Box::new(record)), asker.tag(b"{}"), out);
        if let Figure::Position(instrument) = figure {
            self.recon_mut(account).differs.remove(&instrument);
            self.protect_position(now, account, instrument, out);
        }
        self.drive_all(now, out);
        Ok(b"{}".to_vec())
    }

    /// What still differs of a position, as the venue told it last; `None` when it agrees by now.
    fn correction(&self, account: AccountId, instrument: InstrumentId) -> Option<Correction> {
        let differs = self.recon.get(account.0 as usize)?.differs.get(&instrument)?;
        let told = self.venue_positions.get(&(account, instrument)).and_then(|report| report.entry_px);
        let decimals = self.instruments.at(instrument).px_decimals;
        let entry = told.map(|px| Money::of_px(px, decimals));
        Some(Correction {
            qty: differs.amount,
            px: entry.or_else(|| self.mark(instrument)).unwrap_or_default(),
        })
    }
}
