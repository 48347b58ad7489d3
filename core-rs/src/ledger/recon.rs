//! Venue balances only correct. A report may be ahead of or behind our fills, so a difference counts once it was seen in
//! quiet, and seen again by a round that asked for every fill after that. Volatile: a restart looks afresh.

use super::{BalanceReport, Wallet};
use crate::units::{AccountId, Asset, Money, Ns};
use std::collections::BTreeMap;

/// What a balance report means. The engine journals and posts `Opening` and `Correct`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recon {
    /// Older than one already seen; ignored.
    Stale,
    Agrees,
    /// Differs, perhaps only for now. `first`: nothing differed before.
    Waiting {
        difference: Money,
        lasts: bool,
        first: bool,
    },
    /// First sight of the wallet's asset: what it held before us.
    Opening {
        amount: Money,
    },
    /// A difference that stays and nothing explains.
    Correct {
        difference: Money,
    },
}

/// What a look at a venue's figures is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// It may be behind our books or ahead of them: a difference proves nothing.
    Passing,
    /// An answer to a question of ours, while something was open: only a difference that stays the same counts, once every
    /// fill was asked for after it was first seen.
    Busy { told: Ns },
    /// Nothing was open, and nothing was booked since it may have been true. All monotonic: `booked` is when the
    /// newest fill was, `told` the time before which every fill has been asked for.
    Quiet { now: Ns, booked: Ns, told: Ns },
}

/// How long a difference may stand, the same at every sight of it, before it counts even where it never was quiet: two
/// light rounds.
pub const PATIENCE: Ns = 60_000_000_000;

/// A difference, since when it is seen, and since when in quiet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Difference {
    pub amount: Money,
    pub first: Ns,
    pub quiet: Option<Ns>,
}

impl Difference {
    /// The difference as it stands after another sight of it at `now`, and whether it is proved.
    pub fn seen(known: Option<Self>, amount: Money, sight: Sight, now: Ns) -> (Self, bool) {
        let same = known.filter(|known| known.amount == amount);
        let first = same.map_or(now, |known| known.first);
        let quiet = same.and_then(|known| known.quiet);
        match sight {
            // Another amount in passing says nothing of what was seen in quiet.
            Sight::Passing | Sight::Busy { .. } if same.is_none() => {
                let kept = known.filter(|known| known.quiet.is_some());
                (kept.unwrap_or(Self { amount, first, quiet: None }), false)
            }
            Sight::Passing => (Self { amount, first, quiet }, false),
            Sight::Busy { told } => {
                let seen = Self { amount, first, quiet };
                (seen, seen.lasts(now) && told > first)
            }
            Sight::Quiet { booked, told, .. } if quiet.is_some_and(|since| booked <= since) => {
                (Self { amount, first, quiet }, quiet.is_some_and(|since| told > since))
            }
            Sight::Quiet { now: at, .. } => (Self { amount, first, quiet: Some(at) }, false),
        }
    }

    /// The same at every sight for two light rounds.
    pub const fn lasts(&self, now: Ns) -> bool {
        now - self.first >= PATIENCE
    }
}

#[derive(Clone, Debug, Default)]
pub struct ReconWatch {
    seen: BTreeMap<(AccountId, Wallet, Asset), Seen>,
}

#[derive(Clone, Copy, Debug)]
struct Seen {
    venue_ns: Ns,
    difference: Option<Difference>,
}

