"""TWAP plans over HTTP: what reaches the engine, what is refused, what comes back."""

import aiohttp
import orjson
import pytest
from tests.unit.api.doubles import World
from tests.unit.api.logins import VIEWER_TOKEN

from tidegate.model.errors import Code, TidegateError
from tidegate.ports.read import HistoryFilter, PageRequest

PLANS = "/api/twap/plans"
LEG = {"exchange": "binance", "symbol": "BTCUSDT", "side": "buy"}
BODY: dict[str, object] = {"name": "slow", "totalQty": "0.1", "sliceQty": "0.01", "intervalMs": 1000, "legs": [LEG]}


async def test_a_plan_reaches_the_engine_with_its_decimals_as_text(admin: aiohttp.ClientSession, world: World) -> None:
    legs = [{**LEG, "price": 68000.5}, {"exchange": "bybit", "symbol": "BTCUSDT", "side": "sell", "type": "linear"}]
    raw = orjson.dumps({**BODY, "legs": legs, "randomizePct": 20}).replace(b'"0.1"', b"0.10000000000000001")
    async with admin.post(PLANS, data=raw, headers={"Idempotency-Key": "k1"}) as answer:
        assert (await answer.json())["data"] == {"planId": "twap_001"}
    command = world.engine.commands[0]
    assert command.name == "create_twap"
    assert "k1" in command.command_id
    assert orjson.loads(command.body) == {
        "name": "slow",
        "totalQty": "0.10000000000000001",
        "sliceQty": "0.01",
        "intervalMs": 1000,
        "legs": [
            {"exchange": "binance", "symbol": "BTCUSDT", "side": "buy", "price": "68000.5"},
            {"exchange": "bybit", "symbol": "BTCUSDT", "side": "sell", "type": "linear"},
        ],
        "randomizePct": "20",
    }


BAD = {
    "no name": ({**BODY, "name": ""}, "name"),
    "nothing to trade": ({**BODY, "totalQty": 0}, "totalQty"),
    "no legs": ({**BODY, "legs": []}, "legs"),
    "three legs": ({**BODY, "legs": [LEG, LEG, LEG]}, "legs"),
    "one instrument twice": ({**BODY, "legs": [LEG, {**LEG, "side": "sell"}]}, "body"),
    "a side of its own": ({**BODY, "legs": [{**LEG, "side": "hold"}]}, "legs.0.side"),
    "an unknown field of a leg": ({**BODY, "legs": [{**LEG, "qty": 1}]}, "legs.0.qty"),
    "an unknown field": ({**BODY, "surprise": 1}, "surprise"),
    "too random": ({**BODY, "randomizePct": 51}, "randomizePct"),
    "all of the book and more": ({**BODY, "maxParticipationPct": 101}, "maxParticipationPct"),
    "an interval of text": ({**BODY, "intervalMs": "1000"}, "intervalMs"),
    "a start that is no truth": ({**BODY, "autoStart": "yes"}, "autoStart"),
}


@pytest.mark.parametrize(("body", "field"), BAD.values(), ids=BAD.keys())
async def test_a_plan_that_does_not_fit_is_refused_by_field(
    body: dict[str, object], field: str, admin: aiohttp.ClientSession, world: World
) -> None:
    async with admin.post(PLANS, json=body) as answer:
        assert (answer.status, list((await answer.json())["error"]["details"])) == (400, [field])
    assert world.engine.commands == []


@pytest.mark.parametrize("action", ["start", "pause", "resume", "cancel"])
async def test_an_action_reaches_its_plan(action: str, admin: aiohttp.ClientSession, world: World) -> None:
    async with admin.post("/api/twap/twap_001/control", json={"action": action}) as answer:
        assert (await answer.json())["data"] == {"success": True}
    assert orjson.loads(world.engine.commands[0].body) == {"planId": "twap_001", "action": action}


async def test_an_action_that_the_state_does_not_admit_is_a_conflict(
    admin: aiohttp.ClientSession, world: World
) -> None:
    world.engine.refusals["control_twap"] = TidegateError(Code.CONFLICT, "twap_001 is completed: no pause now")
    async with admin.post("/api/twap/twap_001/control", json={"action": "pause"}) as answer:
        assert answer.status == 409


async def test_a_change_names_its_plan_and_no_other(admin: aiohttp.ClientSession, world: World) -> None:
    async with admin.put(f"{PLANS}/twap_001", json={**BODY, "planId": "twap_002"}) as answer:
        assert answer.status == 400
    async with admin.put(f"{PLANS}/twap_001", json=BODY) as answer:
        assert answer.status == 200
    assert orjson.loads(world.engine.commands[0].body)["planId"] == "twap_001"


async def test_lists_are_narrowed_and_an_old_plan_comes_from_the_tables(
    admin: aiohttp.ClientSession, world: World
) -> None:
    async with admin.get(f"{PLANS}?state=running&limit=5") as answer:
        assert (await answer.json())["data"]["items"][0]["planId"] == "twap_001"
    assert world.history.asked == [(HistoryFilter(state="running"), PageRequest(limit=5, cursor=None))]
    world.engine.views["twap"] = TidegateError(Code.NOT_FOUND, "no TWAP")
    async with admin.get(f"{PLANS}/twap_001") as answer:
        assert b"68000.123456789012345678" in await answer.read()
    async with admin.get(f"{PLANS}/twap_404") as answer:
        assert answer.status == 404


async def test_a_viewer_reads_but_does_not_trade(anyone: aiohttp.ClientSession) -> None:
    headers = {"Authorization": f"Bearer {VIEWER_TOKEN}"}
    async with anyone.get("/api/twap/twap_001/status", headers=headers) as answer:
        assert answer.status == 200
    async with anyone.post(PLANS, json=BODY, headers=headers) as answer:
        assert answer.status == 403
