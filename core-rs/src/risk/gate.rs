//! The gate itself: runs the table, first refusal wins. `Approved` has no other maker.

use super::checks::{Ctx, first_refusal};
use super::{Facts, Intent, Limits};

/// An order that passed every check. Only [`gate`] builds one:
///
/// ```compile_fail
/// let forged = tidegate_core::risk::Approved(1);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct Approved<T>(T);

impl<T> Approved<T> {
    pub const fn get(&self) -> &T {
        &self.0
    }

    pub fn into_inner(self) -> T {
        self.0
    }
}

/// A refusal with its numbers as exact text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denial {
    /// The check's id: `PRICE_COLLAR`.
    pub check: &'static str,
    pub limit: String,
    pub actual: String,
    pub unit: &'static str,
}

/// Runs every check in the order of the table. No allocation unless refused.
#[inline]
pub fn gate(intent: Intent, facts: &Facts, limits: &Limits) -> Result<Approved<Intent>, Denial> {
    match first_refusal(&Ctx::new(&intent, facts, limits)) {
        None => Ok(Approved(intent)),
        Some(check) => Err(refused(check, &intent, facts, limits)),
    }
}

#[cold]
fn refused(check: &super::Check, intent: &Intent, facts: &Facts, limits: &Limits) -> Denial {
    let (limit, actual) = (check.numbers)(&Ctx::new(intent, facts, limits));
    Denial { check: check.id, limit, actual, unit: check.unit }
}
