//! The ledger's books: histories by hand, postings that sum to zero, reservations that never overdraw.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use proptest::prelude::*;
use tidegate_core::ledger::{
    Book, Day, FillTerms, Hold, HoldTerms, Ledger, LedgerError, Wallet, requirement,
};
use tidegate_core::market::{Instrument, InstrumentStatus, Wire};
use tidegate_core::order::Names;
use tidegate_core::units::{
    AccountId, Asset, ClientId, InstrumentId, Money, Price, Product, Qty, Rate, Side, Symbol, TradeId, Venue,
};

const ACCOUNT: AccountId = AccountId(0);

fn money(text: &str) -> Money {
    Money::parse(text.as_bytes()).unwrap()
}

fn asset(name: &str) -> Asset {
    Asset::new(name.as_bytes()).unwrap()
}

fn id(counter: u32) -> ClientId {
    ClientId::new(*b"A7", 1, counter, 0).unwrap()
}

fn instrument(product: Product) -> Instrument {
    Instrument {
        id: InstrumentId(product as u32),
        venue: Venue::Binance,
        product,
        symbol: Symbol::new(b"BTCUSDT").unwrap(),
        base: asset("BTC"),
        quote: asset("USDT"),
        px_decimals: 2,
        qty_decimals: 3,
        tick: 1,
        lot: 1,
        qty_min: Qty::ZERO,
        qty_max: Qty::new(1_000_000).unwrap(),
        notional_min: Money::ZERO,
        fee_maker: Rate::ZERO,
        fee_taker: Rate::from_bps(10),
        status: InstrumentStatus::Trading,
        wire: Wire::BASE,
    }
}

fn fill(product: Product, side: Side, px: i64, qty: i64, fee: &str, fee_asset: &str) -> FillTerms {
    FillTerms {
        account: ACCOUNT,
        wallet: Wallet::of_product(product),
        instrument: InstrumentId(product as u32),
        product,
        base: asset("BTC"),
        quote: asset("USDT"),
        px_decimals: 2,
        qty_decimals: 3,
        side,
        px: Price::new(px).unwrap(),
        qty: Qty::new(qty).unwrap(),
        fee: money(fee),
        fee_asset: asset(fee_asset),
        at: 0,
        trade: TradeId::new(b"1").unwrap(),
    }
}

fn funded() -> Ledger {
    let mut ledger = Ledger::default();
    for wallet in [Wallet::Spot, Wallet::Linear] {
        ledger.adjust(ACCOUNT, wallet, asset("USDT"), money("100000"), Book::Opening).unwrap();
    }
    ledger.adjust(ACCOUNT, Wallet::Spot, asset("BTC"), money("2"), Book::Opening).unwrap();
    ledger
}

fn assert_sums_to_zero(ledger: &Ledger) {
    for (asset, sum) in ledger.balances().trial() {
        assert_eq!(sum, Money::ZERO, "{asset}");
    }
}

/// Names behind ids that were handed out in one order or the other.
struct Swapped(bool);

impl Names for Swapped {
    fn instrument(&self, id: InstrumentId) -> &str {
        if (id.0 == 0) == self.0 { "binance:linear:BTCUSDT" } else { "binance:spot:BTCUSDT" }
    }

    fn account(&self, _: AccountId) -> &'static str {
        "binance:main"
    }
}

