//! Public market data of both categories. Histories descend.

use super::fault::Fault;
use super::{Answer, Call};
use crate::sim::json::{Raw, array, object};
use crate::sim::model::{Listing, Print};
use crate::sim::text::{plain, short};
use crate::units::{Ns, Product, Side, mul_div};

const MS: Ns = 1_000_000;
const MINUTE: Ns = 60_000 * MS;
const DAY: Ns = 1440 * MINUTE;
const FUNDING_EVERY: Ns = DAY / 3;
pub(super) const FUNDING_RATE: &str = "0.0001";
const KLINES_MAX: usize = 1000;
/// /recent-trade serves fewer rows for spot.
const TRADES_MAX: [usize; 2] = [60, 1000];

pub(super) fn side_name(side: Side) -> &'static str {
    match side {
        Side::Buy => "Buy",
        Side::Sell => "Sell",
    }
}

pub(super) fn time(call: &mut Call<'_>) -> Answer {
    let now = call.world.now;
    Ok(object! {"timeSecond" => (now / 1_000_000_000).to_string(), "timeNano" => now.to_string()})
}

pub(super) fn instruments(call: &mut Call<'_>) -> Answer {
    let product = call.product()?;
    let list = array(call.listings()?.into_iter().map(|index| instrument(&call.world.model.listings[index])));
    Ok(object! {"category" => product.name(), "list" => list, "nextPageCursor" => ""})
}

fn instrument(listing: &Listing) -> Raw {
    let qty = |value: i64| short(value, listing.qty_decimals);
    let tick = listing.px_text(listing.tick);
    match listing.product {
        Product::Spot => object! {
            "symbol" => listing.symbol, "baseCoin" => listing.base, "quoteCoin" => listing.quote, "innovation" => "0",
            "status" => "Trading", "marginTrading" => "utaOnly", "stTag" => "0",
            "lotSizeFilter" => object! {
                "basePrecision" => qty(listing.lot), "quotePrecision" => "0.00000001",
                "minOrderQty" => qty(listing.qty_min), "maxOrderQty" => qty(listing.qty_max),
                "minOrderAmt" => plain(listing.notional_min), "maxOrderAmt" => "8000000",
                "maxLimitOrderQty" => qty(listing.qty_max), "maxMarketOrderQty" => qty(listing.qty_max),
            },
            "priceFilter" => object! {"tickSize" => tick},
            "riskParameters" => object! {"priceLimitRatioX" => "0.2", "priceLimitRatioY" => "0.2"},
        },
        Product::Linear => object! {
            "symbol" => listing.symbol, "contractType" => "LinearPerpetual", "status" => "Trading",
            "baseCoin" => listing.base, "quoteCoin" => listing.quote, "launchTime" => "1585526400000",
            "deliveryTime" => "0", "deliveryFeeRate" => "", "priceScale" => "2",
            "leverageFilter" => object! {"minLeverage" => "1", "maxLeverage" => "100.00", "leverageStep" => "0.01"},
            "priceFilter" => object! {
                "minPrice" => tick, "maxPrice" => listing.px_text(listing.anchor * 10), "tickSize" => tick,
            },
            "lotSizeFilter" => object! {
                "maxOrderQty" => qty(listing.qty_max), "minOrderQty" => qty(listing.qty_min),
                "qtyStep" => qty(listing.lot), "postOnlyMaxOrderQty" => qty(listing.qty_max),
                "maxMktOrderQty" => qty(listing.qty_max), "minNotionalValue" => plain(listing.notional_min),
            },
            "unifiedMarginTrade" => true, "fundingInterval" => 480, "settleCoin" => listing.quote,
            "copyTrading" => "none", "upperFundingRate" => "0.005", "lowerFundingRate" => "-0.005",
        },
    }
}

/// Levels as pairs of text.
pub(super) fn levels(listing: &Listing, levels: impl Iterator<Item = (i64, i64)>) -> Raw {
    array(levels.map(|(px, qty)| [listing.px_text(px), short(qty, listing.qty_decimals)]))
}

pub(super) fn orderbook(call: &mut Call<'_>) -> Answer {
    let listing = call.listing()?;
    let limit = call.params.limit(if call.product()? == Product::Spot { 1 } else { 25 }, 1000);
    let (facts, book) = (&call.world.model.listings[listing], &call.world.model.books[listing]);
    Ok(object! {
        "s" => facts.symbol, "b" => levels(facts, book.bids.levels(limit)),
        "a" => levels(facts, book.asks.levels(limit)), "ts" => call.world.ms(), "u" => book.last_id,
        "seq" => book.last_id, "cts" => call.world.ms(),
    })
}

pub(super) fn tickers(call: &mut Call<'_>) -> Answer {
    let product = call.product()?;
    let list = array(call.listings()?.into_iter().map(|listing| ticker(call.world, listing)));
    Ok(object! {"category" => product.name(), "list" => list})
}

