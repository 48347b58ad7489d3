//! Public market data of both products.

use super::fault::Fault;
use super::{Answer, Call, amount, index, one_or_all, px, qty};
use crate::sim::json::{Null, Raw, array, object};
use crate::sim::model::{Listing, Print};
use crate::units::{Money, Ns, Product, Side, mul_div};

const MS: Ns = 1_000_000;
const DAY: Ns = 86_400_000 * MS;
const FUNDING_EVERY: Ns = DAY / 3;
const FUNDING_RATE: &str = "0.00010000";
const TRADES_MAX: usize = 1000;
const KLINES_MAX: [usize; 2] = [1000, 1500];
const DEPTH_MAX: [usize; 2] = [5000, 1000];

pub(super) fn ping(_: &mut Call<'_>) -> Answer {
    Ok(object! {})
}

pub(super) fn time(call: &mut Call<'_>) -> Answer {
    Ok(object! {"serverTime" => call.world.ms()})
}

pub(super) fn exchange_info(call: &mut Call<'_>) -> Answer {
    let wanted = call.params.get("symbol");
    let all = call.listings().into_iter().map(|index| &call.world.model.listings[index]);
    let symbols: Vec<Raw> =
        all.filter(|l| wanted.is_none_or(|s| s == l.symbol.as_str())).map(symbol_info).collect();
    if symbols.is_empty() {
        return Err(Fault::UNKNOWN_SYMBOL);
    }
    let (weight, orders) =
        (super::WEIGHT[index(call.product)].limit, super::ORDERS[index(call.product)].limit);
    let limits = [
        object! {"rateLimitType" => "REQUEST_WEIGHT", "interval" => "MINUTE", "intervalNum" => 1, "limit" => weight},
        object! {"rateLimitType" => "ORDERS", "interval" => "SECOND", "intervalNum" => 10, "limit" => orders},
    ];
    Ok(object! {
        "timezone" => "UTC", "serverTime" => call.world.ms(), "rateLimits" => limits,
        "exchangeFilters" => Vec::<Raw>::new(), "symbols" => symbols,
    })
}

fn symbol_info(listing: &Listing) -> Raw {
    match listing.product {
        Product::Spot => spot_info(listing),
        Product::Linear => linear_info(listing),
    }
}

fn price_filter(listing: &Listing) -> Raw {
    let (low, high) = (listing.tick, listing.anchor * 100);
    object! {
        "filterType" => "PRICE_FILTER", "minPrice" => px(listing, low), "maxPrice" => px(listing, high),
        "tickSize" => px(listing, listing.tick),
    }
}

fn lot_filter(listing: &Listing, name: &str, step: i64) -> Raw {
    object! {
        "filterType" => name, "minQty" => qty(listing, listing.qty_min), "maxQty" => qty(listing, listing.qty_max),
        "stepSize" => qty(listing, step),
    }
}

fn spot_info(listing: &Listing) -> Raw {
    let (up, down) = (10_000 + listing.band_bps, 10_000 - listing.band_bps);
    let ratio = |bps: i64| crate::sim::text::short(bps, 4);
    let filters = [
        price_filter(listing),
        lot_filter(listing, "LOT_SIZE", listing.lot),
        lot_filter(listing, "MARKET_LOT_SIZE", 0),
        object! {
            "filterType" => "PERCENT_PRICE_BY_SIDE", "bidMultiplierUp" => ratio(up), "bidMultiplierDown" => ratio(down),
            "askMultiplierUp" => ratio(up), "askMultiplierDown" => ratio(down), "avgPriceMins" => 5,
        },
        object! {
            "filterType" => "NOTIONAL", "minNotional" => amount(listing.notional_min), "applyMinToMarket" => true,
            "maxNotional" => "9000000.00000000", "applyMaxToMarket" => false, "avgPriceMins" => 5,
        },
        object! {"filterType" => "MAX_NUM_ORDERS", "maxNumOrders" => crate::sim::model::OPEN_ORDERS_MAX},
    ];
    object! {
        "symbol" => listing.symbol, "status" => "TRADING", "baseAsset" => listing.base, "baseAssetPrecision" => 8,
        "quoteAsset" => listing.quote, "quotePrecision" => 8, "quoteAssetPrecision" => 8,
        "baseCommissionPrecision" => 8, "quoteCommissionPrecision" => 8,
        "orderTypes" => ["LIMIT", "LIMIT_MAKER", "MARKET"], "icebergAllowed" => false, "ocoAllowed" => false,
        "quoteOrderQtyMarketAllowed" => true, "allowTrailingStop" => false, "cancelReplaceAllowed" => false,
        "isSpotTradingAllowed" => true, "isMarginTradingAllowed" => false, "filters" => filters,
        "permissions" => Vec::<Raw>::new(), "permissionSets" => [["SPOT"]], "defaultSelfTradePreventionMode" => "NONE",
        "allowedSelfTradePreventionModes" => ["NONE"],
    }
}

