//! Venue wire formats: pure functions, bytes -> events and intents -> bytes. No socket, no state between calls.
//! A venue is one file here (hot half) and one in Python (cold half), plus a line in `codec::codec`.

mod codec;
mod error;
mod event;
mod query;

pub use codec::{Codec, Context, Instruments, Resync, Role, Session};
pub use error::{DecodeError, EncodeError, RejectClass, VenueReject};
pub use event::{Bbo, Depth, Event, EventBuf, ReplyOutcome, RequestReply, SessionNote, Trade};
pub use query::{Query, ReplyVerdict};
