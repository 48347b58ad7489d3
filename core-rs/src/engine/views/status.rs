//! Links, venues, recovery.

use super::now_of;
use crate::engine::error::Refusal;
use crate::engine::field::Fields;
use crate::engine::json::Json;
use crate::engine::recon::Stage;
use crate::engine::reducer::Engine;
use crate::engine::venue_status::VenueStatus;
use crate::market::BookState;
use crate::order::State;
use crate::risk::LatchMode;
use crate::units::{AccountId, InstrumentId, Now, Venue};
use crate::venues::Role;

const MS: i64 = 1_000_000;

const fn role_name(role: Role) -> &'static str {
    match role {
        Role::Public => "public",
        Role::Private => "private",
        Role::Trade => "trade",
        Role::Rest => "rest",
    }
}

impl Engine {
    pub(super) fn view_links(&self, q: Fields<'_>) -> Result<Vec<u8>, Refusal> {
        let now = now_of(q)?;
        Ok(Json::array(|j| {
            for (id, link) in self.links.iter().enumerate() {
                j.obj("", |j| {
                    j.int("id", id as u64);
                    j.str("venue", link.config.venue.name());
                    j.str("type", link.config.product.name());
                    j.str("role", role_name(link.config.role));
                    j.str("account", &link.config.account);
                    j.bool("up", link.up);
                    j.bool(
                        "ready",
                        link.ready || (link.up && matches!(link.config.role, Role::Public | Role::Rest)),
                    );
                    if link.frames > 0 && now.mono > 0 {
                        j.int("lastFrameAgeMs", (now.mono - link.heard) / MS);
                    } else {
                        j.null("lastFrameAgeMs");
                    }
                    j.int("frames", link.frames);
                    j.int("decodeErrors", link.decode_errors);
                });
            }
        }))
    }

    fn synced(&self, id: InstrumentId, now: Now) -> bool {
        let book = &self.books[id.0 as usize];
        book.is_synced() && (now.mono == 0 || self.book_state(id, now.mono) == BookState::Synced)
    }

    /// Ready: recovered, every account reconciled, every enabled pair's books synced at least once.
    pub(super) fn view_health(&self, q: Fields<'_>) -> Result<Vec<u8>, Refusal> {
        let now = now_of(q)?;
        let wanted = || self.tracked.iter().enumerate().filter(|(_, t)| t.needs > 0);
        let unsynced: Vec<&str> = wanted()
            .map(|(at, _)| InstrumentId(at as u32))
            .filter(|id| !self.synced(*id, now))
            .map(|id| self.instruments.name(id))
            .collect();
        let once = wanted().all(|(_, tracked)| tracked.synced_once);
        let resolved =
            self.state.pairs.values().filter(|p| p.terms.enabled).all(|p| self.resolve(p).is_some());
        let trading = |id: &AccountId| !self.accounts.at(*id).public_only;
        let reconciled = self.accounts.ids().filter(trading).all(|id| self.is_ready(id));
        let unknown: Vec<_> = self.state.orders.iter_open().filter(|o| o.state == State::Unknown).collect();
        let recovered = self.is_booted() && self.journal_failed.is_none();
        let ready = recovered && reconciled && once && resolved;
        let whole = ready
            && unsynced.is_empty()
            && unknown.is_empty()
            && self.quarantine.is_none()
            && self.state.latch.mode == LatchMode::Open;
        let status = match (ready, whole) {
            (true, true) => "healthy",
            (true, false) => "degraded",
            (false, _) => "unhealthy",
        };
        Ok(Json::object(|j| {
            j.str("status", status);
            j.bool("ready", ready);
            j.bool("recovered", recovered);
            j.bool("reconciled", reconciled);
            j.bool("booksSyncedOnce", once && resolved);
            j.arr("unsynced", |j| unsynced.iter().for_each(|name| j.str("", name)));
            j.arr("unknownOrders", |j| unknown.iter().for_each(|order| j.str("", order.id().as_str())));
            j.arr("accounts", |j| self.accounts.ids().for_each(|id| self.write_account_stage(j, id)));
            j.str("latch", self.state.latch.mode.name());
            j.int(
                "quarantineMs",
                self.quarantine
                    .map_or(0, |until| (until - now.mono).clamp(0, crate::engine::quarantine::LENGTH) / MS),
            );
            j.opt_str("journal", self.journal_failed.as_deref());
            j.int("epoch", self.state.epoch);
            j.int("seq", self.journal.seq());
            j.int("openOrders", self.state.orders.open_len() as u64);
            j.obj("memory", |j| {
                j.int("orders", self.state.orders.len() as u64);
                j.int("pastIds", self.state.orders.past().len() as u64);
                j.int("bookedFills", self.state.booked.len() as u64);
            });
            j.int("activePlans", self.state.active().count() as u64);
            let (watched, closing) = self.count_protections();
            j.int("protections", watched as u64);
            j.int("protectionsClosing", closing as u64);
            j.int("requests", self.requests.len() as u64);
            j.int("dirtyRows", (self.dirty.len() + self.ready_rows.len()) as u64);
            j.str("mode", self.config.mode.name());
        }))
    }

