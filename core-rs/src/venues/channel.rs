//! Messages of the venues that name a channel: `{"arg":{"channel":"books","instId":"BTC-USDT"},"action":"update","data":[..]}`,
//! answers with an `event`, text pongs, log-in by key, passphrase and signature. OKX and Bitget speak it; each adds its
//! own words in a [`Dialect`].

use super::error::Meaning;
use super::field::{Field, Value};
use super::json::Reader;
use super::levels::read_levels;
use super::rows::push_trade;
use super::write::{Request, push_json, push_uint, server_ms};
use super::{
    Bbo, Context, DecodeError, Depth, Event, EventBuf, RejectClass, ReplyOutcome, RequestReply, Role,
    Session, SessionNote, VenueReject,
};
use crate::market::{DeltaKind, Instrument, Level};
use crate::units::{InstrumentId, Ns, Price, Qty, Symbol, Venue};

/// Arguments of one subscribe request; Bitget takes 4096 bytes of them, and dropped frames with 25 books.
const ARGS_MAX: usize = 20;

/// What differs between the venues.
pub(super) struct Dialect {
    pub venue: Venue,
    /// Channel of the best bid and ask.
    pub best: &'static [u8],
    /// Fields of a book row: its id, and the id of the one before.
    pub seq: &'static str,
    pub prev: &'static str,
    /// A message of another channel than the books.
    pub push: fn(&Context<'_>, &Push<'_>, &mut EventBuf) -> Result<(), DecodeError>,
    /// A message with an `event`, or without an `arg`.
    pub answer: fn(&mut Reader<'_>, &mut EventBuf) -> Result<(), DecodeError>,
}

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
    /// When the message was sent, where it says so.
    pub sent: Field<'a>,
}

/// The book channel, in the words of both venues.
const BOOKS: &[u8] = b"books";

/// Decodes a frame; on error the buffer is empty, so that nothing of a bad frame can be used.
pub(super) fn decode(
    dialect: &Dialect,
    ctx: &Context<'_>,
    bytes: &[u8],
    out: &mut EventBuf,
) -> Result<(), DecodeError> {
    if bytes == b"pong" {
        out.events.push(Event::Session(SessionNote::Pong));
        return Ok(());
    }
    let result = frame(dialect, ctx, bytes, out);
    out.whole(result)
}

