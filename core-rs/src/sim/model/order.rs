//! An order as the venue keeps it.

use crate::units::{Asset, Money, Ns, Side, Text};

/// A client's own order id, up to 36 characters.
pub(crate) type Label = Text<36>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Limit,
    Market,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tif {
    Gtc,
    Ioc,
    Fok,
    PostOnly,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    New,
    PartiallyFilled,
    Filled,
    Cancelled,
    /// Ended by the venue: the remainder of IOC, FOK or market.
    Expired,
    Rejected,
}

/// Why an order ended without filling.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EndReason {
    None,
    ByUser,
    NoLiquidity,
    FokNotFilled,
    PostOnlyWouldTake,
    /// It would have met an order of its own account.
    SelfTrade,
    /// An immediate order found half done when the book of record was read back.
    Restart,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Order {
    pub id: u64,
    pub account: usize,
    pub listing: usize,
    pub label: Label,
    pub side: Side,
    pub kind: Kind,
    pub tif: Tif,
    /// 0 for a market order.
    pub px: i64,
    pub qty: i64,
    pub reduce_only: bool,
    pub filled: i64,
    /// Cumulative quote amount of the fills.
    pub quote_filled: Money,
    /// Cumulative fee; one asset per order.
    pub fee: Money,
    /// What the order still keeps reserved in a spot wallet.
    pub locked: Money,
    pub state: State,
    pub reason: EndReason,
    pub created: Ns,
    pub updated: Ns,
}

/// One execution of one order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fill {
    pub trade_id: u64,
    pub order: u64,
    pub account: usize,
    pub listing: usize,
    pub side: Side,
    pub px: i64,
    pub qty: i64,
    pub fee: Money,
    pub fee_asset: Asset,
    pub maker: bool,
    /// Realised profit of a linear position, before the fee.
    pub realized: Money,
    pub at: Ns,
}

macro_rules! names {
    ($kind:ident { $($variant:ident = $name:literal),* $(,)? }) => {
        impl $kind {
            pub(crate) const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }

            pub(crate) fn parse(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

names!(Kind { Limit = "limit", Market = "market" });
names!(Tif { Gtc = "gtc", Ioc = "ioc", Fok = "fok", PostOnly = "post_only" });
names!(State {
    New = "new",
    PartiallyFilled = "partially_filled",
    Filled = "filled",
    Cancelled = "cancelled",
    Expired = "expired",
    Rejected = "rejected",
});
names!(EndReason {
    None = "",
    ByUser = "by_user",
    NoLiquidity = "no_liquidity",
    FokNotFilled = "fok_not_filled",
    PostOnlyWouldTake = "post_only_would_take",
    SelfTrade = "self_trade",
    Restart = "restart",
});

impl State {
    pub(crate) const fn open(self) -> bool {
        matches!(self, Self::New | Self::PartiallyFilled)
    }
}

impl Order {
    pub(crate) const fn remaining(&self) -> i64 {
        self.qty - self.filled
    }

    pub(crate) const fn immediate(&self) -> bool {
        matches!(self.tif, Tif::Ioc | Tif::Fok) || matches!(self.kind, Kind::Market)
    }
}
