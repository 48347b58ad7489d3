//! The account's side: what the venue does to an account by itself, and what another client of the same account does.

use super::setup::VENUES;
use super::swarm::Fault;
use super::world::World;
use crate::units::{Asset, MONEY_DECIMALS, Money, Venue, pow10};

/// What Binance takes fees in where the account says so, and how much of it there is in each wallet.
const FEE_ASSET: &[u8] = b"BNB";
const FEE_STOCK: i128 = 1_000;

impl World {
    /// What an account holds besides what its markets trade, before anybody looks.
    pub(super) fn endow(&mut self, venue: usize) {
        if VENUES[venue].0 == Venue::Binance {
            let stock = Money(FEE_STOCK * pow10(MONEY_DECIMALS));
            let wall = self.wall();
            self.venues[venue].endow(Asset::new(FEE_ASSET).unwrap_or(Asset::EMPTY), stock, wall);
        }
    }

    /// An order arrives: what its account does with it.
    pub(super) fn account_faults(&mut self, venue: usize) {
        let third = VENUES[venue].0 == Venue::Binance && self.strikes(Fault::ThirdFee);
        self.venues[venue].pay_fees_in(third.then(|| Asset::new(FEE_ASSET).unwrap_or(Asset::EMPTY)));
        if self.strikes(Fault::SelfTrade) {
            self.venues[venue].prevent_next();
        }
    }
}
