//! What a run is set up with: the venues' and the engine's configuration. Bytes as a real process would get them.

use super::markets::Phase;
use super::stage::Stage;
use super::swarm::Swarm;
use crate::sim::model::listings;
use crate::units::{Ns, Product, Venue};

pub(super) const MS: Ns = 1_000_000;
pub(super) const SECOND: Ns = 1_000 * MS;
/// Wall time at which every run begins.
pub(super) const EPOCH: Ns = 1_790_000_000 * SECOND;

/// How often a market moves, and how often while nobody trades.
pub(super) const TICK: Ns = 500 * MS;
pub(super) const SLOW_TICK: Ns = 2 * SECOND;

/// A small market: few levels, few publications, low fees, so that a run is short and trades often.
pub(super) fn venue_config(stage: &Stage, swarm: &Swarm, venue: usize, seed: u64) -> String {
    let name = stage.name(venue);
    let [spot, linear] = [Product::Spot, Product::Linear].map(|product| stage.symbol(venue, product));
    let symbols = if spot == linear { format!("\"{spot}\"") } else { format!("\"{spot}\",\"{linear}\"") };
    let accounts = swarm.purse.map_or_else(String::new, |(quote, milli)| {
        let base = format!("{}.{:03}", milli / 1_000, milli % 1_000);
        format!(r#","accounts":[{{"balances":{{"USDT":"{quote}","BTC":"{base}"}}}}]"#)
    });
    format!(
        r#"{{"venue":"{name}","products":["spot","linear"],"seed":{seed},"symbols":[{symbols}],"feeTaker":"0.0001","levels":5,"tickMs":{}{accounts}}}"#,
        TICK / MS
    )
}

/// How long a request may be under way, ms: venues with a time window refuse it afterwards.
pub(super) const WINDOW_MS: i64 = 1_500;
/// The bounds of the simulated venues, ms: recvWindow, read lag, clock error.
const BOUNDS: [Ns; 3] = [WINDOW_MS, 500, 200];
const PLAN_DEADLINE_MS: u64 = 5_000;
/// Silence after which a book is stale, ms.
pub(super) const STALE: Ns = 3_000 * MS;
/// The oldest that a book may be which an order is priced from, and how far from both books its price may stand.
pub(super) const AGE_MAX: Ns = 2_000 * MS;
pub(super) const COLLAR_BPS: i64 = 100;

/// So little is kept of what is settled that it is forgotten within moments, as on a busy account within minutes.
const FORGETFUL: &str = r#","memory":{"orders":48}"#;

pub(super) fn engine_config(stage: &Stage, swarm: &Swarm, mutant: &str, machine: u32) -> String {
    let links: Vec<String> = stage
        .links
        .iter()
        .enumerate()
        .map(|(id, link)| {
            format!(
                r#"{{"id":{id},"venue":"{}","type":"{}","role":"{}","account":"main"}}"#,
                stage.name(link.venue),
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
        account(stage.name(0)),
        account(stage.name(1)),
        venue(stage.name(0), "spot"),
        venue(stage.name(0), "linear"),
        venue(stage.name(1), "spot"),
        venue(stage.name(1), "linear"),
        links.join(","),
        pairs(stage, swarm).join(","),
        AGE_MAX / MS,
        swarm.cooldown_ms,
        if swarm.forgetful { FORGETFUL } else { "" },
    )
}

/// Legs of the pairs by venue and product; the first two share an instrument.
const PAIRS: [(&str, [Product; 2]); 3] = [
    ("spot_perp", [Product::Spot, Product::Linear]),
    ("perp_perp", [Product::Linear, Product::Linear]),
    ("spot_spot", [Product::Linear, Product::Spot]),
];

fn pairs(stage: &Stage, swarm: &Swarm) -> Vec<String> {
    (0..PAIRS.len()).map(|at| pair(stage, swarm, at, true)).collect()
}

pub(super) fn pair(stage: &Stage, swarm: &Swarm, at: usize, enabled: bool) -> String {
    let (id, products) = PAIRS[at];
    let leg = |venue: usize| {
        let product = products[venue];
        let (exchange, symbol) = (stage.name(venue), stage.symbol(venue, product));
        format!(r#"{{"exchange":"{exchange}","symbol":"{symbol}","type":"{}"}}"#, product.name())
    };
    let qty = format!("{}.{:03}", swarm.qty_milli / 1_000, swarm.qty_milli % 1_000);
    format!(
        r#"{{"id":"{id}","leg1":{},"leg2":{},"threshold":"0.0{}","qty":"{qty}","totalAmount":"300000","direction":"auto","enabled":{enabled}}}"#,
        leg(0),
        leg(1),
        swarm.threshold
    )
}

pub(super) const PAIR_COUNT: usize = PAIRS.len();

pub(super) fn pair_id(at: usize) -> &'static str {
    PAIRS[at].0
}

/// The venue's list of a product, as the cold half hands it to the engine.
pub(super) fn instruments(stage: &Stage, venue: usize, product: Product, phase: Phase) -> String {
    let status = match phase {
        Phase::Trading => "TRADING",
        Phase::CancelOnly => "CANCEL_ONLY",
        Phase::Delisted => return "[]".to_owned(),
    };
    let symbol = stage.symbol(venue, product);
    let row = listings(stage.venues[venue], product).into_iter().find(|row| row.symbol.as_str() == symbol);
    let Some(row) = row else { return "[]".to_owned() };
    let (tick, lot) = (row.px_text(row.tick), row.qty_text(row.lot));
    let least = row.notional_min.0 / crate::units::pow10(crate::units::MONEY_DECIMALS);
    // Venues that count in contracts say how large one is, and name instruments by number.
    let counted = if stage.venues[venue] == Venue::Okx {
        let contract = if product == Product::Linear { "0.01" } else { "1" };
        format!(r#","contract":"{contract}","code":"{}""#, row.wire.code)
    } else {
        String::new()
    };
    format!(
        r#"[{{"symbol":"{symbol}","base":"BTC","quote":"USDT","tick":"{tick}","lot":"{lot}","qtyMin":"{lot}","qtyMax":"83","notionalMin":"{least}","feeMaker":"0.0001","feeTaker":"0.0001","status":"{status}"{counted}}}]"#
    )
}
