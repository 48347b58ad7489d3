"""Carries the engine's changed rows into the tables: its own task, off the hot path, patient with a failing database.

Must not know SQL, nor what a row says. Orders never wait for it.
"""

import asyncio
from collections.abc import Sequence
from typing import Final, Protocol

from tidegate.obs import log
from tidegate.ports.store import Row, StoreError, UnitOfWork

PAUSE_S: Final = 0.1
"""How long changes are left to gather. A reader that needs them sooner asks (`reached`); a write in the middle of a
plan takes milliseconds of the loop from it."""
BATCH: Final = 500
BACKOFF_S: Final = (0.05, 0.1, 0.25, 0.5, 1.0, 2.0)
"""Waits between tries at a failing database; the last one repeats."""

_log = log.get("projector")


class RowSource(Protocol):
    """The part of the core engine that the projector needs."""

    @property
    def seq(self) -> int: ...
    def take_rows(self, limit: int) -> Sequence[Row]: ...


class Projector:
    """One task (`run`) and, for readers, `tidegate.ports.read.Freshness`."""

    def __init__(self, source: RowSource, tables: UnitOfWork, *, batch: int = BATCH, pause_s: float = PAUSE_S) -> None:
        self._source = source
        self._tables = tables
        self._batch = batch
        self._pause_s = pause_s
        self._projected = -1  # nothing is known to be shown before the first batch of this process
        # The batch under way: when a stop interrupts its commit, `drain` gives it once more (twice changes nothing).
        self._taken: tuple[int, Sequence[Row]] | None = None
        self._waiting: list[tuple[int, asyncio.Future[None]]] = []
        self._asked = asyncio.Event()
        self._healthy = True

    @property
    def projected_seq(self) -> int:
        """The journal record whose state the tables show; -1 before the first batch."""
        return self._projected

    @property
    def lag(self) -> int:
        """Journal records that the tables are behind."""
        return max(0, self._source.seq - max(0, self._projected))

    @property
    def healthy(self) -> bool:
        """False while the database refuses."""
        return self._healthy

    async def reached(self, seq: int, timeout_s: float) -> bool:
        """Waits until the tables show record `seq` or the time is over; says which."""
        if self._projected >= seq:
            return True
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        entry = (seq, waiter)
        self._waiting.append(entry)
        self._asked.set()
        try:
            async with asyncio.timeout(timeout_s):
                await waiter
        except TimeoutError:
            return False
        finally:
            if entry in self._waiting:
                self._waiting.remove(entry)
        return True

    async def run(self) -> None:
        """Projects until cancelled. What is not committed by then is left to `drain`, else to replay of the journal."""
        while True:
            if await self.project_once():
                continue
            await self._rest()

    async def drain(self) -> None:
        """Projects everything there is now: the last act of an orderly stop, once `run` has ended."""
        while await self.project_once():
            pass

    async def project_once(self) -> bool:
        """One batch; says whether there may be more at once."""
        if self._taken is None:
            seq = self._source.seq
            rows = self._source.take_rows(self._batch)
            if not rows and seq == self._projected:
                return False
            self._taken = (seq, rows)
        seq, rows = self._taken
        full = len(rows) >= self._batch
        # A batch that was filled may leave changes up to `seq` behind: it only counts when the last one is through.
        shown = max(0, self._projected) if full else seq
        await self._commit(shown, rows)
        self._taken = None
        if not full:
            self._projected = seq
            self._tell()
        return full

    async def _commit(self, seq: int, rows: Sequence[Row]) -> None:
        attempt = 0
        while True:
            try:
                await self._tables.project(seq, rows)
            except StoreError as error:
                if self._healthy:
                    _log.warning("projection_stalled", reason=error.reason, rows=len(rows), error_code="STORE")
                self._healthy = False
                await asyncio.sleep(BACKOFF_S[min(attempt, len(BACKOFF_S) - 1)])
                attempt += 1
            else:
                if not self._healthy:
                    _log.info("projection_resumed", attempts=attempt)
                self._healthy = True
                return

    async def _rest(self) -> None:
        self._asked.clear()
        try:
            async with asyncio.timeout(self._pause_s):
                await self._asked.wait()
        except TimeoutError:
            return

    def _tell(self) -> None:
        for seq, waiter in self._waiting:
            if seq <= self._projected and not waiter.done():
                waiter.set_result(None)
