//! Which faults a run has, and how often: every class has its own rate, about a third of them are off per seed.

use super::rng::{MILLION, Rng};
use crate::units::Ns;

const MS: Ns = 1_000_000;
/// The exposure limit of a run that none of its orders reaches, quote units.
const EXPOSURE_MAX: u64 = 500_000;

/// Others take money out as well: so much is always there, quote units.
const PURSE_LEAST: u64 = 30_000;

macro_rules! faults {
    ($($fault:ident = $ppm:literal $name:literal,)*) => {
        /// A class of faults.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Fault { $($fault),* }

        impl Fault {
            pub(super) const ALL: [Self; 0 $(+ { let _ = $ppm; 1 })*] = [$(Self::$fault),*];

            pub(super) const fn name(self) -> &'static str {
                match self { $(Self::$fault => $name),* }
            }

            /// Parts in a million of the occasions on which it may happen, before a seed scales it.
            const fn base(self) -> u64 {
                match self { $(Self::$fault => $ppm),* }
            }
        }
    };
}

faults! {
    // One occasion per order request.
    RequestLost = 30_000 "request lost",
    RequestDelayed = 40_000 "request delayed inside recvWindow",
    RequestLate = 15_000 "request delayed beyond recvWindow",
    WorkedLate = 40_000 "processing delay after the gate",
    ReplyLost = 40_000 "response lost",
    ReplyTwice = 30_000 "response duplicated",
    ReplyDelayed = 40_000 "response delayed",
    UnknownTaken = 30_000 "5xx or -1007 after acceptance",
    UnknownNotTaken = 15_000 "5xx or -1007, not accepted",
    RateLimited = 8_000 "429",
    Banned = 1_500 "418",
    Maintenance = 8_000 "maintenance",
    ThinBook = 60_000 "partial fill or IOC zero fill",
    // One occasion per query.
    QueryLost = 30_000 "query lost",
    AnswerLost = 30_000 "answer to a query lost",
    AnswerDelayed = 60_000 "answer to a query delayed",
    QueryError = 30_000 "query answered with 5xx",
    QueryLimited = 10_000 "query answered with 429",
    AnswerBroken = 10_000 "answer to a query unreadable",
    ReadLag = 200_000 "read lag",
    // One occasion per frame of an account stream.
    StreamDrop = 30_000 "stream event dropped",
    StreamTwice = 40_000 "stream event duplicated",
    StreamReorder = 40_000 "stream events reordered",
    BalanceLag = 60_000 "balance event late",
    NullField = 6_000 "null field",
    UnknownEnum = 6_000 "unknown enum",
    // One occasion per market data frame.
    BookGap = 8_000 "sequence gap",
    BookTwice = 8_000 "market frame duplicated",
    BookReorder = 5_000 "market frames reordered",
    BookCrossed = 3_000 "crossed book",
    BookNonsense = 3_000 "price zero or huge",
    // Markets and clocks, from a stream of their own. One occasion per second.
    Silence = 60_000 "market data silent on a live link",
    EmptySide = 60_000 "one side of a book empty",
    FarPrice = 60_000 "price far from the other venue",
    CancelOnly = 40_000 "instrument cancel-only",
    // One occasion per instrument that was made cancel-only.
    Delisting = 500_000 "instrument delisted",
    // One occasion per second.
    Restarted = 20_000 "maintenance ends resting orders",
    ClockStep = 40_000 "clock step",
    // One occasion per second.
    Disconnect = 120_000 "disconnect",
    Flap = 25_000 "flapping link",
    HalfOpen = 40_000 "half-open link",
    ListenKeyDeath = 25_000 "listen key died",
    SlowFsync = 40_000 "slow fsync",
    PowerLoss = 12_000 "power loss",
    DiskFull = 8_000 "disk full",
    VenueOutage = 15_000 "venue unreachable",
    OperatorKill = 15_000 "operator: kill",
    OperatorReset = 40_000 "operator: reset",
    OperatorPair = 40_000 "operator: pair changed",
    OperatorUnwind = 30_000 "operator: unwind",
    OperatorCancel = 60_000 "operator: cancel",
    OperatorExecute = 40_000 "operator: execute",
    OperatorTwap = 60_000 "operator: twap",
    OperatorTwapTurn = 100_000 "operator: twap turned",
    OperatorOrder = 60_000 "operator: single order",
    // One occasion per boundary of a journal write or a send.
    Kill = 1_500 "kill -9 at a boundary",
    // One occasion per start.
    ClockSkew = 400_000 "clock skew",
    // One occasion per second.
    OperatorProtect = 500_000 "operator: protection",
    // The account's side. One occasion per order that arrives.
    ThirdFee = 150_000 "fee in a third asset",
    SelfTrade = 20_000 "self-trade prevention",
    // One occasion per second.
    ForeignOrder = 120_000 "order of another client",
    VenueCloses = 40_000 "position closed by the venue",
    Funding = 100_000 "funding",
    Transfer = 60_000 "deposit or withdrawal",
    OperatorLooks = 150_000 "operator: difference acknowledged",
    // One occasion per process.
    ApplyFails = 200_000 "applying a fill fails once",
}

impl Fault {
    /// Faults of the account's side draw from a stream of their own.
    pub(super) const fn of_account(self) -> bool {
        let at = self as usize;
        at >= Self::ThirdFee as usize && at <= Self::ApplyFails as usize
    }
}

