"""Numbers keep their digits in and out."""

import contextlib
import json
import string
from decimal import Decimal

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from tidegate.api.fields import DecimalIn, PageQuery
from tidegate.api.jsontext import DIGITS_MAX, dumps, number_text, parse_exact, with_fields
from tidegate.model.errors import TidegateError

plain = st.decimals(min_value=-(10**15), max_value=10**15, places=18, allow_nan=False, allow_infinity=False)
DECIMAL_IN: TypeAdapter[Decimal] = TypeAdapter(DecimalIn)


@given(plain)
def test_a_number_keeps_every_digit_through_a_body_and_an_answer(value: Decimal) -> None:
    text = number_text(value)
    assert parse_exact(text.encode()) == value
    assert dumps(parse_exact(b'{"qty":' + text.encode() + b"}")) == b'{"qty":' + text.encode() + b"}"


@given(plain)
def test_a_number_and_its_text_are_the_same_amount(value: Decimal) -> None:
    text = number_text(value)
    assert DECIMAL_IN.validate_python(text) == DECIMAL_IN.validate_python(parse_exact(text.encode())) == value


@given(st.binary(max_size=200))
def test_any_bytes_are_parsed_or_refused(raw: bytes) -> None:
    with contextlib.suppress(TidegateError):
        parse_exact(raw)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.text(string.printable),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(string.ascii_letters), inner, max_size=4),
    max_leaves=20,
)


@given(json_values)
def test_a_document_survives_the_way_in(value: object) -> None:
    assert parse_exact(json.dumps(value).encode()) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", "1"),
        ("0.10", "0.10"),
        ("1e2", "100"),
        ("1E-7", "0.0000001"),
        ("-0.5", "-0.5"),
        ("68000.123456789012345678", None),
    ],
)
def test_numbers_are_written_plainly(text: str, value: str | None) -> None:
    assert dumps(parse_exact(text.encode())).decode() == (value or text)


@pytest.mark.parametrize("digits", [DIGITS_MAX, DIGITS_MAX + 1])
def test_the_digit_limit_is_exact(digits: int) -> None:
    body = b"1" * digits + b".0"
    if digits + 1 <= DIGITS_MAX:
        assert parse_exact(body)
    else:
        with pytest.raises(TidegateError, match="digits"):
            parse_exact(body)


@pytest.mark.parametrize(
    "value",
    [
        True,
        None,
        "",
        "abc",
        "1_000",
        " 1",
        "1 ",
        "+1",
        "NaN",
        "Infinity",
        "1e5",
        "0x10",
        "١",
        ".5",
        "5.",
        [],
        {},
        "1" * 60,
    ],
    ids=repr,
)
def test_what_is_not_plainly_a_number_is_refused(value: object) -> None:
    with pytest.raises(ValidationError):
        DECIMAL_IN.validate_python(value)


def test_more_decimals_than_any_venue_has_are_refused() -> None:
    with pytest.raises(ValidationError, match="decimal"):
        DECIMAL_IN.validate_python("0." + "1" * 19)


@given(st.text(max_size=30))
def test_a_page_limit_is_one_to_a_thousand_or_refused(text: str) -> None:
    try:
        query = PageQuery.model_validate({"limit": text})
    except ValidationError:
        return
    assert 1 <= query.limit <= 1000


@given(st.text(max_size=250))
def test_a_cursor_is_a_short_word_or_refused(text: str) -> None:
    try:
        query = PageQuery.model_validate({"cursor": text})
    except ValidationError:
        return
    assert query.cursor == text
    assert set(text) <= set(string.ascii_letters + string.digits + "_-=.:")
    assert len(text) <= 200


@pytest.mark.parametrize(
    ("document", "whole"),
    [
        (b"{}", b'{"source":"book"}'),
        (b'{"a":1}', b'{"source":"book","a":1}'),
        (b' { "a":1} ', b'{"source":"book","a":1}'),
    ],
)
def test_fields_are_put_in_front_without_parsing(document: bytes, whole: bytes) -> None:
    assert with_fields(document, {"source": "book"}) == whole
    assert orjson.loads(whole)


def test_fields_do_not_fit_into_an_array() -> None:
    with pytest.raises(TidegateError):
        with_fields(b"[]", {"source": "book"})
