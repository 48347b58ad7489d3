//! Bybit v5.

use super::super::http::hmac_hex;
use super::super::{SimEffect, SimVenue};
use super::{START, answer, frames, venue};
use serde_json::{Value, json};

const CONFIG: &str = r#"{"venue":"bybit","products":["spot","linear"],"seed":7}"#;

fn headers(payload: &str) -> Vec<(String, String)> {
    let stamp = (START / 1_000_000).to_string();
    let signature = hmac_hex("simsecret", format!("{stamp}simkey5000{payload}").as_bytes());
    let rows = [
        ("X-BAPI-API-KEY", "simkey"),
        ("X-BAPI-TIMESTAMP", &stamp),
        ("X-BAPI-RECV-WINDOW", "5000"),
        ("X-BAPI-SIGN", &signature),
    ];
    rows.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
}

fn post(venue: &mut SimVenue, path: &str, body: &Value) -> Value {
    let text = body.to_string();
    answer(&venue.on_http("POST", path, &headers(&text), text.as_bytes(), START)).1
}

fn get(venue: &mut SimVenue, path: &str, query: &str) -> Value {
    answer(&venue.on_http("GET", &format!("{path}?{query}"), &headers(query), b"", START)).1
}

fn order(category: &str, side: &str, qty: &str, price: &str, tif: &str, link: &str) -> Value {
    json!({
        "category": category, "symbol": "BTCUSDT", "side": side, "orderType": "Limit", "qty": qty, "price": price,
        "timeInForce": tif, "orderLinkId": link,
    })
}

/// Adds up a decimal field of a list; floats are good enough for a comparison within a millionth.
fn sum(list: &Value, field: &str) -> f64 {
    list.as_array().unwrap().iter().map(|row| row[field].as_str().unwrap().parse::<f64>().unwrap()).sum()
}

#[test]
fn every_route_answers_in_the_envelope() {
    let (mut venue, _) = venue(CONFIG);
    for (path, query) in [
        ("/v5/market/time", ""),
        ("/v5/market/instruments-info", "category=linear"),
        ("/v5/market/instruments-info", "category=spot&symbol=ETHUSDT"),
        ("/v5/market/orderbook", "category=spot&symbol=BTCUSDT&limit=50"),
        ("/v5/market/tickers", "category=linear"),
        ("/v5/market/recent-trade", "category=spot&symbol=BTCUSDT"),
        ("/v5/market/kline", "category=linear&symbol=BTCUSDT&interval=60&limit=5"),
        ("/v5/market/funding/history", "category=linear&symbol=BTCUSDT"),
        ("/v5/order/realtime", "category=linear&settleCoin=USDT"),
        ("/v5/order/history", "category=spot"),
        ("/v5/execution/list", "category=spot&limit=100"),
        ("/v5/position/list", "category=linear&settleCoin=USDT"),
        ("/v5/account/wallet-balance", "accountType=UNIFIED"),
        ("/v5/account/fee-rate", "category=spot&symbol=BTCUSDT"),
        ("/v5/account/info", ""),
        ("/v5/user/query-api", ""),
    ] {
        let body = get(&mut venue, path, query);
        assert_eq!(
            (body["retCode"].as_i64(), body["time"].as_i64()),
            (Some(0), Some(START / 1_000_000)),
            "{path}: {body}"
        );
    }
    let bars = get(&mut venue, "/v5/market/kline", "category=linear&symbol=BTCUSDT&interval=60&limit=5");
    let opens: Vec<i64> = bars["result"]["list"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row[0].as_str().unwrap().parse().unwrap())
        .collect();
    assert!(opens.len() == 5 && opens.windows(2).all(|pair| pair[0] - pair[1] == 3_600_000), "newest first");
}

