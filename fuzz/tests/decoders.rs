//! A target for each decoder: bytes as a frame of any link, and as the answer to any question. No input may panic it, and what is
//! refused leaves nothing behind.

use tidegate_core::market::{Instrument, InstrumentStatus, Wire};
use tidegate_core::units::{Asset, InstrumentId, Money, Product, Qty, Rate, Symbol, Venue};
use tidegate_core::venues::{Context, EventBuf, Instruments, Query, ReplyVerdict, Role, codec};

struct One(Instrument);

impl Instruments for One {
    fn find(&self, venue: Venue, product: Product, symbol: &Symbol) -> Option<&Instrument> {
        Some(&self.0).filter(|one| (one.venue, one.product, &one.symbol) == (venue, product, symbol))
    }

    fn get(&self, id: InstrumentId) -> Option<&Instrument> {
        Some(&self.0).filter(|one| one.id == id)
    }
}

fn instrument(venue: Venue, product: Product) -> Instrument {
    let symbol = match (venue, product) {
        (Venue::Okx, Product::Spot) => "BTC-USDT",
        (Venue::Okx, Product::Linear) => "BTC-USDT-SWAP",
        _ => "BTCUSDT",
    };
    let contract = (venue, product) == (Venue::Okx, Product::Linear);
    Instrument {
        id: InstrumentId(0),
        venue,
        product,
        symbol: Symbol::new(symbol.as_bytes()).unwrap(),
        base: Asset::new(b"BTC").unwrap(),
        quote: Asset::new(b"USDT").unwrap(),
        px_decimals: 2,
        qty_decimals: 6,
        tick: 1,
        lot: 1,
        qty_min: Qty::ZERO,
        qty_max: Qty::new(i64::MAX).unwrap(),
        notional_min: Money::ZERO,
        fee_maker: Rate::ZERO,
        fee_taker: Rate::ZERO,
        status: InstrumentStatus::Trading,
        wire: if contract { Wire::contracts("0.01", 1).unwrap() } else { Wire::BASE },
    }
}

fn decode(venue: Venue, product: Product, bytes: &[u8]) {
    let table = One(instrument(venue, product));
    let (codec, implied) = (codec(venue, product).unwrap(), Some(InstrumentId(0)));
    let mut out = EventBuf::default();
    let frame = Context { product, role: Role::Private, instruments: &table, implied };
    let _ = (codec.decode)(&frame, bytes, &mut out);
    let instrument = InstrumentId(0);
    for query in [
        Query::Snapshot { instrument, depth: 50 },
        Query::OpenOrders,
        Query::Fills { instrument, since: 0, from_id: None },
        Query::Balances,
        Query::Positions,
        Query::Moves { since: 0, from_id: None },
    ] {
        let mut out = EventBuf::default();
        let answer = Context { product, role: Role::Rest, instruments: &table, implied: None };
        let verdict = codec.decode_reply(&query, &answer, 200, bytes, &mut out);
        let served = matches!(verdict, Ok(ReplyVerdict::Served { .. }));
        assert!(served || out.events.is_empty());
    }
}

macro_rules! targets {
    ($($name:ident: $venue:ident $product:ident),* $(,)?) => {$(
        #[test]
        fn $name() {
            bolero::check!().for_each(|bytes: &[u8]| decode(Venue::$venue, Product::$product, bytes));
        }
    )*};
}

targets!(
    binance_spot: Binance Spot,
    binance_linear: Binance Linear,
    bybit_spot: Bybit Spot,
    bybit_linear: Bybit Linear,
    okx_spot: Okx Spot,
    okx_linear: Okx Linear,
    bitget_spot: Bitget Spot,
    bitget_linear: Bitget Linear,
    bridge_spot: Bridge Spot,
);
