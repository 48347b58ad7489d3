//! The gate: a table of checks. Only it can make an approved intent.

mod breakers;
mod checks;
mod divisor;
mod exposure;
mod facts;
mod gate;
mod latch;
mod limits;
mod limits_flat;
mod metrics;
mod rate;

pub use breakers::{
    BREAKERS, Breaker, BreakerSpec, Circuit, CircuitState, LossBreakers, Reach, SLOW_RUN, Trip, Window,
    default_of, deviation_bps, percent, whole,
};
pub use checks::{CHECKS, Check};
pub use exposure::Exposure;
pub use facts::{BookFacts, Facts, Intent, Purpose};
pub use gate::{Approved, Denial, gate};
pub use latch::{Latch, LatchMode};
pub use limits::{LimitError, LimitKey, LimitName, LimitRow, LimitTable, Scope, ScopeIds};
pub use limits_flat::Limits;
pub use metrics::{Usage, usage};
pub use rate::OrderRate;
