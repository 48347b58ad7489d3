//! One wallet for both products, positions in contracts, and the account's channels.

use super::fault;
use super::market::named;
use super::reads::order_json;
use super::{WORDS, kind, product};
use crate::ledger::{MoveKind, Wallet};
use crate::sim::dialect::channel::{Topic, account_message, account_push, order_events};
use crate::sim::dialect::rest::{Answer, Call};
use crate::sim::dialect::shapes::{self, MS, coins, size};
use crate::sim::dialect::{Push, World, touched};
use crate::sim::json::{Raw, array, object};
use crate::sim::model::{Event, Logged};
use crate::sim::text::{mantissa, plain};
use crate::units::{Money, Product};
use std::collections::BTreeSet;

/// Rows of a page of bills.
const BILLS_MAX: usize = 100;

pub(super) fn balance(call: &mut Call<'_>) -> Answer {
    Ok(array([wallet(call.world, call.account)]))
}

fn wallet(world: &World, account: usize) -> Raw {
    let owner = &world.model.accounts[account];
    let (position_margin, order_margin) = world.model.margin(account, Wallet::Unified);
    let time = world.ms().to_string();
    let details = array(owner.balances.iter().map(|((_, asset), balance)| {
        let settles = world.model.listings.iter().any(|l| l.product == Product::Linear && l.quote == *asset);
        let margin = Money(if settles { position_margin.0 } else { 0 });
        let frozen = Money(balance.locked.0 + if settles { order_margin.0 } else { 0 });
        let free = Money(balance.total.0 - frozen.0 - margin.0);
        object! {
            "ccy" => asset, "cashBal" => plain(balance.total), "eq" => plain(balance.total), "availBal" => plain(free),
            "availEq" => plain(free), "frozenBal" => plain(Money(frozen.0 + margin.0)),
            "ordFrozen" => plain(balance.locked), "upl" => "0", "liab" => "", "uTime" => time,
        }
    }));
    object! {
        "adjEq" => "", "details" => details, "imr" => "", "isoEq" => "0", "mgnRatio" => "", "mmr" => "",
        "notionalUsd" => "", "ordFroz" => "", "totalEq" => "0", "uTime" => time,
    }
}

pub(super) fn positions(call: &mut Call<'_>) -> Answer {
    let only = call.params.get("instId");
    let held = call.world.model.accounts[call.account].positions.iter().filter(|(_, held)| held.qty != 0);
    let named = held.filter(|(listing, _)| {
        let symbol = &call.world.model.listings[**listing].symbol;
        only.is_none_or(|names| names.split(',').any(|name| name == symbol.as_str()))
    });
    Ok(array(named.map(|(listing, _)| position(call.world, call.account, *listing))))
}

fn open_positions(world: &World, account: usize) -> Raw {
    let held = world.model.accounts[account].positions.iter().filter(|(_, held)| held.qty != 0);
    array(held.map(|(listing, _)| position(world, account, *listing)))
}

fn position(world: &World, account: usize, listing: usize) -> Raw {
    let (facts, owner) = (&world.model.listings[listing], &world.model.accounts[account]);
    let (held, mark) = (owner.position(listing), world.model.mark(listing));
    let flat = held.qty == 0;
    object! {
        "instType" => "SWAP", "instId" => facts.symbol, "mgnMode" => "cross", "posId" => listing.to_string(),
        "posSide" => "net", "pos" => size(facts, held.qty),
        "avgPx" => if flat { String::new() } else { plain(held.entry(facts)) }, "ccy" => facts.quote,
        "lever" => owner.leverage(listing).to_string(), "liqPx" => "", "markPx" => facts.px_text(mark),
        "upl" => plain(held.unrealized(facts, mark)), "realizedPnl" => plain(held.realized), "fee" => plain(held.fees),
        "cTime" => (held.updated / MS).to_string(), "uTime" => (held.updated / MS).to_string(),
    }
}

/// What moved the account without a trade ("Get bills details"), newest first.
pub(super) fn bills(call: &mut Call<'_>) -> Answer {
    let begin = call.params.number("begin").map_or(0, |ms| ms * MS);
    let (world, before) = (&call.world, call.params.number("after"));
    let (own, limit) = ((call.account, Wallet::Unified), call.params.limit(BILLS_MAX, BILLS_MAX));
    Ok(array(shapes::moves(world, own, begin, before, limit).into_iter().map(|moved| {
        let (kind, sub_kind) = match (moved.kind, moved.amount.0 < 0) {
            (MoveKind::Transfer, false) => ("1", "11"),
            (MoveKind::Transfer, true) => ("1", "12"),
            (MoveKind::Funding, true) => ("8", "173"),
            (MoveKind::Funding, false) => ("8", "174"),
            (MoveKind::Other, _) => ("11", "221"),
        };
        let listing = moved.listing.map(|listing| &world.model.listings[listing]);
        object! {
            "billId" => moved.id.to_string(), "type" => kind, "subType" => sub_kind, "ccy" => moved.asset,
            "balChg" => plain(moved.amount), "instId" => listing.map_or("", |listing| listing.symbol.as_str()),
            "instType" => listing.map_or("", |_| "SWAP"), "mgnMode" => "", "fee" => "0", "pnl" => "0", "sz" => "0",
            "ordId" => "", "tradeId" => "", "from" => "", "to" => "", "notes" => "",
            "ts" => (moved.at / MS).to_string(),
        }
    })))
}

/// What the key may do: trade, but not withdraw. Positions are one-way.
pub(super) fn config(call: &mut Call<'_>) -> Answer {
    Ok(array([object! {
        "uid" => (1000 + call.account).to_string(), "acctLv" => "2", "posMode" => "net_mode", "autoLoan" => false,
        "perm" => "read_only,trade", "label" => call.world.model.accounts[call.account].name, "ip" => "",
    }]))
}

