"""Field types that the bodies, queries and paths of several resources share."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Final, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, WithJsonSchema
from pydantic.alias_generators import to_camel

from tidegate.api.jsontext import DIGITS_MAX, Exact
from tidegate.model.config import VENUES
from tidegate.model.errors import Code, Json, TidegateError

PAGE_LIMIT_MAX: Final = 1000
DECIMALS_MAX: Final = 18

_DECIMAL_TEXT: Final = re.compile(r"-?(0|[1-9][0-9]{0,37})(\.[0-9]{1,38})?", re.ASCII)

EXCHANGES: Final = VENUES
"""Venues of the contract; one that this process does not run is unavailable, any other name is a mistake."""

ModelT = TypeVar("ModelT", bound=BaseModel)
Product = Literal["spot", "linear"]
Direction = Literal["auto", "leg1_buy", "leg2_buy"]


def exact_decimal(value: object) -> Decimal:
    """A JSON number or its text as a Decimal; anything that is not plainly a number is refused."""
    if isinstance(value, bool):
        raise ValueError("must be a number")  # noqa: TRY004 - pydantic turns ValueError into a field error
    if isinstance(value, Decimal):
        return value
    if isinstance(value, int):
        return Decimal(value)
    if isinstance(value, str) and len(value) <= DIGITS_MAX + 2 and _DECIMAL_TEXT.fullmatch(value):
        return Decimal(value)
    raise ValueError("must be a number, or a number's text such as 0.01")


_NUMBER_SCHEMA: Final = WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "string", "pattern": "^-?[0-9.]+$"}]})

DecimalIn = Annotated[
    Decimal,
    BeforeValidator(exact_decimal),
    Field(max_digits=DIGITS_MAX, decimal_places=DECIMALS_MAX, allow_inf_nan=False),
    _NUMBER_SCHEMA,
]
"""A decimal of a body, exact."""

AmountOut = Annotated[Decimal, BeforeValidator(exact_decimal), WithJsonSchema({"type": "number"})]
"""An amount of an answer: a JSON number with its exact digits."""

Exchange = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{1,31}$")]
Symbol = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$")]
Text = Annotated[str, Field(min_length=1, max_length=200)]
PageLimit = Annotated[int, Field(ge=1, le=PAGE_LIMIT_MAX)]
Cursor = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[A-Za-z0-9_=.:-]+$")]
EpochMs = Annotated[int, Field(ge=0, le=9_007_199_254_740_991)]

PATH_FIELDS: Final[Mapping[str, re.Pattern[str]]] = {
    "exchange": re.compile(r"[a-z][a-z0-9_-]{1,31}", re.ASCII),
    "name": re.compile(r"[a-z][a-z0-9_-]{1,31}", re.ASCII),
    "symbol": re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}", re.ASCII),
    "id": re.compile(r"[A-Za-z0-9_-]{1,96}", re.ASCII),
    "pairId": re.compile(r"[A-Za-z0-9_-]{1,96}", re.ASCII),
    "planId": re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII),
    "keyId": re.compile(r"[A-Za-z0-9]{1,64}", re.ASCII),
    "account": re.compile(r"[A-Za-z0-9_-]{1,32}", re.ASCII),
    "userId": re.compile(r"[A-Za-z0-9]{1,64}", re.ASCII),
    "sessionId": re.compile(r"[A-Za-z0-9]{1,64}", re.ASCII),
    "protectionId": re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII),
    "orderId": re.compile(r"[A-Za-z0-9_.-]{1,64}", re.ASCII),
}
"""Every placeholder of a route's path, and what may stand in it."""


class Model(BaseModel):
    """A body or query: frozen, camelCase outside; unknown names are refused where they could hide a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=to_camel, populate_by_name=False)


class Empty(Model):
    """No fields at all."""


class Query(BaseModel):
    """A query string. Unknown names are ignored, as HTTP clients add their own (cache busters, trace ids)."""

    model_config = ConfigDict(extra="ignore", frozen=True, alias_generator=to_camel, populate_by_name=False)


class PageQuery(Query):
    limit: PageLimit = 100
    cursor: Cursor | None = None


def check_path(fields: Mapping[str, str]) -> None:
    """Raises TidegateError VALIDATION_ERROR that names each placeholder whose value can not be one."""
    bad: dict[str, Json] = {
        name: "is not a possible value" for name, value in fields.items() if not PATH_FIELDS[name].fullmatch(value)
    }
    if bad:
        raise TidegateError(Code.VALIDATION_ERROR, "the path does not fit", bad)


def validated(model: type[ModelT], fields: Mapping[str, Exact], what: str) -> ModelT:
    """`fields` as a model. Raises TidegateError VALIDATION_ERROR whose details name each field."""
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        details: dict[str, Json] = {
            ".".join(str(part) for part in fault["loc"]) or what: fault["msg"]
            for fault in error.errors(include_url=False, include_input=False, include_context=False)
        }
        names = ", ".join(sorted(details))
        raise TidegateError(Code.VALIDATION_ERROR, f"the {what} does not fit: {names}"[:500], details) from None