fn linear_info(listing: &Listing) -> Raw {
    let ratio = |bps: i64| crate::sim::text::mantissa(bps, 4);
    let filters = [
        price_filter(listing),
        lot_filter(listing, "LOT_SIZE", listing.lot),
        lot_filter(listing, "MARKET_LOT_SIZE", listing.lot),
        object! {"filterType" => "MAX_NUM_ORDERS", "limit" => crate::sim::model::OPEN_ORDERS_MAX},
        object! {"filterType" => "MIN_NOTIONAL", "notional" => crate::sim::text::plain(listing.notional_min)},
        object! {
            "filterType" => "PERCENT_PRICE", "multiplierUp" => ratio(10_000 + listing.band_bps),
            "multiplierDown" => ratio(10_000 - listing.band_bps), "multiplierDecimal" => "4",
        },
    ];
    object! {
        "symbol" => listing.symbol, "pair" => listing.symbol, "contractType" => "PERPETUAL",
        "deliveryDate" => 4_133_404_800_000_i64, "onboardDate" => 1_569_398_400_000_i64, "status" => "TRADING",
        "maintMarginPercent" => "2.5000", "requiredMarginPercent" => "5.0000", "baseAsset" => listing.base,
        "quoteAsset" => listing.quote, "marginAsset" => listing.quote, "pricePrecision" => 2,
        "quantityPrecision" => listing.qty_decimals, "baseAssetPrecision" => 8, "quotePrecision" => 8,
        "underlyingType" => "COIN", "underlyingSubType" => ["PoW"], "triggerProtect" => "0.0500",
        "liquidationFee" => "0.015000", "marketTakeBound" => "0.05", "maxMoveOrderLimit" => 10_000,
        "filters" => filters, "orderTypes" => ["LIMIT", "MARKET"], "timeInForce" => ["GTC", "IOC", "FOK", "GTX"],
    }
}

pub(super) fn depth(call: &mut Call<'_>) -> Answer {
    let listing = call.listing()?;
    let limit = call.params.limit(if call.spot() { 100 } else { 500 }, DEPTH_MAX[index(call.product)]);
    let (facts, book) = (&call.world.model.listings[listing], &call.world.model.books[listing]);
    let side = |side: Side| array(book.side(side).levels(limit).map(|(p, q)| [px(facts, p), qty(facts, q)]));
    let (bids, asks) = (side(Side::Buy), side(Side::Sell));
    Ok(match call.product {
        Product::Spot => object! {"lastUpdateId" => book.last_id, "bids" => bids, "asks" => asks},
        Product::Linear => object! {
            "lastUpdateId" => book.last_id, "E" => call.world.ms(), "T" => call.world.ms(), "bids" => bids,
            "asks" => asks,
        },
    })
}

/// Newest prints first are the last of the tape; the answer is oldest first.
fn tail(call: &Call<'_>, listing: usize) -> Vec<Print> {
    let tape = &call.world.model.books[listing].tape;
    let limit = call.params.limit(500, TRADES_MAX);
    let from = call.params.number("fromId").map_or(0, |id| id as u64);
    let start = call.params.number("startTime").map_or(0, |ms| ms * MS);
    let end = call.params.number("endTime").map_or(Ns::MAX, |ms| ms * MS);
    let fits = |print: &&Print| print.id >= from && print.at >= start && print.at <= end;
    let all: Vec<Print> = tape.iter().filter(fits).copied().collect();
    let first = if from > 0 || start > 0 { 0 } else { all.len().saturating_sub(limit) };
    all.into_iter().skip(first).take(limit).collect()
}

