"""Opening databases: one clear line for each thing that can be wrong."""

import asyncio
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import text
from tests.contract.rows import order

from tidegate.ports.store import StoreError
from tidegate.store import database as room
from tidegate.store.database import Database, sqlite_url
from tidegate.store.migrate import ensure_current
from tidegate.store.trading.history import SqlTradingHistory
from tidegate.store.trading.writer import TradingWriter


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("nonsense", "malformed"),
        ("mysql+asyncmy://u@h/d", "not supported"),
        ("sqlite:///x", "not supported"),
        ("postgresql://u@h/d", "not supported"),
    ],
)
def test_a_url_that_cannot_work_is_refused(url: str, says: str) -> None:
    with pytest.raises(StoreError, match=says):
        Database(url)


async def test_a_server_that_is_away_is_a_store_error_without_its_password() -> None:
    database = Database("postgresql+asyncpg://anna:geheim@127.0.0.1:1/tidegate")
    with pytest.raises(StoreError) as caught:
        await database.ping_ms()
    assert "geheim" not in caught.value.reason
    await database.close()


async def test_a_file_that_is_no_database_is_a_store_error(tmp_path: Path) -> None:
    path = tmp_path / "tidegate.sqlite"
    path.write_bytes(b"not a database at all" * 100)
    database = Database(sqlite_url(path))
    with pytest.raises(StoreError, match="not a database"):
        await ensure_current(database)
    await database.close()


async def test_a_failed_block_writes_nothing(tmp_path: Path) -> None:
    database = Database(sqlite_url(tmp_path / "tidegate.sqlite"))
    async with database.write() as connection:
        await connection.execute(text("CREATE TABLE t (x INTEGER)"))
    with pytest.raises(ZeroDivisionError):
        async with database.write() as connection:
            await connection.execute(text("INSERT INTO t VALUES (1)"))
            _ = 1 // 0
    async with database.read() as connection:
        assert (await connection.execute(text("SELECT count(*) FROM t"))).scalar_one() == 0
    await database.close()


async def test_a_locked_database_refuses_and_works_again_afterwards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "_PRAGMAS", ("journal_mode=WAL", "busy_timeout=1"))
    path = tmp_path / "tidegate.sqlite"
    database = Database(sqlite_url(path))
    await ensure_current(database)
    writer = TradingWriter(database)
    locker = sqlite3.connect(path, isolation_level=None)
    locker.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="locked"):
        await writer.project(1, [order("a", 1)])
    locker.execute("ROLLBACK")
    locker.close()
    await writer.project(1, [order("a", 1)])
    assert await SqlTradingHistory(database).order("a") is not None
    await database.close()


async def test_readers_do_not_wait_for_a_writer(tmp_path: Path) -> None:
    database = Database(sqlite_url(tmp_path / "tidegate.sqlite"))
    await ensure_current(database)
    async with database.write() as connection:
        await connection.execute(text("DELETE FROM orders"))
        assert await asyncio.wait_for(database.ping_ms(), 5) >= 0
    await database.close()
