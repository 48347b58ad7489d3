//! What the breakers see: orders sent, replies and their delay, silence, losses.

use super::Effects;
use super::apply::amount_text;
use super::breakers::Over;
use super::record::Body;
use super::reducer::Engine;
use crate::order::{Order, PlaceOrder};
use crate::risk::{Breaker, Intent, Purpose, SLOW_RUN, Window, percent, whole};
use crate::units::{AccountId, Asset, ClientId, InstrumentId, Money, Now, Ns};
use crate::venues::{RejectClass, ReplyOutcome, RequestReply};

const MS: Ns = 1_000_000;
/// A request without a reply is forgotten after this long; later replies say nothing about latency.
const ASKED_MAX: Ns = 120_000_000_000;
/// Looks in a row that must see a loss before it latches: one wrong price is no loss.
const LOSS_STRIKES: u8 = 2;
/// After a reply slower than half the venue's cap, absences prove nothing for this many times its delay.
const SLOW_TIMES: Ns = 10;
const SLOW_MAX: Ns = 60_000_000_000;
/// A new highest profit is journaled when it rose by this part of the drawdown limit.
const PEAK_STEPS: i128 = 100;

/// How an account's order requests were answered of late.
#[derive(Debug, Default)]
pub(super) struct Answers {
    all: Window,
    errors: Window,
    rejects: Window,
    /// Latest replies that were slow, in a row.
    slow: Vec<Ns>,
    /// Until then an absence at the venue proves nothing (monotonic).
    doubt_until: Option<Ns>,
}

/// What an answer says about the way to the venue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    Good,
    /// The venue understood and refused.
    Rejected,
    /// No answer, or a technical one.
    Error,
}

const fn answer_of(class: RejectClass) -> Answer {
    match class {
        RejectClass::InsufficientFunds
        | RejectClass::Filter
        | RejectClass::PostOnlyWouldTake
        | RejectClass::DuplicateClientId
        | RejectClass::UnknownOrder
        | RejectClass::UnknownSymbol
        | RejectClass::AlreadyDone
        | RejectClass::ReduceOnly => Answer::Rejected,
        RejectClass::Timestamp
        | RejectClass::Auth
        | RejectClass::RateLimited
        | RejectClass::Banned
        | RejectClass::Maintenance
        | RejectClass::OutcomeUnknown
        | RejectClass::Other => Answer::Error,
    }
}

impl Answers {
    /// Percent of the minute's answers; `None` while there are too few to say.
    pub(super) fn error_rate(&self, now: Ns) -> Option<Money> {
        percent(self.errors.sum(now), self.all.sum(now))
    }

    pub(super) fn reject_rate(&self, now: Ns) -> Option<Money> {
        percent(self.rejects.sum(now), self.all.sum(now))
    }

    /// The quickest of the latest replies that were slow, in a row; zero when the last one was not.
    pub(super) fn slow_run(&self) -> Ns {
        self.slow.iter().min().copied().unwrap_or_default()
    }

    /// An open breaker starts counting anew; what was said of absences stays.
    pub(super) fn forget(&mut self) {
        *self = Self { doubt_until: self.doubt_until, ..Self::default() };
    }
}

impl Engine {
    /// An order is on its way.
    pub(super) fn observe_sent(&mut self, now: Now, intent: &Intent, out: &mut Effects) {
        let place: &PlaceOrder = &intent.place;
        self.breakers.asked.insert(place.client_id, now.mono);
        if intent.purpose != Purpose::Open {
            return;
        }
        self.breakers.orders.add(now.mono, 1);
        let worth = self.notional(place);
        self.breakers.notional.add(now.mono, worth.0);
        let pair = intent.plan.and_then(|plan| self.state.plans.get(&plan)).map(|plan| plan.terms.pair);
        for ((breaker, over), circuit) in &mut self.breakers.circuits {
            let covers = match over {
                Over::Total => true,
                Over::Account(account) => *account == intent.account,
                Over::Pair(of) => pair == Some(*of),
            };
            if covers && *breaker != Breaker::Failures {
                circuit.tried(now.mono);
            }
        }
        // What judges the try itself is closed by it: it was let through, so rates and prices are within bounds again.
        for breaker in [Breaker::OrderRate, Breaker::NotionalRate] {
            self.pass(now, breaker, Over::Total, out);
        }
        if let Some(pair) = pair {
            self.pass(now, Breaker::Deviation, Over::Pair(pair), out);
        }
    }

    /// The venue's reply to an order request.
    pub(super) fn observe_reply(&mut self, now: Now, reply: &RequestReply, out: &mut Effects) {
        let Some(at) = self.breakers.asked.remove(&reply.client_id) else { return };
        let Some(order) = self.state.orders.get(&reply.client_id) else { return };
        let (account, id) = (order.terms.account, order.terms.place.instrument);
        let answer = match &reply.outcome {
            ReplyOutcome::Accepted(_) => Answer::Good,
            ReplyOutcome::Rejected(reject) => answer_of(reject.class),
        };
        self.count_answer(now, account, answer, out);
        self.count_latency(now, account, id, now.mono - at, out);
    }

    /// An order request went without an answer.
    pub(super) fn observe_silence(&mut self, now: Now, id: ClientId, out: &mut Effects) {
        if !self.breakers.asked.contains_key(&id) {
            return;
        }
        if let Some(account) = self.state.orders.get(&id).map(|order| order.terms.account) {
            self.count_answer(now, account, Answer::Error, out);
        }
    }

