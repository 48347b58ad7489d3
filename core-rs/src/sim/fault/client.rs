//! A program that reads the API: it folds events into what it was told first, and rows into tables. At rest both say what
//! the core says; and each event names the account that its order or figure is of.

use super::check::Check;
use super::world::World;
use crate::engine::{Engine, Row, Table};
use crate::units::ClientId;
use serde_json::Value;
use std::collections::BTreeMap;

/// What moves with the market stands in a row as of when it was taken.
const PASSING: [&str; 2] = ["markPrice", "unrealizedPnl"];
/// Plans that a view gives at once.
const PLANS: &str = r#"{"limit":1000}"#;

#[derive(Debug, Default)]
pub(super) struct Client {
    /// Last word on each plan and on what each order filled, by id.
    plans: BTreeMap<String, Value>,
    filled: BTreeMap<String, Value>,
    tables: BTreeMap<(&'static str, String), Value>,
    /// The tables show the records up to here.
    pub shown: u64,
}

impl Client {
    /// A process began: what it says is asked for once, events are folded into it from here on.
    fn connect(&mut self, engine: &Engine) {
        self.plans = plans(engine);
        self.filled = engine
            .orders()
            .iter()
            .map(|order| (order.id().to_string(), filled(engine, order.id())))
            .collect();
    }

    /// The journal lost records: tables that show them are filled anew.
    pub(super) fn forget(&mut self) {
        *self = Self::default();
    }

    fn take(&mut self, rows: Vec<Row>, seq: u64) {
        for row in rows {
            if let Ok(doc) = serde_json::from_slice(&row.doc) {
                self.tables.insert((row.table.name(), row.id), doc);
            }
        }
        self.shown = seq;
    }
}

impl World {
    /// A new process, replayed: the client connects to it.
    pub(super) fn client_connects(&mut self) {
        if let (Some(client), Some(process)) = (&mut self.client, &self.process) {
            client.connect(&process.engine);
        }
    }

    /// Rows go to the tables.
    pub(super) fn project(&mut self) {
        if let (Some(client), Some(process)) = (&mut self.client, &mut self.process) {
            let rows = process.engine.take_rows(usize::MAX);
            client.take(rows, process.engine.seq());
        }
    }

    /// An event is delivered.
    pub(super) fn client_hears(&mut self, topic: &str, data: &[u8]) {
        let (Some(client), Some(process)) = (&mut self.client, &self.process) else { return };
        if !matches!(topic, "plans" | "orders") {
            return;
        }
        let Ok(event) = serde_json::from_slice::<Value>(data) else {
            self.check.fail("25 API view", &format!("{topic}: no JSON"));
            return;
        };
        let doc = &event["data"];
        let text = |key: &str| doc[key].as_str().unwrap_or_default().to_owned();
        if topic == "plans" {
            client.plans.insert(text("planId"), doc.clone());
            return;
        }
        if event["event"] == "order_filled" {
            client.filled.insert(text("orderId"), doc["filledQty"].clone());
        }
        let order =
            ClientId::parse(text("orderId").as_bytes()).and_then(|id| process.engine.orders().get(&id));
        let owner = order.map(|order| process.engine.account(order.terms.account));
        let named = format!("{}:{}", text("exchange"), text("account"));
        if owner.is_some_and(|owner| owner != named) {
            self.check.fail("19 isolation", &format!("an event of {} names {named}", text("orderId")));
        }
    }

    /// 25: at rest everything that was told is what is.
    pub(super) fn check_client(&mut self) {
        self.project();
        if let (Some(client), Some(process)) = (&self.client, &self.process) {
            self.check.check_told(client, &process.engine);
        }
    }
}

impl Check {
    fn check_told(&mut self, client: &Client, engine: &Engine) {
        for (id, doc) in plans(engine) {
            self.same("25 events", &id, client.plans.get(&id), &doc);
            self.same("25 tables", &id, client.tables.get(&(Table::Plans.name(), id.clone())), &doc);
        }
        for order in engine.orders().iter() {
            let id = order.id();
            if order.filled.get() > 0 {
                let told = client.filled.get(id.as_str());
                self.same("25 events", id.as_str(), told, &filled(engine, id));
            }
            let row = client.tables.get(&(Table::Orders.name(), id.as_str().to_owned()));
            self.same(
                "25 tables",
                id.as_str(),
                row,
                &view(engine, "order", &format!(r#"{{"orderId":"{id}"}}"#)),
            );
        }
        for (name, table, keys) in [
            ("balances", Table::Balances, &["exchange", "account", "wallet", "asset"][..]),
            ("positions", Table::Positions, &["exchange", "account", "exchange", "type", "symbol"]),
        ] {
            for doc in view(engine, name, "{}").as_array().into_iter().flatten() {
                let parts: Vec<&str> = keys.iter().filter_map(|key| doc[*key].as_str()).collect();
                let id = parts.join(":");
                self.same("25 tables", &id, client.tables.get(&(table.name(), id.clone())), doc);
            }
        }
    }

    fn same(&mut self, invariant: &str, id: &str, told: Option<&Value>, is: &Value) {
        let lasting = |doc: &Value| {
            let mut doc = doc.clone();
            if let Some(fields) = doc.as_object_mut() {
                fields.retain(|key, _| !PASSING.contains(&key.as_str()));
            }
            doc
        };
        if told.map(lasting) != Some(lasting(is)) {
            let told = told.map_or_else(|| "nothing".to_owned(), Value::to_string);
            self.fail(invariant, &format!("{id}: told {told}, is {is}"));
        }
    }
}

fn view(engine: &Engine, name: &str, query: &str) -> Value {
    let bytes = engine.view(name, query.as_bytes()).unwrap_or_default();
    serde_json::from_slice(&bytes).unwrap_or_default()
}

fn plans(engine: &Engine) -> BTreeMap<String, Value> {
    let all = view(engine, "plans", PLANS);
    let rows = all.as_array().cloned().unwrap_or_default();
    rows.into_iter().map(|doc| (doc["planId"].as_str().unwrap_or_default().to_owned(), doc)).collect()
}

fn filled(engine: &Engine, id: ClientId) -> Value {
    view(engine, "order", &format!(r#"{{"orderId":"{id}"}}"#))["filledQty"].clone()
}
