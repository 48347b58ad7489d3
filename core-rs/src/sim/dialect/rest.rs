//! REST of the venues that sign time, method, path and body in base64 (OKX, Bitget): a table of routes, one envelope.

use super::World;
use super::shapes::SIGNED_FOR_MS;
use crate::sim::http::{Params, Reply, Request, hmac_base64};
use crate::sim::json::{Raw, object};
use crate::sim::meter::Budget;
use serde_json::Value;
use std::borrow::Cow;

/// A batch holds so many orders at most.
pub(super) const BATCH_MAX: usize = 20;

/// A refusal: the venue's code and message, and the rows of a batch that tell who was refused.
#[derive(Clone, Debug)]
pub(super) struct Fault {
    pub status: u16,
    pub code: &'static str,
    pub message: Cow<'static, str>,
    pub rows: Option<Raw>,
}

impl Fault {
    pub(super) const fn new(code: &'static str, message: &'static str) -> Self {
        Self::with(200, code, message)
    }

    /// A refusal that has an HTTP status of its own.
    pub(super) const fn with(status: u16, code: &'static str, message: &'static str) -> Self {
        Self { status, code, message: Cow::Borrowed(message), rows: None }
    }

    pub(super) fn param(status: u16, code: &'static str, what: &str) -> Self {
        Self { message: Cow::Owned(format!("Parameter {what} error")), ..Self::with(status, code, "") }
    }
}

pub(super) type Answer = Result<Raw, Fault>;

/// One request to a handler, checked and authorised.
pub(super) struct Call<'a> {
    pub world: &'a mut World,
    /// Meaningless for public routes.
    pub account: usize,
    /// Of the request, or of the first order of a batch.
    pub params: &'a Params,
    /// Of each order of a batch; one for any other request.
    pub batch: &'a [Params],
}

impl Call<'_> {
    /// Runs each order of a batch by itself.
    pub(super) fn each<T>(&mut self, run: impl Fn(&mut Call<'_>) -> T) -> Vec<T> {
        let one = |params| {
            let batch = core::slice::from_ref(params);
            run(&mut Call { world: &mut *self.world, account: self.account, params, batch })
        };
        self.batch.iter().map(one).collect()
    }
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

/// Changes the account, not its orders.
pub(super) const fn setting(path: &'static str, run: Run) -> Route {
    Route { method: "POST", path, private: true, orders: false, run }
}

/// What REST of a venue is made of.
pub(super) struct Rest {
    pub routes: &'static [Route],
    pub prefix: &'static str,
    pub fine: &'static str,
    pub fine_text: &'static str,
    /// Members of each answer beside code, message and data: of the route, at a time in ms.
    pub stamp: fn(&Route, i64) -> Raw,
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
        let batch = params(rest, request)?;
        let params = batch.first().ok_or_else(|| rest.json.clone())?;
        let mut call = Call { world, account, params, batch: &batch };
        if route.orders {
            draw(rest, &mut call, route.path)?;
        }
        (route.run)(&mut call)
    });
    let (status, code, message, data) = match outcome {
        Ok(data) => (200, rest.fine, Cow::Borrowed(rest.fine_text), data),
        Err(fault) => (fault.status, fault.code, fault.message, fault.rows.unwrap_or(Raw("[]".into()))),
    };
    let body = object! {"code" => code, "msg" => message.as_ref(), "data" => data};
    let stamp = (rest.stamp)(route, world.ms());
    let body = if stamp.0.is_empty() { body } else { body.join(&stamp) };
    Reply { status, headers: Vec::new(), body }
}

/// Draws on the account's budget of one kind of order request.
pub(super) fn draw(rest: &Rest, call: &mut Call<'_>, name: &str) -> Result<(), Fault> {
    let name = format!("{name}:{}", call.account);
    let drawn = call.world.meters.draw(&name, rest.orders, 1, call.world.now);
    if drawn.allowed { Ok(()) } else { Err(rest.too_many.clone()) }
}

/// The members of a query or a body, or of each order of a batch.
fn params(rest: &Rest, request: &Request<'_>) -> Result<Vec<Params>, Fault> {
    if request.method != "POST" {
        return Ok(vec![Params::of_form(request.query)]);
    }
    match serde_json::from_slice(request.body) {
        Ok(Value::Array(list)) => batch(&list),
        Ok(object) => batch(&[object]),
        Err(_) => None,
    }
    .ok_or_else(|| rest.json.clone())
}

/// The members of each order of a list; `None` for an empty or too long one, or one of anything else.
pub(super) fn batch(list: &[Value]) -> Option<Vec<Params>> {
    let fits = (1..=BATCH_MAX).contains(&list.len());
    fits.then(|| list.iter().map(|one| one.as_object().map(Params::of_json)).collect()).flatten()
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
