//! The book of record: one JSON line per event. Names and decimal text, so that anyone can add it up.

use super::json::{Null, Put, Raw, object};
use super::model::{EndReason, Event, Fill, Kind, Label, Listing, Logged, Model, Move, Order, State, Tif};
use super::text::plain;
use crate::ledger::{MoveKind, Wallet};
use crate::market::{Instrument, InstrumentStatus, Wire};
use crate::units::{
    Asset, InstrumentId, Money, Product, Qty, RATE_DECIMALS, Rate, Side, Symbol, parse_fixed,
};
use serde::Deserialize;

/// A line as read back; which fields must be there depends on `kind`.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Line {
    seq: u64,
    ts: i64,
    kind: String,
    account: String,
    r#type: String,
    symbol: String,
    wallet: String,
    asset: String,
    amount: String,
    order_id: u64,
    client_order_id: String,
    side: String,
    order_type: String,
    time_in_force: String,
    price: String,
    qty: String,
    reduce_only: bool,
    trade_id: u64,
    move_id: u64,
    fee: String,
    fee_asset: String,
    liquidity: String,
    realized_pnl: String,
    state: String,
    reason: String,
    leverage: u32,
    base: String,
    quote: String,
    px_decimals: u8,
    qty_decimals: u8,
    tick: String,
    lot: String,
    qty_min: String,
    qty_max: String,
    notional_min: String,
    fee_maker: String,
    fee_taker: String,
    contract: String,
    code: u64,
}

/// The line of an event, with its line feed.
pub(super) fn write(model: &Model, logged: &Logged) -> String {
    let body = match &logged.event {
        Event::Deposit { account, wallet, asset, amount } => object! {
            "kind" => "deposit", "account" => model.accounts[*account].name, "wallet" => wallet.name(),
            "asset" => asset, "amount" => plain(*amount),
        },
        Event::Move(moved) => object! {
            "kind" => "move", "account" => model.accounts[moved.account].name, "moveId" => moved.id,
            "reason" => moved.kind.name(), "wallet" => moved.wallet.name(), "asset" => moved.asset,
            "amount" => plain(moved.amount),
            "symbol" => moved.listing.map_or("", |listing| model.listings[listing].symbol.as_str()),
        },
        Event::Accept(order) => accept(model, order),
        Event::Fill(fill) => filled(model, fill),
        Event::End { order, state, reason, .. } => {
            let label: Box<dyn Put> = match &logged.order {
                Some(order) => Box::new(order.label),
                None => Box::new(Null),
            };
            object! {
                "kind" => "end", "orderId" => *order, "clientOrderId" => Raw(text_of(label.as_ref())),
                "state" => state.name(), "reason" => reason.name(),
            }
        }
        Event::Leverage { account, listing, leverage } => object! {
            "kind" => "leverage", "account" => model.accounts[*account].name,
            "type" => model.listings[*listing].product.name(), "symbol" => model.listings[*listing].symbol,
            "leverage" => *leverage,
        },
        Event::Stop { account, listing, px } => object! {
            "kind" => "stop", "account" => model.accounts[*account].name,
            "type" => model.listings[*listing].product.name(), "symbol" => model.listings[*listing].symbol,
            "price" => plain(model.listings[*listing].px_amount(px.unwrap_or(0))),
        },
        Event::List(listing) => listed(listing),
    };
    let head = object! {"seq" => logged.seq, "ts" => logged.at, "venue" => model.venue.name()};
    head.join(&body).0 + "\n"
}

fn text_of(value: &dyn Put) -> String {
    let mut out = String::new();
    value.put(&mut out);
    out
}

fn accept(model: &Model, order: &Order) -> Raw {
    let listing = &model.listings[order.listing];
    object! {
        "kind" => "accept", "account" => model.accounts[order.account].name, "type" => listing.product.name(),
        "symbol" => listing.symbol, "orderId" => order.id, "clientOrderId" => order.label,
        "side" => order.side.name(), "orderType" => order.kind.name(), "timeInForce" => order.tif.name(),
        "price" => plain(listing.px_amount(order.px)), "qty" => plain(listing.base_amount(order.qty)),
        "reduceOnly" => order.reduce_only,
    }
}

