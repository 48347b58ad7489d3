//! How long a plan's legs differed, and what bringing them together cost. Part of the plan's durable form.

use crate::units::{Money, Ns, Side, mul_div_half_even};
use serde::{Deserialize, Serialize};

/// Of one plan; times are the walls of its records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Naked {
    /// Since when the legs differ by more than a lot.
    pub since: Option<Ns>,
    /// Time of the spells that are over.
    total: Ns,
    /// Quote units given away by hedging orders against the plan's prices; below zero: won.
    pub cost: Money,
    /// What those orders traded, at the plan's prices.
    pub worth: Money,
}

impl Naked {
    /// Looks at the difference after a change at `wall`.
    pub fn look(&mut self, differ: Money, lot: Money, wall: Ns) {
        match (differ.0.abs() > lot.0, self.since) {
            (true, None) => self.since = Some(wall),
            (false, Some(_)) => self.stop(wall),
            (true, Some(_)) | (false, None) => {}
        }
    }

    /// Ends the spell that is under way.
    pub fn stop(&mut self, wall: Ns) {
        if let Some(since) = self.since.take() {
            self.total += (wall - since).max(0);
        }
    }

    /// Time naked up to the latest change or `wall`, nanoseconds.
    pub fn time(&self, wall: Ns) -> Ns {
        self.total + self.since.map_or(0, |since| (wall - since).max(0))
    }

    /// A fill of a hedging order, `px`: the plan's price of that leg.
    pub fn hedged(&mut self, side: Side, px: Money, base: Money, quote: Money) {
        let planned = crate::calc::product(px, base).unwrap_or_default();
        self.worth.0 += planned.0;
        self.cost.0 += (quote.0 - planned.0) * i128::from(side.sign());
    }

    /// Cost per traded worth, hundredths of a basis point; `None`: nothing was hedged.
    pub fn cost_centi_bps(&self) -> Option<i128> {
        mul_div_half_even(self.cost.0, 1_000_000, self.worth.0)
    }

    pub(super) fn digest_into(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.since.unwrap_or(-1).to_le_bytes());
        out.extend_from_slice(&self.total.to_le_bytes());
        out.extend_from_slice(&self.cost.0.to_le_bytes());
        out.extend_from_slice(&self.worth.0.to_le_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn m(units: i128) -> Money {
        Money(units * 1_000_000_000_000_000_000)
    }

    #[test]
    fn only_time_with_more_than_a_lot_of_difference_counts() {
        let mut naked = Naked::default();
        naked.look(m(1), m(1), 100);
        assert_eq!(naked.time(900), 0);
        naked.look(m(-2), m(1), 200);
        naked.look(m(-3), m(1), 300);
        assert_eq!((naked.since, naked.time(500)), (Some(200), 300));
        naked.look(m(0), m(1), 600);
        assert_eq!((naked.since, naked.time(9_000)), (None, 400));
        naked.look(m(2), m(1), 700);
        naked.stop(650);
        assert_eq!(naked.time(9_000), 400);
    }

    #[test]
    fn cost_is_what_the_plan_s_prices_would_have_given() {
        let mut naked = Naked::default();
        assert_eq!(naked.cost_centi_bps(), None);
        naked.hedged(Side::Sell, m(100), m(2), m(199));
        naked.hedged(Side::Buy, m(100), m(2), m(201));
        assert_eq!((naked.cost, naked.worth), (m(2), m(400)));
        assert_eq!(naked.cost_centi_bps(), Some(5_000));
    }
}
