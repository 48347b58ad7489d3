//! The only mutator of durable state: events in, balances, positions, orders and histories changed.

use super::order::Kind;
use super::{
    Event, FILLS_KEPT, Fill, Listing, Logged, MOVES_KEPT, Model, Move, ORDERS_KEPT, Order, State, rank,
};
use crate::ledger::Wallet;
use crate::units::{Asset, Money, Ns, Product, Side};

impl Model {
    /// Applies an event and logs it for the book of record and the user streams.
    pub(crate) fn commit(&mut self, at: Ns, event: Event) {
        if let Event::Accept(Order { listing, .. }) | Event::Leverage { listing, .. } = event
            && self.unlisted.contains(&listing)
        {
            self.commit(at, Event::List(Box::new(self.listings[listing].clone())));
        }
        self.apply(&event);
        let order = order_of(&event).and_then(|id| self.orders.get(&id)).cloned();
        self.log.push(Logged { seq: self.seq, at, event, order });
    }

    /// Applies an event read back from the book of record.
    pub(crate) fn apply(&mut self, event: &Event) {
        self.seq += 1;
        match event {
            Event::Deposit { account, wallet, asset, amount } => {
                self.post(*account, *wallet, *asset, amount.0);
            }
            Event::Move(moved) => self.moved(moved),
            Event::Accept(order) => self.accept(order.clone()),
            Event::Fill(fill) => self.settle(fill),
            Event::End { order, state, reason, at } => {
                if let Some(open) = self.orders.get_mut(order) {
                    open.state = *state;
                    open.reason = *reason;
                    open.updated = *at;
                }
                self.close(*order);
            }
            Event::Leverage { account, listing, leverage } => {
                self.accounts[*account].leverage.insert(*listing, *leverage);
            }
            Event::Stop { account, listing, px } => {
                let stops = &mut self.accounts[*account].stops;
                match px {
                    Some(px) => drop(stops.insert(*listing, *px)),
                    None => drop(stops.remove(listing)),
                }
            }
            Event::List(listing) => self.list(listing),
        }
    }

    /// Idempotent: at run time the listing is there before its event.
    fn list(&mut self, listing: &Listing) {
        if self.find(listing.product, listing.symbol.as_str()).is_none() {
            self.add_listing(listing.clone());
        }
        if let Some(index) = self.find(listing.product, listing.symbol.as_str()) {
            self.unlisted.remove(&index);
        }
    }

    fn moved(&mut self, moved: &Move) {
        self.post(moved.account, moved.wallet, moved.asset, moved.amount.0);
        self.last_move = self.last_move.max(moved.id);
        if self.moves.len() == MOVES_KEPT {
            self.moves.pop_front();
        }
        self.moves.push_back(moved.clone());
    }

    /// Double entry: the account gets `amount`, the house the opposite.
    fn post(&mut self, account: usize, wallet: Wallet, asset: Asset, amount: i128) {
        let balance = self.accounts[account].balance_mut(wallet, asset);
        balance.total = Money(balance.total.0 + amount);
        let house = self.house.entry((wallet, asset)).or_default();
        *house = Money(house.0 - amount);
    }

    fn lock(&mut self, account: usize, wallet: Wallet, asset: Asset, amount: i128) {
        let balance = self.accounts[account].balance_mut(wallet, asset);
        balance.locked = Money(balance.locked.0 + amount);
    }

    /// What a spot limit order keeps reserved for its remaining quantity.
    fn reservation(&self, order: &Order) -> (Asset, Money) {
        let listing = &self.listings[order.listing];
        match order.side {
            Side::Buy => (listing.quote, listing.notional(order.px, order.remaining())),
            Side::Sell => (listing.base, listing.base_amount(order.remaining())),
        }
    }

    fn accept(&mut self, mut order: Order) {
        let (wallet, product) = (self.listings[order.listing].wallet, self.listings[order.listing].product);
        if product == Product::Spot && order.kind == Kind::Limit {
            let (asset, amount) = self.reservation(&order);
            order.locked = amount;
            self.lock(order.account, wallet, asset, amount.0);
        }
        let side = self.books[order.listing].side_mut(order.side);
        if order.kind == Kind::Limit {
            side.rest(rank(order.side, order.px), order.id, order.remaining());
        }
        self.last_order = self.last_order.max(order.id);
        self.labels.insert((order.account, product, order.label), order.id);
        self.open.entry((order.account, order.listing)).or_default().push(order.id);
        self.orders.insert(order.id, order);
    }

