//! The machine as a value: its parts, how a record is committed, and recovery.

use super::Mutant;
use super::accounts::Accounts;
use super::apply::{Applied, Applier};
use super::apply_error::ApplyError;
use super::books::Tracked;
use super::decode::{Interning, decode};
use super::encode::{Tables, encode};
use super::error::Code;
use super::follow::Follow;
use super::instruments::{InstrumentTable, TableNames};
use super::journal::Journal;
use super::lanes::Lane;
use super::links::Link;
use super::protect::{Backstopped, Guards, Told};
use super::recon::AccountRecon;
use super::record::{Body, CommandTag, Record};
use super::requests::Requests;
use super::rows::{Changed, Dirty, Ready};
use super::state::State;
use super::timers::{Timer, Timers};
use super::twap::Watch;
use super::{Config, Effect, Effects, Refusal};
use crate::ledger::{BalanceReport, PositionReport, ReconWatch, Wallet};
use crate::market::{Book, Edge, SpreadBoard};
use crate::order::{ClientRef, FillReport};
use crate::risk::OrderRate;
use crate::units::{AccountId, Asset, InstrumentId, Now, Ns, PlanId, Venue, VenueOrderId};
use crate::venues::EventBuf;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// The reducer. Durable state changes by records alone; everything else is rebuilt from the venues.
#[derive(Debug)]
pub struct Engine {
    pub(super) config: Config,
    pub(super) instruments: InstrumentTable,
    pub(super) accounts: Accounts,
    pub(super) journal: Journal,
    pub(super) state: State,
    // Volatile from here on.
    pub(super) links: Vec<Link>,
    pub(super) books: Vec<Book>,
    pub(super) tracked: Vec<Tracked>,
    pub(super) board: SpreadBoard,
    pub(super) edges: Vec<Edge>,
    pub(super) lanes: Vec<Lane>,
    pub(super) follow: Follow,
    pub(super) twap_watch: BTreeMap<PlanId, Watch>,
    pub(super) guards: Guards,
    pub(super) protect_told: BTreeMap<PlanId, Told>,
    pub(super) backstops: BTreeMap<(AccountId, InstrumentId), Backstopped>,
    pub(super) requests: Requests,
    pub(super) timers: Timers,
    pub(super) wake: Option<Ns>,
    pub(super) recon: Vec<AccountRecon>,
    pub(super) watch: ReconWatch,
    pub(super) rates: Vec<OrderRate>,
    pub(super) clocks: BTreeMap<Venue, super::step::VenueClock>,
    pub(super) statuses: super::venue_status::Statuses,
    pub(super) reported: BTreeMap<(AccountId, Wallet, Asset), BalanceReport>,
    pub(super) venue_positions: BTreeMap<(AccountId, InstrumentId), PositionReport>,
    pub(super) deferred: Vec<(AccountId, FillReport)>,
    /// Orders that wait for their records to be on disk.
    pub(super) held: VecDeque<super::sending::Held>,
    /// Whose orders are that are not ours, by the venue's ids.
    pub(super) strangers: BTreeMap<(AccountId, InstrumentId, VenueOrderId), ClientRef>,
    pub(super) dirty: Dirty,
    pub(super) ready_rows: VecDeque<Ready>,
    /// Records up to this one make no rows.
    pub(super) rows_shown: u64,
    pub(super) changed: Vec<Changed>,
    pub(super) buf: EventBuf,
    pub(super) started: bool,
    pub(super) boot_seq: u64,
    pub(super) durable: u64,
    pub(super) journal_failed: Option<String>,
    /// Nothing new is opened before this monotonic time.
    pub(super) quarantine: Option<Ns>,
    pub(super) residual_tries: BTreeMap<(AccountId, InstrumentId), super::residual::Tries>,
    pub(super) breakers: super::breakers::Breakers,
    pub(super) order_budgets: super::order_budget::OrderBudgets,
    pub(super) last_alerts: BTreeMap<&'static str, (Ns, u64)>,
    /// Fault point of simulations: fills until one can not be applied, and what a flawed design then holds back.
    pub(super) fill_to_fail: Option<u32>,
    pub(super) suppressed: BTreeSet<crate::units::TradeId>,
}

