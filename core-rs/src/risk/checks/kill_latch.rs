//! Kill latch: HALT passes nothing, REDUCE_ONLY only price-bounded orders that shrink a residual or a position.

use super::{Check, Ctx, LatchMode};

pub(super) const CHECK: Check =
    Check { id: "KILL_LATCH", unit: "mode", limit: None, default: "open", numbers };

#[inline]
pub(super) const fn passes(ctx: &Ctx<'_>) -> bool {
    match ctx.facts.latch {
        LatchMode::Open => true,
        LatchMode::ReduceOnly => ctx.shrinks && ctx.intent.place.px.is_some(),
        LatchMode::Halt => false,
    }
}

#[cold]
fn numbers(ctx: &Ctx<'_>) -> (String, String) {
    let actual = match (ctx.intent.place.px.is_some(), ctx.shrinks) {
        (true, true) => "a shrinking order",
        (false, _) => "an order without a price bound",
        (true, false) => "an order that adds exposure",
    };
    (ctx.facts.latch.name().to_owned(), actual.to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Case, assert_cases};
    use super::*;
    use crate::units::Qty;

    #[test]
    fn a_latch_lets_through_only_what_its_mode_allows() {
        let shrinking = |case: &mut Case| case.facts.shrink_qty = case.intent.place.qty;
        let almost = |case: &mut Case| {
            case.facts.shrink_qty = Qty::new(case.intent.place.qty.get() - 1).unwrap();
        };
        assert_cases(
            CHECK.id,
            &[
                ("halt", &|c| c.facts.latch = LatchMode::Halt, Some(("halt", "an order that adds exposure"))),
                (
                    "halt stops shrinking too",
                    &|c| {
                        shrinking(c);
                        c.facts.latch = LatchMode::Halt;
                    },
                    Some(("halt", "a shrinking order")),
                ),
                (
                    "reduce only, adding",
                    &|c| {
                        almost(c);
                        c.facts.latch = LatchMode::ReduceOnly;
                    },
                    Some(("reduce_only", "an order that adds exposure")),
                ),
                (
                    "reduce only, shrinking",
                    &|c| {
                        shrinking(c);
                        c.facts.latch = LatchMode::ReduceOnly;
                    },
                    None,
                ),
                (
                    "reduce only, unbounded",
                    &|c| {
                        shrinking(c);
                        c.facts.latch = LatchMode::ReduceOnly;
                        c.intent.place.px = None;
                    },
                    Some(("reduce_only", "an order without a price bound")),
                ),
            ],
        );
    }
}
