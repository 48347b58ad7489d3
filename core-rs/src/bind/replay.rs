//! `Replayer`: the replay driver for Python, with a clock around each hop.

use super::buffer::with_bytes;
use super::error::core_error;
use crate::engine::{Replay, ReplaySpec};
use crate::units::Ns;
use crate::venues::{DecodeError, codec};
use pyo3::exceptions::PyIndexError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use std::time::Instant;

const VALIDATION_ERROR: &str = "VALIDATION_ERROR";
const HOPS: [&str; 3] = ["decode", "book", "spread"];

#[pyclass(module = "tidegate._core")]
pub(super) struct Replayer {
    replay: Replay,
    out: Vec<u8>,
    frames: u64,
    hops: [Durations; 3],
}

#[pymethods]
impl Replayer {
    #[new]
    fn new(
        py: Python<'_>,
        leg1: &str,
        leg2: &str,
        qty: &str,
        threshold_percent: &str,
        fee1: &str,
        fee2: &str,
    ) -> PyResult<Self> {
        let spec = ReplaySpec { legs: [leg1, leg2], qty, threshold: threshold_percent, fees: [fee1, fee2] };
        let replay = Replay::new(&spec, codec)
            .map_err(|error| core_error(py, VALIDATION_ERROR, &error.to_string(), b"{}"))?;
        Ok(Self { replay, out: Vec::new(), frames: 0, hops: Default::default() })
    }

    fn feed<'py>(
        &mut self,
        py: Python<'py>,
        leg: usize,
        recv_ns: Ns,
        frame: &Bound<'py, PyAny>,
    ) -> PyResult<Option<Bound<'py, PyBytes>>> {
        if leg > 1 {
            return Err(PyIndexError::new_err("leg is 0 or 1"));
        }
        self.out.clear();
        with_bytes(frame, |bytes| self.step(leg, recv_ns, bytes))?
            .map_err(|error| core_error(py, VALIDATION_ERROR, &format!("malformed frame: {error}"), b"{}"))?;
        Ok((!self.out.is_empty()).then(|| PyBytes::new(py, &self.out)))
    }

    fn summary<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        let mut out = Vec::new();
        self.replay.push_summary(&mut out);
        PyBytes::new(py, &out)
    }

    fn timings<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        let hop = |(name, hop): (&&str, &Durations)| {
            format!("\"{name}\":{{\"p50\":{},\"p99\":{}}}", hop.quantile(50), hop.quantile(99))
        };
        let hops: Vec<String> = HOPS.iter().zip(&self.hops).map(hop).collect();
        let [a, b] = self.replay.counts();
        let text = format!(
            "{{\"frames\":{},\"ignored\":[{},{}],\"faults\":[{},{}],\"hops\":{{{}}}}}",
            self.frames,
            a.ignored,
            b.ignored,
            a.faults,
            b.faults,
            hops.join(",")
        );
        PyBytes::new(py, text.as_bytes())
    }
}

impl Replayer {
    fn step(&mut self, leg: usize, recv_ns: Ns, frame: &[u8]) -> Result<(), DecodeError> {
        self.frames += 1;
        let start = now();
        let messages = self.replay.decode(leg, frame)?;
        let mut before = now();
        if messages > 0 {
            self.hops[0].record(before.duration_since(start).as_nanos());
        }
        for index in 0..messages {
            let step = self.replay.book(leg, index, recv_ns);
            let between = now();
            self.replay.spread(leg, step, recv_ns, &mut self.out);
            let after = now();
            self.hops[1].record(between.duration_since(before).as_nanos());
            self.hops[2].record(after.duration_since(between).as_nanos());
            before = after;
        }
        Ok(())
    }
}

#[allow(clippy::disallowed_methods, reason = "timings are for people; nothing of the replay depends on them")]
fn now() -> Instant {
    Instant::now()
}

const EXACT: u128 = 16;
const STEPS: usize = 16;

/// Durations in ns, in buckets 1/16 of a power of two wide: quantiles to about 6 %, in fixed memory.
struct Durations {
    counts: [u64; 61 * STEPS],
    total: u64,
}

impl Default for Durations {
    fn default() -> Self {
        Self { counts: [0; 61 * STEPS], total: 0 }
    }
}

impl Durations {
    fn record(&mut self, ns: u128) {
        let ns = ns.min(u128::from(u64::MAX)) as u64;
        let index = if u128::from(ns) < EXACT {
            ns as usize
        } else {
            let exponent = ns.ilog2() as usize;
            (exponent - 3) * STEPS + ((ns >> (exponent - 4)) as usize & (STEPS - 1))
        };
        self.counts[index] += 1;
        self.total += 1;
    }

    /// The bucket's lower edge at `percent`; 0 when nothing was recorded.
    fn quantile(&self, percent: u64) -> u64 {
        let rank = (self.total * percent).div_ceil(100).max(1);
        let mut seen = 0;
        for (index, count) in self.counts.iter().enumerate() {
            seen += count;
            if seen >= rank {
                return Self::edge(index);
            }
        }
        0
    }

    fn edge(index: usize) -> u64 {
        match index / STEPS {
            0 => index as u64,
            power => ((STEPS + index % STEPS) as u64) << (power - 1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_the_lower_edges_of_narrow_buckets() {
        let mut durations = Durations::default();
        assert_eq!(durations.quantile(50), 0);
        for ns in 1..=1_000 {
            durations.record(ns);
        }
        assert_eq!((durations.quantile(1), durations.quantile(50), durations.quantile(99)), (10, 496, 960));
        durations.record(u128::MAX);
        assert_eq!(durations.quantile(100), 31 << 59);
    }
}