/// A book whose `arg` stands before its `data` (it always has) is read in one pass; its kind may stand anywhere.
fn frame(dialect: &Dialect, ctx: &Context<'_>, bytes: &[u8], out: &mut EventBuf) -> Result<(), DecodeError> {
    let mut reader = Reader::new(bytes);
    reader.expect_object()?;
    let (mut arg, mut action, mut event): (Option<Arg<'_>>, Option<&[u8]>, bool) = (None, None, false);
    let (mut data, mut sent, mut book) = (Value::Absent, Value::Absent, false);
    reader.object(|reader, key| {
        match key {
            b"arg" if arg.is_none() && reader.peek() == Some(b'{') => arg = Some(read_arg(reader)?),
            b"action" => action = Some(reader.string()?),
            b"event" => event = reader.skip().map(|()| true)?,
            b"ts" => sent = reader.value()?,
            b"data" if book || data != Value::Absent => return Err(DecodeError::Field("data")),
            b"data" if arg.is_some_and(|arg| arg.channel == BOOKS) => {
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
    let data = Field { name: "data", value: data };
    if arg.channel == BOOKS {
        if !book {
            books(dialect, ctx, arg, &mut data.array()?, out)?;
        }
        return set_kind(action.ok_or(DecodeError::Missing("action"))?, out);
    }
    let sent = Field { name: "ts", value: sent };
    let push = Push { arg, snapshot: action == Some(b"snapshot"), data, sent };
    if arg.channel == dialect.best { best(dialect, ctx, &push, out) } else { (dialect.push)(ctx, &push, out) }
}

fn read_arg<'a>(reader: &mut Reader<'a>) -> Result<Arg<'a>, DecodeError> {
    let [channel, kind, symbol] = reader.fields(["channel", "instType", "instId"])?;
    let text = |field: Field<'a>| field.present().map_or(Ok(&b""[..]), |field| field.text());
    Ok(Arg { channel: text(channel)?, kind: text(kind)?, symbol: text(symbol)? })
}

/// The instrument of a public message: of the product that the link serves.
pub(super) fn instrument<'c>(
    dialect: &Dialect,
    ctx: &Context<'c>,
    arg: Arg<'_>,
) -> Result<&'c Instrument, DecodeError> {
    let symbol = Symbol::new(arg.symbol).map_err(|_| DecodeError::Field("instId"))?;
    ctx.instruments.find(dialect.venue, ctx.product, &symbol).ok_or(DecodeError::UnknownInstrument)
}

fn books(
    dialect: &Dialect,
    ctx: &Context<'_>,
    arg: Arg<'_>,
    rows: &mut Reader<'_>,
    out: &mut EventBuf,
) -> Result<(), DecodeError> {
    let instrument = instrument(dialect, ctx, arg)?;
    let count = rows.rows(|row| {
        let depth = book_row(dialect, instrument, row, out)?;
        if depth.last == 0 {
            return Err(DecodeError::Missing(dialect.seq));
        }
        out.events.push(Event::Depth(depth));
        Ok(())
    })?;
    if count == 0 { Err(DecodeError::Missing("data")) } else { Ok(()) }
}

fn set_kind(action: &[u8], out: &mut EventBuf) -> Result<(), DecodeError> {
    let wanted = match action {
        b"snapshot" => DeltaKind::Snapshot,
        b"update" => DeltaKind::Update,
        _ => return Err(DecodeError::Field("action")),
    };
    for event in &mut out.events {
        if let Event::Depth(depth) = event {
            depth.kind = wanted;
        }
    }
    Ok(())
}

/// `{"asks":[["78722.3","0.33039492","0","10"]],"bids":[],"ts":"1787612486207","checksum":0,"seqId":80274874876,
///   "prevSeqId":80274874800}`. The checksum is dead on both venues; the ids are what keeps a book whole. A snapshot's
/// previous id is -1 (OKX) or 0 (Bitget): none. Without ids (REST) both are 0.
pub(super) fn book_row(
    dialect: &Dialect,
    instrument: &Instrument,
    reader: &mut Reader<'_>,
    out: &mut EventBuf,
) -> Result<Depth, DecodeError> {
    let start = out.levels.len();
    let (mut bids, mut asks): (Option<usize>, Option<usize>) = (None, None);
    let (mut bids_last, mut seq, mut prev, mut time) = (false, 0, Value::Absent, Value::Absent);
    reader.object(|reader, key| {
        match key {
            b"asks" if asks.is_some() => return Err(DecodeError::Field("asks")),
            b"bids" if bids.is_some() => return Err(DecodeError::Field("bids")),
            b"asks" => asks = Some(read_levels(reader, "asks", instrument, &mut out.levels)?),
            b"bids" => {
                bids_last = asks.is_some();
                bids = Some(read_levels(reader, "bids", instrument, &mut out.levels)?);
            }
            b"ts" => time = reader.value()?,
            key if key == dialect.seq.as_bytes() => seq = reader.uint(dialect.seq)?,
            key if key == dialect.prev.as_bytes() => prev = reader.value()?,
            _ => reader.skip()?,
        }
        Ok(())
    })?;
    let (bids, asks) = (bids.ok_or(DecodeError::Missing("bids"))?, asks.ok_or(DecodeError::Missing("asks"))?);
    if bids_last {
        out.levels[start..].rotate_left(asks);
    }
    let prev = match prev {
        Value::Absent | Value::Number(b"-1") => 0,
        value => Field { name: dialect.prev, value }.uint()?,
    };
    Ok(Depth {
        instrument: instrument.id,
        kind: DeltaKind::Snapshot,
        first: seq,
        last: seq,
        prev,
        venue_ns: Field { name: "ts", value: time }.millis()?,
        start: start as u32,
        bids: bids as u32,
        asks: asks as u32,
    })
}

/// Best bid and ask, as a book of one level.
fn best(
    dialect: &Dialect,
    ctx: &Context<'_>,
    push: &Push<'_>,
    out: &mut EventBuf,
) -> Result<(), DecodeError> {
    let instrument = instrument(dialect, ctx, push.arg)?;
    push.data.array()?.rows(|row| {
        let depth = book_row(dialect, instrument, row, out)?;
        let (start, bids) = (depth.start as usize, depth.bids as usize);
        let side = |level: Option<&Level>| -> Option<(Price, Qty)> {
            level.and_then(|level| Some((Price::new(level.px).ok()?, Qty::new(level.qty).ok()?)))
        };
        let bid = side(out.levels[start..start + bids].first());
        let ask = side(out.levels[start + bids..].first());
        out.levels.truncate(start);
        out.events.push(Event::Bbo(Bbo { instrument: instrument.id, update_id: depth.last, bid, ask }));
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
) -> Result<(), DecodeError> {
    push.data.array()?.rows(|row| {
        let [px, qty, side, time] = row.fields([names[0], names[1], "side", "ts"])?;
        push_trade(instrument, [px, qty, side, time], out)
    })?;
    Ok(())
}

/// The session's part of an answer: log-in, subscriptions, refusals. False where `event` is none of these.
/// `{"event":"login","code":"0","msg":"","connId":"a4d3ae55"}`, `{"event":"error","code":"60009","msg":"Login failed."}`
pub(super) fn session_note(
    event: &[u8],
    reject: Option<VenueReject>,
    out: &mut EventBuf,
) -> Result<(), DecodeError> {
    let note = match (event, reject) {
        (b"login", None) => SessionNote::LoggedIn,
        (b"subscribe", None) => SessionNote::Subscribed,
        (b"unsubscribe", None) => return Ok(()),
        (b"login", Some(reject)) => SessionNote::LoginRefused(reject),
        (b"error", Some(reject)) if reject.class == RejectClass::Auth => SessionNote::LoginRefused(reject),
        (b"error", Some(reject)) => SessionNote::SubscribeRefused(reject),
        _ => return Err(DecodeError::UnknownMessage),
    };
    out.events.push(Event::Session(note));
    Ok(())
}

/// The answer to an order request, whose id is the client id. An acceptance is not a fill, not even an order in the book.
pub(super) fn order_reply(
    id: &[u8],
    outcome: Result<Field<'_>, VenueReject>,
    out: &mut EventBuf,
) -> Result<(), DecodeError> {
    let (client_id, cancel) = RequestReply::request(id).ok_or(DecodeError::UnknownMessage)?;
    let outcome = match outcome {
        Ok(venue_id) => ReplyOutcome::Accepted(Some(venue_id.name()?)),
        Err(reject) => ReplyOutcome::Rejected(reject),
    };
    out.events.push(Event::Reply(RequestReply { client_id, cancel, outcome }));
    Ok(())
}

/// The data of an answer, and when it was sent where it says so (Bitget).
pub(super) struct Served<'a> {
    pub data: Field<'a>,
    pub sent: Field<'a>,
}

/// `{"code":"0","msg":"","data":[..]}`: the data, or the refusal. Refusals come with HTTP 200, 400 or 401 alike; a body that is
/// not the venue's JSON (a proxy's page, nothing at all) proves nothing.
pub(super) fn envelope<'a>(
    table: &[Meaning],
    fine: &[u8],
    status: u16,
    body: &'a [u8],
) -> Result<Result<Served<'a>, VenueReject>, DecodeError> {
    let mut reader = Reader::new(body);
    let parts = reader.fields(["code", "msg", "message", "data", "requestTime"]);
    match parts.and_then(|parts| reader.end().map(|()| parts)) {
        Ok([code, message, long, data, sent]) if !code.is_absent() && status < 500 => {
            if code.plain()? == fine && status == 200 {
                return Ok(Ok(Served { data, sent }));
            }
            let message = if message.is_absent() { long } else { message };
            let text = if message.is_absent() { b"" } else { message.text()? };
            Ok(Err(VenueReject::of(table, code.int()?, text)))
        }
        Err(error) if status == 200 => Err(error),
        Ok(_) if status == 200 => Err(DecodeError::Missing("code")),
        _ => {
            let class = match status {
                403 => RejectClass::Banned,
                429 => RejectClass::RateLimited,
                _ => RejectClass::OutcomeUnknown,
            };
            Ok(Err(VenueReject::new(class, status.to_string().as_bytes(), body)))
        }
    }
}

