//! `CoreError`: the one exception of the boundary; `args` is `(code, message, details)`.

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBytes, PyDict, PyType};

static CORE_ERROR: PyOnceLock<Py<PyType>> = PyOnceLock::new();

/// The exception's type, made once per process.
pub(super) fn core_error_type(py: Python<'_>) -> PyResult<&Py<PyType>> {
    CORE_ERROR.get_or_try_init(py, || {
        let names = PyDict::new(py);
        // The stable ABI of 3.11 has no native subclass of Exception, hence properties made by Python itself.
        names.set_item("code", py.eval(c"property(lambda self: self.args[0])", None, None)?)?;
        names.set_item("message", py.eval(c"property(lambda self: self.args[1])", None, None)?)?;
        names.set_item("details", py.eval(c"property(lambda self: self.args[2])", None, None)?)?;
        let base = py.get_type::<pyo3::exceptions::PyException>();
        PyErr::new_type(
            py,
            c"tidegate._core.CoreError",
            Some(c"A refused command or query."),
            Some(&base),
            Some(names.into_any().unbind()),
        )
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
