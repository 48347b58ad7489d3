//! The instruments the engine knows, by dense id and by name. An id and its decimals never change once given: orders
//! and postings are mantissas at them.

use super::field::{FieldError, Value};
use super::instrument_ref::InstrumentRef;
use super::instrument_row::{Row, decimals};
pub(super) use super::names::TableNames;
use crate::market::{Instrument, InstrumentStatus, Wire, parse_instrument_name};
use crate::units::{Asset, InstrumentId, Money, Product, Qty, Rate, Symbol, Venue};
use crate::venues::{Codec, Instruments, codec};
use std::collections::{BTreeMap, BTreeSet};

/// Most instruments, all venues together.
pub(super) const INSTRUMENTS_MAX: usize = 50_000;

#[derive(Debug, Default)]
pub(super) struct InstrumentTable {
    list: Vec<Instrument>,
    names: Vec<String>,
    /// As records name them, by id.
    texts: Vec<String>,
    /// Every text that a record named one by.
    by_text: BTreeMap<String, InstrumentId>,
    by_symbol: BTreeMap<(Venue, Product, Symbol), InstrumentId>,
    by_coins: BTreeMap<(Asset, Asset), Vec<InstrumentId>>,
    /// Named by a record only: filters are not known yet, so nothing may be ordered.
    bare: Vec<bool>,
}

/// What an update of the table did.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Loaded {
    pub added: usize,
    /// Finer steps than the decimals in use: halted until a restart with an empty book of orders.
    pub refused: Vec<String>,
    /// Traded until now, and not in the list any more.
    pub gone: Vec<String>,
}

impl InstrumentTable {
    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Instrument> {
        self.list.iter()
    }

    pub(super) fn at(&self, id: InstrumentId) -> &Instrument {
        &self.list[id.0 as usize]
    }

    pub(super) fn name(&self, id: InstrumentId) -> &str {
        &self.names[id.0 as usize]
    }

    pub(super) fn id(&self, venue: Venue, product: Product, symbol: &Symbol) -> Option<InstrumentId> {
        self.by_symbol.get(&(venue, product, *symbol)).copied()
    }

    /// Those of the same base and quote, at any venue, itself among them.
    pub(super) fn peers(&self, of: &Instrument) -> impl Iterator<Item = InstrumentId> {
        self.by_coins.get(&(of.base, of.quote)).into_iter().flatten().copied()
    }

    pub(super) fn by_name(&self, name: &str) -> Option<InstrumentId> {
        let (venue, product, symbol) = parse_instrument_name(name)?;
        self.id(venue, product, &symbol)
    }

    /// True when the venue's own filters are known.
    pub(super) fn is_listed(&self, id: InstrumentId) -> bool {
        !self.bare[id.0 as usize]
    }

    pub(super) fn reference(&self, id: InstrumentId) -> InstrumentRef {
        let i = self.at(id);
        InstrumentRef {
            venue: i.venue,
            product: i.product,
            symbol: i.symbol,
            base: i.base,
            quote: i.quote,
            px_decimals: i.px_decimals,
            qty_decimals: i.qty_decimals,
        }
    }

    /// As records name it.
    pub(super) fn text(&self, id: InstrumentId) -> &str {
        &self.texts[id.0 as usize]
    }

    /// Every instrument as records name it, by id.
    pub(super) fn texts(&self) -> &[String] {
        &self.texts
    }

    /// The instrument that a record names so, taken in when it is new; `None` for a text of another form.
    pub(super) fn intern_text(&mut self, text: &str) -> Option<InstrumentId> {
        if let Some(id) = self.by_text.get(text) {
            return Some(*id);
        }
        let id = self.intern(&InstrumentRef::parse(text)?);
        self.by_text.insert(text.to_owned(), id);
        Some(id)
    }

