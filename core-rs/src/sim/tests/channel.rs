//! OKX v5 and Bitget v2: what their answers, sockets and refusals look like.

use super::super::http::hmac_base64;
use super::super::{SimEffect, SimVenue};
use super::{START, answer, frames, venue};
use crate::sim::model::listings;
use crate::units::{Product, Venue};
use serde_json::{Value, json};

const OKX: &str = r#"{"venue":"okx","products":["spot","linear"],"seed":7}"#;
const BITGET: &str = r#"{"venue":"bitget","products":["spot","linear"],"seed":7}"#;
const MS: i64 = START / 1_000_000;
/// `START` as OKX writes it.
const ISO: &str = "2026-09-21T14:13:20.000Z";

fn headers(okx: bool, method: &str, target: &str, body: &str) -> Vec<(String, String)> {
    let (prefix, time) = if okx { ("OK-", ISO.to_owned()) } else { ("", MS.to_string()) };
    let signature = hmac_base64("simsecret", format!("{time}{method}{target}{body}").as_bytes());
    [("KEY", "simkey"), ("SIGN", &signature), ("TIMESTAMP", &time), ("PASSPHRASE", "simpass")]
        .map(|(name, value)| (format!("{prefix}ACCESS-{name}"), value.to_owned()))
        .into()
}

fn ask(venue: &mut SimVenue, okx: bool, method: &str, target: &str, body: &str) -> (u16, Value) {
    let headers = headers(okx, method, target, body);
    let (status, body, _) = answer(&venue.on_http(method, target, &headers, body.as_bytes(), START));
    (status, body)
}

#[test]
fn every_route_answers_in_the_envelope() {
    let symbol = "symbol=BTCUSDT";
    let futures = "productType=USDT-FUTURES";
    let (mut okx, _) = venue(OKX);
    for target in [
        "/api/v5/public/time",
        "/api/v5/public/instruments?instType=SWAP",
        "/api/v5/public/funding-rate?instId=BTC-USDT-SWAP",
        "/api/v5/market/books?instId=BTC-USDT&sz=50",
        "/api/v5/market/ticker?instId=BTC-USDT",
        "/api/v5/market/tickers?instType=SPOT",
        "/api/v5/market/trades?instId=BTC-USDT",
        "/api/v5/market/candles?instId=BTC-USDT-SWAP&bar=1H&limit=5",
        "/api/v5/account/balance",
        "/api/v5/account/positions?instType=SWAP",
        "/api/v5/account/config",
        "/api/v5/trade/orders-pending?instType=SPOT",
        "/api/v5/trade/orders-history?instType=SPOT",
        "/api/v5/trade/fills?instType=SWAP",
    ] {
        let (status, body) = ask(&mut okx, true, "GET", target, "");
        assert_eq!((status, body["code"].as_str()), (200, Some("0")), "{target}: {body}");
        assert!(body["data"].is_array(), "{target}");
    }
    let (mut bitget, _) = venue(BITGET);
    let targets = [
        "/api/v2/public/time".to_owned(),
        "/api/v2/spot/public/symbols".to_owned(),
        format!("/api/v2/mix/market/contracts?{futures}"),
        format!("/api/v2/spot/market/orderbook?{symbol}&limit=50"),
        format!("/api/v2/mix/market/merge-depth?{futures}&{symbol}&limit=50"),
        format!("/api/v2/spot/market/tickers?{symbol}"),
        format!("/api/v2/mix/market/ticker?{futures}&{symbol}"),
        format!("/api/v2/spot/market/candles?{symbol}&granularity=1min&limit=5"),
        format!("/api/v2/mix/market/candles?{futures}&{symbol}&granularity=1H"),
        format!("/api/v2/mix/market/current-fund-rate?{futures}&{symbol}"),
        "/api/v2/spot/account/assets".to_owned(),
        format!("/api/v2/mix/account/accounts?{futures}"),
        format!("/api/v2/mix/position/all-position?{futures}&marginCoin=USDT"),
        "/api/v2/spot/trade/unfilled-orders".to_owned(),
        format!("/api/v2/mix/order/orders-pending?{futures}"),
        format!("/api/v2/mix/order/fills?{futures}&{symbol}"),
    ];
    for target in targets {
        let (status, body) = ask(&mut bitget, false, "GET", &target, "");
        assert_eq!((status, body["code"].as_str()), (200, Some("00000")), "{target}: {body}");
    }
}

