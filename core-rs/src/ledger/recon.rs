//! Venue balances only correct. A report may be ahead of or behind our fills, so a difference counts once two reports
//! of different venue times show the same one while nothing is in flight. Volatile: a restart looks afresh.

use super::{BalanceReport, Wallet};
use crate::units::{AccountId, Asset, Money, Ns};
use std::collections::BTreeMap;

/// What a balance report means. The engine journals and posts `Opening` and `Correct`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recon {
    /// Older than one already seen; ignored.
    Stale,
    Agrees,
    /// Differs, perhaps only for now.
    Waiting {
        difference: Money,
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

#[derive(Clone, Debug, Default)]
pub struct ReconWatch {
    seen: BTreeMap<(AccountId, Wallet, Asset), Seen>,
}

#[derive(Clone, Copy, Debug)]
struct Seen {
    venue_ns: Ns,
    /// Difference shown by that report while quiet.
    difference: Option<Money>,
}

impl ReconWatch {
    /// `ours`: the ledger's balance; `quiet`: no unsettled order and no fill on its way in this wallet.
    pub fn observe(
        &mut self,
        account: AccountId,
        report: &BalanceReport,
        ours: Option<Money>,
        quiet: bool,
    ) -> Recon {
        let key = (account, report.wallet, report.asset);
        let last = self.seen.get(&key).copied();
        if last.is_some_and(|last| report.venue_ns < last.venue_ns) {
            return Recon::Stale;
        }
        // Sums of venue amounts: far from the edge of i128, saturated rather than wrapped all the same.
        let total = Money(report.free.0.saturating_add(report.locked.0));
        let difference = Money(total.0.saturating_sub(ours.unwrap_or_default().0));
        let verdict = match (ours, last.and_then(|last| last.difference.map(|d| (last.venue_ns, d)))) {
            (None, _) => Recon::Opening { amount: total },
            (Some(_), _) if difference == Money::ZERO => Recon::Agrees,
            (Some(_), Some((at, known))) if quiet && known == difference && at < report.venue_ns => {
                Recon::Correct { difference }
            }
            (Some(_), _) => Recon::Waiting { difference },
        };
        let first_seen =
            last.filter(|last| last.venue_ns == report.venue_ns && last.difference == Some(difference));
        let waiting = quiet && matches!(verdict, Recon::Waiting { .. });
        self.seen.insert(
            key,
            first_seen
                .unwrap_or(Seen { venue_ns: report.venue_ns, difference: waiting.then_some(difference) }),
        );
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
        let mut observe =
            |report, ours: Option<i128>, quiet| watch.observe(AccountId(0), &report, ours.map(Money), quiet);
        assert_eq!(observe(report(70, 30, 10), None, true), Recon::Opening { amount: Money(100) });
        assert_eq!(observe(report(60, 40, 11), Some(100), true), Recon::Agrees);
        assert_eq!(observe(report(90, 0, 10), Some(100), true), Recon::Stale);
        let waiting = Recon::Waiting { difference: Money(-10) };
        assert_eq!(observe(report(90, 0, 12), Some(100), false), waiting, "orders in flight");
        assert_eq!(observe(report(90, 0, 13), Some(100), true), waiting, "first sight in quiet");
        assert_eq!(observe(report(90, 0, 13), Some(100), true), waiting, "the same report again");
        assert_eq!(observe(report(80, 0, 14), Some(100), true), Recon::Waiting { difference: Money(-20) });
        assert_eq!(observe(report(80, 0, 15), Some(90), true), waiting, "a fill came in between");
        assert_eq!(observe(report(80, 0, 16), Some(90), true), Recon::Correct { difference: Money(-10) });
        assert_eq!(observe(report(80, 0, 17), Some(80), true), Recon::Agrees);
    }
}
