//! The owner's limits as rows (name, scope, id): the durable truth the flat per-instrument limits are made from.

use crate::order::{push_field, row_digest};
use crate::units::{MONEY_DECIMALS, Money, Text, pow10};
use core::fmt;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The fixed names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum LimitName {
    OrderNotionalMax,
    PositionSymbolMax,
    PositionVenueMax,
    PositionTotalMax,
    DailyLossMax,
    OrderRateMax,
    PriceCollarBps,
    SlippageMaxBps,
    BookAgeMaxMs,
    OpenOrdersMax,
    // Read by the breakers.
    BreakerFailuresMax,
    BreakerErrorRateMax,
    BreakerLatencyMaxMs,
    BreakerOrdersPerMinute,
    BreakerNotionalPerMinute,
    BreakerRejectRateMax,
    BreakerPriceDeviationBps,
    DrawdownMax,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Scope {
    Total,
    Venue,
    Instrument,
    Account,
    Pair,
    Owner,
}

/// Where a limit applies. `id` is empty for `Total`, else the venue, `venue:type:symbol`, `venue:account`, pair id
/// or owner number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct LimitKey {
    pub name: LimitName,
    pub scope: Scope,
    pub id: Text<64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LimitRow {
    pub key: LimitKey,
    /// `None`: not limited by this row.
    pub value: Option<Money>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitError {
    UnknownName,
    UnknownScope,
    /// `Total` takes no id, every other scope needs one of printable ASCII, 64 at most.
    BadId,
    /// Below zero, or not whole where the unit counts things.
    BadValue,
    /// More rows than the named limit.
    Full {
        limit: usize,
    },
    /// The instrument's filters can not be checked exactly (a step of zero, more than 18 decimals).
    BadInstrument,
}

/// The ids an order stands under, one per scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScopeIds<'a> {
    pub venue: &'a str,
    pub instrument: &'a str,
    pub account: &'a str,
    pub pair: &'a str,
    pub owner: &'a str,
}

/// What one scope's id is held to, by name.
type Values = [Option<Money>; LimitName::ALL.len()];

/// What an order is held to by each scope, in the order of [`Scope::ALL`].
#[derive(Debug)]
pub(super) struct Covering<'a>([Option<&'a Values>; Scope::ALL.len()]);

impl Covering<'_> {
    /// The strictest value of `name`.
    pub(super) fn strictest(&self, name: LimitName) -> Option<Money> {
        self.0.iter().flatten().filter_map(|values| values[name as usize]).min()
    }
}

/// All rows. Mutated only by applying journal records.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LimitTable {
    rows: BTreeMap<LimitKey, Option<Money>>,
    /// The same by scope: orders ask for all names at once.
    by_scope: BTreeMap<(Scope, Text<64>), Values>,
}

impl LimitName {
    pub const ALL: [Self; 18] = [
        Self::OrderNotionalMax,
        Self::PositionSymbolMax,
        Self::PositionVenueMax,
        Self::PositionTotalMax,
        Self::DailyLossMax,
        Self::OrderRateMax,
        Self::PriceCollarBps,
        Self::SlippageMaxBps,
        Self::BookAgeMaxMs,
        Self::OpenOrdersMax,
        Self::BreakerFailuresMax,
        Self::BreakerErrorRateMax,
        Self::BreakerLatencyMaxMs,
        Self::BreakerOrdersPerMinute,
        Self::BreakerNotionalPerMinute,
        Self::BreakerRejectRateMax,
        Self::BreakerPriceDeviationBps,
        Self::DrawdownMax,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::OrderNotionalMax => "order_notional_max",
            Self::PositionSymbolMax => "position_symbol_max",
            Self::PositionVenueMax => "position_venue_max",
            Self::PositionTotalMax => "position_total_max",
            Self::DailyLossMax => "daily_loss_max",
            Self::OrderRateMax => "order_rate_max",
            Self::PriceCollarBps => "price_collar_bps",
            Self::SlippageMaxBps => "slippage_max_bps",
            Self::BookAgeMaxMs => "book_age_max_ms",
            Self::OpenOrdersMax => "open_orders_max",
            Self::BreakerFailuresMax => "breaker_failures_max",
            Self::BreakerErrorRateMax => "breaker_error_rate_max",
            Self::BreakerLatencyMaxMs => "breaker_latency_max_ms",
            Self::BreakerOrdersPerMinute => "breaker_orders_per_minute",
            Self::BreakerNotionalPerMinute => "breaker_notional_per_minute",
            Self::BreakerRejectRateMax => "breaker_reject_rate_max",
            Self::BreakerPriceDeviationBps => "breaker_price_deviation_bps",
            Self::DrawdownMax => "drawdown_max",
        }
    }

    pub const fn unit(self) -> &'static str {
        match self {
            Self::OrderNotionalMax
            | Self::PositionSymbolMax
            | Self::PositionVenueMax
            | Self::PositionTotalMax
            | Self::DailyLossMax
            | Self::DrawdownMax => "quote",
            Self::OrderRateMax => "orders/s",
            Self::PriceCollarBps | Self::SlippageMaxBps | Self::BreakerPriceDeviationBps => "bps",
            Self::BookAgeMaxMs | Self::BreakerLatencyMaxMs => "ms",
            Self::OpenOrdersMax => "orders",
            Self::BreakerFailuresMax => "plans",
            Self::BreakerErrorRateMax | Self::BreakerRejectRateMax => "percent",
            Self::BreakerOrdersPerMinute => "orders/min",
            Self::BreakerNotionalPerMinute => "quote/min",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|limit| limit.name() == name)
    }

    /// Whole numbers only.
    const fn counts(self) -> bool {
        matches!(
            self,
            Self::OrderRateMax
                | Self::PriceCollarBps
                | Self::SlippageMaxBps
                | Self::BookAgeMaxMs
                | Self::OpenOrdersMax
                | Self::BreakerFailuresMax
                | Self::BreakerLatencyMaxMs
                | Self::BreakerOrdersPerMinute
        )
    }

    /// Holds by a default of its own, or may stay unset: live trading does not wait for it.
    const fn optional(self) -> bool {
        self as u8 > Self::OpenOrdersMax as u8
    }
}

