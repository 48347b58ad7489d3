//! A wallet per product, positions, and the account's channels.

use super::fault::{self, NOT_UNIFIED};
use super::market::{check_kind, named};
use super::reads::{event_json, fill_json, under};
use super::{WORDS, kind};
use crate::ledger::{MoveKind, Wallet};
use crate::sim::dialect::channel::{Topic, account_message, account_push, order_events};
use crate::sim::dialect::rest::{Answer, Call};
use crate::sim::dialect::shapes::{self, MS, size};
use crate::sim::dialect::{Push, World, touched};
use crate::sim::json::{Null, Raw, array, object};
use crate::sim::model::{Balance, Event, Logged};
use crate::sim::text::{mantissa, plain};
use crate::units::{Asset, Money, Product};
use std::collections::BTreeSet;

/// Rows of a page of bills.
const BILLS_MAX: usize = 100;

pub(super) fn assets(call: &mut Call<'_>) -> Answer {
    Ok(balances(call.world, call.account, Product::Spot))
}

pub(super) fn accounts(call: &mut Call<'_>) -> Answer {
    check_kind(call, Product::Linear)?;
    Ok(balances(call.world, call.account, Product::Linear))
}

fn balances(world: &World, account: usize, product: Product) -> Raw {
    array(balance_rows(world, account, product).into_iter().map(|(_, row)| row))
}

fn balance_rows(world: &World, account: usize, product: Product) -> Vec<(Asset, Raw)> {
    let wallet = Wallet::of_product(product);
    let owner = &world.model.accounts[account];
    let time = world.ms().to_string();
    let unrealized: i128 = owner
        .positions
        .iter()
        .map(|(listing, p)| p.unrealized(&world.model.listings[*listing], world.model.mark(*listing)).0)
        .sum();
    let mine = owner.balances.iter().filter(|((of, _), _)| *of == wallet);
    let row = |asset: &Asset, balance: &Balance| match product {
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
                "unrealizedPL" => plain(Money(unrealized)), "crossedRiskRate" => "0", "crossedMaxAvailable" => available,
                "isolatedMaxAvailable" => available, "maxOpenPosAvailable" => available, "btcEquity" => "0",
                "coupon" => "0", "crossedUnrealizedPL" => plain(Money(unrealized)), "isolatedUnrealizedPL" => "0",
                "crossedMargin" => plain(positions), "isolatedMargin" => "0", "assetMode" => "single",
                "assetsMode" => "single", "grant" => "0", "unionTotalMargin" => "0", "unionAvailable" => "0",
                "unionMm" => "0",
            }
        }
    };
    mine.map(|((_, asset), balance)| (*asset, row(asset, balance))).collect()
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
        "markPrice" => facts.px_text(mark), "totalFee" => plain(held.fees), "deductedFee" => "0", "locked" => "0",
        "openDelegateSize" => "0", "keepMarginRate" => "0.004", "marginRatio" => "0", "marginRate" => "0",
        "unrealizedPLR" => "0", "breakEvenPrice" => plain(held.entry(facts)), "assetMode" => "single",
        "autoMargin" => "off",
        "cTime" => (held.updated / MS).to_string(), "uTime" => (held.updated / MS).to_string(),
    };
    Raw(format!("{{\"{name}\":\"{}\",{}", facts.symbol, &body.0[1..]))
}

/// What moved the spot wallet without a trade ("Get Account Bills"), newest first.
pub(super) fn spot_bills(call: &mut Call<'_>) -> Answer {
    bills(call, Product::Spot)
}

pub(super) fn linear_bills(call: &mut Call<'_>) -> Answer {
    check_kind(call, Product::Linear)?;
    bills(call, Product::Linear).map(|rows| under("bills", &rows))
}

