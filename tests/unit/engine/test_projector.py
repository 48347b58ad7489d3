"""The projector: nothing taken is lost, readers see their writes, a failing database holds nobody up."""

import asyncio
from collections.abc import Sequence

import pytest
from tests.contract.rows import MadeRow

from tidegate.engine import projector as room
from tidegate.engine.projector import Projector
from tidegate.ports.store import Row, StoreError


class Source:
    """An engine with `rows` changed."""

    def __init__(self) -> None:
        self.seq = 0
        self.rows: list[MadeRow] = []

    def change(self, count: int) -> None:
        self.rows += [MadeRow("orders", f"o{self.seq + n}", b"{}") for n in range(count)]
        self.seq += count

    def take_rows(self, limit: int) -> Sequence[Row]:
        taken, self.rows = self.rows[:limit], self.rows[limit:]
        return taken


class Tables:
    """A database that fails `failures` times first."""

    def __init__(self, failures: int = 0) -> None:
        self.failures = failures
        self.ids: list[str] = []
        self.seqs: list[int] = []

    async def project(self, seq: int, rows: Sequence[Row]) -> None:
        if self.failures:
            self.failures -= 1
            raise StoreError("database is locked")
        self.ids += [row.id for row in rows]
        self.seqs.append(seq)

    async def projected_seq(self) -> int:
        return self.seqs[-1] if self.seqs else 0

    async def add_equity(self, ts_ms: int, performance: bytes) -> None:
        raise AssertionError

    async def add_spreads(self, ts_ms: int, spreads: bytes) -> None:
        raise AssertionError


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "BACKOFF_S", (0.0,))


async def test_every_changed_row_reaches_the_tables_in_order() -> None:
    source, tables = Source(), Tables()
    projector = Projector(source, tables, batch=10)
    source.change(25)
    await projector.drain()
    assert tables.ids == [f"o{n}" for n in range(25)]
    assert projector.projected_seq == 25


async def test_the_mark_moves_only_when_the_last_batch_is_through() -> None:
    source, tables = Source(), Tables()
    projector = Projector(source, tables, batch=10)
    source.change(25)
    await projector.drain()
    assert tables.seqs == [0, 0, 25]


async def test_a_locked_database_loses_nothing() -> None:
    source, tables = Source(), Tables(failures=7)
    projector = Projector(source, tables)
    source.change(3)
    await projector.project_once()
    assert tables.ids == ["o0", "o1", "o2"]
    assert projector.healthy


class HangingTables(Tables):
    """Its first commit hangs until it is cancelled."""

    def __init__(self) -> None:
        super().__init__()
        self.hung = asyncio.Event()

    async def project(self, seq: int, rows: Sequence[Row]) -> None:
        if not self.hung.is_set():
            self.hung.set()
            await asyncio.get_running_loop().create_future()
        await super().project(seq, rows)


async def test_a_stop_in_the_middle_of_a_commit_loses_nothing() -> None:
    source, tables = Source(), HangingTables()
    projector = Projector(source, tables, batch=10)
    source.change(15)
    task = asyncio.create_task(projector.run())
    await tables.hung.wait()
    task.cancel()
    await asyncio.wait([task])
    await projector.drain()
    assert tables.ids == [f"o{n}" for n in range(15)]
    assert projector.projected_seq == 15


async def test_a_reader_waits_for_its_own_write() -> None:
    source, tables = Source(), Tables()
    projector = Projector(source, tables, pause_s=3600)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(projector.run(), name="projector")
        await asyncio.sleep(0)
        source.change(1)
        assert await projector.reached(1, 5)
        task.cancel()


async def test_a_reader_does_not_wait_for_ever() -> None:
    projector = Projector(Source(), Tables())
    assert not await projector.reached(1, 0.001)
    assert projector._waiting == []


async def test_nothing_is_written_while_nothing_changes() -> None:
    source, tables = Source(), Tables()
    projector = Projector(source, tables)
    await projector.drain()
    await projector.drain()
    assert tables.seqs == [0]