impl Scope {
    pub const ALL: [Self; 6] =
        [Self::Total, Self::Venue, Self::Instrument, Self::Account, Self::Pair, Self::Owner];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Total => "total",
            Self::Venue => "venue",
            Self::Instrument => "instrument",
            Self::Account => "account",
            Self::Pair => "pair",
            Self::Owner => "owner",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.name() == name)
    }
}

impl LimitRow {
    /// A row from outside text, checked. `value` is exact decimal text.
    pub fn parse(name: &str, scope: &str, id: &str, value: Option<&str>) -> Result<Self, LimitError> {
        let name = LimitName::parse(name).ok_or(LimitError::UnknownName)?;
        let scope = Scope::parse(scope).ok_or(LimitError::UnknownScope)?;
        let id = match (scope, id.is_empty()) {
            (Scope::Total, true) => Text::EMPTY,
            (Scope::Total, false) | (_, true) => return Err(LimitError::BadId),
            (_, false) => Text::new(id.as_bytes()).map_err(|_| LimitError::BadId)?,
        };
        let value = match value {
            None => None,
            Some(text) => Some(checked_value(name, text)?),
        };
        Ok(Self { key: LimitKey { name, scope, id }, value })
    }
}

fn checked_value(name: LimitName, text: &str) -> Result<Money, LimitError> {
    let value = Money::parse(text.as_bytes()).map_err(|_| LimitError::BadValue)?;
    let whole = value.0 % pow10(MONEY_DECIMALS) == 0;
    // Every limit must fit the flat form.
    let small = value.0 / pow10(MONEY_DECIMALS) <= 1_000_000_000_000_000;
    if value.0 < 0 || !small || (name.counts() && !whole) {
        return Err(LimitError::BadValue);
    }
    Ok(value)
}

impl LimitTable {
    /// Rows at most.
    pub const ROWS_MAX: usize = 10_000;

    /// Sets or clears (value `None`) one row.
    pub fn set(&mut self, row: LimitRow) -> Result<(), LimitError> {
        if self.rows.len() >= Self::ROWS_MAX && !self.rows.contains_key(&row.key) {
            return Err(LimitError::Full { limit: Self::ROWS_MAX });
        }
        self.rows.insert(row.key, row.value);
        let values = self.by_scope.entry((row.key.scope, row.key.id)).or_insert([None; LimitName::ALL.len()]);
        values[row.key.name as usize] = row.value;
        Ok(())
    }

