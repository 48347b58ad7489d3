//! The table of checks. A check is one file: its `CHECK` row, `passes` (hot: no division, no allocation) and the
//! numbers of a refusal (cold). Adding one = that file and its name in the table, in the order of running.

use super::{Facts, Intent, LatchMode, LimitName, Limits, Purpose};
use crate::units::{MONEY_DECIMALS, Money, Side, push_plain};

/// One row of the table, as the UI lists it.
#[derive(Debug)]
pub struct Check {
    /// Stable id, in refusals and metrics.
    pub id: &'static str,
    pub unit: &'static str,
    /// The owner's limit it reads; `None` when the instrument, the book or the ledger sets the bound.
    pub limit: Option<LimitName>,
    /// What holds while nobody sets the limit.
    pub default: &'static str,
    /// (limit, actual) of a refusal as exact text.
    pub(super) numbers: fn(&Ctx<'_>) -> (String, String),
}

macro_rules! table {
    ($($name:ident),+ $(,)?) => {
        $(mod $name;)+

        /// Every check, in the order of running.
        pub const CHECKS: &[Check] = &[$($name::CHECK),+];

        /// The first check that refuses. Unrolled: no calls through pointers on the way that passes.
        #[inline]
        pub(super) fn first_refusal(ctx: &Ctx<'_>) -> Option<&'static Check> {
            $(if !$name::passes(ctx) {
                const CHECK: &Check = &$name::CHECK;
                return Some(CHECK);
            })+
            None
        }
    };
}

table! {
    kill_latch,
    instrument_status,
    recon_diff,
    book_sync,
    book_age,
    price_filter,
    qty_filter,
    notional_min,
    order_notional,
    price_collar,
    slippage,
    position_symbol,
    position_venue,
    position_total,
    pair_amount,
    daily_loss,
    open_orders,
    order_rate,
    balance,
}

/// The intent with what several checks need, worked out once.
pub(super) struct Ctx<'a> {
    intent: &'a Intent,
    facts: &'a Facts,
    limits: &'a Limits,
    qty: i64,
    /// The bound of a limit order, else the worst price the book gives at this size; 0 when there is none.
    px: i64,
    /// px x qty, unscaled.
    raw: i128,
    /// The same as Money, saturated.
    notional: Money,
    /// Only shrinks a residual or a position.
    shrinks: bool,
    /// A hedge that shrinks: passes what only guards new exposure.
    eases: bool,
}

impl<'a> Ctx<'a> {
    #[inline]
    pub(super) fn new(intent: &'a Intent, facts: &'a Facts, limits: &'a Limits) -> Self {
        let qty = intent.place.qty.get();
        let px = match (intent.place.px, facts.walk) {
            (Some(px), _) => px.get(),
            (None, Some(walk)) => walk.worst.get(),
            (None, None) => 0,
        };
        let raw = i128::from(px) * i128::from(qty);
        let shrinks = intent.place.qty <= facts.shrink_qty;
        let eases = shrinks && intent.purpose == Purpose::Hedge;
        Self { intent, facts, limits, qty, px, raw, notional: limits.money(raw), shrinks, eases }
    }

    /// Best price an order of this side would take; 0 when there is none.
    #[inline]
    const fn opposite_best(&self) -> i64 {
        match self.intent.place.side {
            Side::Buy => self.facts.book.ask,
            Side::Sell => self.facts.book.bid,
        }
    }

    /// Whether exposure plus this order stays within the limit.
    #[inline]
    const fn fits(&self, exposure: Money, limit: i128) -> bool {
        // None of the three is negative, so a sum past i128 reads as one above every limit.
        self.shrinks || exposure.0.wrapping_add(self.notional.0) as u128 <= limit as u128
    }

    fn with_order(&self, exposure: Money) -> String {
        money_text(exposure.0.saturating_add(self.notional.0))
    }
}

fn money_text(mantissa: i128) -> String {
    fixed_text(mantissa, MONEY_DECIMALS)
}

fn fixed_text(mantissa: i128, decimals: u8) -> String {
    let mut text = Vec::with_capacity(24);
    push_plain(&mut text, mantissa, decimals);
    String::from_utf8(text).unwrap_or_default()
}

#[cfg(test)]
pub(super) mod testing;
