//! Questions to a venue over REST, and what their answers are worth.

use super::VenueReject;
use crate::units::{ClientId, InstrumentId, Ns, Price, VenueOrderId};

/// One question. The engine remembers it under a request id and hands it back with the reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Query {
    /// Public depth snapshot.
    Snapshot { instrument: InstrumentId, depth: u16 },
    /// One order by our client id.
    Order { instrument: InstrumentId, client_id: ClientId },
    /// One order by the venue's own id, to learn whose it is.
    VenueOrder { instrument: InstrumentId, venue_id: VenueOrderId },
    /// All open orders of the product (Bybit linear: those settled in USDT).
    OpenOrders,
    /// Our fills of an instrument since a wall time (epoch ns), oldest first as far as the venue allows.
    /// `from_id` continues paging with the `next` of the page before; `None` starts at `since`.
    /// Binance rows name the venue's order id only: their `client` is `Foreign`, match them by `venue_id`.
    Fills { instrument: InstrumentId, since: Ns, from_id: Option<u64> },
    /// What moved the account without a trade since a wall time: funding, transfers. Paged like `Fills`.
    Moves { since: Ns, from_id: Option<u64> },
    /// All balances.
    Balances,
    /// All open positions (linear only).
    Positions,
    /// Sets the venue's own stop of a whole position, or takes it away. Asked twice it does the same; the venue drops it
    /// with the position.
    Backstop { instrument: InstrumentId, px: Option<Price> },
}

impl Query {
    /// The one instrument that it asks about.
    pub const fn instrument(&self) -> Option<InstrumentId> {
        match self {
            Self::Snapshot { instrument, .. }
            | Self::Order { instrument, .. }
            | Self::VenueOrder { instrument, .. }
            | Self::Fills { instrument, .. }
            | Self::Backstop { instrument, .. } => Some(*instrument),
            Self::OpenOrders | Self::Moves { .. } | Self::Balances | Self::Positions => None,
        }
    }
}

/// What a served answer proves. A transport failure or HTTP 5xx proves nothing and never gets here as `Absent`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplyVerdict {
    /// Served; what it says is in the buffer. `next` = another page may exist: ask again with it as `from_id` (a
    /// trade id on Binance, a time on Bybit; meaningless to us).
    Served { next: Option<u64> },
    /// Served, and the order asked for is not there.
    Absent,
    /// The venue refused the question itself.
    Refused(VenueReject),
}
