//! How a venue counts an instrument on the wire. Inside, a quantity is always base coin; a venue's contracts are another
//! type, and only [`Wire`] turns one into the other, exactly or not at all.

use crate::units::{Money, parse_wide, pow10, push_plain};

/// A quantity as the venue writes it, base coin or contracts: a mantissa at [`Wire::decimals`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lots(pub i64);

/// The size of one unit of the wire in base coin, and the venue's number for the instrument where it has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wire {
    /// One contract is `value / 10^scale` base coin; without trailing zeros, so the scale may be below zero.
    value: i64,
    scale: i8,
    /// OKX `instIdCode`; 0 is none.
    pub code: u64,
}

/// Digits a contract's size may have.
const SIZE_DECIMALS: u8 = 18;

impl Wire {
    /// The venue counts in base coin.
    pub const BASE: Self = Self { value: 1, scale: 0, code: 0 };
    /// The venue counts in contracts of a size that is not known yet: no quantity can be read or written.
    pub const UNKNOWN: Self = Self { value: 0, scale: 0, code: 0 };

    /// Contracts of so much base coin each (`0.01`); `None` where that is no size.
    pub fn contracts(size: &str, code: u64) -> Option<Self> {
        let mut value = parse_wide(size.as_bytes(), SIZE_DECIMALS).ok().filter(|value| *value > 0)?;
        let mut scale = SIZE_DECIMALS as i8;
        while value % 10 == 0 {
            value /= 10;
            scale -= 1;
        }
        Some(Self { value: i64::try_from(value).ok()?, scale, code })
    }

    pub const fn same_size(self, other: Self) -> bool {
        self.value == other.value && self.scale == other.scale
    }

    pub const fn is_known(self) -> bool {
        self.value > 0
    }

    /// Digits after the point of a quantity on the wire, where base quantities have `qty_decimals`.
    pub fn decimals(self, qty_decimals: u8) -> Option<u8> {
        let decimals = i16::from(qty_decimals) - i16::from(self.scale);
        u8::try_from(decimals).ok().filter(|decimals| *decimals <= 18 && self.is_known())
    }

    /// The size of one contract as decimal text.
    pub fn contract_text(self) -> String {
        let mut out = Vec::new();
        match u8::try_from(self.scale) {
            Ok(scale) => push_plain(&mut out, i128::from(self.value), scale),
            Err(_) => push_plain(&mut out, i128::from(self.value) * pow10(self.scale.unsigned_abs()), 0),
        }
        String::from_utf8(out).unwrap_or_default()
    }

    /// True when whole steps of `lot` can be written; checked once, when the instrument is taken in.
    pub fn divides(self, lot: i64, qty_decimals: u8) -> bool {
        self.decimals(qty_decimals).is_some() && lot % self.value == 0
    }

    /// The base mantissa of a quantity on the wire.
    #[inline]
    pub const fn base(self, lots: Lots) -> Option<i64> {
        match self.value {
            0 => None,
            1 => Some(lots.0),
            value => lots.0.checked_mul(value),
        }
    }

    /// A base mantissa as the venue counts it; `None` where it is no whole number of the wire's smallest units.
    pub const fn lots(self, base: i64) -> Option<Lots> {
        if self.value == 0 || base % self.value != 0 { None } else { Some(Lots(base / self.value)) }
    }

    /// A signed amount of the wire (a position) in base coin.
    pub fn amount(self, count: Money) -> Option<Money> {
        let product = count.0.checked_mul(i128::from(self.value)).filter(|_| self.is_known())?;
        match u8::try_from(self.scale) {
            Ok(scale) if product % pow10(scale) == 0 => Some(Money(product / pow10(scale))),
            Ok(_) => None,
            Err(_) => product.checked_mul(pow10(self.scale.unsigned_abs())).map(Money),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contracts_and_base_coin_turn_into_each_other_exactly_or_not_at_all() {
        // (contract size, base decimals, digits on the wire, lots on the wire, base mantissa)
        let cases = [
            ("1", 3, 3, 1_500, 1_500),
            ("0.01", 4, 2, 150, 150),
            ("0.1", 2, 1, 7, 7),
            ("10", 0, 1, 3, 3),
            ("1000", 0, 3, 2_000, 2_000),
            ("0.025", 4, 1, 12, 300),
        ];
        for (size, base_decimals, wire_decimals, lots, base) in cases {
            let wire = Wire::contracts(size, 7).unwrap();
            assert_eq!(wire.contract_text(), size);
            assert_eq!(wire.decimals(base_decimals), Some(wire_decimals), "{size}");
            assert_eq!((wire.base(Lots(lots)), wire.lots(base)), (Some(base), Some(Lots(lots))), "{size}");
        }
        let odd = Wire::contracts("0.025", 0).unwrap();
        assert!(odd.lots(301).is_none() && odd.divides(25, 3) && !odd.divides(24, 3) && !odd.divides(25, 2));
        assert_eq!(odd.base(Lots(i64::MAX)), None);
        assert!(["0", "-1", "x", ""].iter().all(|size| Wire::contracts(size, 0).is_none()));
    }

    #[test]
    fn an_unknown_size_reads_and_writes_nothing() {
        let wire = Wire::UNKNOWN;
        assert_eq!(
            (wire.base(Lots(1)), wire.lots(1), wire.amount(Money(1)), wire.decimals(3)),
            Default::default()
        );
        assert_eq!(Wire::contracts("0.01", 0).unwrap().amount(Money(-300)), Some(Money(-3)));
        assert_eq!(Wire::contracts("100", 0).unwrap().amount(Money(3)), Some(Money(300)));
        assert_eq!(Wire::contracts("0.01", 0).unwrap().amount(Money(1)), None);
    }
}
