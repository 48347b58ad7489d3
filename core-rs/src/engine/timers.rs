//! Deadlines, earliest first. One per key: setting a key again moves it.

use crate::market::PairIx;
use crate::units::{AccountId, ClientId, InstrumentId, LinkId, Ns, PlanId};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Timer {
    /// A public link may have gone silent.
    Stale(LinkId),
    /// A book is still without its snapshot.
    Resync(InstrumentId),
    /// An order wants an answer or a query.
    Order(ClientId),
    Plan(PlanId),
    /// The cooldown of a pair is over.
    Pair(PairIx),
    /// A round of reconciliation is to begin, or to be retried.
    Recon(AccountId),
    /// Quarantine after a machine crash: another whole round, or its end.
    Quarantine,
    /// Once a second: day change, requests without an answer.
    Tick,
}

#[derive(Debug, Default)]
pub(super) struct Timers {
    queue: BTreeSet<(Ns, Timer)>,
    due: BTreeMap<Timer, Ns>,
}

impl Timers {
    pub(super) fn set(&mut self, timer: Timer, at: Ns) {
        if let Some(before) = self.due.insert(timer, at) {
            self.queue.remove(&(before, timer));
        }
        self.queue.insert((at, timer));
    }

    /// Sets the timer unless an earlier one is set.
    pub(super) fn set_earlier(&mut self, timer: Timer, at: Ns) {
        if self.due.get(&timer).is_none_or(|due| at < *due) {
            self.set(timer, at);
        }
    }

    pub(super) fn is_set(&self, timer: Timer) -> bool {
        self.due.contains_key(&timer)
    }

    pub(super) fn clear(&mut self, timer: Timer) {
        if let Some(at) = self.due.remove(&timer) {
            self.queue.remove(&(at, timer));
        }
    }

    pub(super) fn next(&self) -> Option<Ns> {
        self.queue.first().map(|(at, _)| *at)
    }

    /// One timer due at `now`, taken out.
    pub(super) fn pop(&mut self, now: Ns) -> Option<Timer> {
        let (at, timer) = *self.queue.first()?;
        if at > now {
            return None;
        }
        self.queue.remove(&(at, timer));
        self.due.remove(&timer);
        Some(timer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_one_deadline_and_the_earliest_comes_first() {
        let mut timers = Timers::default();
        timers.set(Timer::Plan(PlanId(1)), 30);
        timers.set(Timer::Tick, 20);
        timers.set(Timer::Plan(PlanId(1)), 10);
        timers.set_earlier(Timer::Tick, 25);
        assert_eq!(timers.next(), Some(10));
        assert_eq!(timers.pop(15), Some(Timer::Plan(PlanId(1))));
        assert_eq!(timers.pop(15), None);
        timers.clear(Timer::Tick);
        assert_eq!(timers.next(), None);
    }
}