    fn count_answer(&mut self, now: Now, account: AccountId, answer: Answer, out: &mut Effects) {
        let answers = self.breakers.answers.entry(account).or_default();
        answers.all.add(now.mono, 1);
        answers.errors.add(now.mono, i128::from(answer == Answer::Error));
        answers.rejects.add(now.mono, i128::from(answer == Answer::Rejected));
        let (errors, rejects) = (answers.error_rate(now.mono), answers.reject_rate(now.mono));
        let over = Over::Account(account);
        for (breaker, bad, rate) in [
            (Breaker::ErrorRate, answer == Answer::Error, errors),
            (Breaker::RejectRate, answer == Answer::Rejected, rejects),
        ] {
            if !bad {
                self.pass(now, breaker, over, out);
            } else if self.is_half_open(now, breaker, over) {
                self.trip(now, breaker, over, "the try failed too", out);
            } else if let Some(rate) = rate {
                self.judge(now, breaker, over, rate, out);
            }
        }
    }

    fn count_latency(&mut self, now: Now, account: AccountId, id: InstrumentId, took: Ns, out: &mut Effects) {
        let over = Over::Account(account);
        let i = self.instruments.at(id);
        let half_cap = self.config.venue(i.venue, i.product).cap / 2;
        let ms = whole(took / MS);
        let slow = self
            .breaker_limit(Breaker::Latency, over)
            .is_some_and(|limit| Breaker::Latency.trips_at(ms, limit));
        if !slow {
            self.pass(now, Breaker::Latency, over, out);
        } else if self.is_half_open(now, Breaker::Latency, over) {
            self.trip(now, Breaker::Latency, over, "the try was slow too", out);
        }
        let answers = self.breakers.answers.entry(account).or_default();
        if slow {
            answers.slow.push(took);
        } else {
            answers.slow.clear();
        }
        let run = answers.slow.len() >= SLOW_RUN;
        let least = answers.slow_run();
        if took > half_cap {
            let until = now.mono + (took.saturating_mul(SLOW_TIMES)).min(SLOW_MAX);
            answers.doubt_until = answers.doubt_until.max(Some(until));
            let text = format!(
                "{}: a reply took {} ms, more than half the processing bound: orders of unknown fate are not \
                 taken for dead for now",
                self.accounts.name(account),
                took / MS
            );
            self.alert(now, "critical", "VENUE_SLOW", &text, out);
        }
        if run {
            self.judge(now, Breaker::Latency, over, whole(least / MS), out);
        }
    }

    /// The account's venue is outside its latency bound: nothing there is proved by absence.
    pub(super) fn is_slow(&self, now: Now, account: AccountId) -> bool {
        let answers = self.breakers.answers.get(&account);
        answers.and_then(|answers| answers.doubt_until).is_some_and(|until| now.mono < until)
    }

    /// Once a second: what losses have come to, and what no longer waits for a reply.
    pub(super) fn watch_losses(&mut self, now: Now, out: &mut Effects) {
        self.breakers.asked.retain(|_, at| now.mono - *at < ASKED_MAX);
        if !self.is_booted() || !self.is_priced(now) {
            return;
        }
        let day_loss = Money((-self.day_pnl().0).max(0));
        self.judge_loss(now, Breaker::DailyLoss, day_loss, out);
        let Some(limit) = self.breaker_limit(Breaker::Drawdown, Over::Total) else { return };
        let total = self.total_pnl(&Asset::new(b"USDT").unwrap_or(Asset::EMPTY));
        let peak = self.state.losses.peak();
        if peak.is_none_or(|peak| total.0 > peak.0 + limit.0 / PEAK_STEPS) {
            self.commit(now, Body::Peak(total), out);
        }
        let peak = peak.map_or(total, |peak| peak.max(total));
        self.judge_loss(now, Breaker::Drawdown, Money(peak.0 - total.0), out);
    }

    /// Every position is valued by a live price, where its book is watched at all.
    pub(super) fn is_priced(&self, now: Now) -> bool {
        let mut positions = self.state.ledger.positions().iter();
        positions.all(|(_, id, position)| {
            let watched = self.tracked.get(id.0 as usize).is_some_and(super::books::Tracked::wanted);
            position.basis.qty.0 == 0
                || !watched
                || self.book_state(id, now.mono) == crate::market::BookState::Synced
        })
    }

    fn judge_loss(&mut self, now: Now, breaker: Breaker, actual: Money, out: &mut Effects) {
        let Some(limit) = self.breaker_limit(breaker, Over::Total) else { return };
        let strikes = self.breakers.strikes.entry(breaker).or_default();
        *strikes = if breaker.trips_at(actual, limit) { strikes.saturating_add(1) } else { 0 };
        if *strikes < LOSS_STRIKES || self.state.losses.get(breaker).is_some() {
            return;
        }
        let reason = format!("{} quote against a limit of {}", amount_text(actual), amount_text(limit));
        self.commit(now, Body::Breaker { breaker, reason: reason.clone() }, out);
        self.breaker_opened(now, breaker, Over::Total, &reason, out);
        self.cancel_openings(now, out);
    }

    /// Cancels what may still open exposure; what only reduces stays.
    fn cancel_openings(&mut self, now: Now, out: &mut Effects) {
        let opens = |order: &&Order| !order.state.is_terminal() && !order.terms.place.reduce_only;
        let ids: Vec<ClientId> = self.state.orders.iter_open().filter(opens).map(Order::id).collect();
        for id in ids {
            self.cancel(now, id, out);
        }
    }
}
