//! Questions and cancels of all four venues against the request oracles: the same place, the same instrument, the same words.

use crate::common::{listed, ours, session};
use crate::requests::{WALL, ask, oracle};
use serde_json::{Map, Value};
use tidegate_core::order::OrderCmd;
use tidegate_core::units::{InstrumentId, Product, Venue};
use tidegate_core::venues::{Query, codec};

const VENUES: [(Venue, &str, u32); 4] = [
    (Venue::Binance, "binance", 0),
    (Venue::Bybit, "bybit", 2),
    (Venue::Okx, "okx", 4),
    (Venue::Bitget, "bitget", 6),
];
/// When it is asked and how long that holds: each asks at its own, and signs what it asks.
const OWN: [&str; 3] = ["timestamp", "recvWindow", "signature"];
/// Its open orders are narrowed to one symbol; ours are all of an account, so that a foreign one is seen too.
const NARROWER: (&str, [&str; 2]) = ("fetch_open_orders", ["symbol", "instId"]);

fn query_of(method: &str, spot: u32) -> Option<Query> {
    Some(match method {
        "fetch_open_orders" => Query::OpenOrders,
        "fetch_order_book" => Query::Snapshot { instrument: InstrumentId(spot), depth: 50 },
        "fetch_balance" => Query::Balances,
        _ => return None,
    })
}

/// The path, and its parameters as they are written.
fn parts(target: &str) -> (&str, Vec<(&str, &str)>) {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    (path, query.split('&').filter_map(|pair| pair.split_once('=')).collect())
}

#[test]
fn questions_mean_what_the_oracles_mean() {
    let mut compared = 0;
    for (venue, name, spot) in VENUES {
        for row in oracle(name).into_iter().flatten() {
            let method = row["method"].as_str().unwrap();
            let Some(query) = query_of(method, spot) else { continue };
            let (line, _) = ask(venue, Product::Spot, &query);
            let (path, asked) = parts(line.strip_prefix("GET ").unwrap());
            let url = row["url"].as_str().unwrap();
            let (wanted_path, wanted) = parts(&url[url.find(".com/").unwrap() + 4..]);
            assert_eq!((path, "GET"), (wanted_path, row["http_method"].as_str().unwrap()), "{row}");
            for (key, value) in wanted {
                let left_out = OWN.contains(&key) || (method == NARROWER.0 && NARROWER.1.contains(&key));
                assert!(
                    left_out || asked.contains(&(key, value)),
                    "{name} {method}: {key}={value} in {line}"
                );
            }
            compared += 1;
        }
    }
    assert!(compared == 12 || compared == 0, "{compared}");
}

/// Where our frame of a cancel keeps what it says.
fn said(venue: Venue, frame: &Value) -> Map<String, Value> {
    let args = &frame["args"][0];
    let mut said = match venue {
        Venue::Binance => frame["params"].clone(),
        Venue::Bybit | Venue::Okx => args.clone(),
        Venue::Bitget => args["params"].clone(),
        Venue::Bridge => panic!("no oracle speaks the bridge's wire"),
    };
    // Bitget names the instrument beside the parameters.
    for (theirs, ours) in [("symbol", "instId"), ("productType", "instType")] {
        if venue == Venue::Bitget {
            said[theirs] = args[ours].clone();
        }
    }
    said.as_object().unwrap().clone()
}

/// The oracle's cancels name the order by the venue's id, ours by our own; on OKX's socket an instrument is a number.
#[test]
fn cancels_mean_what_the_oracles_mean() {
    let table = listed();
    let mut compared = 0;
    for (venue, name, spot) in VENUES {
        for row in oracle(name).into_iter().flatten().filter(|row| row["method"] == "cancel_order") {
            let linear = row["kind"].as_str().unwrap().starts_with("swap");
            let instrument = &table.0[spot as usize + usize::from(linear)];
            let cmd = OrderCmd::Cancel { client_id: ours(), instrument: instrument.id, venue_id: None };
            let mut out = Vec::new();
            let codec = codec(venue, instrument.product).unwrap();
            codec.encode_order(&cmd, instrument, &session(), WALL, &mut out).unwrap();
            let said = said(venue, &serde_json::from_slice(&out).unwrap());
            let from_query = || {
                let (_, wanted) = parts(row["url"].as_str().unwrap());
                wanted.into_iter().map(|(key, value)| (key.to_owned(), Value::from(value))).collect()
            };
            let from_body = |body| serde_json::from_str::<Map<String, Value>>(body).unwrap();
            let text = row["body"].as_str().map_or_else(from_query, from_body);
            for (key, value) in &text {
                match key.as_str() {
                    "orderId" | "ordId" => assert!(
                        ["origClientOrderId", "orderLinkId", "clOrdId", "clientOid"]
                            .iter()
                            .any(|name| said.get(*name) == Some(&Value::from("TGA70010000010"))),
                        "{said:?}"
                    ),
                    "instId" => assert_eq!(said["instIdCode"], instrument.wire.code),
                    // Bybit's spot orders of one kind alone: what we send is never a stop or a take profit.
                    "orderFilter" => assert_eq!(value, "Order"),
                    key if OWN.contains(&key) => {}
                    key => assert_eq!(said.get(key), Some(value), "{name} {key}"),
                }
            }
            compared += 1;
        }
    }
    assert!(compared == 8 || compared == 0, "{compared}");
}
