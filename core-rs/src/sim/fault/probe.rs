//! Counters that prove what a corpus reached: every class of faults, every transition, the rare decisions.

use super::reach;
use super::stage::VENUES;
use super::swarm::Fault;
use crate::order::State;
use crate::units::Venue;
use std::collections::BTreeMap;

#[derive(Clone, Debug)]
pub(super) struct Probes {
    faults: [u64; Fault::ALL.len()],
    /// By fault and venue.
    faults_at: [[u64; VENUES.len()]; Fault::ALL.len()],
    /// From one order state to another, by index in `State::ALL`.
    moves: [[u64; State::ALL.len()]; State::ALL.len()],
    /// Alert codes and plan ends.
    words: BTreeMap<String, u64>,
}

impl Default for Probes {
    fn default() -> Self {
        Self {
            faults: [0; Fault::ALL.len()],
            faults_at: [[0; VENUES.len()]; Fault::ALL.len()],
            moves: [[0; State::ALL.len()]; State::ALL.len()],
            words: BTreeMap::new(),
        }
    }
}

fn index(state: State) -> usize {
    State::ALL.iter().position(|known| *known == state).unwrap_or(0)
}

impl Probes {
    pub(super) fn fault(&mut self, fault: Fault) {
        self.faults[fault as usize] += 1;
    }

    pub(super) fn fault_at(&mut self, fault: Fault, venue: Venue) {
        self.faults_at[fault as usize][venue as usize] += 1;
    }

    pub(super) fn moved(&mut self, from: State, to: State) {
        self.moves[index(from)][index(to)] += 1;
    }

    pub(super) fn word(&mut self, word: String) {
        *self.words.entry(word).or_default() += 1;
    }

    pub(super) fn event(&mut self, topic: &str, data: &[u8]) {
        if topic == "alerts"
            && let Some(code) = alert_code(data)
        {
            self.word(format!("alert {code}"));
        }
    }

    pub(super) fn add(&mut self, other: &Self) {
        for (sum, count) in self.faults.iter_mut().zip(other.faults) {
            *sum += count;
        }
        for (sums, counts) in self.faults_at.iter_mut().zip(other.faults_at) {
            sums.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
        }
        for (sums, counts) in self.moves.iter_mut().zip(other.moves) {
            sums.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
        }
        for (word, count) in &other.words {
            *self.words.entry(word.clone()).or_default() += count;
        }
    }

    /// (name, count) of everything counted; what was never reached stands there with 0.
    pub(super) fn rows(&self) -> BTreeMap<String, u64> {
        let mut rows: BTreeMap<String, u64> = BTreeMap::new();
        for fault in Fault::ALL {
            rows.insert(fault_name(fault), self.faults[fault as usize]);
            for venue in VENUES.into_iter().filter(|_| fault.of_venue()) {
                let count = self.faults_at[fault as usize][venue as usize];
                if count > 0 {
                    rows.insert(fault_name_at(fault, venue), count);
                }
            }
        }
        rows.extend(reach::moves().map(|(from, to)| (move_name(from, to), 0)));
        for from in State::ALL {
            for to in State::ALL {
                let count = self.moves[index(from)][index(to)];
                if count > 0 {
                    rows.insert(move_name(from, to), count);
                }
            }
        }
        rows.extend(self.words.iter().map(|(word, count)| (word.clone(), *count)));
        rows
    }
}

pub(super) fn fault_name(fault: Fault) -> String {
    format!("fault: {}", fault.name())
}

pub(super) fn fault_name_at(fault: Fault, venue: Venue) -> String {
    format!("{} at {}", fault_name(fault), venue.name())
}

pub(super) fn stage_name([a, b]: [Venue; 2]) -> String {
    format!("venues: {} and {}", a.name(), b.name())
}

pub(super) fn move_name(from: State, to: State) -> String {
    format!("order: {} -> {}", from.name(), to.name())
}

pub(super) fn alert_code(data: &[u8]) -> Option<&str> {
    let text = core::str::from_utf8(data).ok()?;
    text.split_once("\"code\":\"")?.1.split('"').next()
}
