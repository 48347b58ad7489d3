"""Exact decimals in a text column."""

from decimal import Decimal

import pytest
from sqlalchemy.dialects import sqlite

from tidegate.store.types import DecimalText

DIALECT = sqlite.dialect()


@pytest.mark.parametrize("digits", ["0", "0.10", "-12345678901234567890.123456789012345678", "68000.1"])
def test_digits_come_back_as_they_went(digits: str) -> None:
    stored = DecimalText().process_bind_param(Decimal(digits), DIALECT)
    assert stored == digits
    assert str(DecimalText().process_result_value(stored, DIALECT)) == digits


def test_an_exponent_is_written_out() -> None:
    assert DecimalText().process_bind_param(Decimal("1E-8"), DIALECT) == "0.00000001"


@pytest.mark.parametrize("value", [0.1, 1, "1", Decimal("NaN"), Decimal("Infinity")])
def test_what_is_not_exact_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        DecimalText().process_bind_param(value, DIALECT)  # type: ignore[arg-type]
