//! What a record says of an instrument. Knows no table.

use crate::market::{instrument_name, parse_instrument_name};
use crate::units::{Asset, MONEY_DECIMALS, Product, Symbol, Venue};

/// What a record says of an instrument: enough to hold its orders before the venue's list is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct InstrumentRef {
    pub venue: Venue,
    pub product: Product,
    pub symbol: Symbol,
    pub base: Asset,
    pub quote: Asset,
    pub px_decimals: u8,
    pub qty_decimals: u8,
}

impl InstrumentRef {
    pub(super) fn name(&self) -> String {
        instrument_name(self.venue, self.product, &self.symbol)
    }

    /// `binance:spot:BTCUSDT|BTC|USDT|2|5`.
    pub(super) fn text(&self) -> String {
        let (base, quote) = (self.base.as_str(), self.quote.as_str());
        format!("{}|{base}|{quote}|{}|{}", self.name(), self.px_decimals, self.qty_decimals)
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('|');
        let (venue, product, symbol) = parse_instrument_name(parts.next()?)?;
        let base = Asset::new(parts.next()?.as_bytes()).ok()?;
        let quote = Asset::new(parts.next()?.as_bytes()).ok()?;
        let px_decimals = parts.next()?.parse().ok().filter(|d| *d <= MONEY_DECIMALS)?;
        let qty_decimals = parts.next()?.parse().ok().filter(|d| *d <= MONEY_DECIMALS - px_decimals)?;
        Some(Self { venue, product, symbol, base, quote, px_decimals, qty_decimals })
    }
}
