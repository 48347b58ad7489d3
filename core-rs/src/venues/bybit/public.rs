//! Bybit market data: order books and trades.
//!
//! Documents: "Orderbook" and "Trade" of the v5 WebSocket streams, "Get Orderbook" of the v5 market API.

use super::VENUE;
use crate::market::{DeltaKind, Instrument};
use crate::units::{InstrumentId, Symbol};
use crate::venues::field::{Field, Value, millis_to_ns};
use crate::venues::json::Reader;
use crate::venues::levels::read_levels;
use crate::venues::rows::push_trade;
use crate::venues::{Context, DecodeError, Depth, Event, EventBuf};

pub(super) const BOOK: &[u8] = b"orderbook.";

/// What stands beside `data`.
#[derive(Default)]
pub(super) struct Head<'a> {
    pub kind: Option<&'a [u8]>,
    /// When the message was made, ms.
    pub sent_ms: Option<u64>,
    /// When the matching engine made the change, ms.
    pub matched_ms: Option<u64>,
}

/// The `data` of a book message, its levels in the buffer from `start`.
pub(super) struct BookData {
    instrument: InstrumentId,
    symbol: Symbol,
    update: u64,
    start: usize,
    bids: usize,
    asks: usize,
}

pub(super) fn instrument<'c>(ctx: &Context<'c>, symbol: &[u8]) -> Result<&'c Instrument, DecodeError> {
    let symbol = Symbol::new(symbol).map_err(|_| DecodeError::Field("s"))?;
    ctx.instruments.find(VENUE, ctx.product, &symbol).ok_or(DecodeError::UnknownInstrument)
}

/// `{"s":"BTCUSDT","b":[["78715","1.271882"]],"a":[["78716.8","0.027559"],["78748.5","0"]],"u":217107085,
///   "seq":113099229629}`
pub(super) fn book_data(
    ctx: &Context<'_>,
    reader: &mut Reader<'_>,
    out: &mut EventBuf,
) -> Result<BookData, DecodeError> {
    let start = out.levels.len();
    let (mut found, mut update): (Option<&Instrument>, Option<u64>) = (None, None);
    let (mut bids, mut asks): (Option<usize>, Option<usize>) = (None, None);
    let (mut late_bids, mut late_asks) = (Value::Absent, Value::Absent);
    let mut bids_last = false;
    reader.object(|reader, key| {
        match (key, found) {
            (b"s", _) => found = Some(instrument(ctx, reader.string()?)?),
            (b"u", _) => update = Some(reader.uint("u")?),
            (b"b", _) if bids.is_some() => return Err(DecodeError::Field("b")),
            (b"a", _) if asks.is_some() => return Err(DecodeError::Field("a")),
            (b"b", Some(instrument)) => {
                bids_last = asks.is_some();
                bids = Some(read_levels(reader, "b", instrument, &mut out.levels)?);
            }
            (b"a", Some(instrument)) => asks = Some(read_levels(reader, "a", instrument, &mut out.levels)?),
            (b"b", None) => late_bids = reader.value()?,
            (b"a", None) => late_asks = reader.value()?,
            _ => reader.skip()?,
        }
        Ok(())
    })?;
    let instrument = found.ok_or(DecodeError::Missing("s"))?;
    if let (Value::Array(bytes), None) = (late_bids, bids) {
        bids_last = asks.is_some();
        bids = Some(read_levels(&mut Reader::new(bytes), "b", instrument, &mut out.levels)?);
    }
    if let (Value::Array(bytes), None) = (late_asks, asks) {
        asks = Some(read_levels(&mut Reader::new(bytes), "a", instrument, &mut out.levels)?);
    }
    let (bids, asks) = (bids.ok_or(DecodeError::Missing("b"))?, asks.ok_or(DecodeError::Missing("a"))?);
    if bids_last {
        out.levels[start..].rotate_left(asks);
    }
    let update = update.ok_or(DecodeError::Missing("u"))?;
    Ok(BookData { instrument: instrument.id, symbol: instrument.symbol, update, start, bids, asks })
}

/// "Orderbook": `{"topic":"orderbook.50.BTCUSDT","ts":1787612486116,"type":"delta","data":{..},"cts":1787612486108}`. An
/// update id of 1 means that the service restarted: whatever the type says, it replaces the book.
pub(super) fn book(
    topic: &[u8],
    head: &Head<'_>,
    book: &BookData,
    out: &mut EventBuf,
) -> Result<(), DecodeError> {
    let named = topic.rsplit(|byte| *byte == b'.').next();
    if named != Some(book.symbol.as_bytes()) {
        return Err(DecodeError::Field("topic"));
    }
    let kind = match head.kind.ok_or(DecodeError::Missing("type"))? {
        b"snapshot" => DeltaKind::Snapshot,
        b"delta" if book.update == 1 => DeltaKind::Snapshot,
        b"delta" => DeltaKind::Update,
        _ => return Err(DecodeError::Field("type")),
    };
    let ms = head.matched_ms.or(head.sent_ms).ok_or(DecodeError::Missing("ts"))?;
    out.events.push(Event::Depth(Depth {
        instrument: book.instrument,
        kind,
        first: book.update,
        last: book.update,
        prev: 0,
        venue_ns: millis_to_ns(ms, "ts")?,
        start: book.start as u32,
        bids: book.bids as u32,
        asks: book.asks as u32,
    }));
    Ok(())
}

/// "Get Orderbook", the object `result`: as the stream's `data`, with `ts` and `cts`. Its `u` counts the 1000-level stream,
/// so it can check the levels of a book but not continue a stream of another depth.
pub(super) fn snapshot(
    ctx: &Context<'_>,
    reader: &mut Reader<'_>,
    out: &mut EventBuf,
) -> Result<InstrumentId, DecodeError> {
    let [sent, matched] = reader.clone().fields(["ts", "cts"])?;
    let data = book_data(ctx, reader, out)?;
    let matched_ms = if matched.is_absent() { None } else { Some(matched.uint()?) };
    let head = Head { kind: Some(b"snapshot"), sent_ms: Some(sent.uint()?), matched_ms };
    book(data.symbol.as_bytes(), &head, &data, out)?;
    Ok(data.instrument)
}

/// "Trade": `{"topic":"publicTrade.BTCUSDT","ts":1690720953113,"type":"snapshot","data":[{"i":"2200000000067341890",
///   "T":1690720953111,"p":"3.6279","v":"1.3637","S":"Sell","s":"BTCUSDT","BT":false}]}`; `S` is the taker's side.
pub(super) fn trades(ctx: &Context<'_>, rows: Field<'_>, out: &mut EventBuf) -> Result<(), DecodeError> {
    rows.array()?.rows(|row| {
        let [symbol, side, px, qty, time] = row.fields(["s", "S", "p", "v", "T"])?;
        let instrument = instrument(ctx, symbol.text()?)?;
        push_trade(instrument, [px, qty, side, time], out)
    })?;
    Ok(())
}
