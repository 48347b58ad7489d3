//! What OKX's refusals mean. Document: "Error Code" of the v5 API (REST 50000-59999, WebSocket 60000-64999).

use crate::venues::RejectClass;
use crate::venues::error::Meaning;
use RejectClass::{
    AlreadyDone, Auth, DuplicateClientId, Filter, InsufficientFunds, Maintenance, OutcomeUnknown,
    PostOnlyWouldTake, RateLimited, ReduceOnly, Timestamp, UnknownOrder,
};

pub(super) const TABLE: &[Meaning] = &[
    // The service is away; nothing was done.
    (50001, "", Maintenance),
    // "Endpoint request timeout (does not mean that the request was successful or failed)".
    (50004, "", OutcomeUnknown),
    (50011, "", RateLimited),
    (50013, "", RateLimited),
    (50026, "", OutcomeUnknown),
    (50040, "", RateLimited),
    (50061, "", RateLimited),
    (50100, "", Auth),
    (50101, "", Auth),
    (50102, "", Timestamp),
    (50103, "", Auth),
    (50104, "", Auth),
    (50105, "", Auth),
    (50106, "", Auth),
    (50107, "", Timestamp),
    (50110, "", Auth),
    (50111, "", Auth),
    (50112, "", Timestamp),
    (50113, "", Auth),
    (50114, "", Auth),
    (50119, "", Auth),
    (50120, "", Auth),
    // Request expired before it was worked on (`expTime`).
    (50036, "", Timestamp),
    (51006, "", Filter),
    (51008, "", InsufficientFunds),
    (51016, "", DuplicateClientId),
    (51020, "", Filter),
    (51022, "", Maintenance),
    (51028, "", Maintenance),
    (51054, "", OutcomeUnknown),
    (51112, "", ReduceOnly),
    (51121, "", Filter),
    (51127, "", InsufficientFunds),
    (51131, "", InsufficientFunds),
    (51136, "", Filter),
    (51137, "", Filter),
    (51138, "", Filter),
    (51149, "", OutcomeUnknown),
    (51169, "", ReduceOnly),
    (51201, "", Filter),
    (51202, "", Filter),
    (51250, "", Filter),
    // "Cancellation failed as the order has been filled, canceled or does not exist": the venue does not tell which.
    (51400, "", UnknownOrder),
    (51401, "", AlreadyDone),
    (51402, "", AlreadyDone),
    (51405, "", UnknownOrder),
    (51410, "", AlreadyDone),
    (51503, "", UnknownOrder),
    (51509, "", AlreadyDone),
    (51510, "", AlreadyDone),
    (51603, "", UnknownOrder),
    (51736, "", InsufficientFunds),
    (51837, "", PostOnlyWouldTake),
    (60004, "", Timestamp),
    (60005, "", Auth),
    (60006, "", Timestamp),
    (60007, "", Auth),
    (60009, "", Auth),
    (60011, "", Auth),
    (60014, "", RateLimited),
    (60022, "", Auth),
    (60024, "", Auth),
    (60032, "", Auth),
    (63999, "", OutcomeUnknown),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::venues::error::meaning;

    #[test]
    fn the_codes_have_their_meaning_and_an_unknown_one_is_other() {
        let cases = [
            (51008, InsufficientFunds),
            (51016, DuplicateClientId),
            (51400, UnknownOrder),
            (51603, UnknownOrder),
            (50004, OutcomeUnknown),
            (51054, OutcomeUnknown),
            (50011, RateLimited),
            (50113, Auth),
            (50102, Timestamp),
            (51169, ReduceOnly),
            (59999, RejectClass::Other),
        ];
        for (code, want) in cases {
            assert_eq!(meaning(TABLE, code, b"whatever it says"), want, "{code}");
        }
    }
}
