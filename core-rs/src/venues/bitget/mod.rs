//! Bitget v2 (classic account), spot and USDT-M futures: two rows of one venue. All quantities are base coin; private and trade
//! links serve both products. Knows nothing of sockets or order state.

mod errors;
mod private;
mod queries;
mod requests;

use super::channel::{self, Dialect, Push};
use super::{Codec, Context, DecodeError, EventBuf, OrderBudget, Resync};
use crate::ledger::Wallet;
use crate::market::SeqRule;
use crate::units::{Ns, Product, Venue};

const SECOND: Ns = 1_000_000_000;
const VENUE: Venue = Venue::Bitget;

/// Documents: "Depth Channel", "Trading Channel" (spot and futures). The chain of `seq` and `pseq` is not in the documents; it
/// was probed without a gap in 2026-09, when the checksum was gone.
static DIALECT: Dialect =
    Dialect { venue: VENUE, best: b"books1", seq: "seq", prev: "pseq", push, answer: private::answer };

pub(super) static SPOT: Codec = Codec {
    venue: VENUE,
    product: Product::Spot,
    wallet: Wallet::Spot,
    seq_rule: SeqRule::Chain,
    resync: Resync::Resubscribe,
    // "Place Order": 10 per second and UID.
    order_budget: OrderBudget { orders: 10, window: SECOND },
    contracts: false,
    decode: |ctx, bytes, out| channel::decode(&DIALECT, ctx, bytes, out),
    encode_order: requests::encode_order,
    encode_login: |role, session, wall, out| channel::login("/user/verify", role, session, wall, out),
    encode_subscribe: requests::encode_subscribe,
    asking: &queries::ASKING,
    decode_answer: queries::decode_answer,
};

pub(super) static LINEAR: Codec = Codec { product: Product::Linear, wallet: Wallet::Linear, ..SPOT };

/// The venue's word for a product.
const fn kind(product: Product) -> &'static str {
    match product {
        Product::Spot => "SPOT",
        Product::Linear => "USDT-FUTURES",
    }
}

/// `{"action":"update","arg":{"instType":"SPOT","channel":"trade","instId":"BTCUSDT"},"data":[{"ts":"1695709835822",
///   "price":"26293.4","size":"0.0013","side":"buy","tradeId":"1000000000"}],"ts":1695711090682}`; the first message of the trade
/// channel tells trades of the past.
fn push(ctx: &Context<'_>, push: &Push<'_>, out: &mut EventBuf) -> Result<(), DecodeError> {
    if push.arg.channel == b"trade" {
        let instrument = channel::instrument(&DIALECT, ctx, push.arg)?;
        let past = push.snapshot;
        return if past { Ok(()) } else { channel::trades(instrument, push, ["price", "size"], out) };
    }
    let product = match push.arg.kind {
        b"SPOT" => Product::Spot,
        b"USDT-FUTURES" => Product::Linear,
        _ => return Err(DecodeError::Field("instType")),
    };
    let mut rows = push.data.array()?;
    match push.arg.channel {
        b"orders" => rows.rows(|row| private::order_event(ctx, product, row, out)),
        b"account" => rows.rows(|row| private::balance(product, row, push.sent, out)),
        b"positions" => rows.rows(|row| private::position(ctx, row, push.sent, out)),
        _ => return Err(DecodeError::UnknownMessage),
    }
    .map(drop)
}
