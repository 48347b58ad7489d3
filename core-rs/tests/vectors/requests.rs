//! Our requests against a request oracle: the same meaning, and signatures that recompute by an independent HMAC.

use crate::common::{listed, ours, px, qty, recorded_text, session};
use crate::requests_base64::base64;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use tidegate_core::order::{OrderCmd, OrderKind, PlaceOrder, TimeInForce};
use tidegate_core::units::{InstrumentId, Product, Side, Venue};
use tidegate_core::venues::{EncodeError, Instruments, Query, Role, Secret, codec};

/// RFC 2104, spelled out: shares nothing with the code under test but SHA-256.
pub fn hmac_by_hand(key: &[u8], message: &str) -> String {
    let pad = |with: u8| -> Vec<u8> { (0..64).map(|i| key.get(i).copied().unwrap_or(0) ^ with).collect() };
    let inner = Sha256::digest([pad(0x36).as_slice(), message.as_bytes()].concat());
    let outer = Sha256::digest([pad(0x5c).as_slice(), inner.as_slice()].concat());
    outer
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|digit| char::from_digit(u32::from(digit), 16).unwrap())
        .collect()
}

pub fn oracle(venue: &str) -> Option<Vec<Value>> {
    let text = recorded_text(&format!("ccxt/{venue}.requests.jsonl"))?;
    Some(text.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

/// 1700000000000 ms on the venue's clock; our clock is 250 ms behind.
pub const WALL: i64 = 1_699_999_999_750_000_000;

pub fn place(venue: Venue, product: Product, order: PlaceOrder) -> Result<Value, EncodeError> {
    let (table, mut out) = (listed(), Vec::new());
    let instrument = table.0.iter().find(|i| (i.venue, i.product) == (venue, product)).unwrap();
    let codec = codec(venue, product).unwrap();
    codec.encode_order(&OrderCmd::Place(order), instrument, &session(), WALL, &mut out)?;
    Ok(serde_json::from_slice(&out).unwrap())
}

/// 0.01 at 60000, at the decimals of `listed()`.
pub fn order(instrument: u32, side: Side, kind: OrderKind, tif: TimeInForce) -> PlaceOrder {
    let decimals = [(100, 1_000_000), (100, 10), (100, 10_000), (10, 10)];
    let more = [(10, 1_000_000), (10, 100), (100, 10_000), (10, 100), (100, 1000)];
    let (px_one, qty_cent) = [&decimals[..], &more].concat()[instrument as usize];
    let px = (kind == OrderKind::Limit).then(|| px(60_000 * px_one));
    let (instrument, qty) = (InstrumentId(instrument), qty(qty_cent));
    PlaceOrder { client_id: ours(), instrument, side, kind, tif, px, qty, reduce_only: false }
}

/// The oracle's kinds and our orders for them: (kind, product, our order but for its instrument).
pub const KINDS: [(&str, Product, Side, OrderKind, TimeInForce); 4] = [
    ("spot:limit_buy", Product::Spot, Side::Buy, OrderKind::Limit, TimeInForce::Gtc),
    ("spot:limit_sell_postonly", Product::Spot, Side::Sell, OrderKind::Limit, TimeInForce::PostOnly),
    ("spot:market_sell", Product::Spot, Side::Sell, OrderKind::Market, TimeInForce::Ioc),
    ("swap:limit_buy", Product::Linear, Side::Buy, OrderKind::Limit, TimeInForce::Gtc),
];

#[test]
fn the_oracles_signatures_recompute_over_its_payloads() {
    let (Some(binance), Some(bybit)) = (oracle("binance"), oracle("bybit")) else { return };
    let secret = Secret::new(b"testSecret");
    let mut checked = 0;
    for row in &binance {
        let text = row["body"]
            .as_str()
            .unwrap_or_else(|| row["url"].as_str().unwrap().split_once('?').map_or("", |p| p.1));
        let Some((payload, signature)) = text.split_once("&signature=") else { continue };
        assert_eq!(secret.hex(payload.as_bytes()), signature.as_bytes());
        assert_eq!(hmac_by_hand(b"testSecret", payload), signature);
        checked += 1;
    }
    for row in &bybit {
        let headers = &row["headers"];
        let Some(signature) = headers["X-BAPI-SIGN"].as_str() else { continue };
        let query = row["url"].as_str().unwrap().split_once('?').map_or("", |parts| parts.1);
        let text = ["X-BAPI-TIMESTAMP", "X-BAPI-API-KEY", "X-BAPI-RECV-WINDOW"]
            .map(|name| headers[name].as_str().unwrap());
        let payload = text.concat() + row["body"].as_str().unwrap_or(query);
        assert_eq!(secret.hex(payload.as_bytes()), signature.as_bytes());
        assert_eq!(hmac_by_hand(b"testSecret", &payload), signature);
        checked += 1;
    }
    assert_eq!(checked, 16);
}

#[test]
fn binance_orders_mean_what_the_oracles_mean_and_are_signed_sorted() {
    let rows = oracle("binance");
    for (kind, product, side, order_kind, tif) in KINDS {
        let instrument = u32::from(product == Product::Linear);
        let frame = place(Venue::Binance, product, order(instrument, side, order_kind, tif)).unwrap();
        assert_eq!((&frame["id"], &frame["method"]), (&json!("TGA70010000010"), &json!("order.place")));
        let mut params = frame["params"].as_object().unwrap().clone();
        let signature = params.remove("signature").unwrap();
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let mut pairs: Vec<String> =
            params.iter().map(|(name, value)| format!("{name}={}", text(value))).collect();
        pairs.sort();
        assert_eq!(signature, hmac_by_hand(b"testSecret", &pairs.join("&")), "{kind}");
        assert_eq!(
            (&params["timestamp"], &params["recvWindow"]),
            (&json!(1_700_000_000_000u64), &json!(1500))
        );
        let Some(row) = rows.iter().flatten().find(|row| row["kind"] == kind) else { continue };
        let wanted = row["body"].as_str().unwrap().split('&').map(|pair| pair.split_once('=').unwrap());
        for (name, value) in
            wanted.filter(|(name, _)| !["newClientOrderId", "recvWindow", "signature"].contains(name))
        {
            assert_eq!(text(&params[name]), value, "{kind} {name}");
        }
    }
}

#[test]
fn bybit_orders_mean_what_the_oracles_mean() {
    let rows = oracle("bybit");
    for (kind, product, side, order_kind, tif) in KINDS {
        let instrument = 2 + u32::from(product == Product::Linear);
        let frame = place(Venue::Bybit, product, order(instrument, side, order_kind, tif)).unwrap();
        assert_eq!((&frame["reqId"], &frame["op"]), (&json!("TGA70010000010"), &json!("order.create")));
        assert_eq!(
            frame["header"],
            json!({"X-BAPI-TIMESTAMP": "1700000000000", "X-BAPI-RECV-WINDOW": "1500"})
        );
        let args = &frame["args"][0];
        assert_eq!(args["orderLinkId"], "TGA70010000010");
        let Some(row) = rows.iter().flatten().find(|row| row["kind"] == kind) else { continue };
        let wanted: Map<String, Value> = serde_json::from_str(row["body"].as_str().unwrap()).unwrap();
        for (name, value) in wanted.iter().filter(|(name, _)| *name != "orderLinkId") {
            assert_eq!(&args[name.as_str()], value, "{kind} {name}");
        }
    }
}

#[test]
fn what_makes_an_order_safe_is_in_its_bytes() {
    let ioc = order(1, Side::Sell, OrderKind::Limit, TimeInForce::Ioc);
    let frame = place(Venue::Binance, Product::Linear, PlaceOrder { reduce_only: true, ..ioc }).unwrap();
    let params = &frame["params"];
    assert_eq!((&params["timeInForce"], &params["reduceOnly"]), (&json!("IOC"), &json!("true")));
    assert_eq!((&params["price"], &params["quantity"]), (&json!("60000"), &json!("0.01")));
    let post = order(1, Side::Sell, OrderKind::Limit, TimeInForce::PostOnly);
    assert_eq!(place(Venue::Binance, Product::Linear, post).unwrap()["params"]["timeInForce"], "GTX");
    let buy = order(2, Side::Buy, OrderKind::Market, TimeInForce::Ioc);
    assert_eq!(place(Venue::Bybit, Product::Spot, buy).unwrap()["args"][0]["marketUnit"], "baseCoin");
    let reduce = PlaceOrder { reduce_only: true, ..order(3, Side::Buy, OrderKind::Limit, TimeInForce::Fok) };
    let args = &place(Venue::Bybit, Product::Linear, reduce).unwrap()["args"][0];
    assert_eq!((&args["timeInForce"], &args["reduceOnly"]), (&json!("FOK"), &json!(true)));
    for (venue, instrument) in [(Venue::Binance, 0), (Venue::Bybit, 2), (Venue::Okx, 4), (Venue::Bitget, 6)] {
        let naked =
            PlaceOrder { px: None, ..order(instrument, Side::Buy, OrderKind::Limit, TimeInForce::Gtc) };
        assert_eq!(place(venue, Product::Spot, naked).unwrap_err(), EncodeError::MissingPrice);
    }
}

#[test]
fn cancels_name_the_order_by_our_id() {
    let table = listed();
    let cancel = |venue: Venue, instrument: usize| -> Value {
        let instrument = &table.0[instrument];
        let cmd = OrderCmd::Cancel { client_id: ours(), instrument: instrument.id, venue_id: None };
        let mut out = Vec::new();
        codec(venue, instrument.product)
            .unwrap()
            .encode_order(&cmd, instrument, &session(), WALL, &mut out)
            .unwrap();
        serde_json::from_slice(&out).unwrap()
    };
    let frame = cancel(Venue::Binance, 1);
    assert_eq!((&frame["id"], &frame["method"]), (&json!("cTGA70010000010"), &json!("order.cancel")));
    assert_eq!(frame["params"]["origClientOrderId"], "TGA70010000010");
    let frame = cancel(Venue::Bybit, 2);
    // Bybit refuses a reqId that it has seen: each try has its own.
    assert_eq!(
        (&frame["reqId"], &frame["op"]),
        (&json!("cTGA700100000101700000000000"), &json!("order.cancel"))
    );
    assert_eq!(
        frame["args"],
        json!([{"category": "spot", "symbol": "BTCUSDT", "orderLinkId": "TGA70010000010"}])
    );
    let frame = cancel(Venue::Okx, 5);
    let args = json!([{"instIdCode": 10_459, "clOrdId": "TGA70010000010"}]);
    assert_eq!(frame, json!({"id": "cTGA70010000010", "op": "cancel-order", "args": args}));
    let args = &cancel(Venue::Bitget, 7)["args"][0];
    assert_eq!((&args["id"], &args["channel"]), (&json!("cTGA70010000010"), &json!("cancel-order")));
    assert_eq!(args["params"], json!({"clientOid": "TGA70010000010"}));
}

#[test]
fn log_in_and_subscriptions_have_the_documented_form() {
    let table = listed();
    let frames = |venue: Venue, product: Product, role: Role| -> Vec<Value> {
        let codec = codec(venue, product).unwrap();
        let instruments: Vec<_> =
            table.0.iter().filter(|i| (i.venue, i.product) == (venue, product)).collect();
        let mut out = Vec::new();
        codec.encode_login(role, &session(), WALL, &mut out);
        codec.encode_subscribe(role, true, &instruments, &mut out);
        out.iter().map(|frame| serde_json::from_slice(frame).unwrap()).collect()
    };
    let depth = json!({"method": "SUBSCRIBE", "params": ["btcusdt@depth@100ms"], "id": 1});
    assert_eq!(frames(Venue::Binance, Product::Linear, Role::Public), [depth]);
    let user = &frames(Venue::Binance, Product::Spot, Role::Private)[0];
    let signature = hmac_by_hand(b"testSecret", "apiKey=testKey&recvWindow=1500&timestamp=1700000000000");
    assert_eq!(
        (&user["method"], &user["params"]["signature"]),
        (&json!("userDataStream.subscribe.signature"), &json!(signature))
    );
    for (product, role) in
        [(Product::Linear, Role::Private), (Product::Spot, Role::Trade), (Product::Linear, Role::Trade)]
    {
        assert!(frames(Venue::Binance, product, role).is_empty());
    }
    let book = json!({"req_id": "1", "op": "subscribe", "args": ["orderbook.50.BTCUSDT"]});
    assert_eq!(frames(Venue::Bybit, Product::Spot, Role::Public), [book]);
    let signature = hmac_by_hand(b"testSecret", "GET/realtime1700000010000");
    let auth = json!(["testKey", 1_700_000_010_000u64, signature]);
    assert_eq!(
        frames(Venue::Bybit, Product::Spot, Role::Trade),
        [json!({"reqId": "login", "op": "auth", "args": auth})]
    );
    let private = frames(Venue::Bybit, Product::Spot, Role::Private);
    assert_eq!(private[0], json!({"req_id": "login", "op": "auth", "args": auth}));
    assert_eq!(private[1]["args"], json!(["order", "execution", "position", "wallet"]));
    for (venue, path, instrument) in
        [(Venue::Okx, "/users/self/verify", 4), (Venue::Bitget, "/user/verify", 6)]
    {
        assert_eq!(frames(venue, Product::Spot, Role::Public).len(), 1);
        let login = &frames(venue, Product::Spot, Role::Trade)[0];
        let signature = base64(&hmac_by_hand(b"testSecret", &format!("1700000000GET{path}")));
        let args = json!([{
            "apiKey": "testKey", "passphrase": "testPass", "timestamp": "1700000000", "sign": signature,
        }]);
        assert_eq!(*login, json!({"op": "login", "args": args}));
        let book = &frames(venue, Product::Spot, Role::Public)[0];
        let symbol = table.0[instrument].symbol.as_str();
        assert_eq!((&book["op"], &book["args"][0]["channel"]), (&json!("subscribe"), &json!("books")));
        assert_eq!(book["args"][0]["instId"], symbol);
        let channels: Vec<Value> = frames(venue, Product::Linear, Role::Private)[1]["args"]
            .as_array()
            .unwrap()
            .iter()
            .map(|arg| arg["channel"].clone())
            .collect();
        assert!(["orders", "positions", "account"].iter().all(|name| channels.contains(&json!(name))));
    }
}

/// (request line but for the signature, headers) of a question.
pub fn ask(venue: Venue, product: Product, query: &Query) -> (String, Vec<String>) {
    let (table, mut out) = (listed(), Vec::new());
    let codec = codec(venue, product).unwrap();
    codec.encode_query(query, &table as &dyn Instruments, Some(&session()), WALL, &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    let (head, body) = text.split_once("\n\n").unwrap();
    assert_eq!(body, "");
    let mut lines = head.lines().map(str::to_owned);
    (lines.next().unwrap(), lines.collect())
}

#[test]
fn binance_questions_have_the_documented_path_and_are_signed() {
    let fills = |from_id| Query::Fills { instrument: InstrumentId(0), since: 5_000_000, from_id };
    let order = Query::Order { instrument: InstrumentId(1), client_id: ours() };
    let signed = "recvWindow=1500&timestamp=1700000000000";
    let cases = [
        (Product::Spot, Query::OpenOrders, "/api/v3/openOrders?"),
        (Product::Spot, Query::Balances, "/api/v3/account?"),
        (Product::Spot, fills(None), "/api/v3/myTrades?symbol=BTCUSDT&startTime=5&limit=1000&"),
        (Product::Spot, fills(Some(7)), "/api/v3/myTrades?symbol=BTCUSDT&fromId=7&limit=1000&"),
        (Product::Linear, order, "/fapi/v1/order?symbol=BTCUSDT&origClientOrderId=TGA70010000010&"),
        (Product::Linear, Query::Positions, "/fapi/v3/positionRisk?"),
    ];
    for (product, query, path) in cases {
        let (line, headers) = ask(Venue::Binance, product, &query);
        let (line, signature) = line.split_once("&signature=").unwrap();
        assert_eq!(line, format!("GET {path}{signed}"));
        assert_eq!(signature, hmac_by_hand(b"testSecret", line.split_once('?').unwrap().1));
        assert_eq!(headers, ["X-MBX-APIKEY: testKey"]);
    }
    let snapshot = Query::Snapshot { instrument: InstrumentId(1), depth: 700 };
    assert_eq!(
        ask(Venue::Binance, Product::Linear, &snapshot).0,
        "GET /fapi/v1/depth?symbol=BTCUSDT&limit=1000"
    );
    let snapshot = Query::Snapshot { instrument: InstrumentId(0), depth: 5000 };
    let (line, headers) = ask(Venue::Binance, Product::Spot, &snapshot);
    assert_eq!((line.as_str(), headers.len()), ("GET /api/v3/depth?symbol=BTCUSDT&limit=5000", 0));
}

#[test]
fn bybit_questions_have_the_documented_path_and_are_signed() {
    let fills = Query::Fills { instrument: InstrumentId(3), since: 5_000_000, from_id: Some(9) };
    let order = Query::Order { instrument: InstrumentId(2), client_id: ours() };
    let cases = [
        (Product::Spot, order, "/v5/order/realtime?category=spot&symbol=BTCUSDT&orderLinkId=TGA70010000010"),
        (Product::Linear, Query::OpenOrders, "/v5/order/realtime?category=linear&settleCoin=USDT&limit=50"),
        (
            Product::Linear,
            fills,
            "/v5/execution/list?category=linear&symbol=BTCUSDT&startTime=1699398799750&endTime=9&limit=100",
        ),
        (Product::Linear, Query::Positions, "/v5/position/list?category=linear&settleCoin=USDT&limit=200"),
        (Product::Spot, Query::Balances, "/v5/account/wallet-balance?accountType=UNIFIED"),
    ];
    for (product, query, path) in cases {
        let (line, headers) = ask(Venue::Bybit, product, &query);
        assert_eq!(line, format!("GET {path}"));
        let payload = format!("1700000000000testKey1500{}", path.split_once('?').unwrap().1);
        let signature = format!("X-BAPI-SIGN: {}", hmac_by_hand(b"testSecret", &payload));
        let fixed = [
            "X-BAPI-API-KEY: testKey",
            "X-BAPI-TIMESTAMP: 1700000000000",
            "X-BAPI-RECV-WINDOW: 1500",
            &signature,
        ];
        assert_eq!(headers, fixed);
    }
}

/// "Set Trading Stop", as a well-known client sends it; the signature covers the body.
#[test]
fn bybit_is_told_the_stop_of_a_position_in_a_signed_body() {
    let (table, codec) = (listed(), codec(Venue::Bybit, Product::Linear).unwrap());
    let written = |px| {
        let (query, mut out) = (Query::Backstop { instrument: InstrumentId(3), px }, Vec::new());
        codec.encode_query(&query, &table as &dyn Instruments, Some(&session()), WALL, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    };
    for (px, stop) in [(Some(px(600_005)), "60000.5"), (None, "0")] {
        let text = written(px);
        let (head, body) = text.split_once("\n\n").unwrap();
        let want = json!({
            "category": "linear", "symbol": "BTCUSDT", "tpslMode": "Full", "positionIdx": 0, "stopLoss": stop,
            "slTriggerBy": "LastPrice", "slOrderType": "Market",
        });
        assert_eq!(serde_json::from_str::<Value>(body).unwrap(), want);
        let signature = hmac_by_hand(b"testSecret", &format!("1700000000000testKey1500{body}"));
        let headers: Vec<&str> = head.lines().collect();
        assert_eq!(headers[0], "POST /v5/position/trading-stop");
        assert!(headers.contains(&format!("X-BAPI-SIGN: {signature}").as_str()), "{head}");
        assert!(headers.contains(&"Content-Type: application/json"), "{head}");
    }
}

#[test]
fn what_can_not_be_asked_is_an_error() {
    let (table, own, mut out) = (listed(), session(), Vec::new());
    let spot = codec(Venue::Binance, Product::Spot).unwrap();
    let mut ask = |query, session| spot.encode_query(query, &table, session, WALL, &mut out);
    assert_eq!(ask(&Query::Positions, Some(&own)), Err(EncodeError::Unsupported("positions")));
    let backstop = Query::Backstop { instrument: InstrumentId(0), px: None };
    assert_eq!(ask(&backstop, Some(&own)), Err(EncodeError::Unsupported("a stop of a position")));
    assert_eq!(ask(&Query::Balances, None), Err(EncodeError::NoSession));
    let stranger = Query::Snapshot { instrument: InstrumentId(99), depth: 5 };
    assert_eq!(ask(&stranger, None), Err(EncodeError::UnknownInstrument));
}
