//! Identities (LAW D6): who, where, which. Dense ids index arenas; names cross the boundary.

use super::UnitError;
use core::fmt;
use serde::{Deserialize, Serialize};

/// A venue with its own wire formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Venue {
    Binance,
    Bybit,
    Okx,
    Bitget,
    Bridge,
}

/// What kind of market an instrument belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Product {
    Spot,
    /// Perpetual margined and settled in the quote asset.
    Linear,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Side {
    Buy,
    Sell,
}

/// Which leg of a pair buys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Direction {
    Leg1Buy,
    Leg2Buy,
}

/// Index of an instrument in the engine's table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct InstrumentId(pub u32);

/// Index of an account (venue + account name).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct AccountId(pub u16);

/// Index of a link: one socket or REST endpoint of one venue, product, role and account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LinkId(pub u16);

/// Index of an owner of pairs, plans and strategies; 0 is the operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct OwnerId(pub u16);

/// Number of a plan, counted up for the life of the instance. TWAPs count for themselves, under the top bit, so that
/// orders name either kind by one id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PlanId(pub u64);

impl Venue {
    pub const ALL: [Self; 5] = [Self::Binance, Self::Bybit, Self::Okx, Self::Bitget, Self::Bridge];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Binance => "binance",
            Self::Bybit => "bybit",
            Self::Okx => "okx",
            Self::Bitget => "bitget",
            Self::Bridge => "bridge",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|v| v.name() == name)
    }
}

impl PlanId {
    const TWAP: u64 = 1 << 63;
    const PROTECTION: u64 = 1 << 62;
    /// Numbers of one kind lie below it.
    pub const NUMBERS: u64 = Self::PROTECTION;

    pub const fn twap(number: u64) -> Self {
        Self(number | Self::TWAP)
    }

    pub const fn is_twap(self) -> bool {
        self.0 & Self::TWAP != 0
    }

    pub const fn protection(number: u64) -> Self {
        Self(number | Self::PROTECTION)
    }

    pub const fn is_protection(self) -> bool {
        self.0 & (Self::TWAP | Self::PROTECTION) == Self::PROTECTION
    }

    /// Counted from 1 among its kind.
    pub const fn number(self) -> u64 {
        self.0 & !(Self::TWAP | Self::PROTECTION)
    }
}

impl Product {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Spot => "spot",
            Self::Linear => "linear",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        [Self::Spot, Self::Linear].into_iter().find(|p| p.name() == name)
    }
}

impl Side {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Buy => "buy",
            Self::Sell => "sell",
        }
    }

    #[must_use]
    pub const fn opposite(self) -> Self {
        match self {
            Self::Buy => Self::Sell,
            Self::Sell => Self::Buy,
        }
    }

    /// +1 for buy, -1 for sell.
    pub const fn sign(self) -> i64 {
        match self {
            Self::Buy => 1,
            Self::Sell => -1,
        }
    }
}

impl Direction {
    pub const BOTH: [Self; 2] = [Self::Leg1Buy, Self::Leg2Buy];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Leg1Buy => "leg1_buy",
            Self::Leg2Buy => "leg2_buy",
        }
    }

    /// Side of leg 0 or 1 in this direction.
    pub const fn side(self, leg: usize) -> Side {
        match (self, leg) {
            (Self::Leg1Buy, 0) | (Self::Leg2Buy, 1) => Side::Buy,
            (Self::Leg1Buy | Self::Leg2Buy, _) => Side::Sell,
        }
    }
}

/// Our own order id, `prefix(2) instance(2) epoch(3) counter(6) attempt(1)` in `[0-9A-Z]`, valid on every venue.
/// Never issued twice in the life of an instance: the epoch grows durably at each start.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ClientId([u8; Self::LEN]);

/// As text, compared in two words: every look-up of an order does it a dozen times.
impl Ord for ClientId {
    #[inline]
    fn cmp(&self, other: &Self) -> core::cmp::Ordering {
        self.words().cmp(&other.words())
    }
}

