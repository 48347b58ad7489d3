//! Binance spot and USDT-M.

use super::super::http::hmac_hex;
use super::super::{SimEffect, SimVenue};
use super::{START, answer, frames, records, state, venue};
use crate::units::Ns;
use serde_json::{Value, json};

const CONFIG: &str = r#"{"venue":"binance","products":["spot","linear"],"seed":7}"#;

fn get(venue: &mut SimVenue, target: &str) -> (u16, Value) {
    let (status, body, _) = answer(&venue.on_http("GET", target, &[], b"", START));
    (status, body)
}

/// Sends a signed request at wall time `at`.
fn signed(venue: &mut SimVenue, method: &str, path: &str, params: &str, at: Ns) -> Vec<SimEffect> {
    let stamp = at / 1_000_000;
    let query = format!("{params}{}timestamp={stamp}", if params.is_empty() { "" } else { "&" });
    let target = format!("{path}?{query}&signature={}", hmac_hex("simsecret", query.as_bytes()));
    venue.on_http(method, &target, &[("X-MBX-APIKEY".into(), "simkey".into())], b"", at)
}

fn best(venue: &mut SimVenue, path: &str) -> (String, String) {
    let (_, book) = get(venue, &format!("{path}?symbol=BTCUSDT&limit=5"));
    (book["bids"][0][0].as_str().unwrap().to_owned(), book["asks"][0][0].as_str().unwrap().to_owned())
}

#[test]
fn public_routes_answer_and_count_their_weight() {
    let (mut venue, _) = venue(CONFIG);
    let info = get(&mut venue, "/api/v3/exchangeInfo").1;
    assert_eq!(info["symbols"].as_array().unwrap().len(), 3);
    let (status, depth, headers) =
        answer(&venue.on_http("GET", "/api/v3/depth?symbol=BTCUSDT&limit=5000", &[], b"", START));
    assert_eq!((status, depth["bids"].as_array().unwrap().len()), (200, 50));
    assert!(headers.contains(&("X-MBX-USED-WEIGHT-1M".into(), "270".into())), "{headers:?}");
    for path in [
        "/api/v3/ping",
        "/api/v3/time",
        "/api/v3/trades?symbol=BTCUSDT",
        "/api/v3/aggTrades?symbol=BTCUSDT",
        "/api/v3/klines?symbol=BTCUSDT&interval=1m&limit=3",
        "/api/v3/ticker/24hr?symbol=BTCUSDT",
        "/api/v3/ticker/bookTicker",
        "/api/v3/ticker/price?symbol=ETHUSDT",
        "/fapi/v1/exchangeInfo",
        "/fapi/v1/depth?symbol=BTCUSDT",
        "/fapi/v1/premiumIndex?symbol=BTCUSDT",
        "/fapi/v1/klines?symbol=BTCUSDT&interval=1h",
        "/fapi/v1/ticker/24hr",
        "/fapi/v1/fundingRate?symbol=BTCUSDT",
    ] {
        assert_eq!(get(&mut venue, path).0, 200, "{path}");
    }
    assert_eq!(
        get(&mut venue, "/api/v3/depth?symbol=NOPE"),
        (400, json!({"code": -1121, "msg": "Invalid symbol."}))
    );
    assert_eq!(get(&mut venue, "/api/v3/nope").0, 404);
}

#[test]
fn klines_ascend_and_align() {
    let (mut venue, _) = venue(CONFIG);
    let rows = get(&mut venue, "/api/v3/klines?symbol=BTCUSDT&interval=1m&limit=3").1;
    let opens: Vec<i64> = rows.as_array().unwrap().iter().map(|row| row[0].as_i64().unwrap()).collect();
    assert_eq!(opens.len(), 3);
    assert!(opens.windows(2).all(|pair| pair[1] - pair[0] == 60_000) && opens[0] % 60_000 == 0);
}

#[test]
fn an_address_beyond_its_weight_is_told_when_to_come_back() {
    let (mut venue, _) = venue(CONFIG);
    let depth = "/api/v3/depth?symbol=BTCUSDT&limit=5000";
    for _ in 0..24 {
        assert_eq!(get(&mut venue, depth).0, 200);
    }
    let (status, body, headers) = answer(&venue.on_http("GET", depth, &[], b"", START));
    assert_eq!((status, body["code"].as_i64()), (429, Some(-1003)));
    assert!(headers.iter().any(|(name, _)| name == "Retry-After"));
    let later = venue.on_http("GET", depth, &[], b"", START + 60_000_000_000);
    assert_eq!(answer(&later).0, 200);
}

