//! The shape of a venue: a table row of functions and facts.

use super::answer::{self, Answering};
use super::ask::{self, Asking};
use super::body::{self, Ordering};
use super::topics::{self, Feed, Topics};
use super::{DecodeError, EncodeError, EventBuf, Query, ReplyVerdict, Secret};
use crate::ledger::Wallet;
use crate::market::{Instrument, SeqRule, Wire};
use crate::order::OrderCmd;
use crate::units::{InstrumentId, Ns, Product, Symbol, Venue};
use core::fmt;

/// What a link carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Market data.
    Public,
    /// Orders, fills, balances, positions of one account.
    Private,
    /// Order entry of one account.
    Trade,
    /// Request and reply over HTTP.
    Rest,
}

/// How a book is made whole again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resync {
    /// Buffer the stream, fetch `Query::Snapshot`, join.
    RestSnapshot,
    /// Unsubscribe and subscribe again: the stream sends a snapshot.
    Resubscribe,
}

/// Orders that an account may place in a span of time, as the venue documents it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrderBudget {
    pub orders: usize,
    pub window: Ns,
}

/// Credentials of one account; Debug never shows them.
#[derive(Clone)]
pub struct Session {
    pub key: String,
    /// `Secret::new(bytes)`.
    pub secret: Secret,
    pub passphrase: String,
    /// Server time minus our wall time, ns; added to every signed timestamp.
    pub offset_ns: Ns,
    /// Validity window of signed requests, ms.
    pub recv_window_ms: u32,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Session(redacted)")
    }
}

/// The instruments a codec may meet, looked up by the venue's own symbol.
pub trait Instruments {
    fn find(&self, venue: Venue, product: Product, symbol: &Symbol) -> Option<&Instrument>;
    fn get(&self, id: InstrumentId) -> Option<&Instrument>;
}

/// What a decoder may know: where the bytes came from.
pub struct Context<'a> {
    pub product: Product,
    pub role: Role,
    pub instruments: &'a dyn Instruments,
    /// The instrument of a frame that does not name one (a Binance REST snapshot in a recorded stream).
    pub implied: Option<InstrumentId>,
}

/// One venue product. All functions are pure; buffers are appended to, never cleared, by encoders.
#[allow(clippy::type_complexity, reason = "the row is the list of its function types")]
pub struct Codec {
    pub venue: Venue,
    pub product: Product,
    pub wallet: Wallet,
    pub seq_rule: SeqRule,
    pub resync: Resync,
    pub order_budget: OrderBudget,
    /// Quantities are contracts, of a size that only the venue's list tells.
    pub contracts: bool,
    /// Decodes one frame of a WebSocket link (any role) into `out` (cleared by the caller). The whole frame is
    /// parsed before anything is reported: on error `out` must be ignored.
    pub decode: fn(&Context<'_>, &[u8], &mut EventBuf) -> Result<(), DecodeError>,
    /// How orders are written.
    pub(super) ordering: &'static Ordering,
    /// Writes the frame that logs a link of this role in, where it needs one.
    pub(super) login: fn(Role, &Session, Ns, &mut Vec<u8>),
    /// What its streams are called.
    pub(super) topics: &'static Topics,
    /// How questions over REST are written.
    pub(super) asking: &'static Asking,
    /// How their answers are read.
    pub(super) answering: &'static Answering,
}

impl Codec {
    /// One order request for the Trade link; `wall` is our wall time.
    pub fn encode_order(
        &self,
        cmd: &OrderCmd,
        instrument: &Instrument,
        session: &Session,
        wall: Ns,
        out: &mut Vec<u8>,
    ) -> Result<(), EncodeError> {
        body::encode(self.ordering, cmd, instrument, (session, wall), out)
    }

    /// Frames to send when a link of this role comes up, before subscribing (login); none for public links.
    pub fn encode_login(&self, role: Role, session: &Session, wall: Ns, out: &mut Vec<Vec<u8>>) {
        let mut frame = Vec::new();
        (self.login)(role, session, wall, &mut frame);
        out.extend((!frame.is_empty()).then_some(frame));
    }

    /// Subscribe (`on`) or unsubscribe frames. Public: depth of the instruments. Private: the account's topics.
    pub fn encode_subscribe(
        &self,
        role: Role,
        on: bool,
        instruments: &[&Instrument],
        out: &mut Vec<Vec<u8>>,
    ) {
        topics::encode(self.topics, (role, Feed::Book, on), instruments, out);
    }

    /// The same for public trades; who needs them has a connection of their own for it.
    pub fn encode_trades(&self, on: bool, instruments: &[&Instrument], out: &mut Vec<Vec<u8>>) {
        topics::encode(self.topics, (Role::Public, Feed::Trades, on), instruments, out);
    }

    /// One REST request as text: `METHOD target\nHeader: value\n...\n\nbody`. No Host header.
    pub fn encode_query(
        &self,
        query: &Query,
        instruments: &dyn Instruments,
        session: Option<&Session>,
        wall: Ns,
        out: &mut Vec<u8>,
    ) -> Result<(), EncodeError> {
        ask::encode(self.asking, self.product, query, instruments, (session, wall), out)
    }

    /// Decodes the reply to `query`; on error the buffer is empty. `status` is the HTTP status.
    pub fn decode_reply(
        &self,
        query: &Query,
        ctx: &Context<'_>,
        status: u16,
        body: &[u8],
        out: &mut EventBuf,
    ) -> Result<ReplyVerdict, DecodeError> {
        out.whole(|out| answer::decode(self.answering, self.product, query, ctx, (status, body), out))
    }

    /// The account's log of movements can be asked for.
    pub fn tells_moves(&self) -> bool {
        let (path, _) = self.asking.question(self.product, &Query::Moves { since: 0, from_id: None });
        !path.is_empty()
    }

    /// The venue keeps a stop of its own for a position of this product.
    pub fn keeps_backstops(&self) -> bool {
        self.product == Product::Linear && self.asking.backstop.is_some()
    }

    /// How an instrument counts before the venue's list of instruments is there.
    pub fn unlisted_wire(&self) -> Wire {
        if self.contracts { Wire::UNKNOWN } else { Wire::BASE }
    }
}

impl fmt::Debug for Codec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Codec({}:{})", self.venue.name(), self.product.name())
    }
}

/// The codec of a venue product.
pub const fn codec(venue: Venue, product: Product) -> Option<&'static Codec> {
    let [spot, linear] = match venue {
        Venue::Binance => [&super::binance::SPOT, &super::binance::LINEAR],
        Venue::Bybit => [&super::bybit::SPOT, &super::bybit::LINEAR],
        Venue::Okx => [&super::okx::SPOT, &super::okx::LINEAR],
        Venue::Bitget => [&super::bitget::SPOT, &super::bitget::LINEAR],
        Venue::Bridge => [&super::bridge::SPOT, &super::bridge::LINEAR],
    };
    match product {
        Product::Spot => Some(spot),
        Product::Linear => Some(linear),
    }
}
