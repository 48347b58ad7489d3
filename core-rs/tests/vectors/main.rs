//! Venue codecs against recorded and hand-made wire bytes.

mod common;
mod recorded;
