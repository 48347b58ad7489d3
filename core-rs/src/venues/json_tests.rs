//! Tests of the JSON reader.

use super::DecodeError;
use super::json::{DEPTH_MAX, Reader};

fn whole(text: &str) -> Result<(), DecodeError> {
    let mut reader = Reader::new(text.as_bytes());
    reader.skip()?;
    reader.end()
}

#[test]
fn valid_json_is_read_and_anything_else_is_a_syntax_error() {
    for good in
        ["{}", "[]", " { \"a\" : [ 1 , -2.5e+3 , true , false , null , \"x\\u0041\\n\" ] } ", "0", "\"é\""]
    {
        assert_eq!(whole(good), Ok(()), "{good}");
    }
    for bad in [
        "",
        "{",
        "}",
        "[1,]",
        "{\"a\":1,}",
        "{\"a\"}",
        "{a:1}",
        "[1 2]",
        "01",
        "1.",
        ".5",
        "-",
        "1e",
        "+1",
        "nul",
        "truefalse",
        "\"\\x\"",
        "\"\\u12g4\"",
        "\"a",
        "\"\n\"",
        "{} {}",
        "[1]]",
        "NaN",
        "{\"a\":1]",
    ] {
        assert!(matches!(whole(bad), Err(DecodeError::Syntax { .. })), "{bad}");
    }
    assert!(Reader::new(b"\"\xff\"").skip().is_err());
}

#[test]
fn nesting_stops_at_the_limit() {
    let deep = |n: usize| "[".repeat(n) + &"]".repeat(n);
    assert_eq!(whole(&deep(DEPTH_MAX as usize)), Ok(()));
    assert!(whole(&deep(DEPTH_MAX as usize + 1)).is_err());
    assert!(whole(&"[{\"a\":".repeat(100_000)).is_err());
}

#[test]
fn decimals_become_mantissas_on_the_short_and_on_the_general_way() {
    let cases: &[(&str, u8, Option<i64>)] = &[
        ("\"61737.63000000\"", 2, Some(6_173_763)),
        ("\"61737.63\"", 8, Some(6_173_763_000_000)),
        ("\"0.00000000\"", 5, Some(0)),
        ("\"78715\"", 1, Some(787_150)),
        ("78715.5", 1, Some(787_155)),
        ("\"1.251\"", 2, None),
        ("\"-1\"", 2, None),
        ("\"\"", 2, None),
        ("\".\"", 2, None),
        ("\"1e3\"", 2, None),
        ("null", 2, None),
        ("\"922337203685477580.7\"", 1, Some(i64::MAX)),
        ("\"922337203685477580.8\"", 1, None),
        ("\"99999999999999999999999999\"", 0, None),
    ];
    for (text, decimals, want) in cases {
        let mut reader = Reader::new(text.as_bytes());
        assert_eq!(reader.mantissa(*decimals), Ok(*want), "{text}");
    }
    assert!(Reader::new(b"\"12").mantissa(2).is_err());
}

#[test]
fn a_field_met_twice_is_refused() {
    let read = |text: &'static str| Reader::new(text.as_bytes()).fields(["a", "b"]);
    assert_eq!(read("{\"c\":1,\"b\":2}").unwrap()[1].uint(), Ok(2));
    assert_eq!(read("{\"a\":1,\"a\":2}").unwrap_err(), DecodeError::Field("a"));
}
