//! Running sums of postings per (account, book, asset). A wallet's balance is nothing but its sum.

use super::{Book, Entry, LedgerError, Wallet};
use crate::order::{Names, push_field, row_digest};
use crate::units::{AccountId, Asset, Money};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Running sum of one book of an account.
pub(super) type Sum = ((AccountId, Book, Asset), Money);

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Balances {
    sums: BTreeMap<(AccountId, Book, Asset), Money>,
}

impl Balances {
    /// Posts all of an entry or, on error, nothing.
    pub fn post(&mut self, entry: &Entry) -> Result<(), LedgerError> {
        let sums = self.with(entry)?;
        self.commit(sums);
        Ok(())
    }

    /// The sums the entry would leave, for a caller that commits several things together.
    pub(super) fn with(&self, entry: &Entry) -> Result<Vec<Sum>, LedgerError> {
        entry.check()?;
        let mut sums: Vec<Sum> = Vec::with_capacity(entry.postings().len());
        for posting in entry.postings() {
            let key = (posting.account, posting.book, posting.asset);
            match sums.iter_mut().find(|(known, _)| *known == key) {
                Some((_, sum)) => *sum = sum.plus(posting.amount)?,
                None => sums.push((key, self.sum(&key).plus(posting.amount)?)),
            }
        }
        Ok(sums)
    }

    pub(super) fn commit(&mut self, sums: Vec<Sum>) {
        self.sums.extend(sums);
    }

    /// Makes a wallet's asset known, be it at zero.
    pub(super) fn touch(&mut self, account: AccountId, wallet: Wallet, asset: Asset) {
        self.sums.entry((account, Book::Wallet(wallet), asset)).or_default();
    }

    /// What the wallet holds; `None` while nothing was ever posted to it.
    pub fn wallet(&self, account: AccountId, wallet: Wallet, asset: &Asset) -> Option<Money> {
        self.sums.get(&(account, Book::Wallet(wallet), *asset)).copied()
    }

    /// Every sum, wallets and counter-accounts, by key.
    pub fn iter(&self) -> impl Iterator<Item = (AccountId, Book, Asset, Money)> + '_ {
        self.sums.iter().map(|((account, book, asset), sum)| (*account, *book, *asset, *sum))
    }

    /// Sum over all books per asset: zero everywhere, always.
    pub fn trial(&self) -> Vec<(Asset, Money)> {
        let mut totals: Vec<(Asset, Money)> = Vec::new();
        for (_, _, asset, sum) in self.iter() {
            match totals.iter_mut().find(|(known, _)| *known == asset) {
                Some((_, total)) => total.0 = total.0.wrapping_add(sum.0),
                None => totals.push((asset, sum)),
            }
        }
        totals
    }

    pub fn digest(&self, names: &impl Names) -> u64 {
        self.iter().fold(0, |digest, (account, book, asset, sum)| {
            digest.wrapping_add(row_digest(|row| {
                push_field(row, b"balance");
                push_field(row, names.account(account).as_bytes());
                push_field(row, book.name().as_bytes());
                push_field(row, asset.as_bytes());
                row.extend_from_slice(&sum.0.to_le_bytes());
            }))
        })
    }

    fn sum(&self, key: &(AccountId, Book, Asset)) -> Money {
        self.sums.get(key).copied().unwrap_or_default()
    }
}
