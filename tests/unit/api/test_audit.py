"""What stands in the audit log of a request, and what never does."""

import aiohttp
import orjson
import pytest
from tests.unit.api.doubles import World
from tests.unit.api.logins import GOOD_CODE

from tidegate.model.errors import Code, TidegateError


async def test_a_change_is_told_with_before_and_after(admin: aiohttp.ClientSession, world: World) -> None:
    body = {"limits": [{"name": "order_notional_max", "value": 100}]}
    async with admin.put("/api/v1/risk/limits", json=body) as answer:
        assert answer.status == 200
    (entry,) = world.trail.entries
    assert (entry.actor, entry.role, entry.action, entry.outcome) == ("admin", "admin", "PUT /api/risk/limits", "ok")
    assert entry.address == "127.0.0.1"
    assert orjson.loads(entry.before)[0]["value"] == 50000
    assert orjson.loads(entry.after)["limits"][0]["name"] == "order_notional_max"


async def test_reading_is_not_told(admin: aiohttp.ClientSession, world: World) -> None:
    for path in ("/api/risk/limits", "/api/users", "/api/audit"):
        async with admin.get(path) as answer:
            assert answer.status == 200
    async with admin.post("/api/prices/batch", json={"items": [{"exchange": "binance", "symbol": "BTCUSDT"}]}):
        pass
    assert world.trail.entries == []


async def test_refusals_of_somebody_known_are_told(anyone: aiohttp.ClientSession, world: World) -> None:
    headers = {"Authorization": "Bearer viewer-token"}
    async with anyone.post("/api/risk/kill", json={"reason": "x"}, headers=headers) as answer:
        assert answer.status == 403
    world.engine.refusals["kill"] = TidegateError(Code.CONFLICT, "no")
    async with anyone.post("/api/risk/kill", json={"reason": "x"}, headers={"Authorization": "Bearer trader-token"}):
        pass
    async with anyone.delete("/api/monitoring/pairs/abc", headers=headers):
        pass
    assert [(entry.actor, entry.outcome, entry.target) for entry in world.trail.entries] == [
        ("viewer", "FORBIDDEN", ""),
        ("trader", "CONFLICT", ""),
        ("viewer", "FORBIDDEN", "abc"),
    ]


async def test_a_login_is_told_by_the_name_that_was_tried(anyone: aiohttp.ClientSession, world: World) -> None:
    for password, outcome in (("right", "ok"), ("canary-password", "UNAUTHENTICATED")):
        async with anyone.post("/api/auth/login", json={"username": "admin", "password": password}):
            pass
        assert (world.trail.entries[-1].actor, world.trail.entries[-1].outcome) == ("admin", outcome)
    assert "canary" not in str(world.trail.entries)


async def test_what_nobody_is_known_to_have_asked_can_not_fill_the_log(
    anyone: aiohttp.ClientSession, world: World
) -> None:
    for body in (b"{", b"{}", b'{"username":"admin"}'):
        async with anyone.post("/api/auth/login", data=body) as answer:
            assert answer.status == 400
    async with anyone.post("/api/risk/kill", json={"reason": "x"}) as answer:
        assert answer.status == 401
    assert world.trail.entries == []


async def test_no_secret_stands_in_it(admin: aiohttp.ClientSession, world: World) -> None:
    for method, path, body in (
        ("PUT", "/api/settings/api", {"binance": {"apiKey": "canary-key", "secret": "canary-secret"}}),
        ("POST", "/api/users", {"username": "anna", "role": "viewer", "password": "canary-password"}),
        ("PUT", "/api/users/profile", {"currentPassword": "canary-old", "newPassword": "canary-new1"}),
        ("POST", "/api/auth/keys", {"name": "robot", "scopes": ["read"]}),
        ("POST", "/api/users/profile/totp", None),
    ):
        async with admin.request(method, path, json=body) as answer:
            assert answer.status in {200, 401}, await answer.text()
    assert len(world.trail.entries) == 5
    told = str(world.trail.entries)
    assert "canary" not in told
    assert "tg_key_text" not in told
    assert "SECRET" not in told


ASKING = [
    ("PUT", "/api/settings/api", {"binance": {"apiKey": "some-key", "secret": "some-secret"}}),
    ("DELETE", "/api/settings/api/binance/main", None),
    ("POST", "/api/risk/reset", None),
    ("PUT", "/api/risk/limits", {"limits": [{"name": "order_notional_max", "value": 50001}]}),
    ("PUT", "/api/risk/limits", {"limits": [{"name": "order_notional_max", "value": None}]}),
    # Not set, but 5 by default.
    ("PUT", "/api/risk/limits", {"limits": [{"name": "breaker_failures_max", "value": 6}]}),
    ("POST", "/api/auth/keys", {"name": "robot", "scopes": ["read"]}),
    ("DELETE", "/api/users/profile/totp", None),
    ("DELETE", "/api/users/uviewer/totp", None),
]


@pytest.mark.parametrize(("method", "path", "body"), ASKING)
async def test_the_second_factor_is_asked_for(
    method: str, path: str, body: object, admin: aiohttp.ClientSession, world: World
) -> None:
    world.auth.needs_code = True
    async with admin.request(method, path, json=body) as answer:
        error = (await answer.json())["error"]
        assert (answer.status, error["details"]) == (401, {"totpRequired": True})
    assert (world.engine.commands, world.people.done, world.venue_keys.done, world.api_keys.done) == ([], [], [], [])
    async with admin.request(method, path, json=body, headers={"X-Totp": GOOD_CODE}) as answer:
        assert answer.status == 200, await answer.text()


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "/api/risk/limits", {"limits": [{"name": "order_notional_max", "value": 49999}]}),
        ("PUT", "/api/risk/limits", {"limits": [{"name": "breaker_failures_max", "value": 5}]}),
        ("POST", "/api/risk/kill", {"reason": "now"}),
    ],
)
async def test_what_makes_trading_safer_asks_for_nothing(
    method: str, path: str, body: object, admin: aiohttp.ClientSession, world: World
) -> None:
    world.auth.needs_code = True
    async with admin.request(method, path, json=body) as answer:
        assert answer.status == 200


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "１２３４５６"])
async def test_a_code_that_is_none_is_a_mistake(code: str, admin: aiohttp.ClientSession) -> None:
    async with admin.post("/api/risk/reset", headers={"X-Totp": code}) as answer:
        assert (answer.status, (await answer.json())["error"]["code"]) == (400, "VALIDATION_ERROR")
