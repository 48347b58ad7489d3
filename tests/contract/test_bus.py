"""The MessageBus port: what every bus promises."""

import asyncio
from collections.abc import Callable

import pytest

from tidegate.bus.memory import MemoryBus
from tidegate.ports.bus import Message, MessageBus, Subscription


@pytest.fixture(params=[MemoryBus], ids=["memory"])
def bus(request: pytest.FixtureRequest) -> MessageBus:
    make: Callable[[], MessageBus] = request.param
    return make()


async def taken(reader: Subscription) -> list[Message]:
    """Everything queued; ends the subscription."""
    reader.close()
    return [message async for message in reader]


async def test_a_reader_gets_its_topics_in_order(bus: MessageBus) -> None:
    reader = bus.subscribe(["orders", "pairs:*"])
    for topic in ("orders", "plans", "pairs:x", "orders"):
        bus.publish(topic, topic.encode())
    messages = await taken(reader)
    assert [message.topic for message in messages] == ["orders", "pairs:x", "orders"]
    assert [message.seq for message in messages] == [1, 3, 4]


async def test_a_waiting_reader_is_woken(bus: MessageBus) -> None:
    reader = bus.subscribe(["orders"])
    first = asyncio.ensure_future(anext(aiter(reader)))
    await asyncio.sleep(0)
    bus.publish("orders", b"1")
    assert (await asyncio.wait_for(first, 5)).data == b"1"
    reader.close()


async def test_a_slow_reader_gets_only_the_newest_price(bus: MessageBus) -> None:
    reader = bus.subscribe(["prices:*", "orders"], capacity=4)
    for n in range(100):
        bus.publish("prices:binance:spot:BTCUSDT", b"%d" % n)
        bus.publish("prices:bybit:spot:BTCUSDT", b"%d" % n)
    bus.publish("orders", b"o")
    messages = await taken(reader)
    assert [message.data for message in messages] == [b"99", b"99", b"o"]
    assert reader.dropped == 0


async def test_lost_order_events_are_counted(bus: MessageBus) -> None:
    reader = bus.subscribe(["orders"], capacity=10)
    for n in range(25):
        bus.publish("orders", b"%d" % n)
    assert reader.dropped == 15
    assert next(message.data for message in await taken(reader)) == b"15"


async def test_numbers_never_run_backwards_for_a_reader(bus: MessageBus) -> None:
    reader = bus.subscribe(["*"], capacity=100)
    for n in range(50):
        bus.publish(f"prices:binance:spot:S{n % 3}", b"p")
        bus.publish("orders", b"o")
    seqs = [message.seq for message in await taken(reader)]
    assert seqs == sorted(seqs)


async def test_closing_ends_the_iteration_and_the_queueing(bus: MessageBus) -> None:
    reader = bus.subscribe(["orders"])
    reader.close()
    reader.close()
    bus.publish("orders", b"1")
    assert [message async for message in reader] == []


async def test_order_events_are_replayed_after_a_number(bus: MessageBus) -> None:
    for n in range(5):
        bus.publish("orders", b"%d" % n)
        bus.publish("prices:binance:spot:BTCUSDT", b"p")
    replayed = bus.replay(["orders"], 4)
    assert replayed is not None
    assert [message.data for message in replayed] == [b"2", b"3", b"4"]


@pytest.mark.parametrize("after", [-1, 11], ids=["before-the-first", "in-the-future"])
async def test_a_place_that_is_not_held_is_refused(bus: MessageBus, after: int) -> None:
    for _ in range(10):
        bus.publish("orders", b"x")
    assert bus.replay(["orders"], after) is None
