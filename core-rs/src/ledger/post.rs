//! Entries: what a fill, fee, funding payment, opening or correction posts. Each sums to zero per asset.

use super::{LedgerError, Wallet};
use crate::market::Instrument;
use crate::order::FillReport;
use crate::units::{
    AccountId, Asset, InstrumentId, Money, Ns, Price, Product, Qty, Side, TradeId, UnitError,
};
use serde::{Deserialize, Serialize};

/// Whose side of an account a posting stands on: one of our wallets, or where the value came from or went to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Book {
    Wallet(Wallet),
    /// The other party of trades; realized profit of linear positions.
    Market,
    Fees,
    Funding,
    /// What was there when we first looked.
    Opening,
    /// Deposits, withdrawals, moves made elsewhere.
    Transfer,
    /// Differences from the venue that nothing explains.
    Recon,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Posting {
    pub account: AccountId,
    pub book: Book,
    pub asset: Asset,
    pub amount: Money,
}

/// Postings that belong together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry(Vec<Posting>);

/// One fill with what the ledger must know of its instrument; self-contained, so that replay needs no table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FillTerms {
    pub account: AccountId,
    pub wallet: Wallet,
    pub instrument: InstrumentId,
    pub product: Product,
    pub base: Asset,
    pub quote: Asset,
    pub px_decimals: u8,
    pub qty_decimals: u8,
    pub side: Side,
    pub px: Price,
    pub qty: Qty,
    /// Paid, positive; negative is a rebate.
    pub fee: Money,
    pub fee_asset: Asset,
    /// When and as what the venue made it: profit is realized in the venue's order, whatever the order of news.
    pub at: Ns,
    pub trade: TradeId,
}

impl Book {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Wallet(wallet) => wallet.name(),
            Self::Market => "market",
            Self::Fees => "fees",
            Self::Funding => "funding",
            Self::Opening => "opening",
            Self::Transfer => "transfer",
            Self::Recon => "recon",
        }
    }
}

impl FillTerms {
    pub fn new(account: AccountId, wallet: Wallet, instrument: &Instrument, fill: &FillReport) -> Self {
        Self {
            account,
            wallet,
            instrument: instrument.id,
            product: instrument.product,
            base: instrument.base,
            quote: instrument.quote,
            px_decimals: instrument.px_decimals,
            qty_decimals: instrument.qty_decimals,
            side: fill.side,
            px: fill.px,
            qty: fill.qty,
            fee: fill.fee,
            fee_asset: fill.fee_asset,
            at: fill.venue_ns,
            trade: fill.trade_id,
        }
    }

    pub fn notional(&self) -> Result<Money, UnitError> {
        Money::notional(self.px, self.px_decimals, self.qty, self.qty_decimals)
    }

    /// Base quantity as an amount.
    pub fn base_qty(&self) -> Money {
        Money::of_qty(self.qty, self.qty_decimals)
    }

    /// Price as an amount of quote per base.
    pub fn px_money(&self) -> Money {
        Money::of_qty(Qty::new(self.px.get()).unwrap_or_default(), self.px_decimals)
    }

    /// Spot: base against quote. Linear: the realized profit against the market. Both: the fee.
    pub fn entry(&self, notional: Money, realized: Money) -> Entry {
        let mut entry = Entry::default();
        let wallet = Book::Wallet(self.wallet);
        match self.product {
            Product::Spot => {
                let sign = |amount: Money, side| if self.side == side { amount } else { amount.negated() };
                entry.moved(self.account, self.base, sign(self.base_qty(), Side::Buy), Book::Market, wallet);
                entry.moved(self.account, self.quote, sign(notional, Side::Sell), Book::Market, wallet);
            }
            Product::Linear => entry.moved(self.account, self.quote, realized, Book::Market, wallet),
        }
        entry.moved(self.account, self.fee_asset, self.fee, wallet, Book::Fees);
        entry
    }
}

impl Entry {
    /// `amount` of `asset` goes from one book of the account to another; nothing for zero.
    pub fn of(account: AccountId, asset: Asset, amount: Money, from: Book, to: Book) -> Self {
        let mut entry = Self::default();
        entry.moved(account, asset, amount, from, to);
        entry
    }

    fn moved(&mut self, account: AccountId, asset: Asset, amount: Money, from: Book, to: Book) {
        if amount != Money::ZERO {
            self.0.push(Posting { account, book: from, asset, amount: amount.negated() });
            self.0.push(Posting { account, book: to, asset, amount });
        }
    }

    pub fn postings(&self) -> &[Posting] {
        &self.0
    }

    /// Error unless every asset's postings sum to zero.
    pub fn check(&self) -> Result<(), LedgerError> {
        for posting in &self.0 {
            let same = self.0.iter().filter(|other| other.asset == posting.asset);
            let sum = same.map(|p| p.amount.0).try_fold(0i128, i128::checked_add);
            if sum != Some(0) {
                return Err(LedgerError::Unbalanced { asset: posting.asset });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_that_does_not_sum_to_zero_is_refused() {
        let (account, asset) = (AccountId(0), Asset::new(b"USDT").unwrap());
        let mut entry = Entry::of(account, asset, Money(5), Book::Transfer, Book::Wallet(Wallet::Spot));
        assert_eq!(entry.check(), Ok(()));
        entry.0[1].amount = Money(4);
        assert_eq!(entry.check(), Err(LedgerError::Unbalanced { asset }));
        assert_eq!(Entry::of(account, asset, Money::ZERO, Book::Transfer, Book::Recon).postings(), []);
    }
}
