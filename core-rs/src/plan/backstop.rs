//! The venue's own stop behind a protection, for when we can not act: what the venue is to be told next, from state alone.

use crate::units::Price;

/// What of a position's stop was last seen at the venue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shown {
    #[default]
    Unknown,
    Nothing,
    At(Price),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BackstopFacts {
    /// Where it should stand; `None`: there should be none of ours.
    pub wanted: Option<Price>,
    /// What the venue was last asked for, and may have; `None`: nothing.
    pub asked: Option<Price>,
    pub seen: Shown,
    /// The position is gone, and its stop with it.
    pub flat: bool,
    /// A smaller move than this is not worth a request.
    pub step: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BackstopDecision {
    Rest,
    Set(Price),
    Clear,
    /// It is not there any more.
    Forget,
}

pub fn next_backstop(facts: &BackstopFacts) -> BackstopDecision {
    let BackstopFacts { wanted, asked, seen, flat, step } = *facts;
    match (wanted, asked) {
        (Some(px), Some(asked)) if seen == Shown::At(asked) && is_near(px, asked, step) => {
            BackstopDecision::Rest
        }
        (Some(px), _) => BackstopDecision::Set(px),
        (None, None) => BackstopDecision::Rest,
        // Another level may be an earlier one of ours, whose successor never got there: it goes too.
        (None, Some(_)) if flat || seen == Shown::Nothing => BackstopDecision::Forget,
        (None, Some(_)) => BackstopDecision::Clear,
    }
}

impl From<Option<Price>> for Shown {
    fn from(px: Option<Price>) -> Self {
        px.map_or(Self::Nothing, Self::At)
    }
}

const fn is_near(one: Price, other: Price, step: i64) -> bool {
    one.get() == other.get() || one.get().abs_diff(other.get()) < step.unsigned_abs()
}

#[cfg(test)]
mod tests {
    use super::*;
    use BackstopDecision::{Clear, Forget, Rest, Set};

    fn px(mantissa: i64) -> Price {
        Price::new(mantissa).unwrap()
    }

    #[test]
    fn the_venue_is_told_until_it_shows_what_is_wanted() {
        use Shown::{At, Nothing, Unknown};
        let at = |mantissa: i64| Some(px(mantissa));
        let cases = [
            // wanted, asked, seen, flat, what is next
            (None, None, Unknown, false, Rest),
            (None, None, At(px(90)), false, Rest),
            (at(100), None, Unknown, false, Set(px(100))),
            (at(100), None, At(px(90)), false, Set(px(100))),
            (at(100), at(100), Unknown, false, Set(px(100))),
            (at(100), at(100), Nothing, false, Set(px(100))),
            (at(100), at(100), At(px(100)), false, Rest),
            (at(103), at(100), At(px(100)), false, Rest),
            (at(105), at(100), At(px(100)), false, Set(px(105))),
            (None, at(100), At(px(100)), false, Clear),
            (None, at(100), Unknown, false, Clear),
            (None, at(100), Nothing, false, Forget),
            (None, at(100), At(px(80)), false, Clear),
            (None, at(100), At(px(100)), true, Forget),
        ];
        for (wanted, asked, seen, flat, next) in cases {
            let facts = BackstopFacts { wanted, asked, seen, flat, step: 5 };
            assert_eq!(next_backstop(&facts), next, "{facts:?}");
        }
    }
}
