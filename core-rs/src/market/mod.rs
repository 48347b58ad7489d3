//! Order books, their sequence rules, the depth walk and the spread board.

mod book;
mod delta;
mod fault;
mod instrument;
mod ladder;
mod pending;
mod quote;
mod sequence;
mod side;
mod sides;
mod slot;
mod spread;
mod walk;
mod wire;

pub use book::{Applied, Book, BookState, SIDE_LEVELS_MAX, Top, Touch};
pub use delta::{Delta, DeltaKind, Level, SeqRule};
pub use fault::BookFault;
pub use instrument::{Instrument, InstrumentStatus, instrument_name, parse_instrument_name};
pub use pending::{PENDING_LEVELS_MAX, PENDING_UPDATES_MAX};
pub use quote::{PERCENT_DECIMALS, Quote, SpreadLeg, SpreadSpec, push_percent};
pub use spread::{Books, Edge, EdgeChange, PairIx, SpreadBoard};
pub use walk::{Walk, walk};
pub use wire::{Lots, Wire};
