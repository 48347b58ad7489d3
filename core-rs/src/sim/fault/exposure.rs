//! What is at risk when an order leaves, by the venues' own books and prices.

use super::check::Check;
use super::external::others_open;
use crate::engine::Engine;
use crate::sim::SimVenue;
use crate::units::{ClientId, MONEY_DECIMALS, Ns, pow10};

impl Check {
    /// 6: what the venues have filled for us, and all that may still fill, stays within the limit. What was let in at a
    /// lower price is completed or taken back at that price's worth.
    pub(super) fn check_exposure(
        &mut self,
        wall: Ns,
        id: ClientId,
        opens: bool,
        engine: &Engine,
        venues: &[SimVenue],
    ) {
        // What others did is not known yet: it can not be counted.
        if !self.external.all_seen() {
            return;
        }
        self.tally.catch_up(venues);
        let others = others_open(venues, engine);
        let (mut total, mut parts) = (0i128, Vec::new());
        for (at, venue) in venues.iter().enumerate() {
            let model = venue.model();
            for (listing, facts) in model.listings.iter().enumerate() {
                let net = self.tally.net(at, listing);
                let theirs = others.get(&(at, listing)).copied().unwrap_or_default();
                let (mut up, mut down) = (net + theirs.0, net + theirs.1);
                for order in engine.orders().iter_open() {
                    let instrument = engine.instrument(order.terms.place.instrument);
                    if self.stage.serves(engine, order.terms.place.instrument, at, facts.product)
                        && instrument.symbol == facts.symbol
                        && !self.tally.has(at, &order.id())
                    {
                        let left = order.terms.place.qty.get() * order.terms.place.side.sign();
                        if left > 0 { up += left } else { down += left }
                    }
                }
                let px = self.price(at, listing, venue, wall, engine);
                let px = if opens { px } else { self.cheapest[&(at, listing)] };
                total += facts.notional(px, up.abs().max(down.abs())).0;
                parts.push((at, facts.product, net, up, down));
            }
        }
        let limit = self.exposure_max;
        // The engine's price of a position may be a moment old.
        if total > limit + limit / 50 {
            self.fail(
                "6 exposure",
                &format!("{} quote units at risk with {id}: {parts:?}", total / pow10(MONEY_DECIMALS)),
            );
        }
    }

    /// At which a listing is judged; the lowest is kept. Where one market stands off, the engine's price may be the one
    /// before or after: what its book shows is judged elsewhere.
    fn price(&mut self, at: usize, listing: usize, venue: &SimVenue, wall: Ns, engine: &Engine) -> i64 {
        let facts = &venue.model().listings[listing];
        let px = venue.model().mark(listing).min(venue.index(listing, wall));
        let top =
            engine.book(self.stage.venues[at], facts.product, &facts.symbol).map(|(_, book)| book.top());
        let seen = top.and_then(|top| Some(i64::midpoint(top.bid?.px, top.ask?.px)));
        let px = seen.map_or(px, |seen| seen.min(px));
        let cheapest = self.cheapest.entry((at, listing)).or_insert(px);
        *cheapest = px.min(*cheapest);
        px
    }

    /// Something is let in, or not, by the prices of this moment.
    pub(super) fn note_prices(&mut self, wall: Ns, engine: &Engine, venues: &[SimVenue]) {
        for (at, venue) in venues.iter().enumerate() {
            for listing in 0..venue.model().listings.len() {
                self.price(at, listing, venue, wall, engine);
            }
        }
    }
}
