//! The reducer: inputs in, effects out. The only room that composes the others.

mod replay;

pub use replay::{BookStep, LegCount, Replay, ReplayError, ReplaySpec};
