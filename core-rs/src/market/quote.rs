//! What one shot of a pair costs and yields now: exact net of fees, and its percentage.

use crate::units::{
    InstrumentId, MONEY_DECIMALS, Money, Price, Qty, RATE_DECIMALS, Rate, Side, UnitError, mul_div_half_even,
    pow10, push_fixed,
};

use super::{Book, Walk};
use crate::units::Direction;

/// Decimals of a printed net percentage.
pub const PERCENT_DECIMALS: u8 = 6;

/// One leg of a pair, as far as prices go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpreadLeg {
    pub instrument: InstrumentId,
    pub px_decimals: u8,
    pub qty_decimals: u8,
    /// Taker fee as a fraction of the notional.
    pub fee: Rate,
}

/// What the board needs to know of a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpreadSpec {
    pub legs: [SpreadLeg; 2],
    /// Quantity of one shot in base units, above zero and exact at both legs' quantity decimals.
    pub qty: Money,
    /// Net fraction of the cost at which a direction opens.
    pub threshold: Rate,
    /// A pair that is not enabled is remembered but never evaluated.
    pub enabled: bool,
    /// Allowed directions, in the order of [`Direction::BOTH`].
    pub allowed: [bool; 2],
}

/// One direction of a pair, priced from both books at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quote {
    /// Base quantity.
    pub qty: Money,
    /// Asks of the bought leg walked to `qty`, before fees.
    pub cost: Money,
    /// Bids of the sold leg walked to `qty`, before fees.
    pub proceeds: Money,
    /// Worst price of each walk, at its own leg's decimals: the bounds of the orders.
    pub buy_worst: Price,
    pub sell_worst: Price,
    /// `proceeds * (1 - fee_sell) - cost * (1 + fee_buy)`, exact wherever it fits 18 decimals, else half-even.
    pub net: Money,
    /// `100 * net / cost` in millionths of a percent, half-even from the exact value.
    pub net_micro_percent: i64,
}

impl SpreadSpec {
    /// Index of the leg that `taker` trades in this direction.
    pub fn leg_of(direction: Direction, taker: Side) -> usize {
        usize::from(direction.side(0) != taker)
    }

    /// The shot's quantity at a leg's decimals.
    pub fn qty_of(&self, leg: usize) -> Result<Qty, UnitError> {
        let unit = pow10(MONEY_DECIMALS - self.legs[leg].qty_decimals);
        if self.qty.0 % unit != 0 {
            return Err(UnitError::TooPrecise);
        }
        match i64::try_from(self.qty.0 / unit) {
            Ok(0) => Err(UnitError::OutOfRange),
            Ok(mantissa) => Qty::new(mantissa),
            Err(_) => Err(UnitError::Overflow),
        }
    }

    /// Prices one direction from scratch. `books`: of leg 1 and leg 2. `None` when a book is unsynced or too short.
    pub fn quote(&self, direction: Direction, books: [&Book; 2]) -> Option<Quote> {
        let walk = |taker| {
            let leg = Self::leg_of(direction, taker);
            books[leg].walk(taker, self.qty_of(leg).ok()?)
        };
        self.price(direction, walk(Side::Buy)?, walk(Side::Sell)?)
    }

    /// Prices one direction from its two walks. `None` when an amount does not fit.
    pub(super) fn price(&self, direction: Direction, buy: Walk, sell: Walk) -> Option<Quote> {
        let legs = [Side::Buy, Side::Sell].map(|taker| &self.legs[Self::leg_of(direction, taker)]);
        let cost = legs[0].money(buy.notional)?;
        let proceeds = legs[1].money(sell.notional)?;
        let one = pow10(RATE_DECIMALS);
        let income = proceeds.0.checked_mul(one - i128::from(legs[1].fee.0))?;
        let outlay = cost.0.checked_mul(one + i128::from(legs[0].fee.0))?;
        let net = income.checked_sub(outlay)?;
        Some(Quote {
            qty: self.qty,
            cost,
            proceeds,
            buy_worst: buy.worst,
            sell_worst: sell.worst,
            net: Money(mul_div_half_even(net, 1, one)?),
            net_micro_percent: i64::try_from(mul_div_half_even(net, 1, cost.0.checked_mul(100)?)?).ok()?,
        })
    }
}

impl SpreadLeg {
    pub(super) const fn decimals(&self) -> u8 {
        self.px_decimals + self.qty_decimals
    }

    fn money(&self, notional: i128) -> Option<Money> {
        notional.checked_mul(pow10(MONEY_DECIMALS.checked_sub(self.decimals())?)).map(Money)
    }
}

impl Quote {
    /// Proceeds minus cost, before fees.
    #[must_use]
    pub const fn gross(&self) -> Money {
        Money(self.proceeds.0 - self.cost.0)
    }

    /// Fees of both legs, in quote units.
    #[must_use]
    pub const fn fees(&self) -> Money {
        Money(self.gross().0 - self.net.0)
    }

    /// Average price paid, quote units per base unit, half-even at 18 decimals.
    pub fn buy_vwap(&self) -> Money {
        self.vwap(self.cost)
    }

    /// Average price received.
    pub fn sell_vwap(&self) -> Money {
        self.vwap(self.proceeds)
    }

    fn vwap(&self, amount: Money) -> Money {
        Money(mul_div_half_even(amount.0, pow10(MONEY_DECIMALS), self.qty.0).unwrap_or(0))
    }
}

/// Prints millionths of a percent with six decimals: `0.056137`.
pub fn push_percent(out: &mut Vec<u8>, micro_percent: i64) {
    push_fixed(out, i128::from(micro_percent), PERCENT_DECIMALS);
}
