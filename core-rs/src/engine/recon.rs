//! Rounds of reconciliation per account: what is asked, in which order, and when it was all served. An account may open nothing new until a whole round was served.

use super::Effects;
use super::apply::wallet_of;
use super::external::Foreigner;
use super::reducer::Engine;
use super::requests::{Request, Why};
use super::timers::Timer;
use crate::ledger::{Difference, Wallet};
use crate::order::Order;
use crate::units::{AccountId, InstrumentId, LinkId, Now, Ns, Product, VenueOrderId};
use crate::venues::{Query, Role};
use std::collections::{BTreeMap, BTreeSet};

const SECOND: Ns = 1_000_000_000;
/// Pause before failed questions of a round are asked again.
const RETRY: Ns = SECOND / 2;
/// Between light rounds.
const ROUND_EVERY: Ns = 30 * SECOND;
/// Between whole rounds that something asks for out of turn.
const WHOLE_EVERY: Ns = 2 * SECOND;
/// Fills are asked for again from this long before the newest known one.
pub(super) const FILLS_OVERLAP: Ns = 600 * SECOND;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Stage {
    /// A private link is down, or nothing was asked yet.
    #[default]
    Waiting,
    Asking,
    /// New orders are let through.
    Ready,
}

#[derive(Debug, Default)]
pub(super) struct AccountRecon {
    pub stage: Stage,
    /// Questions of the round that are not served yet.
    pub(super) open: Vec<Asked>,
    pub rounds: u64,
    /// Wall time of the last whole round.
    pub done: Option<Ns>,
    pub problem: Option<String>,
    pub foreign: BTreeMap<VenueOrderId, Foreigner>,
    /// Positions that differ, the venue's less ours.
    pub(super) differs: BTreeMap<InstrumentId, Difference>,
    /// Instruments off the list: nobody can tell of their fills until they are on it again.
    pub(super) untold: BTreeSet<InstrumentId>,
    /// When the newest fill was booked.
    pub(super) booked: Ns,
    /// The record of the newest opening balance.
    pub(super) opening: u64,
    /// Until a whole round that began after this was served, orders may live that the machine's crash made us forget.
    pub(super) blind_until: Option<Ns>,
    /// The round that runs, or ran last: when it began, and whether it asked for everything.
    began: Ns,
    asks_all: bool,
    /// The next round asks for everything, as at the start.
    pub(super) whole: bool,
    /// When the next round is wanted, if earlier than usual.
    soon: Option<Ns>,
}

impl AccountRecon {
    /// Every fill before this was asked for by the round that runs.
    pub(super) const fn told(&self, read_lag: Ns) -> Ns {
        if self.asks_all { self.began - read_lag } else { 0 }
    }

    /// When the round after this one begins.
    fn next_round(&mut self, now: Ns) -> Ns {
        let usual = if self.whole { now } else { now + ROUND_EVERY };
        let next = self.soon.take().unwrap_or(usual);
        match self.blind_until {
            Some(until) if self.asks_all && self.began >= until => {
                self.blind_until = None;
                next
            }
            Some(until) => {
                self.whole = true;
                next.min(until.max(now))
            }
            None => next,
        }
    }
}

/// A question of a round. Orders come first, because a trade list may name an order by the venue's id alone; then
/// fills; then what is compared with them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked {
    phase: u8,
    link: LinkId,
    query: Query,
    pub(super) on_way: bool,
}

impl Asked {
    pub(super) const fn new(link: LinkId, query: Query) -> Self {
        let phase = match query {
            Query::Order { .. } | Query::VenueOrder { .. } | Query::OpenOrders | Query::Snapshot { .. } => 0,
            Query::Fills { .. } | Query::Moves { .. } => 1,
            Query::Balances | Query::Positions | Query::Backstop { .. } => 2,
        };
        Self { phase, link, query, on_way: false }
    }

    pub(super) fn is(&self, request: &Request) -> bool {
        self.link == request.link && self.query == request.query
    }
}

impl Stage {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Asking => "reconciling",
            Self::Ready => "ready",
        }
    }
}

impl Engine {
    pub(super) fn recon_mut(&mut self, account: AccountId) -> &mut AccountRecon {
        let index = account.0 as usize;
        if self.recon.len() <= index {
            self.recon.resize_with(index + 1, AccountRecon::default);
        }
        &mut self.recon[index]
    }

