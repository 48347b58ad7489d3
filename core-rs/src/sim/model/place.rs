//! Orders in: filters, funds, matching, ends. Refusals are the model's own; a dialect gives them its codes.

use super::account::ACCOUNT_DIGITS;
use super::walk::{Match, walk};
use super::{EndReason, Event, Fill, Kind, Label, Listing, Model, OPEN_ORDERS_MAX, Order, State, Tif};
use crate::sim::text::round;
use crate::units::{Money, Ns, Product, Side, Venue};

/// How much: base quantity, or a quote amount to spend (market buys of some venues).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Size {
    Base(i64),
    Quote(Money),
}

/// A validated request; mantissas at the listing's decimals.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NewOrder {
    pub account: usize,
    pub listing: usize,
    pub label: Option<Label>,
    pub side: Side,
    pub kind: Kind,
    pub tif: Tif,
    pub px: i64,
    pub size: Size,
    pub reduce_only: bool,
}

/// Why the venue refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    PriceStep,
    PriceBand,
    QtyStep,
    QtyLow,
    QtyHigh,
    Notional,
    DuplicateLabel,
    TooManyOrders,
    Funds,
    Margin,
    PostOnlyWouldTake,
    FokNotFilled,
    ReduceOnly,
    UnknownOrder,
    AlreadyFilled,
    AlreadyCancelled,
}

impl Model {
    /// Places an order; returns its id. What follows from it (fills, end) is in the log.
    pub(crate) fn place(&mut self, new: &NewOrder, at: Ns) -> Result<u64, Refusal> {
        let qty = self.base_qty(new)?;
        self.check_filters(new, qty)?;
        self.check_identity(new)?;
        self.check_reduce_only(new, qty)?;
        let limit = (new.kind == Kind::Limit).then_some(new.px);
        let matches = self.matches(new.listing, new.side, limit, qty);
        self.check_funds(new, qty, &matches)?;
        let matched: i64 = matches.iter().map(|m| m.qty).sum();
        let end = match self.policy(new, qty, matched)? {
            end if !std::mem::take(&mut self.self_trade) => end,
            _ => Some((self.prevented(), EndReason::SelfTrade)),
        };
        let id = self.last_order + 1;
        let order = order_of(new, id, qty, at)?;
        self.commit(at, Event::Accept(order));
        if end.is_none_or(|(_, reason)| reason == EndReason::NoLiquidity) {
            self.execute(id, &matches, at);
        }
        if let Some((state, reason)) = end
            && self.orders.get(&id).is_some_and(|o| o.state.open())
        {
            self.commit(at, Event::End { order: id, state, reason, at });
        }
        Ok(id)
    }

    /// Ends an open order of the account.
    pub(crate) fn cancel(&mut self, id: u64, at: Ns) -> Result<(), Refusal> {
        let state = self.orders.get(&id).ok_or(Refusal::UnknownOrder)?.state;
        match state {
            State::New | State::PartiallyFilled => {
                let event = Event::End { order: id, state: State::Cancelled, reason: EndReason::ByUser, at };
                self.commit(at, event);
                Ok(())
            }
            State::Filled => Err(Refusal::AlreadyFilled),
            State::Cancelled | State::Expired | State::Rejected => Err(Refusal::AlreadyCancelled),
        }
    }

    /// Fills resting orders that the market has moved through, at their own prices.
    pub(crate) fn cross_resting(&mut self, listing: usize, at: Ns) {
        for side in [Side::Buy, Side::Sell] {
            while let Some((id, px)) =
                self.books[listing].side(side).resting.first().map(|(r, id)| (*id, r.abs()))
            {
                let left = self.orders.get(&id).map_or(0, Order::remaining);
                let market = walk(&self.books[listing], side, Some(px), left, |_| 0);
                let Some(hit) = market.first().filter(|m| m.maker.is_none() && m.qty > 0) else { break };
                self.take_market(listing, side, hit);
                self.fill(id, px, hit.qty, true, at);
                self.print(listing, px, hit.qty, side.opposite(), at);
            }
        }
    }

    /// A trade that the market makes by itself: it takes what stands best, clients' orders included.
    pub(crate) fn market_trade(&mut self, listing: usize, side: Side, qty: i64, at: Ns) {
        for found in self.matches(listing, side, None, qty) {
            self.take(listing, side, &found, at);
        }
    }

    /// Ends immediate orders that a crash left open in the book of record.
    pub(crate) fn end_immediate(&mut self, at: Ns) {
        let ids: Vec<u64> =
            self.orders.values().filter(|o| o.state.open() && o.immediate()).map(|o| o.id).collect();
        for id in ids {
            let event = Event::End { order: id, state: State::Expired, reason: EndReason::Restart, at };
            self.commit(at, event);
        }
    }

