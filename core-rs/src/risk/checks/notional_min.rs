//! px x qty reaches the instrument's least notional.

use super::{Check, Ctx, money_text};

pub(super) const CHECK: Check =
    Check { id: "NOTIONAL_MIN", unit: "quote", limit: None, default: "the instrument's minimum", numbers };

#[inline]
pub(super) const fn passes(ctx: &Ctx<'_>) -> bool {
    ctx.raw >= ctx.limits.notional_min_raw
}

#[cold]
fn numbers(ctx: &Ctx<'_>) -> (String, String) {
    (money_text(ctx.limits.money(ctx.limits.notional_min_raw).0), money_text(ctx.notional.0))
}

#[cfg(test)]
mod tests {
    use super::super::testing::assert_cases;
    use super::*;

    #[test]
    fn small_orders_are_refused_before_the_venue_does() {
        // The case's order is worth 68000 x 0.1 = 6800.
        assert_cases(
            CHECK.id,
            &[
                ("at the minimum", &|c| c.limits.notional_min_raw = 68_000_000_000, None),
                ("below it", &|c| c.limits.notional_min_raw = 68_000_000_001, Some(("6800.0000001", "6800"))),
            ],
        );
    }
}