/// The ticker row, also of the stream.
pub(super) fn ticker(world: &super::World, listing: usize) -> Raw {
    let (facts, book) = (&world.model.listings[listing], &world.model.books[listing]);
    let bar = world.paths[listing].candle(facts, world.now - DAY, world.now);
    let last = book.last_px().unwrap_or(bar.close);
    let ((bid, bid_qty), (ask, ask_qty)) =
        (book.bids.best().unwrap_or_default(), book.asks.best().unwrap_or_default());
    let change = mul_div(i128::from(last - bar.open), 1_000_000, i128::from(bar.open)).unwrap_or(0) as i64;
    let index = facts.px_text(world.paths[listing].index(facts, world.now));
    let qty = |value: i64| short(value, facts.qty_decimals);
    let common = object! {
        "symbol" => facts.symbol, "bid1Price" => facts.px_text(bid), "bid1Size" => qty(bid_qty),
        "ask1Price" => facts.px_text(ask), "ask1Size" => qty(ask_qty), "lastPrice" => facts.px_text(last),
        "prevPrice24h" => facts.px_text(bar.open), "price24hPcnt" => short(change, 6),
        "highPrice24h" => facts.px_text(bar.high.max(last)), "lowPrice24h" => facts.px_text(bar.low.min(last)),
        "turnover24h" => plain(facts.notional(bar.close, bar.volume)), "volume24h" => qty(bar.volume),
    };
    let own = match facts.product {
        Product::Spot => object! {"usdIndexPrice" => index},
        Product::Linear => object! {
            "indexPrice" => index, "markPrice" => facts.px_text(world.model.mark(listing)),
            "prevPrice1h" => facts.px_text(world.paths[listing].mid(facts, world.now - 60 * MINUTE)),
            "openInterest" => qty(bar.volume),
            "openInterestValue" => plain(facts.notional(bar.close, bar.volume)), "fundingRate" => FUNDING_RATE, "fundingIntervalHour" => "8",
            "nextFundingTime" => ((world.now / FUNDING_EVERY + 1) * FUNDING_EVERY / MS).to_string(),
        },
    };
    common.join(&own)
}

pub(super) fn recent_trades(call: &mut Call<'_>) -> Answer {
    let product = call.product()?;
    let listing = call.listing()?;
    let max = TRADES_MAX[usize::from(product == Product::Linear)];
    let limit = call.params.limit(max.min(500), max);
    let (facts, book) = (&call.world.model.listings[listing], &call.world.model.books[listing]);
    let row = |print: &Print| {
        object! {
            "execId" => print.id.to_string(), "symbol" => facts.symbol, "price" => facts.px_text(print.px),
            "size" => short(print.qty, facts.qty_decimals), "side" => side_name(print.side),
            "time" => (print.at / MS).to_string(), "isBlockTrade" => false, "isRPITrade" => false,
            "seq" => print.id.to_string(),
        }
    };
    let list = array(book.tape.iter().rev().take(limit).map(row));
    Ok(object! {"category" => product.name(), "list" => list})
}

fn interval(text: &str) -> Option<Ns> {
    match text {
        "1" | "3" | "5" | "15" | "30" | "60" | "120" | "240" | "360" | "720" => {
            text.parse::<i64>().ok().map(|minutes| minutes * MINUTE)
        }
        "D" => Some(DAY),
        "W" => Some(7 * DAY),
        "M" => Some(30 * DAY),
        _ => None,
    }
}

pub(super) fn klines(call: &mut Call<'_>) -> Answer {
    let product = call.product()?;
    let listing = call.listing()?;
    let length = call.params.get("interval").and_then(interval).ok_or_else(|| Fault::param("interval"))?;
    let limit = call.params.limit(200, KLINES_MAX) as i64;
    let now = call.world.now;
    let end = call.params.number("end").map_or(now, |ms| (ms * MS).min(now));
    let newest = end - end.rem_euclid(length);
    let oldest = call.params.number("start").map_or(0, |ms| ms * MS);
    let facts = &call.world.model.listings[listing];
    let path = &call.world.paths[listing];
    let opens = (0..limit).map(|step| newest - step * length).take_while(|open| *open >= oldest);
    let list = array(opens.map(|open| {
        let bar = path.candle(facts, open, (open + length).min(now.max(open + MS)));
        [
            (open / MS).to_string(),
            facts.px_text(bar.open),
            facts.px_text(bar.high),
            facts.px_text(bar.low),
            facts.px_text(bar.close),
            short(bar.volume, facts.qty_decimals),
            plain(facts.notional(bar.close, bar.volume)),
        ]
    }));
    Ok(object! {"category" => product.name(), "symbol" => facts.symbol, "list" => list})
}

pub(super) fn funding_history(call: &mut Call<'_>) -> Answer {
    let product = call.product()?;
    let listing = call.listing()?;
    let facts = &call.world.model.listings[listing];
    let limit = call.params.limit(200, 200) as i64;
    let end = call.params.number("endTime").map_or(call.world.now, |ms| (ms * MS).min(call.world.now));
    let start = call.params.number("startTime").map_or(0, |ms| ms * MS);
    let newest = end.div_euclid(FUNDING_EVERY);
    let times = (0..limit).map(|step| (newest - step) * FUNDING_EVERY).take_while(|at| *at >= start);
    let list = array(times.map(|at| {
        object! {
            "symbol" => facts.symbol, "fundingRate" => FUNDING_RATE, "fundingRateTimestamp" => (at / MS).to_string(),
        }
    }));
    Ok(object! {"category" => product.name(), "list" => list})
}