/// (target, headers, the code that refuses).
type SignedCase = (String, Vec<(String, String)>, i64);

#[test]
fn signatures_keys_and_times_are_checked() {
    let (mut venue, _) = venue(CONFIG);
    let key = ("X-MBX-APIKEY".to_owned(), "simkey".to_owned());
    let stamp = |shift: i64| START / 1_000_000 + shift;
    let query = |shift: i64| format!("timestamp={}&recvWindow=1500", stamp(shift));
    let sign = |query: &str| {
        format!("/api/v3/account?{query}&signature={}", hmac_hex("simsecret", query.as_bytes()))
    };
    let cases: Vec<SignedCase> = vec![
        (sign(&query(0)), vec![], -2014),
        (sign(&query(0)), vec![("X-MBX-APIKEY".into(), "other".into())], -2015),
        (format!("/api/v3/account?{}&signature=00", query(0)), vec![key.clone()], -1022),
        ("/api/v3/account?signature=00".into(), vec![key.clone()], -1102),
        (sign(&query(1000)), vec![key.clone()], -1021),
        (sign(&query(-1501)), vec![key.clone()], -1021),
        (sign(&format!("timestamp={}&recvWindow=70000", stamp(0))), vec![key.clone()], -1131),
    ];
    for (target, headers, code) in cases {
        let (status, body, _) = answer(&venue.on_http("GET", &target, &headers, b"", START));
        assert!(status >= 400 && body["code"].as_i64() == Some(code), "{target}: {body}");
    }
    for shift in [999, -1500] {
        assert_eq!(
            answer(&venue.on_http("GET", &sign(&query(shift)), std::slice::from_ref(&key), b"", START)).0,
            200
        );
    }
}

#[test]
fn a_spot_ioc_fills_pays_its_fee_in_what_it_receives_and_is_on_record_first() {
    let (mut venue, _) = venue(CONFIG);
    let (_, ask) = best(&mut venue, "/api/v3/depth");
    let params = format!(
        "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=IOC&quantity=0.01&price={ask}&newClientOrderId=TGA7000000001"
    );
    let effects = signed(&mut venue, "POST", "/api/v3/order", &params, START);
    assert!(matches!(effects[0], SimEffect::Record(_)), "the book of record comes first");
    let (status, order, _) = answer(&effects);
    assert_eq!(
        (status, order["status"].as_str(), order["executedQty"].as_str()),
        (200, Some("FILLED"), Some("0.01000000"))
    );
    assert_eq!(order["fills"][0]["commission"], "0.00001000");
    assert_eq!(order["fills"][0]["commissionAsset"], "BTC");
    let text = String::from_utf8(records(&effects)).unwrap();
    let kinds: Vec<Value> =
        text.lines().map(|l| serde_json::from_str::<Value>(l).unwrap()["kind"].clone()).collect();
    assert_eq!(kinds, ["accept", "fill"]);
    let (_, account, _) = answer(&signed(&mut venue, "GET", "/api/v3/account", "", START));
    let btc = account["balances"].as_array().unwrap().iter().find(|b| b["asset"] == "BTC").unwrap();
    assert_eq!(btc["free"], "20.00999000");
}

#[test]
fn a_resting_order_reserves_and_a_cancel_releases() {
    let (mut venue, _) = venue(CONFIG);
    let params =
        "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.5&price=60000&newClientOrderId=rest1";
    let placed = answer(&signed(&mut venue, "POST", "/api/v3/order", params, START)).1;
    assert_eq!(placed["status"], "NEW");
    let again = answer(&signed(&mut venue, "POST", "/api/v3/order", params, START)).1;
    assert_eq!((again["code"].as_i64(), again["msg"].as_str()), (Some(-2010), Some("Duplicate order sent.")));
    let usdt = |venue: &mut SimVenue| {
        let account = answer(&signed(venue, "GET", "/api/v3/account", "", START)).1;
        account["balances"].as_array().unwrap().iter().find(|b| b["asset"] == "USDT").unwrap().clone()
    };
    assert_eq!(
        usdt(&mut venue),
        json!({"asset": "USDT", "free": "970000.00000000", "locked": "30000.00000000"})
    );
    let open = answer(&signed(&mut venue, "GET", "/api/v3/openOrders", "symbol=BTCUSDT", START)).1;
    assert_eq!(open.as_array().unwrap().len(), 1);
    let gone = answer(&signed(
        &mut venue,
        "DELETE",
        "/api/v3/order",
        "symbol=BTCUSDT&origClientOrderId=rest1",
        START,
    ));
    assert_eq!((gone.0, gone.1["status"].as_str()), (200, Some("CANCELED")));
    assert_eq!(usdt(&mut venue)["locked"], "0.00000000");
    let twice = answer(&signed(
        &mut venue,
        "DELETE",
        "/api/v3/order",
        "symbol=BTCUSDT&origClientOrderId=rest1",
        START,
    ));
    assert_eq!(twice.1["code"].as_i64(), Some(-2011));
    let unknown =
        answer(&signed(&mut venue, "GET", "/api/v3/order", "symbol=BTCUSDT&origClientOrderId=never", START));
    assert_eq!(unknown.1["code"].as_i64(), Some(-2013));
}

