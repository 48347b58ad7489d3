//! Commands on TWAPs: create, change, control, delete. Each is one record with the command's id and reply.

use super::record::TwapTurn;
use super::{ACTIVE_MAX, TwapRecord};
use crate::engine::Effects;
use crate::engine::commands::{Asker, Reply};
use crate::engine::config::{read_product, read_venue_name};
use crate::engine::error::{Code, Refusal};
use crate::engine::field::{FieldError, Fields};
use crate::engine::json::Json;
use crate::engine::record::Body;
use crate::engine::reducer::Engine;
use crate::market::Instrument;
use crate::plan::{
    CATCH_UP_SLICES, Plan, SLICES_MAX, Twap, TwapLeg, TwapState, TwapTerms, common_lot, least_qty, used_of,
};
use crate::units::{
    ClientId, MONEY_DECIMALS, Money, Now, Ns, OwnerId, PlanId, Price, Qty, Rate, Side, Symbol, parse_fixed,
    pow10,
};

const MS: Ns = 1_000_000;
const INTERVAL_MIN: Ns = 100 * MS;
const INTERVAL_MAX: Ns = 24 * 3_600_000 * MS;
const NAME_CHARS_MAX: usize = 100;
/// Sizes and times vary by at most half.
const RANDOMIZE_MAX: Rate = Rate::from_bps(5_000);
const OFFSET_BPS_MAX: u64 = 1_000;
const BODY: [&str; 10] = [
    "planId",
    "name",
    "totalQty",
    "sliceQty",
    "intervalMs",
    "legs",
    "randomizePct",
    "limitOffsetBps",
    "maxParticipationPct",
    "autoStart",
];

impl Engine {
    pub(in crate::engine) fn create_twap(
        &mut self,
        now: Now,
        body: Fields<'_>,
        asker: Asker<'_>,
        out: &mut Effects,
    ) -> Reply {
        if body.get("planId").is_some() {
            return Err(FieldError::new("planId", "unknown field").into());
        }
        if self.state.twaps.active().count() >= ACTIVE_MAX {
            return Err(Refusal::new(Code::Conflict, format!("at most {ACTIVE_MAX} TWAPs at a time")));
        }
        let terms = self.twap_terms(PlanId::twap(self.state.twaps.last + 1), body, None)?;
        let (id, start) = (terms.id, body.bool_or("autoStart", true)?);
        let reply = Json::object(|j| j.str("planId", &Plan::name(id)));
        self.take_terms(now, terms, start, asker, &reply, out);
        Ok(reply)
    }

    /// Before the start or while paused; legs stay once anything was traded.
    pub(in crate::engine) fn update_twap(
        &mut self,
        now: Now,
        body: Fields<'_>,
        asker: Asker<'_>,
        out: &mut Effects,
    ) -> Reply {
        let twap = self.twap_named(body)?.clone();
        let (id, name) = (twap.terms.id, Plan::name(twap.terms.id));
        let conflict = |text: String| Err(Refusal::new(Code::Conflict, text));
        if !matches!(twap.state, TwapState::Created | TwapState::Paused) {
            return conflict(format!(
                "{name} is {}: only changed before its start or while paused",
                twap.state.name()
            ));
        }
        if self.state.orders.iter_open().any(|order| order.terms.plan == Some(id)) {
            return conflict(format!("{name} has orders under way; try again in a moment"));
        }
        let terms = self.twap_terms(id, body, Some(&twap))?;
        let start =
            twap.state == TwapState::Created && body.get("autoStart").is_some() && body.bool("autoStart")?;
        self.take_terms(now, terms, start, asker, b"{}", out);
        Ok(b"{}".to_vec())
    }

    fn take_terms(
        &mut self,
        now: Now,
        terms: TwapTerms,
        start: bool,
        asker: Asker<'_>,
        reply: &[u8],
        out: &mut Effects,
    ) {
        let id = terms.id;
        let body = Body::Twap(Box::new(TwapRecord::Terms { terms, start }));
        self.commit_for(now, body, asker.tag(reply), out);
        self.tell_twap(now, id, out);
        self.drive_twap(now, id, out);
    }

    pub(in crate::engine) fn control_twap(
        &mut self,
        now: Now,
        body: Fields<'_>,
        asker: Asker<'_>,
        out: &mut Effects,
    ) -> Reply {
        let twap = self.twap_named(body.only(&["planId", "action"])?)?;
        let (id, state) = (twap.terms.id, twap.state);
        let turn = match body.str("action")? {
            "start" => TwapTurn::Start,
            "pause" => TwapTurn::Pause,
            "resume" => TwapTurn::Resume,
            "cancel" => TwapTurn::Cancel,
            _ => return Err(FieldError::new("action", "must be start, pause, resume or cancel").into()),
        };
        let fits = match turn {
            TwapTurn::Start => state == TwapState::Created,
            TwapTurn::Pause => state == TwapState::Running,
            TwapTurn::Resume => state == TwapState::Paused,
            TwapTurn::Cancel => !state.is_end(),
            TwapTurn::Delete => false,
        };
        if !fits {
            let text = format!("{} is {}: no {} now", Plan::name(id), state.name(), turn.name());
            return Err(Refusal::new(Code::Conflict, text).with(|j| j.str("state", state.name())));
        }
        self.turn_twap(now, id, turn, asker, out);
        self.tell_twap(now, id, out);
        self.drive_twap(now, id, out);
        Ok(b"{}".to_vec())
    }

