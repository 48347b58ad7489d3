//! Views: the state as the API serves it. Each reads, none changes.

mod breakers;
mod market;
mod status;
mod trading;
mod usage;

use super::error::Refusal;
use super::field::{FieldError, Fields, parse};
use super::json::Json;
use super::reducer::Engine;
use super::step::unknown;
use crate::units::Now;

/// Rows that a view gives when none are asked for, and at most.
const ROWS: u64 = 100;
const ROWS_MAX: u64 = 1_000;

impl Engine {
    /// One view as JSON.
    pub fn view(&self, name: &str, query: &[u8]) -> Result<Vec<u8>, Refusal> {
        let value = parse(query)?;
        let q = Fields::of(&value)?;
        match name {
            "book" => self.view_book(q),
            "instruments" => self.view_instruments(q),
            "pairs" => Ok(Json::array(|j| self.view_pairs(j))),
            "opportunities" => self.view_opportunities(q),
            "spreads" => Ok(Json::array(|j| self.view_spreads(j))),
            "plans" => self.view_plans(q),
            "plan" => self.view_plan(q),
            "twap_plans" => self.view_twaps(q, limit_of(q)?),
            "twap" => self.view_twap(q, false),
            "twap_status" => self.view_twap(q, true),
            "protections" => self.view_protections(q, limit_of(q)?),
            "protection" => self.view_protection(q),
            "open_orders" => Ok(Json::array(|j| self.view_open_orders(j))),
            "order" => self.view_order(q),
            "positions" => Ok(Json::array(|j| self.view_positions(j))),
            "balances" => self.view_balances(q),
            "limits" => {
                Ok(Json::array(|j| self.state.limits.rows().for_each(|row| super::docs::limit(j, &row))))
            }
            "unset_limits" => Ok(Json::array(|j| {
                self.unset_limits().into_iter().for_each(|name| j.str("", name.name()));
            })),
            "risk_metrics" => self.view_risk(q),
            "performance" => Ok(Json::object(|j| self.view_performance(j))),
            "links" => self.view_links(q),
            "health" => self.view_health(q),
            "exchanges" => self.view_exchanges(q),
            name => Err(unknown("view", name)),
        }
    }
}

/// The moment of the query; zero where the caller gave none.
fn now_of(q: Fields<'_>) -> Result<Now, FieldError> {
    let at = |key: &str| q.get(key).map_or(Ok(0), |_| q.int(key));
    Ok(Now { mono: at("monoNs")?, wall: at("wallNs")? })
}

fn limit_of(q: Fields<'_>) -> Result<usize, FieldError> {
    let rows = q.get("limit").map_or(Ok(ROWS), |_| q.uint("limit"))?;
    Ok(rows.clamp(1, ROWS_MAX) as usize)
}
