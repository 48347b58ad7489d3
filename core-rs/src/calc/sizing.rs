//! Sizes that two instruments can trade equally: the common lattice of their lots.

use crate::units::{MONEY_DECIMALS, Money, Qty, mul_div_half_even, pow10};
use core::fmt;

/// What one instrument asks of a quantity. Mantissas at `qty_decimals`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grid {
    pub qty_decimals: u8,
    /// Step > 0.
    pub lot: i64,
    pub qty_min: Qty,
    pub qty_max: Qty,
    pub notional_min: Money,
}

/// One base quantity, as each instrument writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PairQty {
    pub base: Money,
    pub a: Qty,
    pub b: Qty,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SizingError {
    /// A lot of zero or below, or more than 18 decimals.
    BadGrid,
    /// The lots have no common multiple that fits.
    NoCommonLot,
    /// The wanted quantity is below one common lot, a minimum quantity or a minimum notional.
    TooSmall,
}

/// Least base amount that is a whole number of lots on both instruments.
pub fn common_lot(a: &Grid, b: &Grid) -> Result<Money, SizingError> {
    let (a, b) = (lot(a)?, lot(b)?);
    (a / gcd(a, b)).checked_mul(b).map(Money).ok_or(SizingError::NoCommonLot)
}

/// Largest quantity <= `want` that both instruments accept at prices `px_a` and `px_b`.
pub fn fit_qty(want: Money, a: &Grid, px_a: Money, b: &Grid, px_b: Money) -> Result<PairQty, SizingError> {
    let step = common_lot(a, b)?.0;
    let most = want.0.min(base(a.qty_max, a)?).min(base(b.qty_max, b)?);
    let fitted = most.max(0) / step * step;
    for (grid, px) in [(a, px_a), (b, px_b)] {
        let notional = mul_div_half_even(px.0, fitted, pow10(MONEY_DECIMALS)).ok_or(SizingError::BadGrid)?;
        if fitted <= 0 || fitted < base(grid.qty_min, grid)? || notional < grid.notional_min.0 {
            return Err(SizingError::TooSmall);
        }
    }
    Ok(PairQty { base: Money(fitted), a: qty(fitted, a)?, b: qty(fitted, b)? })
}

fn unit(grid: &Grid) -> Result<i128, SizingError> {
    MONEY_DECIMALS.checked_sub(grid.qty_decimals).map(pow10).ok_or(SizingError::BadGrid)
}

fn lot(grid: &Grid) -> Result<i128, SizingError> {
    if grid.lot > 0 { Ok(i128::from(grid.lot) * unit(grid)?) } else { Err(SizingError::BadGrid) }
}

fn base(qty: Qty, grid: &Grid) -> Result<i128, SizingError> {
    Ok(i128::from(qty.get()) * unit(grid)?)
}

fn qty(base: i128, grid: &Grid) -> Result<Qty, SizingError> {
    i64::try_from(base / unit(grid)?).ok().and_then(|q| Qty::new(q).ok()).ok_or(SizingError::BadGrid)
}

fn gcd(mut a: i128, mut b: i128) -> i128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

impl SizingError {
    pub const fn code(self) -> &'static str {
        match self {
            Self::BadGrid => "BAD_GRID",
            Self::NoCommonLot => "NO_COMMON_LOT",
            Self::TooSmall => "TOO_SMALL",
        }
    }
}

impl fmt::Display for SizingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl std::error::Error for SizingError {}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn grid(qty_decimals: u8, lot: i64, min: i64, max: i64, notional: &str) -> Grid {
        let notional_min = Money::parse(notional.as_bytes()).unwrap();
        Grid {
            qty_decimals,
            lot,
            qty_min: Qty::new(min).unwrap(),
            qty_max: Qty::new(max).unwrap(),
            notional_min,
        }
    }

    #[test]
    fn sizes_by_hand() {
        let money = |text: &str| Money::parse(text.as_bytes()).unwrap();
        let spot = grid(5, 1, 1, 900_000_000, "5");
        let perp = grid(3, 1, 1, 1_000_000, "100");
        let odd = grid(4, 15, 15, 15_000, "1");
        assert_eq!(common_lot(&spot, &perp), Ok(money("0.001")));
        assert_eq!(common_lot(&perp, &odd), Ok(money("0.003")));
        let fit = |want: &str, a: &Grid, b: &Grid| {
            fit_qty(money(want), a, money("50000"), b, money("50010")).map(|q| (q.a.get(), q.b.get()))
        };
        assert_eq!(fit("0.12345", &spot, &perp), Ok((12_300, 123)));
        assert_eq!(fit("0.0019", &spot, &perp), Err(SizingError::TooSmall));
        assert_eq!(fit("0.002", &spot, &perp), Ok((200, 2)));
        assert_eq!(fit("7", &perp, &odd), Ok((1_500, 15_000)));
        assert_eq!(fit("-1", &spot, &perp), Err(SizingError::TooSmall));
        assert_eq!(common_lot(&grid(5, 0, 1, 1, "1"), &perp), Err(SizingError::BadGrid));
        assert_eq!(common_lot(&grid(19, 1, 1, 1, "1"), &perp), Err(SizingError::BadGrid));
    }

    prop_compose! {
        fn any_grid()(decimals in 0..9u8, lot in 1..1_000i64, min in 0..10_000i64, spread in 0..10_000_000_000i64, notional in 0..1_000i64) -> Grid {
            grid(decimals, lot, min, min + spread, &notional.to_string())
        }
    }

    proptest! {
        #[test]
        fn a_fitted_size_passes_both_filters_and_none_larger_would(
            a in any_grid(), b in any_grid(), want in 0..1_000_000_000_000i64, px in 1..100_000i64,
        ) {
            let (want, px) = (Money(i128::from(want) * 10_000_000_000), Money(i128::from(px) * 1_000_000_000_000_000_000));
            if let Ok(fit) = fit_qty(want, &a, px, &b, px) {
                for (grid, qty) in [(&a, fit.a), (&b, fit.b)] {
                    prop_assert_eq!(qty.get() % grid.lot, 0);
                    prop_assert!(qty >= grid.qty_min && qty <= grid.qty_max && qty.get() > 0);
                    prop_assert_eq!(Money::of_qty(qty, grid.qty_decimals), fit.base);
                    prop_assert!(crate::calc::product(px, fit.base).unwrap() >= grid.notional_min);
                }
                let next = fit.base.plus(common_lot(&a, &b).unwrap()).unwrap();
                let most = Money::of_qty(a.qty_max, a.qty_decimals).min(Money::of_qty(b.qty_max, b.qty_decimals));
                prop_assert!(fit.base <= want && (next > want || next > most));
            }
        }
    }
}