/// The coins of the listings. Nothing can be paid in or out here.
pub(super) fn currencies(call: &mut Call<'_>) -> Answer {
    let only = call.params.get("ccy");
    let named = coins(call.world).into_iter().filter(|coin| only.is_none_or(|name| name == coin.as_str()));
    Ok(array(named.map(|coin| {
        object! {
            "ccy" => coin, "name" => coin, "chain" => format!("{coin}-{coin}"), "mainNet" => true, "needTag" => false,
            "canDep" => false, "canWd" => false, "canInternal" => false, "minDep" => "0", "minWd" => "0", "maxWd" => "0",
            "wdTickSz" => "8", "wdQuota" => "0", "usedWdQuota" => "0", "fee" => "0", "minFee" => "0", "maxFee" => "0",
            "minDepArrivalConfirm" => "1", "minWdUnlockConfirm" => "1",
        }
    })))
}

/// Everything lies in the trading account.
pub(super) fn funding_wallet(_: &mut Call<'_>) -> Answer {
    Ok(array(Vec::<Raw>::new()))
}

/// Fees paid are negative.
pub(super) fn fees(call: &mut Call<'_>) -> Answer {
    let wanted = call.params.get("instType").and_then(product).ok_or_else(|| fault::param("instType"))?;
    let listing = call.world.model.listings.iter().find(|l| l.product == wanted).ok_or(fault::INSTRUMENT)?;
    let rate = |of: Product, maker: bool| {
        if of == wanted { mantissa(-listing.fee(maker).0 / 100, 8) } else { String::new() }
    };
    Ok(array([object! {
        "instType" => kind(wanted), "level" => "Lv1", "category" => "1", "maker" => rate(Product::Spot, true),
        "taker" => rate(Product::Spot, false), "makerU" => rate(Product::Linear, true), "takerU" => rate(Product::Linear, false), "makerUSDC" => "", "takerUSDC" => "", "delivery" => "",
        "exercise" => "", "fiat" => Vec::<Raw>::new(), "ts" => call.world.ms().to_string(),
    }]))
}

fn leverage_row(call: &Call<'_>, listing: usize) -> Raw {
    object! {
        "instId" => call.world.model.listings[listing].symbol, "mgnMode" => "cross", "posSide" => "net",
        "lever" => call.world.model.accounts[call.account].leverage(listing).to_string(),
    }
}

pub(super) fn leverage(call: &mut Call<'_>) -> Answer {
    let listing = named(call)?;
    Ok(array([leverage_row(call, listing)]))
}

pub(super) fn set_leverage(call: &mut Call<'_>) -> Answer {
    if call.params.get("mgnMode") != Some("cross") {
        return Err(fault::param("mgnMode"));
    }
    let listing = named(call)?;
    let wanted = call.params.get("lever");
    shapes::set_leverage(call.world, call.account, listing, wanted).ok_or_else(|| fault::param("lever"))?;
    Ok(array([leverage_row(call, listing)]))
}

/// Positions are one-way here.
pub(super) fn set_mode(call: &mut Call<'_>) -> Answer {
    match call.params.get("posMode") {
        Some("net_mode") => Ok(array([object! {"posMode" => "net_mode"}])),
        _ => Err(fault::param("posMode")),
    }
}

/// Balances and positions begin with what is; orders do not.
pub(super) fn first(world: &World, account: usize, topic: &Topic) -> Option<String> {
    match topic.channel.as_str() {
        "account" => {
            Some(account_message(&WORDS, world, &arg("account", None), &array([wallet(world, account)])))
        }
        "positions" => {
            let arg = arg("positions", Some(Product::Linear));
            Some(account_message(&WORDS, world, &arg, &open_positions(world, account)))
        }
        _ => None,
    }
}

fn arg(channel: &str, product: Option<Product>) -> Raw {
    let head = object! {"channel" => channel};
    if let Some(product) = product { head.join(&object! {"instType" => kind(product)}) } else { head }
}

/// Frames of a batch of events, in order; positions and balances once at its end.
pub(super) fn pushes(world: &World, events: &[Logged]) -> Vec<Push> {
    let mut out: Vec<Push> = order_events(events)
        .map(|(order, fill)| {
            let listing = &world.model.listings[order.listing];
            let row = array([order_json(listing, order, fill)]);
            let arg = arg("orders", Some(listing.product));
            let symbol = Some(listing.symbol);
            Push {
                symbol,
                ..account_push(&WORDS, world, (order.account, listing.product), "orders", &arg, &row)
            }
        })
        .collect();
    for (account, listing) in touched(events, true) {
        if world.model.listings[listing].product == Product::Linear {
            let row = array([position(world, account, listing)]);
            let arg = arg("positions", product("SWAP"));
            let symbol = Some(world.model.listings[listing].symbol);
            let push = account_push(&WORDS, world, (account, Product::Linear), "positions", &arg, &row);
            out.push(Push { symbol, ..push });
        }
    }
    let moved = events.iter().filter_map(|logged| match &logged.event {
        Event::Move(moved) => Some(moved.account),
        _ => None,
    });
    let traded = touched(events, false).into_iter().map(|(account, _)| account);
    let wallets: BTreeSet<usize> = traded.chain(moved).collect();
    out.extend(wallets.into_iter().map(|account| {
        let row = array([wallet(world, account)]);
        account_push(&WORDS, world, (account, Product::Spot), "account", &arg("account", None), &row)
    }));
    out
}
