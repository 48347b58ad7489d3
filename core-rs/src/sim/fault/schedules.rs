//! TWAPs and single orders that people place, change and cancel at any time, and what must hold of them at rest.

use super::check::Check;
use super::probe::Probes;
use super::setup::SECOND;
use super::swarm::Fault;
use super::tally::fills_by_order;
use super::world::World;
use crate::engine::Engine;
use crate::order::{Order, OrderOrigin};
use crate::plan::{Plan, Twap};
use crate::sim::SimVenue;
use crate::units::{ClientId, Money, Ns, PlanId, Product, Side};

/// Venue and product of a leg.
const LEGS: [(usize, Product); 4] =
    [(0, Product::Spot), (0, Product::Linear), (1, Product::Spot), (1, Product::Linear)];
const KINDS: [&str; 4] = [
    r#""orderType":"market""#,
    r#""orderType":"limit","timeInForce":"IOC""#,
    r#""orderType":"limit","timeInForce":"GTC""#,
    r#""orderType":"limit","timeInForce":"PostOnly""#,
];
/// Prices of limit orders stand around here, quote units; the market never strays far from its anchor.
const PRICE: u64 = 68_000;

impl World {
    pub(super) fn schedule_faults(&mut self) {
        if self.strikes(Fault::OperatorTwap) {
            let body = self.twap_body();
            self.command("create_twap", &body);
        }
        if self.strikes(Fault::OperatorTwapTurn) {
            let twaps = self.twaps();
            if !twaps.is_empty() {
                let id = *self.rng.pick(&twaps);
                let action = *self.rng.pick(&["pause", "resume", "resume", "cancel"]);
                self.turn_twap(id, action);
            }
        }
        if self.strikes(Fault::OperatorOrder) {
            let body = self.order_body();
            self.command("place_order", &body);
        }
    }

    fn twaps(&self) -> Vec<PlanId> {
        let Some(process) = &self.process else { return Vec::new() };
        process.engine.twaps().filter(|twap| !twap.is_over()).map(|twap| twap.terms.id).collect()
    }

