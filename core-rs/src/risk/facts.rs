//! What the gate is told: the intent and the state it meets. Plain values, filled by the engine.

use super::LatchMode;
use crate::market::Walk;
use crate::order::PlaceOrder;
use crate::units::{AccountId, Money, Ns, PlanId, Qty};

/// Why an order is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Starts something: every check applies.
    Open,
    /// Completes or unwinds a plan's residual. Where it shrinks one, it passes what only guards new exposure.
    Hedge,
}

/// An order somebody wants; only the gate turns it into an `Approved` one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Intent {
    pub place: PlaceOrder,
    pub account: AccountId,
    pub plan: Option<PlanId>,
    pub leg: u8,
    pub purpose: Purpose,
}

/// A book as a reference. Prices are mantissas at the ORDER instrument's price decimals; 0 = empty side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BookFacts {
    pub bid: i64,
    pub ask: i64,
    pub age_ns: Ns,
    pub synced: bool,
}

/// The state an intent meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Monotonic.
    pub now: Ns,
    pub latch: LatchMode,
    /// A figure of the order's instrument differs from the venue's, and nobody has acknowledged it.
    pub differs: bool,
    /// The order's own book, and the other leg's where there is one.
    pub book: BookFacts,
    pub other: Option<BookFacts>,
    /// The own book walked to the order's quantity; `None` when depth is short of it.
    pub walk: Option<Walk>,
    /// Largest quantity on this side that only shrinks a plan's residual or a position; zero when none.
    pub shrink_qty: Qty,
    /// Worst-case absolute exposures in quote WITHOUT this order: filled plus everything that may still fill on its
    /// side (see [`super::Exposure`]).
    pub position_symbol: Money,
    pub position_venue: Money,
    pub position_total: Money,
    /// Profit since the durable day opening; negative is a loss.
    pub day_pnl: Money,
    /// The account's [`super::OrderRate`] as it stands.
    pub rate: super::OrderRate,
    /// Unsettled orders of the account.
    pub open_orders: u32,
    /// Balance less reservations and margins, and what this order would reserve, in one asset.
    pub available: Money,
    pub needed: Money,
    /// Gross quote the pair has opened, in flight included, and its cap (`None`: not of a pair).
    pub pair_used: Money,
    pub pair_cap: Option<Money>,
}
