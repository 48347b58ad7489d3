//! What the venues say of balances, positions and the orders of others, against our own books.

use super::Effects;
use super::record::{Body, Source};
use super::reducer::Engine;
use super::requests::Request;
use crate::ledger::{BalanceReport, PositionReport, Recon};
use crate::order::OrderReport;
use crate::units::{AccountId, InstrumentId, Money, Now};
use crate::venues::{Event, EventBuf};
use std::collections::BTreeMap;

/// A venue's rounding between two rounds, in units of any asset.
const ROUNDING_MAX: Money = Money(100_000_000_000);
/// Foreign open orders remembered per account.
const FOREIGN_MAX: usize = 1_000;

impl Engine {
    pub(super) fn on_balance(
        &mut self,
        now: Now,
        account: AccountId,
        report: &BalanceReport,
        out: &mut Effects,
    ) {
        self.reported.insert((account, report.wallet, report.asset), *report);
        let ours = self.state.ledger.balances().wallet(account, report.wallet, &report.asset);
        let quiet = !self.state.orders.iter_open().any(|order| order.terms.account == account);
        let (source, amount) = match self.watch.observe(account, report, ours, quiet) {
            Recon::Opening { amount } => (Source::Opening, amount),
            // Venues round realized profit to their own digits: booked, not alarmed.
            Recon::Correct { difference } if difference.0.abs() <= ROUNDING_MAX.0 => {
                (Source::Recon, difference)
            }
            Recon::Correct { difference } => {
                let text = format!(
                    "{} {} {}: the venue holds {} more than is booked; booked as a correction",
                    self.accounts.name(account),
                    report.wallet.name(),
                    report.asset,
                    super::apply::amount_text(difference)
                );
                self.alert(now, "critical", "RECON_DIFF", &text, out);
                (Source::Recon, difference)
            }
            Recon::Stale | Recon::Agrees | Recon::Waiting { .. } => return,
        };
        let rows = vec![(report.wallet, report.asset, amount)];
        self.commit(now, Body::Balance { account, source, rows }, out);
        self.balance_event(now, account, report, out);
    }

    pub(super) fn on_position(&mut self, account: AccountId, report: &PositionReport) {
        self.venue_positions.insert((account, report.instrument), *report);
    }

    /// Positions of a served list against ours; what is not listed is flat.
    pub(super) fn compare_positions(
        &mut self,
        now: Now,
        request: &Request,
        buf: &EventBuf,
        out: &mut Effects,
    ) {
        let (Some(account), Some(row)) = (request.account, self.link(request.link)) else { return };
        let (venue, product) = (row.config.venue, row.config.product);
        let quiet = !self.state.orders.iter_open().any(|order| order.terms.account == account);
        let mut theirs: BTreeMap<InstrumentId, Money> = BTreeMap::new();
        for (of, instrument, position) in self.state.ledger.positions().iter() {
            let i = self.instruments.at(instrument);
            if of == account && (i.venue, i.product) == (venue, product) && position.basis.qty.0 != 0 {
                theirs.insert(instrument, Money::ZERO);
            }
        }
        for event in &buf.events {
            if let Event::Position(report) = event {
                theirs.insert(report.instrument, report.qty);
            }
        }
        for (instrument, qty) in theirs {
            let ours =
                self.state.ledger.positions().get(account, instrument).map_or(Money::ZERO, |p| p.basis.qty);
            let rounds = self.recon_mut(account).differs.entry(instrument).or_default();
            *rounds = if quiet && ours != qty { *rounds + 1 } else { 0 };
            if *rounds >= 2 {
                let text = format!(
                    "{}: position {} at the venue, {} in our books",
                    self.instruments.name(instrument),
                    super::apply::amount_text(qty),
                    super::apply::amount_text(ours)
                );
                self.alert(now, "critical", "RECON_DIFF", &text, out);
            }
        }
    }

    /// An order that is not ours: counted and told once, never touched.
    pub(super) fn note_foreign(
        &mut self,
        now: Now,
        account: AccountId,
        report: &OrderReport,
        out: &mut Effects,
    ) {
        let ended = report.status.is_end();
        let foreign = &mut self.recon_mut(account).foreign;
        if ended {
            foreign.remove(&report.venue_id);
        } else if foreign.len() < FOREIGN_MAX && foreign.insert(report.venue_id) {
            let text = format!(
                "{}: open order {} is not ours",
                self.instruments.name(report.instrument),
                report.venue_id
            );
            self.alert(now, "warning", "EXTERNAL_ORDER", &text, out);
        }
    }
}
