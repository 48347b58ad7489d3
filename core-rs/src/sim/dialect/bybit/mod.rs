//! Bybit v5 over the model.
pub(in crate::sim) mod stream;
pub(in crate::sim) mod user;

use super::World;
use crate::sim::http::{Reply, Request};
use crate::sim::json::object;

pub(in crate::sim) fn http(_: &mut World, _: &Request<'_>) -> Reply {
    Reply { status: 404, headers: Vec::new(), body: object! {} }
}
