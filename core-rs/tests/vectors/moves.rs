//! Movements without a trade in the logs of OKX and Bitget: which rows count, what they are, and how a log is asked for.

use crate::common::{listed, money, name};
use crate::requests::ask;
use tidegate_core::ledger::{MoveKind, MoveReport, Wallet};
use tidegate_core::units::{InstrumentId, Product, Venue};
use tidegate_core::venues::{DecodeError, Event, EventBuf, Query, ReplyVerdict, Role, codec};

const LOG: Query = Query::Moves { since: 5_000_000, from_id: None };

fn read(venue: Venue, product: Product, body: &str) -> Result<(Option<u64>, Vec<MoveReport>), DecodeError> {
    let (table, mut out) = (listed(), EventBuf::default());
    let ctx = table.context(product, Role::Rest);
    let verdict = codec(venue, product).unwrap().decode_reply(&LOG, &ctx, 200, body.as_bytes(), &mut out)?;
    let ReplyVerdict::Served { next } = verdict else { panic!("{verdict:?}") };
    let moved = |event: &Event| if let Event::Move(moved) = event { *moved } else { panic!("{event:?}") };
    Ok((next, out.events.iter().map(moved).collect()))
}

/// 1.5 USDT that came into the wallet at 1695033476167 ms.
fn moved(id: &str, wallet: Wallet, kind: MoveKind) -> MoveReport {
    MoveReport {
        id: name(id),
        kind,
        wallet,
        asset: name("USDT"),
        amount: money("1.5"),
        instrument: None,
        venue_ns: 1_695_033_476_167_000_000,
    }
}

