//! OKX questions over REST: how they are asked and what the answers say.
//!
//! Documents: "Get order book", "Get order details", "Get order List", "Get transaction details (last 3 days)", "Get balance",
//! "Get positions".

use super::{DIALECT, errors, kind, private};
use crate::units::Product;
use crate::venues::ask::Asking;
use crate::venues::channel::{envelope, sign, snapshot};
use crate::venues::rows::one_order;
use crate::venues::write::{Request, iso_ms, server_ms, wall_ms};
use crate::venues::{Context, DecodeError, EventBuf, Query, RejectClass, ReplyVerdict};

/// Rows of one page, the most each list gives.
const PAGE: usize = 100;
const DEPTH_MAX: u16 = 400;

pub(super) static ASKING: Asking = Asking {
    path,
    names: ["instId", "clOrdId", "ordId", "sz"],
    depth: |_, depth| depth.clamp(1, DEPTH_MAX),
    head: |product, query, request| {
        if matches!(query, Query::OpenOrders | Query::Fills { .. } | Query::Positions) {
            request.text("instType", kind(product).as_bytes());
        }
    },
    tail,
    sign: |request, session, wall| {
        sign(request, "OK-", session, iso_ms(server_ms(session, wall)).as_bytes());
    },
};

fn path(_: Product, query: &Query) -> &'static str {
    match query {
        Query::Snapshot { .. } => "/api/v5/market/books",
        Query::Order { .. } | Query::VenueOrder { .. } => "/api/v5/trade/order",
        Query::OpenOrders => "/api/v5/trade/orders-pending",
        Query::Fills { .. } => "/api/v5/trade/fills",
        Query::Balances => "/api/v5/account/balance",
        Query::Positions => "/api/v5/account/positions",
    }
}

fn tail(_: Product, query: &Query, request: &mut Request<'_>) {
    if let Query::Fills { since, from_id, .. } = *query {
        request.number("begin", wall_ms(since));
        // The list is newest first: a further page holds what is older than the last row.
        if let Some(bill) = from_id {
            request.number("after", bill);
        }
    }
    if matches!(query, Query::OpenOrders | Query::Fills { .. }) {
        request.number("limit", PAGE as u64);
    }
}

pub(super) fn decode_answer(
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