#[test]
fn keys_passphrases_signatures_and_times_are_checked() {
    for (config, okx, target, codes) in [
        (OKX, true, "/api/v5/account/balance", ["50111", "50113", "50102", "50105"]),
        (BITGET, false, "/api/v2/spot/account/assets", ["40006", "40009", "40008", "40012"]),
    ] {
        let (mut venue, _) = venue(config);
        for (index, code) in codes.iter().enumerate() {
            let mut rows = headers(okx, "GET", target, "");
            let mut at = START;
            match index {
                0 => rows[0].1 = "other".into(),
                1 => rows[1].1 = "AAAA".into(),
                2 => at += 31_000_000_000,
                _ => rows[3].1 = "other".into(),
            }
            let (status, body, _) = answer(&venue.on_http("GET", target, &rows, b"", at));
            assert_eq!((body["code"].as_str(), status), (Some(*code), if okx { 401 } else { 400 }));
        }
    }
}

#[test]
fn a_swap_is_listed_and_traded_in_contracts() {
    let (mut venue, _) = venue(OKX);
    let (_, body) = ask(&mut venue, true, "GET", "/api/v5/public/instruments?instType=SWAP", "");
    let swap = &body["data"][0];
    assert_eq!(
        (&swap["instId"], &swap["ctVal"], &swap["lotSz"]),
        (&json!("BTC-USDT-SWAP"), &json!("0.01"), &json!("0.01"))
    );
    let order = json!({
        "instId": "BTC-USDT-SWAP", "tdMode": "cross", "side": "buy", "ordType": "market", "sz": "1.5", "clOrdId": "a1",
    });
    let (_, body) = ask(&mut venue, true, "POST", "/api/v5/trade/order", &order.to_string());
    assert_eq!(body["data"][0]["sCode"], "0", "{body}");
    let (_, body) = ask(&mut venue, true, "GET", "/api/v5/account/positions", "");
    assert_eq!((&body["data"][0]["pos"], &body["data"][0]["posSide"]), (&json!("1.5"), &json!("net")));
    let index = listings(Venue::Okx, Product::Spot).len();
    // 1.5 contracts of 0.01 are 0.015 BTC.
    assert_eq!(venue.model().accounts[0].position(index).qty, 150);
}

