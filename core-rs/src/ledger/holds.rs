//! Reservations: what unsettled orders may still take, per (account, wallet, asset) and client id.

use super::{LedgerError, Wallet};
use crate::calc::{fee, initial_margin};
use crate::market::Instrument;
use crate::order::{Names, push_field, row_digest};
use crate::units::{AccountId, Asset, ClientId, Money, Price, Product, Qty, Rate, Side, UnitError};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// An amount set aside in one wallet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    pub account: AccountId,
    pub wallet: Wallet,
    pub asset: Asset,
    pub amount: Money,
}

/// What decides how much an order takes. `px` is the worst price it can fill at for us: its bound when it buys; when
/// it sells linear, where the margin grows with the price, the higher of its bound and the best bid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HoldTerms {
    pub account: AccountId,
    pub wallet: Wallet,
    pub side: Side,
    pub px: Price,
    pub qty: Qty,
    pub reduce_only: bool,
    pub leverage: u32,
    /// The highest fee that may apply, where it is paid in quote on top; `Rate::ZERO` where it comes out of what is
    /// received.
    pub fee: Rate,
}

/// What an order takes: spot buys their notional and fee in quote, spot sells their base, linear orders initial margin
/// and fee in quote, reduce-only ones nothing.
pub fn requirement(instrument: &Instrument, terms: &HoldTerms) -> Result<Hold, UnitError> {
    let hold = |asset, amount| Hold { account: terms.account, wallet: terms.wallet, asset, amount };
    if instrument.product == Product::Spot && terms.side == Side::Sell {
        return Ok(hold(instrument.base, Money::of_qty(terms.qty, instrument.qty_decimals)));
    }
    if terms.reduce_only {
        return Ok(hold(instrument.quote, Money::ZERO));
    }
    let notional = Money::notional(terms.px, instrument.px_decimals, terms.qty, instrument.qty_decimals)?;
    let fee = fee(notional, Rate(terms.fee.0.max(0)))?;
    let own = match instrument.product {
        Product::Spot => notional,
        Product::Linear => initial_margin(notional, terms.leverage),
    };
    Ok(hold(instrument.quote, own.plus(fee)?))
}

/// All reservations, with their sums.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holds {
    by_id: BTreeMap<ClientId, Hold>,
    sums: BTreeMap<(AccountId, Wallet, Asset), Money>,
}

impl Holds {
    pub(super) fn add(&mut self, id: ClientId, hold: Hold) -> Result<(), LedgerError> {
        if self.by_id.contains_key(&id) {
            return Err(LedgerError::Held(id));
        }
        if hold.amount < Money::ZERO {
            return Err(LedgerError::HoldGrows(id));
        }
        let sum = self.sum(hold.account, hold.wallet, &hold.asset).plus(hold.amount)?;
        self.sums.insert((hold.account, hold.wallet, hold.asset), sum);
        self.by_id.insert(id, hold);
        Ok(())
    }

    /// Lowers a reservation to `amount`; a client id that holds nothing stays so.
    pub(super) fn shrink(&mut self, id: &ClientId, amount: Money) -> Result<(), LedgerError> {
        let Some(hold) = self.by_id.get_mut(id) else { return Ok(()) };
        if amount > hold.amount || amount < Money::ZERO {
            return Err(LedgerError::HoldGrows(*id));
        }
        let released = hold.amount.minus(amount)?;
        hold.amount = amount;
        let key = (hold.account, hold.wallet, hold.asset);
        self.lower(key, released);
        Ok(())
    }

    /// Ends a reservation; true when there was one.
    pub(super) fn release(&mut self, id: &ClientId) -> bool {
        let Some(hold) = self.by_id.remove(id) else { return false };
        self.lower((hold.account, hold.wallet, hold.asset), hold.amount);
        true
    }

    pub fn get(&self, id: &ClientId) -> Option<&Hold> {
        self.by_id.get(id)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&ClientId, &Hold)> {
        self.by_id.iter()
    }

    pub fn sum(&self, account: AccountId, wallet: Wallet, asset: &Asset) -> Money {
        self.sums.get(&(account, wallet, *asset)).copied().unwrap_or_default()
    }

    pub(super) fn digest(&self, names: &impl Names) -> u64 {
        self.by_id.iter().fold(0, |digest, (id, hold)| {
            digest.wrapping_add(row_digest(|row| {
                push_field(row, b"hold");
                push_field(row, id.as_bytes());
                push_field(row, names.account(hold.account).as_bytes());
                push_field(row, hold.wallet.name().as_bytes());
                push_field(row, hold.asset.as_bytes());
                row.extend_from_slice(&hold.amount.0.to_le_bytes());
            }))
        })
    }

    /// The sum is made of the holds, so it can not fall below what is released.
    fn lower(&mut self, key: (AccountId, Wallet, Asset), released: Money) {
        if let Some(sum) = self.sums.get_mut(&key) {
            sum.0 = sum.0.saturating_sub(released.0);
            if *sum == Money::ZERO {
                self.sums.remove(&key);
            }
        }
    }
}
