//! A key that its venue refuses: public data alone, nothing private attempted, and whole again with another key.

#![allow(clippy::unwrap_used, clippy::panic)] // a test stops

mod common;
mod oracle;

use common::{MS, SECOND, World, btc_pair, config};
use std::collections::BTreeSet;
use tidegate_core::engine::Input;
use tidegate_core::units::Venue;

/// What the configuration says of the first account, and of the second.
const KEYS: [&str; 2] =
    [r#""venue":"binance","name":"main","key":"simkey""#, r#""venue":"bybit","name":"main","key":"simkey""#];
const VENUES: [Venue; 2] = [Venue::Binance, Venue::Bybit];
/// Links below this are Binance's.
const BYBIT: usize = 8;
/// The link of Bybit's account stream.
const PRIVATE: usize = 9;

fn with_dead_key(at: usize) -> World {
    let text = config(&btc_pair("0.01"));
    let dead = text.replace(KEYS[at], &KEYS[at].replace("simkey", "deadkey"));
    assert_ne!(text, dead);
    World::with(11, dead)
}

fn public_only(world: &World) -> Vec<bool> {
    let rows = world.view("exchanges", "{}");
    VENUES.iter().map(|venue| row(&rows, venue.name())["publicOnly"].as_bool().unwrap()).collect()
}

fn row<'a>(rows: &'a serde_json::Value, name: &str) -> &'a serde_json::Value {
    rows.as_array().unwrap().iter().find(|row| row["name"] == name).unwrap()
}

fn is_priced(world: &World) -> bool {
    let names = ["binance:spot:BTCUSDT", "bybit:linear:BTCUSDT"];
    names.iter().all(|name| {
        let book = world.view("book", &format!(r#"{{"instrument":"{name}","depth":1}}"#));
        book["synced"] == true
    })
}

#[test]
fn a_venue_that_refuses_the_key_shows_public_data_and_is_not_traded() {
    for at in [0, 1] {
        let mut world = with_dead_key(at);
        world.run_for(5 * SECOND);
        let mut want = vec![false, false];
        want[at] = true;
        assert_eq!(public_only(&world), want);
        assert_eq!(world.alerts("KEY_REFUSED").len(), 1, "{:?}", world.alerts("KEY_REFUSED"));
        assert!(is_priced(&world), "public data goes on");
        world.private.clear();
        world.run_for(120 * SECOND);
        let private: Vec<bool> = world.private.iter().map(|link| (*link >= BYBIT) == (at == 1)).collect();
        assert!(!private.contains(&true), "something private was tried again");
        assert!(!private.is_empty(), "the other account lives on");
        assert_eq!(world.alerts("KEY_REFUSED").len(), 1);
        assert!(world.sent.is_empty(), "no pair with that venue trades");
    }
}

#[test]
fn another_key_heals_without_a_restart() {
    for at in [0, 1] {
        let mut world = with_dead_key(at);
        world.run_for(5 * SECOND);
        world.enter_key(VENUES[at], "stilldead").unwrap();
        world.run_for(5 * SECOND);
        assert!(public_only(&world)[at], "a second dead key is noticed like the first");
        assert_eq!(world.alerts("KEY_REFUSED").len(), 2);
        world.enter_key(VENUES[at], "simkey").unwrap();
        world.run_for(60 * SECOND);
        assert_eq!(public_only(&world), [false, false]);
        assert!(!world.sent.is_empty(), "the pair trades");
        let health = world.view("health", "{}");
        assert_eq!(
            (&health["reconciled"], health["unknownOrders"].as_array().unwrap().len()),
            (&true.into(), 0)
        );
    }
}

#[test]
fn keys_are_for_accounts_that_are_run_here() {
    let mut world = World::new(11, "");
    assert!(world.enter_key(Venue::Okx, "simkey").is_err());
}

/// Bybit refuses a log-in whose time is over like one with a wrong key.
#[test]
fn a_clock_that_is_wrong_is_no_key_that_is_refused() {
    let clock = |world: &mut World, offset: i64| {
        world.input(Input::Clock { venue: Venue::Bybit, offset, uncertainty: MS });
        world.cut(PRIVATE);
    };
    let mut world = World::new(11, "");
    world.run_for(5 * SECOND);
    clock(&mut world, -3_600 * SECOND);
    world.run_for(20 * SECOND);
    assert!(!world.alerts("LOGIN_REFUSED").is_empty());
    assert_eq!(public_only(&world), [false, false]);
    clock(&mut world, 0);
    world.run_for(20 * SECOND);
    assert_eq!(world.view("health", "{}")["reconciled"], true);
    assert!(world.alerts("KEY_REFUSED").is_empty());
}

#[test]
fn okx_and_bitget_refuse_and_heal_alike() {
    let (names, venues) = (["okx", "bitget"], [Venue::Okx, Venue::Bitget]);
    for (at, name) in names.into_iter().enumerate() {
        let mut world = World::among(11, names, "");
        let known = format!(r#""venue":"{name}","name":"main","key":"simkey""#);
        let dead = world.bare_config().replace(&known, &known.replace("simkey", "deadkey"));
        assert_ne!(world.bare_config(), dead);
        world.configure(dead);
        world.restart();
        world.run_for(5 * SECOND);
        let rows = world.view("exchanges", "{}");
        assert_eq!(row(&rows, name)["publicOnly"], true);
        assert_eq!(world.alerts("KEY_REFUSED").len(), 1);
        world.enter_key(venues[at], "simkey").unwrap();
        world.run_for(20 * SECOND);
        assert_eq!(world.view("health", "{}")["reconciled"], true);
    }
}

/// The key dies in the middle of trading, whatever is under way then, and is replaced half a minute later.
#[test]
fn a_key_that_dies_while_plans_run_loses_and_doubles_nothing() {
    for seed in 1..=12_u64 {
        let at = (seed % 2) as usize;
        let mut world = World::new(seed, &btc_pair("0.02"));
        world.run_for(5 * SECOND);
        while world.sent.is_empty() {
            world.run_for(MS);
        }
        world.run_for(seed as i64 * 400_000);
        world.enter_key(VENUES[at], "deadkey").unwrap();
        world.run_for(30 * SECOND);
        assert!(public_only(&world)[at], "seed {seed}");
        world.enter_key(VENUES[at], "simkey").unwrap();
        world.run_for(20 * SECOND);
        oracle::stop_pairs(&mut world);
        world.run_for(70 * SECOND);
        let unique: BTreeSet<&String> = world.sent.iter().collect();
        assert_eq!(unique.len(), world.sent.len(), "seed {seed}: an order went out twice");
        let health = world.view("health", "{}");
        assert_eq!(health["unknownOrders"].as_array().unwrap().len(), 0, "seed {seed}: {health}");
        assert!(oracle::check_plans(&world) > 0);
        for code in ["RECON_DIFF", "OVERDRAWN", "FILL_CONFLICT"] {
            assert!(world.alerts(code).is_empty(), "seed {seed}: {:?}", world.alerts(code));
        }
    }
}
