//! What a venue tells about an account, in our terms.

use crate::units::{Asset, InstrumentId, Money, Ns, Price, Product, Text};
use serde::{Deserialize, Serialize};

/// Which of an account's wallets. Binance keeps one per product; Bybit and OKX share one (`Unified`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Wallet {
    Spot,
    Linear,
    Unified,
}

impl Wallet {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Spot => "spot",
            Self::Linear => "linear",
            Self::Unified => "unified",
        }
    }

    /// The wallet of a venue that keeps one per product.
    pub const fn of_product(product: Product) -> Self {
        match product {
            Product::Spot => Self::Spot,
            Product::Linear => Self::Linear,
        }
    }
}

/// One asset's balance in one wallet; `free + locked` is the wallet's balance, without unrealised profit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BalanceReport {
    pub wallet: Wallet,
    pub asset: Asset,
    pub free: Money,
    pub locked: Money,
    pub venue_ns: Ns,
}

/// What a venue calls a movement of an account, unique within the account.
pub type MoveId = Text<64>;

/// Why an account moved without a trade.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MoveKind {
    /// Paid or received on a perpetual position.
    Funding,
    /// Paid in or out, or moved between wallets.
    Transfer,
    /// Anything else that the venue books by itself: interest, rebates, adjustments.
    Other,
}

impl MoveKind {
    pub const ALL: [Self; 3] = [Self::Funding, Self::Transfer, Self::Other];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Funding => "funding",
            Self::Transfer => "transfer",
            Self::Other => "other",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// One movement of an account that no trade explains; `amount` is what came in, negative what left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MoveReport {
    pub id: MoveId,
    pub kind: MoveKind,
    pub wallet: Wallet,
    pub asset: Asset,
    pub amount: Money,
    /// The position that funding was paid on, where it is known here.
    pub instrument: Option<InstrumentId>,
    pub venue_ns: Ns,
}

/// One perpetual position; `qty` is signed base units as Money (18 decimals), positive long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PositionReport {
    pub instrument: InstrumentId,
    pub qty: Money,
    pub entry_px: Option<Price>,
    pub venue_ns: Ns,
}
