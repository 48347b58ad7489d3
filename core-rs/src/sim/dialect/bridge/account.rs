//! The account behind the bridge: balances, what its key may do, and what it is told of.

use super::WORDS;
use super::orders::{fill_json, order_json};
use crate::sim::dialect::channel::{account_push, order_events};
use crate::sim::dialect::rest::{Answer, Call};
use crate::sim::dialect::{Push, World, touched};
use crate::sim::json::{Raw, array, object};
use crate::sim::model::{Event, Logged};
use crate::sim::text::plain;
use crate::units::{Money, Product};
use std::collections::BTreeSet;

pub(super) fn balances(call: &mut Call<'_>) -> Answer {
    Ok(rows(call.world, call.account))
}

fn rows(world: &World, account: usize) -> Raw {
    let time = world.ms().to_string();
    array(world.model.accounts[account].balances.iter().map(|((_, asset), balance)| {
        let free = Money(balance.total.0 - balance.locked.0);
        object! {"asset" => asset, "free" => plain(free), "locked" => plain(balance.locked), "ts" => time}
    }))
}

/// It trades; what it may do beyond that, nobody asks here.
pub(super) fn key(_: &mut Call<'_>) -> Answer {
    Ok(object! {"exchange" => "sim", "read" => true, "trade" => true, "why" => ""})
}

/// Frames of a batch of events, in order; balances once at its end.
pub(super) fn pushes(world: &World, events: &[Logged]) -> Vec<Push> {
    let push = |account: usize, channel: &str, rows: &Raw| {
        let arg = object! {"channel" => channel};
        account_push(&WORDS, world, (account, Product::Spot), channel, &arg, rows)
    };
    let mut out = Vec::new();
    for (order, fill) in order_events(events) {
        let facts = &world.model.listings[order.listing];
        if let Some(fill) = fill {
            out.push(push(order.account, "fills", &array([fill_json(facts, fill, Some(order))])));
        }
        out.push(push(order.account, "orders", &array([order_json(facts, order)])));
    }
    let moved = events.iter().filter_map(|logged| match &logged.event {
        Event::Move(moved) => Some(moved.account),
        _ => None,
    });
    let traded = touched(events, false).into_iter().map(|(account, _)| account);
    let wallets: BTreeSet<usize> = traded.chain(moved).collect();
    out.extend(wallets.into_iter().map(|account| push(account, "balances", &rows(world, account))));
    out
}
