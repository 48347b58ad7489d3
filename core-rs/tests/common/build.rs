//! Worlds: of which venues, with which configuration.

use super::World;
use super::setup::{self, LINKS, NAMES, Row, config, config_of, links_of};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use tidegate_core::engine::Engine;
use tidegate_core::sim::SimVenue;

impl World {
    pub fn new(seed: u64, pairs: &str) -> Self {
        Self::with(seed, config(pairs))
    }

    pub fn with(seed: u64, config: String) -> Self {
        Self::staged(seed, config, 1)
    }

    /// With venues whose request budgets are so many times as large.
    pub fn staged(seed: u64, config: String, budget_times: u32) -> Self {
        Self::on(seed, NAMES, LINKS.to_vec(), (config, budget_times))
    }

    /// A world of two other venues.
    pub fn among(seed: u64, names: [&'static str; 2], pairs: &str) -> Self {
        let links = links_of(names);
        let config = config_of(names, &links, pairs);
        Self::on(seed, names, links, (config, 1))
    }

    /// A configuration of this world's venues without a pair: what a journal is replayed with.
    pub fn bare_config(&self) -> String {
        config_of(self.names, &self.links, "")
    }

    fn on(
        seed: u64,
        names: [&'static str; 2],
        links: Vec<Row>,
        (config, budget_times): (String, u32),
    ) -> Self {
        let venue = |name: &str| {
            let text = format!(
                r#"{{"venue":"{name}","budgetTimes":{budget_times},"products":["spot","linear"],"seed":{seed},{},"feeTaker":"0.0005"}}"#,
                setup::symbols(name)
            );
            SimVenue::new(text.as_bytes()).unwrap()
        };
        let engine = Engine::new(config.as_bytes()).unwrap();
        let mut world = Self {
            names,
            links,
            engine,
            venues: names.iter().map(|name| venue(name)).collect(),
            now: 0,
            journal: Vec::new(),
            ends: Vec::new(),
            events: Vec::new(),
            record: Vec::new(),
            sent: Vec::new(),
            sent_cancels: Vec::new(),
            asked: Vec::new(),
            private: Vec::new(),
            held_back: Vec::new(),
            config,
            queue: BTreeMap::new(),
            serial: 0,
            conns: Vec::new(),
            conn_link: BTreeMap::new(),
            wake: None,
            life: 0,
            drop_next: BTreeSet::new(),
            silent: BTreeSet::new(),
            lose_request: BTreeSet::new(),
            lose_cancel: BTreeSet::new(),
            lose_answers: false,
            mute: BTreeSet::new(),
            gone: BTreeSet::new(),
            answer: BTreeMap::new(),
            delisted: BTreeMap::new(),
            slow: BTreeMap::new(),
            crash_at: None,
            crashed: false,
            own_time: Duration::ZERO,
            clock: || Duration::ZERO,
        };
        world.conns = vec![None; world.links.len()];
        for at in 0..world.venues.len() {
            let wall = world.wall();
            let effects = world.venues[at].start(wall);
            world.venue_effects(at, effects, None);
            world.schedule_venue(at);
        }
        world.begin();
        world
    }
}