#[test]
fn filters_and_funds_refuse_with_the_venues_codes() {
    let (mut venue, _) = venue(CONFIG);
    let spot = "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC";
    let cases: &[(&str, String, i64, &str)] = &[
        ("/api/v3/order", format!("{spot}&quantity=0.01&price=60000.001"), -1013, "PRICE_FILTER"),
        ("/api/v3/order", format!("{spot}&quantity=0.000001&price=60000"), -1013, "LOT_SIZE"),
        ("/api/v3/order", format!("{spot}&quantity=0.00001&price=60000"), -1013, "NOTIONAL"),
        ("/api/v3/order", format!("{spot}&quantity=0.01&price=1000"), -1013, "PERCENT_PRICE_BY_SIDE"),
        ("/api/v3/order", format!("{spot}&quantity=100&price=60000"), -2010, "insufficient balance"),
        ("/api/v3/order", format!("{spot}&quantity=0.01&price=0.0000000001"), -1111, "Precision"),
        (
            "/api/v3/order",
            "symbol=BTCUSDT&side=BUY&type=LIMIT_MAKER&quantity=0.01&price=75000".into(),
            -2010,
            "immediately match",
        ),
        ("/fapi/v1/order", format!("{spot}&quantity=0.01&price=66000.01"), -4014, "tick"),
        ("/fapi/v1/order", format!("{spot}&quantity=0.0001&price=66000"), -4023, "step"),
        (
            "/fapi/v1/order",
            format!("{spot}&quantity=0.0001&price=66000&positionSide=LONG"),
            -4061,
            "position side",
        ),
        ("/fapi/v1/order", format!("{spot}&quantity=900&price=66000"), -2019, "Margin"),
        ("/fapi/v1/order", format!("{spot}&quantity=0.01&price=66000&reduceOnly=true"), -2022, "ReduceOnly"),
        (
            "/fapi/v1/order",
            "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTX&quantity=0.01&price=70000".into(),
            -5022,
            "Post Only",
        ),
        (
            "/fapi/v1/order",
            "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=FOK&quantity=900&price=66000".into(),
            -2019,
            "Margin",
        ),
    ];
    for (path, params, code, words) in cases {
        let (status, body, _) = answer(&signed(&mut venue, "POST", path, params, START));
        assert_eq!((status, body["code"].as_i64()), (400, Some(*code)), "{params}: {body}");
        assert!(body["msg"].as_str().unwrap().contains(words), "{body}");
    }
}

#[test]
fn depth_diffs_chain_and_rebuild_the_book() {
    let (mut venue, _) = venue(CONFIG);
    assert!(venue.on_open(1, "/ws", START).is_empty());
    let sub = br#"{"method":"SUBSCRIBE","params":["btcusdt@depth@100ms","btcusdt@trade"],"id":"a1"}"#;
    assert_eq!(frames(&venue.on_frame(1, sub, START), 1), [json!({"result": null, "id": "a1"})]);
    assert!(
        venue.on_open(2, "/public/stream?streams=btcusdt@depth@100ms/btcusdt@bookTicker", START).is_empty()
    );
    let first =
        get(&mut venue, "/api/v3/depth?symbol=BTCUSDT&limit=5000").1["lastUpdateId"].as_u64().unwrap();
    let (mut last, mut diffs, mut linear) = (first, 0, 0);
    for step in 1..=100 {
        let effects = venue.on_timer(START + step * 50_000_000);
        for frame in frames(&effects, 1).iter().filter(|f| f["e"] == "depthUpdate") {
            assert_eq!(frame["U"].as_u64(), Some(last + 1));
            last = frame["u"].as_u64().unwrap();
            diffs += 1;
        }
        linear += frames(&effects, 2).iter().filter(|f| f["stream"] == "btcusdt@depth@100ms").count();
    }
    assert!((45..=51).contains(&diffs) && (45..=51).contains(&linear), "{diffs} {linear}");
    assert_eq!(get(&mut venue, "/api/v3/depth?symbol=BTCUSDT").1["lastUpdateId"].as_u64(), Some(last));
}

