"""Fresh databases for tests: SQLite always, PostgreSQL wherever one answers on loopback.

TIDEGATE_TEST_POSTGRES names another server; its user must be allowed to create databases.
"""

import asyncio
import os
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg

from tidegate.store.database import Database, sqlite_url
from tidegate.store.migrate import ensure_current

SERVER = os.environ.get("TIDEGATE_TEST_POSTGRES") or "postgresql://postgres@127.0.0.1:5432/postgres"


async def _answers() -> bool:
    try:
        connection = await asyncpg.connect(SERVER, timeout=2)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError):
        return False
    await connection.close()
    return True


KINDS = ["sqlite", "postgresql"] if asyncio.run(_answers()) else ["sqlite"]


@asynccontextmanager
async def fresh(kind: str, directory: Path) -> AsyncIterator[Database]:
    """An empty, migrated database that is gone afterwards."""
    async with empty(kind, directory) as database:
        await ensure_current(database)
        yield database


@asynccontextmanager
async def empty(kind: str, directory: Path) -> AsyncIterator[Database]:
    """A database without tables."""
    if kind == "sqlite":
        database = Database(sqlite_url(directory / "tidegate.sqlite"))
        yield database
        await database.close()
        return
    name = f"tidegate_test_{secrets.token_hex(6)}"
    admin = await asyncpg.connect(SERVER)
    await admin.execute(f"CREATE DATABASE {name}")
    database = Database(f"{SERVER.replace('postgresql://', 'postgresql+asyncpg://').rpartition('/')[0]}/{name}")
    try:
        yield database
    finally:
        await database.close()
        await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
        await admin.close()
