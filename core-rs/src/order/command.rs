//! What we ask of a venue. Only approved orders reach an encoder (`risk::gate`).

use crate::units::{ClientId, InstrumentId, Price, Qty, Side, VenueOrderId};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderKind {
    Limit,
    Market,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeInForce {
    Gtc,
    Ioc,
    Fok,
    PostOnly,
}

/// A new order. `qty` is in base units on every venue; `px` bounds a limit order and is `None` for a market order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
