//! Bybit v5, spot and linear: two rows of one venue. Private and trade links serve both products, so private messages are
//! read by the `category` they carry. Knows nothing of sockets or order state.

mod errors;
mod private;
mod public;
mod queries;
mod replies;
mod requests;

use super::field::Value;
use super::json::Reader;
use super::{Codec, Context, DecodeError, EventBuf, OrderBudget, Resync};
use crate::ledger::Wallet;
use crate::market::SeqRule;
use crate::units::{Ns, Product, Venue};

const SECOND: Ns = 1_000_000_000;
const VENUE: Venue = Venue::Bybit;

pub(super) static SPOT: Codec = Codec {
    venue: VENUE,
    product: Product::Spot,
    wallet: Wallet::Unified,
    seq_rule: SeqRule::Increment,
    resync: Resync::Resubscribe,
    // "Rate Limit", order/create: per second and UID.
    order_budget: OrderBudget { orders: 20, window: SECOND },
    contracts: false,
    tells_moves: true,
    decode: |ctx, bytes, out| {
        let result = frame(ctx, bytes, out);
        out.whole(result)
    },
    encode_order: requests::encode_order,
    encode_login: requests::encode_login,
    encode_subscribe: requests::encode_subscribe,
    asking: &queries::ASKING,
    decode_answer: replies::decode_answer,
};

pub(super) static LINEAR: Codec =
    Codec { order_budget: OrderBudget { orders: 10, window: SECOND }, product: Product::Linear, ..SPOT };

/// The venue's word for a product.
const fn category(product: Product) -> &'static str {
    match product {
        Product::Spot => "spot",
        Product::Linear => "linear",
    }
}

/// `{"topic","type","ts","data","cts"}` in any key order, or the answer to something we sent. A book whose topic stands before
/// its data (it always has) is read in this one pass.
fn frame(ctx: &Context<'_>, bytes: &[u8], out: &mut EventBuf) -> Result<(), DecodeError> {
    let mut reader = Reader::new(bytes);
    reader.expect_object()?;
    let mut head = public::Head::default();
    let (mut topic, mut data, mut book) = (None, Value::Absent, None);
    reader.object(|reader, key| {
        match key {
            b"topic" if topic.is_none() => topic = Some(reader.string()?),
            b"type" => head.kind = Some(reader.string()?),
            b"ts" => head.sent_ms = Some(reader.uint("ts")?),
            b"cts" => head.matched_ms = Some(reader.uint("cts")?),
            b"data" if book.is_some() || data != Value::Absent => return Err(DecodeError::Field("data")),
            b"data"
                if topic.is_some_and(|topic| topic.starts_with(public::BOOK))
                    && reader.peek() == Some(b'{') =>
            {
                book = Some(public::book_data(ctx, reader, out)?);
            }
            b"data" => data = reader.value()?,
            _ => reader.skip()?,
        }
        Ok(())
    })?;
    reader.end()?;
    match (topic, data) {
        (Some(topic), Value::Object(bytes)) if topic.starts_with(public::BOOK) => {
            let book = public::book_data(ctx, &mut Reader::new(bytes), out)?;
            public::book(topic, &head, &book, out)
        }
        (Some(topic), _) if topic.starts_with(public::BOOK) => {
            public::book(topic, &head, &book.ok_or(DecodeError::Missing("data"))?, out)
        }
        (Some(topic), data) => topic_data(ctx, topic, data, bytes, out),
        (None, _) => replies::socket_reply(&mut Reader::new(bytes), out),
    }
}

fn topic_data(
    ctx: &Context<'_>,
    topic: &[u8],
    data: Value<'_>,
    bytes: &[u8],
    out: &mut EventBuf,
) -> Result<(), DecodeError> {
    let rows = super::field::Field { name: "data", value: data };
    // `order.linear` is the one-category form of `order`.
    match topic.split(|byte| *byte == b'.').next().unwrap_or(topic) {
        b"publicTrade" => public::trades(ctx, rows, out),
        b"order" => private::orders(ctx, rows, out),
        b"execution" if topic != b"execution.fast" => private::executions(ctx, rows, out),
        b"position" => private::positions(ctx, rows, out),
        b"wallet" => private::wallets(rows, &mut Reader::new(bytes), out),
        _ => Err(DecodeError::UnknownMessage),
    }
}
