//! Questions on their way over REST: what was asked, when, why. Bounded.

use crate::units::{AccountId, InstrumentId, LinkId, Ns};
use crate::venues::Query;
use std::collections::BTreeMap;

/// Most questions without an answer.
pub(super) const REQUESTS_MAX: usize = 512;
/// A question older than this counts as lost (the transport's own limit is shorter), ns.
pub(super) const REQUEST_AGE_MAX: Ns = 6_000_000_000;

/// Why it was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Why {
    Book,
    /// To settle an order, or to learn its fills.
    Order,
    /// Part of a round of reconciliation.
    Recon,
    /// To set a position's stop at the venue.
    Backstop,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Request {
    pub query: Query,
    pub link: LinkId,
    pub account: Option<AccountId>,
    pub why: Why,
    /// Monotonic.
    pub asked: Ns,
}

#[derive(Debug, Default)]
pub(super) struct Requests {
    last: u64,
    open: BTreeMap<u64, Request>,
}

impl Requests {
    /// The number of a new request; `None` when too many are open.
    pub(super) fn add(&mut self, request: Request) -> Option<u64> {
        if self.open.len() >= REQUESTS_MAX {
            return None;
        }
        self.last += 1;
        self.open.insert(self.last, request);
        Some(self.last)
    }

    pub(super) fn take(&mut self, number: u64) -> Option<Request> {
        self.open.remove(&number)
    }

    /// True while the same question is on its way.
    pub(super) fn asks(&self, account: Option<AccountId>, link: LinkId, query: &Query) -> bool {
        self.open.values().any(|r| r.account == account && r.link == link && r.query == *query)
    }

    /// The stop of this position is being set.
    pub(super) fn sets_backstop(&self, account: AccountId, instrument: InstrumentId) -> bool {
        let of = |r: &Request| (r.why, r.account) == (Why::Backstop, Some(account));
        self.open.values().any(|r| of(r) && r.query.instrument() == Some(instrument))
    }

    pub(super) fn count(&self, why: Why) -> usize {
        self.open.values().filter(|r| r.why == why).count()
    }

    pub(super) fn len(&self) -> usize {
        self.open.len()
    }

    /// Requests that will never be answered, taken out.
    pub(super) fn expired(&mut self, now: Ns) -> Vec<Request> {
        let old: Vec<u64> =
            self.open.iter().filter(|(_, r)| now - r.asked > REQUEST_AGE_MAX).map(|(n, _)| *n).collect();
        old.into_iter().filter_map(|number| self.open.remove(&number)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_bounded_and_lost_ones_come_back() {
        let mut requests = Requests::default();
        let request =
            Request { query: Query::OpenOrders, link: LinkId(0), account: None, why: Why::Recon, asked: 0 };
        for _ in 0..REQUESTS_MAX {
            assert!(requests.add(request).is_some());
        }
        assert_eq!(requests.add(request), None);
        assert!(requests.asks(None, LinkId(0), &Query::OpenOrders));
        assert_eq!(requests.expired(REQUEST_AGE_MAX).len(), 0);
        assert_eq!(requests.expired(REQUEST_AGE_MAX + 1).len(), REQUESTS_MAX);
        assert_eq!(requests.len(), 0);
    }
}
