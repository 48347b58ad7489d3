//! From a request to the terms of a protection, and why one is impossible.

use super::{ACTIVE_MAX, INSTRUMENT_MAX};
use crate::engine::error::{Code, Refusal};
use crate::engine::field::{FieldError, Fields, unit};
use crate::engine::reducer::Engine;
use crate::market::Instrument;
use crate::plan::{Cause, ProtectionTerms, least_qty};
use crate::units::{
    AccountId, ClientId, InstrumentId, MONEY_DECIMALS, Money, Now, OwnerId, PlanId, Price, Rate, Side,
    parse_fixed, pow10,
};
use crate::venues::{Codec, codec};

/// What a request names a protection's levels by.
pub(in crate::engine) const LEVELS: [&str; 5] =
    ["stopLoss", "takeProfit", "trailingPct", "venueStopPct", "triggerBy"];
const TRAIL_MAX: Rate = Rate::from_bps(5_000);

/// The levels of a request.
#[derive(Clone, Copy, Debug)]
pub(in crate::engine) struct Asked {
    stop: Option<Price>,
    target: Option<Price>,
    trail: Option<Rate>,
    backstop: Option<Rate>,
}

impl Asked {
    /// `None` when a request has none.
    pub(in crate::engine) fn read(f: Fields<'_>, i: &Instrument) -> Result<Option<Self>, FieldError> {
        let px = |key: &str| f.get(key).map(|_| Self::px(f, key, i)).transpose();
        let (stop, target) = (px("stopLoss")?, px("takeProfit")?);
        let trail = f.get("trailingPct").map(|_| f.percent("trailingPct")).transpose()?;
        let backstop = Self::backstop(f, i)?;
        if f.opt_str("triggerBy")?.is_some_and(|by| by != "bidAsk") {
            return Err(FieldError::new("triggerBy", "must be bidAsk: what closing the position would get"));
        }
        if trail.is_some_and(|trail| !(1..=TRAIL_MAX.0).contains(&trail.0)) {
            return Err(FieldError::new("trailingPct", "must be above 0 and at most 50"));
        }
        if backstop.is_some() && stop.is_none() && trail.is_none() {
            return Err(FieldError::new(
                "venueStopPct",
                "goes with stopLoss or trailingPct: it lies behind the stop",
            ));
        }
        let any = stop.is_some() || target.is_some() || trail.is_some();
        Ok(any.then_some(Self { stop, target, trail, backstop }))
    }

    fn backstop(f: Fields<'_>, i: &Instrument) -> Result<Option<Rate>, FieldError> {
        let wrong = |why: &str| Err(FieldError::new("venueStopPct", why));
        match f.get("venueStopPct").map(|_| f.percent("venueStopPct")).transpose()? {
            Some(gap) if !(1..=TRAIL_MAX.0).contains(&gap.0) => wrong("must be above 0 and at most 50"),
            Some(_) if !codec(i.venue, i.product).is_some_and(Codec::keeps_backstops) => {
                wrong("the venue is not asked for stops of its own for this instrument")
            }
            gap => Ok(gap),
        }
    }

    fn px(f: Fields<'_>, key: &str, i: &Instrument) -> Result<Price, FieldError> {
        let read = parse_fixed(f.digits(key)?.as_bytes(), i.px_decimals).and_then(Price::new);
        let px = read.map_err(|e| unit(key, e))?;
        if px.get() <= 0 || px.get() % i.tick != 0 {
            return Err(FieldError::new(key, "is not a multiple of the price step"));
        }
        Ok(px)
    }
}

/// What is to be protected.
#[derive(Clone, Copy, Debug)]
pub(in crate::engine) struct Target {
    pub account: AccountId,
    pub instrument: InstrumentId,
    /// Of the orders that close.
    pub side: Side,
    pub qty: Option<Money>,
    pub entry: Option<ClientId>,
}

impl Engine {
    pub(in crate::engine) fn next_protection(&self) -> PlanId {
        PlanId::protection(self.state.protections.last + 1)
    }