#[test]
fn a_chatty_stream_connection_is_cut() {
    let (mut venue, _) = venue(CONFIG);
    venue.on_open(1, "/ws", START);
    let ask = br#"{"method":"LIST_SUBSCRIPTIONS","id":1}"#;
    for _ in 0..5 {
        assert_eq!(frames(&venue.on_frame(1, ask, START), 1).len(), 1);
    }
    assert_eq!(venue.on_frame(1, ask, START), [SimEffect::Hangup { conn: 1 }]);
}

/// A signed request on the WebSocket API; parameters are given in the order of their names.
fn ws_request(id: &str, method: &str, params: &[(&str, &str)]) -> Vec<u8> {
    let stamp = (START / 1_000_000).to_string();
    let mut all: Vec<(&str, &str)> = params.to_vec();
    all.extend([("apiKey", "simkey"), ("timestamp", stamp.as_str())]);
    all.sort_unstable();
    let payload: Vec<String> = all.iter().map(|(k, v)| format!("{k}={v}")).collect();
    let signature = hmac_hex("simsecret", payload.join("&").as_bytes());
    let mut object: serde_json::Map<String, Value> =
        all.iter().map(|(k, v)| ((*k).into(), json!(v))).collect();
    object.insert("timestamp".into(), json!(START / 1_000_000));
    object.insert("signature".into(), json!(signature));
    json!({"id": id, "method": method, "params": object}).to_string().into_bytes()
}

#[test]
fn the_websocket_api_places_orders_and_streams_account_events() {
    let (mut venue, _) = venue(CONFIG);
    venue.on_open(1, "/ws-api/v3", START);
    venue.on_open(2, "/ws-api/v3", START);
    let sub =
        frames(&venue.on_frame(1, &ws_request("s", "userDataStream.subscribe.signature", &[]), START), 1);
    assert_eq!(
        (sub[0]["status"].as_i64(), sub[0]["result"]["subscriptionId"].as_i64()),
        (Some(200), Some(0))
    );
    let (bid, _) = best(&mut venue, "/api/v3/depth");
    let order = [
        ("newClientOrderId", "TGA7000000002"),
        ("price", bid.as_str()),
        ("quantity", "0.01"),
        ("side", "SELL"),
        ("symbol", "BTCUSDT"),
        ("timeInForce", "IOC"),
        ("type", "LIMIT"),
    ];
    let effects = venue.on_frame(2, &ws_request("TGA7000000002", "order.place", &order), START);
    let reply = frames(&effects, 2);
    assert_eq!(
        (reply[0]["id"].as_str(), reply[0]["result"]["status"].as_str()),
        (Some("TGA7000000002"), Some("FILLED"))
    );
    let events: Vec<Value> = frames(&effects, 1).into_iter().map(|f| f["event"].clone()).collect();
    let kinds: Vec<&str> =
        events.iter().map(|e| e["x"].as_str().unwrap_or(e["e"].as_str().unwrap())).collect();
    assert_eq!(kinds, ["NEW", "TRADE", "outboundAccountPosition"]);
    assert_eq!((events[1]["N"].as_str(), events[1]["X"].as_str()), (Some("USDT"), Some("FILLED")));
    let bad =
        br#"{"id":"x","method":"order.place","params":{"apiKey":"simkey","timestamp":1,"signature":"0"}}"#;
    assert_eq!(frames(&venue.on_frame(2, bad, START), 2)[0]["error"]["code"].as_i64(), Some(-1022));
}

