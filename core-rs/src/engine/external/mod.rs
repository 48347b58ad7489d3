//! What happens to an account without us: the venue closes a position or pays funding, somebody moves money, another
//! client trades; and figures of ours that differ from the venue's, which stop a symbol until a person has looked.

mod apply;
mod codec;
mod command;
mod docs;
mod foreign;
mod halt;
mod moves;

pub(super) use codec::{read, write};
pub(super) use foreign::Foreigner;
pub(super) use halt::Cause;

use super::instruments::TableNames;
use crate::ledger::{MoveId, MoveReport, Wallet};
use crate::order::{Names, push_field, row_digest};
use crate::units::{AccountId, Asset, InstrumentId, Money, Ns};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Movements remembered, so that one told again is not booked twice.
const MOVES_KEPT_MAX: usize = 20_000;

/// The figure that differed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) enum Figure {
    Position(InstrumentId),
    Balance(Wallet, Asset),
}

/// Why a symbol is halted, and what stood on both sides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Halt {
    pub cause: Cause,
    pub ours: Money,
    pub theirs: Money,
    /// Wall time.
    pub since: Ns,
}

/// What an acknowledged position is corrected by: the venue's less ours, at a price per base unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Correction {
    pub qty: Money,
    pub px: Money,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ExternalRecord {
    /// Halts what depends on the figure.
    Differs { account: AccountId, figure: Figure, ours: Money, theirs: Money },
    /// A person has looked: trading goes on.
    Acknowledged { account: AccountId, figure: Figure, correction: Option<Correction> },
    /// The venue booked something that no trade explains.
    Moved { account: AccountId, report: MoveReport },
}

/// Durable; changed by `apply` alone.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct External {
    halts: BTreeMap<(AccountId, Figure), Halt>,
    moves: BTreeSet<(AccountId, MoveId)>,
    order: VecDeque<(AccountId, MoveId)>,
    /// When a balance was first seen, venue time: what moved before is in it.
    opened: BTreeMap<(AccountId, Wallet, Asset), Ns>,
    /// Newest movement of an account's wallet, venue time.
    pub cursors: BTreeMap<(AccountId, Wallet), Ns>,
}

impl ExternalRecord {
    pub(super) const fn kind(&self) -> u8 {
        match self {
            Self::Differs { .. } => 70,
            Self::Acknowledged { .. } => 71,
            Self::Moved { .. } => 72,
        }
    }
}

impl External {
    pub(super) fn halts(&self) -> impl Iterator<Item = (&(AccountId, Figure), &Halt)> {
        self.halts.iter()
    }

    pub(super) fn halt(&self, account: AccountId, figure: Figure) -> Option<&Halt> {
        self.halts.get(&(account, figure))
    }

    pub(super) fn open(&mut self, account: AccountId, (wallet, asset): (Wallet, Asset), at: Ns) {
        self.opened.entry((account, wallet, asset)).or_insert(at);
    }

    pub(super) fn is_open(&self, account: AccountId, wallet: Wallet, asset: Asset) -> bool {
        self.opened.contains_key(&(account, wallet, asset))
    }

    /// What moved until then, or moves while that is not known, is part of the balance at first sight.
    pub(super) fn is_before(&self, account: AccountId, report: &MoveReport) -> bool {
        self.was_before(account, (report.wallet, report.asset), report.venue_ns)
    }

    pub(super) fn was_before(&self, account: AccountId, (wallet, asset): (Wallet, Asset), at: Ns) -> bool {
        self.opened.get(&(account, wallet, asset)).is_none_or(|opened| at <= *opened)
    }

    pub(super) fn knows(&self, account: AccountId, id: MoveId) -> bool {
        self.moves.contains(&(account, id))
    }

    fn remember(&mut self, account: AccountId, id: MoveId) {
        if self.moves.insert((account, id)) {
            self.order.push_back((account, id));
        }
        if self.order.len() > MOVES_KEPT_MAX
            && let Some(old) = self.order.pop_front()
        {
            self.moves.remove(&old);
        }
    }

    pub(super) fn digest(&self, names: &TableNames<'_>) -> u64 {
        let halts = self.halts.iter().map(|((account, figure), halt)| {
            row_digest(|out| {
                push_field(out, names.account(*account).as_bytes());
                match figure {
                    Figure::Position(id) => push_field(out, names.instrument(*id).as_bytes()),
                    Figure::Balance(wallet, asset) => {
                        push_field(out, wallet.name().as_bytes());
                        push_field(out, asset.as_bytes());
                    }
                }
                push_field(out, halt.cause.name().as_bytes());
                for amount in [halt.ours.0, halt.theirs.0, i128::from(halt.since)] {
                    out.extend_from_slice(&amount.to_le_bytes());
                }
            })
        });
        let moves = self.order.iter().map(|(account, id)| {
            row_digest(|out| {
                push_field(out, names.account(*account).as_bytes());
                push_field(out, id.as_bytes());
            })
        });
        halts.chain(moves).fold(0, u64::wrapping_add)
    }
}
