//! Every payload of the recorded data through every decoder: it decodes or is refused with a typed reason,
//! and how many do which is known.

use crate::common::{Table, decode, ours, recorded, recorded_text};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use tidegate_core::units::{InstrumentId, Product, Venue};
use tidegate_core::venues::{DecodeError, EventBuf, Query, ReplyVerdict, Role, codec};

/// Payloads that decode to events, decode to nothing, are refused by kind of reason, and answer a question over REST.
type Counts = BTreeMap<&'static str, u32>;

fn files_under(path: &Path, found: &mut Vec<String>) {
    let mut entries: Vec<_> = std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for entry in entries {
        if entry.is_dir() {
            files_under(&entry, found);
        } else if let Ok(text) = std::fs::read_to_string(&entry) {
            found.push(text);
        }
    }
}

/// The payloads of a folder of samples: what follows `<`, `=` or the three head lines of a file, placeholders filled in.
fn samples(folder: &str) -> Option<Vec<String>> {
    let mut files = Vec::new();
    files_under(&recorded(folder)?, &mut files);
    let mut frames = Vec::new();
    for file in files {
        let mut rest = String::new();
        for line in file.lines() {
            match line.trim_start_matches('\u{feff}').split_at_checked(1) {
                Some((">", _)) => {}
                Some(("<", frame)) => {
                    frames.push(filled(frame.trim_start_matches(|c: char| c.is_ascii_digit())));
                }
                Some(("=", frame)) => {
                    frames.push(filled(&rest));
                    rest.clear();
                    rest.push_str(frame.trim_start_matches(|c: char| c.is_ascii_digit()));
                }
                _ if ["GET", "POST", "PUT", "DELETE", "true", "false"].contains(&line.trim())
                    || line.starts_with('/') => {}
                _ => rest.push_str(line),
            }
        }
        frames.push(filled(&rest));
    }
    frames.retain(|frame| !frame.trim().is_empty());
    Some(frames)
}

/// `|1|` and the like stand for ids.
fn filled(frame: &str) -> String {
    frame.split('|').enumerate().map(|(i, part)| if i % 2 == 0 { part } else { "1" }).collect()
}

/// Everything that looks like a symbol in the frames is tracked.
fn universe(venue: Venue, frames: &[String]) -> Table {
    let words: BTreeSet<&str> = frames
        .iter()
        .flat_map(|frame| frame.split('"'))
        .filter(|word| {
            (5..=16).contains(&word.len())
                && word.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-')
        })
        .filter(|word| word.bytes().any(|b| b.is_ascii_uppercase()))
        .collect();
    let products = [Product::Spot, Product::Linear];
    products
        .into_iter()
        .flat_map(|product| words.iter().map(move |word| (product, word)))
        .fold(Table::default(), |table, (product, word)| table.with(venue, product, word, 9, 9))
}

fn reason(result: Result<EventBuf, DecodeError>) -> &'static str {
    match result {
        Ok(out) if out.events.is_empty() => "quiet",
        Ok(_) => "events",
        Err(DecodeError::Syntax { .. }) => "syntax",
        Err(DecodeError::Missing(_)) => "missing",
        Err(DecodeError::Field(_)) => "field",
        Err(DecodeError::UnknownMessage) => "unknown message",
        Err(DecodeError::UnknownInstrument) => "unknown instrument",
        Err(DecodeError::TooLarge) => "too large",
    }
}

fn count(venue: Venue, product: Product, frames: &[String]) -> Counts {
    let table = universe(venue, frames);
    let ctx = table.context(product, Role::Private);
    let queries = [
        Query::Snapshot { instrument: InstrumentId(0), depth: 100 },
        Query::Order { instrument: InstrumentId(0), client_id: ours() },
        Query::OpenOrders,
        Query::Fills { instrument: InstrumentId(0), since: 0, from_id: None },
        Query::Balances,
        Query::Positions,
    ];
    let mut counts = Counts::new();
    for frame in frames {
        *counts.entry(reason(decode(venue, &ctx, frame.as_bytes()))).or_default() += 1;
        for query in &queries {
            for status in [200, 400, 503] {
                let mut out = EventBuf::default();
                let codec = codec(venue, product).unwrap();
                if let Ok(verdict) = codec.decode_reply(query, &ctx, status, frame.as_bytes(), &mut out) {
                    let served = matches!(verdict, ReplyVerdict::Served { .. });
                    assert!(!served || status == 200, "{frame}");
                    if served {
                        *counts.entry("answers").or_default() += 1;
                    }
                } else {
                    assert!(out.events.is_empty());
                }
            }
        }
    }
    counts
}

