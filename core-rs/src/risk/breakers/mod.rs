//! Breakers: a table of what pauses a pair, an account or everything, and the circuit each of them is. Pure: counts,
//! times and prices are arguments. Knows no venue, no order and no clock.

mod circuit;
mod loss;
mod window;

pub use circuit::{Circuit, CircuitState};
pub use loss::{LossBreakers, Trip};
pub use window::Window;

use super::LimitName;
use crate::units::{MONEY_DECIMALS, Money, Ns, pow10};
use serde::{Deserialize, Serialize};

/// How long a breaker that resets by itself stays open.
pub(super) const PAUSE: Ns = 60_000_000_000;
/// Answers within the window below which a rate says nothing.
pub(super) const SAMPLES_MIN: i128 = 10;
/// Slow replies in a row that make a slow venue.
pub const SLOW_RUN: usize = 3;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Breaker {
    Failures,
    ErrorRate,
    Latency,
    OrderRate,
    NotionalRate,
    RejectRate,
    Deviation,
    Drawdown,
    DailyLoss,
}

/// What an open breaker pauses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    Pair,
    Account,
    Total,
}

/// One row of the table, as the UI lists it.
#[derive(Clone, Copy, Debug)]
pub struct BreakerSpec {
    pub breaker: Breaker,
    /// Stable id, in events and metrics.
    pub id: &'static str,
    pub unit: &'static str,
    pub reach: Reach,
    /// The owner's limit it reads.
    pub limit: LimitName,
    /// In the unit; what holds while nobody sets the limit. `None`: not watched.
    pub default: Option<i64>,
    /// Closes by itself after a pause and a good try; loss breakers wait for a person.
    pub resets: bool,
    /// What trips it, for people.
    pub trips: &'static str,
}

const fn row(
    breaker: Breaker,
    names: (&'static str, &'static str),
    reach: Reach,
    limit: LimitName,
    default: Option<i64>,
    trips: &'static str,
) -> BreakerSpec {
    let resets = !matches!(breaker, Breaker::Drawdown | Breaker::DailyLoss);
    BreakerSpec { breaker, id: names.0, unit: names.1, reach, limit, default, resets, trips }
}

/// Every breaker, in the order of [`Breaker`].
pub const BREAKERS: [BreakerSpec; 9] = [
    row(
        Breaker::Failures,
        ("consecutive_failures", "plans"),
        Reach::Pair,
        LimitName::BreakerFailuresMax,
        Some(5),
        "plans of the pair that failed in a row",
    ),
    row(
        Breaker::ErrorRate,
        ("error_rate", "percent"),
        Reach::Account,
        LimitName::BreakerErrorRateMax,
        Some(50),
        "order requests without an answer or with a technical error, of ten or more within a minute",
    ),
    row(
        Breaker::Latency,
        ("venue_latency", "ms"),
        Reach::Account,
        LimitName::BreakerLatencyMaxMs,
        Some(2_000),
        "three replies in a row slower than this",
    ),
    row(
        Breaker::OrderRate,
        ("order_rate", "orders/min"),
        Reach::Total,
        LimitName::BreakerOrdersPerMinute,
        Some(1_200),
        "opening orders within a minute",
    ),
    row(
        Breaker::NotionalRate,
        ("notional_rate", "quote/min"),
        Reach::Total,
        LimitName::BreakerNotionalPerMinute,
        None,
        "notional of opening orders within a minute",
    ),
    row(
        Breaker::RejectRate,
        ("reject_rate", "percent"),
        Reach::Account,
        LimitName::BreakerRejectRateMax,
        Some(50),
        "order requests the venue refused, of ten or more within a minute",
    ),
    row(
        Breaker::Deviation,
        ("price_deviation", "bps"),
        Reach::Pair,
        LimitName::BreakerPriceDeviationBps,
        Some(500),
        "distance of the two venues' middle prices before an opening",
    ),
    row(
        Breaker::Drawdown,
        ("drawdown", "quote"),
        Reach::Total,
        LimitName::DrawdownMax,
        None,
        "profit below its highest point",
    ),
    row(
        Breaker::DailyLoss,
        ("daily_loss", "quote"),
        Reach::Total,
        LimitName::DailyLossMax,
        None,
        "loss since the trading day opened",
    ),
];

