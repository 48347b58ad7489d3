//! What the journal holds: decisions and outcomes. Applying them is the only way durable state changes.

use super::breakers::Over;
use super::external::ExternalRecord;
use super::pairs::{PairId, PairTerms};
use super::protect::ProtectRecord;
use super::twap::TwapRecord;
use crate::ledger::{Book, Day, Wallet};
use crate::order::{CancelEvent, FillReport, OrderReport, OrderTerms};
use crate::plan::{PlanState, PlanTerms};
use crate::risk::{Breaker, LatchMode, LimitRow};
use crate::units::{AccountId, Asset, ClientId, Money, Ns, PlanId, Symbol, Venue};

/// The command that a record carries out; a known id gives the first reply again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CommandTag {
    pub id: String,
    pub actor: String,
    pub reply: String,
    /// Hash of what was asked under the id; 0 when it was not noted.
    pub asked: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Record {
    pub body: Body,
    pub command: Option<CommandTag>,
}

/// A turn in a plan's life that no order's record tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PlanTurn {
    /// The legs differ; they are being brought together.
    Hedging,
    /// The same, while the fate of an order is open: what it may still fill is not counted on.
    HedgingAround,
    /// A late fill came after the end.
    Reopened,
    /// Asked for by a person.
    Unwind,
    /// A process took it up after a restart.
    Resumed,
    /// What it had reported as unhedged can be traded again.
    Retried,
}

/// Where a balance came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    Opening,
    Recon,
}

impl Source {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Opening => "opening",
            Self::Recon => "recon",
        }
    }

    pub(super) const fn book(self) -> Book {
        match self {
            Self::Opening => Book::Opening,
            Self::Recon => Book::Recon,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Body {
    /// A process began; ids of the epoch are issued once only.
    Boot {
        epoch: u32,
        /// The machine's start; empty when it is not known.
        machine: String,
    },
    /// Both legs, before any order of theirs.
    Plan(PlanTerms),
    /// An order that is about to be sent, or one found at the venue.
    Intent {
        terms: OrderTerms,
        hold: Option<(Wallet, Asset, Money)>,
    },
    Ack {
        id: ClientId,
    },
    Reject {
        id: ClientId,
        code: Symbol,
        never_left: bool,
    },
    Unknown {
        id: ClientId,
    },
    /// The venue's word on an order.
    Report {
        id: ClientId,
        report: OrderReport,
    },
    /// Absence proved after the fence.
    Dead {
        id: ClientId,
    },
    /// `client` says whose; a foreign fill is booked as external.
    Fill {
        account: AccountId,
        fill: FillReport,
    },
    Cancel {
        id: ClientId,
        event: CancelEvent,
    },
    /// What wallets held at first sight, or a difference that nothing explains.
    Balance {
        account: AccountId,
        source: Source,
        rows: Vec<(Wallet, Asset, Money)>,
        /// What was traded before this, on the venue's clock, is in it. Journals of old have the record's own time.
        since: Option<Ns>,
    },
    /// A trading day opens at this total profit.
    Day(Day),
    Limits(Vec<LimitRow>),
    /// `Open` is the authorised reset.
    Latch {
        mode: LatchMode,
        reason: String,
        actor: String,
    },
    /// A loss breaker opened; the authorised reset closes it.
    Breaker {
        breaker: Breaker,
        reason: String,
    },
    /// A breaker that closes by itself opened, or closed again after a try that went well.
    Circuit {
        breaker: Breaker,
        over: Over,
        /// Why it opened; `None` closes it.
        trip: Option<String>,
    },
    /// The venue shut us out until then, wall time: a start within that leaves it alone.
    Ban {
        venue: Venue,
        until: Ns,
    },
    /// Profit has a new highest point, which drawdown is measured from.
    Peak(Money),
    Pair {
        id: PairId,
        terms: Option<PairTerms>,
    },
    Turn {
        id: PlanId,
        turn: PlanTurn,
        text: String,
    },
    PlanEnd {
        id: PlanId,
        state: PlanState,
        residual: Money,
        pnl: Option<Money>,
        /// The leg whose instrument takes a residual over that is too small to be traded.
        dust: Option<u8>,
    },
    Twap(Box<TwapRecord>),
    Protect(Box<ProtectRecord>),
    External(Box<ExternalRecord>),
}

impl PlanTurn {
    pub(super) const ALL: [Self; 6] =
        [Self::Hedging, Self::HedgingAround, Self::Reopened, Self::Unwind, Self::Resumed, Self::Retried];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Hedging => "hedging",
            Self::HedgingAround => "hedging_around",
            Self::Reopened => "reopened",
            Self::Unwind => "unwind_requested",
            Self::Resumed => "resumed",
            Self::Retried => "retried",
        }
    }
}

impl Body {
    /// The record's kind on disk; a number is never reused.
    pub(super) const fn kind(&self) -> u8 {
        match self {
            Self::Boot { .. } => 1,
            Self::Plan(_) => 2,
            Self::Intent { .. } => 3,
            Self::Ack { .. } => 5,
            Self::Reject { .. } => 6,
            Self::Unknown { .. } => 7,
            Self::Fill { .. } => 8,
            Self::Cancel { .. } => 9,
            Self::Report { .. } => 10,
            Self::Balance { .. } => 11,
            Self::Limits(_) => 12,
            Self::Latch { .. } => 13,
            Self::Pair { .. } => 14,
            Self::PlanEnd { .. } => 15,
            Self::Turn { .. } => 18,
            Self::Dead { .. } => 19,
            Self::Day(_) => 20,
            Self::Breaker { .. } => 30,
            Self::Peak(_) => 31,
            Self::Circuit { .. } => 32,
            Self::Ban { .. } => 33,
            Self::Twap(record) => record.kind(),
            Self::Protect(record) => record.kind(),
            Self::External(record) => record.kind(),
        }
    }
}

/// A kind's name for people.
pub(super) const fn kind_name(kind: u8) -> &'static str {
    match kind {
        1 => "BOOT",
        2 => "PLAN",
        3 => "INTENT",
        5 => "ACK",
        6 => "REJECT",
        7 => "UNKNOWN",
        8 => "FILL",
        9 => "CANCEL",
        10 => "REPORT",
        11 => "BALANCE",
        12 => "LIMIT",
        13 => "LATCH",
        14 => "PAIR",
        15 => "PLAN_END",
        18 => "PLAN_TURN",
        19 => "DEAD",
        20 => "DAY",
        30 | 32 => "BREAKER",
        31 => "PEAK",
        33 => "BAN",
        60..=66 => "PROTECT",
        70 => "RECON_DIFF",
        71 => "RECON_ACK",
        72 => "MOVE",
        _ => "UNKNOWN_KIND",
    }
}
