//! Everything the gate compares with, flat: made once per (account, instrument, pair) when limits or filters change.

use super::divisor::Divisor;
use super::{LimitError, LimitName, LimitTable, OrderRate, ScopeIds};
use crate::market::{Instrument, InstrumentStatus};
use crate::units::{MONEY_DECIMALS, Money, Ns, pow10};

/// Filters and limits of one instrument for one account. An unset limit is the type's maximum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    pub(super) status: InstrumentStatus,
    pub(super) px_decimals: u8,
    pub(super) qty_decimals: u8,
    pub(super) tick: Divisor,
    pub(super) lot: Divisor,
    pub(super) qty_min: i64,
    pub(super) qty_max: i64,
    /// Raw notionals are price mantissa x quantity mantissa; times `scale` they are Money.
    pub(super) scale: u64,
    pub(super) notional_min_raw: i128,
    pub(super) order_notional_max_raw: i128,
    pub(super) position_symbol_max: i128,
    pub(super) position_venue_max: i128,
    pub(super) position_total_max: i128,
    /// The daily loss limit, negated: profit must be above it.
    pub(super) day_pnl_floor: i128,
    /// Time one order takes of the rate budget; 0 when unset.
    pub(super) rate_interval: Ns,
    pub(super) collar_bps: i64,
    pub(super) slippage_bps: i64,
    pub(super) book_age_max_ns: Ns,
    pub(super) open_orders_max: u32,
}

impl Limits {
    /// The strictest of every row that covers `ids`, with the instrument's filters.
    pub fn new(table: &LimitTable, instrument: &Instrument, ids: &ScopeIds<'_>) -> Result<Self, LimitError> {
        let spare = (instrument.px_decimals.saturating_add(instrument.qty_decimals) <= MONEY_DECIMALS)
            .then(|| MONEY_DECIMALS - instrument.px_decimals - instrument.qty_decimals)
            .ok_or(LimitError::BadInstrument)?;
        let scale = pow10(spare);
        let covering = table.covering(ids);
        let money = |name| covering.strictest(name).map_or(i128::MAX, |value| value.0);
        let whole = |name| covering.strictest(name).map(|value| (value.0 / pow10(MONEY_DECIMALS)) as i64);
        // Rounded against the order: the least raw notional that reaches the minimum, the greatest within the maximum.
        let notional_min_raw = (instrument.notional_min.0 + (scale - 1)) / scale;
        Ok(Self {
            status: instrument.status,
            px_decimals: instrument.px_decimals,
            qty_decimals: instrument.qty_decimals,
            tick: Divisor::new(instrument.tick).ok_or(LimitError::BadInstrument)?,
            lot: Divisor::new(instrument.lot).ok_or(LimitError::BadInstrument)?,
            qty_min: instrument.qty_min.get(),
            qty_max: instrument.qty_max.get(),
            scale: scale as u64,
            notional_min_raw,
            order_notional_max_raw: money(LimitName::OrderNotionalMax) / scale,
            position_symbol_max: money(LimitName::PositionSymbolMax),
            position_venue_max: money(LimitName::PositionVenueMax),
            position_total_max: money(LimitName::PositionTotalMax),
            day_pnl_floor: -money(LimitName::DailyLossMax),
            rate_interval: whole(LimitName::OrderRateMax).map_or(0, |rate| match rate {
                // A rate of zero admits nothing: one order takes longer than the bucket is deep.
                0 => Ns::MAX / 4,
                rate => OrderRate::interval(rate),
            }),
            collar_bps: whole(LimitName::PriceCollarBps).unwrap_or(i64::MAX),
            slippage_bps: whole(LimitName::SlippageMaxBps).unwrap_or(i64::MAX),
            book_age_max_ns: whole(LimitName::BookAgeMaxMs)
                .map_or(Ns::MAX, |ms| ms.saturating_mul(1_000_000)),
            open_orders_max: whole(LimitName::OpenOrdersMax)
                .map_or(u32::MAX, |count| u32::try_from(count).unwrap_or(u32::MAX)),
        })
    }

    /// Most that may be at risk in an instrument, at a venue and in all, quote units, by the check's id.
    pub const fn position_maxima(&self) -> [(&'static str, i128); 3] {
        [
            ("POSITION_SYMBOL", self.position_symbol_max),
            ("POSITION_VENUE", self.position_venue_max),
            ("POSITION_TOTAL", self.position_total_max),
        ]
    }

    /// Age of a book above which nothing is opened on it.
    pub const fn book_age_max(&self) -> Ns {
        self.book_age_max_ns
    }

    /// The owner's greatest order, quote units; `None` when unset.
    pub fn order_notional_max(&self) -> Option<Money> {
        (self.order_notional_max_raw < i128::MAX).then(|| self.money(self.order_notional_max_raw))
    }

    /// The rate budget's step, for [`OrderRate::taken`] after an approved order.
    pub const fn rate_interval(&self) -> Ns {
        self.rate_interval
    }

    /// `raw * scale` as Money, saturating.
    #[inline]
    pub(super) fn money(&self, raw: i128) -> Money {
        let (raw, scale) = (raw as u128, u128::from(self.scale));
        let low = (raw & u128::from(u64::MAX)) * scale;
        let high = (raw >> 64) * scale + (low >> 64);
        if high >> 63 != 0 {
            return Money(i128::MAX);
        }
        Money(((high << 64) | (low & u128::from(u64::MAX))) as i128)
    }
}
