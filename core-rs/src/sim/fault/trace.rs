//! What happened, for people; and its hash, for the proof that a seed gives one run only.

use super::setup::MS;
use crate::sim::noise::mix;
use crate::units::Ns;
use std::fmt::Write;
use xxhash_rust::xxh3::xxh3_64;

/// Bytes of a frame that a trace line shows.
const SHOWN: usize = 420;

#[derive(Debug)]
pub(super) struct Trace {
    pub text: String,
    pub hash: u64,
    on: bool,
}

impl Trace {
    pub(super) const fn new(on: bool) -> Self {
        Self { text: String::new(), hash: 0, on }
    }

    pub(super) fn say(&mut self, now: Ns, text: impl FnOnce() -> String) {
        if self.on {
            let _never_fails = writeln!(self.text, "{:>10.3} ms  {}", now as f64 / MS as f64, text());
        }
    }

    pub(super) fn bytes(&mut self, now: Ns, word: &str, number: u64, data: &[u8]) {
        self.hash = mix(self.hash ^ xxh3_64(data) ^ number.rotate_left(32) ^ now as u64);
        self.say(now, || {
            let shown = String::from_utf8_lossy(&data[..data.len().min(SHOWN)]).replace('\n', " | ");
            format!("{word:<7}{number} {shown}")
        });
    }

    /// A journal record: the head is binary, the payload JSON.
    pub(super) fn record(&mut self, now: Ns, seq: u64, data: &[u8]) {
        self.hash = mix(self.hash ^ xxh3_64(data) ^ now as u64);
        self.say(now, || {
            let kind = data.get(24).copied().unwrap_or(0);
            let payload = String::from_utf8_lossy(data.get(33..).unwrap_or_default()).into_owned();
            format!("RECORD {seq} kind {kind} {}", &payload[..payload.len().min(SHOWN)])
        });
    }

    pub(super) fn event(&mut self, now: Ns, topic: &str, data: &[u8]) {
        if self.on && (topic == "alerts" || topic == "plans") {
            self.say(now, || {
                let text = String::from_utf8_lossy(data);
                format!("EVENT  {topic} {}", &text[..text.len().min(SHOWN)])
            });
        }
    }
}
