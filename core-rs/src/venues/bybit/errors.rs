//! What Bybit's refusals mean. A row may ask for a part of the message where the code alone is ambiguous.
//!
//! Document: "Error Codes" of the v5 API.

use crate::venues::RejectClass;
use crate::venues::error::Meaning;
use RejectClass::{
    AlreadyDone, Auth, Banned, DuplicateClientId, Filter, InsufficientFunds, Maintenance, OutcomeUnknown,
    PostOnlyWouldTake, RateLimited, ReduceOnly, Timestamp, UnknownOrder,
};

pub(super) const TABLE: &[Meaning] = &[
    (10000, "", OutcomeUnknown),
    (10001, "reduce", ReduceOnly),
    (10001, "qty", Filter),
    (10001, "Qty", Filter),
    (10001, "price", Filter),
    (10002, "", Timestamp),
    (10003, "", Auth),
    (10004, "", Auth),
    (10005, "", Auth),
    (10006, "", RateLimited),
    (10007, "", Auth),
    (10009, "", Banned),
    (10010, "", Auth),
    (10016, "", OutcomeUnknown),
    (10018, "", RateLimited),
    (10019, "", Maintenance),
    (10024, "", Auth),
    (10027, "", Auth),
    (10403, "", RateLimited),
    (10429, "", RateLimited),
    (429, "", RateLimited),
    // The request id is the client id, so a used one means that this request was taken before.
    (20006, "", DuplicateClientId),
    (110_001, "", UnknownOrder),
    (110_003, "", Filter),
    (110_004, "", InsufficientFunds),
    (110_007, "", InsufficientFunds),
    (110_008, "", AlreadyDone),
    (110_010, "", AlreadyDone),
    (110_012, "", InsufficientFunds),
    (110_017, "reduce-only", ReduceOnly),
    (110_017, "", Filter),
    (110_020, "", Filter),
    (110_045, "", InsufficientFunds),
    (110_072, "", DuplicateClientId),
    (110_094, "", Filter),
    (170_007, "", OutcomeUnknown),
    (170_124, "", Filter),
    (170_131, "", InsufficientFunds),
    (170_132, "", Filter),
    (170_133, "", Filter),
    (170_134, "", Filter),
    (170_136, "", Filter),
    (170_137, "", Filter),
    (170_139, "", AlreadyDone),
    (170_140, "", Filter),
    (170_141, "", DuplicateClientId),
    (170_142, "", AlreadyDone),
    (170_143, "", AlreadyDone),
    (170_146, "", OutcomeUnknown),
    (170_193, "", Filter),
    (170_194, "", Filter),
    (170_213, "", UnknownOrder),
    (170_218, "", PostOnlyWouldTake),
    (170_810, "", Filter),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::venues::error::meaning;
    use RejectClass::Other;

    #[test]
    fn the_codes_of_both_products_have_their_meaning() {
        let cases: &[(i64, &str, RejectClass)] = &[
            (110_007, "ab not enough for new order", InsufficientFunds),
            (170_131, "Insufficient balance.", InsufficientFunds),
            (110_072, "OrderLinkedID is duplicate", DuplicateClientId),
            (170_141, "Duplicate clientOrderId", DuplicateClientId),
            (110_001, "Order does not exist", UnknownOrder),
            (170_213, "Order does not exist.", UnknownOrder),
            (110_017, "current position is zero, cannot fix reduce-only order qty", ReduceOnly),
            (110_017, "orderQty will be truncated to zero.", Filter),
            (10001, "Qty invalid", Filter),
            (10001, "category is not valid", Other),
            (10016, "Internal server error", OutcomeUnknown),
            (170_146, "Order creation timeout.", OutcomeUnknown),
        ];
        for (code, message, want) in cases {
            assert_eq!(meaning(TABLE, *code, message.as_bytes()), *want, "{code} {message}");
        }
    }
}
