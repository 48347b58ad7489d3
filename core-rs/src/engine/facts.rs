//! What the gate is told about an intent: books, exposure, funds, budget. Read from state, changes nothing.

use super::Mutant;
use super::apply::wallet_of;
use super::pairs::Pair;
use super::reducer::Engine;
use crate::calc::product;
use crate::ledger::{Hold, HoldTerms, requirement};
use crate::market::BookState;
use crate::order::PlaceOrder;
use crate::plan::{Plan, Twap};
use crate::risk::{BookFacts, Exposure, Facts, Intent, OrderRate, Purpose};
use crate::units::{
    AccountId, InstrumentId, MONEY_DECIMALS, Money, Now, Ns, Price, Product, Qty, Rate, Side, mul_div, pow10,
};

impl Engine {
    /// `before`: the plan's other leg, approved a moment ago and not in the state yet.
    pub(super) fn facts(
        &self,
        now: Now,
        intent: &Intent,
        pair: Option<&Pair>,
        other: Option<InstrumentId>,
        before: Option<&Intent>,
    ) -> Facts {
        let place = &intent.place;
        let i = self.instruments.at(place.instrument);
        let book = &self.books[place.instrument.0 as usize];
        let walk = book.walk(place.side, place.qty);
        let extra = before.map_or(Money::ZERO, |leg| self.notional(&leg.place));
        let exposures = self.exposures();
        let own =
            exposures.iter().find(|(id, _)| *id == place.instrument).map(|(_, e)| *e).unwrap_or_default();
        let worth = |of: &dyn Fn(InstrumentId) -> bool, side: Option<Side>| -> Money {
            let each = exposures.iter().filter(|(id, _)| of(*id)).map(|(id, e)| {
                let worst = match side {
                    Some(side) => e.worst_on(side),
                    None => e.worst(),
                };
                self.value(*id, worst.unwrap_or(Money(i128::MAX / 4)))
            });
            Money(each.fold(0i128, |sum, m| sum.saturating_add(m.0)))
        };
        let same_venue = |id: InstrumentId| self.instruments.at(id).venue == i.venue;
        let before_venue = before.is_some_and(|leg| same_venue(leg.place.instrument));
        let hold = self.hold_of(place, intent.account);
        let (available, needed) = self.funds(intent, hold.as_ref(), before);
        let leg = usize::from(intent.leg.min(1));
        let base = Money::of_qty(place.qty, i.qty_decimals);
        let offsets = pair.is_some_and(|pair| pair.usage[leg].offsetting(place.side, base) == base);
        let caps = pair.filter(|_| intent.purpose == Purpose::Open && !offsets);
        Facts {
            now: now.mono,
            latch: self.latch_for(now, intent),
            differs: self.is_halted(intent.account, place.instrument)
                && !self.has(Mutant::DifferenceUnheeded),
            book: self.book_facts(now, place.instrument, i.px_decimals),
            other: other.map(|other| self.book_facts(now, other, i.px_decimals)),
            walk,
            shrink_qty: match intent.purpose {
                // A hedge is no larger than its plan's residual: that is where its quantity comes from.
                Purpose::Hedge => place.qty,
                Purpose::Open => to_qty(own.shrinkable(place.side).unwrap_or_default(), i.qty_decimals),
            },
            position_symbol: worth(&|id| id == place.instrument, Some(place.side)),
            position_venue: Money(worth(&same_venue, None).0 + if before_venue { extra.0 } else { 0 }),
            position_total: Money(worth(&|_| true, None).0 + extra.0),
            day_pnl: self.day_pnl(),
            rate: self.rates.get(intent.account.0 as usize).copied().unwrap_or_default(),
            open_orders: self.open_orders(intent.account)
                + u32::from(before.is_some_and(|leg| leg.account == intent.account)),
            available,
            needed,
            pair_used: Money(pair.map_or(0, |pair| pair.used().0) + extra.0),
            pair_cap: caps.map(|pair| pair.terms.total_amount),
        }
    }

    pub(super) fn day_pnl(&self) -> Money {
        let quote = crate::units::Asset::new(b"USDT").unwrap_or(crate::units::Asset::EMPTY);
        self.state.ledger.day().pnl(self.total_pnl(&quote)).unwrap_or(Money(i128::MIN / 4))
    }

    pub(super) fn open_orders(&self, account: AccountId) -> u32 {
        self.state.orders.iter_open().filter(|order| order.terms.account == account).count() as u32
    }