#[test]
fn a_spot_round_trip_moves_both_assets_and_both_fees() {
    let mut ledger = funded();
    let bought = ledger.fill(&fill(Product::Spot, Side::Buy, 6_800_000, 500, "0.0005", "BTC")).unwrap();
    assert_eq!((bought.notional, bought.realized), (money("34000"), Money::ZERO));
    assert_eq!((bought.fee_quote, bought.position_qty), (Some(money("34")), money("0.5")));
    let sold = ledger.fill(&fill(Product::Spot, Side::Sell, 6_810_000, 500, "34.05", "USDT")).unwrap();
    assert_eq!((sold.realized, sold.position_qty, sold.overdrawn), (money("50"), Money::ZERO, false));
    assert_eq!(ledger.balance(ACCOUNT, Wallet::Spot, &asset("USDT")), money("100015.95"));
    assert_eq!(ledger.balance(ACCOUNT, Wallet::Spot, &asset("BTC")), money("1.9995"));
    let pnl = ledger.pnl(&asset("USDT"), |_| None).unwrap();
    assert_eq!((pnl.realized, pnl.fees, pnl.net()), (money("50"), money("68.05"), Ok(money("-18.05"))));
    assert_sums_to_zero(&ledger);
}

#[test]
fn a_linear_position_binds_margin_and_realizes_in_quote() {
    let mut ledger = funded();
    ledger.set_leverage(ACCOUNT, 10);
    let usdt = asset("USDT");
    ledger.fill(&fill(Product::Linear, Side::Sell, 6_800_000, 1_000, "34", "USDT")).unwrap();
    assert_eq!(ledger.balance(ACCOUNT, Wallet::Linear, &usdt), money("99966"));
    assert_eq!(ledger.margin(ACCOUNT, Wallet::Linear, &usdt), money("6800"));
    assert_eq!(ledger.available(ACCOUNT, Wallet::Linear, &usdt), Ok(money("93166")));
    ledger.funding(ACCOUNT, InstrumentId(Product::Linear as u32), money("-1.5")).unwrap();
    let pnl = ledger.pnl(&usdt, |_| Some(money("67000"))).unwrap();
    assert_eq!((pnl.unrealized, pnl.funding, pnl.unmarked), (money("1000"), money("-1.5"), 0));
    assert_eq!(ledger.pnl(&usdt, |_| None).unwrap().unmarked, 1);
    let closed = ledger.fill(&fill(Product::Linear, Side::Buy, 6_790_000, 1_000, "0", "USDT")).unwrap();
    assert_eq!(closed.realized, money("100"));
    assert_eq!(ledger.margin(ACCOUNT, Wallet::Linear, &usdt), Money::ZERO);
    assert_eq!(ledger.balance(ACCOUNT, Wallet::Linear, &usdt), money("100064.5"));
    ledger.fill(&fill(Product::Linear, Side::Buy, 6_800_000, 100, "0.01", "BNB")).unwrap();
    ledger.set_leverage(ACCOUNT, 5);
    assert_eq!(ledger.margin(ACCOUNT, Wallet::Linear, &usdt), money("1360"), "margins follow the leverage");
    assert_sums_to_zero(&ledger);
}

#[test]
fn orders_need_what_they_may_take() {
    let (spot, linear) = (instrument(Product::Spot), instrument(Product::Linear));
    let need = |instrument: &Instrument, side, reduce_only| {
        let terms = HoldTerms {
            account: ACCOUNT,
            wallet: Wallet::of_product(instrument.product),
            side,
            px: Price::new(6_800_000).unwrap(),
            qty: Qty::new(500).unwrap(),
            reduce_only,
            leverage: 10,
            fee: instrument.fee_taker,
        };
        let hold = requirement(instrument, &terms).unwrap();
        (hold.asset.as_str().to_owned(), hold.amount)
    };
    assert_eq!(need(&spot, Side::Buy, false), ("USDT".to_owned(), money("34034")));
    assert_eq!(need(&spot, Side::Sell, false), ("BTC".to_owned(), money("0.5")));
    assert_eq!(need(&linear, Side::Buy, false), ("USDT".to_owned(), money("3434")));
    assert_eq!(need(&linear, Side::Sell, false), ("USDT".to_owned(), money("3434")));
    assert_eq!(need(&linear, Side::Sell, true), ("USDT".to_owned(), Money::ZERO));
}

