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

const WHOLE: i64 = 10_000;
const NARROW_PX: i64 = 1 << 46;
const NARROW_BPS: i64 = 1 << 16;

#[inline]
pub(super) fn passes(ctx: &Ctx<'_>) -> bool {
    let own = &ctx.facts.book;
    match &ctx.facts.other {
        // Both collars at once: below the lower ask's, above the higher bid's.
        Some(other) if !ctx.eases || usable(ctx, other) => {
            sided(own) && sided(other) && inside(ctx, own.bid.max(other.bid), own.ask.min(other.ask))
        }
        Some(_) | None => sided(own) && inside(ctx, own.bid, own.ask),
    }
}

#[inline]
fn inside(ctx: &Ctx<'_>, bid: i64, ask: i64) -> bool {
    let (px, collar) = (ctx.px, ctx.limits.collar_bps);
    // All products below 2^63: the case of every real price, and free of 128-bit arithmetic.
    if (px | ask | bid) < NARROW_PX && collar < NARROW_BPS {
        return px > 0 && px * WHOLE <= ask * (WHOLE + collar) && px * WHOLE >= bid * (WHOLE - collar);
    }
    px > 0 && inside_wide(px, bid, ask, collar)
}

#[cold]
fn inside_wide(px: i64, bid: i64, ask: i64, collar: i64) -> bool {
    let [px, bid, ask, collar, whole] = [px, bid, ask, collar, WHOLE].map(i128::from);
    px * whole <= ask * (whole + collar) && px * whole >= bid * (whole - collar)
}

#[inline]
const fn sided(book: &BookFacts) -> bool {
    book.bid > 0 && book.bid < book.ask
}

#[inline]
const fn usable(ctx: &Ctx<'_>, book: &BookFacts) -> bool {
    book.synced && book.age_ns <= ctx.limits.book_age_max_ns && sided(book)
}

#[cold]
fn numbers(ctx: &Ctx<'_>) -> (String, String) {
    let text = |mantissa: i128| fixed_text(mantissa, ctx.limits.px_decimals);
    let book = match ctx.facts.other {
        Some(other) if sided(&ctx.facts.book) && inside(ctx, ctx.facts.book.bid, ctx.facts.book.ask) => other,
        Some(_) | None => ctx.facts.book,
    };
    let actual = if ctx.px > 0 { text(i128::from(ctx.px)) } else { "no price".to_owned() };
    if !sided(&book) {
        return ("a two-sided, uncrossed book".to_owned(), actual);
    }
    let whole = i128::from(WHOLE);
    let collar = i128::from(ctx.limits.collar_bps).min(whole);
    // Inner bounds: the least and greatest mantissas that pass.
    let low = (i128::from(book.bid) * (whole - collar) + whole - 1) / whole;
    let high = i128::from(book.ask) * (whole + i128::from(ctx.limits.collar_bps)) / whole;
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
