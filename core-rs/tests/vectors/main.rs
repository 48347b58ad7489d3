//! Venue codecs against recorded and hand-made wire bytes.

// A test may fall over where the product may not, and its helpers are nobody's API.
#![allow(clippy::unwrap_used, clippy::panic, unreachable_pub)]

mod binance;
mod binance_account;
mod bitget;
mod bridge;
mod bybit;
mod bybit_account;
mod common;
mod corpus;
mod hostile;
mod hostile_book;
mod moves;
mod mutate;
mod mutations;
mod okx;
mod oracles;
mod recorded;
mod refusals;
mod requests;
mod requests_base64;
mod seeds;
