//! Bybit answers: acknowledgements and order replies over WebSocket, lists over REST.
//!
//! Documents: "Connect", "Websocket Trade Guideline", "Integration Guidance" (response form).

use super::errors::TABLE;
use super::private::{execution, movement, order, position, wallet};
use super::public;
use super::queries::{FILLS_PAGE, MOVES_PAGE, ORDERS_PAGE, POSITIONS_PAGE};
use crate::units::Product;
use crate::venues::field::Field;
use crate::venues::json::Reader;
use crate::venues::rows::one_order;
use crate::venues::{
    Context, DecodeError, Event, EventBuf, Query, RejectClass, ReplyOutcome, ReplyVerdict, RequestReply,
    SessionNote, VenueReject,
};

/// Answers of the three kinds of link:
/// `{"success":true,"ret_msg":"subscribe","conn_id":"..","req_id":"1","op":"subscribe"}` (public and private),
/// `{"reqId":"..","retCode":0,"retMsg":"OK","op":"order.create","data":{"orderId":"..","orderLinkId":".."},"header":{..}}`
/// (trade), `{"op":"pong","args":["1675418560633"]}` (private) and `{"success":true,"ret_msg":"pong",..,"op":"ping"}`.
pub(super) fn socket_reply(reader: &mut Reader<'_>, out: &mut EventBuf) -> Result<(), DecodeError> {
    let names = ["op", "success", "ret_msg", "retCode", "retMsg", "reqId", "data"];
    let [op, success, message, code, trade_message, request_id, data] = reader.fields(names)?;
    let op = op.text()?;
    if matches!(op, b"ping" | b"pong") {
        out.events.push(Event::Session(SessionNote::Pong));
        return Ok(());
    }
    let refusal = match (success.is_absent(), code.is_absent()) {
        (false, true) if success.flag()? => None,
        (false, true) => Some(VenueReject::new(spoken(op), b"", message.text()?)),
        (true, false) => match code.int()? {
            0 => None,
            code => Some(VenueReject::of(TABLE, code, trade_message.text()?)),
        },
        _ => return Err(DecodeError::Missing("success")),
    };
    let note = match (op, refusal) {
        (b"auth", None) => SessionNote::LoggedIn,
        (b"auth", Some(reject)) => SessionNote::LoginRefused(reject),
        (b"subscribe", None) => SessionNote::Subscribed,
        (b"subscribe", Some(reject)) => SessionNote::SubscribeRefused(reject),
        (b"unsubscribe", _) => return Ok(()),
        _ => return order_reply(request_id, data, refusal, out),
    };
    out.events.push(Event::Session(note));
    Ok(())
}

/// These refusals carry no code, only words.
fn spoken(op: &[u8]) -> RejectClass {
    if op == b"auth" { RejectClass::Auth } else { RejectClass::Other }
}

/// An acceptance is not a fill, not even an order in the book: the order stream tells.
fn order_reply(
    request_id: Field<'_>,
    data: Field<'_>,
    refusal: Option<VenueReject>,
    out: &mut EventBuf,
) -> Result<(), DecodeError> {
    let id = request_id.text()?;
    let (client_id, cancel) = RequestReply::request(id).ok_or(DecodeError::UnknownMessage)?;
    let outcome = if let Some(reject) = refusal {
        ReplyOutcome::Rejected(reject)
    } else {
        let [venue_id] = data.object()?.fields(["orderId"])?;
        ReplyOutcome::Accepted(Some(venue_id.name()?))
    };
    out.events.push(Event::Reply(RequestReply { client_id, cancel, outcome }));
    Ok(())
}

/// The answer to a question. Business errors come with HTTP 200 and a `retCode`; a body that is not the venue's JSON proves
/// nothing and is never taken for "there is no such order".
pub(super) fn decode_answer(
    product: Product,
    query: &Query,
    ctx: &Context<'_>,
    status: u16,
    body: &[u8],
    out: &mut EventBuf,
) -> Result<ReplyVerdict, DecodeError> {
    if status != 200 {
        let class = match status {
            // "access too frequent": ten minutes of silence are asked for.
            403 => RejectClass::Banned,
            429 => RejectClass::RateLimited,
            _ => RejectClass::OutcomeUnknown,
        };
        return Ok(ReplyVerdict::Refused(VenueReject::new(class, status.to_string().as_bytes(), body)));
    }
    answer(product, query, ctx, body, out)
}

/// `{"retCode":0,"retMsg":"OK","result":{..},"retExtInfo":{},"time":1684765770483}`
fn answer(
    product: Product,
    query: &Query,
    ctx: &Context<'_>,
    body: &[u8],
    out: &mut EventBuf,
) -> Result<ReplyVerdict, DecodeError> {
    let mut reader = Reader::new(body);
    let [code, message, result, time] = reader.fields(["retCode", "retMsg", "result", "time"])?;
    reader.end()?;
    match code.int()? {
        0 => {}
        code => return Ok(ReplyVerdict::Refused(VenueReject::of(TABLE, code, message.text()?))),
    }
    if let Query::Snapshot { instrument, .. } = query {
        let product = ctx.instruments.get(*instrument).map_or(product, |i| i.product);
        let ctx = Context { product, role: ctx.role, instruments: ctx.instruments, implied: None };
        let found = public::snapshot(&ctx, &mut result.object()?, out)?;
        let same = found == *instrument;
        return if same { Ok(ReplyVerdict::Served { next: None }) } else { Err(DecodeError::Field("s")) };
    }
    let [list, cursor] = result.object()?.fields(["list", "nextPageCursor"])?;
    let further = cursor.present().is_some();
    let mut found = |asked| one_order(&mut list.array()?, asked, |row| order(ctx, Some(product), row, out));
    match query {
        Query::Order { client_id, .. } => return found(Some(*client_id)),
        Query::VenueOrder { .. } => return found(None),
        Query::OpenOrders => {
            let count = list.array()?.rows(|row| order(ctx, Some(product), row, out).map(drop))?;
            // An incomplete list of open orders must never look complete.
            if further && count >= ORDERS_PAGE {
                return Err(DecodeError::TooLarge);
            }
        }
        Query::Fills { from_id, .. } => {
            let mut oldest = u64::MAX;
            let count = list.array()?.rows(|row| {
                oldest = oldest.min(execution(ctx, Some(product), row, out)?);
                Ok(())
            })?;
            let stuck = *from_id == Some(oldest);
            let next = (count >= FILLS_PAGE).then(|| oldest.saturating_sub(u64::from(stuck)));
            return Ok(ReplyVerdict::Served { next });
        }
        Query::Moves { from_id, .. } => {
            let mut oldest = u64::MAX;
            let count = list.array()?.rows(|row| {
                oldest = oldest.min(movement(ctx, row, out)?);
                Ok(())
            })?;
            let stuck = *from_id == Some(oldest);
            let next = (count >= MOVES_PAGE).then(|| oldest.saturating_sub(u64::from(stuck)));
            return Ok(ReplyVerdict::Served { next });
        }
        Query::Positions => {
            let count = list.array()?.rows(|row| position(ctx, Some(product), row, out))?;
            if further && count >= POSITIONS_PAGE {
                return Err(DecodeError::TooLarge);
            }
        }
        Query::Balances => {
            let venue_ns = time.millis()?;
            list.array()?.rows(|row| wallet(row, venue_ns, out))?;
        }
        Query::Snapshot { .. } => {}
    }
    Ok(ReplyVerdict::Served { next: None })
}
