//! Records of what happened without us, applied.

use super::{Cause, ExternalRecord, Figure, Halt};
use crate::engine::apply::{Applier, wallet_of};
use crate::engine::apply_error::ApplyError;
use crate::engine::rows::Changed;
use crate::engine::state::State;
use crate::ledger::{Book, MoveKind, MoveReport};
use crate::units::{AccountId, InstrumentId, Money, Ns};

impl State {
    pub(in crate::engine) fn apply_external(
        &mut self,
        record: &ExternalRecord,
        wall: Ns,
        with: &mut Applier<'_>,
    ) -> Result<(), ApplyError> {
        match record {
            ExternalRecord::Differs { account, figure, ours, theirs } => {
                let halt = Halt { cause: Cause::Differs, ours: *ours, theirs: *theirs, since: wall };
                self.external.halts.insert((*account, *figure), halt);
            }
            ExternalRecord::Acknowledged { account, figure, correction } => {
                if let (Figure::Position(id), Some(by)) = (figure, correction) {
                    let i = with.instruments.at(*id);
                    let wallet = wallet_of(i.venue, i.product);
                    self.ledger.correct_position(*account, wallet, i, by.qty, by.px)?;
                    with.changed.push(Changed::Position(*account, *id));
                }
                self.external.halts.remove(&(*account, *figure));
            }
            ExternalRecord::Moved { account, report } => self.moved(*account, report, with)?,
        }
        Ok(())
    }

    fn moved(
        &mut self,
        account: AccountId,
        report: &MoveReport,
        with: &mut Applier<'_>,
    ) -> Result<(), ApplyError> {
        if self.external.knows(account, report.id) {
            return Ok(());
        }
        let on_position = match report.instrument.filter(|_| report.kind == MoveKind::Funding) {
            Some(instrument) => {
                let known = self.ledger.funding(account, instrument, report.amount)?;
                if known {
                    with.changed.push(Changed::Position(account, instrument));
                }
                known
            }
            None => false,
        };
        if !on_position {
            let book = match report.kind {
                MoveKind::Funding => Book::Funding,
                MoveKind::Transfer | MoveKind::Other => Book::Transfer,
            };
            self.ledger.adjust(account, report.wallet, report.asset, report.amount, book)?;
        }
        self.external.remember(account, report.id);
        let cursor = self.external.cursors.entry((account, report.wallet)).or_default();
        *cursor = report.venue_ns.max(*cursor);
        with.changed.push(Changed::Balance(account, report.wallet, report.asset));
        Ok(())
    }

    /// The venue closed a position by itself: the symbol is halted by the fill's own record.
    pub(in crate::engine) fn closed_by_venue(
        &mut self,
        account: AccountId,
        id: InstrumentId,
        before: Money,
        wall: Ns,
    ) {
        let after = self.ledger.positions().get(account, id).map_or(Money::ZERO, |p| p.basis.qty);
        let halt = Halt { cause: Cause::Closed, ours: before, theirs: after, since: wall };
        self.external.halts.insert((account, Figure::Position(id)), halt);
    }
}
