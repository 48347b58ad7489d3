//! Damaged messages: no decoder panics, none reports anything from a cut frame, and a depth message that still decodes says
//! exactly what an independent JSON parser finds in it.

use crate::common::{decode, eight, ours};
use proptest::prelude::*;
use serde_json::Value;
use tidegate_core::market::{Instrument, Level};
use tidegate_core::units::{InstrumentId, Product, Venue, parse_fixed};
use tidegate_core::venues::{Event, EventBuf, Query, ReplyVerdict, Role, codec};

const SEEDS: [(Venue, Product, &str); 20] = [
    (
        Venue::Binance,
        Product::Spot,
        r#"{"stream":"btcusdt@depth@100ms","data":{"e":"depthUpdate","E":1723161255208,"s":"BTCUSDT","U":50093239189,"u":50093239202,"b":[["61737.63000000","0.00000000"],["61730.17","1.5"]],"a":[["61837.64000000","1.54698000"]]}}"#,
    ),
    (
        Venue::Binance,
        Product::Linear,
        r#"{"a":[],"e":"depthUpdate","E":1723161256352,"T":1723161256352,"U":5123107837801,"u":5123107842679,"pu":5123107837557,"b":[["1000.00","606.675"],["5000.00","2.321"]],"s":"BTCUSDT"}"#,
    ),
    (
        Venue::Bybit,
        Product::Spot,
        r#"{"topic":"orderbook.50.BTCUSDT","ts":1787612486116,"type":"delta","data":{"s":"BTCUSDT","b":[["78682.7","0.050773"]],"a":[["78716.8","0.027559"],["78748.5","0"]],"u":217107085,"seq":113099229629},"cts":1787612486108}"#,
    ),
    (
        Venue::Binance,
        Product::Spot,
        r#"{"u":50093239212,"s":"BTCUSDT","b":"61837.63000000","B":"3.78826000","a":"61837.64000000","A":"1.54698000"}"#,
    ),
    (
        Venue::Binance,
        Product::Spot,
        r#"{"e":"trade","E":1723161255343,"s":"BTCUSDT","t":3735683259,"p":"61837.63000000","q":"0.02000000","T":1723161255342,"m":true,"M":true}"#,
    ),
    (
        Venue::Binance,
        Product::Spot,
        r#"{"subscriptionId":0,"event":{"e":"executionReport","E":1616633041556,"s":"BTCUSDT","c":"TGA70010000010","S":"BUY","q":"0.00028600","p":"52436.85000000","C":"","x":"TRADE","X":"FILLED","r":"NONE","i":5341783271,"l":"0.00028600","z":"0.00028600","L":"52436.85000000","n":"0.00000029","N":"BTC","T":1616633041555,"t":726946523,"m":false}}"#,
    ),
    (
        Venue::Binance,
        Product::Linear,
        r#"{"e":"ACCOUNT_UPDATE","E":1564745798939,"T":1564745798938,"a":{"m":"ORDER","B":[{"a":"USDT","wb":"122624.12345678"}],"P":[{"s":"BTCUSDT","pa":"-0.020","ep":"9000.456","ps":"BOTH"}]}}"#,
    ),
    (
        Venue::Binance,
        Product::Spot,
        r#"{"id":"TGA70010000010","status":200,"result":{"symbol":"BTCUSDT","orderId":12569099453,"transactTime":1660801715793,"price":"23416.10000000","origQty":"0.00847000","executedQty":"0.00635000","status":"EXPIRED","side":"SELL","fills":[{"price":"23416.10000000","qty":"0.00635000","commission":"0.000001","commissionAsset":"BNB","tradeId":1650422481}]}}"#,
    ),
    (
        Venue::Binance,
        Product::Spot,
        r#"{"id":"cTGA70010000010","status":400,"error":{"code":-2011,"msg":"Unknown \"order\" sent.\u0041"},"rateLimits":[]}"#,
    ),
    (
        Venue::Bybit,
        Product::Spot,
        r#"{"topic":"order","creationTime":1672364262474,"data":[{"category":"linear","symbol":"BTCUSDT","orderId":"c1956690","orderLinkId":"TGA70010000010","side":"Sell","orderStatus":"Filled","rejectReason":"EC_NoError","price":"40000.5","qty":"1.7","cumExecQty":"0.7","updatedTime":"1733778525917"}]}"#,
    ),
    (
        Venue::Bybit,
        Product::Spot,
        r#"{"topic":"wallet","creationTime":1672364262474,"data":[{"coin":[{"coin":"BTC","walletBalance":"0.00102964","locked":"0.0005"}]}]}"#,
    ),
    (
        Venue::Bybit,
        Product::Spot,
        r#"{"retCode":0,"retMsg":"OK","result":{"nextPageCursor":"","category":"linear","list":[{"symbol":"BTCUSDT","execFee":"0.005061","execId":"7e2ae69c","execPrice":"40000.5","execQty":"0.025","execType":"Trade","isMaker":false,"orderId":"f6e324ff","orderLinkId":"","side":"Buy","execTime":"1672364174443"}]},"time":1}"#,
    ),
    (
        Venue::Okx,
        Product::Spot,
        r#"{"arg":{"channel":"books","instId":"BTC-USDT"},"action":"update","data":[{"asks":[["78722.3","0.33039492","0","10"],["78729.9","0","0","0"]],"bids":[["78722.2","0.48865651","0","19"]],"ts":"1787612486207","checksum":0,"seqId":80274874876,"prevSeqId":80274874800}]}"#,
    ),
    (
        Venue::Okx,
        Product::Linear,
        r#"{"data":[{"bids":[["78722.2","17.5"]],"seqId":12,"prevSeqId":-1,"asks":[[78722.3,"3","0","1"]],"ts":"1787612486207"}],"action":"snapshot","arg":{"instId":"BTC-USDT-SWAP","channel":"books"}}"#,
    ),
    (
        Venue::Okx,
        Product::Linear,
        r#"{"arg":{"channel":"orders","instType":"ANY","uid":"1"},"data":[{"accFillSz":"1","cancelSource":"","clOrdId":"TGA70010000010","execType":"M","fillFee":"-0.02522168","fillFeeCcy":"USDT","fillPx":"31527.1","fillSz":"1","fillTime":"1654084353263","instId":"BTC-USDT-SWAP","instType":"SWAP","ordId":"452197707845865472","px":"31527.1","side":"sell","state":"filled","sz":"1","tgtCcy":"","tradeId":"242589207","uTime":"1654084353264"}]}"#,
    ),
    (
        Venue::Okx,
        Product::Spot,
        r#"{"id":"TGA70010000010","op":"order","code":"1","msg":"","data":[{"ordId":"","clOrdId":"TGA70010000010","sCode":"51008","sMsg":"Order failed. Insufficient \"USDT\" balance"}],"inTime":"1"}"#,
    ),
    (
        Venue::Okx,
        Product::Linear,
        r#"{"code":"0","msg":"","data":[{"instType":"SWAP","instId":"BTC-USDT-SWAP","posSide":"net","pos":"-1.5","avgPx":"60000.55","uTime":"1619507761462"}]}"#,
    ),
    (
        Venue::Bitget,
        Product::Linear,
        r#"{"action":"update","arg":{"instType":"USDT-FUTURES","channel":"books","instId":"BTCUSDT"},"data":[{"asks":[],"bids":[["60000.5","30.5"]],"ts":"1789456512452","seq":1304314508780744705,"pseq":427583461144}],"ts":1789456512453}"#,
    ),
    (
        Venue::Bitget,
        Product::Spot,
        r#"{"action":"snapshot","arg":{"instType":"SPOT","channel":"orders","instId":"default"},"data":[{"instId":"BTCUSDT","orderId":"1","clientOid":"TGA70010000010","size":"0.0005","price":"26256","orderType":"limit","side":"buy","fillPrice":"26256.0","tradeId":"1","baseVolume":"0.0003","fillTime":"1695797773286","fillFee":"-0.00000018","fillFeeCoin":"BTC","tradeScope":"T","accBaseVolume":"0.0003","status":"partially_filled","cTime":"1695797773257","uTime":"1695797773326"}],"ts":1695797773370}"#,
    ),
    (
        Venue::Bitget,
        Product::Linear,
        r#"{"code":"00000","data":{"fillList":[{"tradeId":"123","symbol":"BTCUSDT","orderId":"121212","price":"60000.5","baseVolume":"0.01","feeDetail":[{"feeCoin":"USDT","totalFee":"-0.017"}],"side":"buy","tradeScope":"taker","cTime":"1627293509612"}],"endId":"123"},"msg":"success","requestTime":1627293504612}"#,
    ),
];

