//! Binance market data, spot and USDT-M: depth, best prices, trades, depth snapshots.
//!
//! Documents: "WebSocket Streams for Binance", "Diff. Book Depth Streams" and "Order book" of the spot and the USDT-M
//! API documentation.

use super::VENUE;
use crate::market::{DeltaKind, Instrument};
use crate::units::{Price, Product, Qty, Side, Symbol};
use crate::venues::field::{Field, Value, millis_to_ns};
use crate::venues::json::Reader;
use crate::venues::levels::read_levels;
use crate::venues::{Bbo, Context, DecodeError, Depth, Event, EventBuf, Trade};

/// How a depth event begins when it is worth reading in one pass; any other key order takes the general way.
pub(super) const DEPTH_START: &[u8] = b"{\"e\":\"depthUpdate\"";

pub(super) fn instrument<'c>(ctx: &Context<'c>, symbol: &[u8]) -> Result<&'c Instrument, DecodeError> {
    let symbol = Symbol::new(symbol).map_err(|_| DecodeError::Field("s"))?;
    ctx.instruments.find(VENUE, ctx.product, &symbol).ok_or(DecodeError::UnknownInstrument)
}

/// "Diff. Depth Stream". Spot, and USDT-M with `T` and `pu`:
/// `{"e":"depthUpdate","E":1723161255208,"s":"BTCUSDT","U":50093239189,"u":50093239202,
///   "b":[["61737.63000000","0.00000000"]],"a":[["61837.64000000","1.54698000"]]}`
#[derive(Default)]
struct DepthFrame<'c> {
    instrument: Option<&'c Instrument>,
    event: bool,
    first: Option<u64>,
    last: Option<u64>,
    prev: Option<u64>,
    event_ms: Option<u64>,
    bids: Option<usize>,
    asks: Option<usize>,
    bids_last: bool,
}

/// Reads one depth event, levels included, in one pass when the symbol stands before the levels (it always has).
pub(super) fn depth<'c>(
    ctx: &Context<'c>,
    reader: &mut Reader<'_>,
    out: &mut EventBuf,
) -> Result<(), DecodeError> {
    let start = out.levels.len();
    let mut frame = DepthFrame::<'c>::default();
    let (mut late_bids, mut late_asks) = (Value::Absent, Value::Absent);
    reader.object(|reader, key| {
        match key {
            b"e" => frame.event = reader.string()? == b"depthUpdate",
            b"E" => frame.event_ms = Some(reader.uint("E")?),
            b"s" => frame.instrument = Some(instrument(ctx, reader.string()?)?),
            b"U" => frame.first = Some(reader.uint("U")?),
            b"u" => frame.last = Some(reader.uint("u")?),
            b"pu" => frame.prev = Some(reader.uint("pu")?),
            b"b" if frame.instrument.is_none() => late_bids = reader.value()?,
            b"a" if frame.instrument.is_none() => late_asks = reader.value()?,
            b"b" => frame.read_bids(reader, out)?,
            b"a" => frame.read_asks(reader, out)?,
            _ => reader.skip()?,
        }
        Ok(())
    })?;
    if let Value::Array(bytes) = late_bids {
        frame.read_bids(&mut Reader::new(bytes), out)?;
    }
    if let Value::Array(bytes) = late_asks {
        frame.read_asks(&mut Reader::new(bytes), out)?;
    }
    let depth = frame.finish(ctx.product, start, out)?;
    out.events.push(Event::Depth(depth));
    Ok(())
}

impl DepthFrame<'_> {
    fn read_bids(&mut self, reader: &mut Reader<'_>, out: &mut EventBuf) -> Result<(), DecodeError> {
        let instrument = self.instrument.ok_or(DecodeError::Missing("s"))?;
        if self.bids.is_some() {
            return Err(DecodeError::Field("b"));
        }
        self.bids_last = self.asks.is_some();
        self.bids = Some(read_levels(reader, "b", instrument, &mut out.levels)?);
        Ok(())
    }

    fn read_asks(&mut self, reader: &mut Reader<'_>, out: &mut EventBuf) -> Result<(), DecodeError> {
        let instrument = self.instrument.ok_or(DecodeError::Missing("s"))?;
        if self.asks.is_some() {
            return Err(DecodeError::Field("a"));
        }
        self.asks = Some(read_levels(reader, "a", instrument, &mut out.levels)?);
        Ok(())
    }

    fn finish(&self, product: Product, start: usize, out: &mut EventBuf) -> Result<Depth, DecodeError> {
        if !self.event {
            return Err(DecodeError::Field("e"));
        }
        let instrument = self.instrument.ok_or(DecodeError::Missing("s"))?;
        let bids = self.bids.ok_or(DecodeError::Missing("b"))?;
        let asks = self.asks.ok_or(DecodeError::Missing("a"))?;
        if self.bids_last {
            out.levels[start..].rotate_left(asks);
        }
        let prev = match product {
            Product::Spot => 0,
            Product::Linear => self.prev.ok_or(DecodeError::Missing("pu"))?,
        };
        let (first, last) =
            (self.first.ok_or(DecodeError::Missing("U"))?, self.last.ok_or(DecodeError::Missing("u"))?);
        if first > last {
            return Err(DecodeError::Field("u"));
        }
        Ok(Depth {
            instrument: instrument.id,
            kind: DeltaKind::Update,
            first,
            last,
            prev,
            venue_ns: millis_to_ns(self.event_ms.ok_or(DecodeError::Missing("E"))?, "E")?,
            start: start as u32,
            bids: bids as u32,
            asks: asks as u32,
        })
    }
}

