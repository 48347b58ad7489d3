//! Restarts from every state a journal can be left in: record prefixes, byte prefixes, flipped bits. A restart either
//! finds exactly what had been written or says that the bytes are no record; it never panics and never invents.
//!
//! The journal is a real engine's, against simulated venues. `TIDEGATE_LONG=1` (see `make restarts`) takes 10,000
//! records and every prefix; without it a sample is taken.

#![allow(clippy::unwrap_used)] // a test stops where something is missing

mod common;
mod oracle;

use common::{MS, SECOND, World, btc_pair, config};
use tidegate_core::engine::{Effect, Effects, Engine, Input, JournalReader};
use tidegate_core::units::{Now, Ns};

/// Every prefix of the journal in a long run, one in so many otherwise.
const STRIDE: usize = 97;
const TAIL: usize = 64;

fn long() -> bool {
    std::env::var_os("TIDEGATE_LONG").is_some()
}

fn busy(extra: &str) -> String {
    let pair = |id: &str, product: &str, symbol: &str, qty: &str| {
        format!(
            r#"{{"id":"{id}","leg1":{{"exchange":"binance","symbol":"{symbol}","type":"{product}"}},
            "leg2":{{"exchange":"bybit","symbol":"{symbol}","type":"linear"}},"threshold":"-5","qty":"{qty}",
            "totalAmount":"100000000","direction":"auto","enabled":true}}"#
        )
    };
    let pairs = [pair("btc", "spot", "BTCUSDT", "0.001"), pair("eth", "linear", "ETHUSDT", "0.01")].join(",");
    config(&pairs).replace("\"cooldownMs\":500", &format!("\"cooldownMs\":0{extra}"))
}