impl ReconWatch {
    /// `ours`: the ledger's balance.
    pub fn observe(
        &mut self,
        account: AccountId,
        report: &BalanceReport,
        ours: Option<Money>,
        sight: Sight,
        now: Ns,
    ) -> Recon {
        let key = (account, report.wallet, report.asset);
        let last = self.seen.get(&key).copied();
        if last.is_some_and(|last| report.venue_ns < last.venue_ns) {
            return Recon::Stale;
        }
        // Sums of venue amounts: far from the edge of i128, saturated rather than wrapped all the same.
        let total = Money(report.free.0.saturating_add(report.locked.0));
        let difference = Money(total.0.saturating_sub(ours.unwrap_or_default().0));
        let known = last.and_then(|last| last.difference);
        let (verdict, difference) = match ours {
            None => (Recon::Opening { amount: total }, None),
            Some(_) if difference == Money::ZERO => (Recon::Agrees, None),
            Some(_) => match Difference::seen(known, difference, sight, now) {
                (_, true) => (Recon::Correct { difference }, None),
                (seen, false) => {
                    let (lasts, first) = (seen.lasts(now), known.is_none());
                    (Recon::Waiting { difference, lasts, first }, Some(seen))
                }
            },
        };
        self.seen.insert(key, Seen { venue_ns: report.venue_ns, difference });
        verdict
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_lasting_difference_in_quiet_corrects() {
        let asset = Asset::new(b"USDT").unwrap();
        let report = |free, locked, venue_ns| BalanceReport {
            wallet: Wallet::Spot,
            asset,
            free: Money(free),
            locked: Money(locked),
            venue_ns,
        };
        let mut watch = ReconWatch::default();
        let mut observe = |report, ours: Option<i128>, sight| {
            watch.observe(AccountId(0), &report, ours.map(Money), sight, 30)
        };
        let quiet = |now, told| Sight::Quiet { now, booked: 5, told };
        let busy = Sight::Passing;
        assert_eq!(observe(report(70, 30, 10), None, quiet(1, 0)), Recon::Opening { amount: Money(100) });
        assert_eq!(observe(report(60, 40, 11), Some(100), quiet(2, 0)), Recon::Agrees);
        assert_eq!(observe(report(90, 0, 10), Some(100), quiet(3, 0)), Recon::Stale);
        let waiting = Recon::Waiting { difference: Money(-10), lasts: false, first: false };
        let first = Recon::Waiting { difference: Money(-10), lasts: false, first: true };
        assert_eq!(observe(report(90, 0, 12), Some(100), busy), first, "orders in flight");
        assert_eq!(observe(report(90, 0, 13), Some(100), quiet(4, 3)), waiting, "first sight in quiet");
        assert_eq!(observe(report(90, 0, 14), Some(100), quiet(8, 7)), waiting, "a fill was booked since");
        assert_eq!(observe(report(90, 0, 14), Some(100), quiet(9, 8)), waiting, "fills not asked for since");
        assert_eq!(observe(report(90, 0, 15), Some(100), busy), waiting, "a stream's word");
        assert_eq!(
            observe(report(80, 0, 16), Some(100), quiet(10, 9)),
            Recon::Waiting { difference: Money(-20), lasts: false, first: false }
        );
        assert_eq!(observe(report(80, 0, 16), Some(90), quiet(11, 10)), waiting, "a fill came in between");
        let corrected = Recon::Correct { difference: Money(-10) };
        assert_eq!(observe(report(80, 0, 16), Some(90), quiet(20, 12)), corrected);
        assert_eq!(observe(report(80, 0, 17), Some(80), quiet(21, 20)), Recon::Agrees);
    }

    #[test]
    fn a_difference_that_stays_the_same_for_two_rounds_counts_without_quiet() {
        let seen =
            |known, amount, now, told| Difference::seen(known, Money(amount), Sight::Busy { told }, now);
        let (first, proved) = seen(None, -10, 5, 4);
        assert!(!proved);
        assert!(!seen(Some(first), -10, 5 + PATIENCE - 1, 6).1, "not long enough");
        assert!(!seen(Some(first), -10, 5 + PATIENCE, 4).1, "not every fill was asked for since");
        assert!(seen(Some(first), -10, 5 + PATIENCE, 6).1);
        assert!(!seen(Some(first), -11, 5 + PATIENCE, 6).1, "another amount begins anew");
        assert!(
            !Difference::seen(Some(first), Money(-10), Sight::Passing, 5 + PATIENCE).1,
            "a stream's word"
        );
    }
}
