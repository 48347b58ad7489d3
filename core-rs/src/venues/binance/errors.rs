//! What Binance's refusals mean. Its codes are ambiguous, so a row may ask for a part of the message too.
//!
//! Documents: "Errors" (spot), "Error Code" (USDT-M).

use crate::units::Product;
use crate::venues::error::{Meaning, contains, meaning};
use crate::venues::{RejectClass, VenueReject};
use RejectClass::{
    AlreadyDone, Auth, Banned, DuplicateClientId, Filter, InsufficientFunds, Maintenance, OutcomeUnknown,
    PostOnlyWouldTake, RateLimited, ReduceOnly, Timestamp, UnknownOrder,
};

const TABLE: &[Meaning] = &[
    (OutcomeUnknown, "", &[-1000]),
    (OutcomeUnknown, "", &[-1001]),
    (Auth, "", &[-1002]),
    (Banned, "banned", &[-1003]),
    (RateLimited, "", &[-1003]),
    (OutcomeUnknown, "", &[-1006]),
    (OutcomeUnknown, "", &[-1007]),
    (RateLimited, "", &[-1008]),
    (Filter, "", &[-1013]),
    (RateLimited, "", &[-1015]),
    (Maintenance, "", &[-1016]),
    (Timestamp, "", &[-1021]),
    (Auth, "", &[-1022]),
    (RateLimited, "", &[-1034]),
    (Filter, "", &[-1111]),
    (InsufficientFunds, "insufficient balance", &[-2010]),
    (DuplicateClientId, "Duplicate order", &[-2010]),
    (PostOnlyWouldTake, "immediately match", &[-2010]),
    (Filter, "Filter failure", &[-2010]),
    (Maintenance, "Market is closed", &[-2010]),
    (UnknownOrder, "Unknown order", &[-2011]),
    (UnknownOrder, "", &[-2013]),
    (Auth, "", &[-2014]),
    (Auth, "", &[-2015]),
    (InsufficientFunds, "", &[-2018]),
    (InsufficientFunds, "", &[-2019]),
    (ReduceOnly, "ReduceOnly", &[-2022]),
    (Filter, "", &[-2025]),
    (AlreadyDone, "", &[-2026]),
    (Filter, "", &[-2027]),
    (InsufficientFunds, "", &[-2028]),
    (Filter, "", &[-4003]),
    (Filter, "", &[-4004]),
    (Filter, "", &[-4005]),
    (Filter, "", &[-4013]),
    (Filter, "", &[-4014]),
    (Filter, "", &[-4016]),
    (Filter, "", &[-4023]),
    (Filter, "", &[-4024]),
    (DuplicateClientId, "", &[-4116]),
    (ReduceOnly, "", &[-4118]),
    (Filter, "", &[-4131]),
    (Maintenance, "", &[-4140]),
    (Filter, "", &[-4164]),
    (PostOnlyWouldTake, "", &[-5022]),
];

/// The meaning of an answer with this HTTP (or WebSocket API) status, code and message.
pub(super) fn classify(product: Product, status: u16, code: i64, message: &[u8]) -> RejectClass {
    let says = |part: &str| contains(message, part);
    match status {
        418 => return Banned,
        403 => return RateLimited,
        429 if code != -1003 => return RateLimited,
        // Of the three USDT-M 503 answers two say that nothing was done; any other 5xx leaves the fate open.
        503 if product == Product::Linear
            && (says("Service Unavailable") || says("Internal error; unable to process")) =>
        {
            return Maintenance;
        }
        500.. => return OutcomeUnknown,
        _ => {}
    }
    meaning(TABLE, code, message)
}

pub(super) fn reject(product: Product, status: u16, code: i64, message: &[u8]) -> VenueReject {
    VenueReject::new(classify(product, status, code, message), code.to_string().as_bytes(), message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use RejectClass::Other;

    #[test]
    fn the_message_tells_apart_what_the_code_does_not() {
        let cases: &[(u16, i64, &str, RejectClass)] = &[
            (400, -2010, "Account has insufficient balance for requested action.", InsufficientFunds),
            (400, -2010, "Duplicate order sent.", DuplicateClientId),
            (400, -2010, "Order would immediately match and take.", PostOnlyWouldTake),
            (400, -2010, "Something new.", Other),
            (400, -1013, "Filter failure: LOT_SIZE", Filter),
            (400, -2011, "Unknown order sent.", UnknownOrder),
            (400, -2022, "ReduceOnly Order is rejected.", ReduceOnly),
            (409, -2022, "Order cancel-replace failed.", Other),
            (400, -1021, "Timestamp for this request is outside of the recvWindow.", Timestamp),
            (408, -1007, "Timeout waiting for response from backend server.", OutcomeUnknown),
            (429, -1003, "Way too much request weight used; IP banned until 1.", Banned),
            (429, -1015, "Too many new orders.", RateLimited),
            (418, 0, "", Banned),
            (500, -2010, "Duplicate order sent.", OutcomeUnknown),
            (503, 0, "Service Unavailable.", Maintenance),
            (503, 0, "Unknown error, please check your request or try again later.", OutcomeUnknown),
        ];
        for (status, code, message, want) in cases {
            assert_eq!(
                classify(Product::Linear, *status, *code, message.as_bytes()),
                *want,
                "{code} {message}"
            );
        }
        assert_eq!(classify(Product::Spot, 503, 0, b"Service Unavailable."), OutcomeUnknown);
    }
}
