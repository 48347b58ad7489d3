//! Order requests: one way from an intent to a JSON body, in a venue's own words.

use super::sign::Signing;
use super::write::{push_json, push_lots, push_price, push_uint, server_ms};
use super::{EncodeError, Session};
use crate::market::{Instrument, Lots};
use crate::order::{OrderCmd, OrderKind, PlaceOrder, TimeInForce};
use crate::units::{Ns, Price, Product, Side};

/// How a venue writes orders. Nothing is written for one that is refused.
pub(super) struct Ordering {
    pub place: fn(&PlaceOrder, &Terms<'_>, &mut Body<'_>) -> Result<(), EncodeError>,
    /// The order is named by our id.
    pub cancel: fn(&[u8], &Terms<'_>, &mut Body<'_>) -> Result<(), EncodeError>,
    /// What stands behind the last member.
    pub close: &'static [u8],
}

/// What every venue asks of an order.
pub(super) struct Terms<'a> {
    pub instrument: &'a Instrument,
    pub session: &'a Session,
    /// The venue's time, ms.
    pub at: u64,
    /// Quantity in the venue's count and price; none of a market order or a cancel.
    pub lots: Option<Lots>,
    pub px: Option<Price>,
}

pub(super) fn encode(
    ordering: &Ordering,
    cmd: &OrderCmd,
    instrument: &Instrument,
    (session, wall): (&Session, Ns),
    out: &mut Vec<u8>,
) -> Result<(), EncodeError> {
    let mut terms = Terms { instrument, session, at: server_ms(session, wall), lots: None, px: None };
    let mut body = Body::new(out);
    match cmd {
        OrderCmd::Place(order) => {
            if order.kind == OrderKind::Limit {
                terms.px = Some(order.px.ok_or(EncodeError::MissingPrice)?);
            }
            terms.lots = Some(instrument.wire.lots(order.qty.get()).ok_or(EncodeError::Quantity)?);
            (ordering.place)(order, &terms, &mut body)?;
        }
        OrderCmd::Cancel { client_id, .. } => (ordering.cancel)(client_id.as_bytes(), &terms, &mut body)?,
    }
    body.raw(&[ordering.close]);
    Ok(())
}

/// The venue's word for spot or linear.
pub(super) const fn product_word(product: Product, [spot, linear]: [&'static str; 2]) -> &'static str {
    match product {
        Product::Spot => spot,
        Product::Linear => linear,
    }
}

/// The venue's word for buy or sell.
pub(super) const fn side_word(side: Side, [buy, sell]: [&'static str; 2]) -> &'static str {
    match side {
        Side::Buy => buy,
        Side::Sell => sell,
    }
}

/// The venue's word for good-til-cancelled, immediate-or-cancel, fill-or-kill or post-only.
pub(super) const fn tif_word(tif: TimeInForce, words: [&'static str; 4]) -> &'static str {
    match tif {
        TimeInForce::Gtc => words[0],
        TimeInForce::Ioc => words[1],
        TimeInForce::Fok => words[2],
        TimeInForce::PostOnly => words[3],
    }
}

/// A JSON text under way. A member whose text is empty, or that has no price or quantity, is left out.
pub(super) struct Body<'o> {
    out: &'o mut Vec<u8>,
    /// A signature over `&name=value` of every member, where the venue signs them.
    signing: Option<Signing>,
}

impl<'o> Body<'o> {
    pub(super) const fn new(out: &'o mut Vec<u8>) -> Self {
        Self { out, signing: None }
    }

    pub(super) fn raw(&mut self, parts: &[&[u8]]) {
        for part in parts {
            self.out.extend_from_slice(part);
        }
    }

    /// Bare digits.
    pub(super) fn digits(&mut self, value: u64) {
        push_uint(self.out, value);
    }

    /// Text inside quotes that stand already.
    pub(super) fn escaped(&mut self, text: &[u8]) {
        push_json(self.out, text);
    }

    /// `,"name":1`
    pub(super) fn number(&mut self, name: &str, value: u64) {
        self.member(name, b"", |out| push_uint(out, value));
    }

    /// `,"name":"text"`
    pub(super) fn text(&mut self, name: &str, value: impl AsRef<[u8]>) {
        if !value.as_ref().is_empty() {
            self.member(name, b"\"", |out| out.extend_from_slice(value.as_ref()));
        }
    }

    pub(super) fn lots(&mut self, name: &str, terms: &Terms<'_>) {
        if let Some(lots) = terms.lots {
            self.member(name, b"\"", |out| push_lots(out, lots, terms.instrument));
        }
    }

    pub(super) fn price(&mut self, name: &str, terms: &Terms<'_>) {
        if let Some(px) = terms.px {
            self.member(name, b"\"", |out| push_price(out, px, terms.instrument));
        }
    }

    /// Signs what members follow, behind `start`.
    pub(super) fn sign(&mut self, session: &Session, start: &[&[u8]]) {
        let mut signing = session.secret.begin();
        for part in start {
            signing.update(part);
        }
        self.signing = Some(signing);
    }

    /// The signature, as the last member.
    pub(super) fn signature(&mut self, name: &str) {
        if let Some(signing) = self.signing.take() {
            self.text(name, signing.hex());
        }
    }

    fn member(&mut self, name: &str, quote: &[u8], write: impl FnOnce(&mut Vec<u8>)) {
        self.raw(&[b",\"", name.as_bytes(), b"\":", quote]);
        let start = self.out.len();
        write(self.out);
        if let Some(signing) = &mut self.signing {
            for part in [b"&", name.as_bytes(), b"=", &self.out[start..]] {
                signing.update(part);
            }
        }
        self.out.extend_from_slice(quote);
    }
}
