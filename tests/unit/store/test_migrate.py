"""Migrations: up, down, up again; the scripts make exactly the tables that the code uses."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text
from tests.contract.databases import KINDS, empty

from tidegate.ports.store import StoreError
from tidegate.store.control import tables as control_tables
from tidegate.store.database import Database
from tidegate.store.migrate import ensure_current, revision_of
from tidegate.store.migrations import HEAD, run
from tidegate.store.trading import tables as trading_tables

METADATA = trading_tables.orders.metadata
assert METADATA is control_tables.users.metadata


@pytest.fixture(params=KINDS)
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    async with empty(request.param, tmp_path) as made:
        yield made


def table_names(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names())


async def test_a_database_is_migrated_once(database: Database) -> None:
    assert await revision_of(database) is None
    assert await ensure_current(database) is True
    assert await ensure_current(database) is False
    assert await revision_of(database) == HEAD


async def test_the_downgrade_leaves_nothing_and_can_be_undone(database: Database) -> None:
    await ensure_current(database)
    async with database.write() as connection:
        await connection.run_sync(run.downgrade, "base")
    async with database.read() as connection:
        assert await connection.run_sync(table_names) == {"alembic_version"}
    assert await ensure_current(database) is True


async def test_the_scripts_make_the_tables_of_the_code(database: Database) -> None:
    await ensure_current(database)
    async with database.read() as connection:
        differences = await connection.run_sync(
            lambda sync: compare_metadata(MigrationContext.configure(sync), METADATA)
        )
    assert differences == []


async def test_a_newer_database_is_refused(database: Database) -> None:
    await ensure_current(database)
    async with database.write() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="newer"):
        await ensure_current(database)


async def test_migrations_work_from_any_directory(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    assert await ensure_current(database) is True
    assert os.listdir(elsewhere) == []  # noqa: PTH208  names only


def test_the_code_knows_the_newest_revision() -> None:
    assert ScriptDirectory(str(Path(run.__file__).parent)).get_current_head() == HEAD
