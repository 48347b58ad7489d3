//! Account events: spot `executionReport` and `outboundAccountPosition`, USDT-M `ORDER_TRADE_UPDATE` and
//! `ACCOUNT_UPDATE`.

use super::orders::{average, shown_state, side_name, tif_name, type_name};
use super::{amount, px, qty};
use crate::ledger::{MoveKind, Wallet};
use crate::sim::dialect::{Push, World, touched};
use crate::sim::json::{Null, Put, Raw, array, object};
use crate::sim::model::{EndReason, Event, Fill, Forced, Listing, Logged, Move, Order};
use crate::units::{Asset, Money, Product, Side};
use std::collections::{BTreeMap, BTreeSet};

/// Both products' user events go to whoever subscribed to this.
pub(super) const TOPIC: &str = "user";
const MS: i64 = 1_000_000;

/// Frames of a batch of events, in order; balances once at its end.
pub(super) fn pushes(world: &World, events: &[Logged]) -> Vec<Push> {
    let mut out: Vec<Push> = events.iter().filter_map(|logged| order_push(world, logged)).collect();
    for logged in events {
        if let Event::Move(moved) = &logged.event {
            out.extend(move_pushes(world, moved));
        }
    }
    for ((account, product), assets) in moved(world, events) {
        let body = match product {
            Product::Spot => Some(spot_balances(world, account, &assets)),
            Product::Linear => linear_account(world, account, &assets, events),
        };
        out.extend(body.map(|body| push(product, account, body)));
    }
    out
}

fn push(product: Product, account: usize, body: Raw) -> Push {
    Push { product, topic: TOPIC.to_owned(), account: Some(account), symbol: None, body: body.0 }
}

fn order_push(world: &World, logged: &Logged) -> Option<Push> {
    let order = logged.order.as_ref()?;
    let listing = &world.model.listings[order.listing];
    let fill = match &logged.event {
        Event::Fill(fill) => Some(fill),
        _ => None,
    };
    let kind = match &logged.event {
        Event::Accept(_) => "NEW",
        Event::Fill(_) if order.forced() == Some(Forced::Liquidation) => "CALCULATED",
        Event::Fill(_) => "TRADE",
        Event::End { reason: EndReason::ByUser, .. } => "CANCELED",
        Event::End { reason: EndReason::SelfTrade, .. } => "TRADE_PREVENTION",
        Event::End { .. } => "EXPIRED",
        Event::Deposit { .. }
        | Event::Move(_)
        | Event::Leverage { .. }
        | Event::Stop { .. }
        | Event::List(_) => {
            return None;
        }
    };
    let body = match listing.product {
        Product::Spot => execution_report(listing, order, fill, kind, logged),
        Product::Linear => order_trade_update(listing, order, fill, kind, logged),
    };
    Some(push(listing.product, order.account, body))
}

/// Spot tells the change and the balance; USDT-M the balance and why.
fn move_pushes(world: &World, moved: &Move) -> Vec<Push> {
    let ms = moved.at / MS;
    let bodies = if moved.wallet == Wallet::Spot {
        let change = object! {
            "e" => "balanceUpdate", "E" => ms, "a" => moved.asset, "d" => amount(moved.amount), "T" => ms,
        };
        vec![
            (Product::Spot, change),
            (Product::Spot, spot_balances(world, moved.account, &[moved.asset].into())),
        ]
    } else {
        let total = world.model.accounts[moved.account].balance(Wallet::Linear, moved.asset).total;
        let reason = match (moved.kind, moved.amount.0 < 0) {
            (MoveKind::Funding, _) => "FUNDING_FEE",
            (MoveKind::Transfer, false) => "DEPOSIT",
            (MoveKind::Transfer, true) => "WITHDRAW",
            (MoveKind::Other, _) => "ADJUSTMENT",
        };
        let balance = object! {
            "a" => moved.asset, "wb" => amount(total), "cw" => amount(total), "bc" => amount(moved.amount),
        };
        let inner = object! {"m" => reason, "B" => [balance], "P" => Vec::<Raw>::new()};
        vec![(Product::Linear, object! {"e" => "ACCOUNT_UPDATE", "E" => ms, "T" => ms, "a" => inner})]
    };
    bodies.into_iter().map(|(product, body)| push(product, moved.account, body)).collect()
}

fn trade_id(fill: Option<&Fill>) -> i64 {
    fill.map_or(-1, |fill| fill.trade_id as i64)
}

fn execution_report(
    listing: &Listing,
    order: &Order,
    fill: Option<&Fill>,
    kind: &str,
    logged: &Logged,
) -> Raw {
    let cancelled = kind == "CANCELED";
    let label = order.label.as_str().to_owned();
    let (id, original) = if cancelled { (format!("cxl{}", order.id), label) } else { (label, String::new()) };
    let asset: Box<dyn Put> = match fill {
        Some(fill) => Box::new(fill.fee_asset),
        None => Box::new(Null),
    };
    let mut asset_text = String::new();
    asset.put(&mut asset_text);
    let (last_px, last_qty) = fill.map_or((0, 0), |fill| (fill.px, fill.qty));
    object! {
        "e" => "executionReport", "E" => logged.at / MS, "s" => listing.symbol, "c" => id,
        "S" => side_name(order.side), "o" => type_name(order, true), "f" => tif_name(order, true),
        "q" => qty(listing, order.qty), "p" => px(listing, order.px), "P" => "0.00000000", "F" => "0.00000000",
        "g" => -1, "C" => original, "x" => kind, "X" => shown_state(order), "r" => "NONE", "i" => order.id,
        "l" => qty(listing, last_qty), "z" => qty(listing, order.filled), "L" => px(listing, last_px),
        "n" => fill.map_or_else(|| "0".to_owned(), |fill| amount(fill.fee)), "N" => Raw(asset_text),
        "T" => logged.at / MS, "t" => trade_id(fill), "I" => logged.seq, "w" => order.state.open(),
        "m" => fill.is_some_and(|fill| fill.maker), "M" => fill.is_some(), "O" => order.created / MS,
        "Z" => amount(order.quote_filled), "Y" => amount(listing.notional(last_px, last_qty)), "Q" => "0.00000000",
        "W" => order.created / MS, "V" => "NONE",
    }
}

