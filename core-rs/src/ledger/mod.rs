//! Double-entry ledger: postings that sum to zero, reservations, positions, profit and loss.

mod balances;
mod day;
mod error;
mod holds;
#[allow(clippy::module_inception)]
mod ledger;
mod position;
mod post;
mod recon;
mod report;
mod sequence;
mod zone;

pub use balances::Balances;
pub use day::{Day, day_of};
pub use error::LedgerError;
pub use holds::{Hold, HoldTerms, Holds, requirement};
pub use ledger::{FillPosted, Ledger};
pub use position::{FeeSum, PnlTotals, Position, Positions};
pub use post::{Book, Entry, FillTerms, Posting};
pub use recon::{Difference, PATIENCE, Recon, ReconWatch, Sight};
pub use report::{BalanceReport, MoveId, MoveKind, MoveReport, PositionReport, Wallet};
pub use zone::{ZONE_STEPS_MAX, Zone};
