//! Every way in which a venue fails, at every venue, in virtual time: how soon it is seen, that nothing opens on it from the event
//! on that shows it, how soon everything stands again after the connections do, and that no fill is lost. How often a link tries
//! to come back is the transport's (`tests/unit/transport`).

#![allow(clippy::unwrap_used, clippy::panic)] // a test that can not go on stops

mod common;
mod oracle;

use common::{MS, SECOND, World};
use oracle::{check_agreement, rehash, stop_pairs};
use tidegate_core::engine::Input;
use tidegate_core::units::{LinkId, Ns};

/// A failure is seen after this at the latest, and healed this long after the connections stand again.
const SEEN_MAX: Ns = 3 * SECOND;
const HEALED_MAX: Ns = 2 * SECOND;
/// How long a ban lasts that names no end, and how long until what was refused is asked again.
const BAN: Ns = 120 * SECOND;
const ASKED_AGAIN: Ns = 6 * SECOND;
const STEP: Ns = MS / 4;

/// A venue and one that it trades with; the failing one is the first.
const VENUES: [[&str; 2]; 4] =
    [["binance", "bybit"], ["bybit", "okx"], ["okx", "bitget"], ["bitget", "binance"]];
const FAILING: usize = 0;

struct Scenario {
    name: &'static str,
    strike: fn(&mut World, &str),
    lasts: Ns,
    heal: fn(&mut World),
    /// What may pass between the end of the failure and its end for us, beside [`HEALED_MAX`].
    wait: Ns,
}

fn nothing(_: &mut World) {}

fn answers_again(world: &mut World) {
    world.answer.clear();
}

/// The account is asked anew, and gets this answer.
fn refuse(world: &mut World, status: u16, body: String) {
    world.answer.insert(FAILING, (status, body));
    for link in world.links_to(FAILING, "private") {
        world.cut(link);
    }
}

fn frame(world: &mut World, link: usize, text: &str) {
    world.input(Input::Frame { link: LinkId(link as u16), bytes: text.as_bytes() });
}