#[test]
fn a_reservation_is_refused_shrunk_and_released_and_never_grows() {
    let mut ledger = funded();
    let usdt = asset("USDT");
    let hold = |amount| Hold { account: ACCOUNT, wallet: Wallet::Spot, asset: usdt, amount: money(amount) };
    ledger.reserve(id(1), hold("60000")).unwrap();
    let short = LedgerError::Insufficient { asset: usdt, needed: money("40001"), available: money("40000") };
    assert_eq!(ledger.reserve(id(2), hold("40001")), Err(short));
    assert_eq!(ledger.reserve(id(1), hold("1")), Err(LedgerError::Held(id(1))));
    ledger.shrink(&id(1), money("10000")).unwrap();
    assert_eq!(ledger.shrink(&id(1), money("10001")), Err(LedgerError::HoldGrows(id(1))));
    ledger.reserve(id(2), hold("40001")).unwrap();
    ledger.reserve_adopted(id(3), hold("900000")).unwrap();
    assert_eq!(
        ledger.available(ACCOUNT, Wallet::Spot, &usdt),
        Ok(money("-850001")),
        "a fact, not our action"
    );
    assert!(ledger.release(&id(3)) && !ledger.release(&id(3)));
    assert_eq!(ledger.available(ACCOUNT, Wallet::Spot, &usdt), Ok(money("49999")));
    assert_eq!(ledger.available(ACCOUNT, Wallet::Linear, &usdt), Ok(money("100000")), "wallets are apart");
}

#[test]
fn a_refused_fill_leaves_no_trace() {
    let mut ledger = funded();
    ledger.fill(&fill(Product::Spot, Side::Buy, 6_800_000, 500, "1", "USDT")).unwrap();
    let before = ledger.digest(&Swapped(false));
    let other =
        FillTerms { quote: asset("USDC"), ..fill(Product::Spot, Side::Buy, 6_800_000, 1, "0", "USDC") };
    assert_eq!(ledger.fill(&other), Err(LedgerError::InstrumentChanged));
    let huge =
        FillTerms { fee: Money(i128::MAX), ..fill(Product::Spot, Side::Buy, 6_800_000, 1, "0", "USDT") };
    assert!(ledger.fill(&huge).is_err());
    assert_eq!(ledger.digest(&Swapped(false)), before);
}

#[test]
fn the_digest_knows_names_not_numbers_and_sees_every_part() {
    let renumbered = |product: Product, flip: bool| {
        let number = if flip { 1 - product as u32 } else { product as u32 };
        FillTerms { instrument: InstrumentId(number), ..fill(product, Side::Buy, 6_800_000, 5, "1", "USDT") }
    };
    let digest = |flip: bool| {
        let mut ledger = funded();
        for product in [Product::Spot, Product::Linear] {
            ledger.fill(&renumbered(product, flip)).unwrap();
        }
        ledger.digest(&Swapped(flip))
    };
    assert_eq!(digest(false), digest(true));
    let mut ledger = funded();
    let mut seen = std::collections::BTreeSet::from([ledger.digest(&Swapped(false))]);
    ledger.open_day(Day { number: 1, opened_at: Money(1) });
    assert!(seen.insert(ledger.digest(&Swapped(false))));
    let hold = Hold { account: ACCOUNT, wallet: Wallet::Spot, asset: asset("BTC"), amount: Money(1) };
    ledger.reserve(id(1), hold).unwrap();
    assert!(seen.insert(ledger.digest(&Swapped(false))));
}

#[derive(Clone, Debug)]
enum Act {
    Fill(FillTerms),
    Reserve(u32, i64),
    Shrink(u32, i64),
    Release(u32),
    Recon(i64),
}

prop_compose! {
    fn any_fill()(spot: bool, buys: bool, px in 1..10_000_000i64, qty in 1..2_000i64, fee in -1_000..1_000_000i64, paid in 0..3usize) -> FillTerms {
        let product = if spot { Product::Spot } else { Product::Linear };
        let side = if buys { Side::Buy } else { Side::Sell };
        let terms = fill(product, side, px, qty, "0", ["BTC", "USDT", "BNB"][paid]);
        FillTerms { fee: Money(i128::from(fee) * 10i128.pow(10)), ..terms }
    }
}