/// An order that goes wrong in one way, and the code that says so.
type Wrong = (&'static str, &'static str, &'static str);

#[test]
fn refusals_have_their_codes() {
    let okx = json!({
        "instId": "BTC-USDT", "tdMode": "cash", "side": "buy", "ordType": "limit", "sz": "0.01", "px": "66000", "clOrdId": "x1",
    });
    let bitget = json!({
        "symbol": "BTCUSDT", "side": "buy", "orderType": "limit", "force": "gtc", "size": "0.01", "price": "66000",
        "clientOid": "x1",
    });
    let cases: [(&str, bool, &str, Value, &[Wrong]); 2] = [
        (
            OKX,
            true,
            "/api/v5/trade/order",
            okx,
            &[
                ("px", "66000.05", "51000"),
                ("px", "1", "51006"),
                ("sz", "0.0000001", "51121"),
                ("sz", "90", "51008"),
                ("clOrdId", "with-dash", "51000"),
                ("tdMode", "cross", "51000"),
                ("instId", "NOPE-USDT", "51001"),
            ],
        ),
        (
            BITGET,
            false,
            "/api/v2/spot/trade/place-order",
            bitget,
            &[
                ("price", "66000.005", "40808"),
                ("price", "1", "43009"),
                ("size", "0.0000001", "40808"),
                ("size", "0.000001", "43027"),
                ("size", "90", "43012"),
                ("symbol", "NOPEUSDT", "40034"),
            ],
        ),
    ];
    for (config, is_okx, target, order, wrong) in cases {
        let (mut venue, _) = venue(config);
        for (field, value, code) in wrong {
            let mut bad = order.clone();
            bad[*field] = json!(value);
            let (_, body) = ask(&mut venue, is_okx, "POST", target, &bad.to_string());
            // OKX tells in the order's row, under an outer code of 1.
            let told = if is_okx { &body["data"][0]["sCode"] } else { &body["code"] };
            assert_eq!((told, &body["code"] == "0"), (&json!(code), false), "{field} {value}: {body}");
        }
        for want in [if is_okx { "0" } else { "00000" }, if is_okx { "51016" } else { "43118" }] {
            let (_, body) = ask(&mut venue, is_okx, "POST", target, &order.to_string());
            let told = if is_okx { &body["data"][0]["sCode"] } else { &body["code"] };
            assert_eq!(told, want, "{body}");
        }
    }
}

fn send(venue: &mut SimVenue, conn: u64, frame: &Value) -> Vec<Value> {
    frames(&venue.on_frame(conn, frame.to_string().as_bytes(), START), conn)
}

fn log_in(venue: &mut SimVenue, conn: u64, path: &str) -> Value {
    let time = (MS / 1000).to_string();
    let signature = hmac_base64("simsecret", format!("{time}GET{path}").as_bytes());
    let args = json!([{"apiKey": "simkey", "passphrase": "simpass", "timestamp": time, "sign": signature}]);
    send(venue, conn, &json!({"op": "login", "args": args}))[0].clone()
}

#[test]
fn sockets_answer_text_pings_and_refuse_what_they_do_not_serve() {
    for (config, public, private, path, wrong) in [
        (
            OKX,
            "/ws/v5/public",
            "/ws/v5/private",
            "/users/self/verify",
            json!({"channel": "books", "instId": "NOPE"}),
        ),
        (
            BITGET,
            "/v2/ws/public",
            "/v2/ws/private",
            "/user/verify",
            json!({"instType": "SPOT", "channel": "books", "instId": "NOPE"}),
        ),
    ] {
        let (mut venue, _) = venue(config);
        assert_eq!(venue.on_open(9, "/nowhere", START), [SimEffect::Hangup { conn: 9 }]);
        venue.on_open(1, public, START);
        let pong = venue.on_frame(1, b"ping", START);
        assert_eq!(pong, [SimEffect::Frame { conn: 1, data: b"pong".to_vec() }]);
        assert_eq!(send(&mut venue, 1, &json!({"op": "subscribe", "args": [wrong]}))[0]["event"], "error");
        venue.on_open(2, private, START);
        let topic = json!({"instType": "SPOT", "channel": "orders", "instId": "default"});
        let early = send(&mut venue, 2, &json!({"op": "subscribe", "args": [topic]}));
        assert_eq!(early[0]["event"], "error");
        assert_eq!(log_in(&mut venue, 2, path)["code"], "0");
        assert_eq!(
            send(&mut venue, 2, &json!({"op": "subscribe", "args": [topic]}))[0]["event"],
            "subscribe"
        );
        venue.on_open(3, private, START);
        assert_eq!(log_in(&mut venue, 3, "/wrong/path")["event"], "error");
    }
}

#[test]
fn an_order_in_a_frame_wants_a_login_its_number_and_a_time_that_is_not_over() {
    let (mut venue, _) = venue(OKX);
    venue.on_open(1, "/ws/v5/private", START);
    let code = listings(Venue::Okx, Product::Spot)[0].wire.code;
    let order = |id: &str, code: u64, expires: i64| {
        let args = json!([{
            "instIdCode": code, "tdMode": "cash", "side": "buy", "ordType": "limit", "sz": "0.01", "px": "66000",
            "clOrdId": id,
        }]);
        json!({"id": id, "op": "order", "expTime": expires.to_string(), "args": args})
    };
    let outcome = |venue: &mut SimVenue, frame: &Value| send(venue, 1, frame)[0]["data"][0]["sCode"].clone();
    assert_eq!(outcome(&mut venue, &order("a", code, MS + 1)), "60011");
    log_in(&mut venue, 1, "/users/self/verify");
    assert_eq!(outcome(&mut venue, &order("b", code, MS - 1)), "50036");
    assert_eq!(outcome(&mut venue, &order("c", 0, MS + 1)), "51001");
    assert_eq!(outcome(&mut venue, &order("d", code, MS)), "0");
    for turn in 0..60 {
        let code = outcome(&mut venue, &order(&format!("e{turn}"), 1, MS + 1));
        assert_eq!(code == "50011", turn >= 58, "{turn} {code}");
    }
}

#[test]
fn a_market_buy_on_bitget_spot_spends_quote_coin() {
    let (mut venue, _) = venue(BITGET);
    let buy =
        json!({"symbol": "BTCUSDT", "side": "buy", "orderType": "market", "size": "7000", "clientOid": "m1"});
    let (_, body) = ask(&mut venue, false, "POST", "/api/v2/spot/trade/place-order", &buy.to_string());
    assert_eq!(body["code"], "00000", "{body}");
    let (_, body) = ask(&mut venue, false, "GET", "/api/v2/spot/trade/fills?symbol=BTCUSDT", "");
    let rows = body["data"].as_array().unwrap();
    let spent: f64 = rows.iter().map(|row| row["amount"].as_str().unwrap().parse::<f64>().unwrap()).sum();
    assert!((6900.0..=7000.0).contains(&spent), "{body}");
    assert_eq!(rows[0]["feeDetail"]["feeCoin"], "BTC");
}
