//! Requests of the venues that sign in base64 (OKX, Bitget) against the request oracles.

use crate::common::{ours, qty};
use crate::requests::{KINDS, ask, hmac_by_hand, oracle, order, place};
use serde_json::{Map, Value, json};
use tidegate_core::order::{OrderKind, PlaceOrder, TimeInForce};
use tidegate_core::units::{InstrumentId, Product, Side, Venue};
use tidegate_core::venues::{EncodeError, Query, Secret};

/// base64 of an HMAC given as hex digits.
pub fn base64(hex: &str) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bytes: Vec<u8> =
        (0..hex.len()).step_by(2).map(|i| u8::from_str_radix(&hex[i..i + 2], 16).unwrap()).collect();
    let letter = |chunk: &[u8], index: usize| {
        let word =
            chunk.iter().enumerate().fold(0u32, |word, (i, byte)| word | u32::from(*byte) << (16 - 8 * i));
        if index > chunk.len() { '=' } else { char::from(LETTERS[(word >> (18 - 6 * index) & 63) as usize]) }
    };
    bytes.chunks(3).flat_map(|chunk| (0..4).map(move |index| letter(chunk, index))).collect()
}

#[test]
fn the_base64_oracles_signatures_recompute_over_its_payloads() {
    let mut checked = 0;
    for (venue, prefix) in [("okx", "OK-"), ("bitget", "")] {
        for row in oracle(venue).into_iter().flatten() {
            let header = |name: &str| row["headers"][format!("{prefix}ACCESS-{name}")].as_str();
            let Some(signature) = header("SIGN") else { continue };
            let target = row["url"].as_str().unwrap().split_once(".com").unwrap().1;
            let (method, body) = (row["http_method"].as_str().unwrap(), row["body"].as_str().unwrap_or(""));
            let payload = [header("TIMESTAMP").unwrap(), method, target, body].concat();
            assert_eq!(Secret::new(b"testSecret").base64(payload.as_bytes()), signature, "{row}");
            assert_eq!(base64(&hmac_by_hand(b"testSecret", &payload)), signature, "{row}");
            checked += 1;
        }
    }
    assert!(checked == 16 || checked == 0, "{checked}");
}

#[test]
fn okx_orders_mean_what_the_oracles_mean() {
    let rows = oracle("okx");
    for (kind, product, side, order_kind, tif) in KINDS {
        let instrument = 4 + u32::from(product == Product::Linear);
        let frame = place(Venue::Okx, product, order(instrument, side, order_kind, tif)).unwrap();
        assert_eq!((&frame["id"], &frame["op"]), (&json!("TGA70010000010"), &json!("order")));
        // Our window of 1500 ms, enforced by the venue.
        assert_eq!(frame["expTime"], "1700000001500");
        let args = &frame["args"][0];
        assert_eq!(args["clOrdId"], "TGA70010000010");
        assert_eq!(args["instIdCode"], if product == Product::Spot { 10_458 } else { 10_459 });
        let Some(row) = rows.iter().flatten().find(|row| row["kind"] == kind) else { continue };
        let wanted: Vec<Map<String, Value>> = serde_json::from_str(row["body"].as_str().unwrap()).unwrap();
        // On the socket the instrument is named by its code. 0.01 BTC are 1 contract.
        for (name, value) in
            wanted[0].iter().filter(|(name, _)| !["clOrdId", "instId"].contains(&name.as_str()))
        {
            assert_eq!(&args[name.as_str()], value, "{kind} {name}");
        }
    }
    let odd = PlaceOrder { qty: qty(1), ..order(5, Side::Buy, OrderKind::Limit, TimeInForce::Ioc) };
    let frame = place(Venue::Okx, Product::Linear, odd).unwrap();
    assert_eq!((&frame["args"][0]["sz"], &frame["args"][0]["ordType"]), (&json!("0.01"), &json!("ioc")));
}