#[test]
fn linear_positions_average_in_and_realise_out() {
    let (mut venue, _) = venue(CONFIG);
    let key = answer(&venue.on_http(
        "POST",
        "/fapi/v1/listenKey",
        &[("X-MBX-APIKEY".into(), "simkey".into())],
        b"",
        START,
    ))
    .1;
    let key = key["listenKey"].as_str().unwrap().to_owned();
    assert!(venue.on_open(9, &format!("/private/ws?listenKey={key}"), START).is_empty());
    assert_eq!(venue.on_open(10, "/private/ws?listenKey=none", START), [SimEffect::Hangup { conn: 10 }]);
    let order = |side: &str, qty: &str| {
        format!("symbol=BTCUSDT&side={side}&type=MARKET&quantity={qty}&newOrderRespType=RESULT")
    };
    let bought = signed(&mut venue, "POST", "/fapi/v1/order", &order("BUY", "0.1"), START);
    let price: f64 = answer(&bought).1["avgPrice"].as_str().unwrap().parse().unwrap();
    let names: Vec<String> = frames(&bought, 9).iter().map(|f| f["e"].as_str().unwrap().to_owned()).collect();
    assert_eq!(names.last().unwrap(), "ACCOUNT_UPDATE");
    assert_eq!(names[0], "ORDER_TRADE_UPDATE");
    let risk = answer(&signed(&mut venue, "GET", "/fapi/v3/positionRisk", "symbol=BTCUSDT", START)).1;
    assert_eq!((risk[0]["positionAmt"].as_str(), risk[0]["leverage"].as_str()), (Some("0.100"), Some("10")));
    let entry: f64 = risk[0]["entryPrice"].as_str().unwrap().parse().unwrap();
    assert!((entry - price).abs() < 1e-6);
    let sold = answer(&signed(&mut venue, "POST", "/fapi/v1/order", &order("SELL", "0.1"), START)).1;
    assert_eq!(sold["status"], "FILLED");
    let trades = answer(&signed(&mut venue, "GET", "/fapi/v1/userTrades", "symbol=BTCUSDT", START)).1;
    let sum = |field: &str| -> f64 {
        trades.as_array().unwrap().iter().map(|t| t[field].as_str().unwrap().parse::<f64>().unwrap()).sum()
    };
    let balance = answer(&signed(&mut venue, "GET", "/fapi/v3/balance", "", START)).1;
    let total: f64 = balance[0]["balance"].as_str().unwrap().parse().unwrap();
    assert!((total - (1_000_000.0 + sum("realizedPnl") - sum("commission"))).abs() < 1e-6);
    assert_eq!(balance[0]["availableBalance"], balance[0]["balance"]);
}

#[test]
fn a_restart_finds_the_same_accounts_orders_and_history() {
    let (mut first, mut book) = venue(CONFIG);
    for (path, params) in [
        ("/api/v3/order", "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.7".to_owned()),
        (
            "/api/v3/order",
            "symbol=ETHUSDT&side=SELL&type=LIMIT&timeInForce=GTC&quantity=2&price=3900&newClientOrderId=keep"
                .into(),
        ),
        ("/api/v3/order", "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=IOC&quantity=1&price=60000".into()),
        ("/fapi/v1/order", "symbol=ETHUSDT&side=SELL&type=MARKET&quantity=3".into()),
        ("/fapi/v1/leverage", "symbol=ETHUSDT&leverage=5".into()),
    ] {
        let effects = signed(&mut first, "POST", path, &params, START);
        assert_eq!(answer(&effects).0, 200, "{params}");
        book.extend(records(&effects));
    }
    let mut second = SimVenue::new(CONFIG.as_bytes()).unwrap();
    assert_eq!(second.restore(&book), book.len());
    assert!(records(&second.start(START)).is_empty(), "nothing is funded twice");
    for (path, params) in [
        ("/api/v3/account", ""),
        ("/api/v3/openOrders", ""),
        ("/api/v3/myTrades", "symbol=BTCUSDT"),
        ("/api/v3/allOrders", "symbol=BTCUSDT"),
        ("/api/v3/order", "symbol=ETHUSDT&origClientOrderId=keep"),
        ("/fapi/v1/userTrades", "symbol=ETHUSDT"),
        ("/fapi/v3/balance", ""),
    ] {
        let want = answer(&signed(&mut first, "GET", path, params, START)).1;
        assert_eq!(answer(&signed(&mut second, "GET", path, params, START)).1, want, "{path}");
    }
    assert_eq!(state(&first), state(&second));
    let torn = &book[..book.len() - 3];
    let mut third = SimVenue::new(CONFIG.as_bytes()).unwrap();
    let whole = torn.iter().rposition(|b| *b == b'\n').unwrap() + 1;
    assert_eq!(third.restore(torn), whole);
}
