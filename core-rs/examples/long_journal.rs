//! Makes a data directory as a long run of profile sim leaves it: journal segments and the simulated venues' books of
//! record, which agree. `cargo run --example long_journal -- DIRECTORY RECORDS`; for benches of start and replay.

#[path = "../tests/common/mod.rs"]
mod common;

use common::{SECOND, World, config};
use std::fs;
use std::path::Path;

const SEGMENT: usize = 16 << 20;
/// What a writer keeps free behind the last record.
const END_MARK: usize = 8;

fn pairs() -> String {
    let pair = |id: &str, product: &str, symbol: &str, qty: &str| {
        format!(
            r#"{{"id":"{id}","leg1":{{"exchange":"binance","symbol":"{symbol}","type":"{product}"}},
            "leg2":{{"exchange":"bybit","symbol":"{symbol}","type":"linear"}},"threshold":"-5","qty":"{qty}",
            "totalAmount":"100000000","direction":"auto","enabled":true}}"#
        )
    };
    [pair("btc", "linear", "BTCUSDT", "0.001"), pair("eth", "linear", "ETHUSDT", "0.01")].join(",")
}

fn write(world: &World, home: &Path) -> std::io::Result<()> {
    for folder in ["journal", "sim"] {
        fs::create_dir_all(home.join(folder))?;
    }
    fs::write(home.join("journal/instance"), "A7\n")?;
    let (mut start, mut number) = (0, 0);
    while start < world.journal.len() {
        let limit = start + SEGMENT - END_MARK;
        let end = *world.ends[..world.ends.partition_point(|end| *end <= limit)].last().unwrap_or(&0);
        let mut segment = world.journal[start..end].to_vec();
        segment.resize(SEGMENT, 0);
        number += 1;
        fs::write(home.join(format!("journal/{number:08}.journal")), segment)?;
        start = end;
    }
    for venue in ["binance", "bybit"] {
        let own = format!("\"venue\":\"{venue}\"");
        let lines: Vec<&str> =
            world.record.iter().map(String::as_str).filter(|line| line.contains(&own)).collect();
        fs::write(home.join(format!("sim/{venue}.jsonl")), lines.join("\n") + "\n")?;
    }
    Ok(())
}

fn main() -> std::io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let (Some(home), Some(records)) = (arguments.next(), arguments.next().and_then(|n| n.parse().ok()))
    else {
        eprintln!("usage: long_journal DIRECTORY RECORDS");
        std::process::exit(2);
    };
    let text = config(&pairs()).replace("\"cooldownMs\":500", "\"cooldownMs\":0");
    let mut world = World::with(11, text);
    while world.ends.len() < records {
        world.run_for(SECOND);
        world.events.clear();
    }
    // Nothing is under way at the end.
    world
        .command("kill", r#"{"reason":"end of the run","mode":"halt"}"#, "end")
        .map_err(std::io::Error::other)?;
    world.run_for(5 * SECOND);
    world.command("reset", "{}", "again").map_err(std::io::Error::other)?;
    write(&world, Path::new(&home))
}
