//! Account events: order, execution, position, wallet.

use super::account::{position, wallet};
use super::orders::{execution_json, funding_json, order_json};
use super::stops;
use crate::sim::dialect::{Push, World, touched};
use crate::sim::json::{Raw, object};
use crate::sim::model::{Event, Logged};
use crate::units::Product;
use std::collections::BTreeSet;

/// Frames of a batch of events, in order; positions and wallets once at its end.
pub(super) fn pushes(world: &World, events: &[Logged]) -> Vec<Push> {
    let mut out: Vec<Push> = events.iter().flat_map(|logged| order_pushes(world, logged)).collect();
    let mut moved = touched(events, true);
    for logged in events {
        if let Event::Stop { account, listing, .. } = logged.event {
            let row = stops::told(world, account, listing);
            out.push(push(world, "order", Product::Linear, account, &row));
            moved.insert((account, listing));
        }
    }
    for (account, listing) in moved {
        if world.model.listings[listing].product == Product::Linear {
            let row = position(world, account, listing, "entryPrice");
            out.push(push(world, "position", Product::Linear, account, &row));
        }
    }
    let mut wallets: BTreeSet<usize> =
        touched(events, false).into_iter().map(|(account, _)| account).collect();
    for logged in events {
        if let Event::Move(moved) = &logged.event {
            wallets.insert(moved.account);
            if let Some(row) = funding_json(world, moved) {
                out.push(push(world, "execution", Product::Linear, moved.account, &row));
            }
        }
    }
    // The wallet has no category; whoever follows it gets it once.
    out.extend(
        wallets
            .into_iter()
            .map(|account| push(world, "wallet", Product::Linear, account, &wallet(world, account))),
    );
    out
}

fn push(world: &World, topic: &str, product: Product, account: usize, row: &Raw) -> Push {
    let body = object! {
        "id" => format!("{}-{}-{topic}", world.now, world.model.seq()), "topic" => topic,
        "creationTime" => world.ms(), "data" => [row],
    };
    Push { product, topic: topic.to_owned(), account: Some(account), symbol: None, body: body.0 }
}

fn order_pushes(world: &World, logged: &Logged) -> Vec<Push> {
    let Some(order) = &logged.order else { return Vec::new() };
    let listing = &world.model.listings[order.listing];
    let mut out = Vec::new();
    if let Event::Fill(fill) = &logged.event {
        let row = execution_json(listing, fill, Some(order));
        out.push(push(world, "execution", listing.product, order.account, &row));
    }
    out.push(push(world, "order", listing.product, order.account, &order_json(listing, order)));
    out
}
