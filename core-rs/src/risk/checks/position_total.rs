//! With this order, all worst-case positions stay within the owner's limit: held, in flight and unknown all counted.

use super::{Check, Ctx, LimitName, money_text};

pub(super) const CHECK: Check = Check {
    id: "POSITION_TOTAL",
    unit: "quote",
    limit: Some(LimitName::PositionTotalMax),
    default: "not limited",
    numbers,
};

#[inline]
pub(super) const fn passes(ctx: &Ctx<'_>) -> bool {
    ctx.fits(ctx.facts.position_total, ctx.limits.position_total_max)
}

#[cold]
fn numbers(ctx: &Ctx<'_>) -> (String, String) {
    (money_text(ctx.limits.position_total_max), ctx.with_order(ctx.facts.position_total))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_cases, money, shrink};
    use super::*;

    #[test]
    fn what_is_held_and_in_flight_and_this_order_stay_within_the_limit() {
        // The case's order is worth 6800 of a limit of 100000.
        assert_cases(
            CHECK.id,
            &[
                ("at the limit", &|c| c.facts.position_total = money("93200"), None),
                ("past it", &|c| c.facts.position_total = money("93200.01"), Some(("100000", "100000.01"))),
                (
                    "past it, but shrinking",
                    &|c| {
                        shrink(c);
                        c.facts.position_total = money("200000");
                    },
                    None,
                ),
                (
                    "unset",
                    &|c| {
                        c.limits.position_total_max = i128::MAX;
                        c.facts.position_total = money("999999999999");
                    },
                    None,
                ),
            ],
        );
    }
}