    /// The instrument a record speaks of, taken in when it is new.
    pub(super) fn intern(&mut self, of: &InstrumentRef) -> InstrumentId {
        if let Some(id) = self.id(of.venue, of.product, &of.symbol) {
            return id;
        }
        let bare = Instrument {
            id: InstrumentId(0),
            venue: of.venue,
            product: of.product,
            symbol: of.symbol,
            base: of.base,
            quote: of.quote,
            px_decimals: of.px_decimals,
            qty_decimals: of.qty_decimals,
            tick: 1,
            lot: 1,
            qty_min: Qty::ZERO,
            qty_max: Qty::ZERO,
            notional_min: Money::ZERO,
            fee_maker: Rate::ZERO,
            fee_taker: Rate::ZERO,
            status: InstrumentStatus::Halted,
            wire: codec(of.venue, of.product).map_or(Wire::UNKNOWN, Codec::unlisted_wire),
        };
        self.add(bare, true)
    }

    /// The venue's list of one product: a JSON array of rows. Nothing is taken in when a row is wrong.
    pub(super) fn load(
        &mut self,
        venue: Venue,
        product: Product,
        rows: &Value<'_>,
    ) -> Result<Loaded, FieldError> {
        let rows = rows.as_list().ok_or_else(|| FieldError::new("instruments", "must be a list"))?;
        let parsed: Vec<Row> = rows.iter().map(Row::read).collect::<Result<_, _>>()?;
        let (mut loaded, mut listed) = (Loaded::default(), BTreeSet::new());
        for row in parsed {
            if self.list.len() >= INSTRUMENTS_MAX && self.id(venue, product, &row.symbol).is_none() {
                return Err(FieldError::new("instruments", format!("more than {INSTRUMENTS_MAX}")));
            }
            listed.insert(row.symbol);
            match self.take(venue, product, &row)? {
                Taken::New => loaded.added += 1,
                Taken::Known => {}
                Taken::Refused(name) => loaded.refused.push(name),
            }
        }
        loaded.gone = self.halt_unlisted(venue, product, &listed);
        Ok(loaded)
    }

    /// What the venue lists no more is not traded any more; its filters and prices stay known. Returns the names.
    fn halt_unlisted(&mut self, venue: Venue, product: Product, listed: &BTreeSet<Symbol>) -> Vec<String> {
        let mut gone = Vec::new();
        for (index, i) in self.list.iter_mut().enumerate() {
            let missing = (i.venue, i.product) == (venue, product) && !listed.contains(&i.symbol);
            if missing && i.status != InstrumentStatus::Halted {
                i.status = InstrumentStatus::Halted;
                gone.push(self.names[index].clone());
            }
        }
        gone
    }

    fn take(&mut self, venue: Venue, product: Product, row: &Row) -> Result<Taken, FieldError> {
        let Some(id) = self.id(venue, product, &row.symbol) else {
            let made = row.make(venue, product, decimals(&row.tick), decimals(&row.lot))?;
            self.add(made, false);
            return Ok(Taken::New);
        };
        let index = id.0 as usize;
        let old = &self.list[index];
        if decimals(&row.tick) > old.px_decimals || decimals(&row.lot) > old.qty_decimals {
            self.list[index].status = InstrumentStatus::Halted;
            return Ok(Taken::Refused(self.names[index].clone()));
        }
        let mut made = row.make(venue, product, old.px_decimals, old.qty_decimals)?;
        // A contract that changes its size changes what every order of it means.
        if old.wire.is_known() && !old.wire.same_size(made.wire) {
            self.list[index].status = InstrumentStatus::Halted;
            return Ok(Taken::Refused(self.names[index].clone()));
        }
        made.id = id;
        self.recoin(id, (old.base, old.quote), (made.base, made.quote));
        self.list[index] = made;
        self.texts[index] = self.reference(id).text();
        self.bare[index] = false;
        Ok(Taken::Known)
    }

    /// The venue names other coins than a record did.
    fn recoin(&mut self, id: InstrumentId, was: (Asset, Asset), is: (Asset, Asset)) {
        if was != is {
            self.by_coins.entry(was).or_default().retain(|known| *known != id);
            self.by_coins.entry(is).or_default().push(id);
        }
    }

