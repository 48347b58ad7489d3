//! Tidegate's core, room by room; a room imports only from floors below (the `floors` test holds this).
//!
//! F0 `units`  exact numbers, time, names and ids. No room below it.
//! F1 `market` order books, their sequence rules, depth walk, spread board.
//! F1 `order`  one order's life: commands, reports, the transition table, the arena.
//! F1 `calc`   formulas: fees, PnL, margin, sizing.
//! F2 `ledger` double-entry postings, reservations, positions.
//! F3 `risk`   the gate: a table of checks; only it can approve an intent.
//! F3 `plan`   level-triggered multi-leg plans.
//! F3 `venues` venue wire formats: decode, encode, sign.
//! F4 `engine` the reducer, the only room that composes the others.
//! F5 `sim`    simulated venues speaking the venues' real wire formats.
//! F6 `bind`   the only PyO3 code (feature `python`).

pub mod calc;
pub mod engine;
pub mod ledger;
pub mod market;
pub mod order;
pub mod plan;
pub mod risk;
pub mod sim;
pub mod units;
pub mod venues;

#[cfg(feature = "python")]
mod bind;
