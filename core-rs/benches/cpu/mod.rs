//! CPU time of the bench's own thread: what other programs take from a shared machine does not count. The floor
//! programs measure the same way.

use std::time::Duration;

use criterion::measurement::{Measurement, ValueFormatter, WallTime};

const THREAD_CPU: i32 = 3;

#[allow(unsafe_code, reason = "the standard library has no thread CPU clock")]
unsafe extern "C" {
    fn clock_gettime(clock: i32, time: *mut [i64; 2]) -> i32;
}

pub(crate) struct CpuTime;

impl CpuTime {
    /// Nanoseconds of CPU time used by this thread so far.
    #[allow(unsafe_code, reason = "the standard library has no thread CPU clock")]
    pub(crate) fn now() -> i64 {
        let mut time = [0i64; 2];
        // SAFETY: `timespec` is two 64-bit integers on 64-bit Linux, and the pointer is valid for the call.
        let failed = unsafe { clock_gettime(THREAD_CPU, &raw mut time) };
        assert_eq!(failed, 0, "no thread CPU clock");
        time[0] * 1_000_000_000 + time[1]
    }

    pub(crate) fn since(start: i64) -> Duration {
        Duration::from_nanos((Self::now() - start) as u64)
    }
}

impl Measurement for CpuTime {
    type Intermediate = i64;
    type Value = Duration;

    fn start(&self) -> i64 {
        Self::now()
    }

    fn end(&self, start: i64) -> Duration {
        Self::since(start)
    }

    fn add(&self, a: &Duration, b: &Duration) -> Duration {
        *a + *b
    }

    fn zero(&self) -> Duration {
        Duration::ZERO
    }

    fn to_f64(&self, value: &Duration) -> f64 {
        value.as_nanos() as f64
    }

    fn formatter(&self) -> &dyn ValueFormatter {
        WallTime.formatter()
    }
}
