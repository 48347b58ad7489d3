"""Frames and queries of the trading process, checked before anything is done. All raise RefusalError."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import orjson

from tidegate.bridge.account import KINDS, Wanted
from tidegate.bridge.refusals import RefusalError, Word
from tidegate.bridge.shapes import Object, as_list, as_object, decimal, text_or_empty

ARGS_MAX: Final = 100
"""Streams of one request."""
CLIENT: Final = re.compile(r"[A-Z0-9]{14}", re.ASCII)
ORDER_ID: Final = re.compile(r"[\x21-\x7e]{1,40}", re.ASCII)
SYMBOL: Final = re.compile(r"[A-Z0-9]{1,11}-[A-Z0-9]{1,11}", re.ASCII)
_DIGITS: Final = re.compile(r"[0-9]{1,16}", re.ASCII)
_AMOUNT: Final = re.compile(r"(0|[1-9][0-9]{0,19})(\.[0-9]{1,18})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Frame:
    """One request on a socket. request_id: what the answer names."""

    op: str
    request_id: str
    args: tuple[Object, ...]
    expires_ms: int


def frame_of(data: str) -> Frame:
    """Raises RefusalError for what is no request."""
    try:
        body = as_object(orjson.loads(data), "request")
        args = tuple(as_object(arg, "arg") for arg in as_list(body.get("args"), "args"))
    except (orjson.JSONDecodeError, RefusalError):
        raise RefusalError(Word.FILTER, "a request is a JSON object with op and args") from None
    if not 1 <= len(args) <= ARGS_MAX:
        raise RefusalError(Word.FILTER, f"1 to {ARGS_MAX} args")
    request_id = text_or_empty(body, "id")
    return Frame(text_or_empty(body, "op"), request_id[:64], args, _number(body.get("expires"), "expires", default=0))


def wanted_of(arg: Object) -> Wanted:
    kind = text_or_empty(arg, "kind")
    side = text_or_empty(arg, "side")
    if kind not in KINDS or side not in {"buy", "sell"} or (kind, side) == ("market", "buy"):
        raise RefusalError(Word.FILTER, "no such kind or side of an order")
    amounts = [text_or_empty(arg, name) for name in ("qty", "px")]
    if kind == "market":
        amounts.pop()
    if not all(_AMOUNT.fullmatch(amount) for amount in amounts):
        raise RefusalError(Word.FILTER, "amounts are plain decimal text")
    qty, px = decimal(amounts[0]), decimal(amounts[1]) if len(amounts) == 2 else None
    if qty is None:
        raise RefusalError(Word.FILTER, "an order without a quantity")
    return Wanted(symbol_of(arg), client_of(arg), side, kind, qty, px)


def symbol_of(arg: Object | Mapping[str, str], name: str = "symbol") -> str:
    return _matching(arg, name, SYMBOL)


def client_of(arg: Object | Mapping[str, str]) -> str:
    return _matching(arg, "clientId", CLIENT)


def order_id_of(arg: Object | Mapping[str, str]) -> str:
    return _matching(arg, "orderId", ORDER_ID)


def number_of(query: Mapping[str, str], name: str, *, default: int, largest: int) -> int:
    return min(_number(query.get(name), name, default=default), largest)


def _number(value: object, name: str, *, default: int) -> int:
    if value is None:
        return default
    if not isinstance(value, str) or not _DIGITS.fullmatch(value):
        raise RefusalError(Word.FILTER, f"{name} is not a number")
    return int(value)


def _matching(arg: Mapping[str, object], name: str, form: re.Pattern[str]) -> str:
    value = text_or_empty(arg, name)
    if not form.fullmatch(value):
        raise RefusalError(Word.FILTER, f"{name} is not of the form that it has")
    return value
