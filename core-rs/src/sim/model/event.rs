//! What can happen to the venue's durable state. One event is one line of the book of record.

use super::Listing;
use super::order::{EndReason, Fill, Order, State};
use crate::ledger::{MoveKind, Wallet};
use crate::units::{Asset, Money, Ns};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    Deposit {
        account: usize,
        wallet: Wallet,
        asset: Asset,
        amount: Money,
    },
    Accept(Order),
    Fill(Fill),
    End {
        order: u64,
        state: State,
        reason: EndReason,
        at: Ns,
    },
    Move(Move),
    Leverage {
        account: usize,
        listing: usize,
        leverage: u32,
    },
    /// A position's stop is set, or taken away.
    Stop {
        account: usize,
        listing: usize,
        px: Option<i64>,
    },
    /// An instrument whose terms come from a real venue.
    List(Box<Listing>),
}

/// Money that came in or left (negative) without a trade.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Move {
    pub id: u64,
    pub kind: MoveKind,
    pub account: usize,
    pub wallet: Wallet,
    pub asset: Asset,
    pub amount: Money,
    /// The position that funding was paid on.
    pub listing: Option<usize>,
    pub at: Ns,
}

/// An event that was applied, with the order as it stood right after.
#[derive(Clone, Debug)]
pub(crate) struct Logged {
    pub seq: u64,
    pub at: Ns,
    pub event: Event,
    pub order: Option<Order>,
}