#[test]
fn bitget_orders_mean_what_the_oracles_mean() {
    let rows = oracle("bitget");
    for (kind, product, side, order_kind, tif) in KINDS {
        let instrument = 6 + u32::from(product == Product::Linear);
        let frame = place(Venue::Bitget, product, order(instrument, side, order_kind, tif)).unwrap();
        let args = &frame["args"][0];
        assert_eq!((&frame["op"], &args["channel"]), (&json!("trade"), &json!("place-order")));
        assert_eq!((&args["id"], &args["instId"]), (&json!("TGA70010000010"), &json!("BTCUSDT")));
        assert_eq!(args["instType"], if product == Product::Spot { "SPOT" } else { "USDT-FUTURES" });
        let params = &args["params"];
        assert_eq!(params["clientOid"], "TGA70010000010");
        let Some(row) = rows.iter().flatten().find(|row| row["kind"] == kind) else { continue };
        let wanted: Map<String, Value> = serde_json::from_str(row["body"].as_str().unwrap()).unwrap();
        for (name, value) in &wanted {
            match name.as_str() {
                "clientOid" | "symbol" | "productType" => {}
                // A market order needs none.
                "force" if order_kind == OrderKind::Market => {}
                "force" => {
                    assert!(params["force"].as_str().unwrap().eq_ignore_ascii_case(value.as_str().unwrap()));
                }
                name => assert_eq!(&params[name], value, "{kind} {name}"),
            }
        }
    }
    let buy = order(6, Side::Buy, OrderKind::Market, TimeInForce::Ioc);
    let refused = EncodeError::Unsupported("a market buy in base coin");
    assert_eq!(place(Venue::Bitget, Product::Spot, buy).unwrap_err(), refused);
    let reduce = PlaceOrder { reduce_only: true, ..order(7, Side::Buy, OrderKind::Limit, TimeInForce::Fok) };
    let params = place(Venue::Bitget, Product::Linear, reduce).unwrap()["args"][0]["params"].clone();
    assert_eq!((&params["force"], &params["reduceOnly"]), (&json!("fok"), &json!("YES")));
}

#[test]
fn okx_and_bitget_questions_have_the_documented_path_and_are_signed() {
    let fills = |instrument| Query::Fills {
        instrument: InstrumentId(instrument),
        since: 5_000_000,
        from_id: Some(9),
    };
    let order = |instrument| Query::Order { instrument: InstrumentId(instrument), client_id: ours() };
    let (iso, ms) = ("2023-11-14T22:13:20.000Z", "1700000000000");
    let cases = [
        (
            Venue::Okx,
            Product::Linear,
            order(5),
            "/api/v5/trade/order?instId=BTC-USDT-SWAP&clOrdId=TGA70010000010",
        ),
        (
            Venue::Okx,
            Product::Spot,
            Query::OpenOrders,
            "/api/v5/trade/orders-pending?instType=SPOT&limit=100",
        ),
        (
            Venue::Okx,
            Product::Spot,
            fills(4),
            "/api/v5/trade/fills?instType=SPOT&instId=BTC-USDT&begin=5&after=9&limit=100",
        ),
        (Venue::Okx, Product::Spot, Query::Balances, "/api/v5/account/balance"),
        (Venue::Okx, Product::Linear, Query::Positions, "/api/v5/account/positions?instType=SWAP"),
        (
            Venue::Bitget,
            Product::Spot,
            order(6),
            "/api/v2/spot/trade/orderInfo?symbol=BTCUSDT&clientOid=TGA70010000010",
        ),
        (
            Venue::Bitget,
            Product::Linear,
            fills(7),
            "/api/v2/mix/order/fills?productType=USDT-FUTURES&symbol=BTCUSDT&startTime=5&idLessThan=9&limit=100",
        ),
        (Venue::Bitget, Product::Spot, Query::Balances, "/api/v2/spot/account/assets"),
        (
            Venue::Bitget,
            Product::Linear,
            Query::Positions,
            "/api/v2/mix/position/all-position?productType=USDT-FUTURES&marginCoin=USDT",
        ),
    ];
    for (venue, product, query, target) in cases {
        let (line, headers) = ask(venue, product, &query);
        assert_eq!(line, format!("GET {target}"));
        let (prefix, time) = if venue == Venue::Okx { ("OK-", iso) } else { ("", ms) };
        let signature = base64(&hmac_by_hand(b"testSecret", &format!("{time}GET{target}")));
        let want =
            [("KEY", "testKey"), ("SIGN", &signature), ("TIMESTAMP", time), ("PASSPHRASE", "testPass")]
                .map(|(name, value)| format!("{prefix}ACCESS-{name}: {value}"));
        assert_eq!(headers, want);
    }
    let snapshot = |instrument| Query::Snapshot { instrument: InstrumentId(instrument), depth: 50 };
    assert_eq!(
        ask(Venue::Okx, Product::Spot, &snapshot(4)).0,
        "GET /api/v5/market/books?instId=BTC-USDT&sz=50"
    );
    assert_eq!(
        ask(Venue::Bitget, Product::Linear, &snapshot(7)).0,
        "GET /api/v2/mix/market/merge-depth?productType=USDT-FUTURES&symbol=BTCUSDT&limit=50"
    );
}
