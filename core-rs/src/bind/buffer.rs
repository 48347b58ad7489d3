//! Bytes of any Python buffer, borrowed for one call.

use pyo3::buffer::PyBuffer;
use pyo3::exceptions::PyBufferError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

/// Runs `run` on the object's bytes without copying them. `run` must not call back into Python.
#[allow(unsafe_code, reason = "a borrowed slice of a foreign buffer")]
pub(super) fn with_bytes<R>(object: &Bound<'_, PyAny>, run: impl FnOnce(&[u8]) -> R) -> PyResult<R> {
    if let Ok(bytes) = object.cast::<PyBytes>() {
        return Ok(run(bytes.as_bytes()));
    }
    let buffer = PyBuffer::<u8>::get(object)?;
    if !buffer.is_c_contiguous() {
        return Err(PyBufferError::new_err("the buffer is not contiguous"));
    }
    if buffer.len_bytes() == 0 {
        return Ok(run(&[]));
    }
    // SAFETY: the view is held, so the memory stays exported and its size fixed; it is contiguous and not empty.
    // The interpreter lock is held for the whole call and `run` does not call Python, so nobody writes meanwhile.
    let bytes = unsafe { core::slice::from_raw_parts(buffer.buf_ptr().cast::<u8>(), buffer.len_bytes()) };
    Ok(run(bytes))
}
