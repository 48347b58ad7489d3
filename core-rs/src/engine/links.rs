//! Links: up, down, logged in, silent. A link that goes down takes its books and its certainty with it.

use super::Mutant;
use super::config::LinkConfig;
use super::reducer::Engine;
use super::timers::Timer;
use super::{Effect, Effects};
use crate::units::{AccountId, InstrumentId, LinkId, Now, Ns, Product, Venue};
use crate::venues::{Codec, Role, SessionNote, VenueReject, codec};

#[derive(Debug)]
pub(super) struct Link {
    pub config: LinkConfig,
    pub account: Option<AccountId>,
    pub codec: Option<&'static Codec>,
    pub up: bool,
    /// Logged in where that is needed: orders and account streams may be trusted.
    pub ready: bool,
    /// Monotonic time of the last frame, or of coming up.
    pub heard: Ns,
    pub frames: u64,
    pub decode_errors: u64,
    pub last_alert: Option<Ns>,
}

impl Link {
    pub(super) fn new(config: &LinkConfig, account: Option<AccountId>) -> Self {
        Self {
            account,
            codec: codec(config.venue, config.product),
            config: config.clone(),
            up: false,
            ready: false,
            heard: 0,
            frames: 0,
            decode_errors: 0,
            last_alert: None,
        }
    }
}

/// Seconds between alerts of one link about frames it can not read.
const ALERT_EVERY: Ns = 10_000_000_000;

impl Engine {
    pub(super) fn link(&self, id: LinkId) -> Option<&Link> {
        self.links.get(id.0 as usize)
    }

    /// The link of a role that serves a product: the row of that product, else one of the same venue and account.
    pub(super) fn find_link(
        &self,
        venue: Venue,
        product: Product,
        role: Role,
        account: Option<AccountId>,
    ) -> Option<LinkId> {
        let fits = |link: &Link| {
            let same = link.config.venue == venue && link.config.role == role;
            same && (account.is_none() || link.account == account || role == Role::Public)
        };
        let exact = self.links.iter().position(|link| fits(link) && link.config.product == product);
        let shared = || match role {
            Role::Public => None,
            Role::Private | Role::Trade | Role::Rest => self.links.iter().position(fits),
        };
        exact.or_else(shared).map(|at| LinkId(at as u16))
    }

    pub(super) fn on_link(&mut self, now: Now, id: LinkId, up: bool, out: &mut Effects) {
        let Some(link) = self.links.get_mut(id.0 as usize) else { return };
        let was = core::mem::replace(&mut link.up, up);
        link.ready = false;
        link.heard = now.mono;
        let (role, account) = (link.config.role, link.account);
        if was {
            self.link_lost(now, id, role, account, out);
        }
        if up {
            self.link_up(now, id, role, out);
        }
        self.status_event(now, id, out);
    }

    fn link_up(&mut self, now: Now, id: LinkId, role: Role, out: &mut Effects) {
        match role {
            Role::Public => self.subscribe_all(now, id, out),
            Role::Private | Role::Trade => self.log_in(now, id, role, out),
            Role::Rest => {}
        }
    }

    fn log_in(&mut self, now: Now, id: LinkId, role: Role, out: &mut Effects) {
        let Some(link) = self.link(id) else { return };
        let (Some(codec), Some(account)) = (link.codec, link.account) else { return };
        let held = self.accounts.at(account);
        let Some(session) = held.session.as_ref().filter(|_| !held.public_only) else { return };
        let mut frames = Vec::new();
        codec.encode_login(role, session, now.wall, &mut frames);
        if frames.is_empty() {
            self.link_ready(now, id, out);
        }
        for data in frames {
            out.send(id, data);
        }
    }

    /// Logged in: topics are asked for, and the account is reconciled.
    fn link_ready(&mut self, now: Now, id: LinkId, out: &mut Effects) {
        let Some(link) = self.links.get_mut(id.0 as usize) else { return };
        if core::mem::replace(&mut link.ready, true) {
            return;
        }
        let (role, codec, account) = (link.config.role, link.codec, link.account);
        if role == Role::Trade && self.has(Mutant::ResendOnReconnect) {
            self.resend_all(now, out);
        }
        if let Some(codec) = codec {
            let mut frames = Vec::new();
            codec.encode_subscribe(role, true, &[], &mut frames);
            for data in frames {
                out.send(id, data);
            }
        }
        if let Some(account) = account {
            self.begin_recon(now, account, out);
        }
    }

