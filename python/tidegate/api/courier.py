"""Brings the clients what waits for them: a few at a time, so that the engine on the same loop is never kept waiting.

Order events leave at once. Prices wait for each other: the longer it takes to bring them to everybody, the longer the
pause before the next round, in which newer prices take the place of older ones. One page sees every price; a thousand
pages see each several times a second, and the loop keeps most of its time.
"""

import asyncio
import time
from collections.abc import Iterable
from itertools import islice
from typing import Final

from tidegate.api.client import Client

SLICE_CLIENTS: Final = 64
"""Clients that are written to in one turn of the loop; a write to one costs about ten microseconds."""
PAUSE_TIMES: Final = 3
"""The pause after a round of prices, in times of the CPU time that it took."""
PAUSE_S_MAX: Final = 0.25


class Courier:
    """Rounds over clients. `run` is owned by the hub's pump."""

    def __init__(self) -> None:
        self._urgent: Final[dict[Client, None]] = {}
        self._due: Final[dict[Client, None]] = {}
        self._some: Final = asyncio.Event()
        self._rested: Final = asyncio.Event()
        self._rested.set()

    def at_once(self, clients: Iterable[Client]) -> None:
        """Something waits for them that is not to wait. Who is still due keeps its turn and gets this as well."""
        self._urgent.update(dict.fromkeys(clients))
        self._some.set()

    def in_turn(self, clients: Iterable[Client]) -> None:
        """Prices wait for them."""
        self._due.update(dict.fromkeys(clients))
        self._some.set()

    def forget(self, client: Client) -> None:
        """It has left."""
        self._urgent.pop(client, None)
        self._due.pop(client, None)

    async def rested(self) -> None:
        """Returns when a round of prices may begin."""
        await self._rested.wait()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await self._some.wait()
            self._some.clear()
            await self._round()

    async def _round(self) -> None:
        loop = asyncio.get_running_loop()
        began_s, prices = time.thread_time(), False
        while self._urgent or self._due:
            if not self._urgent and not prices:
                prices = True
                self._rested.clear()
            self._turn(loop.time())
            await asyncio.sleep(0)
        if prices:
            round_s = time.thread_time() - began_s
            loop.call_later(min(PAUSE_S_MAX, PAUSE_TIMES * round_s), self._rested.set)

    def _turn(self, now_s: float) -> None:
        urgent, due = self._urgent, self._due
        for client in list(islice(urgent or due, SLICE_CLIENTS)):
            urgent.pop(client, None)
            due.pop(client, None)
            if client.deliver(now_s):
                urgent[client] = None
