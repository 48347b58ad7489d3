//! Commands of people and programs. Each is one record that carries the command's id and reply, so that the same id
//! gives the same reply again, also after a restart.

use super::breakers::Over;
use super::config::LimitSeed;
use super::error::{Code, Refusal};
use super::field::{FieldError, Fields, parse};
use super::json::Json;
use super::pairs::{Pair, PairId, PairTerms, id_base};
use super::record::{Body, CommandTag};
use super::reducer::Engine;
use super::step::unknown;
use super::{Command, Effects};
use crate::market::PairIx;
use crate::order::{CancelEvent, push_field, row_digest};
use crate::plan::Plan;
use crate::risk::{LatchMode, LimitRow};
use crate::units::{ClientId, Direction, Now, Qty};

/// Rows of one `set_limits`.
const LIMIT_ROWS_MAX: usize = 1_000;

/// Who asked, under which id.
#[derive(Clone, Copy)]
pub(super) struct Asker<'a> {
    id: &'a str,
    actor: &'a str,
    /// Hash of the command's name and body.
    asked: u64,
}

impl Asker<'_> {
    pub(super) const fn actor(&self) -> &str {
        self.actor
    }

    pub(super) fn tag(self, reply: &[u8]) -> Option<CommandTag> {
        (!self.id.is_empty()).then(|| CommandTag {
            id: self.id.to_owned(),
            actor: self.actor.to_owned(),
            reply: String::from_utf8_lossy(reply).into_owned(),
            asked: self.asked,
        })
    }
}

pub(super) type Reply = Result<Vec<u8>, Refusal>;

impl Engine {
    pub(super) fn on_command(&mut self, now: Now, command: &mut Command<'_>, out: &mut Effects) {
        let asked = row_digest(|row| {
            push_field(row, command.name.as_bytes());
            push_field(row, command.body);
        });
        *command.reply = match self.state.commands.get(command.id) {
            Some(answered) if !command.id.is_empty() => {
                if answered.asked == asked || answered.asked == 0 {
                    Ok(answered.reply.as_bytes().to_vec())
                } else {
                    let text = format!("{} was given to another command before", command.id);
                    Err(Refusal::new(Code::Conflict, text))
                }
            }
            Some(_) | None => self.run_command(now, command, asked, out),
        };
    }

    fn run_command(&mut self, now: Now, command: &Command<'_>, asked: u64, out: &mut Effects) -> Reply {
        if !self.started {
            return Err(Refusal::new(Code::ExchangeUnavailable, "the engine is still recovering"));
        }
        let value = parse(command.body)?;
        let body = Fields::of(&value)?;
        if let (Some(reason), false) = (&self.journal_failed, only_stops(command.name, body)) {
            let text = format!("the journal can not be written ({reason}); only cancels until a restart");
            return Err(Refusal::new(Code::Internal, text));
        }
        let asker = Asker { id: command.id, actor: command.actor, asked };
        match command.name {
            "upsert_pair" => self.upsert_pair(now, body, asker, out),
            "delete_pair" => self.delete_pair(now, body, asker, out),
            "execute_pair" => self.execute_pair(now, body, asker, out),
            "unwind_plan" => self.unwind_plan(now, body, asker, out),
            "cancel_order" => self.cancel_order(now, body, asker, out),
            "set_limits" => self.set_limits(now, body, asker, out),
            "kill" => self.kill(now, body, asker, out),
            "place_order" => self.place_order(now, body, asker, out),
            "reset" => self.reset(now, asker, out),
            "create_twap" => self.create_twap(now, body, asker, out),
            "update_twap" => self.update_twap(now, body, asker, out),
            "control_twap" => self.control_twap(now, body, asker, out),
            "delete_twap" => self.delete_twap(now, body, asker, out),
            "set_protection" => self.set_protection(now, body, asker, out),
            "acknowledge_diff" => self.acknowledge_diff(now, body, asker, out),
            "remove_protection" => self.remove_protection(now, body, asker, out),
            name => Err(unknown("command", name)),
        }
    }

    fn upsert_pair(&mut self, now: Now, body: Fields<'_>, asker: Asker<'_>, out: &mut Effects) -> Reply {
        let terms = PairTerms::read(body)?;
        let base = self.check_pair(&terms)?;
        let id = match body.opt_str("id")? {
            Some(text) => {
                let id =
                    PairId::new(text.as_bytes()).map_err(|_| FieldError::new("id", "is not a pair id"))?;
                let known = self.state.pairs.get(&id).ok_or_else(|| Refusal::not_found("pair", text))?;
                check_version(known, body)?;
                if known.terms.legs != terms.legs {
                    self.check_idle(known)?;
                }
                id
            }
            None => self
                .free_pair_id(&id_base(&terms, &base))
                .ok_or_else(|| Refusal::new(Code::Conflict, "no id is left for such a pair"))?,
        };
        let reply = Json::object(|j| j.str("id", id.as_str()));
        self.commit_for(now, Body::Pair { id, terms: Some(terms) }, asker.tag(&reply), out);
        Ok(reply)
    }