/// Signs a GET request: base64 HMAC of time, method, path and query, with header names that share a prefix.
pub(super) fn sign(request: Request<'_>, prefix: &str, session: &Session, time: &[u8]) {
    let payload = [time, b"GET", request.target()].concat();
    let signature = session.secret.base64(&payload);
    let name = |what: &str| format!("{prefix}ACCESS-{what}");
    request.finish(&[
        (&name("KEY"), session.key.as_bytes()),
        (&name("SIGN"), signature.as_bytes()),
        (&name("TIMESTAMP"), time),
        (&name("PASSPHRASE"), session.passphrase.as_bytes()),
    ]);
}

/// `{"op":"login","args":[{"apiKey":"..","passphrase":"..","timestamp":"1700000000","sign":".."}]}`; seconds, not
/// milliseconds.
pub(super) fn login(path: &str, role: Role, session: &Session, wall: Ns, out: &mut Vec<Vec<u8>>) {
    if matches!(role, Role::Public | Role::Rest) {
        return;
    }
    let mut time = Vec::new();
    push_uint(&mut time, server_ms(session, wall) / 1000);
    let signature = session.secret.base64(&[&time, b"GET".as_slice(), path.as_bytes()].concat());
    let mut frame = b"{\"op\":\"login\",\"args\":[{\"apiKey\":\"".to_vec();
    push_json(&mut frame, session.key.as_bytes());
    frame.extend_from_slice(b"\",\"passphrase\":\"");
    push_json(&mut frame, session.passphrase.as_bytes());
    for part in [b"\",\"timestamp\":\"", &time[..], b"\",\"sign\":\"", signature.as_bytes(), b"\"}]}"] {
        frame.extend_from_slice(part);
    }
    out.push(frame);
}

