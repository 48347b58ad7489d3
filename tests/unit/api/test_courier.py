"""Rounds over clients: a few in one turn of the loop, events before prices, prices with pauses."""

import asyncio
from typing import cast

import pytest

from tidegate.api import courier as courier_module
from tidegate.api.client import Client
from tidegate.api.courier import SLICE_CLIENTS, Courier


class Reader:
    """Stands for a client: keeps when it was visited."""

    def __init__(self, visits: list[str], name: str, more: int = 0) -> None:
        self.visits, self.name, self.more = visits, name, more

    def deliver(self, _now_s: float) -> bool:
        self.visits.append(self.name)
        self.more -= 1
        return self.more >= 0


def readers(visits: list[str], name: str, count: int, more: int = 0) -> list[Client]:
    return [cast(Client, Reader(visits, name, more)) for _ in range(count)]


async def turns(courier: Courier, count: int) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def test_others_have_their_turn_after_so_many_clients() -> None:
    visits: list[str] = []
    courier = Courier()
    courier.at_once(readers(visits, "a", SLICE_CLIENTS + 1))
    running = asyncio.create_task(courier.run())
    await turns(courier, 1)
    assert len(visits) == SLICE_CLIENTS
    await turns(courier, 2)
    assert len(visits) == SLICE_CLIENTS + 1
    running.cancel()


async def test_an_event_overtakes_a_round_of_prices_and_one_visit_brings_both() -> None:
    visits: list[str] = []
    courier = Courier()
    slow = readers(visits, "price", 3 * SLICE_CLIENTS)
    courier.in_turn(slow)
    running = asyncio.create_task(courier.run())
    await turns(courier, 1)
    courier.at_once([*slow[-1:], *readers(visits, "event", 1)])
    await turns(courier, 5)
    assert visits.index("event") == SLICE_CLIENTS + 1
    assert visits.count("price") == 3 * SLICE_CLIENTS
    running.cancel()


async def test_a_client_with_more_is_visited_again_and_one_that_left_is_not() -> None:
    visits: list[str] = []
    courier = Courier()
    [again] = readers(visits, "again", 1, more=1)
    [gone] = readers(visits, "gone", 1)
    courier.at_once([again, gone])
    courier.forget(gone)
    running = asyncio.create_task(courier.run())
    await turns(courier, 4)
    assert visits == ["again", "again"]
    running.cancel()


async def test_prices_rest_after_a_round_as_long_as_it_took_and_a_few_times_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    spent = iter([0.0, 0.010, 1.0, 1.0])
    monkeypatch.setattr(courier_module.time, "thread_time", lambda: next(spent))
    courier = Courier()
    courier.in_turn(readers([], "price", 1))
    running = asyncio.create_task(courier.run())
    await turns(courier, 3)
    began = asyncio.get_running_loop().time()
    await asyncio.wait_for(courier.rested(), 5)
    assert asyncio.get_running_loop().time() - began >= 0.025
    running.cancel()
