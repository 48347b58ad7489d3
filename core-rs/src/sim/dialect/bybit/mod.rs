//! Bybit v5 over the model: one route table for REST, one socket family. Business errors are HTTP 200 with a code.
//! Documents: bybit-exchange.github.io/docs/v5.

#![allow(clippy::unnecessary_wraps, reason = "handlers of a table share one signature")]

mod account;
mod auth;
mod fault;
mod market;
mod orders;
mod routes;
mod stops;
mod stream;
mod trade;
mod user;

use super::{Push, Speech, World};
use crate::sim::http::{Params, Reply, Request};
use crate::sim::json::{Raw, object};
use crate::sim::meter::{Budget, Drawn};
use crate::units::Product;
use fault::Fault;

pub(super) static SPEECH: Speech = Speech {
    depth: 50,
    dense: true,
    http,
    open: stream::open,
    frame: |world, _, conn, payload| stream::frame(world, conn, payload),
    changes: stream::change_pushes,
    prints: stream::print_pushes,
    user: user::pushes,
    render: |_, push: &Push| push.body.clone(),
};

const SECOND: i64 = 1_000_000_000;
/// Requests per address.
const ADDRESS: Budget = Budget { limit: 600, window: 5 * SECOND };
/// Create, amend and cancel, each per account and second.
const ORDERS: [Budget; 2] = [Budget { limit: 20, window: SECOND }, Budget { limit: 10, window: SECOND }];

/// One request to a handler, checked and authorised.
pub(super) struct Call<'a> {
    pub world: &'a mut World,
    /// Meaningless for public routes.
    pub account: usize,
    pub params: &'a Params,
}

type Answer = Result<Raw, Fault>;

impl Call<'_> {
    fn product(&self) -> Result<Product, Fault> {
        let name = self.params.get("category").ok_or_else(|| Fault::param("category"))?;
        Product::parse(name).ok_or_else(|| Fault::param("category"))
    }

    /// The listing that `category` and `symbol` name.
    fn listing(&self) -> Result<usize, Fault> {
        let product = self.product()?;
        let symbol = self.params.get("symbol").ok_or_else(|| Fault::param("symbol"))?;
        self.world.model.find(product, symbol).ok_or_else(|| Fault::param("symbol invalid"))
    }

    /// The listings of the category: the named one, else all.
    fn listings(&self) -> Result<Vec<usize>, Fault> {
        if self.params.get("symbol").is_some() {
            return self.listing().map(|listing| vec![listing]);
        }
        let product = self.product()?;
        let all = self.world.model.listings.iter().enumerate();
        Ok(all.filter(|(_, l)| l.product == product).map(|(index, _)| index).collect())
    }
}

/// The envelope of every answer.
fn envelope(world: &World, outcome: Answer) -> Raw {
    let (code, message, result) = match outcome {
        Ok(result) => (0, "OK".to_owned(), result),
        Err(fault) => (fault.code, fault.message.into_owned(), object! {}),
    };
    object! {
        "retCode" => code, "retMsg" => message, "result" => result, "retExtInfo" => object! {}, "time" => world.ms(),
    }
}

/// Answers one HTTP request.
fn http(world: &mut World, request: &Request<'_>) -> Reply {
    if !world.meters.draw("address", ADDRESS, 1, world.now).allowed {
        let body = object! {"retCode" => 403, "retMsg" => "access too frequent"};
        return Reply { status: 403, headers: Vec::new(), body };
    }
    let Some(route) = routes::find(request.method, request.path) else {
        return Reply { status: 404, headers: Vec::new(), body: object! {} };
    };
    let params = if request.method == "POST" {
        let Ok(object) = serde_json::from_slice(request.body) else {
            let body = envelope(world, Err(Fault::param("not a json object")));
            return Reply { status: 200, headers: Vec::new(), body };
        };
        Params::of_json(&object)
    } else {
        Params::of_form(request.query)
    };
    let mut headers = Vec::new();
    let outcome = auth::rest(world, route, request).and_then(|account| {
        let mut call = Call { world, account, params: &params };
        limit(&mut call, route.budget, &mut headers)?;
        (route.run)(&mut call)
    });
    Reply { status: 200, headers, body: envelope(world, outcome) }
}

/// Draws on the account's order budget, where the route has one, and says so in the headers.
fn limit(call: &mut Call<'_>, budget: &str, headers: &mut Vec<(String, String)>) -> Result<(), Fault> {
    if budget.is_empty() {
        return Ok(());
    }
    let product = call.product()?;
    let rule = ORDERS[usize::from(product == Product::Linear)];
    let name = format!("{budget}:{}:{}", product.name(), call.account);
    let Drawn { used, allowed, resets } = call.world.meters.draw(&name, rule, 1, call.world.now);
    headers.extend([
        ("X-Bapi-Limit".to_owned(), rule.limit.to_string()),
        ("X-Bapi-Limit-Status".to_owned(), (rule.limit - used).to_string()),
        ("X-Bapi-Limit-Reset-Timestamp".to_owned(), (resets / 1_000_000).to_string()),
    ]);
    if allowed { Ok(()) } else { Err(Fault::TOO_MANY) }
}
