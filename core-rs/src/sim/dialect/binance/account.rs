//! Balances, positions, leverage and listen keys.

use super::fault::Fault;
use super::{Answer, Call, amount, px, qty};
use crate::ledger::{MoveKind, Wallet};
use crate::sim::json::{Raw, array, object};
use crate::sim::model::{Event, Move};
use crate::units::{Asset, Money, Ns, Product};

const MS: Ns = 1_000_000;
/// A listen key lives this long without a keepalive.
const LISTEN_KEY_LIFE: Ns = 3_600_000 * MS;
/// Listen keys alive at once.
const LISTEN_KEYS_MAX: usize = 256;
const LEVERAGE_MAX: i64 = 125;

pub(super) fn spot(call: &mut Call<'_>) -> Answer {
    let owner = &call.world.model.accounts[call.account];
    let omit = call.params.get("omitZeroBalances") == Some("true");
    let rows = owner
        .balances
        .iter()
        .filter(|((wallet, _), b)| *wallet == Wallet::Spot && !(omit && b.total == Money::ZERO));
    let balances = array(rows.map(|((_, asset), balance)| {
        object! {
            "asset" => asset, "free" => amount(Money(balance.total.0 - balance.locked.0)),
            "locked" => amount(balance.locked),
        }
    }));
    let (maker, taker) = rates(call);
    let rates =
        object! {"maker" => maker, "taker" => taker, "buyer" => "0.00000000", "seller" => "0.00000000"};
    Ok(object! {
        "makerCommission" => 10, "takerCommission" => 10, "buyerCommission" => 0, "sellerCommission" => 0,
        "commissionRates" => rates, "canTrade" => true, "canWithdraw" => false, "canDeposit" => true,
        "brokered" => false, "requireSelfTradePrevention" => false, "preventSor" => false,
        "updateTime" => call.world.ms(), "accountType" => "SPOT", "balances" => balances, "permissions" => ["SPOT"],
        "uid" => 1000 + call.account,
    })
}

/// (maker, taker) fee texts of the asked symbol, else of the first.
fn rates(call: &Call<'_>) -> (String, String) {
    let listing = call.listing().ok().or_else(|| call.listings().first().copied());
    let text = |maker: bool| {
        listing.map_or_else(
            || "0".to_owned(),
            |l| crate::sim::text::mantissa(call.world.model.listings[l].fee(maker).0 / 100, 8),
        )
    };
    (text(true), text(false))
}

pub(super) fn commission(call: &mut Call<'_>) -> Answer {
    let listing = call.listing()?;
    let symbol = call.world.model.listings[listing].symbol;
    let (maker, taker) = rates(call);
    Ok(match call.product {
        Product::Spot => {
            let standard = object! {"maker" => maker, "taker" => taker, "buyer" => "0.00000000", "seller" => "0.00000000"};
            object! {"symbol" => symbol, "standardCommission" => standard}
        }
        Product::Linear => object! {
            "symbol" => symbol, "makerCommissionRate" => maker, "takerCommissionRate" => taker,
        },
    })
}

/// What the key may do: everything but withdraw.
pub(super) fn restrictions(call: &mut Call<'_>) -> Answer {
    Ok(object! {
        "ipRestrict" => false, "createTime" => call.world.ms(), "enableReading" => true, "enableWithdrawals" => false,
        "enableInternalTransfer" => false, "permitsUniversalTransfer" => false, "enableFutures" => true,
        "enableSpotAndMarginTrading" => true, "enableMargin" => false,
    })
}

/// One settlement asset of the linear wallet.
struct Holding {
    asset: Asset,
    total: Money,
    position_margin: Money,
    order_margin: Money,
    available: Money,
    unrealized: Money,
}

fn holdings(call: &Call<'_>) -> Vec<Holding> {
    let model = &call.world.model;
    let owner = &model.accounts[call.account];
    let (position_margin, order_margin) = model.margin(call.account, Wallet::Linear);
    let unrealized = Money(
        call.listings()
            .iter()
            .map(|l| owner.position(*l).unrealized(&model.listings[*l], model.mark(*l)).0)
            .sum(),
    );
    let mine = owner.balances.iter().filter(|((wallet, _), _)| *wallet == Wallet::Linear);
    mine.map(|((_, asset), balance)| Holding {
        asset: *asset,
        total: balance.total,
        position_margin,
        order_margin,
        available: model.available(call.account, Wallet::Linear, *asset),
        unrealized,
    })
    .collect()
}

