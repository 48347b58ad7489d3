//! Order requests: one way from an intent to a JSON body, in a venue's own words.

use super::sign::Signing;
use super::write::{push_json, push_lots, push_price, push_uint, server_ms};
use super::{EncodeError, Session};
use crate::market::{Instrument, Lots};
use crate::order::{OrderCmd, OrderKind, PlaceOrder, TimeInForce};
use crate::units::{Ns, Price, Product, Side};

/// How a venue writes orders. Nothing is written for one that is refused.
pub(super) struct Ordering {
    /// Writes what stands before the members, given the verb.
    pub head: fn(&'static str, &Terms<'_>, &mut Body<'_>) -> Result<(), EncodeError>,
    pub place: Writing,
    pub cancel: Writing,
    /// What stands behind the last member.
    pub close: &'static [u8],
}

/// The verb of a request and its members, in the order in which they are written.
pub(super) type Writing = (&'static str, &'static [Member]);

/// Words for a limit order that is good-til-cancelled, immediate-or-cancel, fill-or-kill or post-only, and for a market order.
pub(super) type Styles = [&'static str; 5];

/// One member of a request; the text is the venue's name for it, pairs are of spot and linear. What an order has no value for,
/// or an empty word, is left out.
#[derive(Clone, Copy)]
pub(super) enum Member {
    /// The order by our id.
    Client(&'static str),
    /// The account's API key.
    Key(&'static str),
    Symbol(&'static str),
    Word(&'static str, [&'static str; 2]),
    /// The words for buy and sell.
    Side(&'static str, [&'static str; 2]),
    Style(&'static str, [Styles; 2]),
    Lots(&'static str),
    Price(&'static str),
    /// Whether a linear order may only reduce a position (spot has none): the words for no and yes, or `true` for yes.
    Reduce(&'static str, [&'static str; 2]),
    ReduceFlag(&'static str),
    /// Of linear: a fixed number, and the coin that the instrument is settled in.
    LinearNumber(&'static str, u64),
    LinearQuote(&'static str),
    /// The validity window and the venue's time, ms.
    Window(&'static str),
    Time(&'static str),
    Signature(&'static str),
}

/// What every venue asks of an order.
pub(super) struct Terms<'a> {
    /// The order's id, ours.
    pub id: &'a [u8],
    /// None of a cancel.
    pub order: Option<&'a PlaceOrder>,
    pub instrument: &'a Instrument,
    pub session: &'a Session,
    /// The venue's time, ms.
    pub at: u64,
    /// Quantity in the venue's count, and price; a market order has no price, a cancel has neither.
    lots: Option<Lots>,
    px: Option<Price>,
}

impl Terms<'_> {
    /// What the id of a request begins with: the answer to a cancel must not pass for the order's.
    pub(super) const fn prefix(&self) -> &'static [u8] {
        if self.order.is_some() { b"" } else { b"c" }
    }

    /// `{"id":"..","op":"..","expires":"1700000001500"`: until when an order counts, in ms; a cancel always does.
    pub(super) fn begin(&self, op: &str, expires: &str, body: &mut Body<'_>) {
        body.raw(&[b"{\"id\":\"", self.prefix(), self.id, b"\",\"op\":\"", op.as_bytes(), b"\""]);
        if self.order.is_some() {
            body.raw(&[b",\"", expires.as_bytes(), b"\":\""]);
            body.digits(self.at + u64::from(self.session.recv_window_ms));
            body.raw(&[b"\""]);
        }
    }
}

pub(super) fn encode(
    ordering: &Ordering,
    cmd: &OrderCmd,
    instrument: &Instrument,
    (session, wall): (&Session, Ns),
    out: &mut Vec<u8>,
) -> Result<(), EncodeError> {
    let (id, order, (verb, members)) = match cmd {
        OrderCmd::Place(order) => (&order.client_id, Some(order), ordering.place),
        OrderCmd::Cancel { client_id, .. } => (client_id, None, ordering.cancel),
    };
    let (id, at) = (id.as_bytes(), server_ms(session, wall));
    let mut terms = Terms { id, order, instrument, session, at, lots: None, px: None };
    if let Some(order) = order {
        if order.kind == OrderKind::Limit {
            terms.px = Some(order.px.ok_or(EncodeError::MissingPrice)?);
        }
        terms.lots = Some(instrument.wire.lots(order.qty.get()).ok_or(EncodeError::Quantity)?);
    }
    let mut body = Body::new(out);
    (ordering.head)(verb, &terms, &mut body)?;
    for member in members {
        write(member, &terms, &mut body);
    }
    body.raw(&[ordering.close]);
    Ok(())
}

fn write(member: &Member, terms: &Terms<'_>, body: &mut Body<'_>) {
    let (instrument, product) = (terms.instrument, terms.instrument.product);
    let linear = product == Product::Linear;
    match (member, terms.order) {
        (Member::Client(name), _) => body.text(name, terms.id),
        (Member::Key(name), _) => body.key(name, terms.session),
        (Member::Symbol(name), _) => body.text(name, instrument.symbol.as_bytes()),
        (Member::Word(name, words), _) => body.text(name, product_word(product, *words)),
        (Member::LinearNumber(name, number), _) if linear => body.number(name, *number),
        (Member::LinearQuote(name), _) if linear => body.text(name, instrument.quote.as_bytes()),
        (Member::Window(name), _) => body.number(name, u64::from(terms.session.recv_window_ms)),
        (Member::Time(name), _) => body.number(name, terms.at),
        (Member::Signature(name), _) => body.signature(name),
        (Member::Lots(name), _) => body.lots(name, terms),
        (Member::Price(name), _) => body.price(name, terms),
        (Member::Side(name, words), Some(order)) => body.text(name, side_word(order.side, *words)),
        (Member::Style(name, styles), Some(order)) => body.text(name, style_word(order, product, styles)),
        (Member::Reduce(name, words), Some(order)) if linear => {
            body.text(name, words[usize::from(order.reduce_only)]);
        }
        (Member::ReduceFlag(name), Some(order)) if linear && order.reduce_only => body.truth(name),
        // What this order has no value for.
        _ => {}
    }
}

/// The venue's word for spot or linear.
pub(super) const fn product_word(product: Product, [spot, linear]: [&'static str; 2]) -> &'static str {
    match product {
        Product::Spot => spot,
        Product::Linear => linear,
    }
}

/// The venue's word for buy or sell.
const fn side_word(side: Side, [buy, sell]: [&'static str; 2]) -> &'static str {
    match side {
        Side::Buy => buy,
        Side::Sell => sell,
    }
}

/// The venue's word for how an order is to be filled.
const fn style_word(order: &PlaceOrder, product: Product, [spot, linear]: &[Styles; 2]) -> &'static str {
    let words = match product {
        Product::Spot => spot,
        Product::Linear => linear,
    };
    match (order.kind, order.tif) {
        (OrderKind::Market, _) => words[4],
        (OrderKind::Limit, TimeInForce::Gtc) => words[0],
        (OrderKind::Limit, TimeInForce::Ioc) => words[1],
        (OrderKind::Limit, TimeInForce::Fok) => words[2],
        (OrderKind::Limit, TimeInForce::PostOnly) => words[3],
    }
}

/// A JSON text under way. The first member of an object has no comma; a member whose text is empty, or that has no price or quantity, is left out.
pub(super) struct Body<'o> {
    out: &'o mut Vec<u8>,
    /// A signature over `name=value` of every member, and what stands before the next one, where the venue signs them.
    signing: Option<(Signing, &'static [u8])>,
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

    /// The account's key; only what is no key is changed by the escapes.
    pub(super) fn key(&mut self, name: &str, session: &Session) {
        self.member(name, b"\"", |out| push_json(out, session.key.as_bytes()));
    }

    /// `,"name":true`
    fn truth(&mut self, name: &str) {
        self.member(name, b"", |out| out.extend_from_slice(b"true"));
    }

    fn lots(&mut self, name: &str, terms: &Terms<'_>) {
        if let Some(lots) = terms.lots {
            self.member(name, b"\"", |out| push_lots(out, lots, terms.instrument));
        }
    }

    fn price(&mut self, name: &str, terms: &Terms<'_>) {
        if let Some(px) = terms.px {
            self.member(name, b"\"", |out| push_price(out, px, terms.instrument));
        }
    }

    /// Signs what members follow.
    pub(super) fn sign(&mut self, session: &Session) {
        self.signing = Some((session.secret.begin(), b""));
    }

    /// The signature, as the last member.
    pub(super) fn signature(&mut self, name: &str) {
        if let Some((signing, _)) = self.signing.take() {
            self.text(name, signing.hex());
        }
    }

    fn member(&mut self, name: &str, quote: &[u8], write: impl FnOnce(&mut Vec<u8>)) {
        let comma: &[u8] = if self.out.last() == Some(&b'{') { b"" } else { b"," };
        self.raw(&[comma, b"\"", name.as_bytes(), b"\":", quote]);
        let start = self.out.len();
        write(self.out);
        if let Some((signing, before)) = &mut self.signing {
            for part in [*before, name.as_bytes(), b"=", &self.out[start..]] {
                signing.update(part);
            }
            *before = b"&";
        }
        self.out.extend_from_slice(quote);
    }
}
