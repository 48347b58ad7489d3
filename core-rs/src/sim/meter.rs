//! Request budgets: fixed windows, counted per budget name. Each has a limit that the dialect names.

use crate::units::Ns;
use std::collections::BTreeMap;

/// How many windows are remembered before the expired ones are swept out.
const METERS_MAX: usize = 1024;

#[derive(Clone, Copy, Debug)]
pub(super) struct Budget {
    pub limit: u32,
    pub window: Ns,
}

#[derive(Debug)]
pub(super) struct Meters {
    /// Draws that count as one.
    times: u32,
    used: BTreeMap<String, (i64, Ns, u32)>,
}

/// What is left after a draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Drawn {
    pub used: u32,
    pub allowed: bool,
    /// When the window ends, epoch ns.
    pub resets: Ns,
}

impl Meters {
    /// Budgets `times` as large as the venue's own, which its clients see no difference of.
    pub(super) fn new(times: u32) -> Self {
        Self { times: times.max(1), used: BTreeMap::new() }
    }

    /// Draws `amount` from the budget called `name`; a refused draw still shows what is used.
    pub(super) fn draw(&mut self, name: &str, budget: Budget, amount: u32, now: Ns) -> Drawn {
        if self.used.len() > METERS_MAX {
            self.used.retain(|_, (window, length, _)| (*window + 1) * *length > now);
        }
        let window = now.div_euclid(budget.window);
        let entry = self.used.entry(name.to_owned()).or_insert((window, budget.window, 0));
        if entry.0 != window {
            *entry = (window, budget.window, 0);
        }
        let allowed = entry.2 + amount <= budget.limit.saturating_mul(self.times);
        if allowed {
            entry.2 += amount;
        }
        Drawn { used: entry.2 / self.times, allowed, resets: (window + 1) * budget.window }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_refuses_beyond_its_limit_until_its_window_ends() {
        let budget = Budget { limit: 3, window: 10 };
        let mut meters = Meters::new(1);
        let draws: Vec<_> = [(2, 100), (2, 105), (1, 109), (3, 110)]
            .map(|(amount, now)| meters.draw("ip", budget, amount, now))
            .map(|d| (d.used, d.allowed, d.resets))
            .into();
        assert_eq!(draws, [(2, true, 110), (2, false, 110), (3, true, 110), (3, true, 120)]);
        let mut wide = Meters::new(10);
        let draws = [3, 26, 2].map(|amount| wide.draw("ip", budget, amount, 100));
        assert_eq!(draws.map(|d| (d.used, d.allowed)), [(0, true), (2, true), (2, false)]);
    }
}
