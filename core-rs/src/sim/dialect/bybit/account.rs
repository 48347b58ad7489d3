//! Wallet, positions, leverage, fees and the key's permissions.

use super::fault::Fault;
use super::market::side_name;
use super::{Answer, Call, World};
use crate::ledger::{MoveKind, Wallet};
use crate::sim::json::{Raw, array, object};
use crate::sim::model::{Event, Move};
use crate::sim::text::{mantissa, plain, round, short};
use crate::units::{Asset, Money, Product, Side};
use std::collections::BTreeSet;

const MS: i64 = 1_000_000;
const LEVERAGE_MAX: u32 = 100;

pub(super) fn wallet_balance(call: &mut Call<'_>) -> Answer {
    if !matches!(call.params.get("accountType"), Some("UNIFIED")) {
        return Err(Fault::param("accountType only support UNIFIED."));
    }
    Ok(object! {"list" => [wallet(call.world, call.account)]})
}

/// The account's wallet, also of the stream.
pub(super) fn wallet(world: &World, account: usize) -> Raw {
    let owner = &world.model.accounts[account];
    let (position_margin, order_margin) = world.model.margin(account, Wallet::Unified);
    let unrealized: i128 = owner
        .positions
        .iter()
        .map(|(listing, p)| p.unrealized(&world.model.listings[*listing], world.model.mark(*listing)).0)
        .sum();
    let value = |asset: Asset, total: Money| usd(world, asset, total);
    let total: i128 = owner.balances.iter().map(|((_, asset), b)| value(*asset, b.total).0).sum();
    let coins = array(owner.balances.iter().map(|((_, asset), balance)| {
        let settles = world.model.listings.iter().any(|l| l.product == Product::Linear && l.quote == *asset);
        let pick = |amount: i128| Money(if settles { amount } else { 0 });
        let margins = (pick(order_margin.0), pick(position_margin.0), pick(unrealized));
        object! {
            "coin" => asset, "equity" => plain(Money(balance.total.0 + margins.2.0)),
            "usdValue" => plain(value(*asset, balance.total)), "walletBalance" => plain(balance.total),
            "free" => plain(Money(balance.total.0 - balance.locked.0)), "locked" => plain(balance.locked),
            "availableToWithdraw" => "", "availableToBorrow" => "", "borrowAmount" => "0", "accruedInterest" => "0",
            "totalOrderIM" => plain(margins.0), "totalPositionIM" => plain(margins.1), "totalPositionMM" => "0",
            "unrealisedPnl" => plain(margins.2), "cumRealisedPnl" => "0", "bonus" => "0", "collateralSwitch" => true,
            "marginCollateral" => true, "spotHedgingQty" => "0",
        }
    }));
    let used = position_margin.0 + order_margin.0;
    object! {
        "accountType" => "UNIFIED", "accountLTV" => "0", "accountIMRate" => "0", "accountMMRate" => "0",
        "totalEquity" => plain(Money(total + unrealized)), "totalWalletBalance" => plain(Money(total)),
        "totalMarginBalance" => plain(Money(total + unrealized)),
        "totalAvailableBalance" => plain(Money(total + unrealized - used)), "totalPerpUPL" => plain(Money(unrealized)),
        "totalInitialMargin" => plain(Money(used)), "totalMaintenanceMargin" => "0", "coin" => coins,
    }
}

/// Value in the quote of the first instrument with this base; one to one otherwise. Informational, eight decimals.
fn usd(world: &World, asset: Asset, amount: Money) -> Money {
    let Some(index) = world.model.listings.iter().position(|l| l.base == asset) else { return amount };
    let px = world.model.listings[index].px_amount(world.model.mark(index));
    let one = crate::units::pow10(crate::units::MONEY_DECIMALS);
    round(Money(crate::units::mul_div(amount.0, px.0, one).unwrap_or(0)), 8)
}

