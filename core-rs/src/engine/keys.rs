//! Keys of accounts: one that its venue refuses, and one that is entered while the engine runs. Keys are in no record.

use super::config::Mode;
use super::error::{Code, Refusal};
use super::reducer::Engine;
use super::requests::Why;
use super::{Effect, Effects};
use crate::units::{AccountId, LinkId, Now, Venue};
use crate::venues::{Query, RejectClass, Role, Secret, Session, VenueReject};

/// Refusals in a row, with no answer served in between, after which a key counts as dead: a venue that stumbles may
/// refuse a good key once.
const REFUSALS_MAX: u8 = 2;

/// What a person gives to sign with.
pub struct Key<'a> {
    pub key: &'a str,
    pub secret: &'a [u8],
    pub passphrase: &'a str,
}

impl Engine {
    /// A question signed with the account's key was refused.
    pub(super) fn count_refusal(
        &mut self,
        now: Now,
        account: AccountId,
        reject: &VenueReject,
        out: &mut Effects,
    ) {
        if reject.class != RejectClass::Auth {
            return;
        }
        let refusals = &mut self.accounts.at_mut(account).refusals;
        *refusals = refusals.saturating_add(1);
        if *refusals >= REFUSALS_MAX {
            self.key_refused(now, account, reject, out);
        }
    }

    /// Asks the venue something that only a good key is answered.
    pub(super) fn probe_key(&mut self, now: Now, account: AccountId, out: &mut Effects) {
        let own = |link: &super::links::Link| link.account == Some(account) && link.config.role == Role::Rest;
        let Some(at) = self.links.iter().position(own) else { return };
        let link = LinkId(at as u16);
        if !self.requests.asks(Some(account), link, &Query::Balances) {
            self.ask(now, link, Some(account), Query::Balances, Why::Order, out);
        }
    }

    /// A question signed with the account's key was served: the key works.
    pub(super) fn key_served(&mut self, account: AccountId) {
        self.accounts.at_mut(account).refusals = 0;
    }

    /// From here on nothing private is attempted for the account: it shows public data until another key is entered.
    /// What is open at the venue stays in exposure, its fate unknown.
    pub(super) fn key_refused(
        &mut self,
        now: Now,
        account: AccountId,
        reject: &VenueReject,
        out: &mut Effects,
    ) {
        if self.accounts.at(account).public_only {
            return;
        }
        self.accounts.at_mut(account).public_only = true;
        self.unready(account);
        let text = format!(
            "{}: the venue refuses the key ({} {}); public data only until another key is entered",
            self.accounts.name(account),
            reject.code,
            reject.message
        );
        self.alert(now, "critical", "KEY_REFUSED", &text, out);
        self.reconnect(account, out);
        self.venue_event(now, self.accounts.at(account).venue, out);
        self.tell_statuses(now, out);
    }

    /// The same, told by the executor: some keys are refused where the core does not see it.
    pub fn refuse_key(
        &mut self,
        now: Now,
        venue: Venue,
        account: &str,
        (code, message): (&str, &str),
        out: &mut Effects,
    ) {
        let reject = VenueReject::new(RejectClass::Auth, code.as_bytes(), message.as_bytes());
        if let Some(id) = self.accounts.id(venue, account) {
            self.key_refused(now, id, &reject, out);
        }
    }

    /// Takes a key into use at once: the account's links log in anew, then it is reconciled from the beginning.
    pub fn use_key(
        &mut self,
        now: Now,
        venue: Venue,
        account: &str,
        key: &Key<'_>,
        out: &mut Effects,
    ) -> Result<(), Refusal> {
        if self.config.mode == Mode::Paper {
            return Err(Refusal::new(Code::Conflict, "profile paper uses no keys"));
        }
        let id = self.accounts.id(venue, account).ok_or_else(|| {
            Refusal::new(Code::NotFound, format!("no account {}:{account} here", venue.name()))
        })?;
        let product = self.links.iter().find(|link| link.account == Some(id)).map(|link| link.config.product);
        let product = product.ok_or_else(|| Refusal::new(Code::NotFound, "the account has no links here"))?;
        let window = self.config.venue(venue, product).recv_window / 1_000_000;
        let offset_ns = self.clocks.get(&venue).map_or(0, |clock| clock.offset);
        let held = self.accounts.at_mut(id);
        held.session = Some(Session {
            key: key.key.to_owned(),
            secret: Secret::new(key.secret),
            passphrase: key.passphrase.to_owned(),
            offset_ns,
            recv_window_ms: window as u32,
        });
        (held.public_only, held.refusals) = (false, 0);
        self.unready(id);
        self.reconnect(id, out);
        self.venue_event(now, venue, out);
        self.tell_statuses(now, out);
        Ok(())
    }

    /// Whether an account shows public data alone; an unknown one has nothing else to show.
    pub fn is_public_only(&self, venue: Venue, account: &str) -> bool {
        self.accounts.id(venue, account).is_none_or(|id| self.accounts.at(id).public_only)
    }

    fn reconnect(&self, account: AccountId, out: &mut Effects) {
        for (at, link) in self.links.iter().enumerate() {
            if link.account == Some(account) && matches!(link.config.role, Role::Private | Role::Trade) {
                out.push(Effect::Close { link: LinkId(at as u16) });
            }
        }
    }
}
