"""Brings a database to the schema of this program at its start. Cost when nothing is to be done: one SELECT."""

import importlib
from typing import Final

from sqlalchemy import inspect, text
from sqlalchemy.ext.asyncio import AsyncConnection

from tidegate.obs import log
from tidegate.ports.store import StoreError
from tidegate.store.database import Database
from tidegate.store.migrations import HEAD

_SCRIPTS_MODULE: Final = "tidegate.store.migrations.run"

_log = log.get("store")


async def revision_of(database: Database) -> str | None:
    """The revision a database is at; None for one without our tables."""
    async with database.read() as connection:
        if not await connection.run_sync(lambda sync: inspect(sync).has_table("alembic_version")):
            return None
        found = (await connection.execute(text("SELECT version_num FROM alembic_version"))).scalar_one_or_none()
    return None if found is None else str(found)


async def ensure_current(database: Database) -> bool:
    """Migrates when behind; says whether it did. Raises StoreError for a database of a newer program."""
    found = await revision_of(database)
    if found == HEAD:
        return False
    if found is not None and found > HEAD:
        raise StoreError(
            f"the database is at revision {found}, newer than this program ({HEAD}); use the newer program"
        )
    async with database.write() as connection:
        await _upgrade(connection)
    _log.info("database_migrated", before=found, after=HEAD)
    return True


async def _upgrade(connection: AsyncConnection) -> None:
    # Imported by name on purpose: alembic costs some 200 ms, and only a database that is behind pays for it.
    scripts = importlib.import_module(_SCRIPTS_MODULE)
    await connection.run_sync(scripts.upgrade)
