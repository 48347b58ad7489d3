"""Channel names: a small grammar, and nothing beside it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.api.channels import (
    CONFLATED_TOPICS,
    LOSSLESS_TOPICS,
    Channel,
    channels_of,
    parse_channel,
)
from tidegate.model.errors import TidegateError

GOOD = {
    "prices:binance:spot:BTCUSDT": Channel("prices:binance:spot:BTCUSDT", "binance:spot:BTCUSDT"),
    "prices:binance:BTCUSDT": Channel("prices:binance:spot:BTCUSDT", "binance:spot:BTCUSDT"),
    "prices:okx:linear:BTC-USDT": Channel("prices:okx:linear:BTC-USDT", "okx:linear:BTC-USDT"),
    "pairs:*": Channel("pairs:*"),
    "pairs:bybit_binance_btc": Channel("pairs:bybit_binance_btc"),
    "orders": Channel("orders"),
    "twap": Channel("twap"),
    "plans": Channel("plans"),
    "balances": Channel("balances"),
    "status": Channel("status"),
    "alerts": Channel("alerts"),
}
BAD = [
    "",
    "*",
    "prices",
    "pairs",
    "pairs:",
    "pairs:a b",
    "prices:*",
    "prices:binance:option:BTCUSDT",
    "prices:binance:spot:",
    "prices:binance:spot:BTC USDT",
    "orders:1",
    "Orders",
    "secrets",
    "pairs:" + "x" * 200,
]


@pytest.mark.parametrize(("text", "channel"), GOOD.items(), ids=GOOD.keys())
def test_a_channel_is_known_in_its_full_form(text: str, channel: Channel) -> None:
    assert parse_channel(text) == channel


@pytest.mark.parametrize("text", BAD, ids=repr)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(TidegateError, match="no such channel"):
        parse_channel(text)


@given(st.text(max_size=150))
def test_any_text_is_a_channel_or_refused(text: str) -> None:
    try:
        channel = parse_channel(text)
    except TidegateError:
        return
    assert channel.topic.isascii()


def test_a_pairs_topic_goes_out_to_those_who_want_all() -> None:
    assert channels_of("pairs:a") == ("pairs:a", "pairs:*")
    assert channels_of("orders") == ("orders",)


def test_every_topic_is_listened_to_once() -> None:
    assert LOSSLESS_TOPICS == ("orders", "twap", "plans", "alerts")
    assert CONFLATED_TOPICS == ("prices:*", "pairs:*", "balances", "status")
