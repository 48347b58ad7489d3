//! What is simulated: two venues, their links, the engine's configuration. Bytes as a real process would get them.

use super::markets::Phase;
use super::swarm::Swarm;
use crate::units::{Ns, Product, Venue};

pub(super) const MS: Ns = 1_000_000;
pub(super) const SECOND: Ns = 1_000 * MS;
/// Wall time at which every run begins.
pub(super) const EPOCH: Ns = 1_790_000_000 * SECOND;
pub(super) const VENUES: [(Venue, &str); 2] = [(Venue::Binance, "binance"), (Venue::Bybit, "bybit")];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Public,
    Private,
    Trade,
    Rest,
}

/// One link; `venue` indexes [`VENUES`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    pub venue: usize,
    pub product: Product,
    pub role: Role,
    /// Path of the socket; one that ends in `=` wants a listen key.
    pub target: &'static str,
}

const fn row(venue: usize, product: Product, role: Role, target: &'static str) -> Row {
    Row { venue, product, role, target }
}

pub(super) const LINKS: [Row; 14] = [
    row(0, Product::Spot, Role::Public, "/ws"),
    row(0, Product::Spot, Role::Private, "/ws-api/v3"),
    row(0, Product::Spot, Role::Trade, "/ws-api/v3"),
    row(0, Product::Spot, Role::Rest, ""),
    row(0, Product::Linear, Role::Public, "/public/ws"),
    row(0, Product::Linear, Role::Private, "/private/ws?listenKey="),
    row(0, Product::Linear, Role::Trade, "/ws-fapi/v1"),
    row(0, Product::Linear, Role::Rest, ""),
    row(1, Product::Spot, Role::Public, "/v5/public/spot"),
    row(1, Product::Spot, Role::Private, "/v5/private"),
    row(1, Product::Spot, Role::Trade, "/v5/trade"),
    row(1, Product::Spot, Role::Rest, ""),
    row(1, Product::Linear, Role::Public, "/v5/public/linear"),
    row(1, Product::Linear, Role::Rest, ""),
];

impl Role {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Private => "private",
            Self::Trade => "trade",
            Self::Rest => "rest",
        }
    }
}

/// How often a market moves, and how often while nobody trades.
pub(super) const TICK: Ns = 500 * MS;
pub(super) const SLOW_TICK: Ns = 2 * SECOND;

/// A small market: few levels, few publications, low fees, so that a run is short and trades often.
pub(super) fn venue_config(venue: usize, seed: u64) -> String {
    let name = VENUES[venue].1;
    format!(
        r#"{{"venue":"{name}","products":["spot","linear"],"seed":{seed},"symbols":["BTCUSDT"],"feeTaker":"0.0001","levels":5,"tickMs":{}}}"#,
        TICK / MS
    )
}

/// The bounds of the simulated venues, ms: recvWindow, read lag, clock error.
const BOUNDS: [Ns; 3] = [1_500, 500, 200];
const PLAN_DEADLINE_MS: u64 = 5_000;
/// Silence after which a book is stale, ms.
pub(super) const STALE: Ns = 3_000 * MS;
/// The oldest that a book may be which an order is priced from, and how far from both books its price may stand.
pub(super) const AGE_MAX: Ns = 2_000 * MS;
pub(super) const COLLAR_BPS: i64 = 100;

/// So little is kept of what is settled that it is forgotten within moments, as on a busy account within minutes.
const FORGETFUL: &str = r#","memory":{"orders":48}"#;

