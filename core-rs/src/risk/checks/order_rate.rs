//! Orders per second of the account; openings leave a fifth of the bucket to hedges.

use super::{Check, Ctx, LimitName, Purpose};

pub(super) const CHECK: Check = Check {
    id: "ORDER_RATE",
    unit: "orders/s",
    limit: Some(LimitName::OrderRateMax),
    default: "not limited",
    numbers,
};

#[inline]
pub(super) fn passes(ctx: &Ctx<'_>) -> bool {
    let hedge = matches!(ctx.intent.purpose, Purpose::Hedge);
    ctx.facts.rate.admits(ctx.facts.now, ctx.limits.rate_interval, hedge)
}

#[cold]
fn numbers(ctx: &Ctx<'_>) -> (String, String) {
    let interval = ctx.limits.rate_interval;
    let limit = if interval > 0 { 1_000_000_000 / interval } else { 0 };
    (limit.to_string(), (ctx.facts.rate.used(ctx.facts.now, interval) + 1).to_string())
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Case, assert_cases, ease};
    use super::*;

    fn spend(case: &mut Case, orders: usize) {
        for _ in 0..orders {
            case.facts.rate = case.facts.rate.taken(case.facts.now, case.limits.rate_interval);
        }
    }

    #[test]
    fn the_bucket_runs_dry_for_openings_first() {
        assert_cases(
            CHECK.id,
            &[
                ("eighth of ten", &|c| spend(c, 7), None),
                ("ninth of ten", &|c| spend(c, 8), Some(("10", "9"))),
                (
                    "tenth, hedge",
                    &|c| {
                        ease(c);
                        spend(c, 9);
                    },
                    None,
                ),
                (
                    "eleventh, hedge",
                    &|c| {
                        ease(c);
                        spend(c, 10);
                    },
                    Some(("10", "11")),
                ),
                ("zero admits nothing", &|c| c.limits.rate_interval = i64::MAX / 4, Some(("0", "1"))),
            ],
        );
    }
}
