//! Accounts: wallets with reservations, one-way positions with average entry.

use super::listing::Listing;
use super::order::Fill;
use crate::ledger::Wallet;
use crate::sim::text::round;
use crate::units::{Asset, Money, Side, mul_div_half_even};
use std::collections::BTreeMap;

/// Venues account in eight decimals; realised profit is rounded there, and the rest stays in the entry cost.
pub(crate) const ACCOUNT_DIGITS: u8 = 8;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Balance {
    pub total: Money,
    /// Reserved by open spot orders.
    pub locked: Money,
}

/// `qty` is signed; `cost` is the signed quote amount that opened it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Position {
    pub qty: i64,
    pub cost: Money,
    pub realized: Money,
    pub fees: Money,
    pub updated: i64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Account {
    pub name: String,
    pub key: String,
    pub secret: String,
    pub passphrase: String,
    pub leverage_default: u32,
    pub balances: BTreeMap<(Wallet, Asset), Balance>,
    /// By listing index.
    pub positions: BTreeMap<usize, Position>,
    pub leverage: BTreeMap<usize, u32>,
    /// Prices at which the venue closes a whole position by itself, by listing index.
    pub stops: BTreeMap<usize, i64>,
}

impl Account {
    pub(crate) fn balance(&self, wallet: Wallet, asset: Asset) -> Balance {
        self.balances.get(&(wallet, asset)).copied().unwrap_or_default()
    }

    pub(crate) fn balance_mut(&mut self, wallet: Wallet, asset: Asset) -> &mut Balance {
        self.balances.entry((wallet, asset)).or_default()
    }

    pub(crate) fn position(&self, listing: usize) -> Position {
        self.positions.get(&listing).copied().unwrap_or_default()
    }

    pub(crate) fn leverage(&self, listing: usize) -> u32 {
        self.leverage.get(&listing).copied().unwrap_or(self.leverage_default).max(1)
    }

    /// Margin that the positions of a wallet keep.
    pub(crate) fn position_margin(&self, wallet: Wallet, listings: &[Listing]) -> Money {
        let sum = self
            .positions
            .iter()
            .filter(|(listing, _)| listings.get(**listing).is_some_and(|l| l.wallet == wallet))
            .map(|(listing, position)| position.cost.0.abs() / i128::from(self.leverage(*listing)))
            .sum();
        Money(sum)
    }
}

impl Position {
    /// What closing `qty` of this position (0 when it grows) would take out of `cost`, rounded to the venue's digits.
    fn closing(&self, side: Side, qty: i64) -> (i64, Money) {
        let against = self.qty.signum() * side.sign() < 0;
        let closed = if against { qty.min(self.qty.abs()) } else { 0 };
        if closed == 0 {
            return (0, Money::ZERO);
        }
        if closed == self.qty.abs() {
            return (closed, self.cost);
        }
        let share = mul_div_half_even(self.cost.0, i128::from(closed), i128::from(self.qty.abs()));
        (closed, round(Money(share.unwrap_or(0)), ACCOUNT_DIGITS))
    }

    /// Profit that a fill realises, before fees.
    pub(crate) fn realizes(&self, listing: &Listing, side: Side, px: i64, qty: i64) -> Money {
        let (closed, cost) = self.closing(side, qty);
        let value = listing.notional(px, closed).0 * i128::from(self.qty.signum());
        Money(if closed == 0 { 0 } else { value - cost.0 })
    }

    /// Takes a fill in.
    pub(crate) fn fill(&mut self, listing: &Listing, fill: &Fill) {
        let (closed, cost) = self.closing(fill.side, fill.qty);
        let opened = fill.qty - closed;
        let sign = fill.side.sign();
        self.cost = Money(self.cost.0 - cost.0 + i128::from(sign) * listing.notional(fill.px, opened).0);
        self.qty += sign * fill.qty;
        self.realized = Money(self.realized.0 + fill.realized.0);
        self.fees = Money(self.fees.0 + fill.fee.0);
        self.updated = fill.at;
    }

    /// Average entry price, rounded to eight decimals; zero when flat.
    pub(crate) fn entry(&self, listing: &Listing) -> Money {
        let qty = listing.base_amount(self.qty);
        let one = crate::units::pow10(crate::units::MONEY_DECIMALS);
        round(Money(mul_div_half_even(self.cost.0, one, qty.0).unwrap_or(0)), ACCOUNT_DIGITS)
    }

    /// Unrealised profit at a mark price.
    pub(crate) fn unrealized(&self, listing: &Listing, mark: i64) -> Money {
        Money(listing.notional(mark, self.qty).0 - self.cost.0)
    }
}
