//! Public market data. Candles ascend; one route a product for everything.

use super::fault::{self, SYMBOL};
use super::product;
use crate::sim::dialect::World;
use crate::sim::dialect::rest::{Answer, Call, Fault};
use crate::sim::dialect::shapes::{FUNDING_RATE, MS, bars, funding_next, funding_times, interval, size};
use crate::sim::json::{Null, Raw, array, object};
use crate::sim::model::{Listing, Print};
use crate::sim::text::{mantissa, plain, short};
use crate::units::{Ns, Product, mul_div};

const DAY: Ns = 86_400_000 * MS;
const CANDLES_MAX: usize = 1000;
const TRADES_MAX: usize = 500;
const FUNDINGS_MAX: usize = 100;
/// Kinds of futures that the venue knows and this one does not list.
const OTHER_KINDS: [&str; 5] =
    ["COIN-FUTURES", "USDC-FUTURES", "SUSDT-FUTURES", "SCOIN-FUTURES", "SUSDC-FUTURES"];

/// Futures name their kind in each request.
pub(super) fn check_kind(call: &Call<'_>, wanted: Product) -> Result<(), Fault> {
    let named = call.params.get("productType").map(|kind| product(&kind.to_ascii_uppercase()));
    match (wanted, named) {
        (Product::Spot, _) | (Product::Linear, Some(Some(Product::Linear))) => Ok(()),
        (Product::Linear, _) => Err(fault::param("productType")),
    }
}

/// The one listing of a product that the request names.
pub(super) fn named(call: &Call<'_>, product: Product) -> Result<usize, Fault> {
    check_kind(call, product)?;
    let symbol = call.params.get("symbol").ok_or_else(|| fault::param("symbol"))?;
    call.world.model.find(product, symbol).ok_or(SYMBOL)
}

/// The named listing, else all of the product.
pub(super) fn asked(call: &Call<'_>, product: Product) -> Result<Vec<usize>, Fault> {
    if call.params.get("symbol").is_some() {
        return named(call, product).map(|listing| vec![listing]);
    }
    check_kind(call, product)?;
    let all = call.world.model.listings.iter().enumerate();
    Ok(all.filter(|(_, l)| l.product == product).map(|(index, _)| index).collect())
}

pub(super) fn time(call: &mut Call<'_>) -> Answer {
    Ok(object! {"serverTime" => call.world.ms().to_string()})
}

pub(super) fn symbols(call: &mut Call<'_>) -> Answer {
    Ok(array(asked(call, Product::Spot)?.into_iter().map(|index| {
        let l = &call.world.model.listings[index];
        object! {
            "symbol" => l.symbol, "baseCoin" => l.base, "quoteCoin" => l.quote, "minTradeAmount" => "0",
            "maxTradeAmount" => size(l, l.qty_max), "takerFeeRate" => rate(l, false), "makerFeeRate" => rate(l, true),
            "pricePrecision" => l.px_decimals.to_string(), "quantityPrecision" => l.qty_decimals.to_string(),
            "quotePrecision" => (l.px_decimals + l.qty_decimals).to_string(), "minTradeUSDT" => plain(l.notional_min),
            "status" => "online", "buyLimitPriceRatio" => "0.05", "sellLimitPriceRatio" => "0.05",
            "orderQuantity" => "200", "areaSymbol" => "no", "maxLimitOrderValue" => "1000000000",
            "maxMarketOrderValue" => "1000000000", "openTime" => "1600000000000",
        }
    })))
}

fn rate(listing: &Listing, maker: bool) -> String {
    mantissa(listing.fee(maker).0 / 100, 8)
}

