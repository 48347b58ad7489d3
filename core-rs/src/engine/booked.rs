//! Which fills are booked, whatever became of their orders: a trade told again is never booked again.
//!
//! The newest are known by key. Of older ones a time per account and instrument is kept: up to it, a fill whose order is
//! not at hand counts as booked. Not booking one that was never told shows as a difference from the venue; booking one
//! twice would be a position that nobody has.

use super::instruments::TableNames;
use crate::order::{FillReport, Names, push_field, row_digest};
use crate::units::{AccountId, InstrumentId, Ns, Side, TradeId};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::{BTreeMap, VecDeque};
use std::hash::{BuildHasherDefault, Hash, Hasher};
use xxhash_rust::xxh3::xxh3_128;

/// Hash of account, instrument, side and trade id, by name. A trade with ourselves has one id for two fills.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct FillKey(pub u128);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Whose {
    /// Of an order of ours: its plan counted it as well.
    Ours,
    Foreign,
}

/// One booked fill.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Booking {
    pub key: FillKey,
    pub account: AccountId,
    pub instrument: InstrumentId,
    /// The venue's time.
    pub at: Ns,
}

#[derive(Debug)]
pub(super) struct Booked {
    known: Known,
    /// The same, oldest booking first.
    queue: VecDeque<Booking>,
    floors: BTreeMap<(AccountId, InstrumentId), Ns>,
    kept_max: usize,
    /// A flaw: fills of our own orders are known by their orders alone.
    pub forgets_ours: bool,
}

/// Looked up, never walked: its order decides nothing.
type Known = hashbrown::HashMap<FillKey, Whose, BuildHasherDefault<Already>>;

/// The keys are hashes.
#[derive(Default)]
struct Already(u64);

impl Hasher for Already {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, _: &[u8]) {}

    fn write_u64(&mut self, half: u64) {
        self.0 = half;
    }
}

impl Hash for FillKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.0 as u64);
    }
}

impl FillKey {
    pub(super) fn new(names: &TableNames<'_>, account: AccountId, fill: &FillReport) -> Self {
        Self::of(names, (account, fill.instrument), fill.side, &fill.trade_id)
    }

    pub(super) fn of(
        names: &TableNames<'_>,
        (account, instrument): (AccountId, InstrumentId),
        side: Side,
        trade: &TradeId,
    ) -> Self {
        let mut text = Vec::with_capacity(128);
        push_field(&mut text, names.account(account).as_bytes());
        push_field(&mut text, names.instrument(instrument).as_bytes());
        text.push(side as u8);
        text.extend_from_slice(trade.as_bytes());
        Self(xxh3_128(&text))
    }
}

impl Default for Booked {
    fn default() -> Self {
        Self::with_limit(Self::KEPT_MAX)
    }
}

impl Booked {
    /// Keys known at most: ten minutes (the reach of a backfill) of 437 fills a second, some 20 MB.
    pub(super) const KEPT_MAX: usize = 1 << 18;

    pub(super) fn with_limit(kept_max: usize) -> Self {
        Self {
            known: Known::with_hasher(BuildHasherDefault::new()),
            queue: VecDeque::new(),
            floors: BTreeMap::new(),
            kept_max,
            forgets_ours: false,
        }
    }

    pub(super) fn whose(&self, key: &FillKey) -> Option<Whose> {
        self.known.get(key).copied()
    }

    /// Keys of fills as old as this were let go: one whose order is not at hand counts as booked.
    pub(super) fn is_old(&self, account: AccountId, fill: &FillReport) -> bool {
        let floor = self.floors.get(&(account, fill.instrument));
        !self.forgets_ours && floor.is_some_and(|floor| fill.venue_ns <= *floor)
    }

    pub(super) fn put(&mut self, booking: Booking, whose: Whose) {
        if self.forgets_ours && whose == Whose::Ours {
            return;
        }
        if self.known.insert(booking.key, whose).is_none() {
            self.queue.push_back(booking);
        }
        if self.queue.len() > self.kept_max
            && let Some(old) = self.queue.pop_front()
        {
            self.known.remove(&old.key);
            let floor = self.floors.entry((old.account, old.instrument)).or_insert(old.at);
            *floor = old.at.max(*floor);
        }
    }

    pub(super) fn len(&self) -> usize {
        self.queue.len()
    }

    /// Oldest first.
    fn bookings(&self) -> impl Iterator<Item = (Booking, Whose)> + '_ {
        let whose = |key| self.known.get(key).copied().unwrap_or(Whose::Foreign);
        self.queue.iter().map(move |booking| (*booking, whose(&booking.key)))
    }

    /// The same fills under another bound, which holds from the next booking on.
    #[must_use]
    pub(super) fn within(mut self, kept_max: usize) -> Self {
        self.kept_max = kept_max;
        self
    }

    pub(super) fn digest(&self, names: &TableNames<'_>) -> u64 {
        let floor = |((account, instrument), at): (&(AccountId, InstrumentId), &Ns)| {
            row_digest(|row| {
                push_field(row, b"floor");
                push_field(row, names.account(*account).as_bytes());
                push_field(row, names.instrument(*instrument).as_bytes());
                row.extend_from_slice(&at.to_le_bytes());
            })
        };
        let keys = row_digest(|row| {
            push_field(row, b"booked");
            for (booking, whose) in self.bookings() {
                row.extend_from_slice(&booking.key.0.to_le_bytes());
                row.push(whose as u8);
            }
        });
        self.floors.iter().map(floor).fold(keys, u64::wrapping_add)
    }
}

#[derive(Serialize, Deserialize)]
struct Stored {
    bookings: Vec<(Booking, Whose)>,
    floors: BTreeMap<(AccountId, InstrumentId), Ns>,
}

impl Serialize for Booked {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        Stored { bookings: self.bookings().collect(), floors: self.floors.clone() }.serialize(out)
    }
}

impl<'de> Deserialize<'de> for Booked {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let Stored { bookings, floors } = Stored::deserialize(from)?;
        let known = bookings.iter().map(|(booking, whose)| (booking.key, *whose)).collect();
        let queue = bookings.into_iter().map(|(booking, _)| booking).collect();
        Ok(Self { known, queue, floors, ..Self::default() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn booking(number: u128, at: Ns) -> Booking {
        Booking { key: FillKey(number), account: AccountId(0), instrument: InstrumentId(0), at }
    }

    #[test]
    fn what_falls_out_of_the_bound_raises_the_time_up_to_which_all_is_booked() {
        let mut booked = Booked::with_limit(2);
        for (number, at) in [(1, 10), (2, 8), (3, 20), (3, 20)] {
            booked.put(booking(number, at), Whose::Ours);
        }
        assert_eq!(booked.len(), 2);
        assert_eq!(booked.whose(&FillKey(1)), None);
        assert_eq!(booked.floors[&(AccountId(0), InstrumentId(0))], 10);
        booked.put(booking(4, 30), Whose::Foreign);
        assert_eq!(booked.floors[&(AccountId(0), InstrumentId(0))], 10, "it never falls");
        assert_eq!(
            (booked.whose(&FillKey(3)), booked.whose(&FillKey(4))),
            (Some(Whose::Ours), Some(Whose::Foreign))
        );
    }
}
