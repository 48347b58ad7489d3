//! One wallet for both products, positions in contracts, and the account's channels.

use super::orders::order_json;
use super::{kind, product};
use crate::ledger::Wallet;
use crate::sim::dialect::channel::{Topic, account_message, account_push, order_events};
use crate::sim::dialect::rest::{Answer, Call};
use crate::sim::dialect::shapes::{MS, size};
use crate::sim::dialect::{Push, World, touched};
use crate::sim::json::{Raw, array, object};
use crate::sim::model::Logged;
use crate::sim::text::plain;
use crate::units::{Money, Product};
use std::collections::BTreeSet;

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
    Ok(open_positions(call.world, call.account))
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

/// What the key may do: trade, but not withdraw. Positions are one-way.
pub(super) fn config(call: &mut Call<'_>) -> Answer {
    Ok(array([object! {
        "uid" => (1000 + call.account).to_string(), "acctLv" => "2", "posMode" => "net_mode", "autoLoan" => false,
        "perm" => "read_only,trade", "label" => call.world.model.accounts[call.account].name, "ip" => "",
    }]))
}

/// Balances and positions begin with what is; orders do not.
pub(super) fn first(world: &World, account: usize, topic: &Topic) -> Option<String> {
    match topic.channel.as_str() {
        "account" => Some(account_message(world, &arg("account", None), &array([wallet(world, account)]))),
        "positions" => {
            let arg = arg("positions", Some(Product::Linear));
            Some(account_message(world, &arg, &open_positions(world, account)))
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
            account_push(world, listing.product, order.account, "orders", &arg, &row)
        })
        .collect();
    for (account, listing) in touched(events, true) {
        if world.model.listings[listing].product == Product::Linear {
            let row = array([position(world, account, listing)]);
            let arg = arg("positions", product("SWAP"));
            out.push(account_push(world, Product::Linear, account, "positions", &arg, &row));
        }
    }
    let wallets: BTreeSet<usize> = touched(events, false).into_iter().map(|(account, _)| account).collect();
    out.extend(wallets.into_iter().map(|account| {
        let row = array([wallet(world, account)]);
        account_push(world, Product::Spot, account, "account", &arg("account", None), &row)
    }));
    out
}
