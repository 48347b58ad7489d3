//! Order entry on `/v5/trade`: the order routes again, in a frame.

use super::fault::Fault;
use super::{Answer, Call, auth, limit, orders};
use crate::sim::dialect::{Answers, Conn, World};
use crate::sim::http::Params;
use crate::sim::json::{Raw, array, object};
use serde::Deserialize;
use std::collections::BTreeMap;

/// Request ids remembered per connection; a repeated one is refused.
const REQUEST_IDS_MAX: usize = 4096;

#[derive(Deserialize)]
struct Frame {
    #[serde(default, rename = "reqId")]
    request: String,
    #[serde(default)]
    header: BTreeMap<String, String>,
    op: String,
    #[serde(default)]
    args: Vec<serde_json::Value>,
}

pub(super) fn frame(world: &mut World, conn: &mut Conn, payload: &[u8]) -> Answers {
    let Ok(frame) = serde_json::from_slice::<Frame>(payload) else {
        return Answers::one(answer("", "", &[], Err(Fault::param("not a json object"))).0);
    };
    match frame.op.as_str() {
        "ping" => {
            let data = [world.ms().to_string()];
            let body =
                object! {"retCode" => 0, "retMsg" => "OK", "op" => "pong", "data" => data, "connId" => "sim"};
            Answers::one(body.0)
        }
        "auth" => match auth::socket(world, &frame.args) {
            Ok(account) => {
                conn.account = Some(account);
                Answers::one(object! {"retCode" => 0, "retMsg" => "OK", "op" => "auth", "connId" => "sim"}.0)
            }
            Err(fault) => {
                let body = object! {
                    "retCode" => fault.code, "retMsg" => fault.message.as_ref(), "op" => "auth", "connId" => "sim",
                };
                Answers { frames: vec![body.0], hangup: true }
            }
        },
        _ => {
            let mut headers = Vec::new();
            let outcome = run(world, conn, &frame, &mut headers);
            headers.push(("Timenow".to_owned(), world.ms().to_string()));
            Answers::one(answer(&frame.request, &frame.op, &headers, outcome).0)
        }
    }
}

fn run(world: &mut World, conn: &mut Conn, frame: &Frame, headers: &mut Vec<(String, String)>) -> Answer {
    let account = conn.account.ok_or(Fault::KEY)?;
    let (budget, run): (&str, fn(&mut Call<'_>) -> Answer) = match frame.op.as_str() {
        "order.create" => ("create", orders::create),
        "order.cancel" => ("cancel", orders::cancel),
        _ => return Err(Fault::param("op")),
    };
    if !frame.request.is_empty() && !remember(conn, &frame.request) {
        return Err(Fault::REPEATED_ID);
    }
    let header = |name: &str| frame.header.get(name).map_or("", String::as_str);
    auth::in_window(world, header("X-BAPI-TIMESTAMP"), header("X-BAPI-RECV-WINDOW"))?;
    let [serde_json::Value::Object(args)] = frame.args.as_slice() else { return Err(Fault::param("args")) };
    let params = Params::of_json(args);
    let mut call = Call { world, account, params: &params };
    limit(&mut call, budget, headers)?;
    run(&mut call)
}

/// False when the connection has used the id before.
fn remember(conn: &mut Conn, id: &str) -> bool {
    if conn.recent.iter().any(|known| known == id) {
        return false;
    }
    if conn.recent.len() == REQUEST_IDS_MAX {
        conn.recent.pop_front();
    }
    conn.recent.push_back(id.to_owned());
    true
}

fn answer(request: &str, op: &str, headers: &[(String, String)], outcome: Answer) -> Raw {
    let (code, message, data) = match outcome {
        Ok(data) => (0, "OK".to_owned(), data),
        Err(fault) => (fault.code, fault.message.into_owned(), object! {}),
    };
    let header = array(headers.iter().map(|(name, value)| Raw(format!("\"{name}\":\"{value}\""))));
    let header = Raw(format!("{{{}}}", &header.0[1..header.0.len() - 1]));
    object! {
        "reqId" => request, "retCode" => code, "retMsg" => message, "op" => op, "data" => data,
        "retExtInfo" => object! {}, "header" => header, "connId" => "sim",
    }
}
