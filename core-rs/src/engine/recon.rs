//! Agreement with the venues: questions and their answers, rounds of reconciliation per account, unknown orders.
//! An account may open nothing new until a whole round was served.

use super::Effects;
use super::apply::wallet_of;
use super::record::{Body, Source};
use super::reducer::Engine;
use super::requests::{Request, Why};
use super::timers::Timer;
use crate::ledger::{BalanceReport, PositionReport, Recon, Wallet};
use crate::order::{Absence, AbsenceRead, ClientRef, Order, OrderReport, State};
use crate::units::{AccountId, ClientId, InstrumentId, LinkId, Money, Now, Ns, Product, VenueOrderId};
use crate::venues::{Context, Event, EventBuf, Query, ReplyVerdict, Role};
use std::collections::{BTreeMap, BTreeSet};

const SECOND: Ns = 1_000_000_000;
/// Pause before failed questions of a round are asked again.
const RETRY: Ns = SECOND / 2;
/// Between light rounds.
const ROUND_EVERY: Ns = 30 * SECOND;
/// Fills are asked for again from this long before the newest known one.
const FILLS_OVERLAP: Ns = 600 * SECOND;
/// A venue's rounding between two rounds, in units of any asset.
const ROUNDING_MAX: Money = Money(100_000_000_000);
/// Foreign open orders remembered per account.
const FOREIGN_MAX: usize = 1_000;

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
    open: Vec<Asked>,
    pub rounds: u64,
    /// Wall time of the last whole round.
    pub done: Option<Ns>,
    pub problem: Option<String>,
    pub foreign: BTreeSet<VenueOrderId>,
    /// Rounds in a row with a position that differs.
    differs: BTreeMap<InstrumentId, u32>,
}

/// A question of a round. Orders come first, because a trade list may name an order by the venue's id alone; then
/// fills; then what is compared with them.
#[derive(Clone, Copy, Debug)]
struct Asked {
    phase: u8,
    link: LinkId,
    query: Query,
    on_way: bool,
}

impl Asked {
    const fn new(link: LinkId, query: Query) -> Self {
        let phase = match query {
            Query::Order { .. } | Query::OpenOrders | Query::Snapshot { .. } => 0,
            Query::Fills { .. } => 1,
            Query::Balances | Query::Positions => 2,
        };
        Self { phase, link, query, on_way: false }
    }