impl Fault {
    /// Faults that strike one venue, each of which must have come up at every venue.
    pub(super) const fn of_venue(self) -> bool {
        let at = self as usize;
        let account = at >= Self::ThirdFee as usize && at <= Self::Transfer as usize;
        let on_links = at >= Self::Disconnect as usize && at <= Self::ListenKeyDeath as usize;
        at <= Self::Restarted as usize || on_links || account || matches!(self, Self::VenueOutage)
    }

    /// Faults of markets and clocks.
    const fn of_markets(self) -> bool {
        self as usize >= Self::Silence as usize && self as usize <= Self::ClockStep as usize
    }
}

/// What still happens where only time fails.
const LATE: [Fault; 10] = [
    Fault::RequestLost,
    Fault::RequestDelayed,
    Fault::WorkedLate,
    Fault::ReplyLost,
    Fault::ReplyTwice,
    Fault::ReplyDelayed,
    Fault::UnknownTaken,
    Fault::ThinBook,
    Fault::AnswerDelayed,
    Fault::ReadLag,
];

/// The parameters of one seed.
#[derive(Clone, Debug)]
pub(super) struct Swarm {
    rates: Vec<u64>,
    /// One way over the wire, at least and at most.
    pub wire: (Ns, Ns),
    /// How long faults go on.
    pub faulty: Ns,
    /// Quantity of the pairs, thousandths of a base unit.
    pub qty_milli: u64,
    /// Net spread from which pairs trade, hundredths of a percent.
    pub threshold: u64,
    pub cooldown_ms: u64,
    /// Orders wait for their records to be on disk.
    pub strict: bool,
    /// How long the venues may work on a request, and the most that may be at risk, quote units.
    pub cap: Ns,
    pub exposure_max: u64,
    /// Replies may come up to 40 s late: the bound that the fence trusts does not hold.
    pub broken_bound: bool,
    /// The engine keeps hardly anything of what is settled.
    pub forgetful: bool,
    /// What each account begins with: quote and thousandths of base; `None` is more than is ever wanted.
    pub purse: Option<(u64, u64)>,
}

impl Swarm {
    pub(super) fn new(rng: &mut Rng, side: &mut Rng) -> Self {
        let mut rate = |fault: &Fault| {
            let scale = [0, 0, 0, 300, 600, 1_000, 1_000, 1_500, 3_000];
            let rng = if fault.of_account() { &mut *side } else { &mut *rng };
            fault.base() * *rng.pick(&scale) / 1_000
        };
        // Those of the markets are drawn apart, from their own stream.
        let rates = Fault::ALL.iter().map(|fault| if fault.of_markets() { 0 } else { rate(fault) }).collect();
        let least = rng.span(MS / 10, 5 * MS);
        let wire = (least, least + rng.span(0, 30 * MS));
        let faulty = rng.span(5_000 * MS, 11_000 * MS);
        let qty_milli = *rng.pick(&[10, 20, 100, 500, 1_000]);
        // Room for two or a few legs at once, or for all that is ever wanted.
        let legs = *side.pick(&[0, 0, 2, 3, 5]);
        Self {
            rates,
            wire,
            faulty,
            qty_milli,
            cap: *side.pick(&[1_000, 1_000, 1_000, 5_000]) * MS,
            exposure_max: if legs == 0 { EXPOSURE_MAX } else { qty_milli * legs * 70 },
            threshold: *rng.pick(&[1, 2, 5]),
            cooldown_ms: *rng.pick(&[20, 100, 500]),
            strict: rng.chance(250_000),
            broken_bound: false,
            forgetful: false,
            purse: None,
        }
    }

    /// How often markets and clocks fail; each class is off in a third of the seeds.
    pub(super) fn draw_markets(&mut self, rng: &mut Rng) {
        for fault in Fault::ALL.into_iter().filter(|fault| fault.of_markets()) {
            let scale = *rng.pick(&[0, 0, 0, 300, 600, 1_000, 1_000, 1_500, 3_000]);
            self.rates[fault as usize] = fault.base() * scale / 1_000;
        }
    }

    /// In some runs money is short: it is enough for a few legs at once.
    pub(super) fn draw_purse(&mut self, rng: &mut Rng) {
        let legs = *rng.pick(&[0, 0, 0, 0, 0, 2, 3, 5]);
        let quote = (self.qty_milli * legs * 70).max(PURSE_LEAST);
        self.purse = (legs > 0).then_some((quote, self.qty_milli * legs));
    }

    /// Nothing fails but time: requests are worked on, and answered, up to 40 s late.
    pub(super) fn late(rng: &mut Rng, side: &mut Rng) -> Self {
        let mut swarm = Self { broken_bound: true, ..Self::new(rng, side) };
        let often = *rng.pick(&[1, 2, 4]);
        for fault in Fault::ALL {
            swarm.rates[fault as usize] = if LATE.contains(&fault) { fault.base() * often } else { 0 };
        }
        swarm
    }

    pub(super) fn rate(&self, fault: Fault) -> u64 {
        self.rates[fault as usize].min(MILLION * 9 / 10)
    }

    /// No fault from here on.
    pub(super) fn heal(&mut self) {
        self.rates.iter_mut().for_each(|rate| *rate = 0);
        self.broken_bound = false;
    }
}