    /// Ends orders that rest, of one product or of all: the venue went through maintenance.
    pub(crate) fn end_resting(&mut self, product: Option<Product>, at: Ns) {
        let meant = |o: &&Order| {
            let of = self.listings[o.listing].product;
            o.state.open() && product.is_none_or(|product| product == of)
        };
        let ids: Vec<u64> = self.orders.values().filter(meant).map(|o| o.id).collect();
        for id in ids {
            let event = Event::End { order: id, state: State::Cancelled, reason: EndReason::Restart, at };
            self.commit(at, event);
        }
    }

    fn matches(&self, listing: usize, side: Side, limit: Option<i64>, qty: i64) -> Vec<Match> {
        walk(&self.books[listing], side, limit, qty, |id| self.orders.get(&id).map_or(0, Order::remaining))
    }

    fn base_qty(&self, new: &NewOrder) -> Result<i64, Refusal> {
        let budget = match new.size {
            Size::Base(qty) => return Ok(qty),
            Size::Quote(budget) => budget,
        };
        let listing = &self.listings[new.listing];
        let (mut left, mut qty) = (budget.0, 0_i64);
        for found in self.matches(new.listing, new.side, None, listing.qty_max) {
            let unit = listing.notional(found.px, 1).0;
            let affordable = i64::try_from(left / unit).unwrap_or(i64::MAX).min(found.qty);
            qty += affordable;
            left -= unit * i128::from(affordable);
        }
        let qty = qty - qty % listing.lot;
        if qty == 0 { Err(Refusal::QtyLow) } else { Ok(qty) }
    }

    fn check_filters(&self, new: &NewOrder, qty: i64) -> Result<(), Refusal> {
        let listing = &self.listings[new.listing];
        if qty < listing.qty_min {
            return Err(Refusal::QtyLow);
        }
        if qty > listing.qty_max {
            return Err(Refusal::QtyHigh);
        }
        if qty % listing.lot != 0 {
            return Err(Refusal::QtyStep);
        }
        let mark = self.mark(new.listing);
        let px = if new.kind == Kind::Limit { new.px } else { mark };
        if px <= 0 || px % listing.tick != 0 && new.kind == Kind::Limit {
            return Err(Refusal::PriceStep);
        }
        if mark > 0 && (px - mark).abs() > (i128::from(mark) * i128::from(listing.band_bps) / 10_000) as i64 {
            return Err(Refusal::PriceBand);
        }
        let reducing = new.reduce_only && listing.product == Product::Linear;
        if listing.notional(px, qty) < listing.notional_min && !reducing {
            return Err(Refusal::Notional);
        }
        Ok(())
    }

    fn check_identity(&self, new: &NewOrder) -> Result<(), Refusal> {
        let product = self.listings[new.listing].product;
        if let Some(label) = &new.label
            && let Some(known) = self.order_by_label(new.account, product, label)
            && (known.state.open() || self.venue != Venue::Binance)
        {
            return Err(Refusal::DuplicateLabel);
        }
        if self.open.get(&(new.account, new.listing)).is_some_and(|open| open.len() >= OPEN_ORDERS_MAX) {
            return Err(Refusal::TooManyOrders);
        }
        Ok(())
    }

    fn check_reduce_only(&self, new: &NewOrder, qty: i64) -> Result<(), Refusal> {
        let position = self.accounts[new.account].position(new.listing).qty;
        let shrinks = position.signum() * new.side.sign() < 0 && qty <= position.abs();
        if new.reduce_only && !shrinks { Err(Refusal::ReduceOnly) } else { Ok(()) }
    }

    fn check_funds(&self, new: &NewOrder, qty: i64, matches: &[Match]) -> Result<(), Refusal> {
        let listing = &self.listings[new.listing];
        let cost: i128 = match new.kind {
            Kind::Limit => listing.notional(new.px, qty).0,
            Kind::Market => matches.iter().map(|m| listing.notional(m.px, m.qty).0).sum(),
        };
        if listing.product == Product::Linear {
            let px = if new.kind == Kind::Limit { new.px } else { matches.last().map_or(0, |m| m.px) };
            let margin = self.opening_margin(new.account, new.listing, new.side, px, qty);
            let fee = Money(cost).times_rate(listing.fee_taker).unwrap_or(Money::ZERO);
            let closes_only = margin == Money::ZERO;
            let free = self.available(new.account, listing.wallet, listing.quote);
            return if !closes_only && free.0 < margin.0 + fee.0 { Err(Refusal::Margin) } else { Ok(()) };
        }
        let (asset, needed) = match new.side {
            Side::Buy => (listing.quote, cost),
            Side::Sell => (listing.base, listing.base_amount(qty).0),
        };
        let free = self.available(new.account, listing.wallet, asset);
        if free.0 < needed { Err(Refusal::Funds) } else { Ok(()) }
    }

