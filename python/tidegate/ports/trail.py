"""The audit log as its writers and readers see it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol

from tidegate.model.audit import AuditEntry, AuditRow, AuditVerdict
from tidegate.ports.read import PageRequest


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """What a list is narrowed to; a field left None does not narrow. Times are epoch ms, `to_ts` exclusive."""

    actor: str | None = None
    action: str | None = None
    from_ts: int | None = None
    to_ts: int | None = None


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Newest first."""

    rows: tuple[AuditRow, ...]
    next_cursor: str | None


class AuditStore(Protocol):
    """The only writer of the audit table. Raises StoreError."""

    async def append(self, entry: AuditEntry) -> AuditRow:
        """Puts an entry behind the newest."""
        ...

    async def page(self, narrow: AuditFilter, page: PageRequest) -> AuditPage: ...
    def rows(self) -> AsyncIterator[AuditRow]:
        """All, oldest first."""
        ...

    async def verify(self) -> AuditVerdict:
        """Computes the chain anew. Cost: one pass over the table."""
        ...


class AuditTrail(AuditStore, Protocol):
    """The store, and a way to write that holds nobody up."""

    def record(self, entry: AuditEntry) -> None:
        """Queues an entry; it is written as soon as the database takes it."""
        ...
