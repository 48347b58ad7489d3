"""The parts of a request's address: what its path names, and its query as a model."""

from collections.abc import Mapping
from typing import Final, Generic, TypeVar

from aiohttp import web
from pydantic import BaseModel

from tidegate.api.fields import check_path, validated
from tidegate.model.errors import Code, Json, TidegateError

ADDRESSES_MAX: Final = 64
"""Addresses of one route whose parts are remembered; with one more it begins anew."""
ADDRESS_CHARS_MAX: Final = 256
"""Longer ones are not remembered."""

QueryT = TypeVar("QueryT", bound=BaseModel)


class Addresses(Generic[QueryT]):
    """Of one route. Each is checked once: whoever polls asks the same again and again."""

    def __init__(self, query: type[QueryT]) -> None:
        self._query = query
        self._known: dict[str, tuple[Mapping[str, str], QueryT]] = {}

    def of(self, request: web.Request) -> tuple[Mapping[str, str], QueryT]:
        """What stands in the path by name, and the query. Raises TidegateError VALIDATION_ERROR."""
        address = request.raw_path
        known = self._known.get(address)
        if known is None:
            fields = dict(request.match_info)
            check_path(fields)
            known = fields, _read_query(request, self._query)
            if len(self._known) >= ADDRESSES_MAX:
                self._known.clear()
            if len(address) <= ADDRESS_CHARS_MAX:
                self._known[address] = known
        return known


def _read_query(request: web.Request, model: type[QueryT]) -> QueryT:
    query = request.query
    twice: dict[str, Json] = {name: "is given twice" for name in query if len(query.getall(name)) > 1}
    if twice:
        raise TidegateError(Code.VALIDATION_ERROR, "the query does not fit", twice)
    return validated(model, dict(query), "query")
