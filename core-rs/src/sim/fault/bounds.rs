//! What leaves is judged by its bytes: price, quantity, pace and time of an order, the book it was priced from, and
//! whether the venue lets us speak at all. What comes is judged as well: a book that counts as whole is the venue's own.

use super::accounts::BAN;
use super::garble::{self, quoted};
use super::net::order_request;
use super::setup::{AGE_MAX, COLLAR_BPS, MS, SECOND};
use super::stage::{Role, Row};
use super::words::Words;
use super::world::World;
use crate::engine::Engine;
use crate::market::{Instrument, InstrumentStatus, Lots};
use crate::sim::SimVenue;
use crate::units::{ClientId, Ns, PlanId, Product, parse_fixed, pow10};
use std::collections::VecDeque;

/// Publications of a book that are remembered.
const SHOWN_MAX: usize = 64;
/// How far our time may run ahead of the venue's: a request that is dated later is taken later than a fence counts on.
const AHEAD_MAX: Ns = 200 * MS;
/// Between the common price and a market's own: its basis, and what a plan crosses.
const BASIS_BPS: i64 = 60;
/// A ban that does not say how long lasts at least this long.
const BAN_LEAST: Ns = 60 * SECOND;

/// One publication: (price, quantity) of bids and asks, best first, 18 decimals.
type Levels = [Vec<(i128, i128)>; 2];

#[derive(Debug, Default)]
struct Shown {
    last: VecDeque<(u64, Levels)>,
    /// A frame was bent under way such that its receiver can not see it.
    bent: bool,
}

#[derive(Debug, Default)]
pub(super) struct Bounds {
    /// By venue and product.
    shown: [[Shown; 2]; 2],
    /// When orders left, within the venue's window.
    left: [[VecDeque<Ns>; 2]; 2],
    /// Per venue: shut out until then.
    banned: [Ns; 2],
    /// Until then a venue may not be asked what it did: what hangs on that waits.
    pub shut_until: Ns,
}

impl World {
    // -- orders

    /// An order request leaves.
    pub(super) fn judge_order(&mut self, link: usize, data: &[u8]) {
        let row = self.stage.links[link];
        let Some((id, place)) = order_request(row.words, data) else { return };
        let row = Row { product: garble::product_of(row, data), ..row };
        self.judge_ban(row);
        let Ok(text) = core::str::from_utf8(data) else { return };
        let Some(process) = self.process.as_ref().filter(|_| place) else { return };
        let (venue, wall) = (&self.venues[row.venue], self.wall());
        let found = filters(venue, row, text)
            .or_else(|| time(row.words, text, wall))
            .or_else(|| collar(venue, row, text, wall).filter(|_| opens_plan(&process.engine, id)))
            .or_else(|| self.old_book(&process.engine, id));
        if let Some((invariant, text)) = found {
            self.check.fail(invariant, &format!("{id}: {text}"));
        }
        self.judge_pace(row, id);
    }

    /// 16: a venue that shut us out hears nothing, from no process.
    pub(super) fn judge_ban(&mut self, row: Row) {
        if self.now < self.bounds.banned[row.venue] {
            self.check
                .fail("16 banned venue", &format!("a request leaves for {}", self.stage.name(row.venue)));
        }
    }

    /// 15: no more orders within a venue's window than it takes.
    fn judge_pace(&mut self, row: Row, id: ClientId) {
        let Some(codec) = crate::venues::codec(self.stage.venues[row.venue], row.product) else { return };
        let (now, budget) = (self.now, codec.order_budget);
        let left = &mut self.bounds.left[row.venue][usize::from(row.product == Product::Linear)];
        while left.front().is_some_and(|first| now - first >= budget.window) {
            left.pop_front();
        }
        left.push_back(now);
        if left.len() > budget.orders {
            let text = format!("{id} is number {} within {} ms", left.len(), budget.window / MS);
            self.check.fail("15 rate", &text);
        }
    }

    /// The next process counts what the journal tells it, by a clock that may be off otherwise than the last one's.
    pub(super) fn forget_pace(&mut self) {
        self.bounds.left = Default::default();
    }

    /// 14: what opens a plan is priced from two fresh books, what hedges one from its own.
    fn old_book(&self, engine: &Engine, id: ClientId) -> Option<(&'static str, String)> {
        let order = engine.orders().get(&id)?;
        let plan = engine.plans().find(|plan| Some(plan.terms.id) == order.terms.plan)?;
        let opens = id.attempt() == 0;
        let legs = plan.terms.legs.iter().map(|leg| leg.instrument);
        legs.filter(|leg| opens || *leg == order.terms.place.instrument).find_map(|leg| {
            let i = engine.instrument(leg);
            let age = self.now - self.heard(i);
            if opens && i.status != InstrumentStatus::Trading {
                return Some(("14 open market", format!("opens on {} that does not trade", i.name())));
            }
            (age > AGE_MAX).then(|| ("14 fresh book", format!("{} is {} ms old", i.name(), age / MS)))
        })
    }

    /// When the process last heard market data of an instrument.
    fn heard(&self, i: &Instrument) -> Ns {
        let serves = |at: &usize| {
            let row = self.stage.links[*at];
            row.role == Role::Public && (self.stage.venues[row.venue], row.product) == (i.venue, i.product)
        };
        (0..self.stage.links.len()).find(serves).map_or(self.now, |at| self.links[at].heard)
    }

    /// Records of a ban went with the disk's last words: the next process can not know of it.
    pub(super) fn forget_bans(&mut self) {
        self.bounds.banned = [0; 2];
    }

    // -- frames

