//! What the engine keeps per pair, brought in line when pairs, instruments or limits change.

use super::Effects;
use super::pairs::{Pair, PairId};
use super::reducer::Engine;
use crate::market::{PairIx, SpreadLeg, SpreadSpec};
use crate::risk::Limits;
use crate::units::{AccountId, InstrumentId, Now, Ns, PlanId};

/// What the engine keeps per pair beside its durable terms; index = PairIx.
#[derive(Debug, Default)]
pub(super) struct Lane {
    pub id: Option<PairId>,
    pub instruments: Option<[InstrumentId; 2]>,
    pub accounts: Option<[AccountId; 2]>,
    /// One plan at a time.
    pub active: Option<PlanId>,
    pub cooldown_until: Ns,
    pub failures: u32,
    pub(super) last_event: [Option<Ns>; 2],
    pub(super) last_denial: Option<Ns>,
    /// Made anew when limits, filters or the pair change.
    pub limits: Option<[Limits; 2]>,
}

impl Engine {
    /// Brings board and limits in line with pairs and instruments.
    pub(super) fn refresh_pairs(&mut self, now: Now, out: &mut Effects) {
        let highest = self.state.pairs.values().map(|pair| pair.ix.0 as usize + 1).max().unwrap_or(0);
        if self.lanes.len() < highest {
            self.lanes.resize_with(highest, Lane::default);
        }
        let mut known = vec![false; self.lanes.len()];
        let pairs: Vec<Pair> = self.state.pairs.values().cloned().collect();
        for pair in &pairs {
            known[pair.ix.0 as usize] = true;
            let instruments = self.resolve(pair);
            self.refresh_lane(pair, instruments);
        }
        for (index, known) in known.into_iter().enumerate() {
            if !known {
                self.board.remove(PairIx(index as u32), now.mono, &mut self.edges);
                self.lanes[index] = Lane::default();
            }
        }
        for pair in &pairs {
            self.refresh_board(now, pair);
        }
        self.on_edges(now, out);
    }

    pub(super) fn resolve(&self, pair: &Pair) -> Option<[InstrumentId; 2]> {
        Some([self.resolve_leg(pair, 0)?, self.resolve_leg(pair, 1)?])
    }

    pub(super) fn resolve_leg(&self, pair: &Pair, leg: usize) -> Option<InstrumentId> {
        let name = &pair.terms.legs[leg];
        let id = self.instruments.id(name.venue, name.product, &name.symbol);
        id.filter(|id| self.instruments.is_listed(*id))
    }

    fn refresh_lane(&mut self, pair: &Pair, instruments: Option<[InstrumentId; 2]>) {
        let account = |leg: usize| self.accounts.id(pair.terms.legs[leg].venue, "main");
        let accounts = account(0).zip(account(1)).map(|(a, b)| [a, b]);
        let limits = instruments.zip(accounts).and_then(|(ids, accounts)| {
            let of = |leg: usize| self.limits_of(ids[leg], accounts[leg], pair.id.as_str());
            Some([of(0)?, of(1)?])
        });
        let active = self.active_plan(&pair.id);
        let lane = &mut self.lanes[pair.ix.0 as usize];
        lane.id = Some(pair.id);
        (lane.instruments, lane.accounts, lane.limits, lane.active) = (instruments, accounts, limits, active);
    }

    pub(super) fn limits_of(&self, id: InstrumentId, account: AccountId, pair: &str) -> Option<Limits> {
        let instrument = self.instruments.at(id);
        let ids = crate::risk::ScopeIds {
            venue: instrument.venue.name(),
            instrument: self.instruments.name(id),
            account: self.accounts.name(account),
            pair,
            owner: "0",
        };
        Limits::new(&self.state.limits, instrument, &ids).ok()
    }

    fn refresh_board(&mut self, now: Now, pair: &Pair) {
        let Some(ids) = self.lanes[pair.ix.0 as usize].instruments else {
            self.board.remove(pair.ix, now.mono, &mut self.edges);
            return;
        };
        let leg = |leg: usize| {
            let i = self.instruments.at(ids[leg]);
            SpreadLeg {
                instrument: i.id,
                px_decimals: i.px_decimals,
                qty_decimals: i.qty_decimals,
                fee: i.fee_taker,
            }
        };
        let spec = SpreadSpec {
            legs: [leg(0), leg(1)],
            qty: pair.terms.qty,
            threshold: pair.terms.threshold,
            enabled: pair.terms.enabled,
            allowed: pair.terms.allowed,
        };
        if self.board.spec(pair.ix) != Some(&spec) {
            // Terms are checked when they are set; what filters have made unfit since then is refused by the gate.
            let _set = self.board.upsert(pair.ix, spec, &self.books, now.mono, &mut self.edges);
        }
    }
}
