//! What an outside checker may read of the reducer. Nothing here changes anything.

use super::booked::{Booked, FillKey, Whose};
use super::instruments::TableNames;
use super::reducer::Engine;
use super::requests::REQUESTS_MAX;
use super::state::{COMMANDS_MAX, PLANS_KEPT_MAX};
use crate::ledger::Ledger;
use crate::market::{Book, Instrument, PENDING_UPDATES_MAX};
use crate::order::Orders;
use crate::plan::{Plan, Protection, Twap};
use crate::risk::{LatchMode, LimitName, LimitRow, LimitTable};
use crate::units::{AccountId, InstrumentId, Product, Side, Symbol, TradeId, Venue, VenueOrderId};

impl Engine {
    pub fn orders(&self) -> &Orders {
        &self.state.orders
    }

    pub fn ledger(&self) -> &Ledger {
        &self.state.ledger
    }

    pub fn plans(&self) -> impl Iterator<Item = &Plan> {
        self.state.plans.values()
    }

    pub fn twaps(&self) -> impl Iterator<Item = &Twap> {
        self.state.twaps.newest()
    }

    pub fn protections(&self) -> impl Iterator<Item = &Protection> {
        self.state.protections.newest()
    }

    pub fn latch(&self) -> LatchMode {
        self.state.latch.mode
    }

    pub fn epoch(&self) -> u32 {
        self.state.epoch
    }

    /// By `venue:type:symbol`.
    pub fn find_instrument(&self, name: &str) -> Option<InstrumentId> {
        self.instruments.by_name(name)
    }

    pub fn instrument(&self, id: InstrumentId) -> &Instrument {
        self.instruments.at(id)
    }

    /// The book of an instrument that is known by name.
    pub fn book(&self, venue: Venue, product: Product, symbol: &Symbol) -> Option<(&Instrument, &Book)> {
        let id = self.instruments.id(venue, product, symbol)?;
        Some((self.instruments.at(id), self.books.get(id.0 as usize)?))
    }

    /// `venue:name`.
    pub fn account(&self, id: AccountId) -> &str {
        self.accounts.name(id)
    }

    /// A fill that was booked as not ours.
    pub fn knows_foreign(&self, account: AccountId, instrument: InstrumentId, trade: &TradeId) -> bool {
        let names = TableNames { instruments: &self.instruments, accounts: self.accounts.names() };
        let of = |side| self.state.booked.whose(&FillKey::of(&names, (account, instrument), side, trade));
        [Side::Buy, Side::Sell].into_iter().any(|side| of(side) == Some(Whose::Foreign))
    }

    /// Open orders of other clients, by the venue's ids.
    pub fn foreign_orders(&self, account: AccountId) -> impl Iterator<Item = &VenueOrderId> {
        self.recon.get(account.0 as usize).into_iter().flat_map(|recon| recon.foreign.keys())
    }

    /// Names of what is halted until a person acknowledges it.
    pub fn halts(&self) -> Vec<String> {
        self.state.external.halts().map(|((account, figure), _)| self.figure_id(*account, *figure)).collect()
    }

    /// Everything durable is on disk, and the first balance of every wallet that trades is in the ledger.
    pub fn is_opened(&self) -> bool {
        let open = |i: &Instrument| {
            let wallet = super::apply::wallet_of(i.venue, i.product);
            let own = |id: &AccountId| self.accounts.at(*id).venue == i.venue;
            let mut accounts = self.accounts.ids().filter(own);
            accounts.all(|id| self.state.external.is_open(id, wallet, i.quote))
        };
        // After a start the instruments come one venue after the other.
        let known = |link: &super::links::Link| {
            let of = |i: &Instrument| (i.venue, i.product) == (link.config.venue, link.config.product);
            link.account.is_none() || self.instruments.iter().any(of)
        };
        let listed = self.links.iter().all(known) && self.instruments.iter().all(open);
        self.durable >= self.journal.seq() && listed
    }

    /// Every account that may trade has agreed with its venue.
    pub fn is_reconciled(&self) -> bool {
        self.accounts.ids().all(|id| self.accounts.at(id).public_only || self.is_ready(id))
    }

    /// Limits without a value that profile live waits for; before the first start those that the configuration leaves out.
    pub(super) fn unset_limits(&self) -> Vec<LimitName> {
        if self.state.limits_set {
            return self.state.limits.unset();
        }
        let mut seeds = LimitTable::default();
        for seed in &self.config.limits {
            if let Ok(row) = LimitRow::parse(&seed.name, &seed.scope, &seed.id, seed.value.as_deref()) {
                let _full = seeds.set(row);
            }
        }
        seeds.unset()
    }

    /// Queues and maps with their bounds: (name, size, bound).
    pub fn depths(&self) -> [(&'static str, usize, usize); 12] {
        let state = &self.state;
        let buffered = self.books.iter().map(Book::pending_len).max().unwrap_or(0);
        [
            ("requests", self.requests.len(), REQUESTS_MAX),
            ("open orders", state.orders.open_len(), Orders::OPEN_MAX),
            ("orders", state.orders.len(), Orders::KEPT_MAX),
            ("plans", state.plans.len(), PLANS_KEPT_MAX + super::pairs::PAIRS_MAX),
            ("ended plans", state.ended.len(), PLANS_KEPT_MAX),
            ("twaps", state.twaps.newest().count(), super::twap::MEMORY_MAX),
            ("protections", state.protections.newest().count(), super::protect::MEMORY_MAX),
            ("commands", state.commands.len(), COMMANDS_MAX),
            ("booked fills", state.booked.len(), Booked::KEPT_MAX),
            ("deferred fills", self.deferred.len(), super::fills::DEFERRED_MAX),
            ("strangers", self.strangers.len(), super::fills::STRANGERS_MAX),
            ("buffered updates of a book", buffered, PENDING_UPDATES_MAX),
        ]
    }
}