    /// The process heard a frame; `bent`: a fault made it another one than the venue sent.
    pub(super) fn judge_heard(&mut self, link: usize, data: &[u8]) {
        let row = self.stage.links[link];
        match row.role {
            Role::Trade if garble::is_ban(row.words, data) => {
                self.bounds.banned[row.venue] = self.now + BAN_LEAST;
                self.bounds.shut_until = self.now + BAN;
            }
            Role::Public if garble::is_market(row.words, data) => self.judge_book(row),
            Role::Public | Role::Private | Role::Trade | Role::Rest => {}
        }
    }

    /// A frame of market data was bent: until its book was void once, its receiver can not know better.
    pub(super) fn bent_book(&mut self, link: usize) {
        let row = self.stage.links[link];
        self.bounds.shown[row.venue][usize::from(row.product == Product::Linear)].bent = true;
    }

    /// The venue's books as published just now.
    pub(super) fn note_books(&mut self, venue: usize) {
        let model = self.venues[venue].model();
        for (listing, book) in model.listings.iter().zip(&model.books) {
            let shown = &mut self.bounds.shown[venue][usize::from(listing.product == Product::Linear)].last;
            if shown.back().is_some_and(|(last, _)| *last == book.last_id) {
                continue;
            }
            let scale =
                |(px, qty): (i64, i64)| (whole(px, listing.px_decimals), whole(qty, listing.qty_decimals));
            let bids = book.bids.levels(usize::MAX).map(scale).collect();
            let asks = book.asks.levels(usize::MAX).map(scale).collect();
            shown.push_back((book.last_id, [bids, asks]));
            if shown.len() > SHOWN_MAX {
                shown.pop_front();
            }
        }
    }

    /// 14: a book that counts as whole has the levels that the venue published under its id.
    fn judge_book(&mut self, row: Row) {
        let product = usize::from(row.product == Product::Linear);
        let Some((_, listing)) = listing_of(&self.venues[row.venue], row.product) else { return };
        let symbol = listing.symbol;
        let Some(process) = &self.process else { return };
        let Some((i, book)) = process.engine.book(self.stage.venues[row.venue], row.product, &symbol) else {
            return;
        };
        let shown = &mut self.bounds.shown[row.venue][product];
        if !book.is_synced() {
            shown.bent = false;
            return;
        }
        let Some((id, levels)) = shown.last.iter().find(|(id, _)| *id == book.last_id()) else { return };
        let scale =
            |level: crate::market::Level| (whole(level.px, i.px_decimals), whole(level.qty, i.qty_decimals));
        let same = book.bids().map(scale).eq(levels[0].iter().copied())
            && book.asks().map(scale).eq(levels[1].iter().copied());
        if !same && !shown.bent {
            let text = format!("{} at {id} is not the venue's", i.name());
            self.check.fail("14 wrong book", &text);
        }
    }
}

fn whole(mantissa: i64, decimals: u8) -> i128 {
    i128::from(mantissa) * pow10(18 - decimals)
}

/// The order opens a plan of a pair.
fn opens_plan(engine: &Engine, id: ClientId) -> bool {
    let plan = engine.orders().get(&id).and_then(|order| order.terms.plan);
    id.attempt() == 0 && plan.is_some_and(|plan: PlanId| !plan.is_twap() && !plan.is_protection())
}

type Found = Option<(&'static str, String)>;

/// 15: price and quantity stand on the venue's steps and within its bounds.
fn filters(venue: &SimVenue, row: Row, text: &str) -> Found {
    let (_, listing) = listing_of(venue, row.product)?;
    let qty = quoted(text, row.words.qty)?;
    let wrong = |what: &str| Some(("15 filters", format!("{what} of {text}")));
    // The venue may count in contracts.
    let counted = listing.wire.decimals(listing.qty_decimals)?;
    let lots = parse_fixed(qty.as_bytes(), counted).ok().and_then(|lots| listing.wire.base(Lots(lots)));
    let Some(lots) = lots else { return wrong("quantity") };
    if lots % listing.lot != 0 || !(listing.qty_min..=listing.qty_max).contains(&lots) {
        return wrong("quantity");
    }
    let Ok(px) = parse_fixed(quoted(text, row.words.px)?.as_bytes(), listing.px_decimals) else {
        return wrong("price");
    };
    if px <= 0 || px % listing.tick != 0 {
        return wrong("price");
    }
    let shrinks = text.contains(row.words.reduces);
    if listing.notional(px, lots) < listing.notional_min && !shrinks { wrong("notional") } else { None }
}

/// 9: a request is not dated later than the fence takes it to be.
fn time(words: &Words, text: &str, wall: Ns) -> Found {
    let (key, later) = words.dated;
    if key.is_empty() {
        return None;
    }
    let digits = text.split_once(key)?.1;
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    let ahead = (digits[..end].parse::<Ns>().ok()? - later) * MS - wall;
    (ahead > AHEAD_MAX).then(|| ("9 time of a request", format!("dated {} ms ahead", ahead / MS)))
}

/// 15: what opens stands within the collar of the price that all venues share.
fn collar(venue: &SimVenue, row: Row, text: &str, wall: Ns) -> Found {
    let (at, listing) = listing_of(venue, row.product)?;
    let px = parse_fixed(quoted(text, row.words.px)?.as_bytes(), listing.px_decimals).ok()?;
    let index = venue.index(at, wall);
    let off = (px - index).abs();
    (off * 10_000 > index * (COLLAR_BPS + BASIS_BPS))
        .then(|| ("15 collar", format!("at {px}, {off} away from {index}")))
}

fn listing_of(venue: &SimVenue, product: Product) -> Option<(usize, &crate::sim::model::Listing)> {
    venue.model().listings.iter().enumerate().find(|(_, listing)| listing.product == product)
}
