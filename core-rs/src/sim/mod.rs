//! Simulated venues: one model, one dialect per venue product, bytes in and bytes out under virtual time.
//! The oracle of the engine: it may use the rooms below, but none of the engine's own logic.

mod config;
mod dialect;
mod fault;
mod http;
mod json;
mod live;
mod market;
mod meter;
mod model;
mod noise;
mod record;
mod recorded;
mod text;
mod venue;

#[cfg(test)]
mod tests;

pub use fault::simulate;
pub use live::LiveBooks;
pub use venue::{CONNECTIONS_MAX, SimEffect, SimVenue};
