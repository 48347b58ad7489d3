//! What the simulated venue lists: symbols, steps, limits and fees. One table.

use crate::ledger::Wallet;
use crate::market::{Instrument, Wire};
use crate::units::{Asset, MONEY_DECIMALS, Money, Product, Rate, Symbol, Venue, pow10};

/// One instrument of the venue; integers are mantissas at its own decimals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Listing {
    pub product: Product,
    pub wallet: Wallet,
    pub symbol: Symbol,
    pub base: Asset,
    pub quote: Asset,
    pub px_decimals: u8,
    pub qty_decimals: u8,
    pub tick: i64,
    pub lot: i64,
    pub qty_min: i64,
    pub qty_max: i64,
    pub notional_min: Money,
    pub fee_maker: Rate,
    pub fee_taker: Rate,
    /// A limit price may stand this far from the reference, in basis points.
    pub band_bps: i64,
    /// Where the synthetic price path is anchored.
    pub anchor: i64,
    /// Distance of neighbouring synthetic levels.
    pub grid: i64,
    /// Typical size of a synthetic level.
    pub size: i64,
    /// How the venue counts quantities on the wire; all mantissas here are base coin.
    pub wire: Wire,
}

/// One line of the table: decimal text, as a person would write it.
struct Row {
    venue: Venue,
    product: Product,
    base: &'static str,
    tick: &'static str,
    lot: &'static str,
    qty_max: &'static str,
    notional_min: &'static str,
    anchor: &'static str,
    grid: &'static str,
    size: &'static str,
    /// Base coin of one contract; 1 where the venue counts in base coin.
    contract: &'static str,
}

#[rustfmt::skip]
const ROWS: [Row; 27] = [
    row(Venue::Binance, Product::Spot,   "BTC", ["0.01", "0.00001",  "9000",   "5",  "68000", "1",    "0.4"]),
    row(Venue::Binance, Product::Spot,   "ETH", ["0.01", "0.0001",   "9000",   "5",  "3500",  "0.05", "6"]),
    row(Venue::Binance, Product::Spot,   "SOL", ["0.01", "0.001",    "90000",  "5",  "150",   "0.01", "120"]),
    row(Venue::Binance, Product::Linear, "BTC", ["0.1",  "0.001",    "1000",   "50", "68000", "1",    "0.6"]),
    row(Venue::Binance, Product::Linear, "ETH", ["0.01", "0.001",    "10000",  "20", "3500",  "0.05", "9"]),
    row(Venue::Binance, Product::Linear, "SOL", ["0.01", "0.01",     "100000", "5",  "150",   "0.01", "180"]),
    row(Venue::Bybit,   Product::Spot,   "BTC", ["0.1",  "0.000001", "83",     "5",  "68000", "1",    "0.3"]),
    row(Venue::Bybit,   Product::Spot,   "ETH", ["0.01", "0.00001",  "1500",   "5",  "3500",  "0.05", "5"]),
    row(Venue::Bybit,   Product::Spot,   "SOL", ["0.01", "0.001",    "30000",  "5",  "150",   "0.01", "100"]),
    row(Venue::Bybit,   Product::Linear, "BTC", ["0.1",  "0.001",    "1190",   "5",  "68000", "1",    "0.5"]),
    row(Venue::Bybit,   Product::Linear, "ETH", ["0.01", "0.01",     "7240",   "5",  "3500",  "0.05", "8"]),
    row(Venue::Bybit,   Product::Linear, "SOL", ["0.01", "0.01",     "79770",  "5",  "150",   "0.01", "160"]),
    row(Venue::Okx,     Product::Spot,   "BTC", ["0.1",  "0.000001", "9999",   "0",  "68000", "1",    "0.3"]),
    row(Venue::Okx,     Product::Spot,   "ETH", ["0.01", "0.00001",  "9999",   "0",  "3500",  "0.05", "5"]),
    row(Venue::Okx,     Product::Spot,   "SOL", ["0.01", "0.0001",   "99999",  "0",  "150",   "0.01", "100"]),
    swap(Venue::Okx, "BTC", "0.01", ["0.1",  "0.0001", "1000",   "0", "68000", "1",    "0.5"]),
    swap(Venue::Okx, "ETH", "0.1",  ["0.01", "0.001",  "10000",  "0", "3500",  "0.05", "8"]),
    swap(Venue::Okx, "SOL", "1",    ["0.01", "0.01",   "100000", "0", "150",   "0.01", "160"]),
    row(Venue::Bitget,  Product::Spot,   "BTC", ["0.01", "0.000001", "9999",   "1",  "68000", "1",    "0.3"]),
    row(Venue::Bitget,  Product::Spot,   "ETH", ["0.01", "0.0001",   "9999",   "1",  "3500",  "0.05", "5"]),
    row(Venue::Bitget,  Product::Spot,   "SOL", ["0.01", "0.001",    "99999",  "1",  "150",   "0.01", "100"]),
    row(Venue::Bitget,  Product::Linear, "BTC", ["0.1",  "0.0001",   "1200",   "5",  "68000", "1",    "0.5"]),
    row(Venue::Bitget,  Product::Linear, "ETH", ["0.01", "0.01",     "9000",   "5",  "3500",  "0.05", "8"]),
    row(Venue::Bitget,  Product::Linear, "SOL", ["0.001", "0.1",     "90000",  "5",  "150",   "0.01", "160"]),
    row(Venue::Bridge,  Product::Spot,   "BTC", ["0.01", "0.00001",  "9000",   "5",  "68000", "1",    "0.3"]),
    row(Venue::Bridge,  Product::Spot,   "ETH", ["0.01", "0.0001",   "9000",   "5",  "3500",  "0.05", "5"]),
    row(Venue::Bridge,  Product::Spot,   "SOL", ["0.01", "0.001",    "90000",  "5",  "150",   "0.01", "100"]),
];
/// Numbers of instruments (OKX `instIdCode`) start here.
const FIRST_CODE: u64 = 10_000;