    fn write_account_stage(&self, j: &mut Json, id: AccountId) {
        let recon = self.recon.get(id.0 as usize);
        j.obj("", |j| {
            j.str("account", self.accounts.name(id));
            j.bool("publicOnly", self.accounts.at(id).public_only);
            j.str("stage", recon.map_or(Stage::Waiting, |recon| recon.stage).name());
            j.int("rounds", recon.map_or(0, |recon| recon.rounds));
            j.opt_str("problem", recon.and_then(|recon| recon.problem.as_deref()));
            j.int("externalOrders", recon.map_or(0, |recon| recon.foreign.len() as u64));
        });
    }

    pub(super) fn view_exchanges(&self, q: Fields<'_>) -> Result<Vec<u8>, Refusal> {
        let now = now_of(q)?;
        Ok(Json::array(|j| {
            for venue in Venue::ALL {
                if self.links.iter().any(|link| link.config.venue == venue) {
                    j.obj("", |j| self.write_exchange(j, venue, now));
                }
            }
        }))
    }

    pub(in crate::engine) fn write_exchange(&self, j: &mut Json, venue: Venue, now: Now) {
        let links = || self.links.iter().filter(|link| link.config.venue == venue);
        let sockets = || links().filter(|link| link.config.role != Role::Rest);
        let connected = sockets().next().is_some() && sockets().all(|link| link.up);
        let tracked = self.tracked.iter().enumerate().filter(|(_, t)| t.wanted());
        let of_venue = tracked
            .map(|(at, _)| InstrumentId(at as u32))
            .filter(|id| self.instruments.at(*id).venue == venue);
        let (mut books, mut synced) = (0u32, 0u32);
        for id in of_venue {
            books += 1;
            synced += u32::from(self.synced(id, now));
        }
        let own = |id: &AccountId| self.accounts.at(*id).venue == venue;
        let public_only = self.accounts.ids().filter(own).all(|id| self.accounts.at(id).public_only);
        let products = self.products();
        let products: Vec<_> = products
            .into_iter()
            .filter(|((of, _), _)| *of == venue)
            .map(|((_, product), account)| (product, self.venue_status(now, venue, product, account)))
            .collect();
        let worst = products.iter().map(|(_, (status, _))| *status).max();
        let status = worst.map_or("DOWN", VenueStatus::name);
        j.str("name", venue.name());
        j.str("exchange", venue.name());
        j.bool("connected", connected);
        j.bool("publicOnly", public_only);
        j.bool("simulated", self.accounts.is_simulated(venue));
        j.str("status", status);
        j.int("books", books);
        j.int("booksSynced", synced);
        j.arr("products", |j| {
            for (product, (status, reason)) in &products {
                j.obj("", |j| {
                    j.str("type", product.name());
                    j.str("status", status.name());
                    j.opt_str("reason", (!reason.is_empty()).then_some(*reason));
                });
            }
        });
        match self.clocks.get(&venue) {
            Some(clock) => j.int("clockOffsetMs", clock.offset / MS),
            None => j.null("clockOffsetMs"),
        }
        j.int("ts", now.wall_ms());
    }
}
