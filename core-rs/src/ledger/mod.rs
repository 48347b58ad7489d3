//! Double-entry ledger: postings that sum to zero, reservations, positions, profit and loss.

mod report;

pub use report::{BalanceReport, PositionReport, Wallet};
