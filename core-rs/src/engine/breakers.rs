//! Breakers at work: what is counted, when one opens or closes, and what it then keeps from being opened. Hedges pass
//! every breaker; counts are volatile, what is open is durable.

use super::Effects;
use super::apply::amount_text;
use super::error::{Code, Refusal};
use super::instruments::TableNames;
use super::observe::Answers;
use super::pairs::PairId;
use super::record::Body;
use super::reducer::Engine;
use crate::order::Names;
use crate::risk::{
    Breaker, Circuit, CircuitState, Intent, LatchMode, Purpose, Reach, ScopeIds, Window, deviation_bps, whole,
};
use crate::units::{AccountId, ClientId, InstrumentId, Money, Now, Ns};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a breaker is open over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) enum Over {
    Total,
    Account(AccountId),
    Pair(PairId),
}

impl Over {
    pub(super) fn text(self, names: &dyn Names) -> String {
        match self {
            Self::Total => "total".to_owned(),
            Self::Account(id) => format!("account:{}", names.account(id)),
            Self::Pair(id) => format!("pair:{id}"),
        }
    }
}

#[derive(Debug, Default)]
pub(super) struct Breakers {
    /// As `State::circuits` tells, with the clock of this process.
    pub circuits: BTreeMap<(Breaker, Over), Circuit>,
    pub answers: BTreeMap<AccountId, Answers>,
    pub orders: Window,
    pub notional: Window,
    /// When each order request went out, until its reply.
    pub asked: BTreeMap<ClientId, Ns>,
    pub strikes: BTreeMap<Breaker, u8>,
}

impl Engine {
    /// The latch as the gate is told it: an opening order under an open breaker meets REDUCE_ONLY.
    pub(super) fn latch_for(&self, now: Now, intent: &Intent) -> LatchMode {
        let latch = self.latch_now();
        if intent.purpose != Purpose::Open || latch != LatchMode::Open {
            return latch;
        }
        let plan = intent.plan.and_then(|plan| self.state.plans.get(&plan));
        let pair = plan.map(|plan| plan.terms.pair);
        let open = self.breaker_over(now, pair, &[intent.account]).is_some();
        if open { LatchMode::ReduceOnly } else { latch }
    }

    fn breaker_over(
        &self,
        now: Now,
        pair: Option<PairId>,
        accounts: &[AccountId],
    ) -> Option<(Breaker, Over)> {
        let covers = |over: &Over| match over {
            Over::Total => true,
            Over::Account(account) => accounts.contains(account),
            Over::Pair(of) => pair == Some(*of),
        };
        let mut circuits = self.breakers.circuits.iter();
        circuits.find(|((_, over), circuit)| covers(over) && !circuit.admits(now.mono)).map(|(key, _)| *key)
    }

    /// Asked before anything is opened: quarantine, counts and prices are looked at, and what is open refuses.
    pub(super) fn guard_open(
        &mut self,
        now: Now,
        pair: Option<PairId>,
        orders: &[(AccountId, InstrumentId)],
        notional: Money,
        out: &mut Effects,
    ) -> Result<(), Refusal> {
        if self.quarantine.is_some() {
            let text = "the machine was started anew; nothing is opened before its quarantine ends";
            return Err(Refusal::new(Code::ExchangeUnavailable, text));
        }
        if let Some((breaker, trip)) = [Breaker::DailyLoss, Breaker::Drawdown]
            .into_iter()
            .find_map(|breaker| self.state.losses.get(breaker).map(|trip| (breaker, trip)))
        {
            return Err(refusal(breaker, "total", "OPEN", &trip.reason));
        }
        for (account, id) in orders {
            self.check_up(now, *account, *id)?;
            self.check_order_budget(now, *account, *id)?;
        }
        self.watch_rates(now, orders.len(), notional, out);
        if let (Some(pair), [(_, a), (_, b)]) = (pair, orders) {
            self.watch_deviation(now, pair, *a, *b, out);
        }
        let accounts: Vec<AccountId> = orders.iter().map(|(account, _)| *account).collect();
        match self.breaker_over(now, pair, &accounts) {
            None => Ok(()),
            Some((breaker, over)) => {
                let circuit = self.breakers.circuits.get(&(breaker, over));
                let (reason, state) = circuit
                    .map_or(("", CircuitState::Open), |c| (c.story().map_or("", |s| s.0), c.state(now.mono)));
                Err(refusal(breaker, &self.over_name(over), state.name(), reason))
            }
        }
    }

    /// Both legs of a pair.
    pub(super) fn guard_pair(
        &mut self,
        now: Now,
        pair: PairId,
        quote: &crate::market::Quote,
        out: &mut Effects,
    ) -> Result<(), Refusal> {
        let lane = self.state.pairs.get(&pair).and_then(|pair| self.lanes.get(pair.ix.0 as usize));
        // What is not known or busy is refused in its own words.
        let Some(lane) = lane.filter(|lane| lane.active.is_none()) else { return Ok(()) };
        let (Some([a, b]), Some([first, second])) = (lane.accounts, lane.instruments) else { return Ok(()) };
        let notional = Money(quote.cost.0.saturating_mul(2));
        self.guard_open(now, Some(pair), &[(a, first), (b, second)], notional, out)
    }

    fn watch_rates(&mut self, now: Now, orders: usize, notional: Money, out: &mut Effects) {
        let count = self.breakers.orders.sum(now.mono) + orders as i128;
        let count = whole(i64::try_from(count).unwrap_or(i64::MAX));
        self.judge(now, Breaker::OrderRate, Over::Total, count, out);
        let sum = Money(self.breakers.notional.sum(now.mono).saturating_add(notional.0));
        self.judge(now, Breaker::NotionalRate, Over::Total, sum, out);
    }

