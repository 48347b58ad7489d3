//! Account events.
use crate::sim::dialect::{Push, World};
use crate::sim::model::Logged;

pub(in crate::sim) fn pushes(_: &World, _: &[Logged]) -> Vec<Push> {
    Vec::new()
}
