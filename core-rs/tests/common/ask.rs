//! What goes into the engine, and what people and programs ask of it.

use super::World;
use super::setup::{Row, instruments};
use tidegate_core::engine::{Command, Effects, Input, Key, Refusal};
use tidegate_core::units::{Product, Venue};

impl World {
    pub fn input(&mut self, input: Input<'_>) {
        let market =
            matches!(input, Input::Frame { link, .. } if self.links[link.0 as usize].role == "public");
        let (mut out, began) = (Effects::default(), (self.clock)());
        self.engine.step(self.moment(), input, &mut out);
        if !market {
            self.own_time += (self.clock)().saturating_sub(began);
        }
        self.run(out);
    }

    /// The venues' lists of instruments, as they are now.
    pub fn list_instruments(&mut self) {
        let markets = |at| [(at, Product::Spot), (at, Product::Linear)];
        for (at, product) in (0..self.names.len()).flat_map(markets) {
            let mut out = Effects::default();
            let name = self.names[at];
            let mut rows: Vec<serde_json::Value> =
                serde_json::from_str(&instruments(name, product.name())).unwrap();
            rows.retain(|row| self.delisted.get(&at).is_none_or(|(symbol, ..)| row["symbol"] != *symbol));
            let (venue, rows) = (Venue::parse(name).unwrap(), serde_json::to_vec(&rows).unwrap());
            self.engine.set_instruments(self.moment(), venue, product, &rows, &mut out).unwrap();
            self.run(out);
        }
    }

    pub fn command(&mut self, name: &str, body: &str, id: &str) -> Result<String, Refusal> {
        let mut reply = Ok(Vec::new());
        let command = Command { name, body: body.as_bytes(), actor: "test", id, reply: &mut reply };
        let (mut out, began) = (Effects::default(), (self.clock)());
        self.engine.step(self.moment(), Input::Command(command), &mut out);
        self.own_time += (self.clock)().saturating_sub(began);
        self.run(out);
        reply.map(|bytes| String::from_utf8(bytes).unwrap())
    }

    /// A person enters a key; secret and passphrase are the venues' own.
    pub fn enter_key(&mut self, venue: Venue, key: &str) -> Result<(), Refusal> {
        let mut out = Effects::default();
        let key = Key { key, secret: b"simsecret", passphrase: "simpass" };
        let used = self.engine.use_key(self.moment(), venue, "main", &key, &mut out);
        self.run(out);
        used
    }

    pub fn view(&self, name: &str, query: &str) -> serde_json::Value {
        let bytes = self.engine.view(name, query.as_bytes()).unwrap();
        serde_json::from_slice(&bytes).unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&bytes)))
    }

    /// Drops what was noted so far; no restart after this.
    pub fn forget_history(&mut self) {
        // As a host does that writes its tables.
        self.engine.take_rows(usize::MAX);
        self.journal.clear();
        self.ends.clear();
        self.held_back.clear();
        self.asked.clear();
        self.private.clear();
        for notes in [&mut self.events, &mut self.record, &mut self.sent, &mut self.sent_cancels] {
            notes.clear();
        }
    }

    /// Alerts whose code starts so.
    pub fn alerts(&self, code: &str) -> Vec<&String> {
        let needle = format!("\"code\":\"{code}");
        self.events.iter().filter(|e| e.starts_with("alerts") && e.contains(&needle)).collect()
    }

    /// The links of a venue (0 or 1), of one role where it is named.
    pub fn links_to(&self, venue: usize, role: &str) -> Vec<usize> {
        let fits = |row: &&Row| row.venue == venue && (role.is_empty() || row.role == role);
        (0..self.links.len()).filter(|at| fits(&&self.links[*at])).collect()
    }

    /// Every link of the venue stands.
    pub fn connected(&self, venue: usize) -> bool {
        self.links_to(venue, "").into_iter().all(|link| self.conns[link].is_some())
    }

    /// The venue can not be reached any more: every connection breaks.
    pub fn lose(&mut self, venue: usize) {
        self.gone.insert(venue);
        for link in self.links_to(venue, "") {
            self.cut(link);
        }
    }
}