    /// Position and possible fills per instrument, all accounts together, base units.
    pub(super) fn exposures(&self) -> Vec<(InstrumentId, Exposure)> {
        let mut all: Vec<(InstrumentId, Exposure)> = Vec::with_capacity(8);
        for (_, id, position) in self.state.ledger.positions().iter() {
            let e = slot(&mut all, id);
            e.position = e.position.plus(position.basis.qty).unwrap_or(Money(i128::MAX / 4));
        }
        if self.has(Mutant::ExposureWithoutInFlight) {
            return all;
        }
        for order in self.state.orders.iter_open() {
            let possible = Money::of_qty(order.possible_qty(), order.terms.qty_decimals);
            // Sums of order quantities stay far from the edge of i128.
            let _counted = slot(&mut all, order.terms.place.instrument).add(order.terms.place.side, possible);
        }
        // One that reported what it left goes on as soon as it can.
        let reported = self.state.reported.iter().filter_map(|id| self.state.plans.get(id));
        for plan in self.state.active().chain(reported) {
            for leg in 0..2 {
                let terms = &plan.terms.legs[leg];
                let [onwards, back] = self.still_to_come(plan, leg);
                let _counted = slot(&mut all, terms.instrument).add(terms.side, onwards);
                let _counted = slot(&mut all, terms.instrument).add(terms.side.opposite(), back);
            }
        }
        if !self.has(Mutant::ForeignUncounted) {
            self.add_foreign(&mut all);
        }
        if !self.has(Mutant::PlanShareIgnored) {
            self.add_twap_shares(&mut all);
        }
        all
    }

    /// What a plan under way may still order on a leg beyond what is in flight, to complete it and to take it back: it
    /// was let in with its whole quantity, and neither way out may find the limit taken by others.
    fn still_to_come(&self, plan: &Plan, leg: usize) -> [Money; 2] {
        if self.has(Mutant::PlanShareIgnored) {
            return [Money::ZERO; 2];
        }
        let (terms, sum) = (&plan.terms.legs[leg], &plan.sums[leg]);
        let in_flight = |side: Side| -> i128 {
            let orders = sum.orders.iter().filter_map(|id| self.state.orders.get(id));
            let same = orders.filter(|order| order.terms.place.side == side);
            same.map(|o| Money::of_qty(o.possible_qty(), o.terms.qty_decimals).0).sum()
        };
        let done_of = |leg: usize| plan.sums[leg].net().0 * i128::from(plan.terms.legs[leg].side.sign());
        let done = done_of(leg);
        // One that is taken back may be brought level on either leg.
        let whole = if plan.unwinding { done_of(1 - leg) } else { plan.terms.qty.0 };
        [
            Money((whole - done - in_flight(terms.side)).max(0)),
            Money((done - in_flight(terms.side.opposite())).max(0)),
        ]
    }

    /// Price of an instrument for valuation: the book's middle, else what its position cost, what is asked for there, or
    /// where the same is traded elsewhere.
    pub(super) fn mark(&self, id: InstrumentId) -> Option<Money> {
        let held = || self.state.ledger.positions().iter().find(|(_, of, p)| *of == id && p.basis.qty.0 != 0);
        self.middle(id)
            .or_else(|| held().and_then(|(_, _, position)| position.basis.entry_px()))
            .or_else(|| self.asked_px(id))
            .or_else(|| self.peer_px(id))
    }

    /// What risk is judged by. Without a book the dearer of what a position cost, perhaps long ago, and what the same is worth
    /// elsewhere now.
    pub(super) fn risk_px(&self, id: InstrumentId) -> Option<Money> {
        self.middle(id).or_else(|| self.mark(id).max(self.peer_px(id)))
    }

    fn middle(&self, id: InstrumentId) -> Option<Money> {
        let top = self.books.get(id.0 as usize)?.top();
        let twice = i128::from(top.bid?.px) + i128::from(top.ask?.px);
        Some(Money(twice * pow10(MONEY_DECIMALS - self.instruments.at(id).px_decimals) / 2))
    }

    fn peer_px(&self, id: InstrumentId) -> Option<Money> {
        self.instruments.peers(self.instruments.at(id)).filter_map(|peer| self.middle(peer)).max()
    }

    /// Without a book or a position: what orders, ours or another client's, were ready to pay. In flight never counts as worthless.
    fn asked_px(&self, id: InstrumentId) -> Option<Money> {
        let decimals = self.instruments.at(id).px_decimals;
        let money = |px: Price| Money(i128::from(px.get()) * pow10(MONEY_DECIMALS - decimals));
        let order = self.state.orders.iter_open().find(|order| order.terms.place.instrument == id);
        let reported = || self.state.reported.iter().filter_map(|id| self.state.plans.get(id));
        let legs = || self.state.active().chain(reported()).flat_map(|plan| plan.terms.legs);
        let leg = || legs().find(|leg| leg.instrument == id);
        order
            .and_then(|order| order.terms.place.px)
            .or_else(|| leg().map(|leg| leg.px))
            .or_else(|| self.slot_px(id))
            .or_else(|| self.foreign_px(id))
            .map(money)
    }

    /// What the newest slice of a TWAP that is under way there is ready to pay.
    fn slot_px(&self, id: InstrumentId) -> Option<Price> {
        let at = |twap: &Twap| twap.terms.legs.iter().position(|leg| leg.instrument == id);
        self.state.twaps.active().find_map(|twap| twap.slot_px[at(twap)?])
    }

    pub(super) fn value(&self, id: InstrumentId, base: Money) -> Money {
        if base.0 == 0 {
            return Money::ZERO;
        }
        let px = self.risk_px(id).unwrap_or_default();
        product(px, base).unwrap_or(Money(i128::MAX / 4))
    }

