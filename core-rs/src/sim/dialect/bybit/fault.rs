//! Bybit's refusals: code and message, by category.

use crate::sim::model::Refusal;
use crate::units::Product;
use std::borrow::Cow;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub code: i32,
    pub message: Cow<'static, str>,
}

const fn fault(code: i32, message: &'static str) -> Fault {
    Fault { code, message: Cow::Borrowed(message) }
}

impl Fault {
    pub(super) const TIMESTAMP: Self =
        fault(10002, "invalid request, please check your server timestamp or recv_window param");
    pub(super) const KEY: Self = fault(10003, "API key is invalid.");
    pub(super) const SIGN: Self =
        fault(10004, "error sign! please check your signature generation algorithm.");
    pub(super) const TOO_MANY: Self = fault(10006, "Too many visits. Exceeded the API Rate Limit.");
    pub(super) const REPEATED_ID: Self = fault(20006, "reqId is duplicated");
    pub(super) const NOT_MODIFIED: Self = fault(34040, "not modified");
    pub(super) const NO_POSITION: Self = fault(10001, "can not set tp/sl/ts for zero position");
    pub(super) const LEVERAGE_SAME: Self = fault(110_043, "leverage not modified");

    pub(super) fn param(what: &str) -> Self {
        Self { code: 10001, message: Cow::Owned(format!("params error: {what}")) }
    }

    /// The model's refusal in the words of the category.
    pub(super) fn of(product: Product, refusal: Refusal) -> Self {
        let (code, message) = match product {
            Product::Spot => spot(refusal),
            Product::Linear => linear(refusal),
        };
        fault(code, message)
    }
}

const fn spot(refusal: Refusal) -> (i32, &'static str) {
    match refusal {
        Refusal::PriceStep => (170_134, "Order price has too many decimals."),
        Refusal::PriceBand => (170_132, "Order price too high."),
        Refusal::QtyStep => (170_137, "Order quantity has too many decimals."),
        Refusal::QtyLow => (170_136, "Order quantity exceeded lower limit."),
        Refusal::QtyHigh => (170_135, "Order quantity exceeded upper limit."),
        Refusal::Notional => (170_140, "Order value exceeded lower limit."),
        Refusal::DuplicateLabel => (170_141, "Duplicate clientOrderId."),
        Refusal::TooManyOrders => {
            (170_810, "Cannot exceed maximum of 500 conditional, TP/SL and active orders.")
        }
        Refusal::Funds | Refusal::Margin => (170_131, "Balance insufficient."),
        Refusal::PostOnlyWouldTake => (170_218, "The LIMIT-MAKER order is rejected due to invalid price."),
        Refusal::FokNotFilled => (170_143, "Cannot be found on order book."),
        Refusal::ReduceOnly => (170_130, "Data sent for parameter reduceOnly is not valid."),
        Refusal::UnknownOrder => (170_213, "Order does not exist."),
        Refusal::AlreadyFilled => (170_139, "Order has been filled."),
        Refusal::AlreadyCancelled => (170_142, "Order has been canceled."),
    }
}

const fn linear(refusal: Refusal) -> (i32, &'static str) {
    match refusal {
        Refusal::PriceStep | Refusal::PriceBand => (110_003, "Order price exceeds the allowable range."),
        Refusal::QtyStep | Refusal::QtyLow | Refusal::QtyHigh => (10001, "Qty invalid"),
        Refusal::Notional => (110_094, "Order does not meet minimum order value 5USDT"),
        Refusal::DuplicateLabel => (110_072, "OrderLinkedID is duplicate"),
        Refusal::TooManyOrders => (110_020, "Not allowed to have more than 500 active orders"),
        Refusal::Funds | Refusal::Margin => (110_007, "ab not enough for new order"),
        Refusal::PostOnlyWouldTake | Refusal::FokNotFilled => {
            (110_003, "Order can not be executed as asked.")
        }
        Refusal::ReduceOnly => (110_017, "current position is zero, cannot fix reduce-only order qty"),
        Refusal::UnknownOrder => (110_001, "order not exists or too late to cancel"),
        Refusal::AlreadyFilled => (110_008, "Order has been completed or canceled."),
        Refusal::AlreadyCancelled => (110_010, "The order has been canceled"),
    }
}
