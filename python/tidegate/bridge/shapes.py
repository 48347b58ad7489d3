"""ccxt's dictionaries, read with care: the first line of each parser is the last that sees an unchecked value."""

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Final

from tidegate.bridge.refusals import RefusalError, Word

Object = Mapping[str, object]
DIGITS_MAX: Final = 60
"""Longer numbers are nobody's price."""


def as_object(value: object, name: str) -> Object:
    if not isinstance(value, dict):
        raise _odd(name)
    return value


def as_list(value: object, name: str) -> Sequence[object]:
    if not isinstance(value, list):
        raise _odd(name)
    return value


def text(record: Object, name: str) -> str:
    """A required text that is not empty."""
    value = record.get(name)
    if not isinstance(value, str) or not value:
        raise _odd(name)
    return value


def text_or_empty(record: Object, name: str) -> str:
    value = record.get(name)
    return value if isinstance(value, str) else ""


def millis(record: Object, name: str) -> int | None:
    value = record.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def decimal(value: object) -> Decimal | None:
    """A number as ccxt gives it: text, or a float, whose shortest form is meant. None for nothing, or no number."""
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        return None
    digits = repr(value) if isinstance(value, float) else str(value)
    if len(digits) > DIGITS_MAX:
        return None
    try:
        number = Decimal(digits)
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number.adjusted()) < DIGITS_MAX else None


def number(record: Object, name: str) -> Decimal:
    """A required number. Raises RefusalError."""
    found = decimal(record.get(name))
    if found is None:
        raise _odd(name)
    return found


def plain(value: Decimal) -> str:
    """Decimal text without an exponent and without idle zeros."""
    shown = f"{value:f}"
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def _odd(name: str) -> RefusalError:
    return RefusalError(Word.OUTCOME_UNKNOWN, f"the exchange's answer has no usable {name}")