    /// One that never began or is over; its orders and fills stay.
    pub(in crate::engine) fn delete_twap(
        &mut self,
        now: Now,
        body: Fields<'_>,
        asker: Asker<'_>,
        out: &mut Effects,
    ) -> Reply {
        let twap = self.twap_named(body.only(&["planId"])?)?;
        let (id, state) = (twap.terms.id, twap.state);
        if state != TwapState::Created && !twap.is_over() {
            let text = format!("{} is {}: cancel it first", Plan::name(id), state.name());
            return Err(Refusal::new(Code::Conflict, text).with(|j| j.str("state", state.name())));
        }
        self.turn_twap(now, id, TwapTurn::Delete, asker, out);
        self.twap_watch.remove(&id);
        Ok(b"{}".to_vec())
    }

    fn turn_twap(&mut self, now: Now, id: PlanId, turn: TwapTurn, asker: Asker<'_>, out: &mut Effects) {
        let body = Body::Twap(Box::new(TwapRecord::Turn { id, turn }));
        self.commit_for(now, body, asker.tag(b"{}"), out);
    }

    fn twap_named(&self, body: Fields<'_>) -> Result<&Twap, Refusal> {
        let text = body.str("planId")?;
        let known = Plan::parse_name(text).and_then(|id| self.state.twaps.get(id));
        known.ok_or_else(|| Refusal::not_found("TWAP", text))
    }

    /// `before`: the plan whose terms these replace.
    fn twap_terms(&self, id: PlanId, body: Fields<'_>, before: Option<&Twap>) -> Result<TwapTerms, Refusal> {
        let body = body.only(&BODY)?;
        let legs = self.twap_legs(body)?;
        let lot = legs.iter().map(|leg| self.lot_of(leg)).reduce(common_lot).unwrap_or_default();
        let least = legs.iter().map(|leg| self.least_of(leg)).max().unwrap_or_default();
        let percent = |key: &str| body.get(key).map(|_| body.percent(key)).transpose();
        let mut terms = TwapTerms {
            id,
            owner: OwnerId(0),
            name: body.str("name")?.trim().to_owned(),
            total: body.money("totalQty")?,
            slice: body.money("sliceQty")?,
            interval: Ns::try_from(body.uint("intervalMs")?).unwrap_or(Ns::MAX / MS).saturating_mul(MS),
            randomize: percent("randomizePct")?.unwrap_or(Rate::ZERO),
            offset_bps: match body.get("limitOffsetBps") {
                Some(_) => i64::try_from(body.uint("limitOffsetBps")?).unwrap_or(i64::MAX),
                None => self.config.policy.slippage_bps,
            },
            participation: percent("maxParticipationPct")?,
            lot,
            least,
            base: Money::ZERO,
            legs,
            epoch: self.state.epoch,
            counter: self.state.counter + 1,
        };
        if let Some(before) = before {
            terms.base = Self::kept(before, &terms)?;
        }
        self.check_twap(&terms)?;
        Ok(terms)
    }

    /// What earlier terms have done; the legs then stay as they are.
    fn kept(before: &Twap, terms: &TwapTerms) -> Result<Money, Refusal> {
        let done = used_of(before);
        if done.0 == 0 {
            return Ok(done);
        }
        let same = |(a, b): (&TwapLeg, &TwapLeg)| {
            (a.account, a.instrument, a.side) == (b.account, b.instrument, b.side)
        };
        let legs = (&before.terms.legs, &terms.legs);
        if legs.0.len() != legs.1.len() || !legs.0.iter().zip(legs.1).all(same) {
            return Err(FieldError::new("legs", "stay as they are once something was traded").into());
        }
        if terms.total <= done {
            return Err(FieldError::new("totalQty", "must be above what is done already").into());
        }
        Ok(done)
    }

