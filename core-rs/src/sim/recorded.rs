//! Recorded public frames as the market: the real decoder and book rebuild it, the venue serves it under its own
//! sequence numbers.

use super::model::{Listing, SynthLevel, rank};
use crate::market::{Book, Instrument, InstrumentStatus, Level};
use crate::units::{InstrumentId, Ns, Product, Qty, Side, Symbol, Venue, pow10};
use crate::venues::{Codec, Context, Event, EventBuf, Instruments, Role, codec};
use std::collections::BTreeMap;

/// Recorded levels that one side takes over.
const LEVELS_MAX: usize = 1000;
/// Recordings hold quantities finer than today's steps: the decoder reads this many digits, the market cuts them.
const DIGITS: u8 = 8;

pub(super) struct Recorded {
    codec: Option<&'static Codec>,
    table: Table,
    books: Vec<Book>,
    /// By listing: one price step and one quantity step of it, at [`DIGITS`].
    units: Vec<(i64, i64)>,
    events: EventBuf,
    /// Of the newest frame that named one: a REST snapshot in the recording does not.
    implied: InstrumentId,
    /// Frames that the decoder or the book refused.
    pub refused: u64,
}

struct Table(Vec<Instrument>);

impl core::fmt::Debug for Recorded {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Recorded({} books, {} refused)", self.books.len(), self.refused)
    }
}

impl Instruments for Table {
    fn find(&self, venue: Venue, product: Product, symbol: &Symbol) -> Option<&Instrument> {
        self.0.iter().find(|i| i.venue == venue && i.product == product && i.symbol == *symbol)
    }

    fn get(&self, id: InstrumentId) -> Option<&Instrument> {
        self.0.get(id.0 as usize)
    }
}

/// The listing as the rooms below know instruments; its id is the listing's index.
pub(super) fn instrument(venue: Venue, index: usize, listing: &Listing) -> Instrument {
    Instrument {
        id: InstrumentId(index as u32),
        venue,
        product: listing.product,
        symbol: listing.symbol,
        base: listing.base,
        quote: listing.quote,
        px_decimals: listing.px_decimals,
        qty_decimals: listing.qty_decimals,
        tick: listing.tick,
        lot: listing.lot,
        // The table holds positive limits, so the fallback is never taken.
        qty_min: Qty::new(listing.qty_min).unwrap_or_default(),
        qty_max: Qty::new(listing.qty_max).unwrap_or_default(),
        notional_min: listing.notional_min,
        fee_maker: listing.fee_maker,
        fee_taker: listing.fee_taker,
        status: InstrumentStatus::Trading,
        wire: listing.wire,
    }
}

impl Recorded {
    /// Frames belong to the first listed product: a recording holds one.
    pub(super) fn new(venue: Venue, listings: &[Listing]) -> Self {
        let codec = listings.first().and_then(|listing| codec(venue, listing.product));
        let fine = |(index, listing)| Instrument {
            px_decimals: DIGITS,
            qty_decimals: DIGITS,
            ..instrument(venue, index, listing)
        };
        let table = listings.iter().enumerate().map(fine).collect();
        let unit = |decimals: u8| pow10(DIGITS - decimals) as i64;
        let units = listings.iter().map(|l| (unit(l.px_decimals), unit(l.qty_decimals))).collect();
        let books = codec.map_or_else(Vec::new, |c| listings.iter().map(|_| Book::new(c.seq_rule)).collect());
        Self {
            codec,
            table: Table(table),
            books,
            units,
            events: EventBuf::default(),
            implied: InstrumentId(0),
            refused: 0,
        }
    }

    /// Takes one frame in; what it cannot use is counted and dropped.
    pub(super) fn feed(&mut self, frame: &[u8], at: Ns) {
        let Some(codec) = self.codec else { return };
        self.events.clear();
        let implied = Some(self.implied);
        let context =
            Context { product: codec.product, role: Role::Public, instruments: &self.table, implied };
        if (codec.decode)(&context, frame, &mut self.events).is_err() {
            self.refused += 1;
            return;
        }
        for event in &self.events.events {
            if let Event::Depth(depth) = event {
                self.implied = depth.instrument;
                let delta = self.events.delta(depth);
                let book = self.books.get_mut(depth.instrument.0 as usize);
                if book.is_none_or(|book| book.apply(&delta, at).is_err()) {
                    self.refused += 1;
                }
            }
        }
    }

    /// Both sides by rank. A level counts as refilled when the recording changes its quantity.
    pub(super) fn levels(&self, listing: usize) -> [BTreeMap<i64, SynthLevel>; 2] {
        let Some(book) = self.books.get(listing).filter(|book| book.is_synced()) else {
            return [const { BTreeMap::new() }; 2];
        };
        let (px_unit, qty_unit) = self.units[listing];
        let level = |side: Side, level: Level| {
            let (px, qty) = (level.px / px_unit, level.qty / qty_unit);
            let fits = level.px % px_unit == 0 && qty > 0;
            fits.then(|| (rank(side, px), SynthLevel { qty, epoch: qty }))
        };
        [
            book.bids().take(LEVELS_MAX).filter_map(|l| level(Side::Buy, l)).collect(),
            book.asks().take(LEVELS_MAX).filter_map(|l| level(Side::Sell, l)).collect(),
        ]
    }
}
