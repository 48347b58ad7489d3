//! Movements that the venue books by itself: asked for, and booked once each by the venue's own id.

use super::ExternalRecord;
use crate::engine::apply::wallet_of;
use crate::engine::links::Link;
use crate::engine::recon::FILLS_OVERLAP;
use crate::engine::record::Body;
use crate::engine::reducer::Engine;
use crate::engine::requests::Why;
use crate::engine::{Effects, Mutant};
use crate::ledger::{MoveId, MoveReport};
use crate::units::{AccountId, LinkId, Money, Now, Product};
use crate::venues::{Codec, Query, Role};

impl Engine {
    pub(in crate::engine) fn on_move(
        &mut self,
        now: Now,
        account: AccountId,
        report: &MoveReport,
        out: &mut Effects,
    ) {
        let before = self.state.external.is_before(account, report);
        let mut report = *report;
        if self.has(Mutant::FundingTwice) {
            report.id = MoveId::new(format!("x{}", self.journal.seq()).as_bytes()).unwrap_or(report.id);
        }
        let known = self.state.external.knows(account, report.id);
        if before || known || report.amount == Money::ZERO {
            return;
        }
        let record = ExternalRecord::Moved { account, report };
        if self.commit(now, Body::External(Box::new(record)), out).is_none() {
            return;
        }
        self.recon_mut(account).booked = now.mono;
        self.move_event(now, account, &report, out);
    }

    /// The stream said that something other than a trade moved the account: its log tells what.
    pub(in crate::engine) fn on_moved(&mut self, now: Now, account: AccountId, out: &mut Effects) {
        for (link, query) in self.moves_to_ask(account) {
            if !self.requests.asks(Some(account), link, &query) {
                // One that could not be asked now is part of every whole round.
                let _asked = self.ask(now, link, Some(account), query, Why::Order, out);
            }
        }
    }

    /// The venue says what moved the account besides trades. Where it is not asked, funding alone makes a difference.
    pub(in crate::engine) fn tells_moves(&self, account: AccountId) -> bool {
        let mut own = self.links.iter().filter(|link| link.account == Some(account));
        own.any(|link| link.codec.is_some_and(Codec::tells_moves))
    }

    /// Logs of the account's movements, from a while before the newest known one.
    pub(in crate::engine) fn moves_to_ask(&self, account: AccountId) -> Vec<(LinkId, Query)> {
        let Some(opened) = self.state.opened.get(&account) else { return Vec::new() };
        let tells = |(_, link): &(usize, &Link)| link.codec.is_some_and(Codec::tells_moves);
        let own =
            |(_, link): &(usize, &Link)| link.account == Some(account) && link.config.role == Role::Rest;
        let wallet = |link: &Link| wallet_of(link.config.venue, link.config.product);
        let logs: Vec<(usize, &Link)> = self.links.iter().enumerate().filter(own).filter(tells).collect();
        // One log tells of a wallet that both products share.
        let twice = |link: &Link| {
            let linear =
                |other: &Link| other.config.product == Product::Linear && wallet(other) == wallet(link);
            link.config.product == Product::Spot && logs.iter().any(|(_, other)| linear(other))
        };
        let once = logs.iter().filter(|(_, link)| !twice(link));
        once.map(|(at, link)| {
            let newest = self.state.external.cursors.get(&(account, wallet(link))).copied();
            let since = newest.map_or(*opened, |at| (at - FILLS_OVERLAP).max(*opened));
            (LinkId(*at as u16), Query::Moves { since, from_id: None })
        })
        .collect()
    }
}
