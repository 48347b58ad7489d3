//! Price-time priority: what an order would match, computed before anything changes.

use super::{Book, rank};
use crate::units::Side;

/// One match. At equal prices the market's liquidity stands before clients' orders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Match {
    pub px: i64,
    pub qty: i64,
    /// The resting client order; `None` is market liquidity.
    pub maker: Option<u64>,
}

/// Matches for `qty` against the other side, best first, not beyond `limit`. `left` tells a resting order's remainder.
pub(crate) fn walk(
    book: &Book,
    side: Side,
    limit: Option<i64>,
    qty: i64,
    left: impl Fn(u64) -> i64,
) -> Vec<Match> {
    let other = side.opposite();
    let ladder = book.side(other);
    let worst = limit.map_or(i64::MAX, |px| rank(other, px));
    let mut synth = ladder.synth.iter().filter(|(_, level)| level.qty > 0).peekable();
    let mut resting = ladder.resting.iter().peekable();
    let mut wanted = qty;
    let mut matches = Vec::new();
    while wanted > 0 {
        let market = synth.peek().map(|(rank, level)| (**rank, level.qty));
        let client = resting.peek().map(|(rank, id)| (*rank, *id));
        let (at, offered, maker) = match (market, client) {
            (Some((at, offered)), Some((theirs, _))) if at <= theirs => (at, offered, None),
            (_, Some((at, id))) => (at, left(id), Some(id)),
            (Some((at, offered)), None) => (at, offered, None),
            (None, None) => break,
        };
        if at > worst {
            break;
        }
        let _ = if maker.is_some() { resting.next().is_some() } else { synth.next().is_some() };
        let taken = wanted.min(offered);
        matches.push(Match { px: at.abs(), qty: taken, maker });
        wanted -= taken;
    }
    matches
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::model::SynthLevel;

    fn book() -> Book {
        let mut book = Book::default();
        for (px, qty) in [(100, 5), (101, 5), (103, 5)] {
            book.asks.synth.insert(px, SynthLevel { qty, epoch: 0 });
        }
        book.bids.synth.insert(-99, SynthLevel { qty: 5, epoch: 0 });
        book.asks.rest(101, 8, 2);
        book.asks.rest(102, 7, 4);
        book
    }

    /// (side, limit, quantity, matches as (price, quantity, client order)).
    type Case = (Side, Option<i64>, i64, &'static [(i64, i64, Option<u64>)]);

    #[test]
    fn matches_go_by_price_then_market_then_time() {
        let cases: &[Case] = &[
            (Side::Buy, Some(99), 10, &[]),
            (Side::Buy, Some(100), 3, &[(100, 3, None)]),
            (Side::Buy, Some(100), 9, &[(100, 5, None)]),
            (
                Side::Buy,
                Some(102),
                14,
                &[(100, 5, None), (101, 5, None), (101, 2, Some(8)), (102, 2, Some(7))],
            ),
            (
                Side::Buy,
                None,
                99,
                &[(100, 5, None), (101, 5, None), (101, 2, Some(8)), (102, 4, Some(7)), (103, 5, None)],
            ),
            (Side::Sell, Some(99), 6, &[(99, 5, None)]),
            (Side::Sell, Some(100), 6, &[]),
        ];
        for (side, limit, qty, want) in cases {
            let left = |id| if id == 8 { 2 } else { 4 };
            let got = walk(&book(), *side, *limit, *qty, left);
            let got: Vec<_> = got.iter().map(|m| (m.px, m.qty, m.maker)).collect();
            assert_eq!(got, *want, "{side:?} {limit:?} {qty}");
        }
    }
}
