//! The replay of the recorded Binance spot and USDT-M BTCUSDT streams finds what an outside count found.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of a test may stop it")]

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use tidegate_core::engine::{LegCount, Replay, ReplayError, ReplaySpec};
use tidegate_core::venues::codec;

const LEGS: [&str; 2] = ["binance:spot:BTCUSDT", "binance:linear:BTCUSDT"];

type Lines = Box<dyn Iterator<Item = (i64, Vec<u8>)>>;

fn lines(path: PathBuf) -> Lines {
    let file = std::fs::File::open(path).unwrap();
    let reader = BufReader::new(flate2::read::MultiGzDecoder::new(file));
    Box::new(reader.split(b'\n').map(|line| {
        let line = line.unwrap();
        let space = line.iter().position(|b| *b == b' ').unwrap();
        let recv = std::str::from_utf8(&line[..space]).unwrap().parse().unwrap();
        (recv, line[space + 1..].to_vec())
    }))
}

/// Everything that the replay prints, and its counts.
fn run(data: &Path, qty: &str, threshold: &str) -> (String, [LegCount; 2]) {
    let spec = ReplaySpec { legs: LEGS, qty, threshold, fees: ["0", "0"] };
    let mut replay = Replay::new(&spec, codec).unwrap();
    let mut sources = ["spot", "usdm"]
        .map(|folder| lines(data.join(format!("hftbacktest/{folder}/btcusdt_20240808.gz"))).peekable());
    let mut out = Vec::new();
    loop {
        let times = [0, 1].map(|leg| sources[leg].peek().map_or(i64::MAX, |line| line.0));
        let leg = usize::from(times[1] < times[0]);
        let Some((recv, frame)) = sources[leg].next() else { break };
        for index in 0..replay.decode(leg, &frame).unwrap() {
            let step = replay.book(leg, index, recv);
            replay.spread(leg, step, recv, &mut out);
        }
    }
    replay.push_summary(&mut out);
    (String::from_utf8(out).unwrap(), *replay.counts())
}

#[test]
fn the_recorded_spot_and_futures_streams_open_as_often_as_counted_outside() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    if !data.is_dir() {
        println!("skipped: ../shared/data is absent, no recorded traffic to read");
        return;
    }
    for (qty, threshold, opened) in [("0.5", "0.05", 28), ("2", "0.06", 6)] {
        let (text, counts) = run(&data, qty, threshold);
        let last = text.lines().last().unwrap();
        assert_eq!(
            last,
            format!("{{\"summary\":true,\"frames\":[3451,6551],\"gaps\":[0,0],\"opened\":{opened}}}"),
        );
        assert_eq!(text.matches("\"event\":\"opportunity\"").count(), opened);
        assert_eq!(counts.map(|c| c.faults), [0, 0]);
    }
}

#[test]
fn nonsense_arguments_are_refused_by_name() {
    let good = ReplaySpec { legs: LEGS, qty: "0.5", threshold: "0.05", fees: ["0", "0.001"] };
    assert!(Replay::new(&good, codec).is_ok());
    let cases = [
        (ReplaySpec { legs: ["binance:spot", LEGS[1]], ..good }, ReplayError::Leg(0)),
        (ReplaySpec { legs: [LEGS[0], "nowhere:spot:BTCUSDT"], ..good }, ReplayError::Leg(1)),
        (ReplaySpec { legs: [LEGS[0], LEGS[0]], ..good }, ReplayError::SameLegs),
        (ReplaySpec { qty: "0", ..good }, ReplayError::Qty),
        (ReplaySpec { qty: "-1", ..good }, ReplayError::Qty),
        (ReplaySpec { qty: "0.000000001", ..good }, ReplayError::Qty),
        (ReplaySpec { qty: "100000000000000000000", ..good }, ReplayError::Qty),
        (ReplaySpec { threshold: "5%", ..good }, ReplayError::Threshold),
        (ReplaySpec { fees: ["0", "1"], ..good }, ReplayError::Fee(1)),
        (ReplaySpec { fees: ["-0.1", "0"], ..good }, ReplayError::Fee(0)),
    ];
    for (spec, want) in cases {
        assert_eq!(Replay::new(&spec, codec).err(), Some(want), "{spec:?}");
    }
}
