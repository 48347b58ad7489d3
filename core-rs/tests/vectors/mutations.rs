//! Damaged messages: no decoder panics, none reports anything from a cut frame, and a depth message that still decodes says
//! exactly what an independent JSON parser finds in it.

use crate::common::{decode, listed, ours};
use crate::seeds::SEEDS;
use proptest::prelude::*;
use serde_json::Value;
use tidegate_core::market::{Instrument, Level};
use tidegate_core::units::{InstrumentId, Product, Venue, parse_fixed};
use tidegate_core::venues::{Event, EventBuf, Query, ReplyVerdict, Role, codec};

/// Runs a message through the frame decoder and every answer decoder; none may panic, and what is refused leaves nothing.
fn feed(venue: Venue, product: Product, bytes: &[u8]) -> Option<EventBuf> {
    let table = listed();
    let instrument = table.0.iter().find(|i| (i.venue, i.product) == (venue, product)).unwrap().id;
    let ctx = table.context(product, Role::Rest);
    let queries = [
        Query::Snapshot { instrument, depth: 50 },
        Query::Order { instrument, client_id: ours() },
        Query::OpenOrders,
        Query::Fills { instrument, since: 0, from_id: None },
        Query::Balances,
        Query::Positions,
        Query::Moves { since: 0, from_id: None },
        Query::Backstop { instrument, px: None },
    ];
    for query in &queries {
        for status in [200, 400, 500] {
            let mut out = EventBuf::default();
            match codec(venue, product).unwrap().decode_reply(query, &ctx, status, bytes, &mut out) {
                Ok(ReplyVerdict::Served { .. }) => {}
                Ok(_) | Err(_) => assert!(out.events.is_empty()),
            }
        }
    }
    decode(venue, &table.context(product, Role::Private), bytes).ok()
}

/// The levels of both sides as an independent parser reads them; `None` where it finds no clean sides. `row` counts the books
/// of the frame.
fn reference(
    venue: Venue,
    frame: &Value,
    row: usize,
    instrument: &Instrument,
) -> Option<(Vec<Level>, Vec<Level>)> {
    let data = frame.get("data").unwrap_or(frame);
    let body = data.get(row).unwrap_or(data);
    let names = if body.get("bids").is_some() { ["bids", "asks"] } else { ["b", "a"] };
    // Contracts of 0.01 have two digits less on the wire and weigh one unit of the last base digit each.
    let swap = (venue, instrument.product) == (Venue::Okx, Product::Linear);
    let (px, qty) = (instrument.px_decimals, instrument.qty_decimals - if swap { 2 } else { 0 });
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let side = |name: &str| -> Option<Vec<Level>> {
        let rows = body.get(name)?.as_array()?.iter();
        let level = |row: &Value| -> Option<Level> {
            let px = parse_fixed(text(row.get(0)?).as_bytes(), px).ok()?;
            Some(Level { px, qty: parse_fixed(text(row.get(1)?).as_bytes(), qty).ok()? })
        };
        rows.map(level).collect()
    };
    Some((side(names[0])?, side(names[1])?))
}

fn check_depth(venue: Venue, bytes: &[u8], out: &EventBuf) {
    let table = listed();
    for (row, event) in out.events.iter().enumerate() {
        let Event::Depth(depth) = event else { continue };
        let InstrumentId(id) = depth.instrument;
        let instrument = &table.0[id as usize];
        let frame: Value = serde_json::from_slice(bytes).unwrap();
        let (bids, asks) = reference(venue, &frame, row, instrument).unwrap();
        let delta = out.delta(depth);
        assert_eq!((delta.bids, delta.asks), (bids.as_slice(), asks.as_slice()));
        assert!(delta.bids.iter().chain(delta.asks).all(|level| level.px > 0 && level.qty >= 0));
    }
}

/// The paths of all values of a document, as (parents to descend, in order).
fn paths(value: &Value, at: &mut Vec<String>, found: &mut Vec<String>) {
    found.push(at.concat());
    let children: Vec<(String, &Value)> = match value {
        Value::Object(map) => map.iter().map(|(name, child)| (name.clone(), child)).collect(),
        Value::Array(items) => items.iter().enumerate().map(|(i, child)| (i.to_string(), child)).collect(),
        _ => Vec::new(),
    };
    for (name, child) in children {
        at.push(format!("/{name}"));
        paths(child, at, found);
        at.pop();
    }
}

#[test]
fn every_cut_of_every_message_is_refused() {
    for (venue, product, seed) in SEEDS {
        for len in 0..seed.len() {
            assert!(feed(venue, product, &seed.as_bytes()[..len]).is_none(), "{}", &seed[..len]);
        }
    }
}

#[test]
fn every_field_survives_being_replaced_by_nonsense() {
    let deep = "[".repeat(40) + &"]".repeat(40);
    let huge = "9".repeat(400);
    let text = format!("\"{}\"", "x".repeat(5000));
    let nonsense =
        ["null", "\"\"", "-1", "0", "1e400", &huge, "\"NaN\"", "true", "[]", "{}", "[[]]", &deep, &text];
    for (venue, product, seed) in SEEDS {
        let document: Value = serde_json::from_str(seed).unwrap();
        let mut found = Vec::new();
        paths(&document, &mut Vec::new(), &mut found);
        for path in found {
            let mut marked = document.clone();
            *marked.pointer_mut(&path).unwrap() = Value::String("@HERE@".into());
            let marked = marked.to_string();
            for value in nonsense {
                let bytes = marked.replace("\"@HERE@\"", value);
                if let Some(out) = feed(venue, product, bytes.as_bytes()) {
                    check_depth(venue, bytes.as_bytes(), &out);
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn noise_is_refused_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        for (venue, product, _) in SEEDS {
            feed(venue, product, &bytes);
        }
    }

    #[test]
    fn json_like_noise_is_refused_without_a_panic(text in "[\\[\\]{}\":,0-9a-z.\\\\eE+-]{0,80}") {
        for (venue, product, _) in SEEDS {
            feed(venue, product, text.as_bytes());
        }
    }
}
