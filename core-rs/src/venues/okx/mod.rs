//! OKX v5, spot and perpetual swaps: two rows of one venue. Swaps count contracts; private and trade links serve both products.
//! Knows nothing of sockets or order state.

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
const VENUE: Venue = Venue::Okx;

/// Documents: "Order book channel", "Trades channel" (public), "Best bid/offer" is `bbo-tbt`.
static DIALECT: Dialect = Dialect {
    venue: VENUE,
    best: b"bbo-tbt",
    seq: "seqId",
    prev: "prevSeqId",
    push,
    answer: private::answer,
};

pub(super) static SPOT: Codec = Codec {
    venue: VENUE,
    product: Product::Spot,
    wallet: Wallet::Unified,
    seq_rule: SeqRule::Chain,
    resync: Resync::Resubscribe,
    // "Place order": 60 per 2 s and instrument.
    order_budget: OrderBudget { orders: 60, window: 2 * SECOND },
    contracts: false,
    decode: |ctx, bytes, out| channel::decode(&DIALECT, ctx, bytes, out),
    encode_order: requests::encode_order,
    encode_login: |role, session, wall, out| {
        channel::login("/users/self/verify", role, session, wall, out);
    },
    encode_subscribe: requests::encode_subscribe,
    asking: &queries::ASKING,
    decode_answer: queries::decode_answer,
};

pub(super) static LINEAR: Codec = Codec { product: Product::Linear, contracts: true, ..SPOT };

/// The venue's word for a product.
const fn kind(product: Product) -> &'static str {
    match product {
        Product::Spot => "SPOT",
        Product::Linear => "SWAP",
    }
}

/// `{"arg":{"channel":"trades","instId":"BTC-USDT"},"data":[{"instId":"BTC-USDT","tradeId":"130639474","px":"42219.9",
///   "sz":"0.12060306","side":"buy","ts":"1630048897897","count":"3"}]}`
fn push(ctx: &Context<'_>, push: &Push<'_>, out: &mut EventBuf) -> Result<(), DecodeError> {
    match push.arg.channel {
        b"trades" | b"trades-all" => {
            let instrument = channel::instrument(&DIALECT, ctx, push.arg)?;
            channel::trades(instrument, push, ["px", "sz"], out)
        }
        b"orders" => push.data.array()?.rows(|row| private::order(ctx, row, true, out).map(drop)).map(drop),
        b"positions" => push.data.array()?.rows(|row| private::position(ctx, row, out)).map(drop),
        b"account" => push.data.array()?.rows(|row| private::account(row, out)).map(drop),
        _ => Err(DecodeError::UnknownMessage),
    }
}