/// "Order book" (REST `/api/v3/depth`, `/fapi/v1/depth`); USDT-M adds `E` and `T`. It does not name its instrument.
/// `{"lastUpdateId":50093239218,"bids":[["61837.63000000","3.78826000"]],"asks":[["61837.64000000","1.60520000"]]}`
pub(super) fn snapshot(
    instrument: &Instrument,
    reader: &mut Reader<'_>,
    out: &mut EventBuf,
) -> Result<(), DecodeError> {
    let [last, bids, asks, event_ms] = reader.fields(["lastUpdateId", "bids", "asks", "E"])?;
    let last = last.uint()?;
    let start = out.levels.len();
    let bids = read_levels(&mut bids.array()?, "bids", instrument, &mut out.levels)?;
    let asks = read_levels(&mut asks.array()?, "asks", instrument, &mut out.levels)?;
    out.events.push(Event::Depth(Depth {
        instrument: instrument.id,
        kind: DeltaKind::Snapshot,
        first: last,
        last,
        prev: 0,
        venue_ns: if event_ms.is_absent() { 0 } else { event_ms.millis()? },
        start: start as u32,
        bids: bids as u32,
        asks: asks as u32,
    }));
    Ok(())
}

/// "Individual Symbol Book Ticker Streams"; spot has no `e`. An empty side has price and quantity 0.
/// `{"u":50093239212,"s":"BTCUSDT","b":"61837.63000000","B":"3.78826000","a":"61837.64000000","A":"1.54698000"}`
pub(super) fn book_ticker(
    ctx: &Context<'_>,
    reader: &mut Reader<'_>,
    out: &mut EventBuf,
) -> Result<(), DecodeError> {
    let [id, symbol, bid, bid_qty, ask, ask_qty] = reader.fields(["u", "s", "b", "B", "a", "A"])?;
    let instrument = instrument(ctx, symbol.text()?)?;
    let side = |px: Field<'_>, qty: Field<'_>| -> Result<Option<(Price, Qty)>, DecodeError> {
        px.plain()?;
        let qty = qty.qty(instrument)?;
        Ok(px.price_or_none(instrument)?.map(|px| (px, qty)))
    };
    out.events.push(Event::Bbo(Bbo {
        instrument: instrument.id,
        update_id: id.uint()?,
        bid: side(bid, bid_qty)?,
        ask: side(ask, ask_qty)?,
    }));
    Ok(())
}

/// "Trade Streams" and "Aggregate Trade Streams"; `m` true = the buyer is the maker, so the seller was the aggressor.
/// `{"e":"trade","E":1723161255343,"s":"BTCUSDT","t":3735683259,"p":"61837.63000000","q":"0.02000000",
///   "T":1723161255342,"m":true,"M":true}`
/// USDT-M adds `X`; only `MARKET` is a trade of the book (`INSURANCE_FUND`, `ADL`, `NA` are not reported).
pub(super) fn trade(
    ctx: &Context<'_>,
    reader: &mut Reader<'_>,
    out: &mut EventBuf,
) -> Result<(), DecodeError> {
    let [symbol, px, qty, time, maker, kind] = reader.fields(["s", "p", "q", "T", "m", "X"])?;
    let instrument = instrument(ctx, symbol.text()?)?;
    let buyer_is_maker = maker.flag()?;
    if !kind.is_absent() && kind.text()? != b"MARKET" {
        return Ok(());
    }
    out.events.push(Event::Trade(Trade {
        instrument: instrument.id,
        px: px.price(instrument)?,
        qty: qty.qty(instrument)?,
        side: if buyer_is_maker { Side::Sell } else { Side::Buy },
        venue_ns: time.millis()?,
    }));
    Ok(())
}
