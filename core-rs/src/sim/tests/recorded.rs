//! Recorded frames as the market.

use super::super::SimVenue;
use super::{START, answer, venue};
use crate::units::Ns;

const CONFIG: &str = r#"{"venue":"binance","products":["spot"],"market":"frames"}"#;
const MS: Ns = 1_000_000;

fn depth(venue: &mut SimVenue, now: Ns) -> serde_json::Value {
    answer(&venue.on_http("GET", "/api/v3/depth?symbol=BTCUSDT&limit=5", &[], b"", now)).1
}

#[test]
fn the_recorded_book_is_served_under_sequence_numbers_of_its_own() {
    let (mut venue, _) = venue(CONFIG);
    assert_eq!(depth(&mut venue, START)["bids"], serde_json::json!([]), "no market before the recording");
    let frames = [
        r#"{"e":"depthUpdate","E":1,"s":"BTCUSDT","U":90,"u":101,"b":[["67999.00","2.0"]],"a":[]}"#,
        r#"{"lastUpdateId":100,"bids":[["68000.00","1.0"],["67999.00","1.5"]],"asks":[["68001.00","0.5"],["68002.00","0.12345678"]]}"#,
        r#"{"e":"depthUpdate","E":2,"s":"BTCUSDT","U":102,"u":103,"b":[["68000.00","0"]],"a":[["68000.50","0.3"]]}"#,
    ];
    for (step, frame) in frames.iter().enumerate() {
        venue.feed(frame.as_bytes(), START + (step as Ns + 1) * 150 * MS);
    }
    let book = depth(&mut venue, START + 500 * MS);
    assert_eq!(book["bids"], serde_json::json!([["67999.00000000", "2.00000000"]]));
    assert_eq!(book["asks"][0], serde_json::json!(["68000.50000000", "0.30000000"]));
    assert_eq!(
        book["asks"][2],
        serde_json::json!(["68002.00000000", "0.12345000"]),
        "finer quantities are cut"
    );
    assert!(book["lastUpdateId"].as_u64().unwrap() > 1_000_000);
    let gap = r#"{"e":"depthUpdate","E":3,"s":"BTCUSDT","U":110,"u":111,"b":[],"a":[]}"#;
    venue.feed(gap.as_bytes(), START + 700 * MS);
    assert_eq!(depth(&mut venue, START + 700 * MS)["bids"], serde_json::json!([]), "a gap empties the book");
}
