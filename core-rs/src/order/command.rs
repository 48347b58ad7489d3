//! What we ask of a venue. Only approved orders reach an encoder (`risk::gate`).

use crate::units::{ClientId, InstrumentId, Price, Qty, Side, VenueOrderId};
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum OrderKind {
    Limit,
    Market,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TimeInForce {
    Gtc,
    Ioc,
    Fok,
    PostOnly,
}

/// A new order. `qty` is in base units on every venue; `px` bounds a limit order and is `None` for a market order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaceOrder {
    pub client_id: ClientId,
    pub instrument: InstrumentId,
    pub side: Side,
    pub kind: OrderKind,
    pub tif: TimeInForce,
    pub px: Option<Price>,
    pub qty: Qty,
    pub reduce_only: bool,
}

/// One request on an order-entry link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderCmd {
    Place(PlaceOrder),
    /// By client id; `venue_id` helps where the venue wants its own.
    Cancel {
        client_id: ClientId,
        instrument: InstrumentId,
        venue_id: Option<VenueOrderId>,
    },
}

impl OrderKind {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Limit => "limit",
            Self::Market => "market",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        [Self::Limit, Self::Market].into_iter().find(|kind| kind.name() == name)
    }
}

impl TimeInForce {
    pub const ALL: [Self; 4] = [Self::Gtc, Self::Ioc, Self::Fok, Self::PostOnly];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Gtc => "GTC",
            Self::Ioc => "IOC",
            Self::Fok => "FOK",
            Self::PostOnly => "PostOnly",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tif| tif.name() == name)
    }
}
