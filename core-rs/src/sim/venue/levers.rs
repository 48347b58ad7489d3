//! What the fault simulator moves by hand at a venue, and looks at: its pace, its markets, other clients of its accounts.

use super::{SimEffect, SimVenue};
use crate::ledger::Wallet;
use crate::sim::model::{Forced, Model, NewOrder};
use crate::units::{Asset, Money, Ns, Product, Side};

impl SimVenue {
    /// Changes the time between two publications of a book, from `wall` on.
    pub(in crate::sim) fn publish_every(&mut self, tick: Ns, wall: Ns) {
        let count = self.due.len() as i64;
        self.tick = tick;
        self.due = (1..=count).map(|nth| wall + tick * nth / count).collect();
    }

    /// Writes no book of record from here on.
    pub(in crate::sim) fn stop_writing(&mut self) {
        self.unwritten = true;
    }

    /// The venue's own books: what the fault simulator's checker compares with.
    pub(in crate::sim) fn model(&self) -> &Model {
        &self.world.model
    }

    /// The same, for a request that passed the venue's time window at `gate` and was worked on only now.
    pub(in crate::sim) fn on_frame_worked_late(
        &mut self,
        conn: u64,
        payload: &[u8],
        gate: Ns,
        wall: Ns,
    ) -> Vec<SimEffect> {
        self.world.passed_gate = Some(gate);
        let effects = self.on_frame(conn, payload, wall);
        self.world.passed_gate = None;
        effects
    }

    /// A read that sees the venue as it was `lag` ago: later orders and fills are not there yet.
    pub(in crate::sim) fn on_http_lagging(
        &mut self,
        request: (&str, &str),
        headers: &[(String, String)],
        body: &[u8],
        (lag, wall): (Ns, Ns),
    ) -> Vec<SimEffect> {
        self.world.model.horizon = wall - lag;
        let effects = self.on_http(request.0, request.1, headers, body, wall);
        self.world.model.horizon = Ns::MAX;
        effects
    }

    /// Takes all but `keep_percent` of the market's liquidity away until it refills.
    pub(in crate::sim) fn thin(&mut self, keep_percent: i64) {
        for (book, listing) in self.world.model.books.iter_mut().zip(&self.world.model.listings) {
            for level in book.bids.synth.values_mut().chain(book.asks.synth.values_mut()) {
                let keep = level.qty * keep_percent / 100;
                level.qty = keep - keep % listing.lot;
            }
        }
    }

    /// Gives every wallet of the first account so much of an asset.
    pub(in crate::sim) fn endow(&mut self, asset: Asset, amount: Money, wall: Ns) {
        let wallets: std::collections::BTreeSet<_> =
            self.world.model.listings.iter().map(|listing| listing.wallet).collect();
        for wallet in wallets {
            self.world.model.fund(0, wallet, asset, amount, wall);
        }
    }

    /// What fills are charged in from here on; `None`: as the venue does by itself.
    pub(in crate::sim) fn pay_fees_in(&mut self, asset: Option<Asset>) {
        self.world.model.third_fee = asset;
    }

    /// The next order is ended because it would trade with its own account.
    pub(in crate::sim) fn prevent_next(&mut self) {
        self.world.model.self_trade = true;
    }

    /// Bends one product's markets: their prices stand off by parts in 1e9, a side of their books is empty.
    pub(in crate::sim) fn sway(&mut self, product: Product, shift_ppb: i64, empty: Option<Side>) {
        let listings = self.world.model.listings.iter().zip(&mut self.world.paths);
        for (_, path) in listings.filter(|(listing, _)| listing.product == product) {
            path.sway(shift_ppb, empty);
        }
    }

    /// The price that all venues share, whatever one market does.
    pub(in crate::sim) fn index(&self, listing: usize, wall: Ns) -> i64 {
        self.world.paths[listing].index(&self.world.model.listings[listing], wall)
    }

    /// Ends the resting orders of a product, or of all, as maintenance does.
    pub(in crate::sim) fn end_resting(&mut self, product: Option<Product>, wall: Ns) -> Vec<SimEffect> {
        self.world.now = wall;
        self.world.model.end_resting(product, wall);
        self.flush(Vec::new(), Vec::new())
    }

    /// Another client of the first account places an order; the venue may refuse it.
    pub(in crate::sim) fn place_foreign(&mut self, new: &NewOrder, wall: Ns) -> Vec<SimEffect> {
        self.world.now = wall;
        let _refused = self.world.model.place(new, wall);
        self.flush(Vec::new(), Vec::new())
    }

    /// The other client takes its order back.
    pub(in crate::sim) fn cancel_foreign(&mut self, id: u64, wall: Ns) -> Vec<SimEffect> {
        self.world.now = wall;
        let _refused = self.world.model.cancel(id, wall);
        self.flush(Vec::new(), Vec::new())
    }

    /// The venue closes so much of the first account's position: liquidates, or deleverages.
    pub(in crate::sim) fn force_close(
        &mut self,
        listing: usize,
        qty: i64,
        liquidates: bool,
        wall: Ns,
    ) -> Vec<SimEffect> {
        self.world.now = wall;
        let why = if liquidates { Forced::Liquidation } else { Forced::Deleveraging };
        self.world.model.force_close(0, listing, qty, why, wall);
        self.flush(Vec::new(), Vec::new())
    }

    /// The venue pays or takes funding on the first account's positions.
    pub(in crate::sim) fn fund_positions(&mut self, negative: bool, wall: Ns) -> Vec<SimEffect> {
        self.world.now = wall;
        for listing in 0..self.world.model.listings.len() {
            self.world.model.fund_position(0, listing, negative, wall);
        }
        self.flush(Vec::new(), Vec::new())
    }

    /// Somebody moves money in or out (negative) of a wallet of the first account.
    pub(in crate::sim) fn transfer(
        &mut self,
        wallet: Wallet,
        asset: Asset,
        amount: Money,
        wall: Ns,
    ) -> Vec<SimEffect> {
        self.world.now = wall;
        self.world.model.transfer(0, wallet, asset, amount, wall);
        self.flush(Vec::new(), Vec::new())
    }

    /// Forgets every listen key, as when another client deletes them.
    pub(in crate::sim) fn drop_listen_keys(&mut self) {
        self.world.listen_keys.clear();
    }
}
