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
    (OutcomeUnknown, "", &[10000]),
    (ReduceOnly, "reduce", &[10001]),
    (Filter, "qty", &[10001]),
    (Filter, "Qty", &[10001]),
    (Filter, "price", &[10001]),
    (Timestamp, "", &[10002]),
    (Auth, "", &[10003]),
    (Auth, "", &[10004]),
    (Auth, "", &[10005]),
    (RateLimited, "", &[10006]),
    (Auth, "", &[10007]),
    (Banned, "", &[10009]),
    (Auth, "", &[10010]),
    (OutcomeUnknown, "", &[10016]),
    (RateLimited, "", &[10018]),
    (Maintenance, "", &[10019]),
    (Auth, "", &[10024]),
    (Auth, "", &[10027]),
    (RateLimited, "", &[10403]),
    (RateLimited, "", &[10429]),
    (RateLimited, "", &[429]),
    (DuplicateClientId, "", &[20006]),
    (UnknownOrder, "", &[110_001]),
    (Filter, "", &[110_003]),
    (InsufficientFunds, "", &[110_004]),
    (InsufficientFunds, "", &[110_007]),
    (AlreadyDone, "", &[110_008]),
    (AlreadyDone, "", &[110_010]),
    (InsufficientFunds, "", &[110_012]),
    (ReduceOnly, "reduce-only", &[110_017]),
    (Filter, "", &[110_017]),
    (Filter, "", &[110_020]),
    (InsufficientFunds, "", &[110_045]),
    (DuplicateClientId, "", &[110_072]),
    (Filter, "", &[110_094]),
    (OutcomeUnknown, "", &[170_007]),
    (Filter, "", &[170_124]),
    (InsufficientFunds, "", &[170_131]),
    (Filter, "", &[170_132]),
    (Filter, "", &[170_133]),
    (Filter, "", &[170_134]),
    (Filter, "", &[170_136]),
    (Filter, "", &[170_137]),
    (AlreadyDone, "", &[170_139]),
    (Filter, "", &[170_140]),
    (DuplicateClientId, "", &[170_141]),
    (AlreadyDone, "", &[170_142]),
    (AlreadyDone, "", &[170_143]),
    (OutcomeUnknown, "", &[170_146]),
    (Filter, "", &[170_193]),
    (Filter, "", &[170_194]),
    (UnknownOrder, "", &[170_213]),
    (PostOnlyWouldTake, "", &[170_218]),
    (Filter, "", &[170_810]),
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
