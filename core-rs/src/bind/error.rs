//! `CoreError`: the one exception of the boundary; `args` is `(code, message, details)`.

use crate::engine::Refusal;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBytes, PyDict, PyType};
use std::ffi::CStr;

static CORE_ERROR: PyOnceLock<Py<PyType>> = PyOnceLock::new();

/// The stable ABI of 3.11 has no native subclass of Exception, hence a class in Python's own words.
const CORE_ERROR_CLASS: &CStr = c"
class CoreError(Exception):
    'A refused command or query.'
    __module__ = 'tidegate._core'
    code = property(lambda self: self.args[0])
    message = property(lambda self: self.args[1])
    details = property(lambda self: self.args[2])
";

/// The exception's type, made once per process.
pub(super) fn core_error_type(py: Python<'_>) -> PyResult<&Py<PyType>> {
    CORE_ERROR.get_or_try_init(py, || {
        let names = PyDict::new(py);
        py.run(CORE_ERROR_CLASS, Some(&names), None)?;
        let class = names.get_item("CoreError")?.ok_or_else(|| PyRuntimeError::new_err("CoreError"))?;
        Ok(class.cast_into::<PyType>()?.unbind())
    })
}

/// A `CoreError`; `details` is a JSON object.
pub(super) fn core_error(py: Python<'_>, code: &str, message: &str, details: &[u8]) -> PyErr {
    match core_error_type(py) {
        Ok(kind) => {
            let args = (code.to_owned(), message.to_owned(), PyBytes::new(py, details).unbind());
            PyErr::from_type(kind.bind(py).clone(), args)
        }
        Err(error) => error,
    }
}

/// A refusal of the engine as the exception to raise.
pub(super) fn raise(py: Python<'_>, refusal: &Refusal) -> PyErr {
    core_error(py, refusal.code.name(), &refusal.message, &refusal.details)
}