    /// `px`: the price that the levels are held against, where one is known.
    pub(in crate::engine) fn protection_terms(
        &self,
        id: PlanId,
        asked: Asked,
        target: Target,
        px: Option<Price>,
    ) -> Result<ProtectionTerms, Refusal> {
        let terms = ProtectionTerms {
            id,
            owner: OwnerId(0),
            account: target.account,
            instrument: target.instrument,
            side: target.side,
            qty: target.qty,
            stop: asked.stop,
            target: asked.target,
            trail: asked.trail,
            backstop: asked.backstop,
            entry: target.entry,
            seen: px.filter(|_| target.entry.is_none()),
        };
        self.check_levels(&terms, px)?;
        if self.state.protections.get(id).is_none() {
            self.check_room(target.instrument)?;
        }
        Ok(terms)
    }

    fn check_room(&self, instrument: InstrumentId) -> Result<(), Refusal> {
        let full = |most: usize| {
            Err(Refusal::new(
                Code::Conflict,
                format!("at most {most} protections at a time; remove one first"),
            ))
        };
        if self.state.protections.active.len() >= ACTIVE_MAX {
            return full(ACTIVE_MAX);
        }
        if self.state.protections.active_of(instrument).count() >= INSTRUMENT_MAX {
            return full(INSTRUMENT_MAX);
        }
        Ok(())
    }

    /// Every level lies where it can be reached by a move, not where the price is already.
    fn check_levels(&self, terms: &ProtectionTerms, px: Option<Price>) -> Result<(), FieldError> {
        let i = self.instruments.at(terms.instrument);
        let (below, above) = match terms.side {
            Side::Sell => ("below", "above"),
            Side::Buy => ("above", "below"),
        };
        let levels = terms.levels(i.tick);
        if let (Some(_), Some(target)) = (levels.stop, levels.target)
            && levels.wrong_at(target) == Some(Cause::Stop)
        {
            return Err(FieldError::new("takeProfit", format!("must be {above} stopLoss")));
        }
        let Some(px) = px else { return Ok(()) };
        let text = |word: &str| {
            let mut text = format!("is on the wrong side: must be {word} ").into_bytes();
            crate::units::push_plain(&mut text, i128::from(px.get()), i.px_decimals);
            String::from_utf8(text).unwrap_or_default()
        };
        match levels.wrong_at(px.get()) {
            Some(Cause::Stop) => Err(FieldError::new("stopLoss", text(below))),
            Some(Cause::Target) => Err(FieldError::new("takeProfit", text(above))),
            Some(Cause::Trail) | None => Ok(()),
        }
    }

    /// The quantity that a request limits a protection to, and that there is something to protect.
    pub(super) fn protected_qty(
        &self,
        now: Now,
        f: Fields<'_>,
        account: AccountId,
        instrument: InstrumentId,
        side: Side,
    ) -> Result<Option<Money>, Refusal> {
        let i = self.instruments.at(instrument);
        let held = self.held(account, instrument, side);
        let unit = pow10(MONEY_DECIMALS - i.qty_decimals);
        let lot = Money(i128::from(i.lot) * unit);
        let qty = f.opt_money("qty")?;
        if let Some(qty) = qty {
            if qty.0 <= 0 || qty.0 % lot.0.max(1) != 0 {
                return Err(FieldError::new("qty", "is not a multiple of the quantity step").into());
            }
            if qty > held {
                return Err(FieldError::new("qty", "is above the position").into());
            }
        }
        let px = self.watched_px(now, instrument, side).map_or_else(
            || self.mark(instrument).unwrap_or_default(),
            |px| Money(i128::from(px.get()) * pow10(MONEY_DECIMALS - i.px_decimals)),
        );
        let qty_min = Money(i128::from(i.qty_min.get()) * unit);
        if qty.unwrap_or(held) < least_qty(lot, qty_min, i.notional_min, px) {
            return Err(FieldError::new("qty", "is below the venue's minimum: it could not be closed").into());
        }
        Ok(qty)
    }
}
