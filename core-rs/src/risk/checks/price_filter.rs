//! The price is a multiple of the instrument's tick; only market orders have none.

use super::{Check, Ctx, fixed_text};
use crate::order::OrderKind;

pub(super) const CHECK: Check =
    Check { id: "PRICE_FILTER", unit: "tick", limit: None, default: "the instrument's tick", numbers };

#[inline]
pub(super) const fn passes(ctx: &Ctx<'_>) -> bool {
    match (ctx.intent.place.px, ctx.intent.place.kind) {
        (Some(px), OrderKind::Limit) => ctx.limits.tick.divides(px.get()),
        (None, OrderKind::Market) => true,
        (Some(_), OrderKind::Market) | (None, OrderKind::Limit) => false,
    }
}

#[cold]
fn numbers(ctx: &Ctx<'_>) -> (String, String) {
    let text = |mantissa: i64| fixed_text(i128::from(mantissa), ctx.limits.px_decimals);
    let actual = ctx.intent.place.px.map_or_else(|| "no price".to_owned(), |px| text(px.get()));
    (text(ctx.limits.tick.step()), actual)
}

#[cfg(test)]
mod tests {
    use super::super::testing::assert_cases;
    use super::*;
    use crate::units::Price;

    #[test]
    fn prices_stand_on_the_tick() {
        assert_cases(
            CHECK.id,
            &[
                ("off tick", &|c| c.intent.place.px = Price::new(6_800_003).ok(), Some(("0.05", "68000.03"))),
                ("on tick", &|c| c.intent.place.px = Price::new(6_800_005).ok(), None),
                ("limit without price", &|c| c.intent.place.px = None, Some(("0.05", "no price"))),
                (
                    "market",
                    &|c| {
                        c.intent.place.px = None;
                        c.intent.place.kind = OrderKind::Market;
                    },
                    None,
                ),
                ("market with price", &|c| c.intent.place.kind = OrderKind::Market, Some(("0.05", "68000"))),
            ],
        );
    }
}
