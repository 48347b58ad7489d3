//! The quantity is a multiple of the lot and within the instrument's least and greatest.

use super::{Check, Ctx, fixed_text};

pub(super) const CHECK: Check = Check {
    id: "QTY_FILTER",
    unit: "base",
    limit: None,
    default: "the instrument's lot, min and max",
    numbers,
};

#[inline]
pub(super) const fn passes(ctx: &Ctx<'_>) -> bool {
    ctx.qty > 0
        && ctx.qty >= ctx.limits.qty_min
        && ctx.qty <= ctx.limits.qty_max
        && ctx.limits.lot.divides(ctx.qty)
}

#[cold]
fn numbers(ctx: &Ctx<'_>) -> (String, String) {
    let text = |mantissa: i64| fixed_text(i128::from(mantissa), ctx.limits.qty_decimals);
    let (min, max, lot) = (ctx.limits.qty_min, ctx.limits.qty_max, ctx.limits.lot.step());
    let limit = format!("{}..{} step {}", text(min), text(max), text(lot));
    (limit, text(ctx.qty))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Case, assert_cases};
    use super::*;
    use crate::units::Qty;

    #[test]
    fn quantities_stand_on_the_lot_and_in_range() {
        let qty = |case: &mut Case, mantissa| case.intent.place.qty = Qty::new(mantissa).unwrap();
        let limit = "0.0002..100 step 0.0002";
        assert_cases(
            CHECK.id,
            &[
                ("zero", &|c| qty(c, 0), Some((limit, "0"))),
                ("off lot", &|c| qty(c, 10_010), Some((limit, "0.1001"))),
                ("on lot", &|c| qty(c, 10_020), None),
                (
                    "below min",
                    &|c| {
                        qty(c, 20);
                        c.limits.qty_min = 40;
                    },
                    Some(("0.0004..100 step 0.0002", "0.0002")),
                ),
                ("above max", &|c| qty(c, 10_000_020), Some((limit, "100.0002"))),
            ],
        );
    }
}
