//! Flawed decisions for the fault simulator, which must catch every one. The sound engine has none; a mutant is named
//! in the configuration and refused outside mode SIM.

use super::Effects;
use super::record::Body;
use crate::market::{Delta, DeltaKind};
use crate::order::{FillReport, Order, OrderCmd, State};
use crate::units::{ClientId, Now, Ns, Symbol};
use crate::venues::Role;

/// Tries after which a design that counts them all alike gives up.
const RETRIES_SHARED: u32 = 3;

macro_rules! mutants {
    ($($mutant:ident = $name:literal,)*) => {
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub enum Mutant { #[default] None, $($mutant),* }

        impl Mutant {
            pub const ALL: [Self; 0 $(+ { let _ = $name; 1 })*] = [$(Self::$mutant),*];

            pub const fn name(self) -> &'static str {
                match self { Self::None => "", $(Self::$mutant => $name),* }
            }
        }
    };
}

mutants! {
    // A to D of the study: what silence or absence is taken for.
    RetryNewId = "retry_new_id",
    RetrySameId = "retry_same_id",
    AbsentByThree = "absent_by_three_reads",
    AbsentByFive = "absent_by_five_reads",
    ErrorIsAbsence = "error_is_absence",
    DisconnectIsRefusal = "disconnect_is_refusal",
    UnknownIsRefusal = "unknown_is_refusal",
    ResendOnReconnect = "resend_on_reconnect",
    SharedRetries = "retry_counter_shared_across_errors",
    FenceZero = "fence_zero",
    FenceWithoutCap = "fence_without_cap",
    CancelRefusedIsEnd = "cancel_refused_is_end",
    // F, G, I: fills.
    NoDedupe = "no_dedupe",
    KeyBeforeApply = "key_before_apply",
    ThirdFeeIgnored = "third_asset_fee_ignored",
    FundingTwice = "funding_applied_twice",
    ExternalCloseIgnored = "external_close_ignored",
    NoBackfill = "no_backfill",
    NoAdoption = "no_adoption",
    StrangersAssumed = "strangers_assumed",
    LateFillDropped = "late_fill_dropped",
    LateFillNotHedged = "late_fill_not_hedged",
    BackfillFromNow = "backfill_from_now",
    FeeIgnored = "fee_ignored",
    ArrivalOrder = "profit_in_arrival_order",
    DeferredDropped = "deferred_fill_dropped",
    SettledForgotten = "settled_forgotten",
    // H and plans.
    EdgeTriggered = "edge_triggered_hedger",
    UnknownIsSettled = "unknown_is_settled",
    HedgeWrongSide = "hedge_wrong_side",
    HedgeWholeQuantity = "hedge_whole_quantity",
    AttemptNotCounted = "attempt_not_counted",
    DisabledDropsBooks = "disabled_pair_drops_books",
    ProtectInFlightIgnored = "protect_in_flight_ignored",
    ProtectForgotten = "protect_forgotten_at_start",
    ProtectOnce = "protect_closes_once",
    BackstopLeft = "venue_stop_left_behind",
    // Gates.
    DifferenceUnheeded = "difference_halts_nothing",
    ForeignUncounted = "foreign_orders_uncounted",
    ExposureWithoutInFlight = "exposure_without_in_flight",
    PlanShareIgnored = "plan_share_ignored",
    HoldsIgnored = "reservations_ignored",
    StaleBook = "stale_book",
    CollarOnStale = "collar_on_stale_reference",
    SnapshotAlone = "snapshot_without_buffered_deltas",
    LatchForgotten = "latch_in_memory_only",
    LatchUnchecked = "latch_unchecked",
    // What people are told.
    EndUntold = "plan_end_untold",
    RowForgotten = "balance_row_forgotten",
    BansForgotten = "bans_forgotten_at_start",
    // Journal and start.
    JournalFaultIgnored = "journal_fault_ignored",
    EpochNotBumped = "epoch_not_bumped",
    ForgetsAtStart = "forgets_at_start",
}

impl super::Engine {
    pub(super) fn has(&self, flaw: Mutant) -> bool {
        self.config.mutant == flaw
    }
}

