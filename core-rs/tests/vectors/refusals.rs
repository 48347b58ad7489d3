//! What the venues' refusals mean: code and message of an answer, read off the documents.

use crate::common::listed;
use tidegate_core::units::{Product, Venue};
use tidegate_core::venues::{EventBuf, Query, RejectClass, ReplyVerdict, Role, codec};

use RejectClass::{
    AlreadyDone, Auth, Banned, DuplicateClientId, Filter, InsufficientFunds, Maintenance, Other,
    OutcomeUnknown, PostOnlyWouldTake, RateLimited, ReduceOnly, Timestamp, UnknownOrder, UnknownSymbol,
};

type Case = (u16, i64, &'static str, RejectClass);

fn class(venue: Venue, product: Product, status: u16, body: &str) -> RejectClass {
    let (table, mut out) = (listed(), EventBuf::default());
    let ctx = table.context(product, Role::Rest);
    let codec = codec(venue, product).unwrap();
    match codec.decode_reply(&Query::Balances, &ctx, status, body.as_bytes(), &mut out) {
        Ok(ReplyVerdict::Refused(reject)) => reject.class,
        other => panic!("{body}: {other:?}"),
    }
}

fn check(venue: Venue, cases: &[Case], body: impl Fn(i64, &str) -> String) {
    for (status, code, message, want) in cases {
        let body = body(*code, message);
        assert_eq!(class(venue, Product::Linear, *status, &body), *want, "{status} {body}");
    }
}

#[test]
fn okx_codes_have_their_meaning_and_an_unknown_one_is_other() {
    let cases = [
        (51008, InsufficientFunds),
        (51016, DuplicateClientId),
        (51400, UnknownOrder),
        (51603, UnknownOrder),
        (51001, UnknownSymbol),
        (50004, OutcomeUnknown),
        (51054, OutcomeUnknown),
        (50011, RateLimited),
        (50113, Auth),
        (50102, Timestamp),
        (51169, ReduceOnly),
        (50037, Timestamp),
        (51150, Filter),
        (59999, Other),
    ]
    .map(|(code, want)| (200, code, "whatever it says", want));
    check(Venue::Okx, &cases, |code, message| format!(r#"{{"code":"{code}","msg":"{message}","data":[]}}"#));
}

#[test]
fn bitget_codes_have_their_meaning_and_an_unknown_one_is_other() {
    let cases = [
        (43012, InsufficientFunds),
        (40762, InsufficientFunds),
        (43118, DuplicateClientId),
        (45034, DuplicateClientId),
        (43001, UnknownOrder),
        (40109, UnknownOrder),
        (40309, UnknownSymbol),
        (40010, OutcomeUnknown),
        (429, RateLimited),
        (40009, Auth),
        (40008, Timestamp),
        (45110, Filter),
        (30014, Timestamp),
        (45055, AlreadyDone),
        // Leverage unchanged, a stop's price, a withdrawal: none of an order's business.
        (45054, Other),
        (45122, Other),
        (43112, Other),
        (99999, Other),
    ]
    .map(|(code, want)| (400, code, "whatever it says", want));
    check(Venue::Bitget, &cases, |code, message| {
        format!(r#"{{"code":"{code}","msg":"{message}","data":null}}"#)
    });
}

#[test]
fn bybit_codes_of_both_products_have_their_meaning() {
    let cases = [
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
        // Of one instrument; they say nothing of the venue or the account.
        (110_074, "This contract is not live", Other),
        (170_157, "The trading pair is not available for api trading", Other),
        (170_121, "Invalid symbol.", UnknownSymbol),
        (10001, "params error: symbol invalid", UnknownSymbol),
        (170_146, "Order creation timeout.", OutcomeUnknown),
    ]
    .map(|(code, message, want)| (200, code, message, want));
    check(Venue::Bybit, &cases, |code, message| {
        format!(r#"{{"retCode":{code},"retMsg":"{message}","result":{{}},"time":1}}"#)
    });
}

#[test]
fn binance_messages_tell_apart_what_the_code_does_not() {
    let cases: [Case; 17] = [
        (400, -2010, "Account has insufficient balance for requested action.", InsufficientFunds),
        (400, -2010, "Duplicate order sent.", DuplicateClientId),
        (400, -2010, "Order would immediately match and take.", PostOnlyWouldTake),
        (400, -2010, "Something new.", Other),
        (400, -1013, "Filter failure: LOT_SIZE", Filter),
        (400, -2011, "Unknown order sent.", UnknownOrder),
        (400, -1121, "Invalid symbol.", UnknownSymbol),
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
    let body = |code: i64, message: &str| format!(r#"{{"code":{code},"msg":"{message}"}}"#);
    check(Venue::Binance, &cases, body);
    let spot = class(Venue::Binance, Product::Spot, 503, &body(0, "Service Unavailable."));
    assert_eq!(spot, OutcomeUnknown, "only USDT-M's answer says that nothing was done");
}
