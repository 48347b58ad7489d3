//! Messages of the venues that push by channel: `{"arg":{"channel":"books","instId":"BTC-USDT"},"action":"update","data":[..]}`
//! (OKX, Bitget) and `{"topic":"orderbook.50.BTCUSDT","type":"delta","ts":1787612486116,"data":{..}}` (Bybit), and text pongs. Each
//! venue adds its own words in a [`Dialect`].

use super::answer::BookReader;
use super::book::{BookWords, read_book};
use super::error::Read;
use super::field::{Field, Value, read};
use super::json::Reader;
use super::rows::push_trade;
use super::{Bbo, Context, DecodeError, Depth, Event, EventBuf, SessionNote};
use crate::market::{DeltaKind, Instrument, Level};
use crate::units::{Price, Qty, Symbol, Venue};

/// What differs between the venues.
pub(super) struct Dialect {
    pub venue: Venue,
    pub words: Words,
    /// Reads one book; its kind is settled later, and its time where only the message has one.
    pub book: BookReader,
    /// A message of another channel than these.
    pub push: fn(&Context<'_>, &Push<'_>, &mut EventBuf) -> Read<()>,
    /// A message with an `event`, or without a stream.
    pub answer: fn(&mut Reader<'_>, &mut EventBuf) -> Read<()>,
}

/// What a message calls its parts.
pub(super) struct Words {
    /// The member that names the stream, and the one that tells a snapshot from an update, with the word for the latter.
    pub stream: &'static str,
    pub kind: &'static str,
    pub update: &'static [u8],
    /// Channels of books, and of the best bid and ask where there is one.
    pub books: &'static [u8],
    pub best: Option<&'static [u8]>,
    /// A message has one book, not a list of them.
    pub single: bool,
    /// Name of a book's update id, and the id with which a book begins anew whatever the message says.
    pub seq: &'static str,
    pub restart: Option<u64>,
}

/// Of the venues that name a stream by its `arg`; the ids of their books are their own.
pub(super) const ARG: Words = Words {
    stream: "arg",
    kind: "action",
    update: b"update",
    books: b"books",
    best: None,
    single: false,
    seq: "",
    restart: None,
};

/// Which stream a message belongs to; what is not named is empty.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Arg<'a> {
    pub channel: &'a [u8],
    /// `SPOT`, `SWAP`, `USDT-FUTURES`.
    pub kind: &'a [u8],
    pub symbol: &'a [u8],
}

/// One message of a channel.
pub(super) struct Push<'a> {
    pub arg: Arg<'a>,
    pub snapshot: bool,
    pub data: Field<'a>,
    /// When what it says happened, else when it was sent, where it says so.
    pub sent: Field<'a>,
}

/// Decodes a frame; on error the buffer is empty, so that nothing of a bad frame can be used.
pub(super) fn decode(dialect: &Dialect, ctx: &Context<'_>, bytes: &[u8], out: &mut EventBuf) -> Read<()> {
    if bytes == b"pong" {
        out.events.push(Event::Session(SessionNote::Pong));
        return Ok(());
    }
    out.whole(|out| frame(dialect, ctx, bytes, out))
}

/// A book whose stream stands before its `data` (it always has) is read in one pass; its kind may stand anywhere.
fn frame(dialect: &Dialect, ctx: &Context<'_>, bytes: &[u8], out: &mut EventBuf) -> Read<()> {
    let mut reader = Reader::new(bytes);
    reader.expect_object()?;
    let (mut arg, mut action, mut event): (Option<Arg<'_>>, Option<&[u8]>, bool) = (None, None, false);
    let (mut data, mut sent, mut matched, mut book) = (Value::Absent, Value::Absent, Value::Absent, false);
    reader.object(|reader, key| {
        match key {
            key if key == dialect.words.stream.as_bytes() && arg.is_none() => arg = read_arg(reader)?,
            key if key == dialect.words.kind.as_bytes() => action = Some(reader.string()?),
            b"event" => event = reader.skip().map(|()| true)?,
            b"ts" => sent = reader.value()?,
            b"cts" | b"creationTime" => matched = reader.value()?,
            b"data" if book || data != Value::Absent => return Err(DecodeError::Field("data")),
            b"data" if arg.is_some_and(|arg| arg.channel == dialect.words.books) => {
                book = true;
                books(dialect, ctx, arg.unwrap_or_default(), reader, out)?;
            }
            b"data" => data = reader.value()?,
            _ => reader.skip()?,
        }
        Ok(())
    })?;
    reader.end()?;
    let Some(arg) = arg.filter(|_| !event) else {
        return if book {
            Err(DecodeError::Field("data"))
        } else {
            (dialect.answer)(&mut Reader::new(bytes), out)
        };
    };
    let (data, sent) = (Field { name: "data", value: data }, Field { name: "ts", value: sent });
    let sent = Field { name: "ts", value: matched }.present().unwrap_or(sent);
    if arg.channel == dialect.words.books {
        match data.value {
            Value::Array(bytes) | Value::Object(bytes) => {
                books(dialect, ctx, arg, &mut Reader::new(bytes), out)?;
            }
            _ if book => {}
            _ => return Err(data.array().err().unwrap_or(DecodeError::Missing("data"))),
        }
        return settle(dialect, action.ok_or(DecodeError::Missing(dialect.words.kind))?, sent, out);
    }
    let push = Push { arg, snapshot: action == Some(b"snapshot"), data, sent };
    match dialect.words.best {
        Some(channel) if channel == arg.channel => best(dialect, ctx, &push, out),
        _ => (dialect.push)(ctx, &push, out),
    }
}

/// `{"instType":"SPOT","channel":"trade","instId":"BTCUSDT"}`, or `orderbook.50.BTCUSDT`; anything else names no stream.
fn read_arg<'a>(reader: &mut Reader<'a>) -> Read<Option<Arg<'a>>> {
    match reader.peek() {
        Some(b'{') => {
            read!(reader; channel "channel", kind "instType", symbol "instId");
            let text = |field: Field<'a>| field.text_or_empty();
            Ok(Some(Arg { channel: text(channel)?, kind: text(kind)?, symbol: text(symbol)? }))
        }
        Some(b'"') => {
            let topic = reader.string()?;
            let mut parts = topic.split(|byte| *byte == b'.');
            let (channel, symbol) = (parts.next().unwrap_or(topic), parts.next_back().unwrap_or_default());
            Ok(Some(Arg { channel, kind: b"", symbol }))
        }
        _ => reader.skip().map(|()| None),
    }
}