fn okx(rows: &[(&str, &str, &str, &str)]) -> String {
    let row = |(id, kind, change, symbol): &(&str, &str, &str, &str)| {
        let product = if symbol.is_empty() { "" } else { "SWAP" };
        format!(
            r#"{{"billId":"{id}","type":"{kind}","subType":"11","ccy":"USDT","balChg":"{change}","bal":"9","instType":"{product}","instId":"{symbol}","ts":"1695033476167","fee":"0","pnl":"0"}}"#
        )
    };
    let rows: Vec<String> = rows.iter().map(row).collect();
    format!(r#"{{"code":"0","msg":"","data":[{}]}}"#, rows.join(","))
}

#[test]
fn okx_bills_tell_funding_and_transfers_and_leave_trades_to_the_trades() {
    let body = okx(&[
        ("623950854533513219", "8", "1.5", "BTC-USDT-SWAP"),
        ("623950854533513218", "1", "1.5", ""),
        ("623950854533513217", "1", "-1.5", ""),
        ("623950854533513216", "7", "-0.25", "BTC-USDT"),
        ("5", "2", "7", "BTC-USDT-SWAP"),
        ("4", "3", "7", "BTC-USDT-SWAP"),
        ("3", "5", "7", "BTC-USDT-SWAP"),
        ("2", "9", "7", "BTC-USDT-SWAP"),
    ]);
    let of = |id, kind| moved(id, Wallet::Unified, kind);
    let want = vec![
        MoveReport { instrument: Some(InstrumentId(5)), ..of("623950854533513219", MoveKind::Funding) },
        of("623950854533513218", MoveKind::Transfer),
        MoveReport { amount: money("-1.5"), ..of("623950854533513217", MoveKind::Transfer) },
        MoveReport { amount: money("-0.25"), ..of("623950854533513216", MoveKind::Other) },
    ];
    for product in [Product::Spot, Product::Linear] {
        assert_eq!(read(Venue::Okx, product, &body), Ok((None, want.clone())));
    }
    let full = vec![("77", "2", "7", "BTC-USDT-SWAP"); 100];
    assert_eq!(read(Venue::Okx, Product::Linear, &okx(&full)), Ok((Some(77), vec![])));
    for (from, to, wrong) in [
        (r#""balChg":"1.5""#, r#""balChg":"""#, DecodeError::Field("balChg")),
        (r#""ts":"1695033476167","#, "", DecodeError::Missing("ts")),
        (r#""billId":"1""#, r#""billId":"x""#, DecodeError::Field("billId")),
        (r#""type":"1","#, "", DecodeError::Missing("type")),
    ] {
        let body = okx(&[("1", "1", "1.5", "")]).replace(from, to);
        assert_eq!(read(Venue::Okx, Product::Linear, &body), Err(wrong), "{to}");
    }
}

#[test]
fn bitget_tells_each_wallet_in_a_log_of_its_own() {
    let row = |id: &str, group: &str, size: &str| {
        format!(
            r#"{{"billId":"{id}","coin":"usdt","groupType":"{group}","businessType":"x","size":"{size}","balance":"1","fees":"0","cTime":"1695033476167"}}"#
        )
    };
    let rows =
        [row("4", "transfer", "1.5"), row("3", "transaction", "9"), row("2", "financial", "-0.1")].join(",");
    let body = format!(r#"{{"code":"00000","message":"success","requestTime":1,"data":[{rows}]}}"#);
    let spot = |id, kind| moved(id, Wallet::Spot, kind);
    let want = vec![
        spot("4", MoveKind::Transfer),
        MoveReport { amount: money("-0.1"), ..spot("2", MoveKind::Other) },
    ];
    assert_eq!(read(Venue::Bitget, Product::Spot, &body), Ok((None, want)));

    let row = |id: &str, business: &str, amount: &str, symbol: &str| {
        format!(
            r#"{{"billId":"{id}","symbol":"{symbol}","amount":"{amount}","fee":"0","feeByCoupon":"","businessType":"{business}","coin":"USDT","balance":"1","cTime":"1695033476167"}}"#
        )
    };
    let rows = [
        row("4", "contract_settle_fee", "1.5", "BTCUSDT"),
        row("3", "trans_to_exchange", "-1.5", ""),
        row("2", "close_long", "3", "BTCUSDT"),
        row("1", "buy", "0", "BTCUSDT"),
    ];
    let body =
        |rows: &str| format!(r#"{{"code":"00000","msg":"success","data":{{"bills":{rows},"endId":"1"}}}}"#);
    let linear = |id, kind| moved(id, Wallet::Linear, kind);
    let want = vec![
        MoveReport { instrument: Some(InstrumentId(7)), ..linear("4", MoveKind::Funding) },
        MoveReport { amount: money("-1.5"), ..linear("3", MoveKind::Transfer) },
    ];
    let listed = body(&format!("[{}]", rows.join(",")));
    assert_eq!(read(Venue::Bitget, Product::Linear, &listed), Ok((None, want)));
    assert_eq!(read(Venue::Bitget, Product::Linear, &body("null")), Ok((None, vec![])));
}

#[test]
fn a_log_is_asked_from_a_time_that_the_venue_still_answers_for_and_by_page() {
    let page = Query::Moves { since: 5_000_000, from_id: Some(9) };
    // 1700000000000 ms, by our clock 250 ms less, less 167 and 719 hours.
    for (venue, product, target) in [
        (Venue::Okx, Product::Linear, "/api/v5/account/bills?begin=5&after=9&limit=100"),
        (
            Venue::Bitget,
            Product::Spot,
            "/api/v2/spot/account/bills?startTime=1697411599750&idLessThan=9&limit=100",
        ),
        (
            Venue::Bitget,
            Product::Linear,
            "/api/v2/mix/account/bill?productType=USDT-FUTURES&startTime=1697411599750&idLessThan=9&limit=100",
        ),
    ] {
        assert_eq!(ask(venue, product, &page).0, format!("GET {target}"));
    }
    let late = Query::Moves { since: 1_699_999_000_000_000_000, from_id: None };
    assert!(ask(Venue::Bitget, Product::Spot, &late).0.contains("startTime=1699999000000&limit=100"));
    let (line, _) = ask(Venue::Bybit, Product::Linear, &LOG);
    assert_eq!(line, "GET /v5/account/transaction-log?accountType=UNIFIED&startTime=1699398799750&limit=50");
    assert!(ask(Venue::Bybit, Product::Linear, &late).0.contains("startTime=1699999000000&"));
}

#[test]
fn fills_are_asked_from_a_time_that_the_venue_answers_up_to_now_for() {
    let fills = |since, from_id| Query::Fills { instrument: InstrumentId(7), since, from_id };
    for (venue, product, target) in [
        (Venue::Binance, Product::Spot, "/api/v3/myTrades?symbol=BTCUSDT&startTime=5&limit=1000"),
        (
            Venue::Binance,
            Product::Linear,
            "/fapi/v1/userTrades?symbol=BTCUSDT&startTime=1699398799750&limit=1000",
        ),
        (
            Venue::Bybit,
            Product::Linear,
            "/v5/execution/list?category=linear&symbol=BTCUSDT&startTime=1699398799750&limit=100",
        ),
    ] {
        let (line, _) = ask(venue, product, &fills(5_000_000, None));
        assert!(line.starts_with(&format!("GET {target}")), "{line}");
    }
    let (line, _) = ask(Venue::Binance, Product::Linear, &fills(5_000_000, Some(9)));
    assert!(line.starts_with("GET /fapi/v1/userTrades?symbol=BTCUSDT&fromId=9&limit=1000"), "{line}");
}
