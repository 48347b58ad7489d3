//! OKX questions over REST: how they are asked and what the answers say.
//!
//! Documents: "Get order book", "Get order details", "Get order List", "Get transaction details (last 3 days)", "Get balance",
//! "Get positions".

use super::{DIALECT, errors, kind, private};
use crate::units::{Ns, Product};
use crate::venues::channel::{envelope, sign, snapshot};
use crate::venues::rows::one_order;
use crate::venues::write::{Request, iso_ms, server_ms, wall_ms};
use crate::venues::{
    Context, DecodeError, EncodeError, EventBuf, Instruments, Query, RejectClass, ReplyVerdict, Session,
};

/// Rows of one page, the most each list gives.
const PAGE: usize = 100;
const DEPTH_MAX: u16 = 400;

pub(super) fn encode_query(
    product: Product,
    query: &Query,
    instruments: &dyn Instruments,
    session: Option<&Session>,
    wall: Ns,
    out: &mut Vec<u8>,
) -> Result<(), EncodeError> {
    let symbol = |id| instruments.get(id).map(|i| i.symbol).ok_or(EncodeError::UnknownInstrument);
    let path = match query {
        Query::Snapshot { .. } => "/api/v5/market/books",
        Query::Order { .. } | Query::VenueOrder { .. } => "/api/v5/trade/order",
        Query::OpenOrders => "/api/v5/trade/orders-pending",
        Query::Fills { .. } => "/api/v5/trade/fills",
        Query::Balances => "/api/v5/account/balance",
        Query::Positions if product == Product::Spot => return Err(EncodeError::Unsupported("positions")),
        Query::Positions => "/api/v5/account/positions",
    };
    let mut request = Request::get(out, path);
    match *query {
        Query::Snapshot { instrument, depth } => {
            request.text("instId", symbol(instrument)?.as_bytes());
            request.number("sz", u64::from(depth.clamp(1, DEPTH_MAX)));
            request.finish(&[]);
            return Ok(());
        }
        Query::Order { instrument, client_id } => {
            request.text("instId", symbol(instrument)?.as_bytes());
            request.text("clOrdId", client_id.as_bytes());
        }
        Query::VenueOrder { instrument, venue_id } => {
            request.text("instId", symbol(instrument)?.as_bytes());
            request.text("ordId", venue_id.as_bytes());
        }
        Query::OpenOrders => {
            request.text("instType", kind(product).as_bytes());
            request.number("limit", PAGE as u64);
        }
        Query::Fills { instrument, since, from_id } => {
            request.text("instType", kind(product).as_bytes());
            request.text("instId", symbol(instrument)?.as_bytes());
            request.number("begin", wall_ms(since));
            // The list is newest first: a further page holds what is older than the last row.
            if let Some(bill) = from_id {
                request.number("after", bill);
            }
            request.number("limit", PAGE as u64);
        }
        Query::Positions => request.text("instType", kind(product).as_bytes()),
        Query::Balances => {}
    }
    let session = session.ok_or(EncodeError::NoSession)?;
    sign(request, "OK-", session, iso_ms(server_ms(session, wall)).as_bytes());
    Ok(())
}

/// The answer to a question; on error the buffer is empty.
pub(super) fn decode_reply(
    product: Product,
    query: &Query,
    ctx: &Context<'_>,
    status: u16,
    body: &[u8],
    out: &mut EventBuf,
) -> Result<ReplyVerdict, DecodeError> {
    let result = answer(product, query, ctx, status, body, out);
    if result.is_err() {
        out.clear();
    }
    result
}

fn answer(
    product: Product,
    query: &Query,
    ctx: &Context<'_>,
    status: u16,
    body: &[u8],
    out: &mut EventBuf,
) -> Result<ReplyVerdict, DecodeError> {
    let data = match envelope(errors::TABLE, b"0", status, body)? {
        Ok(served) => served.data,
        // "Order does not exist" is an answer, not a refusal.
        Err(reject)
            if reject.class == RejectClass::UnknownOrder
                && matches!(query, Query::Order { .. } | Query::VenueOrder { .. }) =>
        {
            return Ok(ReplyVerdict::Absent);
        }
        Err(reject) => return Ok(ReplyVerdict::Refused(reject)),
    };
    let mut rows = data.array()?;
    let mut found = |rows: &mut _, asked| one_order(rows, asked, |row| private::order(ctx, row, false, out));
    match query {
        Query::Order { client_id, .. } => return found(&mut rows, Some(*client_id)),
        Query::VenueOrder { .. } => return found(&mut rows, None),
        Query::Snapshot { instrument, .. } => {
            rows.rows(|row| snapshot(&DIALECT, ctx, *instrument, row, out))?;
        }
        Query::OpenOrders => {
            // An incomplete list of open orders must never look complete.
            if rows.rows(|row| private::order(ctx, row, false, out).map(drop))? >= PAGE {
                return Err(DecodeError::TooLarge);
            }
        }
        Query::Fills { .. } => {
            let mut oldest = u64::MAX;
            let count = rows.rows(|row| {
                oldest = oldest.min(private::fill(ctx, row, out)?);
                Ok(())
            })?;
            return Ok(ReplyVerdict::Served { next: (count >= PAGE).then_some(oldest) });
        }
        Query::Positions if product == Product::Linear => {
            rows.rows(|row| private::position(ctx, row, out))?;
        }
        Query::Positions => return Err(DecodeError::UnknownMessage),
        Query::Balances => {
            rows.rows(|row| private::account(row, out))?;
        }
    }
    Ok(ReplyVerdict::Served { next: None })
}