fn any_act() -> impl Strategy<Value = Act> {
    prop_oneof![
        any_fill().prop_map(Act::Fill),
        (0..6u32, 0..200_000i64).prop_map(|(id, amount)| Act::Reserve(id, amount)),
        (0..6u32, 0..200_000i64).prop_map(|(id, amount)| Act::Shrink(id, amount)),
        (0..6u32).prop_map(Act::Release),
        (-1_000..1_000i64).prop_map(Act::Recon),
    ]
}

proptest! {
    #[test]
    fn postings_sum_to_zero_and_no_reservation_overdraws(acts in prop::collection::vec(any_act(), 1..60)) {
        let mut ledger = funded();
        let usdt = asset("USDT");
        let whole = |amount: i64| Money(i128::from(amount) * 10i128.pow(18));
        for act in acts {
            let before = ledger.available(ACCOUNT, Wallet::Spot, &usdt).unwrap();
            match act {
                Act::Fill(terms) => drop(ledger.fill(&terms).unwrap()),
                Act::Reserve(n, amount) => {
                    let hold = Hold { account: ACCOUNT, wallet: Wallet::Spot, asset: usdt, amount: whole(amount) };
                    let fits = amount == 0 || whole(amount) <= before;
                    let free = ledger.holds().get(&id(n)).is_none();
                    let done = ledger.reserve(id(n), hold).is_ok();
                    prop_assert_eq!(done, fits && free);
                    prop_assert!(!done || amount == 0 || ledger.available(ACCOUNT, Wallet::Spot, &usdt).unwrap() >= Money::ZERO);
                }
                Act::Shrink(n, amount) => {
                    let done = ledger.shrink(&id(n), whole(amount)).is_ok();
                    prop_assert!(!done || ledger.available(ACCOUNT, Wallet::Spot, &usdt).unwrap() >= before);
                }
                Act::Release(n) => drop(ledger.release(&id(n))),
                Act::Recon(amount) => {
                    ledger.adjust(ACCOUNT, Wallet::Spot, usdt, whole(amount), Book::Recon).unwrap();
                }
            }
            prop_assert!(ledger.balances().trial().iter().all(|(_, sum)| *sum == Money::ZERO));
            let held: i128 = ledger.holds().iter().map(|(_, hold)| hold.amount.0).sum();
            prop_assert_eq!(ledger.holds().sum(ACCOUNT, Wallet::Spot, &usdt), Money(held));
            let margin = ledger.positions().iter().map(|(_, _, position)| position.margin(1).0).sum();
            prop_assert_eq!(ledger.margin(ACCOUNT, Wallet::Linear, &usdt), Money(margin));
        }
    }

    #[test]
    fn fills_in_any_order_leave_the_same_balances_and_the_same_total(
        fills in prop::collection::vec(any_fill(), 1..25), turn in 0..25usize,
    ) {
        let run = |fills: &[FillTerms]| {
            let mut ledger = funded();
            for terms in fills {
                ledger.fill(terms).unwrap();
            }
            let pnl = ledger.pnl(&asset("USDT"), |_| Some(money("68000"))).unwrap();
            let spot: Vec<_> = ledger.balances().iter().filter(|(_, book, ..)| *book == Book::Wallet(Wallet::Spot)).collect();
            let quantities: Vec<_> = ledger.positions().iter().map(|(_, _, position)| position.basis.qty).collect();
            (spot, quantities, pnl.net().unwrap(), pnl.fees)
        };
        let mut turned = fills.clone();
        turned.rotate_left(turn % fills.len());
        turned.reverse();
        prop_assert_eq!(run(&fills), run(&turned));
    }
}