/// What holds while nobody sets the limit: the breaker's that reads it.
pub fn default_of(limit: LimitName) -> Option<Money> {
    BREAKERS.iter().find(|spec| spec.limit == limit)?.default.map(whole)
}

impl Breaker {
    pub const fn spec(self) -> &'static BreakerSpec {
        &BREAKERS[self as usize]
    }

    pub fn parse(id: &str) -> Option<Self> {
        BREAKERS.iter().find(|spec| spec.id == id).map(|spec| spec.breaker)
    }

    /// The limit in force: the owner's, else the default.
    pub fn limit(self, set: Option<Money>) -> Option<Money> {
        set.or_else(|| self.spec().default.map(whole))
    }

    /// Whether `actual` trips it. Counted failures and losses trip at the limit, everything else past it.
    pub fn trips_at(self, actual: Money, limit: Money) -> bool {
        match self {
            Self::Failures | Self::Drawdown | Self::DailyLoss => actual >= limit,
            Self::ErrorRate
            | Self::Latency
            | Self::OrderRate
            | Self::NotionalRate
            | Self::RejectRate
            | Self::Deviation => actual > limit,
        }
    }
}

/// A count as Money, the form of all limits.
pub fn whole(count: i64) -> Money {
    Money(i128::from(count) * pow10(MONEY_DECIMALS))
}

/// Bad of all as percent; `None` while there are too few to say.
pub fn percent(bad: i128, all: i128) -> Option<Money> {
    (all >= SAMPLES_MIN).then(|| Money(bad * 100 * pow10(MONEY_DECIMALS) / all))
}

/// Distance of two prices in basis points of the lower one; both above zero.
pub fn deviation_bps(a: Money, b: Money) -> Option<Money> {
    let (low, high) = (a.min(b), a.max(b));
    (low.0 > 0).then_some(())?;
    let ratio = crate::units::mul_div(high.0 - low.0, 10_000 * pow10(MONEY_DECIMALS), low.0)?;
    Some(Money(ratio))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_lists_every_breaker_once_under_its_own_place() {
        for (at, spec) in BREAKERS.iter().enumerate() {
            assert_eq!(spec.breaker as usize, at);
            assert_eq!(Breaker::parse(spec.id), Some(spec.breaker));
            assert_eq!(spec.resets, !matches!(spec.id, "drawdown" | "daily_loss"));
        }
        assert_eq!(Breaker::parse("nonsense"), None);
    }

    #[test]
    fn each_trips_at_its_own_side_of_the_limit() {
        let cases = [
            (Breaker::Failures, 4, 5, false),
            (Breaker::Failures, 5, 5, true),
            (Breaker::ErrorRate, 50, 50, false),
            (Breaker::ErrorRate, 51, 50, true),
            (Breaker::Latency, 2_000, 2_000, false),
            (Breaker::Latency, 2_001, 2_000, true),
            (Breaker::OrderRate, 1_200, 1_200, false),
            (Breaker::OrderRate, 1_201, 1_200, true),
            (Breaker::NotionalRate, 10, 10, false),
            (Breaker::NotionalRate, 11, 10, true),
            (Breaker::RejectRate, 51, 50, true),
            (Breaker::Deviation, 500, 500, false),
            (Breaker::Deviation, 501, 500, true),
            (Breaker::Drawdown, 99, 100, false),
            (Breaker::Drawdown, 100, 100, true),
            (Breaker::DailyLoss, 100, 100, true),
        ];
        for (breaker, actual, limit, want) in cases {
            assert_eq!(breaker.trips_at(whole(actual), whole(limit)), want, "{breaker:?} {actual} {limit}");
        }
        assert_eq!(Breaker::Failures.limit(None), Some(whole(5)));
        assert_eq!(Breaker::Failures.limit(Some(whole(2))), Some(whole(2)));
        assert_eq!(Breaker::Drawdown.limit(None), None);
    }

    #[test]
    fn rates_need_samples_and_distances_need_prices() {
        let money = |text: &str| Money::parse(text.as_bytes()).unwrap();
        assert_eq!(percent(9, 9), None);
        assert_eq!(percent(1, 10), Some(whole(10)));
        assert_eq!(percent(1, 16), Some(money("6.25")));
        assert_eq!(deviation_bps(money("100"), money("105")), Some(whole(500)));
        assert_eq!(deviation_bps(money("105"), money("100")), Some(whole(500)));
        assert_eq!(deviation_bps(money("0"), money("100")), None);
    }
}
