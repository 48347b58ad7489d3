//! Damage done to messages: to their bytes, and to the JSON in them. Deterministic by seed.

use std::ops::Range;

/// A small generator of its own, so that a seed means the same forever.
#[derive(Clone)]
pub struct Rng(u64);

impl Rng {
    pub fn new(seed: u64) -> Self {
        Self(seed | 1)
    }

    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// Below `end`; 0 for an empty range.
    pub fn below(&mut self, end: usize) -> usize {
        ((u128::from(self.next()) * end as u128) >> 64) as usize
    }

    fn pick<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        items.get(self.below(items.len()))
    }
}

/// Where the values of a document lie, and which members or items stand side by side.
#[derive(Default)]
pub struct Shape {
    values: Vec<Range<usize>>,
    siblings: Vec<Vec<Range<usize>>>,
}

impl Shape {
    /// Of a well-formed document without white space.
    pub fn of(text: &[u8]) -> Self {
        let mut shape = Self::default();
        shape.value(text, 0);
        shape
    }

    /// Reads the value that begins at `at`; where it ends.
    fn value(&mut self, text: &[u8], at: usize) -> usize {
        let end = match text[at] {
            b'"' => string_end(text, at),
            open @ (b'{' | b'[') => self.inside(text, at, open == b'{'),
            _ => (at..text.len()).find(|i| b",]}".contains(&text[*i])).unwrap_or(text.len()),
        };
        self.values.push(at..end);
        end
    }

    fn inside(&mut self, text: &[u8], open: usize, object: bool) -> usize {
        let (mut at, mut found) = (open + 1, Vec::new());
        while !b"]}".contains(&text[at]) {
            let start = at;
            if object {
                at = string_end(text, at) + 1;
            }
            at = self.value(text, at);
            found.push(start..at);
            at += usize::from(text[at] == b',');
        }
        self.siblings.push(found);
        at + 1
    }
}

fn string_end(text: &[u8], at: usize) -> usize {
    let mut end = at + 1;
    while text[end] != b'"' {
        end += 1 + usize::from(text[end] == b'\\');
    }
    end + 1
}

const NONSENSE: [&str; 22] = [
    "null",
    "\"\"",
    "0",
    "-1",
    "-0",
    "\"-1\"",
    "true",
    "[]",
    "{}",
    "[[]]",
    "\"NaN\"",
    "1e400",
    "\"1e5\"",
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
    "\"0.000000000000000000000000001\"",
    "\"\\ud800\"",
    "\"\\u0000\"",
    "\"+1\"",
    "01",
];

/// Says what was done, for whoever reads a failure. Most messages are damaged once, some up to three times.
pub fn mutate(rng: &mut Rng, text: &mut Vec<u8>) -> Vec<&'static str> {
    let mut done = Vec::new();
    // What the shape says holds for the first damage only.
    if rng.below(4) > 0 {
        let shape = Shape::of(text);
        done.push(structure(rng, text, &shape));
    }
    let more = if done.is_empty() { 1 + rng.below(3) } else { usize::from(rng.below(6) == 0) };
    for _ in 0..more {
        done.push(bytes(rng, text));
    }
    done
}

fn structure(rng: &mut Rng, text: &mut Vec<u8>, shape: &Shape) -> &'static str {
    let Some(value) = rng.pick(&shape.values).cloned() else { return "nothing" };
    match rng.below(24) {
        0..=3 => {
            let nonsense = NONSENSE[rng.below(NONSENSE.len())].bytes();
            text.splice(value, nonsense);
            "nonsense"
        }
        4 => {
            let depth = 1 + rng.below(300);
            let deep = core::iter::repeat_n(b'[', depth).chain(core::iter::repeat_n(b']', depth));
            text.splice(value, deep.collect::<Vec<u8>>());
            "deep"
        }
        5 => {
            let digits = vec![b'0' + rng.below(10) as u8; 1 + rng.below(400)];
            text.splice(value, digits);
            "long number"
        }
        6..=8 => retype(text, value),
        9..=16 => digit(rng, text),
        _ => siblings(rng, text, shape),
    }
}