fn bills(call: &Call<'_>, product: Product) -> Answer {
    let begin = call.params.number("startTime").map_or(0, |ms| ms * MS);
    let (world, before) = (&call.world, call.params.number("idLessThan"));
    let (own, limit) = ((call.account, Wallet::of_product(product)), call.params.limit(20, BILLS_MAX));
    Ok(array(shapes::moves(world, own, begin, before, limit).into_iter().map(|moved| {
        let row = object! {
            "billId" => moved.id.to_string(), "coin" => moved.asset, "balance" => "0",
            "cTime" => (moved.at / MS).to_string(),
        };
        let came = moved.amount.0 >= 0;
        row.join(&match product {
            Product::Spot => object! {
                "groupType" => if moved.kind == MoveKind::Transfer { "transfer" } else { "other" },
                "businessType" => if came { "TRANSFER_IN" } else { "TRANSFER_OUT" },
                "size" => plain(moved.amount), "fees" => "0",
            },
            Product::Linear => object! {
                "symbol" => moved.listing.map_or("", |listing| world.model.listings[listing].symbol.as_str()),
                "businessType" => match (moved.kind, came) {
                    (MoveKind::Funding, _) => "contract_settle_fee",
                    (MoveKind::Transfer, true) => "trans_from_exchange",
                    (MoveKind::Transfer, false) => "trans_to_exchange",
                    (MoveKind::Other, _) => "risk_captital_user_transfer",
                },
                "amount" => plain(moved.amount), "fee" => "0", "feeByCoupon" => "",
            },
        })
    })))
}

/// What the key may do: trade, but not withdraw.
pub(super) fn info(call: &mut Call<'_>) -> Answer {
    Ok(object! {
        "userId" => user(call.account), "inviterId" => "", "ips" => "", "authorities" => ["stow", "coow"], "parentId" => 1,
        "traderType" => "not_trader", "channelCode" => "", "channel" => "", "regisTime" => "1600000000000",
    })
}

/// The owner's number.
pub(super) fn user(account: usize) -> String {
    (1000 + account).to_string()
}

/// Questions of the unified account are refused: this one is classic.
pub(super) fn not_unified(_: &mut Call<'_>) -> Answer {
    Err(NOT_UNIFIED)
}

/// A list with nothing in it.
pub(super) fn none(_: &mut Call<'_>) -> Answer {
    Ok(array(Vec::<Raw>::new()))
}

/// The coins of the listings. Nothing can be paid in or out here.
pub(super) fn coins(call: &mut Call<'_>) -> Answer {
    let only = call.params.get("coin");
    let all = shapes::coins(call.world).into_iter().enumerate();
    Ok(array(all.filter(|(_, coin)| only.is_none_or(|name| name == coin.as_str())).map(|(number, coin)| {
        let chain = object! {
            "chain" => coin, "needTag" => "false", "withdrawable" => "false", "rechargeable" => "false",
            "withdrawFee" => "0", "extraWithdrawFee" => "0", "depositConfirm" => "1", "withdrawConfirm" => "1",
            "minDepositAmount" => "0", "minWithdrawAmount" => "0", "browserUrl" => "", "contractAddress" => Null,
            "withdrawStep" => "0", "withdrawMinScale" => "8", "congestion" => "normal",
        };
        object! {"coinId" => (1 + number).to_string(), "coin" => coin, "transfer" => "false", "chains" => [chain]}
    })))
}

pub(super) fn fees(call: &mut Call<'_>) -> Answer {
    let wanted = match call.params.get("businessType") {
        Some("spot") => Product::Spot,
        Some("mix") => Product::Linear,
        _ => return Err(fault::param("businessType")),
    };
    let symbol = call.params.get("symbol").ok_or_else(|| fault::param("symbol"))?;
    let listing = call.world.model.find(wanted, symbol).ok_or(fault::SYMBOL)?;
    let rate = |maker: bool| mantissa(call.world.model.listings[listing].fee(maker).0 / 100, 8);
    Ok(object! {"makerFeeRate" => rate(true), "takerFeeRate" => rate(false)})
}

