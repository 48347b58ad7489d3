//! Recorded depth streams as plain values, read by a decoder of the test's own (serde_json), and a reference book.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tidegate_core::market::{Book, Delta, DeltaKind, Level, SeqRule, Top};
use tidegate_core::units::parse_fixed;

const DECIMALS: u8 = 8;

/// One depth message.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub(crate) kind: DeltaKind,
    pub(crate) first: u64,
    pub(crate) last: u64,
    pub(crate) prev: u64,
    pub(crate) bids: Vec<Level>,
    pub(crate) asks: Vec<Level>,
}

impl Message {
    pub(crate) fn delta(&self) -> Delta<'_> {
        Delta {
            kind: self.kind,
            first: self.first,
            last: self.last,
            prev: self.prev,
            venue_ns: 0,
            bids: &self.bids,
            asks: &self.asks,
        }
    }
}

/// One instrument's stream.
#[derive(Debug)]
pub(crate) struct Stream {
    pub(crate) name: String,
    pub(crate) rule: SeqRule,
    pub(crate) messages: Vec<Message>,
}

/// The folder of recordings beside the project; says so in one line where it is absent.
pub(crate) fn data() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    if path.is_dir() {
        return Some(path);
    }
    println!("skipped: ../shared/data is absent, no recorded traffic to read");
    None
}

/// All recorded streams of the rules that books know.
pub(crate) fn streams(data: &Path) -> Vec<Stream> {
    let mut all = Vec::new();
    for (folder, rule) in [("spot", SeqRule::SpanNext), ("usdm", SeqRule::PrevLink)] {
        let name = format!("hftbacktest/{folder}/btcusdt_20240808.gz");
        let lines = text(&data.join(&name));
        let frames = lines.lines().filter_map(|line| line.split_once(' '));
        let messages = frames.filter_map(|(_, frame)| binance(frame)).map(|(_, message)| message).collect();
        all.push(Stream { name, rule, messages });
    }
    for (file, rule) in [("BINANCE", SeqRule::SpanNext), ("BINANCE_FUTURES", SeqRule::PrevLink)] {
        all.extend(cryptofeed(data, file, rule));
    }
    let name = "tickvault/bybit_spot_orderbook50_20260824.jsonl";
    let messages = text(&data.join(name)).lines().filter_map(bybit).collect();
    all.push(Stream { name: name.to_owned(), rule: SeqRule::Increment, messages });
    all
}

/// Levels by price; no sequence rule, no array.
#[derive(Default)]
pub(crate) struct Reference {
    bids: BTreeMap<i64, i64>,
    asks: BTreeMap<i64, i64>,
}

impl Reference {
    pub(crate) fn apply(&mut self, message: &Message) {
        if message.kind == DeltaKind::Snapshot {
            *self = Self::default();
        }
        for (side, levels) in [(&mut self.bids, &message.bids), (&mut self.asks, &message.asks)] {
            for level in levels {
                if level.qty == 0 {
                    side.remove(&level.px);
                } else {
                    side.insert(level.px, level.qty);
                }
            }
        }
    }

    pub(crate) fn bids(&self) -> Vec<Level> {
        self.bids.iter().rev().map(|(px, qty)| Level { px: *px, qty: *qty }).collect()
    }

    pub(crate) fn asks(&self) -> Vec<Level> {
        self.asks.iter().map(|(px, qty)| Level { px: *px, qty: *qty }).collect()
    }

    pub(crate) fn top(&self) -> Top {
        let level = |(px, qty): (&i64, &i64)| Level { px: *px, qty: *qty };
        Top { bid: self.bids.last_key_value().map(level), ask: self.asks.first_key_value().map(level) }
    }

    pub(crate) fn equals(&self, book: &Book) -> bool {
        book.bids().eq(self.bids()) && book.asks().eq(self.asks())
    }
}

fn text(path: &Path) -> String {
    let bytes = std::fs::read(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let mut text = String::new();
    if bytes.starts_with(&[0x1f, 0x8b]) {
        flate2::read::MultiGzDecoder::new(&bytes[..]).read_to_string(&mut text).unwrap();
    } else {
        text = String::from_utf8(bytes).unwrap();
    }
    text
}

fn levels(rows: &Value) -> Vec<Level> {
    let number = |cell: &Value| parse_fixed(cell.as_str().unwrap().as_bytes(), DECIMALS).unwrap();
    rows.as_array().unwrap().iter().map(|row| Level { px: number(&row[0]), qty: number(&row[1]) }).collect()
}

/// `(symbol, message)`; the symbol is empty where the frame names none.
fn binance(frame: &str) -> Option<(String, Message)> {
    if !frame.contains("depthUpdate") && !frame.contains("lastUpdateId") {
        return None;
    }
    let value: Value = serde_json::from_str(frame).ok()?;
    let data = value.get("data").unwrap_or(&value);
    let id = |key: &str| data.get(key).and_then(Value::as_u64);
    if let Some(last) = id("lastUpdateId") {
        let (bids, asks) = (levels(&data["bids"]), levels(&data["asks"]));
        let message = Message { kind: DeltaKind::Snapshot, first: last, last, prev: 0, bids, asks };
        return Some((String::new(), message));
    }
    let (bids, asks) = (levels(&data["b"]), levels(&data["a"]));
    let (first, last, prev) = (id("U")?, id("u")?, id("pu").unwrap_or(0));
    Some((data["s"].as_str()?.to_owned(), Message { kind: DeltaKind::Update, first, last, prev, bids, asks }))
}

fn bybit(frame: &str) -> Option<Message> {
    let value: Value = serde_json::from_str(frame).ok()?;
    let kind = match value.get("type")?.as_str()? {
        "snapshot" => DeltaKind::Snapshot,
        _ => DeltaKind::Update,
    };
    let data = &value["data"];
    let last = data["u"].as_u64()?;
    Some(Message { kind, first: last, last, prev: 0, bids: levels(&data["b"]), asks: levels(&data["a"]) })
}

/// `.ws` lines are `<seconds>: <frame>`, `.http` lines `<url> -> <seconds>: <body>`; merged by time, symbol by symbol.
fn cryptofeed(data: &Path, file: &str, rule: SeqRule) -> Vec<Stream> {
    let mut timed: Vec<(f64, String, Message)> = Vec::new();
    for line in text(&data.join(format!("cryptofeed/{file}.ws.1.0"))).lines() {
        if let Some((time, frame)) = line.split_once(": ")
            && let (Ok(time), Some((symbol, message))) = (time.parse(), binance(frame))
        {
            timed.push((time, symbol, message));
        }
    }
    for line in text(&data.join(format!("cryptofeed/{file}.http.0.0"))).lines() {
        let Some((url, rest)) = line.split_once(" -> ") else { continue };
        let Some((time, body)) = rest.split_once(": ") else { continue };
        let symbol = url.split("symbol=").nth(1).and_then(|tail| tail.split('&').next());
        if let (Ok(time), Some(symbol), Some((_, message))) = (time.parse(), symbol, binance(body)) {
            timed.push((time, symbol.to_owned(), message));
        }
    }
    timed.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut by_symbol: BTreeMap<String, Vec<Message>> = BTreeMap::new();
    for (_, symbol, message) in timed {
        by_symbol.entry(symbol).or_default().push(message);
    }
    let stream = |(symbol, messages)| Stream { name: format!("cryptofeed/{file} {symbol}"), rule, messages };
    by_symbol.into_iter().map(stream).collect()
}
