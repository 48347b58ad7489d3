//! The route table. A row serves REST and, where it names a method, the WebSocket API.

use super::{Answer, Call, account, orders, public};
use crate::sim::dialect::World;
use crate::sim::http::Params;
use crate::units::Product;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    Public,
    /// Key without signature.
    Key,
    Signed,
}

pub(super) struct Route {
    pub product: Product,
    pub method: &'static str,
    pub path: &'static str,
    /// Method name on the WebSocket API, empty where there is none.
    pub ws: &'static str,
    pub access: Access,
    pub weight: fn(&Params) -> u32,
    /// Counts against the order budget.
    pub places: bool,
    pub run: fn(&mut Call<'_>) -> Answer,
}

type Run = fn(&mut Call<'_>) -> Answer;
type Weight = fn(&Params) -> u32;
use Access::{Key, Public, Signed};

const fn spot(
    method: &'static str,
    path: &'static str,
    ws: &'static str,
    access: Access,
    weight: Weight,
    run: Run,
) -> Route {
    Route { product: Product::Spot, method, path, ws, access, weight, places: false, run }
}

const fn fapi(
    method: &'static str,
    path: &'static str,
    ws: &'static str,
    access: Access,
    weight: Weight,
    run: Run,
) -> Route {
    Route { product: Product::Linear, method, path, ws, access, weight, places: false, run }
}

const fn placing(mut route: Route) -> Route {
    route.places = true;
    route
}

/// Weight by page size: the first bound that holds the limit decides.
fn by_limit(params: &Params, default: usize, steps: &[(usize, u32)], beyond: u32) -> u32 {
    let limit = params.limit(default, usize::MAX);
    steps.iter().find(|(bound, _)| limit <= *bound).map_or(beyond, |(_, weight)| *weight)
}

fn spot_depth(params: &Params) -> u32 {
    by_limit(params, 100, &[(100, 5), (500, 25), (1000, 50)], 250)
}

fn fapi_depth(params: &Params) -> u32 {
    by_limit(params, 500, &[(50, 2), (100, 5), (500, 10)], 20)
}

fn fapi_klines(params: &Params) -> u32 {
    by_limit(params, 500, &[(99, 1), (499, 2), (1000, 5)], 10)
}

fn wide(params: &Params, one: u32, all: u32) -> u32 {
    if params.get("symbol").is_some() { one } else { all }
}

static ROUTES: [Route; 54] = [
    spot("GET", "/api/v3/ping", "ping", Public, |_| 1, public::ping),
    spot("GET", "/api/v3/time", "time", Public, |_| 1, public::time),
    spot("GET", "/api/v3/exchangeInfo", "exchangeInfo", Public, |_| 20, public::exchange_info),
    spot("GET", "/api/v3/depth", "depth", Public, spot_depth, public::depth),
    spot("GET", "/api/v3/trades", "trades.recent", Public, |_| 25, public::trades),
    spot("GET", "/api/v3/aggTrades", "trades.aggregate", Public, |_| 4, public::agg_trades),
    spot("GET", "/api/v3/klines", "klines", Public, |_| 2, public::klines),
    spot("GET", "/api/v3/ticker/24hr", "ticker.24hr", Public, |p| wide(p, 2, 80), public::ticker_24h),
    spot("GET", "/api/v3/ticker/bookTicker", "ticker.book", Public, |p| wide(p, 2, 4), public::book_ticker),
    spot("GET", "/api/v3/ticker/price", "ticker.price", Public, |p| wide(p, 2, 4), public::price_ticker),
    placing(spot("POST", "/api/v3/order", "order.place", Signed, |_| 1, orders::place)),
    spot("POST", "/api/v3/order/test", "order.test", Signed, |_| 1, orders::test),
    spot("GET", "/api/v3/order", "order.status", Signed, |_| 4, orders::query),
    spot("DELETE", "/api/v3/order", "order.cancel", Signed, |_| 1, orders::cancel),
    spot("GET", "/api/v3/openOrders", "openOrders.status", Signed, |p| wide(p, 6, 80), orders::open),
    spot("DELETE", "/api/v3/openOrders", "openOrders.cancelAll", Signed, |_| 1, orders::cancel_all),
    spot("GET", "/api/v3/allOrders", "allOrders", Signed, |_| 20, orders::all),
    spot("GET", "/api/v3/myTrades", "myTrades", Signed, |_| 20, orders::trades),
    spot("GET", "/api/v3/account", "account.status", Signed, |_| 20, account::spot),
    spot("GET", "/api/v3/account/commission", "account.commission", Signed, |_| 20, account::commission),
    spot("GET", "/sapi/v1/account/apiRestrictions", "", Signed, |_| 1, account::restrictions),
    fapi("GET", "/fapi/v1/ping", "ping", Public, |_| 1, public::ping),
    fapi("GET", "/fapi/v1/time", "time", Public, |_| 1, public::time),
    fapi("GET", "/fapi/v1/exchangeInfo", "", Public, |_| 1, public::exchange_info),
    fapi("GET", "/fapi/v1/depth", "depth", Public, fapi_depth, public::depth),
    fapi("GET", "/fapi/v1/trades", "", Public, |_| 5, public::trades),
    fapi("GET", "/fapi/v1/aggTrades", "", Public, |_| 20, public::agg_trades),
    fapi("GET", "/fapi/v1/klines", "", Public, fapi_klines, public::klines),
    fapi("GET", "/fapi/v1/ticker/24hr", "", Public, |p| wide(p, 1, 40), public::ticker_24h),
    fapi("GET", "/fapi/v1/ticker/bookTicker", "ticker.book", Public, |p| wide(p, 2, 5), public::book_ticker),
    fapi("GET", "/fapi/v1/ticker/price", "ticker.price", Public, |p| wide(p, 1, 2), public::price_ticker),
    fapi("GET", "/fapi/v1/premiumIndex", "", Public, |p| wide(p, 1, 10), public::premium_index),
    fapi("GET", "/fapi/v1/fundingRate", "", Public, |_| 1, public::funding_rate),
    placing(fapi("POST", "/fapi/v1/order", "order.place", Signed, |_| 0, orders::place)),
    fapi("POST", "/fapi/v1/order/test", "", Signed, |_| 0, orders::test),
    fapi("GET", "/fapi/v1/order", "order.status", Signed, |_| 1, orders::query),
    fapi("DELETE", "/fapi/v1/order", "order.cancel", Signed, |_| 1, orders::cancel),
    fapi("GET", "/fapi/v1/openOrders", "", Signed, |p| wide(p, 1, 40), orders::open),
    fapi("DELETE", "/fapi/v1/allOpenOrders", "", Signed, |_| 1, orders::cancel_all),
    fapi("GET", "/fapi/v1/allOrders", "", Signed, |_| 5, orders::all),
    fapi("GET", "/fapi/v1/userTrades", "", Signed, |_| 5, orders::trades),
    fapi("GET", "/fapi/v3/account", "v2/account.status", Signed, |_| 5, account::linear),
    fapi("GET", "/fapi/v1/income", "", Signed, |_| 30, account::income),
    fapi("GET", "/fapi/v3/balance", "v2/account.balance", Signed, |_| 5, account::balance),
    fapi("GET", "/fapi/v3/positionRisk", "v2/account.position", Signed, |_| 5, account::positions),
    fapi("GET", "/fapi/v1/leverageBracket", "", Signed, |_| 1, account::leverage_bracket),
    fapi("POST", "/fapi/v1/leverage", "", Signed, |_| 1, account::leverage),
    fapi("POST", "/fapi/v1/marginType", "", Signed, |_| 1, account::margin_type),
    fapi("GET", "/fapi/v1/positionSide/dual", "", Signed, |_| 30, account::dual),
    fapi("POST", "/fapi/v1/positionSide/dual", "", Signed, |_| 1, account::set_dual),
    fapi("POST", "/fapi/v1/listenKey", "userDataStream.start", Key, |_| 1, account::listen_key_new),
    fapi("PUT", "/fapi/v1/listenKey", "userDataStream.ping", Key, |_| 1, account::listen_key_keep),
    fapi("DELETE", "/fapi/v1/listenKey", "userDataStream.stop", Key, |_| 1, account::listen_key_close),
    fapi("GET", "/fapi/v1/commissionRate", "", Signed, |_| 20, account::commission),
];

/// Older versions that answer the same.
const ALIASES: [(&str, &str); 4] = [
    ("/fapi/v2/account", "/fapi/v3/account"),
    ("/fapi/v2/balance", "/fapi/v3/balance"),
    ("/fapi/v2/positionRisk", "/fapi/v3/positionRisk"),
    ("/fapi/v1/positionRisk", "/fapi/v3/positionRisk"),
];

fn served(world: &World, product: Product) -> bool {
    world.model.listings.iter().any(|listing| listing.product == product)
}

/// The REST route of a path.
pub(super) fn find(world: &World, method: &str, path: &str) -> Option<(Product, &'static Route)> {
    let path = ALIASES.iter().find(|(alias, _)| *alias == path).map_or(path, |(_, path)| path);
    let route = ROUTES.iter().find(|route| route.method == method && route.path == path)?;
    served(world, route.product).then_some((route.product, route))
}

/// The route of a WebSocket API method.
pub(super) fn find_ws(product: Product, method: &str) -> Option<&'static Route> {
    ROUTES.iter().find(|route| route.product == product && !route.ws.is_empty() && route.ws == method)
}