/// Text becomes what it says, anything else becomes text.
fn retype(text: &mut Vec<u8>, value: Range<usize>) -> &'static str {
    let old = text[value.clone()].to_vec();
    let new = match old.as_slice() {
        [b'"', inside @ .., b'"'] => inside.to_vec(),
        other => [b"\"", other, b"\""].concat(),
    };
    text.splice(value, new);
    "another type"
}

/// One digit becomes another: a message that is as whole as before and says something else.
fn digit(rng: &mut Rng, text: &mut [u8]) -> &'static str {
    let from = rng.below(text.len());
    if let Some(at) = (from..text.len()).find(|at| text[*at].is_ascii_digit()) {
        text[at] = b'0' + rng.below(10) as u8;
    }
    "digit"
}

fn siblings(rng: &mut Rng, text: &mut Vec<u8>, shape: &Shape) -> &'static str {
    let Some(all) = rng.pick(&shape.siblings).filter(|all| !all.is_empty()) else { return "nothing" };
    let (one, other) = (all[rng.below(all.len())].clone(), all[rng.below(all.len())].clone());
    match rng.below(8) {
        0..=2 if one != other => {
            let (first, last) = if one.start < other.start { (one, other) } else { (other, one) };
            let (left, right) = (text[first.clone()].to_vec(), text[last.clone()].to_vec());
            text.splice(last, left);
            text.splice(first, right);
            "swapped"
        }
        0..=4 => {
            let copy = [b",", &text[one]].concat();
            text.splice(other.end..other.end, copy);
            "doubled"
        }
        5 if rng.below(40) == 0 => {
            let item = [b",", &text[one]].concat();
            let copies = 1 + rng.below(120_000 / item.len());
            text.splice(other.end..other.end, item.repeat(copies));
            "huge"
        }
        _ => {
            let comma = usize::from(text[one.end] == b',');
            text.drain(one.start..one.end + comma);
            "removed"
        }
    }
}

fn bytes(rng: &mut Rng, text: &mut Vec<u8>) -> &'static str {
    if text.is_empty() {
        return "nothing";
    }
    let at = rng.below(text.len());
    let to = at + rng.below(text.len() - at);
    match rng.below(9) {
        0 | 1 => {
            text[at] = rng.next() as u8;
            "byte"
        }
        2 => {
            text.insert(at, rng.next() as u8);
            "inserted"
        }
        3 => {
            text.remove(at);
            "taken"
        }
        4 => {
            text.truncate(at);
            "cut"
        }
        5 => {
            let copy = text[at..to].to_vec();
            text.splice(to..to, copy);
            "repeated"
        }
        6 => {
            text[at..to].reverse();
            "reversed"
        }
        7 => {
            let bad: &[u8] = [&b"\xff"[..], b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80"][rng.below(4)];
            text.splice(at..at, bad.iter().copied());
            "no UTF-8"
        }
        _ => {
            let around: &[u8] = [&b"\xef\xbb\xbf"[..], b" \t\r\n", b"\0", b"{}", b"<html>"][rng.below(5)];
            let place = if rng.below(2) == 0 { 0 } else { text.len() };
            text.splice(place..place, around.iter().copied());
            "around"
        }
    }
}

#[test]
fn a_seed_does_the_same_damage_again_and_shapes_find_every_value() {
    let run = || {
        let mut rng = Rng::new(7);
        let mut text = br#"{"a":[1,{"b":"x\"y"}],"c":null}"#.to_vec();
        (mutate(&mut rng, &mut text), text)
    };
    assert_eq!(run(), run());
    let text = br#"{"a":[1,{"b":"x\"y"}],"c":null}"#;
    let shape = Shape::of(text);
    let values: Vec<&[u8]> = shape.values.iter().map(|range| &text[range.clone()]).collect();
    assert_eq!(values[..3], [&b"1"[..], br#""x\"y""#, br#"{"b":"x\"y"}"#]);
    assert_eq!(shape.siblings.iter().map(Vec::len).collect::<Vec<_>>(), [1, 2, 2]);
}