#[test]
fn refusals_carry_the_codes_of_their_category() {
    let (mut venue, _) = venue(CONFIG);
    let cases: &[(Value, i64)] = &[
        (order("spot", "Buy", "0.01", "60000.05", "GTC", "a"), 170_134),
        (order("spot", "Buy", "0.0000001", "60000", "GTC", "b"), 170_137),
        (order("spot", "Buy", "0.00001", "60000", "GTC", "c"), 170_140),
        (order("spot", "Buy", "80", "60000", "GTC", "d"), 170_131),
        (order("spot", "Buy", "0.01", "1000", "GTC", "e"), 170_132),
        (order("linear", "Buy", "0.01", "66000.05", "GTC", "f"), 110_003),
        (order("linear", "Buy", "0.0001", "66000", "GTC", "g"), 10_001),
        (order("linear", "Buy", "1000", "66000", "GTC", "h"), 110_007),
        (order("option", "Buy", "1", "66000", "GTC", "i"), 10_001),
        (order("spot", "Hold", "1", "66000", "GTC", "j"), 10_001),
    ];
    for (body, code) in cases {
        assert_eq!(post(&mut venue, "/v5/order/create", body)["retCode"].as_i64(), Some(*code), "{body}");
    }
    let rest = order("linear", "Buy", "0.01", "66000", "GTC", "once");
    assert_eq!(post(&mut venue, "/v5/order/create", &rest)["retCode"], 0);
    let cancel = json!({"category": "linear", "symbol": "BTCUSDT", "orderLinkId": "once"});
    assert_eq!(post(&mut venue, "/v5/order/cancel", &cancel)["retCode"], 0);
    assert_eq!(post(&mut venue, "/v5/order/cancel", &cancel)["retCode"], 110_010);
    assert_eq!(post(&mut venue, "/v5/order/create", &rest)["retCode"], 110_072, "an id is never free again");
    let never = json!({"category": "spot", "symbol": "BTCUSDT", "orderLinkId": "never"});
    assert_eq!(post(&mut venue, "/v5/order/cancel", &never)["retCode"], 170_213);
}

#[test]
fn keys_signatures_times_and_rates_are_checked() {
    let (mut venue, _) = venue(CONFIG);
    let ask = |venue: &mut SimVenue, change: fn(&mut [(String, String)])| {
        let mut rows = headers("");
        change(&mut rows);
        answer(&venue.on_http("GET", "/v5/account/info", &rows, b"", START)).1["retCode"].as_i64().unwrap()
    };
    assert_eq!(ask(&mut venue, |_| {}), 0);
    assert_eq!(ask(&mut venue, |rows| rows[0].1 = "other".into()), 10_003);
    assert_eq!(ask(&mut venue, |rows| rows[3].1 = "00".into()), 10_004);
    let late = headers("");
    let later = venue.on_http("GET", "/v5/account/info", &late, b"", START + 5_001_000_000);
    assert_eq!(answer(&later).1["retCode"], 10_002);
    let body = order("linear", "Buy", "0.01", "66000", "GTC", "").to_string();
    for turn in 0..11 {
        let effects = venue.on_http("POST", "/v5/order/create", &headers(&body), body.as_bytes(), START);
        let (_, reply, sent) = answer(&effects);
        let left = sent.iter().find(|(name, _)| name == "X-Bapi-Limit-Status").unwrap();
        assert_eq!(left.1, (9_i64 - turn).max(0).to_string());
        assert_eq!(reply["retCode"], if turn < 10 { 0 } else { 10_006 });
    }
}

#[test]
fn one_wallet_serves_both_categories_and_market_buys_count_in_quote() {
    let (mut venue, _) = venue(CONFIG);
    let buy = json!({
        "category": "spot", "symbol": "BTCUSDT", "side": "Buy", "orderType": "Market", "qty": "7000",
    });
    assert_eq!(post(&mut venue, "/v5/order/create", &buy)["retCode"], 0);
    let done = get(&mut venue, "/v5/execution/list", "category=spot")["result"]["list"].clone();
    let value = sum(&done, "execValue");
    assert!((6900.0..=7000.0).contains(&value), "{done}");
    let done = &done[0];
    assert_eq!(done["feeCurrency"], "BTC");
    let short = json!({
        "category": "linear", "symbol": "BTCUSDT", "side": "Sell", "orderType": "Market", "qty": "0.1",
    });
    assert_eq!(post(&mut venue, "/v5/order/create", &short)["retCode"], 0);
    let position =
        get(&mut venue, "/v5/position/list", "category=linear&symbol=BTCUSDT")["result"]["list"][0].clone();
    assert_eq!((position["side"].as_str(), position["size"].as_str()), (Some("Sell"), Some("0.1")));
    let wallet =
        get(&mut venue, "/v5/account/wallet-balance", "accountType=UNIFIED")["result"]["list"][0].clone();
    let usdt = wallet["coin"].as_array().unwrap().iter().find(|c| c["coin"] == "USDT").unwrap();
    let fee = sum(&get(&mut venue, "/v5/execution/list", "category=linear")["result"]["list"], "execFee");
    let balance: f64 = usdt["walletBalance"].as_str().unwrap().parse().unwrap();
    assert!((balance - (1_000_000.0 - value - fee)).abs() < 1e-6);
}

