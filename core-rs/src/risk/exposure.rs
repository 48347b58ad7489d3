//! Worst-case exposure: what is held plus everything that may still fill, on the worse side.

use crate::units::{Money, Side, UnitError};

/// One instrument of one account (or a sum over several), in one unit throughout: base or quote.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Exposure {
    /// Signed: positive long.
    pub position: Money,
    /// Possible quantity of unsettled orders per side, both >= 0.
    pub buys: Money,
    pub sells: Money,
}

impl Exposure {
    /// Counts one order's possible quantity.
    pub fn add(&mut self, side: Side, possible: Money) -> Result<(), UnitError> {
        let total = match side {
            Side::Buy => &mut self.buys,
            Side::Sell => &mut self.sells,
        };
        *total = total.plus(possible)?;
        Ok(())
    }

    /// Largest absolute position if all of one side fills and none of the other.
    pub fn worst(&self) -> Result<Money, UnitError> {
        Ok(self.if_bought()?.max(self.if_sold()?))
    }

    /// Worst absolute position should everything on `side` fill: what a further order on that side adds to.
    pub fn worst_on(&self, side: Side) -> Result<Money, UnitError> {
        match side {
            Side::Buy => self.if_bought(),
            Side::Sell => self.if_sold(),
        }
    }

    /// How much more may be ordered on `side` without ever passing through flat.
    pub fn shrinkable(&self, side: Side) -> Result<Money, UnitError> {
        let against = match side {
            Side::Buy => self.position.negated().minus(self.buys)?,
            Side::Sell => self.position.minus(self.sells)?,
        };
        Ok(against.max(Money::ZERO))
    }

    fn if_bought(&self) -> Result<Money, UnitError> {
        absolute(self.position.plus(self.buys)?)
    }

    fn if_sold(&self) -> Result<Money, UnitError> {
        absolute(self.position.minus(self.sells)?)
    }
}

fn absolute(amount: Money) -> Result<Money, UnitError> {
    amount.0.checked_abs().map(Money).ok_or(UnitError::Overflow)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worse_side_counts_and_only_what_is_held_can_be_shrunk() {
        let cases = [
            // position, buys, sells -> worst, shrinkable by buying, by selling
            ((10, 0, 0), 10, 0, 10),
            ((10, 5, 0), 15, 0, 10),
            ((10, 0, 25), 15, 0, 0),
            ((-10, 4, 2), 12, 6, 0),
            ((0, 3, 4), 4, 0, 0),
        ];
        for ((position, buys, sells), worst, buying, selling) in cases {
            let exposure = Exposure { position: Money(position), buys: Money(buys), sells: Money(sells) };
            assert_eq!(exposure.worst(), Ok(Money(worst)), "{exposure:?}");
            assert_eq!(exposure.shrinkable(Side::Buy), Ok(Money(buying)), "{exposure:?}");
            assert_eq!(exposure.shrinkable(Side::Sell), Ok(Money(selling)), "{exposure:?}");
        }
    }

    #[test]
    fn orders_add_to_their_side_and_overflow_is_an_error() {
        let mut exposure = Exposure::default();
        exposure.add(Side::Buy, Money(2)).unwrap();
        exposure.add(Side::Sell, Money(3)).unwrap();
        assert_eq!(exposure, Exposure { position: Money::ZERO, buys: Money(2), sells: Money(3) });
        assert_eq!(
            (exposure.worst_on(Side::Buy), exposure.worst_on(Side::Sell)),
            (Ok(Money(2)), Ok(Money(3)))
        );
        assert_eq!(exposure.add(Side::Buy, Money(i128::MAX)), Err(UnitError::Overflow));
    }
}