pub(super) fn positions(call: &mut Call<'_>) -> Answer {
    if call.product()? != Product::Linear {
        return Err(Fault::param("category only support linear"));
    }
    let named = call.params.get("symbol").is_some();
    if !named && call.params.get("settleCoin").is_none() {
        return Err(Fault::param("symbol or settleCoin"));
    }
    let held = |listing: &usize| named || call.world.model.accounts[call.account].position(*listing).qty != 0;
    let rows = call.listings()?.into_iter().filter(held);
    let list = array(rows.map(|listing| position(call.world, call.account, listing, "avgPrice")));
    Ok(object! {"category" => "linear", "list" => list, "nextPageCursor" => ""})
}

/// A position; the stream calls its average price `entryPrice`, REST `avgPrice`.
pub(super) fn position(world: &World, account: usize, listing: usize, average: &str) -> Raw {
    let (facts, owner) = (&world.model.listings[listing], &world.model.accounts[account]);
    let (held, mark) = (owner.position(listing), world.model.mark(listing));
    let side = match held.qty.signum() {
        1 => side_name(Side::Buy),
        -1 => side_name(Side::Sell),
        _ => "",
    };
    let leverage = owner.leverage(listing);
    let body = object! {
        "positionIdx" => 0, "riskId" => 1, "riskLimitValue" => "2000000", "symbol" => facts.symbol, "side" => side,
        "size" => short(held.qty.abs(), facts.qty_decimals), "positionValue" => plain(Money(held.cost.0.abs())),
        "tradeMode" => 0, "autoAddMargin" => 0, "positionStatus" => "Normal", "leverage" => leverage.to_string(),
        "markPrice" => facts.px_text(mark), "liqPrice" => "", "bustPrice" => "",
        "positionIM" => plain(Money(held.cost.0.abs() / i128::from(leverage))), "positionMM" => "0",
        "positionBalance" => "0", "takeProfit" => "",
        "stopLoss" => owner.stops.get(&listing).map_or_else(String::new, |px| facts.px_text(*px)), "trailingStop" => "0",
        "unrealisedPnl" => plain(held.unrealized(facts, mark)), "curRealisedPnl" => plain(held.realized),
        "cumRealisedPnl" => plain(Money(held.realized.0 - held.fees.0)), "adlRankIndicator" => 0,
        "isReduceOnly" => false, "tpslMode" => "Full", "createdTime" => (held.updated / MS).to_string(),
        "updatedTime" => (held.updated / MS).to_string(), "seq" => world.model.seq(), "category" => "linear",
    };
    Raw(format!("{{\"{average}\":\"{}\",{}", plain(held.entry(facts)), &body.0[1..]))
}

/// Movements of the account, newest first; trades stand in the execution list.
pub(super) fn transactions(call: &mut Call<'_>) -> Answer {
    let start = call.params.number("startTime").map_or(0, |ms| ms * MS);
    let end = call.params.number("endTime").map_or(i64::MAX, |ms| (ms + 1) * MS - 1);
    let limit = call.params.limit(20, 50);
    let model = &call.world.model;
    let mine =
        |m: &&Move| m.account == call.account && (start..=end).contains(&m.at) && m.at <= model.horizon;
    let list = array(model.moves.iter().rev().filter(mine).take(limit).map(|moved| {
        let kind = match (moved.kind, moved.amount.0 < 0) {
            (MoveKind::Funding, _) => "SETTLEMENT",
            (MoveKind::Transfer, false) => "TRANSFER_IN",
            (MoveKind::Transfer, true) => "TRANSFER_OUT",
            (MoveKind::Other, _) => "BONUS",
        };
        object! {
            "id" => format!("592324_{}_{}", moved.asset, moved.id), "category" => "linear", "side" => "None",
            "symbol" => moved.listing.map_or("", |listing| model.listings[listing].symbol.as_str()),
            "transactionTime" => (moved.at / MS).to_string(), "type" => kind, "qty" => "0", "fee" => "0",
            "funding" => "", "cashFlow" => "0", "change" => plain(moved.amount), "currency" => moved.asset,
        }
    }));
    Ok(object! {"list" => list, "nextPageCursor" => ""})
}

