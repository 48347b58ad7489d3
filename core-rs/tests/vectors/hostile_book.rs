//! A book behind a decoder that is fed damaged depth messages. After each of them the message was refused, or the book says
//! what an independent reader of the same bytes makes of it, or it is Unsynced.

use crate::common::listed;
use crate::mutate::Rng;
use serde_json::Value;
use std::collections::BTreeMap;
use tidegate_core::market::{Applied, Book, DeltaKind, Instrument, Level, SeqRule};
use tidegate_core::units::{InstrumentId, Product, Venue, parse_fixed};
use tidegate_core::venues::{Event, EventBuf, codec};

/// Messages of a venue's depth stream, whole ones.
pub struct Stream {
    venue: Venue,
    product: Product,
    last: u64,
}

impl Stream {
    pub fn new(venue: Venue, product: Product) -> Self {
        Self { venue, product, last: 5000 }
    }

    /// Levels of one side of a message, around a fixed middle; a quantity of 0 deletes.
    fn side(&self, rng: &mut Rng, bids: bool, count: usize) -> String {
        let row = |rng: &mut Rng| {
            let away = 1 + rng.below(30);
            let px = if bids { 600_000 - away } else { 600_000 + away };
            let qty = if rng.below(4) == 0 { 0 } else { rng.below(90_000) };
            let tail = if self.venue == Venue::Okx { ",\"0\",\"1\"" } else { "" };
            format!("[\"{}.{}\",\"{}.{:02}\"{tail}]", px / 10, px % 10, qty / 100, qty % 100)
        };
        let rows: Vec<String> = (0..count).map(|_| row(rng)).collect();
        format!("[{}]", rows.join(","))
    }

