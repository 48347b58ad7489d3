//! What Bitget's refusals mean. Documents: "RestAPI Error Code" (spot and futures), "Websocket Error Code".

use crate::venues::RejectClass;
use crate::venues::error::Meaning;
use RejectClass::{
    AlreadyDone, Auth, DuplicateClientId, Filter, InsufficientFunds, Maintenance, OutcomeUnknown,
    PostOnlyWouldTake, RateLimited, ReduceOnly, Timestamp, UnknownOrder,
};

pub(super) const TABLE: &[Meaning] = &[
    (429, "", RateLimited),
    (22001, "", UnknownOrder),
    (22002, "", ReduceOnly),
    (30004, "", Auth),
    (30005, "", Auth),
    (30006, "", RateLimited),
    (30007, "", RateLimited),
    (30011, "", Auth),
    (30012, "", Auth),
    (30013, "", Timestamp),
    (30014, "", Auth),
    (30015, "", Auth),
    (40001, "", Auth),
    (40002, "", Auth),
    (40003, "", Auth),
    (40004, "", Timestamp),
    (40005, "", Timestamp),
    (40006, "", Auth),
    (40008, "", Timestamp),
    (40009, "", Auth),
    // "Request timed out": the fate is open.
    (40010, "", OutcomeUnknown),
    (40011, "", Auth),
    (40012, "", Auth),
    (40014, "", Auth),
    (40015, "", OutcomeUnknown),
    (40018, "", Auth),
    (40037, "", Auth),
    (40109, "", UnknownOrder),
    (40200, "", Maintenance),
    (40725, "", OutcomeUnknown),
    (40754, "", InsufficientFunds),
    (40757, "", ReduceOnly),
    (40762, "", InsufficientFunds),
    (40768, "", UnknownOrder),
    (40786, "", DuplicateClientId),
    (40808, "", Filter),
    (43001, "", UnknownOrder),
    (43004, "", UnknownOrder),
    (43005, "", Filter),
    (43006, "", Filter),
    (43007, "", Filter),
    (43008, "", Filter),
    (43009, "", Filter),
    (43012, "", InsufficientFunds),
    (43027, "", Filter),
    (43112, "", Filter),
    (43118, "", DuplicateClientId),
    (45001, "", OutcomeUnknown),
    (45034, "", DuplicateClientId),
    (45035, "", Filter),
    (45110, "", Filter),
    (45111, "", Filter),
    (45112, "", Filter),
    (45115, "", Filter),
    (45122, "", PostOnlyWouldTake),
    (45054, "", AlreadyDone),
    (50060, "", DuplicateClientId),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::venues::error::meaning;

    #[test]
    fn the_codes_have_their_meaning_and_an_unknown_one_is_other() {
        let cases = [
            (43012, InsufficientFunds),
            (40762, InsufficientFunds),
            (43118, DuplicateClientId),
            (45034, DuplicateClientId),
            (43001, UnknownOrder),
            (40109, UnknownOrder),
            (40010, OutcomeUnknown),
            (429, RateLimited),
            (40009, Auth),
            (40008, Timestamp),
            (45110, Filter),
            (99999, RejectClass::Other),
        ];
        for (code, want) in cases {
            assert_eq!(meaning(TABLE, code, b"whatever it says"), want, "{code}");
        }
    }
}