impl Engine {
    /// `config`: JSON object. Refused with CONFIG_ERROR.
    pub fn new(config: &[u8]) -> Result<Self, Refusal> {
        let config = Config::parse(config)?;
        let accounts = Accounts::new(&config.accounts);
        let links =
            config.links.iter().map(|row| Link::new(row, accounts.id(row.venue, &row.account))).collect();
        let mut state = State::new(&config.memory);
        state.booked.forgets_ours = config.mutant == Mutant::SettledForgotten;
        for (id, account) in accounts.ids().zip(&config.accounts) {
            state.ledger.set_leverage(id, account.leverage);
        }
        Ok(Self {
            instruments: InstrumentTable::default(),
            journal: Journal::default(),
            state,
            links,
            books: Vec::new(),
            tracked: Vec::new(),
            board: SpreadBoard::new(),
            edges: Vec::new(),
            lanes: Vec::new(),
            follow: Follow::default(),
            twap_watch: BTreeMap::new(),
            guards: Guards::default(),
            protect_told: BTreeMap::new(),
            backstops: BTreeMap::new(),
            requests: Requests::default(),
            timers: Timers::default(),
            wake: None,
            recon: Vec::new(),
            watch: ReconWatch::default(),
            rates: Vec::new(),
            clocks: BTreeMap::new(),
            statuses: super::venue_status::Statuses::default(),
            reported: BTreeMap::new(),
            venue_positions: BTreeMap::new(),
            deferred: Vec::new(),
            held: VecDeque::new(),
            strangers: BTreeMap::new(),
            dirty: Dirty::default(),
            ready_rows: VecDeque::new(),
            rows_shown: 0,
            changed: Vec::new(),
            buf: EventBuf::default(),
            started: false,
            boot_seq: 0,
            durable: 0,
            journal_failed: None,
            quarantine: None,
            residual_tries: BTreeMap::new(),
            breakers: super::breakers::Breakers::default(),
            order_budgets: super::order_budget::OrderBudgets::default(),
            last_alerts: BTreeMap::new(),
            fill_to_fail: config.fail_fill,
            suppressed: BTreeSet::new(),
            accounts,
            config,
        })
    }

    /// Applies whole framed records from the start of `chunk`; returns the bytes consumed.
    pub fn replay(&mut self, chunk: &[u8]) -> Result<usize, Refusal> {
        let mut at = 0;
        loop {
            let corrupt = |problem: String, seq: u64| {
                let text = format!("journal record {} at byte {at}: {problem}", seq + 1);
                Refusal::new(Code::JournalCorrupt, text).with(|j| {
                    j.int("offset", at as u64);
                    j.int("seq", seq);
                })
            };
            let before = self.journal;
            let frame =
                self.journal.read(&chunk[at..]).map_err(|e| corrupt(format!("{e:?}"), before.seq()))?;
            let Some(frame) = frame else { return Ok(at) };
            let mut tables = Interning { instruments: &mut self.instruments, accounts: &mut self.accounts };
            let record = decode(frame.kind, frame.payload, &mut tables).map_err(|e| {
                self.journal = before;
                corrupt(e.to_string(), before.seq())
            })?;
            // What the state refused when it was live, it refuses again.
            if !(self.has(Mutant::LatchForgotten) && matches!(record.body, Body::Latch { .. })) {
                let _same_as_live = self.apply(&record, frame.wall);
            }
            at += frame.len;
        }
    }

    pub fn seq(&self) -> u64 {
        self.journal.seq()
    }

    /// Bytes of the newest record.
    pub fn last_len(&self) -> usize {
        self.journal.len()
    }

    /// Hash of the durable state, independent of the order in which names were met.
    pub fn state_hash(&self) -> u64 {
        let names = TableNames { instruments: &self.instruments, accounts: self.accounts.names() };
        self.state.digest(&names)
    }

