//! Answers over a socket: to log-in and subscriptions, and to order requests.

use super::error::{Meaning, Read};
use super::field::Field;
use super::{
    DecodeError, Event, EventBuf, RejectClass, ReplyOutcome, RequestReply, SessionNote, VenueReject,
};

/// What a code says: nothing where it is 0 or there is none, else the refusal that the venue's table gives it.
pub(super) fn refusal(table: &[Meaning], code: Field<'_>, message: Field<'_>) -> Read<Option<VenueReject>> {
    match code.present().map_or(Ok(0), |code| code.int())? {
        0 => Ok(None),
        code => Ok(Some(VenueReject::of(table, code, message.text_or_empty()?))),
    }
}

/// "Please log in" (OKX) and "User needs to log in" (Bitget): the session has ended. That says nothing of the key.
const NOT_LOGGED_IN: [&str; 2] = ["60011", "30004"];

/// The session's part of an answer: log-in, subscriptions, refusals.
/// `{"event":"login","code":"0","msg":"","connId":"a4d3ae55"}`, `{"event":"error","code":"60009","msg":"Login failed."}`
pub(super) fn session_note(event: &[u8], reject: Option<VenueReject>, out: &mut EventBuf) -> Read<()> {
    let note = match (event, reject) {
        (b"login", None) => SessionNote::LoggedIn,
        (b"subscribe", None) => SessionNote::Subscribed,
        (b"unsubscribe", _) => return Ok(()),
        // The connection ends soon.
        (b"notice", _) => SessionNote::Expiring,
        (b"login", Some(reject)) => SessionNote::LoginRefused(reject),
        (b"error", Some(reject)) if NOT_LOGGED_IN.contains(&reject.code.as_str()) => SessionNote::Expiring,
        (b"error", Some(reject)) if reject.class == RejectClass::Auth => SessionNote::LoginRefused(reject),
        (b"error" | b"subscribe", Some(reject)) => SessionNote::SubscribeRefused(reject),
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
) -> Read<()> {
    let (client_id, cancel) = RequestReply::request(id).ok_or(DecodeError::UnknownMessage)?;
    let outcome = match outcome {
        Ok(venue_id) => ReplyOutcome::Accepted(Some(venue_id.name()?)),
        Err(reject) => ReplyOutcome::Rejected(reject),
    };
    out.events.push(Event::Reply(RequestReply { client_id, cancel, outcome }));
    Ok(())
}