    pub(super) fn notional(&self, place: &PlaceOrder) -> Money {
        let i = self.instruments.at(place.instrument);
        place
            .px
            .and_then(|px| Money::notional(px, i.px_decimals, place.qty, i.qty_decimals).ok())
            .unwrap_or_default()
    }

    /// A book as a reference, its prices at `decimals` (rounded away from the middle).
    fn book_facts(&self, now: Now, id: InstrumentId, decimals: u8) -> BookFacts {
        let own = self.instruments.at(id).px_decimals;
        let book = &self.books[id.0 as usize];
        let top = book.top();
        let aged = !self.has(Mutant::StaleBook) && !self.has(Mutant::CollarOnStale);
        let scale = |px: i64, up: bool| {
            if own <= decimals {
                px.saturating_mul(pow10(decimals - own) as i64)
            } else {
                let unit = pow10(own - decimals) as i64;
                if up { (px + unit - 1) / unit } else { px / unit }
            }
        };
        BookFacts {
            bid: top.bid.map_or(0, |level| scale(level.px, false)),
            ask: top.ask.map_or(0, |level| scale(level.px, true)),
            age_ns: if aged { now.mono - book.updated() } else { 0 },
            synced: self.book_state(id, now.mono) == BookState::Synced,
        }
    }

    /// What an order sets aside while it may fill.
    pub(super) fn hold_of(&self, place: &PlaceOrder, account: AccountId) -> Option<Hold> {
        let i = self.instruments.at(place.instrument);
        let bid = self.books.get(place.instrument.0 as usize).and_then(|book| book.top().bid);
        let bound = place.px.map_or(0, Price::get);
        let linear_sell = i.product == Product::Linear && place.side == Side::Sell;
        let worst = if linear_sell { bound.max(bid.map_or(0, |level| level.px)) } else { bound };
        let terms = HoldTerms {
            account,
            wallet: wallet_of(i.venue, i.product),
            side: place.side,
            px: Price::new(worst).ok()?,
            qty: place.qty,
            reduce_only: place.reduce_only,
            leverage: self.state.ledger.leverage(account),
            // Spot buys pay their fee out of what they receive.
            fee: if i.product == Product::Spot { Rate::ZERO } else { i.fee_taker.max(i.fee_maker) },
        };
        requirement(i, &terms).ok()
    }

    /// The part of an amount that a spot wallet can pay for: a fee taken in the coin itself leaves a little less than was
    /// bought.
    pub(super) fn affordable(
        &self,
        account: AccountId,
        id: InstrumentId,
        side: Side,
        qty: Money,
        px: Price,
    ) -> Money {
        let i = self.instruments.at(id);
        if i.product != Product::Spot {
            return qty;
        }
        let asset = if side == Side::Sell { i.base } else { i.quote };
        let left = self.state.ledger.available(account, wallet_of(i.venue, i.product), &asset);
        let left = left.unwrap_or_default().0.max(0);
        let px = Money::of_px(px, i.px_decimals).0;
        let most = match side {
            Side::Sell => Some(left),
            Side::Buy => mul_div(left, pow10(MONEY_DECIMALS), px),
        };
        most.map_or(qty, |most| qty.min(Money(most)))
    }

    fn funds(&self, intent: &Intent, hold: Option<&Hold>, before: Option<&Intent>) -> (Money, Money) {
        let Some(hold) = hold else { return (Money::ZERO, Money(i128::MAX)) };
        let mut available = self
            .state
            .ledger
            .available(intent.account, hold.wallet, &hold.asset)
            .unwrap_or(Money(i128::MIN / 4));
        if self.has(Mutant::HoldsIgnored) {
            available.0 += self.state.ledger.holds().sum(intent.account, hold.wallet, &hold.asset).0;
        }
        if let Some(taken) = before.and_then(|leg| self.hold_of(&leg.place, leg.account))
            && (taken.account, taken.wallet, taken.asset) == (hold.account, hold.wallet, hold.asset)
        {
            available.0 -= taken.amount.0;
        }
        (available, hold.amount)
    }

    pub(super) fn take_rate(&mut self, now: Now, account: AccountId, interval: Ns) {
        let index = account.0 as usize;
        if self.rates.len() <= index {
            self.rates.resize(index + 1, OrderRate::default());
        }
        self.rates[index] = self.rates[index].taken(now.mono, interval);
    }
}

/// Largest quantity at `decimals` not above the amount.
fn to_qty(amount: Money, decimals: u8) -> Qty {
    let mantissa = amount.0.max(0) / pow10(MONEY_DECIMALS - decimals);
    Qty::new(i64::try_from(mantissa).unwrap_or(i64::MAX)).unwrap_or(Qty::ZERO)
}

/// The instrument's entry, made when there is none.
pub(super) fn slot(all: &mut Vec<(InstrumentId, Exposure)>, id: InstrumentId) -> &mut Exposure {
    let at = all.iter().position(|(known, _)| *known == id).unwrap_or_else(|| {
        all.push((id, Exposure::default()));
        all.len() - 1
    });
    &mut all[at].1
}
