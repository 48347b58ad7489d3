"""Writing the audit log beside the work: nobody waits for the database, and what waits for it stays in order."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Final

from tidegate.model.audit import AuditEntry, AuditRow, AuditVerdict
from tidegate.obs import log
from tidegate.ports.read import PageRequest
from tidegate.ports.store import StoreError
from tidegate.ports.trail import AuditFilter, AuditPage, AuditStore

WAITING_MAX: Final = 10_000
"""Entries that the database has not taken; one more is lost, and the log says so."""
RETRY_S: Final = 0.5
TEXT_CHARS_MAX: Final = 4096
"""Of `before` and of `after`; what is longer is cut off, visibly."""

_log = log.get("users")


class Trail:
    """`tidegate.ports.trail.AuditTrail` over an AuditStore. `run` is the writer."""

    def __init__(self, store: AuditStore) -> None:
        self._store = store
        self._waiting: deque[AuditEntry] = deque()
        self._some = asyncio.Event()

    def record(self, entry: AuditEntry) -> None:
        """See the port."""
        if len(self._waiting) >= WAITING_MAX:
            _log.error("audit_entry_lost", actor=entry.actor, action=entry.action, success=False)
            return
        self._waiting.append(replace(entry, before=_cut(entry.before), after=_cut(entry.after)))
        self._some.set()

    async def run(self) -> None:
        """Writes until cancelled."""
        while True:
            await self._some.wait()
            self._some.clear()
            await self.drain()

    async def drain(self) -> None:
        """Writes what waits."""
        while self._waiting:
            try:
                await self._store.append(self._waiting[0])
            except StoreError as failure:
                _log.warning("audit_waits", entries=len(self._waiting), error=failure.reason, success=False)
                await asyncio.sleep(RETRY_S)
                continue
            self._waiting.popleft()

    async def append(self, entry: AuditEntry) -> AuditRow:
        """See the port."""
        return await self._store.append(entry)

    async def page(self, narrow: AuditFilter, page: PageRequest) -> AuditPage:
        """See the port."""
        return await self._store.page(narrow, page)

    def rows(self) -> AsyncIterator[AuditRow]:
        """See the port."""
        return self._store.rows()

    async def verify(self) -> AuditVerdict:
        """See the port."""
        return await self._store.verify()


def _cut(text: str) -> str:
    return text if len(text) <= TEXT_CHARS_MAX else text[: TEXT_CHARS_MAX - 1] + "…"
