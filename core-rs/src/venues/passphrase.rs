//! What OKX and Bitget share beside their channels: keys with a passphrase, signatures in base64, one envelope of answers.

use super::answer::{Opened, Served, by_status};
use super::error::{Meaning, Read};
use super::field::{Field, read};
use super::json::Reader;
use super::topics::Topics;
use super::write::{Request, push_json, push_uint, server_ms};
use super::{DecodeError, RejectClass, Role, Session, VenueReject};
use crate::units::Ns;

/// What a refusal without the venue's words means.
const STATUSES: [(u16, RejectClass); 2] = [(403, RejectClass::Banned), (429, RejectClass::RateLimited)];

/// `{"code":"0","msg":"","data":[..]}`: the data, or the refusal. Refusals come with HTTP 200, 400 or 401 alike; a body that is
/// not the venue's JSON (a proxy's page, nothing at all) proves nothing.
pub(super) fn envelope<'a>(table: &[Meaning], fine: &[u8], status: u16, body: &'a [u8]) -> Opened<'a> {
    match open(body) {
        Ok([code, message, data, sent]) if !code.is_absent() && status < 500 => {
            if code.plain()? == fine && status == 200 {
                return Ok(Ok(Served { data, sent, further: true }));
            }
            Ok(Err(VenueReject::of(table, code.int()?, message.text_or_empty()?)))
        }
        Err(error) if status == 200 => Err(error),
        Ok(_) if status == 200 => Err(DecodeError::Missing("code")),
        _ => Ok(Err(by_status(&STATUSES, status, body))),
    }
}

fn open(body: &[u8]) -> Read<[Field<'_>; 4]> {
    let mut reader = Reader::new(body);
    read!(reader; code "code", message "msg" | "message", data "data", sent "requestTime");
    reader.end()?;
    Ok([code, message, data, sent])
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
pub(super) fn login(path: &str, role: Role, session: &Session, wall: Ns, frame: &mut Vec<u8>) {
    if matches!(role, Role::Public | Role::Rest) {
        return;
    }
    let mut time = Vec::new();
    push_uint(&mut time, server_ms(session, wall) / 1000);
    let signature = session.secret.base64(&[&time, b"GET".as_slice(), path.as_bytes()].concat());
    frame.extend_from_slice(b"{\"op\":\"login\",\"args\":[{\"apiKey\":\"");
    push_json(frame, session.key.as_bytes());
    frame.extend_from_slice(b"\",\"passphrase\":\"");
    push_json(frame, session.passphrase.as_bytes());
    for part in [b"\",\"timestamp\":\"", &time[..], b"\",\"sign\":\"", signature.as_bytes(), b"\"}]}"] {
        frame.extend_from_slice(part);
    }
}

/// How both ask for streams; their names are the venue's own. Bitget takes 4096 bytes of names, and dropped frames with 25 books.
pub(super) const TOPICS: Topics = Topics {
    book: [""; 2],
    trades: [""; 2],
    account: &[],
    verbs: ["subscribe", "unsubscribe"],
    frame: r#"{"op":"!","args":[*]}"#,
    names_max: 20,
};
