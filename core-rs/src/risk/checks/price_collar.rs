//! The price lies within the collar around both books' best prices. No usable reference, no order.
//!
//! A book's collar runs from `bid * (1 - c)` to `ask * (1 + c)`. A hedge is held to its own book, and to the other
//! only while that one is synced and fresh.

use super::{Check, Ctx, LimitName, fixed_text};
use crate::risk::BookFacts;

pub(super) const CHECK: Check = Check {
    id: "PRICE_COLLAR",
    unit: "price",
    limit: Some(LimitName::PriceCollarBps),
    default: "not limited, but a two-sided, uncrossed book is required",
    numbers,
};

const WHOLE: i128 = 10_000;

#[inline]
pub(super) fn passes(ctx: &Ctx<'_>) -> bool {
    inside(ctx, &ctx.facts.book)
        && match &ctx.facts.other {
            Some(other) => inside(ctx, other) || (ctx.eases && !usable(ctx, other)),
            None => true,
        }
}

#[inline]
fn inside(ctx: &Ctx<'_>, book: &BookFacts) -> bool {
    let (bid, ask, px) = (i128::from(book.bid), i128::from(book.ask), i128::from(ctx.px));
    let collar = i128::from(ctx.limits.collar_bps);
    ctx.px > 0
        && book.bid > 0
        && book.bid < book.ask
        && px * WHOLE <= ask * (WHOLE + collar)
        && px * WHOLE >= bid * (WHOLE - collar)
}

#[inline]
const fn usable(ctx: &Ctx<'_>, book: &BookFacts) -> bool {
    book.synced && book.age_ns <= ctx.limits.book_age_max_ns && book.bid > 0 && book.bid < book.ask
}

#[cold]
fn numbers(ctx: &Ctx<'_>) -> (String, String) {
    let text = |mantissa: i128| fixed_text(mantissa, ctx.limits.px_decimals);
    let book = match ctx.facts.other {
        Some(other) if inside(ctx, &ctx.facts.book) => other,
        Some(_) | None => ctx.facts.book,
    };
    let actual = if ctx.px > 0 { text(i128::from(ctx.px)) } else { "no price".to_owned() };
    if book.bid <= 0 || book.bid >= book.ask {
        return ("a two-sided, uncrossed book".to_owned(), actual);
    }
    let collar = i128::from(ctx.limits.collar_bps).min(WHOLE);
    // Inner bounds: the least and greatest mantissas that pass.
    let low = (i128::from(book.bid) * (WHOLE - collar) + WHOLE - 1) / WHOLE;
    let high = i128::from(book.ask) * (WHOLE + i128::from(ctx.limits.collar_bps)) / WHOLE;
    (format!("{}..{}", text(low), text(high)), actual)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_cases, ease, price};
    use super::*;

    #[test]
    fn prices_outside_either_books_collar_are_refused() {
        // Collar 100 bps; own book 67999.00/68000.00, other 68010.00/68011.00.
        let own = "67319.01..68680";
        assert_cases(
            CHECK.id,
            &[
                ("top of the own collar", &|c| price(c, 6_868_000), None),
                ("above it", &|c| price(c, 6_868_005), Some((own, "68680.05"))),
                ("bottom of the other collar", &|c| price(c, 6_732_990), None),
                ("below it", &|c| price(c, 6_732_985), Some(("67329.9..68691.11", "67329.85"))),
                ("own book empty", &|c| c.facts.book.bid = 0, Some(("a two-sided, uncrossed book", "68000"))),
                (
                    "own book crossed",
                    &|c| c.facts.book.bid = 6_800_000,
                    Some(("a two-sided, uncrossed book", "68000")),
                ),
                ("other book empty", &|c| c.other().ask = 0, Some(("a two-sided, uncrossed book", "68000"))),
                (
                    "other book empty, hedge",
                    &|c| {
                        ease(c);
                        c.other().ask = 0;
                    },
                    None,
                ),
                (
                    "other book stale and far, hedge",
                    &|c| {
                        ease(c);
                        c.other().age_ns = i64::MAX;
                        c.other().ask = 1;
                    },
                    None,
                ),
                (
                    "other book fresh and far, hedge",
                    &|c| {
                        ease(c);
                        c.other().bid = 1;
                        c.other().ask = 2;
                    },
                    Some(("0.01..0.02", "68000")),
                ),
                (
                    "unset",
                    &|c| {
                        c.limits.collar_bps = i64::MAX;
                        price(c, 9_999_995);
                    },
                    None,
                ),
            ],
        );
    }
}
