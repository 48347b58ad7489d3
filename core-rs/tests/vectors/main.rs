//! Venue codecs against recorded and hand-made wire bytes.

mod binance;
mod binance_account;
mod bybit;
mod bybit_account;
mod common;
mod corpus;
mod mutations;
mod recorded;
mod requests;
