"""The code table is the outer contract's table, row by row."""

import pytest

from tidegate.model.errors import CODES, Code, TidegateError, code_of

CONTRACT = {
    "VALIDATION_ERROR": 400,
    "UNAUTHENTICATED": 401,
    "FORBIDDEN": 403,
    "NOT_FOUND": 404,
    "METHOD_NOT_ALLOWED": 405,
    "CONFLICT": 409,
    "RISK_REJECTED": 409,
    "INSUFFICIENT_FUNDS": 409,
    "PAYLOAD_TOO_LARGE": 413,
    "RATE_LIMITED": 429,
    "UPSTREAM_ERROR": 502,
    "EXCHANGE_UNAVAILABLE": 503,
    "OUTCOME_UNKNOWN": 504,
    "INTERNAL": 500,
}


@pytest.mark.parametrize(("code", "status"), CONTRACT.items())
def test_each_code_of_the_contract_has_its_status(code: str, status: int) -> None:
    assert CODES[Code(code)].status == status


def test_every_code_has_a_row() -> None:
    assert set(CODES) == set(Code)


def test_an_unknown_outcome_is_never_offered_for_retry() -> None:
    assert not CODES[Code.OUTCOME_UNKNOWN].retry


def test_an_error_carries_its_facts_and_reads_as_its_sentence() -> None:
    error = TidegateError(Code.RISK_REJECTED, "order too large", {"check": "order_notional_max", "limit": "10"})
    assert (str(error), error.status, error.retry) == ("order too large", 409, False)
    assert error.details == {"check": "order_notional_max", "limit": "10"}


@pytest.mark.parametrize(
    ("text", "code"), [("CONFLICT", Code.CONFLICT), ("NO_SUCH", Code.INTERNAL), ("", Code.INTERNAL)]
)
def test_a_name_outside_the_table_is_internal(text: str, code: Code) -> None:
    assert code_of(text) is code