    pub(super) fn is_ready(&self, account: AccountId) -> bool {
        self.recon.get(account.0 as usize).is_some_and(|recon| recon.stage == Stage::Ready)
    }

    pub(super) fn unready(&mut self, account: AccountId) {
        let recon = self.recon_mut(account);
        recon.stage = Stage::Waiting;
        recon.open.clear();
    }

    /// Starts the first round of an account as soon as its links and instruments are there.
    pub(super) fn begin_recon(&mut self, now: Now, account: AccountId, out: &mut Effects) {
        let wants = self.started && !self.accounts.at(account).public_only;
        if !wants || self.recon_mut(account).stage != Stage::Waiting || !self.private_ready(account) {
            return;
        }
        self.recon_mut(account).stage = Stage::Asking;
        self.start_round(now, account, out);
    }

    /// Every private link of the account is logged in, and the instruments behind them are known.
    fn private_ready(&self, account: AccountId) -> bool {
        let own =
            |role| self.links.iter().filter(move |l| l.account == Some(account) && l.config.role == role);
        let known =
            |venue, product| self.instruments.iter().any(|i| i.venue == venue && i.product == product);
        own(Role::Private).all(|link| link.ready)
            && own(Role::Rest).next().is_some()
            && own(Role::Rest).all(|link| known(link.config.venue, link.config.product))
    }

    fn start_round(&mut self, now: Now, account: AccountId, out: &mut Effects) {
        let recon = self.recon_mut(account);
        let full = core::mem::take(&mut recon.whole) || recon.stage == Stage::Asking;
        (recon.began, recon.asks_all) = (now.mono, full);
        let mut questions = Vec::new();
        if full {
            questions.extend(self.moves_to_ask(account));
        }
        let mut wallets: BTreeSet<Wallet> = BTreeSet::new();
        for (at, link) in self.links.iter().enumerate() {
            if link.account != Some(account) || link.config.role != Role::Rest {
                continue;
            }
            let (venue, product, id) = (link.config.venue, link.config.product, LinkId(at as u16));
            if full {
                questions.extend(self.fills_to_ask(account, product).map(|query| (id, query)));
            }
            questions.push((id, Query::OpenOrders));
            if wallets.insert(wallet_of(venue, product)) {
                questions.push((id, Query::Balances));
            }
            if product == Product::Linear {
                questions.push((id, Query::Positions));
            }
            if full {
                questions.extend(self.orders_to_ask(account, product).map(|query| (id, query)));
            }
        }
        self.recon_mut(account).open =
            questions.into_iter().map(|(link, query)| Asked::new(link, query)).collect();
        self.ask_round(now, account, out);
    }

