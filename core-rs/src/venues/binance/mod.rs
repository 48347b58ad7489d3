//! Binance spot and USDT-M futures: two rows of one venue. Knows nothing of sockets or order state.

mod public;

use super::field::Value;
use super::json::Reader;
use super::{Codec, Context, DecodeError, Event, EventBuf, Resync, SessionNote};
use crate::ledger::Wallet;
use crate::market::SeqRule;
use crate::units::{Product, Venue};

pub(super) const VENUE: Venue = Venue::Binance;

pub(super) static SPOT: Codec = Codec {
    venue: VENUE,
    product: Product::Spot,
    wallet: Wallet::Spot,
    seq_rule: SeqRule::SpanNext,
    resync: Resync::RestSnapshot,
    decode,
    encode_order: |_, _, _, _, _| Err(super::EncodeError::Unsupported("order")),
    encode_login: |_, _, _, _| {},
    encode_subscribe: |_, _, _, _| {},
    encode_query: |_, _, _, _, _| Err(super::EncodeError::Unsupported("query")),
    decode_reply: |_, _, _, _, _| Err(DecodeError::UnknownMessage),
};

pub(super) static LINEAR: Codec =
    Codec { product: Product::Linear, wallet: Wallet::Linear, seq_rule: SeqRule::PrevLink, ..SPOT };

/// Decodes a frame; on error the buffer is empty, so that nothing of a bad frame can be used.
fn decode(ctx: &Context<'_>, bytes: &[u8], out: &mut EventBuf) -> Result<(), DecodeError> {
    let result = frame(ctx, bytes, out);
    if result.is_err() {
        out.clear();
    }
    result
}

/// The outer shapes of a frame: a bare event, `{"stream","data"}` ("Combined streams"), `{"subscriptionId","event"}`
/// ("User Data Stream" of the WebSocket API), an acknowledgement `{"result","id"}`, a WebSocket API reply
/// `{"id","status","result"|"error"}`, or a recorded REST snapshot.
fn frame(ctx: &Context<'_>, bytes: &[u8], out: &mut EventBuf) -> Result<(), DecodeError> {
    let mut reader = Reader::new(bytes);
    if reader.starts_with(public::DEPTH_START) {
        public::depth(ctx, &mut reader, out)?;
        return reader.end();
    }
    let mut inner = Value::Absent;
    let mut done = false;
    reader.object(|reader, key| {
        match key {
            b"data" if reader.starts_with(public::DEPTH_START) => {
                public::depth(ctx, reader, out)?;
                done = true;
            }
            b"data" | b"event" => inner = reader.value()?,
            _ => reader.skip()?,
        }
        Ok(())
    })?;
    reader.end()?;
    match inner {
        _ if done => Ok(()),
        Value::Object(bytes) => event(ctx, bytes, out),
        _ => event(ctx, bytes, out),
    }
}

fn event(ctx: &Context<'_>, bytes: &[u8], out: &mut EventBuf) -> Result<(), DecodeError> {
    let [kind, snapshot, ticker, ..] =
        Reader::new(bytes).fields(["e", "lastUpdateId", "B", "id", "status"])?;
    let reader = &mut Reader::new(bytes);
    if kind.is_absent() && !snapshot.is_absent() {
        let implied = ctx.implied.and_then(|id| ctx.instruments.get(id));
        return public::snapshot(implied.ok_or(DecodeError::UnknownInstrument)?, reader, out);
    }
    if kind.is_absent() && !ticker.is_absent() {
        return public::book_ticker(ctx, reader, out);
    }
    match kind.text()? {
        b"depthUpdate" => public::depth(ctx, reader, out),
        b"bookTicker" => public::book_ticker(ctx, reader, out),
        b"trade" | b"aggTrade" => public::trade(ctx, reader, out),
        b"serverShutdown" => {
            out.events.push(Event::Session(SessionNote::Expiring));
            Ok(())
        }
        _ => Err(DecodeError::UnknownMessage),
    }
}
