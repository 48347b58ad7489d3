//! Orders, fills, balances and positions, whatever a venue calls their fields: one reading for each fact.

use super::error::printable;
use super::field::{Field, Value};
use super::{Bbo, Context, DecodeError, Event, EventBuf, Trade};
use crate::ledger::{BalanceReport, PositionReport, Wallet};
use crate::market::Instrument;
use crate::order::{ClientRef, FillReport, Liquidity, OrderReport, VenueStatus};
use crate::units::{Asset, ClientId, Money, Ns, Price, Product, Qty, Side, Symbol, Venue};

/// Where a row stands: what is known of it beside its own fields.
pub(super) struct Place<'c> {
    pub ctx: &'c Context<'c>,
    /// The product that its message or its question is about; `None` where only the row itself says it.
    pub product: Option<Product>,
    /// When its message was sent, where it says so.
    pub sent: Field<'c>,
    /// True in a stream, where a row is news; false in a list.
    pub live: bool,
    /// Whose order its rows tell of, where they answer a request of that order.
    pub client: Option<ClientRef>,
}

impl<'c> Place<'c> {
    /// The instrument of a message that names none.
    pub(super) fn implied(&self) -> Option<&'c Instrument> {
        self.ctx.implied.and_then(|id| self.ctx.instruments.get(id))
    }

    /// The time of a row, else that of its message.
    pub(super) fn time(&self, own: Field<'_>) -> Result<Ns, DecodeError> {
        own.present().unwrap_or(self.sent).millis()
    }

    /// The instrument of a row; `None` for what we do not track.
    pub(super) fn tracked(
        &self,
        venue: Venue,
        product: Option<Product>,
        symbol: Field<'_>,
    ) -> Result<Option<&'c Instrument>, DecodeError> {
        let Some(product) = product else { return Ok(None) };
        // Some of Bitget's lists write symbols in small letters.
        let name = symbol.text()?.to_ascii_uppercase();
        let name = Symbol::new(&name).map_err(|_| DecodeError::Field(symbol.name))?;
        Ok(self.ctx.instruments.find(venue, product, &name))
    }
}

/// The fields of an order.
pub(super) struct OrderRow<'a> {
    pub client: ClientRef,
    pub venue_id: Field<'a>,
    pub side: Side,
    pub status: VenueStatus,
    pub qty: Field<'a>,
    pub filled: Field<'a>,
    pub px: Field<'a>,
    pub time: Field<'a>,
    /// The venue's reason of an end, empty when none.
    pub reason: &'a [u8],
}

impl OrderRow<'_> {
    fn report(&self, instrument: &Instrument) -> Result<OrderReport, DecodeError> {
        Ok(OrderReport {
            client: self.client,
            venue_id: self.venue_id.name()?,
            instrument: instrument.id,
            side: self.side,
            status: self.status,
            qty: self.qty.qty(instrument)?,
            filled: self.filled.qty(instrument)?,
            px: self.px.price_or_none(instrument)?,
            venue_ns: self.time.millis()?,
            reason: printable(self.reason),
        })
    }

    /// Reports the order and says whose it is.
    pub(super) fn push(
        &self,
        instrument: &Instrument,
        out: &mut EventBuf,
    ) -> Result<Option<ClientRef>, DecodeError> {
        out.events.push(Event::Order(self.report(instrument)?));
        Ok(Some(self.client))
    }
}

/// The fields of a fill; the fee positive when paid.
pub(super) struct FillRow<'a> {
    pub client: ClientRef,
    pub venue_id: Field<'a>,
    pub trade_id: Field<'a>,
    pub side: Side,
    pub px: Field<'a>,
    pub qty: Field<'a>,
    pub fee: Money,
    pub fee_asset: Asset,
    pub maker: bool,
    pub time: Field<'a>,
}

impl FillRow<'_> {
    fn report(&self, instrument: &Instrument) -> Result<FillReport, DecodeError> {
        Ok(FillReport {
            client: self.client,
            venue_id: self.venue_id.name()?,
            instrument: instrument.id,
            trade_id: self.trade_id.name()?,
            side: self.side,
            px: self.px.price(instrument)?,
            qty: self.qty.qty(instrument)?,
            fee: self.fee,
            fee_asset: self.fee_asset,
            liquidity: if self.maker { Liquidity::Maker } else { Liquidity::Taker },
            venue_ns: self.time.millis()?,
        })
    }

    pub(super) fn push(&self, instrument: &Instrument, out: &mut EventBuf) -> Result<(), DecodeError> {
        out.events.push(Event::Fill(self.report(instrument)?));
        Ok(())
    }
}

pub(super) fn asset(field: Field<'_>) -> Result<Asset, DecodeError> {
    // Bitget's documents write some names in small letters.
    Asset::new(&field.text()?.to_ascii_uppercase()).map_err(|_| DecodeError::Field(field.name))
}

