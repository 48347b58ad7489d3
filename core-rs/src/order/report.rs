//! What a venue tells about an order, in our terms. Produced by `venues`, consumed by the order table.

use crate::units::{
    Asset, ClientId, InstrumentId, Money, Ns, Price, Qty, Side, Symbol, TradeId, VenueOrderId,
};

/// Whose order a report speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientRef {
    Ours(ClientId),
    /// A client id that is not of our form, or none at all.
    Foreign,
    /// The venue's own order: it closes a position by itself (liquidation, deleveraging, settlement).
    Venue,
}

/// The venue's word for where an order stands, after translation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VenueStatus {
    /// Accepted, nothing filled yet.
    Live,
    PartiallyFilled,
    Filled,
    /// Ended by a cancel; what was filled stays filled.
    Cancelled,
    /// Never accepted.
    Rejected,
    /// Ended by the venue (IOC remainder, expiry).
    Expired,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Liquidity {
    Maker,
    Taker,
}

/// State of one order as the venue sees it (stream event or query answer).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrderReport {
    pub client: ClientRef,
    pub venue_id: VenueOrderId,
    pub instrument: InstrumentId,
    pub side: Side,
    pub status: VenueStatus,
    pub qty: Qty,
    /// Cumulative filled base quantity.
    pub filled: Qty,
    /// Limit price where the order has one.
    pub px: Option<Price>,
    /// Venue time of the report, epoch ns.
    pub venue_ns: Ns,
    /// The venue's reject or cancel reason, empty when none (`-2010`, `EC_NoImmediateQtyToFill`).
    pub reason: Symbol,
}

/// One fill. Applied exactly once per (venue, account, trade id).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FillReport {
    pub client: ClientRef,
    pub venue_id: VenueOrderId,
    pub instrument: InstrumentId,
    pub trade_id: TradeId,
    pub side: Side,
    pub px: Price,
    pub qty: Qty,
    /// Fee paid, positive; negative is a rebate.
    pub fee: Money,
    pub fee_asset: Asset,
    pub liquidity: Liquidity,
    pub venue_ns: Ns,
}

impl VenueStatus {
    pub const ALL: [Self; 6] =
        [Self::Live, Self::PartiallyFilled, Self::Filled, Self::Cancelled, Self::Rejected, Self::Expired];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Live => "LIVE",
            Self::PartiallyFilled => "PARTIALLY_FILLED",
            Self::Filled => "FILLED",
            Self::Cancelled => "CANCELLED",
            Self::Rejected => "REJECTED",
            Self::Expired => "EXPIRED",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }

    pub const fn is_end(self) -> bool {
        !matches!(self, Self::Live | Self::PartiallyFilled)
    }
}
