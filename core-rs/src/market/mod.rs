//! Order books, their sequence rules, the depth walk and the spread board.

mod delta;
mod instrument;

pub use delta::{Delta, DeltaKind, Level, SeqRule};
pub use instrument::{Instrument, InstrumentStatus, instrument_name, parse_instrument_name};