pub(super) fn contracts(call: &mut Call<'_>) -> Answer {
    let kind = call.params.get("productType").map(str::to_ascii_uppercase);
    if kind.is_some_and(|kind| OTHER_KINDS.contains(&kind.as_str())) {
        return Ok(array(Vec::<Raw>::new()));
    }
    Ok(array(asked(call, Product::Linear)?.into_iter().map(|index| {
        let l = &call.world.model.listings[index];
        object! {
            "symbol" => l.symbol, "baseCoin" => l.base, "quoteCoin" => l.quote, "buyLimitPriceRatio" => "0.05",
            "sellLimitPriceRatio" => "0.05", "makerFeeRate" => rate(l, true), "takerFeeRate" => rate(l, false),
            "supportMarginCoins" => [l.quote], "minTradeNum" => size(l, l.qty_min),
            "priceEndStep" => l.tick.to_string(), "pricePlace" => l.px_decimals.to_string(),
            "volumePlace" => l.qty_decimals.to_string(), "sizeMultiplier" => size(l, l.lot), "symbolType" => "perpetual",
            "minTradeUSDT" => plain(l.notional_min), "maxOrderQty" => size(l, l.qty_max),
            "maxMarketOrderQty" => size(l, l.qty_max), "symbolStatus" => "normal", "fundInterval" => "8",
            "minLever" => "1", "maxLever" => "125", "offTime" => "-1", "limitOpenTime" => "-1",
            "feeRateUpRatio" => "0.005", "openCostUpRatio" => "0.01", "maxSymbolOrderNum" => "200",
            "maxProductOrderNum" => "1000", "maxPositionNum" => "150", "deliveryTime" => "", "deliveryStartTime" => "",
            "launchTime" => "", "posLimit" => "0.05", "maintainTime" => "", "isRwa" => "NO",
        }
    })))
}

/// Futures write numbers, and how finely they merged prices.
fn book(call: &Call<'_>, product: Product) -> Answer {
    let listing = named(call, product)?;
    let depth = call.params.limit(100, 150);
    let (facts, book) = (&call.world.model.listings[listing], &call.world.model.books[listing]);
    let side = |levels: &mut dyn Iterator<Item = (i64, i64)>| match product {
        Product::Spot => array(levels.map(|(px, qty)| [facts.px_text(px), size(facts, qty)])),
        Product::Linear => array(levels.map(|(px, qty)| [Raw(facts.px_text(px)), Raw(size(facts, qty))])),
    };
    let (asks, bids) = (side(&mut book.asks.levels(depth)), side(&mut book.bids.levels(depth)));
    let body = object! {"asks" => asks, "bids" => bids, "ts" => call.world.ms().to_string()};
    Ok(match product {
        Product::Spot => body,
        Product::Linear => body.join(&object! {
            "precision" => "scale0", "scale" => facts.px_text(facts.tick), "isMaxPrecision" => "YES",
        }),
    })
}

pub(super) fn spot_book(call: &mut Call<'_>) -> Answer {
    book(call, Product::Spot)
}

pub(super) fn linear_book(call: &mut Call<'_>) -> Answer {
    book(call, Product::Linear)
}

pub(super) fn spot_tickers(call: &mut Call<'_>) -> Answer {
    Ok(array(asked(call, Product::Spot)?.into_iter().map(|listing| ticker(call.world, listing))))
}

pub(super) fn linear_tickers(call: &mut Call<'_>) -> Answer {
    Ok(array(asked(call, Product::Linear)?.into_iter().map(|listing| ticker(call.world, listing))))
}

fn ticker(world: &World, listing: usize) -> Raw {
    let (facts, book) = (&world.model.listings[listing], &world.model.books[listing]);
    let bar = world.paths[listing].candle(facts, world.now - DAY, world.now);
    let last = book.last_px().unwrap_or(bar.close);
    let ((bid, bid_qty), (ask, ask_qty)) =
        (book.bids.best().unwrap_or_default(), book.asks.best().unwrap_or_default());
    let change = mul_div(i128::from(last - bar.open), 1_000_000, i128::from(bar.open)).unwrap_or(0) as i64;
    let value = plain(facts.notional(bar.close, bar.volume));
    let common = object! {
        "symbol" => facts.symbol, "lastPr" => facts.px_text(last), "askPr" => facts.px_text(ask),
        "bidPr" => facts.px_text(bid), "askSz" => size(facts, ask_qty), "bidSz" => size(facts, bid_qty),
        "high24h" => facts.px_text(bar.high.max(last)), "low24h" => facts.px_text(bar.low.min(last)),
        "change24h" => short(change, 6), "baseVolume" => size(facts, bar.volume), "quoteVolume" => value,
        "usdtVolume" => value, "openUtc" => facts.px_text(bar.open), "changeUtc24h" => short(change, 6),
        "ts" => world.ms().to_string(),
    };
    let open = facts.px_text(bar.open);
    common.join(&match facts.product {
        Product::Spot => object! {"open" => open},
        Product::Linear => object! {
            "open24h" => open, "indexPrice" => facts.px_text(world.paths[listing].index(facts, world.now)),
            "markPrice" => facts.px_text(world.model.mark(listing)), "fundingRate" => "0.0001",
            "holdingAmount" => size(facts, bar.volume), "deliveryStartTime" => Null, "deliveryTime" => Null,
            "deliveryStatus" => "",
        },
    })
}

