//! Effects and rows as Python sees them.

use crate::engine::{self, Effects};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

const JOURNAL: u8 = 0;
const SEND: u8 = 1;
const FETCH: u8 = 2;
const EVENT: u8 = 3;
const WAKE: u8 = 4;
const CLOSE: u8 = 5;

#[pyclass(frozen, get_all, module = "tidegate._core")]
pub(super) struct Effect {
    kind: u8,
    target: i64,
    seq: u64,
    data: Py<PyBytes>,
    topic: String,
}

#[pyclass(frozen, get_all, module = "tidegate._core")]
pub(super) struct Row {
    table: &'static str,
    id: String,
    doc: Py<PyBytes>,
}

pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let kinds = [
        ("JOURNAL", JOURNAL),
        ("SEND", SEND),
        ("FETCH", FETCH),
        ("EVENT", EVENT),
        ("WAKE", WAKE),
        ("CLOSE", CLOSE),
    ];
    for (name, value) in kinds {
        module.add(name, value)?;
    }
    module.add_class::<Effect>()?;
    module.add_class::<Row>()
}

/// The effects in order, taken out of `effects`.
pub(super) fn hand_out(py: Python<'_>, effects: &mut Effects) -> PyResult<Vec<Py<Effect>>> {
    effects.list.drain(..).map(|effect| Py::new(py, Effect::of(py, effect))).collect()
}

pub(super) fn rows(py: Python<'_>, rows: Vec<engine::Row>) -> PyResult<Vec<Py<Row>>> {
    rows.into_iter()
        .map(|row| {
            Py::new(py, Row { table: row.table.name(), id: row.id, doc: PyBytes::new(py, &row.doc).unbind() })
        })
        .collect()
}

impl Effect {
    fn of(py: Python<'_>, effect: engine::Effect) -> Self {
        let make = |kind, target, seq, data: &[u8], topic| Self {
            kind,
            target,
            seq,
            data: PyBytes::new(py, data).unbind(),
            topic,
        };
        match effect {
            engine::Effect::Journal { seq, data } => make(JOURNAL, 0, seq, &data, String::new()),
            engine::Effect::Send { link, after, data } => {
                make(SEND, i64::from(link.0), after, &data, String::new())
            }
            engine::Effect::Fetch { link, request, data } => {
                make(FETCH, i64::from(link.0), request, &data, String::new())
            }
            engine::Effect::Event { topic, data } => make(EVENT, 0, 0, &data, topic),
            engine::Effect::Wake { at } => make(WAKE, at, 0, &[], String::new()),
            engine::Effect::Close { link } => make(CLOSE, i64::from(link.0), 0, &[], String::new()),
        }
    }
}
