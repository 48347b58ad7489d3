//! All orders we may still hear of, by client id: bounded, dedupe included, open ones quick to walk.
//!
//! Unsettled orders are never dropped. Settled ones stay an hour for redelivered fills, claims of absence a day as
//! tombstones; both age by the wall time of the journal's own records, so replay forgets at the same points.

use super::{
    Absence, AbsenceRead, CancelEvent, Event, FillOutcome, FillReport, Moved, Names, Order, OrderError,
    OrderReport, Past, State, next_cancel, row_digest,
};
use crate::units::{AccountId, ClientId, InstrumentId, Ns, Symbol, VenueOrderId};
use std::collections::{BTreeMap, VecDeque};

#[derive(Clone, Debug)]
pub struct Orders {
    pub(super) slots: Vec<Option<Order>>,
    free: Vec<u32>,
    pub(super) by_id: BTreeMap<ClientId, u32>,
    pub(super) by_venue_id: BTreeMap<(AccountId, InstrumentId, VenueOrderId), ClientId>,
    /// Unsettled orders.
    pub(super) open: BTreeMap<ClientId, u32>,
    /// Settled with the venue's word, oldest first, with the time of settling.
    pub(super) ended: VecDeque<(Ns, ClientId)>,
    /// Claims of absence, oldest first.
    pub(super) tombstones: VecDeque<(Ns, ClientId)>,
    /// Settled and forgotten.
    pub(super) past: Past,
    pub(super) open_max: usize,
    pub(super) kept_max: usize,
}

impl Default for Orders {
    fn default() -> Self {
        Self::with_limits(Self::OPEN_MAX, Self::KEPT_MAX, Self::PAST_MAX)
    }
}

impl Orders {
    /// Unsettled orders at most.
    pub const OPEN_MAX: usize = 4_096;
    /// Orders kept at most, settled ones included.
    pub const KEPT_MAX: usize = 65_536;
    /// Ids of forgotten orders known one by one; of older ones a number is kept, up to which all are past.
    pub const PAST_MAX: usize = 1 << 18;
    /// How long a settled order is kept for redelivered fills (backfills overlap by ten minutes).
    pub const SETTLED_KEEP_NS: Ns = 3_600_000_000_000;
    /// How long a claim of absence is kept.
    pub const TOMBSTONE_KEEP_NS: Ns = 24 * Self::SETTLED_KEEP_NS;

    pub fn with_limits(open_max: usize, kept_max: usize, past_max: usize) -> Self {
        Self {
            slots: Vec::new(),
            free: Vec::new(),
            by_id: BTreeMap::new(),
            by_venue_id: BTreeMap::new(),
            open: BTreeMap::new(),
            ended: VecDeque::new(),
            tombstones: VecDeque::new(),
            past: Past::with_limit(past_max),
            open_max,
            kept_max,
        }
    }

    /// Takes a new order in; `order.created_ns` is the journal record's wall time and ages the settled ones.
    pub fn open(&mut self, order: Order) -> Result<&Order, OrderError> {
        let id = order.id();
        if order.terms.place.qty.is_zero() {
            return Err(OrderError::EmptyQty(id));
        }
        if self.by_id.contains_key(&id) {
            return Err(OrderError::Duplicate(id));
        }
        if self.open.len() >= self.open_max {
            return Err(OrderError::Full { limit: self.open_max });
        }
        self.forget_old(order.created_ns);
        if self.by_id.len() >= self.kept_max && !self.forget_one() {
            return Err(OrderError::Full { limit: self.kept_max });
        }
        let slot = self.free.pop().unwrap_or_else(|| {
            self.slots.push(None);
            (self.slots.len() - 1) as u32
        });
        self.by_id.insert(id, slot);
        self.open.insert(id, slot);
        Ok(self.slots[slot as usize].insert(order))
    }

    pub fn get(&self, id: &ClientId) -> Option<&Order> {
        self.by_id.get(id).and_then(|slot| self.slots[*slot as usize].as_ref())
    }

    /// For reports that carry only the venue's own id (Binance trade lists do).
    pub fn by_venue_id(
        &self,
        account: AccountId,
        instrument: InstrumentId,
        venue_id: &VenueOrderId,
    ) -> Option<ClientId> {
        self.by_venue_id.get(&(account, instrument, *venue_id)).copied()
    }

    /// Orders that were settled and forgotten.
    pub const fn past(&self) -> &Past {
        &self.past
    }

    /// Unsettled orders, by client id.
    pub fn iter_open(&self) -> impl Iterator<Item = &Order> {
        self.open.values().filter_map(|slot| self.slots[*slot as usize].as_ref())
    }

    /// Every kept order, by client id.
    pub fn iter(&self) -> impl Iterator<Item = &Order> {
        self.by_id.values().filter_map(|slot| self.slots[*slot as usize].as_ref())
    }

    pub fn open_len(&self) -> usize {
        self.open.len()
    }

    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    /// One event without quantities (`Sent`, `NoAnswer`, ...). `at` is wall time of the record.
    pub fn apply(&mut self, id: &ClientId, event: Event, at: Ns) -> Result<Moved, OrderError> {
        self.change(id, |order| order.apply(event, at))
    }

    /// The venue's word on where the order stands.
    pub fn report(&mut self, id: &ClientId, report: &OrderReport, at: Ns) -> Result<Moved, OrderError> {
        self.change(id, |order| order.report(report, at))
    }

