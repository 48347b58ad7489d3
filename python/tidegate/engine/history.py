"""Samples the spread of every enabled pair at a fixed pace for the history that pages draw."""

import asyncio
from collections.abc import Callable
from typing import Final

from tidegate.obs import log
from tidegate.ports.clock import Clock
from tidegate.ports.store import StoreError, UnitOfWork

INTERVAL_S: Final = 5.0

_log = log.get("history")


class SpreadSampler:
    """`spreads` gives the engine's view of that name. A sample that the database refuses is lost, and counted."""

    def __init__(
        self, spreads: Callable[[], bytes], tables: UnitOfWork, clock: Clock, *, interval_s: float = INTERVAL_S
    ) -> None:
        self._spreads = spreads
        self._tables = tables
        self._clock = clock
        self._interval_s = interval_s
        self.lost = 0

    async def run(self) -> None:
        """Samples until cancelled."""
        while True:
            await self.sample()
            await asyncio.sleep(self._interval_s)

    async def sample(self) -> None:
        """Adds one sample now."""
        try:
            await self._tables.add_spreads(self._clock.wall_ns() // 1_000_000, self._spreads())
        except StoreError as error:
            if self.lost == 0:
                _log.warning("spread_sample_lost", reason=error.reason, error_code="STORE")
            self.lost += 1
