"""JSON in and out without a float: numbers keep their text on the way in, decimals keep theirs on the way out.

Knows no HTTP and no schema.
"""

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Final, NoReturn

import orjson
from typing_extensions import TypeAliasType

from tidegate.model.errors import Code, TidegateError

DEPTH_MAX: Final = 32
"""Nesting levels of a body."""

DIGITS_MAX: Final = 38
"""Digits of one number in a body, counted as written out in full."""

_SURROGATE: Final = re.compile("[\ud800-\udfff]")

Exact = TypeAliasType("Exact", "bool | int | Decimal | str | list[Exact] | dict[str, Exact] | None")
"""A JSON value whose numbers are int or Decimal."""


def parse_exact(raw: bytes) -> Exact:
    """Parses a body.

    Raises TidegateError VALIDATION_ERROR: not JSON, not finite, too deep, too many digits, a field twice.
    """
    try:
        text = raw.decode("utf-8")
        value: Exact = json.loads(
            text,
            parse_float=_decimal,
            parse_int=_integer,
            parse_constant=_not_finite,
            object_pairs_hook=_object,
        )
    except UnicodeDecodeError:
        raise _refused("the body is not UTF-8") from None
    except json.JSONDecodeError as error:
        raise _refused(f"the body is not JSON: {error.msg} at line {error.lineno} column {error.colno}") from None
    except RecursionError:
        raise _refused(f"the body is nested deeper than {DEPTH_MAX} levels") from None
    _check(value)
    return value


def load_exact(document: bytes) -> Exact:
    """Parses a document of our own making, amounts as Decimal."""
    value: Exact = json.loads(document, parse_float=Decimal)
    return value


def load_object(document: bytes) -> dict[str, Exact]:
    """`load_exact` of a document that must be an object."""
    value = load_exact(document)
    if not isinstance(value, dict):
        raise TidegateError(Code.INTERNAL, "a view that should be an object is not one")
    return value


def load_objects(document: bytes, field: str = "") -> list[dict[str, Exact]]:
    """`load_exact` of a document that must be an array of objects, or of an object with one in `field`."""
    value = load_object(document).get(field) if field else load_exact(document)
    if not isinstance(value, list):
        raise TidegateError(Code.INTERNAL, "a view that should be an array is not one")
    return [row for row in value if isinstance(row, dict)]


def number_text(value: Decimal) -> str:
    """A finite decimal as plain digits, without an exponent: `1E+2` -> `100`."""
    return format(value, "f")


def dumps(value: object) -> bytes:
    """JSON bytes; Decimal becomes a number with its exact digits, `orjson.Fragment` passes through untouched."""
    return orjson.dumps(value, default=_default)


def with_fields(document: bytes, fields: Mapping[str, object]) -> bytes:
    """Puts `fields` in front of those of a JSON object without parsing it. The names must not be in it already."""
    if not fields:
        return document
    body = document.strip()
    if not (body.startswith(b"{") and body.endswith(b"}")):
        raise TidegateError(Code.INTERNAL, "a view that should be an object is not one")
    rest = body[1:].lstrip()
    head = dumps(dict(fields))[:-1]
    return head + (b"" if rest == b"}" else b",") + rest


def array(documents: tuple[bytes, ...] | list[bytes]) -> orjson.Fragment:
    """A JSON array of ready documents."""
    return orjson.Fragment(b"[" + b",".join(documents) + b"]")


def _default(value: object) -> orjson.Fragment:
    if isinstance(value, Decimal) and value.is_finite():
        return orjson.Fragment(number_text(value))
    raise TypeError(type(value).__name__)


def _decimal(text: str) -> Decimal:
    value = Decimal(text)
    # The exponent is checked before anything writes the number out: 1e999999999 would fill the memory.
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int) or max(value.adjusted() + 1, -exponent, len(value.as_tuple().digits)) > DIGITS_MAX:
        raise _refused(f"a number has more than {DIGITS_MAX} digits")
    return value


def _integer(text: str) -> int:
    if len(text) > DIGITS_MAX + 1:
        raise _refused(f"a number has more than {DIGITS_MAX} digits")
    return int(text)


def _not_finite(text: str) -> NoReturn:
    raise _refused(f"{text} is not a JSON number")


def _object(pairs: list[tuple[str, Exact]]) -> dict[str, Exact]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise _refused("an object names a field twice")
    return fields


def _check(root: Exact) -> None:
    """Depth and text, without recursion: a hostile body must not exhaust the stack."""
    level: list[Exact] = [root]
    for _ in range(DEPTH_MAX + 1):
        inner: list[Exact] = []
        for value in level:
            if isinstance(value, str):
                _check_text(value)
            elif isinstance(value, list):
                inner.extend(value)
            elif isinstance(value, dict):
                inner.extend(value)
                inner.extend(value.values())
        if not inner:
            return
        level = inner
    raise _refused(f"the body is nested deeper than {DEPTH_MAX} levels")


def _check_text(text: str) -> None:
    if "\0" in text or (not text.isascii() and _SURROGATE.search(text) is not None):
        raise _refused("a text holds a NUL or half a surrogate pair")


def _refused(message: str) -> TidegateError:
    return TidegateError(Code.VALIDATION_ERROR, message)
