//! The account's side: what the venue does to an account by itself, and what another client of the same account does.
//! Told in the venue's own frames and lists, through the same network as everything else.

use super::check::Check;
use super::life::Death;
use super::setup::{MS, SECOND};
use super::swarm::Fault;
use super::world::{Job, World};
use crate::ledger::Wallet;
use crate::sim::model::{Kind, Label, NewOrder, Size, Tif, wallet_of};
use crate::units::{AccountId, Asset, MONEY_DECIMALS, Money, Ns, Product, Side, Venue, pow10};
use crate::venues::{Codec, codec};

/// What Binance takes fees in where the account says so, and how much of it there is in each wallet.
const FEE_ASSET: &[u8] = b"BNB";
const FEE_STOCK: i128 = 1_000;
/// What client ids of another client begin with.
pub(super) const FOREIGN: &str = "web_";
/// The largest transfer, quote units.
const TRANSFER_MAX: u64 = 5_000;

/// So many times what an account began with is paid in at the end.
const PAID_IN: i128 = 20;
/// Seconds, once nothing fails any more.
const OPENED_WITHIN: u32 = 30;
/// How long a venue that shuts us out answers nothing.
pub(super) const BAN: Ns = 125 * SECOND;

/// Something that the account's side does later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Later {
    /// The other client takes its order back.
    Cancel {
        venue: usize,
        order: u64,
    },
    Fund {
        venue: usize,
        negative: bool,
    },
}

fn fee_asset() -> Asset {
    Asset::new(FEE_ASSET).unwrap_or(Asset::EMPTY)
}

impl World {
    /// What an account holds besides what its markets trade, before anybody looks.
    pub(super) fn endow(&mut self, venue: usize) {
        if self.stage.venues[venue] == Venue::Binance {
            let stock = Money(FEE_STOCK * pow10(MONEY_DECIMALS));
            let wall = self.wall();
            self.venues[venue].endow(fee_asset(), stock, wall);
        }
    }

    /// An order arrives: what its account does with it.
    pub(super) fn account_faults(&mut self, venue: usize) {
        let third = self.stage.venues[venue] == Venue::Binance && self.strikes_at(venue, Fault::ThirdFee);
        self.venues[venue].pay_fees_in(third.then(fee_asset));
        if self.strikes_at(venue, Fault::SelfTrade) {
            self.venues[venue].prevent_next();
        }
        // Funding falls within a millisecond of what is traded.
        if self.check.external.opened && self.strikes_at(venue, Fault::Funding) {
            let (delay, negative) = (self.side.span(0, 1) * MS, self.side.chance(500_000));
            self.at(delay, Job::Later(Later::Fund { venue, negative }));
            self.at(delay, Job::Later(Later::Fund { venue: 1 - venue, negative }));
            if self.side.chance(200_000) {
                self.die(Death::Kill);
            }
        }
    }

    /// Once a second, while things fail.
    pub(super) fn account_acts(&mut self) {
        let opened = self.process.as_ref().is_some_and(|process| process.engine.is_opened());
        self.check.external.opened |= opened;
        if self.strikes(Fault::OperatorLooks) {
            self.acknowledge();
        }
        if !self.check.external.opened {
            return;
        }
        if self.strikes(Fault::ForeignOrder) {
            let rests = self.side.chance(500_000);
            self.trade_by_hand(rests);
        }
        if self.strikes(Fault::VenueCloses) {
            self.venue_closes();
        }
        if self.strikes(Fault::Transfer) {
            self.transfer();
        }
    }

