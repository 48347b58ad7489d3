//! Accounts by dense id: from the configuration, or named by a record of an account that is no longer configured.

use super::config::AccountConfig;
use crate::units::{AccountId, Venue};
use crate::venues::Session;

#[derive(Clone, Debug)]
pub(super) struct Account {
    pub venue: Venue,
    pub name: String,
    pub simulated: bool,
    pub public_only: bool,
    pub session: Option<Session>,
    /// Signed questions refused for the key, with none served since.
    pub refusals: u8,
}

#[derive(Debug, Default)]
pub(super) struct Accounts {
    list: Vec<Account>,
    /// `venue:name`, by id.
    names: Vec<String>,
}

impl Accounts {
    pub(super) fn new(configs: &[AccountConfig]) -> Self {
        let mut accounts = Self::default();
        for config in configs {
            accounts.add(Account {
                venue: config.venue,
                name: config.name.clone(),
                simulated: config.simulated,
                public_only: config.public_only,
                session: config.session.clone(),
                refusals: 0,
            });
        }
        accounts
    }

    pub(super) fn at(&self, id: AccountId) -> &Account {
        &self.list[id.0 as usize]
    }

    pub(super) fn at_mut(&mut self, id: AccountId) -> &mut Account {
        &mut self.list[id.0 as usize]
    }

    pub(super) fn name(&self, id: AccountId) -> &str {
        &self.names[id.0 as usize]
    }

    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    pub(super) fn ids(&self) -> impl Iterator<Item = AccountId> + use<> {
        (0..self.list.len() as u16).map(AccountId)
    }

    pub(super) fn id(&self, venue: Venue, name: &str) -> Option<AccountId> {
        let at = self.list.iter().position(|a| a.venue == venue && a.name == name)?;
        Some(AccountId(at as u16))
    }

    /// The account of `venue:name`, taken in without a session when it is not configured.
    pub(super) fn intern(&mut self, text: &str) -> Option<AccountId> {
        if let Some(at) = self.names.iter().position(|n| n == text) {
            return Some(AccountId(at as u16));
        }
        let (venue, name) = text.split_once(':')?;
        let venue = Venue::parse(venue)?;
        Some(self.add(Account {
            venue,
            name: name.to_owned(),
            simulated: false,
            public_only: true,
            session: None,
            refusals: 0,
        }))
    }

    /// Gives ids in this order to accounts of these names, whether configured or not, and to all others behind them.
    /// False, with nothing changed, when a name is no account's.
    pub(super) fn take_order(&mut self, names: &[String]) -> bool {
        let mut ordered = Self::default();
        if !names.iter().all(|name| ordered.intern(name).is_some()) {
            return false;
        }
        for account in &self.list {
            match ordered.id(account.venue, &account.name) {
                Some(id) => ordered.list[id.0 as usize] = account.clone(),
                None => {
                    ordered.add(account.clone());
                }
            }
        }
        *self = ordered;
        true
    }

    /// True for a venue whose accounts here are simulated.
    pub(super) fn is_simulated(&self, venue: Venue) -> bool {
        self.list.iter().any(|a| a.venue == venue && a.simulated)
    }

    fn add(&mut self, account: Account) -> AccountId {
        self.names.push(format!("{}:{}", account.venue.name(), account.name));
        self.list.push(account);
        AccountId((self.list.len() - 1) as u16)
    }
}
