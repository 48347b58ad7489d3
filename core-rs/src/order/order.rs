//! One order with all that is known of it, and how facts change it. Knows nothing of other orders.

use super::{
    CancelState, Event, FillReport, Inquiry, Names, OrderError, OrderReport, PlaceOrder, State, VenueStatus,
    next, push_field,
};
use crate::units::{
    AccountId, Asset, ClientId, MONEY_DECIMALS, Money, Ns, PlanId, Qty, Symbol, TradeId, VenueOrderId,
    mul_div_half_even, pow10,
};
use serde::{Deserialize, Serialize};

/// How we came to know the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum OrderOrigin {
    /// From our own journaled intent.
    Intent,
    /// Found at the venue with our id form but no intent of ours.
    Adopted,
    /// Takes a residual off.
    Residual,
}

/// What never changes. Decimals travel along, so that replay needs no instrument table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderTerms {
    pub place: PlaceOrder,
    pub account: AccountId,
    pub px_decimals: u8,
    pub qty_decimals: u8,
    pub plan: Option<PlanId>,
    pub leg: u8,
    pub origin: OrderOrigin,
}

/// One applied fill: enough to know a redelivery, and a contradicting one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trade {
    pub id: TradeId,
    pub px: i64,
    pub qty: Qty,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    pub terms: OrderTerms,
    pub state: State,
    pub cancel: CancelState,
    /// Sum of applied fills; never decreases, never above `terms.place.qty`.
    pub filled: Qty,
    /// Cumulative filled quantity the venue has told of; fills up to it are still to come.
    pub venue_filled: Qty,
    /// Sum of `px * qty` over applied fills.
    pub quote: Money,
    /// Sum of fees per asset, in order of first appearance.
    pub fees: Vec<(Asset, Money)>,
    pub venue_id: Option<VenueOrderId>,
    /// The venue's latest non-empty reason.
    pub reason: Symbol,
    /// Wall time of the intent and of the latest change.
    pub created_ns: Ns,
    pub updated_ns: Ns,
    /// Fills that came unannounced after the order had ended; each one is alarmed and re-hedged.
    pub late_fills: u32,
    /// Volatile: outside the journal and the digest.
    #[serde(skip)]
    pub inquiry: Inquiry,
    /// Sorted by trade id.
    trades: Vec<Trade>,
}

/// What an event did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moved {
    pub from: State,
    pub to: State,
}

/// What a fill did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FillOutcome {
    Applied {
        moved: Moved,
        /// `px * qty` of this fill.
        quote: Money,
        /// After an end and not announced by it: alarm, re-hedge.
        late: bool,
    },
    /// Redelivered; nothing changed.
    Duplicate,
    /// The same trade id with another price or quantity: the first value stays; log it.
    Conflict { first: Trade },
}

impl Moved {
    /// A claim of absence was overturned: the order lives after all.
    pub const fn revived(&self) -> bool {
        self.from.claims_absence() && !self.to.claims_absence()
    }
}

impl Order {
    /// An intent: `Created`, nothing filled.
    pub fn new(terms: OrderTerms, created_ns: Ns) -> Self {
        Self {
            terms,
            state: State::Created,
            cancel: CancelState::None,
            filled: Qty::ZERO,
            venue_filled: Qty::ZERO,
            quote: Money::ZERO,
            fees: Vec::new(),
            venue_id: None,
            reason: Symbol::EMPTY,
            created_ns,
            updated_ns: created_ns,
            late_fills: 0,
            inquiry: Inquiry::default(),
            trades: Vec::new(),
        }
    }

    pub const fn id(&self) -> ClientId {
        self.terms.place.client_id
    }

    /// Quantity that may still fill: all that is open, whatever we believe of the send; after an end only what the
    /// venue has announced and not yet delivered. Exposure counts filled + possible.
    pub fn possible_qty(&self) -> Qty {
        if self.state.is_terminal() {
            self.awaited_qty()
        } else {
            self.terms.place.qty.minus_or_zero(self.filled)
        }
    }

    /// Fills the venue has told of that have not come yet: ask for the order's trades.
    pub fn awaited_qty(&self) -> Qty {
        self.venue_filled.minus_or_zero(self.filled)
    }

    /// Ended, and every announced fill is in.
    pub fn is_settled(&self) -> bool {
        self.state.is_terminal() && self.awaited_qty().is_zero()
    }

    /// VWAP of the fills, half-even at 18 decimals.
    pub fn avg_px(&self) -> Option<Money> {
        mul_div_half_even(self.quote.0, pow10(self.terms.qty_decimals), i128::from(self.filled.get()))
            .map(Money)
    }

    /// Filled base quantity as an amount.
    pub fn filled_base(&self) -> Money {
        Money::of_qty(self.filled, self.terms.qty_decimals)
    }

    /// Applied fills, sorted by trade id.
    pub fn trades(&self) -> &[Trade] {
        &self.trades
    }

    pub(super) fn apply(&mut self, event: Event, at: Ns) -> Result<Moved, OrderError> {
        let from = self.state;
        self.state = next(from, event)?;
        if self.state != from {
            self.updated_ns = at;
        }
        Ok(Moved { from, to: self.state })
    }

