//! Positions per (account, instrument): net base by our fills since genesis, cost basis, realized profit, fees.

use super::sequence::{Sequence, Turn};
use super::{FillTerms, LedgerError};
use crate::calc::{Basis, fee_in_quote, initial_margin, product, unrealized};
use crate::market::Instrument;
use crate::order::{Names, push_field, row_digest};
use crate::units::{AccountId, Asset, InstrumentId, Money, Product, Side, UnitError};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Fees of one instrument in one asset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeeSum {
    pub asset: Asset,
    pub amount: Money,
    /// Their value in quote at the fills' own prices, as far as known.
    pub quote_value: Money,
    /// The part of `amount` paid in a third asset, whose value a fill does not tell.
    pub unvalued: Money,
}

/// A spot or linear trading position. Profit is gross; fees stand apart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    pub product: Product,
    pub base: Asset,
    pub quote: Asset,
    pub wallet: super::Wallet,
    pub basis: Basis,
    pub realized: Money,
    /// Latest fills in the venue's order.
    recent: Sequence,
    /// Net funding received (negative: paid), linear only.
    pub funding: Money,
    pub fees: Vec<FeeSum>,
}

/// Profit of several positions, all in one quote asset.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PnlTotals {
    pub realized: Money,
    pub unrealized: Money,
    pub fees: Money,
    pub funding: Money,
    /// Open positions without a mark: their unrealized profit is not in the sum.
    pub unmarked: u32,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Positions {
    by_key: BTreeMap<(AccountId, InstrumentId), Position>,
}

impl Position {
    pub(super) fn new(terms: &FillTerms) -> Self {
        Self::empty(terms.product, [terms.base, terms.quote], terms.wallet)
    }

    pub(super) fn of(instrument: &Instrument, wallet: super::Wallet) -> Self {
        Self::empty(instrument.product, [instrument.base, instrument.quote], wallet)
    }

    const fn empty(product: Product, [base, quote]: [Asset; 2], wallet: super::Wallet) -> Self {
        Self {
            product,
            base,
            quote,
            wallet,
            basis: Basis { qty: Money::ZERO, cost: Money::ZERO },
            realized: Money::ZERO,
            recent: Sequence::new(),
            funding: Money::ZERO,
            fees: Vec::new(),
        }
    }

    /// Books one fill; returns the profit it realized (with what its place in the venue's order changed of others) and the fee's value in quote where known.
    pub(super) fn fill(
        &mut self,
        terms: &FillTerms,
        notional: Money,
    ) -> Result<(Money, Option<Money>), LedgerError> {
        if (self.base, self.quote, self.product) != (terms.base, terms.quote, terms.product) {
            return Err(LedgerError::InstrumentChanged);
        }
        let (basis, realized) = self.recent.insert(self.basis, Turn::new(terms, notional))?;
        let value = fee_in_quote(terms.fee, &terms.fee_asset, &terms.base, &terms.quote, terms.px_money())?;
        self.realized = self.realized.plus(realized)?;
        self.basis = basis;
        self.add_fee(terms, value)?;
        Ok((realized, value))
    }

    /// Adds what no fill of ours explains.
    pub(super) fn correct(&mut self, qty: Money, px: Money) -> Result<(), LedgerError> {
        let side = if qty.0 > 0 { Side::Buy } else { Side::Sell };
        let size = Money(qty.0.saturating_abs());
        let held = Money(self.basis.qty.0.saturating_abs());
        let closes = (self.basis.qty.0 > 0) != (qty.0 > 0) && held.0 > 0;
        let own = self.basis.entry_px().unwrap_or(px);
        let (first, rest) =
            if closes { (size.min(held), Money((size.0 - held.0).max(0))) } else { (size, Money(0)) };
        for (part, px) in [(first, if closes { own } else { px }), (rest, px)] {
            if part.0 > 0 {
                self.basis = self.basis.after(side, part, product(px, part)?)?.0;
            }
        }
        // What comes late of before this can not be put in its place any more.
        self.recent = Sequence::from(self.basis);
        Ok(())
    }

