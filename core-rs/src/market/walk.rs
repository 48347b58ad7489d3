//! The depth walk: what a quantity costs or yields at once. Exact.

use super::Level;
use crate::units::{Price, Qty};

/// A quantity taken from one side of a book.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Walk {
    /// Sum of price times quantity, mantissa at `px_decimals + qty_decimals`.
    pub notional: i128,
    /// The last price touched: the bound that an order for this quantity needs.
    pub worst: Price,
}

/// Takes `qty` from `levels` (best first). `None` when the depth is short or the quantity is zero.
#[inline]
pub fn walk(levels: impl IntoIterator<Item = Level>, qty: Qty) -> Option<Walk> {
    let mut rest = qty.get();
    let mut notional: i128 = 0;
    if rest == 0 {
        return None;
    }
    for level in levels {
        let take = level.qty.min(rest);
        notional = notional.checked_add(i128::from(level.px) * i128::from(take))?;
        rest -= take;
        if rest == 0 {
            return Some(Walk { notional, worst: Price::new(level.px).ok()? });
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_walk_takes_levels_from_the_best_until_the_quantity_is_there() {
        let levels = [Level { px: 100, qty: 5 }, Level { px: 102, qty: 3 }, Level { px: 110, qty: 9 }];
        let cases = [
            (0, None),
            (1, Some((100, 100))),
            (5, Some((500, 100))),
            (6, Some((602, 102))),
            (17, Some((500 + 306 + 990, 110))),
            (18, None),
        ];
        for (qty, want) in cases {
            let got = walk(levels, Qty::new(qty).unwrap());
            assert_eq!(got.map(|w| (w.notional, w.worst.get())), want, "{qty}");
        }
        assert_eq!(walk([], Qty::new(1).unwrap()), None);
    }
}