pub(super) fn engine_config(swarm: &Swarm, mutant: &str, machine: u32) -> String {
    let links: Vec<String> = LINKS
        .iter()
        .enumerate()
        .map(|(id, link)| {
            format!(
                r#"{{"id":{id},"venue":"{}","type":"{}","role":"{}","account":"main"}}"#,
                VENUES[link.venue].1,
                link.product.name(),
                link.role.name()
            )
        })
        .collect();
    let account = |name: &str| {
        format!(
            r#"{{"venue":"{name}","name":"main","key":"simkey","secret":"simsecret","passphrase":"simpass","simulated":true}}"#
        )
    };
    let [window, lag, clock] = BOUNDS;
    let cap = swarm.cap / MS;
    let exposure_max = swarm.exposure_max;
    let venue = |name: &str, product: &str| {
        format!(
            r#"{{"venue":"{name}","type":"{product}","recvWindowMs":{window},"capMs":{cap},"readLagMs":{lag},"clockErrorMs":{clock},"staleMs":3000,"replyMs":2000}}"#
        )
    };
    let mutant = if mutant.is_empty() { String::new() } else { format!(r#","mutant":"{mutant}""#) };
    let disk = if swarm.strict { "strict" } else { "group" };
    format!(
        r#"{{"mode":"SIM","instance":"A7","accounts":[{},{}],"venues":[{},{},{},{}],"links":[{}],"pairs":[{}],
        "limits":[{{"name":"order_notional_max","scope":"total","id":"","value":200000}},
                  {{"name":"position_total_max","scope":"total","id":"","value":{exposure_max}}},
                  {{"name":"book_age_max_ms","scope":"total","id":"","value":{}}},
                  {{"name":"price_collar_bps","scope":"total","id":"","value":{COLLAR_BPS}}}],
        "policy":{{"completeWithinBps":10,"maxAttempts":3,"planDeadlineMs":{PLAN_DEADLINE_MS},"slippageBps":5,"cooldownMs":{},"journal":{{"arbitrage":"{disk}","order":"{disk}"}}}},"bootId":"boot-{machine}"{mutant}{}}}"#,
        account("binance"),
        account("bybit"),
        venue("binance", "spot"),
        venue("binance", "linear"),
        venue("bybit", "spot"),
        venue("bybit", "linear"),
        links.join(","),
        pairs(swarm).join(","),
        AGE_MAX / MS,
        swarm.cooldown_ms,
        if swarm.forgetful { FORGETFUL } else { "" },
    )
}

/// Legs of the pairs; the first two share an instrument.
const PAIRS: [(&str, &str, &str, &str, &str); 3] = [
    ("spot_perp", "binance", "spot", "bybit", "linear"),
    ("perp_perp", "binance", "linear", "bybit", "linear"),
    ("spot_spot", "binance", "linear", "bybit", "spot"),
];

pub(super) fn pairs(swarm: &Swarm) -> Vec<String> {
    (0..PAIRS.len()).map(|at| pair(swarm, at, true)).collect()
}

pub(super) fn pair(swarm: &Swarm, at: usize, enabled: bool) -> String {
    let (id, venue1, type1, venue2, type2) = PAIRS[at];
    let qty = format!("{}.{:03}", swarm.qty_milli / 1_000, swarm.qty_milli % 1_000);
    format!(
        r#"{{"id":"{id}","leg1":{{"exchange":"{venue1}","symbol":"BTCUSDT","type":"{type1}"}},"leg2":{{"exchange":"{venue2}","symbol":"BTCUSDT","type":"{type2}"}},"threshold":"0.0{}","qty":"{qty}","totalAmount":"300000","direction":"auto","enabled":{enabled}}}"#,
        swarm.threshold
    )
}

pub(super) const PAIR_COUNT: usize = PAIRS.len();

pub(super) fn pair_id(at: usize) -> &'static str {
    PAIRS[at].0
}

/// The venue's list of a product, as the cold half hands it to the engine.
pub(super) fn instruments(venue: Venue, product: Product, phase: Phase) -> String {
    let status = match phase {
        Phase::Trading => "TRADING",
        Phase::CancelOnly => "CANCEL_ONLY",
        Phase::Delisted => return "[]".to_owned(),
    };
    let (tick, lot) = match (venue, product) {
        (Venue::Binance, Product::Spot) => ("0.01", "0.00001"),
        (Venue::Bybit, Product::Spot) => ("0.1", "0.000001"),
        (_, _) => ("0.1", "0.001"),
    };
    let least = if venue == Venue::Binance && product == Product::Linear { 50 } else { 5 };
    format!(
        r#"[{{"symbol":"BTCUSDT","base":"BTC","quote":"USDT","tick":"{tick}","lot":"{lot}","qtyMin":"{lot}","qtyMax":"83","notionalMin":"{least}","feeMaker":"0.0001","feeTaker":"0.0001","status":"{status}"}}]"#
    )
}
