//! Each venue's own words, where faults and the checker read or bend its bytes: one table, and no logic.

use crate::units::Venue;

/// Keys stand with their quotes and the first quote of the value.
#[derive(Debug)]
pub(super) struct Words {
    /// Spot and linear.
    pub symbols: [&'static str; 2],
    /// What the requests of a product say of it, linear first: `None` where each link serves one product.
    pub products: Option<[&'static [&'static str]; 2]>,
    /// Requests that place, and that cancel.
    pub place: &'static str,
    pub cancel: &'static str,
    /// Frames of books, of orders and fills, of balances and positions, by what stands in their first bytes.
    pub books: &'static str,
    pub orders: &'static [&'static str],
    pub figures: &'static [&'static str],
    pub subscribe: &'static str,
    /// A frame that says nothing but that the connection lives.
    pub alive: &'static str,
    /// Shut out; empty where a socket never says so.
    pub ban: &'static str,
    /// Keys of an order request.
    pub qty: &'static str,
    pub px: &'static str,
    pub reduces: &'static str,
    /// When an order request was made, and how much later (ms) than that what stands there is; empty: it says nothing.
    pub dated: (&'static str, i64),
    /// The sides of a book.
    pub sides: [&'static str; 2],
    /// What a fill needs, and what a word of the venue's own stands in.
    pub needed: &'static [&'static str],
    pub enums: &'static [&'static str],
    /// How a question names its instrument.
    pub asks_of: &'static str,
    /// Answers over HTTP, status and body: of what is not listed, and of too many questions.
    pub no_symbol: (u16, &'static str),
    pub limited: &'static str,
    /// An order sent too late is refused by the venue itself.
    pub has_window: bool,
}

/// `None` for a venue that does not take part.
pub(super) fn of(venue: Venue) -> Option<&'static Words> {
    let all =
        [(Venue::Binance, &BINANCE), (Venue::Bybit, &BYBIT), (Venue::Okx, &OKX), (Venue::Bitget, &BITGET)];
    all.into_iter().find(|(of, _)| *of == venue).map(|(_, words)| words)
}

static BINANCE: Words = Words {
    symbols: ["BTCUSDT"; 2],
    products: None,
    place: "order.place",
    cancel: "order.cancel",
    books: "depthUpdate",
    orders: &["executionReport", "ORDER_TRADE_UPDATE"],
    figures: &["outboundAccountPosition", "ACCOUNT_UPDATE"],
    subscribe: "\"method\":\"SUBSCRIBE\"",
    alive: r#"{"result":null,"id":1}"#,
    ban: "\"status\":418",
    qty: "\"quantity\":\"",
    px: "\"price\":\"",
    reduces: "\"reduceOnly\":",
    dated: ("\"timestamp\":", 0),
    sides: ["\"b\":[", "\"a\":["],
    needed: &["\"L\":\"", "\"l\":\""],
    enums: &["\"X\":\"", "\"S\":\""],
    asks_of: "symbol=",
    no_symbol: (400, r#"{"code":-1121,"msg":"Invalid symbol."}"#),
    limited: r#"{"code":-1003,"msg":"Too many requests."}"#,
    has_window: true,
};

static BYBIT: Words = Words {
    symbols: ["BTCUSDT"; 2],
    products: Some([
        &["\"category\":\"linear\"", "category=linear"],
        &["\"category\":\"spot\"", "category=spot"],
    ]),
    place: "order.create",
    cancel: "order.cancel",
    books: "\"topic\":\"orderbook.",
    orders: &["\"topic\":\"order", "\"topic\":\"execution"],
    figures: &["\"topic\":\"wallet", "\"topic\":\"position"],
    subscribe: "\"op\":\"subscribe\"",
    alive: r#"{"success":true,"ret_msg":"pong","conn_id":"sim","req_id":"","op":"ping"}"#,
    ban: "\"retCode\":10009",
    qty: "\"qty\":\"",
    px: "\"price\":\"",
    reduces: "\"reduceOnly\":",
    dated: ("\"X-BAPI-TIMESTAMP\":\"", 0),
    sides: ["\"b\":[", "\"a\":["],
    needed: &["\"execQty\":\"", "\"execPrice\":\"", "\"cumExecQty\":\""],
    enums: &["\"orderStatus\":\"", "\"side\":\""],
    asks_of: "symbol=",
    no_symbol: (
        200,
        r#"{"retCode":10001,"retMsg":"params error: symbol invalid","result":{},"retExtInfo":{},"time":1}"#,
    ),
    limited: r#"{"code":-1003,"msg":"Too many requests."}"#,
    has_window: true,
};

static OKX: Words = Words {
    symbols: ["BTC-USDT", "BTC-USDT-SWAP"],
    products: Some([
        &["\"instIdCode\":10015", "instType=SWAP", "BTC-USDT-SWAP"],
        &["\"instIdCode\":10012", "instType=SPOT", "BTC-USDT"],
    ]),
    place: "\"op\":\"order\"",
    cancel: "\"op\":\"cancel-order\"",
    books: "\"channel\":\"books\"",
    orders: &["\"channel\":\"orders\""],
    figures: &["\"channel\":\"account\"", "\"channel\":\"positions\""],
    subscribe: "\"op\":\"subscribe\"",
    alive: "pong",
    ban: "",
    qty: "\"sz\":\"",
    px: "\"px\":\"",
    reduces: "\"reduceOnly\":true",
    dated: ("\"expTime\":\"", super::setup::WINDOW_MS),
    sides: ["\"bids\":[", "\"asks\":["],
    needed: &["\"fillSz\":\"", "\"fillPx\":\"", "\"accFillSz\":\""],
    enums: &["\"state\":\"", "\"side\":\""],
    asks_of: "instId=",
    no_symbol: (200, r#"{"code":"51001","msg":"Instrument ID does not exist.","data":[]}"#),
    limited: r#"{"code":"50011","msg":"Too Many Requests","data":[]}"#,
    has_window: true,
};

static BITGET: Words = Words {
    symbols: ["BTCUSDT"; 2],
    products: Some([&["\"instType\":\"USDT-FUTURES\"", "/mix/"], &["\"instType\":\"SPOT\"", "/spot/"]]),
    place: "\"channel\":\"place-order\"",
    cancel: "\"channel\":\"cancel-order\"",
    books: "\"channel\":\"books\"",
    orders: &["\"channel\":\"orders\""],
    figures: &["\"channel\":\"account\"", "\"channel\":\"positions\""],
    subscribe: "\"op\":\"subscribe\"",
    alive: "pong",
    ban: "",
    qty: "\"size\":\"",
    px: "\"price\":\"",
    reduces: "\"reduceOnly\":\"YES\"",
    dated: ("", 0),
    sides: ["\"bids\":[", "\"asks\":["],
    needed: &["\"fillPrice\":\"", "\"baseVolume\":\"", "\"accBaseVolume\":\""],
    enums: &["\"status\":\"", "\"side\":\""],
    asks_of: "symbol=",
    no_symbol: (400, r#"{"code":"40034","msg":"Parameter does not exist","requestTime":1,"data":null}"#),
    limited: r#"{"code":"429","msg":"Too Many Requests","requestTime":1,"data":null}"#,
    has_window: false,
};