    /// Initial margin that the open part binds; spot binds none.
    pub fn margin(&self, leverage: u32) -> Money {
        match self.product {
            Product::Spot => Money::ZERO,
            Product::Linear => initial_margin(Money(self.basis.cost.0.saturating_abs()), leverage),
        }
    }

    /// Value in quote of all fees, as far as known.
    pub fn fees_in_quote(&self) -> Result<Money, UnitError> {
        self.fees.iter().try_fold(Money::ZERO, |sum, fee| sum.plus(fee.quote_value))
    }

    fn add_fee(&mut self, terms: &FillTerms, value: Option<Money>) -> Result<(), UnitError> {
        if terms.fee == Money::ZERO {
            return Ok(());
        }
        let at = self.fees.iter().position(|fee| fee.asset == terms.fee_asset);
        let at = at.unwrap_or_else(|| {
            let zero = Money::ZERO;
            self.fees.push(FeeSum {
                asset: terms.fee_asset,
                amount: zero,
                quote_value: zero,
                unvalued: zero,
            });
            self.fees.len() - 1
        });
        let sum = &mut self.fees[at];
        sum.amount = sum.amount.plus(terms.fee)?;
        match value {
            Some(value) => sum.quote_value = sum.quote_value.plus(value)?,
            None => sum.unvalued = sum.unvalued.plus(terms.fee)?,
        }
        Ok(())
    }
}

impl PnlTotals {
    /// Realized + unrealized + funding - fees.
    pub fn net(&self) -> Result<Money, UnitError> {
        self.realized.plus(self.unrealized)?.plus(self.funding)?.minus(self.fees)
    }
}

impl Positions {
    pub fn get(&self, account: AccountId, instrument: InstrumentId) -> Option<&Position> {
        self.by_key.get(&(account, instrument))
    }

    pub fn iter(&self) -> impl Iterator<Item = (AccountId, InstrumentId, &Position)> {
        self.by_key.iter().map(|((account, instrument), position)| (*account, *instrument, position))
    }

    pub(super) fn set(&mut self, account: AccountId, instrument: InstrumentId, position: Position) {
        self.by_key.insert((account, instrument), position);
    }

    /// Profit of every position quoted in `quote`; `mark` gives a price per base unit.
    pub fn pnl(
        &self,
        quote: &Asset,
        mark: impl Fn(InstrumentId) -> Option<Money>,
    ) -> Result<PnlTotals, UnitError> {
        let mut totals = PnlTotals::default();
        for (_, instrument, position) in self.iter().filter(|(_, _, position)| position.quote == *quote) {
            totals.realized = totals.realized.plus(position.realized)?;
            totals.funding = totals.funding.plus(position.funding)?;
            totals.fees = totals.fees.plus(position.fees_in_quote()?)?;
            match (position.basis.qty, mark(instrument)) {
                (Money::ZERO, _) => {}
                (_, Some(px)) => {
                    totals.unrealized = totals.unrealized.plus(unrealized(&position.basis, px)?)?;
                }
                (_, None) => totals.unmarked += 1,
            }
        }
        Ok(totals)
    }

    pub(super) fn digest(&self, names: &impl Names) -> u64 {
        self.iter().fold(0, |digest, (account, instrument, position)| {
            digest.wrapping_add(row_digest(|row| {
                push_field(row, b"position");
                push_field(row, names.account(account).as_bytes());
                push_field(row, names.instrument(instrument).as_bytes());
                for amount in [position.basis.qty, position.basis.cost, position.realized, position.funding] {
                    row.extend_from_slice(&amount.0.to_le_bytes());
                }
                position.recent.digest_into(row);
                let mut fees = position.fees.clone();
                fees.sort_unstable_by_key(|fee| fee.asset);
                for fee in fees {
                    push_field(row, fee.asset.as_bytes());
                    for amount in [fee.amount, fee.quote_value, fee.unvalued] {
                        row.extend_from_slice(&amount.0.to_le_bytes());
                    }
                }
            }))
        })
    }
}