    fn is(&self, request: &Request) -> bool {
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
    /// Sends a question; nothing is sent when too many are on their way.
    pub(super) fn ask(
        &mut self,
        now: Now,
        link: LinkId,
        account: Option<AccountId>,
        query: Query,
        why: Why,
        out: &mut Effects,
    ) -> bool {
        let Some(row) = self.link(link) else { return false };
        let product = self.query_product(&query).unwrap_or(row.config.product);
        let Some(codec) = crate::venues::codec(row.config.venue, product) else { return false };
        let session = account.and_then(|account| self.accounts.at(account).session.as_ref());
        let mut data = Vec::with_capacity(256);
        if (codec.encode_query)(&query, &self.instruments, session, now.wall, &mut data).is_err() {
            return false;
        }
        let request = Request { query, link, account, why, asked: now.mono };
        match self.requests.add(request) {
            Some(number) => {
                out.push(super::Effect::Fetch { link, request: number, data });
                true
            }
            None => false,
        }
    }

    fn query_product(&self, query: &Query) -> Option<Product> {
        match query {
            Query::Snapshot { instrument, .. }
            | Query::Order { instrument, .. }
            | Query::Fills { instrument, .. } => Some(self.instruments.at(*instrument).product),
            Query::Positions => Some(Product::Linear),
            Query::OpenOrders | Query::Balances => None,
        }
    }

    pub(super) fn on_reply(&mut self, now: Now, number: u64, status: u16, body: &[u8], out: &mut Effects) {
        let Some(request) = self.requests.take(number) else { return };
        if status == 0 {
            self.on_lost_request(now, &request, out);
            return;
        }
        let Some(row) = self.link(request.link) else { return };
        let product = self.query_product(&request.query).unwrap_or(row.config.product);
        let Some(codec) = crate::venues::codec(row.config.venue, product) else { return };
        let mut buf = core::mem::take(&mut self.buf);
        buf.clear();
        let ctx = Context { product, role: Role::Rest, instruments: &self.instruments, implied: None };
        let verdict = (codec.decode_reply)(&request.query, &ctx, status, body, &mut buf);
        match verdict {
            Ok(ReplyVerdict::Served { next }) => self.on_served(now, &request, &buf, next, out),
            Ok(ReplyVerdict::Absent) => self.on_absent(now, &request, out),
            Ok(ReplyVerdict::Refused(reject)) => {
                let text = format!("{:?} refused: {} {}", request.query, reject.code, reject.message);
                self.alert(now, "warning", "QUERY_REFUSED", &text, out);
                self.on_lost_request(now, &request, out);
            }
            Err(error) => {
                self.count_decode_error(
                    now,
                    request.link,
                    &format!("reply to {:?}: {error}", request.query),
                    out,
                );
                self.on_lost_request(now, &request, out);
            }
        }
        self.buf = buf;
    }

    /// No answer, or one that proves nothing: asked again later.
    pub(super) fn on_lost_request(&mut self, now: Now, request: &Request, out: &mut Effects) {
        match (request.why, request.account) {
            (Why::Recon, Some(account)) => {
                let recon = self.recon_mut(account);
                if let Some(asked) = recon.open.iter_mut().find(|asked| asked.is(request)) {
                    asked.on_way = false;
                    recon.problem = Some(format!("no answer to {:?}", request.query));
                }
                self.timers.set_earlier(Timer::Recon(account), now.mono + RETRY);
            }
            // Their own timers ask again.
            (Why::Book | Why::Order | Why::Recon, _) => {}
        }
        let _ = out;
    }

    fn on_served(
        &mut self,
        now: Now,
        request: &Request,
        buf: &EventBuf,
        next: Option<u64>,
        out: &mut Effects,
    ) {
        // Fills before states, so that a closed order is never closed short.
        if let Some(account) = request.account {
            for event in &buf.events {
                if let Event::Fill(fill) = event {
                    self.on_fill(now, account, fill, out);
                }
            }
            for event in &buf.events {
                match event {
                    Event::Order(report) => self.on_order_report(now, account, report, out),
                    Event::Balance(report) => self.on_balance(now, account, report, out),
                    Event::Position(report) => self.on_position(account, report),
                    Event::Fill(_)
                    | Event::Depth(_)
                    | Event::Bbo(_)
                    | Event::Trade(_)
                    | Event::Reply(_)
                    | Event::Session(_) => {}
                }
            }
        }
        match request.query {
            Query::Snapshot { .. } => {
                for event in &buf.events {
                    if let Event::Depth(depth) = event {
                        self.on_depth(now, depth, buf, out);
                    }
                }
            }
            Query::OpenOrders => self.on_open_orders(now, request, buf, out),
            Query::Positions => self.compare_positions(now, request, buf, out),
            Query::Order { client_id, .. } => self.after_query(now, client_id, out),
            Query::Fills { .. } | Query::Balances => {}
        }
        if next.is_some_and(|from| self.ask_next_page(now, request, from, out)) {
            return;
        }
        self.round_served(now, request, out);
    }

    /// The page after this one.
    fn ask_next_page(&mut self, now: Now, request: &Request, from: u64, out: &mut Effects) -> bool {
        let Query::Fills { instrument, since, from_id } = request.query else { return false };
        if from_id == Some(from) {
            return false;
        }
        let next = Query::Fills { instrument, since, from_id: Some(from) };
        if let (Why::Recon, Some(account)) = (request.why, request.account) {
            let open = &mut self.recon_mut(account).open;
            open.retain(|asked| !asked.is(request));
            open.push(Asked { on_way: true, ..Asked::new(request.link, next) });
        }
        if !self.ask(now, request.link, request.account, next, request.why, out) {
            let again = Request { query: next, ..*request };
            self.on_lost_request(now, &again, out);
        }
        true
    }

    /// A served "not found": evidence only after the fence, and only together with another read.
    fn on_absent(&mut self, now: Now, request: &Request, out: &mut Effects) {
        if let Query::Order { client_id, instrument } = request.query {
            self.count_absence(now, client_id, AbsenceRead::Order, request.asked, out);
            let open = self.state.orders.get(&client_id).is_some_and(|order| !order.is_settled());
            if let (true, Some(account)) = (open, request.account) {
                let link = self.rest_link(account, instrument);
                if let Some(link) =
                    link.filter(|link| !self.requests.asks(Some(account), *link, &Query::OpenOrders))
                {
                    self.ask(now, link, Some(account), Query::OpenOrders, Why::Order, out);
                }
            }
        }
        self.round_served(now, request, out);
    }

    fn count_absence(&mut self, now: Now, id: ClientId, read: AbsenceRead, asked: Ns, out: &mut Effects) {
        let Some(order) = self.state.orders.get(&id) else { return };
        if order.state.is_terminal() {
            return;
        }
        if matches!(order.state, State::Created | State::Sent) {
            self.commit(now, Body::Unknown { id }, out);
        }
        if self.state.orders.not_found(&id, read, asked) == Ok(Absence::Proved) {
            self.commit(now, Body::Dead { id }, out);
            self.failed_event(now, id, "NOT_FOUND", "absent at the venue after the fence, by two reads", out);
            self.after_change(now, id, out);
        }
    }

    fn on_open_orders(&mut self, now: Now, request: &Request, buf: &EventBuf, out: &mut Effects) {
        let (Some(account), Some(row)) = (request.account, self.link(request.link)) else { return };
        let product = row.config.product;
        let listed: BTreeSet<ClientId> = buf
            .events
            .iter()
            .filter_map(|event| match event {
                Event::Order(OrderReport { client: ClientRef::Ours(id), .. }) => Some(*id),
                _ => None,
            })
            .collect();
        let absent = |order: &&Order| {
            let i = self.instruments.at(order.terms.place.instrument);
            order.terms.account == account && i.product == product && !listed.contains(&order.id())
        };
        let missing: Vec<ClientId> = self.state.orders.iter_open().filter(absent).map(Order::id).collect();
        for id in missing {
            self.count_absence(now, id, AbsenceRead::OpenOrders, request.asked, out);
        }
    }

    pub(super) fn rest_link(&self, account: AccountId, instrument: InstrumentId) -> Option<LinkId> {
        let i = self.instruments.at(instrument);
        self.find_link(i.venue, i.product, Role::Rest, Some(account))
    }

    /// Asks where an order stands, and for its fills where some are missing. Sets when to ask again.
    pub(super) fn query_order(&mut self, now: Now, id: ClientId, out: &mut Effects) {
        let Some(order) = self.state.orders.get(&id) else { return };
        let (account, instrument) = (order.terms.account, order.terms.place.instrument);
        let (awaited, created, terminal) = (order.awaited_qty(), order.created_ns, order.state.is_terminal());
        let _counted = self.state.orders.asked(&id, now.mono);
        let next_at = self.state.orders.get(&id).map_or(now.mono + SECOND, |order| order.inquiry.next_at);
        self.timers.set(Timer::Order(id), next_at);
        let Some(link) = self.rest_link(account, instrument) else { return };
        if !awaited.is_zero() {
            self.ask_fills(now, link, account, instrument, created - SECOND, out);
        }
        let query = Query::Order { instrument, client_id: id };
        if !terminal && !self.requests.asks(Some(account), link, &query) {
            self.ask(now, link, Some(account), query, Why::Order, out);
        }
    }

    /// An id of ours that the state does not know: its order is asked for, to be adopted.
    pub(super) fn query_unknown(
        &mut self,
        now: Now,
        account: AccountId,
        instrument: InstrumentId,
        id: ClientId,
        out: &mut Effects,
    ) {
        let query = Query::Order { instrument, client_id: id };
        let Some(link) = self.rest_link(account, instrument) else { return };
        if !self.requests.asks(Some(account), link, &query) {
            self.ask(now, link, Some(account), query, Why::Order, out);
        }
    }

    /// What an order's answer leaves open.
    fn after_query(&mut self, now: Now, id: ClientId, out: &mut Effects) {
        let Some(order) = self.state.orders.get(&id) else { return };
        if order.awaited_qty().is_zero() {
            return;
        }
        let (account, instrument, created) =
            (order.terms.account, order.terms.place.instrument, order.created_ns);
        if let Some(link) = self.rest_link(account, instrument) {
            self.ask_fills(now, link, account, instrument, created - SECOND, out);
        }
    }

    fn ask_fills(
        &mut self,
        now: Now,
        link: LinkId,
        account: AccountId,
        instrument: InstrumentId,
        since: Ns,
        out: &mut Effects,
    ) {
        let query = Query::Fills { instrument, since, from_id: None };
        if !self.requests.asks(Some(account), link, &query) {
            self.ask(now, link, Some(account), query, Why::Order, out);
        }
    }

    // -- rounds

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
        let full = self.recon_mut(account).stage == Stage::Asking;
        let mut questions = Vec::new();
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

    pub(super) fn recon_due(&mut self, now: Now, account: AccountId, out: &mut Effects) {
        let recon = self.recon_mut(account);
        match (recon.stage, recon.open.is_empty()) {
            (Stage::Waiting, _) => {}
            (Stage::Asking | Stage::Ready, false) => self.ask_round(now, account, out),
            (Stage::Asking | Stage::Ready, true) => self.start_round(now, account, out),
        }
    }

    fn round_served(&mut self, now: Now, request: &Request, out: &mut Effects) {
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
        let recon = self.recon_mut(account);
        recon.rounds += 1;
        recon.problem = None;
        recon.done = Some(now.wall);
        let first = core::mem::replace(&mut recon.stage, Stage::Ready) == Stage::Asking;
        self.timers.set(Timer::Recon(account), now.mono + ROUND_EVERY);
        if first {
            self.account_ready_event(now, account, out);
            self.drive_all(now, out);
        }
    }

    pub(super) fn on_balance(
        &mut self,
        now: Now,
        account: AccountId,
        report: &BalanceReport,
        out: &mut Effects,
    ) {
        self.reported.insert((account, report.wallet, report.asset), *report);
        let ours = self.state.ledger.balances().wallet(account, report.wallet, &report.asset);
        let quiet = !self.state.orders.iter_open().any(|order| order.terms.account == account);
        let (source, amount) = match self.watch.observe(account, report, ours, quiet) {
            Recon::Opening { amount } => (Source::Opening, amount),
            // Venues round realized profit to their own digits: booked, not alarmed.
            Recon::Correct { difference } if difference.0.abs() <= ROUNDING_MAX.0 => {
                (Source::Recon, difference)
            }
            Recon::Correct { difference } => {
                let text = format!(
                    "{} {} {}: the venue holds {} more than is booked; booked as a correction",
                    self.accounts.name(account),
                    report.wallet.name(),
                    report.asset,
                    super::apply::amount_text(difference)
                );
                self.alert(now, "critical", "RECON_DIFF", &text, out);
                (Source::Recon, difference)
            }
            Recon::Stale | Recon::Agrees | Recon::Waiting { .. } => return,
        };
        let rows = vec![(report.wallet, report.asset, amount)];
        self.commit(now, Body::Balance { account, source, rows }, out);
        self.balance_event(now, account, report, out);
    }

    pub(super) fn on_position(&mut self, account: AccountId, report: &PositionReport) {
        self.venue_positions.insert((account, report.instrument), *report);
    }

    /// Positions of a served list against ours; what is not listed is flat.
    fn compare_positions(&mut self, now: Now, request: &Request, buf: &EventBuf, out: &mut Effects) {
        let (Some(account), Some(row)) = (request.account, self.link(request.link)) else { return };
        let (venue, product) = (row.config.venue, row.config.product);
        let quiet = !self.state.orders.iter_open().any(|order| order.terms.account == account);
        let mut theirs: BTreeMap<InstrumentId, Money> = BTreeMap::new();
        for (of, instrument, position) in self.state.ledger.positions().iter() {
            let i = self.instruments.at(instrument);
            if of == account && (i.venue, i.product) == (venue, product) && position.basis.qty.0 != 0 {
                theirs.insert(instrument, Money::ZERO);
            }
        }
        for event in &buf.events {
            if let Event::Position(report) = event {
                theirs.insert(report.instrument, report.qty);
            }
        }
        for (instrument, qty) in theirs {
            let ours =
                self.state.ledger.positions().get(account, instrument).map_or(Money::ZERO, |p| p.basis.qty);
            let rounds = self.recon_mut(account).differs.entry(instrument).or_default();
            *rounds = if quiet && ours != qty { *rounds + 1 } else { 0 };
            if *rounds >= 2 {
                let text = format!(
                    "{}: position {} at the venue, {} in our books",
                    self.instruments.name(instrument),
                    super::apply::amount_text(qty),
                    super::apply::amount_text(ours)
                );
                self.alert(now, "critical", "RECON_DIFF", &text, out);
            }
        }
    }

    /// An order that is not ours: counted and told once, never touched.
    pub(super) fn note_foreign(
        &mut self,
        now: Now,
        account: AccountId,
        report: &OrderReport,
        out: &mut Effects,
    ) {
        let ended = report.status.is_end();
        let foreign = &mut self.recon_mut(account).foreign;
        if ended {
            foreign.remove(&report.venue_id);
        } else if foreign.len() < FOREIGN_MAX && foreign.insert(report.venue_id) {
            let text = format!(
                "{}: open order {} is not ours",
                self.instruments.name(report.instrument),
                report.venue_id
            );
            self.alert(now, "warning", "EXTERNAL_ORDER", &text, out);
        }
    }
}
