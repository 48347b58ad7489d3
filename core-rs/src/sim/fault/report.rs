//! The way in: a range of seeds as JSON, what came of it as JSON.

use super::mutant;
use super::probe::Probes;
use super::reach;
use super::run::{Outcome, run};
use super::stage::Stage;
use super::terms::Terms;
use crate::sim::noise::mix;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Seeds of which every twentieth is run twice.
const TWICE_EVERY: u64 = 20;
/// Violations told in full.
const TOLD_MAX: usize = 20;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Request {
    #[serde(default)]
    from: u64,
    #[serde(default)]
    seeds: u64,
    #[serde(default)]
    mutant: String,
    #[serde(default)]
    trace: bool,
    /// End at the first violation.
    #[serde(default)]
    first: bool,
    /// Nothing fails but time: venues work on requests, and answer, far beyond their bounds.
    #[serde(default)]
    late: bool,
    /// `binance,bybit`, or `all`: each seed draws two.
    #[serde(default)]
    venues: String,
}

#[derive(Debug, Serialize)]
struct Violation {
    seed: u64,
    invariant: String,
    text: String,
}

#[derive(Debug, Serialize)]
struct Report {
    seeds: u64,
    events: u64,
    virtual_seconds: u64,
    /// Of all that happened in all seeds, in any order of them.
    hash: u64,
    violations: u64,
    told: Vec<Violation>,
    probes: BTreeMap<String, u64>,
    /// The seeds from which on a probe must have fired.
    due: BTreeMap<String, u64>,
    mutants: Vec<&'static str>,
    trace: String,
}

/// `{"from":0,"seeds":100,"mutant":"","trace":false,"first":false,"late":false,"venues":"all"}` in; counts, violations and probes out. The error is
/// one sentence.
pub fn simulate(request: &[u8]) -> Result<Vec<u8>, String> {
    let request: Request = serde_json::from_slice(request).map_err(|e| format!("simulation: {e}"))?;
    if !request.mutant.is_empty() && !mutant::names().any(|name| name == request.mutant) {
        return Err(format!("no mutant {}", request.mutant));
    }
    let venues = Stage::parse(&request.venues)?;
    let mut probes = Probes::default();
    let mut report = Report {
        seeds: 0,
        events: 0,
        virtual_seconds: 0,
        hash: 0,
        violations: 0,
        told: Vec::new(),
        probes: BTreeMap::new(),
        // Where nothing but time fails, most of it stays away.
        due: if request.late || !request.mutant.is_empty() { BTreeMap::new() } else { reach::due(venues) },
        mutants: mutant::names().collect(),
        trace: String::new(),
    };
    for seed in request.from..request.from.saturating_add(request.seeds) {
        let terms =
            Terms { seed, mutant: &request.mutant, tracing: request.trace, late: request.late, venues };
        let mut outcome = guarded(terms);
        if seed % TWICE_EVERY == 0 && outcome.violation.is_none() {
            outcome.violation = differs(&outcome, &run(Terms { tracing: false, ..terms }));
        }
        report.seeds += 1;
        report.events += outcome.events;
        report.virtual_seconds += (outcome.span / 1_000_000_000) as u64;
        report.hash = report.hash.wrapping_add(mix(outcome.hash ^ mix(seed)));
        probes.add(&outcome.probes);
        report.trace.push_str(&outcome.trace);
        if let Some((invariant, text)) = outcome.violation {
            report.violations += 1;
            if report.told.len() < TOLD_MAX {
                let stage = Stage::of_seed(seed, venues);
                let text = format!("{} and {}: {text}", stage.name(0), stage.name(1));
                report.told.push(Violation { seed, invariant, text });
            }
            if request.first {
                break;
            }
        }
    }
    report.probes = probes.rows();
    serde_json::to_vec(&report).map_err(|e| e.to_string())
}

/// A run that panics is a violation like any other.
fn guarded(terms: Terms<'_>) -> Outcome {
    let ended = std::panic::catch_unwind(|| run(terms));
    ended.unwrap_or_else(|cause| {
        let text = cause.downcast_ref::<String>().cloned();
        let text = text.or_else(|| cause.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        Outcome::panicked(text.unwrap_or_else(|| "panic".to_owned()))
    })
}

/// 26: one seed, one run.
fn differs(first: &Outcome, second: &Outcome) -> Option<(String, String)> {
    let same = (first.hash, first.events) == (second.hash, second.events);
    (!same).then(|| ("26 determinism".to_owned(), "two runs of one seed differ".to_owned()))
}
