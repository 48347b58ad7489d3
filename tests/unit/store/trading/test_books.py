"""Average costs and fees, reckoned by hand."""

from decimal import Decimal

import pytest

from tidegate.store.trading.books import Book, fill_of, strategy_of

D = Decimal


@pytest.mark.parametrize(
    ("held", "trade", "after", "realised"),
    [
        (("0", "0"), ("buy", "2", "200"), ("2", "200"), "0"),
        (("2", "200"), ("buy", "1", "130"), ("3", "330"), "0"),
        (("3", "330"), ("sell", "1", "120"), ("2", "220"), "10"),
        (("2", "220"), ("sell", "2", "200"), ("0", "0"), "-20"),
        (("0", "0"), ("sell", "2", "200"), ("-2", "-200"), "0"),
        (("-2", "-200"), ("buy", "1", "90"), ("-1", "-100"), "10"),
        (("-1", "-100"), ("buy", "3", "330"), ("2", "220"), "-10"),
        (("3", "100"), ("sell", "1", "40"), ("2", "66.666666666666666667"), "6.666666666666666667"),
    ],
    ids=["opens", "adds", "closes a part", "closes all", "opens short", "closes short", "through zero", "thirds"],
)
def test_what_closes_realises_against_the_average_cost(
    held: tuple[str, str], trade: tuple[str, str, str], after: tuple[str, str], realised: str
) -> None:
    book, gained = Book(D(held[0]), D(held[1])).after(trade[0], D(trade[1]), D(trade[2]))
    assert (book, gained) == (Book(D(after[0]), D(after[1])), D(realised))


def test_thirds_lose_nothing_until_all_is_closed() -> None:
    book, total = Book(D(3), D(100)), D(0)
    for _ in range(3):
        book, realised = book.after("sell", D(1), D(40))
        total += realised
    assert (book, total) == (Book(D(0), D(0)), D(20))


@pytest.mark.parametrize(
    ("symbol", "fee", "value"),
    [
        ("ETHUSDT", ("0.5", "USDT"), "0.5"),
        ("ETHUSDT", ("0.001", "ETH"), "3"),
        ("ETH-USDT", ("-0.001", "ETH"), "-3"),
        ("ETH-USDT-SWAP", ("0.5", "USDT"), "0.5"),
        ("ETHUSDT", ("0.5", "BNB"), "0"),
        ("ETHUSDT", None, "0"),
    ],
    ids=["quote", "base", "rebate", "swap", "third asset", "none"],
)
def test_a_fee_is_valued_as_the_core_values_it(symbol: str, fee: tuple[str, str] | None, value: str) -> None:
    amount, asset = fee or (None, None)
    row = {
        "exchange": "okx", "account": "main", "product": "spot", "symbol": symbol, "side": "buy", "ts": 1,
        "price": D(3000), "qty": D(1), "fee": None if amount is None else D(amount), "fee_asset": asset,
        "plan_id": None, "order_id": "TGA7000001",
    }  # fmt: skip
    assert fill_of(row).value == D(value)


@pytest.mark.parametrize(
    ("plan_id", "order_id", "strategy"),
    [
        ("plan_000001", "a", "arbitrage"),
        ("twap_001", "a", "twap"),
        ("protect_001", "a", "protection"),
        (None, "a", "order"),
        (None, None, "external"),
    ],
)
def test_who_traded_is_read_from_the_plans_name(plan_id: str | None, order_id: str | None, strategy: str) -> None:
    assert strategy_of(plan_id, order_id) == strategy