    /// Both instruments are listed and the quantity fits both. Returns the base asset.
    fn check_pair(&self, terms: &PairTerms) -> Result<String, Refusal> {
        let mut base = String::new();
        for (index, leg) in terms.legs.iter().enumerate() {
            let field = ["leg1", "leg2"][index];
            let known = self
                .instruments
                .id(leg.venue, leg.product, &leg.symbol)
                .filter(|id| self.instruments.is_listed(*id));
            let id = known
                .ok_or_else(|| FieldError::new(field, format!("{} is not a known instrument", leg.name())))?;
            if self.accounts.id(leg.venue, "main").is_none() {
                return Err(FieldError::new(field, format!("{} is not configured", leg.venue.name())).into());
            }
            let i = self.instruments.at(id);
            let unit = crate::units::pow10(crate::units::MONEY_DECIMALS - i.qty_decimals);
            let mantissa = i64::try_from(terms.qty.0 / unit).unwrap_or(i64::MAX);
            let problem = if terms.qty.0 % unit != 0 || mantissa % i.lot != 0 {
                "is not a multiple of the quantity step"
            } else if Qty::new(mantissa).is_ok_and(|qty| qty > i.qty_max) {
                "is above the maximum quantity"
            } else if Qty::new(mantissa).is_ok_and(|qty| qty < i.qty_min) {
                "is below the minimum quantity"
            } else {
                i.base.as_str().clone_into(&mut base);
                continue;
            };
            return Err(FieldError::new("qty", format!("{problem} of {}", leg.name())).into());
        }
        Ok(base)
    }

    /// A pair is not changed under a plan that trades on its terms.
    fn check_idle(&self, pair: &Pair) -> Result<(), Refusal> {
        let active = self.lanes.get(pair.ix.0 as usize).and_then(|lane| lane.active);
        match active {
            Some(plan) => {
                let text = format!("{} has {} under way; disable it or wait", pair.id, Plan::name(plan));
                Err(Refusal::new(Code::Conflict, text).with(|j| j.str("planId", &Plan::name(plan))))
            }
            None => Ok(()),
        }
    }

    fn delete_pair(&mut self, now: Now, body: Fields<'_>, asker: Asker<'_>, out: &mut Effects) -> Reply {
        let pair = self.pair_named(body, "id")?;
        self.check_idle(&pair)?;
        self.commit_for(now, Body::Pair { id: pair.id, terms: None }, asker.tag(b"{}"), out);
        self.breakers.circuits.retain(|(_, over), _| *over != Over::Pair(pair.id));
        Ok(b"{}".to_vec())
    }

    fn pair_named(&self, body: Fields<'_>, key: &str) -> Result<Pair, Refusal> {
        let text = body.str(key)?;
        let id = PairId::new(text.as_bytes()).map_err(|_| Refusal::not_found("pair", text))?;
        self.state.pairs.get(&id).cloned().ok_or_else(|| Refusal::not_found("pair", text))
    }

    /// The better direction that the pair allows, through the same gate as an automatic plan.
    fn execute_pair(&mut self, now: Now, body: Fields<'_>, asker: Asker<'_>, out: &mut Effects) -> Reply {
        let pair = self.pair_named(
            body.only(&["id", "pairId"])?,
            if body.get("id").is_some() { "id" } else { "pairId" },
        )?;
        let best = Direction::BOTH
            .into_iter()
            .filter(|direction| pair.terms.allowed[*direction as usize])
            .filter_map(|direction| {
                self.quote_now(&pair, direction).map(|quote| (quote.net_micro_percent, direction, quote))
            })
            .max_by_key(|(net, direction, _)| (*net, *direction == Direction::Leg1Buy));
        let Some((_, direction, quote)) = best else {
            let text = format!("{}: a book is not synced or too thin", pair.id);
            return Err(Refusal::new(Code::ExchangeUnavailable, text));
        };
        let plan = self.execute(now, pair.id, direction, &quote, true, Some(asker), out)?;
        Ok(Json::object(|j| j.str("planId", &Plan::name(plan))))
    }

    pub(super) fn quote_now(&self, pair: &Pair, direction: Direction) -> Option<crate::market::Quote> {
        let PairIx(_) = pair.ix;
        let ids = self.lanes.get(pair.ix.0 as usize)?.instruments?;
        let [a, b] = ids.map(|id| self.books.get(id.0 as usize));
        let (a, b) = (a?, b?);
        if !a.is_synced() || !b.is_synced() {
            return None;
        }
        self.board.spec(pair.ix)?.quote(direction, [a, b])
    }