    fn settle(&mut self, fill: &Fill) {
        self.last_trade = self.last_trade.max(fill.trade_id);
        let listing = self.listings[fill.listing].clone();
        let notional = listing.notional(fill.px, fill.qty);
        if listing.product == Product::Spot {
            let base = listing.base_amount(fill.qty).0 * i128::from(fill.side.sign());
            self.post(fill.account, listing.wallet, listing.base, base);
            let quote = -notional.0 * i128::from(fill.side.sign());
            self.post(fill.account, listing.wallet, listing.quote, quote);
        } else {
            let owner = &mut self.accounts[fill.account];
            let position = owner.positions.entry(fill.listing).or_default();
            let before = position.qty;
            position.fill(&listing, fill);
            // A stop goes with the position that it belongs to.
            if position.qty.signum() != before.signum() {
                owner.stops.remove(&fill.listing);
            }
            self.post(fill.account, listing.wallet, listing.quote, fill.realized.0);
        }
        self.post(fill.account, listing.wallet, fill.fee_asset, -fill.fee.0);
        self.fill_order(fill, notional);
        if self.fills.len() == FILLS_KEPT {
            self.fills.pop_front();
        }
        self.fills.push_back(fill.clone());
    }

    fn fill_order(&mut self, fill: &Fill, notional: Money) {
        let Some(order) = self.orders.get_mut(&fill.order) else { return };
        order.filled += fill.qty;
        order.quote_filled = Money(order.quote_filled.0 + notional.0);
        order.fee = Money(order.fee.0 + fill.fee.0);
        order.updated = fill.at;
        let done = order.remaining() == 0;
        order.state = if done { State::Filled } else { State::PartiallyFilled };
        let order = order.clone();
        if order.kind == Kind::Limit {
            let side = self.books[order.listing].side_mut(order.side);
            side.reduce(rank(order.side, order.px), order.id, fill.qty, done);
        }
        if order.locked.0 > 0 {
            let (asset, keep) = self.reservation(&order);
            let wallet = self.listings[order.listing].wallet;
            self.lock(order.account, wallet, asset, keep.0 - order.locked.0);
            if let Some(order) = self.orders.get_mut(&fill.order) {
                order.locked = keep;
            }
        }
        if done {
            self.close(fill.order);
        }
    }

    /// Releases what an ended order kept and files it away.
    fn close(&mut self, id: u64) {
        let Some(order) = self.orders.get_mut(&id) else { return };
        let locked = std::mem::take(&mut order.locked);
        let order = order.clone();
        if order.kind == Kind::Limit {
            let side = self.books[order.listing].side_mut(order.side);
            side.reduce(rank(order.side, order.px), id, order.remaining(), true);
        }
        if locked.0 != 0 {
            let (asset, _) = self.reservation(&order);
            self.lock(order.account, self.listings[order.listing].wallet, asset, -locked.0);
        }
        if let Some(open) = self.open.get_mut(&(order.account, order.listing)) {
            open.retain(|other| *other != id);
        }
        self.queues.remove(&id);
        self.file(id);
    }

    /// Bounded history: the oldest finished order makes room.
    fn file(&mut self, id: u64) {
        self.done.push_back(id);
        if self.done.len() <= ORDERS_KEPT {
            return;
        }
        let Some(order) = self.done.pop_front().and_then(|oldest| self.orders.remove(&oldest)) else {
            return;
        };
        let label = (order.account, self.listings[order.listing].product, order.label);
        if self.labels.get(&label) == Some(&order.id) {
            self.labels.remove(&label);
        }
    }
}

fn order_of(event: &Event) -> Option<u64> {
    match event {
        Event::Deposit { .. }
        | Event::Move(_)
        | Event::Leverage { .. }
        | Event::Stop { .. }
        | Event::List(_) => None,
        Event::Accept(order) => Some(order.id),
        Event::Fill(fill) => Some(fill.order),
        Event::End { order, .. } => Some(*order),
    }
}
