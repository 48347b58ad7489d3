//! Public market data. Histories descend; swaps count contracts.

use super::fault::{self, INSTRUMENT};
use super::{kind, level, listing, product};
use crate::sim::dialect::World;
use crate::sim::dialect::rest::{Answer, Call, Fault};
use crate::sim::dialect::shapes::{
    FUNDING_EVERY, FUNDING_RATE, MS, bars, funding_next, funding_times, interval, size,
};
use crate::sim::json::{Raw, array, object};
use crate::sim::model::{Listing, Print};
use crate::sim::text::{plain, short};
use crate::units::{Ns, Product};

const DAY: Ns = 86_400_000 * MS;
const CANDLES_MAX: usize = 300;
const TRADES_MAX: usize = 500;
const FUNDINGS_MAX: usize = 100;

/// The one listing that the request names.
pub(super) fn named(call: &Call<'_>) -> Result<usize, Fault> {
    let symbol = call.params.get("instId").ok_or_else(|| fault::param("instId"))?;
    listing(call.world, symbol).ok_or(INSTRUMENT)
}

/// The named listing, else all of a product.
pub(super) fn asked(call: &Call<'_>) -> Result<Vec<usize>, Fault> {
    if call.params.get("instId").is_some() {
        return named(call).map(|listing| vec![listing]);
    }
    let wanted = call.params.get("instType").map(product);
    let fits = |l: &Listing| wanted.is_none_or(|wanted| wanted == Some(l.product));
    let all = call.world.model.listings.iter().enumerate();
    Ok(all.filter(|(_, l)| fits(l)).map(|(index, _)| index).collect())
}

pub(super) fn time(call: &mut Call<'_>) -> Answer {
    Ok(array([object! {"ts" => call.world.ms().to_string()}]))
}

pub(super) fn instruments(call: &mut Call<'_>) -> Answer {
    if call.params.get("instType").is_none() {
        return Err(fault::param("instType"));
    }
    Ok(array(asked(call)?.into_iter().map(|index| instrument(&call.world.model.listings[index]))))
}

fn instrument(listing: &Listing) -> Raw {
    let linear = listing.product == Product::Linear;
    let pick = |text: &str| if linear { text.to_owned() } else { String::new() };
    let contract = listing.wire.contract_text();
    let pair = format!("{}-{}", listing.base, listing.quote);
    object! {
        "alias" => "", "instType" => kind(listing.product), "instId" => listing.symbol,
        "instIdCode" => listing.wire.code, "instFamily" => pick(&pair), "uly" => pick(&pair),
        "baseCcy" => if linear { "" } else { listing.base.as_str() },
        "quoteCcy" => if linear { "" } else { listing.quote.as_str() }, "settleCcy" => pick(listing.quote.as_str()),
        "ctVal" => pick(&contract), "ctMult" => pick("1"), "ctValCcy" => pick(listing.base.as_str()),
        "ctType" => pick("linear"), "optType" => "", "stk" => "", "listTime" => "1606468572000", "expTime" => "",
        "lever" => "10", "tickSz" => listing.px_text(listing.tick), "lotSz" => size(listing, listing.lot),
        "minSz" => size(listing, listing.qty_min), "maxLmtSz" => size(listing, listing.qty_max),
        "maxMktSz" => size(listing, listing.qty_max), "maxTwapSz" => "", "maxIcebergSz" => "", "maxTriggerSz" => "",
        "maxStopSz" => "", "ruleType" => "normal", "state" => "live",
    }
}

pub(super) fn books(call: &mut Call<'_>) -> Answer {
    let listing = named(call)?;
    let depth = call.params.number("sz").map_or(1, |depth| depth.clamp(1, 400) as usize);
    let (facts, book) = (&call.world.model.listings[listing], &call.world.model.books[listing]);
    let side =
        |levels: &mut dyn Iterator<Item = (i64, i64)>| array(levels.map(|(px, qty)| level(facts, px, qty)));
    let (asks, bids) = (side(&mut book.asks.levels(depth)), side(&mut book.bids.levels(depth)));
    Ok(array([
        object! {"asks" => asks, "bids" => bids, "ts" => call.world.ms().to_string(), "seqId" => book.last_id},
    ]))
}

pub(super) fn tickers(call: &mut Call<'_>) -> Answer {
    Ok(array(asked(call)?.into_iter().map(|listing| ticker(call.world, listing))))
}

