//! Nothing is opened where our figures differ from the venue's and nobody has looked; what shrinks passes.

use super::{Check, Ctx};

pub(super) const CHECK: Check =
    Check { id: "RECON_DIFF", unit: "state", limit: None, default: "figures agree", numbers };

#[inline]
pub(super) const fn passes(ctx: &Ctx<'_>) -> bool {
    !ctx.facts.differs || ctx.shrinks
}

#[cold]
fn numbers(_: &Ctx<'_>) -> (String, String) {
    ("agreed".to_owned(), "differs from the venue, not acknowledged".to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_cases, shrink};
    use super::*;

    #[test]
    fn what_differs_and_nobody_has_looked_at_opens_nothing() {
        let refusal = Some(("agreed", "differs from the venue, not acknowledged"));
        assert_cases(
            CHECK.id,
            &[
                ("opens", &|c| c.facts.differs = true, refusal),
                (
                    "shrinks",
                    &|c| {
                        shrink(c);
                        c.facts.differs = true;
                    },
                    None,
                ),
            ],
        );
    }
}