    fn fills_to_ask(&self, account: AccountId, product: Product) -> impl Iterator<Item = Query> + '_ {
        let newest = self
            .state
            .cursors
            .iter()
            .filter(move |((of, i), _)| *of == account && self.instruments.at(*i).product == product);
        let open = self.state.orders.iter_open().filter(move |o| {
            o.terms.account == account && self.instruments.at(o.terms.place.instrument).product == product
        });
        let mut since: BTreeMap<InstrumentId, Ns> = BTreeMap::new();
        for order in open {
            let at = since.entry(order.terms.place.instrument).or_insert(order.created_ns);
            *at = order.created_ns.min(*at);
        }
        for ((_, instrument), at) in newest {
            let from = since.entry(*instrument).or_insert(*at);
            *from = (*at).min(*from);
        }
        // A crash may have taken every record of an instrument's fills: those of our pairs are asked for in any case.
        if let Some(opened) = self.state.opened.get(&account) {
            // Each leg for itself: the other may not be listed any more.
            let legs = |pair| [0, 1].into_iter().filter_map(move |leg| self.resolve_leg(pair, leg));
            let legs = self.state.pairs.values().flat_map(legs);
            let here = |id: &InstrumentId| {
                let i = self.instruments.at(*id);
                i.product == product && self.accounts.at(account).venue == i.venue
            };
            for instrument in legs.filter(here) {
                since.entry(instrument).or_insert(*opened);
            }
        }
        let query = |(instrument, at): (InstrumentId, Ns)| Query::Fills {
            instrument,
            since: at - FILLS_OVERLAP,
            from_id: None,
        };
        since.into_iter().map(query).collect::<Vec<_>>().into_iter()
    }

    fn orders_to_ask(&self, account: AccountId, product: Product) -> impl Iterator<Item = Query> + '_ {
        let of = move |order: &&Order| {
            order.terms.account == account
                && self.instruments.at(order.terms.place.instrument).product == product
        };
        let query =
            |order: &Order| Query::Order { instrument: order.terms.place.instrument, client_id: order.id() };
        self.state.orders.iter_open().filter(of).map(query)
    }

    /// Asks whatever of the round is not on its way.
    fn ask_round(&mut self, now: Now, account: AccountId, out: &mut Effects) {
        let mut open = core::mem::take(&mut self.recon_mut(account).open);
        let phase = open.iter().map(|asked| asked.phase).min();
        let mut left = false;
        for asked in open.iter_mut().filter(|asked| Some(asked.phase) == phase && !asked.on_way) {
            asked.on_way = self.ask(now, asked.link, Some(account), asked.query, Why::Recon, out);
            left |= !asked.on_way;
        }
        self.recon_mut(account).open = open;
        if left {
            self.timers.set(Timer::Recon(account), now.mono + RETRY);
        }
    }

    /// The account's next round asks for everything, at once or after the one that is on its way; not sooner than `pause`
    /// after that one began, for what asks again and again would spend the venue's budget of questions.
    pub(super) fn whole_round(&mut self, now: Now, account: AccountId, pause: Ns) {
        let recon = self.recon_mut(account);
        recon.whole = recon.stage == Stage::Ready;
        if recon.whole && recon.open.is_empty() {
            let at = now.mono.max(recon.began + pause.clamp(WHOLE_EVERY, ROUND_EVERY));
            self.timers.set_earlier(Timer::Recon(account), at);
        }
    }

    /// Something differs: before it counts, every fill is asked for once more.
    pub(super) fn look_again(&mut self, now: Now, account: AccountId) {
        self.recon_mut(account).whole = true;
        self.look_soon(now, account);
    }

    /// Something differs for the first time, beside orders or fills that may explain it: what is left of it when they are
    /// told of is not to wait for the usual round.
    pub(super) fn look_soon(&mut self, now: Now, account: AccountId) {
        let at = now.mono + self.fence_all(account);
        let recon = self.recon_mut(account);
        recon.soon = Some(recon.soon.map_or(at, |soon| soon.min(at)));
    }

    pub(super) fn recon_due(&mut self, now: Now, account: AccountId, out: &mut Effects) {
        let recon = self.recon_mut(account);
        match (recon.stage, recon.open.is_empty()) {
            (Stage::Waiting, _) => {}
            (Stage::Asking | Stage::Ready, false) => self.ask_round(now, account, out),
            (Stage::Asking | Stage::Ready, true) => self.start_round(now, account, out),
        }
    }

    pub(super) fn round_served(&mut self, now: Now, request: &Request, out: &mut Effects) {
        let (Why::Recon, Some(account)) = (request.why, request.account) else { return };
        let recon = self.recon_mut(account);
        let before = recon.open.len();
        recon.open.retain(|asked| !asked.is(request));
        if before == recon.open.len() {
            return;
        }
        if !recon.open.is_empty() {
            self.ask_round(now, account, out);
            return;
        }
        if self.deferred.iter().any(|(of, _)| *of == account) {
            // Fills whose orders are not known yet: nothing new is opened on top of them.
            self.retry_deferred(now, out);
            self.timers.set(Timer::Recon(account), now.mono + RETRY);
            return;
        }
        let recon = self.recon_mut(account);
        recon.rounds += 1;
        recon.problem = None;
        recon.done = Some(now.wall);
        let first = core::mem::replace(&mut recon.stage, Stage::Ready) == Stage::Asking;
        let was_blind = recon.blind_until.is_some();
        let next = recon.next_round(now.mono);
        let sees = was_blind && recon.blind_until.is_none();
        self.timers.set(Timer::Recon(account), next);
        if first {
            self.account_ready_event(now, account, out);
        }
        if sees {
            self.take_up_plans(now, out);
        }
        if first || sees {
            self.drive_all(now, out);
        }
    }
}