    fn link_lost(&mut self, now: Now, id: LinkId, role: Role, account: Option<AccountId>, out: &mut Effects) {
        self.timers.clear(Timer::Stale(id));
        match (role, account) {
            (Role::Public, _) => self.lose_books(now, id, out),
            (Role::Trade, Some(account)) => self.doubt_orders(now, account, id, out),
            (Role::Private, Some(account)) => self.unready(account),
            (Role::Private | Role::Trade | Role::Rest, _) => {}
        }
    }

    fn lose_books(&mut self, now: Now, id: LinkId, out: &mut Effects) {
        let lost: Vec<InstrumentId> = self.tracked_on(id).collect();
        for instrument in lost {
            self.tracked[instrument.0 as usize].subscribed = false;
            self.unsync(now, instrument, out);
        }
    }

    /// A public link that said nothing for too long is closed; its books are not trusted from now on.
    pub(super) fn check_stale(&mut self, now: Now, id: LinkId, out: &mut Effects) {
        let Some(link) = self.link(id) else { return };
        let limit = self.config.venue(link.config.venue, link.config.product).stale;
        if !link.up || self.tracked_on(id).next().is_none() {
            return;
        }
        let due = link.heard + limit;
        if now.mono < due {
            let books = self.revive_silent(now, id, limit, out);
            self.timers.set_earlier(Timer::Stale(id), due.min(books));
            return;
        }
        self.alert(
            now,
            "warning",
            "LINK_SILENT",
            &format!("link {} said nothing for {} ms", id.0, limit / 1_000_000),
            out,
        );
        self.lose_books(now, id, out);
        out.push(Effect::Close { link: id });
    }

    pub(super) fn on_session(&mut self, now: Now, id: LinkId, note: SessionNote, out: &mut Effects) {
        match note {
            SessionNote::LoggedIn => self.link_ready(now, id, out),
            SessionNote::Subscribed | SessionNote::Pong => {}
            SessionNote::LoginRefused(reject) => self.login_refused(now, id, &reject, out),
            SessionNote::SubscribeRefused(reject) => {
                let text = format!("link {}: {} {}", id.0, reject.code, reject.message);
                self.alert(now, "critical", "SUBSCRIBE_REFUSED", &text, out);
            }
            SessionNote::Expiring => out.push(Effect::Close { link: id }),
        }
    }

    /// The link tries again on a new connection. Some venues refuse a log-in without saying why: the key itself is judged by
    /// a question over REST, whose refusals are told apart.
    fn login_refused(&mut self, now: Now, id: LinkId, reject: &VenueReject, out: &mut Effects) {
        let Some(account) = self.link(id).and_then(|link| link.account) else { return };
        self.unready(account);
        self.probe_key(now, account, out);
        let text = format!("link {}: {} {}", id.0, reject.code, reject.message);
        self.alert(now, "critical", "LOGIN_REFUSED", &text, out);
        self.bar_after(now, account, reject, out);
        out.push(Effect::Close { link: id });
    }

    pub(super) fn count_decode_error(&mut self, now: Now, id: LinkId, problem: &str, out: &mut Effects) {
        if let Some((venue, product)) = self.link(id).map(|link| (link.config.venue, link.config.product)) {
            self.count_unreadable(now, venue, product);
        }
        let Some(link) = self.links.get_mut(id.0 as usize) else { return };
        link.decode_errors += 1;
        if link.last_alert.is_some_and(|last| now.mono - last < ALERT_EVERY) {
            return;
        }
        link.last_alert = Some(now.mono);
        let text = format!("link {}: {problem}; {} frames refused so far", id.0, link.decode_errors);
        self.alert(now, "warning", "FRAME_REFUSED", &text, out);
    }
}
