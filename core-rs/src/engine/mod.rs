//! The reducer: inputs in, effects out. The only room that composes the others.

mod config;
mod effect;
mod error;
mod field;
mod input;
mod instruments;
mod journal;
mod json;
mod pairs;
mod reducer;
mod replay;
mod rows;

pub use config::{Config, Mode};
pub use effect::{Effect, Effects};
pub use error::{Code, Refusal};
pub use input::{Command, Input};
pub use json::Json;
pub use reducer::Engine;
pub use replay::{BookStep, LegCount, Replay, ReplayError, ReplaySpec};
pub use rows::{Row, Table};
