//! px x qty stays within the owner's greatest order.

use super::{Check, Ctx, LimitName, money_text};

pub(super) const CHECK: Check = Check {
    id: "ORDER_NOTIONAL",
    unit: "quote",
    limit: Some(LimitName::OrderNotionalMax),
    default: "not limited",
    numbers,
};

#[inline]
pub(super) const fn passes(ctx: &Ctx<'_>) -> bool {
    ctx.raw <= ctx.limits.order_notional_max_raw
}

#[cold]
fn numbers(ctx: &Ctx<'_>) -> (String, String) {
    (money_text(ctx.limits.money(ctx.limits.order_notional_max_raw).0), money_text(ctx.notional.0))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_cases, ease};
    use super::*;

    #[test]
    fn a_fat_finger_stops_here_hedge_or_not() {
        assert_cases(
            CHECK.id,
            &[
                ("at the limit", &|c| c.limits.order_notional_max_raw = 68_000_000_000, None),
                (
                    "past it",
                    &|c| c.limits.order_notional_max_raw = 67_999_999_999,
                    Some(("6799.9999999", "6800")),
                ),
                (
                    "hedge",
                    &|c| {
                        ease(c);
                        c.limits.order_notional_max_raw = 1;
                    },
                    Some(("0.0000001", "6800")),
                ),
            ],
        );
    }
}
