"""The audit log over SQL: only ever appended to, each entry chained to the one before."""

from collections.abc import AsyncIterator
from dataclasses import asdict
from typing import Final

from sqlalchemy import ColumnElement, Select, insert, select
from sqlalchemy.engine import Row

from tidegate.model.audit import BEGINNING, AuditEntry, AuditRow, AuditVerdict, chain
from tidegate.ports.read import PageRequest
from tidegate.ports.trail import AuditFilter, AuditPage
from tidegate.store.control.tables import audit
from tidegate.store.database import Database

CHUNK_ROWS: Final = 1000


class SqlAudit:
    """`tidegate.ports.trail.AuditStore` over SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def append(self, entry: AuditEntry) -> AuditRow:
        """See the port. Of two processes that append at once one fails, as the number is the key, and tries again."""
        async with self._database.write() as connection:
            last = (
                await connection.execute(select(audit.c.seq, audit.c.hash).order_by(audit.c.seq.desc()).limit(1))
            ).one_or_none()
            seq, previous = (last.seq + 1, last.hash) if last is not None else (1, BEGINNING)
            row = AuditRow(seq=seq, entry=entry, hash=chain(previous, seq, entry))
            await connection.execute(insert(audit).values(seq=seq, hash=row.hash, **asdict(entry)))
        return row

    async def page(self, narrow: AuditFilter, page: PageRequest) -> AuditPage:
        """See the port."""
        query = select(audit).where(*_narrowed(narrow)).order_by(audit.c.seq.desc()).limit(page.limit + 1)
        if page.cursor is not None:
            query = query.where(audit.c.seq < int(page.cursor))
        rows = await self._rows(query)
        more = len(rows) > page.limit
        return AuditPage(rows[: page.limit], str(rows[page.limit - 1].seq) if more else None)

    async def rows(self) -> AsyncIterator[AuditRow]:
        """See the port."""
        after = 0
        while True:
            query = select(audit).where(audit.c.seq > after).order_by(audit.c.seq).limit(CHUNK_ROWS)
            chunk = await self._rows(query)
            for row in chunk:
                yield row
            if len(chunk) < CHUNK_ROWS:
                return
            after = chunk[-1].seq

    async def verify(self) -> AuditVerdict:
        """See the port."""
        count, head = 0, BEGINNING
        async for row in self.rows():
            count += 1
            if row.seq != count or row.hash != chain(head, count, row.entry):
                return AuditVerdict(entries=count - 1, head=head, broken_at=count)
            head = row.hash
        return AuditVerdict(entries=count, head=head, broken_at=None)

    async def _rows(self, query: Select[tuple[object, ...]]) -> tuple[AuditRow, ...]:
        async with self._database.read() as connection:
            return tuple(map(_row, (await connection.execute(query)).all()))


def _narrowed(narrow: AuditFilter) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if narrow.actor is not None:
        wanted.append(audit.c.actor == narrow.actor)
    if narrow.action is not None:
        wanted.append(audit.c.action == narrow.action)
    if narrow.from_ts is not None:
        wanted.append(audit.c.ts >= narrow.from_ts)
    if narrow.to_ts is not None:
        wanted.append(audit.c.ts < narrow.to_ts)
    return wanted


def _row(found: Row[tuple[object, ...]]) -> AuditRow:
    values = dict(found._asdict())
    seq, digest = values.pop("seq"), values.pop("hash")
    return AuditRow(seq=seq, hash=digest, entry=AuditEntry(**values))