    /// How an order ends that would trade with its own account.
    fn prevented(&self) -> State {
        if self.venue == Venue::Binance { State::Expired } else { State::Cancelled }
    }

    /// How the order ends if it does not fill: `None` rests. Post-only and FOK may end before any match, or be refused.
    fn policy(&self, new: &NewOrder, qty: i64, matched: i64) -> Result<Option<(State, EndReason)>, Refusal> {
        let ended = if self.venue == Venue::Binance { State::Expired } else { State::Cancelled };
        if new.kind == Kind::Market {
            return Ok(Some((ended, EndReason::NoLiquidity)));
        }
        let linear = self.listings[new.listing].product == Product::Linear;
        match new.tif {
            Tif::PostOnly if matched > 0 && self.venue == Venue::Binance => Err(Refusal::PostOnlyWouldTake),
            Tif::PostOnly if matched > 0 => Ok(Some((State::Rejected, EndReason::PostOnlyWouldTake))),
            Tif::Fok if matched < qty && self.venue == Venue::Binance && linear => Err(Refusal::FokNotFilled),
            Tif::Fok if matched < qty => Ok(Some((ended, EndReason::FokNotFilled))),
            Tif::Ioc | Tif::Fok => Ok(Some((ended, EndReason::NoLiquidity))),
            Tif::Gtc | Tif::PostOnly => Ok(None),
        }
    }

    fn execute(&mut self, id: u64, matches: &[Match], at: Ns) {
        let Some((listing, side)) = self.orders.get(&id).map(|o| (o.listing, o.side)) else { return };
        for found in matches {
            self.take(listing, side, found, at);
            self.fill(id, found.px, found.qty, false, at);
        }
    }

    /// The resting side of a match, and its line on the tape.
    fn take(&mut self, listing: usize, side: Side, found: &Match, at: Ns) {
        match found.maker {
            Some(maker) => self.fill(maker, found.px, found.qty, true, at),
            None => self.take_market(listing, side, found),
        }
        self.print(listing, found.px, found.qty, side, at);
    }

    fn take_market(&mut self, listing: usize, side: Side, found: &Match) {
        let other = side.opposite();
        self.books[listing].side_mut(other).take(super::rank(other, found.px), found.qty);
    }

    /// Fills a resting order at its own price.
    pub(super) fn rest_fill(&mut self, id: u64, qty: i64, at: Ns) {
        if let Some(px) = self.orders.get(&id).map(|order| order.px) {
            self.fill(id, px, qty, true, at);
        }
    }

    fn fill(&mut self, id: u64, px: i64, qty: i64, maker: bool, at: Ns) {
        let Some(order) = self.orders.get(&id).cloned() else { return };
        let listing = &self.listings[order.listing];
        let (fee, fee_asset) = self.charge(&order, px, qty, maker);
        let position = self.accounts[order.account].position(order.listing);
        let realized = match listing.product {
            Product::Spot => Money::ZERO,
            Product::Linear => position.realizes(listing, order.side, px, qty),
        };
        let trade_id = self.next_trade(at);
        let fill = Fill {
            trade_id,
            order: id,
            account: order.account,
            listing: order.listing,
            side: order.side,
            px,
            qty,
            fee,
            fee_asset,
            maker,
            realized,
            at,
        };
        self.commit(at, Event::Fill(fill));
    }
}

/// Spot pays in the asset received, linear in the quote; rounded to the venue's digits.
pub(super) fn fee_of(
    listing: &Listing,
    side: Side,
    px: i64,
    qty: i64,
    maker: bool,
) -> (Money, crate::units::Asset) {
    let (amount, asset) = match (listing.product, side) {
        (Product::Spot, Side::Buy) => (listing.base_amount(qty), listing.base),
        (Product::Spot, Side::Sell) | (Product::Linear, _) => (listing.notional(px, qty), listing.quote),
    };
    let fee = amount.times_rate(listing.fee(maker)).unwrap_or(Money::ZERO);
    (round(fee, ACCOUNT_DIGITS), asset)
}

fn order_of(new: &NewOrder, id: u64, qty: i64, at: Ns) -> Result<Order, Refusal> {
    let label = match new.label {
        Some(label) => label,
        None => Label::new(format!("sim{id}").as_bytes()).map_err(|_| Refusal::DuplicateLabel)?,
    };
    Ok(Order {
        id,
        account: new.account,
        listing: new.listing,
        label,
        side: new.side,
        kind: new.kind,
        tif: new.tif,
        px: if new.kind == Kind::Limit { new.px } else { 0 },
        qty,
        reduce_only: new.reduce_only,
        filled: 0,
        quote_filled: Money::ZERO,
        fee: Money::ZERO,
        locked: Money::ZERO,
        state: State::New,
        reason: EndReason::None,
        created: at,
        updated: at,
    })
}
