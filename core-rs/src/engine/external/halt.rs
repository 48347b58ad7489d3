//! Halts: what a difference stops, and how it is told.

use super::{ExternalRecord, Figure};
use crate::engine::Effects;
use crate::engine::apply::{amount_text, wallet_of};
use crate::engine::record::Body;
use crate::engine::reducer::Engine;
use crate::units::{AccountId, InstrumentId, Money, Now};
use serde::{Deserialize, Serialize};

/// Why a symbol is halted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::engine) enum Cause {
    /// A figure differs from the venue's, and nothing explains it.
    Differs,
    /// The venue closed a position by itself.
    Closed,
}

impl Cause {
    pub(in crate::engine) const fn name(self) -> &'static str {
        match self {
            Self::Differs => "differs",
            Self::Closed => "closed_by_venue",
        }
    }
}

impl Engine {
    /// Nothing is opened there until a person has acknowledged what differed.
    pub fn is_halted(&self, account: AccountId, instrument: InstrumentId) -> bool {
        let i = self.instruments.at(instrument);
        let wallet = wallet_of(i.venue, i.product);
        let figures =
            [Figure::Position(instrument), Figure::Balance(wallet, i.base), Figure::Balance(wallet, i.quote)];
        figures.into_iter().any(|figure| self.state.external.halt(account, figure).is_some())
    }

    /// A difference is proved: a record that halts, told once for each pair of figures.
    pub(in crate::engine) fn differs(
        &mut self,
        now: Now,
        account: AccountId,
        figure: Figure,
        (ours, theirs): (Money, Money),
        out: &mut Effects,
    ) {
        let known = self.state.external.halt(account, figure);
        if known.is_some_and(|halt| (halt.ours, halt.theirs) == (ours, theirs)) {
            return;
        }
        let record = ExternalRecord::Differs { account, figure, ours, theirs };
        self.commit(now, Body::External(Box::new(record)), out);
        self.tell_difference(now, account, figure, (ours, theirs), out);
    }

    pub(in crate::engine) fn tell_difference(
        &mut self,
        now: Now,
        account: AccountId,
        figure: Figure,
        (ours, theirs): (Money, Money),
        out: &mut Effects,
    ) {
        let halts = match self.state.external.halt(account, figure) {
            Some(_) => "nothing is opened there until this is acknowledged",
            None => "booked as a correction",
        };
        let text = format!(
            "{}: {} in our books, {} at the venue; {halts}",
            self.figure_id(account, figure),
            amount_text(ours),
            amount_text(theirs)
        );
        self.alert(now, "critical", "RECON_DIFF", &text, out);
    }

    /// How people name a figure: `binance:main/binance:linear:BTCUSDT`, `binance:main/spot/USDT`.
    pub(in crate::engine) fn figure_id(&self, account: AccountId, figure: Figure) -> String {
        let account = self.accounts.name(account);
        match figure {
            Figure::Position(id) => format!("{account}/{}", self.instruments.name(id)),
            Figure::Balance(wallet, asset) => format!("{account}/{}/{asset}", wallet.name()),
        }
    }
}
