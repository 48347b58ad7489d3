//! The venue must accept orders for the instrument.

use super::{Check, Ctx};
use crate::market::InstrumentStatus;

pub(super) const CHECK: Check =
    Check { id: "INSTRUMENT_STATUS", unit: "status", limit: None, default: "trading", numbers };

#[inline]
pub(super) const fn passes(ctx: &Ctx<'_>) -> bool {
    matches!(ctx.limits.status, InstrumentStatus::Trading)
}

#[cold]
fn numbers(ctx: &Ctx<'_>) -> (String, String) {
    let status = match ctx.limits.status {
        InstrumentStatus::Trading => "trading",
        InstrumentStatus::CancelOnly => "cancel_only",
        InstrumentStatus::Halted => "halted",
    };
    ("trading".to_owned(), status.to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::testing::assert_cases;
    use super::*;

    #[test]
    fn only_a_trading_instrument_takes_orders() {
        assert_cases(
            CHECK.id,
            &[
                (
                    "cancel only",
                    &|c| c.limits.status = InstrumentStatus::CancelOnly,
                    Some(("trading", "cancel_only")),
                ),
                ("halted", &|c| c.limits.status = InstrumentStatus::Halted, Some(("trading", "halted"))),
            ],
        );
    }
}
