"""Writing the audit log beside the work."""

import asyncio
from dataclasses import replace

import pytest
from tests.contract.test_trail import ENTRY
from tests.unit.api.logins import FakeTrail

from tidegate.model.audit import AuditEntry, AuditRow
from tidegate.ports.store import StoreError
from tidegate.users.trail import TEXT_CHARS_MAX, WAITING_MAX, Trail


class Moody(FakeTrail):
    """Fails so often before it takes anything."""

    def __init__(self) -> None:
        super().__init__()
        self.failures = 0
        self.taken = asyncio.Semaphore(0)

    async def append(self, entry: AuditEntry) -> AuditRow:
        if self.failures > 0:
            self.failures -= 1
            raise StoreError("the database is locked")
        self.taken.release()
        return await super().append(entry)


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tidegate.users.trail.RETRY_S", 0)


async def test_entries_are_written_in_order_however_often_the_database_refuses() -> None:
    store = Moody()
    store.failures = 3
    trail = Trail(store)
    for number in range(4):
        trail.record(replace(ENTRY, ts=number))
    await trail.drain()
    assert [entry.ts for entry in store.entries] == [0, 1, 2, 3]


async def test_the_writer_wakes_for_each() -> None:
    store = Moody()
    trail = Trail(store)
    writer = asyncio.create_task(trail.run())
    for _ in range(3):
        trail.record(ENTRY)
        await store.taken.acquire()
    writer.cancel()
    await asyncio.gather(writer, return_exceptions=True)


async def test_what_waits_is_bounded_and_long_texts_are_cut_visibly() -> None:
    store = Moody()
    trail = Trail(store)
    for _ in range(WAITING_MAX + 5):
        trail.record(replace(ENTRY, after="x" * (TEXT_CHARS_MAX + 1)))
    await trail.drain()
    assert len(store.entries) == WAITING_MAX
    assert len(store.entries[0].after) == TEXT_CHARS_MAX
    assert store.entries[0].after.endswith("…")