fn filled(model: &Model, fill: &Fill) -> Raw {
    let listing = &model.listings[fill.listing];
    let label = model.orders.get(&fill.order).map_or("", |order| order.label.as_str());
    object! {
        "kind" => "fill", "account" => model.accounts[fill.account].name, "type" => listing.product.name(),
        "symbol" => listing.symbol, "orderId" => fill.order, "clientOrderId" => label, "tradeId" => fill.trade_id,
        "side" => fill.side.name(), "price" => plain(listing.px_amount(fill.px)),
        "qty" => plain(listing.base_amount(fill.qty)), "fee" => plain(fill.fee), "feeAsset" => fill.fee_asset,
        "liquidity" => if fill.maker { "maker" } else { "taker" }, "realizedPnl" => plain(fill.realized),
    }
}

fn listed(listing: &Listing) -> Raw {
    object! {
        "kind" => "list", "type" => listing.product.name(), "symbol" => listing.symbol, "base" => listing.base,
        "quote" => listing.quote, "pxDecimals" => u64::from(listing.px_decimals),
        "qtyDecimals" => u64::from(listing.qty_decimals), "tick" => plain(listing.px_amount(listing.tick)),
        "lot" => plain(listing.base_amount(listing.lot)), "qtyMin" => plain(listing.base_amount(listing.qty_min)),
        "qtyMax" => plain(listing.base_amount(listing.qty_max)), "notionalMin" => plain(listing.notional_min),
        "feeMaker" => rate_text(listing.fee_maker), "feeTaker" => rate_text(listing.fee_taker),
        "contract" => listing.wire.contract_text(), "code" => listing.wire.code,
    }
}

fn rate_text(rate: Rate) -> String {
    super::text::mantissa(rate.0, RATE_DECIMALS)
}

/// Reads lines back into the model; returns the bytes of the lines understood, whole lines only.
pub(super) fn restore(model: &mut Model, records: &[u8]) -> usize {
    let mut understood = 0;
    while let Some(end) = records[understood..].iter().position(|b| *b == b'\n') {
        let line = &records[understood..understood + end];
        let Some(event) = serde_json::from_slice::<Line>(line).ok().and_then(|line| read(model, &line))
        else {
            break;
        };
        model.apply(&event);
        understood += end + 1;
    }
    understood
}

fn read(model: &Model, line: &Line) -> Option<Event> {
    if line.seq != model.seq() + 1 {
        return None;
    }
    match line.kind.as_str() {
        "deposit" => Some(Event::Deposit {
            account: account(model, line)?,
            wallet: wallet(line)?,
            asset: Asset::new(line.asset.as_bytes()).ok()?,
            amount: Money::parse(line.amount.as_bytes()).ok()?,
        }),
        "move" => Some(Event::Move(Move {
            id: line.move_id,
            kind: MoveKind::parse(&line.reason)?,
            account: account(model, line)?,
            wallet: wallet(line)?,
            asset: Asset::new(line.asset.as_bytes()).ok()?,
            amount: Money::parse(line.amount.as_bytes()).ok()?,
            listing: model.find(Product::Linear, &line.symbol),
            at: line.ts,
        })),
        "accept" => read_accept(model, line).map(Event::Accept),
        "fill" => read_fill(model, line).map(Event::Fill),
        "end" => Some(Event::End {
            order: model.orders.get(&line.order_id)?.id,
            state: State::parse(&line.state)?,
            reason: EndReason::parse(&line.reason)?,
            at: line.ts,
        }),
        "leverage" => Some(Event::Leverage {
            account: account(model, line)?,
            listing: listing(model, line)?,
            leverage: line.leverage,
        }),
        "stop" => {
            let listing = listing(model, line)?;
            let px = parse_fixed(line.price.as_bytes(), model.listings[listing].px_decimals).ok()?;
            Some(Event::Stop { account: account(model, line)?, listing, px: (px > 0).then_some(px) })
        }
        "list" => read_listing(model, line).map(|listing| Event::List(Box::new(listing))),
        _ => None,
    }
}