const fn row(venue: Venue, product: Product, base: &'static str, text: [&'static str; 7]) -> Row {
    let [tick, lot, qty_max, notional_min, anchor, grid, size] = text;
    Row { venue, product, base, tick, lot, qty_max, notional_min, anchor, grid, size, contract: "1" }
}

const fn swap(venue: Venue, base: &'static str, contract: &'static str, text: [&'static str; 7]) -> Row {
    Row { contract, ..row(venue, Product::Linear, base, text) }
}

/// The venue's own name of a base coin against USDT.
fn symbol(venue: Venue, product: Product, base: &str) -> String {
    match (venue, product) {
        (Venue::Okx | Venue::Bridge, Product::Spot) => format!("{base}-USDT"),
        (Venue::Okx, Product::Linear) => format!("{base}-USDT-SWAP"),
        _ => format!("{base}USDT"),
    }
}

/// Everything the venue lists by default for a product.
pub(crate) fn listings(venue: Venue, product: Product) -> Vec<Listing> {
    ROWS.iter()
        .zip(FIRST_CODE..)
        .filter(|(row, _)| row.venue == venue && row.product == product)
        .filter_map(|(row, code)| Listing::from_row(row, code))
        .collect()
}

impl Listing {
    fn from_row(row: &Row, code: u64) -> Option<Self> {
        let (px_decimals, qty_decimals) = (decimals(row.tick), decimals(row.lot));
        let px = |text: &str| crate::units::parse_fixed(text.as_bytes(), px_decimals).ok();
        let qty = |text: &str| crate::units::parse_fixed(text.as_bytes(), qty_decimals).ok();
        let (fee_maker, fee_taker) = default_fees(row.venue, row.product);
        Some(Self {
            product: row.product,
            wallet: wallet_of(row.venue, row.product),
            symbol: Symbol::new(symbol(row.venue, row.product, row.base).as_bytes()).ok()?,
            base: Asset::new(row.base.as_bytes()).ok()?,
            quote: Asset::new(b"USDT").ok()?,
            px_decimals,
            qty_decimals,
            tick: px(row.tick)?,
            lot: qty(row.lot)?,
            qty_min: qty(row.lot)?,
            qty_max: qty(row.qty_max)?,
            notional_min: Money::parse(row.notional_min.as_bytes()).ok()?,
            fee_maker,
            fee_taker,
            band_bps: band_bps(row.product),
            anchor: px(row.anchor)?,
            grid: px(row.grid)?,
            size: qty(row.size)?,
            wire: Wire::contracts(row.contract, code)?,
        })
    }

    /// A real venue's instrument, without a market of its own.
    pub(crate) fn of_instrument(instrument: &Instrument) -> Self {
        Self {
            product: instrument.product,
            wallet: wallet_of(instrument.venue, instrument.product),
            symbol: instrument.symbol,
            base: instrument.base,
            quote: instrument.quote,
            px_decimals: instrument.px_decimals,
            qty_decimals: instrument.qty_decimals,
            tick: instrument.tick,
            lot: instrument.lot,
            qty_min: instrument.qty_min.get(),
            qty_max: instrument.qty_max.get(),
            notional_min: instrument.notional_min,
            fee_maker: instrument.fee_maker,
            fee_taker: instrument.fee_taker,
            band_bps: band_bps(instrument.product),
            anchor: 0,
            grid: instrument.tick,
            size: instrument.lot,
            wire: instrument.wire,
        }
    }

    /// Exact `px * qty`: the decimals of both together are at most those of money.
    pub(crate) fn notional(&self, px: i64, qty: i64) -> Money {
        let spare = MONEY_DECIMALS - self.px_decimals - self.qty_decimals;
        Money(i128::from(px) * i128::from(qty) * pow10(spare))
    }

    pub(crate) fn base_amount(&self, qty: i64) -> Money {
        Money(i128::from(qty) * pow10(MONEY_DECIMALS - self.qty_decimals))
    }

    pub(crate) fn px_amount(&self, px: i64) -> Money {
        Money(i128::from(px) * pow10(MONEY_DECIMALS - self.px_decimals))
    }

    pub(crate) fn px_text(&self, px: i64) -> String {
        crate::sim::text::mantissa(px, self.px_decimals)
    }

    pub(crate) fn qty_text(&self, qty: i64) -> String {
        crate::sim::text::mantissa(qty, self.qty_decimals)
    }

    pub(crate) fn fee(&self, maker: bool) -> Rate {
        if maker { self.fee_maker } else { self.fee_taker }
    }
}

const fn band_bps(product: Product) -> i64 {
    match product {
        Product::Spot => 2000,
        Product::Linear => 500,
    }
}

/// Which wallet pays on this venue.
pub(crate) fn wallet_of(venue: Venue, product: Product) -> Wallet {
    let unified = matches!(venue, Venue::Bybit | Venue::Okx);
    if unified { Wallet::Unified } else { Wallet::of_product(product) }
}

/// (maker, taker) of the lowest tier.
fn default_fees(venue: Venue, product: Product) -> (Rate, Rate) {
    match (venue, product) {
        (_, Product::Spot) => (Rate::from_bps(10), Rate::from_bps(10)),
        (Venue::Bitget, Product::Linear) => (Rate::from_bps(2), Rate::from_bps(6)),
        (Venue::Bybit, Product::Linear) => (Rate::from_bps(2), Rate(5_500_000)),
        (_, Product::Linear) => (Rate::from_bps(2), Rate::from_bps(5)),
    }
}

fn decimals(step: &str) -> u8 {
    step.split_once('.').map_or(0, |(_, fraction)| fraction.len() as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_table_is_usable() {
        for (venue, product) in [
            (Venue::Binance, Product::Spot),
            (Venue::Binance, Product::Linear),
            (Venue::Bybit, Product::Spot),
            (Venue::Okx, Product::Spot),
            (Venue::Okx, Product::Linear),
            (Venue::Bitget, Product::Spot),
            (Venue::Bitget, Product::Linear),
            (Venue::Bridge, Product::Spot),
        ] {
            let all = listings(venue, product);
            assert_eq!(all.len(), 3);
            for listing in &all {
                assert!(listing.px_decimals + listing.qty_decimals <= 8);
                assert!(listing.grid % listing.tick == 0 && listing.anchor % listing.grid == 0);
                assert!(listing.wire.divides(listing.lot, listing.qty_decimals));
                assert!(listing.size >= 10 * listing.lot && listing.qty_min >= listing.lot);
            }
        }
        let btc = &listings(Venue::Bybit, Product::Linear)[0];
        assert_eq!((btc.px_text(680_001), btc.qty_text(15)), ("68000.1".to_owned(), "0.015".to_owned()));
        assert_eq!(btc.notional(680_001, 15), Money::parse(b"1020.0015").unwrap());
        assert_eq!(btc.fee(false), Rate::parse(b"0.00055").unwrap());
    }
}
