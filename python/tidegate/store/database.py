"""One SQL database: SQLite in the data directory, or PostgreSQL by URL. Must not know any table."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from tidegate.ports.store import StoreError

BUSY_MS: Final = 5_000
POOL_SIZE: Final = 5
POOL_WAIT_S: Final = 5.0
_WRITES: Final = "tidegate_writes"
_PRAGMAS: Final = ("journal_mode=WAL", "synchronous=NORMAL", f"busy_timeout={BUSY_MS}", "foreign_keys=ON")


def sqlite_url(path: Path) -> str:
    """The URL of a SQLite file."""
    return f"sqlite+aiosqlite:///{path}"


class Database:
    """Connections and transactions. Every failure comes out as StoreError."""

    def __init__(self, url: str) -> None:
        """Connects to nothing yet. Raises StoreError for a URL that is none, or names another kind of database."""
        try:
            parsed = make_url(url)
        except ArgumentError as error:
            raise StoreError("the database URL is malformed; use postgresql+asyncpg://user@host/name") from error
        if parsed.drivername not in {"sqlite+aiosqlite", "postgresql+asyncpg"}:
            raise StoreError(f"{parsed.drivername} is not supported; use sqlite+aiosqlite or postgresql+asyncpg")
        self._shown = parsed.render_as_string(hide_password=True)
        self._engine = _sqlite(url) if parsed.drivername.startswith("sqlite") else _postgresql(url)
        self._writer = self._engine.execution_options(**{_WRITES: True})

    @property
    def engine(self) -> AsyncEngine:
        """For migrations only."""
        return self._engine

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self._engine.dialect.name

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """One transaction that writes: committed at the end of the block, rolled back when it raises."""
        with self._translated():
            async with self._writer.begin() as connection:
                yield connection

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """One transaction that only reads."""
        with self._translated():
            async with self._engine.connect() as connection:
                yield connection

    async def ping_ms(self) -> float:
        """Round trip of a trivial query."""
        before = time.perf_counter()
        async with self.read() as connection:
            await connection.execute(text("SELECT 1"))
        return (time.perf_counter() - before) * 1e3

    async def close(self) -> None:
        """Closes all connections. Safe to call twice."""
        await self._engine.dispose()

    def _translated(self) -> "_Translated":
        return _Translated(self._shown)


class _Translated:
    """Turns the driver's errors into StoreError, keeping only their first line."""

    def __init__(self, shown: str) -> None:
        self._shown = shown

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, SQLAlchemyError | OSError):
            cause = error.orig if hasattr(error, "orig") and error.orig is not None else error
            line = str(cause).partition("\n")[0] or type(cause).__name__
            raise StoreError(f"database {self._shown}: {line}") from error


def _sqlite(url: str) -> AsyncEngine:
    engine = create_async_engine(
        url, pool_size=POOL_SIZE, max_overflow=0, pool_timeout=POOL_WAIT_S, connect_args={"timeout": BUSY_MS / 1e3}
    )
    event.listen(engine.sync_engine, "connect", _prepare)
    event.listen(engine.sync_engine, "begin", _begin)
    return engine


def _postgresql(url: str) -> AsyncEngine:
    return create_async_engine(
        url, pool_size=POOL_SIZE, max_overflow=0, pool_timeout=POOL_WAIT_S, pool_pre_ping=True,
        connect_args={"timeout": POOL_WAIT_S, "command_timeout": 30.0},
    )  # fmt: skip


def _prepare(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    # The driver's own transaction handling begins late and commits before DDL; ours says BEGIN itself.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    # A transaction that reads first and writes later fails at once when another one wrote in between; taking the
    # write lock up front makes it wait its turn instead.
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
