//! What can be traded where, and in which steps.

use super::Wire;
use crate::units::{Asset, InstrumentId, Money, Product, Qty, Rate, Symbol, Venue};

/// Whether the venue accepts orders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InstrumentStatus {
    Trading,
    CancelOnly,
    Halted,
}

/// One instrument with its filters, all in mantissas at its own decimals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instrument {
    pub id: InstrumentId,
    pub venue: Venue,
    pub product: Product,
    pub symbol: Symbol,
    pub base: Asset,
    /// Quote asset; also the settlement asset of linear perpetuals.
    pub quote: Asset,
    /// Digits the venue may send, not those of the step: Binance spot books hold resting orders finer than today's lot,
    /// so there both are the asset precisions (8), and a finer level is refused, never rounded.
    pub px_decimals: u8,
    /// `px_decimals + qty_decimals <= 18`, so that notionals are exact Money.
    pub qty_decimals: u8,
    /// Price step, mantissa > 0.
    pub tick: i64,
    /// Quantity step, mantissa > 0.
    pub lot: i64,
    pub qty_min: Qty,
    pub qty_max: Qty,
    pub notional_min: Money,
    pub fee_maker: Rate,
    pub fee_taker: Rate,
    pub status: InstrumentStatus,
    /// How the venue counts quantities.
    pub wire: Wire,
}

impl Instrument {
    /// `binance:spot:BTCUSDT`.
    pub fn name(&self) -> String {
        instrument_name(self.venue, self.product, &self.symbol)
    }
}

/// `venue:type:symbol`, the identity of an instrument everywhere outside the core.
pub fn instrument_name(venue: Venue, product: Product, symbol: &Symbol) -> String {
    format!("{}:{}:{}", venue.name(), product.name(), symbol)
}

/// The parts of `venue:type:symbol`.
pub fn parse_instrument_name(name: &str) -> Option<(Venue, Product, Symbol)> {
    let mut parts = name.splitn(3, ':');
    let venue = Venue::parse(parts.next()?)?;
    let product = Product::parse(parts.next()?)?;
    Some((venue, product, Symbol::new(parts.next()?.as_bytes()).ok()?))
}
