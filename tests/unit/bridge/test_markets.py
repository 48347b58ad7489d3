"""Markets of the exchange as instruments: steps by each of ccxt's precision modes, odd ones left out."""

from decimal import Decimal

import pytest
from tests.unit.bridge.doubles import BTC

from tidegate.bridge.markets import DECIMAL_PLACES, SIGNIFICANT_DIGITS, TICK_SIZE, Markets, market_of, step_of
from tidegate.bridge.refusals import RefusalError, Word


def test_a_market_is_named_by_its_coins_and_keeps_every_digit() -> None:
    market = market_of(BTC, TICK_SIZE)
    assert market is not None
    assert market.row() == {
        "symbol": "BTC-USDT", "base": "BTC", "quote": "USDT", "tick": "0.1", "lot": "0.00001", "qtyMin": "0.0001",
        "qtyMax": "1000000000", "notionalMin": "5", "feeMaker": "0.0016", "feeTaker": "0.0026", "status": "trading",
    }  # fmt: skip


STEPS = {
    "a tick": ("0.05", TICK_SIZE, "0.05"),
    "a tick as a float": (1e-8, TICK_SIZE, "1E-8"),
    "a tick above one": ("10", TICK_SIZE, "1E+1"),
    "decimals": (3, DECIMAL_PLACES, "0.001"),
    "decimals below zero": (-2, DECIMAL_PLACES, "1E+2"),
    "no decimals": (0, DECIMAL_PLACES, "1"),
}


@pytest.mark.parametrize(("value", "mode", "step"), STEPS.values(), ids=STEPS.keys())
def test_a_precision_is_a_step(value: object, mode: int, step: str) -> None:
    assert step_of(value, mode) == Decimal(step)


@pytest.mark.parametrize(
    ("value", "mode"),
    [(5, SIGNIFICANT_DIGITS), (None, TICK_SIZE), ("0", TICK_SIZE), ("-1", TICK_SIZE), ("1e-30", TICK_SIZE),
     ("NaN", TICK_SIZE), (True, TICK_SIZE), (2.5, DECIMAL_PLACES), (40, DECIMAL_PLACES), (3, 7)],
)  # fmt: skip
def test_what_is_no_step_of_one_size_is_none(value: object, mode: int) -> None:
    assert step_of(value, mode) is None


def test_what_is_not_spot_or_has_no_usable_name_or_steps_is_left_out() -> None:
    found = Markets(
        {
            "good": BTC,
            "swap": BTC | {"spot": False, "symbol": "BTC/USDT:USDT"},
            "long": BTC | {"base": "A" * 12, "symbol": "A/USDT"},
            "odd": BTC | {"base": "B/C", "symbol": "B/C/USDT"},
            "stepless": BTC | {"base": "ETH", "symbol": "ETH/USDT", "precision": {"price": None, "amount": "1"}},
        },
        TICK_SIZE,
    )
    assert set(found.by_symbol) == {"BTC-USDT"}
    with pytest.raises(RefusalError) as refused:
        found.named("ETH-USDT")
    assert refused.value.word is Word.UNKNOWN_SYMBOL


@pytest.mark.parametrize(("qty", "px"), [("0.000015", "60000"), ("0", "60000"), ("1", "60000.05"), ("1", "0")])
def test_an_order_off_the_steps_is_refused_and_never_cut(qty: str, px: str) -> None:
    market = market_of(BTC, TICK_SIZE)
    assert market is not None
    market.check(Decimal("0.00001"), Decimal("60000.1"))
    with pytest.raises(RefusalError) as refused:
        market.check(Decimal(qty), Decimal(px))
    assert refused.value.word is Word.FILTER


def test_floats_of_a_book_become_what_they_were() -> None:
    market = market_of(BTC, TICK_SIZE)
    assert market is not None
    assert market.near_tick(Decimal(repr(0.1 + 0.2))) == Decimal("0.3")
    assert market.whole_lots(Decimal("1.000019")) == Decimal("1.00001")