    fn turn_twap(&mut self, id: PlanId, action: &str) {
        self.command("control_twap", &format!(r#"{{"planId":"{}","action":"{action}"}}"#, Plan::name(id)));
    }

    fn twap_body(&mut self) -> String {
        let first = self.rng.below(LEGS.len() as u64) as usize;
        let other = (first + 1 + self.rng.below(LEGS.len() as u64 - 1) as usize) % LEGS.len();
        let side = *self.rng.pick(&[Side::Buy, Side::Sell]);
        let leg = |at: usize, side: Side| {
            let (venue, product) = LEGS[at];
            let (exchange, symbol) = (self.stage.name(venue), self.stage.symbol(venue, product));
            let (kind, side) = (product.name(), side.name());
            format!(r#"{{"exchange":"{exchange}","symbol":"{symbol}","type":"{kind}","side":"{side}"}}"#)
        };
        let mut legs = leg(first, side);
        if self.rng.chance(600_000) {
            legs = format!("{legs},{}", leg(other, side.opposite()));
        }
        let (slice, slices) = (self.swarm.qty_milli, self.rng.below(4) + 2);
        let (interval, random) = (*self.rng.pick(&[500, 1_000, 2_000]), *self.rng.pick(&[0, 20, 50]));
        format!(
            r#"{{"name":"sim","totalQty":"{}","sliceQty":"{}","intervalMs":{interval},"legs":[{legs}],"randomizePct":{random}}}"#,
            milli(slice * slices + slice / 3),
            milli(slice)
        )
    }

    fn order_body(&mut self) -> String {
        let (venue, product) = *self.rng.pick(&LEGS);
        let kind = *self.rng.pick(&KINDS);
        let side = self.rng.pick(&[Side::Buy, Side::Sell]).name();
        let price = if kind.contains("limit") {
            format!(r#","price":"{}""#, PRICE - 600 + self.rng.below(1_200))
        } else {
            String::new()
        };
        format!(
            r#"{{"exchange":"{}","symbol":"{}","type":"{}","side":"{side}","qty":"{}",{kind}{price}}}"#,
            self.stage.name(venue),
            self.stage.symbol(venue, product),
            product.name(),
            milli(self.swarm.qty_milli)
        )
    }

    /// People end what would go on: schedules, and orders that rest.
    pub(super) fn end_schedules(&mut self) {
        for id in self.twaps() {
            self.turn_twap(id, "cancel");
        }
        // Nobody asks for the same cancel ten times a second.
        if self.now < self.cancels_again {
            return;
        }
        self.cancels_again = self.now + SECOND;
        let Some(process) = &self.process else { return };
        // What the engine trades away is left to it.
        let leftover = |order: &&Order| order.terms.origin == OrderOrigin::Residual;
        let single = process.engine.orders().iter_open().filter(|order| order.terms.plan.is_none());
        let resting: Vec<ClientId> = single.filter(|order| !leftover(order)).map(Order::id).collect();
        for id in resting {
            self.command("cancel_order", &format!(r#"{{"orderId":"{id}"}}"#));
        }
    }
}

impl Check {
    /// 18, 22: the children of a TWAP are what the venues filled, never more than the parent, and its legs stand level.
    pub(super) fn check_twaps(
        &mut self,
        engine: &Engine,
        venues: &[SimVenue],
        calm: Ns,
        probes: &mut Probes,
    ) {
        let fills = fills_by_order(venues);
        for twap in engine.twaps() {
            let name = Plan::name(twap.terms.id);
            probes.word(format!("twap {}", twap.state.name()));
            if !twap.is_over() {
                self.fail("23 plans end", &format!("{name} is {}", twap.state.name()));
            }
            let mut nets = Vec::new();
            for leg in 0..twap.terms.legs.len() {
                let of_leg =
                    |id: &ClientId| twap.terms.place_of(id.epoch(), id.counter()).map(|(_, leg)| leg);
                let children = fills.iter().filter(|(id, _)| of_leg(id) == Some(leg));
                let mut net = 0;
                for (venue, fill) in children.flat_map(|(_, fills)| fills) {
                    let facts = &venues[*venue].model().listings[fill.listing];
                    net += i128::from(fill.side.sign()) * facts.base_amount(fill.qty).0;
                }
                let own = net * i128::from(twap.terms.legs[leg].side.sign());
                if own != twap.net(leg).0 {
                    let text = format!("{name} leg{}: {} booked, {own} filled", leg + 1, twap.net(leg).0);
                    self.fail("18 children of a TWAP", &text);
                }
                if !self.is_broken_bound() && (own > twap.terms.total.0 || own < 0) {
                    let text = format!("{name} leg{}: {own} of {}", leg + 1, twap.terms.total.0);
                    self.fail("18 children of a TWAP", &text);
                }
                nets.push(own);
            }
            self.check_level(engine, twap, &nets, calm);
        }
    }

    /// Two legs that differ by what could be traded: only of a plan that was under way while something failed.
    fn check_level(&mut self, engine: &Engine, twap: &Twap, nets: &[i128], calm: Ns) {
        let &[first, second] = nets else { return };
        let apart = Money((first - second).abs());
        if apart != twap.residual() {
            let text =
                format!("{}: {} booked, {} apart", Plan::name(twap.terms.id), twap.residual().0, apart.0);
            self.fail("22 residual", &text);
        }
        let usable = twap.terms.legs.iter().any(|leg| {
            let px = twap.slot_px.into_iter().flatten().next();
            px.is_some_and(|px| super::quiet::fits(engine, leg.instrument, px, apart.0))
        });
        if usable && twap.created > calm {
            let text = format!("{} left {} apart while all was well", Plan::name(twap.terms.id), apart.0);
            self.fail("22 residual", &text);
        }
    }
}

fn milli(amount: u64) -> String {
    format!("{}.{:03}", amount / 1_000, amount % 1_000)
}
