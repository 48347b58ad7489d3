//! The WebSocket API: the route table again, plus the user data subscription.

use super::fault::Fault;
use super::routes::{self, Access, Route};
use super::{Answer, Call, WEIGHT, auth, index};
use crate::sim::dialect::{Answers, Conn, World};
use crate::sim::http::Params;
use crate::sim::json::{Raw, object};
use crate::units::Product;
use serde::Deserialize;

#[derive(Deserialize)]
struct Request {
    id: serde_json::Value,
    method: String,
    #[serde(default)]
    params: serde_json::Map<String, serde_json::Value>,
}

/// Signed like a request, but it changes the connection instead of the model.
static SUBSCRIBE: Route = Route {
    product: Product::Spot,
    method: "",
    path: "",
    ws: "userDataStream.subscribe.signature",
    access: Access::Signed,
    weight: |_| 2,
    places: false,
    run: |_| Ok(object! {"subscriptionId" => 0}),
};

pub(super) fn frame(world: &mut World, conn: &mut Conn, payload: &[u8]) -> Answers {
    let Ok(request) = serde_json::from_slice::<Request>(payload) else {
        let fault = Fault::invalid(-1135, "Invalid JSON Request");
        return Answers::one(answer("null", Product::Spot, 0, Err(fault)).0);
    };
    let product = conn.product.unwrap_or(Product::Spot);
    let params = Params::of_json(&request.params);
    let id = request.id.to_string();
    let (used, outcome) = run(world, conn, product, &request.method, &params);
    Answers::one(answer(&id, product, used, outcome).0)
}

fn run(world: &mut World, conn: &mut Conn, product: Product, method: &str, params: &Params) -> (u32, Answer) {
    let subscribes = product == Product::Spot && method == SUBSCRIBE.ws;
    let route = if subscribes { Some(&SUBSCRIBE) } else { routes::find_ws(product, method) };
    let budget = WEIGHT[index(product)];
    let weight = route.map_or(1, |route| (route.weight)(params));
    let drawn = world.meters.draw(product.name(), budget, weight, world.now);
    if !drawn.allowed {
        return (drawn.used, Err(Fault::too_many(budget.limit)));
    }
    if method == "userDataStream.unsubscribe" && product == Product::Spot {
        conn.subscriptions.clear();
        return (drawn.used, Ok(object! {}));
    }
    let Some(route) = route else {
        return (drawn.used, Err(Fault::invalid(-1106, "Method is invalid")));
    };
    let outcome = auth::ws(world, route, params).and_then(|account| {
        super::count_order(world, product, account, route, &mut Vec::new())?;
        if subscribes {
            conn.account = Some(account);
            conn.subscriptions.insert(super::user::TOPIC.to_owned());
        }
        (route.run)(&mut Call { world, product, account, params })
    });
    (drawn.used, outcome)
}

fn answer(id: &str, product: Product, used: u32, outcome: Answer) -> Raw {
    let limits = [object! {
        "rateLimitType" => "REQUEST_WEIGHT", "interval" => "MINUTE", "intervalNum" => 1,
        "limit" => WEIGHT[index(product)].limit, "count" => used,
    }];
    let id = Raw(id.to_owned());
    match outcome {
        Ok(result) => object! {"id" => id, "status" => 200, "result" => result, "rateLimits" => limits},
        Err(fault) => {
            object! {"id" => id, "status" => fault.status, "error" => fault.body(), "rateLimits" => limits}
        }
    }
}
