//! The price watch of one protection: stop, target and trail as three comparisons. Knows no venue, order or clock.
//!
//! Prices are looked at along the side of the position: times -1 for a short one, so that falling is worse for both.

use crate::units::{RATE_DECIMALS, Rate, Side, mul_div, pow10};
use serde::{Deserialize, Serialize};

/// The trail's high (or low) water is worth a record once it moved by this part of the trail's distance.
const WATER_STEPS: i64 = 20;

/// What set a protection off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Cause {
    Stop,
    Target,
    Trail,
}

/// What a price did to the watch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    Nothing,
    /// The water rose enough to be recorded.
    Water(i64),
    Fired(Cause),
}

/// Price mantissas at the instrument's decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Levels {
    /// Of the orders that close.
    pub side: Side,
    pub stop: Option<i64>,
    pub target: Option<i64>,
    pub trail: Option<Rate>,
    pub tick: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Vigil {
    sign: i64,
    /// At or below it the protection fires, along the side; the higher of stop and trail.
    floor: i64,
    /// At or above it the target is reached.
    target: i64,
    stop: i64,
    trail: Option<Rate>,
    tick: i64,
    water: i64,
    recorded: i64,
}

impl Cause {
    pub const ALL: [Self; 3] = [Self::Stop, Self::Target, Self::Trail];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Stop => "stopLoss",
            Self::Target => "takeProfit",
            Self::Trail => "trailing",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cause| cause.name() == name)
    }
}

impl Levels {
    /// A level that lies by `gap` behind `px`, away from the position's profit, on the tick; `None` where there is none above 0.
    pub fn behind(&self, px: i64, gap: Rate) -> Option<i64> {
        let (sign, tick) = (-self.side.sign(), self.tick.max(1));
        let along = px * sign - distance(px, gap);
        let level = along.div_euclid(tick) * tick * sign;
        (level > 0).then_some(level)
    }

    /// What is on the wrong side of `px`: it would fire at once.
    pub fn wrong_at(&self, px: i64) -> Option<Cause> {
        match Vigil::new(self, None).look(px) {
            Look::Fired(cause) => Some(cause),
            Look::Nothing | Look::Water(_) => None,
        }
    }
}

impl Vigil {
    /// `water`: the best price that is on record.
    pub fn new(levels: &Levels, water: Option<i64>) -> Self {
        // A position that is closed by selling is long.
        let sign = -levels.side.sign();
        let along = |px: i64| px * sign;
        let water = water.map_or(i64::MIN, along);
        let stop = levels.stop.map_or(i64::MIN, along);
        let target = levels.target.map_or(i64::MAX, along);
        let (trail, tick) = (levels.trail, levels.tick.max(1));
        let mut vigil = Self { sign, floor: stop, target, stop, trail, tick, water, recorded: water };
        vigil.lift();
        vigil
    }

    /// Takes one price in. The water never falls.
    #[inline]
    pub fn look(&mut self, px: i64) -> Look {
        let px = px * self.sign;
        if px <= self.floor {
            return Look::Fired(if px <= self.stop { Cause::Stop } else { Cause::Trail });
        }
        if px >= self.target {
            return Look::Fired(Cause::Target);
        }
        if px <= self.water {
            return Look::Nothing;
        }
        self.rise(px)
    }

    /// Where the stop stands now: the tighter of stop and trail.
    pub fn stop_now(&self) -> Option<i64> {
        (self.floor != i64::MIN).then(|| self.floor * self.sign)
    }

    /// The best price seen.
    pub fn water(&self) -> Option<i64> {
        (self.water != i64::MIN).then(|| self.water * self.sign)
    }

    #[cold]
    fn rise(&mut self, px: i64) -> Look {
        let Some(rate) = self.trail else { return Look::Nothing };
        self.water = px;
        self.lift();
        let step = (distance(px, rate) / WATER_STEPS).max(self.tick);
        if self.recorded != i64::MIN && px - self.recorded < step {
            return Look::Nothing;
        }
        self.recorded = px;
        Look::Water(px * self.sign)
    }

    /// The floor follows the water, on the tick, never closer than the trail's distance.
    fn lift(&mut self) {
        let Some(rate) = self.trail.filter(|_| self.water != i64::MIN) else { return };
        let below = (self.water - distance(self.water, rate)).div_euclid(self.tick) * self.tick;
        self.floor = self.floor.max(below);
    }
}

