"""Who may what: every route for every role and every kind of credentials, from the route and role tables.

What a cell must be is written here by hand: the lowest role of each permission. Nothing is left out: a route that
declares a permission not listed fails.
"""

import re
from itertools import product

import aiohttp
import pytest
from tests.unit.api.doubles import World
from tests.unit.api.test_routes import BODIES, filled

from tidegate.api.route import LOCAL, PUBLIC, Route
from tidegate.api.table import ROUTES, paths_of
from tidegate.model.access import Role

LADDER = [Role.VIEWER, Role.TRADER, Role.STRATEGIST, Role.ADMIN]
FROM_ROLE = {
    "read": Role.VIEWER,
    "own": Role.VIEWER,
    "trade": Role.TRADER,
    "pairs": Role.TRADER,
    "strategies": Role.STRATEGIST,
    "risk": Role.ADMIN,
    "settings": Role.ADMIN,
    "users": Role.ADMIN,
    "audit": Role.ADMIN,
}
ALL = [(row, path) for row in ROUTES for path in paths_of(row)]
GUARDED = [(row, path) for row, path in ALL if row.permission != PUBLIC]


def changed(world: World) -> list[object]:
    """Whatever a request did."""
    doers = (world.people.done, world.auth.ended, world.venue_keys.done, world.api_keys.done)
    return [*world.engine.commands, *(act for done in doers for act in done)]


def ids(rows: list[tuple[Route, str]]) -> list[str]:
    return [f"{row.method} {path}" for row, path in rows]


@pytest.mark.parametrize("role", LADDER)
@pytest.mark.parametrize(("row", "path"), GUARDED, ids=ids(GUARDED))
async def test_a_role_passes_exactly_where_its_permissions_say(
    row: Route, path: str, role: Role, anyone: aiohttp.ClientSession, world: World
) -> None:
    headers = {"Authorization": f"Bearer {role}-token"}
    passes = row.permission != LOCAL and LADDER.index(role) >= LADDER.index(FROM_ROLE[str(row.permission)])
    body = BODIES.get((row.method, row.path))
    path = path.replace("{sessionId}", f"s{role}").replace("{keyId}", f"keyu{role}")
    if (row.method, row.path) == ("DELETE", "/api/users/{userId}"):
        path = path.replace("{userId}", "uviewer")
    async with anyone.request(row.method, filled(path), headers=headers, json=body) as answer:
        if passes:
            assert answer.status == 200, await answer.text()
            return
        assert (answer.status, (await answer.json())["error"]["code"]) == (403, "FORBIDDEN")
    assert changed(world) == []


BAD = {
    "none": {},
    "expired or forged": {"Authorization": "Bearer wrong"},
    "not bearer": {"Authorization": "Basic admin-token"},
}


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize(("row", "path"), GUARDED, ids=ids(GUARDED))
async def test_nobody_passes_without_good_credentials(
    row: Route, path: str, bad: str, anyone: aiohttp.ClientSession, world: World
) -> None:
    async with anyone.request(row.method, filled(path), headers=BAD[bad], data=b"{broken") as answer:
        assert (answer.status, (await answer.json())["error"]["code"]) == (401, "UNAUTHENTICATED")
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert changed(world) == []


OWNED = [(row, path) for row, path in ALL if row.permission == "own" and "{" in path]


def test_what_belongs_to_a_user_is_known() -> None:
    assert {row.path for row, _ in OWNED} == {"/api/auth/sessions/{sessionId}", "/api/auth/keys/{keyId}"}


@pytest.mark.parametrize(
    ("case", "role", "owner"),
    [(case, *pair) for case in OWNED for pair in product(LADDER, LADDER) if pair[0] is not pair[1]],
    ids=lambda value: f"{value[0].method} {value[1]}" if isinstance(value, tuple) else str(value),
)
async def test_what_belongs_to_another_is_not_there(
    case: tuple[Route, str], role: Role, owner: Role, anyone: aiohttp.ClientSession, world: World
) -> None:
    row, path = case
    path = path.replace("{sessionId}", f"s{owner}").replace("{keyId}", f"keyu{owner}")
    async with anyone.request(row.method, path, headers={"Authorization": f"Bearer {role}-token"}) as answer:
        assert (answer.status, (await answer.json())["error"]["code"]) == (404, "NOT_FOUND")
    assert changed(world) == []


CONTRACT = """
GET /api/prices/{exchange}/{symbol}
GET /api/prices/{exchange}/{symbol}/ticker
POST /api/prices/batch
GET /api/monitoring/pairs
POST /api/monitoring/pairs
PUT /api/monitoring/pairs/{id}
DELETE /api/monitoring/pairs/{id}
GET /api/monitoring/opportunities
GET /api/monitoring/pairs/{id}/history
POST /api/arbitrage/execute/{pairId}
GET /api/arbitrage/plans
GET /api/arbitrage/plans/{planId}
POST /api/arbitrage/plans/{planId}/unwind
POST /api/twap/plans
GET /api/twap/plans
GET /api/twap/plans/{planId}
PUT /api/twap/plans/{planId}
DELETE /api/twap/plans/{planId}
GET /api/twap/{planId}/status
POST /api/twap/{planId}/control
POST /api/trading/orders
DELETE /api/trading/orders/{}
GET /api/trading/orders
GET /api/orders
GET /api/trading/positions
GET /api/positions
GET /api/trading/trades
GET /api/trading/signals
GET /api/trading/performance
GET /api/account/{exchange}
GET /api/balance
GET /api/risk/limits
PUT /api/risk/limits
GET /api/risk/metrics
POST /api/risk/kill
POST /api/risk/halts/acknowledge
POST /api/risk/reset
GET /api/settings/api
PUT /api/settings/api
POST /api/settings/api/test
GET /api/exchanges
GET /api/exchanges/{name}
GET /health
GET /metrics
GET /api/system/status
GET /api/openapi.json
POST /api/auth/login
POST /api/auth/refresh
POST /api/auth/logout
POST /api/auth/ws-ticket
GET /api/users/profile
PUT /api/users/profile
GET /api/users/permissions
GET /api/users
POST /api/users
PUT /api/users/{}
DELETE /api/users/{}
"""
"""What front ends and scripts rely on, as the outer contract lists it; the name of a placeholder is ours."""


def test_every_route_of_the_contract_is_served() -> None:
    def anonymous(line: str) -> str:
        return re.sub(r"{\w*}", "{}", line)

    served = {anonymous(f"{row.method} {path}") for row, path in ALL}
    assert {anonymous(line) for line in CONTRACT.split("\n") if line} - served == set()


def test_every_path_is_served_under_both_prefixes() -> None:
    paths = {(row.method, path) for row, path in ALL if path.startswith("/api/")}
    assert {(method, path.replace("/api/v1/", "/api/", 1)) for method, path in paths if "/api/v1/" in path} == {
        (method, path) for method, path in paths if "/api/v1/" not in path
    }


def test_whoever_makes_or_changes_people_proves_himself_anew() -> None:
    # Another admin, made with a stolen token, would have no second factor to be asked for.
    changing = [row for row in ROUTES if row.permission == "users" and row.method != "GET"]
    lacking = {f"{row.method} {row.path}" for row in changing if not row.second_factor}
    assert len(changing) >= 4
    assert lacking == {"DELETE /api/users/{userId}/sessions"}
