//! Small things that several dialects write alike: sides, sizes, pages, bars.

use super::World;
use crate::ledger::Wallet;
use crate::sim::market::Candle;
use crate::sim::model::{Event, Listing, Move, Order};
use crate::sim::text::{plain, round, short};
use crate::units::{Asset, Money, Ns, Side, mul_div_half_even, pow10};
use std::collections::BTreeSet;

pub(super) const MS: Ns = 1_000_000;
/// A log-in or a signed request may be this old.
pub(super) const SIGNED_FOR_MS: i64 = 30_000;
/// The most that a perpetual can be levered.
const LEVERAGE_MAX: u32 = 125;

pub(super) fn side_name(side: Side) -> &'static str {
    match side {
        Side::Buy => "buy",
        Side::Sell => "sell",
    }
}

pub(super) fn side_of(text: Option<&str>) -> Option<Side> {
    match text {
        Some("buy") => Some(Side::Buy),
        Some("sell") => Some(Side::Sell),
        _ => None,
    }
}

/// A base quantity as the venue counts it.
pub(super) fn size(listing: &Listing, qty: i64) -> String {
    let decimals = listing.wire.decimals(listing.qty_decimals).unwrap_or(0);
    listing.wire.lots(qty).map_or_else(String::new, |lots| short(lots.0, decimals))
}

/// Average price of an order's fills, eight decimals at most; empty before the first.
pub(super) fn average(listing: &Listing, order: &Order) -> String {
    let qty = listing.base_amount(order.filled);
    let exact = mul_div_half_even(order.quote_filled.0, pow10(crate::units::MONEY_DECIMALS), qty.0);
    exact.filter(|_| qty.0 != 0).map_or_else(String::new, |value| plain(round(Money(value), 8)))
}

/// The rows of a list that a page shows: newest first, those older than `before` (an id) where one is given.
pub(super) fn page<'a, T>(
    rows: impl Iterator<Item = &'a T>,
    id: impl Fn(&T) -> u64,
    before: Option<i64>,
    limit: usize,
) -> Vec<&'a T> {
    rows.filter(|row| before.is_none_or(|before| (id(row) as i64) < before)).take(limit).collect()
}

/// What moved an account's wallet without a trade, newest first, from a moment on and older than `before` (an id).
pub(super) fn moves(
    world: &World,
    (account, wallet): (usize, Wallet),
    begin: Ns,
    before: Option<i64>,
    limit: usize,
) -> Vec<&Move> {
    let seen = |m: &&Move| m.at >= begin && m.at <= world.model.horizon;
    let mine = |m: &&Move| m.account == account && m.wallet == wallet && seen(m);
    page(world.model.moves.iter().rev().filter(mine), |moved| moved.id, before, limit)
}

/// The bars of a history, newest first: (open time, bar).
pub(super) fn bars(
    world: &World,
    listing: usize,
    length: Ns,
    limit: usize,
    end: Option<Ns>,
) -> Vec<(Ns, Candle)> {
    let now = world.now;
    let facts = &world.model.listings[listing];
    let end = end.map_or(now, |end| end.min(now));
    let newest = end - end.rem_euclid(length);
    (0..limit as i64)
        .map(|step| newest - step * length)
        .map(|open| (open, world.paths[listing].candle(facts, open, (open + length).min(now.max(open + MS)))))
        .collect()
}

/// When funding is settled.
pub(super) const FUNDING_EVERY: Ns = 8 * 3_600_000 * MS;
pub(super) const FUNDING_RATE: &str = "0.0001";

/// The next time of funding.
pub(super) const fn funding_next(now: Ns) -> Ns {
    (now / FUNDING_EVERY + 1) * FUNDING_EVERY
}

/// The past times of funding, newest first, strictly between two moments.
pub(super) fn funding_times(now: Ns, after: Ns, before: Ns, skip: usize, limit: usize) -> Vec<Ns> {
    let newest = now / FUNDING_EVERY;
    let times = (0..=newest).map(|step| (newest - step) * FUNDING_EVERY);
    times.skip_while(|at| *at >= before).take_while(|at| *at > after).skip(skip).take(limit).collect()
}

/// The coins of all listings.
pub(super) fn coins(world: &World) -> BTreeSet<Asset> {
    world.model.listings.iter().flat_map(|listing| [listing.base, listing.quote]).collect()
}

/// Sets an account's leverage of an instrument; `None` for what is no leverage.
pub(super) fn set_leverage(
    world: &mut World,
    account: usize,
    listing: usize,
    text: Option<&str>,
) -> Option<u32> {
    let leverage = text?.parse().ok().filter(|leverage| (1..=LEVERAGE_MAX).contains(leverage))?;
    let now = world.now;
    world.model.commit(now, Event::Leverage { account, listing, leverage });
    Some(leverage)
}

/// `1m`, `1H`, `1D` and the like, whatever the venue calls the letters (`1min`, `1h`, `1day`).
pub(super) fn interval(text: &str) -> Option<Ns> {
    const MINUTE: Ns = 60_000 * MS;
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let count: Ns = text[..digits].parse().ok().filter(|count| (1..=60).contains(count))?;
    let unit = match &text[digits..] {
        "m" | "min" => MINUTE,
        "H" | "h" => 60 * MINUTE,
        "D" | "Dutc" | "day" => 1440 * MINUTE,
        "W" | "Wutc" | "week" => 7 * 1440 * MINUTE,
        "M" | "Mutc" => 30 * 1440 * MINUTE,
        _ => return None,
    };
    Some(count * unit)
}
