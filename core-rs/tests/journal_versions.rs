//! Journals of other versions: an older one is read to the same books, a newer one is refused whole.
//!
//! `TIDEGATE_RECORD=<version>` writes the vector of this version; a vector is never written anew.

#![allow(clippy::unwrap_used)] // a test stops where something is missing

mod common;

use common::{SECOND, World, btc_pair, config};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use tidegate_core::engine::{Engine, JournalReader};
use xxhash_rust::xxh3::xxh3_64;

fn vectors() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/journal")
}

fn unpacked(path: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    GzDecoder::new(fs::File::open(path).unwrap()).read_to_end(&mut bytes).unwrap();
    bytes
}

fn engine() -> Engine {
    Engine::new(config("").as_bytes()).unwrap()
}

/// What people would miss: positions, balances, plans and what they earned.
fn books(engine: &Engine) -> Value {
    let view = |name: &str| -> Value {
        serde_json::from_slice(&engine.view(name, br#"{"limit":1000}"#).unwrap()).unwrap()
    };
    let keys = |rows: Value, keys: &[&str]| -> Value {
        let row = |row: &Value| json!(keys.iter().map(|key| row[*key].to_string()).collect::<Vec<_>>());
        rows.as_array().unwrap().iter().map(row).collect()
    };
    json!({
        "seq": engine.seq(),
        "epoch": engine.epoch(),
        "positions": keys(view("positions"), &["exchange", "type", "symbol", "qty", "entryPrice", "realizedPnl"]),
        "balances": keys(view("balances"), &["exchange", "wallet", "asset", "total"]),
        "plans": keys(view("plans"), &["planId", "state", "residual", "pnl"]),
    })
}

#[test]
fn journals_of_every_version_are_read_to_the_same_books() {
    if let Some(version) = std::env::var_os("TIDEGATE_RECORD") {
        record(version.to_str().unwrap());
    }
    let mut found = 0;
    for entry in fs::read_dir(vectors()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if let Some(version) = name.strip_suffix(".journal.gz") {
            let journal = unpacked(&path);
            let mut engine = engine();
            assert_eq!(engine.replay(&journal).unwrap(), journal.len(), "{path:?}");
            let known = fs::read(vectors().join(format!("{version}.json"))).unwrap();
            let known: Value = serde_json::from_slice(&known).unwrap();
            assert_eq!(books(&engine), known, "{path:?}");
            found += 1;
        }
    }
    assert!(found > 0);
}

fn record(version: &str) {
    let mut world = World::new(11, &btc_pair("0.02"));
    world.run_for(4 * SECOND);
    world.command("kill", r#"{"reason":"test","mode":"reduce_only"}"#, "stop").unwrap();
    world.restart();
    world.run_for(2 * SECOND);
    world.command("reset", "{}", "go").unwrap();
    world.run_for(4 * SECOND);
    let mut replayed = engine();
    replayed.replay(&world.journal).unwrap();
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    packed.write_all(&world.journal).unwrap();
    fs::create_dir_all(vectors()).unwrap();
    fs::write(vectors().join(format!("{version}.journal.gz")), packed.finish().unwrap()).unwrap();
    let known = serde_json::to_vec_pretty(&books(&replayed)).unwrap();
    fs::write(vectors().join(format!("{version}.json")), known).unwrap();
}

/// A record as a later version may write it: whole, in the chain, of a kind that nobody here knows.
fn of_a_later_version(before: &[u8], seq: u64) -> Vec<u8> {
    let mut body = Vec::new();
    body.extend_from_slice(&seq.to_le_bytes());
    body.extend_from_slice(&0i64.to_le_bytes());
    body.push(201);
    body.extend_from_slice(&xxh3_64(before).to_le_bytes());
    body.extend_from_slice(b"{\"new\":true}");
    let mut bytes = (body.len() as u32).to_le_bytes().to_vec();
    bytes.extend_from_slice(&crc32c::crc32c(&body).to_le_bytes());
    bytes.extend_from_slice(&body);
    bytes
}

#[test]
fn a_record_of_a_later_version_is_refused_and_nothing_behind_it_is_read() {
    let mut world = World::new(3, &btc_pair("0.02"));
    world.run_for(SECOND);
    let last = world.journal[world.ends[world.ends.len() - 2]..].to_vec();
    let seq = world.ends.len() as u64 + 1;
    let later = of_a_later_version(&last, seq);
    let mut engine = engine();
    let whole = world.journal.len();
    let refusal = engine.replay(&[&world.journal[..], &later].concat()).unwrap_err();
    assert!(refusal.message.contains("201 is not known to this version"), "{refusal:?}");
    let details: Value = serde_json::from_slice(&refusal.details).unwrap();
    assert_eq!((details["offset"].as_u64(), engine.seq()), (Some(whole as u64), seq - 1));
    // It is no torn tail: its bytes are whole, so a start that meets it sends nothing but cancels.
    let mut reader = JournalReader::default();
    let mut at = 0;
    while at < whole {
        at += reader.next(&world.journal[at..]).unwrap().unwrap().len;
    }
    assert_eq!(reader.next(&later).unwrap().unwrap().name, "UNKNOWN_KIND");
}
