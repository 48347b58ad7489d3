//! The check at rest: faults are over, everything must have converged with the venues' own books.

use super::check::Check;
use super::probe::Probes;
use super::setup::{MS, SECOND};
use super::tally::fills_by_order;
use crate::calc::product;
use crate::engine::Engine;
use crate::ledger::Wallet;
use crate::order::{Order, State};
use crate::plan::{Plan, PlanState, ProtectionState, Twap};
use crate::sim::SimVenue;
use crate::sim::model::Fill;
use crate::units::{AccountId, ClientId, InstrumentId, MONEY_DECIMALS, Money, Now, Ns, Price, pow10};
use std::collections::BTreeMap;

/// Venues book realized profit in their own digits.
const ROUNDING: i128 = 1_000_000_000_000;
/// How long a plan's legs may differ by what could be traded.
const NAKED_MAX: Ns = 5 * SECOND;

/// One venue with its account in the engine.
struct Side<'a> {
    at: usize,
    venue: &'a SimVenue,
    account: AccountId,
}

impl Check {
    /// `calm`: since when nothing failed (wall time).
    pub(super) fn at_rest(&mut self, engine: &Engine, venues: &[SimVenue], calm: Ns, probes: &mut Probes) {
        for (at, venue) in venues.iter().enumerate() {
            let account = AccountId(at as u16);
            if !engine.account(account).starts_with(self.stage.name(at)) {
                self.fail("set-up", "accounts are numbered otherwise than the venues");
                return;
            }
            let side = Side { at, venue, account };
            self.check_orders(engine, &side);
            self.check_wallets(engine, &side);
            self.check_positions(engine, &side);
        }
        let fills = fills_by_order(venues);
        for plan in engine.plans() {
            self.check_plan(engine, plan, &fills, venues, calm, probes);
        }
        self.check_twaps(engine, venues, calm, probes);
        self.check_protections(engine, venues);
    }

    /// 10, 11, 21: every order of ours at the venue is known, with exactly its fills.
    fn check_orders(&mut self, engine: &Engine, side: &Side<'_>) {
        let model = side.venue.model();
        let mut counts: BTreeMap<u64, usize> = BTreeMap::new();
        model.fills.iter().for_each(|fill| *counts.entry(fill.order).or_default() += 1);
        for theirs in model.orders.values() {
            let Some(id) = ClientId::parse(theirs.label.as_str().as_bytes()) else { continue };
            if !self.was_issued(&id) {
                self.fail("11 known orders", &format!("{id} at the venue was never issued"));
            }
            let Some(ours) = engine.orders().get(&id) else {
                if !theirs.state.open() && engine.orders().past().holds(&id) {
                    continue;
                }
                // One that a power loss took from the journal, and that came to nothing, leaves nothing to know.
                if theirs.state.open() || theirs.filled > 0 || self.power_losses == 0 {
                    self.fail(
                        "11 known orders",
                        &format!("{id} lives at the venue, filled {}", theirs.filled),
                    );
                }
                continue;
            };
            let fills = counts.get(&theirs.id).copied().unwrap_or(0);
            if ours.filled.get() != theirs.filled || ours.trades().len() != fills {
                let text = format!(
                    "{id} is {} with {} in {} fills, the venue has {} in {fills}",
                    ours.state.name(),
                    ours.filled.get(),
                    ours.trades().len(),
                    theirs.filled
                );
                self.fail("10 fills exactly once", &text);
            }
            // Beyond its bounds a venue may take an order that came to nothing after it was declared gone.
            let nothing = theirs.filled == 0 && !theirs.state.open();
            let refused = ours.state == State::Rejected && nothing;
            let gone =
                ours.state.claims_absence() && !refused && !(self.is_broken_bound() && theirs.filled == 0);
            if !ours.is_settled() || gone {
                self.fail("21 agreement", &format!("{id} is {} at rest", ours.state.name()));
            }
        }
    }

