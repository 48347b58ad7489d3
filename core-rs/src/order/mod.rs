//! One order's life: what we ask of a venue, what it reports, and the states in between.

mod command;
mod report;

pub use command::{OrderCmd, OrderKind, PlaceOrder, TimeInForce};
pub use report::{ClientRef, FillReport, Liquidity, OrderReport, VenueStatus};
