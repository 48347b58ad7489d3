"""Samples spreads and equity at a fixed pace for the histories that pages draw."""

import asyncio
from collections.abc import Callable
from typing import Final

from tidegate.model.views import ViewName
from tidegate.obs import log
from tidegate.ports.clock import Clock
from tidegate.ports.store import StoreError, UnitOfWork

INTERVAL_S: Final = 5.0
EQUITY_EVERY: Final = 4
"""Spread samples to one of equity."""

_log = log.get("history")


class Sampler:
    """`view` gives the engine's view of a name. A sample that the database refuses is lost, and counted."""

    def __init__(
        self, view: Callable[[ViewName], bytes], tables: UnitOfWork, clock: Clock, *, interval_s: float = INTERVAL_S
    ) -> None:
        self._view = view
        self._tables = tables
        self._clock = clock
        self._interval_s = interval_s
        self._samples = 0
        self.lost = 0

    async def run(self) -> None:
        """Samples until cancelled."""
        while True:
            await self.sample()
            await asyncio.sleep(self._interval_s)

    async def sample(self) -> None:
        """Adds one sample now."""
        now_ms = self._clock.wall_ns() // 1_000_000
        try:
            await self._tables.add_spreads(now_ms, self._view(ViewName.SPREADS))
            if self._samples % EQUITY_EVERY == 0:
                await self._tables.add_equity(now_ms, self._view(ViewName.PERFORMANCE))
        except StoreError as error:
            if self.lost == 0:
                _log.warning("history_sample_lost", reason=error.reason, error_code="STORE")
            self.lost += 1
        self._samples += 1
