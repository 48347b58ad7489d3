"""The brace counter counts what it should."""

from tests.tidy.rust import functions

SOURCE = """
fn short() -> [u8; 2] { [b'{', 1] }
/* fn hidden() { */
trait Shape { fn declared(&self) -> u8; }
fn lifetimes<'a>(x: &'a str) -> &'a str {
    // }
    let text = "}}} fn not_one() {";
    let raw = r#"}"{"#;
    let _ = ('}', '\\'', '\\u{7d}');
    x
}
fn after() {
    if true {
    }
}
"""


def test_bodies_are_measured_and_declarations_are_not() -> None:
    assert list(functions(SOURCE)) == [("short", 1), ("lifetimes", 7), ("after", 4)]
