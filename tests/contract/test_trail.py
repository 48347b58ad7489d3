"""The AuditStore port over real databases."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text
from tests.contract.databases import KINDS, fresh

from tidegate.model.audit import AuditEntry
from tidegate.ports.read import PageRequest
from tidegate.ports.trail import AuditFilter
from tidegate.store.control.audit import SqlAudit
from tidegate.store.database import Database

ENTRY = AuditEntry(
    ts=10, actor="anna", role="admin", address="::1", action="PUT /api/risk/limits", target="", outcome="ok"
)


@pytest.fixture(params=KINDS)
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    async with fresh(request.param, tmp_path) as made:
        audit = SqlAudit(made)
        for number in range(5):
            await audit.append(replace(ENTRY, ts=10 + number, actor="anna" if number % 2 else "otto"))
        yield made


async def test_the_chain_holds_and_pages_come_newest_first(database: Database) -> None:
    audit = SqlAudit(database)
    verdict = await audit.verify()
    assert (verdict.entries, verdict.broken_at) == (5, None)
    first = await audit.page(AuditFilter(), PageRequest(limit=3))
    assert [row.seq for row in first.rows] == [5, 4, 3]
    rest = await audit.page(AuditFilter(), PageRequest(limit=3, cursor=first.next_cursor))
    assert ([row.seq for row in rest.rows], rest.next_cursor) == ([2, 1], None)
    assert verdict.head == first.rows[0].hash


@pytest.mark.parametrize(
    ("narrow", "expected"),
    [
        (AuditFilter(actor="anna"), [4, 2]),
        (AuditFilter(action="POST /api/users"), []),
        (AuditFilter(from_ts=11, to_ts=14), [4, 3, 2]),
    ],
)
async def test_a_list_is_narrowed(database: Database, narrow: AuditFilter, expected: list[int]) -> None:
    page = await SqlAudit(database).page(narrow, PageRequest())
    assert [row.seq for row in page.rows] == expected


@pytest.mark.parametrize(
    ("change", "broken_at"),
    [
        ("UPDATE audit SET target = 'x' WHERE seq = 3", 3),
        ("UPDATE audit SET ts = ts + 1 WHERE seq = 5", 5),
        ("UPDATE audit SET hash = replace(hash, 'a', 'b') WHERE seq = 2 AND hash LIKE '%a%'", 2),
        ("DELETE FROM audit WHERE seq = 2", 2),
        ("DELETE FROM audit WHERE seq = 1", 1),
    ],
)
async def test_whatever_is_changed_afterwards_shows(database: Database, change: str, broken_at: int) -> None:
    async with database.write() as connection:
        await connection.execute(text(change))
    assert (await SqlAudit(database).verify()).broken_at == broken_at
