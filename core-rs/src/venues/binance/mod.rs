//! Binance spot and USDT-M futures: two rows of one venue. Knows nothing of sockets or order state.

mod errors;
mod orders;
mod private;
mod public;
mod queries;
mod replies;

use super::field::Value;
use super::json::Reader;
use super::{Codec, Context, DecodeError, Event, EventBuf, OrderBudget, Resync, SessionNote};
use crate::ledger::Wallet;
use crate::market::SeqRule;
use crate::units::{Ns, Product, Venue};

const SECOND: Ns = 1_000_000_000;
const VENUE: Venue = Venue::Binance;

pub(super) static SPOT: Codec = Codec {
    venue: VENUE,
    product: Product::Spot,
    wallet: Wallet::Spot,
    seq_rule: SeqRule::SpanNext,
    resync: Resync::RestSnapshot,
    // exchangeInfo, `rateLimits`: ORDERS per 10 s.
    order_budget: OrderBudget { orders: 50, window: 10 * SECOND },
    contracts: false,
    tells_moves: false,
    decode: |ctx, bytes, out| {
        let result = frame(ctx, bytes, out);
        out.whole(result)
    },
    encode_order: orders::encode_order,
    encode_login: |role, session, wall, out| orders::encode_login(Product::Spot, role, session, wall, out),
    encode_subscribe: orders::encode_subscribe,
    asking: &queries::ASKING,
    decode_answer: replies::decode_answer,
};

pub(super) static LINEAR: Codec = Codec {
    order_budget: OrderBudget { orders: 300, window: 10 * SECOND },
    product: Product::Linear,
    wallet: Wallet::Linear,
    tells_moves: true,
    seq_rule: SeqRule::PrevLink,
    encode_login: |role, session, wall, out| orders::encode_login(Product::Linear, role, session, wall, out),
    ..SPOT
};

/// The outer shapes of a frame: a bare event; `{"stream","data"}` ("Combined streams"); `{"subscriptionId","event"}` or
/// `{"event"}` (WebSocket API user stream). A depth event written as Binance writes it is read in this one pass.
fn frame(ctx: &Context<'_>, bytes: &[u8], out: &mut EventBuf) -> Result<(), DecodeError> {
    let mut reader = Reader::new(bytes);
    reader.expect_object()?;
    if reader.starts_with(public::DEPTH_START) {
        public::depth(ctx, &mut reader, out)?;
        return reader.end();
    }
    let (mut inner, mut wraps) = (Value::Absent, 0);
    reader.object(|reader, key| {
        match key {
            b"data" | b"event" => {
                wraps += 1;
                if reader.starts_with(public::DEPTH_START) {
                    public::depth(ctx, reader, out)?;
                } else {
                    inner = reader.value()?;
                }
            }
            _ => reader.skip()?,
        }
        Ok(())
    })?;
    reader.end()?;
    match (wraps, inner) {
        (0, _) => event(ctx, bytes, out),
        (1, Value::Object(bytes)) => event(ctx, bytes, out),
        (1, Value::Absent) => Ok(()),
        _ => Err(DecodeError::Field("data")),
    }
}

/// Everything that is not a one-pass depth event; the bytes are valid JSON by now.
fn event(ctx: &Context<'_>, bytes: &[u8], out: &mut EventBuf) -> Result<(), DecodeError> {
    let reader = &mut Reader::new(bytes);
    let [kind, snapshot, best, id, status] =
        Reader::new(bytes).fields(["e", "lastUpdateId", "B", "id", "status"])?;
    if kind.is_absent() {
        return match (snapshot.is_absent(), best.is_absent(), status.is_absent()) {
            (false, _, _) => {
                let implied = ctx.implied.and_then(|id| ctx.instruments.get(id));
                public::snapshot(implied.ok_or(DecodeError::UnknownInstrument)?, reader, out)
            }
            (true, false, _) => public::book_ticker(ctx, reader, out),
            (true, true, false) => replies::socket_reply(ctx, reader, out),
            (true, true, true) if matches!(id.value, Value::Absent) => Err(DecodeError::UnknownMessage),
            (true, true, true) => replies::acknowledgement(ctx.product, reader, out),
        };
    }
    match kind.text()? {
        b"depthUpdate" => public::depth(ctx, reader, out),
        b"bookTicker" => public::book_ticker(ctx, reader, out),
        b"trade" | b"aggTrade" => public::trade(ctx, reader, out),
        b"executionReport" => private::execution_report(ctx, reader, out),
        b"outboundAccountPosition" => private::account_position(reader, out),
        b"balanceUpdate" => private::balance_update(reader, out),
        b"ORDER_TRADE_UPDATE" => private::order_trade_update(ctx, reader, out),
        b"ACCOUNT_UPDATE" => private::account_update(ctx, reader, out),
        b"listenKeyExpired" | b"eventStreamTerminated" | b"serverShutdown" => {
            out.events.push(Event::Session(SessionNote::Expiring));
            Ok(())
        }
        kind if QUIET.contains(&kind) => Ok(()),
        _ => Err(DecodeError::UnknownMessage),
    }
}

/// Events that a user stream sends unasked and whose facts reach us in another event, or by query.
const QUIET: [&[u8]; 10] = [
    b"listStatus",
    b"externalLockUpdate",
    b"TRADE_LITE",
    b"ALGO_UPDATE",
    b"MARGIN_CALL",
    b"ACCOUNT_CONFIG_UPDATE",
    b"CONDITIONAL_ORDER_TRIGGER_REJECT",
    b"STRATEGY_UPDATE",
    b"GRID_UPDATE",
    b"contractInfo",
];