/// Runs a message through the frame decoder and every answer decoder; none may panic, and what is refused leaves nothing.
fn feed(venue: Venue, product: Product, bytes: &[u8]) -> Option<EventBuf> {
    let table = eight();
    let instrument = table.0.iter().find(|i| (i.venue, i.product) == (venue, product)).unwrap().id;
    let ctx = table.context(product, Role::Rest);
    let queries = [
        Query::Snapshot { instrument, depth: 50 },
        Query::Order { instrument, client_id: ours() },
        Query::OpenOrders,
        Query::Fills { instrument, since: 0, from_id: None },
        Query::Balances,
        Query::Positions,
    ];
    for query in &queries {
        for status in [200, 400, 500] {
            let mut out = EventBuf::default();
            match codec(venue, product).unwrap().decode_reply(query, &ctx, status, bytes, &mut out) {
                Ok(ReplyVerdict::Served { .. }) => {}
                Ok(_) | Err(_) => assert!(out.events.is_empty()),
            }
        }
    }
    decode(venue, &table.context(product, Role::Private), bytes).ok()
}

/// The levels of both sides as an independent parser reads them; `None` where it finds no clean sides. `row` counts the books
/// of the frame.
fn reference(
    venue: Venue,
    frame: &Value,
    row: usize,
    instrument: &Instrument,
) -> Option<(Vec<Level>, Vec<Level>)> {
    let (body, names) = match venue {
        Venue::Binance => (frame.get("data").unwrap_or(frame), ["b", "a"]),
        Venue::Bybit => (frame.get("data")?, ["b", "a"]),
        Venue::Okx | Venue::Bitget => (frame.get("data")?.get(row)?, ["bids", "asks"]),
    };
    // Contracts of 0.01 have two digits less on the wire and weigh one unit of the last base digit each.
    let swap = (venue, instrument.product) == (Venue::Okx, Product::Linear);
    let (px, qty) = (instrument.px_decimals, instrument.qty_decimals - if swap { 2 } else { 0 });
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let side = |name: &str| -> Option<Vec<Level>> {
        let rows = body.get(name)?.as_array()?.iter();
        let level = |row: &Value| -> Option<Level> {
            let px = parse_fixed(text(row.get(0)?).as_bytes(), px).ok()?;
            Some(Level { px, qty: parse_fixed(text(row.get(1)?).as_bytes(), qty).ok()? })
        };
        rows.map(level).collect()
    };
    Some((side(names[0])?, side(names[1])?))
}

