"""What this bridge sent and the fills it heard of, on disk: an order's intent before it leaves, its id once known.

SQLite on a thread of its own; every write is on disk when its call returns.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from tidegate.bridge.rows import Row
from tidegate.model.errors import Code, TidegateError

T = TypeVar("T")

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS orders (
    client TEXT PRIMARY KEY, symbol TEXT NOT NULL, sent_ms INTEGER NOT NULL, order_id TEXT, open INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS orders_by_id ON orders (symbol, order_id);
CREATE INDEX IF NOT EXISTS orders_open ON orders (sent_ms) WHERE open;
CREATE TABLE IF NOT EXISTS fills (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, symbol TEXT NOT NULL, trade_id TEXT NOT NULL, order_id TEXT NOT NULL,
    client TEXT NOT NULL, side TEXT NOT NULL, px TEXT NOT NULL, qty TEXT NOT NULL, fee TEXT NOT NULL,
    fee_asset TEXT NOT NULL, role TEXT NOT NULL, ts INTEGER NOT NULL, UNIQUE (symbol, trade_id)
) STRICT;
"""
_FILL: Final = "symbol, trade_id, order_id, client, side, px, qty, fee, fee_asset, role, ts"
_NAMES: Final = ("symbol", "tradeId", "orderId", "clientId", "side", "px", "qty", "fee", "feeAsset", "role", "ts")


@dataclass(frozen=True, slots=True)
class Sent:
    """One order. order_id: None as long as the exchange has not told it; open: it may still change."""

    client: str
    symbol: str
    sent_ms: int
    order_id: str | None
    open: bool


class Ledger:
    """Opens (or makes) the file. Raises TidegateError CONFIG_ERROR."""

    def __init__(self, path: Path) -> None:
        self._thread = ThreadPoolExecutor(1, "ledger")
        try:
            path.touch(mode=0o600, exist_ok=True)
            self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = FULL")
            self._db.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._db.executescript(SCHEMA)
        except (OSError, sqlite3.Error) as error:
            raise TidegateError(Code.CONFIG_ERROR, f"{path} can not be opened or is in use: {error}") from error

    async def _run(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    async def close(self) -> None:
        await self._run(self._db.close)
        self._thread.shutdown()

    async def intend(self, client: str, symbol: str, now_ms: int) -> bool:
        """Before the order leaves; False where this id was used before, which it must never be again."""

        def work() -> bool:
            new = "INSERT OR IGNORE INTO orders (client, symbol, sent_ms, order_id, open) VALUES (?, ?, ?, NULL, 1)"
            return self._db.execute(new, (client, symbol, now_ms)).rowcount == 1

        return await self._run(work)

    async def named(self, client: str, order_id: str) -> None:
        """The exchange's id of an order, once it is known."""
        await self._run(
            lambda: self._db.execute(
                "UPDATE OR IGNORE orders SET order_id = ? WHERE client = ? AND order_id IS NULL", (order_id, client)
            )
        )

    async def ended(self, client: str) -> None:
        """Nothing more is to come of it; it stays, so that its id is not used again."""
        await self._run(lambda: self._db.execute("UPDATE orders SET open = 0 WHERE client = ?", (client,)))

    async def find(self, client: str) -> Sent | None:
        return next(iter(await self._sent("client = ?", (client,))), None)

    async def by_id(self, symbol: str, order_id: str) -> Sent | None:
        return next(iter(await self._sent("symbol = ? AND order_id = ?", (symbol, order_id))), None)

    async def open(self, limit: int) -> Sequence[Sent]:
        """Orders that may still change, newest first."""
        return await self._sent("open ORDER BY sent_ms DESC LIMIT ?", (limit,))

    async def _sent(self, where: str, values: tuple[str | int, ...]) -> Sequence[Sent]:
        query = f"SELECT client, symbol, sent_ms, order_id, open FROM orders WHERE {where}"  # noqa: S608  # our own words

        def work() -> Sequence[Sent]:
            found = self._db.execute(query, values)
            return [Sent(client, symbol, at, order_id, bool(live)) for client, symbol, at, order_id, live in found]

        return await self._run(work)

    async def add_fills(self, rows: Iterable[Row]) -> Sequence[Row]:
        """Numbers those that are new and gives them back, oldest first."""

        def work() -> Sequence[Row]:
            fresh = []
            marks = ", ".join("?" * len(_NAMES))
            insert = f"INSERT OR IGNORE INTO fills ({_FILL}) VALUES ({marks})"  # noqa: S608  # our own words
            values = [(row, [row[name] for name in _NAMES[:-1]] + [int(row["ts"])]) for row in rows]
            self._db.execute("BEGIN IMMEDIATE")
            with self._db:  # commits, or takes back what an error left half done
                for row, each in sorted(values, key=lambda value: value[1][-1]):
                    done = self._db.execute(insert, each)
                    if done.rowcount == 1:
                        fresh.append({"seq": str(done.lastrowid), **row})
            return fresh

        return await self._run(work)

    async def fills(self, symbol: str, since_ms: int, after: int, limit: int) -> Sequence[Row]:
        """A page, by number."""
        query = f"SELECT seq, {_FILL} FROM fills WHERE symbol = ? AND ts >= ? AND seq > ? ORDER BY seq LIMIT ?"  # noqa: S608

        def work() -> Sequence[Row]:
            found = self._db.execute(query, (symbol, since_ms, after, limit))
            return [dict(zip(("seq", *_NAMES), map(str, row), strict=True)) for row in found]

        return await self._run(work)
