//! The trading day: a durable opening mark, so that a restart does not forget the day's loss.

use crate::units::{Money, Ns, UnitError};
use serde::{Deserialize, Serialize};

const DAY_NS: Ns = 86_400_000_000_000;
const MINUTE_NS: Ns = 60_000_000_000;

/// Day number and total profit at its opening.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Day {
    pub number: i64,
    pub opened_at: Money,
}

/// Day number of a wall time in a zone `offset_minutes` east of UTC. The zone's offset at that moment is looked up by
/// the caller, so that daylight saving shifts the boundary and never skips or repeats a reset.
pub const fn day_of(wall_ns: Ns, offset_minutes: i32) -> i64 {
    (wall_ns + offset_minutes as Ns * MINUTE_NS).div_euclid(DAY_NS)
}

impl Day {
    /// True when `number` begins a new day. Days only go forward: a clock that steps back opens none.
    pub const fn is_over(&self, number: i64) -> bool {
        number > self.number
    }

    /// Profit since the opening.
    pub fn pnl(&self, total: Money) -> Result<Money, UnitError> {
        total.minus(self.opened_at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_turn_at_midnight_of_their_zone_and_only_forward() {
        let midnight = 1_800_000_000 * 1_000_000_000 / DAY_NS * DAY_NS;
        let number = midnight / DAY_NS;
        let cases = [
            (midnight - 1, 0, number - 1),
            (midnight, 0, number),
            (midnight - 1, 60, number),
            (midnight, -1, number - 1),
            (-1, 0, -1),
        ];
        for (wall, offset, want) in cases {
            assert_eq!(day_of(wall, offset), want, "{wall} {offset}");
        }
        let day = Day { number, opened_at: Money(100) };
        assert!(day.is_over(number + 1) && !day.is_over(number) && !day.is_over(number - 1));
        assert_eq!(day.pnl(Money(70)), Ok(Money(-30)));
    }
}
