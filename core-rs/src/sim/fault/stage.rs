//! Which two venues a run is between, and the links to them. Every ordered pair is a stage; a seed draws one.

use super::rng::Rng;
use super::words::{self, Words};
use crate::engine::Engine;
use crate::units::{InstrumentId, Product, Venue};
use std::sync::LazyLock;

/// Number of the stream of chance that draws a seed's stage.
const STREAM: u64 = 3;
pub(super) const VENUES: [Venue; 4] = [Venue::Binance, Venue::Bybit, Venue::Okx, Venue::Bitget];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Public,
    Private,
    Trade,
    Rest,
}

impl Role {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Private => "private",
            Self::Trade => "trade",
            Self::Rest => "rest",
        }
    }
}

/// One link; `venue` indexes the stage's two.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    pub venue: usize,
    pub words: &'static Words,
    pub product: Product,
    pub role: Role,
    /// Path of the socket; one that ends in `=` wants a listen key.
    pub target: &'static str,
}

#[derive(Debug)]
pub(super) struct Stage {
    pub venues: [Venue; 2],
    pub links: Vec<Row>,
}

type Path = (Product, Role, &'static str);

const BINANCE: [Path; 8] = [
    (Product::Spot, Role::Public, "/ws"),
    (Product::Spot, Role::Private, "/ws-api/v3"),
    (Product::Spot, Role::Trade, "/ws-api/v3"),
    (Product::Spot, Role::Rest, ""),
    (Product::Linear, Role::Public, "/public/ws"),
    (Product::Linear, Role::Private, "/private/ws?listenKey="),
    (Product::Linear, Role::Trade, "/ws-fapi/v1"),
    (Product::Linear, Role::Rest, ""),
];
const BYBIT: [Path; 6] = shared(["/v5/public/spot", "/v5/public/linear"], "/v5/private", "/v5/trade");
const OKX: [Path; 6] = shared(["/ws/v5/public"; 2], "/ws/v5/private", "/ws/v5/private");
const BITGET: [Path; 6] = shared(["/v2/ws/public"; 2], "/v2/ws/private", "/v2/ws/private");

/// Where the account's links serve both products.
const fn shared(public: [&'static str; 2], private: &'static str, trade: &'static str) -> [Path; 6] {
    [
        (Product::Spot, Role::Public, public[0]),
        (Product::Spot, Role::Private, private),
        (Product::Spot, Role::Trade, trade),
        (Product::Spot, Role::Rest, ""),
        (Product::Linear, Role::Public, public[1]),
        (Product::Linear, Role::Rest, ""),
    ]
}

/// None of a venue that does not take part.
fn paths(venue: Venue) -> &'static [Path] {
    let all = [
        (Venue::Binance, &BINANCE[..]),
        (Venue::Bybit, &BYBIT[..]),
        (Venue::Okx, &OKX[..]),
        (Venue::Bitget, &BITGET[..]),
    ];
    all.into_iter().find(|(of, _)| *of == venue).map_or(&[], |(_, paths)| paths)
}

static STAGES: LazyLock<Vec<Stage>> = LazyLock::new(|| stages().map(Stage::new).collect());

/// Every ordered pair.
pub(super) fn stages() -> impl Iterator<Item = [Venue; 2]> {
    let others = |a: Venue| VENUES.into_iter().filter(move |b| *b != a);
    VENUES.into_iter().flat_map(move |a| others(a).map(move |b| [a, b]))
}

impl Stage {
    fn new(venues: [Venue; 2]) -> Self {
        let of = |at: usize| {
            let rows = move |words| {
                let row = move |&(product, role, target)| Row { venue: at, words, product, role, target };
                paths(venues[at]).iter().map(row)
            };
            words::of(venues[at]).into_iter().flat_map(rows)
        };
        Self { venues, links: of(0).chain(of(1)).collect() }
    }

    /// The stage of a seed: the named one, else drawn.
    pub(super) fn of_seed(seed: u64, named: Option<[Venue; 2]>) -> &'static Self {
        let known = STAGES.iter().find(|stage| Some(stage.venues) == named);
        known.unwrap_or_else(|| Rng::stream(seed, STREAM).pick(&STAGES))
    }

    /// `binance,bybit`; `all` and nothing at all leave it to the seeds. The error is one sentence.
    pub(super) fn parse(text: &str) -> Result<Option<[Venue; 2]>, String> {
        if matches!(text, "" | "all") {
            return Ok(None);
        }
        let mut names = text.split(',').map(|name| Venue::parse(name.trim()));
        match (names.next().flatten(), names.next().flatten(), names.next()) {
            (Some(a), Some(b), None) if stages().any(|stage| stage == [a, b]) => Ok(Some([a, b])),
            _ => Err(format!("venues must be all or two of them, not {text}")),
        }
    }

    pub(super) const fn name(&self, at: usize) -> &'static str {
        self.venues[at].name()
    }

    pub(super) fn position(&self, venue: Venue) -> Option<usize> {
        self.venues.iter().position(|known| *known == venue)
    }

    /// The venue's name of what is traded.
    pub(super) fn symbol(&self, at: usize, product: Product) -> &'static str {
        words::of(self.venues[at]).map_or("", |words| words.symbols[product as usize])
    }

    /// The engine's name for a venue's product.
    pub(super) fn serves(&self, engine: &Engine, id: InstrumentId, at: usize, product: Product) -> bool {
        let instrument = engine.instrument(id);
        (instrument.venue, instrument.product) == (self.venues[at], product)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_ordered_pair_is_drawn_and_can_be_named() {
        let drawn: std::collections::BTreeSet<_> =
            (0..400).map(|seed| Stage::of_seed(seed, None).venues.map(Venue::name)).collect();
        assert_eq!(drawn.len(), 12);
        let named = Stage::parse("okx,bitget").unwrap();
        assert_eq!(Stage::of_seed(1, named).venues, [Venue::Okx, Venue::Bitget]);
        assert!(Stage::parse("all").unwrap().is_none() && Stage::parse("okx,okx").is_err());
        assert!(Stage::parse("okx").is_err() && Stage::parse("okx,bybit,binance").is_err());
    }

    #[test]
    fn the_first_stage_has_the_links_that_recorded_seeds_were_run_with() {
        let stage = Stage::of_seed(0, Some([Venue::Binance, Venue::Bybit]));
        assert_eq!((stage.links.len(), stage.links[8].target), (14, "/v5/public/spot"));
        assert_eq!(stage.symbol(1, Product::Linear), "BTCUSDT");
    }
}
