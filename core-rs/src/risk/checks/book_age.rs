//! Both legs' books must have been heard of lately; a hedge needs its own book only.

use super::{Check, Ctx, LimitName, fixed_text};
use crate::units::Ns;

pub(super) const CHECK: Check = Check {
    id: "BOOK_AGE",
    unit: "ms",
    limit: Some(LimitName::BookAgeMaxMs),
    default: "not limited here; the book's own stale limit holds",
    numbers,
};

#[inline]
pub(super) const fn passes(ctx: &Ctx<'_>) -> bool {
    oldest(ctx) <= ctx.limits.book_age_max_ns
}

#[inline]
const fn oldest(ctx: &Ctx<'_>) -> Ns {
    match ctx.facts.other {
        Some(other) if !ctx.eases && other.age_ns > ctx.facts.book.age_ns => other.age_ns,
        Some(_) | None => ctx.facts.book.age_ns,
    }
}

#[cold]
fn numbers(ctx: &Ctx<'_>) -> (String, String) {
    let ms = |ns: Ns| fixed_text(i128::from(ns), 6);
    (ms(ctx.limits.book_age_max_ns), ms(oldest(ctx)))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_cases, ease};
    use super::*;

    #[test]
    fn an_old_book_gives_no_price() {
        assert_cases(
            CHECK.id,
            &[
                ("own at the limit", &|c| c.facts.book.age_ns = 500_000_000, None),
                ("own past it", &|c| c.facts.book.age_ns = 500_000_001, Some(("500", "500.000001"))),
                ("other past it", &|c| c.other().age_ns = 700_000_000, Some(("500", "700"))),
                (
                    "other past it, hedge",
                    &|c| {
                        ease(c);
                        c.other().age_ns = 700_000_000;
                    },
                    None,
                ),
                (
                    "unset",
                    &|c| {
                        c.limits.book_age_max_ns = Ns::MAX;
                        c.facts.book.age_ns = Ns::MAX;
                    },
                    None,
                ),
            ],
        );
    }
}
