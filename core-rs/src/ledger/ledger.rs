//! The ledger: composes balances, reservations and positions, and keeps them together.

use super::{
    Balances, Book, Day, Entry, FillTerms, Hold, Holds, LedgerError, PnlTotals, Position, Positions, Wallet,
};
use crate::market::Instrument;
use crate::order::{Names, push_field, row_digest};
use crate::units::{AccountId, Asset, ClientId, InstrumentId, Money, UnitError};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Durable money state; mutated only by applying journal records.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Ledger {
    balances: Balances,
    holds: Holds,
    positions: Positions,
    day: Day,
    /// From the configuration, not the journal: decides margins, which are derived.
    #[serde(skip)]
    leverage: BTreeMap<AccountId, u32>,
    #[serde(skip)]
    margins: BTreeMap<(AccountId, Wallet, Asset), Money>,
}

/// What one fill came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FillPosted {
    pub notional: Money,
    /// Gross profit this fill realized.
    pub realized: Money,
    /// The fee's value in quote; `None` when paid in a third asset.
    pub fee_quote: Option<Money>,
    /// Signed position after it.
    pub position_qty: Money,
    /// It brought some wallet of ours below zero, or further below: a fact to alarm on, not to refuse.
    pub overdrawn: bool,
}

impl Ledger {
    /// Leverage of an account's linear positions (1 until set). Margins follow at once.
    pub fn set_leverage(&mut self, account: AccountId, leverage: u32) {
        self.leverage.insert(account, leverage.max(1));
        self.margins.retain(|(of, _, _), _| *of != account);
        let margins: Vec<_> = self.positions.iter().filter(|(of, _, _)| *of == account).collect();
        let sums: Vec<_> = margins
            .into_iter()
            .map(|(_, _, position)| ((account, position.wallet, position.quote), position.margin(leverage)))
            .collect();
        for (key, margin) in sums {
            let sum = self.margins.entry(key).or_default();
            sum.0 = sum.0.saturating_add(margin.0);
        }
    }

    pub fn leverage(&self, account: AccountId) -> u32 {
        self.leverage.get(&account).copied().unwrap_or(1)
    }

    /// Books one fill: balances, position and fees together, or nothing.
    pub fn fill(&mut self, terms: &FillTerms) -> Result<FillPosted, LedgerError> {
        let notional = terms.notional()?;
        let leverage = self.leverage(terms.account);
        let known = self.positions.get(terms.account, terms.instrument);
        let margin_before = known.map_or(Money::ZERO, |position| position.margin(leverage));
        let mut position = known.cloned().unwrap_or_else(|| Position::new(terms));
        let (realized, fee_quote) = position.fill(terms, notional)?;
        let sums = self.balances.with(&terms.entry(notional, realized))?;
        let overdrawn = sums.iter().any(|((account, book, asset), sum)| {
            let Book::Wallet(wallet) = book else { return false };
            sum.0 < self.balances.wallet(*account, *wallet, asset).unwrap_or_default().0.min(0)
        });
        let key = (terms.account, terms.wallet, terms.quote);
        let margins = self.margins.get(&key).copied().unwrap_or_default();
        let margin = margins.minus(margin_before)?.plus(position.margin(leverage))?;
        let position_qty = position.basis.qty;
        self.balances.commit(sums);
        self.margins.insert(key, margin);
        self.positions.set(terms.account, terms.instrument, position);
        Ok(FillPosted { notional, realized, fee_quote, position_qty, overdrawn })
    }

    /// Funding of a linear position: received, or paid when negative. False when the position is not known.
    pub fn funding(
        &mut self,
        account: AccountId,
        instrument: InstrumentId,
        amount: Money,
    ) -> Result<bool, LedgerError> {
        let Some(position) = self.positions.get(account, instrument) else { return Ok(false) };
        let mut position = position.clone();
        position.funding = position.funding.plus(amount)?;
        let wallet = Book::Wallet(position.wallet);
        self.balances.post(&Entry::of(account, position.quote, amount, Book::Funding, wallet))?;
        self.positions.set(account, instrument, position);
        Ok(true)
    }

