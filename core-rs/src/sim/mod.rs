//! Simulated venues: one model, one dialect per venue product, bytes in and bytes out under virtual time.
//! The oracle of the engine: it may use the rooms below, but none of the engine's own logic.

mod config;
mod json;
mod market;
mod model;
mod noise;
mod record;
mod text;
