//! Asking for the public trades of instruments; who needs them has a connection of their own for it.

use crate::market::Instrument;
use crate::units::{Product, Venue};

/// Instruments that one frame names.
const NAMES_MAX: usize = 10;

/// Frames that subscribe to the trades of instruments of one product, or end that.
pub fn encode_trades(
    venue: Venue,
    product: Product,
    on: bool,
    instruments: &[&Instrument],
    out: &mut Vec<Vec<u8>>,
) {
    for chunk in instruments.chunks(NAMES_MAX) {
        let names: Vec<String> = chunk.iter().map(|i| name(venue, product, i.symbol.as_str())).collect();
        let (names, id) = (names.join(","), out.len() + 1);
        let op = if on { "subscribe" } else { "unsubscribe" };
        let frame = match venue {
            Venue::Binance => {
                format!("{{\"method\":\"{}\",\"params\":[{names}],\"id\":{id}}}", op.to_uppercase())
            }
            Venue::Bybit => format!("{{\"req_id\":\"{id}\",\"op\":\"{op}\",\"args\":[{names}]}}"),
            Venue::Okx | Venue::Bitget => format!("{{\"op\":\"{op}\",\"args\":[{names}]}}"),
        };
        out.push(frame.into_bytes());
    }
}

/// Binance USDT-M has no stream of single trades that it documents; aggregated ones carry the same quantity.
fn name(venue: Venue, product: Product, symbol: &str) -> String {
    match (venue, product) {
        (Venue::Binance, Product::Spot) => format!("\"{}@trade\"", symbol.to_ascii_lowercase()),
        (Venue::Binance, Product::Linear) => format!("\"{}@aggTrade\"", symbol.to_ascii_lowercase()),
        (Venue::Bybit, _) => format!("\"publicTrade.{symbol}\""),
        (Venue::Okx, _) => format!("{{\"channel\":\"trades\",\"instId\":\"{symbol}\"}}"),
        (Venue::Bitget, product) => {
            let kind = if product == Product::Spot { "SPOT" } else { "USDT-FUTURES" };
            format!("{{\"instType\":\"{kind}\",\"channel\":\"trade\",\"instId\":\"{symbol}\"}}")
        }
    }
}
