//! Public questions of the bridge.

use super::{SYMBOL, level, listing, param};
use crate::sim::dialect::rest::{Answer, Call, Fault};
use crate::sim::dialect::shapes::{MS, bars, interval};
use crate::sim::json::{Raw, array, object};
use crate::sim::text::{mantissa, plain, short};
use crate::units::Ns;

const DAY: Ns = 86_400_000 * MS;
const BARS_MAX: usize = 300;

/// The listing that the request names.
pub(super) fn named(call: &Call<'_>) -> Result<usize, Fault> {
    call.params.get("symbol").and_then(|symbol| listing(call.world, symbol)).ok_or(SYMBOL)
}

pub(super) fn time(call: &mut Call<'_>) -> Answer {
    Ok(object! {"ts" => call.world.ms().to_string()})
}

pub(super) fn instruments(call: &mut Call<'_>) -> Answer {
    Ok(array(call.world.model.listings.iter().map(|listing| {
        let rate = |maker: bool| mantissa(listing.fee(maker).0 / 100, 8);
        object! {
            "symbol" => listing.symbol, "base" => listing.base, "quote" => listing.quote,
            "tick" => listing.px_text(listing.tick), "lot" => listing.qty_text(listing.lot),
            "qtyMin" => listing.qty_text(listing.qty_min), "qtyMax" => listing.qty_text(listing.qty_max),
            "notionalMin" => plain(listing.notional_min), "feeMaker" => rate(true), "feeTaker" => rate(false),
            "status" => "trading",
        }
    })))
}

pub(super) fn book(call: &mut Call<'_>) -> Answer {
    let index = named(call)?;
    let depth = call.params.limit(50, 50);
    let (facts, book) = (&call.world.model.listings[index], &call.world.model.books[index]);
    let side = |levels: &mut dyn Iterator<Item = (i64, i64)>| -> Raw {
        array(levels.map(|(px, qty)| level(facts, px, qty)))
    };
    Ok(object! {
        "asks" => side(&mut book.asks.levels(depth)), "bids" => side(&mut book.bids.levels(depth)),
        "ts" => call.world.ms().to_string(), "seqId" => book.last_id,
    })
}

pub(super) fn ticker(call: &mut Call<'_>) -> Answer {
    let index = named(call)?;
    let (facts, book) = (&call.world.model.listings[index], &call.world.model.books[index]);
    let bar = call.world.paths[index].candle(facts, call.world.now - DAY, call.world.now);
    let last = book.last_px().unwrap_or(bar.close);
    let best = |side: Option<(i64, i64)>| side.map_or_else(String::new, |(px, _)| facts.px_text(px));
    Ok(object! {
        "last" => facts.px_text(last), "bid" => best(book.bids.best()), "ask" => best(book.asks.best()),
        "open" => facts.px_text(bar.open), "high" => facts.px_text(bar.high.max(last)),
        "low" => facts.px_text(bar.low.min(last)), "volume" => short(bar.volume, facts.qty_decimals),
        "quoteVolume" => plain(facts.notional(bar.close, bar.volume)), "ts" => call.world.ms().to_string(),
    })
}

/// Oldest first.
pub(super) fn klines(call: &mut Call<'_>) -> Answer {
    let index = named(call)?;
    let wanted = call.params.get("interval").unwrap_or("1m");
    let length = interval(wanted).ok_or(param("Filter: no such interval"))?;
    let limit = call.params.limit(100, BARS_MAX);
    let facts = &call.world.model.listings[index];
    let mut rows = bars(call.world, index, length, limit, None);
    rows.reverse();
    Ok(array(rows.into_iter().map(|(open, bar)| {
        let px = |value: i64| facts.px_text(value);
        [
            (open / MS).to_string(),
            px(bar.open),
            px(bar.high),
            px(bar.low),
            px(bar.close),
            short(bar.volume, facts.qty_decimals),
        ]
    })))
}