    /// Journals and applies a record. An error is alarmed: the record stands, and means nothing in replay either.
    pub(super) fn commit(&mut self, now: Now, body: Body, out: &mut Effects) -> Option<Applied> {
        self.commit_for(now, body, None, out)
    }

    pub(super) fn commit_for(
        &mut self,
        now: Now,
        body: Body,
        command: Option<CommandTag>,
        out: &mut Effects,
    ) -> Option<Applied> {
        let record = Record { body, command };
        let tables = Tables { instruments: &self.instruments, accounts: &self.accounts };
        let payload = encode(&record, tables);
        let mut data = Vec::new();
        let seq = self.journal.append(now.wall, record.body.kind(), &payload, &mut data);
        out.push(Effect::Journal { seq, data });
        match self.apply(&record, now.wall) {
            Ok(applied) => Some(applied),
            Err(error) => {
                let text = format!("record {seq} changed nothing: {error}");
                self.alert(now, "critical", error.code(), &text, out);
                None
            }
        }
    }

    fn apply(&mut self, record: &Record, wall: Ns) -> Result<Applied, ApplyError> {
        let mut changed = core::mem::take(&mut self.changed);
        let leaving = self.plan_leaving(&record.body);
        let last_row =
            leaving.filter(|id| self.dirty.holds(&Changed::Plan(*id))).and_then(|id| self.plan_row(id));
        let before = self.needs_of(&record.body, leaving);
        let mut with = Applier {
            instruments: &self.instruments,
            accounts: self.accounts.names(),
            changed: &mut changed,
        };
        let applied = self.state.apply(record, wall, &mut with);
        if self.journal.seq() <= self.rows_shown {
            changed.clear();
        }
        if self.has(Mutant::RowForgotten) && matches!(record.body, Body::Fill { .. }) {
            changed.retain(|thing| !matches!(thing, Changed::Balance(..)));
        }
        for thing in changed.drain(..) {
            if let (Changed::Fill(account, ..), Body::Fill { fill, .. }) = (thing, &record.body) {
                // A fill is nowhere in the state, and never changes.
                let order =
                    if let ClientRef::Ours(id) = &fill.client { self.state.orders.get(id) } else { None };
                let plan = order.and_then(|order| order.terms.plan);
                self.ready_rows.push_back(Ready::Fill { account, fill: *fill, plan });
                continue;
            }
            self.dirty.mark(thing);
        }
        self.changed = changed;
        self.ready_rows.extend(last_row.map(Ready::Row));
        self.follow(&record.body, leaving, &before);
        applied
    }

    /// The plan that this record pushes out of memory: its last row is taken before, if it was not taken yet.
    fn plan_leaving(&self, body: &Body) -> Option<PlanId> {
        let Body::PlanEnd { .. } = body else { return None };
        let full = self.state.ended.len() >= super::state::PLANS_KEPT_MAX;
        self.state.ended.front().filter(|_| full).copied()
    }

    /// The next wake, when it is another one than announced.
    pub(super) fn announce_wake(&mut self, out: &mut Effects) {
        let next = self.timers.next();
        if next != self.wake {
            self.wake = next;
            if let Some(at) = next {
                out.push(Effect::Wake { at });
            }
        }
    }

    pub(super) fn run_timers(&mut self, now: Now, out: &mut Effects) {
        self.wake = None;
        while let Some(timer) = self.timers.pop(now.mono) {
            match timer {
                Timer::Stale(link) => self.check_stale(now, link, out),
                Timer::Resync(instrument) => self.resync_due(now, instrument, out),
                Timer::Order(id) => self.check_order(now, id, out),
                Timer::Plan(_) if self.has(Mutant::EdgeTriggered) => {}
                Timer::Plan(plan) => self.drive(now, plan, out),
                Timer::Pair(pair) => self.retry_pair(now, pair, out),
                Timer::Recon(account) => self.recon_due(now, account, out),
                Timer::Quarantine => self.quarantine_due(now, out),
                Timer::Tick => self.tick(now, out),
            }
        }
    }
}
