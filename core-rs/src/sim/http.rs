//! Requests as the dialects see them: path, parameters, headers, signatures. Knows no venue.

use crate::sim::json::Raw;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// One HTTP request, borrowed from the host.
pub(super) struct Request<'a> {
    pub method: &'a str,
    pub path: &'a str,
    /// Raw query, without the question mark.
    pub query: &'a str,
    pub headers: &'a [(String, String)],
    pub body: &'a [u8],
}

/// An answer on its way out.
#[derive(Debug)]
pub(super) struct Reply {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Raw,
}

/// Decoded parameters, in the order they came.
#[derive(Clone, Debug, Default)]
pub(super) struct Params(pub Vec<(String, String)>);

impl<'a> Request<'a> {
    pub(super) fn new(
        method: &'a str,
        target: &'a str,
        headers: &'a [(String, String)],
        body: &'a [u8],
    ) -> Self {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        Self { method, path, query, headers, body }
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    pub(super) fn body_text(&self) -> &str {
        core::str::from_utf8(self.body).unwrap_or("")
    }
}

impl Params {
    /// Parses `a=1&b=2`, percent-decoded.
    pub(super) fn of_form(text: &str) -> Self {
        let pairs = text.split('&').filter(|part| !part.is_empty()).map(|part| {
            let (key, value) = part.split_once('=').unwrap_or((part, ""));
            (percent_decode(key), percent_decode(value))
        });
        Self(pairs.collect())
    }

    /// The members of a flat JSON object, as text.
    pub(super) fn of_json(object: &serde_json::Map<String, serde_json::Value>) -> Self {
        let text = |value: &serde_json::Value| match value {
            serde_json::Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        Self(object.iter().map(|(key, value)| (key.clone(), text(value))).collect())
    }

    pub(super) fn join(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// The value of a parameter; an empty one counts as absent.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    pub(super) fn number(&self, name: &str) -> Option<i64> {
        self.get(name).and_then(|text| text.parse().ok())
    }

    /// A page size: the venue's default, bounded by its maximum.
    pub(super) fn limit(&self, default: usize, max: usize) -> usize {
        self.get("limit").and_then(|text| text.parse().ok()).unwrap_or(default).clamp(1, max)
    }
}

fn percent_decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let code = (bytes[at] == b'%').then(|| text.get(at + 1..at + 3)).flatten();
        if let Some(byte) = code.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            out.push(byte);
            at += 3;
        } else {
            out.push(if bytes[at] == b'+' { b' ' } else { bytes[at] });
            at += 1;
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// Lowercase hex HMAC-SHA256.
pub(super) fn hmac_hex(secret: &str, payload: &[u8]) -> String {
    const DIGITS: [char; 16] =
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    let digits = |byte: u8| [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]];
    hmac(secret, payload).into_iter().flat_map(digits).collect()
}

/// The same in base64.
pub(super) fn hmac_base64(secret: &str, payload: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(hmac(secret, payload))
}

fn hmac(secret: &str, payload: &[u8]) -> Vec<u8> {
    // HMAC takes a key of any length, so this never fails.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return Vec::new() };
    mac.update(payload);
    mac.finalize().into_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_decoded_and_signatures_match_the_published_example() {
        let params = Params::of_form("a=1&b=x%20y&c=&d");
        assert_eq!((params.get("b"), params.get("c"), params.get("d")), (Some("x y"), None, None));
        // Binance's own documented example of a signed order.
        let query = "symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1&recvWindow=5000&timestamp=1499827319559";
        let secret = "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j";
        assert_eq!(
            hmac_hex(secret, query.as_bytes()),
            "c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71"
        );
    }
}
