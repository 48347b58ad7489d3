//! What a dry-run executor may see of the engine: the books of a venue as far as they may be priced from.

use super::reducer::Engine;
use crate::market::{Book, BookState, Instrument};
use crate::units::{InstrumentId, Ns, Venue};

impl Engine {
    /// The venue's instruments with a book that somebody needs and that is whole and fresh at monotonic `now`.
    pub fn live_books(&self, venue: Venue, now: Ns) -> impl Iterator<Item = (&Instrument, &Book)> {
        let wanted = self.tracked.iter().zip(&self.books).enumerate().filter(|(_, (t, _))| t.wanted());
        wanted.filter_map(move |(at, (_, book))| {
            let id = InstrumentId(at as u32);
            let instrument = self.instruments.at(id);
            let usable = instrument.venue == venue && self.book_state(id, now) == BookState::Synced;
            usable.then_some((instrument, book))
        })
    }
}