#[test]
fn post_only_that_would_take_is_accepted_and_ends_on_the_stream() {
    let (mut venue, _) = venue(CONFIG);
    venue.on_open(1, "/v5/private", START);
    let expires = START / 1_000_000 + 1000;
    let signature = hmac_hex("simsecret", format!("GET/realtime{expires}").as_bytes());
    let auth = json!({"op": "auth", "args": ["simkey", expires, signature]}).to_string();
    assert_eq!(frames(&venue.on_frame(1, auth.as_bytes(), START), 1)[0]["success"], true);
    venue.on_frame(1, br#"{"op":"subscribe","args":["order","wallet"]}"#, START);
    let body = order("linear", "Buy", "0.01", "70000", "PostOnly", "po").to_string();
    let effects = venue.on_http("POST", "/v5/order/create", &headers(&body), body.as_bytes(), START);
    assert_eq!(answer(&effects).1["retCode"], 0);
    let last = frames(&effects, 1).into_iter().rfind(|f| f["topic"] == "order").unwrap();
    assert_eq!(last["data"][0]["orderStatus"], "Rejected");
    assert_eq!(last["data"][0]["rejectReason"], "EC_PostOnlyWillTakeLiquidity");
}

#[test]
fn sockets_refuse_what_they_do_not_serve() {
    let (mut venue, _) = venue(CONFIG);
    assert_eq!(venue.on_open(1, "/v5/public/option", START), [SimEffect::Hangup { conn: 1 }]);
    venue.on_open(2, "/v5/public/linear", START);
    let ask = |venue: &mut SimVenue, frame: &str| frames(&venue.on_frame(2, frame.as_bytes(), START), 2);
    let bad = ask(&mut venue, r#"{"req_id":"1","op":"subscribe","args":["orderbook.500.BTCUSDT"]}"#);
    assert_eq!((bad[0]["success"].as_bool(), bad.len()), (Some(false), 1));
    assert_eq!(ask(&mut venue, r#"{"op":"ping","req_id":"7"}"#)[0]["ret_msg"], "pong");
    let good = ask(&mut venue, r#"{"op":"subscribe","args":["orderbook.50.BTCUSDT","tickers.BTCUSDT"]}"#);
    let kinds: Vec<&str> = good.iter().map(|f| f["type"].as_str().unwrap_or("ack")).collect();
    assert_eq!(kinds, ["ack", "snapshot", "snapshot"]);
    venue.on_open(3, "/v5/private", START);
    let early = frames(&venue.on_frame(3, br#"{"op":"subscribe","args":["order"]}"#, START), 3);
    assert_eq!(early[0]["success"], false);
    let forged =
        frames(&venue.on_frame(3, br#"{"op":"auth","args":["simkey",9999999999999,"00"]}"#, START), 3);
    assert_eq!(forged[0]["success"], false);
}

#[test]
fn the_trade_socket_wants_a_login_a_fresh_time_and_new_request_ids() {
    let (mut venue, _) = venue(CONFIG);
    venue.on_open(1, "/v5/trade", START);
    let stamp = START / 1_000_000;
    let send = |venue: &mut SimVenue, id: &str, stamp: i64| {
        let body = order("spot", "Buy", "0.01", "60000", "GTC", id);
        let header = json!({"X-BAPI-TIMESTAMP": stamp.to_string(), "X-BAPI-RECV-WINDOW": "1500"});
        let frame = json!({"reqId": id, "header": header, "op": "order.create", "args": [body]}).to_string();
        frames(&venue.on_frame(1, frame.as_bytes(), START), 1)[0].clone()
    };
    assert_eq!(send(&mut venue, "r0", stamp)["retCode"], 10_003);
    let expires = stamp + 1000;
    let signature = hmac_hex("simsecret", format!("GET/realtime{expires}").as_bytes());
    let auth = json!({"op": "auth", "args": ["simkey", expires, signature]}).to_string();
    assert_eq!(frames(&venue.on_frame(1, auth.as_bytes(), START), 1)[0]["retCode"], 0);
    let placed = send(&mut venue, "r1", stamp);
    assert_eq!((placed["retCode"].as_i64(), placed["data"]["orderLinkId"].as_str()), (Some(0), Some("r1")));
    assert_eq!(placed["header"]["X-Bapi-Limit"], "20");
    assert_eq!(send(&mut venue, "r1", stamp)["retCode"], 20_006);
    assert_eq!(send(&mut venue, "r2", stamp - 1501)["retCode"], 10_002);
}
