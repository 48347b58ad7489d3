//! The venues' own budgets of orders, counted here so that opening stops before a venue does: the last fifth of each is
//! left to what takes exposure off. Volatile; a start counts what the journal knows.

use super::error::{Code, Refusal};
use super::reducer::Engine;
use crate::order::Order;
use crate::units::{AccountId, InstrumentId, Now, Ns, Product};
use crate::venues::OrderBudget;
use std::collections::{BTreeMap, VecDeque};

/// One part in this many is kept from opening orders.
const RESERVE: usize = 5;

/// When orders left, oldest first, per account and product; no more than a budget holds.
#[derive(Debug, Default)]
pub(super) struct OrderBudgets {
    sent: BTreeMap<(AccountId, Product), VecDeque<Ns>>,
}

impl OrderBudgets {
    fn count(&mut self, of: (AccountId, Product), at: Ns, budget: OrderBudget) {
        let sent = self.sent.entry(of).or_default();
        while sent.front().is_some_and(|first| at - first >= budget.window) || sent.len() >= budget.orders {
            sent.pop_front();
        }
        sent.push_back(at);
    }

    /// One that was counted at `from` leaves only now.
    fn postpone(&mut self, of: (AccountId, Product), from: Ns, now: Ns, budget: OrderBudget) {
        let sent = self.sent.entry(of).or_default();
        if let Some(at) = sent.iter().position(|at| *at == from) {
            sent.remove(at);
        }
        self.count(of, now, budget);
    }

    fn admits(&self, of: (AccountId, Product), now: Ns, budget: OrderBudget) -> bool {
        self.used(of, now, budget) < budget.orders - budget.orders.div_ceil(RESERVE)
    }

    /// Orders within the window.
    fn used(&self, of: (AccountId, Product), now: Ns, budget: OrderBudget) -> usize {
        let recent = |at: &&Ns| now - **at < budget.window;
        self.sent.get(&of).map_or(0, |sent| sent.iter().filter(recent).count())
    }
}

impl Engine {
    /// One more order now would be one more than the venue takes: not even a hedge is sent to be refused.
    pub(super) fn is_budget_spent(&self, now: Now, account: AccountId, id: InstrumentId) -> bool {
        let Some((product, budget)) = self.order_budget(id) else { return false };
        self.order_budgets.used((account, product), now.mono, budget) >= budget.orders
    }

    /// The same for an order that was counted when it was approved and waited since.
    pub(super) fn is_budget_spent_since(
        &self,
        now: Now,
        account: AccountId,
        id: InstrumentId,
        approved: Ns,
    ) -> bool {
        let Some((product, budget)) = self.order_budget(id) else { return false };
        let own = usize::from(now.mono - approved < budget.window);
        self.order_budgets.used((account, product), now.mono, budget) >= budget.orders + own
    }

    /// An order that waited leaves: the venue counts it from here on.
    pub(super) fn recount_order(&mut self, now: Now, account: AccountId, id: InstrumentId, approved: Ns) {
        if let Some((product, budget)) = self.order_budget(id) {
            self.order_budgets.postpone((account, product), approved, now.mono, budget);
        }
    }

    fn order_budget(&self, id: InstrumentId) -> Option<(Product, OrderBudget)> {
        let i = self.instruments.at(id);
        crate::venues::codec(i.venue, i.product).map(|codec| (i.product, codec.order_budget))
    }

    /// An order leaves.
    pub(super) fn count_order(&mut self, at: Ns, account: AccountId, id: InstrumentId) {
        if let Some((product, budget)) = self.order_budget(id) {
            self.order_budgets.count((account, product), at, budget);
        }
    }

    /// What the last process sent a moment ago counts on.
    pub(super) fn recount_orders(&mut self, now: Now) {
        let known = self
            .state
            .orders
            .iter()
            .map(|order: &Order| (order.created_ns, order.terms.account, order.terms.place.instrument));
        let mut all: Vec<(Ns, AccountId, InstrumentId)> = known.collect();
        all.sort_unstable();
        for (wall, account, id) in all {
            self.count_order(now.mono - (now.wall - wall).max(0), account, id);
        }
    }

    /// Whether one more order may be opened without taking what hedges may need.
    pub(super) fn check_order_budget(
        &self,
        now: Now,
        account: AccountId,
        id: InstrumentId,
    ) -> Result<(), Refusal> {
        let Some((product, budget)) = self.order_budget(id) else { return Ok(()) };
        if self.order_budgets.admits((account, product), now.mono, budget) {
            return Ok(());
        }
        let text = format!(
            "{} {}: the last orders of its budget ({} in {} ms) are left to hedges",
            self.accounts.name(account),
            product.name(),
            budget.orders,
            budget.window / 1_000_000
        );
        Err(Refusal::new(Code::ExchangeUnavailable, text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opening_stops_before_the_venue_does_and_goes_on_when_the_window_has_passed() {
        let budget = OrderBudget { orders: 10, window: 100 };
        let of = (AccountId(0), Product::Spot);
        let mut budgets = OrderBudgets::default();
        for at in 0..8 {
            assert!(budgets.admits(of, at, budget), "{at}");
            budgets.count(of, at, budget);
        }
        assert!(!budgets.admits(of, 99, budget), "two are left to hedges");
        assert!(budgets.admits((AccountId(1), Product::Spot), 99, budget));
        assert!(budgets.admits(of, 100, budget), "the first is out of the window");
        budgets.postpone(of, 0, 105, budget);
        assert_eq!(budgets.used(of, 105, budget), 3, "two of the first ones, and the one that left late");
        (0..50).for_each(|at| budgets.count(of, 100 + at, budget));
        assert_eq!(budgets.sent[&of].len(), budget.orders);
    }
}
