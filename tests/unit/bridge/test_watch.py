"""News of the account: fills first, then the order's state, each once, with or without a stream of the exchange."""

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path

import orjson
import pytest
from tests.unit.bridge import doubles
from tests.unit.bridge.doubles import NOW, World

from tidegate.bridge import watch
from tidegate.bridge.account import SETTLE_MS, Wanted
from tidegate.bridge.hub import Hub, Listener
from tidegate.bridge.refusals import RefusalError
from tidegate.bridge.watch import Watch

ONE = "TGA70010000010"
WANTED = Wanted("BTC-USDT", ONE, "buy", "limit", Decimal(1), Decimal(60000))


@pytest.fixture
async def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    monkeypatch.setattr(watch, "ROUND_S", 0.01)
    made = World(tmp_path)
    yield made
    await made.ledger.close()


async def heard(listener: Listener) -> tuple[str, dict[str, str]]:
    async with asyncio.timeout(5):
        frame = orjson.loads(await listener.frames.get())
    return frame["arg"]["channel"], frame["data"][0]


def watched(world: World) -> tuple[Watch, Listener]:
    hub, listener = Hub(), Listener()
    for channel in ("orders", "fills", "balances"):
        hub.join((channel, ""), listener)
    made = Watch(world.client, world.account, world.ledger, world.markets, hub)
    world.account.changed = made.poke
    return made, listener


async def test_an_order_is_told_of_as_it_changes(world: World) -> None:
    made, listener = watched(world)
    running = asyncio.create_task(made.run())
    await world.account.place(WANTED, 2**53)
    channel, row = await heard(listener)
    assert (channel, row["state"], row["clientId"]) == ("orders", "open", ONE)
    world.client.trade("T1", "O1", NOW)
    world.client.orders["O1"] |= {"filled": "1", "status": "closed"}
    news = [await heard(listener) for _ in range(3)]
    assert [channel for channel, _ in news] == ["fills", "orders", "balances"]
    assert (news[0][1]["tradeId"], news[1][1]["state"], news[2][1]["asset"]) == ("T1", "filled", "BTC")
    # Nothing is said twice, and what has ended is looked at no more.
    asked = len(world.client.asked)
    await asyncio.sleep(0.05)
    assert (listener.frames.empty(), len(world.client.asked)) == (True, asked)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_an_order_of_unknown_fate_is_looked_for_until_it_is_found_or_given_up(world: World) -> None:
    made, listener = watched(world)
    running = asyncio.create_task(made.run())
    world.client.refused = doubles.NetworkError("cut")
    with pytest.raises(RefusalError):
        await world.account.place(WANTED, 2**53)
    await asyncio.sleep(0.05)
    assert [sent.client for sent in await world.account.still_open(9)] == [ONE]
    world.now += SETTLE_MS
    async with asyncio.timeout(5):
        while await world.account.still_open(9):  # noqa: ASYNC110  # what ends it is what is tested
            await asyncio.sleep(0.01)
    assert listener.frames.empty()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_a_stream_of_the_exchange_only_says_when_to_look(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "ROUND_S", 60.0)
    said: asyncio.Queue[list[dict[str, object]]] = asyncio.Queue()
    world.client.has = {"watchOrders": True}
    world.client.watch_orders = said.get  # type: ignore[attr-defined]
    made, listener = watched(world)
    running = asyncio.create_task(made.run())
    await world.account.place(WANTED, 2**53)
    await heard(listener)
    world.client.orders["O1"]["status"] = "canceled"
    await said.put([{"clientOrderId": "somebody"}, {"clientOrderId": ONE, "status": "a lie"}])
    channel, row = await heard(listener)
    assert (channel, row["state"]) == ("orders", "cancelled")
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
