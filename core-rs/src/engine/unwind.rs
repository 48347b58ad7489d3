//! A person takes a plan's legs back. One that has ended kept no room below the exposure limits: others may have taken
//! it, or stand on the other side by now, so that taking back would open.

use super::Effects;
use super::commands::{Asker, Reply};
use super::error::{Code, Refusal};
use super::facts::slot;
use super::field::Fields;
use super::record::{Body, PlanTurn};
use super::reducer::Engine;
use crate::calc::product;
use crate::plan::Plan;
use crate::risk::Exposure;
use crate::units::{InstrumentId, Money, Now, Side};

impl Engine {
    pub(super) fn unwind_plan(
        &mut self,
        now: Now,
        body: Fields<'_>,
        asker: Asker<'_>,
        out: &mut Effects,
    ) -> Reply {
        let text = body.str("planId")?;
        let known = Plan::parse_name(text).and_then(|id| self.state.plans.get(&id));
        let plan = known.ok_or_else(|| Refusal::not_found("plan", text))?;
        let (id, pair) = (plan.terms.id, plan.terms.pair);
        let other = self.state.active().find(|p| p.terms.pair == pair && p.terms.id != id);
        if let Some(other) = other {
            let text = format!("{pair} has {} under way", Plan::name(other.terms.id));
            return Err(Refusal::new(Code::Conflict, text));
        }
        // Dust was handed over to its instrument, and traded away from there.
        if (0..2).all(|leg| plan.net(leg).0 == 0) && plan.state.is_end() {
            return Err(Refusal::new(Code::Conflict, format!("{text} holds nothing to unwind")));
        }
        if plan.state.is_end() {
            self.unwind_fits(plan)?;
        }
        let turn = Body::Turn { id, turn: PlanTurn::Unwind, text: asker.actor().to_owned() };
        self.commit_for(now, turn, asker.tag(b"{}"), out);
        self.plan_event(now, id, out);
        self.drive(now, id, out);
        Ok(b"{}".to_vec())
    }

    /// What is taken back stays within the limits, or brings down what is held. What is only under way is no measure: it
    /// may be gone when the legs leave.
    fn unwind_fits(&self, plan: &Plan) -> Result<(), Refusal> {
        let before = self.exposures();
        let held = |all: &[(InstrumentId, Exposure)]| -> Vec<(InstrumentId, Exposure)> {
            let only = |e: &Exposure| Exposure { position: e.position, ..Exposure::default() };
            all.iter().map(|(id, exposure)| (*id, only(exposure))).collect()
        };
        let (mut after, mut left, mut legs) = (before.clone(), held(&before), Vec::new());
        for (leg, terms) in plan.terms.legs.iter().enumerate() {
            let net = plan.net(leg);
            let side = if net.0 > 0 { Side::Sell } else { Side::Buy };
            slot(&mut after, terms.instrument).add(side, Money(net.0.abs()))?;
            slot(&mut legs, terms.instrument).add(side, Money(net.0.abs()))?;
            let position = &mut slot(&mut left, terms.instrument).position;
            *position = position.minus(net)?;
        }
        let held = held(&before);
        // Nobody watches the books of a plan that has ended: what it paid is a price all the same.
        let paid = |id: InstrumentId| {
            let leg = plan.terms.legs.iter().find(|leg| leg.instrument == id);
            leg.map(|leg| Money::of_px(leg.px, self.instruments.at(id).px_decimals))
        };
        let px = |id: InstrumentId| self.risk_px(id).or_else(|| paid(id)).unwrap_or_default();
        // One leg that opens beside one that shrinks brings nothing down, whatever their prices differ by.
        let half = worth(&legs, &|_| true, &px).0 / 4;
        for terms in &plan.terms.legs {
            let Some(limits) = self.limits_of(terms.instrument, terms.account, plan.terms.pair.as_str())
            else {
                continue;
            };
            let venue = self.instruments.at(terms.instrument).venue;
            let of_symbol = |id: InstrumentId| id == terms.instrument;
            let of_venue = |id: InstrumentId| self.instruments.at(id).venue == venue;
            let scopes: [&dyn Fn(InstrumentId) -> bool; 3] = [&of_symbol, &of_venue, &|_| true];
            for ((check, limit), scope) in limits.position_maxima().into_iter().zip(scopes) {
                let [will, left, held] = [&after, &left, &held].map(|all| worth(all, scope, &px));
                if will.0 > limit && left.0 >= held.0 - half {
                    return Err(too_much(check, Money(limit), will));
                }
            }
        }
        Ok(())
    }

    /// Of a plan's legs the one whose taking back brings its account nearer to flat: other plans may have evened out
    /// the other since.
    pub(super) fn first_back(&self, plan: &Plan) -> usize {
        let shrinks = |leg: usize| {
            let (terms, net) = (&plan.terms.legs[leg], plan.net(leg));
            let held = self.state.ledger.positions().get(terms.account, terms.instrument);
            let held = held.map_or(0, |position| position.basis.qty.0);
            held.signum() == net.0.signum() && held.abs() >= net.0.abs()
        };
        usize::from(!shrinks(0) && shrinks(1))
    }

    pub(super) fn worth(
        &self,
        all: &[(InstrumentId, Exposure)],
        scope: &dyn Fn(InstrumentId) -> bool,
    ) -> Money {
        worth(all, scope, &|id| self.risk_px(id).unwrap_or_default())
    }
}

/// What is at risk at worst in the instruments of the scope, in quote.
fn worth(
    all: &[(InstrumentId, Exposure)],
    scope: &dyn Fn(InstrumentId) -> bool,
    px: &dyn Fn(InstrumentId) -> Money,
) -> Money {
    let most = Money(i128::MAX / 4);
    let each = all.iter().filter(|(id, exposure)| scope(*id) && *exposure != Exposure::default());
    let value =
        |(id, e): &(InstrumentId, Exposure)| e.worst().ok().and_then(|base| product(px(*id), base).ok());
    Money(each.fold(0, |sum: i128, one| sum.saturating_add(value(one).unwrap_or(most).0)))
}

fn too_much(check: &str, limit: Money, actual: Money) -> Refusal {
    let text = super::apply::amount_text;
    let told = format!("{check}: taking back would bring {} at risk, of {}", text(actual), text(limit));
    Refusal::new(Code::RiskRejected, told).with(|j| {
        j.str("check", check);
        j.money("limit", limit);
        j.money("actual", actual);
        j.str("unit", "quote");
    })
}
