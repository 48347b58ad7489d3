//! Orders, fills and balances as Binance writes them, in the long names of REST and the WebSocket API and in the one-letter
//! names of the user streams; one reading for each fact.

use crate::market::Instrument;
use crate::order::{ClientRef, FillReport, Liquidity, OrderReport, VenueStatus};
use crate::units::{Asset, ClientId, Money, Side};
use crate::venues::DecodeError;
use crate::venues::error::printable;
use crate::venues::field::Field;

/// The fields of an order, whatever they were called.
pub(super) struct OrderRow<'a> {
    pub client: ClientRef,
    pub venue_id: Field<'a>,
    pub side: Field<'a>,
    pub status: Field<'a>,
    pub qty: Field<'a>,
    pub filled: Field<'a>,
    pub px: Field<'a>,
    pub time: Field<'a>,
    pub reason: &'a [u8],
}

impl OrderRow<'_> {
    pub(super) fn report(&self, instrument: &Instrument) -> Result<OrderReport, DecodeError> {
        Ok(OrderReport {
            client: self.client,
            venue_id: self.venue_id.name()?,
            instrument: instrument.id,
            side: side(self.side)?,
            status: status(self.status)?,
            qty: self.qty.qty(instrument)?,
            filled: self.filled.qty(instrument)?,
            px: self.px.price_or_none(instrument)?,
            venue_ns: self.time.millis()?,
            reason: if self.reason == b"NONE" { printable(b"") } else { printable(self.reason) },
        })
    }
}

/// The fields of a fill, whatever they were called.
pub(super) struct FillRow<'a> {
    pub client: ClientRef,
    pub venue_id: Field<'a>,
    pub trade_id: Field<'a>,
    pub px: Field<'a>,
    pub qty: Field<'a>,
    pub fee: Field<'a>,
    pub fee_asset: Field<'a>,
    pub maker: bool,
    pub time: Field<'a>,
}

impl FillRow<'_> {
    pub(super) fn report(&self, instrument: &Instrument, side: Side) -> Result<FillReport, DecodeError> {
        let trade_id = self.trade_id.name()?;
        if trade_id.as_bytes().starts_with(b"-") {
            return Err(DecodeError::Field(self.trade_id.name));
        }
        // USDT-M leaves both out where nothing was charged; spot sends a null asset.
        let fee = if self.fee.is_absent() { Money::ZERO } else { self.fee.money()? };
        let fee_asset = if self.fee_asset.is_absent() && fee == Money::ZERO {
            instrument.quote
        } else {
            asset(self.fee_asset)?
        };
        Ok(FillReport {
            client: self.client,
            venue_id: self.venue_id.name()?,
            instrument: instrument.id,
            trade_id,
            side,
            px: self.px.price(instrument)?,
            qty: self.qty.qty(instrument)?,
            fee,
            fee_asset,
            liquidity: if self.maker { Liquidity::Maker } else { Liquidity::Taker },
            venue_ns: self.time.millis()?,
        })
    }
}

pub(super) fn asset(field: Field<'_>) -> Result<Asset, DecodeError> {
    field.text()?;
    field.name()
}

pub(super) fn client(text: &[u8]) -> ClientRef {
    ClientId::parse(text).map_or(ClientRef::Foreign, ClientRef::Ours)
}

pub(super) fn side(field: Field<'_>) -> Result<Side, DecodeError> {
    match field.text()? {
        b"BUY" => Ok(Side::Buy),
        b"SELL" => Ok(Side::Sell),
        _ => Err(DecodeError::Field(field.name)),
    }
}

/// "Order status" of the enum pages; the insurance fund's and ADL's orders (USDT-M) live like any other.
fn status(field: Field<'_>) -> Result<VenueStatus, DecodeError> {
    match field.text()? {
        b"NEW" | b"PENDING_NEW" | b"PENDING_CANCEL" | b"NEW_INSURANCE" | b"NEW_ADL" => Ok(VenueStatus::Live),
        b"PARTIALLY_FILLED" => Ok(VenueStatus::PartiallyFilled),
        b"FILLED" => Ok(VenueStatus::Filled),
        b"CANCELED" => Ok(VenueStatus::Cancelled),
        b"REJECTED" => Ok(VenueStatus::Rejected),
        b"EXPIRED" | b"EXPIRED_IN_MATCH" => Ok(VenueStatus::Expired),
        _ => Err(DecodeError::Field(field.name)),
    }
}
