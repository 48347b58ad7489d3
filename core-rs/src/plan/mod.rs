//! Level-triggered multi-leg plans. What is to be done next is computed from state alone, never from the event that
//! woke us: a crash between verdict and action loses and doubles nothing.

mod arbitrage;
#[cfg(test)]
mod arbitrage_tests;
mod backstop;
mod naked;
#[allow(clippy::module_inception)]
mod plan;
mod protect;
#[cfg(test)]
mod protect_tests;
mod protection;
mod residual;
mod schedule;
mod size;
mod twap;
mod twap_plan;
#[cfg(test)]
mod twap_tests;
mod vigil;

pub use arbitrage::{Decision, LegFacts, Pending, PlanFacts, Policy, Reason, next, residual, within, worsen};
pub use backstop::{BackstopDecision, BackstopFacts, Shown, next_backstop};
pub use naked::Naked;
pub use plan::{FeeLine, LegSum, Note, Plan, PlanLeg, PlanState, PlanTerms, ROOTS_MAX, Root, TIMELINE_MAX};
pub use protect::{CLOSINGS_MAX, Entry, ProtectDecision, ProtectFacts, ProtectionState, next_protect};
pub use protection::{Ids, Protection, ProtectionTerms};
pub use residual::{flatten, is_dust};
pub use schedule::{SLICES_MAX, Schedule, common_lot};
pub use size::OrderSizes;
pub use twap::{
    CATCH_UP_SLICES, TwapDecision, TwapFacts, TwapLegFacts, TwapReason, TwapState, excess, executed,
    least_qty, next_twap, used,
};
pub use twap_plan::{Bench, Twap, TwapLeg, TwapTerms, used_of};
pub use vigil::{Cause, Levels, Look, Vigil};
