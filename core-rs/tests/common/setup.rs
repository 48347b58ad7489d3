//! What the engine and the venues are set up with.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    pub venue: usize,
    pub product: &'static str,
    pub role: &'static str,
    pub target: &'static str,
}

const fn row(venue: usize, product: &'static str, role: &'static str, target: &'static str) -> Row {
    Row { venue, product, role, target }
}

pub const LINKS: [Row; 14] = [
    row(0, "spot", "public", "/ws"),
    row(0, "spot", "private", "/ws-api/v3"),
    row(0, "spot", "trade", "/ws-api/v3"),
    row(0, "spot", "rest", ""),
    row(0, "linear", "public", "/public/ws"),
    row(0, "linear", "private", "/private/ws?listenKey="),
    row(0, "linear", "trade", "/ws-fapi/v1"),
    row(0, "linear", "rest", ""),
    row(1, "spot", "public", "/v5/public/spot"),
    row(1, "spot", "private", "/v5/private"),
    row(1, "spot", "trade", "/v5/trade"),
    row(1, "spot", "rest", ""),
    row(1, "linear", "public", "/v5/public/linear"),
    row(1, "linear", "rest", ""),
];
pub const NAMES: [&str; 2] = ["binance", "bybit"];

/// The links of two venues, in the order in which the first two have them.
pub fn links_of(names: [&'static str; 2]) -> Vec<Row> {
    let of = |(at, name): (usize, &str)| -> Vec<Row> {
        let known = |venue: usize| {
            LINKS.iter().filter(move |row| row.venue == venue).map(move |r| Row { venue: at, ..*r })
        };
        let shared = |public: &'static str, private: &'static str| {
            let path = move |role: &str| {
                if role == "public" {
                    public
                } else if role == "rest" {
                    ""
                } else {
                    private
                }
            };
            known(1).map(move |r| Row { target: path(r.role), ..r }).collect()
        };
        match name {
            "binance" => known(0).collect(),
            "bybit" => known(1).collect(),
            "okx" => shared("/ws/v5/public", "/ws/v5/private"),
            _ => shared("/v2/ws/public", "/v2/ws/private"),
        }
    };
    names.into_iter().enumerate().flat_map(of).collect()
}

/// Which instruments a simulated venue lists, as its configuration says it.
pub fn symbols(name: &str) -> &'static str {
    match name {
        "okx" => r#""symbols":["BTC-USDT","ETH-USDT","BTC-USDT-SWAP","ETH-USDT-SWAP"]"#,
        _ => r#""symbols":["BTCUSDT","ETHUSDT"]"#,
    }
}

pub fn config(pairs: &str) -> String {
    config_of(NAMES, &LINKS, pairs)
}

pub fn config_of(names: [&'static str; 2], links: &[Row], pairs: &str) -> String {
    let links: Vec<String> = links
        .iter()
        .enumerate()
        .map(|(id, l)| {
            format!(
                r#"{{"id":{id},"venue":"{}","type":"{}","role":"{}","account":"main"}}"#,
                names[l.venue], l.product, l.role
            )
        })
        .collect();
    let account = |name: &str| {
        format!(
            r#"{{"venue":"{name}","name":"main","key":"simkey","secret":"simsecret","passphrase":"simpass","simulated":true}}"#
        )
    };
    let venue = |name: &str, product: &str| {
        format!(
            r#"{{"venue":"{name}","type":"{product}","recvWindowMs":1500,"capMs":1000,"readLagMs":500,"clockErrorMs":200,"staleMs":3000,"replyMs":2000}}"#
        )
    };
    format!(
        r#"{{"mode":"SIM","instance":"A7","accounts":[{},{}],"venues":[{},{},{},{}],"links":[{}],"pairs":[{pairs}],
        "limits":[{{"name":"order_notional_max","scope":"total","id":"","value":50000}},
                  {{"name":"book_age_max_ms","scope":"total","id":"","value":2000}}],
        "policy":{{"completeWithinBps":10,"maxAttempts":3,"planDeadlineMs":5000,"slippageBps":5,"cooldownMs":500}}}}"#,
        account(names[0]),
        account(names[1]),
        venue(names[0], "spot"),
        venue(names[0], "linear"),
        venue(names[1], "spot"),
        venue(names[1], "linear"),
        links.join(",")
    )
}

/// BTCUSDT, Binance spot against Bybit linear.
pub fn btc_pair(threshold: &str) -> String {
    format!(
        r#"{{"id":"binance_bybit_btc","leg1":{{"exchange":"binance","symbol":"BTCUSDT","type":"spot"}},
        "leg2":{{"exchange":"bybit","symbol":"BTCUSDT","type":"linear"}},"threshold":"{threshold}","qty":"0.01",
        "totalAmount":"20000","direction":"auto","enabled":true}}"#
    )
}

pub fn instruments(name: &str, product: &str) -> String {
    // (symbol, base, tick, lot, contract, number)
    let rows: &[(&str, &str, &str, &str, &str, u32)] = match (name, product) {
        ("bybit", "spot") => {
            &[("BTCUSDT", "BTC", "0.1", "0.000001", "1", 0), ("ETHUSDT", "ETH", "0.01", "0.00001", "1", 0)]
        }
        ("okx", "spot") => &[("BTC-USDT", "BTC", "0.1", "0.000001", "1", 10_012)],
        ("okx", _) => &[("BTC-USDT-SWAP", "BTC", "0.1", "0.0001", "0.01", 10_015)],
        ("bitget", "spot") => &[("BTCUSDT", "BTC", "0.01", "0.000001", "1", 0)],
        ("bitget", _) => &[("BTCUSDT", "BTC", "0.1", "0.0001", "1", 0)],
        _ => return first_instruments(product),
    };
    let row = |(symbol, base, tick, lot, contract, code): &(&str, &str, &str, &str, &str, u32)| {
        format!(
            r#"{{"symbol":"{symbol}","base":"{base}","quote":"USDT","tick":"{tick}","lot":"{lot}","qtyMin":"{lot}",
            "qtyMax":"100","notionalMin":"5","feeMaker":"0.0002","feeTaker":"0.0005","status":"TRADING",
            "contract":"{contract}","code":"{code}"}}"#
        )
    };
    format!("[{}]", rows.iter().map(row).collect::<Vec<_>>().join(","))
}

fn first_instruments(product: &str) -> String {
    // As the simulated venues list them: a tick that is too coarse refuses every frame of the instrument.
    let tick_of = |symbol: &str| if product == "spot" || symbol == "ETHUSDT" { "0.01" } else { "0.1" };
    let lot = if product == "spot" { "0.00001" } else { "0.001" };
    let one = |symbol: &str, base: &str| {
        let tick = tick_of(symbol);
        format!(
            r#"{{"symbol":"{symbol}","base":"{base}","quote":"USDT","tick":"{tick}","lot":"{lot}","qtyMin":"{lot}",
            "qtyMax":"100","notionalMin":"5","feeMaker":"0.0002","feeTaker":"0.0005","status":"TRADING"}}"#
        )
    };
    format!("[{},{}]", one("BTCUSDT", "BTC"), one("ETHUSDT", "ETH"))
}
