//! Rooms import only downwards, and rooms on one floor do not see each other (the import rule of ARCHITECTURE.md).
#![allow(clippy::unwrap_used, reason = "helpers of a test may stop it")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Room and floor. A new room is one line here.
const FLOORS: [(&str, u8); 11] = [
    ("units", 0),
    ("market", 1),
    ("order", 1),
    ("calc", 1),
    ("ledger", 2),
    ("risk", 3),
    ("plan", 3),
    ("venues", 3),
    ("engine", 4),
    ("sim", 5),
    ("bind", 6),
];

fn source_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            source_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Rooms named behind `crate::` in a line, comments aside; `crate::{a::x, b::y}` names several.
fn rooms_named(line: &str) -> Vec<&str> {
    let code = line.split("//").next().unwrap_or_default();
    let mut named = Vec::new();
    for part in code.split("crate::").skip(1) {
        match part.strip_prefix('{') {
            Some(group) => named.extend(group.split(',').map(|item| word(item.trim()))),
            None => named.push(word(part)),
        }
    }
    named
}

fn word(text: &str) -> &str {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default()
}

fn room_of(path: &Path, source: &Path) -> String {
    let first = path.strip_prefix(source).unwrap().iter().next().unwrap();
    first.to_string_lossy().trim_end_matches(".rs").to_owned()
}

#[test]
fn rooms_import_only_downwards() {
    let floors: BTreeMap<&str, u8> = FLOORS.into_iter().collect();
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    source_files(&source, &mut files);
    assert!(files.len() > FLOORS.len(), "the sources were not found");

    let mut broken = Vec::new();
    for path in files {
        let room = room_of(&path, &source);
        if room == "lib" {
            continue;
        }
        let Some(&own) = floors.get(room.as_str()) else {
            broken.push(format!("{room} stands on no floor: add it to FLOORS"));
            continue;
        };
        for (index, line) in fs::read_to_string(&path).unwrap().lines().enumerate() {
            for named in rooms_named(line) {
                if floors.get(named).is_some_and(|&other| named != room && other >= own) {
                    broken.push(format!("{}:{} {room} imports {named}", path.display(), index + 1));
                }
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn names_behind_crate_are_found() {
    assert_eq!(rooms_named("use crate::units::Px;"), ["units"]);
    assert_eq!(rooms_named("use crate::{market::Book, units};"), ["market", "units"]);
    assert_eq!(
        rooms_named("fn f(a: crate::order::Id, b: crate::plan::P) {} // crate::bind"),
        ["order", "plan"]
    );
    assert!(rooms_named("// nothing").is_empty());
}
