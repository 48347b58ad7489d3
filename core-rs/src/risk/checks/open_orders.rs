//! The account's unsettled orders, this one counted, stay within the limit. A shrinking hedge may always go.

use super::{Check, Ctx, LimitName};

pub(super) const CHECK: Check = Check {
    id: "OPEN_ORDERS",
    unit: "orders",
    limit: Some(LimitName::OpenOrdersMax),
    default: "not limited here; the arena's own bound holds",
    numbers,
};

#[inline]
pub(super) const fn passes(ctx: &Ctx<'_>) -> bool {
    ctx.facts.open_orders < ctx.limits.open_orders_max || ctx.eases
}

#[cold]
fn numbers(ctx: &Ctx<'_>) -> (String, String) {
    (ctx.limits.open_orders_max.to_string(), (u64::from(ctx.facts.open_orders) + 1).to_string())
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_cases, ease};
    use super::*;

    #[test]
    fn open_orders_are_counted() {
        assert_cases(
            CHECK.id,
            &[
                ("the last free place", &|c| c.facts.open_orders = 19, None),
                ("none free", &|c| c.facts.open_orders = 20, Some(("20", "21"))),
                (
                    "none free, hedge",
                    &|c| {
                        ease(c);
                        c.facts.open_orders = 20;
                    },
                    None,
                ),
            ],
        );
    }
}
