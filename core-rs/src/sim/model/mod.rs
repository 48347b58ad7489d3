//! The one venue model behind every dialect: accounts, orders, books, matching. Knows no wire format.
//!
//! Durable state (accounts, orders, fills, ids) changes only through [`Model::commit`], one event per line of the
//! book of record; books are volatile and come back from the market.

mod account;
mod apply;
mod book;
mod event;
mod listing;
mod moves;
mod order;
mod place;
mod queue;
mod stops;
mod walk;

pub(crate) use account::{Account, Balance};
pub(crate) use book::{Book, Change, Print, SynthLevel, rank};
pub(crate) use event::{Event, Logged, Move};
pub(crate) use listing::{Listing, listings, wallet_of};
pub(crate) use moves::Forced;
pub(crate) use order::{EndReason, Fill, Kind, Label, Order, State, Tif};
pub(crate) use place::{NewOrder, Refusal, Size};
pub(crate) use stops::StopRefusal;

use crate::ledger::Wallet;
use crate::units::{Asset, Money, Ns, Product, Side, Venue};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Finished orders kept for queries (and, on venues that never allow reuse, for the uniqueness of client ids).
pub(crate) const ORDERS_KEPT: usize = 50_000;
/// Fills kept for queries, and movements.
pub(crate) const FILLS_KEPT: usize = 50_000;
const MOVES_KEPT: usize = 10_000;
/// What one unit of a third asset is worth when fees are charged in it, quote units.
const THIRD_FEE_PX: i128 = 600;
/// Open orders of one account in one instrument.
pub(crate) const OPEN_ORDERS_MAX: usize = 200;
/// Order ids start here, so that they look like a venue's.
const FIRST_ORDER_ID: u64 = 1_000_000_000;
/// Trade ids grow at least this much per millisecond, so that they never repeat across restarts.
const TRADE_IDS_PER_MS: i64 = 16;

#[derive(Debug)]
pub(crate) struct Model {
    pub venue: Venue,
    pub listings: Vec<Listing>,
    pub accounts: Vec<Account>,
    /// The market maker's counter account: the other side of everything that did not happen between accounts.
    pub house: BTreeMap<(Wallet, Asset), Money>,
    pub orders: BTreeMap<u64, Order>,
    pub fills: VecDeque<Fill>,
    pub moves: VecDeque<Move>,
    pub books: Vec<Book>,
    /// What the next fills are charged in, instead of what was received; where the wallet has enough of it.
    pub third_fee: Option<Asset>,
    /// The next order meets one of its own account.
    pub self_trade: bool,
    /// Reads see orders and fills up to this moment.
    pub horizon: Ns,
    /// Events since the last [`Model::take_log`].
    log: Vec<Logged>,
    /// Public trades since the last [`Model::take_prints`], with their listing.
    prints: Vec<(usize, Print)>,
    labels: BTreeMap<(usize, Product, Label), u64>,
    done: VecDeque<u64>,
    open: BTreeMap<(usize, usize), Vec<u64>>,
    /// Of a dry run: what stands in front of resting orders at the real venue.
    queues: BTreeMap<u64, i64>,
    /// Listings that the book of record does not hold yet.
    unlisted: BTreeSet<usize>,
    seq: u64,
    last_order: u64,
    last_trade: u64,
    last_move: u64,
}

impl Model {
    pub(crate) fn new(venue: Venue, listings: Vec<Listing>, accounts: Vec<Account>) -> Self {
        let books = listings.iter().map(|_| Book::default()).collect();
        Self {
            venue,
            listings,
            accounts,
            house: BTreeMap::new(),
            orders: BTreeMap::new(),
            fills: VecDeque::new(),
            moves: VecDeque::new(),
            books,
            third_fee: None,
            self_trade: false,
            horizon: Ns::MAX,
            log: Vec::new(),
            prints: Vec::new(),
            labels: BTreeMap::new(),
            done: VecDeque::new(),
            open: BTreeMap::new(),
            queues: BTreeMap::new(),
            unlisted: BTreeSet::new(),
            seq: 0,
            last_order: FIRST_ORDER_ID,
            last_trade: 0,
            last_move: 0,
        }
    }

    pub(crate) fn find(&self, product: Product, symbol: &str) -> Option<usize> {
        self.listings.iter().position(|l| l.product == product && l.symbol.as_str() == symbol)
    }

    /// Lists one more instrument; it stands in the book of record before the first order for it.
    pub(crate) fn add_listing(&mut self, listing: Listing) {
        self.unlisted.insert(self.listings.len());
        self.listings.push(listing);
        self.books.push(Book::default());
    }

    pub(crate) fn account_of_key(&self, key: &str) -> Option<usize> {
        self.accounts.iter().position(|a| a.key == key)
    }

    pub(crate) fn order_by_label(&self, account: usize, product: Product, label: &Label) -> Option<&Order> {
        let id = self.labels.get(&(account, product, *label))?;
        self.orders.get(id).filter(|order| order.created <= self.horizon)
    }

    pub(crate) fn order_by_id(&self, account: usize, product: Product, id: u64) -> Option<&Order> {
        let seen = |o: &&Order| o.account == account && o.created <= self.horizon;
        self.orders.get(&id).filter(seen).filter(|o| self.listings[o.listing].product == product)
    }