    fn watch_deviation(
        &mut self,
        now: Now,
        pair: PairId,
        a: InstrumentId,
        b: InstrumentId,
        out: &mut Effects,
    ) {
        let bps = self.mark(a).zip(self.mark(b)).and_then(|(a, b)| deviation_bps(a, b));
        if let Some(bps) = bps {
            self.judge(now, Breaker::Deviation, Over::Pair(pair), bps, out);
        }
    }

    /// Opens the breaker when `actual` is past its limit. True when it is.
    pub(super) fn judge(
        &mut self,
        now: Now,
        breaker: Breaker,
        over: Over,
        actual: Money,
        out: &mut Effects,
    ) -> bool {
        let Some(limit) = self.breaker_limit(breaker, over) else { return false };
        let trips = breaker.trips_at(actual, limit);
        if trips {
            let unit = breaker.spec().unit;
            let text = format!("{} {unit} against a limit of {}", amount_text(actual), amount_text(limit));
            self.trip(now, breaker, over, &text, out);
        }
        trips
    }

    pub(super) fn breaker_limit(&self, breaker: Breaker, over: Over) -> Option<Money> {
        let (mut venue, mut account, mut pair) = ("", "", "");
        match &over {
            Over::Total => {}
            Over::Account(id) => {
                (venue, account) = (self.accounts.at(*id).venue.name(), self.accounts.name(*id));
            }
            Over::Pair(id) => pair = id.as_str(),
        }
        let ids = ScopeIds { venue, instrument: "", account, pair, owner: "0" };
        breaker.limit(self.state.limits.effective(breaker.spec().limit, &ids))
    }

    pub(super) fn over_name(&self, over: Over) -> String {
        over.text(&TableNames { instruments: &self.instruments, accounts: self.accounts.names() })
    }

    pub(super) fn trip(&mut self, now: Now, breaker: Breaker, over: Over, reason: &str, out: &mut Effects) {
        let circuit = self.breakers.circuits.entry((breaker, over)).or_default();
        if !circuit.trip(now.mono, now.wall, reason) {
            return;
        }
        self.commit(now, Body::Circuit { breaker, over, trip: Some(reason.to_owned()) }, out);
        if let Over::Account(account) = over {
            self.breakers.answers.entry(account).or_default().forget();
        }
        self.breaker_opened(now, breaker, over, reason, out);
    }

    pub(super) fn breaker_opened(
        &mut self,
        now: Now,
        breaker: Breaker,
        over: Over,
        reason: &str,
        out: &mut Effects,
    ) {
        self.breaker_event(now, "breaker_open", breaker, over, reason, out);
        let text = format!("{} of {} is open: {reason}", breaker.spec().id, self.over_name(over));
        self.alert(now, "critical", "BREAKER_OPEN", &text, out);
    }

    pub(super) fn pass(&mut self, now: Now, breaker: Breaker, over: Over, out: &mut Effects) {
        let passed = self.breakers.circuits.get_mut(&(breaker, over)).is_some_and(|c| c.passed(now.mono));
        if passed {
            self.breakers.circuits.remove(&(breaker, over));
            self.commit(now, Body::Circuit { breaker, over, trip: None }, out);
            self.breaker_event(now, "breaker_closed", breaker, over, "a try went well", out);
        }
    }

    pub(super) fn is_half_open(&self, now: Now, breaker: Breaker, over: Over) -> bool {
        let circuit = self.breakers.circuits.get(&(breaker, over));
        circuit.is_some_and(|circuit| circuit.state(now.mono) == CircuitState::HalfOpen)
    }

    /// What was open when the last process ended is open for what is left of its pause.
    pub(super) fn restore_breakers(&mut self, now: Now) {
        for (key, trip) in &self.state.circuits {
            let circuit = Circuit::restored(now.mono, now.wall, trip);
            self.breakers.circuits.insert(*key, circuit);
        }
    }

    /// A person's reset closes all of them.
    pub(super) fn reset_breakers(&mut self, now: Now, out: &mut Effects) {
        let open: Vec<(Breaker, Over)> = self.breakers.circuits.keys().copied().collect();
        self.breakers = Breakers { asked: core::mem::take(&mut self.breakers.asked), ..Breakers::default() };
        for (breaker, over) in open {
            self.breaker_event(now, "breaker_closed", breaker, over, "reset", out);
        }
    }

    /// A plan of the pair ended. Returns the end of the pause when its breaker is open.
    pub(super) fn plan_counted(
        &mut self,
        now: Now,
        pair: PairId,
        failed: bool,
        failures: u32,
        out: &mut Effects,
    ) -> Option<Ns> {
        let over = Over::Pair(pair);
        if !failed {
            self.pass(now, Breaker::Failures, over, out);
        } else if self.is_half_open(now, Breaker::Failures, over) {
            self.trip(now, Breaker::Failures, over, "the try failed too", out);
        } else {
            self.judge(now, Breaker::Failures, over, whole(i64::from(failures)), out);
        }
        self.breakers.circuits.get(&(Breaker::Failures, over)).and_then(Circuit::until)
    }
}

/// The reach of a breaker as the table's readers see it.
pub(super) const fn reach_name(reach: Reach) -> &'static str {
    match reach {
        Reach::Pair => "pair",
        Reach::Account => "account",
        Reach::Total => "total",
    }
}

fn refusal(breaker: Breaker, scope: &str, state: &str, reason: &str) -> Refusal {
    let text = format!("breaker {} of {scope} is {state}: {reason}", breaker.spec().id);
    Refusal::new(Code::RiskRejected, text).with(|j| {
        j.str("check", "BREAKER");
        j.str("breaker", breaker.spec().id);
        j.str("scope", scope);
        j.str("limit", "CLOSED");
        j.str("actual", state);
    })
}
