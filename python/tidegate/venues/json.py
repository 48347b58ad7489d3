"""Typed access to a venue's JSON, so that a wrong shape is one clear error and no unchecked value gets past."""

from collections.abc import Callable
from decimal import Decimal, InvalidOperation

import orjson

from tidegate.venues.spec import Kline, Ticker, VenueReplyError

Object = dict[str, object]


def parse_object(body: bytes) -> Object:
    """The top-level object. Raises VenueReplyError."""
    return as_object(_parse(body), "reply")


def parse_array(body: bytes) -> list[object]:
    """The top-level array. Raises VenueReplyError."""
    return as_array(_parse(body), "reply")


def _parse(body: bytes) -> object:
    try:
        value: object = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise VenueReplyError(f"the reply is not JSON: {body[:80]!r}") from None
    return value


def as_object(value: object, name: str) -> Object:
    if not isinstance(value, dict):
        raise VenueReplyError(f"{name} is not an object")
    return value


def as_array(value: object, name: str) -> list[object]:
    if not isinstance(value, list):
        raise VenueReplyError(f"{name} is not an array")
    return value


def field(record: Object, name: str) -> object:
    """A required field."""
    if name not in record:
        raise VenueReplyError(f"field {name} is missing")
    return record[name]


def text(record: Object, name: str) -> str:
    """A required string."""
    value = field(record, name)
    if not isinstance(value, str):
        raise VenueReplyError(f"field {name} is not a string")
    return value


def text_or_none(record: Object, name: str) -> str | None:
    """A string that may be absent or empty."""
    value = record.get(name)
    return value if isinstance(value, str) and value else None


def flag(record: Object, name: str) -> bool:
    """A required truth value."""
    value = field(record, name)
    if not isinstance(value, bool):
        raise VenueReplyError(f"field {name} is not true or false")
    return value


def integer(record: Object, name: str) -> int:
    """A required integer, as a number or as digits."""
    value = field(record, name)
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise VenueReplyError(f"field {name} is not an integer")
    try:
        return int(value)
    except ValueError:
        raise VenueReplyError(f"field {name} is not an integer") from None


def decimal(record: Object, name: str) -> Decimal:
    """A required decimal, as text."""
    try:
        value = Decimal(text(record, name))
    except InvalidOperation:
        raise VenueReplyError(f"{name} is not a number") from None
    if not value.is_finite():
        raise VenueReplyError(f"{name} is not a number")
    return value


def percent_of(record: Object, name: str) -> str | None:
    """A fraction that may be absent (-0.0068) in percent (-0.68), exact."""
    return None if text_or_none(record, name) is None else f"{decimal(record, name) * 100:f}"


def ticker_of(row: Object, names: str, *, change: str | None, ts: int | None) -> Ticker:
    """A ticker; `names` are the venue's for last, bid, ask, open, high, low, volume and quote volume, `-` for none."""
    last, *others = names.split()
    bid, ask, opened, high, low, volume, quote_volume = (text_or_none(row, name) for name in others)
    return Ticker(
        last=text(row, last),
        bid=bid,
        ask=ask,
        open=opened,
        high=high,
        low=low,
        volume=volume,
        quoteVolume=quote_volume,
        changePercent=change,
        ts=ts,
    )


def kline_of(row: list[object], volume: int = 5) -> Kline:
    """[time, open, high, low, close, ...], time in ms, text or number; `volume` is the place of the base volume."""
    match row[:5], row[volume : volume + 1]:
        case [str() | int() as ts, str(opened), str(high), str(low), str(close)], [str(amount)] if str(ts).isdigit():
            return Kline(int(ts), opened, high, low, close, amount)
        case _:
            raise VenueReplyError("a kline is not of the documented form")


def data_of(body: bytes, *, fine: str) -> object:
    """`data` of {"code":fine,"msg":"","data":...}; another code is the venue's error, whatever the HTTP status."""
    record = parse_object(body)
    code = text(record, "code")
    if code != fine:
        raise VenueReplyError(text_or_none(record, "msg") or "", code)
    return field(record, "data")


def failure_of(status: int, body: bytes, read: Callable[[bytes], object]) -> VenueReplyError:
    """The venue's own error where `read` finds one in the body, else the HTTP status."""
    try:
        read(body)
    except VenueReplyError as failure:
        if failure.code:
            return failure
    return VenueReplyError(f"HTTP {status}", str(status))


def levels(value: object, name: str) -> tuple[tuple[str, str], ...]:
    """[[price, quantity, ...], ...] as texts; some lists write numbers."""
    rows = [as_array(row, name) for row in as_array(value, name)]
    if not all(len(row) >= 2 for row in rows):
        raise VenueReplyError(f"{name} has a level that is not two numbers")
    return tuple((_digits(row[0], name), _digits(row[1], name)) for row in rows)


def _digits(value: object, name: str) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise VenueReplyError(f"{name} has a level that is not two numbers")
    return f"{Decimal(repr(value)):f}"
