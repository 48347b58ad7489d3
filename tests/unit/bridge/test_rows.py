"""ccxt's structures as rows of the wire; what can not be understood proves nothing."""

import pytest
from tests.unit.bridge.doubles import BTC, NOW

from tidegate.bridge.markets import TICK_SIZE, Market, market_of
from tidegate.bridge.refusals import RefusalError, Word
from tidegate.bridge.rows import LEVELS_MAX, balance_rows, book_row, fill_row, order_row, trade_row

ORDER: dict[str, object] = {
    "id": "OAG6TD", "side": "buy", "amount": "0.5", "filled": "0.2", "price": "60000", "status": "open", "timestamp": 7,
}  # fmt: skip
TRADE: dict[str, object] = {
    "id": "T1", "order": "OAG6TD", "side": "sell", "price": "60000.10", "amount": "0.20", "timestamp": 9,
    "fee": {"cost": "0.0000001", "currency": "btc"}, "takerOrMaker": "maker",
}  # fmt: skip


@pytest.fixture
def market() -> Market:
    found = market_of(BTC, TICK_SIZE)
    assert found is not None
    return found


STATES = {
    "open": ("open", "0", "open"),
    "partly": ("open", "0.2", "partial"),
    "being cancelled": ("canceling", "0", "open"),
    "all": ("closed", "0.5", "filled"),
    "ended before all": ("closed", "0.2", "cancelled"),
    "cancelled": ("canceled", "0.2", "cancelled"),
    "expired": ("expired", "0", "expired"),
    "rejected": ("rejected", "0", "rejected"),
}


@pytest.mark.parametrize(("status", "filled", "state"), STATES.values(), ids=STATES.keys())
def test_a_state_is_read_with_what_is_filled(market: Market, status: str, filled: str, state: str) -> None:
    row = order_row(ORDER | {"status": status, "filled": filled}, market, "TGA70010000010", NOW)
    assert row == {
        "symbol": "BTC-USDT", "orderId": "OAG6TD", "clientId": "TGA70010000010", "side": "buy", "state": state,
        "qty": "0.5", "filled": filled, "px": "60000", "ts": "7",
    }  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [{"status": "new"}, {"status": None}, {"filled": None}, {"amount": None}, {"amount": "much"}, {"side": "both"},
     {"id": ""}, {"id": 7}, {"id": "x" * 41}, {"id": "a b"}],
)  # fmt: skip
def test_an_order_that_is_not_understood_proves_nothing(market: Market, change: dict[str, object]) -> None:
    with pytest.raises(RefusalError) as refused:
        order_row(ORDER | change, market, "", NOW)
    assert refused.value.word is Word.OUTCOME_UNKNOWN


def test_a_fill_says_what_was_paid_and_an_unnamed_fee_is_nothing_in_quote_coin(market: Market) -> None:
    row = fill_row(TRADE, market, "")
    assert (row["px"], row["qty"], row["fee"], row["feeAsset"], row["role"]) == (
        "60000.1", "0.2", "0.0000001", "BTC", "maker",
    )  # fmt: skip
    bare = fill_row(TRADE | {"fee": None, "takerOrMaker": None}, market, "")
    assert (bare["fee"], bare["feeAsset"], bare["role"]) == ("0", "USDT", "taker")
    for change in ({"timestamp": None}, {"price": None}, {"order": None}, {"id": None}):
        with pytest.raises(RefusalError):
            fill_row(TRADE | change, market, "")


def test_balances_add_up_whichever_part_is_left_out() -> None:
    found = balance_rows(
        {
            "total": {"BTC": "1.5", "eth": "2", "USDT": "10", "XRP": None},
            "free": {"BTC": "1", "eth": "2"},
            "used": {"BTC": "0.5", "USDT": "4"},
        },
        NOW,
    )
    assert [(row["asset"], row["free"], row["locked"]) for row in found] == [
        ("BTC", "1", "0.5"), ("ETH", "2", "0"), ("USDT", "6", "4"),
    ]  # fmt: skip


def test_a_book_is_cut_to_its_best_levels_and_dust_is_no_level(market: Market) -> None:
    bids = [[60000 - step, 1.0] for step in range(60)]
    row = book_row({"bids": bids, "asks": [[60000.1, 0.000001], [60000.30000000001, 0.5]]}, market, 4, NOW)
    assert row["asks"] == [("60000.3", "0.5")]
    assert (len(row["bids"]), row["bids"][0], row["ts"]) == (LEVELS_MAX, ("60000", "1"), str(NOW))  # type: ignore[arg-type, index]
    for level in ([60000], ["x", 1], [-1, 1], [1, -1], None):
        with pytest.raises(RefusalError):
            book_row({"bids": [level], "asks": []}, market, 4, NOW)


def test_a_public_trade_that_does_not_say_everything_is_left_out(market: Market) -> None:
    trade = {"price": 60000.1, "amount": 0.5, "side": "buy", "timestamp": 9}
    assert trade_row(trade, market) == {"px": "60000.1", "qty": "0.5", "side": "buy", "ts": "9"}
    for change in ({"side": None}, {"timestamp": None}, {"amount": 0.000001}, {"price": None}):
        assert trade_row(trade | change, market) is None
