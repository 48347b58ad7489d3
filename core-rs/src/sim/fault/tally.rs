//! What the venues' own books say of us, added up as they grow: the checker asks for it at every order.

use crate::sim::SimVenue;
use crate::sim::model::Fill;
use crate::units::ClientId;
use std::collections::BTreeMap;

/// One venue's orders by our ids and its fills by listing.
#[derive(Debug, Default)]
struct Side {
    orders_read: u64,
    fills_read: usize,
    ids: BTreeMap<ClientId, u64>,
    /// Bought less sold, by listing.
    net: Vec<i64>,
}

/// By venue.
#[derive(Debug, Default)]
pub(super) struct Tally([Side; 2]);

impl Tally {
    /// Reads what is new in the books.
    pub(super) fn catch_up(&mut self, venues: &[SimVenue]) {
        for (side, venue) in self.0.iter_mut().zip(venues) {
            let model = venue.model();
            side.net.resize(model.listings.len(), 0);
            for (number, order) in model.orders.range(side.orders_read + 1..) {
                side.orders_read = *number;
                side.ids.extend(ClientId::parse(order.label.as_bytes()).map(|id| (id, *number)));
            }
            for fill in model.fills.iter().skip(side.fills_read) {
                side.net[fill.listing] += fill.qty * fill.side.sign();
            }
            side.fills_read = model.fills.len();
        }
    }

    /// The venue has or had an order of this id.
    pub(super) fn has(&self, venue: usize, id: &ClientId) -> bool {
        self.0[venue].ids.contains_key(id)
    }

    /// The venue took the order in and ended it without a fill.
    pub(super) fn refused(&self, venue: usize, id: &ClientId, venues: &[SimVenue]) -> bool {
        let number = self.0[venue].ids.get(id);
        let order = number.and_then(|number| venues[venue].model().orders.get(number));
        order.is_some_and(|order| !order.state.open() && order.filled == 0)
    }

    /// Lots bought less lots sold.
    pub(super) fn net(&self, venue: usize, listing: usize) -> i64 {
        self.0[venue].net[listing]
    }
}

/// Every fill of ours, by order, with its venue.
pub(super) fn fills_by_order(venues: &[SimVenue]) -> BTreeMap<ClientId, Vec<(usize, &Fill)>> {
    let mut all: BTreeMap<ClientId, Vec<(usize, &Fill)>> = BTreeMap::new();
    for (at, venue) in venues.iter().enumerate() {
        let model = venue.model();
        for fill in &model.fills {
            let order = model.orders.get(&fill.order);
            if let Some(id) = order.and_then(|order| ClientId::parse(order.label.as_bytes())) {
                all.entry(id).or_default().push((at, fill));
            }
        }
    }
    all
}