pub(super) fn set_leverage(call: &mut Call<'_>) -> Answer {
    let listing = named(call, Product::Linear)?;
    let wanted = call.params.get("leverage");
    let leverage = shapes::set_leverage(call.world, call.account, listing, wanted)
        .ok_or_else(|| fault::param("leverage"))?
        .to_string();
    let facts = &call.world.model.listings[listing];
    Ok(object! {
        "symbol" => facts.symbol, "marginCoin" => facts.quote, "longLeverage" => leverage,
        "shortLeverage" => leverage, "crossMarginLeverage" => leverage, "marginMode" => "crossed",
    })
}

/// Positions are one-way here.
pub(super) fn set_mode(call: &mut Call<'_>) -> Answer {
    check_kind(call, Product::Linear)?;
    match call.params.get("posMode") {
        Some("one_way_mode") => Ok(object! {"posMode" => "one_way_mode"}),
        _ => Err(fault::param("posMode")),
    }
}

/// The futures account as one instrument sees it.
pub(super) fn one(call: &mut Call<'_>) -> Answer {
    let listing = named(call, Product::Linear)?;
    let coin = call.world.model.listings[listing].quote;
    let leverage = call.world.model.accounts[call.account].leverage(listing).to_string();
    let row = balance_rows(call.world, call.account, Product::Linear)
        .into_iter()
        .find_map(|(asset, row)| (asset == coin).then_some(row))
        .ok_or_else(|| fault::param("marginCoin"))?;
    Ok(row.join(&object! {
        "crossedMarginLeverage" => leverage, "isolatedLongLever" => leverage, "isolatedShortLever" => leverage,
        "marginMode" => "crossed", "posMode" => "one_way_mode",
    }))
}

/// Balances and positions begin with what is.
pub(super) fn first(world: &World, account: usize, topic: &Topic) -> Option<String> {
    let product = topic.product?;
    match topic.channel.as_str() {
        "account" => {
            Some(account_message(&WORDS, world, &arg("account", product), &balances(world, account, product)))
        }
        "positions" => Some(account_message(
            &WORDS,
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
            let symbol = Some(listing.symbol);
            let row = array([event_json(world, order, fill)]);
            let arg = arg("orders", listing.product);
            Push {
                symbol,
                ..account_push(&WORDS, world, (order.account, listing.product), "orders", &arg, &row)
            }
        })
        .collect();
    out.extend(
        events
            .iter()
            .filter_map(|logged| match &logged.event {
                Event::Fill(fill) => Some(fill),
                _ => None,
            })
            .map(|fill| {
                let listing = &world.model.listings[fill.listing];
                let (symbol, row) = (Some(listing.symbol), array([fill_json(world, fill, true)]));
                let arg = arg("fill", listing.product);
                Push {
                    symbol,
                    ..account_push(&WORDS, world, (fill.account, listing.product), "fill", &arg, &row)
                }
            }),
    );
    let moved: BTreeSet<(usize, Product)> = touched(events, true)
        .into_iter()
        .map(|(account, listing)| (account, world.model.listings[listing].product))
        .collect();
    for (account, product) in moved {
        if product == Product::Linear {
            let rows = open_positions(world, account, "instId");
            out.push(account_push(
                &WORDS,
                world,
                (account, product),
                "positions",
                &arg("positions", product),
                &rows,
            ));
        }
    }
    let traded = touched(events, false)
        .into_iter()
        .map(|(account, listing)| (account, world.model.listings[listing].product));
    let moved = events.iter().filter_map(|logged| match &logged.event {
        Event::Move(moved) if moved.wallet == Wallet::Spot => Some((moved.account, Product::Spot)),
        Event::Move(moved) => Some((moved.account, Product::Linear)),
        _ => None,
    });
    let wallets: BTreeSet<(usize, Product)> = traded.chain(moved).collect();
    out.extend(wallets.into_iter().map(|(account, product)| {
        let rows = balances(world, account, product);
        account_push(&WORDS, world, (account, product), "account", &arg("account", product), &rows)
    }));
    out
}