    pub fn snapshot(&mut self, rng: &mut Rng) -> Vec<u8> {
        self.last += 1 + rng.below(9) as u64;
        let (bids, asks, id) = (self.side(rng, true, 8), self.side(rng, false, 8), self.last);
        match self.venue {
            Venue::Binance => format!(r#"{{"lastUpdateId":{id},"bids":{bids},"asks":{asks}}}"#),
            _ => self.message("snapshot", &bids, &asks, None),
        }
        .into_bytes()
    }

    pub fn update(&mut self, rng: &mut Rng) -> Vec<u8> {
        let step = if self.venue == Venue::Bybit { 1 } else { 1 + rng.below(9) as u64 };
        let before = self.last;
        self.last += step;
        let (b, a) = (1 + rng.below(3), rng.below(4));
        let (bids, asks) = (self.side(rng, true, b), self.side(rng, false, a));
        self.message("update", &bids, &asks, Some(before)).into_bytes()
    }

    fn message(&self, kind: &str, bids: &str, asks: &str, before: Option<u64>) -> String {
        let id = self.last;
        match (self.venue, self.product) {
            (Venue::Binance, product) => {
                let before = before.unwrap_or(0);
                let link =
                    if product == Product::Linear { format!(",\"pu\":{before}") } else { String::new() };
                format!(
                    r#"{{"e":"depthUpdate","E":1723161255208,"s":"BTCUSDT","U":{},"u":{id}{link},"b":{bids},"a":{asks}}}"#,
                    before + 1
                )
            }
            (Venue::Bybit, _) => {
                let kind = if before.is_none() { "snapshot" } else { "delta" };
                format!(
                    r#"{{"topic":"orderbook.50.BTCUSDT","ts":1787612486116,"type":"{kind}","data":{{"s":"BTCUSDT","b":{bids},"a":{asks},"u":{id},"seq":9}},"cts":1787612486108}}"#
                )
            }
            (Venue::Okx, product) => {
                let symbol = if product == Product::Spot { "BTC-USDT" } else { "BTC-USDT-SWAP" };
                let before = before.map_or("-1".to_owned(), |id| id.to_string());
                format!(
                    r#"{{"arg":{{"channel":"books","instId":"{symbol}"}},"action":"{kind}","data":[{{"asks":{asks},"bids":{bids},"ts":"1787612486207","checksum":0,"seqId":{id},"prevSeqId":{before}}}]}}"#
                )
            }
            (Venue::Bridge, _) => format!(
                r#"{{"arg":{{"channel":"books","instId":"BTC-USDT"}},"action":"{kind}","data":[{{"asks":{asks},"bids":{bids},"ts":"1787612486207","seqId":{id},"prevSeqId":{}}}]}}"#,
                before.unwrap_or(0)
            ),
            (_, product) => {
                let inst = if product == Product::Spot { "SPOT" } else { "USDT-FUTURES" };
                format!(
                    r#"{{"action":"{kind}","arg":{{"instType":"{inst}","channel":"books","instId":"BTCUSDT"}},"data":[{{"asks":{asks},"bids":{bids},"ts":"1789456512452","seq":{id},"pseq":{}}}],"ts":1789456512453}}"#,
                    before.unwrap_or(0)
                )
            }
        }
    }
}

/// One book as an independent parser reads it from a message.
#[derive(Debug, PartialEq, Eq)]
struct Said {
    snapshot: bool,
    first: u64,
    last: u64,
    prev: u64,
    bids: Vec<Level>,
    asks: Vec<Level>,
}

/// What message says of a book, by serde_json and the fact sheet alone; `row` counts the books in it.
#[allow(clippy::match_wildcard_for_single_variants)] // a venue whose books are not damaged here needs no arm
fn said(venue: Venue, frame: &Value, row: usize, instrument: &Instrument) -> Option<Said> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let body = match venue {
        Venue::Binance => frame.get("data").unwrap_or(frame),
        Venue::Bybit => frame.get("data")?,
        _ => frame.get("data")?.get(row)?,
    };
    let id = |name: &str| body.get(name).and_then(|value| text(value).parse::<u64>().ok());
    let rest = body.get("lastUpdateId").is_some();
    let long = rest || matches!(venue, Venue::Okx | Venue::Bitget | Venue::Bridge);
    let names = if long { ["bids", "asks"] } else { ["b", "a"] };
    let (snapshot, first, last, prev) = match venue {
        Venue::Binance if rest => (true, id("lastUpdateId")?, id("lastUpdateId")?, 0),
        Venue::Binance if instrument.product == Product::Spot => (false, id("U")?, id("u")?, 0),
        Venue::Binance => (false, id("U")?, id("u")?, id("pu")?),
        // An id of 1: the service began anew, and this is all there is.
        Venue::Bybit => (frame.get("type")? == "snapshot" || id("u")? == 1, id("u")?, id("u")?, 0),
        Venue::Okx | Venue::Bridge => {
            (frame.get("action")? == "snapshot", id("seqId")?, id("seqId")?, id("prevSeqId").unwrap_or(0))
        }
        _ => (frame.get("action")? == "snapshot", id("seq")?, id("seq")?, id("pseq").unwrap_or(0)),
    };
    let [bids, asks] = names.map(|name| levels(venue, body.get(name)?, instrument));
    Some(Said { snapshot, first, last, prev, bids: bids?, asks: asks? })
}

fn levels(venue: Venue, rows: &Value, instrument: &Instrument) -> Option<Vec<Level>> {
    // Contracts of 0.01 have two digits less on the wire and weigh one unit of the last base digit each.
    let swap = (venue, instrument.product) == (Venue::Okx, Product::Linear);
    let (px, qty) = (instrument.px_decimals, instrument.qty_decimals - if swap { 2 } else { 0 });
    let number = |value: &Value, decimals: u8| {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        parse_fixed(text.as_bytes(), decimals).ok()
    };
    let level = |row: &Value| Some(Level { px: number(row.get(0)?, px)?, qty: number(row.get(1)?, qty)? });
    rows.as_array()?.iter().map(level).collect()
}

/// The message by another parser, which would not have half a surrogate pair, though JSON's grammar has nothing against it.
fn independent(bytes: &[u8]) -> Result<Value, String> {
    let text = core::str::from_utf8(bytes).map_err(|error| format!("accepted, but {error}"))?;
    serde_json::from_str(&text.replace("\\ud8", "\\u00")).map_err(|error| format!("accepted, but {error}"))
}