/// An asset whose name we can not hold (some are not ASCII) is none we trade: its row is left out.
pub(super) fn push_balance(
    out: &mut EventBuf,
    wallet: Wallet,
    name: Field<'_>,
    (free, locked): (Money, Money),
    venue_ns: Ns,
) -> Result<(), DecodeError> {
    name.text()?;
    let Ok(asset) = asset(name) else { return Ok(()) };
    out.events.push(Event::Balance(BalanceReport { wallet, asset, free, locked, venue_ns }));
    Ok(())
}

/// A balance of which a part is locked, where nothing stands for none.
pub(super) fn push_total(
    out: &mut EventBuf,
    wallet: Wallet,
    name: Field<'_>,
    (total, locked): (Field<'_>, Field<'_>),
    venue_ns: Ns,
) -> Result<(), DecodeError> {
    let (total, held) = (total.money()?, locked.money_or_zero()?);
    let free = total.minus(held).map_err(|_| DecodeError::Field(locked.name))?;
    push_balance(out, wallet, name, (free, held), venue_ns)
}

/// A balance of which no more is free than what is available: both parts always add up to it.
pub(super) fn push_available(
    out: &mut EventBuf,
    wallet: Wallet,
    name: Field<'_>,
    (total, available): (Money, Money),
    venue_ns: Ns,
) -> Result<(), DecodeError> {
    let free = available.min(total);
    push_balance(out, wallet, name, (free, Money(total.0 - free.0)), venue_ns)
}

/// A one-way position; `qty` signed base coin.
pub(super) fn push_position(
    out: &mut EventBuf,
    instrument: &Instrument,
    qty: Money,
    entry: Field<'_>,
    venue_ns: Ns,
) -> Result<(), DecodeError> {
    let entry_px = entry.price_near(instrument)?;
    out.events.push(Event::Position(PositionReport { instrument: instrument.id, qty, entry_px, venue_ns }));
    Ok(())
}

/// The stop that the venue keeps of the position; a row without the field says nothing of it.
pub(super) fn told_backstop(
    out: &mut EventBuf,
    instrument: &Instrument,
    stop: Field<'_>,
) -> Result<(), DecodeError> {
    if matches!(stop.value, Value::Absent | Value::Null) {
        return Ok(());
    }
    let px = stop.price_near(instrument)?.filter(|px| px.get() > 0);
    out.events.push(Event::Backstop { instrument: instrument.id, px });
    Ok(())
}

/// A position whose side is `own` in one-way mode, the only mode that is traded. A flat one with a side of its own is left out;
/// any other is refused.
pub(super) fn push_one_way(
    out: &mut EventBuf,
    instrument: &Instrument,
    (side, own, qty): (Field<'_>, &[u8], Money),
    entry: Field<'_>,
    venue_ns: Ns,
) -> Result<(), DecodeError> {
    match side.text()? {
        side if side == own => push_position(out, instrument, qty, entry, venue_ns),
        b"long" | b"short" | b"LONG" | b"SHORT" if qty == Money::ZERO => Ok(()),
        _ => Err(DecodeError::Field(side.name)),
    }
}

/// A public trade of price, quantity and time; `side` is the taker's.
pub(super) fn push_trade(
    instrument: &Instrument,
    side: Side,
    [px, qty, time]: [Field<'_>; 3],
    out: &mut EventBuf,
) -> Result<(), DecodeError> {
    let (px, qty, venue_ns) = (px.price(instrument)?, qty.qty(instrument)?, time.millis()?);
    out.events.push(Event::Trade(Trade { instrument: instrument.id, px, qty, side, venue_ns }));
    Ok(())
}

/// Best bid and ask, price and quantity each; an empty side has the price 0.
pub(super) fn push_best(
    instrument: &Instrument,
    update_id: u64,
    [bid, bid_qty, ask, ask_qty]: [Field<'_>; 4],
    out: &mut EventBuf,
) -> Result<(), DecodeError> {
    let side = |px: Field<'_>, qty: Field<'_>| -> Result<Option<(Price, Qty)>, DecodeError> {
        px.plain()?;
        let qty = qty.qty(instrument)?;
        Ok(px.price_or_none(instrument)?.map(|px| (px, qty)))
    };
    let (bid, ask) = (side(bid, bid_qty)?, side(ask, ask_qty)?);
    out.events.push(Event::Bbo(Bbo { instrument: instrument.id, update_id, bid, ask }));
    Ok(())
}

/// Refuses an answer about another order than `asked`, or one whose instrument is not tracked.
pub(super) fn right_order(found: Option<ClientRef>, asked: Option<ClientId>) -> Result<(), DecodeError> {
    match (found, asked) {
        (None, _) => Err(DecodeError::UnknownInstrument),
        (Some(_), None) => Ok(()),
        (Some(ClientRef::Ours(id)), Some(asked)) if id == asked => Ok(()),
        (Some(_), Some(_)) => Err(DecodeError::Field("client id")),
    }
}
