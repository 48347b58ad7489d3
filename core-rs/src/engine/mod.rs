//! The reducer: inputs in, effects out. The only room that composes the others.

mod accounts;
mod apply;
mod config;
mod decode;
mod effect;
mod encode;
mod error;
mod field;
mod input;
mod instruments;
mod journal;
mod json;
mod pairs;
mod record;
mod reducer;
mod replay;
mod rows;
mod state;

pub use config::{Config, Mode};
pub use effect::{Effect, Effects};
pub use error::{Code, Refusal};
pub use input::{Command, Input};
pub use json::Json;
pub use reducer::Engine;
pub use replay::{BookStep, LegCount, Replay, ReplayError, ReplaySpec};
pub use rows::{Row, Table};
