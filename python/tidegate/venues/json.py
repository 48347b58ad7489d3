"""Typed access to a venue's JSON, so that a wrong shape is one clear error and no unchecked value gets past."""

import orjson

from tidegate.venues.spec import VenueReplyError

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


def integer(record: Object, name: str) -> int:
    """A required integer, as a number or as digits."""
    value = field(record, name)
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise VenueReplyError(f"field {name} is not an integer")
    try:
        return int(value)
    except ValueError:
        raise VenueReplyError(f"field {name} is not an integer") from None


def levels(value: object, name: str) -> tuple[tuple[str, str], ...]:
    """[[price, quantity, ...], ...] as texts."""
    rows = [as_array(row, name) for row in as_array(value, name)]
    if not all(len(row) >= 2 and isinstance(row[0], str) and isinstance(row[1], str) for row in rows):
        raise VenueReplyError(f"{name} has a level that is not two strings")
    return tuple((str(row[0]), str(row[1])) for row in rows)
