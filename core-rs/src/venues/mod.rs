//! Venue wire formats: pure functions, bytes -> events and intents -> bytes. No socket, no state between calls.
//! A venue is tables and short functions here (hot half), in the words of `prelude`, and one file in Python (cold half), plus a
//! line in `codec::codec`.

mod answer;
mod ask;
#[allow(clippy::unnecessary_wraps)] // functions of one shape stand in tables
mod binance;
#[allow(clippy::unnecessary_wraps)] // functions of one shape stand in tables
mod bitget;
mod body;
mod book;
mod bridge;
#[allow(clippy::unnecessary_wraps)] // functions of one shape stand in tables
mod bybit;
mod channel;
mod codec;
mod error;
mod event;
pub mod field;
pub mod json;
#[cfg(test)]
mod json_tests;
mod levels;
mod moves;
mod okx;
mod passphrase;
mod prelude;
mod query;
mod reply;
mod rows;
mod scan;
pub mod sign;
mod topics;
mod write;

pub use codec::{Codec, Context, Instruments, OrderBudget, Resync, Role, Session, codec};
pub use error::{DecodeError, EncodeError, RejectClass, VenueReject};
pub use event::{Bbo, Depth, Event, EventBuf, ReplyOutcome, RequestReply, SessionNote, Trade};
pub use query::{Query, ReplyVerdict};
pub use sign::Secret;
