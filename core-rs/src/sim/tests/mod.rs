//! The venue as a whole, through its bytes.

mod binance;
mod bybit;
mod channel;
mod live;
mod properties;
mod recorded;
mod roundtrip;

use super::{SimEffect, SimVenue};
use crate::units::Ns;

pub(super) const START: Ns = 1_790_000_000_000_000_000;

/// A started venue and what its start put on record.
pub(super) fn venue(config: &str) -> (SimVenue, Vec<u8>) {
    let mut venue = SimVenue::new(config.as_bytes()).unwrap();
    let effects = venue.start(START);
    let book = records(&effects);
    (venue, book)
}

/// The durable state, for comparison.
pub(super) fn state(venue: &SimVenue) -> String {
    let model = venue.model();
    format!("{:?} {:?} {:?} {:?}", model.accounts, model.house, model.orders, model.fills)
}

pub(super) fn records(effects: &[SimEffect]) -> Vec<u8> {
    let lines = effects
        .iter()
        .filter_map(|e| if let SimEffect::Record(data) = e { Some(data.as_slice()) } else { None });
    lines.collect::<Vec<_>>().concat()
}

pub(super) fn frames(effects: &[SimEffect], wanted: u64) -> Vec<serde_json::Value> {
    let data = effects.iter().filter_map(|e| match e {
        SimEffect::Frame { conn, data } if *conn == wanted => Some(serde_json::from_slice(data).unwrap()),
        _ => None,
    });
    data.collect()
}

pub(super) fn answer(effects: &[SimEffect]) -> (u16, serde_json::Value, Vec<(String, String)>) {
    let found = effects.iter().find_map(|e| match e {
        SimEffect::Http { status, headers, body } => {
            Some((*status, serde_json::from_slice(body).unwrap(), headers.clone()))
        }
        _ => None,
    });
    found.unwrap()
}