    pub fn rows(&self) -> impl Iterator<Item = LimitRow> + '_ {
        self.rows.iter().map(|(key, value)| LimitRow { key: *key, value: *value })
    }

    /// The strictest value of `name` over every scope the order stands under.
    pub fn effective(&self, name: LimitName, ids: &ScopeIds<'_>) -> Option<Money> {
        self.covering(ids).strictest(name)
    }

    /// Every row that an order stands under, found once for all names.
    pub(super) fn covering(&self, ids: &ScopeIds<'_>) -> Covering<'_> {
        Covering(Scope::ALL.map(|scope| {
            let id = match scope {
                Scope::Total => Text::EMPTY,
                Scope::Venue => Text::new(ids.venue.as_bytes()).ok()?,
                Scope::Instrument => Text::new(ids.instrument.as_bytes()).ok()?,
                Scope::Account => Text::new(ids.account.as_bytes()).ok()?,
                Scope::Pair => Text::new(ids.pair.as_bytes()).ok()?,
                Scope::Owner => Text::new(ids.owner.as_bytes()).ok()?,
            };
            self.by_scope.get(&(scope, id))
        }))
    }

    /// Names without a total value: profile live refuses to start while there are any.
    pub fn unset(&self) -> Vec<LimitName> {
        let is_unset = |name: &LimitName| {
            let key = LimitKey { name: *name, scope: Scope::Total, id: Text::EMPTY };
            self.rows.get(&key).copied().flatten().is_none()
        };
        LimitName::ALL.into_iter().filter(|name| !name.optional()).filter(is_unset).collect()
    }

    pub fn digest(&self) -> u64 {
        self.rows().fold(0, |sum, row| {
            sum.wrapping_add(row_digest(|out| {
                push_field(out, row.key.name.name().as_bytes());
                push_field(out, row.key.scope.name().as_bytes());
                push_field(out, row.key.id.as_bytes());
                out.extend_from_slice(&row.value.map_or(-1, |value| value.0).to_le_bytes());
            }))
        })
    }
}

impl LimitError {
    pub const fn code(self) -> &'static str {
        match self {
            Self::UnknownName => "LIMIT_UNKNOWN_NAME",
            Self::UnknownScope => "LIMIT_UNKNOWN_SCOPE",
            Self::BadId => "LIMIT_BAD_ID",
            Self::BadValue => "LIMIT_BAD_VALUE",
            Self::Full { .. } => "LIMITS_FULL",
            Self::BadInstrument => "BAD_INSTRUMENT",
        }
    }
}

impl fmt::Display for LimitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl std::error::Error for LimitError {}

#[cfg(test)]
mod tests {
    use super::*;

    const IDS: ScopeIds<'static> = ScopeIds {
        venue: "binance",
        instrument: "binance:spot:BTCUSDT",
        account: "binance:main",
        pair: "",
        owner: "0",
    };

    fn set(table: &mut LimitTable, name: &str, scope: &str, id: &str, value: Option<&str>) {
        table.set(LimitRow::parse(name, scope, id, value).unwrap()).unwrap();
    }

    #[test]
    fn the_strictest_row_that_covers_the_order_holds() {
        let mut table = LimitTable::default();
        set(&mut table, "order_notional_max", "total", "", Some("5000"));
        set(&mut table, "order_notional_max", "instrument", "binance:spot:BTCUSDT", Some("2000.5"));
        set(&mut table, "order_notional_max", "instrument", "bybit:spot:BTCUSDT", Some("10"));
        set(&mut table, "order_notional_max", "venue", "binance", Some("9000"));
        let effective = |table: &LimitTable| table.effective(LimitName::OrderNotionalMax, &IDS);
        assert_eq!(effective(&table), Some(Money::parse(b"2000.5").unwrap()));
        set(&mut table, "order_notional_max", "instrument", "binance:spot:BTCUSDT", None);
        assert_eq!(effective(&table), Some(Money::parse(b"5000").unwrap()));
        assert_eq!(table.effective(LimitName::DailyLossMax, &IDS), None);
        assert!(!table.unset().contains(&LimitName::OrderNotionalMax));
        assert_eq!(table.unset().len(), 9);
    }

    #[test]
    fn outside_rows_are_checked() {
        let cases = [
            (("nonsense", "total", "", Some("1")), LimitError::UnknownName),
            (("daily_loss_max", "galaxy", "", Some("1")), LimitError::UnknownScope),
            (("daily_loss_max", "total", "x", Some("1")), LimitError::BadId),
            (("daily_loss_max", "venue", "", Some("1")), LimitError::BadId),
            (("daily_loss_max", "venue", "a b", Some("1")), LimitError::BadId),
            (("daily_loss_max", "total", "", Some("-1")), LimitError::BadValue),
            (("daily_loss_max", "total", "", Some("1e3")), LimitError::BadValue),
            (("order_rate_max", "total", "", Some("1.5")), LimitError::BadValue),
            (("order_rate_max", "total", "", Some("1000000000000001")), LimitError::BadValue),
        ];
        for ((name, scope, id, value), want) in cases {
            assert_eq!(LimitRow::parse(name, scope, id, value), Err(want), "{name} {scope} {value:?}");
        }
    }

    #[test]
    fn a_full_table_takes_changes_but_no_new_rows() {
        let mut table = LimitTable::default();
        for number in 0..LimitTable::ROWS_MAX {
            set(&mut table, "open_orders_max", "pair", &format!("p{number}"), Some("1"));
        }
        set(&mut table, "open_orders_max", "pair", "p7", Some("2"));
        let row = LimitRow::parse("open_orders_max", "total", "", Some("1")).unwrap();
        assert_eq!(table.set(row), Err(LimitError::Full { limit: LimitTable::ROWS_MAX }));
    }
}
