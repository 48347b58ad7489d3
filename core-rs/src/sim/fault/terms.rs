//! Which run it is, and what its seed draws before it begins.

use super::rng::Rng;
use super::swarm::Swarm;
use crate::units::Venue;

/// Number of the stream that says how much money there is.
const PURSE_STREAM: u64 = 4;
/// One run in so many keeps hardly anything of what is settled.
const FORGETFUL: u64 = 4;

/// Which run it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Terms<'a> {
    pub seed: u64,
    pub mutant: &'a str,
    pub tracing: bool,
    /// Nothing fails but time.
    pub late: bool,
    /// `None` leaves them to the seed.
    pub venues: Option<[Venue; 2]>,
}

impl Terms<'_> {
    pub(super) fn swarm(&self, rng: &mut Rng, side: &mut Rng, market_rng: &mut Rng) -> Swarm {
        let mut swarm = if self.late { Swarm::late(rng, side) } else { Swarm::new(rng, side) };
        swarm.broken_bound |= rng.chance(50_000);
        if !self.late {
            swarm.draw_markets(market_rng);
        }
        // Seeds of named venues mean what they always did.
        if self.venues.is_none() {
            swarm.draw_purse(&mut Rng::stream(self.seed, PURSE_STREAM));
        }
        swarm.forgetful = self.seed % FORGETFUL == 1;
        swarm
    }
}