fn ticker(world: &World, listing: usize) -> Raw {
    let (facts, book) = (&world.model.listings[listing], &world.model.books[listing]);
    let bar = world.paths[listing].candle(facts, world.now - DAY, world.now);
    let last = book.last_px().unwrap_or(bar.close);
    let ((bid, bid_qty), (ask, ask_qty)) =
        (book.bids.best().unwrap_or_default(), book.asks.best().unwrap_or_default());
    let base = short(bar.volume, facts.qty_decimals);
    let value = plain(facts.notional(bar.close, bar.volume));
    let linear = facts.product == Product::Linear;
    object! {
        "instType" => kind(facts.product), "instId" => facts.symbol, "last" => facts.px_text(last), "lastSz" => "1",
        "askPx" => facts.px_text(ask), "askSz" => size(facts, ask_qty), "bidPx" => facts.px_text(bid),
        "bidSz" => size(facts, bid_qty), "open24h" => facts.px_text(bar.open),
        "high24h" => facts.px_text(bar.high.max(last)), "low24h" => facts.px_text(bar.low.min(last)),
        "volCcy24h" => if linear { base } else { value }, "vol24h" => size(facts, bar.volume),
        "sodUtc0" => facts.px_text(bar.open), "sodUtc8" => facts.px_text(bar.open), "ts" => world.ms().to_string(),
    }
}

pub(super) fn trades(call: &mut Call<'_>) -> Answer {
    let listing = named(call)?;
    let limit = call.params.limit(100, TRADES_MAX);
    let (facts, book) = (&call.world.model.listings[listing], &call.world.model.books[listing]);
    Ok(array(book.tape.iter().rev().take(limit).map(|print: &Print| super::trade(facts, print))))
}

pub(super) fn candles(call: &mut Call<'_>) -> Answer {
    let listing = named(call)?;
    let length = interval(call.params.get("bar").unwrap_or("1m")).ok_or_else(|| fault::param("bar"))?;
    let limit = call.params.limit(100, CANDLES_MAX);
    let end = call.params.number("after").map(|ms| ms * MS - 1);
    let facts = &call.world.model.listings[listing];
    let rows = bars(call.world, listing, length, limit, end);
    let oldest = call.params.number("before").map_or(0, |ms| ms * MS + 1);
    Ok(array(rows.into_iter().filter(|(open, _)| *open >= oldest).map(|(open, bar)| {
        let px = |value: i64| facts.px_text(value);
        let value = plain(facts.notional(bar.close, bar.volume));
        let done = if open + length <= call.world.now { "1" } else { "0" };
        [
            (open / MS).to_string(),
            px(bar.open),
            px(bar.high),
            px(bar.low),
            px(bar.close),
            size(facts, bar.volume),
            short(bar.volume, facts.qty_decimals),
            value,
            done.to_owned(),
        ]
    })))
}

/// The perpetual that the request names.
fn swap(call: &Call<'_>) -> Result<usize, Fault> {
    let listing = named(call)?;
    let linear = call.world.model.listings[listing].product == Product::Linear;
    if linear { Ok(listing) } else { Err(INSTRUMENT) }
}

pub(super) fn funding(call: &mut Call<'_>) -> Answer {
    let facts = &call.world.model.listings[swap(call)?];
    let next = funding_next(call.world.now);
    Ok(array([object! {
        "instType" => "SWAP", "instId" => facts.symbol, "method" => "current_period", "fundingRate" => FUNDING_RATE,
        "nextFundingRate" => "", "fundingTime" => (next / MS).to_string(),
        "nextFundingTime" => ((next + FUNDING_EVERY) / MS).to_string(), "minFundingRate" => "-0.00375",
        "maxFundingRate" => "0.00375", "settState" => "settled", "settFundingRate" => FUNDING_RATE, "premium" => "0",
        "ts" => call.world.ms().to_string(),
    }]))
}

pub(super) fn funding_history(call: &mut Call<'_>) -> Answer {
    let symbol = call.world.model.listings[swap(call)?].symbol;
    let moment = |name: &str, default: Ns| call.params.number(name).map_or(default, |ms| ms * MS);
    let (after, before) = (moment("before", -1), moment("after", Ns::MAX));
    let limit = call.params.limit(FUNDINGS_MAX, FUNDINGS_MAX);
    Ok(array(funding_times(call.world.now, after, before, 0, limit).into_iter().map(|at| {
        object! {
            "instType" => "SWAP", "instId" => symbol, "method" => "current_period", "fundingRate" => FUNDING_RATE,
            "realizedRate" => FUNDING_RATE, "fundingTime" => (at / MS).to_string(),
        }
    })))
}

pub(super) fn marks(call: &mut Call<'_>) -> Answer {
    let listings =
        asked(call)?.into_iter().filter(|index| call.world.model.listings[*index].product == Product::Linear);
    Ok(array(listings.map(|index| {
        let facts = &call.world.model.listings[index];
        object! {
            "instType" => "SWAP", "instId" => facts.symbol, "markPx" => facts.px_text(call.world.model.mark(index)),
            "ts" => call.world.ms().to_string(),
        }
    })))
}