    /// Balances and positions here and there, without a word: what others did may still be on its way.
    pub(super) fn agree(engine: &Engine, venues: &[SimVenue]) -> bool {
        venues.iter().enumerate().all(|(at, venue)| {
            let account = AccountId(at as u16);
            venue.model().accounts[0].balances.iter().all(|((wallet, asset), theirs)| {
                let ours = engine.ledger().balance(account, *wallet, asset);
                (ours.0 - theirs.total.0).abs() <= ROUNDING
            })
        })
    }

    fn check_wallets(&mut self, engine: &Engine, side: &Side<'_>) {
        let balances = &side.venue.model().accounts[0].balances;
        for ((wallet, asset), theirs) in balances {
            let ours = engine.ledger().balance(side.account, *wallet, asset);
            if (ours.0 - theirs.total.0).abs() > ROUNDING {
                let text = format!(
                    "{} {} {asset}: {} here, {} there",
                    self.stage.name(side.at),
                    Wallet::name(*wallet),
                    text(ours),
                    text(theirs.total)
                );
                self.fail("21 agreement", &text);
            }
        }
    }

    fn check_positions(&mut self, engine: &Engine, side: &Side<'_>) {
        let model = side.venue.model();
        for (listing, facts) in model.listings.iter().enumerate() {
            let filled: i64 =
                model.fills.iter().filter(|f| f.listing == listing).map(|f| f.qty * f.side.sign()).sum();
            let theirs = facts.base_amount(filled);
            let of = |(account, id, position): (AccountId, InstrumentId, &crate::ledger::Position)| {
                (account == side.account && self.stage.serves(engine, id, side.at, facts.product))
                    .then_some(position.basis.qty)
            };
            let ours = engine.ledger().positions().iter().find_map(of).unwrap_or_default();
            // A spot buy's fee is taken out of what is bought: the position counts what was traded.
            if ours != theirs {
                let name = format!("{} {} {}", self.stage.name(side.at), facts.product.name(), facts.symbol);
                self.fail("2 position", &format!("{name}: {} here, {} there", text(ours), text(theirs)));
            }
        }
    }

    /// 12, 22, 23: quantities, residual and profit of a plan from the venue's fills.
    fn check_plan(
        &mut self,
        engine: &Engine,
        plan: &Plan,
        fills: &BTreeMap<ClientId, Vec<(usize, &Fill)>>,
        venues: &[SimVenue],
        calm: Ns,
        probes: &mut Probes,
    ) {
        let name = Plan::name(plan.terms.id);
        probes.word(format!("plan {}", plan.state.name()));
        if !plan.state.is_end() {
            self.fail("23 plans end", &format!("{name} is {}", plan.state.name()));
            return;
        }
        let (mut residual, mut pnl) = (0i128, 0i128);
        for (leg, sum) in plan.sums.iter().enumerate() {
            let mut net = 0i128;
            for (venue, fill) in sum.orders.iter().filter_map(|id| fills.get(id)).flatten() {
                let facts = &venues[*venue].model().listings[fill.listing];
                let sign = i128::from(fill.side.sign());
                net += sign * facts.base_amount(fill.qty).0;
                pnl -= sign * facts.notional(fill.px, fill.qty).0 + fee_quote(fill, facts.px_amount(fill.px));
            }
            let side = i128::from(plan.terms.legs[leg].side.sign());
            if !self.is_broken_bound() && (net * side < 0 || net * side > plan.terms.qty.0) {
                let text = format!(
                    "{name} leg{} stands at {} of {}",
                    leg + 1,
                    text(Money(net)),
                    text(plan.terms.qty)
                );
                self.fail("12 no duplicate exposure", &text);
            }
            residual += net;
        }
        if (plan.profit().0 - pnl).abs() > ROUNDING {
            let text = format!("{name}: {} booked, {} from fills", text(plan.profit()), text(Money(pnl)));
            self.fail("23 profit", &text);
        }
        if plan.residual.0 != residual.abs() {
            let text = format!("{name}: {} booked, {} left", text(plan.residual), text(Money(residual)));
            self.fail("22 residual", &text);
        }
        self.check_residual(engine, plan, residual, calm, probes);
    }