fn trades(call: &Call<'_>, product: Product) -> Answer {
    let listing = named(call, product)?;
    let limit = call.params.limit(100, TRADES_MAX);
    let (facts, book) = (&call.world.model.listings[listing], &call.world.model.books[listing]);
    Ok(array(
        book.tape
            .iter()
            .rev()
            .take(limit)
            .map(|print: &Print| object! {"symbol" => facts.symbol}.join(&super::trade(facts, print))),
    ))
}

pub(super) fn spot_trades(call: &mut Call<'_>) -> Answer {
    trades(call, Product::Spot)
}

pub(super) fn linear_trades(call: &mut Call<'_>) -> Answer {
    trades(call, Product::Linear)
}

fn candles(call: &Call<'_>, product: Product) -> Answer {
    let listing = named(call, product)?;
    let length =
        call.params.get("granularity").and_then(interval).ok_or_else(|| fault::param("granularity"))?;
    let limit = call.params.limit(100, CANDLES_MAX);
    let end = call.params.number("endTime").map(|ms| ms * MS);
    let start = call.params.number("startTime").map_or(0, |ms| ms * MS);
    let facts = &call.world.model.listings[listing];
    let mut rows = bars(call.world, listing, length, limit, end);
    rows.retain(|(open, _)| *open >= start);
    rows.reverse();
    Ok(array(rows.into_iter().map(|(open, bar)| {
        let value = plain(facts.notional(bar.close, bar.volume));
        let px = |value: i64| facts.px_text(value);
        let mut row = vec![
            (open / MS).to_string(),
            px(bar.open),
            px(bar.high),
            px(bar.low),
            px(bar.close),
            size(facts, bar.volume),
            value.clone(),
        ];
        // Spot rows have the value in USDT too.
        row.extend((product == Product::Spot).then_some(value));
        row
    })))
}

pub(super) fn spot_candles(call: &mut Call<'_>) -> Answer {
    candles(call, Product::Spot)
}

pub(super) fn linear_candles(call: &mut Call<'_>) -> Answer {
    candles(call, Product::Linear)
}

pub(super) fn funding(call: &mut Call<'_>) -> Answer {
    let symbol = call.world.model.listings[named(call, Product::Linear)?].symbol;
    Ok(array([object! {
        "symbol" => symbol, "fundingRate" => FUNDING_RATE, "fundingRateInterval" => "8",
        "nextUpdate" => (funding_next(call.world.now) / MS).to_string(), "minFundingRate" => "-0.003",
        "maxFundingRate" => "0.003",
    }]))
}

pub(super) fn funding_time(call: &mut Call<'_>) -> Answer {
    let symbol = call.world.model.listings[named(call, Product::Linear)?].symbol;
    let next = (funding_next(call.world.now) / MS).to_string();
    Ok(array([object! {"symbol" => symbol, "nextFundingTime" => next, "ratePeriod" => "8"}]))
}

/// Newest first, by pages that count from 1.
pub(super) fn funding_history(call: &mut Call<'_>) -> Answer {
    let symbol = call.world.model.listings[named(call, Product::Linear)?].symbol;
    let number = |name: &str| call.params.number(name).and_then(|number| usize::try_from(number).ok());
    let rows = number("pageSize").unwrap_or(20).clamp(1, FUNDINGS_MAX);
    let skip = (number("pageNo").unwrap_or(1).max(1) - 1).saturating_mul(rows);
    let times = funding_times(call.world.now, -1, Ns::MAX, skip, rows);
    Ok(array(times.into_iter().map(
        |at| object! {"symbol" => symbol, "fundingRate" => FUNDING_RATE, "fundingTime" => (at / MS).to_string()},
    )))
}
