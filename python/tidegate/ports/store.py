"""Writing the tables: projections of the engine's state, rebuilt from it at will."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


class Row(Protocol):
    """The current state of one thing, as `_core.Row` gives it."""

    @property
    def table(self) -> str:
        """`orders`, `fills`, `plans`, `balances`, `positions`, `pairs` or `limits`."""
        ...

    @property
    def id(self) -> str:
        """Unique within the table."""
        ...

    @property
    def doc(self) -> bytes:
        """The JSON object that the API serves."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """What the engine warned of. `id` rises with time; `ts`: epoch ms; `doc`: the JSON object that the API serves."""

    id: str
    ts: int
    severity: str
    event: str
    doc: bytes


class UnitOfWork(Protocol):
    """The only writer of the trading tables. Raises StoreError; a failed batch may be given again."""

    async def project(self, seq: int, rows: Sequence[Row]) -> None:
        """Upserts `rows` and notes that the tables show the state at journal record `seq`; one transaction."""
        ...

    async def projected_seq(self) -> int:
        """The `seq` of the last projected batch; 0 for empty tables."""
        ...

    async def add_spreads(self, ts_ms: int, spreads: bytes) -> None:
        """Adds one sample of the engine's `spreads` view (a JSON array) to the spread history."""
        ...

    async def add_equity(self, ts_ms: int, performance: bytes) -> None:
        """Adds one sample of the engine's view of that name to the equity history."""
        ...

    async def add_alerts(self, alerts: Sequence[Alert]) -> None:
        """Adds at least one; one that is there already stays as it is."""
        ...


class StoreError(Exception):
    """The database refused or is away. `reason` is one clear line; nothing of the batch was written."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
