//! The order table as a snapshot holds it: what can not be derived. Indexes are made anew.

use super::{Order, Orders, Past};
use crate::units::{ClientId, Ns};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::VecDeque;

#[derive(Serialize)]
struct Out<'a> {
    orders: Vec<&'a Order>,
    ended: &'a VecDeque<(Ns, ClientId)>,
    tombstones: &'a VecDeque<(Ns, ClientId)>,
    past: &'a Past,
}

#[derive(Deserialize)]
struct In {
    orders: Vec<Order>,
    ended: VecDeque<(Ns, ClientId)>,
    tombstones: VecDeque<(Ns, ClientId)>,
    past: Past,
}

impl Serialize for Orders {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        let (ended, tombstones, past) = (&self.ended, &self.tombstones, &self.past);
        Out { orders: self.iter().collect(), ended, tombstones, past }.serialize(out)
    }
}

impl<'de> Deserialize<'de> for Orders {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let stored = In::deserialize(from)?;
        let mut orders = Self::default();
        (orders.ended, orders.tombstones, orders.past) = (stored.ended, stored.tombstones, stored.past);
        for order in stored.orders {
            orders.index(order);
        }
        Ok(orders)
    }
}

impl Orders {
    /// The same orders under other bounds, which hold from the next change on.
    #[must_use]
    pub fn within(mut self, open_max: usize, kept_max: usize, past_max: usize) -> Self {
        (self.open_max, self.kept_max) = (open_max, kept_max);
        self.past = self.past.restored(past_max);
        self
    }

    fn index(&mut self, order: Order) {
        let (id, slot) = (order.id(), self.slots.len() as u32);
        self.by_id.insert(id, slot);
        if !order.is_settled() {
            self.open.insert(id, slot);
        }
        if let Some(venue_id) = order.venue_id {
            self.by_venue_id.insert((order.terms.account, order.terms.place.instrument, venue_id), id);
        }
        self.slots.push(Some(order));
    }
}
