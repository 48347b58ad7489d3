//! The synthetic market: a price path shared by all venues of one seed, a basis of its own per venue product, and
//! levels around it. Everything is a function of (seed, names, wall time): separate processes agree.

use super::model::{Listing, SynthLevel, rank};
use super::noise::{PPB, below, interpolate, mix_all, mix_text, signed};
use crate::units::{Ns, Product, Side, Venue};
use std::collections::BTreeMap;

/// Synthetic levels on each side at most.
pub(super) const LEVELS: i64 = 50;
/// How long a level keeps its size; what was taken from it returns at the latest then.
const REFILL: Ns = 1_500_000_000;
const MS: Ns = 1_000_000;

/// (period ms, amplitude ppb) of the octaves of the common path: about 1 % a day, 0.3 basis points a second.
const OCTAVES: [(i64, i64); 8] = [
    (700, 8_000),
    (3_000, 30_000),
    (13_000, 80_000),
    (61_000, 200_000),
    (307_000, 500_000),
    (1_801_000, 1_500_000),
    (10_801_000, 4_000_000),
    (86_400_000, 12_000_000),
];

/// (turning period ms, amplitude ppb) of a venue product's own basis. The sign alternates from turn to turn, so the
/// basis is zero-mean, and spot against linear opens beyond 20 basis points (fees of both legs and a threshold of
/// five) every few seconds for about a second, in both directions by turns.
fn basis(venue: Venue, product: Product) -> (i64, i64) {
    let [spot, linear] = match venue {
        Venue::Binance => [(4_100, 250_000), (3_300, 2_100_000)],
        Venue::Bybit => [(3_700, 350_000), (2_500, 2_080_000)],
        Venue::Okx => [(3_900, 300_000), (2_900, 2_090_000)],
        Venue::Bitget => [(4_300, 320_000), (3_100, 2_070_000)],
        Venue::Bridge => [(4_500, 310_000), (2_700, 2_095_000)],
    };
    if product == Product::Spot { spot } else { linear }
}

/// The path of one listing.
#[derive(Clone, Debug)]
pub(super) struct Path {
    venue: Venue,
    product: Product,
    /// Common to all venues.
    asset_key: u64,
    /// This venue product's own.
    own_key: u64,
    levels: i64,
    /// How far the price stands off, ppb, and the side that has no levels.
    shift: i64,
    empty: Option<Side>,
}

impl Path {
    pub(super) fn new(seed: u64, venue: Venue, listing: &Listing) -> Self {
        let asset_key = mix_all(&[seed, mix_text(listing.base.as_str())]);
        let own_key = mix_all(&[asset_key, mix_text(venue.name()), mix_text(listing.product.name())]);
        Self { venue, product: listing.product, asset_key, own_key, levels: LEVELS, shift: 0, empty: None }
    }

    /// The same path with so many levels a side.
    pub(super) fn with_levels(self, levels: i64) -> Self {
        Self { levels, ..self }
    }

    /// Bends the market from here on.
    pub(super) fn sway(&mut self, shift_ppb: i64, empty: Option<Side>) {
        (self.shift, self.empty) = (shift_ppb, empty);
    }

    /// Relative distance of the price from its anchor, ppb, without this venue's basis.
    fn reference(&self, wall: Ns) -> i64 {
        OCTAVES
            .iter()
            .map(|(period, amplitude)| {
                let key = mix_all(&[self.asset_key, period.unsigned_abs()]);
                interpolate(wall, period * MS, |cell| signed(mix_all(&[key, cell as u64]), *amplitude))
            })
            .sum()
    }

    fn basis(&self, wall: Ns) -> i64 {
        let (period, amplitude) = basis(self.venue, self.product);
        let phase = below(self.own_key, period * MS);
        interpolate(wall + phase, period * MS, |cell| {
            let size = amplitude * 3 / 4 + below(mix_all(&[self.own_key, cell as u64]), amplitude / 2);
            if cell & 1 == 0 { size } else { -size }
        })
    }

    /// The traded price, mantissa at the listing's decimals.
    pub(super) fn mid(&self, listing: &Listing, wall: Ns) -> i64 {
        price_at(listing, self.reference(wall) + self.basis(wall) + self.shift)
    }

    /// The common price: index and mark.
    pub(super) fn index(&self, listing: &Listing, wall: Ns) -> i64 {
        price_at(listing, self.reference(wall))
    }

    /// Target levels of both sides (bids, asks) by rank.
    pub(super) fn levels(&self, listing: &Listing, wall: Ns) -> [BTreeMap<i64, SynthLevel>; 2] {
        let mid = self.mid(listing, wall);
        let below_mid = mid.div_euclid(listing.grid);
        let side = |side: Side| {
            (0..if self.empty == Some(side) { 0 } else { self.levels })
                .map(|step| match side {
                    Side::Buy => below_mid - step,
                    Side::Sell => below_mid + 1 + step,
                })
                .map(|cell| (rank(side, cell * listing.grid), self.level(listing, side, cell, wall)))
                .collect()
        };
        [side(Side::Buy), side(Side::Sell)]
    }

    fn level(&self, listing: &Listing, side: Side, cell: i64, wall: Ns) -> SynthLevel {
        let key = mix_all(&[self.own_key, cell as u64, side.sign() as u64]);
        let epoch = (wall + below(key, REFILL)).div_euclid(REFILL);
        let size = listing.size / 5 + below(mix_all(&[key, epoch as u64]), listing.size * 9 / 5);
        SynthLevel { qty: (size - size % listing.lot).max(listing.lot), epoch }
    }