/// A book, and what it must look like.
pub struct Watched {
    venue: Venue,
    product: Product,
    book: Book,
    bids: BTreeMap<i64, i64>,
    asks: BTreeMap<i64, i64>,
    last: u64,
}

impl Watched {
    pub fn new(venue: Venue, product: Product) -> Self {
        let book = Book::new(codec(venue, product).unwrap().seq_rule);
        Self { venue, product, book, bids: BTreeMap::new(), asks: BTreeMap::new(), last: 0 }
    }

    pub fn synced(&self) -> bool {
        self.book.is_synced()
    }

    /// The stream begins anew.
    pub fn reconnect(&mut self) {
        self.book.unsync();
    }

    /// Takes what the decoder made of a message, and judges both.
    pub fn take(&mut self, bytes: &[u8], out: &EventBuf) -> Result<(), String> {
        let table = listed();
        let any = out.events.iter().any(|event| matches!(event, Event::Depth(_)));
        let frame = if any { independent(bytes)? } else { Value::Null };
        for (row, event) in out.events.iter().enumerate() {
            let Event::Depth(depth) = event else { continue };
            let InstrumentId(id) = depth.instrument;
            let instrument = &table.0[id as usize];
            let said = said(self.venue, &frame, row, instrument).ok_or("accepted without a book in it")?;
            let delta = out.delta(depth);
            let heard = Said {
                snapshot: delta.kind == DeltaKind::Snapshot,
                first: delta.first,
                last: delta.last,
                prev: delta.prev,
                bids: delta.bids.to_vec(),
                asks: delta.asks.to_vec(),
            };
            if said != heard {
                return Err(format!("read {heard:?}, it says {said:?}"));
            }
            if (instrument.venue, instrument.product) == (self.venue, self.product) {
                let was_live = self.book.is_synced();
                let applied = self.book.apply(&delta, 0);
                self.judge(&said, was_live, applied.ok())?;
            }
        }
        Ok(())
    }

    fn judge(&mut self, said: &Said, was_live: bool, applied: Option<Applied>) -> Result<(), String> {
        let rest = self.venue == Venue::Binance && said.snapshot;
        match applied {
            None if self.book.is_synced() => return Err("a fault, and still synced".into()),
            None => return Ok(()),
            // A snapshot over REST waits for the stream to join it.
            Some(Applied::Buffered) if rest => self.load(said),
            Some(Applied::Buffered | Applied::Ignored) => {}
            Some(Applied::Changed(_) | Applied::Rebuilt) => {
                if was_live && !said.snapshot && !self.follows(said) {
                    return Err(format!("applied {said:?} behind {}", self.last));
                }
                if said.snapshot { self.load(said) } else { self.change(said) }
            }
        }
        if self.book.is_synced() && !self.equal() {
            return Err("the book is another than its messages make".into());
        }
        Ok(())
    }

    /// The venue's documented rule, once more.
    fn follows(&self, said: &Said) -> bool {
        match self.book.rule() {
            SeqRule::SpanNext => said.first <= self.last.saturating_add(1) && said.last > self.last,
            SeqRule::PrevLink => said.prev == self.last,
            SeqRule::Chain => said.prev == self.last && said.last >= self.last,
            SeqRule::Increment => said.last == self.last.saturating_add(1),
        }
    }

    fn load(&mut self, said: &Said) {
        self.bids.clear();
        self.asks.clear();
        self.change(said);
    }

    fn change(&mut self, said: &Said) {
        self.last = said.last;
        for (side, levels) in [(&mut self.bids, &said.bids), (&mut self.asks, &said.asks)] {
            for level in levels {
                if level.qty == 0 {
                    side.remove(&level.px);
                } else {
                    side.insert(level.px, level.qty);
                }
            }
        }
    }

    fn equal(&self) -> bool {
        let level = |(px, qty): (&i64, &i64)| Level { px: *px, qty: *qty };
        self.book.bids().eq(self.bids.iter().rev().map(level))
            && self.book.asks().eq(self.asks.iter().map(level))
    }
}
