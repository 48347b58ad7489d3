//! The books of real venues as the market of a dry run: orders meet what stands in the live book, nothing is invented.

use super::model::{Listing, Model, SynthLevel, rank};
use super::recorded::instrument;
use crate::market::{Book, Instrument};
use crate::units::{InstrumentId, Ns, Product, Rate, Side, Symbol, Venue};
use crate::venues::{Context, Event, EventBuf, Instruments, Role, codec};
use std::collections::{BTreeMap, BTreeSet};

/// Levels a side that a dry run sees: an order that reaches deeper is filled only so far.
const LEVELS_MAX: usize = 200;

/// Whoever keeps the live books of a venue.
pub trait LiveBooks {
    /// Gives each instrument whose book may be priced from now, with that book.
    fn each(&self, take: &mut dyn FnMut(&Instrument, &Book));
}

/// What a dry run knows of the live market.
#[derive(Default)]
pub(super) struct Live {
    /// By listing: the listing as the decoders know instruments, and the update its market was last taken from.
    table: Table,
    seen: Vec<Option<u64>>,
    /// Whose trades the tape was asked for.
    taped: BTreeSet<usize>,
    fees: Fees,
    events: EventBuf,
    /// Trades that the decoder refused.
    pub refused: u64,
}

/// Fees set by the configuration, by product: (maker, taker).
pub(super) type Fees = BTreeMap<Product, (Option<Rate>, Option<Rate>)>;

#[derive(Default)]
struct Table {
    list: Vec<Instrument>,
    by_symbol: BTreeMap<(Product, Symbol), InstrumentId>,
}

impl core::fmt::Debug for Live {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Live({} listings)", self.table.list.len())
    }
}

impl Instruments for Table {
    fn find(&self, _: Venue, product: Product, symbol: &Symbol) -> Option<&Instrument> {
        self.by_symbol.get(&(product, *symbol)).and_then(|id| self.get(*id))
    }

    fn get(&self, id: InstrumentId) -> Option<&Instrument> {
        self.list.get(id.0 as usize)
    }
}

impl Live {
    pub(super) fn new(fees: Fees) -> Self {
        Self { fees, ..Self::default() }
    }

    /// Makes the tables as long as the model's: listings come from the market and from the book of record.
    pub(super) fn grow(&mut self, model: &Model) {
        for (index, listing) in model.listings.iter().enumerate().skip(self.table.list.len()) {
            let known = instrument(model.venue, index, listing);
            self.table.by_symbol.insert((known.product, known.symbol), known.id);
            self.table.list.push(known);
            self.seen.push(None);
        }
    }

    /// Takes over the live books: all of them, or only those in which an order rests. Resting orders that the market has
    /// moved through fill; a book that may not be priced from empties.
    pub(super) fn follow(&mut self, model: &mut Model, books: &dyn LiveBooks, all: bool, at: Ns) {
        let mut gone: BTreeSet<usize> = (0..self.seen.len()).filter(|at| self.seen[*at].is_some()).collect();
        books.each(&mut |instrument, book| {
            let Some(listing) = self.listing(model, instrument) else { return };
            gone.remove(&listing);
            let wanted = (all || model.rests_in(listing)) && self.seen[listing] != Some(book.last_id());
            if wanted {
                self.seen[listing] = Some(book.last_id());
                take_over(model, listing, [levels(Side::Buy, book), levels(Side::Sell, book)], at);
            }
        });
        for listing in gone {
            self.seen[listing] = None;
            take_over(model, listing, [const { BTreeMap::new() }; 2], at);
        }
    }

    /// The listing of an instrument, made or brought up to date. `None` when its decimals have changed: amounts of
    /// orders and positions would mean something else.
    fn listing(&mut self, model: &mut Model, instrument: &Instrument) -> Option<usize> {
        let known =
            self.table.by_symbol.get(&(instrument.product, instrument.symbol)).map(|id| id.0 as usize);
        let (maker, taker) = self.fees.get(&instrument.product).copied().unwrap_or_default();
        let terms = || {
            let listing = Listing::of_instrument(instrument);
            Listing {
                fee_maker: maker.unwrap_or(listing.fee_maker),
                fee_taker: taker.unwrap_or(listing.fee_taker),
                ..listing
            }
        };
        let Some(index) = known else {
            model.add_listing(terms());
            self.grow(model);
            return Some(model.listings.len() - 1);
        };
        let listing = &mut model.listings[index];
        let same = (listing.px_decimals, listing.qty_decimals)
            == (instrument.px_decimals, instrument.qty_decimals)
            && listing.wire.same_size(instrument.wire);
        if same {
            *listing = terms();
        }
        same.then_some(index)
    }

    /// Public trades of the real venue: what stood in front of resting orders is traded away, then the orders themselves.
    pub(super) fn tape(&mut self, model: &mut Model, product: Product, frame: &[u8], at: Ns) {
        let Some(codec) = codec(model.venue, product) else { return };
        self.events.clear();
        let context = Context { product, role: Role::Public, instruments: &self.table, implied: None };
        if (codec.decode)(&context, frame, &mut self.events).is_err() {
            self.refused += 1;
            return;
        }
        for event in &self.events.events {
            if let Event::Trade(trade) = event {
                model.public_trade(
                    trade.instrument.0 as usize,
                    trade.side,
                    (trade.px.get(), trade.qty.get()),
                    at,
                );
            }
        }
    }

    /// Frames that ask for the trades of the instruments in which orders rest, and for no others. `fresh`: on a
    /// connection of which nothing was asked yet.
    pub(super) fn tape_frames(&mut self, model: &Model, product: Product, fresh: bool) -> Vec<Vec<u8>> {
        let of_product = |listing: &usize| model.listings[*listing].product == product;
        if fresh {
            self.taped.retain(|listing| !of_product(listing));
        }
        let wanted: BTreeSet<usize> = model.resting_listings().filter(of_product).collect();
        let known: BTreeSet<usize> = self.taped.iter().copied().filter(of_product).collect();
        let mut frames = Vec::new();
        for (on, listings) in [(true, &wanted - &known), (false, &known - &wanted)] {
            let names: Vec<&Instrument> = listings.iter().map(|at| &self.table.list[*at]).collect();
            if let Some(codec) = codec(model.venue, product) {
                codec.encode_trades(on, &names, &mut frames);
            }
        }
        self.taped.retain(|listing| !of_product(listing));
        self.taped.extend(wanted);
        frames
    }

    /// Names of the instruments in which orders rest.
    pub(super) fn resting(&self, model: &Model) -> Vec<String> {
        model.resting_listings().map(|at| self.table.list[at].name()).collect()
    }
}

/// A level counts as refilled when the live book changes its quantity.
fn levels(side: Side, book: &Book) -> BTreeMap<i64, SynthLevel> {
    let row = |px: i64, qty: i64| (rank(side, px), SynthLevel { qty, epoch: qty });
    match side {
        Side::Buy => book.bids().take(LEVELS_MAX).map(|level| row(level.px, level.qty)).collect(),
        Side::Sell => book.asks().take(LEVELS_MAX).map(|level| row(level.px, level.qty)).collect(),
    }
}

fn take_over(model: &mut Model, listing: usize, [bids, asks]: [BTreeMap<i64, SynthLevel>; 2], at: Ns) {
    let live = !(bids.is_empty() && asks.is_empty());
    model.books[listing].bids.refill(&bids);
    model.books[listing].asks.refill(&asks);
    if live {
        model.shorten_queues(listing);
    }
    model.cross_resting(listing, at);
    let _ = model.books[listing].publish(LEVELS_MAX, true);
}
