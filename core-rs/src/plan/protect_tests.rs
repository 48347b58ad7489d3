//! The decision, case by case, and what holds in every run of it.

use super::protect::{CLOSINGS_MAX, Entry, ProtectDecision, ProtectFacts, ProtectionState, next_protect};
use super::{Cause, Levels, Look, OrderSizes, Policy, Vigil};
use crate::units::{Money, Ns, Rate, Side};
use proptest::prelude::*;

const S: Ns = 1_000_000_000;
const POLICY: Policy = Policy {
    complete_within_bps: 10,
    completions_max: 3,
    deadline: 5 * S,
    slippage_bps: 5,
    pause: 50_000_000,
    naked_max: 1_000_000_000,
    naked_notional_max: Money(0),
};

fn m(text: &str) -> Money {
    Money::parse(text.as_bytes()).unwrap()
}

/// A triggered stop of a long position of 0.05.
fn facts() -> ProtectFacts {
    ProtectFacts {
        now: 100 * S,
        state: ProtectionState::Triggered,
        side: Side::Sell,
        held: m("0.05"),
        room: m("0.05"),
        over: Money::ZERO,
        busy: false,
        entry: Entry::Done,
        orders: 0,
        changed: 0,
        sizes: OrderSizes {
            lot: m("0.001"),
            qty_min: m("0.001"),
            qty_max: m("100"),
            notional_min: m("0.05"),
            notional_max: None,
            tick: m("0.01"),
        },
        best: Some(m("100")),
        best_back: Some(m("101")),
        open: true,
    }
}

fn wait(until: Ns) -> ProtectDecision {
    ProtectDecision::Wait { until }
}

fn close(qty: &str) -> ProtectDecision {
    ProtectDecision::Close { qty: m(qty), bound: m("99.95") }
}

fn end(state: ProtectionState, why: &'static str) -> ProtectDecision {
    ProtectDecision::End { state, why }
}

#[test]
fn each_state_asks_for_one_thing() {
    use ProtectionState::{Armed, Cancelled, Closed, Removed, Reported, Waiting};
    type Change = fn(&mut ProtectFacts);
    const AGAIN: Ns = 100 * S + 250_000_000;
    let gone = "the position was closed otherwise";
    let cases: &[(&str, Change, ProtectDecision)] = &[
        ("closes all of it", |_| {}, close("0.05")),
        ("waits for its own order", |f| f.busy = true, wait(Ns::MAX)),
        ("no price", |f| f.best = None, wait(AGAIN)),
        ("no way out", |f| f.open = false, wait(AGAIN)),
        ("others hold a part", |f| f.room = m("0.02"), close("0.02")),
        ("others hold all", |f| f.room = m("0"), wait(AGAIN)),
        ("a pause after each order", |f| (f.orders, f.changed) = (3, f.now), wait(100 * S + 150_000_000)),
        ("the greatest order", |f| f.sizes.qty_max = m("0.03"), close("0.03")),
        ("the owner's greatest order", |f| f.sizes.notional_max = Some(m("2")), close("0.02")),
        ("no rest too small", |f| (f.sizes.qty_max, f.sizes.qty_min) = (m("0.04"), m("0.02")), close("0.03")),
        ("on the lot", |f| f.held = m("0.0105"), close("0.01")),
        ("nothing left", |f| f.held = m("0"), end(Closed, "")),
        ("its entry may still fill", |f| (f.held, f.entry) = (m("0"), Entry::Open), wait(AGAIN)),
        ("dust", |f| f.held = m("0.0005"), end(Closed, "the rest is below the venue's minimum")),
        ("gives up", |f| f.orders = CLOSINGS_MAX, end(Reported, "too many orders did not close it")),
        ("armed", |f| f.state = Armed, wait(Ns::MAX)),
        ("armed, position gone", |f| (f.state, f.held) = (Armed, m("0")), end(Cancelled, gone)),
        (
            "waiting for its order",
            |f| (f.state, f.held, f.entry) = (Waiting, m("0"), Entry::Open),
            wait(Ns::MAX),
        ),
        (
            "its order came to nothing",
            |f| (f.state, f.held, f.entry) = (Waiting, m("0"), Entry::Nothing),
            end(Cancelled, "its order filled nothing"),
        ),
        ("over after its end", |f| f.state = Removed, end(Removed, "")),
        (
            "takes back what went too far, whatever its state",
            |f| (f.state, f.held, f.over) = (Closed, m("0"), m("0.02")),
            ProtectDecision::Back { qty: m("0.02"), bound: m("101.0505") },
        ),
        (
            "what is too little to take back stays",
            |f| (f.state, f.over) = (Closed, m("0.0001")),
            end(Closed, ""),
        ),
    ];
    for (name, change, want) in cases {
        let mut facts = facts();
        change(&mut facts);
        assert_eq!(next_protect(&facts, &POLICY), *want, "{name}");
    }
}

