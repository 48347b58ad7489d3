//! One instrument as a venue's list tells of it.

use super::field::{FieldError, Fields, Value, unit};
use crate::market::{Instrument, InstrumentStatus, Wire};
use crate::units::{
    Asset, InstrumentId, MONEY_DECIMALS, Money, Product, Qty, Rate, Symbol, Venue, parse_fixed,
};

/// One row of `set_instruments`.
pub(super) struct Row {
    pub symbol: Symbol,
    base: Asset,
    quote: Asset,
    pub tick: String,
    pub lot: String,
    qty_min: String,
    qty_max: String,
    notional_min: Money,
    fee_maker: Rate,
    fee_taker: Rate,
    status: InstrumentStatus,
    wire: Wire,
}

impl Row {
    pub(super) fn read(value: &Value<'_>) -> Result<Self, FieldError> {
        let f = Fields::of(value)?;
        let rate = |key: &str| Rate::parse(f.digits(key)?.as_bytes()).map_err(|e| unit(key, e));
        let status = match f.opt_str("status")?.unwrap_or("TRADING") {
            "TRADING" | "trading" => InstrumentStatus::Trading,
            "CANCEL_ONLY" | "cancel_only" => InstrumentStatus::CancelOnly,
            _ => InstrumentStatus::Halted,
        };
        Ok(Self {
            symbol: f.text("symbol")?,
            base: f.text("base")?,
            quote: f.text("quote")?,
            tick: f.digits("tick")?.to_owned(),
            lot: f.digits("lot")?.to_owned(),
            qty_min: f.digits("qtyMin")?.to_owned(),
            qty_max: f.digits("qtyMax")?.to_owned(),
            notional_min: f.money("notionalMin")?,
            fee_maker: rate("feeMaker")?,
            fee_taker: rate("feeTaker")?,
            status,
            wire: read_wire(f)?,
        })
    }

    pub(super) fn make(
        &self,
        venue: Venue,
        product: Product,
        px: u8,
        qty: u8,
    ) -> Result<Instrument, FieldError> {
        if px + qty > MONEY_DECIMALS {
            return Err(FieldError::new(self.symbol.as_str(), "tick and lot together exceed 18 decimals"));
        }
        let fixed = |key: &str, text: &str, decimals| {
            parse_fixed(text.as_bytes(), decimals)
                .map_err(|e| unit(&format!("{}.{key}", self.symbol.as_str()), e))
        };
        let step = |key: &str, text: &str, decimals| match fixed(key, text, decimals) {
            Ok(value) if value > 0 => Ok(value),
            Ok(_) => Err(FieldError::new(&format!("{}.{key}", self.symbol.as_str()), "must be above 0")),
            Err(error) => Err(error),
        };
        let lot = step("lot", &self.lot, qty)?;
        if !self.wire.divides(lot, qty) {
            return Err(FieldError::new(self.symbol.as_str(), "lot is no whole step of the contract"));
        }
        // Venues write bounds finer or wider than their steps; a bound only has to be on the safe side.
        let min = ceil_fixed(&self.qty_min, qty).unwrap_or(i64::MAX);
        let max = floor_fixed(&self.qty_max, qty).unwrap_or(i64::MAX);
        Ok(Instrument {
            id: InstrumentId(0),
            venue,
            product,
            symbol: self.symbol,
            base: self.base,
            quote: self.quote,
            px_decimals: px,
            qty_decimals: qty,
            tick: step("tick", &self.tick, px)?,
            lot,
            qty_min: Qty::new(min).unwrap_or(Qty::ZERO),
            qty_max: Qty::new(max).unwrap_or(Qty::ZERO),
            notional_min: self.notional_min,
            fee_maker: self.fee_maker,
            fee_taker: self.fee_taker,
            status: self.status,
            wire: self.wire,
        })
    }
}

/// `contract` (base coin of one contract) and `code` (the venue's number for the instrument) stand where the venue has them.
fn read_wire(f: Fields<'_>) -> Result<Wire, FieldError> {
    let code = f.opt_str("code")?.map_or(Some(0), |code| code.parse().ok());
    let code = code.ok_or_else(|| FieldError::new("code", "must be a whole number"))?;
    let size = f.opt_str("contract")?.unwrap_or("1");
    Wire::contracts(size, code).ok_or_else(|| FieldError::new("contract", "must be a decimal above 0"))
}

/// Digits after the point that are not trailing zeros.
pub(super) fn decimals(text: &str) -> u8 {
    text.split_once('.').map_or(0, |(_, fraction)| fraction.trim_end_matches('0').len().min(18) as u8)
}

fn floor_fixed(text: &str, decimals: u8) -> Option<i64> {
    let cut = match text.split_once('.') {
        Some((whole, fraction)) => format!("{whole}.{}", &fraction[..fraction.len().min(decimals as usize)]),
        None => text.to_owned(),
    };
    parse_fixed(cut.as_bytes(), decimals).ok()
}

fn ceil_fixed(text: &str, decimals: u8) -> Option<i64> {
    let floor = floor_fixed(text, decimals)?;
    Some(if parse_fixed(text.as_bytes(), decimals).is_ok() { floor } else { floor + 1 })
}