fn ban(world: &mut World, venue: &str) {
    let (status, body) = match venue {
        "binance" => {
            let until = (world.wall() + BAN) / MS;
            (
                418,
                format!(
                    r#"{{"code":-1003,"msg":"Way too much request weight used; IP banned until {until}."}}"#
                ),
            )
        }
        "bybit" => (403, r#"{"retCode":10018,"retMsg":"access too frequent"}"#.to_owned()),
        "okx" => (429, r#"{"code":"50011","msg":"Too Many Requests","data":[]}"#.to_owned()),
        _ => (429, r#"{"code":"429","msg":"Too many requests","requestTime":1,"data":null}"#.to_owned()),
    };
    refuse(world, status, body);
}

fn maintenance(world: &mut World, venue: &str) {
    let (status, body) = match venue {
        "okx" => (503, r#"{"code":"50001","msg":"Service temporarily unavailable.","data":[]}"#.to_owned()),
        "bitget" => {
            (400, r#"{"code":"40200","msg":"Server upgrade","requestTime":1,"data":null}"#.to_owned())
        }
        _ => (503, "<html><body>503 Service Temporarily Unavailable</body></html>".to_owned()),
    };
    refuse(world, status, body);
}

/// The venue ends the account's session, in its own words where it has some.
fn expire(world: &mut World, venue: &str) {
    let text = match venue {
        "binance" => r#"{"subscriptionId":0,"event":{"e":"eventStreamTerminated","E":1}}"#,
        "okx" => {
            r#"{"event":"notice","code":"64008","msg":"The connection will soon be closed.","connId":"a"}"#
        }
        "bitget" => r#"{"event":"error","code":30004,"msg":"User needs to log in"}"#,
        _ => "",
    };
    for link in world.links_to(FAILING, "private") {
        match (venue, text) {
            ("binance", _) if link == world.links_to(FAILING, "private")[1] => {
                frame(world, link, r#"{"e":"listenKeyExpired","E":1,"listenKey":"gone"}"#);
            }
            (_, "") => world.cut(link),
            _ => {
                frame(world, link, text);
                world.cut(link);
            }
        }
    }
}

fn lose_a_frame(world: &mut World, _: &str) {
    for link in world.links_to(FAILING, "public") {
        world.drop_next.insert(link);
    }
}

fn fall_silent(world: &mut World, _: &str) {
    world.silent.extend(world.links_to(FAILING, "public"));
}

const SCENARIOS: [Scenario; 6] = [
    Scenario {
        name: "gone for 60 s",
        strike: |world, _| world.lose(FAILING),
        lasts: 60 * SECOND,
        heal: |world| world.gone.clear(),
        wait: 0,
    },
    Scenario {
        name: "ban",
        strike: ban,
        lasts: 100 * SECOND,
        heal: answers_again,
        wait: BAN - 100 * SECOND + ASKED_AGAIN,
    },
    Scenario {
        name: "maintenance",
        strike: maintenance,
        lasts: 60 * SECOND,
        heal: answers_again,
        wait: ASKED_AGAIN,
    },
    Scenario { name: "session ended", strike: expire, lasts: 0, heal: nothing, wait: 0 },
    Scenario { name: "sequence gap", strike: lose_a_frame, lasts: 0, heal: nothing, wait: 0 },
    Scenario {
        name: "silent channel",
        strike: fall_silent,
        lasts: 10 * SECOND,
        heal: |world| world.silent.clear(),
        wait: SEEN_MAX,
    },
];

/// Spot of the first against linear of the second, trading all the time.
fn world(seed: u64, names: [&'static str; 2]) -> World {
    let symbol = |name: &str, swap: bool| match (name, swap) {
        ("okx", false) => "BTC-USDT",
        ("okx", true) => "BTC-USDT-SWAP",
        _ => "BTCUSDT",
    };
    let pair = format!(
        r#"{{"id":"btc","leg1":{{"exchange":"{}","symbol":"{}","type":"spot"}},
        "leg2":{{"exchange":"{}","symbol":"{}","type":"linear"}},"threshold":"0.02","qty":"0.01","totalAmount":"20000",
        "direction":"auto","enabled":true}}"#,
        names[0],
        symbol(names[0], false),
        names[1],
        symbol(names[1], true)
    );
    World::among(seed, names, &pair)
}

/// The venue as we see it: may it be opened on?
fn open(world: &World, venue: &str) -> bool {
    let now = world.moment();
    let rows = world.view("exchanges", &format!(r#"{{"monoNs":{},"wallNs":{}}}"#, now.mono, now.wall));
    let row = rows.as_array().unwrap().iter().find(|row| row["name"] == venue).unwrap();
    let products = row["products"].as_array().unwrap();
    let up =
        products.iter().filter(|product| product["type"] == "spot").all(|product| product["status"] == "UP");
    up && row["publicOnly"] == false
}

fn plans(world: &World) -> usize {
    world.view("plans", "{\"limit\":1000}").as_array().unwrap().len()
}

/// Runs until `what` holds; how long it took.
fn until(world: &mut World, limit: Ns, name: &str, what: impl Fn(&World) -> bool) -> Ns {
    let began = world.now;
    while !what(world) {
        assert!(world.now - began <= limit, "{name}: not within {} ms", limit / MS);
        world.run_for(STEP);
    }
    world.now - began
}

/// (seen after, healed after the connections stood), ns.
fn suffer(scenario: &Scenario, names: [&'static str; 2], seed: u64) -> (Ns, Ns) {
    let (venue, label) = (names[FAILING], format!("{} of {}, seed {seed}", scenario.name, names[FAILING]));
    let mut world = world(seed, names);
    // In the middle of a plan, so that something is under way.
    until(&mut world, 60 * SECOND, &label, |world| world.sent.len() >= 4);
    assert!(open(&world, venue), "{label}");
    (scenario.strike)(&mut world, venue);
    let seen = until(&mut world, SEEN_MAX, &label, |world| !open(world, venue));
    let before = plans(&world);
    let ends = world.now + scenario.lasts - seen.min(scenario.lasts);
    while world.now < ends {
        world.run_for(100 * MS);
        assert!(plans(&world) == before || open(&world, venue), "{label}: a plan on a venue that fails");
    }
    (scenario.heal)(&mut world);
    until(&mut world, scenario.wait + SECOND, &label, |world| world.connected(FAILING));
    let healed = until(&mut world, scenario.wait + HEALED_MAX, &label, |world| open(world, venue));
    // It trades again, and both sides agree to the last fill.
    let before = plans(&world);
    until(&mut world, 120 * SECOND, &label, |world| plans(world) > before + 1);
    stop_pairs(&mut world);
    check_agreement(&mut world);
    assert_eq!(rehash(&world), world.engine.state_hash(), "{label}");
    (seen, healed)
}

#[test]
fn every_failure_of_every_venue_is_seen_stops_opening_and_heals_without_a_lost_fill() {
    println!("{:<16}{:<9}{:>6}{:>12}{:>15}", "failure", "venue", "runs", "seen ms max", "healed ms p99");
    for scenario in &SCENARIOS {
        for names in VENUES {
            let (seen, healed): (Vec<Ns>, Vec<Ns>) =
                (0..long_or(50, 2)).map(|seed| suffer(scenario, names, 7 + seed)).unzip();
            let (name, venue, runs) = (scenario.name, names[FAILING], seen.len());
            println!("{name:<16}{venue:<9}{runs:>6}{:>12}{:>15}", p99(seen).1 / MS, p99(healed).0 / MS);
        }
    }
}

/// The value that a hundredth lies above, and the greatest.
fn p99(mut values: Vec<Ns>) -> (Ns, Ns) {
    values.sort_unstable();
    (values[(values.len() * 99).div_ceil(100) - 1], values[values.len() - 1])
}

/// `make long` takes its time.
fn long_or<T>(long: T, short: T) -> T {
    if std::env::var_os("TIDEGATE_LONG").is_some() { long } else { short }
}

#[test]
fn a_venue_that_flaps_all_the_time_loses_no_fill_and_stands_again_at_once() {
    for (at, names) in VENUES.into_iter().enumerate() {
        let mut world = world(20 + at as u64, names);
        world.run_for(5 * SECOND);
        let (mut worst, mut turn) = (0, 0);
        // Minutes.
        while world.now < long_or(60, 5) * 60 * SECOND {
            turn += 1;
            world.lose(FAILING);
            assert!(!open(&world, names[FAILING]), "seen in the event itself");
            world.run_for((1 + turn % 5) * SECOND);
            world.gone.clear();
            until(&mut world, SECOND, names[FAILING], |world| world.connected(FAILING));
            let healed = until(&mut world, HEALED_MAX, names[FAILING], |world| open(world, names[FAILING]));
            worst = worst.max(healed);
            world.run_for((3 + turn % 7) * SECOND);
        }
        println!("{}: {turn} times gone, healed after {} ms at most", names[FAILING], worst / MS);
        assert!(plans(&world) > 3, "it traded in between");
        stop_pairs(&mut world);
        check_agreement(&mut world);
        assert_eq!(rehash(&world), world.engine.state_hash());
    }
}
