//! How plans are carried through, as the configuration says it.

use super::field::{FieldError, Fields};
use crate::units::{MONEY_DECIMALS, Money, Ns, PlanId, pow10};

const MS: Ns = 1_000_000;

/// How plans are carried through.
#[derive(Clone, Copy, Debug)]
pub struct Policy {
    pub complete_within_bps: i64,
    pub attempts_max: u32,
    pub deadline: Ns,
    pub slippage_bps: i64,
    pub cooldown: Ns,
    /// How long, and up to how much in quote, a known difference of the legs waits for an order of unknown fate.
    pub naked_max: Ns,
    pub naked_notional_max: Money,
    /// By [`PlanKind`]: an order leaves only once its record is on disk; otherwise as soon as it is written.
    pub strict: [bool; 3],
}

/// What an order belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PlanKind {
    Arbitrage,
    Twap,
    /// A single order of a person or program.
    Order,
}

impl PlanKind {
    pub(super) const ALL: [Self; 3] = [Self::Arbitrage, Self::Twap, Self::Order];

    pub(super) fn of(plan: Option<PlanId>) -> Self {
        match plan {
            None => Self::Order,
            Some(id) if id.is_twap() => Self::Twap,
            Some(_) => Self::Arbitrage,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Arbitrage => "arbitrage",
            Self::Twap => "twap",
            Self::Order => "order",
        }
    }

    /// Unless the configuration says otherwise. An arbitrage can not wait for the disk: what a lost record may cost, its
    /// hedging, adoption and the quarantine make good.
    const fn is_strict(self) -> bool {
        !matches!(self, Self::Arbitrage)
    }
}

pub(super) fn read_policy(top: Fields<'_>) -> Result<Policy, FieldError> {
    let mut policy = Policy {
        complete_within_bps: 10,
        attempts_max: 3,
        deadline: 5_000 * MS,
        slippage_bps: 5,
        cooldown: 500 * MS,
        naked_max: 1_000 * MS,
        naked_notional_max: Money(10_000 * pow10(MONEY_DECIMALS)),
        strict: PlanKind::ALL.map(PlanKind::is_strict),
    };
    if top.get("policy").is_none() {
        return Ok(policy);
    }
    let known = [
        "completeWithinBps",
        "maxAttempts",
        "planDeadlineMs",
        "slippageBps",
        "cooldownMs",
        "maxNakedMs",
        "maxNakedNotional",
        "journal",
    ];
    let f = top.obj("policy")?.only(&known)?;
    let number = |key: &str, default: i64| if f.get(key).is_some() { f.int(key) } else { Ok(default) };
    policy.complete_within_bps = number("completeWithinBps", policy.complete_within_bps)?.clamp(0, 1_000);
    policy.attempts_max = number("maxAttempts", 3)?.clamp(1, 15) as u32;
    policy.deadline = number("planDeadlineMs", 5_000)?.clamp(100, 600_000) * MS;
    policy.slippage_bps = number("slippageBps", policy.slippage_bps)?.clamp(0, 1_000);
    policy.cooldown = number("cooldownMs", 500)?.clamp(0, 3_600_000) * MS;
    policy.naked_max = number("maxNakedMs", policy.naked_max / MS)?.clamp(0, 60_000) * MS;
    policy.naked_notional_max = f.opt_money("maxNakedNotional")?.unwrap_or(policy.naked_notional_max);
    if f.get("journal").is_some() {
        let journal = f.obj("journal")?.only(&PlanKind::ALL.map(PlanKind::name))?;
        for kind in PlanKind::ALL {
            policy.strict[kind as usize] = match journal.opt_str(kind.name())? {
                None => kind.is_strict(),
                Some("group") => false,
                Some("strict") => true,
                Some(_) => return Err(FieldError::new(kind.name(), "must be group or strict")),
            };
        }
    }
    Ok(policy)
}
