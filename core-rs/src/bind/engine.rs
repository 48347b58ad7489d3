//! The `Engine` class: translates arguments into inputs and effects into objects, nothing else.

use super::buffer::with_bytes;
use super::effect::{self, hand_out};
use super::error::{core_error, raise};
use crate::engine::{self, Code, Command, Effects, Input, Refusal};
use crate::units::{LinkId, Now, Product, Venue};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

#[pyclass(module = "tidegate._core")]
pub(super) struct Engine {
    core: engine::Engine,
    effects: Effects,
}

type Out = PyResult<Vec<Py<effect::Effect>>>;

pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<Engine>()
}

const fn now(mono: i64, wall: i64) -> Now {
    Now { mono, wall }
}

fn venue_of(py: Python<'_>, name: &str) -> PyResult<Venue> {
    let refused = || Refusal::new(Code::ValidationError, format!("unknown exchange {name}"));
    Venue::parse(name).ok_or_else(|| raise(py, &refused()))
}

impl Engine {
    pub(super) const fn core(&self) -> &engine::Engine {
        &self.core
    }

    fn run(&mut self, py: Python<'_>, now: Now, input: Input<'_>) -> Out {
        self.core.step(now, input, &mut self.effects);
        hand_out(py, &mut self.effects)
    }
}

#[pymethods]
impl Engine {
    #[new]
    fn new(py: Python<'_>, config: &[u8]) -> PyResult<Self> {
        let core = engine::Engine::new(config).map_err(|e| raise(py, &e))?;
        Ok(Self { core, effects: Effects::default() })
    }

    fn replay(&mut self, chunk: &Bound<'_, PyAny>) -> PyResult<usize> {
        let py = chunk.py();
        with_bytes(chunk, |bytes| self.core.replay(bytes))?.map_err(|e| raise(py, &e))
    }

    fn restore(&mut self, py: Python<'_>, snapshot: &[u8], last: &[u8]) -> PyResult<()> {
        self.core.restore(snapshot, last).map_err(|e| raise(py, &e))
    }

    fn snapshot(&self, py: Python<'_>) -> PyResult<Py<PyBytes>> {
        let bytes = self.core.snapshot().map_err(|e| raise(py, &e))?;
        Ok(PyBytes::new(py, &bytes).unbind())
    }

    fn start(&mut self, py: Python<'_>, mono_ns: i64, wall_ns: i64) -> Out {
        self.run(py, now(mono_ns, wall_ns), Input::Start)
    }

    fn set_instruments(
        &mut self,
        py: Python<'_>,
        venue: &str,
        product: &str,
        instruments: &[u8],
        mono_ns: i64,
        wall_ns: i64,
    ) -> Out {
        let venue = venue_of(py, venue)?;
        let Some(product) = Product::parse(product) else {
            return Err(core_error(py, "VALIDATION_ERROR", "type must be spot or linear", b"{}"));
        };
        let at = now(mono_ns, wall_ns);
        let loaded = self.core.set_instruments(at, venue, product, instruments, &mut self.effects);
        loaded.map_err(|e| raise(py, &e))?;
        hand_out(py, &mut self.effects)
    }

    fn on_link(&mut self, py: Python<'_>, link: u16, up: bool, mono_ns: i64, wall_ns: i64) -> Out {
        self.run(py, now(mono_ns, wall_ns), Input::Link { link: LinkId(link), up })
    }

    fn on_frame(
        &mut self,
        link: u16,
        payload: &Bound<'_, PyAny>,
        mono_ns: i64,
        wall_ns: i64,
    ) -> PyResult<Option<Vec<Py<effect::Effect>>>> {
        with_bytes(payload, |bytes| {
            let input = Input::Frame { link: LinkId(link), bytes };
            self.core.step(now(mono_ns, wall_ns), input, &mut self.effects);
        })?;
        if self.effects.list.is_empty() {
            return Ok(None);
        }
        hand_out(payload.py(), &mut self.effects).map(Some)
    }

    fn on_reply(
        &mut self,
        request: u64,
        status: u16,
        body: &Bound<'_, PyAny>,
        mono_ns: i64,
        wall_ns: i64,
    ) -> Out {
        with_bytes(body, |body| {
            let input = Input::Reply { request, status, body };
            self.core.step(now(mono_ns, wall_ns), input, &mut self.effects);
        })?;
        hand_out(body.py(), &mut self.effects)
    }

    fn on_timer(&mut self, py: Python<'_>, mono_ns: i64, wall_ns: i64) -> Out {
        self.run(py, now(mono_ns, wall_ns), Input::Timer)
    }

