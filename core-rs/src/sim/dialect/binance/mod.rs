//! Binance spot and USDT-M over the model: one route table, shared by REST and the WebSocket API.
//! Documents: developers.binance.com/docs/binance-spot-api-docs and /docs/derivatives/usds-margined-futures.

#![allow(clippy::unnecessary_wraps, reason = "handlers of a table share one signature")]

mod account;
mod auth;
mod fault;
mod orders;
mod public;
mod routes;
mod stream;
mod user;
mod wsapi;

use super::{Speech, World};
use crate::sim::http::{Params, Reply, Request};
use crate::sim::json::{Put, Raw, object};
use crate::sim::meter::Budget;
use crate::sim::model::Listing;
use crate::sim::text::{fixed, mantissa};
use crate::units::{Money, Product};
use fault::Fault;
use routes::Route;

pub(super) static SPEECH: Speech = Speech {
    depth: 5000,
    dense: false,
    http,
    open: stream::open,
    frame: stream::frame,
    changes: stream::change_pushes,
    prints: stream::print_pushes,
    user: user::pushes,
    render: stream::render,
};

/// REQUEST_WEIGHT of spot and of USDT-M, per minute and address.
const WEIGHT: [Budget; 2] =
    [Budget { limit: 6000, window: 60_000_000_000 }, Budget { limit: 2400, window: 60_000_000_000 }];
/// ORDERS per account.
const ORDERS: [Budget; 2] =
    [Budget { limit: 50, window: 10_000_000_000 }, Budget { limit: 300, window: 10_000_000_000 }];

/// One request to a handler, checked and authorised.
pub(super) struct Call<'a> {
    pub world: &'a mut World,
    pub product: Product,
    /// Meaningless for public routes.
    pub account: usize,
    pub params: &'a Params,
}

type Answer = Result<Raw, Fault>;

const fn index(product: Product) -> usize {
    match product {
        Product::Spot => 0,
        Product::Linear => 1,
    }
}

impl Call<'_> {
    /// The listing that the `symbol` parameter names.
    fn listing(&self) -> Result<usize, Fault> {
        let symbol = self.params.get("symbol").ok_or_else(|| Fault::missing("symbol"))?;
        self.world.model.find(self.product, symbol).ok_or(Fault::UNKNOWN_SYMBOL)
    }

    fn listings(&self) -> Vec<usize> {
        let all = self.world.model.listings.iter().enumerate();
        all.filter(|(_, l)| l.product == self.product).map(|(index, _)| index).collect()
    }

    const fn spot(&self) -> bool {
        matches!(self.product, Product::Spot)
    }
}

/// Spot prints eight digits; USDT-M the instrument's own.
fn px(listing: &Listing, value: i64) -> String {
    match listing.product {
        Product::Spot if listing.px_decimals <= 8 => eight(value, listing.px_decimals),
        Product::Spot => fixed(listing.px_amount(value), 8),
        Product::Linear => {
            let missing = u32::from(2_u8.saturating_sub(listing.px_decimals));
            mantissa(value * 10_i64.pow(missing), listing.px_decimals.max(2))
        }
    }
}

fn qty(listing: &Listing, value: i64) -> String {
    match listing.product {
        Product::Spot if listing.qty_decimals <= 8 => eight(value, listing.qty_decimals),
        Product::Spot => fixed(listing.base_amount(value), 8),
        Product::Linear => listing.qty_text(value),
    }
}

/// A mantissa of at most eight decimals as text with eight.
fn eight(value: i64, decimals: u8) -> String {
    mantissa(value * 10_i64.pow(8 - u32::from(decimals)), 8)
}

fn amount(value: Money) -> String {
    fixed(value, 8)
}

/// Answers one HTTP request.
fn http(world: &mut World, request: &Request<'_>) -> Reply {
    let Some((product, route)) = routes::find(world, request.method, request.path) else {
        return Reply {
            status: 404,
            headers: Vec::new(),
            body: object! {"code" => -5000, "msg" => "Path not found, Method is invalid"},
        };
    };
    let params = Params::of_form(request.query).join(Params::of_form(request.body_text()));
    let weight = (route.weight)(&params);
    let budget = WEIGHT[index(product)];
    let drawn = world.meters.draw(product.name(), budget, weight, world.now);
    let mut headers = vec![("X-MBX-USED-WEIGHT-1M".to_owned(), drawn.used.to_string())];
    let outcome = if drawn.allowed {
        auth::rest(world, route, request, &params).and_then(|account| {
            count_order(world, product, account, route, &mut headers)?;
            (route.run)(&mut Call { world, product, account, params: &params })
        })
    } else {
        headers.push(("Retry-After".into(), ((drawn.resets - world.now) / 1_000_000_000 + 1).to_string()));
        Err(Fault::too_many(budget.limit))
    };
    match outcome {
        Ok(body) => Reply { status: 200, headers, body },
        Err(fault) => Reply { status: fault.status, headers, body: fault.body() },
    }
}

/// Counts an order against its account's budget.
fn count_order(
    world: &mut World,
    product: Product,
    account: usize,
    route: &Route,
    headers: &mut Vec<(String, String)>,
) -> Result<(), Fault> {
    if !route.places {
        return Ok(());
    }
    let name = format!("orders:{}:{account}", product.name());
    let drawn = world.meters.draw(&name, ORDERS[index(product)], 1, world.now);
    headers.push(("X-MBX-ORDER-COUNT-10S".into(), drawn.used.to_string()));
    if drawn.allowed { Ok(()) } else { Err(Fault::TOO_MANY_ORDERS) }
}

/// A list as JSON, or its only member when one symbol was asked for.
fn one_or_all<T: Put>(single: bool, mut items: Vec<T>) -> Raw {
    match items.pop() {
        Some(only) if single => {
            let mut out = String::new();
            only.put(&mut out);
            Raw(out)
        }
        last => {
            items.extend(last);
            crate::sim::json::array(items)
        }
    }
}