/// How many of each kind are known to be there.
type Wanted = &'static [(&'static str, u32)];

fn expect(counts: &Counts, want: &[(&'static str, u32)]) {
    assert_eq!(*counts, want.iter().copied().collect::<Counts>());
}

const OKX_SAMPLES: [(&str, u32); 7] = [
    ("answers", 13),
    ("events", 48),
    ("field", 2),
    ("missing", 129),
    ("quiet", 1),
    ("syntax", 14),
    ("unknown message", 29),
];
const BITGET_SAMPLES: [(&str, u32); 7] = [
    ("answers", 11),
    ("events", 54),
    ("field", 13),
    ("missing", 120),
    ("quiet", 3),
    ("syntax", 62),
    ("unknown message", 16),
];

#[test]
fn samples_of_the_documents_decode_or_are_refused_with_a_reason() {
    let Some(binance) = samples("jkorf/binance") else { return };
    expect(
        &count(Venue::Binance, Product::Spot, &binance),
        &[
            ("answers", 16),
            ("events", 50),
            ("field", 11),
            ("missing", 17),
            ("quiet", 10),
            ("syntax", 1),
            ("unknown message", 264),
        ],
    );
    expect(
        &count(Venue::Binance, Product::Linear, &binance),
        &[
            ("answers", 17),
            ("events", 50),
            ("field", 11),
            ("missing", 17),
            ("quiet", 10),
            ("syntax", 1),
            ("unknown message", 264),
        ],
    );
    let Some(bybit) = samples("jkorf/bybit") else { return };
    expect(
        &count(Venue::Bybit, Product::Linear, &bybit),
        &[
            ("answers", 28),
            ("events", 32),
            ("missing", 115),
            ("quiet", 2),
            ("syntax", 2),
            ("unknown message", 15),
        ],
    );
    for (venue, folder, want) in [
        (Venue::Okx, "jkorf/okx", &OKX_SAMPLES[..]),
        (Venue::Bitget, "jkorf/bitget", &BITGET_SAMPLES[..]),
        (Venue::Bitget, "xchange/xchange-bitget", &[("answers", 3), ("missing", 25)][..]),
    ] {
        let Some(frames) = samples(folder) else { return };
        expect(&count(venue, Product::Spot, &frames), want);
    }
    let Some(xchange) = samples("xchange/xchange-bybit") else { return };
    expect(&count(Venue::Bybit, Product::Linear, &xchange), &[("answers", 9), ("missing", 22)]);
    let Some(stream) = samples("xchange/xchange-stream-bybit") else { return };
    expect(&count(Venue::Bybit, Product::Linear, &stream), &[("events", 2), ("quiet", 2), ("syntax", 1)]);
}

#[test]
fn single_frames_decode_or_are_refused_with_a_reason() {
    let Some(text) = recorded_text("gocryptotrader/inline.frames.jsonl") else { return };
    let frames = |venue: &str| -> Vec<String> {
        let rows = text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
        rows.filter(|row| row["venue"] == venue)
            .map(|row| row["raw"].as_str().unwrap_or_default().to_owned())
            .collect()
    };
    expect(
        &count(Venue::Binance, Product::Spot, &frames("binance")),
        &[("events", 8), ("quiet", 1), ("unknown message", 2)],
    );
    expect(&count(Venue::Bybit, Product::Spot, &frames("bybit")), &[("events", 5)]);
    expect(
        &count(Venue::Okx, Product::Linear, &frames("okx")),
        &[("events", 3), ("field", 1), ("missing", 2), ("quiet", 1), ("unknown message", 41)],
    );
    expect(
        &count(Venue::Bitget, Product::Spot, &frames("bitget")),
        &[("events", 2), ("field", 3), ("missing", 7), ("syntax", 1), ("unknown message", 68)],
    );
    let lines = |path: &str| recorded_text(path).unwrap().lines().map(str::to_owned).collect::<Vec<_>>();
    expect(
        &count(Venue::Binance, Product::Spot, &lines("gocryptotrader/binance_wsHandleData.json")),
        &[("events", 5), ("quiet", 1), ("unknown message", 2)],
    );
    expect(
        &count(Venue::Bybit, Product::Linear, &lines("gocryptotrader/bybit_wsAuth.json")),
        &[("events", 5), ("quiet", 1), ("unknown message", 1)],
    );
    expect(
        &count(Venue::Bybit, Product::Linear, &lines("gocryptotrader/bybit_wsTicker.json")),
        &[("unknown message", 8)],
    );
}

#[test]
fn recorded_rest_routes_decode_or_are_refused_with_a_reason() {
    let Some(text) = recorded_text("gocryptotrader/binance_rest.json") else { return };
    let book: serde_json::Value = serde_json::from_str(&text).unwrap();
    let mut bodies = Vec::new();
    for route in book["routes"].as_object().unwrap().values() {
        for calls in route.as_object().unwrap().values() {
            bodies.extend(calls.as_array().unwrap().iter().map(|call| call["data"].to_string()));
        }
    }
    expect(
        &count(Venue::Binance, Product::Spot, &bodies),
        &[("answers", 10), ("events", 4), ("missing", 3), ("unknown message", 95)],
    );
    expect(
        &count(Venue::Binance, Product::Linear, &bodies),
        &[("answers", 9), ("events", 4), ("missing", 3), ("unknown message", 95)],
    );
}

#[test]
fn the_recorded_streams_of_2021_decode_or_are_refused_with_a_reason() {
    let frames = |path: &str| -> Option<Vec<String>> {
        let text = recorded_text(path)?;
        let received = text.lines().filter(|line| line.starts_with(|c: char| c.is_ascii_digit()));
        Some(received.filter_map(|line| Some(line.split_once(": ")?.1.to_owned())).collect())
    };
    let Some(spot) = frames("cryptofeed/BINANCE.ws.1.0") else { return };
    expect(&count(Venue::Binance, Product::Spot, &spot), &[("events", 263), ("unknown message", 2)]);
    // Books of that year have a checksum and no ids: they are refused, never guessed at.
    let Some(okx) = frames("cryptofeed/OKX.ws.1.0") else { return };
    expect(
        &count(Venue::Okx, Product::Spot, &okx),
        &[("events", 75), ("missing", 98), ("unknown message", 25)],
    );
    let Some(bitget) = frames("cryptofeed/BITGET.ws.1.0") else { return };
    expect(
        &count(Venue::Bitget, Product::Spot, &bitget),
        &[("events", 32), ("field", 171), ("missing", 443), ("quiet", 8), ("syntax", 30)],
    );
    let Some(linear) = frames("cryptofeed/BINANCE_FUTURES.ws.1.0") else { return };
    expect(&count(Venue::Binance, Product::Linear, &linear), &[("events", 600), ("unknown message", 22)]);
}

/// Lines of a recording that are frames, or the bodies of one that wrote down questions and answers.
fn plain(path: &str) -> Option<Vec<String>> {
    let text = recorded_text(path)?;
    let body = |line: &str| {
        let answer = line.split_once(" -> ").and_then(|(_, rest)| rest.split_once(": "));
        answer.map_or_else(|| line.to_owned(), |(_, body)| body.to_owned())
    };
    Some(text.lines().filter(|line| !line.is_empty()).map(body).collect())
}

#[test]
fn the_remaining_recordings_decode_or_are_refused_with_a_reason() {
    let cases: [(&str, Venue, Product, Wanted); 11] = [
        ("gocryptotrader/okx_wsOrders.json", Venue::Okx, Product::Spot, &[("events", 4)]),
        ("gocryptotrader/okx_wsAllTrades.json", Venue::Okx, Product::Spot, &[("events", 2)]),
        ("gocryptotrader/bybit_rest_v5_tickers.json", Venue::Bybit, Product::Spot, &[("missing", 1)]),
        ("tickvault/bybit_spot_orderbook50_20260824.jsonl", Venue::Bybit, Product::Spot, &[("events", 10)]),
        ("tickvault/okx_books_updates_only_20260824.jsonl", Venue::Okx, Product::Spot, &[("events", 6)]),
        (
            "observatory/bitget_2026-09_books_and_errors.frames.jsonl",
            Venue::Bitget,
            Product::Linear,
            &[("events", 7), ("field", 1)],
        ),
        ("cryptofeed/BINANCE.http.0.0", Venue::Binance, Product::Spot, &[("unknown instrument", 4)]),
        (
            "cryptofeed/BINANCE_FUTURES.http.0.0",
            Venue::Binance,
            Product::Linear,
            &[("unknown instrument", 1)],
        ),
        ("cryptofeed/BINANCE.0.gz", Venue::Binance, Product::Spot, &[("syntax", 1), ("unknown message", 1)]),
        ("cryptofeed/OKX.0.gz", Venue::Okx, Product::Spot, &[("missing", 25), ("syntax", 1)]),
        (
            "cryptofeed/BITGET.0.gz",
            Venue::Bitget,
            Product::Spot,
            &[("answers", 5), ("missing", 3), ("syntax", 1)],
        ),
    ];
    let mut other = Vec::new();
    for (path, venue, product, want) in cases {
        let Some(frames) = plain(path) else { return };
        let counts = count(venue, product, &frames);
        if counts != want.iter().copied().collect::<Counts>() {
            other.push(format!("{path}: {counts:?}"));
        }
    }
    assert!(other.is_empty(), "{other:#?}");
}

/// Where messages are recorded and this file, `recorded.rs`, `requests.rs` or `market_recorded.rs` reads them.
const READ: [&str; 17] = [
    "jkorf/",
    "xchange/xchange-bitget/src/test",
    "xchange/xchange-bybit/src/test",
    "xchange/xchange-stream-bybit/src/test",
    "ccxt/",
    "hftbacktest/",
    "tickvault/",
    "observatory/",
    "cryptofeed/",
    "gocryptotrader/inline.frames.jsonl",
    "gocryptotrader/binance_rest.json",
    "gocryptotrader/binance_wsHandleData.json",
    "gocryptotrader/bybit_wsAuth.json",
    "gocryptotrader/bybit_wsTicker.json",
    "gocryptotrader/bybit_rest_v5_tickers.json",
    "gocryptotrader/okx_wsOrders.json",
    "gocryptotrader/okx_wsAllTrades.json",
];
/// What holds no message of a venue: tables of prices and trades, settings of another program, and what is about the data.
const NO_MESSAGES: [&str; 7] = [
    "xchange/xchange-bitget/src/main",
    "xchange/xchange-bybit/src/main",
    "lean/",
    "klines/",
    "gocryptotrader/binance_BTCUSDT_24h-trades_2020_11_16.csv",
    "verify.py",
    "README.md",
];

#[test]
fn no_recorded_file_is_overlooked() {
    fn walk(root: &Path, at: &Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(at).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                walk(root, &entry, found);
            } else {
                found.push(entry.strip_prefix(root).unwrap().to_string_lossy().into_owned());
            }
        }
    }
    let Some(root) = recorded("") else { return };
    let mut files = Vec::new();
    walk(&root, &root, &mut files);
    let known = |file: &&String| READ.iter().chain(&NO_MESSAGES).any(|start| file.starts_with(start));
    assert_eq!(files.iter().filter(|file| !known(file)).collect::<Vec<_>>(), Vec::<&String>::new());
    assert!(files.len() > 900, "{}", files.len());
}
