//! Who asks: key, signature, time window.

use super::World;
use super::fault::Fault;
use super::routes::Route;
use crate::sim::http::{Request, hmac_hex};

const RECV_WINDOW_DEFAULT_MS: i64 = 5000;
/// A timestamp may run ahead of the server by less than this.
const AHEAD_MS: i64 = 1000;

/// Checks a REST request; the account, or 0 for public routes.
pub(super) fn rest(world: &World, route: &Route, request: &Request<'_>) -> Result<usize, Fault> {
    if !route.private {
        return Ok(0);
    }
    let key = request.header("X-BAPI-API-KEY").unwrap_or("");
    let account = world.model.account_of_key(key).ok_or(Fault::KEY)?;
    let stamp = request.header("X-BAPI-TIMESTAMP").unwrap_or("");
    let window = request.header("X-BAPI-RECV-WINDOW").unwrap_or("");
    let payload = if request.method == "POST" { request.body_text() } else { request.query };
    let signed = format!("{stamp}{key}{window}{payload}");
    if hmac_hex(&world.model.accounts[account].secret, signed.as_bytes())
        != request.header("X-BAPI-SIGN").unwrap_or("")
    {
        return Err(Fault::SIGN);
    }
    in_window(world, stamp, window).map(|()| account)
}

/// `server - window <= timestamp < server + 1000`.
pub(super) fn in_window(world: &World, stamp: &str, window: &str) -> Result<(), Fault> {
    let stamp: i64 = stamp.parse().map_err(|_| Fault::TIMESTAMP)?;
    let window = if window.is_empty() { Ok(RECV_WINDOW_DEFAULT_MS) } else { window.parse() };
    let oldest = world.gate_ms() - window.map_err(|_| Fault::TIMESTAMP)?;
    if (oldest..world.gate_ms() + AHEAD_MS).contains(&stamp) { Ok(()) } else { Err(Fault::TIMESTAMP) }
}

/// Checks the arguments of a socket's `auth`: key, expiry, signature.
pub(super) fn socket(world: &World, args: &[serde_json::Value]) -> Result<usize, Fault> {
    let [key, expires, signature] = args else { return Err(Fault::param("args")) };
    let account = key.as_str().and_then(|key| world.model.account_of_key(key)).ok_or(Fault::KEY)?;
    let expires = expires.as_str().map_or_else(|| expires.to_string(), str::to_owned);
    let want = hmac_hex(&world.model.accounts[account].secret, format!("GET/realtime{expires}").as_bytes());
    if signature.as_str() != Some(want.as_str()) {
        return Err(Fault::SIGN);
    }
    match expires.parse::<i64>() {
        Ok(ms) if ms > world.ms() => Ok(account),
        _ => Err(Fault::TIMESTAMP),
    }
}
