//! A time zone as data: when its offset changes. The rules come from outside, so that a replay needs no zone database.

use super::day_of;
use crate::units::Ns;

/// Offset changes known at most.
pub const ZONE_STEPS_MAX: usize = 1_000;

/// Name and offsets in minutes east of UTC, each from a wall time on; before the first one its offset holds too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone {
    name: String,
    steps: Vec<(Ns, i32)>,
}

impl Default for Zone {
    fn default() -> Self {
        Self { name: "UTC".to_owned(), steps: Vec::new() }
    }
}

impl Zone {
    /// `None` when the steps are out of order, too many, or an offset is no offset.
    pub fn new(name: &str, steps: Vec<(Ns, i32)>) -> Option<Self> {
        let rising = steps.windows(2).all(|pair| pair[0].0 < pair[1].0);
        let sane = steps.len() <= ZONE_STEPS_MAX && steps.iter().all(|(_, offset)| offset.abs() <= 26 * 60);
        (rising && sane).then(|| Self { name: name.to_owned(), steps })
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// Minutes east of UTC at a wall time.
    pub fn offset(&self, wall: Ns) -> i32 {
        let after = self.steps.partition_point(|(from, _)| *from <= wall);
        self.steps.get(after.saturating_sub(1)).map_or(0, |(_, offset)| *offset)
    }

    /// The local date, counted from 1970-01-01.
    pub fn day(&self, wall: Ns) -> i64 {
        day_of(wall, self.offset(wall))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Ns = 1_000_000_000;
    const HOUR: Ns = 3_600 * SECOND;
    /// 2026-03-28T00:00Z, the day before Berlin's clocks go forward at 01:00Z.
    const SPRING: Ns = 1_774_656_000 * SECOND;
    /// 2026-10-24T00:00Z, the day before they go back at 01:00Z.
    const AUTUMN: Ns = 1_792_800_000 * SECOND;
    /// 2028-02-28T00:00Z, the day before a leap day.
    const LEAP: Ns = 1_835_308_800 * SECOND;

    fn berlin() -> Zone {
        Zone::new("Europe/Berlin", vec![(0, 60), (SPRING + 25 * HOUR, 120), (AUTUMN + 25 * HOUR, 60)])
            .unwrap()
    }

    /// Wall times at which the day turns within a span, looked at every minute and around.
    fn turns(zone: &Zone, from: Ns, hours: i64) -> Vec<i64> {
        let mut found = Vec::new();
        for minute in 1..=hours * 60 {
            let at = from + minute * 60 * SECOND;
            if zone.day(at) > zone.day(at - 1) {
                assert_eq!(zone.day(at), zone.day(at - 1) + 1, "a day was skipped or came twice");
                found.push((at - from) / (60 * SECOND));
            } else {
                assert_eq!(zone.day(at), zone.day(at - 60 * SECOND));
            }
        }
        found
    }

    #[test]
    fn a_spring_night_has_a_day_of_23_hours_and_an_autumn_night_one_of_25() {
        assert_eq!(turns(&berlin(), SPRING, 72), [23 * 60, 46 * 60, 70 * 60]);
        assert_eq!(turns(&berlin(), AUTUMN, 72), [22 * 60, 47 * 60, 71 * 60]);
    }

    #[test]
    fn a_leap_day_is_a_day() {
        assert_eq!(turns(&berlin(), LEAP, 72), [23 * 60, 47 * 60, 71 * 60]);
        assert_eq!(turns(&Zone::default(), LEAP, 73), [24 * 60, 48 * 60, 72 * 60]);
    }

    #[test]
    fn zones_that_change_at_midnight_turn_once() {
        // Forward from 24:00 to 01:00 (no midnight), and back from 24:00 to 23:00 (an evening that comes twice).
        let midnight = 20_000 * 24 * HOUR - 2 * HOUR;
        let forward = Zone::new("Forward", vec![(0, 120), (midnight, 180)]).unwrap();
        assert_eq!(turns(&forward, midnight - HOUR, 30), [60, 24 * 60]);
        let back = Zone::new("Back", vec![(0, 120), (midnight, 60)]).unwrap();
        assert_eq!(turns(&back, midnight - HOUR, 30), [2 * 60, 26 * 60]);
    }

    #[test]
    fn the_last_moment_of_a_day_belongs_to_it_and_disorder_is_refused() {
        let zone = berlin();
        let midnight = LEAP + 23 * HOUR;
        assert_eq!(zone.day(midnight - 1_000_000) + 1, zone.day(midnight));
        assert_eq!(zone.day(-5 * HOUR), -1);
        assert!(Zone::new("x", vec![(5, 0), (5, 60)]).is_none());
        assert!(Zone::new("x", vec![(5, 10_000)]).is_none());
        assert_eq!(zone.name(), "Europe/Berlin");
    }
}
