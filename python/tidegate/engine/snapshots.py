"""Keeps the snapshots near the journal's end.

The running engine is never asked for one: a second engine replays the same records in a thread, so no order waits.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from tidegate._core import CoreError, condense
from tidegate.obs import log
from tidegate.ports.journal import Journal, JournalError
from tidegate.ports.snapshots import Snapshot, Snapshots

EVERY: Final = 25_000
"""Records after which a new one is made: replaying as many takes a tenth of a second."""
LOOK_S: Final = 30.0

_NOTHING: Final = Snapshot(0, 1, 0, 0, b"")
_log = log.get("engine")


class SnapshotKeeper:
    """One task (`run`).

    `config`: the core's. `made`: the state found at the start, when it is worth keeping; else `since`, the record of
    the snapshot that the start began with. `durable` returns once a record is on disk.
    """

    def __init__(
        self,
        config: bytes,
        journal: Journal,
        snapshots: Snapshots,
        durable: Callable[[int], Awaitable[None]],
        *,
        made: Snapshot | None,
        since: int,
        every: int = EVERY,
    ) -> None:
        self._config = config
        self._journal = journal
        self._snapshots = snapshots
        self._durable = durable
        self._made = made
        self._newest = since
        self._every = every

    async def run(self) -> None:
        """Until cancelled, or until the disk refuses: without a snapshot a start takes longer, no more."""
        try:
            if self._made is not None:
                await self._keep(self._made)
                self._made = None
            while True:
                await asyncio.sleep(LOOK_S)
                await self.look()
        except JournalError as failure:
            _log.warning("snapshots_ended", reason=failure.reason, success=False)

    async def look(self) -> None:
        """Makes one when there is enough to hold. Raises JournalError."""
        if self._journal.durable_seq - self._newest < self._every:
            return
        try:
            made = await asyncio.to_thread(self._condensed)
        except CoreError as failure:
            # The last record may just be under way to the file.
            _log.warning("snapshot_not_made", reason=failure.message, success=False)
            return
        await self._keep(made)

    async def _keep(self, snapshot: Snapshot) -> None:
        await self._durable(snapshot.seq)
        await asyncio.to_thread(self._snapshots.save, snapshot)
        self._newest = snapshot.seq
        _log.info("snapshot_kept", seq=snapshot.seq, bytes=len(snapshot.data), success=True)

    def _condensed(self) -> Snapshot:
        """What the segments hold by now, from the newest snapshot on."""
        newest = next(self._snapshots.newest(self._newest), _NOTHING)
        at = start = newest if newest.seq == self._newest else _NOTHING
        last = b""
        for number, content in enumerate(self._journal.segments(start.segment), start.segment):
            end = 0
            if number == start.segment:
                end, last = start.end, content[start.end - start.last : start.end]
            data, used, seq, size = condense(self._config, at.data, last, content[end:])
            if used:
                at = Snapshot(seq, number, end + used, size, data)
                last = content[at.end - size : at.end]
        return at
