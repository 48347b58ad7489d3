//! The fault simulator: fixed seeds hold every invariant, seeds that once broke one hold it for good, and flawed designs
//! are caught. More seeds run with `make sim`.

use serde_json::Value;
use tidegate_core::sim::simulate;

/// Between the venues that the seed draws.
const DRAWN: &[u64] = &[
    465_403, 571_427, 601_574, 745_100, 821_624, 884_411, 66_545, 82_710, 102_528, 217_147, 243_966, 256_574,
    309_786, 320_916, 362_820, 370_041, 398_690, 421_462, 10_343, 2_015_587, 2_019_953, 5_000_397, 5_009_315,
];
/// Between Binance and Bybit.
const SEEDS: &[u64] = &[
    5, 11, 12, 19, 28, 66, 104, 129, 159, 174, 208, 289, 413, 502, 594, 795, 1003, 1080, 1237, 1401, 1634,
    1896, 1967, 2092, 2343, 2479, 2931, 2942, 3339, 3981, 4226, 4636, 5122, 5127, 5392, 6123, 6153, 6410,
    6650, 7372, 8360, 9562, 9859, 16779, 17374, 17561, 100_808, 122_606, 128_954, 1_001_457, 1_003_105,
    1_007_276, 1_022_135, 1_024_796, 1_025_195, 1_026_132, 1_038_978, 1_041_206, 1_083_723, 1_085_201,
    1_101_814, 1_113_254, 1_119_133, 1_124_565, 1_128_710, 1_133_211, 1_139_488,
];

fn report(request: &str) -> Value {
    serde_json::from_slice(&simulate(request.as_bytes()).unwrap()).unwrap()
}

#[test]
fn fixed_seeds_hold_every_invariant() {
    let report = report(r#"{"from":0,"seeds":150}"#);
    assert_eq!(report["violations"], 0, "{}", report["told"]);
    assert!(report["events"].as_u64().unwrap() > 150 * 300);
}

/// What each of them found: profit realized in the order of news; fills of forgotten orders; an exposure limit that
/// completing or undoing a plan broke; a hedge that nobody woke after a pause; fills asked for by a clock that ran ahead;
/// a snapshot that revived a book without its stream; seeds of the configuration torn in two; an order that waited for
/// the disk and left under HALT; orders in flight that counted for nothing; a plan whose legs chased each other; ids of
/// orders that a power loss had taken from the journal, issued again; a book priced from a snapshot without its stream;
/// figures of a venue compared while fills that explain them waited for their orders; fills of the first second that counted
/// as held before it; hedges that the venue refused because opening orders had used up its rate; what a forgotten order left
/// over after every book was given up; market data that fell silent on a link that lived, for good; hedges beyond what a
/// venue takes; an order that waited for the disk while its plan's other leg grew old, or stopped trading; the record of
/// a breaker that a refused command had opened, lost with what else it said; a ban that
/// answered a cancel and was not heeded; orders that waited for the disk while others took the room of their limit; fills
/// of others that a full disk had not taken, for the checker; a plan taken back by the leg that opens, or judged by what
/// was only under way, by prices a little apart, or by no price where its book was not watched any more; a fill that could
/// not be applied and was forgotten; orders before their account's opening was on disk; reduce-only orders refused for
/// ever; a closing order by a tick above the owner's greatest; a position without a book judged by what it had cost; a hedge
/// refused for want of money that had been paid in by then; money paid in, or taken out, that the checker did not know of.
#[test]
fn seeds_that_broke_an_invariant_hold_it_now() {
    let between = |venues, seeds: &'static [u64]| seeds.iter().map(move |seed| (venues, seed));
    for (venues, seed) in between("binance,bybit", SEEDS).chain(between("all", DRAWN)) {
        let report = report(&format!(r#"{{"from":{seed},"seeds":1,"venues":"{venues}"}}"#));
        assert_eq!(report["violations"], 0, "{}", report["told"]);
    }
}

/// Verdicts of absence rest on the venue's bounds. Beyond them positions stay right, and what comes late is undone.
#[test]
fn replies_forty_seconds_late_leave_right_positions_and_no_excess() {
    let report = report(r#"{"from":0,"seeds":60,"late":true}"#);
    assert_eq!(report["violations"], 0, "{}", report["told"]);
    assert!(report["probes"]["fill after the end"].as_u64().unwrap() > 20);
}

#[test]
fn a_seed_gives_one_run() {
    let request = r#"{"from":7,"seeds":1,"trace":true}"#;
    assert_eq!(report(request), report(request));
}

#[test]
fn flawed_designs_are_caught() {
    for mutant in [
        "retry_new_id",
        "error_is_absence",
        "no_dedupe",
        "send_before_journal",
        "latch_unchecked",
        "two_writers",
        "key_before_apply",
        "funding_applied_twice",
        "third_asset_fee_ignored",
        "external_close_ignored",
        "difference_halts_nothing",
    ] {
        let report = report(&format!(r#"{{"seeds":400,"mutant":"{mutant}","first":true}}"#));
        assert_eq!(report["violations"], 1, "{mutant} lives");
    }
    assert!(simulate(br#"{"seeds":1,"mutant":"nothing"}"#).is_err());
    assert!(simulate(br#"{"seeds":1,"venues":"okx,okx"}"#).is_err());
}
