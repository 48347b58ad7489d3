//! Use against limit, for people: the same numbers the gate compares, without an order.

use super::{Facts, LimitName, LimitTable, OrderRate, ScopeIds};
use crate::units::{MONEY_DECIMALS, Money, pow10};

/// One limit and how much of it is used now, both in the limit's unit as Money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usage {
    pub name: LimitName,
    /// `None`: not set.
    pub limit: Option<Money>,
    /// `None`: has no standing use (it judges single orders).
    pub used: Option<Money>,
}

/// Every limit, in the order of [`LimitName::ALL`], as it holds for what stands under `ids`.
pub fn usage(table: &LimitTable, ids: &ScopeIds<'_>, facts: &Facts) -> [Usage; LimitName::ALL.len()] {
    LimitName::ALL.map(|name| {
        let limit = table.effective(name, ids);
        Usage { name, limit, used: used(name, limit, facts) }
    })
}

fn used(name: LimitName, limit: Option<Money>, facts: &Facts) -> Option<Money> {
    let count = |value: i64| Money(i128::from(value) * pow10(MONEY_DECIMALS));
    match name {
        // Breakers show their own state.
        LimitName::OrderNotionalMax
        | LimitName::PriceCollarBps
        | LimitName::SlippageMaxBps
        | LimitName::BreakerFailuresMax
        | LimitName::BreakerErrorRateMax
        | LimitName::BreakerLatencyMaxMs
        | LimitName::BreakerOrdersPerMinute
        | LimitName::BreakerNotionalPerMinute
        | LimitName::BreakerRejectRateMax
        | LimitName::BreakerPriceDeviationBps
        | LimitName::DrawdownMax => None,
        LimitName::PositionSymbolMax => Some(facts.position_symbol),
        LimitName::PositionVenueMax => Some(facts.position_venue),
        LimitName::PositionTotalMax => Some(facts.position_total),
        LimitName::DailyLossMax => Some(facts.day_pnl.negated().max(Money::ZERO)),
        LimitName::OrderRateMax => {
            let per_second = limit.map_or(0, |limit| (limit.0 / pow10(MONEY_DECIMALS)) as i64);
            Some(count(facts.rate.used(facts.now, OrderRate::interval(per_second))))
        }
        // Nanoseconds as milliseconds: six of the eighteen decimals are already there.
        LimitName::BookAgeMaxMs => Some(Money(i128::from(facts.book.age_ns) * pow10(MONEY_DECIMALS - 6))),
        LimitName::OpenOrdersMax => Some(count(i64::from(facts.open_orders))),
    }
}

#[cfg(test)]
mod tests {
    use super::super::checks::testing::{IDS, good, limit_table, money};
    use super::*;

    #[test]
    fn every_limit_shows_its_use() {
        let mut case = good();
        case.facts.day_pnl = money("-12.5");
        case.facts.open_orders = 3;
        case.facts.position_venue = money("6800");
        let rows = usage(&limit_table(), &IDS, &case.facts);
        let row = |name: LimitName| rows.iter().find(|row| row.name == name).map(|row| (row.limit, row.used));
        let cases = [
            (LimitName::OrderNotionalMax, "10000", None),
            (LimitName::PositionVenueMax, "100000", Some("6800")),
            (LimitName::DailyLossMax, "1000", Some("12.5")),
            (LimitName::BookAgeMaxMs, "500", Some("10")),
            (LimitName::OpenOrdersMax, "20", Some("3")),
            (LimitName::OrderRateMax, "10", Some("0")),
        ];
        for (name, limit, used) in cases {
            assert_eq!(row(name), Some((Some(money(limit)), used.map(money))), "{}", name.name());
        }
        assert_eq!(usage(&LimitTable::default(), &IDS, &case.facts)[0].limit, None);
    }
}
