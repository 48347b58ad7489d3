"""What the trading process may ask, and what is refused before anything is done."""

import orjson
import pytest

from tidegate.bridge.refusals import RefusalError, Word
from tidegate.bridge.requests import ARGS_MAX, client_of, frame_of, number_of, symbol_of, wanted_of
from tidegate.bridge.shapes import Object

ORDER: Object = {
    "symbol": "BTC-USDT", "clientId": "TGA70010000010", "side": "sell", "kind": "ioc", "qty": "0.010", "px": "60000",
}  # fmt: skip


def test_an_order_is_read_to_the_last_digit() -> None:
    wanted = wanted_of(ORDER)
    assert (wanted.symbol, wanted.client, wanted.side, wanted.kind) == ("BTC-USDT", "TGA70010000010", "sell", "ioc")
    assert (f"{wanted.qty:f}", f"{wanted.px:f}") == ("0.010", "60000")
    market = wanted_of({name: value for name, value in ORDER.items() if name != "px"} | {"kind": "market"})
    assert market.px is None


@pytest.mark.parametrize(
    "change",
    [{"side": "both"}, {"kind": "stop"}, {"kind": "market", "side": "buy"}, {"qty": "1e3"}, {"qty": "-1"}, {"qty": 1},
     {"qty": "1" * 30}, {"qty": "01"}, {"px": ""}, {"px": "NaN"}, {"px": "0x1"}, {"symbol": "BTC/USDT"},
     {"symbol": "btc-usdt"}, {"clientId": "TG"}, {"clientId": "TGA70010000010;"}, {"clientId": None}],
)  # fmt: skip
def test_an_order_that_says_something_odd_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(RefusalError) as refused:
        wanted_of({**ORDER, **change})
    assert refused.value.word is Word.FILTER


def test_a_frame_has_an_operation_and_arguments() -> None:
    frame = frame_of('{"id":"c1","op":"place","expires":"1700000000000","args":[{"a":1},{"b":2}]}')
    assert (frame.op, frame.request_id, frame.expires_ms, len(frame.args)) == ("place", "c1", 1_700_000_000_000, 2)
    assert frame_of('{"op":"login","args":[{}]}').expires_ms == 0


@pytest.mark.parametrize(
    "data",
    ["", "[]", "{}", '{"op":"x","args":[]}', '{"op":"x","args":[1]}', '{"op":"x","args":{}}', '{"op":"x"',
     '{"op":"x","args":[{}],"expires":5}', '{"op":"x","args":[{}],"expires":"soon"}', "[" * 100_000,
     orjson.dumps({"op": "x", "args": [{}] * (ARGS_MAX + 1)}).decode()],
)  # fmt: skip
def test_what_is_no_frame_is_refused(data: str) -> None:
    with pytest.raises(RefusalError):
        frame_of(data)


def test_numbers_of_a_query_are_bounded() -> None:
    assert number_of({}, "limit", default=50, largest=100) == 50
    assert number_of({"limit": "7"}, "limit", default=50, largest=100) == 7
    assert number_of({"limit": "9999"}, "limit", default=50, largest=100) == 100
    for text in ("-1", "1.5", "x", "", "9" * 17, "\u0663"):
        with pytest.raises(RefusalError):
            number_of({"limit": text}, "limit", default=50, largest=100)
    assert (symbol_of({"symbol": "A-B"}), client_of(ORDER)) == ("A-B", "TGA70010000010")