/// Subscribe (`on`) or unsubscribe frames of so many arguments each.
pub(super) fn subscribe(on: bool, args: &[String], out: &mut Vec<Vec<u8>>) {
    let op = if on { "subscribe" } else { "unsubscribe" };
    for chunk in args.chunks(ARGS_MAX) {
        out.push(format!("{{\"op\":\"{op}\",\"args\":[{}]}}", chunk.join(",")).into_bytes());
    }
}

/// The instrument of an account row. `None` for what we do not track.
pub(super) fn tracked<'c>(
    venue: Venue,
    ctx: &Context<'c>,
    product: Option<crate::units::Product>,
    symbol: Field<'_>,
) -> Result<Option<&'c Instrument>, DecodeError> {
    let Some(product) = product else { return Ok(None) };
    let text = symbol.text()?;
    // Some lists write symbols in small letters.
    let symbol = Symbol::new(&text.to_ascii_uppercase()).map_err(|_| DecodeError::Field(symbol.name))?;
    Ok(ctx.instruments.find(venue, product, &symbol))
}

/// The snapshot that answers `Query::Snapshot`: informational, its ids continue no stream.
pub(super) fn snapshot(
    dialect: &Dialect,
    ctx: &Context<'_>,
    asked: InstrumentId,
    row: &mut Reader<'_>,
    out: &mut EventBuf,
) -> Result<(), DecodeError> {
    let instrument = ctx.instruments.get(asked).ok_or(DecodeError::UnknownInstrument)?;
    let depth = book_row(dialect, instrument, row, out)?;
    out.events.push(Event::Depth(depth));
    Ok(())
}