impl PartialOrd for ClientId {
    #[inline]
    fn partial_cmp(&self, other: &Self) -> Option<core::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl ClientId {
    pub const LEN: usize = 14;
    pub const PREFIX: [u8; 2] = *b"TG";
    const DIGITS: [u8; 32] = *b"0123456789ABCDEFGHIJKLMNOPQRSTUV";
    pub const EPOCH_MAX: u32 = 32 * 32 * 32 - 1;
    pub const COUNTER_MAX: u32 = (1 << 30) - 1;
    pub const ATTEMPT_MAX: u8 = 31;

    pub fn new(instance: [u8; 2], epoch: u32, counter: u32, attempt: u8) -> Result<Self, UnitError> {
        if epoch > Self::EPOCH_MAX || counter > Self::COUNTER_MAX || attempt > Self::ATTEMPT_MAX {
            return Err(UnitError::Overflow);
        }
        if !instance.iter().all(u8::is_ascii_alphanumeric) {
            return Err(UnitError::BadName);
        }
        let mut id = [0; Self::LEN];
        id[..2].copy_from_slice(&Self::PREFIX);
        id[2..4].copy_from_slice(&instance);
        Self::digits(&mut id[4..7], epoch);
        Self::digits(&mut id[7..13], counter);
        Self::digits(&mut id[13..14], u32::from(attempt));
        Ok(Self(id))
    }

    /// `None` when the text is not of our form (some other program's order).
    pub fn parse(text: &[u8]) -> Option<Self> {
        let id: [u8; Self::LEN] = text.try_into().ok()?;
        let ours = id[..2] == Self::PREFIX
            && id[2..4].iter().all(u8::is_ascii_alphanumeric)
            && id[4..].iter().all(|b| Self::DIGITS.contains(b));
        ours.then_some(Self(id))
    }

    pub fn instance(&self) -> [u8; 2] {
        [self.0[2], self.0[3]]
    }

    pub fn epoch(&self) -> u32 {
        Self::number(&self.0[4..7])
    }

    pub fn counter(&self) -> u32 {
        Self::number(&self.0[7..13])
    }

    pub fn attempt(&self) -> u8 {
        Self::number(&self.0[13..]) as u8
    }

    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    pub fn as_str(&self) -> &str {
        core::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The first and the last eight bytes, which overlap.
    #[inline]
    fn words(&self) -> (u64, u64) {
        let word = |bytes: Option<&[u8; 8]>| u64::from_be_bytes(bytes.copied().unwrap_or_default());
        (word(self.0.first_chunk()), word(self.0.last_chunk()))
    }

    fn digits(out: &mut [u8], mut value: u32) {
        for byte in out.iter_mut().rev() {
            *byte = Self::DIGITS[(value & 31) as usize];
            value >>= 5;
        }
    }

    fn number(digits: &[u8]) -> u32 {
        digits.iter().fold(0, |value, byte| {
            (value << 5) | Self::DIGITS.iter().position(|d| d == byte).unwrap_or(0) as u32
        })
    }
}

impl fmt::Debug for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_id_carries_its_parts_and_foreign_ids_are_not_ours() {
        let id = ClientId::new(*b"A7", 33, 1_000_000, 2).unwrap();
        assert_eq!((id.instance(), id.epoch(), id.counter(), id.attempt()), (*b"A7", 33, 1_000_000, 2));
        assert_eq!(ClientId::parse(id.as_bytes()), Some(id));
        for foreign in ["", "web_abc123", "TGA70110UGI02x", "tgA70110UGI020"] {
            assert_eq!(ClientId::parse(foreign.as_bytes()), None);
        }
        assert_eq!(ClientId::new(*b"A7", ClientId::EPOCH_MAX + 1, 0, 0), Err(UnitError::Overflow));
    }
}