    /// A residual that could be traded is reported, and only while something was failing.
    fn check_residual(
        &mut self,
        engine: &Engine,
        plan: &Plan,
        residual: i128,
        calm: Ns,
        probes: &mut Probes,
    ) {
        if !is_tradable(engine, plan, residual) {
            return;
        }
        probes.word("plan left naked and reported".to_owned());
        let name = Plan::name(plan.terms.id);
        if plan.state != PlanState::Reported {
            let text = format!("{name} is {} with {} left", plan.state.name(), text(Money(residual)));
            self.fail("22 residual", &text);
        } else if plan.created > calm {
            self.fail("22 residual", &format!("{name} left {} while all was well", text(Money(residual))));
        }
    }

    /// 22: while all is well no plan stays naked for long after the last verdict on its orders. Where a machine's crash
    /// may have made us forget some, and their venue can not be asked, none is hedged beside them.
    pub(super) fn check_naked(&mut self, engine: &Engine, calm: Ns, now: Ns) {
        for plan in engine.plans().filter(|plan| !plan.state.is_end() && !engine.is_blind(plan)) {
            let orders = plan.sums.iter().flat_map(|sum| &sum.orders);
            let orders: Vec<&Order> = orders.filter_map(|id| engine.orders().get(id)).collect();
            let verdict = orders.iter().map(|order| order.updated_ns).max().unwrap_or_default();
            let settled = orders.iter().all(|order| order.is_settled());
            let since = plan.naked.since.unwrap_or(now).max(calm).max(verdict);
            if settled && now - since > NAKED_MAX && is_tradable(engine, plan, plan.differ().0) {
                let name = Plan::name(plan.terms.id);
                let text = format!("{name} is {} naked for {} ms", text(plan.differ()), (now - since) / MS);
                self.fail("22 naked", &text);
            }
        }
    }

    /// 20, 21: nothing is unsettled, nothing is under way.
    pub(super) fn is_at_rest(engine: &Engine, now: Now) -> bool {
        engine.is_reconciled()
            && !engine.is_taking_off(now)
            && engine.orders().iter_open().next().is_none()
            && engine.plans().all(|plan| plan.state.is_end())
            && engine.twaps().all(Twap::is_over)
            && engine.protections().all(|p| p.state != ProtectionState::Triggered)
            && engine.has_backstops_settled()
    }

    /// What keeps the engine from resting.
    pub(super) fn unrest(engine: &Engine) -> String {
        let orders: Vec<String> =
            engine.orders().iter_open().map(|o| format!("{} {}", Order::id(o), o.state.name())).collect();
        let plans: Vec<String> = engine
            .plans()
            .filter(|plan| !plan.state.is_end())
            .map(|plan| format!("{} {}", Plan::name(plan.terms.id), plan.state.name()))
            .collect();
        format!("reconciled {}; open {orders:?}; under way {plans:?}", engine.is_reconciled())
    }
}

/// Some leg's venue would take an order of this size.
pub(super) fn is_tradable(engine: &Engine, plan: &Plan, residual: i128) -> bool {
    plan.terms.legs.iter().any(|leg| fits(engine, leg.instrument, leg.px, residual))
}

/// The venue would take an order of this size at any price within a hundredth of this one.
pub(super) fn fits(engine: &Engine, id: InstrumentId, px: Price, qty: i128) -> bool {
    let instrument = engine.instrument(id);
    let unit = pow10(MONEY_DECIMALS - instrument.qty_decimals);
    let least = unit * i128::from(instrument.qty_min.get().max(instrument.lot));
    let px = Money::of_px(px, instrument.px_decimals);
    let worth = product(px, Money(qty.abs() - qty.abs() % least)).unwrap_or_default();
    qty.abs() >= least && worth.0 - worth.0 / 100 >= instrument.notional_min.0
}

fn fee_quote(fill: &Fill, px: Money) -> i128 {
    match fill.fee_asset.as_bytes() {
        b"USDT" => fill.fee.0,
        b"BTC" => product(px, fill.fee).unwrap_or_default().0,
        // What a third asset is worth a fill does not tell: such a fee stands beside the profit.
        _ => 0,
    }
}

pub(super) fn text(amount: Money) -> String {
    let mut out = Vec::new();
    amount.push_text(&mut out);
    String::from_utf8(out).unwrap_or_default()
}
