//! How far a venue's product is trusted: UP opens, DEGRADED only hedges, CANCEL_ONLY only cancels, DOWN is left alone
//! until its deadline. Worked out anew from links, accounts, books and what the venue said of itself.

use super::Effects;
use super::error::{Code, Refusal};
use super::mutant::Mutant;
use super::record::Body;
use super::reducer::Engine;
use super::step::VenueClock;
use crate::market::BookState;
use crate::order::{CancelState, Order};
use crate::risk::Window;
use crate::units::{AccountId, ClientId, InstrumentId, Now, Ns, Product, Venue};
use crate::venues::{RejectClass, Role, VenueReject};
use std::collections::BTreeMap;

const SECOND: Ns = 1_000_000_000;
/// How long a ban lasts when the venue does not say, and at most.
const BAN: Ns = 120 * SECOND;
const BAN_MAX: Ns = 3 * 86_400 * SECOND;
/// After a rate limit or maintenance, which end by themselves; and after what a person must mend.
const LIMITED: Ns = 2 * SECOND;
const FAULT: Ns = 5 * SECOND;
/// Frames within a minute that could not be read, above which a product's data is not opened on.
const UNREADABLE_MAX: i128 = 10;

/// Each is worse than the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum VenueStatus {
    Up,
    Degraded,
    CancelOnly,
    Down,
}

/// What the venue itself said, until a monotonic time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bar {
    pub status: VenueStatus,
    pub until: Ns,
    pub reason: &'static str,
}

/// What a status is made of.
#[allow(clippy::struct_excessive_bools)] // independent facts, not a state
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct StatusFacts {
    pub bar: Option<VenueStatus>,
    /// The way for orders is open.
    pub orders: bool,
    /// The account's own stream and books agree with the venue.
    pub reconciled: bool,
    /// Some book that is wanted can be priced from, or none is wanted.
    pub priced: bool,
    /// Too many frames of late could not be read.
    pub unreadable: bool,
    /// Its time is known as well as fences and time windows need.
    pub timed: bool,
}

#[derive(Debug, Default)]
pub(super) struct Statuses {
    bars: BTreeMap<AccountId, Bar>,
    unreadable: BTreeMap<(Venue, Product), Window>,
    told: BTreeMap<(Venue, Product), VenueStatus>,
}

impl VenueStatus {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Up => "UP",
            Self::Degraded => "DEGRADED",
            Self::CancelOnly => "CANCEL_ONLY",
            Self::Down => "DOWN",
        }
    }

    /// The worst that holds, and why.
    pub(super) fn of(facts: StatusFacts) -> (Self, &'static str) {
        let rules = [
            (facts.bar == Some(Self::Down), Self::Down, "the venue shut us out"),
            (!facts.orders, Self::Down, "the order link is down"),
            (facts.bar.is_some(), Self::CancelOnly, "the venue asked for a pause"),
            (!facts.reconciled, Self::Degraded, "the account is not reconciled"),
            (!facts.priced, Self::Degraded, "no book is synced"),
            (facts.unreadable, Self::Degraded, "too many frames could not be read"),
            (!facts.timed, Self::Degraded, "its time is not known well enough"),
        ];
        let first = rules.into_iter().find(|(holds, ..)| *holds);
        first.map_or((Self::Up, ""), |(_, status, reason)| (status, reason))
    }
}

/// The end of a ban in epoch milliseconds, where the message names one ("banned until 1659146400000").
fn ban_end(reject: &VenueReject) -> Option<Ns> {
    let mut words = reject.message.as_str().split(|c: char| !c.is_ascii_digit());
    words.find(|word| word.len() == 13).and_then(|word| word.parse::<Ns>().ok()).map(|ms| ms * 1_000_000)
}

impl Engine {
    pub(super) fn bar(&self, now: Now, account: AccountId) -> Option<Bar> {
        self.statuses.bars.get(&account).copied().filter(|bar| now.mono < bar.until)
    }

    /// Nothing at all is sent to a venue that shut us out.
    pub(super) fn is_down(&self, now: Now, account: AccountId) -> bool {
        self.bar(now, account).is_some_and(|bar| bar.status == VenueStatus::Down)
    }