pub(super) fn set_leverage(call: &mut Call<'_>) -> Answer {
    let listing = call.listing()?;
    let text = |name: &str| call.params.get(name).and_then(|text| text.parse::<u32>().ok());
    let wanted = match (text("buyLeverage"), text("sellLeverage")) {
        (Some(buy), Some(sell)) if buy == sell && (1..=LEVERAGE_MAX).contains(&buy) => buy,
        _ => return Err(Fault::param("leverage invalid")),
    };
    if call.world.model.accounts[call.account].leverage(listing) == wanted {
        return Err(Fault::LEVERAGE_SAME);
    }
    let event = Event::Leverage { account: call.account, listing, leverage: wanted };
    call.world.model.commit(call.world.now, event);
    Ok(object! {})
}

/// Positions are one-way here.
pub(super) fn switch_mode(call: &mut Call<'_>) -> Answer {
    match call.params.get("mode") {
        Some("0") => Ok(object! {}),
        _ => Err(Fault::param("position mode is one-way")),
    }
}

pub(super) fn fee_rate(call: &mut Call<'_>) -> Answer {
    let product = call.product()?;
    let list = array(call.listings()?.into_iter().map(|index| {
        let listing = &call.world.model.listings[index];
        let rate = |maker: bool| mantissa(listing.fee(maker).0 / 100, 8);
        object! {"symbol" => listing.symbol, "takerFeeRate" => rate(false), "makerFeeRate" => rate(true)}
    }));
    Ok(object! {"category" => product.name(), "list" => list})
}

pub(super) fn info(call: &mut Call<'_>) -> Answer {
    Ok(object! {
        "marginMode" => "REGULAR_MARGIN", "updatedTime" => call.world.ms().to_string(), "unifiedMarginStatus" => 5,
        "dcpStatus" => "OFF", "timeWindow" => 10, "smpGroup" => 0, "isMasterTrader" => false,
        "spotHedgingStatus" => "OFF",
    })
}

/// The coins of the listings. Nothing can be paid in or out here.
pub(super) fn coins(call: &mut Call<'_>) -> Answer {
    let listings = &call.world.model.listings;
    let all: BTreeSet<Asset> = listings.iter().flat_map(|listing| [listing.base, listing.quote]).collect();
    let only = call.params.get("coin");
    let named = all.into_iter().filter(|coin| only.is_none_or(|name| name == coin.as_str()));
    let rows = array(named.map(|coin| {
        let chain = object! {
            "chain" => coin, "chainType" => coin, "confirmation" => "1", "withdrawFee" => "0", "depositMin" => "0",
            "withdrawMin" => "0", "minAccuracy" => "8", "chainDeposit" => "0", "chainWithdraw" => "0",
            "withdrawPercentageFee" => "0", "contractAddress" => "",
        };
        object! {"name" => coin, "coin" => coin, "remainAmount" => "0", "chains" => [chain]}
    }));
    Ok(object! {"rows" => rows})
}

/// What the key may do: trade, but not withdraw.
pub(super) fn query_api(call: &mut Call<'_>) -> Answer {
    let owner = &call.world.model.accounts[call.account];
    let none = Vec::<Raw>::new;
    Ok(object! {
        "id" => (1000 + call.account).to_string(), "note" => owner.name, "apiKey" => owner.key, "readOnly" => 0,
        "secret" => "", "type" => 1, "ips" => ["*"], "uta" => 1, "unified" => 0, "isMaster" => true, "parentUid" => "0",
        "userID" => 1000 + call.account,
        "permissions" => object! {
            "ContractTrade" => ["Order", "Position"], "Spot" => ["SpotTrade"], "Wallet" => none(), "Options" => none(),
            "Derivatives" => ["DerivativesTrade"], "CopyTrading" => none(), "BlockTrade" => none(), "Exchange" => none(),
            "NFT" => none(),
        },
    })
}