    /// A person looks at everything that differs.
    pub(super) fn acknowledge(&mut self) {
        self.watch_external();
        let halts = self.process.as_ref().map_or(Vec::new(), |process| process.engine.halts());
        for id in halts {
            if self.command("acknowledge_diff", &format!(r#"{{"id":"{id}"}}"#)) {
                self.check.external.acknowledged(self.stage, &id);
            }
        }
    }

    /// Another client of the account trades: at once, or with an order that rests near the market for some seconds.
    pub(super) fn trade_by_hand(&mut self, rests: bool) {
        let venue = self.side.below(2) as usize;
        self.struck_at(venue, Fault::ForeignOrder);
        let model = self.venues[venue].model();
        let listings: Vec<usize> = (0..model.listings.len()).collect();
        let listing = *self.side.pick(&listings);
        let model = self.venues[venue].model();
        let (facts, mark) = (&model.listings[listing], model.mark(listing));
        let side = *self.side.pick(&[Side::Buy, Side::Sell]);
        let lots =
            i64::try_from(self.swarm.qty_milli).unwrap_or(1) * pow10(facts.qty_decimals) as i64 / 2_000;
        let qty = (lots - lots % facts.lot).max(facts.lot * 10);
        let off = mark * self.side.span(0, 4) / 10_000;
        let px = if side == Side::Buy { mark - off } else { mark + off };
        let (kind, tif) = if rests { (Kind::Limit, Tif::Gtc) } else { (Kind::Market, Tif::Ioc) };
        self.serial += 1;
        let label = Label::new(format!("{FOREIGN}{}", self.serial).as_bytes()).ok();
        let px = px - px % facts.tick;
        let size = Size::Base(qty);
        let new = NewOrder { account: 0, listing, label, side, kind, tif, px, size, reduce_only: false };
        let wall = self.wall();
        self.check.external.acted = true;
        let effects = self.venues[venue].place_foreign(&new, wall);
        self.trace.say(self.now, || format!("HAND   {} {new:?}", self.stage.name(venue)));
        self.watch_external();
        self.carry(venue, effects);
        let newest = self.venues[venue].model().orders.values().next_back();
        if let Some(order) = newest.filter(|order| order.state.open() && Some(order.label) == label) {
            let (order, wait) = (order.id, self.side.span(SECOND, 4 * SECOND));
            self.at(wait, Job::Later(Later::Cancel { venue, order }));
        }
    }

    /// All or half of a position goes, at the mark price.
    fn venue_closes(&mut self) {
        let venue = self.side.below(2) as usize;
        let model = self.venues[venue].model();
        let held = |listing: &usize| {
            let lot = model.listings[*listing].lot;
            (model.accounts[0].position(*listing).qty / lot * lot).abs()
        };
        let Some(listing) = (0..model.listings.len()).find(|listing| held(listing) > 0) else { return };
        let (whole, lot) = (held(&listing), model.listings[listing].lot);
        self.struck_at(venue, Fault::VenueCloses);
        let qty = if self.side.chance(500_000) { whole } else { (whole / 2 / lot * lot).max(lot) };
        let liquidates = self.side.chance(500_000);
        let wall = self.wall();
        self.check.external.acted = true;
        let effects = self.venues[venue].force_close(listing, qty, liquidates, wall);
        self.trace.say(self.now, || format!("CLOSED {} listing {listing}: {qty}", self.stage.name(venue)));
        self.carry(venue, effects);
    }

    fn transfer(&mut self) {
        let venue = self.side.below(2) as usize;
        self.struck_at(venue, Fault::Transfer);
        let wallets = [Product::Spot, Product::Linear].map(|of| wallet_of(self.stage.venues[venue], of));
        let wallet = *self.side.pick(if wallets[0] == wallets[1] { &wallets[..1] } else { &wallets });
        let quote = i128::from(1 + self.side.below(TRANSFER_MAX)) * pow10(MONEY_DECIMALS);
        let usdt = Asset::new(b"USDT").unwrap_or(Asset::EMPTY);
        // Nobody can take out what is not there.
        let free = self.venues[venue].model().available(0, wallet, usdt).0.max(0);
        let amount = Money(if self.side.chance(500_000) { -quote.min(free) } else { quote });
        self.move_money(venue, wallet, usdt, amount);
    }

    fn move_money(&mut self, venue: usize, wallet: Wallet, asset: Asset, amount: Money) {
        let wall = self.wall();
        let effects = self.venues[venue].transfer(wallet, asset, amount, wall);
        self.check.external.untold |= !self.is_told(venue, wallet);
        self.check.external.last = self.now;
        self.trace
            .say(self.now, || format!("MONEY  {} {} {}", self.stage.name(venue), wallet.name(), amount.0));
        self.carry(venue, effects);
    }

    /// Where money was short, somebody pays in what levels everything; not while the ledgers are being opened, when a
    /// moment decides whether it is in the opening balance.
    pub(super) fn pay_in(&mut self) {
        let Some((quote, milli)) = self.swarm.purse else { return };
        for _ in 0..OPENED_WITHIN {
            if self.process.as_ref().is_some_and(|process| process.engine.is_opened()) {
                break;
            }
            self.run_until(self.now + SECOND);
        }
        for venue in 0..self.venues.len() {
            let held = self.venues[venue].model().accounts[0].balances.keys().copied();
            let held: Vec<(Wallet, Asset)> = held.filter(|(_, asset)| *asset != fee_asset()).collect();
            for (wallet, asset) in held {
                let dollars = asset.as_bytes() == b"USDT";
                let amount = if dollars { i128::from(quote) * 1_000 } else { i128::from(milli) };
                self.move_money(venue, wallet, asset, Money(PAID_IN * amount * pow10(MONEY_DECIMALS - 3)));
            }
        }
    }

    /// The venue says what moved in a wallet besides trades.
    fn is_told(&self, venue: usize, wallet: Wallet) -> bool {
        let product = if wallet == Wallet::Spot { Product::Spot } else { Product::Linear };
        codec(self.stage.venues[venue], product).is_some_and(Codec::tells_moves)
    }

    pub(super) fn later(&mut self, later: Later) {
        let wall = self.wall();
        match later {
            Later::Cancel { venue, order } => {
                self.check.external.taken_back.insert((venue, order));
                let effects = self.venues[venue].cancel_foreign(order, wall);
                self.carry(venue, effects);
            }
            Later::Fund { venue, negative } => {
                self.check.external.last = self.now;
                let effects = self.venues[venue].fund_positions(negative, wall);
                let moved = !effects.is_empty();
                self.check.external.untold |= moved && !self.is_told(venue, Wallet::Linear);
                self.carry(venue, effects);
            }
        }
    }

    /// The other client's open orders, before the account comes to rest.
    pub(super) fn leave_by_hand(&mut self) {
        for venue in 0..self.venues.len() {
            let model = self.venues[venue].model();
            let mine = model.open_orders(0, Product::Spot, None).into_iter();
            let all = mine.chain(model.open_orders(0, Product::Linear, None));
            let ids: Vec<u64> = all.filter(|o| o.label.as_str().starts_with(FOREIGN)).map(|o| o.id).collect();
            for order in ids {
                self.later(Later::Cancel { venue, order });
            }
        }
    }

    /// The engine knows of everything that others did, and its balances are the venues'.
    pub(super) fn figures_agree(&self) -> bool {
        let engine = self.process.as_ref().map(|process| &process.engine);
        let left = |engine: &crate::engine::Engine| {
            (0..self.venues.len()).all(|at| engine.foreign_orders(AccountId(at as u16)).next().is_none())
        };
        self.check.external.all_seen()
            && engine.is_some_and(left)
            && engine.is_some_and(|engine| Check::agree(engine, &self.venues))
    }

    /// How long what happened without us may stay unseen: a light round, a fence, and the round that asks for all.
    pub(super) fn audit_max(&self) -> Ns {
        let shut_out = if self.check.external.banned { BAN } else { 0 };
        50 * SECOND + 2 * self.swarm.cap + shut_out
    }
}
