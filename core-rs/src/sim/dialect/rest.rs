//! REST of the venues that sign time, method, path and body in base64 (OKX, Bitget): a table of routes, one envelope.

use super::World;
use super::shapes::SIGNED_FOR_MS;
use crate::sim::http::{Params, Reply, Request, hmac_base64};
use crate::sim::json::{Raw, object};
use crate::sim::meter::Budget;
use serde_json::Value;
use std::borrow::Cow;

/// A refusal: the venue's code and message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub status: u16,
    pub code: &'static str,
    pub message: Cow<'static, str>,
}

impl Fault {
    pub(super) const fn new(code: &'static str, message: &'static str) -> Self {
        Self::with(200, code, message)
    }

    /// A refusal that has an HTTP status of its own.
    pub(super) const fn with(status: u16, code: &'static str, message: &'static str) -> Self {
        Self { status, code, message: Cow::Borrowed(message) }
    }

    pub(super) fn param(status: u16, code: &'static str, what: &str) -> Self {
        Self { status, code, message: Cow::Owned(format!("Parameter {what} error")) }
    }
}

pub(super) type Answer = Result<Raw, Fault>;

/// One request to a handler, checked and authorised.
pub(super) struct Call<'a> {
    pub world: &'a mut World,
    /// Meaningless for public routes.
    pub account: usize,
    pub params: &'a Params,
}

/// One line of a route table.
pub(super) struct Route {
    pub method: &'static str,
    pub path: &'static str,
    pub private: bool,
    /// Draws on the account's order budget.
    pub orders: bool,
    pub run: fn(&mut Call<'_>) -> Answer,
}

pub(super) type Run = fn(&mut Call<'_>) -> Answer;

pub(super) const fn public(path: &'static str, run: Run) -> Route {
    Route { method: "GET", path, private: false, orders: false, run }
}

pub(super) const fn private(path: &'static str, run: Run) -> Route {
    Route { method: "GET", path, private: true, orders: false, run }
}

pub(super) const fn post(path: &'static str, run: Run) -> Route {
    Route { method: "POST", path, private: true, orders: true, run }
}

/// What REST of a venue is made of.
pub(super) struct Rest {
    pub routes: &'static [Route],
    pub prefix: &'static str,
    pub fine: &'static str,
    /// Reads a request's time, epoch ms.
    pub time: fn(&str) -> Option<i64>,
    pub key: Fault,
    pub sign: Fault,
    pub passphrase: Fault,
    pub timestamp: Fault,
    pub too_many: Fault,
    pub json: Fault,
    pub orders: Budget,
}

/// Answers one HTTP request.
pub(super) fn http(rest: &Rest, world: &mut World, request: &Request<'_>) -> Reply {
    let Some(route) = rest.routes.iter().find(|r| r.method == request.method && r.path == request.path)
    else {
        let body = object! {"code" => "404", "msg" => "Not Found", "data" => Vec::<Raw>::new()};
        return Reply { status: 404, headers: Vec::new(), body };
    };
    let outcome = authorise(rest, route, world, request).and_then(|account| {
        let params = params(rest, request)?;
        let mut call = Call { world, account, params: &params };
        if route.orders {
            draw(rest, &mut call, route.path)?;
        }
        (route.run)(&mut call)
    });
    let (status, code, message, data) = match outcome {
        Ok(data) => (200, rest.fine, Cow::Borrowed(if rest.fine == "0" { "" } else { "success" }), data),
        Err(fault) => (fault.status, fault.code, fault.message, Raw("[]".into())),
    };
    let body = object! {
        "code" => code, "msg" => message.as_ref(), "requestTime" => world.ms(), "data" => data,
    };
    Reply { status, headers: Vec::new(), body }
}

/// Draws on the account's budget of one kind of order request.
pub(super) fn draw(rest: &Rest, call: &mut Call<'_>, name: &str) -> Result<(), Fault> {
    let name = format!("{name}:{}", call.account);
    let drawn = call.world.meters.draw(&name, rest.orders, 1, call.world.now);
    if drawn.allowed { Ok(()) } else { Err(rest.too_many.clone()) }
}

/// The members of a body, or of the first order of a batch.
fn params(rest: &Rest, request: &Request<'_>) -> Result<Params, Fault> {
    if request.method != "POST" {
        return Ok(Params::of_form(request.query));
    }
    let object = match serde_json::from_slice(request.body) {
        Ok(Value::Object(object)) => object,
        Ok(Value::Array(list)) => match list.into_iter().next() {
            Some(Value::Object(object)) => object,
            _ => return Err(rest.json.clone()),
        },
        _ => return Err(rest.json.clone()),
    };
    Ok(Params::of_json(&object))
}

/// The account of a signed request; 0 for a public route.
fn authorise(rest: &Rest, route: &Route, world: &World, request: &Request<'_>) -> Result<usize, Fault> {
    if !route.private {
        return Ok(0);
    }
    let header = |name: &str| request.header(&format!("{}ACCESS-{name}", rest.prefix)).unwrap_or("");
    let account = world.model.account_of_key(header("KEY")).ok_or_else(|| rest.key.clone())?;
    let owner = &world.model.accounts[account];
    if owner.passphrase != header("PASSPHRASE") {
        return Err(rest.passphrase.clone());
    }
    let query = if request.query.is_empty() { String::new() } else { format!("?{}", request.query) };
    let time = header("TIMESTAMP");
    let signed = format!("{time}{}{}{query}{}", request.method, request.path, request.body_text());
    if hmac_base64(&owner.secret, signed.as_bytes()) != header("SIGN") {
        return Err(rest.sign.clone());
    }
    let age = (rest.time)(time).map(|ms| (world.gate_ms() - ms).abs());
    if age.is_some_and(|age| age <= SIGNED_FOR_MS) { Ok(account) } else { Err(rest.timestamp.clone()) }
}