    /// The venue's refusal of the request, with its code.
    pub fn refused(
        &mut self,
        id: &ClientId,
        reason: Symbol,
        event: Event,
        at: Ns,
    ) -> Result<Moved, OrderError> {
        self.change(id, |order| {
            let moved = order.apply(event, at)?;
            if moved.to == State::Rejected && !reason.is_empty() {
                order.reason = reason;
            }
            Ok(moved)
        })
    }

    /// One fill, applied once per trade id of the order (and so per account, instrument, side and trade id).
    pub fn fill(&mut self, id: &ClientId, fill: &FillReport, at: Ns) -> Result<FillOutcome, OrderError> {
        self.change(id, |order| order.fill(fill, at))
    }

    /// Status of the cancel request; the order itself moves by reports only.
    pub fn cancel(&mut self, id: &ClientId, event: CancelEvent, at: Ns) -> Result<(), OrderError> {
        self.change(id, |order| {
            let cancel = next_cancel(order.cancel, event);
            if cancel != order.cancel {
                order.cancel = cancel;
                order.updated_ns = at;
            }
            Ok(())
        })
    }

    /// Sets the fence of an order just sent, or at a restart. Volatile.
    pub fn arm_fence(&mut self, id: &ClientId, fence_at: Ns) -> Result<(), OrderError> {
        self.change(id, |order| {
            order.inquiry.fence_at = Some(fence_at);
            Ok(())
        })
    }

    /// Counts a query for the order asked now. Volatile.
    pub fn asked(&mut self, id: &ClientId, now: Ns) -> Result<(), OrderError> {
        self.change(id, |order| {
            order.inquiry.asked(now);
            Ok(())
        })
    }

    /// A served "not found" to a read asked at `asked_at`. On `Proved` the engine journals the end and applies
    /// [`Event::AbsentAfterFence`]. Volatile.
    pub fn not_found(
        &mut self,
        id: &ClientId,
        read: AbsenceRead,
        asked_at: Ns,
    ) -> Result<Absence, OrderError> {
        self.change(id, |order| Ok(order.inquiry.not_found(read, asked_at)))
    }

    /// Hash of every kept order, independent of how ids were handed out.
    pub fn digest(&self, names: &impl Names) -> u64 {
        self.iter().fold(self.past.digest(), |sum, order| {
            sum.wrapping_add(row_digest(|row| order.digest_into(names, row)))
        })
    }

    /// Runs one change and keeps the indexes true whether it succeeded or not.
    fn change<T>(
        &mut self,
        id: &ClientId,
        change: impl FnOnce(&mut Order) -> Result<T, OrderError>,
    ) -> Result<T, OrderError> {
        let slot = *self.by_id.get(id).ok_or(OrderError::Unknown(*id))?;
        let order = self.slots[slot as usize].as_mut().ok_or(OrderError::Unknown(*id))?;
        let was_settled = order.is_settled();
        let had_venue_id = order.venue_id.is_some();
        let result = change(order);
        if let (false, Some(venue_id)) = (had_venue_id, order.venue_id) {
            self.by_venue_id.insert((order.terms.account, order.terms.place.instrument, venue_id), *id);
        }
        match (was_settled, order.is_settled()) {
            (false, true) => {
                let entry = (order.updated_ns, *id);
                self.open.remove(id);
                if order.state.claims_absence() { &mut self.tombstones } else { &mut self.ended }
                    .push_back(entry);
            }
            (true, false) => {
                self.open.insert(*id, slot);
            }
            (true, true) | (false, false) => {}
        }
        result
    }

    /// Drops what has been settled long enough at wall time `now`.
    fn forget_old(&mut self, now: Ns) {
        while let Some(id) = pop_aged(&mut self.ended, now - Self::SETTLED_KEEP_NS) {
            self.forget_if_aged(id, now);
        }
        while let Some(id) = pop_aged(&mut self.tombstones, now - Self::TOMBSTONE_KEEP_NS) {
            self.forget_if_aged(id, now);
        }
    }

    /// An order may have changed since it was queued: then it is queued again, or is open and will be.
    fn forget_if_aged(&mut self, id: ClientId, now: Ns) {
        let Some(order) = self.get(&id) else { return };
        if !order.is_settled() {
            return;
        }
        let (since, absent) = (order.updated_ns, order.state.claims_absence());
        let keep = if absent { Self::TOMBSTONE_KEEP_NS } else { Self::SETTLED_KEEP_NS };
        if since + keep <= now {
            self.forget(id);
        } else {
            if absent { &mut self.tombstones } else { &mut self.ended }.push_back((since, id));
        }
    }

    /// Under pressure: the oldest order that ended by the venue's word. Tombstones stay.
    fn forget_one(&mut self) -> bool {
        while let Some((_, id)) = self.ended.pop_front() {
            let Some(order) = self.get(&id) else { continue };
            if order.is_settled() && !order.state.claims_absence() {
                self.forget(id);
                return true;
            }
        }
        false
    }

    fn forget(&mut self, id: ClientId) {
        let Some(slot) = self.by_id.remove(&id) else { return };
        let order = self.slots[slot as usize].take();
        if let Some((order, venue_id)) = order.and_then(|order| order.venue_id.map(|id| (order, id))) {
            self.by_venue_id.remove(&(order.terms.account, order.terms.place.instrument, venue_id));
        }
        self.free.push(slot);
        self.past.put(&id);
    }
}

/// The front of the queue when it is from `until` or before.
fn pop_aged(queue: &mut VecDeque<(Ns, ClientId)>, until: Ns) -> Option<ClientId> {
    match queue.front() {
        Some((since, id)) if *since <= until => {
            let id = *id;
            queue.pop_front();
            Some(id)
        }
        Some(_) | None => None,
    }
}