pub(super) fn linear(call: &mut Call<'_>) -> Answer {
    let rows = holdings(call);
    let zero = Money::ZERO;
    let assets = array(rows.iter().map(|h| asset_row(h, call.world.ms())));
    let positions = array(call.listings().into_iter().map(|listing| position_row(call, listing)));
    let sum = |pick: fn(&Holding) -> Money| amount(Money(rows.iter().map(|h| pick(h).0).sum()));
    Ok(object! {
        "feeTier" => 0, "canTrade" => true, "canDeposit" => true, "canWithdraw" => false,
        "totalInitialMargin" => sum(|h| Money(h.position_margin.0 + h.order_margin.0)),
        "totalMaintMargin" => amount(zero), "totalWalletBalance" => sum(|h| h.total),
        "totalUnrealizedProfit" => sum(|h| h.unrealized),
        "totalMarginBalance" => sum(|h| Money(h.total.0 + h.unrealized.0)),
        "totalPositionInitialMargin" => sum(|h| h.position_margin),
        "totalOpenOrderInitialMargin" => sum(|h| h.order_margin), "totalCrossWalletBalance" => sum(|h| h.total),
        "totalCrossUnPnl" => sum(|h| h.unrealized), "availableBalance" => sum(|h| h.available),
        "maxWithdrawAmount" => sum(|h| h.available), "assets" => assets, "positions" => positions,
    })
}

fn asset_row(holding: &Holding, ms: i64) -> Raw {
    object! {
        "asset" => holding.asset, "walletBalance" => amount(holding.total),
        "unrealizedProfit" => amount(holding.unrealized),
        "marginBalance" => amount(Money(holding.total.0 + holding.unrealized.0)), "maintMargin" => "0.00000000",
        "initialMargin" => amount(Money(holding.position_margin.0 + holding.order_margin.0)),
        "positionInitialMargin" => amount(holding.position_margin),
        "openOrderInitialMargin" => amount(holding.order_margin), "crossWalletBalance" => amount(holding.total),
        "crossUnPnl" => amount(holding.unrealized), "availableBalance" => amount(holding.available),
        "maxWithdrawAmount" => amount(holding.available), "updateTime" => ms,
    }
}

pub(super) fn balance(call: &mut Call<'_>) -> Answer {
    let ms = call.world.ms();
    Ok(array(holdings(call).iter().map(|h| {
        object! {
            "accountAlias" => "Sim", "asset" => h.asset, "balance" => amount(h.total),
            "crossWalletBalance" => amount(h.total), "crossUnPnl" => amount(h.unrealized),
            "availableBalance" => amount(h.available), "maxWithdrawAmount" => amount(h.available),
            "marginAvailable" => true, "updateTime" => ms,
        }
    })))
}

/// Movements of the linear wallet, oldest first from a starting time.
pub(super) fn income(call: &mut Call<'_>) -> Answer {
    let start = call.params.number("startTime").map_or(0, |ms| ms * MS);
    let limit = call.params.limit(100, 1000);
    let model = &call.world.model;
    let mine = |m: &&Move| {
        m.account == call.account && m.wallet == Wallet::Linear && m.at >= start && m.at <= model.horizon
    };
    Ok(array(model.moves.iter().filter(mine).take(limit).map(|moved| {
        let kind = match moved.kind {
            MoveKind::Funding => "FUNDING_FEE",
            MoveKind::Transfer => "TRANSFER",
            MoveKind::Other => "INSURANCE_CLEAR",
        };
        object! {
            "symbol" => moved.listing.map_or("", |listing| model.listings[listing].symbol.as_str()),
            "incomeType" => kind, "income" => amount(moved.amount), "asset" => moved.asset, "info" => "",
            "time" => moved.at / MS, "tranId" => moved.id, "tradeId" => "",
        }
    })))
}

fn position_row(call: &Call<'_>, listing: usize) -> Raw {
    let model = &call.world.model;
    let (facts, owner) = (&model.listings[listing], &model.accounts[call.account]);
    let (position, mark) = (owner.position(listing), model.mark(listing));
    let leverage = owner.leverage(listing);
    object! {
        "symbol" => facts.symbol, "positionSide" => "BOTH", "positionAmt" => qty(facts, position.qty),
        "entryPrice" => crate::sim::text::plain(position.entry(facts)),
        "breakEvenPrice" => crate::sim::text::plain(position.entry(facts)), "markPrice" => px(facts, mark),
        "unRealizedProfit" => amount(position.unrealized(facts, mark)),
        "unrealizedProfit" => amount(position.unrealized(facts, mark)), "liquidationPrice" => "0",
        "leverage" => leverage.to_string(), "maxNotionalValue" => "20000000", "marginType" => "cross",
        "isolatedMargin" => "0.00000000", "isAutoAddMargin" => "false", "isolatedWallet" => "0",
        "notional" => amount(facts.notional(mark, position.qty)),
        "initialMargin" => amount(Money(position.cost.0.abs() / i128::from(leverage))), "maintMargin" => "0",
        "marginAsset" => facts.quote, "updateTime" => position.updated / MS,
    }
}