fn amount() -> impl Strategy<Value = Money> {
    (0_i128..200).prop_map(|lots| Money(lots * m("0.0005").0))
}

proptest! {
    /// Whatever fills, in whatever parts: the position only shrinks, and never passes flat.
    #[test]
    fn a_triggered_protection_only_ever_shrinks_its_position(
        held in amount(),
        taken in amount(),
        most in 1_i128..80,
        fills in prop::collection::vec(0_i128..=100, 0..60),
    ) {
        let mut f = facts();
        (f.held, f.sizes.qty_max) = (held, Money(most * m("0.001").0));
        for percent in fills {
            f.room = Money((f.held.0 - taken.0).max(0));
            f.now += 10 * S;
            match next_protect(&f, &POLICY) {
                ProtectDecision::Close { qty, bound } => {
                    prop_assert!(qty.0 > 0 && qty <= f.held && qty <= f.room && qty <= f.sizes.qty_max);
                    prop_assert!(qty.0 % f.sizes.lot.0 == 0 && bound < f.best.unwrap());
                    let filled = qty.0 * percent / 100 / f.sizes.lot.0 * f.sizes.lot.0;
                    f.held.0 -= filled;
                    f.orders += 1;
                    f.changed = f.now;
                }
                ProtectDecision::Wait { until } => prop_assert!(until > f.now),
                ProtectDecision::End { state, .. } => {
                    prop_assert!(state == ProtectionState::Closed && f.held < m("0.001"), "{:?}", f);
                    break;
                }
                ProtectDecision::Back { .. } => prop_assert!(false, "nothing went too far"),
            }
        }
    }

    /// The watch fires on the first price at a level and on none before; its stop only ever tightens.
    #[test]
    fn a_watch_fires_exactly_at_its_levels(
        long in any::<bool>(),
        stop in 9_000_i64..9_990,
        target in 10_010_i64..11_000,
        trail in prop::option::of(1_i64..300),
        steps in prop::collection::vec(-40_i64..=40, 1..300),
    ) {
        let (side, sign) = if long { (Side::Sell, 1) } else { (Side::Buy, -1) };
        let mirror = |px: i64| 10_000 + (px - 10_000) * sign;
        let levels = Levels {
            side,
            stop: Some(mirror(stop)),
            target: Some(mirror(target)),
            trail: trail.map(Rate::from_bps),
            tick: 1,
        };
        let mut vigil = Vigil::new(&levels, Some(10_000));
        let (mut px, mut best) = (10_000_i64, 10_000_i64);
        let mut tightest = i64::MIN;
        for step in steps {
            px += step;
            let at = mirror(px);
            let seen = vigil.look(at);
            // The oracle: a trail of whole ticks below the best price, along the side.
            let room = |best: i64, bps: i64| (mirror(best) * bps + 9_999) / 10_000;
            let floor = trail.map_or(stop, |bps| stop.max(best - room(best, bps)));
            if px <= floor {
                let fired = matches!(seen, Look::Fired(Cause::Stop | Cause::Trail));
                prop_assert!(fired, "{px} at floor {floor}: {seen:?}");
                break;
            }
            if px >= target {
                prop_assert_eq!(seen, Look::Fired(Cause::Target));
                break;
            }
            prop_assert!(!matches!(seen, Look::Fired(_)), "{px} above floor {floor}: {seen:?}");
            best = best.max(px);
            let now = vigil.stop_now().unwrap() * sign;
            prop_assert!(now >= tightest);
            tightest = now;
        }
    }
}
