//! Books, pairs, edges.

use super::{limit_of, now_of};
use crate::engine::books::Tracked;
use crate::engine::docs;
use crate::engine::error::{Code, Refusal};
use crate::engine::field::Fields;
use crate::engine::json::Json;
use crate::engine::reducer::Engine;
use crate::market::{BookState, Instrument, InstrumentStatus, Level, PERCENT_DECIMALS, Quote};
use crate::units::{Direction, RATE_DECIMALS};

const DEPTH_MAX: u64 = 1_000;
const MS: i64 = 1_000_000;

impl Engine {
    /// A live book, best first. Refused when it can not be priced from; NOT_FOUND when there is none.
    pub(super) fn view_book(&self, q: Fields<'_>) -> Result<Vec<u8>, Refusal> {
        let name = q.str("instrument")?;
        let depth = q.get("depth").map_or(Ok(20), |_| q.uint("depth"))?.clamp(1, DEPTH_MAX) as usize;
        let now = now_of(q)?;
        let id = self.instruments.by_name(name).ok_or_else(|| Refusal::not_found("instrument", name))?;
        let i = self.instruments.at(id);
        // A book that nobody wants may stand still at an old price: whoever asks is sent to the venue instead.
        let book = self.books.get(id.0 as usize).filter(|_| self.tracked[id.0 as usize].wanted());
        let book = book.ok_or_else(|| Refusal::not_found("live book", name))?;
        let closed = |why: &str| Refusal::new(Code::ExchangeUnavailable, format!("{name}: {why}"));
        let state = if now.mono == 0 { BookState::Synced } else { self.book_state(id, now.mono) };
        match (book.is_synced(), state) {
            (true, BookState::Synced) => {}
            (true, BookState::Stale) => return Err(closed("the book is stale")),
            (false, _) | (_, BookState::Unsynced) => return Err(closed("the book is not synced")),
        }
        let level = |j: &mut Json, level: Level| {
            j.arr("", |j| {
                j.dec_str("", level.px, i.px_decimals);
                j.dec_str("", level.qty, i.qty_decimals);
            });
        };
        let age = if now.mono == 0 { 0 } else { (now.mono - book.updated()) / MS };
        Ok(Json::object(|j| {
            docs::instrument(j, i);
            j.arr("bids", |j| book.bids().take(depth).for_each(|l| level(j, l)));
            j.arr("asks", |j| book.asks().take(depth).for_each(|l| level(j, l)));
            j.int("ts", now.wall_ms() - age);
            j.int("ageMs", age);
            j.bool("synced", true);
            j.str("source", "book");
            j.int("version", book.last_id());
            j.bool("simulated", self.accounts.is_simulated(i.venue));
        }))
    }

    /// Filters and fees of what can be traded, the watched ones first; `search` is a part of the symbol.
    pub(super) fn view_instruments(&self, q: Fields<'_>) -> Result<Vec<u8>, Refusal> {
        let (limit, search) = (limit_of(q)?, q.opt_str("search")?.unwrap_or_default());
        let found = |i: &&Instrument| self.instruments.is_listed(i.id) && i.symbol.as_str().contains(search);
        let wanted = |i: &Instrument| self.tracked.get(i.id.0 as usize).is_some_and(Tracked::wanted);
        let (first, rest): (Vec<_>, Vec<_>) = self.instruments.iter().filter(found).partition(|i| wanted(i));
        Ok(Json::array(|j| {
            for i in first.into_iter().chain(rest).take(limit) {
                j.obj("", |j| self.write_instrument(j, i));
            }
        }))
    }

    fn write_instrument(&self, j: &mut Json, i: &Instrument) {
        docs::instrument(j, i);
        j.str("base", i.base.as_str());
        j.str("quote", i.quote.as_str());
        j.dec("priceStep", i.tick, i.px_decimals);
        j.dec("qtyStep", i.lot, i.qty_decimals);
        j.dec("qtyMin", i.qty_min.get(), i.qty_decimals);
        j.dec("qtyMax", i.qty_max.get(), i.qty_decimals);
        j.money("notionalMin", i.notional_min);
        j.dec("feeMaker", i.fee_maker.0, RATE_DECIMALS);
        j.dec("feeTaker", i.fee_taker.0, RATE_DECIMALS);
        j.bool("trading", i.status == InstrumentStatus::Trading);
        j.bool("simulated", self.accounts.is_simulated(i.venue));
    }

    pub(super) fn view_pairs(&self, j: &mut Json) {
        for pair in self.state.pairs.values() {
            j.obj("", |j| {
                j.str("id", pair.id.as_str());
                pair.terms.write(j);
                j.int("version", pair.version);
                j.money("usedAmount", pair.used());
                let simulated = pair.terms.legs.iter().all(|leg| self.accounts.is_simulated(leg.venue));
                j.bool("simulated", simulated);
            });
        }
    }

    /// Every direction that can be priced now, best first.
    pub(super) fn view_opportunities(&self, q: Fields<'_>) -> Result<Vec<u8>, Refusal> {
        let (limit, now) = (limit_of(q)?, now_of(q)?);
        let mut edges: Vec<_> = self.priced().collect();
        edges.sort_by_key(|(_, _, quote)| core::cmp::Reverse(quote.net_micro_percent));
        Ok(Json::array(|j| {
            for (pair, direction, quote) in edges.into_iter().take(limit) {
                let Some(spec) = self.board.spec(pair.ix) else { continue };
                j.obj("", |j| {
                    self.write_edge(j, pair.id, spec, direction, &quote);
                    let since = self.board.open_since(pair.ix, direction);
                    j.bool("open", since.is_some());
                    j.arr("bookAgesMs", |j| {
                        for leg in &spec.legs {
                            let updated = self.books[leg.instrument.0 as usize].updated();
                            j.int("", if now.mono == 0 { 0 } else { (now.mono - updated) / MS });
                        }
                    });
                    j.int("ts", now.wall_ms());
                });
            }
        }))
    }

    pub(super) fn view_spreads(&self, j: &mut Json) {
        for (pair, direction, quote) in self.priced() {
            j.obj("", |j| {
                j.str("pairId", pair.id.as_str());
                j.str("direction", direction.name());
                j.dec("netPercent", quote.net_micro_percent, PERCENT_DECIMALS);
                j.money("spread", quote.gross());
                j.money("net", quote.net);
            });
        }
    }

    fn priced(&self) -> impl Iterator<Item = (&crate::engine::pairs::Pair, Direction, Quote)> {
        let both =
            self.state.pairs.values().flat_map(|pair| Direction::BOTH.map(|direction| (pair, direction)));
        both.filter_map(|(pair, direction)| Some((pair, direction, self.board.current(pair.ix, direction)?)))
    }
}
