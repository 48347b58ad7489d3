//! `JournalReader`: journal bytes in, records out.

use super::buffer::with_bytes;
use super::error::raise;
use crate::engine;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

#[pyclass(module = "tidegate._core")]
#[derive(Default)]
pub(super) struct JournalReader {
    core: engine::JournalReader,
}

/// (seq, wall ns, kind, kind's name, payload, bytes of the record)
type Entry = (u64, i64, u8, &'static str, Py<PyBytes>, usize);

#[pymethods]
impl JournalReader {
    #[new]
    fn new() -> Self {
        Self::default()
    }

    fn read(&mut self, chunk: &Bound<'_, PyAny>, offset: usize) -> PyResult<Option<Entry>> {
        let py = chunk.py();
        let found = with_bytes(chunk, |bytes| {
            let entry = self.core.next(bytes.get(offset..).unwrap_or_default())?;
            Ok(entry.map(|e| (e.seq, e.wall, e.kind, e.name, PyBytes::new(py, e.payload).unbind(), e.len)))
        })?;
        found.map_err(|refusal| raise(py, &refusal))
    }

    #[getter]
    fn seq(&self) -> u64 {
        self.core.seq()
    }
}