/// The trail's distance at a price, rounded up.
fn distance(px: i64, rate: Rate) -> i64 {
    let one = pow10(RATE_DECIMALS);
    let exact = mul_div(i128::from(px.abs()), i128::from(rate.0), one).unwrap_or(0);
    let short = exact * one < i128::from(px.abs()) * i128::from(rate.0);
    i64::try_from(exact + i128::from(short)).unwrap_or(i64::MAX / 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn levels(side: Side, stop: i64, target: i64, trail_bps: i64) -> Levels {
        Levels {
            side,
            stop: (stop > 0).then_some(stop),
            target: (target > 0).then_some(target),
            trail: (trail_bps > 0).then(|| Rate::from_bps(trail_bps)),
            tick: 5,
        }
    }

    #[test]
    fn a_price_at_the_level_fires_and_one_tick_before_does_not() {
        let fired = |cause| Look::Fired(cause);
        let cases = [
            // closing side, stop, target, price, what it does
            (Side::Sell, 1_000, 1_200, 1_005, Look::Nothing),
            (Side::Sell, 1_000, 1_200, 1_000, fired(Cause::Stop)),
            (Side::Sell, 1_000, 1_200, 10, fired(Cause::Stop)),
            (Side::Sell, 1_000, 1_200, 1_195, Look::Nothing),
            (Side::Sell, 1_000, 1_200, 1_200, fired(Cause::Target)),
            (Side::Buy, 1_200, 1_000, 1_195, Look::Nothing),
            (Side::Buy, 1_200, 1_000, 1_200, fired(Cause::Stop)),
            (Side::Buy, 1_200, 1_000, 1_000, fired(Cause::Target)),
            (Side::Buy, 0, 1_000, 9_000, Look::Nothing),
            (Side::Sell, 0, 0, 1, Look::Nothing),
        ];
        for (side, stop, target, px, want) in cases {
            let mut vigil = Vigil::new(&levels(side, stop, target, 0), None);
            assert_eq!(vigil.look(px), want, "{side:?} {stop} {target} {px}");
        }
    }

    #[test]
    fn a_trail_follows_the_best_price_and_never_back() {
        for (side, up) in [(Side::Sell, 1), (Side::Buy, -1)] {
            let mut vigil = Vigil::new(&levels(side, 0, 0, 100), None);
            let at = |steps: i64| 100_000 + up * steps;
            assert_eq!(vigil.look(at(0)), Look::Water(100_000), "the first price is on record");
            assert_eq!(vigil.stop_now(), Some(at(-1_000)));
            // A twentieth of the distance is 50.
            assert_eq!(vigil.look(at(30)), Look::Nothing);
            assert_eq!(vigil.water(), Some(at(30)));
            let tight = vigil.stop_now().unwrap();
            assert_eq!(vigil.look(at(-900)), Look::Nothing);
            assert_eq!(vigil.stop_now(), Some(tight), "a price back moves nothing");
            assert_eq!(vigil.look(at(60)), Look::Water(at(60)));
            let stop = vigil.stop_now().unwrap();
            assert_eq!(vigil.look(stop + up * 5), Look::Nothing);
            assert_eq!(vigil.look(stop), Look::Fired(Cause::Trail));
            // From the record alone the stop is looser by less than a step.
            let again = Vigil::new(&levels(side, 0, 0, 100), Some(at(60)));
            assert_eq!(again.stop_now(), Some(stop));
            // Nothing to stop at, nothing seen.
            let bare = Vigil::new(&levels(side, 0, 0, 0), None);
            assert_eq!((bare.stop_now(), bare.water()), (None, None));
        }
    }

    #[test]
    fn a_level_behind_lies_on_the_losing_side_rounded_away() {
        let of = |side| levels(side, 0, 0, 0);
        assert_eq!(of(Side::Sell).behind(100_000, Rate::from_bps(50)), Some(99_500));
        assert_eq!(of(Side::Sell).behind(100_003, Rate::from_bps(50)), Some(99_500));
        assert_eq!(of(Side::Buy).behind(100_000, Rate::from_bps(50)), Some(100_500));
        assert_eq!(of(Side::Buy).behind(100_003, Rate::from_bps(50)), Some(100_505));
        assert_eq!(of(Side::Sell).behind(4, Rate::from_bps(5_000)), None);
    }

    #[test]
    fn the_tighter_of_stop_and_trail_holds() {
        let mut vigil = Vigil::new(&levels(Side::Sell, 99_500, 0, 100), Some(100_000));
        assert_eq!(vigil.stop_now(), Some(99_500));
        assert_eq!(vigil.look(101_000), Look::Water(101_000));
        assert_eq!(vigil.stop_now(), Some(99_990));
        assert_eq!(vigil.look(99_600), Look::Fired(Cause::Trail));
        assert_eq!(vigil.look(99_500), Look::Fired(Cause::Stop));
        assert_eq!(levels(Side::Sell, 99_500, 0, 100).wrong_at(99_400), Some(Cause::Stop));
        assert_eq!(levels(Side::Sell, 99_500, 0, 100).wrong_at(99_501), None);
    }
}
