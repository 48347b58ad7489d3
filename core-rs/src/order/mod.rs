//! One order's life: what we ask of a venue, what it reports, and the states in between.

mod cancel;
mod command;
mod digest;
mod error;
mod fence;
#[allow(clippy::module_inception)]
mod order;
mod orders;
mod past;
mod report;
mod state;
mod stored;

pub use cancel::{CancelEvent, CancelState, next_cancel};
pub use command::{OrderCmd, OrderKind, PlaceOrder, TimeInForce};
pub use digest::{Names, push_field, row_digest};
pub use error::OrderError;
pub use fence::{Absence, AbsenceRead, FenceTerms, Inquiry, fence};
pub use order::{FillOutcome, Moved, Order, OrderOrigin, OrderTerms, Trade};
pub use orders::Orders;
pub use past::Past;
pub use report::{ClientRef, FillReport, Liquidity, OrderReport, VenueStatus};
pub use state::{Event, Illegal, State, next};
