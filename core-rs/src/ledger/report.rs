//! What a venue tells about an account, in our terms.

use crate::units::{Asset, InstrumentId, Money, Ns, Price, Product};

/// Which of an account's wallets. Binance keeps one per product; Bybit and OKX share one (`Unified`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
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

/// One perpetual position; `qty` is signed base units as Money (18 decimals), positive long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PositionReport {
    pub instrument: InstrumentId,
    pub qty: Money,
    pub entry_px: Option<Price>,
    pub venue_ns: Ns,
}