    /// Open orders of an account, oldest first; of one instrument or of a whole product.
    pub(crate) fn open_orders(
        &self,
        account: usize,
        product: Product,
        listing: Option<usize>,
    ) -> Vec<&Order> {
        let wanted =
            |index: usize| listing.map_or(self.listings[index].product == product, |only| only == index);
        let mut ids: Vec<u64> = (0..self.listings.len())
            .filter(|index| wanted(*index))
            .filter_map(|index| self.open.get(&(account, index)))
            .flatten()
            .copied()
            .collect();
        ids.sort_unstable();
        ids.iter().filter_map(|id| self.orders.get(id)).filter(|o| o.created <= self.horizon).collect()
    }

    /// Spendable amount: what is neither reserved by spot orders nor bound as margin.
    pub(crate) fn available(&self, account: usize, wallet: Wallet, asset: Asset) -> Money {
        let balance = self.accounts[account].balance(wallet, asset);
        let settles = self
            .listings
            .iter()
            .any(|l| l.product == Product::Linear && l.wallet == wallet && l.quote == asset);
        let margin = if settles { self.margin(account, wallet) } else { (Money::ZERO, Money::ZERO) };
        Money(balance.total.0 - balance.locked.0 - margin.0.0 - margin.1.0)
    }

    /// (position margin, order margin) of a wallet.
    pub(crate) fn margin(&self, account: usize, wallet: Wallet) -> (Money, Money) {
        let owner = &self.accounts[account];
        let orders = self
            .open
            .range((account, 0)..=(account, usize::MAX))
            .flat_map(|(_, ids)| ids)
            .filter_map(|id| self.orders.get(id))
            .filter(|o| self.listings[o.listing].product == Product::Linear)
            .filter(|o| self.listings[o.listing].wallet == wallet && !o.reduce_only)
            .map(|o| self.opening_margin(account, o.listing, o.side, o.px, o.remaining()).0)
            .sum();
        (owner.position_margin(wallet, &self.listings), Money(orders))
    }

    /// Margin for the part of an order that would open or grow the position.
    pub(crate) fn opening_margin(
        &self,
        account: usize,
        listing: usize,
        side: Side,
        px: i64,
        qty: i64,
    ) -> Money {
        let owner = &self.accounts[account];
        let position = owner.position(listing).qty;
        let closes = if position.signum() * side.sign() < 0 { position.abs() } else { 0 };
        let opens = (qty - closes).max(0);
        Money(self.listings[listing].notional(px, opens).0 / i128::from(owner.leverage(listing)))
    }

    /// Events since the last call, oldest first.
    pub(crate) fn take_log(&mut self) -> Vec<Logged> {
        std::mem::take(&mut self.log)
    }

    pub(crate) fn take_prints(&mut self) -> Vec<(usize, Print)> {
        std::mem::take(&mut self.prints)
    }

    /// A public trade for the tape.
    pub(crate) fn print(&mut self, listing: usize, px: i64, qty: i64, side: Side, at: Ns) {
        let id = self.next_trade(at);
        let print = Print { id, px, qty, side, at };
        self.books[listing].print(print);
        self.prints.push((listing, print));
    }

    fn next_trade(&mut self, at: Ns) -> u64 {
        let floor = (at / 1_000_000 * TRADE_IDS_PER_MS).max(0) as u64;
        self.last_trade = floor.max(self.last_trade + 1);
        self.last_trade
    }

    /// Price around which the market stands: middle of the synthetic book, else the last price.
    pub(crate) fn mark(&self, listing: usize) -> i64 {
        let book = &self.books[listing];
        match (book.bids.best(), book.asks.best()) {
            (Some((bid, _)), Some((ask, _))) => i64::midpoint(bid, ask),
            _ => book.last_px().unwrap_or(self.listings[listing].anchor),
        }
    }

    /// What a fill costs: in a third asset where the account says so and has it.
    fn charge(&self, order: &Order, px: i64, qty: i64, maker: bool) -> (Money, Asset) {
        let listing = &self.listings[order.listing];
        let third = self.third_fee.map(|asset| {
            let quote = listing.notional(px, qty).times_rate(listing.fee(maker)).unwrap_or(Money::ZERO);
            (crate::sim::text::round(Money(quote.0 / THIRD_FEE_PX), account::ACCOUNT_DIGITS), asset)
        });
        let paid = |(fee, asset): &(Money, Asset)| {
            self.accounts[order.account].balance(listing.wallet, *asset).total.0 >= fee.0
        };
        third.filter(paid).unwrap_or_else(|| place::fee_of(listing, order.side, px, qty, maker))
    }

    /// Fills that a read sees.
    pub(crate) fn seen_fills(&self) -> impl DoubleEndedIterator<Item = &Fill> {
        self.fills.iter().filter(|fill| fill.at <= self.horizon)
    }

    /// Puts the first balances of an account into the book of record.
    pub(crate) fn fund(&mut self, account: usize, wallet: Wallet, asset: Asset, amount: Money, at: Ns) {
        self.commit(at, Event::Deposit { account, wallet, asset, amount });
    }

    pub(crate) fn seq(&self) -> u64 {
        self.seq
    }
}
