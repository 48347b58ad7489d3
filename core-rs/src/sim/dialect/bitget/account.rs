//! A wallet per product, positions, and the account's channels.

use super::kind;
use super::market::check_kind;
use super::orders::event_json;
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

pub(super) fn assets(call: &mut Call<'_>) -> Answer {
    Ok(balances(call.world, call.account, Product::Spot))
}

pub(super) fn accounts(call: &mut Call<'_>) -> Answer {
    check_kind(call, Product::Linear)?;
    Ok(balances(call.world, call.account, Product::Linear))
}

fn balances(world: &World, account: usize, product: Product) -> Raw {
    let wallet = Wallet::of_product(product);
    let owner = &world.model.accounts[account];
    let time = world.ms().to_string();
    let unrealized: i128 = owner
        .positions
        .iter()
        .map(|(listing, p)| p.unrealized(&world.model.listings[*listing], world.model.mark(*listing)).0)
        .sum();
    let mine = owner.balances.iter().filter(|((of, _), _)| *of == wallet);
    array(mine.map(|((_, asset), balance)| match product {
        Product::Spot => object! {
            "coin" => asset, "available" => plain(Money(balance.total.0 - balance.locked.0)),
            "frozen" => plain(balance.locked), "locked" => "0", "limitAvailable" => "0", "uTime" => time,
        },
        Product::Linear => {
            let equity = plain(Money(balance.total.0 + unrealized));
            let (positions, orders) = world.model.margin(account, wallet);
            let available = plain(Money(balance.total.0 - positions.0 - orders.0));
            object! {
                "marginCoin" => asset, "locked" => "0", "frozen" => "0", "available" => available,
                "maxTransferOut" => available, "accountEquity" => equity, "equity" => equity, "usdtEquity" => equity,
                "unrealizedPL" => plain(Money(unrealized)), "crossedRiskRate" => "0",
            }
        }
    }))
}

pub(super) fn positions(call: &mut Call<'_>) -> Answer {
    check_kind(call, Product::Linear)?;
    Ok(open_positions(call.world, call.account, "symbol"))
}

/// Open positions; a closed one is not told of any more.
fn open_positions(world: &World, account: usize, name: &str) -> Raw {
    let held = world.model.accounts[account].positions.iter().filter(|(_, held)| held.qty != 0);
    array(held.map(|(listing, _)| position(world, account, *listing, name)))
}

/// A position; the channel names its instrument `instId`, REST `symbol`.
fn position(world: &World, account: usize, listing: usize, name: &str) -> Raw {
    let (facts, owner) = (&world.model.listings[listing], &world.model.accounts[account]);
    let (held, mark) = (owner.position(listing), world.model.mark(listing));
    let leverage = owner.leverage(listing);
    let margin = plain(Money(held.cost.0.abs() / i128::from(leverage)));
    let total = size(facts, held.qty.abs());
    let body = object! {
        "posId" => listing.to_string(), "marginCoin" => facts.quote, "marginSize" => margin, "marginMode" => "crossed",
        "holdSide" => if held.qty < 0 { "short" } else { "long" }, "posMode" => "one_way_mode", "total" => total,
        "available" => total, "frozen" => "0", "openPriceAvg" => plain(held.entry(facts)),
        "leverage" => leverage.to_string(), "achievedProfits" => plain(held.realized),
        "unrealizedPL" => plain(held.unrealized(facts, mark)), "liquidationPrice" => "0",
        "markPrice" => facts.px_text(mark), "totalFee" => plain(held.fees),
        "cTime" => (held.updated / MS).to_string(), "uTime" => (held.updated / MS).to_string(),
    };
    Raw(format!("{{\"{name}\":\"{}\",{}", facts.symbol, &body.0[1..]))
}

/// What the key may do: trade, but not withdraw.
pub(super) fn info(call: &mut Call<'_>) -> Answer {
    Ok(object! {
        "userId" => (1000 + call.account).to_string(), "ips" => "", "authorities" => ["stow", "coow"], "parentId" => 1,
        "traderType" => "not_trader", "regisTime" => "1600000000000",
    })
}

/// Balances and positions begin with what is.
pub(super) fn first(world: &World, account: usize, topic: &Topic) -> Option<String> {
    let product = topic.product?;
    match topic.channel.as_str() {
        "account" => {
            Some(account_message(world, &arg("account", product), &balances(world, account, product)))
        }
        "positions" => Some(account_message(
            world,
            &arg("positions", product),
            &open_positions(world, account, "instId"),
        )),
        _ => None,
    }
}

fn arg(channel: &str, product: Product) -> Raw {
    let head = object! {"instType" => kind(product), "channel" => channel};
    let all = if channel == "account" {
        object! {"coin" => "default"}
    } else {
        object! {"instId" => "default"}
    };
    head.join(&all)
}

/// Frames of a batch of events, in order; positions and balances once at its end.
pub(super) fn pushes(world: &World, events: &[Logged]) -> Vec<Push> {
    let mut out: Vec<Push> = order_events(events)
        .map(|(order, fill)| {
            let listing = &world.model.listings[order.listing];
            let row = array([event_json(listing, order, fill)]);
            let arg = arg("orders", listing.product);
            account_push(world, listing.product, order.account, "orders", &arg, &row)
        })
        .collect();
    let moved: BTreeSet<(usize, Product)> = touched(events, true)
        .into_iter()
        .map(|(account, listing)| (account, world.model.listings[listing].product))
        .collect();
    for (account, product) in moved {
        if product == Product::Linear {
            let rows = open_positions(world, account, "instId");
            out.push(account_push(world, product, account, "positions", &arg("positions", product), &rows));
        }
    }
    let wallets: BTreeSet<(usize, Product)> = touched(events, false)
        .into_iter()
        .map(|(account, listing)| (account, world.model.listings[listing].product))
        .collect();
    out.extend(wallets.into_iter().map(|(account, product)| {
        let rows = balances(world, account, product);
        account_push(world, product, account, "account", &arg("account", product), &rows)
    }));
    out
}