    /// A venue that limits, bans or pauses us is believed.
    pub(super) fn bar_after(
        &mut self,
        now: Now,
        account: AccountId,
        reject: &VenueReject,
        out: &mut Effects,
    ) {
        let (status, span, reason) = match reject.class {
            RejectClass::Banned => {
                let told = ban_end(reject).map(|end| end - now.wall);
                let span = told.unwrap_or(BAN).clamp(FAULT, BAN_MAX);
                (VenueStatus::Down, span, "the venue banned us")
            }
            RejectClass::RateLimited => (VenueStatus::CancelOnly, LIMITED, "the venue limits our rate"),
            RejectClass::Maintenance => (VenueStatus::CancelOnly, LIMITED, "the venue is in maintenance"),
            RejectClass::Auth => (VenueStatus::CancelOnly, FAULT, "the venue refused our key"),
            RejectClass::Timestamp => (VenueStatus::CancelOnly, FAULT, "our clock and the venue's differ"),
            RejectClass::InsufficientFunds
            | RejectClass::Filter
            | RejectClass::PostOnlyWouldTake
            | RejectClass::DuplicateClientId
            | RejectClass::UnknownOrder
            | RejectClass::UnknownSymbol
            | RejectClass::AlreadyDone
            | RejectClass::ReduceOnly
            | RejectClass::OutcomeUnknown
            | RejectClass::Other => return,
        };
        let new = Bar { status, until: now.mono + span, reason };
        let venue = self.accounts.at(account).venue;
        // A later deadline than the known one survives a restart.
        let until = now.wall + span;
        let lasts = self.state.bans.get(&venue).is_none_or(|known| *known < until);
        if status == VenueStatus::Down && lasts {
            self.commit(now, Body::Ban { venue, until }, out);
        }
        // A ban is of the address: it is every account's.
        let all = self.accounts.ids().filter(|id| self.accounts.at(*id).venue == venue);
        let meant: Vec<AccountId> = all.filter(|id| *id == account || status == VenueStatus::Down).collect();
        for id in meant {
            let old = self.bar(now, id);
            let stands = old.is_some_and(|old| (old.status, old.until) >= (new.status, new.until));
            if !stands {
                self.statuses.bars.insert(id, new);
            }
        }
        self.tell_statuses(now, out);
    }

    /// Bans that were told to a process before this one.
    pub(super) fn restore_bans(&mut self, now: Now) {
        if self.has(Mutant::BansForgotten) {
            return;
        }
        for (venue, until) in &self.state.bans {
            let span = (until - now.wall).min(BAN_MAX);
            let bar =
                Bar { status: VenueStatus::Down, until: now.mono + span, reason: "the venue banned us" };
            for id in self.accounts.ids().filter(|id| span > 0 && self.accounts.at(*id).venue == *venue) {
                self.statuses.bars.insert(id, bar);
            }
        }
    }

    pub(super) fn count_unreadable(&mut self, now: Now, venue: Venue, product: Product) {
        self.statuses.unreadable.entry((venue, product)).or_default().add(now.mono, 1);
    }

    pub(super) fn venue_status(
        &self,
        now: Now,
        venue: Venue,
        product: Product,
        account: AccountId,
    ) -> (VenueStatus, &'static str) {
        let up = |role: Role| {
            let link = self.find_link(venue, product, role, Some(account));
            link.and_then(|link| self.link(link)).is_some_and(|link| link.up && link.ready)
        };
        let public_only = self.accounts.at(account).public_only;
        let unreadable = self.statuses.unreadable.get(&(venue, product));
        VenueStatus::of(StatusFacts {
            bar: self.bar(now, account).map(|bar| bar.status),
            orders: public_only || up(Role::Trade),
            reconciled: public_only || (self.is_ready(account) && up(Role::Private)),
            priced: self.any_priced(now, venue, product),
            unreadable: unreadable.is_some_and(|window| window.sum(now.mono) > UNREADABLE_MAX),
            timed: self.clocks.get(&venue).is_none_or(VenueClock::is_known),
        })
    }

    fn any_priced(&self, now: Now, venue: Venue, product: Product) -> bool {
        let wanted = self.tracked.iter().enumerate().filter(|(_, tracked)| tracked.wanted());
        let mut ids = wanted.map(|(at, _)| InstrumentId(at as u32)).filter(|id| {
            let i = self.instruments.at(*id);
            (i.venue, i.product) == (venue, product)
        });
        let Some(first) = ids.next() else { return true };
        let synced = |id: InstrumentId| match now.mono {
            0 => self.books[id.0 as usize].is_synced(),
            at => self.book_state(id, at) == BookState::Synced,
        };
        synced(first) || ids.any(synced)
    }