fn wallet(line: &Line) -> Option<Wallet> {
    [Wallet::Spot, Wallet::Linear, Wallet::Unified].into_iter().find(|w| w.name() == line.wallet)
}

fn account(model: &Model, line: &Line) -> Option<usize> {
    model.accounts.iter().position(|account| account.name == line.account)
}

fn listing(model: &Model, line: &Line) -> Option<usize> {
    model.find(Product::parse(&line.r#type)?, &line.symbol)
}

fn side(line: &Line) -> Option<Side> {
    [Side::Buy, Side::Sell].into_iter().find(|side| side.name() == line.side)
}

fn read_listing(model: &Model, line: &Line) -> Option<Listing> {
    let px = |text: &str| parse_fixed(text.as_bytes(), line.px_decimals).ok();
    let qty = |text: &str| parse_fixed(text.as_bytes(), line.qty_decimals).ok();
    let rate = |text: &str| Rate::parse(text.as_bytes()).ok();
    Some(Listing::of_instrument(&Instrument {
        id: InstrumentId(0),
        venue: model.venue,
        product: Product::parse(&line.r#type)?,
        symbol: Symbol::new(line.symbol.as_bytes()).ok()?,
        base: Asset::new(line.base.as_bytes()).ok()?,
        quote: Asset::new(line.quote.as_bytes()).ok()?,
        px_decimals: line.px_decimals,
        qty_decimals: line.qty_decimals,
        tick: px(&line.tick)?,
        lot: qty(&line.lot)?,
        qty_min: Qty::new(qty(&line.qty_min)?).ok()?,
        qty_max: Qty::new(qty(&line.qty_max)?).ok()?,
        notional_min: Money::parse(line.notional_min.as_bytes()).ok()?,
        fee_maker: rate(&line.fee_maker)?,
        fee_taker: rate(&line.fee_taker)?,
        status: InstrumentStatus::Trading,
        wire: Wire::contracts(&line.contract, line.code)?,
    }))
}

fn read_accept(model: &Model, line: &Line) -> Option<Order> {
    let index = listing(model, line)?;
    let listing = &model.listings[index];
    Some(Order {
        id: line.order_id,
        account: account(model, line)?,
        listing: index,
        label: Label::new(line.client_order_id.as_bytes()).ok()?,
        side: side(line)?,
        kind: Kind::parse(&line.order_type)?,
        tif: Tif::parse(&line.time_in_force)?,
        px: parse_fixed(line.price.as_bytes(), listing.px_decimals).ok()?,
        qty: parse_fixed(line.qty.as_bytes(), listing.qty_decimals).ok()?,
        reduce_only: line.reduce_only,
        filled: 0,
        quote_filled: Money::ZERO,
        fee: Money::ZERO,
        locked: Money::ZERO,
        state: State::New,
        reason: EndReason::None,
        created: line.ts,
        updated: line.ts,
    })
}

fn read_fill(model: &Model, line: &Line) -> Option<Fill> {
    let index = listing(model, line)?;
    let listing = &model.listings[index];
    Some(Fill {
        trade_id: line.trade_id,
        order: model.orders.get(&line.order_id)?.id,
        account: account(model, line)?,
        listing: index,
        side: side(line)?,
        px: parse_fixed(line.price.as_bytes(), listing.px_decimals).ok()?,
        qty: parse_fixed(line.qty.as_bytes(), listing.qty_decimals).ok()?,
        fee: Money::parse(line.fee.as_bytes()).ok()?,
        fee_asset: Asset::new(line.fee_asset.as_bytes()).ok()?,
        maker: line.liquidity == "maker",
        realized: Money::parse(line.realized_pnl.as_bytes()).ok()?,
        at: line.ts,
    })
}