    /// A public trade that the market makes by itself now and then: (aggressor, quantity).
    pub(super) fn print(&self, listing: &Listing, wall: Ns) -> Option<(Side, i64)> {
        let hash = mix_all(&[self.own_key, 0x0070_7269_6E74, wall.unsigned_abs() / 1_000_000]);
        let qty = below(mix_all(&[hash, 1]), listing.size / 4 + 1);
        let side = if hash & 1 == 0 { Side::Buy } else { Side::Sell };
        (below(hash, 10) < 3).then_some((side, (qty - qty % listing.lot).max(listing.lot)))
    }

    /// Open, high, low, close of a span, sampled; and a volume in base mantissa. Simulated, and clearly so.
    pub(super) fn candle(&self, listing: &Listing, from: Ns, to: Ns) -> Candle {
        const SAMPLES: i64 = 8;
        let sample = |index: i64| self.mid(listing, from + (to - from) / SAMPLES * index);
        let (open, close) = (self.mid(listing, from), self.mid(listing, to));
        let (mut high, mut low) = (open.max(close), open.min(close));
        for px in (1..SAMPLES).map(sample) {
            high = high.max(px);
            low = low.min(px);
        }
        let minutes = ((to - from) / (60_000 * MS)).max(1);
        let volume =
            listing.size * 40 * minutes + below(mix_all(&[self.own_key, from as u64]), listing.size * 40);
        let tick = |px: i64| px - px % listing.tick;
        Candle {
            open: tick(open),
            high: tick(high),
            low: tick(low),
            close: tick(close),
            volume,
            trades: 180 * minutes,
        }
    }
}

/// The anchor moved by parts in 1e9.
fn price_at(listing: &Listing, relative: i64) -> i64 {
    (i128::from(listing.anchor) * i128::from(PPB + relative) / i128::from(PPB)) as i64
}

/// One bar of the path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Candle {
    pub open: i64,
    pub high: i64,
    pub low: i64,
    pub close: i64,
    /// Base quantity, mantissa.
    pub volume: i64,
    pub trades: i64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::model::listings;

    const START: Ns = 1_790_000_000_000_000_000;

    fn path(venue: Venue, product: Product) -> (Path, Listing) {
        let listing = listings(venue, product)[0].clone();
        (Path::new(7, venue, &listing), listing)
    }

    #[test]
    fn levels_surround_the_mid_and_never_cross() {
        for (venue, product) in [(Venue::Binance, Product::Spot), (Venue::Bybit, Product::Linear)] {
            let (path, listing) = path(venue, product);
            for step in 0..200 {
                let wall = START + step * 137 * MS;
                let [bids, asks] = path.levels(&listing, wall);
                assert_eq!((bids.len(), asks.len()), (50, 50));
                let (bid, ask) = (-bids.keys().next().unwrap(), *asks.keys().next().unwrap());
                assert_eq!(ask - bid, listing.grid);
                assert!((bid..=ask).contains(&path.mid(&listing, wall)));
                assert!(bids.values().chain(asks.values()).all(|l| l.qty > 0 && l.qty % listing.lot == 0));
            }
        }
    }

    /// Lengths (ms) and directions of the stretches in which spot against linear pays fees and 0.05 %.
    fn openings(seconds: i64) -> Vec<(i64, bool)> {
        let (spot, spot_listing) = path(Venue::Binance, Product::Spot);
        let (perp, perp_listing) = path(Venue::Bybit, Product::Linear);
        let threshold = 2_050_000;
        let mut found: Vec<(i64, bool)> = Vec::new();
        let mut last = None;
        for step in 0..seconds * 10 {
            let wall = START + step * 100 * MS;
            let a = spot.mid(&spot_listing, wall) * 10 / 10;
            let b = perp.mid(&perp_listing, wall) * 10;
            let gap = (b - a) * PPB / a;
            let open = (gap.abs() >= threshold).then_some(gap > 0);
            match (open, last) {
                (Some(up), previous) if previous == Some(up) => found.last_mut().unwrap().0 += 100,
                (Some(up), _) => found.push((100, up)),
                (None, _) => {}
            }
            last = open;
        }
        found
    }

    #[test]
    fn spot_against_linear_opens_every_few_seconds_in_both_directions() {
        let found = openings(600);
        let ups = found.iter().filter(|(_, up)| *up).count();
        let mean: i64 = found.iter().map(|(ms, _)| ms).sum::<i64>() / found.len() as i64;
        assert!((75..=200).contains(&found.len()), "{} openings in 600 s", found.len());
        assert!(ups * 3 > found.len() && ups * 3 < found.len() * 2, "{ups} of {} upwards", found.len());
        assert!((500..=3000).contains(&mean), "mean opening {mean} ms");
        assert!(found.iter().all(|(ms, _)| *ms <= 3000));
    }

    #[test]
    fn venues_of_one_seed_share_the_path_and_other_seeds_do_not() {
        let (spot, listing) = path(Venue::Binance, Product::Spot);
        let (_, perp_listing) = path(Venue::Binance, Product::Linear);
        let perp = Path::new(7, Venue::Binance, &perp_listing);
        assert_eq!(spot.index(&listing, START) / 10, perp.index(&perp_listing, START));
        assert_ne!(
            Path::new(8, Venue::Binance, &listing).index(&listing, START),
            spot.index(&listing, START)
        );
        let bar = spot.candle(&listing, START, START + 60_000 * MS);
        assert!(bar.low <= bar.open.min(bar.close) && bar.high >= bar.open.max(bar.close) && bar.volume > 0);
    }
}
