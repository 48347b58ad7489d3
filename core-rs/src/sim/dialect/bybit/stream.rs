//! Sockets.
use crate::sim::dialect::{Answers, Conn, Push, World};
use crate::sim::model::{Change, Print};
use crate::units::Product;

pub(in crate::sim) fn open(_: &World, _: &str) -> Option<Conn> {
    None
}
pub(in crate::sim) fn frame(_: &mut World, _: &mut Conn, _: &[u8]) -> Answers {
    Answers::default()
}
pub(in crate::sim) fn change_pushes(
    _: &World,
    _: usize,
    _: &Change,
    _: &dyn Fn(Product, &str) -> bool,
) -> Vec<Push> {
    Vec::new()
}
pub(in crate::sim) fn print_pushes(
    _: &World,
    _: usize,
    _: &Print,
    _: &dyn Fn(Product, &str) -> bool,
) -> Vec<Push> {
    Vec::new()
}
