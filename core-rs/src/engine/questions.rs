//! Questions to the venues and their answers: what a served answer proves, and what follows it.

use super::Effects;
use super::Mutant;
use super::recon::Asked;
use super::record::Body;
use super::reducer::Engine;
use super::requests::{Request, Why};
use super::timers::Timer;
use crate::order::{Absence, AbsenceRead, ClientRef, FillReport, Order, OrderReport, State};
use crate::units::{AccountId, ClientId, InstrumentId, LinkId, Now, Ns, Product, VenueOrderId};
use crate::venues::{Context, Event, EventBuf, Query, ReplyVerdict, Role};
use std::collections::BTreeSet;

/// How far our clock of an order's making may have been ahead of the venue's clock of its fills.
const CLOCKS_APART: Ns = 60 * SECOND;
const SECOND: Ns = 1_000_000_000;
/// Pause before an unanswered question is asked again.
const RETRY: Ns = SECOND / 2;

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
        if account.or(row.account).is_some_and(|account| self.is_down(now, account)) {
            return false;
        }
        let product = self.query_product(&query).unwrap_or(row.config.product);
        let Some(codec) = crate::venues::codec(row.config.venue, product) else { return false };
        let query = match query {
            Query::Fills { instrument, from_id, .. } if self.has(Mutant::BackfillFromNow) => {
                Query::Fills { instrument, since: now.wall, from_id }
            }
            query => query,
        };
        if account.is_some_and(|account| self.accounts.at(account).public_only) {
            return false;
        }
        let session = account.and_then(|account| self.accounts.at(account).session.as_ref());
        let mut data = Vec::with_capacity(256);
        if codec.encode_query(&query, &self.instruments, session, now.wall, &mut data).is_err() {
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
            Query::Positions => Some(Product::Linear),
            _ => query.instrument().map(|id| self.instruments.at(id).product),
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
        let verdict = codec.decode_reply(&request.query, &ctx, status, body, &mut buf);
        if let (Ok(ReplyVerdict::Served { .. } | ReplyVerdict::Absent), Some(account)) =
            (&verdict, request.account)
        {
            self.key_served(account);
        }
        match verdict {
            Ok(ReplyVerdict::Served { next }) => self.on_served(now, &request, &buf, next, out),
            Ok(ReplyVerdict::Absent) => self.on_absent(now, &request, out),
            Ok(ReplyVerdict::Refused(reject)) if self.is_delisted(&request.query, &reject) => {
                self.on_delisted(now, &request, out);
            }
            Ok(ReplyVerdict::Refused(reject)) => {
                let text = format!("{:?} refused: {} {}", request.query, reject.code, reject.message);
                self.alert(now, "warning", "QUERY_REFUSED", &text, out);
                self.backstop_refused(now, &request);
                if let Some(account) = request.account {
                    self.bar_after(now, account, &reject, out);
                    self.count_refusal(now, account, &reject, out);
                }
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
        if let (Query::Order { client_id, .. }, true) = (request.query, self.has(Mutant::ErrorIsAbsence)) {
            self.declare_gone(now, client_id, out);
        }
        if let Query::Order { client_id, .. } = request.query
            && self.gives_up(client_id)
        {
            self.declare_gone(now, client_id, out);
        }
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
            (Why::Book | Why::Order | Why::Recon | Why::Backstop, _) => {}
        }
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
                    Event::Balance(report) => {
                        let sight = self.sight(now, account, request);
                        self.on_balance(now, account, report, sight, out);
                    }
                    Event::Position(report) => self.on_position(account, report),
                    Event::Backstop { instrument, px } => self.on_backstop(now, account, *instrument, *px),
                    Event::Move(report) => self.on_move(now, account, report, out),
                    Event::Moved
                    | Event::Fill(_)
                    | Event::Depth(_)
                    | Event::Bbo(_)
                    | Event::Trade(_)
                    | Event::Reply(_)
                    | Event::Session(_) => {}
                }
            }
        }
        match request.query {
            // One that comes after its stream is gone joins nothing: it would be a book that nobody keeps.
            Query::Snapshot { instrument, .. } if !self.is_subscribed(instrument) => {}
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
            Query::VenueOrder { instrument, venue_id } => {
                self.whose_order_is_told(now, request.account, instrument, venue_id, out);
            }
            Query::Backstop { instrument, px } => self.backstop_served(now, request, instrument, px, out),
            Query::Fills { .. } | Query::Balances | Query::Moves { .. } => {}
        }
        if next.is_some_and(|from| self.ask_next_page(now, request, from, out)) {
            return;
        }
        self.round_served(now, request, out);
    }

    /// The page after this one.
    fn ask_next_page(&mut self, now: Now, request: &Request, from: u64, out: &mut Effects) -> bool {
        let next = match request.query {
            Query::Fills { instrument, since, from_id } if from_id != Some(from) => {
                Query::Fills { instrument, since, from_id: Some(from) }
            }
            Query::Moves { since, from_id } if from_id != Some(from) => {
                Query::Moves { since, from_id: Some(from) }
            }
            _ => return false,
        };
        if let (Why::Recon, Some(account)) = (request.why, request.account) {
            let open = &mut self.recon_mut(account).open;
            open.retain(|asked| !asked.is(request));
            let mut asked = Asked::new(request.link, next);
            asked.on_way = true;
            open.push(asked);
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
        if let Query::VenueOrder { instrument, venue_id } = request.query
            && !self.is_read_early(now, request, instrument, venue_id)
        {
            self.whose_order_is_told(now, request.account, instrument, venue_id, out);
        }
        self.round_served(now, request, out);
    }

    /// A fill names the order, so there is one: a reading this soon after it may not show it yet. It is asked for again when
    /// the fills that wait are looked at.
    fn is_read_early(
        &self,
        now: Now,
        request: &Request,
        instrument: InstrumentId,
        venue_id: VenueOrderId,
    ) -> bool {
        let (Some(account), Some(row)) = (request.account, self.link(request.link)) else { return false };
        let bounds = self.config.venue(row.config.venue, row.config.product);
        let offset = self.clocks.get(&row.config.venue).map_or(0, |clock| clock.offset);
        let asked = now.wall + offset - (now.mono - request.asked);
        let shown = |fill: &FillReport| fill.venue_ns + bounds.read_lag + bounds.clock_error;
        let of = |fill: &FillReport| (fill.instrument, fill.venue_id) == (instrument, venue_id);
        self.deferred.iter().any(|(owner, fill)| *owner == account && of(fill) && asked < shown(fill))
    }

    fn count_absence(&mut self, now: Now, id: ClientId, read: AbsenceRead, asked: Ns, out: &mut Effects) {
        let Some(order) = self.state.orders.get(&id) else { return };
        let account = order.terms.account;
        if order.state.is_terminal() {
            return;
        }
        if matches!(order.state, State::Created | State::Sent) {
            self.commit(now, Body::Unknown { id }, out);
        }
        let proved = self.state.orders.not_found(&id, read, asked) == Ok(Absence::Proved);
        if proved && !self.is_slow(now, account) || self.counts_reads(id) {
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
        let others: BTreeSet<VenueOrderId> = buf
            .events
            .iter()
            .filter_map(|event| match event {
                Event::Order(report) => Some(report.venue_id),
                _ => None,
            })
            .collect();
        let missing: Vec<ClientId> = self.state.orders.iter_open().filter(absent).map(Order::id).collect();
        for id in missing {
            self.count_absence(now, id, AbsenceRead::OpenOrders, request.asked, out);
        }
        let here: BTreeSet<InstrumentId> =
            self.instruments.iter().filter(|i| i.product == product).map(|i| i.id).collect();
        let lag = self.config.venue(self.accounts.at(account).venue, product).read_lag;
        self.foreign_listed(account, |id| here.contains(&id), &others, request.asked - lag);
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
            self.ask_fills(now, link, account, instrument, created - CLOCKS_APART, out);
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

    /// What an order's answer leaves open: a cancel that went astray, fills that were not told.
    fn after_query(&mut self, now: Now, id: ClientId, out: &mut Effects) {
        self.recancel(now, id, out);
        let Some(order) = self.state.orders.get(&id) else { return };
        if order.awaited_qty().is_zero() {
            return;
        }
        let (account, instrument, created) =
            (order.terms.account, order.terms.place.instrument, order.created_ns);
        if let Some(link) = self.rest_link(account, instrument) {
            self.ask_fills(now, link, account, instrument, created - CLOCKS_APART, out);
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
        if self.has(Mutant::NoBackfill) {
            return;
        }
        let query = Query::Fills { instrument, since, from_id: None };
        if !self.requests.asks(Some(account), link, &query) {
            self.ask(now, link, Some(account), query, Why::Order, out);
        }
    }

    // -- rounds
}
