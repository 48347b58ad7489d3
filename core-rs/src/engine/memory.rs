//! How much of the settled past is kept. Simulations may keep less, so that they live to see it forgotten.

use super::booked::Booked;
use super::field::{FieldError, Fields};
use crate::order::Orders;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Memory {
    /// Orders with all that is known of them.
    pub orders: usize,
    /// Ids of settled orders that were forgotten.
    pub ids: usize,
    /// Keys of booked fills.
    pub fills: usize,
}

impl Default for Memory {
    fn default() -> Self {
        Self { orders: Orders::KEPT_MAX, ids: Orders::PAST_MAX, fills: Booked::KEPT_MAX }
    }
}

impl Memory {
    pub(super) fn read(top: Fields<'_>) -> Result<Self, FieldError> {
        let whole = Self::default();
        if top.get("memory").is_none() {
            return Ok(whole);
        }
        if top.str("mode") != Ok("SIM") {
            return Err(FieldError::new("memory", "is set in simulations only"));
        }
        let f = top.obj("memory")?.only(&["orders", "ids", "fills"])?;
        let size = |key: &str, most: usize| match f.get(key) {
            Some(_) => f.uint(key).map(|size| (size as usize).clamp(1, most)),
            None => Ok(most),
        };
        Ok(Self {
            orders: size("orders", whole.orders)?,
            ids: size("ids", whole.ids)?,
            fills: size("fills", whole.fills)?,
        })
    }
}