    pub(super) fn report(&mut self, report: &OrderReport, at: Ns) -> Result<Moved, OrderError> {
        let place = &self.terms.place;
        if report.instrument != place.instrument || report.side != place.side {
            return Err(OrderError::Mismatch(self.id()));
        }
        let told = if report.status == VenueStatus::Filled { place.qty } else { report.filled };
        if told > place.qty || report.filled > place.qty {
            return Err(self.overfill(report.filled.minus_or_zero(self.filled)));
        }
        let moved = self.apply(Event::Report(report.status), at)?;
        if told > self.venue_filled {
            self.venue_filled = told;
            self.updated_ns = at;
        }
        if !report.venue_id.is_empty() {
            self.venue_id.get_or_insert(report.venue_id);
        }
        if !report.reason.is_empty() {
            self.reason = report.reason;
        }
        self.inquiry.found();
        Ok(moved)
    }

    /// Dedupe and application are one step: an error leaves both undone.
    pub(super) fn fill(&mut self, fill: &FillReport, at: Ns) -> Result<FillOutcome, OrderError> {
        let place = &self.terms.place;
        if fill.instrument != place.instrument || fill.side != place.side {
            return Err(OrderError::Mismatch(self.id()));
        }
        if fill.qty.is_zero() {
            return Err(OrderError::EmptyQty(self.id()));
        }
        let trade = Trade { id: fill.trade_id, px: fill.px.get(), qty: fill.qty };
        let slot = match self.trades.binary_search_by(|known| known.id.cmp(&trade.id)) {
            Ok(at) if self.trades[at] == trade => return Ok(FillOutcome::Duplicate),
            Ok(at) => return Ok(FillOutcome::Conflict { first: self.trades[at] }),
            Err(slot) => slot,
        };
        let filled = self.filled.plus(fill.qty)?;
        if filled > place.qty {
            return Err(self.overfill(fill.qty));
        }
        let quote = Money::notional(fill.px, self.terms.px_decimals, fill.qty, self.terms.qty_decimals)?;
        let total = self.quote.plus(quote)?;
        let fee = self.fee_with(fill.fee_asset, fill.fee)?;
        let late = self.state.is_terminal() && filled > self.venue_filled;
        let moved = self.apply(Event::Fill { complete: filled == place.qty }, at)?;
        self.trades.insert(slot, trade);
        self.filled = filled;
        self.venue_filled = self.venue_filled.max(filled);
        self.quote = total;
        self.set_fee(fill.fee_asset, fee);
        self.late_fills += u32::from(late);
        self.updated_ns = at;
        if !fill.venue_id.is_empty() {
            self.venue_id.get_or_insert(fill.venue_id);
        }
        self.inquiry.found();
        Ok(FillOutcome::Applied { moved, quote, late })
    }

    fn overfill(&self, fill: Qty) -> OrderError {
        OrderError::Overfill { id: self.id(), qty: self.terms.place.qty, filled: self.filled, fill }
    }

    fn fee_with(&self, asset: Asset, fee: Money) -> Result<Money, OrderError> {
        let known = self.fees.iter().find(|(known, _)| *known == asset).map_or(Money::ZERO, |(_, sum)| *sum);
        Ok(known.plus(fee)?)
    }

    fn set_fee(&mut self, asset: Asset, sum: Money) {
        if asset.is_empty() {
            return;
        }
        match self.fees.iter_mut().find(|(known, _)| *known == asset) {
            Some((_, known)) => *known = sum,
            None => self.fees.push((asset, sum)),
        }
    }

    pub(super) fn digest_into(&self, names: &impl Names, out: &mut Vec<u8>) {
        let place = &self.terms.place;
        push_field(out, self.id().as_bytes());
        push_field(out, names.account(self.terms.account).as_bytes());
        push_field(out, names.instrument(place.instrument).as_bytes());
        push_field(out, self.state.name().as_bytes());
        push_field(out, self.cancel.name().as_bytes());
        let plan = self.terms.plan.map_or(u64::MAX, |plan| plan.0);
        out.extend_from_slice(&plan.to_le_bytes());
        out.extend_from_slice(&[
            self.terms.leg,
            self.terms.px_decimals,
            self.terms.qty_decimals,
            place.side as u8,
            place.kind as u8,
            place.tif as u8,
            u8::from(place.reduce_only),
            self.terms.origin as u8,
        ]);
        let px = place.px.map_or(0, crate::units::Price::get);
        for number in [px, place.qty.get(), self.filled.get(), self.venue_filled.get()] {
            out.extend_from_slice(&number.to_le_bytes());
        }
        out.extend_from_slice(&self.quote.0.to_le_bytes());
        let mut fees = self.fees.clone();
        fees.sort_unstable();
        for (asset, fee) in fees {
            push_field(out, asset.as_bytes());
            out.extend_from_slice(&fee.0.to_le_bytes());
        }
        for trade in &self.trades {
            push_field(out, trade.id.as_bytes());
            out.extend_from_slice(&trade.px.to_le_bytes());
            out.extend_from_slice(&trade.qty.get().to_le_bytes());
        }
        push_field(out, self.venue_id.as_ref().map_or(&[][..], |id| id.as_bytes()));
        push_field(out, self.reason.as_bytes());
        out.extend_from_slice(&self.late_fills.to_le_bytes());
        out.extend_from_slice(&self.created_ns.to_le_bytes());
        out.extend_from_slice(&self.updated_ns.to_le_bytes());
    }
}

const _: () = assert!(MONEY_DECIMALS == 18, "avg_px scales by the quantity's decimals alone");
