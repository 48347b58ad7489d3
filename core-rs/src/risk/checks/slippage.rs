//! The average price at the order's size stays near the best price. Resting orders and shrinking hedges have none.

use super::{Check, Ctx, LimitName, Side};

pub(super) const CHECK: Check = Check {
    id: "SLIPPAGE",
    unit: "bps",
    limit: Some(LimitName::SlippageMaxBps),
    default: "not limited, but depth for the whole quantity is required",
    numbers,
};

const WHOLE: i128 = 10_000;

#[inline]
pub(super) fn passes(ctx: &Ctx<'_>) -> bool {
    if ctx.eases || !takes(ctx) {
        return true;
    }
    let Some(walk) = ctx.facts.walk else { return false };
    let best = i128::from(ctx.opposite_best()) * i128::from(ctx.qty);
    // Neither is negative, so the difference stays in range.
    let off = match ctx.intent.place.side {
        Side::Buy => walk.notional.wrapping_sub(best),
        Side::Sell => best.wrapping_sub(walk.notional),
    };
    if off <= 0 || ctx.limits.slippage_bps == i64::MAX {
        return true;
    }
    // The usual sizes multiply in one instruction; the widest ones saturate.
    if (off | best) >> 64 == 0 {
        return u128::from(off as u64) * WHOLE as u128
            <= u128::from(best as u64) * u128::from(ctx.limits.slippage_bps as u64);
    }
    within_wide(off, best, ctx.limits.slippage_bps)
}

#[cold]
fn within_wide(off: i128, best: i128, max: i64) -> bool {
    off.saturating_mul(WHOLE) <= best.saturating_mul(i128::from(max))
}

/// Whether the order reaches the other side of its book.
#[inline]
const fn takes(ctx: &Ctx<'_>) -> bool {
    match (ctx.intent.place.px, ctx.intent.place.side) {
        (None, _) => true,
        (Some(px), Side::Buy) => px.get() >= ctx.facts.book.ask,
        (Some(px), Side::Sell) => px.get() <= ctx.facts.book.bid,
    }
}

#[cold]
fn numbers(ctx: &Ctx<'_>) -> (String, String) {
    let limit = ctx.limits.slippage_bps.to_string();
    let Some(walk) = ctx.facts.walk else { return (limit, "depth is short".to_owned()) };
    let best = i128::from(ctx.opposite_best()) * i128::from(ctx.qty);
    let off = (walk.notional - best).unsigned_abs();
    let bps = crate::units::mul_div(off as i128, 100 * WHOLE, best.max(1)).unwrap_or(i128::MAX);
    (limit, super::fixed_text(bps, 2))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_cases, ease, price, sell, walk};
    use super::*;

    #[test]
    fn the_average_at_size_stays_near_the_top() {
        // Limit 5 bps; buying 0.1 at best 68000.00: 6800.00 raw 68_000_000_000, room 34_000_000.
        assert_cases(
            CHECK.id,
            &[
                ("at the limit", &|c| walk(c, 68_034_000_000), None),
                ("past it", &|c| walk(c, 68_034_000_001), Some(("5", "5"))),
                ("far past it", &|c| walk(c, 68_100_000_000), Some(("5", "14.7"))),
                ("short depth", &|c| c.facts.walk = None, Some(("5", "depth is short"))),
                (
                    "short depth, hedge",
                    &|c| {
                        ease(c);
                        c.facts.walk = None;
                    },
                    None,
                ),
                (
                    "resting",
                    &|c| {
                        price(c, 6_799_995);
                        c.facts.walk = None;
                    },
                    None,
                ),
                (
                    "sell, at the limit",
                    &|c| {
                        sell(c);
                        walk(c, 67_965_000_500);
                    },
                    None,
                ),
                (
                    "sell, past it",
                    &|c| {
                        sell(c);
                        walk(c, 67_965_000_499);
                    },
                    Some(("5", "5")),
                ),
                (
                    "unset",
                    &|c| {
                        c.limits.slippage_bps = i64::MAX;
                        walk(c, 99_000_000_000);
                    },
                    None,
                ),
            ],
        );
    }
}
