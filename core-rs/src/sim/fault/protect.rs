//! People who set, change and take away protections at any time, and what must hold of them by the venues' own books:
//! what closes never opens or turns a position, and what was triggered ends closed.

use super::check::Check;
use super::setup::SECOND;
use super::swarm::Fault;
use super::tally::fills_by_order;
use super::world::World;
use crate::engine::Engine;
use crate::plan::{Plan, Protection, ProtectionState};
use crate::sim::SimVenue;
use crate::units::{ClientId, MONEY_DECIMALS, Money, Product, Side, pow10};

impl World {
    pub(super) fn operator_protects(&mut self) {
        if !self.strikes(Fault::OperatorProtect) {
            return;
        }
        let venue = self.rng.below(2) as usize;
        let product = *self.rng.pick(&[Product::Spot, Product::Linear]);
        let name = self.stage.name(venue);
        let (symbol, product) = (self.stage.symbol(venue, product), product.name());
        let Some(px) = self.price(&format!("{name}:{product}:{symbol}")) else { return };
        // Parts in a million: near enough to be reached within the run, on either side.
        let near = |px: i64, ppm: i64| format!("{}", px + px * ppm / 1_000_000);
        let [low, high] = [-1, 1].map(|sign| near(px, sign * (20 + self.rng.below(1_500) as i64)));
        let trail = format!("0.{:02}", 1 + self.rng.below(15));
        let short = self.rng.chance(500_000);
        let (stop, target) = if short { (high, low) } else { (low, high) };
        // Told by the clock, without a draw, so that seeds go on drawing what they drew. A far stop stays, and its venue's with it.
        let keeps = name == "bybit" && product == "linear";
        let (far, backed) = (keeps && self.now / SECOND % 3 == 1, keeps && self.now / SECOND % 3 > 0);
        let stop = if far { near(px, if short { 10_000 } else { -10_000 }) } else { stop };
        let backstop = if backed { r#","venueStopPct":0.02"# } else { "" };
        let levels = match self.rng.below(4) {
            0 => format!(r#""stopLoss":{stop}{backstop}"#),
            1 => format!(r#""takeProfit":{target},"trailingPct":{trail}"#),
            2 => format!(r#""trailingPct":{trail}{backstop}"#),
            _ => format!(r#""stopLoss":{stop},"takeProfit":{target}{backstop}"#),
        };
        let of = format!(r#""exchange":"{name}","symbol":"{symbol}","type":"{product}""#);
        let known = format!("protect_{:03}", 1 + self.rng.below(6));
        let (command, body) = match self.rng.below(8) {
            0 => ("remove_protection", format!(r#"{{"protectionId":"{known}"}}"#)),
            1 => ("set_protection", format!(r#"{{"protectionId":"{known}",{levels}}}"#)),
            2..=4 => {
                let side = if short { "sell" } else { "buy" };
                let order = format!(r#""side":"{side}","orderType":"market","qty":0.02"#);
                ("place_order", format!("{{{of},{order},{levels}}}"))
            }
            _ => ("set_protection", format!("{{{of},{levels}}}")),
        };
        let taken = self.command(command, &body);
        self.check.external.backed |= taken && body.contains("venueStopPct");
    }

    /// 29: no stop is passed by a book that the engine would price from, unless it has triggered.
    pub(super) fn check_watch(&mut self) {
        let Some(process) = self.process.as_ref().filter(|process| !process.journal_fault) else { return };
        let engine = &process.engine;
        let passed =
            engine.protections().find(|p| p.state == ProtectionState::Armed && self.is_passed(engine, p));
        if let Some(name) = passed.map(|p| Plan::name(p.terms.id)) {
            self.check.fail("29 a level that is reached triggers", &format!("{name} is still armed"));
        }
    }

    fn is_passed(&self, engine: &Engine, protection: &Protection) -> bool {
        let (terms, instrument) = (&protection.terms, engine.instrument(protection.terms.instrument));
        let Some(stop) = terms.stop.map(|px| Money::of_px(px, instrument.px_decimals)) else { return false };
        let (venue, product) = (instrument.venue.name(), instrument.product.name());
        let book = self.book(&format!("{venue}:{product}:{}", instrument.symbol));
        let best = |side: &str| Money::parse(book.as_ref()?[side][0][0].as_str()?.as_bytes()).ok();
        match (terms.side, best("bids"), best("asks")) {
            (Side::Sell, Some(bid), Some(_)) => bid <= stop,
            (Side::Buy, Some(_), Some(ask)) => ask >= stop,
            (Side::Sell | Side::Buy, _, _) => false,
        }
    }

    /// The middle of a book in whole quote units, where one is there.
    fn price(&self, instrument: &str) -> Option<i64> {
        let book = self.book(instrument)?;
        let whole = |side: &str| book[side][0][0].as_str()?.split('.').next()?.parse::<i64>().ok();
        Some(i64::midpoint(whole("bids")?, whole("asks")?))
    }

    /// A book that may be priced from now.
    fn book(&self, instrument: &str) -> Option<serde_json::Value> {
        let now = self.moment();
        let (mono, wall) = (now.mono, now.wall);
        let query = format!(r#"{{"instrument":"{instrument}","depth":1,"monoNs":{mono},"wallNs":{wall}}}"#);
        let book = self.process.as_ref()?.engine.view("book", query.as_bytes()).ok()?;
        serde_json::from_slice(&book).ok()
    }
}

impl Check {
    /// An order that closes leaves: the venue holds at least as much on the other side.
    pub(super) fn check_closing(&mut self, id: ClientId, engine: &Engine, venues: &[SimVenue]) {
        let Some(order) = engine.orders().get(&id) else { return };
        let of = |p: &&Protection| Some(p.terms.id) == order.terms.plan;
        let Some(protection) = engine.protections().find(of) else { return };
        let place = &order.terms.place;
        // What others did and nobody could tell us yet is not known to be gone.
        let unseen = !self.external.all_seen();
        if order.terms.leg == 0 || place.side != protection.terms.side || self.is_broken_bound() || unseen {
            return;
        }
        let instrument = engine.instrument(place.instrument);
        for (at, venue) in venues.iter().enumerate() {
            let listings = venue.model().listings.iter().enumerate();
            for (listing, facts) in listings.filter(|(_, facts)| facts.product == instrument.product) {
                if self.stage.venues[at] != instrument.venue {
                    continue;
                }
                let held = facts.base_amount(-self.net_at(venues, at, listing) * place.side.sign());
                let qty = Money::of_qty(place.qty, order.terms.qty_decimals);
                if qty > held {
                    let text = format!("{id} closes {} of {}", text(qty), text(held));
                    self.fail("27 a protection only shrinks", &text);
                }
            }
        }
    }

    /// At rest: a venue keeps a stop behind a protection that asks for one, on its losing side, and no other.
    fn check_backstops(&mut self, engine: &Engine, venues: &[SimVenue]) {
        for (at, venue) in venues.iter().enumerate() {
            let (model, of) = (venue.model(), self.stage.venues[at]);
            for (listing, facts) in model.listings.iter().enumerate() {
                let held = self.net_at(venues, at, listing);
                let stop = model.accounts[0].stops.get(&listing).copied();
                let asks = |p: &&Protection| {
                    let i = engine.instrument(p.terms.instrument);
                    let here = (i.venue, i.product, i.symbol) == (of, facts.product, facts.symbol);
                    let covers = p.reach().is_none_or(|reach| reach >= facts.base_amount(held.abs()));
                    here && covers && !p.is_over() && p.terms.backstop.is_some() && held != 0
                };
                let mut wanted = engine.protections().filter(asks).peekable();
                let behind = |p: &Protection, stop: i64| {
                    p.terms.stop.is_none_or(|ours| p.along(ours) >= -p.terms.side.sign() * stop)
                };
                let sound = match stop {
                    Some(stop) => wanted.any(|p| behind(p, stop)),
                    None => wanted.peek().is_none(),
                };
                if !sound {
                    let text = format!("{} {}: {stop:?} with {held} held", of.name(), facts.symbol);
                    self.fail("34 a stop at the venue goes with its protection", &text);
                }
            }
        }
    }

    /// At rest: nothing triggered is open, and the venues' fills are what was booked.
    pub(super) fn check_protections(&mut self, engine: &Engine, venues: &[SimVenue]) {
        self.check_backstops(engine, venues);
        let fills = fills_by_order(venues);
        for protection in engine.protections() {
            let name = Plan::name(protection.terms.id);
            let state = protection.state;
            if matches!(state, ProtectionState::Triggered | ProtectionState::Reported) {
                self.fail("28 a triggered protection closes", &format!("{name} is {}", state.name()));
            }
            let mut net = 0i128;
            let closing = protection.sum.orders.iter().filter(|id| Some(**id) != protection.terms.entry);
            for (venue, fill) in closing.filter_map(|id| fills.get(id)).flatten() {
                let facts = &venues[*venue].model().listings[fill.listing];
                net += i128::from(fill.side.sign()) * facts.base_amount(fill.qty).0;
            }
            let closed = Money(net * i128::from(protection.terms.side.sign()));
            if closed != protection.closed() {
                let text = format!("{name}: {} booked, {} filled", text(protection.closed()), text(closed));
                self.fail("28 a triggered protection closes", &text);
            }
            let i = engine.instrument(protection.terms.instrument);
            let place = self.stage.position(i.venue);
            let moved = |at| place.is_some_and(|place| self.external.moved_after(place, i.product, at));
            let others = protection.ended.is_some_and(moved);
            if state == ProtectionState::Closed && !others && left(engine, protection) {
                self.fail("28 a triggered protection closes", &format!("{name} is closed and holds on"));
            }
        }
    }
}

/// A whole protection's position that could still be closed, although nothing else was opened since.
fn left(engine: &Engine, protection: &Protection) -> bool {
    let terms = &protection.terms;
    let Some(ended) = protection.ended else { return true };
    let later = |order: &&crate::order::Order| {
        order.terms.place.instrument == terms.instrument && order.updated_ns >= ended
    };
    // What was forgotten may have been such a later order.
    let forgetful = !engine.orders().past().is_empty();
    if forgetful || terms.qty.is_some() || terms.entry.is_some() || engine.orders().iter().any(|o| later(&o))
    {
        return false;
    }
    let instrument = engine.instrument(terms.instrument);
    let least = 2 * i128::from(instrument.qty_min.get().max(instrument.lot));
    let unit = pow10(MONEY_DECIMALS - instrument.qty_decimals);
    let held = engine.ledger().positions().get(terms.account, terms.instrument);
    let held = held.map_or(0, |position| position.basis.qty.0 * i128::from(terms.side.opposite().sign()));
    // Below the least notional it is dust.
    held >= (least * unit).max(pow10(MONEY_DECIMALS) / 100)
}

fn text(amount: Money) -> String {
    let mut out = Vec::new();
    amount.push_text(&mut out);
    String::from_utf8(out).unwrap_or_default()
}