impl Mutant {
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mutant| mutant.name() == name)
    }
}

/// What the flawed designs do where the sound one waits for evidence.
impl super::Engine {
    /// True when silence was answered the wrong way.
    pub(super) fn takes_silence_wrongly(&mut self, now: Now, id: ClientId, out: &mut Effects) -> bool {
        match self.config.mutant {
            Mutant::RetryNewId => self.declare_refused(now, id, out),
            Mutant::RetrySameId => self.resend(now, id, out),
            _ => return false,
        }
        true
    }

    pub(super) fn declare_refused(&mut self, now: Now, id: ClientId, out: &mut Effects) {
        self.commit(now, Body::Reject { id, code: Symbol::EMPTY, never_left: false }, out);
        self.after_change(now, id, out);
    }

    pub(super) fn declare_gone(&mut self, now: Now, id: ClientId, out: &mut Effects) {
        self.commit(now, Body::Unknown { id }, out);
        self.commit(now, Body::Dead { id }, out);
        self.after_change(now, id, out);
    }

    pub(super) fn resend(&mut self, now: Now, id: ClientId, out: &mut Effects) {
        let Some(order) = self.state.orders.get(&id) else { return };
        let (place, account) = (order.terms.place, order.terms.account);
        let instrument = self.instruments.at(place.instrument);
        let link = self.find_link(instrument.venue, instrument.product, Role::Trade, Some(account));
        let data = self.encode_order(now, &OrderCmd::Place(place), account);
        if let (Some(link), Some(data)) = (link, data) {
            out.send(link, data);
        }
        self.timers.set(super::timers::Timer::Order(id), now.mono + 2_000_000_000);
    }

    pub(super) fn resend_all(&mut self, now: Now, out: &mut Effects) {
        let sent = |order: &&Order| matches!(order.state, State::Sent | State::Unknown);
        let ids: Vec<ClientId> = self.state.orders.iter_open().filter(sent).map(Order::id).collect();
        for id in ids {
            self.resend(now, id, out);
        }
    }

    /// A snapshot counts for itself, and whatever comes next follows it.
    pub(super) fn forget_buffered(&mut self, book: usize, delta: &mut Delta<'_>) {
        let book = &mut self.books[book];
        if !book.rule().buffers() || book.is_synced() {
            return;
        }
        match delta.kind {
            DeltaKind::Snapshot => book.unsync(),
            DeltaKind::Update => delta.first = 0,
        }
    }

    /// How long the fence is taken to be.
    pub(super) fn fence_of(&self, bounds: &super::config::VenueConfig) -> Ns {
        match self.config.mutant {
            Mutant::FenceZero => 0,
            Mutant::FenceWithoutCap => bounds.fence() - bounds.cap - bounds.recv_window,
            _ => bounds.fence(),
        }
    }

    /// True when tries of whatever outcome, errors included, add up to a verdict.
    pub(super) fn gives_up(&self, id: ClientId) -> bool {
        self.has(Mutant::SharedRetries)
            && self.state.orders.get(&id).is_some_and(|order| order.inquiry.attempts >= RETRIES_SHARED)
    }

    /// A fault point of simulations: applying this fill fails, once a process. The flawed design has its key already.
    pub(super) fn apply_fails(&mut self, fill: &FillReport) -> bool {
        if self.suppressed.contains(&fill.trade_id) {
            return true;
        }
        let Some(left) = self.fill_to_fail else { return false };
        self.fill_to_fail = (left > 1).then_some(left - 1);
        if left > 1 {
            return false;
        }
        if self.has(Mutant::KeyBeforeApply) {
            self.suppressed.insert(fill.trade_id);
        }
        true
    }

    /// True when a count of reads is taken for proof.
    pub(super) fn counts_reads(&self, id: ClientId) -> bool {
        let enough = match self.config.mutant {
            Mutant::AbsentByThree => 3,
            Mutant::AbsentByFive => 5,
            _ => return false,
        };
        self.state.orders.get(&id).is_some_and(|order| order.inquiry.attempts >= enough)
    }
}
