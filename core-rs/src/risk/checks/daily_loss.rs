//! The day's loss is below the limit; past it only hedges that shrink go out.

use super::{Check, Ctx, LimitName, money_text};

pub(super) const CHECK: Check = Check {
    id: "DAILY_LOSS",
    unit: "quote",
    limit: Some(LimitName::DailyLossMax),
    default: "not limited",
    numbers,
};

#[inline]
pub(super) const fn passes(ctx: &Ctx<'_>) -> bool {
    ctx.facts.day_pnl.0 > ctx.limits.day_pnl_floor || ctx.eases
}

#[cold]
fn numbers(ctx: &Ctx<'_>) -> (String, String) {
    (money_text(-ctx.limits.day_pnl_floor), money_text(-ctx.facts.day_pnl.0))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_cases, ease, money};
    use super::*;

    #[test]
    fn a_day_of_losses_ends_the_day() {
        assert_cases(
            CHECK.id,
            &[
                ("short of it", &|c| c.facts.day_pnl = money("-999.99"), None),
                ("at the limit", &|c| c.facts.day_pnl = money("-1000"), Some(("1000", "1000"))),
                (
                    "at the limit, hedge",
                    &|c| {
                        ease(c);
                        c.facts.day_pnl = money("-1000");
                    },
                    None,
                ),
                (
                    "unset",
                    &|c| {
                        c.limits.day_pnl_floor = -i128::MAX;
                        c.facts.day_pnl = money("-99999");
                    },
                    None,
                ),
            ],
        );
    }
}
