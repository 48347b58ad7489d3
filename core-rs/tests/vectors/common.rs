//! Instruments for decoders, and the recorded data where it is present.

use std::path::PathBuf;
use tidegate_core::market::{Instrument, InstrumentStatus, Wire};
use tidegate_core::units::{
    Asset, ClientId, InstrumentId, Money, Price, Product, Qty, Rate, Symbol, Text, Venue,
};
use tidegate_core::venues::{
    Context, DecodeError, Event, EventBuf, Instruments, Role, Secret, Session, codec,
};

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
        let base = symbol.split('-').next().unwrap_or(symbol);
        let base = base.strip_suffix("USDT").unwrap_or(base);
        self.0.push(Instrument {
            id: InstrumentId(self.0.len() as u32),
            venue,
            product,
            symbol: Symbol::new(symbol.as_bytes()).unwrap(),
            base: Asset::new(base.as_bytes()).unwrap_or(Asset::EMPTY),
            quote: Asset::new(b"USDT").unwrap(),
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
            wire: Wire::BASE,
        });
        self
    }

    /// The newest instrument counts in contracts of this size and has this number.
    #[must_use]
    pub fn wired(mut self, contract: &str, code: u64) -> Self {
        self.0.last_mut().unwrap().wire = Wire::contracts(contract, code).unwrap();
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

/// The instruments of the hand-made messages: ids 0 to 7, two of each exchange, and 8 of the bridge. OKX swaps are contracts of 0.01.
pub fn listed() -> Table {
    Table::default()
        .with(Venue::Binance, Product::Spot, "BTCUSDT", 2, 8)
        .with(Venue::Binance, Product::Linear, "BTCUSDT", 2, 3)
        .with(Venue::Bybit, Product::Spot, "BTCUSDT", 2, 6)
        .with(Venue::Bybit, Product::Linear, "BTCUSDT", 1, 3)
        .with(Venue::Okx, Product::Spot, "BTC-USDT", 1, 8)
        .wired("1", 10_458)
        .with(Venue::Okx, Product::Linear, "BTC-USDT-SWAP", 1, 4)
        .wired("0.01", 10_459)
        .with(Venue::Bitget, Product::Spot, "BTCUSDT", 2, 6)
        .with(Venue::Bitget, Product::Linear, "BTCUSDT", 1, 4)
        .with(Venue::Bridge, Product::Spot, "BTC-USDT", 2, 5)
}

pub fn px(mantissa: i64) -> Price {
    Price::new(mantissa).unwrap()
}

pub fn qty(mantissa: i64) -> Qty {
    Qty::new(mantissa).unwrap()
}

pub fn money(text: &str) -> Money {
    Money::parse(text.as_bytes()).unwrap()
}

pub fn name<const N: usize>(text: &str) -> Text<N> {
    Text::new(text.as_bytes()).unwrap()
}

/// A client id of ours as it stands in the messages.
pub const OURS: &str = "TGA70010000010";

pub fn ours() -> ClientId {
    ClientId::parse(OURS.as_bytes()).unwrap()
}

/// The one event of a frame.
#[allow(clippy::needless_pass_by_value, reason = "called with a decoder's result")]
pub fn only(out: EventBuf) -> Event {
    assert_eq!(out.events.len(), 1, "{:?}", out.events);
    out.events[0]
}

/// A session whose clock runs 250 ms behind the venue's.
pub fn session() -> Session {
    Session {
        key: "testKey".into(),
        secret: Secret::new(b"testSecret"),
        passphrase: "testPass".into(),
        offset_ns: 250_000_000,
        recv_window_ms: 1500,
    }
}