    fn on_durable(&mut self, py: Python<'_>, seq: u64, mono_ns: i64, wall_ns: i64) -> Out {
        self.run(py, now(mono_ns, wall_ns), Input::Durable { seq })
    }

    fn on_send_failed(&mut self, py: Python<'_>, link: u16, data: &[u8], mono_ns: i64, wall_ns: i64) -> Out {
        self.run(py, now(mono_ns, wall_ns), Input::SendFailed { link: LinkId(link), data })
    }

    fn on_journal_failed(&mut self, py: Python<'_>, reason: &str, mono_ns: i64, wall_ns: i64) -> Out {
        self.run(py, now(mono_ns, wall_ns), Input::JournalFailed { reason })
    }

    fn on_clock(&mut self, py: Python<'_>, venue: &str, offset_ns: i64, uncertainty_ns: i64) -> PyResult<()> {
        let venue = venue_of(py, venue)?;
        let input = Input::Clock { venue, offset: offset_ns, uncertainty: uncertainty_ns };
        self.core.step(Now::default(), input, &mut self.effects);
        self.effects.list.clear();
        Ok(())
    }

    #[allow(clippy::too_many_arguments)] // the boundary's contract
    fn use_key(
        &mut self,
        py: Python<'_>,
        venue: &str,
        account: &str,
        key: &str,
        secret: &str,
        passphrase: &str,
        mono_ns: i64,
        wall_ns: i64,
    ) -> Out {
        let venue = venue_of(py, venue)?;
        let key = engine::Key { key, secret: secret.as_bytes(), passphrase };
        let used = self.core.use_key(now(mono_ns, wall_ns), venue, account, &key, &mut self.effects);
        used.map_err(|e| raise(py, &e))?;
        hand_out(py, &mut self.effects)
    }

    #[allow(clippy::too_many_arguments)] // the boundary's contract
    fn refuse_key(
        &mut self,
        py: Python<'_>,
        venue: &str,
        account: &str,
        code: &str,
        message: &str,
        mono_ns: i64,
        wall_ns: i64,
    ) -> Out {
        let venue = venue_of(py, venue)?;
        self.core.refuse_key(now(mono_ns, wall_ns), venue, account, (code, message), &mut self.effects);
        hand_out(py, &mut self.effects)
    }

    fn is_public_only(&self, py: Python<'_>, venue: &str, account: &str) -> PyResult<bool> {
        Ok(self.core.is_public_only(venue_of(py, venue)?, account))
    }

    #[allow(clippy::too_many_arguments)] // the boundary's contract
    fn command(
        &mut self,
        py: Python<'_>,
        name: &str,
        body: &[u8],
        actor: &str,
        command_id: &str,
        mono_ns: i64,
        wall_ns: i64,
    ) -> PyResult<(Py<PyBytes>, Vec<Py<effect::Effect>>)> {
        let mut reply = Ok(Vec::new());
        let command = Command { name, body, actor, id: command_id, reply: &mut reply };
        self.core.step(now(mono_ns, wall_ns), Input::Command(command), &mut self.effects);
        match reply {
            Ok(reply) => Ok((PyBytes::new(py, &reply).unbind(), hand_out(py, &mut self.effects)?)),
            // What was decided on the way (a breaker that opened is a record) waits for `drain`.
            Err(refusal) => Err(raise(py, &refusal)),
        }
    }

    /// Effects of a command that was refused: to be executed like any others.
    fn drain(&mut self, py: Python<'_>) -> Out {
        hand_out(py, &mut self.effects)
    }

    fn view(&self, py: Python<'_>, name: &str, query: &[u8]) -> PyResult<Py<PyBytes>> {
        let json = self.core.view(name, query).map_err(|e| raise(py, &e))?;
        Ok(PyBytes::new(py, &json).unbind())
    }

    fn watch(&mut self, py: Python<'_>, instrument: &str, on: bool, mono_ns: i64, wall_ns: i64) -> Out {
        self.run(py, now(mono_ns, wall_ns), Input::Watch { instrument, on })
    }

    fn take_rows(&mut self, py: Python<'_>, limit: usize) -> PyResult<Vec<Py<effect::Row>>> {
        effect::rows(py, self.core.take_rows(limit))
    }

    fn skip_rows(&mut self, shown: u64) {
        self.core.skip_rows(shown);
    }

    #[getter]
    fn seq(&self) -> u64 {
        self.core.seq()
    }

    #[getter]
    fn last_len(&self) -> usize {
        self.core.last_len()
    }

    fn state_hash(&self) -> u64 {
        self.core.state_hash()
    }
}
