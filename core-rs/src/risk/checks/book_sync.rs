//! Both legs' books must be synced; a hedge needs its own book only, for the other venue may be the one that failed.

use super::{Check, Ctx};

pub(super) const CHECK: Check =
    Check { id: "BOOK_SYNC", unit: "state", limit: None, default: "synced", numbers };

#[inline]
pub(super) const fn passes(ctx: &Ctx<'_>) -> bool {
    ctx.facts.book.synced
        && match ctx.facts.other {
            Some(other) => other.synced || ctx.eases,
            None => true,
        }
}

#[cold]
fn numbers(ctx: &Ctx<'_>) -> (String, String) {
    let which = if ctx.facts.book.synced { "the other leg's book is unsynced" } else { "unsynced" };
    ("synced".to_owned(), which.to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_cases, ease};
    use super::*;

    #[test]
    fn no_order_is_priced_from_an_unsynced_book() {
        assert_cases(
            CHECK.id,
            &[
                ("own", &|c| c.facts.book.synced = false, Some(("synced", "unsynced"))),
                (
                    "own, hedge",
                    &|c| {
                        ease(c);
                        c.facts.book.synced = false;
                    },
                    Some(("synced", "unsynced")),
                ),
                (
                    "other",
                    &|c| c.other().synced = false,
                    Some(("synced", "the other leg's book is unsynced")),
                ),
                (
                    "other, hedge",
                    &|c| {
                        ease(c);
                        c.other().synced = false;
                    },
                    None,
                ),
                ("no other", &|c| c.facts.other = None, None),
            ],
        );
    }
}
