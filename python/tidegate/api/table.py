"""All routes of the HTTP face, from the tables of the resources."""

from collections.abc import Iterator
from typing import Final

from tidegate.api.route import Route
from tidegate.api.routes import (
    account,
    api_keys,
    arbitrage,
    audit,
    auth,
    documents,
    monitoring,
    prices,
    protections,
    risk,
    system,
    trading,
    twap,
    users,
    venue_keys,
)

_RESOURCES: Final = (
    auth,
    users,
    api_keys,
    venue_keys,
    audit,
    prices,
    monitoring,
    arbitrage,
    twap,
    trading,
    protections,
    account,
    risk,
    system,
)
_ROWS: Final[tuple[Route, ...]] = tuple(row for resource in _RESOURCES for row in resource.ROUTES)

ROUTES: Final = (*_ROWS, documents.openapi_row(_ROWS))


def paths_of(row: Route) -> Iterator[str]:
    """Every path that a row is served under: its own, its aliases, and each of them under /api/v1."""
    for path in (row.path, *row.aliases):
        yield path
        if path.startswith("/api/"):
            yield path.replace("/api/", "/api/v1/", 1)


def check(rows: tuple[Route, ...]) -> None:
    """Refuses a table that would not be safe to serve. Raises ValueError naming the row."""
    seen: set[tuple[str, str]] = set()
    for row in rows:
        if row.permission is None:
            raise ValueError(f"{row.method} {row.path} declares no permission")
        for path in paths_of(row):
            if (row.method, path) in seen:
                raise ValueError(f"{row.method} {path} stands in the table twice")
            seen.add((row.method, path))