fn order_trade_update(
    listing: &Listing,
    order: &Order,
    fill: Option<&Fill>,
    kind: &str,
    logged: &Logged,
) -> Raw {
    let (last_px, last_qty) = fill.map_or((0, 0), |fill| (fill.px, fill.qty));
    let inner = object! {
        "s" => listing.symbol, "c" => order.label, "S" => side_name(order.side), "o" => type_name(order, false),
        "f" => tif_name(order, false), "q" => qty(listing, order.qty), "p" => px(listing, order.px),
        "ap" => amount(average(listing, order)), "sp" => "0", "x" => kind, "X" => shown_state(order),
        "i" => order.id, "l" => qty(listing, last_qty), "z" => qty(listing, order.filled),
        "L" => px(listing, last_px), "n" => amount(fill.map_or(Money::ZERO, |fill| fill.fee)), "N" => fill.map_or(listing.quote, |fill| fill.fee_asset),
        "T" => logged.at / MS, "t" => fill.map_or(0, |fill| fill.trade_id), "b" => "0", "a" => "0",
        "m" => fill.is_some_and(|fill| fill.maker), "R" => order.reduce_only, "wt" => "CONTRACT_PRICE",
        "ot" => type_name(order, false), "ps" => "BOTH", "cp" => false,
        "rp" => amount(fill.map_or(Money::ZERO, |fill| fill.realized)), "pP" => false, "si" => 0, "ss" => 0,
        "V" => "NONE", "pm" => "NONE", "gtd" => 0,
    };
    object! {"e" => "ORDER_TRADE_UPDATE", "E" => logged.at / MS, "T" => logged.at / MS, "o" => inner}
}

/// Which assets of which account and product moved.
fn moved(world: &World, events: &[Logged]) -> BTreeMap<(usize, Product), BTreeSet<Asset>> {
    let mut out: BTreeMap<(usize, Product), BTreeSet<Asset>> = BTreeMap::new();
    for logged in events {
        let Some(order) = &logged.order else { continue };
        let listing = &world.model.listings[order.listing];
        let filled = matches!(logged.event, Event::Fill(_));
        // An order that only reserves moves one asset; USDT-M reports an account only when something was traded.
        if listing.product == Product::Linear && !filled {
            continue;
        }
        let assets = out.entry((order.account, listing.product)).or_default();
        if filled || order.side == Side::Buy {
            assets.insert(listing.quote);
        }
        if filled || order.side == Side::Sell {
            assets.insert(listing.base);
        }
        if let Event::Fill(fill) = &logged.event {
            assets.insert(fill.fee_asset);
        }
    }
    out
}

fn spot_balances(world: &World, account: usize, assets: &BTreeSet<Asset>) -> Raw {
    let rows = array(assets.iter().map(|asset| {
        let balance = world.model.accounts[account].balance(Wallet::Spot, *asset);
        object! {
            "a" => asset, "f" => amount(Money(balance.total.0 - balance.locked.0)), "l" => amount(balance.locked),
        }
    }));
    object! {"e" => "outboundAccountPosition", "E" => world.ms(), "u" => world.ms(), "B" => rows}
}

fn linear_account(world: &World, account: usize, assets: &BTreeSet<Asset>, events: &[Logged]) -> Option<Raw> {
    let owner = &world.model.accounts[account];
    let traded =
        touched(events, true).into_iter().filter(|(who, _)| *who == account).map(|(_, listing)| listing);
    let traded: Vec<usize> = traded.filter(|l| world.model.listings[*l].product == Product::Linear).collect();
    traded.first()?;
    let held =
        assets.iter().filter_map(|asset| Some((asset, owner.balances.get(&(Wallet::Linear, *asset))?)));
    let balances = array(held.map(|(asset, balance)| {
        object! {"a" => asset, "wb" => amount(balance.total), "cw" => amount(balance.total), "bc" => "0"}
    }));
    let positions = array(traded.into_iter().map(|index| {
        let (listing, position) = (&world.model.listings[index], owner.position(index));
        object! {
            "s" => listing.symbol, "pa" => qty(listing, position.qty),
            "ep" => crate::sim::text::plain(position.entry(listing)),
            "bep" => crate::sim::text::plain(position.entry(listing)), "cr" => amount(position.realized),
            "up" => amount(position.unrealized(listing, world.model.mark(index))), "mt" => "cross",
            "iw" => "0", "ps" => "BOTH",
        }
    }));
    let inner = object! {"m" => "ORDER", "B" => balances, "P" => positions};
    Some(object! {"e" => "ACCOUNT_UPDATE", "E" => world.ms(), "T" => world.ms(), "a" => inner})
}
