//! The gross quote a pair has opened, in flight included, stays within its cumulative cap.

use super::{Check, Ctx, money_text};

pub(super) const CHECK: Check =
    Check { id: "PAIR_AMOUNT", unit: "quote", limit: None, default: "the pair's totalAmount", numbers };

#[inline]
pub(super) const fn passes(ctx: &Ctx<'_>) -> bool {
    match ctx.facts.pair_cap {
        Some(cap) => ctx.fits(ctx.facts.pair_used, cap.0),
        None => true,
    }
}

#[cold]
fn numbers(ctx: &Ctx<'_>) -> (String, String) {
    let cap = ctx.facts.pair_cap.map_or(i128::MAX, |cap| cap.0);
    (money_text(cap), ctx.with_order(ctx.facts.pair_used))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_cases, money, shrink};
    use super::*;

    #[test]
    fn a_pair_stops_at_its_cap_and_offsetting_orders_pass() {
        assert_cases(
            CHECK.id,
            &[
                ("at the cap", &|c| c.facts.pair_used = money("43200"), None),
                ("past it", &|c| c.facts.pair_used = money("43201"), Some(("50000", "50001"))),
                (
                    "past it, offsetting",
                    &|c| {
                        shrink(c);
                        c.facts.pair_used = money("60000");
                    },
                    None,
                ),
                (
                    "of no pair",
                    &|c| {
                        c.facts.pair_cap = None;
                        c.facts.pair_used = money("60000");
                    },
                    None,
                ),
            ],
        );
    }
}
