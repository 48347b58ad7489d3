//! Snapshots made beside the engine, without the interpreter's lock.

use super::error::raise;
use crate::engine;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

/// (snapshot, bytes of `records` it holds, number and bytes of its last record)
type Condensed = (Py<PyBytes>, usize, u64, usize);

pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(condense, module)?)?;
    module.add_function(wrap_pyfunction!(snapshot_claim, module)?)
}

#[pyfunction]
fn condense(
    py: Python<'_>,
    config: &[u8],
    snapshot: &[u8],
    last: &[u8],
    records: &[u8],
) -> PyResult<Condensed> {
    let made = py.detach(|| {
        let mut core = engine::Engine::new(config)?;
        if !snapshot.is_empty() {
            core.restore(snapshot, last)?;
        }
        core.skip_rows(u64::MAX);
        let consumed = core.replay(records)?;
        Ok((core.snapshot()?, consumed, core.seq(), core.last_len()))
    });
    let (bytes, consumed, seq, len) = made.map_err(|e: engine::Refusal| raise(py, &e))?;
    Ok((PyBytes::new(py, &bytes).unbind(), consumed, seq, len))
}

#[pyfunction]
fn snapshot_claim(py: Python<'_>, snapshot: &[u8]) -> PyResult<(u64, u64)> {
    engine::Engine::snapshot_claim(snapshot).map_err(|e| raise(py, &e))
}