    /// A position is not what our fills made of it, and a person has taken the venue's word: `qty` is added at `px`.
    /// What is closed by it is closed at its own price: the profit of it stands in the wallet's own correction.
    pub fn correct_position(
        &mut self,
        account: AccountId,
        wallet: Wallet,
        instrument: &Instrument,
        qty: Money,
        px: Money,
    ) -> Result<(), LedgerError> {
        let leverage = self.leverage(account);
        let known = self.positions.get(account, instrument.id);
        let margin_before = known.map_or(Money::ZERO, |position| position.margin(leverage));
        let mut position = known.cloned().unwrap_or_else(|| Position::of(instrument, wallet));
        position.correct(qty, px)?;
        let key = (account, position.wallet, position.quote);
        let margins = self.margins.get(&key).copied().unwrap_or_default();
        self.margins.insert(key, margins.minus(margin_before)?.plus(position.margin(leverage))?);
        self.positions.set(account, instrument.id, position);
        Ok(())
    }

    /// Opening balance, transfer or correction: `amount` comes into the wallet from `source` (negative: leaves).
    /// Also makes a wallet known that holds zero.
    pub fn adjust(
        &mut self,
        account: AccountId,
        wallet: Wallet,
        asset: Asset,
        amount: Money,
        source: Book,
    ) -> Result<(), LedgerError> {
        self.balances.post(&Entry::of(account, asset, amount, source, Book::Wallet(wallet)))?;
        self.balances.touch(account, wallet, asset);
        Ok(())
    }

    /// Sets an order's need aside. Refused when less than nothing would be available.
    pub fn reserve(&mut self, id: ClientId, hold: Hold) -> Result<(), LedgerError> {
        let available = self.available(hold.account, hold.wallet, &hold.asset)?;
        if hold.amount > Money::ZERO && hold.amount > available {
            return Err(LedgerError::Insufficient { asset: hold.asset, needed: hold.amount, available });
        }
        self.holds.add(id, hold)
    }

    /// The same for an order that exists at the venue already (adopted, or replayed): a fact, so never refused.
    pub fn reserve_adopted(&mut self, id: ClientId, hold: Hold) -> Result<(), LedgerError> {
        self.holds.add(id, hold)
    }

    /// Lowers an order's reservation to what its remaining quantity needs; an order that holds nothing stays so.
    pub fn shrink(&mut self, id: &ClientId, amount: Money) -> Result<(), LedgerError> {
        self.holds.shrink(id, amount)
    }

    /// Ends an order's reservation; true when there was one.
    pub fn release(&mut self, id: &ClientId) -> bool {
        self.holds.release(id)
    }

    /// Opens a trading day at the total profit of that moment.
    pub fn open_day(&mut self, day: Day) {
        self.day = day;
    }

    pub const fn day(&self) -> &Day {
        &self.day
    }

    /// What the wallet holds; zero where nothing was ever posted.
    pub fn balance(&self, account: AccountId, wallet: Wallet, asset: &Asset) -> Money {
        self.balances.wallet(account, wallet, asset).unwrap_or_default()
    }

    /// Bound by open linear positions.
    pub fn margin(&self, account: AccountId, wallet: Wallet, asset: &Asset) -> Money {
        self.margins.get(&(account, wallet, *asset)).copied().unwrap_or_default()
    }

    /// Balance less reservations and position margins; unrealized profit is not counted.
    pub fn available(&self, account: AccountId, wallet: Wallet, asset: &Asset) -> Result<Money, UnitError> {
        self.balance(account, wallet, asset)
            .minus(self.holds.sum(account, wallet, asset))?
            .minus(self.margin(account, wallet, asset))
    }

    pub const fn balances(&self) -> &Balances {
        &self.balances
    }

    pub const fn holds(&self) -> &Holds {
        &self.holds
    }

    pub const fn positions(&self) -> &Positions {
        &self.positions
    }

    /// Profit of every position quoted in `quote`, at marks per base unit.
    pub fn pnl(
        &self,
        quote: &Asset,
        mark: impl Fn(InstrumentId) -> Option<Money>,
    ) -> Result<PnlTotals, UnitError> {
        self.positions.pnl(quote, mark)
    }

    /// Hash of all durable money state, independent of how ids were handed out.
    pub fn digest(&self, names: &impl Names) -> u64 {
        let day = row_digest(|row| {
            push_field(row, b"day");
            row.extend_from_slice(&self.day.number.to_le_bytes());
            row.extend_from_slice(&self.day.opened_at.0.to_le_bytes());
        });
        day.wrapping_add(self.balances.digest(names))
            .wrapping_add(self.holds.digest(names))
            .wrapping_add(self.positions.digest(names))
    }
}
