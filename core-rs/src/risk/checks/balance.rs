//! What the order would reserve is available: balance less reservations and margins.

use super::{Check, Ctx, money_text};

pub(super) const CHECK: Check =
    Check { id: "BALANCE", unit: "asset", limit: None, default: "the ledger's available balance", numbers };

#[inline]
pub(super) const fn passes(ctx: &Ctx<'_>) -> bool {
    ctx.facts.available.0 >= ctx.facts.needed.0 || ctx.facts.needed.0 <= 0
}

#[cold]
fn numbers(ctx: &Ctx<'_>) -> (String, String) {
    (money_text(ctx.facts.available.0), money_text(ctx.facts.needed.0))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_cases, money};
    use super::*;

    #[test]
    fn nothing_is_ordered_that_can_not_be_paid() {
        assert_cases(
            CHECK.id,
            &[
                ("just enough", &|c| c.facts.available = money("6806.8"), None),
                ("short", &|c| c.facts.available = money("6806.79"), Some(("6806.79", "6806.8"))),
                (
                    "nothing needed",
                    &|c| {
                        c.facts.available = money("-5");
                        c.facts.needed = money("0");
                    },
                    None,
                ),
            ],
        );
    }
}
