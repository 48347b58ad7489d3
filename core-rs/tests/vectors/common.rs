//! Instruments for decoders, and the recorded data where it is present.

use std::path::PathBuf;
use tidegate_core::market::{Instrument, InstrumentStatus};
use tidegate_core::units::{Asset, InstrumentId, Money, Product, Qty, Rate, Symbol, Venue};
use tidegate_core::venues::{Context, DecodeError, EventBuf, Instruments, Role, codec};

/// A plain table; the id is the index.
#[derive(Default)]
pub struct Table(pub Vec<Instrument>);

impl Instruments for Table {
    fn find(&self, venue: Venue, product: Product, symbol: &Symbol) -> Option<&Instrument> {
        self.0.iter().find(|i| (i.venue, i.product, &i.symbol) == (venue, product, symbol))
    }

    fn get(&self, id: InstrumentId) -> Option<&Instrument> {
        self.0.get(id.0 as usize)
    }
}

impl Table {
    #[must_use]
    pub fn with(mut self, venue: Venue, product: Product, symbol: &str, px: u8, qty: u8) -> Self {
        let quote = if symbol.ends_with("USDT") { "USDT" } else { &symbol[symbol.len() - 3..] };
        self.0.push(Instrument {
            id: InstrumentId(self.0.len() as u32),
            venue,
            product,
            symbol: Symbol::new(symbol.as_bytes()).unwrap(),
            base: Asset::new(symbol.strip_suffix(quote).unwrap().as_bytes()).unwrap(),
            quote: Asset::new(quote.as_bytes()).unwrap(),
            px_decimals: px,
            qty_decimals: qty,
            tick: 1,
            lot: 1,
            qty_min: Qty::ZERO,
            qty_max: Qty::new(i64::MAX).unwrap(),
            notional_min: Money::ZERO,
            fee_maker: Rate::ZERO,
            fee_taker: Rate::ZERO,
            status: InstrumentStatus::Trading,
        });
        self
    }

    pub fn context(&self, product: Product, role: Role) -> Context<'_> {
        Context { product, role, instruments: self, implied: self.0.first().map(|i| i.id) }
    }
}

/// Decodes one frame into a fresh buffer.
pub fn decode(venue: Venue, ctx: &Context<'_>, frame: &[u8]) -> Result<EventBuf, DecodeError> {
    let mut out = EventBuf::default();
    (codec(venue, ctx.product).unwrap().decode)(ctx, frame, &mut out).map(|()| out)
}

/// A path in the recorded data, or `None` (said once per test) where the folder is absent.
pub fn recorded(path: &str) -> Option<PathBuf> {
    let full = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/data").join(path);
    if full.exists() {
        return Some(full);
    }
    eprintln!("skipped: ../shared/data/{path} is absent");
    None
}

/// The text of a recorded file, unpacked where it is gzip.
pub fn recorded_text(path: &str) -> Option<String> {
    let bytes = std::fs::read(recorded(path)?).unwrap();
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Some(String::from_utf8(bytes).unwrap());
    }
    let mut text = String::new();
    std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(&bytes[..]), &mut text).unwrap();
    Some(text)
}