/// A journal of at least so many records, with restarts and commands in it.
fn journal(records: usize) -> World {
    let mut world = World::with(11, busy(""));
    let mut restarts = 0;
    while world.ends.len() < records {
        world.run_for(SECOND);
        assert!(world.now < 3_600 * SECOND, "only {} records", world.ends.len());
        if world.ends.len() > records * (restarts + 1) / 5 {
            restarts += 1;
            let id = format!("stop{restarts}");
            world.command("kill", r#"{"reason":"test","mode":"reduce_only"}"#, &id).unwrap();
            world.run_for(100 * MS);
            world.restart();
            world.run_for(2 * SECOND);
            world.command("reset", "{}", &format!("go{restarts}")).unwrap();
        }
    }
    world
}

fn fresh() -> Engine {
    Engine::new(busy("").as_bytes()).unwrap()
}

fn at(wall: Ns) -> Now {
    Now { mono: SECOND, wall }
}

/// The record that a start writes.
fn boot_record(engine: &mut Engine, wall: Ns) -> (u64, Vec<u8>) {
    let mut out = Effects::default();
    engine.step(at(wall), Input::Start, &mut out);
    let first = out.list.into_iter().find_map(|effect| match effect {
        Effect::Journal { seq, data } => Some((seq, data)),
        _ => None,
    });
    first.unwrap()
}

/// Neither a cut nor a broken record at the front of `bytes` moves the engine.
fn untouched(engine: &mut Engine, bytes: &[u8], what: &str) {
    let before = engine.seq();
    if let Ok(consumed) = engine.replay(bytes) {
        assert_eq!(consumed, 0, "{what} was taken for a record");
    }
    assert_eq!(engine.seq(), before, "{what}");
}

struct Flips(u64);

impl Flips {
    fn next(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % below
    }
}

#[test]
fn every_prefix_restarts_with_exactly_what_was_written() {
    let (records, stride) = if long() { (10_000, 1) } else { (1_200, STRIDE) };
    let world = journal(records);
    let (bytes, ends) = (&world.journal, &world.ends);
    let mut reference = fresh();
    let mut reader = JournalReader::default();
    let mut flips = Flips(7);
    let (mut start, mut prefixes) = (0, 0);
    for (index, end) in ends.iter().copied().enumerate() {
        let record = &bytes[start..end];
        let mut broken = bytes[start..(end + 4_096).min(bytes.len())].to_vec();
        let bit = flips.next(record.len() * 8);
        broken[bit / 8] ^= 1 << (bit % 8);
        untouched(&mut reference, &broken, &format!("record {} with bit {bit} flipped", index + 1));
        if index + TAIL >= ends.len() {
            tail_record(&mut reference, record, &bytes[end..]);
        }
        assert_eq!(reference.replay(record).unwrap(), record.len());
        assert_eq!(reader.next(record).unwrap().unwrap().seq, index as u64 + 1);
        if index % stride == 0 || index + TAIL >= ends.len() {
            restart(&bytes[..end], &reference, world.wall());
            prefixes += 1;
        }
        start = end;
    }
    assert_eq!(reference.state_hash(), world.engine.state_hash(), "replay differs from the live state");
    println!("records={} prefixes={prefixes}", ends.len());
}

/// Every cut and, in a long run, every flipped bit of one of the last records.
fn tail_record(engine: &mut Engine, record: &[u8], rest: &[u8]) {
    let before = engine.state_hash();
    for cut in 0..record.len() {
        untouched(engine, &record[..cut], "a cut record");
        if cut > 8 {
            // Preallocated: what was not written is zero. Only a record that ends in zeros could pass, and none does.
            let mut padded = record[..cut].to_vec();
            padded.resize(record.len() + 64, 0);
            untouched(engine, &padded, "a cut record in a zero-filled segment");
        }
    }
    let step = if long() { 1 } else { 13 };
    for bit in (0..record.len() * 8).step_by(step) {
        let mut broken = [record, &rest[..rest.len().min(2_048)]].concat();
        broken[bit / 8] ^= 1 << (bit % 8);
        untouched(engine, &broken, &format!("flipped bit {bit}"));
    }
    assert_eq!(engine.state_hash(), before);
}

/// A process that finds this prefix knows what the reference knows, starts, and its first record fits behind it.
fn restart(prefix: &[u8], reference: &Engine, wall: Ns) {
    let mut engine = fresh();
    assert_eq!(engine.replay(prefix).unwrap(), prefix.len());
    assert_eq!(engine.seq(), reference.seq());
    assert_eq!(engine.state_hash(), reference.state_hash(), "after record {}", reference.seq());
    let (seq, boot) = boot_record(&mut engine, wall);
    assert_eq!(seq, reference.seq() + 1);
    let mut again = fresh();
    if !long() {
        assert_eq!(again.replay(&[prefix, &boot].concat()).unwrap(), prefix.len() + boot.len());
    }
}

/// Where a snapshot was made: bytes of the journal in it, and where its last record begins.
struct Taken {
    end: usize,
    last: usize,
    bytes: Vec<u8>,
}

#[test]
fn a_start_from_any_snapshot_finds_what_a_whole_replay_finds() {
    let (records, stride) = if long() { (10_000, 1) } else { (1_200, STRIDE) };
    let world = journal(records);
    let (bytes, ends) = (&world.journal, &world.ends);
    let mut reference = fresh();
    let mut taken: Vec<Taken> = Vec::new();
    let (mut start, mut restarts) = (0, 0);
    for (index, end) in ends.iter().copied().enumerate() {
        reference.replay(&bytes[start..end]).unwrap();
        if index % (records / 6) == 7 {
            taken.push(Taken { end, last: start, bytes: reference.snapshot().unwrap() });
        }
        if index % stride == 0 || index + 1 == ends.len() {
            for snapshot in taken.iter().rev().take(2) {
                restart_from(snapshot, &bytes[..end], &reference);
                restarts += 1;
            }
        }
        start = end;
    }
    assert_eq!(reference.state_hash(), world.engine.state_hash());
    assert!(taken.len() >= 6 && restarts > 0);
    println!("records={} snapshots={} restarts={restarts}", ends.len(), taken.len());
}

/// Snapshot and rest of the journal give the same state as all of it, down to what no hash looks at.
fn restart_from(snapshot: &Taken, prefix: &[u8], reference: &Engine) {
    let mut engine = fresh();
    engine.restore(&snapshot.bytes, &prefix[snapshot.last..snapshot.end]).unwrap();
    assert_eq!(engine.replay(&prefix[snapshot.end..]).unwrap(), prefix.len() - snapshot.end);
    assert_eq!((engine.seq(), engine.state_hash()), (reference.seq(), reference.state_hash()));
    assert!(engine.snapshot().unwrap() == reference.snapshot().unwrap(), "after record {}", reference.seq());
}

#[test]
fn a_snapshot_that_does_not_fit_changes_nothing() {
    let world = journal(600);
    let mut reference = fresh();
    let (cut, last) = (world.ends[400], world.ends[399]);
    reference.replay(&world.journal[..cut]).unwrap();
    let good = reference.snapshot().unwrap();
    let record = &world.journal[last..cut];
    let (seq, hash) = Engine::snapshot_claim(&good).unwrap();
    assert_eq!((seq, hash), (401, reference.state_hash()));
    let mut engine = fresh();
    let refuses = |engine: &mut Engine, bytes: &[u8], record: &[u8], what: &str| {
        let refusal = engine.restore(bytes, record).unwrap_err();
        assert!(refusal.message.starts_with("the snapshot"), "{what}: {refusal:?}");
        assert_eq!(engine.seq(), 0, "{what}");
    };
    let mut flips = Flips(3);
    for _ in 0..400 {
        let mut broken = good.clone();
        let bit = flips.next(broken.len() * 8);
        broken[bit / 8] ^= 1 << (bit % 8);
        refuses(&mut engine, &broken, record, "a flipped bit");
    }
    for cut in (0..good.len()).step_by(good.len() / 200) {
        refuses(&mut engine, &good[..cut], record, "a cut");
    }
    // A journal that lost its end, or another one.
    refuses(&mut engine, &good, &world.journal[world.ends[398]..last], "the record before");
    refuses(&mut engine, &good, &record[..record.len() - 1], "a cut record");
    refuses(&mut engine, &good, b"", "no record");
    // The whole journal is replayed instead.
    assert_eq!(engine.replay(&world.journal).unwrap(), world.journal.len());
    assert_eq!(engine.state_hash(), world.engine.state_hash());
    refuses_late(&mut engine, &good, record);
}

fn refuses_late(engine: &mut Engine, snapshot: &[u8], record: &[u8]) {
    let before = engine.state_hash();
    assert!(engine.restore(snapshot, record).is_err(), "a snapshot after a replay was taken");
    assert_eq!(engine.state_hash(), before);
}

#[test]
fn a_process_that_began_with_a_snapshot_trades_on() {
    let mut world = World::with(5, busy(""));
    world.run_for(3 * SECOND);
    let (last, end) = (world.ends[world.ends.len() - 2], world.journal.len());
    let mut before = fresh();
    before.replay(&world.journal).unwrap();
    world.restart_from(&before.snapshot().unwrap(), last, end);
    let sent = world.sent.len();
    world.run_for(5 * SECOND);
    assert!(world.sent.len() > sent + 4, "it trades");
    oracle::stop_pairs(&mut world);
    oracle::check_agreement(&mut world);
    let mut whole = fresh();
    whole.replay(&world.journal).unwrap();
    assert_eq!(whole.state_hash(), world.engine.state_hash());
}

#[test]
fn the_same_machine_has_no_quarantine_another_one_has() {
    let named = |name: &str| config(&btc_pair("0.02")).replacen('{', &format!("{{\"bootId\":\"{name}\","), 1);
    let mut world = World::with(5, named("first"));
    world.run_for(5 * SECOND);
    assert_eq!(world.view("health", "{}")["quarantineMs"], 0);
    world.restart();
    assert_eq!(world.view("health", "{}")["quarantineMs"], 0);
    world.run_for(5 * SECOND);
    world.configure(named("second"));
    world.restart();
    assert!(world.view("health", "{}")["quarantineMs"].as_i64().unwrap() > 0);
    let sent = world.sent.len();
    world.run_for(3 * SECOND);
    // A process that dies within the quarantine leaves the rest of it to the next one.
    world.restart();
    assert_eq!(world.alerts("QUARANTINE").len(), 2);
    world.run_for(3 * SECOND);
    let single = r#"{"exchange":"bybit","symbol":"BTCUSDT","type":"linear","side":"buy","orderType":"market","qty":0.01}"#;
    let refused = world.command("place_order", single, "").unwrap_err();
    assert!(refused.message.contains("quarantine"), "{}", refused.message);
    let leg = r#"{"exchange":"bybit","symbol":"BTCUSDT","type":"linear","side":"buy"}"#;
    let twap =
        format!(r#"{{"name":"t","totalQty":"0.05","sliceQty":"0.01","intervalMs":1000,"legs":[{leg}]}}"#);
    world.command("create_twap", &twap, "t").unwrap();
    world.run_for(13_500 * MS);
    assert_eq!(world.sent.len(), sent, "an order was opened in quarantine");
    assert_eq!(world.view("health", "{}")["status"], "degraded");
    let rounds = world.view("health", "{}")["accounts"][0]["rounds"].as_u64().unwrap();
    assert!(rounds >= 4, "{rounds} rounds");
    world.run_for(30 * SECOND);
    assert_eq!(world.view("health", "{}")["quarantineMs"], 0);
    assert!(world.sent.len() > sent, "no order after the quarantine");
}

#[test]
fn strict_orders_wait_for_their_own_record() {
    let mut world = World::with(5, busy(r#","journal":{"arbitrage":"strict"}"#));
    world.run_for(3 * SECOND);
    assert!(world.sent.len() > 4);
    assert!(Engine::new(busy(r#","journal":{"arbitrage":"never"}"#).as_bytes()).is_err());
    assert!(!world.held_back.is_empty());
    for (frame, after) in &world.held_back {
        let frame = String::from_utf8_lossy(frame);
        let id = &frame[frame.find("TGA7").unwrap()..][..14];
        // Both legs leave together, so the first of them waits for the second one's record as well.
        let waits = *after as usize;
        let has = |seq: usize| {
            let record = String::from_utf8_lossy(&world.journal[world.ends[seq - 2]..world.ends[seq - 1]]);
            record.contains(&format!("\"order\":\"{id}\""))
        };
        assert!(has(waits) || has(waits - 1), "{id} waits for record {waits}");
    }
}

#[test]
fn a_failed_journal_opens_nothing_and_is_loud() {
    let mut world = World::with(5, busy(""));
    world.run_for(3 * SECOND);
    world.input(Input::JournalFailed { reason: "Input/output error" });
    world.run_for(10 * MS);
    let sent = world.sent.len();
    assert!(sent > 4);
    world.run_for(10 * SECOND);
    assert_eq!(world.sent.len(), sent, "an order left after the journal had failed");
    assert!(!world.alerts("JOURNAL_FAILED").is_empty());
    let health = world.view("health", "{}");
    assert_eq!((health["status"].as_str(), health["recovered"].as_bool()), (Some("unhealthy"), Some(false)));
    assert!(world.command("execute_pair", r#"{"id":"btc"}"#, "try").is_err());
}