fn check_depth(venue: Venue, bytes: &[u8], out: &EventBuf) {
    let table = eight();
    for (row, event) in out.events.iter().enumerate() {
        let Event::Depth(depth) = event else { continue };
        let InstrumentId(id) = depth.instrument;
        let instrument = &table.0[id as usize];
        let frame: Value = serde_json::from_slice(bytes).unwrap();
        let (bids, asks) = reference(venue, &frame, row, instrument).unwrap();
        let delta = out.delta(depth);
        assert_eq!((delta.bids, delta.asks), (bids.as_slice(), asks.as_slice()));
        assert!(delta.bids.iter().chain(delta.asks).all(|level| level.px > 0 && level.qty >= 0));
    }
}

/// The paths of all values of a document, as (parents to descend, in order).
fn paths(value: &Value, at: &mut Vec<String>, found: &mut Vec<String>) {
    found.push(at.concat());
    let children: Vec<(String, &Value)> = match value {
        Value::Object(map) => map.iter().map(|(name, child)| (name.clone(), child)).collect(),
        Value::Array(items) => items.iter().enumerate().map(|(i, child)| (i.to_string(), child)).collect(),
        _ => Vec::new(),
    };
    for (name, child) in children {
        at.push(format!("/{name}"));
        paths(child, at, found);
        at.pop();
    }
}

#[test]
fn every_cut_of_every_message_is_refused() {
    for (venue, product, seed) in SEEDS {
        for len in 0..seed.len() {
            assert!(feed(venue, product, &seed.as_bytes()[..len]).is_none(), "{}", &seed[..len]);
        }
    }
}

#[test]
fn every_field_survives_being_replaced_by_nonsense() {
    let deep = "[".repeat(40) + &"]".repeat(40);
    let huge = "9".repeat(400);
    let text = format!("\"{}\"", "x".repeat(5000));
    let nonsense =
        ["null", "\"\"", "-1", "0", "1e400", &huge, "\"NaN\"", "true", "[]", "{}", "[[]]", &deep, &text];
    for (venue, product, seed) in SEEDS {
        let document: Value = serde_json::from_str(seed).unwrap();
        let mut found = Vec::new();
        paths(&document, &mut Vec::new(), &mut found);
        for path in found {
            let mut marked = document.clone();
            *marked.pointer_mut(&path).unwrap() = Value::String("@HERE@".into());
            let marked = marked.to_string();
            for value in nonsense {
                let bytes = marked.replace("\"@HERE@\"", value);
                if let Some(out) = feed(venue, product, bytes.as_bytes()) {
                    check_depth(venue, bytes.as_bytes(), &out);
                }
            }
        }
    }
}

/// Mutated messages of each kind; a long run asks for more through the environment.
fn cases() -> u32 {
    std::env::var("TIDEGATE_MUTATIONS").ok().and_then(|count| count.parse().ok()).unwrap_or(25_000)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn flipped_inserted_and_removed_bytes_never_give_levels_that_are_not_there(
        seed in 0..SEEDS.len(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0..3u8, any::<u8>()), 1..4),
    ) {
        let (venue, product, text) = SEEDS[seed];
        let mut bytes = text.as_bytes().to_vec();
        for (at, kind, byte) in edits {
            let at = at.index(bytes.len());
            match kind {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                _ => drop(bytes.remove(at)),
            }
        }
        if let Some(out) = feed(venue, product, &bytes) {
            prop_assert!(serde_json::from_slice::<Value>(&bytes).is_ok());
            check_depth(venue, &bytes, &out);
        }
    }

    #[test]
    fn noise_is_refused_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        for (venue, product, _) in SEEDS {
            feed(venue, product, &bytes);
        }
    }

    #[test]
    fn json_like_noise_is_refused_without_a_panic(text in "[\\[\\]{}\":,0-9a-z.\\\\eE+-]{0,80}") {
        for (venue, product, _) in SEEDS {
            feed(venue, product, text.as_bytes());
        }
    }
}