/// The instrument of a public message: of the product that the link serves.
pub(super) fn instrument<'c>(venue: Venue, ctx: &Context<'c>, symbol: &[u8]) -> Read<&'c Instrument> {
    let symbol = Symbol::new(symbol).map_err(|_| DecodeError::Field("symbol"))?;
    ctx.instruments.find(venue, ctx.product, &symbol).ok_or(DecodeError::UnknownInstrument)
}

fn books(
    dialect: &Dialect,
    ctx: &Context<'_>,
    arg: Arg<'_>,
    data: &mut Reader<'_>,
    out: &mut EventBuf,
) -> Read<()> {
    let instrument = instrument(dialect.venue, ctx, arg.symbol)?;
    let mut one = |row: &mut Reader<'_>| {
        let depth = (dialect.book)(instrument, row, out)?;
        if depth.last == 0 {
            return Err(DecodeError::Missing(dialect.words.seq));
        }
        out.events.push(Event::Depth(depth));
        Ok(())
    };
    match (dialect.words.single, data.peek()) {
        (true, Some(b'{')) => one(data),
        (false, Some(b'[')) if data.rows(one)? == 0 => Err(DecodeError::Missing("data")),
        (false, Some(b'[')) => Ok(()),
        _ => Err(DecodeError::Field("data")),
    }
}

/// What a message says of all its books.
fn settle(dialect: &Dialect, action: &[u8], sent: Field<'_>, out: &mut EventBuf) -> Read<()> {
    let kind = match action {
        b"snapshot" => DeltaKind::Snapshot,
        word if word == dialect.words.update => DeltaKind::Update,
        _ => return Err(DecodeError::Field(dialect.words.kind)),
    };
    for event in &mut out.events {
        if let Event::Depth(depth) = event {
            let anew = dialect.words.restart == Some(depth.last);
            depth.kind = if anew { DeltaKind::Snapshot } else { kind };
            if depth.venue_ns == 0 {
                depth.venue_ns = sent.millis()?;
            }
        }
    }
    Ok(())
}

/// What the names of both chained books share.
pub(super) const CHAINED: BookWords = BookWords { bids: "bids", asks: "asks", time: "ts", ..BookWords::NONE };

/// A book whose messages are chained by the id of the one before:
/// `{"asks":[["78722.3","0.33039492","0","10"]],"bids":[],"ts":"1787612486207","checksum":0,"seqId":80274874876,
///   "prevSeqId":80274874800}`. The checksum is dead on both venues; the ids are what keeps a book whole. A snapshot's
/// previous id is -1 (OKX) or 0 (Bitget): none. Without ids (REST) both are 0.
#[inline(always)]
#[allow(clippy::inline_always, reason = "the names must be constants, see `read_book`")]
pub(super) fn chained(
    words: &BookWords,
    instrument: &Instrument,
    row: &mut Reader<'_>,
    out: &mut EventBuf,
) -> Read<Depth> {
    let book = read_book(words, Some(instrument), |_| Ok(instrument), row, out)?;
    let id = if book.last.is_absent() { 0 } else { book.last.uint()? };
    let prev = match book.prev.value {
        Value::Absent | Value::Number(b"-1") => 0,
        _ => book.prev.uint()?,
    };
    book.depth(DeltaKind::Snapshot, [id, id, prev], book.time.millis()?)
}

/// Best bid and ask, as a book of one level.
fn best(dialect: &Dialect, ctx: &Context<'_>, push: &Push<'_>, out: &mut EventBuf) -> Read<()> {
    let instrument = instrument(dialect.venue, ctx, push.arg.symbol)?;
    push.data.array()?.rows(|row| {
        let depth = (dialect.book)(instrument, row, out)?;
        let (start, bids) = (depth.start as usize, depth.bids as usize);
        let side = |level: Option<&Level>| -> Option<(Price, Qty)> {
            level.and_then(|level| Some((Price::new(level.px).ok()?, Qty::new(level.qty).ok()?)))
        };
        let bid = side(out.levels[start..start + bids].first());
        let ask = side(out.levels[start + bids..].first());
        out.levels.truncate(start);
        out.events.push(Event::Bbo(Bbo { instrument: depth.instrument, update_id: depth.last, bid, ask }));
        Ok(())
    })?;
    Ok(())
}

/// Public trades; `names` are the venue's words for price and quantity, `side` is the taker's.
pub(super) fn trades(
    instrument: &Instrument,
    push: &Push<'_>,
    names: [&'static str; 2],
    out: &mut EventBuf,
) -> Read<()> {
    push.data.array()?.rows(|row| {
        let [px, qty, side, time] = row.fields([names[0], names[1], "side", "ts"])?;
        push_trade(instrument, side.side()?, [px, qty, time], out)
    })?;
    Ok(())
}
