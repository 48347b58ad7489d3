"""What each resource hands to the engine and the tables, and how it joins what they say."""

import aiohttp
import orjson
import pytest
from tests.unit.api.doubles import World

from tidegate.model.errors import Code, TidegateError
from tidegate.ports.read import HistoryFilter, PageRequest

PAIR = {
    "leg1": {"exchange": "binance", "symbol": "BTCUSDT"},
    "leg2": {"exchange": "bybit", "symbol": "BTCUSDT", "type": "linear"},
    "threshold": "0.05",
    "qty": "0.010",
    "totalAmount": 500000,
}
PAIRS = "/api/monitoring/pairs"


async def test_a_pair_reaches_the_engine_with_its_decimals_as_text(admin: aiohttp.ClientSession, world: World) -> None:
    raw = orjson.dumps(PAIR).replace(b'"0.010"', b"0.01000000000000001")
    async with admin.post(PAIRS, data=raw) as answer:
        assert (await answer.json())["data"] == {"id": "binance_bybit_btc"}
    assert orjson.loads(world.engine.commands[0].body) == {
        "leg1": {"exchange": "binance", "symbol": "BTCUSDT", "type": "spot"},
        "leg2": {"exchange": "bybit", "symbol": "BTCUSDT", "type": "linear"},
        "threshold": "0.05",
        "qty": "0.01000000000000001",
        "totalAmount": "500000",
        "direction": "auto",
        "enabled": True,
    }


BAD_PAIRS = {
    "equal legs": ({**PAIR, "leg2": PAIR["leg1"]}, "body"),
    "negative quantity": ({**PAIR, "qty": -1}, "qty"),
    "no quantity": ({**PAIR, "qty": 0}, "qty"),
    "threshold of a hundred percent": ({**PAIR, "threshold": 100}, "threshold"),
    "no cap": ({**PAIR, "totalAmount": 0}, "totalAmount"),
    "text for a truth": ({**PAIR, "enabled": "yes"}, "enabled"),
    "no such direction": ({**PAIR, "direction": "up"}, "direction"),
    "an id of its own": ({**PAIR, "id": "mine"}, "id"),
}


@pytest.mark.parametrize(("body", "field"), BAD_PAIRS.values(), ids=BAD_PAIRS.keys())
async def test_a_pair_that_does_not_fit_is_refused_by_field(
    body: dict[str, object], field: str, admin: aiohttp.ClientSession, world: World
) -> None:
    async with admin.post(PAIRS, json=body) as answer:
        assert (answer.status, list((await answer.json())["error"]["details"])) == (400, [field])
    assert world.engine.commands == []


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
async def test_an_unknown_pair_is_not_found_and_not_made(
    method: str, admin: aiohttp.ClientSession, world: World
) -> None:
    async with admin.request(method, f"{PAIRS}/nope", json=PAIR) as answer:
        assert (answer.status, (await answer.json())["error"]["code"]) == (404, "NOT_FOUND")
    assert world.engine.commands == []


async def test_what_get_gave_may_be_put_back(admin: aiohttp.ClientSession, world: World) -> None:
    async with admin.get(PAIRS) as answer:
        (pair,) = (await answer.json())["data"]
    async with admin.put(f"{PAIRS}/{pair['id']}", json=pair) as answer:
        assert (answer.status, await answer.json()) == (200, {"success": True, "data": {"success": True}})
    sent = orjson.loads(world.engine.commands[0].body)
    assert (sent["id"], sent["version"]) == ("binance_bybit_btc", 7)
    assert not {"usedAmount", "simulated"} & sent.keys()


async def test_a_body_that_names_another_pair_is_refused(admin: aiohttp.ClientSession) -> None:
    async with admin.put(f"{PAIRS}/binance_bybit_btc", json={**PAIR, "id": "other"}) as answer:
        assert (answer.status, set((await answer.json())["error"]["details"])) == (400, {"id"})


async def test_the_history_of_a_pair_has_exact_percentages(admin: aiohttp.ClientSession) -> None:
    async with admin.get(f"{PAIRS}/binance_bybit_btc/history", params={"from": "1", "to": "2"}) as answer:
        assert await answer.read() == (
            b'{"success":true,"data":[{"ts":1790000000000,"leg1Buy":0.061200,"leg2Buy":null}]}'
        )


async def test_an_empty_span_is_refused(admin: aiohttp.ClientSession) -> None:
    async with admin.get(f"{PAIRS}/binance_bybit_btc/history", params={"from": "2", "to": "2"}) as answer:
        assert answer.status == 400


async def test_orders_are_narrowed_paged_and_waited_for(admin: aiohttp.ClientSession, world: World) -> None:
    query = {
        "state": "FILLED",
        "exchange": "binance",
        "symbol": "BTCUSDT",
        "plan": "plan_000001",
        "limit": "7",
        "cursor": "c",
    }
    async with admin.get("/api/trading/orders", params=query) as answer:
        raw = await answer.read()
    assert b"68000.123456789012345" in raw
    assert orjson.loads(raw)["data"]["nextCursor"] == "next-1"
    narrow = HistoryFilter(state="FILLED", exchange="binance", symbol="BTCUSDT", plan_id="plan_000001")
    assert world.history.asked == [(narrow, PageRequest(limit=7, cursor="c"))]
    assert world.freshness.asked == [42]