pub(super) fn trades(call: &mut Call<'_>) -> Answer {
    let listing = call.listing()?;
    let facts = &call.world.model.listings[listing];
    Ok(array(tail(call, listing).iter().map(|print| {
        object! {
            "id" => print.id, "price" => px(facts, print.px), "qty" => qty(facts, print.qty),
            "quoteQty" => amount(facts.notional(print.px, print.qty)), "time" => print.at / MS,
            "isBuyerMaker" => print.side == Side::Sell, "isBestMatch" => true,
        }
    })))
}

pub(super) fn agg_trades(call: &mut Call<'_>) -> Answer {
    let listing = call.listing()?;
    let facts = &call.world.model.listings[listing];
    Ok(array(tail(call, listing).iter().map(|print| {
        object! {
            "a" => print.id, "p" => px(facts, print.px), "q" => qty(facts, print.qty), "f" => print.id,
            "l" => print.id, "T" => print.at / MS, "m" => print.side == Side::Sell, "M" => true,
        }
    })))
}

/// Length of a kline interval such as `15m`; months count as thirty days.
fn interval(text: &str) -> Option<Ns> {
    let (count, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let unit = match unit {
        "s" => 1000 * MS,
        "m" => 60_000 * MS,
        "h" => 3_600_000 * MS,
        "d" => DAY,
        "w" => 7 * DAY,
        "M" => 30 * DAY,
        _ => return None,
    };
    count.parse::<i64>().ok().filter(|count| (1..=30).contains(count)).map(|count| count * unit)
}

pub(super) fn klines(call: &mut Call<'_>) -> Answer {
    let listing = call.listing()?;
    let text = call.params.get("interval").ok_or_else(|| Fault::missing("interval"))?;
    let length = interval(text).ok_or(Fault::invalid(-1120, "Invalid interval."))?;
    let limit = call.params.limit(500, KLINES_MAX[index(call.product)]) as i64;
    let now = call.world.now;
    let align = |wall: Ns| wall - wall.rem_euclid(length);
    let end = call.params.number("endTime").map_or(now, |ms| (ms * MS).min(now));
    let first = match call.params.number("startTime") {
        Some(ms) => align(ms * MS + length - 1),
        None => align(end) - (limit - 1) * length,
    };
    let facts = &call.world.model.listings[listing];
    let path = &call.world.paths[listing];
    let opens = (0..limit).map(|step| first + step * length).take_while(|open| *open <= end);
    Ok(array(opens.map(|open| {
        let bar = path.candle(facts, open, (open + length).min(now.max(open + MS)));
        let turnover = facts.notional(bar.close, bar.volume);
        let half = mul_div(turnover.0, 1, 2).map_or(Money::ZERO, Money);
        let cells: [Raw; 12] = [
            Raw((open / MS).to_string()),
            quoted(&px(facts, bar.open)),
            quoted(&px(facts, bar.high)),
            quoted(&px(facts, bar.low)),
            quoted(&px(facts, bar.close)),
            quoted(&qty(facts, bar.volume)),
            Raw((((open + length) / MS) - 1).to_string()),
            quoted(&amount(turnover)),
            Raw(bar.trades.to_string()),
            quoted(&qty(facts, bar.volume / 2)),
            quoted(&amount(half)),
            quoted("0"),
        ];
        array(cells)
    })))
}

fn quoted(text: &str) -> Raw {
    Raw(format!("\"{text}\""))
}

/// The listings that a ticker call asks for, and whether it named one.
fn asked(call: &Call<'_>) -> Result<(bool, Vec<usize>), Fault> {
    match call.params.get("symbol") {
        Some(_) => Ok((true, vec![call.listing()?])),
        None => Ok((false, call.listings())),
    }
}

pub(super) fn book_ticker(call: &mut Call<'_>) -> Answer {
    let (single, listings) = asked(call)?;
    let rows = listings.into_iter().filter_map(|listing| {
        let (facts, book) = (&call.world.model.listings[listing], &call.world.model.books[listing]);
        let ((bid, bid_qty), (ask, ask_qty)) = (book.bids.best()?, book.asks.best()?);
        Some(object! {
            "symbol" => facts.symbol, "bidPrice" => px(facts, bid), "bidQty" => qty(facts, bid_qty),
            "askPrice" => px(facts, ask), "askQty" => qty(facts, ask_qty), "time" => call.world.ms(),
        })
    });
    Ok(one_or_all(single, rows.collect()))
}

pub(super) fn price_ticker(call: &mut Call<'_>) -> Answer {
    let (single, listings) = asked(call)?;
    let rows = listings.into_iter().map(|listing| {
        let facts = &call.world.model.listings[listing];
        let last = call.world.model.books[listing].last_px().unwrap_or(facts.anchor);
        object! {"symbol" => facts.symbol, "price" => px(facts, last), "time" => call.world.ms()}
    });
    Ok(one_or_all(single, rows.collect()))
}

pub(super) fn ticker_24h(call: &mut Call<'_>) -> Answer {
    let (single, listings) = asked(call)?;
    let rows = listings.into_iter().map(|listing| day(call, listing));
    Ok(one_or_all(single, rows.collect()))
}

fn day(call: &Call<'_>, listing: usize) -> Raw {
    let (facts, book) = (&call.world.model.listings[listing], &call.world.model.books[listing]);
    let now = call.world.now;
    let bar = call.world.paths[listing].candle(facts, now - DAY, now);
    let last = book.last_px().unwrap_or(bar.close);
    let percent = mul_div(i128::from(last - bar.open), 100_000, i128::from(bar.open)).unwrap_or(0) as i64;
    let change = crate::sim::text::mantissa(last - bar.open, facts.px_decimals);
    let ((bid, bid_qty), (ask, ask_qty)) =
        (book.bids.best().unwrap_or_default(), book.asks.best().unwrap_or_default());
    object! {
        "symbol" => facts.symbol, "priceChange" => change,
        "priceChangePercent" => crate::sim::text::mantissa(percent, 3), "weightedAvgPrice" => px(facts, bar.close),
        "prevClosePrice" => px(facts, bar.open), "lastPrice" => px(facts, last), "lastQty" => qty(facts, facts.lot),
        "bidPrice" => px(facts, bid), "bidQty" => qty(facts, bid_qty), "askPrice" => px(facts, ask),
        "askQty" => qty(facts, ask_qty), "openPrice" => px(facts, bar.open), "highPrice" => px(facts, bar.high.max(last)),
        "lowPrice" => px(facts, bar.low.min(last)), "volume" => qty(facts, bar.volume),
        "quoteVolume" => amount(facts.notional(bar.close, bar.volume)), "openTime" => (now - DAY) / MS,
        "closeTime" => now / MS, "firstId" => Null, "lastId" => Null, "count" => bar.trades,
    }
}

pub(super) fn premium_index(call: &mut Call<'_>) -> Answer {
    let (single, listings) = asked(call)?;
    let now = call.world.now;
    let rows = listings.into_iter().map(|listing| {
        let facts = &call.world.model.listings[listing];
        let index = call.world.paths[listing].index(facts, now);
        object! {
            "symbol" => facts.symbol, "markPrice" => amount(facts.px_amount(call.world.model.mark(listing))),
            "indexPrice" => amount(facts.px_amount(index)), "estimatedSettlePrice" => amount(facts.px_amount(index)),
            "lastFundingRate" => FUNDING_RATE, "interestRate" => FUNDING_RATE,
            "nextFundingTime" => (now / FUNDING_EVERY + 1) * FUNDING_EVERY / MS, "time" => now / MS,
        }
    });
    Ok(one_or_all(single, rows.collect()))
}

pub(super) fn funding_rate(call: &mut Call<'_>) -> Answer {
    let listing = call.listing()?;
    let facts = &call.world.model.listings[listing];
    let limit = call.params.limit(100, 1000) as i64;
    let end = call.params.number("endTime").map_or(call.world.now, |ms| (ms * MS).min(call.world.now));
    let newest = end.div_euclid(FUNDING_EVERY);
    let first = match call.params.number("startTime") {
        Some(ms) => (ms * MS + FUNDING_EVERY - 1).div_euclid(FUNDING_EVERY),
        None => newest - limit + 1,
    };
    Ok(array((first..=newest).take(limit as usize).map(|cell| {
        let at = cell * FUNDING_EVERY;
        object! {
            "symbol" => facts.symbol, "fundingTime" => at / MS, "fundingRate" => FUNDING_RATE,
            "markPrice" => amount(facts.px_amount(call.world.paths[listing].index(facts, at))),
        }
    })))
}
