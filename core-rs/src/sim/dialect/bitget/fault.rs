//! Bitget's refusals: code and message.

use crate::sim::dialect::rest::Fault;
use crate::sim::model::Refusal;
use crate::units::Product;

pub(super) const KEY: Fault = Fault::with(400, "40006", "Invalid ACCESS_KEY");
pub(super) const SIGN: Fault = Fault::with(400, "40009", "sign signature error");
pub(super) const PASSPHRASE: Fault = Fault::with(400, "40012", "apikey/password is incorrect");
pub(super) const TIMESTAMP: Fault = Fault::with(400, "40008", "Request timestamp expired");
pub(super) const TOO_MANY: Fault = Fault::with(429, "429", "Too Many Requests");
pub(super) const JSON: Fault = Fault::with(400, "40020", "Parameter body error");
pub(super) const SYMBOL: Fault = Fault::with(400, "40034", "Parameter does not exist");
pub(super) const NOT_UNIFIED: Fault = Fault::with(400, "40085", "You are in Classic Account mode");
pub(super) const LOGIN: Fault = Fault::new("30004", "User needs to log in");
pub(super) const NO_ORDER: Fault =
    Fault::with(400, "40109", "The data of the order cannot be found, please confirm the order number");

pub(super) fn param(what: &str) -> Fault {
    Fault::param(400, "43011", what)
}

/// The model's refusal of an order.
pub(super) const fn of(product: Product, refusal: Refusal) -> Fault {
    let linear = matches!(product, Product::Linear);
    let (code, message) = match refusal {
        Refusal::PriceStep if linear => ("45115", "Price multiple of step"),
        Refusal::PriceStep => ("40808", "Parameter verification exception price checkBDScale error"),
        Refusal::PriceBand => ("43009", "The price is outside of its limits"),
        Refusal::QtyStep => ("40808", "Parameter verification exception size checkBDScale error"),
        Refusal::QtyLow if linear => ("45111", "less than the minimum order quantity"),
        Refusal::QtyLow => ("43006", "The order quantity is less than the minimum transaction quantity"),
        Refusal::QtyHigh if linear => ("45112", "more than the maximum order quantity"),
        Refusal::QtyHigh => ("43007", "The order quantity is greater than the maximum transaction quantity"),
        Refusal::Notional if linear => ("45110", "less than the minimum amount 5 USDT"),
        Refusal::Notional => ("43027", "The minimum order value 1 is not met"),
        Refusal::DuplicateLabel if linear => ("45034", "clientOid duplicate"),
        Refusal::DuplicateLabel => ("43118", "clientOrderId duplicate"),
        Refusal::TooManyOrders if linear => ("40761", "The total number of unfilled orders is too high"),
        Refusal::TooManyOrders => ("43005", "Exceed the maximum number of orders"),
        Refusal::Funds => ("43012", "Insufficient balance"),
        Refusal::Margin => ("40762", "The order amount exceeds the balance"),
        // Accepted and then cancelled here, so the model never refuses them.
        Refusal::PostOnlyWouldTake | Refusal::FokNotFilled => ("43002", "Pending order failed"),
        Refusal::ReduceOnly => ("22002", "No position to close"),
        Refusal::UnknownOrder | Refusal::AlreadyFilled | Refusal::AlreadyCancelled if linear => {
            ("40768", "Order does not exist")
        }
        Refusal::UnknownOrder | Refusal::AlreadyFilled | Refusal::AlreadyCancelled => {
            ("43001", "The order does not exist")
        }
    };
    Fault::with(400, code, message)
}
