//! What the venues say of balances and positions, against our own books.

use super::Effects;
use super::external::Figure;
use super::record::{Body, Source};
use super::reducer::Engine;
use super::requests::Request;
use crate::ledger::{BalanceReport, Difference, PositionReport, Recon, Sight};
use crate::units::{AccountId, InstrumentId, Money, Now, Ns};
use crate::venues::{Event, EventBuf};
use std::collections::BTreeMap;

/// A venue's rounding between two rounds, in units of any asset.
const ROUNDING_MAX: Money = Money(100_000_000_000);

impl Engine {
    pub(super) fn on_balance(
        &mut self,
        now: Now,
        account: AccountId,
        report: &BalanceReport,
        sight: Sight,
        out: &mut Effects,
    ) {
        self.reported.insert((account, report.wallet, report.asset), *report);
        let ours = self.state.ledger.balances().wallet(account, report.wallet, &report.asset);
        let (source, amount) = match self.watch.observe(account, report, ours, sight, now.mono) {
            Recon::Opening { amount } => (Source::Opening, amount),
            // Venues round realized profit to their own digits: booked, not alarmed.
            Recon::Correct { difference } if difference.0.abs() <= ROUNDING_MAX.0 => {
                (Source::Recon, difference)
            }
            Recon::Correct { difference } => {
                let figures = (ours.unwrap_or_default(), Money(ours.unwrap_or_default().0 + difference.0));
                let figure = Figure::Balance(report.wallet, report.asset);
                if self.tells_moves(account) {
                    self.differs(now, account, figure, figures, out);
                } else {
                    self.tell_difference(now, account, figure, figures, out);
                }
                (Source::Recon, difference)
            }
            Recon::Waiting { lasts, .. } if lasts || matches!(sight, Sight::Quiet { .. }) => {
                return self.look_again(now, account);
            }
            Recon::Waiting { first: true, .. } if matches!(sight, Sight::Busy { .. }) => {
                return self.look_soon(now, account);
            }
            Recon::Stale | Recon::Agrees | Recon::Waiting { .. } => return,
        };
        let rows = vec![(report.wallet, report.asset, amount)];
        let since = Some(self.venue_time(now, account));
        self.commit(now, Body::Balance { account, source, rows, since }, out);
        if source == Source::Opening {
            self.recon_mut(account).opening = self.journal.seq();
        }
        self.balance_event(now, account, report, out);
    }

    /// No later than what the venue's clock shows: ours may be seconds apart from it.
    fn venue_time(&self, now: Now, account: AccountId) -> Ns {
        let venue = self.accounts.at(account).venue;
        let products = self.links.iter().filter(|link| link.account == Some(account));
        let errors = products.map(|link| self.config.venue(venue, link.config.product).clock_error);
        let offset = self.clocks.get(&venue).map_or(0, |clock| clock.offset);
        now.wall + offset - errors.max().unwrap_or_default()
    }

    /// What an answer to a question of ours proves about the account's figures.
    pub(super) fn sight(&self, now: Now, account: AccountId, request: &Request) -> Sight {
        let (Some(recon), Some(row)) = (self.recon.get(account.0 as usize), self.link(request.link)) else {
            return Sight::Passing;
        };
        let lag = self.config.venue(row.config.venue, row.config.product).read_lag;
        // A fill that waits to be booked explains what differs.
        if self.deferred.iter().any(|(of, _)| *of == account) {
            return Sight::Passing;
        }
        let open = self.state.orders.iter_open().any(|order| order.terms.account == account);
        if open || request.asked - lag <= recon.booked {
            return Sight::Busy { told: recon.told(lag) };
        }
        Sight::Quiet { now: now.mono, booked: recon.booked, told: recon.told(lag) }
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
        let sight = self.sight(now, account, request);
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
            let differs = &mut self.recon_mut(account).differs;
            let known = differs.remove(&instrument);
            if ours == qty {
                continue;
            }
            let first = known.is_none() && matches!(sight, Sight::Busy { .. });
            let (known, proved) = Difference::seen(known, Money(qty.0 - ours.0), sight, now.mono);
            differs.insert(instrument, known);
            if known.lasts(now.mono) || matches!(sight, Sight::Quiet { .. }) {
                self.look_again(now, account);
            } else if first {
                self.look_soon(now, account);
            }
            if proved {
                self.differs(now, account, Figure::Position(instrument), (ours, qty), out);
            }
        }
    }
}
