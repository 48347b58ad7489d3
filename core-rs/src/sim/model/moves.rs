//! What the venue does to an account by itself: it pays funding, takes money in and out, closes positions.

use super::{EndReason, Event, Fill, Kind, Label, Model, Move, Order, State, Tif};
use crate::ledger::{MoveKind, Wallet};
use crate::sim::text::round;
use crate::units::{Asset, Money, Ns, Product, Side};

/// Parts in a million of a position's value that one funding pays.
const FUNDING_PPM: i128 = 100;

impl Model {
    pub(crate) fn transfer(&mut self, account: usize, wallet: Wallet, asset: Asset, amount: Money, at: Ns) {
        let id = self.last_move + 1;
        let kind = MoveKind::Transfer;
        self.commit(at, Event::Move(Move { id, kind, account, wallet, asset, amount, listing: None, at }));
    }

    /// Longs pay (or receive, when `negative`) a share of their value; true where there was a position.
    pub(crate) fn fund_position(&mut self, account: usize, listing: usize, negative: bool, at: Ns) -> bool {
        let facts = &self.listings[listing];
        let held = self.accounts[account].position(listing).qty;
        if facts.product != Product::Linear || held == 0 {
            return false;
        }
        let worth = facts.notional(self.mark(listing), held).0 * FUNDING_PPM / 1_000_000;
        let amount = round(Money(if negative { worth } else { -worth }), super::account::ACCOUNT_DIGITS);
        let (wallet, asset) = (facts.wallet, facts.quote);
        let id = self.last_move + 1;
        let (kind, listing) = (MoveKind::Funding, Some(listing));
        self.commit(at, Event::Move(Move { id, kind, account, wallet, asset, amount, listing, at }));
        true
    }

    /// Closes `qty` of a position at the mark price, by an order of the venue's own.
    pub(crate) fn force_close(
        &mut self,
        account: usize,
        listing: usize,
        qty: i64,
        why: Forced,
        at: Ns,
    ) -> Option<u64> {
        let held = self.accounts[account].position(listing);
        let (id, px) = (self.last_order + 1, self.mark(listing));
        let side = if held.qty > 0 { Side::Sell } else { Side::Buy };
        let text = format!("{}{id}", why.prefix());
        let order = Order {
            id,
            account,
            listing,
            label: Label::new(text.as_bytes()).ok()?,
            side,
            kind: Kind::Market,
            tif: Tif::Ioc,
            px: 0,
            qty,
            reduce_only: true,
            filled: 0,
            quote_filled: Money::ZERO,
            fee: Money::ZERO,
            locked: Money::ZERO,
            state: State::New,
            reason: EndReason::None,
            created: at,
            updated: at,
        };
        self.commit(at, Event::Accept(order));
        let facts = &self.listings[listing];
        let cost = facts.notional(px, qty).times_rate(facts.fee_taker).unwrap_or(Money::ZERO);
        let fee = if why.costs() { round(cost, super::account::ACCOUNT_DIGITS) } else { Money::ZERO };
        let fee_asset = facts.quote;
        let realized = held.realizes(facts, side, px, qty);
        let trade_id = self.next_trade(at);
        let maker = false;
        let fill = Fill {
            trade_id,
            order: id,
            account,
            listing,
            side,
            px,
            qty,
            fee,
            fee_asset,
            maker,
            realized,
            at,
        };
        self.commit(at, Event::Fill(fill));
        Some(trade_id)
    }
}

impl Order {
    /// The venue's own order, which closes a client's position.
    pub(crate) fn forced(&self) -> Option<Forced> {
        let label = self.label.as_str();
        Forced::ALL.into_iter().find(|why| label.starts_with(why.prefix()))
    }
}

/// Why the venue closes a position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Forced {
    Liquidation,
    Deleveraging,
    /// The client asked for it: the stop of the position.
    Stop,
}

impl Forced {
    const ALL: [Self; 3] = [Self::Liquidation, Self::Deleveraging, Self::Stop];

    /// What the labels of its orders begin with.
    const fn prefix(self) -> &'static str {
        match self {
            Self::Liquidation => "autoclose-",
            Self::Deleveraging => "adl_autoclose",
            Self::Stop => "stoploss-",
        }
    }

    /// Deleveraging is free.
    const fn costs(self) -> bool {
        !matches!(self, Self::Deleveraging)
    }

    /// Nobody asked for it.
    pub(crate) const fn is_unasked(self) -> bool {
        !matches!(self, Self::Stop)
    }
}