    fn cancel_order(&mut self, now: Now, body: Fields<'_>, asker: Asker<'_>, out: &mut Effects) -> Reply {
        let text = body.str("orderId")?;
        let known = ClientId::parse(text.as_bytes()).and_then(|id| self.state.orders.get(&id));
        let order = known.ok_or_else(|| Refusal::not_found("order", text))?;
        if order.state.is_terminal() {
            return Err(Refusal::new(Code::Conflict, format!("{text} is {}", order.state.name())));
        }
        let id = order.id();
        if let Some(tag) = asker.tag(b"{}") {
            self.commit_for(now, Body::Cancel { id, event: CancelEvent::Requested }, Some(tag), out);
        }
        self.cancel(now, id, out);
        Ok(b"{}".to_vec())
    }

    fn set_limits(&mut self, now: Now, body: Fields<'_>, asker: Asker<'_>, out: &mut Effects) -> Reply {
        let values = body.only(&["limits"])?.arr("limits")?;
        if values.len() > LIMIT_ROWS_MAX {
            return Err(FieldError::new("limits", format!("at most {LIMIT_ROWS_MAX} rows")).into());
        }
        let mut rows = Vec::new();
        for (index, value) in values.iter().enumerate() {
            let wrong = |e: FieldError| FieldError::new(&format!("limits[{index}].{}", e.field), e.problem);
            let seed = Fields::of(value).and_then(LimitSeed::read).map_err(wrong)?;
            let row = LimitRow::parse(&seed.name, &seed.scope, &seed.id, seed.value.as_deref());
            rows.push(row.map_err(|e| FieldError::new(&format!("limits[{index}]"), e.code()))?);
        }
        self.commit_for(now, Body::Limits(rows), asker.tag(b"{}"), out);
        Ok(b"{}".to_vec())
    }

    /// Latches durably and cancels everything open at once.
    fn kill(&mut self, now: Now, body: Fields<'_>, asker: Asker<'_>, out: &mut Effects) -> Reply {
        let body = body.only(&["reason", "mode"])?;
        let reason = body.opt_str("reason")?.unwrap_or("").chars().take(500).collect::<String>();
        let mode = match body.opt_str("mode")?.unwrap_or("reduce_only") {
            "reduce_only" => LatchMode::ReduceOnly,
            "halt" => LatchMode::Halt,
            _ => return Err(FieldError::new("mode", "must be reduce_only or halt").into()),
        };
        let latch = Body::Latch { mode, reason: reason.clone(), actor: asker.actor.to_owned() };
        self.commit_for(now, latch, asker.tag(b"{}"), out);
        self.cancel_all(now, out);
        self.latch_event(now, true, &reason, out);
        if mode == LatchMode::Halt {
            self.alarm_naked(now, out);
        }
        Ok(b"{}".to_vec())
    }

    /// A halt stops hedging too: what stays unhedged is told.
    pub(super) fn alarm_naked(&mut self, now: Now, out: &mut Effects) {
        let naked: Vec<(crate::units::PlanId, crate::units::Money)> = self
            .state
            .active()
            .map(|plan| (plan.terms.id, crate::units::Money(plan.sums[0].net().0 + plan.sums[1].net().0)))
            .chain(self.state.twaps.active().map(|twap| (twap.terms.id, twap.residual())))
            .filter(|(_, amount)| amount.0 != 0)
            .collect();
        for (id, amount) in naked {
            let text = format!(
                "{} is halted with {} of base unhedged",
                Plan::name(id),
                super::apply::amount_text(amount)
            );
            self.plan_alert(now, "critical", "NAKED", &text, id, out);
        }
    }

    fn reset(&mut self, now: Now, asker: Asker<'_>, out: &mut Effects) -> Reply {
        if asker.actor.is_empty() {
            return Err(FieldError::new("actor", "a reset needs somebody who asks for it").into());
        }
        let latch =
            Body::Latch { mode: LatchMode::Open, reason: String::new(), actor: asker.actor.to_owned() };
        self.commit_for(now, latch, asker.tag(b"{}"), out);
        self.latch_event(now, false, "reset", out);
        self.reset_breakers(now, out);
        self.drive_all(now, out);
        Ok(b"{}".to_vec())
    }
}

/// Commands that need no journal: they only stop something, so forgetting them opens nothing.
fn only_stops(command: &str, body: Fields<'_>) -> bool {
    match command {
        "cancel_order" | "kill" => true,
        "control_twap" => matches!(body.str("action"), Ok("pause" | "cancel")),
        _ => false,
    }
}

fn check_version(pair: &Pair, body: Fields<'_>) -> Result<(), Refusal> {
    match body.get("version").map(|_| body.uint("version")).transpose()? {
        Some(version) if version != pair.version => {
            let text = format!("{} is at version {}, not {version}", pair.id, pair.version);
            Err(Refusal::new(Code::Conflict, text))
        }
        Some(_) | None => Ok(()),
    }
}
