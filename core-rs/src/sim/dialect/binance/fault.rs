//! Binance's refusals: HTTP status, code, message.

use crate::sim::json::{Raw, object};
use crate::sim::model::Refusal;
use crate::units::Product;
use std::borrow::Cow;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub status: u16,
    pub code: i32,
    pub message: Cow<'static, str>,
}

const fn fault(status: u16, code: i32, message: &'static str) -> Fault {
    Fault { status, code, message: Cow::Borrowed(message) }
}

impl Fault {
    pub(super) const UNKNOWN_SYMBOL: Self = fault(400, -1121, "Invalid symbol.");
    pub(super) const TIMESTAMP_AHEAD: Self =
        fault(400, -1021, "Timestamp for this request was 1000ms ahead of the server's time.");
    pub(super) const TIMESTAMP_LATE: Self =
        fault(400, -1021, "Timestamp for this request is outside of the recvWindow.");
    pub(super) const RECV_WINDOW: Self = fault(400, -1131, "Invalid 'recvWindow' in parameters.");
    pub(super) const SIGNATURE: Self = fault(400, -1022, "Signature for this request is not valid.");
    pub(super) const KEY_FORMAT: Self = fault(401, -2014, "API-key format invalid.");
    pub(super) const KEY_REJECTED: Self =
        fault(401, -2015, "Invalid API-key, IP, or permissions for action.");
    pub(super) const TOO_MANY_ORDERS: Self = fault(429, -1015, "Too many new orders.");
    pub(super) const UNKNOWN_ORDER: Self = fault(400, -2011, "Unknown order sent.");
    pub(super) const NO_SUCH_ORDER: Self = fault(400, -2013, "Order does not exist.");
    pub(super) const PRECISION: Self =
        fault(400, -1111, "Precision is over the maximum defined for this asset.");
    pub(super) const LISTEN_KEY: Self = fault(400, -1125, "This listenKey does not exist.");
    pub(super) const NO_MARGIN_CHANGE: Self = fault(400, -4046, "No need to change margin type.");
    pub(super) const LEVERAGE: Self = fault(400, -4028, "Leverage is not valid");
    pub(super) const POSITION_SIDE: Self =
        fault(400, -4061, "Order's position side does not match user's setting.");

    pub(super) fn missing(name: &str) -> Self {
        let message = format!("Mandatory parameter '{name}' was not sent, was empty/null, or malformed.");
        Self { status: 400, code: -1102, message: Cow::Owned(message) }
    }

    pub(super) fn illegal(name: &str) -> Self {
        let message = format!("Illegal characters found in parameter '{name}'.");
        Self { status: 400, code: -1100, message: Cow::Owned(message) }
    }

    pub(super) fn invalid(code: i32, message: &'static str) -> Self {
        fault(400, code, message)
    }

    pub(super) fn too_many(limit: u32) -> Self {
        let message =
            format!("Too many requests; current limit of IP is {limit} request weight per 1 MINUTE.");
        Self { status: 429, code: -1003, message: Cow::Owned(message) }
    }

    pub(super) fn body(&self) -> Raw {
        object! {"code" => self.code, "msg" => self.message.as_ref()}
    }

    /// The model's refusal in the words of the product.
    pub(super) fn of(product: Product, refusal: Refusal) -> Self {
        let (code, message) = match product {
            Product::Spot => spot(refusal),
            Product::Linear => linear(refusal),
        };
        fault(400, code, message)
    }
}

const fn spot(refusal: Refusal) -> (i32, &'static str) {
    match refusal {
        Refusal::PriceStep => (-1013, "Filter failure: PRICE_FILTER"),
        Refusal::PriceBand => (-1013, "Filter failure: PERCENT_PRICE_BY_SIDE"),
        Refusal::QtyStep | Refusal::QtyLow | Refusal::QtyHigh => (-1013, "Filter failure: LOT_SIZE"),
        Refusal::Notional => (-1013, "Filter failure: NOTIONAL"),
        Refusal::TooManyOrders => (-1013, "Filter failure: MAX_NUM_ORDERS"),
        Refusal::DuplicateLabel => (-2010, "Duplicate order sent."),
        Refusal::Funds | Refusal::Margin => (-2010, "Account has insufficient balance for requested action."),
        Refusal::PostOnlyWouldTake => (-2010, "Order would immediately match and take."),
        Refusal::FokNotFilled | Refusal::ReduceOnly => (-2010, "This action is disabled on this account."),
        Refusal::UnknownOrder | Refusal::AlreadyFilled | Refusal::AlreadyCancelled => {
            (-2011, "Unknown order sent.")
        }
    }
}

const fn linear(refusal: Refusal) -> (i32, &'static str) {
    match refusal {
        Refusal::PriceStep => (-4014, "Price not increased by tick size."),
        Refusal::PriceBand => {
            (-4131, "The counterparty's best price does not meet the PERCENT_PRICE filter limit.")
        }
        Refusal::QtyStep => (-4023, "Qty not increased by step size."),
        Refusal::QtyLow => (-4003, "Quantity less than or equal to zero."),
        Refusal::QtyHigh => (-4005, "Quantity greater than max quantity."),
        Refusal::Notional => {
            (-4164, "Order's notional must be no smaller than the minimum (unless you choose reduce only).")
        }
        Refusal::TooManyOrders => (-2025, "Reach max open order limit."),
        Refusal::DuplicateLabel => (-4116, "ClientOrderId is duplicated."),
        Refusal::Funds | Refusal::Margin => (-2019, "Margin is insufficient."),
        Refusal::PostOnlyWouldTake => {
            (-5022, "Due to the order could not be executed as maker, the Post Only order will be rejected.")
        }
        Refusal::FokNotFilled => {
            (-5021, "Due to the order could not be filled immediately, the FOK order has been rejected.")
        }
        Refusal::ReduceOnly => (-2022, "ReduceOnly Order is rejected."),
        Refusal::UnknownOrder | Refusal::AlreadyFilled | Refusal::AlreadyCancelled => {
            (-2011, "Unknown order sent.")
        }
    }
}