    fn check_twap(&self, terms: &TwapTerms) -> Result<(), FieldError> {
        let wrong = |field: &str, problem: String| Err(FieldError::new(field, problem));
        if terms.name.is_empty() || terms.name.chars().count() > NAME_CHARS_MAX {
            return wrong("name", format!("must have 1 to {NAME_CHARS_MAX} characters"));
        }
        for (field, amount) in [("totalQty", terms.total), ("sliceQty", terms.slice)] {
            if amount.0 <= 0 {
                return wrong(field, "must be above 0".to_owned());
            }
            if amount.0 % terms.lot.0 != 0 {
                return wrong(field, "is not a multiple of the quantity step of every leg".to_owned());
            }
        }
        if terms.slice > terms.total {
            return wrong("sliceQty", "must not be above totalQty".to_owned());
        }
        if terms.slice < terms.least || terms.total.0 - terms.base.0 < terms.least.0 {
            return wrong("sliceQty", "is below the minimum order of a leg".to_owned());
        }
        let most =
            terms.legs.iter().map(|leg| self.amount(leg, self.instruments.at(leg.instrument).qty_max)).min();
        if most.is_some_and(|most| terms.slice.0.saturating_mul(CATCH_UP_SLICES) > most.0) {
            return wrong("sliceQty", "is above half the maximum order of a leg".to_owned());
        }
        if !(INTERVAL_MIN..=INTERVAL_MAX).contains(&terms.interval) {
            return wrong("intervalMs", "must be 100 to 86400000".to_owned());
        }
        if !(0..=RANDOMIZE_MAX.0).contains(&terms.randomize.0) {
            return wrong("randomizePct", "must be 0 to 50".to_owned());
        }
        if terms.offset_bps > OFFSET_BPS_MAX as i64 {
            return wrong("limitOffsetBps", format!("must be 0 to {OFFSET_BPS_MAX}"));
        }
        if terms.participation.is_some_and(|share| !(1..=Rate::from_bps(10_000).0).contains(&share.0)) {
            return wrong("maxParticipationPct", "must be above 0 and at most 100".to_owned());
        }
        if terms.schedule().slices() > SLICES_MAX {
            return wrong("sliceQty", format!("would make more than {SLICES_MAX} slices"));
        }
        if terms.counter.saturating_add(terms.counters()) > ClientId::COUNTER_MAX {
            return wrong("totalQty", "order ids of this epoch are spent; restart".to_owned());
        }
        Ok(())
    }

    fn twap_legs(&self, body: Fields<'_>) -> Result<Vec<TwapLeg>, FieldError> {
        let values = body.arr("legs")?;
        if !(1..=2).contains(&values.len()) {
            return Err(FieldError::new("legs", "must be one or two"));
        }
        let mut legs: Vec<TwapLeg> = Vec::new();
        for (at, value) in values.iter().enumerate() {
            let named = |e: FieldError| FieldError::new(&format!("legs.{at}.{}", e.field), e.problem);
            legs.push(Fields::of(value).and_then(|f| self.twap_leg_of(f)).map_err(named)?);
        }
        if let [first, second] = legs.as_slice()
            && first.instrument == second.instrument
        {
            return Err(FieldError::new("legs.1.symbol", "must differ from the first leg's instrument"));
        }
        Ok(legs)
    }

    fn twap_leg_of(&self, f: Fields<'_>) -> Result<TwapLeg, FieldError> {
        let f = f.only(&["exchange", "symbol", "side", "type", "price", "account"])?;
        let (venue, product, symbol): (_, _, Symbol) =
            (read_venue_name(f, "exchange")?, read_product(f)?, f.text("symbol")?);
        let known = self.instruments.id(venue, product, &symbol).filter(|id| self.instruments.is_listed(*id));
        let id = known.ok_or_else(|| FieldError::new("symbol", "is not a known instrument"))?;
        let account = self
            .accounts
            .id(venue, f.opt_str("account")?.unwrap_or("main"))
            .filter(|account| !self.accounts.at(*account).public_only)
            .ok_or_else(|| FieldError::new("exchange", "has no account that trades"))?;
        let side = match f.str("side")? {
            "buy" => Side::Buy,
            "sell" => Side::Sell,
            _ => return Err(FieldError::new("side", "must be buy or sell")),
        };
        let px_limit = f.get("price").map(|_| Self::px_of(f, self.instruments.at(id))).transpose()?;
        Ok(TwapLeg { account, instrument: id, side, px_limit })
    }

    fn px_of(f: Fields<'_>, i: &Instrument) -> Result<Price, FieldError> {
        let read = parse_fixed(f.digits("price")?.as_bytes(), i.px_decimals).and_then(Price::new);
        let px = read.map_err(|e| crate::engine::field::unit("price", e))?;
        let on_tick = px.get() % i.tick == 0;
        on_tick.then_some(px).ok_or_else(|| FieldError::new("price", "is not a multiple of the price step"))
    }

    fn amount(&self, leg: &TwapLeg, qty: Qty) -> Money {
        Money::of_qty(qty, self.instruments.at(leg.instrument).qty_decimals)
    }

    fn lot_of(&self, leg: &TwapLeg) -> Money {
        let i = self.instruments.at(leg.instrument);
        Money(i128::from(i.lot) * pow10(MONEY_DECIMALS - i.qty_decimals))
    }

    /// The smallest order at the present price, as far as one is known.
    fn least_of(&self, leg: &TwapLeg) -> Money {
        let i = self.instruments.at(leg.instrument);
        let px = self.mark(leg.instrument).unwrap_or_default();
        least_qty(self.lot_of(leg), self.amount(leg, i.qty_min), i.notional_min, px)
    }
}
