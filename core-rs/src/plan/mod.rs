//! Level-triggered multi-leg plans. What is to be done next is computed from state alone, never from the event that
//! woke us: a crash between verdict and action loses and doubles nothing.

mod arbitrage;
#[allow(clippy::module_inception)]
mod plan;

pub use arbitrage::{Decision, LegFacts, PlanFacts, Policy, Reason, next, residual};
pub use plan::{FeeLine, LegSum, Note, Plan, PlanLeg, PlanState, PlanTerms, TIMELINE_MAX};