pub(super) fn positions(call: &mut Call<'_>) -> Answer {
    let only = call.params.get("symbol").map(|_| call.listing()).transpose()?;
    let wanted = call.listings().into_iter().filter(|listing| only.is_none_or(|one| one == *listing));
    Ok(array(wanted.map(|listing| position_row(call, listing))))
}

/// One bracket: every size has the same highest leverage here.
pub(super) fn leverage_bracket(call: &mut Call<'_>) -> Answer {
    let only = call.params.get("symbol").map(|_| call.listing()).transpose()?;
    let wanted = call.listings().into_iter().filter(|listing| only.is_none_or(|one| one == *listing));
    Ok(array(wanted.map(|listing| {
        object! {
            "symbol" => call.world.model.listings[listing].symbol,
            "brackets" => [object! {
                "bracket" => 1, "initialLeverage" => LEVERAGE_MAX, "notionalCap" => 20_000_000, "notionalFloor" => 0,
                "maintMarginRatio" => Raw("0.004".into()), "cum" => Raw("0.0".into()),
            }],
        }
    })))
}

pub(super) fn leverage(call: &mut Call<'_>) -> Answer {
    let listing = call.listing()?;
    let wanted =
        call.params.number("leverage").filter(|l| (1..=LEVERAGE_MAX).contains(l)).ok_or(Fault::LEVERAGE)?;
    let event = Event::Leverage { account: call.account, listing, leverage: wanted as u32 };
    call.world.model.commit(call.world.now, event);
    let symbol = call.world.model.listings[listing].symbol;
    Ok(object! {"leverage" => wanted, "maxNotionalValue" => "20000000", "symbol" => symbol})
}

/// Margin is always crossed here.
pub(super) fn margin_type(call: &mut Call<'_>) -> Answer {
    call.listing()?;
    match call.params.get("marginType") {
        Some("CROSSED") => Err(Fault::NO_MARGIN_CHANGE),
        Some("ISOLATED") => Err(Fault::invalid(-4047, "Margin type cannot be changed.")),
        _ => Err(Fault::missing("marginType")),
    }
}

pub(super) fn dual(_: &mut Call<'_>) -> Answer {
    Ok(object! {"dualSidePosition" => false})
}

pub(super) fn set_dual(call: &mut Call<'_>) -> Answer {
    match call.params.get("dualSidePosition") {
        Some("false") => Err(Fault::invalid(-4059, "No need to change position side.")),
        _ => Err(Fault::invalid(-4068, "Position side cannot be changed if there exists position.")),
    }
}

pub(super) fn listen_key_new(call: &mut Call<'_>) -> Answer {
    let now = call.world.now;
    call.world.listen_keys.retain(|_, (_, ends)| *ends > now);
    let known = call.world.listen_keys.iter().find(|(_, (account, _))| *account == call.account);
    let key = match known.map(|(key, _)| key.clone()) {
        Some(key) => key,
        None if call.world.listen_keys.len() >= LISTEN_KEYS_MAX => {
            return Err(Fault::too_many(LISTEN_KEYS_MAX as u32));
        }
        None => format!("simlisten{}x{}", now / MS, call.world.next_serial()),
    };
    call.world.listen_keys.insert(key.clone(), (call.account, now + LISTEN_KEY_LIFE));
    Ok(object! {"listenKey" => key})
}

pub(super) fn listen_key_keep(call: &mut Call<'_>) -> Answer {
    let now = call.world.now;
    let alive = |(account, ends): (usize, Ns)| account == call.account && ends > now;
    let found = call.world.listen_keys.iter_mut().find(|(_, state)| alive(**state));
    let (key, state) = found.ok_or(Fault::LISTEN_KEY)?;
    state.1 = now + LISTEN_KEY_LIFE;
    Ok(object! {"listenKey" => key})
}

pub(super) fn listen_key_close(call: &mut Call<'_>) -> Answer {
    let account = call.account;
    call.world.listen_keys.retain(|_, (owner, _)| *owner != account);
    Ok(object! {})
}
