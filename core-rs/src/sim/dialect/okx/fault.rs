//! OKX's refusals: code and message.

use crate::sim::dialect::rest::Fault;
use crate::sim::model::Refusal;

pub(super) const KEY: Fault = Fault::with(401, "50111", "Invalid OK-ACCESS-KEY.");
pub(super) const SIGN: Fault = Fault::with(401, "50113", "Invalid Sign");
pub(super) const PASSPHRASE: Fault =
    Fault::with(401, "50105", "Request header OK-ACCESS-PASSPHRASE incorrect.");
pub(super) const TIMESTAMP: Fault = Fault::with(401, "50102", "Timestamp request expired.");
pub(super) const TOO_MANY: Fault = Fault::with(429, "50011", "Too Many Requests");
pub(super) const JSON: Fault =
    Fault::with(400, "50006", "Invalid Content-Type, please use \"application/json\" format.");
pub(super) const INSTRUMENT: Fault = Fault::new("51001", "Instrument ID does not exist.");
pub(super) const EXPIRED: Fault = Fault::new(
    "50036",
    "The expTime can't be earlier than the current system time. Please adjust the expTime and try again.",
);
pub(super) const LOGIN: Fault = Fault::new("60011", "Please log in.");
pub(super) const NO_ORDER: Fault = Fault::new("51603", "Order does not exist");

pub(super) fn param(what: &str) -> Fault {
    Fault::param(200, "51000", what)
}

/// The model's refusal of an order.
pub(super) const fn of(refusal: Refusal) -> Fault {
    let (code, message) = match refusal {
        Refusal::PriceStep => ("51000", "Parameter px error"),
        Refusal::PriceBand => ("51006", "Order price is not within the price limit"),
        Refusal::QtyStep => ("51121", "Order quantity must be a multiple of the lot size."),
        Refusal::QtyHigh => ("51202", "Market order amount exceeds the maximum amount."),
        Refusal::QtyLow | Refusal::Notional => {
            ("51020", "Your order should meet or exceed the minimum order amount.")
        }
        Refusal::DuplicateLabel => ("51016", "Client order ID already exists."),
        Refusal::TooManyOrders => ("51174", "The number of pending orders reached the upper limit."),
        Refusal::Funds | Refusal::Margin => ("51008", "Order failed. Insufficient balance in account."),
        // Accepted and then cancelled here, so the model never refuses them.
        Refusal::PostOnlyWouldTake | Refusal::FokNotFilled => ("1", "Operation failed."),
        Refusal::ReduceOnly => {
            ("51169", "Order failed because you don't have any positions in this direction to reduce.")
        }
        Refusal::UnknownOrder | Refusal::AlreadyFilled | Refusal::AlreadyCancelled => {
            ("51400", "Cancellation failed as the order has been filled, canceled or does not exist.")
        }
    };
    Fault::new(code, message)
}
