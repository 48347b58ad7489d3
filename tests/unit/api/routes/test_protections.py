"""Protections over HTTP: what reaches the engine, what is refused, what comes back."""

import aiohttp
import orjson
import pytest
from tests.unit.api.doubles import World

from tidegate.ports.read import HistoryFilter, PageRequest

ALL = "/api/trading/protections"
ONE = f"{ALL}/protect_001"
POSITION = {"exchange": "bybit", "symbol": "BTCUSDT", "type": "linear"}


async def test_levels_reach_the_engine_with_their_decimals_as_text(admin: aiohttp.ClientSession, world: World) -> None:
    body = {**POSITION, "stopLoss": 59000.5, "takeProfit": "70000", "trailingPct": 1.5, "qty": "0.010"}
    async with admin.post(ALL, json=body, headers={"Idempotency-Key": "k1"}) as answer:
        assert (await answer.json())["data"] == {"protectionId": "protect_001", "state": "armed", "simulated": True}
    command = world.engine.commands[0]
    assert command.name == "set_protection"
    assert "k1" in command.command_id
    levels = {"stopLoss": "59000.5", "takeProfit": "70000", "trailingPct": "1.5", "qty": "0.010"}
    assert orjson.loads(command.body) == {**POSITION, **levels}


async def test_one_is_changed_and_removed_by_its_id(admin: aiohttp.ClientSession, world: World) -> None:
    async with admin.put(ONE, json={"stopLoss": 1}) as changed, admin.delete(ONE) as removed:
        assert (changed.status, removed.status) == (200, 200)
    assert [(command.name, orjson.loads(command.body)) for command in world.engine.commands] == [
        ("set_protection", {"stopLoss": "1", "protectionId": "protect_001"}),
        ("remove_protection", {"protectionId": "protect_001"}),
    ]


BAD = {
    "no level": {**POSITION, "qty": 1},
    "no instrument": {"stopLoss": 1},
    "a stop at no price": {**POSITION, "stopLoss": 0},
    "a trail that is no percentage": {**POSITION, "trailingPct": 51},
    "a price that nobody watches": {**POSITION, "stopLoss": 1, "triggerBy": "moon"},
    "an unknown field": {**POSITION, "stopLoss": 1, "surprise": 1},
}


@pytest.mark.parametrize("body", BAD.values(), ids=BAD.keys())
async def test_levels_that_do_not_fit_are_refused(
    body: dict[str, object], admin: aiohttp.ClientSession, world: World
) -> None:
    async with admin.post(ALL, json=body) as answer:
        assert (answer.status, (await answer.json())["error"]["code"]) == (400, "VALIDATION_ERROR")
    assert world.engine.commands == []


async def test_the_list_is_narrowed_by_state_and_instrument(admin: aiohttp.ClientSession, world: World) -> None:
    async with admin.get(f"{ALL}?state=armed&exchange=bybit&symbol=BTCUSDT&limit=5") as answer:
        assert b'"stopLoss":60000.10' in await answer.read()
    narrow = HistoryFilter(state="armed", exchange="bybit", symbol="BTCUSDT")
    assert world.history.asked == [(narrow, PageRequest(limit=5))]
