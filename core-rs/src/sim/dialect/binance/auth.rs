//! Who asks: key, signature, time window. HMAC-SHA256 keys only.

use super::World;
use super::fault::Fault;
use super::routes::{Access, Route};
use crate::sim::http::{Params, Request, hmac_hex};

const RECV_WINDOW_DEFAULT_MS: i64 = 5000;
const RECV_WINDOW_MAX_MS: i64 = 60_000;
/// A timestamp may run ahead of the server by less than this.
const AHEAD_MS: i64 = 1000;

/// Checks a REST request; the account, or 0 for public routes.
pub(super) fn rest(
    world: &World,
    route: &Route,
    request: &Request<'_>,
    params: &Params,
) -> Result<usize, Fault> {
    if route.access == Access::Public {
        return Ok(0);
    }
    let account = account(world, request.header("X-MBX-APIKEY"))?;
    if route.access == Access::Signed {
        let (query, body) = (unsigned(request.query), unsigned(request.body_text()));
        signed(world, account, params, &format!("{query}{body}"))?;
    }
    Ok(account)
}

/// Checks a WebSocket API request, whose parameters are signed in the order of their names.
pub(super) fn ws(world: &World, route: &Route, params: &Params) -> Result<usize, Fault> {
    if route.access == Access::Public {
        return Ok(0);
    }
    let account = account(world, params.get("apiKey"))?;
    if route.access == Access::Signed {
        let mut sorted: Vec<_> = params.0.iter().filter(|(key, _)| key != "signature").collect();
        sorted.sort();
        let payload: Vec<String> = sorted.iter().map(|(key, value)| format!("{key}={value}")).collect();
        signed(world, account, params, &payload.join("&"))?;
    }
    Ok(account)
}

fn account(world: &World, key: Option<&str>) -> Result<usize, Fault> {
    let key = key.filter(|key| !key.is_empty()).ok_or(Fault::KEY_FORMAT)?;
    world.model.account_of_key(key).ok_or(Fault::KEY_REJECTED)
}

fn signed(world: &World, account: usize, params: &Params, payload: &str) -> Result<(), Fault> {
    let stamp = params.get("timestamp").ok_or_else(|| Fault::missing("timestamp"))?;
    let stamp: i64 = stamp.parse().map_err(|_| Fault::illegal("timestamp"))?;
    let signature = params.get("signature").ok_or_else(|| Fault::missing("signature"))?;
    let window = recv_window(params)?;
    // Sixteen digits are microseconds.
    let stamp = if stamp > 100_000_000_000_000 { stamp / 1000 } else { stamp };
    if hmac_hex(&world.model.accounts[account].secret, payload.as_bytes()) != signature {
        return Err(Fault::SIGNATURE);
    }
    if stamp >= world.gate_ms() + AHEAD_MS {
        return Err(Fault::TIMESTAMP_AHEAD);
    }
    if world.gate_ms() - stamp > window { Err(Fault::TIMESTAMP_LATE) } else { Ok(()) }
}

fn recv_window(params: &Params) -> Result<i64, Fault> {
    let Some(text) = params.get("recvWindow") else { return Ok(RECV_WINDOW_DEFAULT_MS) };
    let whole = text.split('.').next().unwrap_or("");
    let window: i64 = whole.parse().map_err(|_| Fault::RECV_WINDOW)?;
    if (1..=RECV_WINDOW_MAX_MS).contains(&window) { Ok(window) } else { Err(Fault::RECV_WINDOW) }
}

/// The text that was signed: everything but the signature.
fn unsigned(text: &str) -> String {
    let kept: Vec<&str> = text.split('&').filter(|part| !part.starts_with("signature=")).collect();
    kept.join("&")
}
