//! `SimVenue` and `SimEffect` for Python.

use super::buffer::with_bytes;
use super::engine::Engine;
use super::error::core_error;
use crate::engine;
use crate::market::{Book, Instrument};
use crate::sim;
use crate::units::{Ns, Product, Venue};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

const CONFIG_ERROR: &str = "CONFIG_ERROR";
const RECORD: u8 = 0;
const HTTP: u8 = 1;
const FRAME: u8 = 2;
const HANGUP: u8 = 3;

/// One thing for the host to do.
#[pyclass(module = "tidegate._core", frozen)]
pub(super) struct SimEffect {
    #[pyo3(get)]
    kind: u8,
    #[pyo3(get)]
    conn: u64,
    #[pyo3(get)]
    status: u16,
    #[pyo3(get)]
    headers: Vec<(String, String)>,
    data: Vec<u8>,
}

#[pymethods]
impl SimEffect {
    #[getter]
    fn data<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.data)
    }
}

impl From<sim::SimEffect> for SimEffect {
    fn from(effect: sim::SimEffect) -> Self {
        let bare = |kind, conn, data| Self { kind, conn, status: 0, headers: Vec::new(), data };
        match effect {
            sim::SimEffect::Record(data) => bare(RECORD, 0, data),
            sim::SimEffect::Http { status, headers, body } => {
                Self { kind: HTTP, conn: 0, status, headers, data: body }
            }
            sim::SimEffect::Frame { conn, data } => bare(FRAME, conn, data),
            sim::SimEffect::Hangup { conn } => bare(HANGUP, conn, Vec::new()),
        }
    }
}

#[pyclass(module = "tidegate._core", unsendable)]
pub(super) struct SimVenue(sim::SimVenue);

/// The books of one venue as the engine keeps them, at a moment.
struct EngineBooks<'a> {
    core: &'a engine::Engine,
    venue: Venue,
    mono: Ns,
}

impl sim::LiveBooks for EngineBooks<'_> {
    fn each(&self, take: &mut dyn FnMut(&Instrument, &Book)) {
        self.core.live_books(self.venue, self.mono).for_each(|(instrument, book)| take(instrument, book));
    }
}

fn product_of(py: Python<'_>, name: &str) -> PyResult<Product> {
    Product::parse(name)
        .ok_or_else(|| core_error(py, "VALIDATION_ERROR", "type must be spot or linear", b"{}"))
}

fn out(effects: Vec<sim::SimEffect>) -> Vec<SimEffect> {
    effects.into_iter().map(SimEffect::from).collect()
}

#[pymethods]
impl SimVenue {
    #[new]
    fn new(py: Python<'_>, config: &[u8]) -> PyResult<Self> {
        sim::SimVenue::new(config).map(Self).map_err(|error| core_error(py, CONFIG_ERROR, &error, b"{}"))
    }

    fn restore(&mut self, records: &Bound<'_, PyAny>) -> PyResult<usize> {
        with_bytes(records, |bytes| self.0.restore(bytes))
    }

    fn start(&mut self, wall_ns: Ns) -> Vec<SimEffect> {
        out(self.0.start(wall_ns))
    }

    #[allow(clippy::needless_pass_by_value, reason = "the header list is made for this call")]
    fn on_http(
        &mut self,
        method: &str,
        target: &str,
        headers: Vec<(String, String)>,
        body: &[u8],
        wall_ns: Ns,
    ) -> Vec<SimEffect> {
        out(self.0.on_http(method, target, &headers, body, wall_ns))
    }

    fn on_open(&mut self, conn: u64, target: &str, wall_ns: Ns) -> Vec<SimEffect> {
        out(self.0.on_open(conn, target, wall_ns))
    }

    fn on_frame(&mut self, conn: u64, payload: &Bound<'_, PyAny>, wall_ns: Ns) -> PyResult<Vec<SimEffect>> {
        with_bytes(payload, |bytes| out(self.0.on_frame(conn, bytes, wall_ns)))
    }

    fn on_close(&mut self, conn: u64, wall_ns: Ns) {
        let _ = wall_ns;
        self.0.on_close(conn);
    }

    fn on_timer(&mut self, wall_ns: Ns) -> Vec<SimEffect> {
        out(self.0.on_timer(wall_ns))
    }

    fn feed(&mut self, frame: &Bound<'_, PyAny>, wall_ns: Ns) -> PyResult<Vec<SimEffect>> {
        with_bytes(frame, |bytes| out(self.0.feed(bytes, wall_ns)))
    }

    fn follow(&mut self, engine: &Engine, whole: bool, mono_ns: Ns, wall_ns: Ns) -> Vec<SimEffect> {
        let books = EngineBooks { core: engine.core(), venue: self.0.venue(), mono: mono_ns };
        out(self.0.follow(&books, whole, wall_ns))
    }

    fn tape(&mut self, product: &str, frame: &Bound<'_, PyAny>, wall_ns: Ns) -> PyResult<Vec<SimEffect>> {
        let product = product_of(frame.py(), product)?;
        with_bytes(frame, |bytes| out(self.0.tape(product, bytes, wall_ns)))
    }

    fn tape_frames<'py>(
        &mut self,
        py: Python<'py>,
        product: &str,
        fresh: bool,
    ) -> PyResult<Vec<Bound<'py, PyBytes>>> {
        let frames = self.0.tape_frames(product_of(py, product)?, fresh);
        Ok(frames.iter().map(|frame| PyBytes::new(py, frame)).collect())
    }

    #[getter]
    fn resting(&self) -> Vec<String> {
        self.0.resting()
    }

    #[getter]
    fn next_wake_ns(&self) -> Ns {
        self.0.next_wake()
    }
}

/// A range of seeds of the fault simulator; other threads go on meanwhile.
#[pyfunction]
fn simulate<'py>(py: Python<'py>, request: &[u8]) -> PyResult<Bound<'py, PyBytes>> {
    let request = request.to_vec();
    let report = py.detach(move || sim::simulate(&request));
    let report = report.map_err(|error| core_error(py, "VALIDATION_ERROR", &error, b"{}"))?;
    Ok(PyBytes::new(py, &report))
}

/// Adds the classes and the effect kinds.
pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<SimVenue>()?;
    module.add_class::<SimEffect>()?;
    module.add_function(wrap_pyfunction!(simulate, module)?)?;
    module.add("RECORD", RECORD)?;
    module.add("HTTP", HTTP)?;
    module.add("FRAME", FRAME)?;
    module.add("HANGUP", HANGUP)
}