async def test_no_order_belongs_to_a_strategy_yet(admin: aiohttp.ClientSession, world: World) -> None:
    async with admin.get("/api/trading/orders", params={"strategy": "grid"}) as answer:
        assert (await answer.json())["data"] == {"items": [], "nextCursor": None}
    assert world.history.asked == []


@pytest.mark.parametrize("limit", ["0", "1001", "-1", "x", "1.5"])
async def test_a_page_is_one_to_a_thousand(limit: str, admin: aiohttp.ClientSession) -> None:
    for path in ("/api/trading/orders", "/api/trading/trades", "/api/arbitrage/plans", "/api/monitoring/opportunities"):
        async with admin.get(path, params={"limit": limit}) as answer:
            assert (answer.status, set((await answer.json())["error"]["details"])) == (400, {"limit"})


@pytest.mark.parametrize(
    "path", ["/api/trading/orders/nope", "/api/arbitrage/plans/nope", "/api/exchanges/okx", "/api/account/okx"]
)
async def test_what_is_not_there_is_not_found(path: str, admin: aiohttp.ClientSession, world: World) -> None:
    world.engine.views["plan"] = TidegateError(Code.NOT_FOUND, "no such plan")
    async with admin.get(path) as answer:
        assert (answer.status, (await answer.json())["error"]["code"]) == (404, "NOT_FOUND")


async def test_an_ended_plan_comes_from_the_tables(admin: aiohttp.ClientSession, world: World) -> None:
    world.engine.views["plan"] = TidegateError(Code.NOT_FOUND, "not in memory")
    async with admin.get("/api/arbitrage/plans/plan_000001") as answer:
        assert (await answer.json())["data"]["planId"] == "plan_000001"


async def test_an_exchange_joins_the_engines_and_the_transports_view(admin: aiohttp.ClientSession) -> None:
    async with admin.get("/api/exchanges") as answer:
        binance, bybit = (await answer.json())["data"]
    assert binance == {
        "name": "binance",
        "connected": True,
        "publicOnly": False,
        "simulated": True,
        "latencyMs": 1.25,
        "status": "up",
        "rateLimit": {"used": 10, "limit": 6000},
        "clockOffsetMs": -3,
        "bridged": False,
        "bridgedTo": None,
    }
    assert (bybit["connected"], bybit["latencyMs"], bybit["rateLimit"]) == (False, None, {"used": None, "limit": None})


async def test_an_account_has_only_its_venues_rows_with_every_digit(admin: aiohttp.ClientSession) -> None:
    async with admin.get("/api/account/binance") as answer:
        raw = await answer.read()
    data = orjson.loads(raw)["data"]
    assert b"20.00000001" in raw
    assert (len(data["balances"]), data["positions"], data["publicOnly"], data["simulated"]) == (1, [], False, True)


async def test_key_presence_shows_no_key(admin: aiohttp.ClientSession) -> None:
    async with admin.get("/api/settings/api") as answer:
        data = (await answer.json())["data"]
    assert data["bybit"] == {"connected": False, "hasKey": True, "simulated": True, "kept": []}
    assert data["binance"]["kept"] == [{"account": "main", "updatedTs": 2}]


async def test_limits_reach_the_engine_as_rows_of_text(admin: aiohttp.ClientSession, world: World) -> None:
    rows = [
        {"name": "order_notional_max", "value": 50000.5, "unit": "quote"},
        {"name": "daily_loss_max", "value": None},
    ]
    async with admin.put("/api/risk/limits", json={"limits": rows}) as answer:
        assert answer.status == 200
    assert orjson.loads(world.engine.commands[0].body) == {
        "limits": [
            {"name": "order_notional_max", "scope": "total", "id": "", "value": "50000.5"},
            {"name": "daily_loss_max", "scope": "total", "id": "", "value": None},
        ]
    }


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ({"name": "luck_max", "value": 1}, "limits.0.name"),
        ({"name": "daily_loss_max", "value": -1}, "limits.0.value"),
        ({"name": "daily_loss_max"}, "limits.0.value"),
        ({"name": "daily_loss_max", "value": 1, "scope": "moon"}, "limits.0.scope"),
    ],
)
async def test_a_limit_that_does_not_fit_is_refused(
    row: dict[str, object], field: str, admin: aiohttp.ClientSession
) -> None:
    async with admin.put("/api/risk/limits", json={"limits": [row]}) as answer:
        assert (answer.status, list((await answer.json())["error"]["details"])) == (400, [field])


async def test_a_kill_reduces_only_unless_told_to_halt(admin: aiohttp.ClientSession, world: World) -> None:
    for body in ({"reason": "a"}, {"reason": "b", "mode": "halt"}):
        await (await admin.post("/api/risk/kill", json=body)).read()
    modes = [orjson.loads(command.body)["mode"] for command in world.engine.commands]
    assert modes == ["reduce_only", "halt"]


