"""The one error table: each failure a caller can meet has a code; the code decides HTTP status, retry and exit code.

Knows nothing of HTTP servers or the native core; `engine/service.py` translates the core's error here, `api/errors.py`
translates from here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from typing_extensions import TypeAliasType

Json = TypeAliasType("Json", "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None")
"""A JSON value; amounts inside details are decimal text, never floats."""


class Code(StrEnum):
    """Codes of the outer contract, then those that only a process's own operator meets."""

    VALIDATION_ERROR = "VALIDATION_ERROR"
    UNAUTHENTICATED = "UNAUTHENTICATED"
    FORBIDDEN = "FORBIDDEN"
    NOT_FOUND = "NOT_FOUND"
    METHOD_NOT_ALLOWED = "METHOD_NOT_ALLOWED"
    CONFLICT = "CONFLICT"
    RISK_REJECTED = "RISK_REJECTED"
    INSUFFICIENT_FUNDS = "INSUFFICIENT_FUNDS"
    PAYLOAD_TOO_LARGE = "PAYLOAD_TOO_LARGE"
    RATE_LIMITED = "RATE_LIMITED"
    UPSTREAM_ERROR = "UPSTREAM_ERROR"
    EXCHANGE_UNAVAILABLE = "EXCHANGE_UNAVAILABLE"
    OUTCOME_UNKNOWN = "OUTCOME_UNKNOWN"
    INTERNAL = "INTERNAL"
    CONFIG_ERROR = "CONFIG_ERROR"
    JOURNAL_CORRUPT = "JOURNAL_CORRUPT"


@dataclass(frozen=True, slots=True)
class CodeSpec:
    """What a code means outside. `retry`: the same request may succeed later, and repeating it is safe."""

    status: int
    retry: bool
    exit_code: int


CODES: Final[Mapping[Code, CodeSpec]] = {
    Code.VALIDATION_ERROR: CodeSpec(status=400, retry=False, exit_code=2),
    Code.UNAUTHENTICATED: CodeSpec(status=401, retry=False, exit_code=1),
    Code.FORBIDDEN: CodeSpec(status=403, retry=False, exit_code=1),
    Code.NOT_FOUND: CodeSpec(status=404, retry=False, exit_code=1),
    Code.METHOD_NOT_ALLOWED: CodeSpec(status=405, retry=False, exit_code=1),
    Code.CONFLICT: CodeSpec(status=409, retry=False, exit_code=1),
    Code.RISK_REJECTED: CodeSpec(status=409, retry=False, exit_code=5),
    Code.INSUFFICIENT_FUNDS: CodeSpec(status=409, retry=False, exit_code=5),
    Code.PAYLOAD_TOO_LARGE: CodeSpec(status=413, retry=False, exit_code=1),
    Code.RATE_LIMITED: CodeSpec(status=429, retry=True, exit_code=1),
    Code.UPSTREAM_ERROR: CodeSpec(status=502, retry=False, exit_code=4),
    Code.EXCHANGE_UNAVAILABLE: CodeSpec(status=503, retry=True, exit_code=4),
    Code.OUTCOME_UNKNOWN: CodeSpec(status=504, retry=False, exit_code=1),
    Code.INTERNAL: CodeSpec(status=500, retry=False, exit_code=1),
    # These two stop a start; over HTTP they could only be a bug.
    Code.CONFIG_ERROR: CodeSpec(status=500, retry=False, exit_code=3),
    Code.JOURNAL_CORRUPT: CodeSpec(status=500, retry=False, exit_code=1),
}


class TidegateError(Exception):
    """A failure with a code of the table, one clear sentence, and the facts (limit, actual, id) as JSON."""

    def __init__(self, code: Code, message: str, details: Mapping[str, Json] | None = None) -> None:
        super().__init__(code, message)
        self.code: Final = code
        self.message: Final = message
        self.details: Final[Mapping[str, Json]] = dict(details or {})

    @property
    def spec(self) -> CodeSpec:
        return CODES[self.code]

    @property
    def status(self) -> int:
        return self.spec.status

    @property
    def retry(self) -> bool:
        return self.spec.retry

    def __str__(self) -> str:
        return self.message


def code_of(text: str) -> Code:
    """The code named `text`; a name that the table lacks is a bug of the sender, hence INTERNAL."""
    try:
        return Code(text)
    except ValueError:
        return Code.INTERNAL