    /// Opening orders go to products that are UP alone.
    pub(super) fn check_up(&self, now: Now, account: AccountId, id: InstrumentId) -> Result<(), Refusal> {
        let i = self.instruments.at(id);
        let (status, reason) = self.venue_status(now, i.venue, i.product, account);
        if status == VenueStatus::Up {
            return Ok(());
        }
        let text = format!("{} {} is {}: {reason}", i.venue.name(), i.product.name(), status.name());
        Err(Refusal::new(Code::ExchangeUnavailable, text).with(|j| {
            j.str("exchange", i.venue.name());
            j.str("type", i.product.name());
            j.str("status", status.name());
        }))
    }

    /// Every product that some link serves, with its first account.
    pub(super) fn products(&self) -> BTreeMap<(Venue, Product), AccountId> {
        let mut found = BTreeMap::new();
        for link in self.links.iter().rev() {
            let account = link.account.or_else(|| self.accounts.id(link.config.venue, "main"));
            if let Some(account) = account {
                found.insert((link.config.venue, link.config.product), account);
            }
        }
        found
    }

    /// Tells of products whose status is another than last told; a deadline that passed sends waiting cancels.
    pub(super) fn tell_statuses(&mut self, now: Now, out: &mut Effects) {
        let over: Vec<AccountId> =
            self.statuses.bars.iter().filter(|(_, bar)| now.mono >= bar.until).map(|(id, _)| *id).collect();
        for account in over {
            self.statuses.bars.remove(&account);
            self.cancel_again(now, account, out);
        }
        for ((venue, product), account) in self.products() {
            let (status, reason) = self.venue_status(now, venue, product, account);
            let before = self.statuses.told.insert((venue, product), status);
            if before == Some(status) || (before.is_none() && status == VenueStatus::Up) {
                continue;
            }
            self.venue_event(now, venue, out);
            if before.is_some_and(|before| status > before && status >= VenueStatus::CancelOnly) {
                let text = format!("{} {} is {}: {reason}", venue.name(), product.name(), status.name());
                self.alert(now, "critical", "VENUE_STATUS", &text, out);
            }
        }
    }

    /// Cancels that were asked for while nothing could be sent.
    fn cancel_again(&mut self, now: Now, account: AccountId, out: &mut Effects) {
        let waits = |order: &&Order| {
            order.terms.account == account
                && !order.state.is_terminal()
                && order.cancel == CancelState::Requested
        };
        let ids: Vec<ClientId> = self.state.orders.iter_open().filter(waits).map(Order::id).collect();
        for id in ids {
            self.cancel(now, id, out);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_that_holds_decides() {
        let good = StatusFacts {
            bar: None,
            orders: true,
            reconciled: true,
            priced: true,
            unreadable: false,
            timed: true,
        };
        let cases = [
            (good, VenueStatus::Up),
            (StatusFacts { unreadable: true, ..good }, VenueStatus::Degraded),
            (StatusFacts { priced: false, ..good }, VenueStatus::Degraded),
            (StatusFacts { timed: false, ..good }, VenueStatus::Degraded),
            (StatusFacts { reconciled: false, ..good }, VenueStatus::Degraded),
            (
                StatusFacts { bar: Some(VenueStatus::CancelOnly), reconciled: false, ..good },
                VenueStatus::CancelOnly,
            ),
            (StatusFacts { bar: Some(VenueStatus::CancelOnly), orders: false, ..good }, VenueStatus::Down),
            (StatusFacts { bar: Some(VenueStatus::Down), ..good }, VenueStatus::Down),
        ];
        for (facts, want) in cases {
            assert_eq!(VenueStatus::of(facts).0, want, "{facts:?}");
        }
    }

    #[test]
    fn a_ban_s_own_deadline_is_read_from_its_message() {
        let reject = |text: &str| VenueReject::new(RejectClass::Banned, b"-1003", text.as_bytes());
        let told = reject("Way too much request weight used; IP banned until 1659146400000. Please use");
        assert_eq!(ban_end(&told), Some(1_659_146_400_000_000_000));
        assert_eq!(ban_end(&reject("IP banned for 120 s")), None);
    }
}