HEALTH = {
    "all well": ({}, 200, "healthy", "books", "healthy"),
    "a book is away": ({"status": "degraded", "unsynced": ["x"]}, 200, "degraded", "books", "degraded"),
    "an order is unknown": ({"status": "degraded", "unknownOrders": ["o"]}, 200, "degraded", "orders", "degraded"),
    "killed": ({"status": "degraded", "latch": "halt"}, 200, "degraded", "trading", "degraded"),
    "books not yet synced": ({"status": "unhealthy", "booksSyncedOnce": False}, 503, "unhealthy", "books", "unhealthy"),
    "not reconciled": ({"status": "unhealthy", "reconciled": False}, 503, "unhealthy", "accounts", "unhealthy"),
    "recovering": ({"status": "unhealthy", "recovered": False}, 503, "unhealthy", "engine", "unhealthy"),
    "its own verdict counts": ({"status": "unhealthy"}, 503, "unhealthy", "books", "healthy"),
}


@pytest.mark.parametrize(("view", "status", "says", "part", "state"), HEALTH.values(), ids=HEALTH.keys())
async def test_health_is_the_worst_of_its_parts_in_and_outside_the_envelope(
    view: dict[str, object],
    status: int,
    says: str,
    part: str,
    state: str,
    anyone: aiohttp.ClientSession,
    world: World,
) -> None:
    well = world.engine.views["health"]
    assert isinstance(well, bytes)
    world.engine.views["health"] = orjson.dumps({**orjson.loads(well), **view})
    async with anyone.get("/health") as answer:
        raw = await answer.read()
    body = orjson.loads(raw)
    assert (answer.status, body["status"], body["success"]) == (status, says, status == 200)
    assert isinstance(body["ts"], int)
    assert body["components"]["journal"] == {"status": "healthy"}
    assert body["components"][part]["status"] == state
    assert b"secret" not in raw
    if status == 200:
        assert body["data"]["status"] == says
    else:
        assert body["error"]["code"] == "EXCHANGE_UNAVAILABLE"


async def test_a_part_of_the_io_side_that_fails_makes_it_unhealthy(
    anyone: aiohttp.ClientSession, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(world.probe, "components", lambda: b'{"journal":{"status":"unhealthy","detail":"disk full"}}')
    async with anyone.get("/health") as answer:
        body = await answer.json()
    assert (answer.status, body["error"]["details"]) == (503, {"components": ["journal"]})


async def test_system_status_has_the_database_latency(admin: aiohttp.ClientSession) -> None:
    async with admin.get("/api/system/status") as answer:
        data = (await answer.json())["data"]
    assert (data["mode"], data["dbLatencyMs"]) == ("SIM", 0.25)


LOGINS = [
    ({"username": "admin", "password": "right"}, 200),
    ({"linkToken": "link"}, 200),
    ({"username": "admin", "password": "wrong"}, 401),
    ({"linkToken": "used"}, 401),
    ({"username": "admin"}, 400),
    ({"username": "admin", "password": "right", "linkToken": "link"}, 400),
    ({}, 400),
    ({"username": "admin", "password": "right", "totp": "abc"}, 400),
]


@pytest.mark.parametrize(("body", "status"), LOGINS, ids=[str(sorted(body)) + str(status) for body, status in LOGINS])
async def test_a_login_is_by_password_or_by_link(
    body: dict[str, str], status: int, anyone: aiohttp.ClientSession
) -> None:
    async with anyone.post("/api/auth/login", json=body) as answer:
        raw = await answer.read()
    assert answer.status == status
    assert b"right" not in raw
    if status == 200:
        assert orjson.loads(raw)["data"]["user"]["role"] == "admin"


async def test_logout_ends_the_callers_session(admin: aiohttp.ClientSession, world: World) -> None:
    await (await admin.post("/api/auth/logout")).read()
    assert world.auth.ended == ["sadmin"]


async def test_whoever_polls_gets_news_only(admin: aiohttp.ClientSession, world: World) -> None:
    async with admin.get("/api/risk/limits") as first:
        tag = first.headers["ETag"]
    async with admin.get("/api/risk/limits", headers={"If-None-Match": tag}) as same:
        assert (same.status, await same.read(), same.headers["ETag"]) == (304, b"", tag)
        assert same.headers["X-Content-Type-Options"] == "nosniff"
    world.engine.views["limits"] = b"[]"
    async with admin.get("/api/risk/limits", headers={"If-None-Match": tag}) as other:
        assert (other.status, other.headers["ETag"] != tag) == (200, True)


async def test_a_tag_does_not_stand_for_a_right(anyone: aiohttp.ClientSession, admin: aiohttp.ClientSession) -> None:
    async with admin.get("/api/risk/limits") as first:
        tag = first.headers["ETag"]
    async with anyone.get("/api/risk/limits", headers={"If-None-Match": tag}) as answer:
        assert answer.status == 401