    fn add(&mut self, mut instrument: Instrument, bare: bool) -> InstrumentId {
        let id = InstrumentId(self.list.len() as u32);
        instrument.id = id;
        self.by_symbol.insert((instrument.venue, instrument.product, instrument.symbol), id);
        self.by_coins.entry((instrument.base, instrument.quote)).or_default().push(id);
        self.names.push(instrument.name());
        self.list.push(instrument);
        self.texts.push(self.reference(id).text());
        self.bare.push(bare);
        id
    }
}

impl Instruments for InstrumentTable {
    fn find(&self, venue: Venue, product: Product, symbol: &Symbol) -> Option<&Instrument> {
        self.id(venue, product, symbol).map(|id| self.at(id))
    }

    fn get(&self, id: InstrumentId) -> Option<&Instrument> {
        self.list.get(id.0 as usize)
    }
}

enum Taken {
    New,
    Known,
    Refused(String),
}

#[cfg(test)]
mod tests {
    use super::super::field::parse;
    use super::*;

    const ROW: &str = r#"[{"symbol":"BTCUSDT","base":"BTC","quote":"USDT","tick":"0.10","lot":"0.00001",
        "qtyMin":"0.00001","qtyMax":"9000","notionalMin":"5","feeMaker":"0.001","feeTaker":"0.001","status":"TRADING"}]"#;

    fn load(table: &mut InstrumentTable, rows: &str) -> Result<Loaded, FieldError> {
        table.load(Venue::Binance, Product::Spot, &parse(rows.as_bytes()).unwrap())
    }

    #[test]
    fn decimals_come_from_the_steps_and_stay() {
        let mut table = InstrumentTable::default();
        assert_eq!(load(&mut table, ROW).unwrap().added, 1);
        let id = table.by_name("binance:spot:BTCUSDT").unwrap();
        let i = table.at(id);
        assert_eq!((i.px_decimals, i.qty_decimals, i.tick, i.lot), (1, 5, 1, 1));
        let finer = ROW.replace("0.10", "0.01");
        assert_eq!(load(&mut table, &finer).unwrap().refused, ["binance:spot:BTCUSDT"]);
        assert_eq!(table.at(id).status, InstrumentStatus::Halted);
        let coarser = ROW.replace("0.10", "1");
        assert_eq!(load(&mut table, &coarser).unwrap().refused.len(), 0);
        assert_eq!((table.at(id).px_decimals, table.at(id).tick), (1, 10));
    }

    #[test]
    fn what_leaves_the_venue_s_list_is_halted_and_trades_again_when_it_is_back() {
        let mut table = InstrumentTable::default();
        load(&mut table, ROW).unwrap();
        let id = table.by_name("binance:spot:BTCUSDT").unwrap();
        assert_eq!(load(&mut table, "[]").unwrap().gone, ["binance:spot:BTCUSDT"]);
        assert_eq!(table.at(id).status, InstrumentStatus::Halted);
        assert!(load(&mut table, "[]").unwrap().gone.is_empty(), "told once");
        assert!(load(&mut table, ROW).unwrap().gone.is_empty());
        assert_eq!(table.at(id).status, InstrumentStatus::Trading);
    }

    #[test]
    fn a_record_may_name_an_instrument_before_the_venue_lists_it() {
        let mut table = InstrumentTable::default();
        let mut other = InstrumentTable::default();
        load(&mut other, ROW).unwrap();
        let id = table.intern(&other.reference(InstrumentId(0)));
        assert!(!table.is_listed(id));
        load(&mut table, ROW).unwrap();
        assert!(table.is_listed(id) && table.len() == 1);
    }

    #[test]
    fn a_wrong_row_takes_nothing_in() {
        let mut table = InstrumentTable::default();
        let broken = ROW.replace("\"0.00001\",\n        \"qtyMin\"", "\"0\",\n        \"qtyMin\"");
        assert!(load(&mut table, &broken).is_err());
        assert!(load(&mut table, r#"{"a":1}"#).is_err());
        assert_eq!(table.len(), 0);
    }
}
