//! What a frame says, in our terms. Buffers are reused: no allocation after warm-up.

use super::{DecodeError, VenueReject};
use crate::ledger::{BalanceReport, MoveReport, PositionReport};
use crate::market::{Delta, DeltaKind, Level};
use crate::order::{FillReport, OrderReport};
use crate::units::{ClientId, InstrumentId, Ns, Price, Qty, Side, VenueOrderId};

/// A depth message whose levels lie in the buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Depth {
    pub instrument: InstrumentId,
    pub kind: DeltaKind,
    pub first: u64,
    pub last: u64,
    pub prev: u64,
    pub venue_ns: Ns,
    /// `levels[start..start + bids]` are bids, the next `asks` are asks.
    pub start: u32,
    pub bids: u32,
    pub asks: u32,
}

/// Best bid and ask as a stream of its own; informational, never priced from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bbo {
    pub instrument: InstrumentId,
    pub update_id: u64,
    pub bid: Option<(Price, Qty)>,
    pub ask: Option<(Price, Qty)>,
}

/// A public trade; `side` is the aggressor's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trade {
    pub instrument: InstrumentId,
    pub px: Price,
    pub qty: Qty,
    pub side: Side,
    pub venue_ns: Ns,
}

/// Answer to an order request we sent over a Trade link (its request id is the client id).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestReply {
    pub client_id: ClientId,
    /// True when the request was a cancel.
    pub cancel: bool,
    pub outcome: ReplyOutcome,
}

impl RequestReply {
    /// Whose request an id names, and whether it was a cancel (`c` + client id, and digits where the venue wants each
    /// request's id to be new); `None` for an id of another kind.
    pub(super) fn request(id: &[u8]) -> Option<(ClientId, bool)> {
        match id.split_first() {
            Some((b'c', rest)) => {
                let (id, number) = rest.split_at_checked(ClientId::LEN)?;
                let cancel = ClientId::parse(id).map(|id| (id, true));
                cancel.filter(|_| number.iter().all(u8::is_ascii_digit))
            }
            _ => ClientId::parse(id).map(|id| (id, false)),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplyOutcome {
    /// Accepted; the venue's order id where the answer carries one. Not a fill report.
    Accepted(Option<VenueOrderId>),
    Rejected(VenueReject),
}

/// What a link says about itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionNote {
    LoggedIn,
    LoginRefused(VenueReject),
    Subscribed,
    SubscribeRefused(VenueReject),
    Pong,
    /// The stream ends soon or has ended: log in and subscribe again (listenKeyExpired, eventStreamTerminated,
    /// serverShutdown).
    Expiring,
}

/// One fact of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    Depth(Depth),
    Bbo(Bbo),
    Trade(Trade),
    Order(OrderReport),
    Fill(FillReport),
    Balance(BalanceReport),
    Position(PositionReport),
    /// The venue's own stop of a position: where it stands, or that there is none.
    Backstop {
        instrument: InstrumentId,
        px: Option<Price>,
    },
    Move(MoveReport),
    /// Something other than a trade moved the account; what it was is for the account's log to tell.
    Moved,
    Reply(RequestReply),
    Session(SessionNote),
}

/// The events of one frame, in frame order.
#[derive(Debug, Default)]
pub struct EventBuf {
    pub events: Vec<Event>,
    pub levels: Vec<Level>,
}

impl EventBuf {
    pub fn clear(&mut self) {
        self.events.clear();
        self.levels.clear();
    }

    /// The result of `read`; of a refused message nothing stays, so that nothing of it can be used.
    pub(super) fn whole<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, DecodeError>,
    ) -> Result<T, DecodeError> {
        let result = read(self);
        result.inspect_err(|_| self.clear())
    }

    /// The delta of a [`Depth`] of this buffer.
    pub fn delta(&self, depth: &Depth) -> Delta<'_> {
        let bids = depth.start as usize..(depth.start + depth.bids) as usize;
        let asks = bids.end..bids.end + depth.asks as usize;
        Delta {
            kind: depth.kind,
            first: depth.first,
            last: depth.last,
            prev: depth.prev,
            venue_ns: depth.venue_ns,
            bids: &self.levels[bids],
            asks: &self.levels[asks],
        }
    }
}
